"""What stands out from walls: bands, cornices, columns, beams, balconies, awnings, signs; each a function of a leaf."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from taixu.generate.places.buildings.deriving import Leaf
from taixu.generate.places.buildings.soup import Frame, Soup

__all__ = ["ORNAMENTS", "ornament"]


def ornament(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    """Make what a leaf names."""
    ORNAMENTS[leaf.thing](soup, frame, leaf, looks)


def _look(leaf: Leaf, looks: dict[str, str], default: str) -> str:
    return leaf.word("look", looks.get(default, default))


def _band(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    soup.box(_look(leaf, looks, "trim"), frame, (leaf.x, leaf.y, 0), (leaf.x + leaf.w, leaf.y + leaf.h, leaf.number("out", 0.05)),
             "udlrf")  # fmt: skip


def _cornice(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    look, out, steps = _look(leaf, looks, "trim"), leaf.number("out", 0.35), 3
    for k in range(steps):
        soup.box(look, frame, (leaf.x, leaf.y + leaf.h * k / steps, 0),
                 (leaf.x + leaf.w, leaf.y + leaf.h * (k + 1) / steps, out * (k + 1) / steps), "udlrf")  # fmt: skip
    if leaf.number("teeth", 0) and leaf.w < 80:
        count = max(2, int(leaf.w / 0.45))
        for k in range(count):
            x = leaf.x + leaf.w * (k + 0.5) / count
            soup.box(look, frame, (x - 0.09, leaf.y - 0.16, 0), (x + 0.09, leaf.y, out * 0.6), "dlrf")


def _pilaster(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    look, out = _look(leaf, looks, "trim"), leaf.number("out", 0.1)
    soup.box(look, frame, (leaf.x + 0.03, leaf.y, 0), (leaf.x + leaf.w - 0.03, leaf.y + leaf.h, out), "lrfu")
    cap = min(0.28, leaf.h * 0.1)
    for y in (leaf.y, leaf.y + leaf.h - cap):
        soup.box(look, frame, (leaf.x, y, 0), (leaf.x + leaf.w, y + cap, out + 0.05), "udlrf")


def _column(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    look, out, sides = _look(leaf, looks, "trim"), leaf.number("out", 1.0), 10
    radius = min(leaf.w, leaf.number("thick", 0.3)) / 2
    t = np.arange(sides) / sides * 2 * math.pi
    x, c = leaf.x + leaf.w / 2 + radius * np.cos(t), out - radius * np.sin(t)
    low = frame.at(np.column_stack([x, np.full(sides, leaf.y), c]))
    top = leaf.y + leaf.h - (0.5 if out > 0.3 else 0.0)  # under the eave that it carries
    high = frame.at(np.column_stack([leaf.x + leaf.w / 2 + (x - leaf.x - leaf.w / 2) * 0.9, np.full(sides, top), c]))
    soup.strip(look, low, high, closed=True, smooth=True)
    for y in (leaf.y, top - 0.14):
        soup.box(look, frame, (leaf.x + leaf.w / 2 - radius * 1.3, y, out - radius * 1.3),
                 (leaf.x + leaf.w / 2 + radius * 1.3, y + 0.14, out + radius * 1.3))  # fmt: skip


def _timber(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    """A frame of beams; pattern: post, rail, frame, cross, brace, chevron, grid."""
    look, out, beam = _look(leaf, looks, "timber"), leaf.number("out", 0.045), leaf.number("thick", 0.16)
    x0, y0, x1, y1 = leaf.x, leaf.y, leaf.x + leaf.w, leaf.y + leaf.h
    pattern = leaf.word("pattern", "frame")

    def beam_between(a: tuple[float, float], b: tuple[float, float], wide: float, out: float) -> None:
        d = np.array([b[0] - a[0], b[1] - a[1]])
        length = float(np.hypot(*d))
        if length < 1e-3:
            return
        d /= length
        origin = frame.at((*a, 0.0))
        u, v = frame.u * d[0] + frame.v * d[1], frame.v * d[0] - frame.u * d[1]
        soup.box(look, Frame(origin, u, v, frame.n), (0, -wide / 2, 0), (length, wide / 2, out), "udlrf")

    half = beam / 2
    if pattern in ("post", "frame", "cross", "brace", "grid", "chevron"):
        beam_between((x0 + half, y0), (x0 + half, y1), beam, out)
        beam_between((x1 - half, y0), (x1 - half, y1), beam, out)
    if pattern in ("rail", "frame", "cross", "brace", "grid", "chevron"):
        beam_between((x0, y0 + half), (x1, y0 + half), beam, out + 0.012)
        beam_between((x0, y1 - half), (x1, y1 - half), beam, out + 0.012)
    if pattern in ("cross", "brace"):
        beam_between((x0 + half, y0 + half), (x1 - half, y1 - half), beam * 0.85, out - 0.008)
    if pattern == "cross":
        beam_between((x0 + half, y1 - half), (x1 - half, y0 + half), beam * 0.85, out - 0.016)
    if pattern == "chevron":
        middle = (x0 + x1) / 2
        beam_between((x0 + half, y0 + half), (middle, y1 - half), beam * 0.85, out - 0.008)
        beam_between((middle, y1 - half), (x1 - half, y0 + half), beam * 0.85, out - 0.016)
    if pattern == "grid":
        beam_between(((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1), beam * 0.8, out - 0.008)
        beam_between((x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2), beam * 0.8, out - 0.004)


def _rails(soup: Soup, frame: Frame, x0: float, x1: float, y: float, c: float, high: float, look: str, kind: str) -> None:
    """A rail along x at a distance before the wall."""
    if kind == "solid":
        soup.box(look, frame, (x0, y, c - 0.06), (x1, y + high, c))
        return
    if kind == "glass":
        soup.quad(
            "glass",
            frame.at([(x0, y + 0.04, c - 0.03), (x1, y + 0.04, c - 0.03), (x1, y + high, c - 0.03), (x0, y + high, c - 0.03)]),
        )
        soup.box("steel", frame, (x0, y + high, c - 0.05), (x1, y + high + 0.04, c - 0.01))
        return
    soup.box(look, frame, (x0, y + high - 0.05, c - 0.05), (x1, y + high, c))
    soup.box(look, frame, (x0, y + 0.06, c - 0.04), (x1, y + 0.1, c - 0.01))
    count = max(2, int((x1 - x0) / (0.13 if kind == "iron" else 0.3)))
    wide = 0.02 if kind == "iron" else 0.07
    for k in range(count + 1):
        x = x0 + (x1 - x0 - wide) * k / count
        soup.box(look, frame, (x, y + 0.06, c - 0.035), (x + wide, y + high - 0.04, c - 0.015), "lrfb")


def _balcony(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    depth, high, look = leaf.number("depth", 0.9), leaf.number("high", 1.0), _look(leaf, looks, "rail")
    kind, slab = leaf.word("kind", "iron"), leaf.word("slab", looks.get("trim", "stone"))
    y = leaf.y
    soup.box(slab, frame, (leaf.x, y - 0.16, 0), (leaf.x + leaf.w, y - 0.02, depth), "udlrf")
    _rails(soup, frame, leaf.x + 0.02, leaf.x + leaf.w - 0.02, y - 0.02, depth - 0.03, high, look, kind)
    for x, sign in ((leaf.x + 0.04, 1), (leaf.x + leaf.w - 0.04, -1)):
        side = Frame(frame.at((x, 0, 0)), frame.n * sign, frame.v, -frame.u * sign)
        length = depth - 0.04
        a, b = (0.0, length) if sign > 0 else (-length, 0.0)
        _rails(soup, side, a, b, y - 0.02, 0.03, high, look, kind)
    if kind == "iron" and depth > 0.5:
        for x in (leaf.x + 0.1, leaf.x + leaf.w - 0.22):
            soup.box(slab, frame, (x, y - 0.42, 0), (x + 0.12, y - 0.16, depth * 0.55), "dlrf")


def _rail(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    out = leaf.number("out", 0.1)
    _rails(soup, frame, leaf.x, leaf.x + leaf.w, leaf.y, out, min(leaf.h, leaf.number("high", 1.0)), _look(leaf, looks, "rail"),
           leaf.word("kind", "iron"))  # fmt: skip


def _awning(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    out, drop, look = leaf.number("out", 1.3), leaf.number("drop", 0.55), _look(leaf, looks, "awning")
    x0, x1, y = leaf.x, leaf.x + leaf.w, leaf.y + leaf.h
    top = frame.at([(x0, y, 0.02), (x1, y, 0.02)])
    low = frame.at([(x0, y - drop, out), (x1, y - drop, out)])
    soup.quad(look, [low[0], low[1], top[1], top[0]])
    soup.quad(look, [low[1], low[0], top[0], top[1]])
    soup.box(look, frame, (x0, y - drop - 0.2, out - 0.02), (x1, y - drop, out))


def _sign(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    out = leaf.number("out", 0.08)
    soup.box(_look(leaf, looks, "sign"), frame, (leaf.x, leaf.y, 0), (leaf.x + leaf.w, leaf.y + leaf.h, out), "udlrf")
    soup.box(
        "paint#d9c58a",
        frame,
        (leaf.x + 0.15 * leaf.w, leaf.y + 0.35 * leaf.h, 0),
        (leaf.x + 0.85 * leaf.w, leaf.y + 0.65 * leaf.h, out + 0.015),
        "f",
    )


def _shutters(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    look, wide = _look(leaf, looks, "shutter"), leaf.number("wide", 0.5) * leaf.w
    for x in (leaf.x - wide - 0.03, leaf.x + leaf.w + 0.03):
        soup.box(look, frame, (x, leaf.y, 0.012), (x + wide, leaf.y + leaf.h, 0.045), "udlrf")
        count = max(3, int(leaf.h / 0.14))
        for k in range(count):
            y = leaf.y + 0.06 + (leaf.h - 0.12) * k / count
            soup.box(look, frame, (x + 0.05, y, 0.04), (x + wide - 0.05, y + 0.05, 0.06), "udf")


def _box(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    soup.box(_look(leaf, looks, "trim"), frame, (leaf.x, leaf.y, -leaf.number("in", 0)),
             (leaf.x + leaf.w, leaf.y + leaf.h, leaf.number("out", 0.3)), "udlrf")  # fmt: skip


def _steps(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    """Steps down from the leaf's foot, as many as its ``drop`` wants."""
    drop = leaf.number("drop", 0.3)
    count = max(1, math.ceil(drop / 0.18))
    for k in range(count):
        soup.box(_look(leaf, looks, "steps"), frame, (leaf.x, leaf.y - drop - 0.6, 0),
                 (leaf.x + leaf.w, leaf.y - drop * k / count, 0.32 * (k + 1) + 0.25), "ulrf")  # fmt: skip


