"""Which layers a cell has under which key, and how they are made: everything is asked for from the top and kept by key."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import CELL_M, Block, Cell
from taixu.generate.modifiers.cache import LayerCache
from taixu.generate.modifiers.kinds import Plan
from taixu.generate.modifiers.layers import Layers, Places, Thing, is_grid
from taixu.generate.modifiers.stacks import Stack, Step, digest

__all__ = ["Counts", "Evaluation", "Plans", "Ref"]

_MOST_DEEP = 48
_EVERYWHERE = 1 << 60
_UNKNOWN = (1, 1, 0, 0)
_SLOW_SECS = 0.004
"""What took longer is worth a file."""


@dataclass(frozen=True, slots=True)
class Ref:
    """Where a layer of a cell is found: what a step makes of a block. Step -1 is the ground itself."""

    key: str
    step: int
    block: Block


@dataclass(slots=True)
class Counts:
    """What was made and what was found, blocks by the modifier's name."""

    made: dict[str, int] = field(default_factory=dict)
    from_disk: int = 0
    secs: dict[str, float] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    """Things that blocks share with what they were before (`Inputs.once`), by their sort."""
    plans: dict[str, float] = field(default_factory=dict)
    """Seconds that the latest plan took, by the modifier's name."""

    def add(self, name: str, secs: float) -> None:
        """One more was made."""
        self.made[name] = self.made.get(name, 0) + 1
        self.secs[name] = self.secs.get(name, 0.0) + secs

    @property
    def total(self) -> int:
        """Blocks made."""
        return sum(self.made.values())

    def merge(self, other: Counts) -> None:
        """What somebody else has made, too."""
        for name, count in other.made.items():
            self.made[name] = self.made.get(name, 0) + count
            self.secs[name] = self.secs.get(name, 0.0) + other.secs.get(name, 0.0)
        for sort, count in other.parts.items():
            self.parts[sort] = self.parts.get(sort, 0) + count
        self.plans.update(other.plans)
        self.from_disk += other.from_disk


Refs = dict[str, tuple[Ref, ...]]
Plans = dict[int, tuple[str, Plan]]
"""By the step's id: the key of what it hangs on, and the plan."""


