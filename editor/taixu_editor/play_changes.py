"""What playing has made different, and the command that takes chosen differences over into the edited world.

Only rows that were written since play began are looked at, so a large world in which little happens costs little. What a person
edited while it played is told apart from what the world did by itself: the first is what one wants to keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.ecs import component_type, indices_of, row_count
from taixu.edit import Block, FromPrefab, Group, Insert, PrefabInstance, Remove, SetFields, Spawn, id_number, id_text
from taixu.edit.commands import Command, Despawn, SetEntries
from taixu.edit.encode import encode_entities
from taixu.edit.ids import id_texts
from taixu.edit.overrides import record_overrides, touched_instances
from taixu.edit.touched import Touched
from taixu.math.integers import distinct
from taixu.scene import Hierarchy, Name, Transform

if TYPE_CHECKING:
    from taixu.app import Components
    from taixu.ecs import ComponentType, World
    from taixu.edit import OpenWorld, Session

__all__ = ["Change", "Changes", "family_of", "find_changes", "keep_command"]

MOST_ENTITIES = 1500
"""So many changed entities are looked at, and all that a person edited; stopping never waits for more."""

_ALL = 1 << 62
_NOTICED = 1e-4
"""Bodies at rest tremble by less, which is no change of anything."""
_PREFAB = "prefab_instance"
_PASSING = frozenset({("rigid_body", "linear_velocity"), ("rigid_body", "angular_velocity")})
"""What bodies have while they move: it is kept where a person set it, and is no change else."""


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between the played world and the edited one.

    Attributes
    ----------
    component, field
        An empty field stands for the whole component, an empty component for the whole entity.
    before, after
        As documents write them; None where there is nothing (a component or an entity that came, or went).
    name
        The entity's.
    is_edited
        Whether a person did it, rather than the world by itself.
    """

    entity: str
    component: str
    field: str
    before: Any
    after: Any
    name: str = ""
    is_edited: bool = False


@dataclass(slots=True)
class Changes:
    """All that was found.

    Attributes
    ----------
    items
        Edited ones first, then by entity.
    left_out
        So many changed entities were not looked at.
    """

    items: list[Change] = field(default_factory=list)
    left_out: int = 0

    @property
    def edited(self) -> list[Change]:
        """Those that a person made."""
        return [each for each in self.items if each.is_edited]


def find_changes(
    edited: OpenWorld,
    played: OpenWorld,
    *,
    since: int,
    touched: Touched,
    only: Iterable[str] | None = None,
    most: int = MOST_ENTITIES,
) -> Changes:
    """Compare a played copy with what it was made of.

    Parameters
    ----------
    since
        The copy's tick when play began.
    touched
        What a person edited in the copy.
    only
        Stable ids to look at, all of them; or None.
    """  # fmt: skip
    before, after = edited.app.world, played.app.world
    record_overrides(after, touched_instances(after, since))
    most = most if only is None else _ALL
    touched = touched | _owners(after, touched)
    own = np.fromiter({id_number(entity) for entity, _, _ in touched}, np.uint64)
    wanted = None if only is None else np.fromiter({id_number(each) for each in only}, np.uint64)
    now, left_out = _blocks(after, _changed(after, since), own, wanted, most)
    then = _same_entities(before, now)
    gone = _missing(before, after, wanted)[:most]
    removed, _ = _blocks(before, _places(before, gone), own, None, most)
    changes = Changes(left_out=left_out)
    for entity, block in now.items():
        changes.items += _compare(entity, then.get(entity), block, touched, played.app.components)
    for entity, block in removed.items():
        changes.items += _compare(entity, block, None, touched, played.app.components)
    changes.items.sort(key=lambda each: (not each.is_edited, each.name.lower(), each.entity))
    return changes


def keep_command(session: Session, changes: Iterable[Change]) -> Command:
    """What takes changes over into the active world, as one command."""
    chosen = list(changes)
    spawned: dict[str, Block] = {each.entity: each.after for each in chosen if not each.component and each.after is not None}
    commands: list[Command] = [Spawn(spawned)] if spawned else []
    fields: dict[tuple[str, str], dict[str, Any]] = {}
    for each in chosen:
        if each.component and each.field:
            fields.setdefault((each.entity, each.component), {})[each.field] = each.after
        elif each.component and each.after is not None:
            commands.append(Insert(each.entity, each.component, each.after))
        elif each.component:
            commands.append(Remove(each.entity, each.component))
    for (entity, component), values in fields.items():
        commands.append(_entries(session, entity, values) if component == _PREFAB else SetFields(entity, component, values))
    despawned = tuple(each.entity for each in chosen if not each.component and each.after is None)
    if despawned:
        commands.append(Despawn(despawned))
    return Group(tuple(commands))


def family_of(session: Session, entities: Iterable[str]) -> list[str]:
    """Stable ids of entities of the active world, with all below them."""
    world = session.world
    handles = np.array([session.entity(text) for text in entities], np.uint64)
    below = world.living(world.entities_at(world.resource(Hierarchy).descendants_of(indices_of(handles))))
    return id_texts(world.stable_ids(distinct(np.concatenate([handles, below]))))


