"""One column of a mod's mirror, and what comes back of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import ComponentType, Field

__all__ = ["MirrorColumn", "Returned"]


@dataclass
class MirrorColumn:
    """One field of one component, for all slots.

    Attributes
    ----------
    key, name
        "component.field", and what the sandbox calls the column.
    values
        ``[capacity]`` or ``[width, capacity]``; entities as stable ids. What the mod was last sent.
    dirty
        Whether the sandbox does not know it yet.
    seen
        The look of the world's follower up to which it was taken in.
    """

    declared: ComponentType
    item: Field
    writable: bool
    key: str
    name: str
    values: NDArray[Any]
    dirty: bool = True
    seen: int = -1
    _back: NDArray[Any] | None = None

    def take_back(self, shared: NDArray[Any], used: int, lanes: int) -> Returned:
        """What the sandbox holds for the first slots, copied; the same room at each step, for large ones are dear to get.

        `lanes` has a bit for each that it touched.
        """
        if self._back is None or self._back.shape != self.values.shape:
            self._back = np.empty_like(self.values)
        back = self._back[..., :used]
        if back.ndim == 1:
            np.copyto(back, shared[:used] != 0 if back.dtype.kind == "b" else shared[:used])
            return Returned(back, (0,))
        touched = tuple(lane for lane in range(len(back)) if lanes >> lane & 1)
        for lane in touched:
            back[lane] = shared[lane, :used]
        return Returned(back, touched)


@dataclass(frozen=True, slots=True)
class Returned:
    """A column as it came back: the engine's own copy, to be checked.

    Attributes
    ----------
    values
        ``[n]`` or ``[width, n]``.
    lanes
        Which of a vector's numbers the mod says that it wrote; the others mean nothing until `fill`.
    """

    values: NDArray[Any]
    lanes: tuple[int, ...] = (0,)

    def fill(self, known: NDArray[Any]) -> None:
        """Put what is known into the lanes that the mod did not write: it cannot undo there what others wrote meanwhile."""
        if self.values.ndim > 1 and len(self.lanes) < len(self.values):
            for lane in set(range(len(self.values))).difference(self.lanes):
                self.values[lane] = known[lane, : self.values.shape[1]]
