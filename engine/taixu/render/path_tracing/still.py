"""Reference pictures in one call: so many samples, and the noise that they leave taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.denoising import denoise
from taixu.render.path_tracing.tracer import PathSettings, PathSums, PathTracer

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.render.renderer import Renderer
    from taixu.render.views import ViewCamera

__all__ = ["clean", "trace_still"]

_FEWEST = 4
"""With fewer samples nothing is known of their noise."""
_COLOR_STEP, _NORMAL_STEP = 0.05, 0.2
"""Differences of albedo and of normals that tell surfaces apart."""
_WHITEST = 0.9999

Floats = NDArray[np.float32]


def trace_still(
    renderer: Renderer,
    world: World,
    camera: ViewCamera,
    *,
    size: tuple[int, int],
    samples: int,
    settings: PathSettings | None = None,
    view_settings: dict[str, Any] | None = None,
) -> Floats:
    """The light that comes to the camera: float32 [height, width, 4], top row first, linear Rec.709 after exposure, premultiplied.

    Raises
    ------
    TaixuError
        Where the world is larger than what the device binds at once.
    """
    tracer = PathTracer(renderer, world, camera, size=size, settings=settings, view_settings=view_settings)
    try:
        tracer.advance(samples=samples)
        return clean(tracer.read())
    finally:
        tracer.release()


def clean(found: PathSums) -> Floats:
    """The mean of the samples, [height, width, 4], without its noise.

    Noise is looked at in values below 1, x / (1 + max x), as eyes and films see it: else single bright pixels would hide all
    that lies around them. The more samples there are, the less is changed.
    """
    mean = found.mean
    if found.samples < _FEWEST:
        return mean
    first, second = (_held(half[..., :3]) for half in found.halves)
    guides = np.concatenate([found.albedo / _COLOR_STEP, found.normal / _NORMAL_STEP], -1, dtype=np.float32)
    held = denoise(first, second, guides)
    mean[..., :3] = held / (1.0 - np.minimum(held.max(-1, keepdims=True), _WHITEST))
    return mean


def _held(light: Floats) -> Floats:
    bright: Floats = light / (1.0 + np.maximum(light.max(-1, keepdims=True), 0.0))
    return bright
