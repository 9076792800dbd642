"""What is done with stacks of modifiers: steps are added, described by words and put into another order; made things are let go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from taixu.ecs import component_type
from taixu.edit import Command, Group, Operation, Session, Spawn, id_text
from taixu.edit.commands import SetFields
from taixu.edit.conditions import no_world
from taixu.edit.copy_names import fresh_names
from taixu.errors import UsageError
from taixu.scene import Parent

if TYPE_CHECKING:
    from taixu.generate.modifiers import ModifierKind

__all__ = ["MODIFIER_OPERATIONS", "kind_names", "kind_of_step", "steps_of"]

_MOST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class AddParameters:
    """A stack, and the kind of step that is added at its end: the name of a component."""

    stack: str
    kind: str
    id: str = field(default="", metadata={"doc": "stable id; a fresh one where it is empty"})


@dataclass(frozen=True, slots=True)
class MoveParameters:
    """A step, and how many places it moves: below zero it comes earlier."""

    step: str
    by: int


@dataclass(frozen=True, slots=True)
class DescribeParameters:
    """A step, and words that say what it shall be."""

    step: str
    words: str


@dataclass(frozen=True, slots=True)
class StepParameters:
    """A step of a stack."""

    step: str


@dataclass(frozen=True, slots=True)
class ReleaseParameters:
    """A stack, and the made things that are no longer held as hands left them; all where none are named."""

    stack: str
    things: tuple[str, ...] = field(default=(), metadata={"doc": "as its pins name them"})


def kind_names(session: Session) -> dict[str, ModifierKind]:
    """Kinds of steps that there are, by the names of their components."""
    from taixu.generate.modifiers import ModifierKinds

    kinds = session.world.resource(ModifierKinds) if session.world.has_resource(ModifierKinds) else ModifierKinds()
    return dict(sorted((component_type(cls).name, kind) for cls, kind in kinds.by_component.items()))


def steps_of(session: Session, stack: str) -> list[str]:
    """Ids of a stack's steps, in their order."""
    from taixu.generate.modifiers import Modifier

    world, above = session.world, session.entity(stack)
    found: list[tuple[float, int]] = []
    for table in world.query(Modifier, Parent):
        rows = table.read(Parent, "entity") == above
        orders, ids = table.read(Modifier, "order")[rows], world.stable_ids(table.entities[rows])
        found += zip(orders.tolist(), ids.tolist(), strict=True)
    return [id_text(number) for _, number in sorted(found)]


@dataclass(frozen=True, slots=True)
class HoldParameters:
    """A stack, a place in the world, and what becomes of the sown thing that stands nearest to it."""

    stack: str
    at: tuple[float, float, float]
    within_m: float = field(default=3.0, metadata={"unit": "m", "minimum": 0.0, "maximum": 64.0})
    removed: bool = field(default=False, metadata={"doc": "it goes"})
    to: tuple[float, float, float] | None = field(default=None, metadata={"doc": "where it stands from now on"})
    turn_rad: float | None = field(default=None, metadata={"unit": "rad"})
    scale: float | None = field(default=None, metadata={"minimum": 0.0, "maximum": 100.0})


def _need_stack(session: Session, stack: str) -> None:
    from taixu.generate.modifiers import Modifiers

    if not session.world.has(session.entity(stack), Modifiers):
        raise UsageError(f"the entity {stack} is no stack of modifiers; add the component modifiers to it first")


def _add(session: Session, p: AddParameters) -> Command:
    from taixu.generate.modifiers import Modifier

    _need_stack(session, p.stack)
    kinds = kind_names(session)
    if p.kind not in kinds:
        raise UsageError(f"there is no step {p.kind[:60]!r}; there are {', '.join(kinds)}")
    steps = steps_of(session, p.stack)
    last = max((session.world.get(session.entity(each), Modifier).order for each in steps), default=-1.0)
    name = fresh_names(session.world, [p.kind.replace("_", " ").capitalize()], are_copies=False)[0]
    block: dict[str, dict[str, Any]] = {
        "name": {"text": name}, "transform": {}, "parent": {"entity": p.stack}, "modifier": {"order": float(int(last) + 1)},
        p.kind: {},
    }  # fmt: skip
    return Spawn({p.id or session.new_id(): block})


def _settled(session: Session, p: AddParameters) -> AddParameters:
    return AddParameters(p.stack, p.kind, p.id or session.new_id())


