"""Where an entity lies: its slot, and x, y and z in the column of places.

In the box this is a type of C's kind (`_box.Place`, made in the image's glue), for a property in Python would take most of the
time of a loop over entities. Where there is no box, in tests, plain Python does the same.
"""

from __future__ import annotations

from array import array

import _box
from _game_vectors import Quat, Vec3

__all__ = ["Place", "looking", "use_places"]

_HALF_CELL = 512.0
_column, _rows, _written_rows = array("f"), 0, 0


class _PlainPlace:
    """What lies beyond the column, and what is no plain number near by, is asked of `_read_lane` and `_write_lane`."""

    __slots__ = ("id", "row")


def _lane(lane):
    def read(self):
        return _column[self.row + lane * _rows] if self.row < _rows else self._read_lane(lane)

    def write(self, metres):
        if self.row < _written_rows and type(metres) in (float, int) and abs(metres) <= _HALF_CELL:
            _column[self.row + lane * _rows] = metres
        else:
            self._write_lane(lane, metres)

    return property(read, write)


def _use_plain(column, rows, can_write):
    global _column, _rows, _written_rows
    _column, _rows, _written_rows = column, rows, rows if can_write else 0


for _number, _name in enumerate("xyz"):
    setattr(_PlainPlace, _name, _lane(_number))
Place = getattr(_box, "Place", _PlainPlace)
use_places = getattr(_box, "places", _use_plain)
"""`use_places(column, rows, can_write)`: the column, an array of 32-bit floats, lane after lane of so many rows."""


def looking(forward, up):
    """The rotation whose -Z points along `forward` (Shepperd's method, as the engine has it)."""
    back = -(forward.normalized())
    right = Vec3(up).cross(back)
    if right.length < 1e-6:  # looking straight up or down: keep x
        right = Vec3(0.0, 0.0, -1.0 if back[1] > 0 else 1.0).cross(back)
    right = right.normalized()
    m = list(zip(right, back.cross(right), back))
    trace = m[0][0] + m[1][1] + m[2][2]
    sizes = [m[0][0], m[1][1], m[2][2], trace]
    best = sizes.index(max(sizes))
    if best == 3:
        return Quat(m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1], 1 + trace).normalized()
    i, j, k = best, (best + 1) % 3, (best + 2) % 3
    q = [0.0] * 4
    q[i] = 1 + m[i][i] - m[j][j] - m[k][k]
    q[j], q[k], q[3] = m[j][i] + m[i][j], m[k][i] + m[i][k], m[k][j] - m[j][k]
    return Quat(q).normalized()