def _panel(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    out = leaf.number("out", 0.04)
    soup.box(
        _look(leaf, looks, "panel"),
        frame,
        (leaf.x + 0.01, leaf.y + 0.01, 0),
        (leaf.x + leaf.w - 0.01, leaf.y + leaf.h - 0.01, out),
        "udlrf",
    )


def _fins(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    step, out, wide = max(leaf.number("step", 1.2), 0.3), leaf.number("out", 0.3), leaf.number("thick", 0.08)
    count = max(1, round(leaf.w / step))
    for k in range(count + 1):
        x = leaf.x + (leaf.w - wide) * k / count
        soup.box(_look(leaf, looks, "trim"), frame, (x, leaf.y, 0), (x + wide, leaf.y + leaf.h, out), "udlrf")


def _lamp(soup: Soup, frame: Frame, leaf: Leaf, looks: dict[str, str]) -> None:
    x, y = leaf.x + leaf.w / 2, leaf.y
    soup.box("iron", frame, (x - 0.02, y + 0.14, 0), (x + 0.02, y + 0.18, 0.16))
    soup.box("lamp", frame, (x - 0.06, y - 0.06, 0.1), (x + 0.06, y + 0.12, 0.22))
    soup.box("iron", frame, (x - 0.08, y + 0.12, 0.08), (x + 0.08, y + 0.15, 0.24))


ORNAMENTS: dict[str, Callable[[Soup, Frame, Leaf, dict[str, str]], Any]] = {
    "band": _band, "cornice": _cornice, "pilaster": _pilaster, "column": _column, "timber": _timber, "balcony": _balcony,
    "awning": _awning, "sign": _sign, "shutters": _shutters, "rail": _rail, "box": _box, "steps": _steps, "panel": _panel,
    "fins": _fins, "lamp": _lamp,
}  # fmt: skip
