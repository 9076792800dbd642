"""Follows stacks: what depends on a change is made again, in the background when it takes long, and shown when it is there."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taixu.app.job import Job
from taixu.app.jobs import Jobs
from taixu.ecs import World, row_count
from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Block
from taixu.generate.modifiers.cache import LayerCache
from taixu.generate.modifiers.components import MadeBy, Modifier, Modifiers, Pins
from taixu.generate.modifiers.evaluation import Counts, Evaluation
from taixu.generate.modifiers.kinds import ModifierKinds
from taixu.generate.modifiers.pins import PinTable
from taixu.generate.modifiers.reading import StepReader, modifiers_of, read_ground, read_stack
from taixu.generate.modifiers.showing import Shown
from taixu.generate.modifiers.stacks import Ground, Stack
from taixu.scene.components import Name, Parent, Transform
from taixu.scene.hierarchy import despawn_tree
from taixu.scene.terrain import Terrain, TerrainGround

__all__ = ["ModifierState", "follow_modifiers"]

_log = logging.getLogger(__name__)
_AT_ONCE_SECS = 0.06
_PLANNED_SECS = 0.6
"""As `_AT_ONCE_SECS`, where a plan says what changed: to send it to another process takes as long, and there nothing is kept."""
_GUESS_SECS = 0.01
"""What a block takes of a kind that was never made."""


@dataclass(slots=True)
class _Standing:
    shown: Shown
    reader: StepReader = field(default_factory=lambda: StepReader({}))
    evaluation: Evaluation | None = None
    ground: Ground | None = None
    ground_look: Any = None
    pins: PinTable = field(default_factory=PinTable)
    job: Job | None = None
    waiting: bool = False
    """What was read last is not shown yet."""
    came: bool = False
    """It was made in the background, and nothing more is to be waited for."""


class ModifierState:
    """What `follow_modifiers` remembers (a resource).

    Parameters
    ----------
    background
        Make what takes long in a worker process, and show the old result until then; else everything is there after a frame.
    folder
        Of the cache on disk; None keeps nothing.
    """

    def __init__(self, *, background: bool = False, folder: Path | None = None) -> None:
        self.background = background
        self.cache = LayerCache(folder)
        self.counts = Counts()
        """Blocks made since the world began, by the modifier's name; `reset` to count anew."""
        self.failures: dict[int, str] = {}
        """By the stack's entity: why it shows what it showed before."""
        self.standing: dict[int, _Standing] = {}
        self.tick = 0
        self._steps: dict[int, list[int]] = {}

    @property
    def busy(self) -> bool:
        """Whether something is being made in the background."""
        return any(one.job is not None for one in self.standing.values())

    def lost_pins(self, stack: int) -> list[str]:
        """Ids of pins whose things are no more; they are kept, and count again when the thing does."""
        found = self.standing.get(stack)
        return sorted(pin for pins in found.shown.lost.values() for pin in pins) if found else []

    def evaluation(self, stack: int) -> Evaluation | None:
        """A stack's layers, for whoever wants to look at them."""
        found = self.standing.get(stack)
        return None if found is None else found.evaluation

    def reset_counts(self) -> Counts:
        """Begin to count anew; gives what was counted."""
        before, self.counts = self.counts, Counts()
        for one in self.standing.values():
            if one.evaluation is not None:
                one.evaluation.counts = self.counts
        return before

    def fork(self, world: World) -> ModifierState:
        return ModifierState(background=False, folder=self.cache.folder)


def follow_modifiers(world: World) -> None:
    """Bring what stacks make up to date."""
    state = world.resource(ModifierState)
    if not state.standing and not len(world.query(Modifiers)):
        return
    since, state.tick = state.tick, world.tick
    if world.structure.since(since) is None:  # restored: what stands there was made by others
        for one in state.standing.values():
            _cancel(one)
        state.standing.clear()
        owned = world.query(MadeBy).entities
        if len(owned):
            despawn_tree(world, owned)
        since = -1
    for entity in [one for one in state.standing if not world.has(one, Modifiers)]:
        _cancel(state.standing[entity])
        state.standing.pop(entity).shown.clear(world)
        state.failures.pop(entity, None)
    for entity in _changed(world, state, since):
        _read(world, state, entity)
    for entity, one in state.standing.items():
        if one.waiting:
            state.cache.keeps_all = True
            if one.job is None:
                _bring(world, state, entity, one)
    if not any(one.waiting for one in state.standing.values()):
        state.cache.settle()
    world.advance()