class Evaluation:
    """A stack's layers.

    Parameters
    ----------
    stack
    cache
        Shared by evaluations: a stack that was changed finds there all that stayed the same.
    before
        An evaluation of the same stack as it was: of steps that stayed, keys are known.
    plans
        That are known already.

    Attributes
    ----------
    plans
        The latest of each step that has one.
    shared
        Keys of what blocks were given that others may be given too (`Inputs.once`).
    """

    def __init__(
        self, stack: Stack, cache: LayerCache, counts: Counts | None = None, before: Evaluation | None = None,
        plans: Mapping[int, tuple[str, Plan]] | None = None,
    ) -> None:  # fmt: skip
        self.stack, self.cache = stack.check(), cache
        here = {step.id for step in stack.steps if step.kind.plan}
        known = plans if before is None else before.plans
        self.plans: Plans = {number: found for number, found in (known or {}).items() if number in here}
        self._planned: dict[int, Plan] = {}
        self._parts: dict[tuple[int, Block], bytes | None] = {}
        self.shared: set[str] = set()
        self.counts = Counts() if counts is None else counts
        self._keys: list[dict[Block, str]] = [{} for _ in stack.steps]
        self._touching: dict[Cell, list[int]] = {}
        self._states: dict[Cell, list[Refs]] = {}  # at the bottom, and after each step that touches the cell
        self._ranges: dict[tuple[int, int], tuple[int, int, int, int] | None] = {}
        if before is not None and _same_ground(before.stack, stack):
            pairs = enumerate(zip(before.stack.steps, stack.steps, strict=False))
            same = next((number for number, (old, new) in pairs if old is not new), min(len(before.stack.steps), len(stack.steps)))
            self._keys[:same] = before._keys[:same]
            for cell, touching in before._touching.items():
                if cell in before._states:
                    self._states[cell] = before._states[cell][: bisect_left(touching, same) + 1]

    def refs(self, cell: Cell, above: int | None = None) -> Refs:
        """Where each layer of a cell is found; with `above`, below that many steps from the bottom only."""
        touching = self._touching.get(cell)
        if touching is None:
            touching = self._touching[cell] = self._steps_at(cell)
        states = self._states.get(cell)
        if states is None:
            states = self._states[cell] = [self._bottom(cell)]
        wanted = len(touching) if above is None else bisect_left(touching, above)
        while len(states) <= wanted:
            states.append(self._after(touching[len(states) - 1], cell, states[-1]))
        return states[wanted]

    def plan(self, number: int) -> Plan:
        """What a step has decided of its ground; now, where that is not known.

        Raises
        ------
        TaixuError
            When the modifier cannot decide it.
        """
        found = self._planned.get(number)
        if found is None:
            step, block, key = self.stack.steps[number], *self._plan_key(number)
            known = self.plans.get(step.id)
            if known is None or known[0] != key:
                began = perf_counter()
                made = step.kind.planned(block, _Looking(self, number, block), step.seed, None if known is None else known[1])
                self.counts.plans[step.name or step.kind.name] = perf_counter() - began
                known = self.plans[step.id] = (key, made)
            found = self._planned[number] = known[1]
        return found

    def unplanned(self) -> Step | None:
        """The first step whose plan is not known as it has to be now."""
        for number, step in enumerate(self.stack.steps):
            if step.kind.plan and number not in self._planned:
                known = self.plans.get(step.id)
                if known is None or known[0] != self._plan_key(number)[1]:
                    return step
                self._planned[number] = known[1]
        return None

    def _part(self, number: int, block: Block) -> bytes | None:
        place = (number, block)
        if place not in self._parts:
            self._parts[place] = self.plan(number).part(block.bounds)
        return self._parts[place]

    def _plan_key(self, number: int) -> tuple[Block, str]:
        step, block = self.stack.steps[number], self.stack.plan_block(self.stack.steps[number])
        below: list[str] = []
        if step.reads:
            for cell in block.cells(step.reach_m):
                refs = self.refs(cell, number)
                below += [f"{name}:{ref.key}" for name in step.reads for ref in refs.get(name, ())]
        return block, digest("plan", step.key, block.i, block.j, block.columns, block.rows, block.spacing_m, *below)

    def prepare(self, cells: Iterable[Cell]) -> None:
        """Know the refs of cells, step by step where many look at neighbours: who asks one from the top would go as deep."""
        cells = list(cells)
        if sum(step.reach_m > 0 for step in self.stack.steps) > _MOST_DEEP:
            for number in range(len(self.stack.steps)):
                for cell in cells:
                    self.refs(cell, number)
        for cell in cells:
            self.refs(cell)

    def key(self, number: int, block: Block) -> str:
        """Of what a step makes of a block."""
        known = self._keys[number].get(block)
        if known is None:
            step = self.stack.steps[number]
            below: list[str] = []
            if step.reads:
                for cell in block.cells(step.reach_m):
                    refs = self.refs(cell, number)
                    below += [f"{name}:{ref.key}" for name in step.reads for ref in refs.get(name, ())]
            place = (block.level, block.i, block.j, block.columns, block.rows, block.spacing_m)
            area = self.stack.area if step.kind.edge_cells == 0 else None
            own = digest(step.rest, self._part(number, block) or b"") if step.kind.plan else step.key_of(block.bounds)
            known = self._keys[number][block] = digest(own, place, area, *below)
        return known

    def layers(self, number: int, block: Block) -> Layers:
        """What a step makes of a block; made now where it is not found.

        Raises
        ------
        TaixuError
            When the modifier cannot make it.
        """
        key = self.key(number, block)
        found = self.cache.held(key)
        if found is None:
            found = self.cache.read(key)
            if found is not None:
                self.counts.from_disk += 1
        if found is None:
            found = self._make(number, block, key)
        return found

    def wants(self, cells: Iterable[Cell]) -> list[tuple[int, Block]]:
        """What would have to be made or read for cells: steps and blocks that memory lacks."""
        found: dict[tuple[int, Block], None] = {}
        for cell in cells:
            for refs in self.refs(cell).values():
                for ref in refs:
                    if ref.step >= 0 and self.cache.held(ref.key) is None:
                        found[ref.step, ref.block] = None
        return list(found)

    def grid(self, name: str, block: Block, *, margin: int = 0, above: int | None = None) -> NDArray[np.float32]:
        """A grid over a block and some points around it; 0 where there is none, its border's beyond the end of the ground."""
        rows, columns = block.shape
        squares = block.squares
        rim = -(-margin // squares)
        out: NDArray[np.float32] | None = None
        around: dict[int, NDArray[np.bool_]] = {}
        for j in range(block.j - rim, block.j + block.rows + rim):
            for i in range(block.i - rim, block.i + block.columns + rim):
                refs = self.refs((block.level, i, j), above).get(name, ())
                if not refs:
                    continue
                source = refs[-1].block
                points = self._points(refs[-1], name) if source != block else None
                values = self._values(refs[-1], name) if points is None else None
                if out is None:
                    tail = (4,) if name == "weights" else ()
                    out = np.zeros((rows + 2 * margin, columns + 2 * margin, *tail), np.float32)
                # Columns and rows of this cell, counted in the block's grid.
                left, top = (i - block.i) * squares, (j - block.j) * squares
                u0, u1 = max(left, -margin), min(left + squares, columns - 1 + margin)
                v0, v1 = max(top, -margin), min(top + squares, rows - 1 + margin)
                if u0 > u1 or v0 > v1:
                    continue
                if values is None:
                    assert points is not None
                    mask = around.setdefault(refs[-1].step, np.zeros(out.shape[:2], bool))
                    mask[v0 + margin : v1 + margin + 1, u0 + margin : u1 + margin + 1] = True
                    continue
                du, dv = (i - source.i) * squares - left, (j - source.j) * squares - top
                there = values[v0 + dv : v1 + dv + 1, u0 + du : u1 + du + 1]
                out[v0 + margin : v1 + margin + 1, u0 + margin : u1 + margin + 1] = there
        if out is None:
            return np.zeros((rows + 2 * margin, columns + 2 * margin, *((4,) if name == "weights" else ())), np.float32)
        for number, mask in around.items():  # all points beyond the block at once
            step, (x, z) = self.stack.steps[number], block.lines(margin)
            mask[margin : margin + rows, margin : margin + columns] = False
            v, u = np.nonzero(mask)
            if len(v):
                out[v, u] = step.kind.heights_at(step.parameters, step.frame, step.seed, x[u], z[v])
        return self._closed(out, block, margin) if margin and self.stack.area is not None else out

    def standing(self, name: str, cell: Cell, above: int | None = None) -> Iterator[tuple[int, Any]]:
        """Places or things of a cell, with the number of the step that made them."""
        block = self.stack.block_of(cell)
        for ref in self.refs(cell, above).get(name, ()):
            for item in self.layers(ref.step, ref.block).get(name, ()):
                if ref.block == block:
                    yield ref.step, item
                elif isinstance(item, Thing):
                    if block.holds(np.array([item.position[0]]), np.array([item.position[2]]))[0]:
                        yield ref.step, item
                else:
                    mine = block.holds(item.rows[:, 0], item.rows[:, 2])
                    if mine.any():
                        yield ref.step, Places(item.kind, item.rows[mine], item.numbers[mine], item.fields)

    def forget(self) -> None:
        """Forget which keys cells have: of endless ground they would become ever more."""
        self._states.clear()
        self._touching.clear()
        for keys in self._keys:
            keys.clear()

    def _bottom(self, cell: Cell) -> Refs:
        ground = self.stack.ground
        if ground is None or not self._is_ground(cell):
            return {}
        block = self.stack.block_of(cell)
        found: Refs = {"heights": (Ref(ground.key(block), -1, block),)}
        if ground.weights is not None:
            found["weights"] = (Ref(ground.weights_key(block), -1, block),)
        return found

    def _is_ground(self, cell: Cell) -> bool:
        if self.stack.area is None:
            return True
        box, area = self.stack.block_of(cell).bounds, self.stack.area
        return box.x0 < area.x1 and area.x0 < box.x1 and box.z0 < area.z1 and area.z0 < box.z1

    def _steps_at(self, cell: Cell) -> list[int]:
        """The steps that change something of a cell."""
        if not self._is_ground(cell):
            return []
        level, i, j = cell
        found = []
        for number, step in enumerate(self.stack.steps):
            place = (number, level)
            box = self._ranges.get(place, _UNKNOWN)
            if box is _UNKNOWN:
                box = self._ranges[place] = _range_of(step, level)
            if box is None or not (box[0] <= i <= box[2] and box[1] <= j <= box[3]):
                continue
            if step.touches(self.stack.block_for(step, cell).bounds):
                found.append(number)
        return found

    def _after(self, number: int, cell: Cell, below: Refs) -> Refs:
        step = self.stack.steps[number]
        block = self.stack.block_for(step, cell)
        if step.kind.plan and self._part(number, block) is None:
            return below
        ref = Ref(self.key(number, block), number, block)
        found = dict(below)
        for name in step.writes:
            found[name] = (ref,) if is_grid(name) else (*found.get(name, ()), ref)
        return found

    def _values(self, ref: Ref, name: str) -> NDArray[Any]:
        if ref.step < 0:
            assert self.stack.ground is not None
            return self.stack.ground.weights_in(ref.block) if name == "weights" else self.stack.ground.grid(ref.block)
        values = self.layers(ref.step, ref.block)[name]
        assert isinstance(values, np.ndarray)
        return values

    def _points(self, ref: Ref, name: str) -> Step | None:
        """The step whose heights are known point by point, where they are not made already."""
        if name != "heights" or ref.step < 0 or self.cache.held(ref.key) is not None:
            return None
        step = self.stack.steps[ref.step]
        return step if step.kind.points else None

    def _make(self, number: int, block: Block, key: str) -> Layers:
        step = self.stack.steps[number]
        began = perf_counter()
        layers = step.kind.make(block, _Looking(self, number, block), step.seed)
        secs = perf_counter() - began
        for name in step.writes:
            layers[name] = _checked(step, block, name, layers.get(name))
        self.counts.add(step.name or step.kind.name, secs)
        self.cache.hold(key, layers)
        if secs > _SLOW_SECS:
            self.cache.write(key, layers)
        return layers

    def _closed(self, out: NDArray[np.float32], block: Block, margin: int) -> NDArray[np.float32]:
        """Beyond the end of the ground it goes on as its border."""
        area = self.stack.area
        assert area is not None
        x, z = block.lines(margin)
        last, edge = 1e-6, block.edge_m
        low_x, high_x = np.floor(area.x0 / edge) * edge, np.ceil(area.x1 / edge) * edge
        low_z, high_z = np.floor(area.z0 / edge) * edge, np.ceil(area.z1 / edge) * edge
        columns = np.flatnonzero((x >= low_x - last) & (x <= high_x + last))
        rows = np.flatnonzero((z >= low_z - last) & (z <= high_z + last))
        if (len(columns) == len(x) and len(rows) == len(z)) or not len(columns) or not len(rows):
            return out
        pick_x = np.arange(len(x)).clip(columns[0], columns[-1])
        pick_z = np.arange(len(z)).clip(rows[0], rows[-1])
        return out[np.ix_(pick_z, pick_x)]


class _Looking:
    """What a step sees of the layers below it (`kinds.Inputs`)."""

    def __init__(self, evaluation: Evaluation, number: int, block: Block) -> None:
        self._evaluation, self._number, self._block = evaluation, number, block
        step = evaluation.stack.steps[number]
        self._step = step
        self.parameters, self.frame, self.area = step.parameters, step.frame, evaluation.stack.area
        self._grids: dict[tuple[str, int], NDArray[np.float32]] = {}

    @property
    def plan(self) -> Plan:
        """What the step has decided."""
        return self._evaluation.plan(self._number)

    def once(self, sort: str, key: bytes, make: Callable[[], list[Thing]]) -> list[Thing]:
        """Things of a key."""
        evaluation, kind = self._evaluation, self._step.kind
        own = digest("once", kind.name, kind.version, sort, key)
        found = evaluation.cache.held(own)
        if found is None:
            found = {"things": make()}
            evaluation.counts.parts[sort] = evaluation.counts.parts.get(sort, 0) + 1
            evaluation.shared.add(own)
            evaluation.cache.hold(own, found)
        things: Any = found["things"]
        return list(things)

    def has(self, name: str) -> bool:
        """Whether somebody below has made a grid here."""
        self._check(name, 0.0)
        return any(name in self._evaluation.refs(cell, self._number) for cell in self._block.cells(self._step.reach_m))

    def grid(self, name: str, margin: int = 0) -> NDArray[np.float32]:
        """A grid, float32."""
        self._check(name, margin * self._block.spacing_m)
        return self._grid(name, margin)

    def height_at(self, x: NDArray[Any], z: NDArray[Any]) -> NDArray[np.float32]:
        """Heights of the drawn triangles."""
        from taixu.scene.terrain import height_on_triangles

        self._check("heights", 0.0)
        block = self._block
        margin = int(self._step.reach_m / block.spacing_m)
        heights = self._grid("heights", margin)
        box = block.bounds.grown(margin * block.spacing_m)
        middle_x, middle_z = (box.x0 + box.x1) / 2, (box.z0 + box.z1) / 2
        size = (box.x1 - box.x0, box.z1 - box.z0)
        return height_on_triangles(heights, size, np.asarray(x, np.float64) - middle_x, np.asarray(z, np.float64) - middle_z)

    def _grid(self, name: str, margin: int) -> NDArray[np.float32]:
        found = self._grids.get((name, margin))
        if found is None:
            found = self._grids[name, margin] = self._evaluation.grid(name, self._block, margin=margin, above=self._number)
            found.setflags(write=False)
        return found

    def places(self) -> list[Places]:
        """Of the cells within reach."""
        return [item for _, item in self._standing("places")]

    def things(self) -> list[Thing]:
        """Of the cells within reach."""
        return [item for _, item in self._standing("things")]

    def _standing(self, name: str) -> Iterator[tuple[int, Any]]:
        self._check(name, 0.0)
        for cell in self._block.cells(self._step.reach_m):
            yield from self._evaluation.standing(name, cell, self._number)

    def _check(self, name: str, reach_m: float) -> None:
        if name not in self._step.reads:
            raise TaixuError(f"modifier {self._step.kind.name}: it looks at {name!r}, which its kind does not say that it reads")
        if reach_m > self._step.reach_m + 1e-6:
            name, most = self._step.kind.name, self._step.reach_m
            raise TaixuError(f"modifier {name}: it looks {reach_m:g} m beyond its block, but its reach is {most:g} m")


def _checked(step: Step, block: Block, name: str, layer: Any) -> Any:
    """A layer as it is kept: of the right shape, finite, read-only."""
    if not is_grid(name):
        return list(layer or ())
    wanted = (*block.shape, 4) if name == "weights" else block.shape
    if not isinstance(layer, np.ndarray) or layer.shape != wanted:
        shape = getattr(layer, "shape", type(layer).__name__)
        raise TaixuError(f"modifier {step.name or step.kind.name}: its {name!r} is {shape}, not a grid {wanted}")
    values = np.ascontiguousarray(layer, np.float32)
    if not np.isfinite(values).all() or (name == "heights" and float(np.abs(values).max()) > 1e5):
        raise TaixuError(f"modifier {step.name or step.kind.name}: its {name!r} holds numbers that are none")
    values.setflags(write=False)
    return values


def _range_of(step: Step, level: int) -> tuple[int, int, int, int] | None:
    """The cells of a level that a step may touch: first column and row, last ones; None where there are none."""
    if level > step.kind.most_level:
        return None
    if step.bounds is None:
        return -_EVERYWHERE, -_EVERYWHERE, _EVERYWHERE, _EVERYWHERE
    edge, box = CELL_M * (1 << level), step.bounds
    return math.ceil(box.x0 / edge) - 1, math.ceil(box.z0 / edge) - 1, math.floor(box.x1 / edge), math.floor(box.z1 / edge)


def _same_ground(old: Stack, new: Stack) -> bool:
    return old.ground is new.ground and old.area == new.area and old.spacing_m == new.spacing_m
