"""Drawn eyes, brows and cheeks, by style."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.colors import INK, mixed, rgb
from taixu.generate.avatars.cartoon.face import Canvas, Drawing, disc, drawn_piece, strip
from taixu.generate.avatars.cartoon.looks import Looks
from taixu.generate.avatars.cartoon.paints import DRAWN, GLOW
from taixu.generate.avatars.cartoon.workshop import Workshop

__all__ = ["BROWS", "EYES", "add_cheeks"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Style:
    """How an eye is drawn; sizes are parts of the usual.

    Attributes
    ----------
    wide, high : float
        Of the eye.
    white, iris : bool
        Whether it has them; without, it is one dark oval.
    iris_size : float
        Radius of the iris, as a part of the eye's half width.
    lid : float
        How far the upper lid hangs at rest.
    lash : float
        Thickness of the line above the eye.
    glint : float
        Size of the light in it.
    """

    wide: float = 1.0
    high: float = 1.0
    white: bool = False
    iris: bool = False
    iris_size: float = 0.72
    lid: float = 0.0
    lash: float = 0.16
    glint: float = 1.0
    glows: bool = False
    tilt: float = 0.0
    flick: float = 0.0


def _side(looks: Looks, name: str, side: str) -> float:
    return float(getattr(looks, f"{name}_{side}"))


class _Eye:
    """One eye as functions of looks: places in its unit disc to places before the head."""

    def __init__(self, work: Workshop, style: _Style, side: str) -> None:
        spec, layout = work.spec, work.layout
        size = 0.68 + 0.64 * spec.eye_size
        self.style, self.side, self.sign = style, side, 1.0 if side == "l" else -1.0
        self.w, self.h = layout.eye_w * size * style.wide, layout.eye_h * size * style.high
        gap = layout.eye_x * (0.78 + 0.44 * spec.eye_space)
        self.x = self.sign * max(gap, 1.08 * self.w)
        self.y = layout.eye_y

    def lids(self, along: Floats, looks: Looks) -> tuple[Floats, Floats]:
        """Lower and upper edge at places from -1 to 1 across, in half heights."""
        round_ = np.sqrt(np.clip(1.0 - along**2, 0.0, 1.0))
        blink = _side(looks, "blink", self.side)
        top = min(1.0, self.style.lid + blink * (1.0 - self.style.lid))
        raised = min(1.0, _side(looks, "cheek", self.side))
        closed = -0.42 - 0.20 * round_ + 0.12  # a lash line that hangs
        arched = -0.30 + 0.80 * round_  # eyes that laugh
        lower = (1.0 - raised) * -round_ + raised * np.minimum(arched, 0.86 * round_)
        upper = round_ + (closed - round_) * top
        # Faces without brows show anger and grief by lids: lower at the inner side, or at the outer one.
        frown = np.clip(-_side(looks, "brow_in", self.side), 0.0, 1.0) * (0.5 - 0.5 * along * self.sign)
        grief = np.clip(_side(looks, "brow_in", self.side) - 0.6 * _side(looks, "brow_out", self.side), 0.0, 1.0)
        upper = upper - round_ * (0.75 * frown + 0.75 * grief * (0.5 + 0.5 * along * self.sign)) * (1.0 - top)
        lower = np.where(lower > upper, upper, lower)
        lower = lower + (closed - lower) * blink
        wide = 1.0 + 0.16 * _side(looks, "wide", self.side)
        return lower * wide, np.maximum(upper, lower) * wide

    def placed(self, unit: Floats, looks: Looks) -> Floats:
        """Places of the eye's own disc before the head."""
        along = np.clip(unit[:, 0], -1.0, 1.0)
        round_ = np.maximum(np.sqrt(np.clip(1.0 - along**2, 0.0, 1.0)), 1e-6)
        part = np.clip(0.5 + 0.5 * unit[:, 1] / round_, 0.0, 1.0)
        lower, upper = self.lids(along, looks)
        return self.flat(along, lower + (upper - lower) * part, looks)

    def flat(self, a: Floats, b: Floats, looks: Looks) -> Floats:
        """From half widths and half heights to heights of the head."""
        wide = 1.0 + 0.10 * _side(looks, "wide", self.side)
        tilt = self.style.tilt * self.sign * a
        moved_x = moved_y = 0.0
        if not self.style.white:
            moved_x, moved_y = 0.22 * _side(looks, "look_x", self.side), 0.20 * _side(looks, "look_y", self.side)
        return np.stack([self.x + self.w * (a * wide + moved_x), self.y + self.h * (b + tilt + moved_y)], 1)

    def look(self, looks: Looks) -> Floats:
        """Where the iris is, in half widths and heights."""
        if not self.style.white:
            return np.zeros(2)
        reach = 0.62 * (1.0 - 0.55 * self.style.iris_size)
        return np.array((_side(looks, "look_x", self.side) * reach - 0.06 * self.sign, _side(looks, "look_y", self.side) * reach))

    def inner(self, unit: Floats, looks: Looks, *, middle: tuple[float, float], size: tuple[float, float]) -> Floats:
        """A disc in the eye, kept within its edge."""
        at = unit * size + middle + self.look(looks)
        far = np.linalg.norm(at, axis=1, keepdims=True)
        return self.placed(at / np.maximum(far / 0.97, 1.0), looks)


