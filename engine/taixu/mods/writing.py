"""Columns that come back from a sandbox: copied first, then checked, then written, and only where something changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Field, World
from taixu.mods.mirror import MirrorColumn, WorldMirror

__all__ = ["write_back"]

Handles = NDArray[np.uint64]


def write_back(
    world: World, mirror: WorldMirror, column: MirrorColumn, returned: NDArray[Any], may_change: Callable[[Handles], Any]
) -> int:
    """Write what a mod changed in a column.

    Parameters
    ----------
    returned : array
        What the sandbox holds now; the caller's own copy.
    may_change : callable
        Says of handles which of them the mod may change, bool[n].

    Returns
    -------
    int
        How many entities' values were refused: not finite, out of the field's range, not the mod's to change. The column is
        sent anew then, so that the mod sees what is.
    """
    if returned.shape != column.values.shape:
        column.dirty = True
        return 1
    differs = returned != column.values
    slots = np.flatnonzero(differs.any(axis=0) if differs.ndim > 1 else differs)
    if not len(slots):
        return 0
    handles, values = mirror.handles[slots], returned[..., slots]
    good = world.alive(handles) & (handles != 0)
    bit = np.uint64(1 << mirror.bits[column.declared.name])
    good &= (mirror.masks[slots] & bit) != 0
    good &= may_change(handles) & _fits(column.item, values)
    if column.item.kind.name == "entity":
        values = world.find_all(values)
        good &= (values != 0) | (returned[slots] == 0)
    kept = handles[good]
    if len(kept):
        world.scatter(kept, column.declared.cls, column.item.name, values[..., good])
    refused = len(slots) - len(kept)
    if refused:
        column.dirty = True
    return refused


def _fits(item: Field, values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which columns of values a field takes."""
    good = np.ones(values.shape[-1], bool)
    if values.dtype.kind == "f":
        finite = np.isfinite(values)
        good &= finite.all(axis=0) if finite.ndim > 1 else finite
    with np.errstate(invalid="ignore", over="ignore"):
        for inside in (
            None if item.minimum is None else values >= item.minimum,
            None if item.maximum is None else values <= item.maximum,
        ):
            if inside is not None:
                good &= inside.all(axis=0) if inside.ndim > 1 else inside
        if item.kind.name == "quat":
            good &= (values.astype(np.float64) ** 2).sum(axis=0) > 1e-12
    return good
