"""A mod's columns in shared memory, on the engine's side: where each lies, and numpy arrays over them."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from taixu.errors import TaixuError
from taixu.mods.box.wire import MOST_NAME_BYTES, Column

__all__ = ["Columns"]

_ALIGN = 64


@dataclass
class _Place:
    offset: int
    capacity: int
    array: NDArray[Any]


class Columns:
    """The area for columns of one mod.

    Parameters
    ----------
    memory
        All shared memory.
    start, size
        This mod's area in it, in bytes.
    """

    def __init__(self, memory: mmap.mmap, start: int, size: int) -> None:
        self._memory = memory
        self._start = start
        self._size = size
        self._end = 0
        self._places: dict[str, _Place] = {}
        self.version = 0
        """Goes up when a column comes, moves or changes its length."""

    def get(self, name: str, dtype: DTypeLike, width: int, count: int, *, movable: bool) -> NDArray[Any]:
        """Give the array of a column, the same one as long as its type and its count stay.

        Parameters
        ----------
        name
            At most 200 bytes of UTF-8.
        dtype
            Of its numbers.
        width, count
            The array's shape is ``[count]`` for width 1, else ``[width, count]``.
        movable
            Whether other columns may be moved to make room: not while a call reads them.

        Raises
        ------
        TaixuError
            Where the area is too small.
        """
        kind = np.dtype(dtype)
        shape = (count,) if width == 1 else (width, count)
        place = self._places.get(name)
        if place is not None and place.array.shape == shape and place.array.dtype == kind:
            return place.array
        if kind.hasobject or min(width, count + 1) < 1 or len(name.encode()) > MOST_NAME_BYTES:
            raise ValueError(f"no column is named {name!r} with {width} times {count} of {kind}")
        nbytes = kind.itemsize * width * count
        if place is None or nbytes > place.capacity:
            capacity = nbytes if place is None else max(nbytes, 2 * place.capacity)
            self._places.pop(name, None)
            place = self._places[name] = self._reserve(name, capacity, nbytes, movable)
        self.version += 1
        place.array = self._array(place.offset, kind, shape)
        return place.array

    def describe(self, name: str, *, read: bool, write: bool, is_mask: bool = False) -> Column:
        """Give a column as a call names it; KeyError where `get` never made it."""
        place = self._places[name]
        lanes = place.array.shape[0] if place.array.ndim > 1 else 1
        return Column(name.encode(), place.offset, place.array.nbytes, read, write, is_mask, lanes)

    def _array(self, offset: int, kind: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
        flat = np.frombuffer(self._memory, kind, int(np.prod(shape)), self._start + offset)
        return flat.reshape(shape)

    def _reserve(self, name: str, capacity: int, nbytes: int, movable: bool) -> _Place:
        if self._end + _round(capacity) > self._size and movable:
            self._close_up()
        if self._end + _round(capacity) > self._size:
            capacity = nbytes
        if self._end + _round(capacity) > self._size:
            raise TaixuError(
                f"the mod's column {name!r} needs {nbytes} bytes, and {self._size - self._end} of {self._size} are left: "
                "let it use fewer components or entities"
            )
        place = _Place(self._end, capacity, np.empty(0))
        self._end += _round(capacity)
        return place

    def _close_up(self) -> None:
        """Move columns together, each as long as it is now; arrays given before look at old places afterwards."""
        held = [(place, place.array.copy()) for place in self._places.values()]
        self._end = 0
        for place, values in held:
            place.offset, place.capacity = self._end, values.nbytes
            self._end += _round(values.nbytes)
            place.array = self._array(place.offset, values.dtype, values.shape)
            place.array[...] = values


def _round(nbytes: int) -> int:
    return -(-nbytes // _ALIGN) * _ALIGN
