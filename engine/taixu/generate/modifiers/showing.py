"""From layers to the world: heights of a terrain, places of scatters, entities of things. Only what differs is touched."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import World
from taixu.edit.decode import decode_blocks, spawn_batches
from taixu.edit.findings import Findings
from taixu.edit.ids import id_text
from taixu.edit.migrations import Migrations
from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Cell
from taixu.generate.modifiers.components import MadeBy
from taixu.generate.modifiers.evaluation import Evaluation, Refs
from taixu.generate.modifiers.layers import Places, Thing
from taixu.generate.modifiers.pins import PinTable, pin_id
from taixu.generate.modifiers.stacks import digest
from taixu.scene.components import Transform
from taixu.scene.hierarchy import despawn_tree
from taixu.scene.instantiate import spawn_model
from taixu.scene.scatter import Scatter, ScatterState
from taixu.scene.terrain import HeightField, Terrain, TerrainState, height_on_triangles

__all__ = ["Shown"]

_log = logging.getLogger(__name__)
_SCATTER = ("model", "fine_m", "coarse_m", "reach_m", "cast_shadow")
_BARE = ("mask.road", "mask.path", "mask.lot")
"""Where these are 1, what was sown without modifiers does not stand."""
_GROUND = ("heights", "weights", *_BARE)
SpreadKey = tuple[int, str]


@dataclass(slots=True)
class _Spread:
    """A scatter that stands for the places of one step and kind."""

    entity: int
    rows: dict[Cell, NDArray[np.float32]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A thing as its modifier made it, what a hand has changed of it, and its entities."""

    thing: Thing
    pin: Mapping[str, Any] | None
    entities: NDArray[np.uint64]


