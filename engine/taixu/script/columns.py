"""Whole columns for scripts: one call moves a field of ten thousand entities.

`columns.translation[1]` is the y of all, whether columns are numpy arrays (here) or plain arrays (in a
sandbox).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import ComponentType, World
from taixu.errors import TaixuError
from taixu.script.entity import Entity, component_named
from taixu.script.transforms import ScriptTransforms

__all__ = ["Columns", "matching_handles"]


class Columns:
    """Copies of columns of one component, an entry an entity in the order of stable ids.

    Attributes named like the fields hold arrays ``[n]`` or ``[width, n]``; change them (or set others of that
    shape) and call `write`.
    """

    __slots__ = ("_arrays", "_declared", "_handles", "_world")

    _arrays: dict[str, NDArray[Any]]

    def __init__(
        self,
        world: World,
        component: str,
        fields: tuple[str, ...],
        *,
        having: Iterable[str],
        without: Iterable[str],
        ids: Iterable[int] | None = None,
    ) -> None:
        declared = component_named(world, component)
        names = fields or tuple(item.name for item in declared.fields if not item.kind.is_object)
        declared.check_names(dict.fromkeys(names))
        handles = matching_handles(world, (component, *having), without)
        if ids is not None:
            handles = handles[np.isin(world.stable_ids(handles), np.fromiter(ids, np.uint64))]
        set_slot = object.__setattr__
        set_slot(self, "_world", world)
        set_slot(self, "_declared", declared)
        set_slot(self, "_handles", handles)
        set_slot(self, "_arrays", {name: world.gather(handles, declared.cls, name) for name in names})

    _world: World
    _declared: ComponentType
    _handles: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self._handles)

    @property
    def ids(self) -> NDArray[np.uint64]:
        """Stable ids, ``uint64[n]``."""
        return self._world.stable_ids(self._handles)

    @property
    def entities(self) -> list[Entity]:
        """The entities, one an entry."""
        return [Entity(self._world, handle) for handle in self._handles.tolist()]

    def __getattr__(self, name: str) -> NDArray[Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._arrays[name]
        except KeyError:
            raise AttributeError(f"column {name!r} was not asked for; there are {', '.join(self._arrays)}") from None

    def __setattr__(self, name: str, values: Any) -> None:
        if name not in self._arrays:
            raise AttributeError(f"column {name!r} was not asked for; there are {', '.join(self._arrays)}")
        self._arrays[name][...] = values

    def write(self, *fields: str) -> None:
        """Write columns back (all that were asked for, by default); entities that are gone are left out.

        Raises
        ------
        TaixuError
            If a number is not finite.
        """
        self._world.resource(ScriptTransforms).flush(self._world)
        living = self._world.alive(self._handles)
        for name in fields or tuple(self._arrays):
            values = getattr(self, name)
            if values.dtype.kind == "f" and not np.isfinite(values).all():
                raise TaixuError(f"column {name!r} of {self._declared.name!r} holds a number that is not finite")
            kept, handles = (values, self._handles) if living.all() else (values[..., living], self._handles[living])
            self._world.scatter(handles, self._declared.cls, name, kept)


def matching_handles(world: World, components: Iterable[str], without: Iterable[str]) -> NDArray[np.uint64]:
    """Return the handles of the entities with these components and without those, by stable id."""
    required = [component_named(world, name).cls for name in components]
    handles = world.query(*required, without=[component_named(world, name).cls for name in without]).entities
    return handles[np.argsort(world.stable_ids(handles), kind="stable")]
