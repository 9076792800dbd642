"""Endless ground: chunks around eyes, made in the background as fine as eyes can see, and dropped again when they are far.

What is shown always covers all ground within reach: a chunk stands for its four finer ones until those are all there, and they
stand for it until it is. Only the coarsest are ever waited for.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app.job import Job
from taixu.app.jobs import Jobs
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import CELL_M, Cell
from taixu.generate.modifiers.chunk_meshes import ChunkData, chunk_of
from taixu.generate.modifiers.chunk_standing import ChunkStanding
from taixu.generate.modifiers.chunk_tree import cover, missing, roots_around, wanted_chunks
from taixu.generate.modifiers.components import Modifiers
from taixu.generate.modifiers.evaluation import Evaluation, Refs
from taixu.generate.modifiers.following import ModifierState
from taixu.physics.components import Character, Collider, RigidBody
from taixu.scene.components import CELL_M as ROOT_CELL_M
from taixu.scene.components import Parent, Transform
from taixu.scene.details import Eye
from taixu.scene.hierarchy import despawn_tree
from taixu.scene.terrain.placing import local_eyes
from taixu.scene.transforms import propagate_transforms
from taixu.scene.visibility import update_visibility

__all__ = ["ChunkState", "follow_chunks", "show_chunks"]

_log = logging.getLogger(__name__)
_MOST_KEPT = 700
_BATCH = 6
_MOST_JOBS = 3
_MOST_TAKEN = 2
_STEP_M = 4.0
"""Eyes that move less show what they showed."""
_GROUND_REACH_M = 20.0
"""Around bodies, ground is there to stand on."""


@dataclass(slots=True)
class _Field:
    """One stack's ground."""

    standing: ChunkStanding
    evaluation: Evaluation | None = None
    made: dict[Cell, ChunkData] = field(default_factory=dict)
    refs: dict[Cell, Refs] = field(default_factory=dict)
    stale: set[Cell] = field(default_factory=set)
    jobs: dict[int, tuple[Job, tuple[Cell, ...]]] = field(default_factory=dict)
    arrived: list[ChunkData] = field(default_factory=list)
    """Made in the background, and taken a few a picture: making meshes of plants takes time."""
    asked: tuple[Any, ...] = ()
    grounds: dict[Cell, int] = field(default_factory=dict)
    """Entities with the colliders of cells."""
    wanted: dict[Cell, float] = field(default_factory=dict)


class ChunkState:
    """What `show_chunks` remembers (a resource)."""

    def __init__(self) -> None:
        self.fields: dict[int, _Field] = {}
        self.waited = 0
        """How many chunks a picture had to wait for."""

    def shown(self, stack: int) -> list[Cell]:
        """The chunks that stand."""
        found = self.fields.get(stack)
        return [] if found is None else list(found.standing.shown)

    def kept(self, stack: int) -> int:
        """How many chunks are held."""
        found = self.fields.get(stack)
        return 0 if found is None else len(found.made)

    def busy(self, stack: int) -> bool:
        """Whether chunks that eyes need are still being made."""
        found = self.fields.get(stack)
        return found is not None and bool(found.jobs or found.arrived)

    def height_at(self, stack: int, x: float, z: float) -> float | None:
        """The ground's height in the stack's frame, made where it is not there yet; None where there is no such stack."""
        found = self.fields.get(stack)
        if found is None or found.evaluation is None:
            return None
        from taixu.scene.terrain import height_on_triangles

        cell = (0, int(np.floor(x / CELL_M)), int(np.floor(z / CELL_M)))
        data = _now(found, cell)
        at = np.array([x - (cell[1] + 0.5) * CELL_M]), np.array([z - (cell[2] + 0.5) * CELL_M])
        return float(height_on_triangles(data.heights, CELL_M, *at)[0])

    def fork(self, world: World) -> ChunkState:
        return ChunkState()


def follow_chunks(world: World) -> None:
    """Follow endless stacks, and put ground under bodies."""
    state, stacks = world.resource(ChunkState), world.resource(ModifierState)
    endless = {
        entity: one.evaluation for entity, one in stacks.standing.items()
        if one.evaluation is not None and one.evaluation.stack.area is None and world.has(entity, Modifiers)
    }  # fmt: skip
    for entity in [one for one in state.fields if one not in endless]:
        _clear(world, state.fields.pop(entity))
    for entity, evaluation in endless.items():
        one = state.fields.get(entity)
        if one is None:
            one = state.fields[entity] = _Field(ChunkStanding(entity))
        if one.evaluation is not evaluation:
            _renew(one, evaluation)
        _put_grounds(world, one, entity)


