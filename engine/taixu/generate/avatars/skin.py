"""Skin: tones from porcelain to the darkest, and what lies over them, mixed from the masks that ship as pictures."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import read_image
from taixu.assets.material import Sheen
from taixu.assets.paths import data_path
from taixu.generate.avatars.paints import Paint, Picture
from taixu.generate.avatars.spec import AvatarSpec, linear_color

__all__ = ["shown_bytes", "skin_masks", "skin_paint", "skin_tone"]

Floats = NDArray[np.float32]
_TONES = ("#f3dfd3", "#e8c7b4", "#d7ab92", "#bb8d71", "#986d54", "#704e3d", "#4f372c", "#362722")
_BODY_SHADE = 0.35
_ROWS = 32
_UNDER_BEARDS = {"short beard": 1.0, "full beard": 1.0, "long beard": 1.0, "stubble": 0.8, "goatee": 0.25}
_MOUTH = (0.11, 0.026, 0.02)


def skin_tone(spec: AvatarSpec) -> tuple[float, float, float]:
    """The plain colour of a skin, linear."""
    tones = np.array([linear_color(tone) for tone in _TONES]) ** 0.5  # evenly stepped for the eye
    at = spec.skin_tone * (len(tones) - 1)
    r, g, b = (float(np.interp(at, range(len(tones)), tones[:, channel])) ** 2 for channel in range(3))
    warm = spec.undertone
    return (r * (1.0 + 0.02 * warm), g * (1.0 + 0.05 * warm), b * (1.0 - 0.12 * warm))


def _masks(name: str, step: int = 1) -> list[Floats]:
    """Channels of a picture, each by itself, from 0 to 1."""
    pixels = read_image(data_path("assets") / "avatars" / f"skin_{name}.jpg")[::step, ::step]
    return [np.multiply(pixels[..., channel], np.float32(1.0 / 255.0), dtype=np.float32) for channel in range(3)]


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
    part_old = round(percent_old * 2.56)
    mixed = (read_image(young).astype(np.uint16) * np.uint16(256 - part_old) + read_image(old) * np.uint16(part_old)) >> 8
    return Picture(f"skin_{part}_normal", pixels=mixed.astype(np.uint8))


def skin_paint(spec: AvatarSpec, part: str) -> Paint:
    """The paint of the ``head`` or the ``body``."""
    masks = skin_masks(part)
    pixels = np.empty((*masks[0].shape, 3), np.uint8)
    for start in range(0, len(pixels), _ROWS):  # as much at a time as a cache holds
        rows = slice(start, start + _ROWS)
        pixels[rows] = shown_bytes(_skin(spec, part, rows, [mask[rows] for mask in masks]))
    old = max(0.0, (spec.age_years - 30.0) / 45.0) if spec.wrinkles < 0.0 else spec.wrinkles
    r, g, b = (0.10 * channel for channel in skin_tone(spec))
    return Paint(
        f"skin {part}", roughness=1.0, picture=Picture(f"skin_{part}", pixels=pixels), rough_picture=_gloss(part),
        normal=_relief(part, 20 * round(min(old, 1.0) * 5.0)), sheen=Sheen((r, g, b), roughness=0.45), ior=1.42
    )  # fmt: skip


def _skin(spec: AvatarSpec, part: str, rows: slice, masks: list[Floats]) -> Floats:
    """Rows of the picture, linear: float32 [3, h, w]."""
    lips, flush, shade, stubble, freckles, mottle = masks
    base = np.array(skin_tone(spec), np.float32)
    depth = float(spec.skin_tone)
    color = base[:, None, None] * (mottle * np.float32(0.16) + np.float32(1.0 - 0.16 * 0.45))
    red = (1.06, 0.74, 0.70) if depth < 0.55 else (1.0, 0.72, 0.66)
    _lay(color, base * red, flush, (0.35 + 1.1 * spec.flush) * (1.0 - 0.5 * depth))
    _lay(color, base * (0.70, 0.50, 0.44), shade, 0.55 if part == "head" else _BODY_SHADE)
    if spec.freckles:
        _lay(color, base * (0.66, 0.45, 0.32), freckles, (2.4 if part == "head" else 1.2) * spec.freckles)
    if part != "head":
        _lay(color, base * (1.05, 0.86, 0.84) + 0.03, lips, 0.8)  # nails
        return color
    mouth = base * ((0.93, 0.56, 0.54) if spec.skin_tone < 0.5 else (0.95, 0.66, 0.62))
    paint = np.array(linear_color(spec.lipstick_color), np.float32)
    _lay(color, mouth + (paint - mouth) * (0.85 * spec.lipstick), lips, 0.70 + 0.25 * spec.lipstick)
    shaven = max(spec.stubble, _UNDER_BEARDS.get(spec.beard, 0.0))
    if shaven:
        ink = np.array(linear_color(spec.beard_color or spec.hair_color), np.float32) * np.float32(0.5)
        _lay(color, ink * 0.6 + base * 0.25, stubble, 0.75 * shaven)
    if spec.eye_shadow:
        around = np.clip(shade * 1.3 - 0.15, 0.0, 1.0) * (flush > 0.06)
        _lay(color, np.array(linear_color(spec.eye_shadow_color), np.float32), around, 0.7 * spec.eye_shadow)
    inside = _inside()[rows]
    for plane, value in zip(color, _MOUTH, strict=True):
        side = plane[:, : inside.shape[1]]
        side += (np.float32(value) - side) * inside
    return color


@cache
def skin_masks(part: str) -> tuple[Floats, ...]:
    """Masks one by one: lips or nails, flush, shade, stubble, freckles, mottle."""
    step = 1 if part == "head" else 2
    return (*_masks(f"{part}_tone", step), *_masks(f"{part}_hair", step))


@cache
def _gloss(part: str) -> Picture:
    """How rough skin is: lips and where blood is near shine a little more than the rest, which varies."""
    lips, flush, shade, _, _, mottle = (each[::4, ::4] for each in skin_masks(part))
    rough = 0.52 + 0.10 * (mottle - 0.45) - (0.16 if part == "head" else 0.10) * lips - 0.05 * flush + 0.05 * shade
    green = np.rint(np.clip(rough, 0.0, 1.0) * 255.0).astype(np.uint8)
    return Picture(f"skin_{part}_gloss", pixels=np.stack([np.full_like(green, 255), green, np.zeros_like(green)], -1))


@cache
def _inside() -> Floats:
    """Where the picture of the head shows mouth and sockets: a strip at its left."""
    mask = _masks("head_inner")[0]
    width = int(np.nonzero(mask.max(0) > 0.02)[0].max()) + 1
    return np.asarray(np.kron(mask[:, :width], np.ones((4, 4), np.float32)))


def _lay(below: Floats, above: NDArray[Any], mask: Floats, amount: float) -> None:
    """A colour over a picture [3, h, w], in place."""
    share = np.clip(mask * np.float32(amount), 0.0, 1.0)
    for plane, value in zip(below, above, strict=True):
        plane += (np.float32(value) - plane) * share


def shown_bytes(color: NDArray[Any]) -> NDArray[np.uint8]:
    """Linear colours [3, h, w] as sRGB with eight bits [h, w, 3], by a table of 4,096 steps of the square root."""
    steps = np.clip(color, 0.0, 1.0)
    np.sqrt(steps, out=steps)
    steps *= np.float32(4095.0)
    return np.ascontiguousarray(_table()[steps.astype(np.uint16)].transpose(1, 2, 0))


@cache
def _table() -> NDArray[np.uint8]:
    steps = np.linspace(0.0, 1.0, 4096) ** 2
    shown = np.where(steps <= 0.0031308, steps * 12.92, 1.055 * np.maximum(steps, 1e-9) ** (1 / 2.4) - 0.055)
    return np.rint(shown * 255.0).astype(np.uint8)
