"""An allocator of ranges in a row of slots, for vertices and indices in shared buffers."""

from __future__ import annotations

from bisect import bisect_left

__all__ = ["RangeAllocator"]


class RangeAllocator:
    """First fit over a sorted free list; freed neighbours join."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.used = 0
        self._starts = [0] if capacity else []
        self._sizes = [capacity] if capacity else []

    def allocate(self, size: int) -> int | None:
        """The start of a free range of `size`, or None when there is none."""
        for i, have in enumerate(self._sizes):
            if have >= size:
                start = self._starts[i]
                if have == size:
                    del self._starts[i], self._sizes[i]
                else:
                    self._starts[i] += size
                    self._sizes[i] -= size
                self.used += size
                return start
        return None

    def free(self, start: int, size: int) -> None:
        """Give a range back."""
        if size == 0:
            return
        self.used -= size
        i = bisect_left(self._starts, start)
        self._starts.insert(i, start)
        self._sizes.insert(i, size)
        if i + 1 < len(self._starts) and start + size == self._starts[i + 1]:
            self._sizes[i] += self._sizes.pop(i + 1)
            del self._starts[i + 1]
        if i and self._starts[i - 1] + self._sizes[i - 1] == start:
            self._sizes[i - 1] += self._sizes.pop(i)
            del self._starts[i]

    def grow(self, capacity: int) -> None:
        """Add free slots at the end."""
        before, self.capacity = self.capacity, capacity
        self.used += capacity - before
        self.free(before, capacity - before)