def _entries(session: Session, entity: str, values: Mapping[str, Any]) -> Command:
    now = session.world.get(session.entity(entity), PrefabInstance)
    kept = {name: getattr(now, name) for name in ("source", "overrides", "added", "removed")}
    return SetEntries(entity, PrefabInstance(**{**kept, **values}))


def _changed(world: World, since: int) -> Iterator[tuple[int, Any]]:
    """Tables with the rows that were written since a tick."""
    for number, table in enumerate(world.tables):
        if not table.count or table.made:
            continue
        rows = table.changed([each.cls for each in table.components if each.authored], since=since)
        if row_count(rows):
            yield number, np.arange(rows.start, rows.stop) if isinstance(rows, slice) else np.asarray(rows)


def _places(world: World, handles: Any) -> Iterator[tuple[int, Any]]:
    """Tables and rows of living entities."""
    if not len(handles):
        return
    tables, rows = world.locate(handles)
    for number in np.unique(tables).tolist():
        yield number, rows[tables == number].astype(np.intp)


def _blocks(world: World, places: Iterable[tuple[int, Any]], own: Any, wanted: Any, most: int) -> tuple[dict[str, Block], int]:
    """Blocks by id, at most so many; those of `own` are never left out."""
    found: dict[str, Block] = {}
    left_out = 0
    for number, rows in places:
        table = world.tables[number]
        ids = world.stable_ids(table.entities[rows])
        if wanted is not None:
            rows, ids = rows[np.isin(ids, wanted)], ids[np.isin(ids, wanted)]
        is_own = np.isin(ids, own)
        room = max(most - len(found), 0)
        others = rows[~is_own]
        left_out += max(len(others) - room, 0)
        rows = np.concatenate([rows[is_own], others[:room]])
        if len(rows):
            found.update(encode_entities(world, table, rows))
    return found, left_out


def _same_entities(world: World, blocks: Mapping[str, Block]) -> dict[str, Block]:
    """The same entities in another world, those that it has."""
    found = [world.find(id_number(text)) for text in blocks]
    handles = np.array([each for each in found if each is not None], np.uint64)
    same: dict[str, Block] = {}
    for number, rows in _places(world, handles):
        same.update(encode_entities(world, world.tables[number], rows))
    return same


def _missing(before: World, after: World, wanted: Any) -> Any:
    """Handles of entities that are no more."""
    none = np.empty(0, np.uint64)
    handles = np.concatenate([none, *(table.entities for table in before.tables if table.count and not table.made)])
    living = np.concatenate([none, *(after.stable_ids(table.entities) for table in after.tables if table.count)])
    ids = before.stable_ids(handles)
    is_gone = ~np.isin(ids, living)
    return handles[is_gone if wanted is None else is_gone & np.isin(ids, wanted)]


def _owners(world: World, touched: Touched) -> Touched:
    """Instances whose children were touched: what is different in a child stands in its instance."""
    found = set()
    for entity, _, _ in touched:
        handle = world.find(id_number(entity))
        if handle is not None and world.has(handle, FromPrefab):
            found.add((id_text(world.stable_id(int(world.get(handle, FromPrefab).instance))), _PREFAB, ""))
    return frozenset(found)


def _compare(entity: str, before: Block | None, after: Block | None, touched: Touched, components: Components) -> Iterator[Change]:
    name = str(((after if after is not None else before) or {}).get(component_type(Name).name, {}).get("text", ""))
    whole = (entity, "", "") in touched
    if before is None or after is None:
        yield Change(entity, "", "", before, after, name, whole)
        return
    for component in {**before, **after}:
        old, new = before.get(component), after.get(component)
        if old == new:
            continue
        is_edited = whole or (entity, component, "") in touched
        if not (isinstance(old, dict) and isinstance(new, dict)):
            yield Change(entity, component, "", old, new, name, is_edited)
            continue
        for key in {**old, **new}:
            one, two = (_value(components.find(component), key, fields) for fields in (old, new))
            edited = is_edited or (entity, component, key) in touched
            if one != two and (edited or not (_is_same(one, two) or (component, key) in _PASSING)):
                yield Change(entity, component, key, one, two, name, edited)


def _value(declared: ComponentType | None, key: str, fields: Mapping[str, Any]) -> Any:
    """A field's value, which documents leave out where it is the default."""
    if key in fields:
        return fields[key]
    if declared is not None and declared.cls is Transform and key == "position":
        return [0.0, 0.0, 0.0]
    spec = None if declared is None else declared.by_name.get(key)
    if spec is None:
        return None
    if spec.kind.name == "entity":
        return id_text(0)
    return list(spec.default) if isinstance(spec.default, tuple) else spec.default


def _is_same(one: Any, two: Any) -> bool:
    """Whether numbers differ by so little that nobody sees it."""
    if isinstance(one, (int, float)) and isinstance(two, (int, float)) and not isinstance(one, bool):
        return abs(one - two) < _NOTICED
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        return all(_is_same(a, b) if isinstance(a, (int, float, list)) else a == b for a, b in zip(one, two, strict=True))
    return bool(one == two)