def _changed(world: World, state: ModifierState, since: int) -> list[int]:
    """Stacks that may have to be read again."""
    kinds = world.resource(ModifierKinds).by_component
    found: set[int] = set()
    every = False
    if since < 0 or world.structure.since(since):
        steps = modifiers_of(world)
        stacks = set(world.query(Modifiers).entities.tolist())
        found |= {one for one in stacks if steps.get(one) != state._steps.get(one) or one not in state.standing}
        state._steps = {one: steps.get(one, []) for one in stacks}
    for table in world.query(Modifiers):
        types: list[type] = [cls for cls in (Modifiers, Pins, Terrain, TerrainGround) if cls in table.types]
        rows = table.changed(types, since=since)
        if row_count(rows):
            found.update(table.entities[rows].tolist())
    for table in world.query(Modifier, Parent):
        types = [cls for cls in table.types if cls in (Modifier, Parent, Transform, Name) or cls in kinds]
        rows = table.changed(types, since=since)
        if row_count(rows):
            found.update(table.read(Parent, "entity")[rows].tolist())
            every |= bool(row_count(table.changed((Parent, Modifier), since=since)))
    if every:
        stacks = set(world.query(Modifiers).entities.tolist())
        found |= stacks
        steps = modifiers_of(world)
        state._steps = {one: steps.get(one, []) for one in stacks}
    return sorted(one for one in found if one and world.has(one, Modifiers))


def _read(world: World, state: ModifierState, entity: int) -> None:
    """Read a stack; where it is wrong, what stands goes on standing and the reason is told."""
    one = state.standing.get(entity)
    if one is None:
        one = state.standing[entity] = _Standing(Shown(entity))
    own = world.get(entity, Modifiers)
    try:
        one.pins = PinTable.read(world.get(entity, Pins).made) if world.has(entity, Pins) else PinTable()
        terrain = world.get(entity, Terrain) if world.has(entity, Terrain) else None
        look = None
        if terrain is not None:
            weights = world.get(entity, TerrainGround).weights if world.has(entity, TerrainGround) else ""
            look = (terrain.source, terrain.size, terrain.low_m, terrain.high_m, weights)
        if look != one.ground_look or (one.ground is None and look is not None and look[0]):
            one.ground, one.ground_look = read_ground(world, entity), look
        steps = [one.reader.read(world, child, int(own.seed)) for child in state._steps.get(entity, ())]
        stack = read_stack(world, entity, [step for step in steps if step is not None], one.ground)
        if one.evaluation is not None and one.job is None and _is_same(one.evaluation.stack, stack) and not one.waiting:
            one.waiting = True  # pins alone are others
            state.failures.pop(entity, None)
            return
        evaluation = Evaluation(stack, state.cache, state.counts, before=one.evaluation)
        is_long = _plans_long(world, state, one, evaluation)
        if not is_long:
            evaluation.prepare(stack.cells())
    except TaixuError as error:
        _tell(state, entity, str(error))
        return
    state.failures.pop(entity, None)
    _cancel(one)
    one.evaluation, one.waiting, one.came = evaluation, True, False
    if is_long:
        one.job = _submit_plans(world, state, entity, one)


def _is_same(old: Stack, new: Stack) -> bool:
    same_steps = len(old.steps) == len(new.steps) and all(a is b for a, b in zip(old.steps, new.steps, strict=True))
    return same_steps and old.ground is new.ground and old.area == new.area and old.spacing_m == new.spacing_m


def _plans_long(world: World, state: ModifierState, one: _Standing, evaluation: Evaluation) -> bool:
    """Whether a step has to plan its ground from nothing, which a worker shall do."""
    if not state.background or not world.has_resource(Jobs):
        return False
    step = evaluation.unplanned()
    if step is None:
        return False
    former = () if one.evaluation is None else one.evaluation.stack.steps
    is_anew = not any(each.id == step.id and each.seed == step.seed for each in former) or step.id not in evaluation.plans
    return is_anew and state.counts.plans.get(step.name or step.kind.name, 1.0) > _AT_ONCE_SECS


