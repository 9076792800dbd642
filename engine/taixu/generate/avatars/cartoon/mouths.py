"""Drawn mouths, by style."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.colors import INK
from taixu.generate.avatars.cartoon.face import Canvas, disc, drawn_piece, strip
from taixu.generate.avatars.cartoon.looks import Looks
from taixu.generate.avatars.cartoon.paints import DRAWN, GLOW
from taixu.generate.avatars.cartoon.workshop import Workshop

__all__ = ["MOUTHS"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Mouth:
    """How a mouth is drawn.

    Attributes
    ----------
    wide : float
        Against the usual.
    curve : float
        Of the closed mouth: above zero it smiles.
    lump : float
        Two bows, as a cat has.
    line : float
        Thickness.
    teeth : str
        "" for none, "band" in an open mouth, "fangs", "stitches" across the line.
    """

    wide: float = 1.0
    curve: float = 0.55
    lump: float = 0.0
    line: float = 0.0095
    teeth: str = "band"
    glows: bool = False
    skew: float = 0.0


class _Lips:
    """Upper and lower lip as functions of looks."""

    def __init__(self, work: Workshop, style: _Mouth) -> None:
        self.layout, self.style = work.layout, style
        self.w = work.layout.mouth_w * style.wide

    def at(self, along: Floats, part: Floats, looks: Looks, *, inset: float = 0.0) -> Floats:
        """Places from corner to corner (-1 to 1), from the lower lip (0) to the upper (1)."""
        style, layout = self.style, self.layout
        left, right = np.clip(along, 0.0, 1.0), np.clip(-along, 0.0, 1.0)
        round_ = np.sqrt(np.clip(1.0 - along**2, 0.0, 1.0))
        narrow = (1.0 - 0.52 * looks.round) * (1.0 - inset)
        stretch = 1.0 + 0.28 * (looks.stretch_l * (along > 0) + looks.stretch_r * (along < 0)) * np.abs(along)
        x = layout.mouth_x + self.w * along * narrow * stretch + 0.05 * looks.shift_x
        lift = style.curve * (along**2 - 0.45) - style.lump * np.abs(np.sin(np.pi * along)) * (1.0 - 0.75
                                                                                               * min(looks.open,
                                                                                                     1.0)) + style.skew * along
        lift = lift * (1.0 - 0.5 * looks.round) * (1.0 - 0.4 * looks.press)
        lift = lift + 1.05 * (looks.smile_l * left**2 + looks.smile_r * right**2) - 0.32 * (looks.smile_l + looks.smile_r) * (
            1.0 - along**2) + 0.45 * looks.arch * (1.0 - along**2)
        rest = layout.mouth_y + 0.5 * self.w * lift + 0.045 * looks.shift_y
        full = round_**0.8
        down = self.w * full * (1.05 * looks.open + looks.lower_l * (0.4 + left) + looks.lower_r * (0.4 + right))
        up = self.w * full * (0.16 * looks.open + looks.upper_l * (0.4 + left) + looks.upper_r * (0.4 + right))
        down = down * (1.0 + 0.15 * looks.round)
        y = rest - down * (1.0 - inset) + (down + up) * (1.0 - inset) * part
        return np.stack([x, y], 1)


def _draw(work: Workshop, canvas: Canvas, style: _Mouth) -> None:
    if not work.layout.has_mouth:
        return
    lips = _Lips(work, style)
    color, paint = (work.spec.eye_color, GLOW) if style.glows else (INK, DRAWN)
    inside, triangles = strip(17, 5)
    drawn_piece(work, canvas, lambda k: lips.at(inside[:, 0], inside[:, 1], k), triangles,
                "#7a2630" if not style.glows else "#123240",
                0.0055)  # fmt: skip
    if not style.glows:
        _draw_tongue(work, canvas, lips)
    if style.teeth == "band":
        places, band = strip(11, 3)
        drawn_piece(work, canvas, lambda k: lips.at(0.80 * places[:, 0], 1.0 - 0.22 * (1.0 - places[:, 1]), k), band,
                    "#fffaf2", 0.0078)  # fmt: skip
    if style.teeth == "fangs":
        _draw_fangs(work, canvas, lips)
    for upper in (1.0, 0.0):
        places, line = strip(25)

        def edge(looks: Looks, upper: float = upper, places: Floats = places) -> Floats:
            along, across = places.T
            flat = lips.at(along, np.full(len(along), upper), looks)
            thick = style.line * (0.55 + 0.45 * np.sqrt(np.clip(1.0 - along**2, 0.0, 1.0)))
            flat[:, 1] += (across - 0.5) * 2.0 * thick
            flat[:, 0] += 0.25 * style.line * along
            return flat

        drawn_piece(work, canvas, edge, line, color, 0.0098, paint=paint)
    if style.teeth == "stitches":
        for at in (-0.66, -0.33, 0.0, 0.33, 0.66):
            places, line = strip(2, 3)

            def stitch(looks: Looks, at: float = at, places: Floats = places) -> Floats:
                flat = lips.at(np.full(len(places), at), np.ones(len(places)), looks)
                low = lips.at(np.full(len(places), at), np.zeros(len(places)), looks)
                spread = (places[:, 1] - 0.5) * 0.052
                mid = np.where(places[:, 1] > 0.5, flat[:, 1], low[:, 1])
                return np.stack([flat[:, 0] + 0.006 * places[:, 0], mid + spread], 1)

            drawn_piece(work, canvas, stitch, line, color, 0.0102)


def _draw_tongue(work: Workshop, canvas: Canvas, lips: _Lips) -> None:
    points, fan = disc(3, 16)

    def tongue(looks: Looks) -> Floats:
        along = 0.56 * points[:, 0]
        return lips.at(along, np.clip(0.10 + 0.42 * (0.5 + 0.5 * points[:, 1]), 0.0, 1.0), looks) - np.stack(
            [np.zeros(len(points)), 0.05 * looks.tongue * (1.0 - points[:, 1])], 1
        )

    drawn_piece(work, canvas, tongue, fan, "#e07a7f", 0.0068)


def _draw_fangs(work: Workshop, canvas: Canvas, lips: _Lips) -> None:
    for at in (-0.5, 0.5):
        fang = np.array(((-1.0, 0.0), (1.0, 0.0), (0.0, -1.0)))

        def drawing(looks: Looks, at: float = at, fang: Floats = fang) -> Floats:
            flat = lips.at(np.full(3, at), np.ones(3), looks)
            return flat + fang * (0.014, 0.030) + (0.0, 0.004)

        drawn_piece(work, canvas, drawing, np.array(((0, 2, 1),)), "#fffaf2", 0.0108)


def _mouth(**style: float | str | bool) -> Callable[[Workshop, Canvas], None]:
    look = _Mouth(**style)  # type: ignore[arg-type]
    return lambda work, canvas: _draw(work, canvas, look)


MOUTHS: dict[str, Callable[[Workshop, Canvas], None]] = {
    "smile": _mouth(), "grin": _mouth(wide=1.5, curve=0.75), "line": _mouth(curve=0.06, wide=0.8),
    "cat": _mouth(curve=0.0, lump=0.55, wide=0.85, teeth=""), "small": _mouth(wide=0.5, curve=0.7, teeth=""),
    "wide": _mouth(wide=2.3, curve=0.62, teeth=""), "fangs": _mouth(wide=1.25, curve=0.5, teeth="fangs"),
    "stitches": _mouth(wide=1.5, curve=0.5, teeth="stitches"), "smirk": _mouth(wide=0.95, curve=0.35, skew=0.45),
    "lights": _mouth(wide=1.1, curve=0.4, teeth="", glows=True, line=0.014), "frown": _mouth(curve=-0.4, wide=0.9),
}  # fmt: skip