def show_chunks(world: World, eyes: Sequence[Eye]) -> None:
    """Show endless ground as these eyes need it."""
    state = world.resource(ChunkState)
    changed = False
    for entity, one in state.fields.items():
        if one.evaluation is None or not eyes or not world.has(entity, Modifiers):
            continue
        try:
            changed |= _show(world, state, entity, one, local_eyes(world, entity, eyes))
        except TaixuError as error:
            failures = world.resource(ModifierState).failures
            if failures.get(entity) != str(error):
                failures[entity] = str(error)
                _log.warning("%s", error)
    if changed:
        update_visibility(world)
        propagate_transforms(world)


def _show(world: World, state: ChunkState, entity: int, one: _Field, eyes: Sequence[Eye]) -> bool:
    places = [eye.position for eye in eyes]
    asked = (tuple(tuple(np.round(at / _STEP_M).tolist()) for at in places), len(one.made), len(one.stale), len(one.jobs))
    if asked == one.asked and not one.arrived and one.standing.stands(world):
        return False
    assert one.evaluation is not None
    for data in one.arrived[:_MOST_TAKEN]:
        _take(one, data)
    del one.arrived[:_MOST_TAKEN]
    reach = float(world.get(entity, Modifiers).reach_m)
    roots = roots_around(places, reach)
    background = world.resource(ModifierState).background and world.has_resource(Jobs)
    for root in roots:  # the coarsest stand for all others, and say how high the land is
        if root not in one.made:
            state.waited += background
            _take(one, chunk_of(one.evaluation, root))
    wanted = one.wanted = wanted_chunks(roots, places, lambda cell: _span(one, cell, roots[0][0]))
    if not background:
        # What bodies and pictures wait for is made in order of need, and the same in every run.
        for cell in list(wanted):
            if cell not in one.made or cell in one.stale:
                _take(one, chunk_of(one.evaluation, cell))
    if background:
        soon = [cell for cell in roots_around(places, 1.3 * reach) if cell not in one.made]
        _ask(world, one, [*missing(roots, wanted, one.made), *soon])
    shown = [cell for root in roots for cell in cover(root, wanted, one.made) or ()]
    changed = one.standing.show(world, {cell: one.made[cell] for cell in shown}, wanted)
    _forget(one, shown, wanted, roots)
    one.asked = (asked[0], len(one.made), len(one.stale), len(one.jobs))
    return changed


def _ask(world: World, one: _Field, wants: list[Cell]) -> None:
    """Have chunks made; what is asked for already, and needed no more, is left out."""
    assert one.evaluation is not None
    under_way = {cell for _, cells in one.jobs.values() for cell in cells} | {data.cell for data in one.arrived}
    again = [cell for cell in one.stale if cell in one.wanted or cell in one.standing.shown]
    queue = [cell for cell in dict.fromkeys([*again, *wants]) if cell not in under_way]
    evaluation, counts = one.evaluation, world.resource(ModifierState).counts
    while queue and len(one.jobs) < _MOST_JOBS:
        # Neighbours of one level together: they look at each other's ground.
        first, queue = queue[0], queue[1:]
        batch = [first, *[cell for cell in queue if cell[0] == first[0] and _near(cell, first)][: _BATCH - 1]]
        queue = [cell for cell in queue if cell not in batch]

        def take(job: Job, batch: tuple[Cell, ...] = tuple(batch)) -> None:
            one.jobs.pop(id(job), None)
            if job.error is not None:
                _log.warning("%s", job.error)
            elif one.evaluation is evaluation:
                chunks, made = job.result
                counts.merge(made)
                one.arrived.extend(chunks)

        folder = world.resource(ModifierState).cache.folder
        job = world.resource(Jobs).submit(
            "taixu.generate.modifiers.chunk_meshes:make_chunks",
            (evaluation.stack, tuple(batch), "" if folder is None else str(folder)), label="making ground", priority=6, then=take,
        )  # fmt: skip
        one.jobs[id(job)] = (job, tuple(batch))


def _near(cell: Cell, other: Cell) -> bool:
    return abs(cell[1] - other[1]) <= 3 and abs(cell[2] - other[2]) <= 3