def _bring(world: World, state: ModifierState, entity: int, one: _Standing) -> None:
    """Make what lacks, now or in the background, and show it."""
    assert one.evaluation is not None
    evaluation, shown = one.evaluation, one.shown
    if evaluation.stack.area is None:
        one.waiting = False
        return
    try:
        evaluation.prepare(evaluation.stack.cells())
    except TaixuError as error:
        one.waiting = False
        _tell(state, entity, str(error))
        return
    cells = evaluation.stack.cells()
    known = set(cells)
    homes = {(0, i, j) for _, i, j in one.pins.changed(shown.pins)}
    changed = [cell for cell in cells if evaluation.refs(cell) != shown.refs.get(cell) or cell in homes]
    if len(shown.refs.keys() - known):  # the ground became smaller
        shown.clear(world)
        changed = cells
    wants = evaluation.wants(changed)
    most = _PLANNED_SECS if evaluation.plans and shown.refs else _AT_ONCE_SECS
    if state.background and not one.came and _guess(state.counts, evaluation, wants) > most and world.has_resource(Jobs):
        one.job = _submit(world, state, entity, one, wants)
        return
    one.waiting = one.came = False
    try:
        for number, block in wants:
            evaluation.layers(number, block)
        shown.show(world, evaluation, changed, one.pins)
    except TaixuError as error:
        _tell(state, entity, str(error))
        return
    lost = state.lost_pins(entity)
    if lost:
        text = f"{len(lost)} changes by hand have lost what they changed; they are kept: {', '.join(lost[:3])}"
        _tell(state, entity, text)


def _guess(counts: Counts, evaluation: Evaluation, wants: list[tuple[int, Block]]) -> float:
    total = 0.0
    for number, block in wants:
        step = evaluation.stack.steps[number]
        name = step.name or step.kind.name
        made = counts.made.get(name, 0)
        total += counts.secs[name] / made if made else _GUESS_SECS * block.columns * block.rows
    return total


def _submit(world: World, state: ModifierState, entity: int, one: _Standing, wants: list[tuple[int, Block]]) -> Job:
    assert one.evaluation is not None
    evaluation, cache = one.evaluation, state.cache

    def take(job: Job) -> None:
        if one.job is not job:
            return  # something newer was asked for
        one.job, one.came = None, True
        if job.error is not None:
            one.waiting = False
            _tell(state, entity, str(job.error))
            return
        made, counts = job.result
        state.counts.merge(counts)
        for key, layers in made.items():
            cache.hold(key, layers)

    return world.resource(Jobs).submit(
        "taixu.generate.modifiers.working:make_blocks", (evaluation.stack, wants, _folder(cache), evaluation.plans),
        label="making ground", priority=5, then=take,
    )  # fmt: skip


def _submit_plans(world: World, state: ModifierState, entity: int, one: _Standing) -> Job:
    assert one.evaluation is not None
    evaluation, cache = one.evaluation, state.cache

    def take(job: Job) -> None:
        if one.job is not job:
            return
        one.job = None
        if job.error is not None:
            one.waiting = False
            _tell(state, entity, str(job.error))
            return
        plans, made, counts = job.result
        state.counts.merge(counts)
        for key, layers in made.items():
            cache.hold(key, layers)
        evaluation.plans.update(plans)

    return world.resource(Jobs).submit(
        "taixu.generate.modifiers.working:make_plans", (evaluation.stack, _folder(cache), evaluation.plans),
        label="planning ground", priority=5, then=take,
    )  # fmt: skip


def _folder(cache: LayerCache) -> str:
    return "" if cache.folder is None else str(cache.folder)


def _cancel(one: _Standing) -> None:
    if one.job is not None:
        job, one.job = one.job, None
        job.cancel()


def _tell(state: ModifierState, entity: int, text: str) -> None:
    if state.failures.get(entity) != text:
        state.failures[entity] = text
        _log.warning("%s", text)
