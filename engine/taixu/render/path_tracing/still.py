"""Reference pictures in one call: so many samples, and the noise that they leave taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.denoising import denoise, holding
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

    Where both halves of the samples differ by half of what they have, a pixel that is far above most of those beside it is
    brought down to them first: one path that met a lamp by chance would shine for long. What noise there is falls with the number
    of samples, and with it what is changed.
    """
    mean = found.mean
    if found.samples < _FEWEST:
        return mean
    first, second = (np.ascontiguousarray(half[..., :3]) for half in found.halves)
    held = holding(first, second)
    guides = np.concatenate([found.albedo / _COLOR_STEP, found.normal / _NORMAL_STEP], -1, dtype=np.float32)
    mean[..., :3] = denoise(first * held, second * held, guides)
    return mean
