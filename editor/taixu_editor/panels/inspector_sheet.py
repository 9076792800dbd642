"""What the inspector shows: the fields that all selected entities share, read from the world once for each change."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import ComponentType, World, component_type, row_count
from taixu.edit.ids import id_text
from taixu.edit.prefab import FromPrefab, PrefabInstance
from taixu.edit.session import Session
from taixu.edit.values import json_from_column
from taixu.scene import CELL_M, FromModel, Name, Parent, Transform
from taixu_editor.widgets.spec import FieldSpec, specs_of_component

__all__ = ["Sheet", "SheetComponent", "SheetField"]

HIDDEN = frozenset({"name", "parent", "prefab_instance", "visibility", "locked", "tags"})
"""Components that the head of the inspector, or the hierarchy, stands for."""
_FIRST = ("transform", "shape", "material", "model", "camera", "light", "environment")
_SLOW_SECS = 0.002


@dataclass(slots=True)
class SheetField:
    """A field's value: the active entity's, and where others differ from it."""

    spec: FieldSpec
    value: Any
    mixed: bool | list[bool] = False
    is_overridden: bool = False


@dataclass(slots=True)
class SheetComponent:
    """A component that all selected entities have."""

    declared: ComponentType
    fields: list[SheetField]
    is_added: bool = False
    """Whether the prefab of the instance has it not."""

    @property
    def name(self) -> str:
        """As documents have it."""
        return self.declared.name


@dataclass(slots=True)
class Sheet:
    """The selected entities as fields; `update` follows selection and world.

    Attributes
    ----------
    entities
        Stable ids; the last is the active one.
    partial
        Components that only some of them have, by name.
    instance, child
        The prefab instance that the active entity is, or belongs to, and its path in there.
    is_made
        Whether a model made one of them, so that changes would not be kept.
    """

    entities: tuple[str, ...] = ()
    names: list[str] = field(default_factory=list)
    components: list[SheetComponent] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    instance: str = ""
    child: str = ""
    source: str = ""
    overrides: int = 0
    is_made: bool = False
    version: int = 0
    _key: Any = None
    _world: World | None = None
    _tick: int = -1
    _found_at: int = 0
    _read_found: int = -1
    _read_tick: int = -1
    _handles: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    _tables: list[int] = field(default_factory=list)
    _read_at: float = 0.0
    _spent: float = 0.0
    _in_a_row: int = 0
    _specs: dict[str, list[FieldSpec]] = field(default_factory=dict)

    def update(self, session: Session) -> bool:
        """Read again what changed; True where other entities are shown than before."""
        world, selection = session.world, session.current.selection
        is_other = self._world is not world or selection is not self.entities
        if is_other or self._key is None or world.structure.since(self._tick) is None or world.structure.since(self._tick):
            self._find(world, session.current.selected)
        key = (self._found_at, max((world.table(number).touched for number in self._tables), default=0))
        if key == self._key:
            return False
        handles, tables = self._handles, self._tables
        # While a world plays, everything changes in every frame: what is slow to read is read less often.
        started = perf_counter()
        is_busy = self._in_a_row > 5 and self._spent > _SLOW_SECS
        if is_busy and not is_other and started - self._read_at < self._spent * 10:
            return False
        self._in_a_row = self._in_a_row + 1 if started - self._read_at < 0.5 else 0
        self._key, self.entities = key, selection
        self._read(world, handles, tables)
        self._read_tick = world.tick
        world.advance()  # what is written from now on counts as new
        self.version += 1
        self._read_at = perf_counter()
        self._spent = self._read_at - started
        return is_other

    def component(self, name: str) -> SheetComponent | None:
        """A component by its name."""
        return next((each for each in self.components if each.name == name), None)

    def _find(self, world: World, selected: NDArray[np.uint64]) -> None:
        """Where the selected are, until somebody comes, goes or changes components."""
        self._handles = selected
        self._tables = np.unique(world.locate(self._handles)[0]).tolist() if len(self._handles) else []
        self._world, self._tick = world, world.tick
        world.advance()
        self._found_at += 1

    def _read(self, world: World, handles: NDArray[np.uint64], tables: list[int]) -> None:
        is_same = self._read_found == self._found_at and not self.instance
        before = {each.name: each for each in self.components} if is_same else {}
        self._read_found = self._found_at
        self.components, self.partial, self.names = [], [], []
        self.instance = self.child = self.source = ""
        self.overrides, self.is_made = 0, False
        if not len(handles):
            return
        kinds = [frozenset(world.table(number).types) for number in tables]
        shared = frozenset.intersection(*kinds)
        everything = frozenset.union(*kinds)
        self.is_made = any(FromModel in kind for kind in kinds)
        self.names = [str(name) for name in world.gather(handles[-64:], Name, "text")]
        entries = self._read_prefab(world, int(handles[-1])) if len(handles) == 1 else []
        shown = [component_type(cls) for cls in shared]
        shown = [declared for declared in shown if declared.authored and declared.name not in HIDDEN]
        for declared in sorted(shown, key=lambda each: (_rank(each.name), each.name)):
            known = before.get(declared.name) if not self.instance else None
            if known is None or self._has_changed(world, declared.cls):
                known = self._read_component(world, handles, declared, entries)
            self.components.append(known)
        rest = map(component_type, everything - shared)
        self.partial = sorted(declared.name for declared in rest if declared.authored and declared.name not in HIDDEN)

    def _has_changed(self, world: World, cls: type) -> bool:
        """Whether a component of the tables shown was written since it was read: of a played world, few are."""
        kinds = (cls, Parent) if cls is Transform else (cls,)
        for number in self._tables:
            table = world.table(number)
            if row_count(table.changed([kind for kind in kinds if kind in table.types], since=self._read_tick)):
                return True
        return False

    def _read_component(
        self, world: World, handles: NDArray[np.uint64], declared: ComponentType, entries: list[dict[str, Any]]
    ) -> SheetComponent:
        specs = self._specs.get(declared.name)
        if specs is None:
            specs = self._specs[declared.name] = specs_of_component(declared)
        mine = [entry for entry in entries if entry.get("component") == declared.name]
        changed = {entry.get("field") for entry in mine}
        found = SheetComponent(declared, [], is_added=any("fields" in entry for entry in mine))
        names = [spec.name for spec in specs if spec.name in declared.by_name]
        columns = dict(zip(names, world.gather_columns(handles, declared.cls, names), strict=True))
        mixed: bool | list[bool]
        for spec in specs:
            if declared.cls is Transform and spec.name == "position":
                value, mixed = _positions(world, handles)
                overridden = bool(changed & {"translation", "cell", "position"})
            else:
                column = columns[spec.name]
                fld = declared.by_name[spec.name]
                value = _plain(world, fld, column)
                mixed = _mixed(column)
                overridden = spec.name in changed
            found.fields.append(SheetField(spec, value, mixed, overridden))
        return found

    def _read_prefab(self, world: World, entity: int) -> list[dict[str, Any]]:
        """Entries of the instance that concern the entity."""
        if world.has(entity, PrefabInstance):
            owner, self.child = entity, ""
        elif world.has(entity, FromPrefab):
            made = world.get(entity, FromPrefab)
            owner, self.child = made.instance, made.path
        else:
            return []
        if not world.alive(owner)[0]:
            return []
        placed = world.get(owner, PrefabInstance)
        self.instance, self.source = id_text(world.stable_id(owner)), placed.source
        entries = [entry for part in (placed.overrides, placed.added, placed.removed) for entry in part]
        mine = [entry for entry in entries if isinstance(entry, dict) and entry.get("child", "") == self.child]
        self.overrides = len(entries) if entity == owner else len(mine)
        return mine


def _rank(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _positions(world: World, handles: NDArray[np.uint64]) -> tuple[list[float], list[bool]]:
    """Metres from the parent, or in the world, as float64."""
    places = world.gather(handles, Transform, "translation").astype(np.float64)
    parents = world.gather(handles, Parent, "entity")
    roots = ~world.alive(parents)
    cells = world.gather(handles, Transform, "cell")
    exact = np.where(roots & (cells != 0).any(0), cells * CELL_M + places, places)
    far = roots[-1] & (cells[:, -1] != 0)
    # Within the middle cell the shortest decimals of a float32 are what was typed.
    value = [float(exact[axis, -1]) if far[axis] else float(str(np.float32(places[axis, -1]))) for axis in range(3)]
    mixed = (np.abs(exact - exact[:, -1:]) > 1e-6).any(1)
    return value, [bool(v) for v in mixed]


def _mixed(column: NDArray[Any]) -> bool | list[bool]:
    if column.shape[-1] < 2:
        return False if column.ndim == 1 else [False] * len(column)
    if column.dtype == object:
        return any(value != column[-1] for value in column.tolist())
    differs = (column != column[..., -1:]).any(-1)
    return bool(differs) if column.ndim == 1 else [bool(v) for v in differs]


def _plain(world: World, fld: Any, column: NDArray[Any]) -> Any:
    """The last value in the form of documents; what has none there (a NaN) is shown as the default."""
    try:
        return json_from_column(world, fld, column[..., -1:])[0]
    except ValueError:
        return list(fld.default) if isinstance(fld.default, tuple) else fld.default