def _take(one: _Field, data: ChunkData) -> None:
    assert one.evaluation is not None
    one.made.pop(data.cell, None)
    one.made[data.cell] = data  # the latest at the end
    one.refs[data.cell] = one.evaluation.refs(data.cell)
    one.stale.discard(data.cell)


def _now(one: _Field, cell: Cell) -> ChunkData:
    if cell not in one.made or cell in one.stale:
        assert one.evaluation is not None
        _take(one, chunk_of(one.evaluation, cell))
    return one.made[cell]


def _renew(one: _Field, evaluation: Evaluation) -> None:
    """Another stack: chunks that it makes otherwise are made again, and stand until then."""
    one.evaluation = evaluation
    for job, _ in one.jobs.values():
        job.cancel()
    one.jobs.clear()
    one.arrived.clear()
    one.stale = {cell for cell in one.made if evaluation.refs(cell) != one.refs[cell]}
    one.asked = ()


def _span(one: _Field, cell: Cell, top: int) -> tuple[float, float] | None:
    """How high the land lies around a chunk, by the coarsest that holds it: what is made meanwhile changes nothing of it."""
    shift = top - cell[0]
    data = one.made.get((top, cell[1] >> shift, cell[2] >> shift))
    return None if data is None else (data.low_m, data.high_m)


def _forget(one: _Field, shown: list[Cell], wanted: dict[Cell, float], roots: list[Cell]) -> None:
    """Drop the chunks that were made longest ago, of those that nobody needs."""
    if len(one.made) <= _MOST_KEPT:
        return
    needed = {*shown, *wanted, *roots, *one.grounds}
    idle = [cell for cell in one.made if cell not in needed]
    for cell in idle[: len(one.made) - _MOST_KEPT // 2]:
        del one.made[cell], one.refs[cell]
        one.stale.discard(cell)
    if one.evaluation is not None:
        one.evaluation.forget()


def _put_grounds(world: World, one: _Field, stack: int) -> None:
    """Colliders of the cells around walkers and moving bodies; they hang on where bodies are, never on eyes."""
    needed: set[Cell] = set()
    for at in _bodies(world):
        local = at  # a stack stands in the world as it is: its cells are the world's
        low, high = np.floor((local[:, [0, 2]] - _GROUND_REACH_M) / CELL_M), np.floor((local[:, [0, 2]] + _GROUND_REACH_M) / CELL_M)
        corners = np.concatenate([low, high, np.stack([low[:, 0], high[:, 1]], 1), np.stack([high[:, 0], low[:, 1]], 1)])
        needed.update((0, int(i), int(j)) for i, j in np.unique(corners, axis=0))
    for cell in [one_cell for one_cell in one.grounds if one_cell not in needed or one_cell in one.stale]:
        entity = one.grounds.pop(cell)
        if world.alive(np.array([entity], np.uint64))[0]:
            despawn_tree(world, entity)
    for cell in sorted(needed - one.grounds.keys()):
        data = _now(one, cell)
        spacing = CELL_M / (len(data.heights) - 1)
        one.grounds[cell] = one.standing.spawn(
            world, ("ground", cell), Transform(translation=((cell[1] + 0.5) * CELL_M, 0.0, (cell[2] + 0.5) * CELL_M)),
            Parent(entity=stack),
            Collider(shape="heightfield", data={"heights": data.heights.tolist(), "spacing": [spacing, spacing]}, friction=0.8),
        )  # fmt: skip


def _bodies(world: World) -> list[NDArray[np.float64]]:
    """Where walkers and moving bodies are, float64[n, 3], by table; those with parents go with them."""
    found = []
    for cls in (Character, RigidBody):
        for table in world.query(cls, Transform, without=(Parent,)):
            at = table.read(Transform, "translation").T.astype(np.float64) + table.read(Transform, "cell").T * ROOT_CELL_M
            if cls is RigidBody:
                at = at[np.array([kind == "dynamic" for kind in table.read(RigidBody, "kind").tolist()], bool)]
            at = at[np.isfinite(at).all(1) & (np.abs(at) < 1e7).all(1)]
            if len(at):
                found.append(at[:256])
    return found


def _clear(world: World, one: _Field) -> None:
    for job, _ in one.jobs.values():
        job.cancel()
    one.standing.clear(world)
    living = world.living(np.fromiter(one.grounds.values(), np.uint64, len(one.grounds)))
    if len(living):
        despawn_tree(world, living)