def _whole(eye: _Eye, unit: Floats) -> Drawing:
    return lambda looks: eye.placed(unit, looks)


def _within(eye: _Eye, unit: Floats, middle: tuple[float, float], size: tuple[float, float]) -> Drawing:
    return lambda looks: eye.inner(unit, looks, middle=middle, size=size)


def _draw_eyes(work: Workshop, canvas: Canvas, style: _Style) -> None:
    spec = work.spec
    points, triangles = disc(7, 26)
    dark = INK if not style.glows else spec.eye_color
    for side in ("l", "r"):
        eye = _Eye(work, style, side)
        paint = GLOW if style.glows else DRAWN
        if style.white:
            drawn_piece(work, canvas, _whole(eye, points), triangles, "#fffdf7", 0.006)
            ratio = eye.w / eye.h
            size = (style.iris_size, min(style.iris_size * ratio * 1.12, 0.94))
            work.palette.iris = _iris(spec.eye_color)
            drawn_piece(work, canvas, _within(eye, points, (0.0, -0.04), size), triangles, dark, 0.009,
                        coordinates=work.palette.iris_place(points))  # fmt: skip
            shine, spot = (-0.26, 0.30), (0.25 * style.iris_size / 0.72, 0.25 * style.iris_size / 0.72 * ratio)
        else:
            coordinates = None
            if style.iris:
                work.palette.iris = _deep(spec.eye_color)
                coordinates = work.palette.iris_place(points)
            drawn_piece(work, canvas, _whole(eye, points), triangles, dark, 0.007, coordinates=coordinates,
                        paint=paint)  # fmt: skip
            shine, spot = (-0.30, 0.40), (0.32, 0.32 * eye.w / eye.h)
        if style.glint:
            small, fan = disc(2, 14)
            for (x, y), part in ((shine, style.glint), ((-0.7 * shine[0], -1.0 * shine[1]), 0.48 * style.glint)):
                drawn_piece(
                    work, canvas,
                    _within(eye, small, (x, y), (spot[0] * part, spot[1] * part)), fan,
                    "#ffffff", 0.0125
                )  # fmt: skip
        if style.lash:
            _draw_lash(work, canvas, eye, style, dark, paint)


def _draw_lash(work: Workshop, canvas: Canvas, eye: _Eye, style: _Style, color: str, paint: str) -> None:
    """The line above the eye; it is all that is left of one that is shut."""
    places, triangles = strip(21)
    along, across = places.T

    def drawing(looks: Looks) -> Floats:
        _, upper = eye.lids(np.clip(along, -0.995, 0.995), looks)
        outward = along * eye.sign
        thick = style.lash * eye.w / eye.h * (0.35 + 0.65 * np.sqrt(np.clip(1.0 - along**2, 0.0, 1.0)))
        thick = thick + 0.25 * style.flick * np.clip((outward - 0.45) / 0.55, 0.0, 1.0)
        lift = style.flick * np.clip((outward - 0.55) / 0.45, 0.0, 1.0) ** 2
        reach = along * (1.02 + 0.16 * style.flick * np.clip((outward - 0.5) / 0.5, 0.0, 1.0))
        return eye.flat(reach, upper + lift * 0.8 + (across - 0.42) * 2.0 * thick, looks)

    drawn_piece(work, canvas, drawing, triangles, color, 0.0115, paint=paint)


def _iris(color: str) -> NDArray[np.float64]:
    """An iris with a pupil: darker above, bright below, a dark rim. sRGB."""
    x, y, r = _unit_grid()
    own, bright = rgb(color), rgb(mixed(color, "#ffffff", 0.45))
    part = np.clip(0.62 - 0.75 * y, 0.0, 1.0)[..., None]
    pixels = rgb(mixed(color, INK, 0.45)) * (1.0 - part) + own * part
    glow = np.exp(-((x / 0.62) ** 2 + ((y + 0.52) / 0.34) ** 2))[..., None]
    pixels = pixels + (bright - pixels) * 0.75 * glow
    rim = _step(r, 0.80, 0.93)[..., None]
    pixels = pixels * (1.0 - rim) + rgb(INK) * rim
    pupil = 1.0 - _step(np.hypot(x / 0.40, y / 0.46), 0.86, 1.05)[..., None]
    return np.asarray(pixels * (1.0 - pupil) + rgb(INK) * pupil)


def _deep(color: str) -> NDArray[np.float64]:
    """A dark eye with its colour glowing in the lower half. sRGB."""
    x, y, r = _unit_grid()
    glow = np.clip((-y - 0.02) / 0.85, 0.0, 1.0) * (1.0 - _step(r, 0.70, 0.92)) * (1.0 - 0.4 * np.abs(x))
    dark, own = rgb(INK), rgb(mixed(color, "#ffffff", 0.12))
    return np.asarray(dark + (own - dark) * np.clip(1.25 * glow, 0.0, 1.0)[..., None])


