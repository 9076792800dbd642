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
class _Rings:
    """What units touch, whoever has the face; all units one after another.

    Attributes
    ----------
    names
        Of the units.
    near : int64 [n]
        Rows about what moves.
    moves : int64 [m]
        Places in `near` that move.
    moved : float64 [m, 3]
        By how much.
    quads : int64 [f, 4]
        Into `near`: what normals come from.
    results : int64 [k]
        Places in `near` where something may change, and by unit where they begin, `starts` [units + 1].
    """

    names: tuple[str, ...]
    near: Ints
    moves: Ints
    moved: Floats
    quads: Ints
    results: Ints
    starts: Ints


@cache
def _quads() -> Ints:
    data = people_data()
    chart = skin_chart("head")
    return np.concatenate([chart.rows[chart.quads], data.quads[data.group(*_MOVED_WITH)]])


@cache
def _rings() -> _Rings:
    data = people_data()
    quads = _quads()
    known = np.zeros(len(data.positions), bool)
    known[quads] = True
    found: dict[str, tuple[Ints, Ints, Floats, Ints, Ints]] = {}
    start = 0
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
        found[name.removeprefix("unit:")] = (near, start + np.searchsorted(near, rows), moved, start + local.reshape(-1, 4),
                                             start + np.searchsorted(near, result))  # fmt: skip
        start += len(near)
    near, moves, moved, around, results = (np.concatenate(parts) for parts in zip(*found.values(), strict=True))
    starts = np.cumsum([0, *(len(each[-1]) for each in found.values())])
    return _Rings(tuple(found), near, moves, moved, around, results, starts)


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
    rings = _rings()
    shift = np.zeros((len(rings.near), 3))
    shift[rings.moves] = rings.moved * size
    at = rings.near[rings.results]
    moved = shift[rings.results]
    tilted = quad_normals(rows[rings.near] + shift, rings.quads)[rings.results] - before[at]
    seen = _reach(moved) > _LEAST_M * size
    seen |= _reach(tilted) > _LEAST_TILT
    found: Units = {}
    for name, start, end in zip(rings.names, rings.starts[:-1].tolist(), rings.starts[1:].tolist(), strict=True):
        mine = start + np.flatnonzero(seen[start:end])
        found[name] = at[mine], moved[mine], tilted[mine]
    return found


def _reach(vectors: Floats) -> Floats:
    x, y, z = np.abs(vectors).T
    return np.asarray(np.maximum(np.maximum(x, y), z))


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
    place = np.full(max([int(rows.max(initial=0)), *(int(at[-1]) for at, _, _ in units.values() if len(at))]) + 1, -1)
    for at, _, _ in units.values():
        place[at] = 0
    touched = np.flatnonzero(place[rows] >= 0)
    place[:] = -1
    for name, (at, moved, tilted) in units.items():
        place[at] = np.arange(len(at))
        there = place[rows[touched]]
        mine = touched[there >= 0]
        if len(mine):
            there = there[there >= 0]
            found[name] = mine, moved[there], tilted[there] * float(turned)
        place[at] = -1
    return found
