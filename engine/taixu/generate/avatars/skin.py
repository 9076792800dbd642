"""Skin: tones from porcelain to the darkest, and what lies over them, mixed from the masks that ship as pictures."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import read_image
from taixu.assets.material import Sheen
from taixu.assets.paths import data_path
from taixu.generate.avatars.paints import Paint, Picture
from taixu.generate.avatars.spec import AvatarSpec, linear_color

__all__ = ["skin_paint", "skin_tone"]

Floats = NDArray[np.float32]
_TONES = ("#f3dfd3", "#e8c7b4", "#d7ab92", "#bb8d71", "#986d54", "#704e3d", "#4f372c", "#362722")
_BODY_SHADE = 0.35
_UNDER_BEARDS = {"short beard": 1.0, "full beard": 1.0, "long beard": 1.0, "stubble": 0.8, "goatee": 0.25}
_MOUTH = (0.19, 0.045, 0.04)


def skin_tone(spec: AvatarSpec) -> tuple[float, float, float]:
    """The plain colour of a skin, linear."""
    tones = np.array([linear_color(tone) for tone in _TONES]) ** 0.5  # evenly stepped for the eye
    at = spec.skin_tone * (len(tones) - 1)
    r, g, b = (float(np.interp(at, range(len(tones)), tones[:, channel])) ** 2 for channel in range(3))
    warm = spec.undertone
    return (r * (1.0 + 0.02 * warm), g * (1.0 + 0.05 * warm), b * (1.0 - 0.12 * warm))


@cache
def _mask(name: str) -> Floats:
    pixels = read_image(data_path("assets") / "avatars" / f"skin_{name}.jpg")
    return pixels[..., :3].astype(np.float32) / np.float32(255.0)


@cache
def _relief(part: str, percent_old: int) -> Picture:
    """The normal map of a part between young and old."""
    folder = data_path("assets") / "avatars"
    young = folder / f"skin_{part}_young.jpg"
    if part != "head" or not percent_old:
        return Picture(f"skin_{part}_normal", young.read_bytes())
    old = folder / f"skin_{part}_old.jpg"
    if percent_old == 100:
        return Picture(f"skin_{part}_normal", old.read_bytes())
    mixed = read_image(young) * (1.0 - percent_old / 100.0) + read_image(old) * (percent_old / 100.0)
    return Picture(f"skin_{part}_normal", pixels=np.rint(mixed).astype(np.uint8))


def skin_paint(spec: AvatarSpec, part: str) -> Paint:
    """The paint of the ``head`` or the ``body``."""
    step = 1 if part == "head" else 2
    tone, hair = _mask(f"{part}_tone")[::step, ::step], _mask(f"{part}_hair")[::step, ::step]
    base = np.array(skin_tone(spec), np.float32)
    depth = float(spec.skin_tone)
    color = np.broadcast_to(base, tone.shape) * (1.0 + np.float32(0.16) * (hair[..., 2:] - np.float32(0.45)))
    flush = base * np.array((1.06, 0.74, 0.70) if depth < 0.55 else (1.0, 0.72, 0.66), np.float32)
    color = _over(color, flush, tone[..., 1] * np.float32(0.35 + 1.1 * spec.flush) * np.float32(1.0 - 0.5 * depth))
    shade = base * np.array((0.70, 0.50, 0.44), np.float32)
    color = _over(color, shade, tone[..., 2] * np.float32(0.55 if part == "head" else _BODY_SHADE))
    freckles = base * np.array((0.66, 0.45, 0.32), np.float32)
    color = _over(color, freckles, hair[..., 1] * np.float32(0.85 * spec.freckles if part == "head" else 0.5 * spec.freckles))
    if part == "head":
        color = _face(spec, base, color, tone, hair)
    else:
        nails = base * np.array((1.05, 0.86, 0.84), np.float32) + np.float32(0.03)
        color = _over(color, nails, tone[..., 0] * np.float32(0.8))
    old = max(0.0, (spec.age_years - 30.0) / 45.0) if spec.wrinkles < 0.0 else spec.wrinkles
    soft = tuple(float(value) * 0.10 for value in base)
    return Paint(
        f"skin {part}", roughness=0.50, picture=Picture(f"skin_{part}", pixels=_shown(color)),
        normal=_relief(part, round(min(old, 1.0) * 100.0)), sheen=Sheen((soft[0], soft[1], soft[2]), roughness=0.45), ior=1.42
    )  # fmt: skip


def _face(spec: AvatarSpec, base: Floats, color: Floats, tone: Floats, hair: Floats) -> Floats:
    lips = base * np.array((0.93, 0.56, 0.54) if spec.skin_tone < 0.5 else (0.95, 0.66, 0.62), np.float32)
    paint = np.array(linear_color(spec.lipstick_color), np.float32)
    lips = lips + (paint - lips) * np.float32(0.85 * spec.lipstick)
    color = _over(color, lips, tone[..., 0] * np.float32(0.70 + 0.25 * spec.lipstick))
    stubble = max(spec.stubble, _UNDER_BEARDS.get(spec.beard, 0.0))
    if stubble:
        ink = np.array(linear_color(spec.beard_color or spec.hair_color), np.float32) * np.float32(0.5)
        color = _over(color, ink * 0.6 + base * 0.25, hair[..., 0] * np.float32(0.75 * stubble))
    if spec.eye_shadow:
        around = np.clip(tone[..., 2] * 1.3 - 0.15, 0.0, 1.0) * (tone[..., 1] > 0.06)
        color = _over(color, np.array(linear_color(spec.eye_shadow_color), np.float32), around * np.float32(0.7 * spec.eye_shadow))
    inside = np.kron(_mask("head_inner")[..., 0], np.ones((4, 4), np.float32))
    return _over(color, np.array(_MOUTH, np.float32), inside)


def _over(below: Floats, above: Floats, amount: Floats) -> Floats:
    return below + (above - below) * np.clip(amount, 0.0, 1.0)[..., None].astype(np.float32)


def _shown(color: Floats) -> NDArray[np.uint8]:
    """Linear colours as sRGB with eight bits, by a table of 4,096 steps of the square root."""
    steps = np.linspace(0.0, 1.0, 4096) ** 2
    table = np.where(steps <= 0.0031308, steps * 12.92, 1.055 * np.maximum(steps, 1e-9) ** (1 / 2.4) - 0.055)
    at = (np.sqrt(np.clip(color, 0.0, 1.0)) * np.float32(4095.0)).astype(np.int32)
    return np.asarray(np.rint(table * 255.0).astype(np.uint8)[at])