def _unit_grid() -> tuple[Floats, Floats, Floats]:
    grid = ((np.arange(128) + 0.5) / 128 - 0.5) / 0.48
    x, down = np.meshgrid(grid, grid)
    return x, -down, np.hypot(x, down)


def _step(value: Floats, low: float, high: float) -> Floats:
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def _drawn(**style: float | bool) -> Callable[[Workshop, Canvas], None]:
    look = _Style(**style)  # type: ignore[arg-type]
    return lambda work, canvas: _draw_eyes(work, canvas, look)


def add_cheeks(work: Workshop, canvas: Canvas) -> None:
    """Two ovals of a warmer colour, larger with more of it."""
    amount = work.spec.blush
    if amount <= 0.02:
        return
    points, triangles = disc(3, 20)
    color = mixed(work.spec.skin, "#ff5f6d", 0.22 + 0.28 * amount)
    for sign, side in ((1.0, "l"), (-1.0, "r")):

        def drawing(looks: Looks, sign: float = sign, side: str = side) -> Floats:
            size = 0.062 * (1.0 + 0.25 * looks.puff)
            rise = 0.02 * _side(looks, "cheek", side) + 0.012 * _side(looks, "smile", side)
            layout = work.layout
            return np.stack([sign * layout.cheek_x + points[:, 0] * size, layout.cheek_y + rise + points[:, 1] * size * 0.66], 1)

        drawn_piece(work, canvas, drawing, triangles, color, 0.0055)


def _brows(thick: float, wide: float, arch: float, tilt: float) -> Callable[[Workshop, Canvas], None]:
    def draw(work: Workshop, canvas: Canvas) -> None:
        places, triangles = strip(15)
        along, across = places.T
        layout, spec = work.layout, work.spec
        gap = max(layout.eye_x * (0.78 + 0.44 * spec.eye_space), 1.1 * layout.eye_w)
        color = mixed(spec.hair_color, INK, 0.25)
        for sign, side in ((1.0, "l"), (-1.0, "r")):

            def drawing(looks: Looks, sign: float = sign, side: str = side) -> Floats:
                outward = along * sign
                inner, outer = np.clip(-outward, 0.0, 1.0), np.clip(outward, 0.0, 1.0)
                up = 0.045 * _side(looks, "brow", side) + 0.075 * _side(looks, "brow_in", side) * inner
                up = up + 0.055 * _side(looks, "brow_out", side) * (0.35 + outer) + 0.015 * _side(looks, "brow_in", side)
                curve = arch * (0.6 - along**2) + tilt * outward
                half = thick * (0.30 + 0.70 * np.sqrt(np.clip(1.0 - (0.97 * along) ** 2, 0.0, 1.0)))
                x = sign * gap * 1.02 + along * layout.brow_w * wide
                return np.stack([x, layout.eye_y + layout.brow_y + curve + up + (across - 0.5) * 2.0 * half], 1)

            drawn_piece(work, canvas, drawing, triangles, color, 0.011)

    return draw


BROWS: dict[str, Callable[[Workshop, Canvas], None]] = {
    "soft": _brows(0.013, 0.85, 0.022, -0.006), "thin": _brows(0.008, 0.9, 0.026, -0.004), "thick": _brows(0.021, 1.0, 0.016, 0.0),
    "stern": _brows(0.018, 1.0, 0.004, 0.022), "bushy": _brows(0.028, 1.08, 0.020, -0.012),
    "worried": _brows(0.013, 0.85, 0.012, -0.030), "dots": _brows(0.017, 0.34, 0.0, 0.0),
}  # fmt: skip

EYES: dict[str, Callable[[Workshop, Canvas], None]] = {
    "shiny": _drawn(iris=True, lash=0.13),
    "dots": _drawn(wide=0.62, high=0.62, lash=0.20, glint=0.9),
    "round": _drawn(white=True, wide=1.16, high=0.98, lash=0.13, iris_size=0.62),
    "big": _drawn(white=True, wide=1.22, high=1.22, lash=0.16, iris_size=0.78, glint=1.15),
    "lashes": _drawn(iris=True, wide=1.02, high=1.05, lash=0.18, flick=0.55),
    "bright": _drawn(white=True, wide=1.12, high=1.12, lash=0.22, iris_size=0.80, glint=1.2, flick=0.5),
    "sleepy": _drawn(white=True, wide=1.16, high=0.98, lash=0.20, iris_size=0.66, lid=0.42),
    "fierce": _drawn(white=True, wide=1.16, high=0.92, lash=0.22, iris_size=0.60, lid=0.22, tilt=0.22),
    "slit": _drawn(iris=True, wide=0.82, high=0.90, lash=0.15, tilt=0.16),
    "hollow": _drawn(wide=1.35, high=1.12, lash=0.22, glint=0.65),
    "tall": _drawn(wide=0.74, high=1.25, lash=0.12),
    "alien": _drawn(iris=True, wide=1.55, high=1.42, lash=0.10, tilt=0.42, glint=0.85),
    "lights": _drawn(wide=0.95, high=0.98, lash=0.16, glint=0.0, glows=True),
    "beads": _drawn(wide=0.48, high=0.44, lash=0.26, glint=0.8),
}  # fmt: skip
