"""A person as a body to build on: its shape, its skeleton, and the pieces that everybody has: skin, eyes, lashes, teeth."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.asset import PeopleData, people_data
from taixu.generate.avatars.charts import skin_chart
from taixu.generate.avatars.eyes import eye_pieces, lash_pieces
from taixu.generate.avatars.face_units import face_units, units_on
from taixu.generate.avatars.paints import colored
from taixu.generate.avatars.shape import shaped_rows
from taixu.generate.avatars.shoe_facts import lift_m
from taixu.generate.avatars.skeleton import Posed, posed
from taixu.generate.avatars.skin import skin_paint
from taixu.generate.avatars.spec import AvatarSpec
from taixu.generate.avatars.surfaces import Piece, Units, quad_normals, triangles_of

__all__ = ["Person", "person_of", "skin_pieces"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_TEETH = (0.60, 0.50, 0.38)
"""Warmer than teeth are: no shadow of the lips takes the sky's blue from them."""
_TEETH_SUNK_M = {"upper": 0.0085, "lower": 0.007}
"""How far rows of teeth go down: who opens the mouth shows the upper ones and the tongue, hardly the lower ones."""
_TONGUE = (0.42, 0.12, 0.11)


@dataclass(frozen=True)
class Person:
    """A body that parts are made for.

    Attributes
    ----------
    rows : float64 [r, 3]
        The base mesh's vertices and joints in the T-pose, metres; soles at y = 0.
    relaxed : float64 [r, 3]
        The same with arms lowered, as the base mesh has them.
    measured : dict
        What parts have found out about this body, by name.
    """

    spec: AvatarSpec
    data: PeopleData
    pose: Posed
    relaxed: Floats
    measured: dict[str, Any] = field(default_factory=dict, init=False, compare=False)

    @property
    def rows(self) -> Floats:
        """See above."""
        return self.pose.rows

    @property
    def scale(self) -> float:
        """How tall it is, as a part of 1.7 m."""
        return float(self.rows[: self.data.vertex_count, 1].max()) / 1.7

    def joint(self, name: str) -> Floats:
        """Where a joint of the base mesh is, in the T-pose."""
        return np.asarray(self.rows[self.data.joints[name]])

    def bone(self, name: str) -> int:
        """The number of a bone."""
        return self.pose.bones.index(name)

    @cached_property
    def normals(self) -> Floats:
        """Of the body, float64 [r, 3]; zero for rows that it has not."""
        return quad_normals(self.rows, self.data.quads[self.data.group("body")])

    @cached_property
    def units(self) -> Units:
        """Units of the face, on rows of the base mesh."""
        return face_units(self.rows, float(np.linalg.norm(self.joint("l-eye") - self.joint("r-eye"))))


def person_of(spec: AvatarSpec) -> Person:
    """The body of a specification."""
    sliders = dict(spec.sliders)
    if spec.asymmetry:
        sliders |= _asymmetry(spec)
    relaxed = shaped_rows(spec, sliders) + (0.0, lift_m(spec.shoes), 0.0)
    return Person(spec, people_data(), posed(relaxed), relaxed)


def _asymmetry(spec: AvatarSpec) -> dict[str, float]:
    """Few sides of a face that differ a little."""
    chance = np.random.Generator(np.random.PCG64(spec.variation))
    names = sorted(name for name in people_data().detail_names if name.startswith("asym-"))
    chosen = chance.permutation(len(names))[:5]
    return {names[at]: float(spec.asymmetry * amount) for at, amount in zip(chosen, chance.uniform(0.1, 0.55, 5), strict=True)}


def skin_pieces(person: Person) -> list[Piece]:
    """Body, head, eyes, lashes, teeth and tongue."""
    found = []
    for part, node in (("body", "body"), ("head", "face")):
        chart = skin_chart(part)
        units = units_on(person.units, chart.rows) if part == "head" else {}
        found.append(Piece(
            part, person.rows[chart.rows], person.normals[chart.rows], chart.coordinates, triangles_of(chart.quads),
            person.pose.joints[chart.rows], person.pose.weights[chart.rows], skin_paint(person.spec, part), units, node
        ))  # fmt: skip
    found += eye_pieces(person)
    found += lash_pieces(person)
    found += [_drawn_in(person, group_piece(person, "teeth", (f"helper-{row}-teeth",), _TEETH, 0.6), sunk_m)
              for row, sunk_m in _TEETH_SUNK_M.items()]
    found.append(group_piece(person, "tongue", ("helper-tongue",), _TONGUE, 0.35))
    return found


def group_piece(person: Person, name: str, groups: tuple[str, ...], color: tuple[float, float, float], roughness: float) -> Piece:
    """A group of the base mesh in one colour, moved by the face."""
    data = person.data
    quads = data.quads[data.group(*groups)]
    rows, number = np.unique(quads, return_inverse=True)
    units = units_on(person.units, rows)
    return Piece(
        name, person.rows[rows], quad_normals(person.rows, quads)[rows], np.zeros((len(rows), 2)),
        triangles_of(number.reshape(-1, 4)), person.pose.joints[rows], person.pose.weights[rows],
        colored(name, color, roughness, double_sided=True), units, "face"
    )  # fmt: skip


def _drawn_in(person: Person, teeth: Piece, sunk_m: float) -> Piece:
    """Teeth a little narrower, further back and lower: between lips that open they would stand out at the corners."""
    middle = person.joint("mouth")
    positions = middle + (teeth.positions - middle) * (0.74, 0.92, 0.95) - np.array((0.0, sunk_m, 0.002)) * person.scale
    return replace(teeth, positions=positions)
