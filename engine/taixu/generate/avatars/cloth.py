"""Cloth: a sheet cut out of the tights or the skirt that the base mesh is dressed with.

The sheet follows the body, because its vertices move with the same targets and bones. It is cut along values that grow along limbs
(so hems are straight), let out from the skin, and given a rim, so that it has a thickness. What lies under it is told by the
tights' vertices, so that skin and inner layers there can be left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.asset import people_data
from taixu.generate.avatars.paints import Paint
from taixu.generate.avatars.surfaces import Piece, distinct_rows, triangle_normals, used_rows

if TYPE_CHECKING:
    from taixu.generate.avatars.person import Person

__all__ = ["Places", "Sheet", "places", "sheet_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Places:
    """Where each row of a helper is on the body, in the base mesh, so that cuts mean the same for everybody.

    Attributes
    ----------
    rows : int64 [n]
        Of the base mesh.
    quads : int64 [f, 4]
        Into these.
    coordinates : float64 [n, 2]
        For pictures, in metres of cloth, about.
    at : float64 [n, 3]
        Metres, in the base mesh.
    arm, leg : float64 [n]
        Along a limb: 0 at its root, 1 at elbow or knee, 2 at wrist or ankle, -1 elsewhere.
    """

    rows: Ints
    quads: Ints
    coordinates: Floats
    at: Floats
    arm: Floats
    leg: Floats


@cache
def places(group: str) -> Places:
    """Places of ``helper-tights`` or ``helper-skirt``."""
    data = people_data()
    chosen = data.group(group)
    pairs = np.stack([data.quads[chosen].ravel(), data.corners[chosen].ravel()], 1)
    rows, number = np.unique(pairs[:, 0], return_inverse=True)
    at = data.positions[rows]
    coordinates = _wrapped(at, data)
    return Places(rows, number.reshape(-1, 4), coordinates, at, _along(rows, at, "arm"), _along(rows, at, "leg"))


def _joints(kind: str) -> tuple[Floats, Floats, Floats]:
    data = people_data()
    names = ("l-shoulder", "l-elbow", "l-hand") if kind == "arm" else ("l-upper-leg", "l-knee", "l-ankle")
    a, b, c = (data.positions[data.joints[name]] for name in names)
    return a, b, c


def _along(rows: Ints, at: Floats, kind: str) -> Floats:
    data = people_data()
    words = ("upperarm", "lowerarm", "hand", "index", "middle", "ring", "pinky", "thumb") if kind == "arm" else (
        "thigh", "calf", "foot", "ball")  # fmt: skip
    mine = np.array([name.startswith(words) for name in data.bone_names])
    share = (data.bone_weights[rows] * mine[data.bones[rows]]).sum(1)
    p = at * np.where(at[:, :1] < 0, (-1.0, 1.0, 1.0), (1.0, 1.0, 1.0))
    a, b, c = _joints(kind)
    first = ((p - a) @ (b - a)) / ((b - a) @ (b - a))
    second = 1.0 + ((p - b) @ (c - b)) / ((c - b) @ (c - b))
    found = np.where(first < 1.0, first, np.maximum(second, 1.0))
    if kind == "leg":
        return np.where(at[:, 1] < a[1] + 0.02, np.maximum(found, 0.0), -1.0)
    return np.where(share > 0.35, np.maximum(found, 0.0), np.where(share > 0.02, np.minimum(np.maximum(found, -1.0), 0.3), -1.0))


def _wrapped(at: Floats, data: object) -> Floats:
    """Metres of cloth: around and along each part of the body."""
    a, _, c = _joints("arm")
    side = np.where(at[:, 0] < 0, -1.0, 1.0)
    p = at * np.stack([side, np.ones_like(side), np.ones_like(side)], 1)
    axis = (c - a) / np.linalg.norm(c - a)
    along = (p - a) @ axis
    middle = a + along[:, None] * axis
    around = np.abs(np.arctan2(p[:, 2] - middle[:, 2], (p - middle) @ np.array((-axis[1], axis[0], 0.0))))  # no seam: cloth mirrors
    arm = np.stack([around * 0.055, -along], 1)
    torso = np.stack([np.abs(np.arctan2(at[:, 0], at[:, 2] - 0.03)) * 0.15, -at[:, 1]], 1)
    leg_turn = np.abs(np.arctan2(p[:, 0] - 0.13, at[:, 2] - 0.02))
    leg = np.stack([leg_turn * 0.08, -at[:, 1]], 1)
    is_arm, is_leg = (along > 0.02) & (p[:, 0] > 0.17), at[:, 1] < -0.04
    return np.where(is_arm[:, None], arm, np.where(is_leg[:, None], leg, torso))


@dataclass(frozen=True)
class Sheet:
    """Cloth in the making: vertices with dense weights.

    Attributes
    ----------
    positions, normals : float64 [n, 3]
        In the T-pose; normals are those of the smooth sheet.
    coordinates : float64 [n, 2]
    weights : float64 [n, b]
        By bone.
    at : float64 [n, 3]
        Places in the base mesh.
    arm, leg : float64 [n]
        See `Places`.
    rows : int64 [n]
        The base mesh's row that each vertex is nearest to.
    triangles : int64 [t, 3]
    hangs
        Whether a part of it hangs about both legs.
    """

    positions: Floats
    normals: Floats
    coordinates: Floats
    weights: Floats
    at: Floats
    arm: Floats
    leg: Floats
    rows: Ints
    triangles: Ints
    hangs: bool = False

    def cut(self, value: Floats) -> Sheet:
        """What has values above zero, cut where they are zero."""
        above = value > 0.0
        corners = above[self.triangles]
        whole = self.triangles[corners.all(1)]
        split = self.triangles[corners.any(1) & ~corners.all(1)]
        if not len(split):
            return self.kept(whole)
        count = above[split].sum(1)
        # Turned until the lone corner stands first.
        lone = np.where(count == 1, above[split].argmax(1), (~above[split]).argmax(1))
        turned = split[np.arange(len(split))[:, None], (lone[:, None] + np.arange(3)) % 3]
        edges = np.concatenate([turned[:, [0, 1]], turned[:, [0, 2]]])
        unique, number = distinct_rows(np.sort(edges, 1))
        share = value[unique[:, 0]] / (value[unique[:, 0]] - value[unique[:, 1]])
        grown = self._with_points(unique, share)
        first, second = number[: len(turned)] + len(self.positions), number[len(turned) :] + len(self.positions)
        one = count == 1
        pieces = [
            whole, np.stack([turned[one, 0], first[one], second[one]], 1),
            np.stack([first[~one], turned[~one, 1], turned[~one, 2]], 1), np.stack([first[~one], turned[~one, 2], second[~one]], 1),
        ]  # fmt: skip
        return grown.kept(np.concatenate(pieces))

    def _with_points(self, pairs: Ints, share: Floats) -> Sheet:
        def grown(values: Floats) -> Floats:
            t = share.reshape(-1, *([1] * (values.ndim - 1)))
            return np.concatenate([values, values[pairs[:, 0]] * (1.0 - t) + values[pairs[:, 1]] * t])

        nearest = np.where(share < 0.5, pairs[:, 0], pairs[:, 1])
        return replace(
            self, positions=grown(self.positions), normals=grown(self.normals), coordinates=grown(self.coordinates),
            weights=grown(self.weights), at=grown(self.at), arm=grown(self.arm), leg=grown(self.leg),
            rows=np.concatenate([self.rows, self.rows[nearest]])
        )  # fmt: skip

    def kept(self, triangles: Ints) -> Sheet:
        used, number = used_rows(triangles, len(self.positions))
        return replace(
            self, positions=self.positions[used], normals=self.normals[used], coordinates=self.coordinates[used],
            weights=self.weights[used], at=self.at[used], arm=self.arm[used], leg=self.leg[used], rows=self.rows[used],
            triangles=number[triangles]
        )  # fmt: skip

    def moved(self, offset_m: Floats | float) -> Sheet:
        """Let out along the normals, or moved by vectors [n, 3]."""
        shift = np.asarray(offset_m, np.float64)
        if shift.ndim < 2:
            shift = self.normals * np.broadcast_to(shift, len(self.positions))[:, None]
        return replace(self, positions=self.positions + shift)

    def smoothed(self, times: int, share: Floats | float = 0.5) -> Sheet:
        """Each vertex between its neighbours, a few times; hems are smoothed along themselves."""
        count = len(self.positions)
        rim = np.sort(self.rim(), 1)
        is_rim = np.zeros(count, bool)
        is_rim[np.unique(rim)] = True
        pairs = self._pairs()
        starts = np.concatenate([pairs[~is_rim[pairs[:, 0]], 0], pairs[~is_rim[pairs[:, 1]], 1], rim[:, 0], rim[:, 1]])
        ends = np.concatenate([pairs[~is_rim[pairs[:, 0]], 1], pairs[~is_rim[pairs[:, 1]], 0], rim[:, 1], rim[:, 0]])
        degree = np.maximum(np.bincount(starts, minlength=count), 1)[:, None]
        amount = np.broadcast_to(share, count)[:, None]
        points = self.positions
        for _ in range(times):
            total = np.stack([np.bincount(starts, points[ends, axis], count) for axis in range(3)], 1)
            points = points + amount * (total / degree - points)
        return replace(self, positions=points)

    def rims_smoothed(self, times: int) -> Sheet:
        """Hems smoothed along themselves alone."""
        rim, count = self.rim(), len(self.positions)
        ends = np.concatenate([rim, rim[:, ::-1]])
        degree = np.bincount(ends[:, 0], minlength=count)
        inner = degree == 2
        points = self.positions
        for _ in range(times):
            total = np.stack([np.bincount(ends[:, 0], points[ends[:, 1], axis], count) for axis in range(3)], 1)
            points = np.where(inner[:, None], 0.5 * points + 0.25 * total, points)
        return replace(self, positions=points)

    def _pairs(self) -> Ints:
        edges = np.concatenate([self.triangles[:, [0, 1]], self.triangles[:, [1, 2]], self.triangles[:, [2, 0]]])
        return distinct_rows(np.sort(edges, 1))[0]

    def rim(self) -> Ints:
        """Edges that one triangle alone has, in its direction: int64 [e, 2]."""
        edges = np.concatenate([self.triangles[:, [0, 1]], self.triangles[:, [1, 2]], self.triangles[:, [2, 0]]])
        key = np.sort(edges, 1) @ np.array([1 << 32, 1])
        _, index, count = np.unique(key, return_index=True, return_counts=True)
        return edges[index[count == 1]]

    def covered(self, person: Person, *, margin: int = 1) -> Bools:
        """Rows of the tights (of all rows) that lie under the sheet, and not within so many rings of its rim."""
        known = np.zeros(len(person.data.positions), bool)
        known[self.rows] = True
        edge = np.zeros(len(known), bool)
        edge[self.rows[np.unique(self.rim())]] = True
        tights = places("helper-tights")
        quads = tights.rows[tights.quads]
        for _ in range(margin):
            near = np.zeros(len(known), bool)
            near[quads[edge[quads].any(1)]] = True
            known &= ~edge
            edge = near & ~edge
        return known

    def finished(self, person: Person, name: str, paint: Paint, *, thickness_m: float = 0.003, node: str = "clothes") -> Piece:
        """The sheet as a piece, its rims turned inwards."""
        normals = triangle_normals(self.positions, self.triangles)
        rim = self.rim()
        inner, number = np.unique(rim, return_inverse=True)
        number = number.reshape(-1, 2) + len(self.positions)
        back = self.positions[inner] - self.normals[inner] * thickness_m
        strip = np.concatenate([
            np.stack([rim[:, 1], rim[:, 0], number[:, 0]], 1), np.stack([rim[:, 1], number[:, 0], number[:, 1]], 1)
        ])  # fmt: skip
        everyone, points = np.concatenate([np.arange(len(self.positions)), inner]), np.concatenate([self.positions, back])
        turned = triangle_normals(points, strip)[len(normals) :]  # a rim looks along the cloth, which across it would show its back
        order = np.argsort(-self.weights, axis=1, kind="stable")[:, :4]
        weights = np.take_along_axis(self.weights, order, 1)
        weights /= weights.sum(1, keepdims=True)
        return Piece(
            name, points, np.concatenate([normals, turned]), self.coordinates[everyone],
            np.concatenate([self.triangles, strip]), np.where(weights > 0, order, 0)[everyone], weights[everyone], paint, {}, node
        )  # fmt: skip


def sheet_of(person: Person, group: str, *keep: Callable[[Places], Floats]) -> Sheet:
    """The tights or the skirt on a person, cut to where all values are above zero."""
    found = places(group)
    pose = person.pose
    triangles = np.concatenate([found.quads[:, [0, 1, 2]], found.quads[:, [0, 2, 3]]])
    positions = person.rows[found.rows]
    weights = np.zeros((len(found.rows), len(pose.bones)))
    np.add.at(weights, (np.arange(len(found.rows))[:, None], pose.joints[found.rows]), pose.weights[found.rows])
    sheet = Sheet(positions, triangle_normals(positions, triangles), found.coordinates, weights, found.at, found.arm, found.leg,
                  found.rows, triangles)  # fmt: skip
    for value in keep:
        current = Places(sheet.rows, np.zeros((0, 4), np.int64), sheet.coordinates, sheet.at, sheet.arm, sheet.leg)
        sheet = sheet.cut(value(current))
    return sheet