@dataclass(slots=True)
class Shown:
    """What stands in the world of a stack.

    Attributes
    ----------
    refs
        What each cell shows.
    lost
        Ids of pins whose things are no more, by modifier and cell.
    """

    stack: int
    refs: dict[Cell, Refs] = field(default_factory=dict)
    pins: PinTable = field(default_factory=PinTable)
    lost: dict[tuple[int, int, int], list[str]] = field(default_factory=dict)
    shows: int = 0
    """How many cells were shown, all told."""
    _heights: NDArray[np.float32] | None = None
    _shares: NDArray[np.uint8] | None = None
    _bare: NDArray[np.uint8] | None = None
    _base: object = None
    _spreads: dict[SpreadKey, _Spread] = field(default_factory=dict)
    _things: dict[Cell, dict[int, dict[int, _Standing]]] = field(default_factory=dict)

    def show(self, world: World, evaluation: Evaluation, cells: Iterable[Cell], pins: PinTable) -> None:
        """Show cells as they are now."""
        cells = list(cells)
        self.pins = pins
        now = {cell: evaluation.refs(cell) for cell in cells}
        raised = [cell for cell in cells if any(self._differs(cell, now, name) for name in _GROUND)]
        if raised:
            self._show_heights(world, evaluation, raised)
        touched: set[SpreadKey] = set()
        fields: dict[SpreadKey, Mapping[str, Any]] = {}
        for cell in cells:
            for home in [home for home in self.lost if home[1:] == cell[1:]]:
                del self.lost[home]
            self._show_places(evaluation, cell, touched, fields)
            self._show_things(world, evaluation, cell)
            self.refs[cell] = now[cell]
            self.shows += 1
        for key in sorted(touched):
            self._spread(world, evaluation, key, fields.get(key))

    def sower_of(self, entity: int) -> int | None:
        """The step, by its stable id, whose plants an entity with a `Scatter` shows."""
        return next((key[0] for key, spread in self._spreads.items() if spread.entity == entity), None)

    def clear(self, world: World) -> None:
        """Take everything away."""
        lost = [spread.entity for spread in self._spreads.values()]
        standing = [one.entities for homes in self._things.values() for things in homes.values() for one in things.values()]
        found = np.concatenate([np.array(lost, np.uint64), *standing])
        living = world.living(found)
        if len(living):
            despawn_tree(world, living)
        world.resource(TerrainState).take_back(self.stack)
        self.refs.clear()
        self._spreads.clear()
        self._things.clear()
        self.lost.clear()
        self._heights = None

    def _differs(self, cell: Cell, now: Mapping[Cell, Refs], name: str) -> bool:
        return self.refs.get(cell, {}).get(name, ()) != now[cell].get(name, ())

    def _show_heights(self, world: World, evaluation: Evaluation, cells: list[Cell]) -> None:
        stack = evaluation.stack
        if stack.area is None or not world.has(self.stack, Terrain):
            return
        states = world.resource(TerrainState)
        ground = stack.ground
        size = (stack.area.x1 - stack.area.x0, stack.area.z1 - stack.area.z0)
        whole = self._heights is None or self._base is not ground
        if whole:
            self._base = ground
            if not any(_is_shaped(evaluation.refs(cell)) for cell in cells):
                self._heights = None
                states.take_back(self.stack)
                return
            shape = (round(size[1] / stack.spacing_m) + 1, round(size[0] / stack.spacing_m) + 1)
            self._heights = np.zeros(shape, np.float32) if ground is None else ground.heights.copy()
            self._shares = self._bare = None
        assert self._heights is not None
        shares = None if self._shares is None else self._shares.copy()
        bare, was_bare = self._bare, self._bare
        heights = self._heights.copy()  # who holds the former field keeps it
        rows, columns = heights.shape
        sx, sz = size[0] / (columns - 1), size[1] / (rows - 1)
        for cell in cells:
            block = stack.block_of(cell)
            box = block.bounds
            i0, i1 = int(np.ceil((box.x0 + size[0] / 2) / sx - 1e-6)), int(np.floor((box.x1 + size[0] / 2) / sx + 1e-6))
            j0, j1 = int(np.ceil((box.z0 + size[1] / 2) / sz - 1e-6)), int(np.floor((box.z1 + size[1] / 2) / sz + 1e-6))
            i0, i1, j0, j1 = max(i0, 0), min(i1, columns - 1), max(j0, 0), min(j1, rows - 1)
            if i0 > i1 or j0 > j1:
                continue
            here = (slice(j0, j1 + 1), slice(i0, i1 + 1))
            refs = evaluation.refs(cell)
            if shares is not None:
                shares[here] = 255
            if bare is not None and bare[here].any():
                bare = bare.copy() if bare is was_bare else bare
                bare[here] = 0
            if ground is not None and not _is_shaped(refs):
                heights[here] = ground.heights[here]
                continue
            x, z = np.arange(i0, i1 + 1) * sx - size[0] / 2 - box.x0, np.arange(j0, j1 + 1) * sz - size[1] / 2 - box.z0
            heights[here] = _at(evaluation.grid("heights", block), block.spacing_m, x, z)
            if any(ref.step >= 0 for ref in refs.get("weights", ())):
                if shares is None:
                    shares = np.full((rows, columns, 4), 255, np.uint8)
                weights = evaluation.grid("weights", block)
                parts = [_at(np.ascontiguousarray(weights[..., k]), block.spacing_m, x, z) for k in range(4)]
                total = np.maximum(sum(parts), 1.0)
                shares[here] = np.rint(np.stack([part / total for part in parts], -1).clip(0, 1) * 255)
            masks = [name for name in _BARE if refs.get(name)]
            if masks:
                bare = np.zeros((rows, columns), np.uint8) if bare is None else bare.copy() if bare is was_bare else bare
                on = np.max([_at(evaluation.grid(name, block), block.spacing_m, x, z) for name in masks], axis=0)
                bare[here] = np.rint(on.clip(0, 1) * 255)
        self._heights, self._shares, self._bare = heights, shares, bare
        heights.setflags(write=False)
        boxes = [stack.block_of(cell).bounds for cell in cells]
        areas = None if whole else [(box.x0, box.z0, box.x1, box.z1) for box in boxes]
        states.give(world, self.stack, HeightField(heights, size, shares, bare), areas=areas)
        # Colliders follow terrains by their ticks.
        world.set(self.stack, Terrain, cast_shadow=world.get(self.stack, Terrain).cast_shadow)

    def _show_places(
        self, evaluation: Evaluation, cell: Cell, touched: set[SpreadKey], fields: dict[SpreadKey, Mapping[str, Any]]
    ) -> None:
        found: dict[int, list[Places]] = {}
        if self.refs.get(cell, {}).get("places") or evaluation.refs(cell).get("places"):
            for number, item in evaluation.standing("places", cell):
                found.setdefault(evaluation.stack.steps[number].id, []).append(item)
        wanted: dict[SpreadKey, list[NDArray[np.float32]]] = {}
        for modifier, items in found.items():
            home = (modifier, cell[1], cell[2])
            items, lost = self.pins.apply_to_places(home, items)
            if lost:
                self.lost[home] = lost
            for item in items:
                key = (modifier, item.kind)
                fields[key] = item.fields
                if len(item.rows):
                    wanted.setdefault(key, []).append(item.rows)
        for key, spread in self._spreads.items():
            if cell in spread.rows and key not in wanted:
                del spread.rows[cell]
                touched.add(key)
        for key, parts in wanted.items():
            rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
            known = self._spreads.setdefault(key, _Spread(0))
            before = known.rows.get(cell)
            if before is None or not np.array_equal(before, rows):
                known.rows[cell] = rows
                touched.add(key)

    def _spread(self, world: World, evaluation: Evaluation, key: SpreadKey, fields: Mapping[str, Any] | None) -> None:
        spread = self._spreads[key]
        if not spread.rows:
            if spread.entity and world.alive(np.array([spread.entity], np.uint64))[0]:
                despawn_tree(world, spread.entity)
            del self._spreads[key]
            return
        values = {name: value for name, value in (fields or {}).items() if name in _SCATTER}
        if not spread.entity:
            name = f"{key[1]}: {id_text(key[0])}"
            made = {**values, "ground": id_text(world.stable_id(self.stack))} if world.has(self.stack, Terrain) else values
            thing = {"name": {"text": key[1]}, "transform": {}, "scatter": made}
            spread.entity = int(self._spawn(world, {name: thing}, [""])[0])
        elif fields is not None:
            own = world.get(spread.entity, Scatter)
            if any(getattr(own, name) != value for name, value in values.items()):
                world.set(spread.entity, Scatter, **values)
        rows = np.concatenate([spread.rows[cell] for cell in sorted(spread.rows)])
        world.resource(ScatterState).give(spread.entity, rows)

    def _show_things(self, world: World, evaluation: Evaluation, cell: Cell) -> None:
        wanted: dict[int, list[Thing]] = {}
        if evaluation.refs(cell).get("things"):
            for number, thing in evaluation.standing("things", cell):
                wanted.setdefault(evaluation.stack.steps[number].id, []).append(thing)
        before = self._things.pop(cell, {})
        for modifier in sorted(before.keys() | wanted.keys()):
            place = (modifier, cell[1], cell[2])
            pins = self.pins.homes.get(place, {})
            things, lost = self.pins.apply(place, made := wanted.get(modifier, []))
            if lost:
                self.lost[place] = lost
            looks = {thing.number: (thing, pins.get(thing.number)) for thing in made}
            known = before.get(modifier, {})
            # The same thing with the same pin goes on standing: selections and bodies last.
            now = {one.number: known[one.number] for one in things if _is_same(known.get(one.number), looks[one.number])}
            for thing in things:
                before_it = known.get(thing.number)
                if thing.number not in now and before_it is not None and _is_elsewhere(before_it, looks[thing.number]):
                    _place(world, before_it.entities, thing)  # the very entity: whoever holds it goes on
                    now[thing.number] = _Standing(*looks[thing.number], before_it.entities)
            gone = [one.entities for number, one in known.items() if number not in now]
            living = world.living(np.concatenate([*gone, np.zeros(0, np.uint64)]))
            if len(living):
                despawn_tree(world, living)
            fresh = [thing for thing in things if thing.number not in now]
            spawned = self.spawn_things(world, modifier, cell, fresh) if fresh else []
            for thing, entities in zip(fresh, spawned, strict=True):
                now[thing.number] = _Standing(*looks[thing.number], entities)
            if now:
                self._things.setdefault(cell, {})[modifier] = now

    def spawn_things(self, world: World, modifier: int, cell: Cell, things: list[Thing]) -> list[NDArray[np.uint64]]:
        """Spawn what a modifier made in a cell below the stack; of each thing the handles, children's too."""
        blocks: dict[str, dict[str, Any]] = {}
        models: dict[str, Thing] = {}
        marks: list[str] = []

        def add(thing: Thing, name: str, parent: str, mark: str) -> None:
            block: dict[str, Any] = {key: dict(values) for key, values in thing.components.items()}
            block["transform"] = {"translation": list(thing.position), "rotation": list(thing.rotation), "scale": list(thing.scale)}
            if thing.name:
                block["name"] = {"text": thing.name}
            if parent:
                block["parent"] = {"entity": digest("made", parent)[:16]}
            blocks[name] = block
            marks.append(mark)
            if thing.model is not None:
                models[name] = thing
            for child in thing.children:
                add(child, f"{name}/{child.number:x}", name, mark)

        ends = []
        for thing in things:
            mark = pin_id(modifier, (cell[1], cell[2]), thing.number)
            add(thing, f"{id_text(world.stable_id(self.stack))}:{mark}", "", mark)
            ends.append(len(blocks))
        handles = self._spawn(world, blocks, marks)
        for name, handle in zip(blocks, handles.tolist(), strict=True):
            if name in models and handle:
                model = models[name].model
                assert model is not None
                spawn_model(world, handle, model, key=("made", model_key(world, model)), share_looks=True)
        return [part[part != 0] for part in np.split(handles, ends[:-1])]

    def _spawn(self, world: World, blocks: Mapping[str, dict[str, Any]], marks: list[str]) -> NDArray[np.uint64]:
        """Spawn blocks below the stack; the handles in their order, 0 where one could not be."""
        own, ids = id_text(world.stable_id(self.stack)), [digest("made", name)[:16] for name in blocks]
        texts = {key: {"parent": {"entity": own}, **block} for key, block in zip(ids, blocks.values(), strict=True)}
        findings = Findings("a made thing")
        batches = decode_blocks(texts, world.resource(Components), migrations=Migrations(), findings=findings)
        for item in findings.items[:3]:
            _log.warning("%s: %s", findings.file, item)
        try:
            findings.refuse()
            spawn_batches(world, batches)
        except TaixuError as error:
            _log.warning("%s", error)
            return np.zeros(len(ids), np.uint64)
        handles = world.find_all(np.array([int(key, 16) for key in ids], np.uint64))
        names = np.empty(len(handles), object)
        names[:] = marks
        world.insert(handles, {MadeBy: {"stack": self.stack, "thing": names}})
        bare = handles[[not world.has(int(handle), Transform) for handle in handles]]
        if len(bare):
            world.insert(bare, Transform)
        return handles


