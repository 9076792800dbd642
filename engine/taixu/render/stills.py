"""Pictures that may take their time: many jittered frames, averaged.

Averaging frames whose samples are moved by parts of a pixel is exact antialiasing of everything at once: edges,
textures, highlights; a sun that moves within its disk as well gives true penumbras. The average is taken after the tone
curve, as a film would, so that bright edges stay smooth; with rays (`taixu.render.tracing`) before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.denoising import denoise, holding
from taixu.render.path_tracing import trace_still
from taixu.render.pictures import Picture
from taixu.render.post.effects import read_effects
from taixu.render.post.finishing import finish_still, is_finished_late
from taixu.render.quality.tiers import TIERS, tier_settings
from taixu.render.tonemap import encode, tonemap
from taixu.render.tracing import ensure_rays
from taixu.render.views import View, ViewCamera
from taixu.scene.particles import Particles

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.render.renderer import Renderer

__all__ = ["accumulate", "particle_layer", "render_still", "sample_offsets", "under"]

_SHARPEST = -2.0  # levels of mip maps

TRACED_SAMPLES = 16
"""Stills of as many frames send rays, unless they are told not to: with fewer there would be noise."""
REFERENCE_SAMPLES = 64
"""Stills of as many samples follow paths of light all the way, unless they are told not to."""
_FEWEST_HALVED = 4
"""With fewer samples nothing is known of their noise."""
_GATHERED = 8
"""Frames after which little changes where frames are gathered over time."""
SUN_RADIUS = 0.012
"""Tangent of the sun's half angle that soft shadows are made with; the real one is 0.0047."""


def render_still(
    renderer: Renderer,
    world: World,
    camera: ViewCamera,
    *,
    size: tuple[int, int] = (1280, 720),
    samples: int = 8,
    encoding: str = "srgb",
    settings: dict[str, Any] | None = None,
    quality: str = "",
) -> Picture:
    """A picture of `samples` frames.

    Parameters
    ----------
    encoding
        "srgb" gives uint8 with straight alpha; "linear" scene-referred float32 with premultiplied alpha.
    settings
        As in `View`. "traced" sends rays, so that surfaces hide the sky from each other and are seen in each other; from
        `TRACED_SAMPLES` samples on this is so by itself. "reference" follows paths of light in place of drawing frames
        (`taixu.render.path_tracing`); from `REFERENCE_SAMPLES` samples on this is so by itself, unless "traced" is forbidden.
    quality
        A tier (`taixu.render.quality`) that each frame is drawn with; one sample is then a frame as windows show it. Empty is
        everything that there is, with one sample per pixel in each frame.
    """
    if quality in TIERS:
        if samples == 1 and encoding == "srgb":
            return _as_in_windows(renderer, world, camera, size=size, quality=quality, settings=settings or {})
        settings = tier_settings(quality) | (settings or {})
        if settings.get("antialias") == "temporal":  # means of many frames gather more, and better
            settings["antialias"] = ""
    wanted = settings or {}
    reference = samples >= REFERENCE_SAMPLES and bool(wanted.get("traced", True))
    settings = {"traced": samples >= TRACED_SAMPLES, "reference": reference, **wanted}
    if encoding == "linear":
        return Picture(accumulate(renderer, world, camera, size=size, samples=samples, encoding="linear", settings=settings,
                                  quality=quality or "full"))  # fmt: skip
    display = accumulate(renderer, world, camera, size=size, samples=samples, encoding="display", settings=settings,
                         quality=quality or "full")  # fmt: skip
    alpha = display[..., 3:]
    color = encode(display[..., :3] / np.maximum(alpha, 1e-6))
    if read_effects(world, settings, camera).develops:  # smooth slopes have no steps, as in single frames
        noise = np.random.Generator(np.random.PCG64(11)).random((2, *color.shape), np.float32)
        color = np.where((color > 0.0) & (color < 1.0), np.clip(color + (noise.sum(0) - 1.0) / 255, 0.0, 1.0), color)
    return Picture(np.rint(np.concatenate([color, np.clip(alpha, 0.0, 1.0)], -1) * 255).astype(np.uint8))


def _as_in_windows(
    renderer: Renderer, world: World, camera: ViewCamera, *, size: tuple[int, int], quality: str, settings: dict[str, Any]
) -> Picture:
    """A frame of a view that has stood still for as long as it gathers."""
    view = View(camera, size, name="still", quality=quality, settings=dict(settings))
    for _ in range(_GATHERED if view.settings.get("antialias") == "temporal" else 1):
        renderer.render(world, [view])
    picture = Picture(renderer.read(view))
    view.release()
    return picture