def _move(session: Session, p: MoveParameters) -> Command:
    from taixu.generate.modifiers import Modifier

    world, step = session.world, session.entity(p.step)
    if not world.has(step, Modifier) or not world.has(step, Parent):
        raise UsageError(f"the entity {p.step} is no step of a stack")
    steps = steps_of(session, id_text(world.stable_id(world.get(step, Parent).entity)))
    place = steps.index(p.step)
    steps.insert(min(max(place + p.by, 0), len(steps) - 1), steps.pop(place))
    orders = [world.get(session.entity(each), Modifier).order for each in steps]
    return Group([
        SetFields(each, "modifier", {"order": float(number)})
        for number, (each, order) in enumerate(zip(steps, orders, strict=True)) if order != number
    ])  # fmt: skip


def kind_of_step(session: Session, step: str) -> str:
    """The name of a step's component.

    Raises
    ------
    UsageError
        Where it is no step.
    """
    kinds = kind_names(session)
    types = session.world.types_of(session.entity(step))
    name = next((found for cls in types if (found := component_type(cls).name) in kinds), "")
    if not name:
        raise UsageError(f"the entity {step} is no step of a stack")
    return name


def _describe(session: Session, p: DescribeParameters) -> Command | None:
    name = kind_of_step(session, p.step)
    values = kind_names(session)[name].described(p.words[:_MOST_WORDS])
    return SetFields(p.step, name, values) if values else None


def _take_roads(session: Session, p: StepParameters) -> Command | None:
    from taixu.generate.modifiers import ModifierState
    from taixu.generate.places.settlements.planning import SettlementPlan, roads_in_hand

    world, entity, name = session.world, session.entity(p.step), kind_of_step(session, p.step)
    stack = world.get(entity, Parent).entity if world.has(entity, Parent) else 0
    evaluation = world.resource(ModifierState).evaluation(stack) if world.has_resource(ModifierState) else None
    steps = () if evaluation is None else evaluation.stack.steps
    number = next((k for k, step in enumerate(steps) if step.id == world.stable_id(entity)), -1)
    known = None if evaluation is None or number < 0 else evaluation.plans.get(steps[number].id)
    if known is None or not isinstance(known[1], SettlementPlan):
        raise UsageError(f"{name.replace('_', ' ')} has laid no roads yet, so none can be taken in hand")
    return SetFields(p.step, name, {"roads": roads_in_hand(known[1], steps[number].frame)})


def _release(session: Session, p: ReleaseParameters) -> Command | None:
    from taixu.generate.modifiers.hands import plan_release

    _need_stack(session, p.stack)
    return plan_release(session, p.stack, p.things)


def _hold(session: Session, p: HoldParameters) -> Command:
    from taixu.generate.modifiers.hands import plan_hold

    _need_stack(session, p.stack)
    return plan_hold(session, p.stack, p.at, within_m=p.within_m, removed=p.removed, to=p.to, turn_rad=p.turn_rad, scale=p.scale)


MODIFIER_OPERATIONS = (
    Operation("modifier.add", "Add step", plan=_add, parameters=AddParameters, settle=_settled, blocked=no_world,
              gives=lambda _, p: p.id, doc="Adds a step at the end of a stack of modifiers; gives its id."),
    Operation("modifier.describe", "Describe step", plan=_describe, parameters=DescribeParameters, blocked=no_world,
              doc="Sets fields of a step by words, English or Chinese: a small fishing village."),
    Operation("modifier.take_roads", "Take roads in hand", plan=_take_roads, parameters=StepParameters, blocked=no_world,
              doc="Turns the roads that a village or a city has laid into lines of its own, to be moved by hand."),
    Operation("modifier.release", "Let made things go", plan=_release, parameters=ReleaseParameters, blocked=no_world,
              doc="Undoes what hands have changed of made things: they are as their stack makes them."),
    Operation("modifier.hold", "Hold a plant", plan=_hold, parameters=HoldParameters, blocked=no_world,
              doc="Takes one of many sown plants in hand: the nearest to a place goes, moves, turns or grows."),
    Operation("modifier.move", "Move step", plan=_move, parameters=MoveParameters, blocked=no_world,
              doc="Moves a step of a stack earlier or later; what lies between is made again."),
)  # fmt: skip
"""What people do with stacks."""