def _is_same(known: _Standing | None, look: tuple[Thing, Mapping[str, Any] | None]) -> bool:
    return known is not None and known.thing is look[0] and known.pin == look[1]


def _is_elsewhere(known: _Standing, look: tuple[Thing, Mapping[str, Any] | None]) -> bool:
    """Whether it is the same thing in another place."""
    return known.thing is look[0] and not any("fields" in pin for pin in (known.pin or {}, look[1] or {}))


def _place(world: World, entities: NDArray[np.uint64], thing: Thing) -> None:
    if len(entities) and world.alive(entities[:1])[0]:
        world.set(int(entities[0]), Transform, translation=thing.position, rotation=thing.rotation, scale=thing.scale)


def _is_shaped(refs: Refs) -> bool:
    """Whether a step has made something of a cell's ground."""
    return any(ref.step >= 0 for name in _GROUND for ref in refs.get(name, ()))


def _at(grid: NDArray[np.float32], spacing_m: float, x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float32]:
    """A block's heights at columns and rows: those that it has where they meet, of its triangles elsewhere."""
    i, j = np.rint(x / spacing_m), np.rint(z / spacing_m)
    if max(np.abs(x / spacing_m - i).max(), np.abs(z / spacing_m - j).max()) < 1e-6:
        return grid[np.ix_(j.astype(np.intp), i.astype(np.intp))]
    size = ((grid.shape[1] - 1) * spacing_m, (grid.shape[0] - 1) * spacing_m)
    gx, gz = np.meshgrid(x - size[0] / 2, z - size[1] / 2)
    return height_on_triangles(grid, size, gx, gz)


@dataclass(slots=True)
class _Models:
    """Keeps models that things show, so that the same object is the same meshes (a resource)."""

    kept: dict[int, Any] = field(default_factory=dict)

    def fork(self, world: World) -> _Models:
        return self


def model_key(world: World, model: Any) -> int:
    """A number of a model; it is kept, for numbers of objects that died are given again."""
    if not world.has_resource(_Models):
        world.insert_resource(_Models())
    world.resource(_Models).kept[id(model)] = model
    return id(model)
