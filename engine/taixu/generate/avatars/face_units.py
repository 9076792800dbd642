"""Units of the face on the base mesh: which vertices they move, and how normals turn with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.asset import people_data
from taixu.generate.avatars.charts import skin_chart
from taixu.generate.avatars.surfaces import Units, quad_normals

__all__ = ["face_units", "units_on"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_MOVED_WITH = ("helper-tongue", "helper-l-eyelashes-1", "helper-l-eyelashes-2", "helper-r-eyelashes-1", "helper-r-eyelashes-2",
               "helper-upper-teeth", "helper-lower-teeth")  # fmt: skip
_LEAST_M, _LEAST_TILT = 7e-5, 0.03
"""What moves or turns less is left out."""
_EYES_APART_M = 0.0615
"""In the base mesh, for which units were sculpted."""


@dataclass(frozen=True)
class _Ring:
    """What a unit touches, whoever has the face: rows, those near it, and the quads that their normals come from."""

    rows: Ints
    moved: Floats
    near: Ints
    quads: Ints
    at_rows: Ints


@cache
def _quads() -> Ints:
    data = people_data()
    chart = skin_chart("head")
    return np.concatenate([chart.rows[chart.quads], data.quads[data.group(*_MOVED_WITH)]])


@cache
def _rings() -> dict[str, _Ring]:
    data = people_data()
    quads = _quads()
    known = np.zeros(len(data.positions), bool)
    known[quads] = True
    found = {}
    for name in data.detail_names:
        if not name.startswith("unit:"):
            continue
        rows, moved = data.detail(name)
        inside = known[rows]
        rows, moved = rows[inside], moved[inside]
        touched = np.zeros(len(known), bool)
        touched[rows] = True
        touched[quads[touched[quads].any(1)]] = True
        ring = quads[touched[quads].any(1)]
        near, local = np.unique(ring, return_inverse=True)
        result = np.nonzero(touched)[0]
        found[name.removeprefix("unit:")] = _Ring(rows, moved, near, local.reshape(-1, 4), np.searchsorted(near, result))
    return found


def face_units(rows: Floats, eyes_apart_m: float) -> Units:
    """Units of a face: rows that change (sorted), how they move, how their normals change.

    Parameters
    ----------
    rows : [r, 3]
        The base mesh's rows of this person.
    eyes_apart_m
        Between the middles of the eyes: larger faces move further.
    """
    size = eyes_apart_m / _EYES_APART_M
    before = quad_normals(rows, _quads())
    found: Units = {}
    for name, ring in _rings().items():
        here = rows[ring.near]
        shift = np.zeros_like(here)
        shift[np.searchsorted(ring.near, ring.rows)] = ring.moved * size
        moved = shift[ring.at_rows]
        tilted = quad_normals(here + shift, ring.quads)[ring.at_rows] - before[ring.near[ring.at_rows]]
        seen = (np.abs(moved).max(1) > _LEAST_M * size) | (np.abs(tilted).max(1) > _LEAST_TILT)
        found[name] = ring.near[ring.at_rows[seen]], moved[seen], tilted[seen]
    return found


def units_on(units: Units, rows: Ints, *, turned: bool = True) -> Units:
    """Units for vertices that are copies of rows of the base mesh.

    Parameters
    ----------
    rows : [n]
        The row of each vertex.
    turned
        Whether normals turn with the face: those of hair need not.
    """
    found: Units = {}
    for name, (at, moved, tilted) in units.items():
        place = np.searchsorted(at, rows)
        place[place == len(at)] = 0
        mine = np.nonzero(at[place] == rows)[0] if len(at) else np.zeros(0, np.int64)
        if len(mine):
            found[name] = mine, moved[place[mine]], tilted[place[mine]] * float(turned)
    return found
