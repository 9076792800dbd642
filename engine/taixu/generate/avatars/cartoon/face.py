"""Faces: drawn eyes, brows, mouth and cheeks that lie on the head, and the 52 units that move them.

A face is flat: each drawn thing is a shape in the plane before the head, a function of `Looks`, and is laid on the head from the
front. A unit of the face is the difference between two such shapes; so all of them hold on any head with any muzzle.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.looks import UNIT_LOOKS, Looks
from taixu.generate.avatars.cartoon.nets import Skin
from taixu.generate.avatars.cartoon.paints import DRAWN
from taixu.generate.avatars.cartoon.solids import Solid
from taixu.generate.avatars.cartoon.workshop import Workshop
from taixu.generate.avatars.surfaces import Piece, Units, triangles_of

__all__ = ["PATCH", "Canvas", "Drawing", "canvas_of", "disc", "drawn_piece", "head_canvas", "painted_patch", "strip",
           "trunk_canvas"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Drawing = Callable[[Looks], Floats]
_CELLS = 120


@dataclass(frozen=True)
class Canvas:
    """A head seen from the front: how far forward its surface is, on a grid.

    Attributes
    ----------
    low : float64 [2]
        Where the grid begins, metres.
    cell_m : float
    depth : float64 [n, n]
        By x, then y.
    """

    low: Floats
    cell_m: float
    depth: Floats

    def on(self, flat: Floats, lift_m: Floats | float = 0.0) -> Floats:
        """Places [n, 2] before the head laid on it, and lifted off along its normal."""
        z, dx, dy = self._look(flat)
        normal = np.stack([-dx, -dy, np.ones_like(dx)], 1)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        return np.concatenate([flat, z[:, None]], 1) + normal * np.reshape(lift_m, (-1, 1))

    def normals(self, flat: Floats) -> Floats:
        """Of the head there."""
        _, dx, dy = self._look(flat)
        normal = np.stack([-dx, -dy, np.ones_like(dx)], 1)
        return np.asarray(normal / np.linalg.norm(normal, axis=1, keepdims=True))

    def _look(self, flat: Floats) -> tuple[Floats, Floats, Floats]:
        at = np.clip((flat - self.low) / self.cell_m, 1.0, len(self.depth) - 2.001)
        i, j = np.floor(at).astype(int).T
        s, t = (at - np.stack([i, j], 1)).T
        d = self.depth
        a, b, c, e = d[i, j], d[i + 1, j], d[i, j + 1], d[i + 1, j + 1]
        z = (1 - s) * (1 - t) * a + s * (1 - t) * b + (1 - s) * t * c + s * t * e
        dx = ((1 - t) * (d[i + 1, j] - d[i, j]) + t * (d[i + 1, j + 1] - d[i, j + 1])) / self.cell_m
        dy = ((1 - s) * (d[i, j + 1] - d[i, j]) + s * (d[i + 1, j + 1] - d[i + 1, j])) / self.cell_m
        return z, np.clip(dx, -1.6, 1.6), np.clip(dy, -1.6, 1.6)


def canvas_of(head: Solid, middle: Floats, size_m: float) -> Canvas:
    """Look at a head, or another solid, from the front.

    Parameters
    ----------
    size_m
        Three quarters of what is seen.
    """
    reach = 0.66 * size_m
    cell = 2.0 * reach / (_CELLS - 1)
    grid = np.arange(_CELLS) * cell - reach
    x, y = np.meshgrid(grid + middle[0], grid + middle[1], indexing="ij")
    points = np.stack([x, y, np.full_like(x, head.high[2] + 0.02 * size_m)], -1).reshape(-1, 3)
    back = middle[2] - 0.12 * size_m
    active = np.arange(len(points))
    for _ in range(48):
        far = head.far(points[active])
        points[active, 2] -= np.maximum(far, 0.0) * 0.9 + 1e-6
        active = active[(far > 2e-4 * size_m) & (points[active, 2] > back)]
        if not len(active):
            break
    depth = np.maximum(points[:, 2], back).reshape(_CELLS, _CELLS)
    return Canvas(np.array((middle[0] - reach, middle[1] - reach)), cell, depth)


def disc(rings: int = 6, segments: int = 24) -> tuple[Floats, Ints]:
    """Places in the unit disc [n, 2], and triangles that are seen from the front."""
    radius = np.linspace(0.0, 1.0, rings + 1)[1:] ** 0.85
    turn = np.arange(segments) * (2 * np.pi / segments)
    around = np.stack([np.cos(turn), np.sin(turn)], 1)
    points = np.concatenate([np.zeros((1, 2)), (radius[:, None, None] * around).reshape(-1, 2)])
    index = 1 + np.arange(rings * segments).reshape(rings, segments)
    a, b = index[:-1], index[1:]
    quads = np.stack([a, b, np.roll(b, -1, 1), np.roll(a, -1, 1)], -1).reshape(-1, 4)
    fan = np.stack([np.zeros(segments, np.int64), index[0], np.roll(index[0], -1)], 1)
    return points, np.concatenate([fan, triangles_of(quads)])


PATCH = disc(10, 36)
"""The unit disc that patches are made of: places and triangles."""


def strip(count: int, rows: int = 2) -> tuple[Floats, Ints]:
    """Places (along from -1 to 1, across from 0 to 1) of a strip [count * rows, 2], and triangles seen from the front."""
    along, across = np.meshgrid(np.linspace(-1.0, 1.0, count), np.linspace(0.0, 1.0, rows), indexing="ij")
    index = np.arange(count * rows).reshape(count, rows)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], -1).reshape(-1, 4)
    return np.stack([along.ravel(), across.ravel()], 1), triangles_of(quads)


def head_canvas(work: Workshop, solid: Solid | None = None) -> Canvas:
    """The head as it is now, or another solid there, seen from the front; each is looked at once."""
    shape = work.head if solid is None else solid
    return _seen(work, shape, work.frame.middle, work.frame.head_m)


def trunk_canvas(work: Workshop, solid: Solid) -> Canvas:
    """A solid about the trunk, seen from the front."""
    return _seen(work, solid, np.array((0.0, 0.55 * work.frame.tall, 0.0)), work.frame.tall)


def _seen(work: Workshop, solid: Solid, middle: Floats, size_m: float) -> Canvas:
    if solid not in work.canvases:
        work.canvases[solid] = canvas_of(solid, middle, size_m)
    canvas: Canvas = work.canvases[solid]
    return canvas


def painted_patch(
    work: Workshop, solid: Solid, drawing: Floats, color: str, *, bone: str = "", lift: float = 0.0032
) -> None:  # fmt: skip
    """Lay a patch of another colour on the front of a solid.

    Parameters
    ----------
    drawing : float64 [n, 2]
        Where the places of `PATCH` are: metres, seen from the front.
    bone
        What moves it; empty for trunk and limbs.
    lift
        How far off it lies, in heights of head or body.
    """
    frame = work.frame
    size = frame.head_m if bone == "head" else frame.tall
    canvas = head_canvas(work, solid) if bone == "head" else trunk_canvas(work, solid)
    skin = Skin(canvas.on(drawing, lift * size), canvas.normals(drawing), PATCH[1])
    work.add(skin, color, bone=bone, paint=DRAWN, legs=1.0, arms=False)


def drawn_piece(
    work: Workshop, canvas: Canvas, drawing: Drawing, triangles: Ints, color: str, lift: Floats | float, *,
    coordinates: Floats | None = None, paint: str = DRAWN
) -> None:  # fmt: skip
    """Add a drawn shape with all that the face does to it.

    Parameters
    ----------
    lift
        How far off the head it lies, in heights of the head.
    """
    size = work.frame.head_m
    base = np.zeros(2) + work.frame.middle[:2]

    def placed(flat: Floats) -> Floats:
        return canvas.on(flat * size + base, np.asarray(lift) * size)

    rest = drawing(Looks())
    positions = placed(rest)
    everywhere = np.arange(len(positions))
    still = np.zeros_like(positions)
    units: Units = {}
    for name, changes in UNIT_LOOKS.items():
        looks = replace(Looks(), **changes)
        flat = drawing(looks)
        if np.abs(flat - rest).max() > 1e-6:
            moved = placed(flat) - positions
            units[name] = (everywhere, moved, still)
    joints, weights = np.zeros((len(positions), 4), np.int64), np.zeros((len(positions), 4))
    joints[:, 0], weights[:, 0] = work.frame.bone("head"), 1.0
    where = np.broadcast_to(work.palette.place(color), (len(positions), 2)) if coordinates is None else coordinates
    work.pieces.append(Piece(
        f"drawn {color}", positions, canvas.normals(rest * size + base), where, triangles, joints, weights,
        work.palette.paint(paint), units, "face"
    ))  # fmt: skip
