"""Entities with a `Model` get the file's nodes below them, and follow when the file or the component changes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData
from taixu.ecs import World, row_count
from taixu.errors import TaixuError
from taixu.scene.components import FromModel, Model
from taixu.scene.hierarchy import despawn_tree
from taixu.scene.instantiate import spawn_model
from taixu.scene.shape_meshes import look_number, looks_of
from taixu.scene.surfaces import surface_of_table

__all__ = ["ModelState", "ModelStore", "ReadingStore", "place_models", "wait_for_models"]

_log = logging.getLogger(__name__)
_MOST_TOLD = 50
_MOST_FAILURES = 256
_Look = tuple[str, str, bool, tuple[Any, ...]]


class ModelStore(Protocol):
    """Where models come from: it loads while the world runs."""

    @property
    def version(self) -> int:
        """Goes up whenever a model has arrived, failed or changed."""
        ...

    def model(self, source: str) -> tuple[ModelData, int] | None:
        """A model and its revision, which goes up when the file changes; None while it loads (asking starts that).

        Raises
        ------
        TaixuError
            When it cannot be read.
        """
        ...

    def wait(self) -> object:
        """Return when everything that was asked for is loaded, or has failed."""
        ...


class ReadingStore:
    """A store that reads a model when it is asked for.

    Parameters
    ----------
    read
        Gives the model of a source.
    """

    def __init__(self, read: Callable[[str], ModelData]) -> None:
        self._read = read
        self._models: dict[str, ModelData] = {}
        self.version = 0

    def model(self, source: str) -> tuple[ModelData, int] | None:
        """A model, read at the first call."""
        if source not in self._models:
            self._models[source] = self._read(source)
        return self._models[source], 0

    def wait(self) -> None:
        """Nothing is ever under way."""


@dataclass(slots=True)
class _Placed:
    look: _Look
    revision: int = -1
    entities: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))


class ModelState:
    """What `place_models` remembers (a resource)."""

    def __init__(self, store: ModelStore) -> None:
        self.store = store
        self.tick = 0
        self.version = -1
        self.failures: dict[str, str] = {}
        """Sources that could not be read, with the sentence why."""
        self._placed: dict[int, _Placed] = {}
        self._told = 0

    @property
    def waiting(self) -> bool:
        """Whether a model that somebody shows is still being loaded."""
        return any(one.revision < 0 and one.look[0] not in self.failures for one in self._placed.values())

    def adopt(self, other: ModelState, world: World) -> None:
        """Go on from another world's state: `world` was just restored from that one, with all that models made there.

        What is placed counts as seen; without this all of it would be made anew.
        """
        self._placed = {entity: _Placed(one.look, one.revision, one.entities) for entity, one in other._placed.items()}
        self.version, self.failures = other.version, dict(other.failures)
        self.tick = world.tick
        world.advance()

    def fork(self, world: World) -> ModelState:
        return ModelState(self.store)

    def fail(self, source: str, error: TaixuError) -> None:
        """Keep why a model cannot be had, and warn of it, until that would be all there is in the log."""
        if self.failures.get(source) == str(error):
            return
        if len(self.failures) >= _MOST_FAILURES:  # names of others' making must not fill memory
            shown = {one.look[0] for one in self._placed.values()}
            self.failures = {name: why for name, why in self.failures.items() if name in shown}
        self.failures[source] = str(error)
        self._told += 1
        if self._told <= _MOST_TOLD:
            _log.warning("%s", error)
        elif self._told == _MOST_TOLD + 1:
            _log.warning("more than %d models cannot be had; no more of them are told", _MOST_TOLD)


def place_models(world: World) -> None:
    """Bring the nodes of all models up to date."""
    state = world.resource(ModelState)
    if not state._placed and not len(world.query(Model)) and not len(world.query(FromModel)):
        return  # whoever comes later finds the log of changes since the last look
    since, state.tick = state.tick, world.tick
    version = state.store.version
    fresh: list[int] = []
    structure = world.structure.since(since)
    if structure is None or (structure and state._placed):
        _drop_lost(world, state, resync=structure is None)
    for table in world.query(Model):
        own = surface_of_table(table)
        rows = table.changed((Model,) if own is None else (Model, own), since=since)
        if row_count(rows):
            names = ("source", "variant", "cast_shadow")
            looks = zip(*(table.read(Model, name)[rows].tolist() for name in names), looks_of(table, own, rows), strict=True)
            for entity, look in zip(table.entities[rows].tolist(), looks, strict=True):
                placed = state._placed.get(entity)
                if placed is None:
                    state._placed[entity] = _Placed(look)
                elif placed.look != look:
                    placed.look, placed.revision = look, -1
                fresh.append(entity)
    if not fresh and version == state.version:
        return
    if version != state.version:  # one has arrived: whoever waits for it
        state.version, fresh = version, list(state._placed)
    for entity in fresh:
        _place(world, state, entity, state._placed[entity])
    world.advance()


def wait_for_models(world: World) -> None:
    """Load and place all models before going on."""
    state = world.resource(ModelState)
    place_models(world)
    while state.waiting:
        state.store.wait()
        place_models(world)


def _place(world: World, state: ModelState, entity: int, placed: _Placed) -> None:
    source, variant, cast_shadow, own = placed.look
    try:
        found = state.store.model(source) if source else (ModelData(), 0)
    except TaixuError as error:
        state.fail(source, error)
        return
    if found is None or found[1] == placed.revision:
        return
    state.failures.pop(source, None)
    _clear(world, placed)
    model, placed.revision = found
    if variant and variant not in model.variants:
        have = f"it has {', '.join(model.variants)}" if model.variants else "it has none"
        _log.warning("%s: there is no variant %r of its materials; %s", source, variant, have)
    spawned = spawn_model(
        world, entity, model, key=("model", source, placed.revision), variant=variant, cast_shadow=cast_shadow,
        material=look_number(world, own) if own else 0,
    )  # fmt: skip
    placed.entities = spawned.entities


def _clear(world: World, placed: _Placed) -> None:
    living = world.living(placed.entities)
    if len(living):
        despawn_tree(world, living)
    placed.entities = np.empty(0, np.uint64)


def _drop_lost(world: World, state: ModelState, *, resync: bool) -> None:
    """Remove the nodes of entities that died or lost their `Model`."""
    handles = np.fromiter(state._placed, np.uint64, len(state._placed))
    living, tables, _ = world.locate_living(handles)
    shown = [table.id for table in world.query(Model).tables()]
    for entity in handles[~(living & np.isin(tables, shown))].tolist():
        _clear(world, state._placed.pop(entity))
    if resync:  # a restored world: what stands there was made by others, so make it anew
        owned = world.query(FromModel).entities
        if len(owned):
            world.despawn(owned)
        state._placed.clear()
