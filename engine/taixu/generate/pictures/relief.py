"""Height of a picture, and what follows of a height: normals and how much of the sky is seen."""

from __future__ import annotations

import numpy as np

from taixu.generate.pictures.filters import Values, blur, luminance, neighbours
from taixu.generate.pictures.joints import has_light_joints
from taixu.generate.pictures.reading import encoded

__all__ = ["edges_of", "height_of", "height_of_normals", "normals_of", "occlusion_of", "relief_of", "with_grain"]

_DARK = 0.02
_REFERENCE_PX = 256.0
_WIDE = 60.0 / _REFERENCE_PX  # waves longer than this are light or paint, no relief
_EDGE_PX = 3.0
_EDGE_SHARE = 0.35
_FINE_PX = 1.0
_HIGHEST = 0.025
_STEEPEST = 0.25  # the tangent that slopes have on the whole
_GRAIN = 0.3  # more of it is further from the truth of our families than none
_EIGHT = tuple((float(np.sin(a)), float(np.cos(a))) for a in np.arange(8) * np.pi / 4)


def height_of(colors: Values, *, detail: float = 0.7, edges: float = 1.0, wraps: bool = False, flipped: bool = False) -> Values:
    """A height, 0 to 1, that goes with linear colours [h, w, 3].

    Hollows get less light, so what is dark lies low, by the logarithm of its brightness, for light in a hollow falls by products.
    Where light lines join into a net round dark islands it is the other way round: those are joints. And where colours change
    abruptly, things end: edges lie lower than what they enclose, the more so where edges are few and clear.

    Parameters
    ----------
    detail
        How much of the finest grain counts as height.
    edges
        How much edges count beside brightness.
    flipped
        Whether light is low, after all.
    """
    small = min(colors.shape[:2])
    seen = encoded(colors)
    bright = np.log(luminance(colors) + _DARK)
    found = bright - blur(bright, _WIDE * small, wraps=wraps)
    found = detail * found + (1.0 - detail) * blur(found, _FINE_PX * max(1.0, small / _REFERENCE_PX), wraps=wraps)
    found = _standard(found)
    if has_light_joints(luminance(seen), wraps=wraps):
        found = -found
    steps = edges_of(seen, wraps=wraps)
    clear = float(steps.std()) / (float(steps.mean()) + 1e-4)
    found = found - edges * _EDGE_SHARE * min(clear, 1.0) * _standard(steps)
    low, high = (float(each) for each in np.quantile(found[:: max(1, small // 512), :: max(1, small // 512)], (0.005, 0.995)))
    if high - low < 1e-6:
        return np.full(found.shape, 0.5, np.float32)
    height = np.clip((found - low) / (high - low), 0.0, 1.0)
    return np.asarray(1.0 - height if flipped else height, np.float32)


def relief_of(colors: Values, height: Values, *, wraps: bool) -> float:
    """How high a height of 1 may be, in widths: less where the picture has little contrast, and so that no grain becomes a rasp."""
    bright = np.log(luminance(colors) + _DARK)
    step = max(1, min(bright.shape) // 512)
    low, high = (float(each) for each in np.quantile(bright[::step, ::step], (0.02, 0.98)))
    highest = _HIGHEST * min(np.sqrt(max(high - low, 0.0)), 1.0)
    at = neighbours(height, 1, wraps=wraps)
    across, along = 0.5 * (at(0, 1) - at(0, -1)), 0.5 * (at(1, 0) - at(-1, 0))
    slope = float(np.sqrt((across * across + along * along).mean())) * height.shape[1]
    return float(min(highest, _STEEPEST / max(slope, 1e-6)))


def edges_of(seen: Values, *, wraps: bool) -> Values:
    """How abruptly colours change around each pixel, [h, w]; `seen` is in sRGB's encoding."""
    scale = max(1.0, min(seen.shape[:2]) / _REFERENCE_PX)
    at = neighbours(blur(seen, 0.5 * _EDGE_PX * scale, wraps=wraps), 1, wraps=wraps)
    across, along = at(0, 1) - at(0, -1), at(1, 0) - at(-1, 0)
    return blur(np.sqrt((across * across + along * along).sum(axis=2)), _EDGE_PX * scale, wraps=wraps)


def _standard(values: Values) -> Values:
    spread = float(values.std())
    return np.zeros_like(values) if spread < 1e-6 else np.asarray((values - values.mean()) / spread, np.float32)


def normals_of(height: Values, relief: float, *, wraps: bool) -> Values:
    """Unit normals [h, w, 3] of a height: x to the right, y upwards, z out of the surface; `relief` is how high 1 is, in widths."""
    at = neighbours(height, 1, wraps=wraps)
    right = (at(-1, 1) - at(-1, -1)) + 2.0 * (at(0, 1) - at(0, -1)) + (at(1, 1) - at(1, -1))
    up = (at(-1, -1) - at(1, -1)) + 2.0 * (at(-1, 0) - at(1, 0)) + (at(-1, 1) - at(1, 1))
    slope = np.float32(relief * height.shape[1] * 0.125)
    normals = np.stack([-right * slope, -up * slope, np.ones_like(height)], axis=2)
    return np.asarray(normals / np.linalg.norm(normals, axis=2, keepdims=True), np.float32)


def height_of_normals(normals: Values, *, wraps: bool) -> tuple[Values, float]:
    """The height whose slopes are nearest to those of normals, 0 to 1, and how high 1 is, in widths.

    Frankot and Chellappa, "A Method for Enforcing Integrability in Shape from Shading Algorithms", 1988; a picture that does not
    repeat is mirrored at its edges, which makes it one that does.
    """
    rows, columns = normals.shape[:2]
    steep = np.maximum(normals[..., 2], 0.05).astype(np.float64)
    right, down = -normals[..., 0] / steep, normals[..., 1] / steep
    if not wraps:
        right = np.block([[right, -right[:, ::-1]], [right[::-1], -right[::-1, ::-1]]])
        down = np.block([[down, down[:, ::-1]], [-down[::-1], -down[::-1, ::-1]]])
    y, x = np.fft.fftfreq(right.shape[0])[:, None], np.fft.rfftfreq(right.shape[1])[None, :]
    waves_x, waves_y = 2j * np.pi * x, 2j * np.pi * y
    power = (np.abs(waves_x) ** 2 + np.abs(waves_y) ** 2).clip(1e-12)
    spectrum = (np.conj(waves_x) * np.fft.rfft2(right) + np.conj(waves_y) * np.fft.rfft2(down)) / power
    spectrum[0, 0] = 0.0
    height = np.fft.irfft2(spectrum, right.shape)[:rows, :columns]
    low, high = (float(each) for each in np.quantile(height, (0.001, 0.999)))
    spread = max(high - low, 1e-9)
    return np.asarray(np.clip((height - low) / spread, 0.0, 1.0), np.float32), spread / columns


def with_grain(normals: Values, colors: Values, coarse_px: float, *, wraps: bool) -> Values:
    """Normals that know nothing finer than some pixels, with a little of the grain that the colours have."""
    height = height_of(colors, wraps=wraps)
    own = normals_of(height, relief_of(colors, height, wraps=wraps), wraps=wraps)
    fine = _GRAIN * (own - blur(own, coarse_px, wraps=wraps))
    fine[..., 2] = 0.0
    grained = normals + fine
    return np.asarray(grained / np.maximum(np.linalg.norm(grained, axis=2, keepdims=True), 1e-6), np.float32)


def occlusion_of(height: Values, relief: float, *, wraps: bool, reach: float = 0.06) -> Values:
    """How much of the sky a height sees, 0 to 1, by its horizon in eight directions within `reach` widths."""
    width = height.shape[1]
    most = max(1, min(round(reach * width), min(height.shape) - 1))
    at = neighbours(height, most, wraps=wraps)
    seen = np.zeros_like(height)
    for down, right in _EIGHT:
        rise = np.zeros_like(height)
        for share in (0.08, 0.3, 1.0):
            step = max(1.0, share * most)
            there = at(round(down * step), round(right * step))
            rise = np.maximum(rise, (there - height) * np.float32(relief * width / step))
        # A horizon at an angle with this tangent hides sin^2 of it of an even sky's light on that side.
        seen += 1.0 / (1.0 + rise * rise)
    return np.asarray(seen / len(_EIGHT), np.float32)