def accumulate(
    renderer: Renderer,
    world: World,
    camera: ViewCamera,
    *,
    size: tuple[int, int],
    samples: int,
    encoding: str,
    settings: dict[str, Any] | None = None,
    quality: str = "full",
) -> NDArray[np.float32]:
    """The average of jittered frames: float32 [height, width, 4], top row first, premultiplied alpha.

    `encoding` is "display" (after the tone curve) or "linear".
    """
    # There is time for glass behind glass, and for the far walls of what is hollow.
    wanted = {"captures": 16, "glass_layers": 2} | (settings or {})
    traced, reference = bool(wanted.get("traced", False)), bool(wanted.get("reference"))
    if (traced or reference) and is_finished_late(world, wanted, camera):
        # The camera's effects are those of the whole light, before exposure.
        plain = {**wanted, "exposure_ev": 0.0, "post": "optics"}
        if not isinstance(wanted.get("background", "sky"), str):
            plain["background"] = "transparent"
        light = accumulate(renderer, world, camera, size=size, samples=samples, encoding="linear", settings=plain,
                           quality=quality)  # fmt: skip
        return finish_still(renderer, world, camera, light, encoding=encoding, settings=wanted)
    if reference:
        light = trace_still(renderer, world, camera, size=size, samples=samples, view_settings=wanted)
        layer = particle_layer(renderer, world, camera, size=size, samples=min(samples, TRACED_SAMPLES), settings=wanted)
        light = under(layer, light)
        return develop(renderer, light, wanted) if encoding == "display" else light
    if traced:
        wanted["occlusion"] = wanted["reflections"] = False  # rays find both
        ensure_rays(renderer)
    # What rays add is right on the mean only, so that the mean has to be taken before the tone curve.
    developed = encoding == "display" and traced
    drawn = wanted | {"encoding": "linear" if developed else encoding}
    if developed and not isinstance(wanted.get("background", "sky"), str):
        drawn["background"] = "transparent"
    if traced and samples >= _FEWEST_HALVED:
        # Drawn with and without rays, so that what they found, and its noise, can be told from the rest.
        views = [View(camera, size, name="still", quality=quality, settings=drawn | {"traced": rays}) for rays in (True, False)]
        with_rays, plain = _sums(renderer, world, views, samples)
        halves = with_rays - plain
        halves[0] /= samples - samples // 2
        halves[1] /= samples // 2
        drawn_mean = plain.sum(0) / np.float32(samples)
        # Rays cannot take more than there is: where they do, a lamp of the sky was met by chance.
        held = holding(halves[0], halves[1], drawn_mean)
        total = np.maximum(drawn_mean + denoise(halves[0] * held, halves[1] * held), 0.0)
    else:
        (sums,) = _sums(renderer, world, [View(camera, size, name="still", quality=quality, settings=drawn)], samples)
        total = sums.sum(0) / np.float32(samples)
    return develop(renderer, total, wanted) if developed else total


def particle_layer(
    renderer: Renderer, world: World, camera: ViewCamera, *, size: tuple[int, int], samples: int, settings: dict[str, Any]
) -> NDArray[np.float32] | None:
    """Particles as frames show them, hidden by what is nearer, and without fog: scene-referred, premultiplied [height, width, 4];
    None where there are none.
    """
    if settings.get("particles", True) is not True or not any(table.count for table in world.query(Particles)):
        return None
    drawn = settings | {
        "particles": "alone", "reference": False, "traced": False, "encoding": "linear", "background": "transparent", "fog": False,
        "post": "optics", "occlusion": False, "reflections": False,
    }  # fmt: skip
    (sums,) = _sums(renderer, world, [View(camera, size, name="still", quality="full", settings=drawn)], samples)
    layer: NDArray[np.float32] = sums.sum(0) / np.float32(samples)
    return layer


def under(layer: NDArray[np.float32] | None, light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Light with a layer before it."""
    return light if layer is None else layer + light * (1.0 - np.clip(layer[..., 3:], 0.0, 1.0))


def _sums(renderer: Renderer, world: World, views: Sequence[View], samples: int) -> NDArray[np.float32]:
    """The sums of even and of odd frames, by view: [views, 2, height, width, 4]."""
    width, height = views[0].size
    sums = np.zeros((len(views), 2, height, width, 4), np.float32)
    for i, (offset, turn) in enumerate(zip(sample_offsets(samples), sample_offsets(samples, seed=5), strict=True)):
        for view in views:
            view.jitter = (float(offset[0] * 2 / width), float(offset[1] * 2 / height))
            view.history["sample"] = (i, samples)
            view.history["noise_turn"] = i * 0.618 % 1.0
            view.history["light_jitter"] = tuple(turn * SUN_RADIUS) if samples > 1 else (0.0, 0.0)
            # Each frame sees a part of the pixel, so its textures may be as much finer; the average smooths them.
            view.history["texture_bias"] = max(-0.5 * log2(samples), _SHARPEST)
        renderer.render(world, views)
        for view, parts in zip(views, sums, strict=True):
            parts[i % 2] += renderer.read(view)
    for view in views:
        view.release()
    return sums


def develop(renderer: Renderer, linear: NDArray[np.float32], settings: dict[str, Any]) -> NDArray[np.float32]:
    """Tone-mapped values of scene-referred ones (after exposure), premultiplied both, over the background's colour."""
    alpha = np.clip(linear[..., 3:], 0.0, 1.0)
    straight = np.maximum(linear[..., :3] / np.maximum(alpha, 1e-6), 0.0)
    curve = str(settings.get("tonemap", renderer.lighting.environment.tonemap))
    display = tonemap(straight, curve).astype(np.float32)
    behind = settings.get("background", "sky")
    if not isinstance(behind, str):  # a colour is what shall be seen, not what is developed
        display = display * alpha + np.asarray(behind[:3], np.float32) * (1 - alpha)
        alpha = np.ones_like(alpha)
    return np.concatenate([display * alpha, alpha], -1)


def sample_offsets(count: int, *, seed: int = 0) -> NDArray[np.float64]:
    """Offsets in pixels, [count, 2], spread as a tent of radius 1 about the pixel's centre; one sits in it."""
    if count == 1:
        return np.zeros((1, 2))
    index = np.arange(count) + 1 + seed * 97
    u = np.stack([_halton(index, 2), _halton(index, 3)], 1) * 0.998 + 0.001
    result: NDArray[np.float64] = np.where(u < 0.5, np.sqrt(2 * u) - 1, 1 - np.sqrt(2 - 2 * u))
    centred: NDArray[np.float64] = result - result.mean(0)
    return centred


def _halton(index: NDArray[np.intp], base: int) -> NDArray[np.float64]:
    result, fraction, left = np.zeros(len(index)), 1.0, index.copy()
    while (left > 0).any():
        fraction /= base
        result += fraction * (left % base)
        left //= base
    return result
