"""What hands do to made things: moved, turned, scaled and deleted ones are pinned in their stack, whatever is made anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.ecs import World
from taixu.edit.commands import Command, Group, Insert, Select, SetFields
from taixu.edit.ids import id_number, id_numbers, id_text
from taixu.edit.made import Planned, ids_of
from taixu.edit.many_places import MANY_PLACES_OPERATIONS
from taixu.edit.set_many import set_fields
from taixu.errors import UsageError
from taixu.generate.modifiers.components import MadeBy, Modifier, Pins
from taixu.generate.modifiers.pins import MOST_PINS, PinTable, pinned, unpinned
from taixu.generate.modifiers.sown import held, in_stack, sown_at
from taixu.scene.components import Name, Parent

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["is_thing", "maker_of", "plan_hands", "plan_hold", "plan_release"]

_PLACE = {"position": 3, "rotation": 4, "scale": 3}
_MAY = "it can be moved, turned, scaled and deleted; all else is said by its step's fields"


def is_thing(world: World, entity: int) -> bool:
    """Whether it is a whole thing that a stack made, not a part of one."""
    if not world.has(entity, MadeBy) or not world.get(entity, MadeBy).thing:
        return False
    above = world.get(entity, Parent).entity if world.has(entity, Parent) else 0
    return not above or not world.has(above, MadeBy)


def plan_hands(session: Session, operation: str, parameters: Any) -> Planned | None:
    """What stands for an operation where it names made things: changes of their stacks' pins.

    Raises
    ------
    UsageError
        Where hands may not do that to them.
    """
    world, named = session.world, ids_of(parameters)
    made = _made_among(world, named)
    if not made:
        return None
    for entity in made.values():
        if not is_thing(world, entity):
            raise UsageError(f"{_title(world, entity)} was made as a part of something larger, and goes with it; take hold of that")
    if operation == "entity.delete":
        changes: dict[str, dict[str, Any]] = {text: {"removed": True} for text in made}
        rest = [text for text in named if text not in made]
        after: list[Command] = [Select(tuple(text for text in session.current.selection if text not in made))]
        if rest:
            from taixu.edit.commands import Despawn

            after.append(Despawn(tuple(rest)))
        return Planned(Group((*_pin_all(session, made, changes), *after)))
    places = _places(operation, parameters)
    if places is None:
        title = _title(world, next(iter(made.values())))
        raise UsageError(f"{title} was made by {_maker(world, next(iter(made.values())))}: {_MAY}")
    changes = {text: _checked(places[text]) for text in made if places.get(text)}
    others = {text: fields for text, fields in places.items() if text not in made}
    more = set_fields(session, "transform", others) if others else None
    commands = _pin_all(session, made, changes)
    return Planned(Group((*commands, *((more,) if more is not None else ()))) if len(commands) != 1 or more else commands[0])


def plan_release(session: Session, stack: str, things: tuple[str, ...]) -> Command | None:
    """What lets things of a stack be as they are made again; all where none are named.

    Raises
    ------
    UsageError
        Where it is no stack.
    """
    world, entity = session.world, session.entity(stack)
    if not world.has(entity, Pins):
        return None
    before = world.get(entity, Pins).made
    after = unpinned(before, things) if things else []
    return SetFields(stack, "pins", {"made": after}) if len(after) != len(before) else None


def plan_hold(
    session: Session, stack: str, at: tuple[float, float, float], *, within_m: float, removed: bool,
    to: tuple[float, float, float] | None, turn_rad: float | None, scale: float | None,
) -> Command:  # fmt: skip
    """What pins the nearest of the many things that a stack has sown: it goes, or stands elsewhere, turned, larger.

    Parameters
    ----------
    at, to
        Places of the world, metres; heights stay those above the ground.

    Raises
    ------
    UsageError
        Where nothing sown is so near, or nothing is asked of it.
    """
    world, entity = session.world, session.entity(stack)
    found = sown_at(world, entity, at, within_m=within_m)
    if found is None:
        raise UsageError(f"nothing that this stack has sown stands within {within_m:g} m of there")
    place = None if to is None else in_stack(world, entity, to)[[0, 2]]
    changes = held(found, removed=removed, to=place, turn_rad=turn_rad, scale=scale)
    if not changes:
        raise UsageError(f"say what becomes of the {found.kind}: removed, to, turn_rad or scale")
    return _pinned_in(session, entity, {found.thing: changes})


def _made_among(world: World, named: list[str]) -> dict[str, int]:
    """Those entities that stacks made, by id."""
    tables = [table.id for table in world.query(MadeBy)]
    if not tables or not named:
        return {}
    handles = world.find_all(id_numbers(named))
    living = np.flatnonzero(handles)
    mine = living[np.isin(world.locate(handles[living])[0], tables)]
    return {named[k]: int(handles[k]) for k in mine.tolist()}


def _places(operation: str, parameters: Any) -> dict[str, dict[str, Any]] | None:
    """Fields of transforms by entity, of operations that set these alone."""
    if operation == "transform.set":
        return {text: dict(fields) for text, fields in parameters.transforms.items()}
    if operation == MANY_PLACES_OPERATIONS[0].id:
        found: dict[str, dict[str, Any]] = {text: {} for text in parameters.entities}
        for name, width in _PLACE.items():
            numbers = getattr(parameters, name)
            for k, text in enumerate(parameters.entities if numbers else ()):
                found[text][name] = numbers[k * width : (k + 1) * width]
        return found
    if getattr(parameters, "component", "") != "transform":
        return None
    if operation == "component.set":
        return {text: dict(parameters.fields) for text in parameters.entities}
    if operation == "component.set_each":
        return {text: dict(fields) for text, fields in parameters.values.items()}
    return None


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a transform as a pin has them."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in _PLACE:
            raise UsageError(f"of a made thing's transform a hand sets position, rotation and scale, not {name[:40]}")
        listed = value if isinstance(value, (list, tuple)) else []
        found[name] = [round(float(each), 5) if _is_number(each) else each for each in listed]
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _pin_all(session: Session, made: Mapping[str, int], changes: Mapping[str, dict[str, Any]]) -> list[Command]:
    """For each stack the command that adds changes to its pins."""
    world, stacks = session.world, dict[int, list[str]]()
    for text in changes:
        stacks.setdefault(int(world.get(made[text], MadeBy).stack), []).append(text)
    return [
        _pinned_in(session, stack, {str(world.get(made[text], MadeBy).thing): changes[text] for text in texts})
        for stack, texts in stacks.items()
    ]


def _pinned_in(session: Session, stack: int, changes: Mapping[str, dict[str, Any]]) -> Command:
    """The command that adds changes, by thing, to a stack's pins."""
    world = session.world
    has = world.has(stack, Pins)
    pins = {pin["thing"]: dict(pin) for pin in (world.get(stack, Pins).made if has else [])}
    for thing, change in changes.items():
        (pins[thing],) = pinned([pins[thing]] if thing in pins else [], thing, **change)
    if len(pins) > MOST_PINS:
        raise UsageError(f"a stack keeps at most {MOST_PINS:,} changes by hand; bake the stack, or let some go")
    values = list(pins.values())
    PinTable.read(values)
    return (SetFields if has else Insert)(id_text(world.stable_id(stack)), "pins", {"made": values})


def _title(world: World, entity: int) -> str:
    name = str(world.get(entity, Name).text) if world.has(entity, Name) else ""
    return f"{name!r}" if name else "this"


def maker_of(world: World, entity: int) -> int | None:
    """The step that made a thing, where it is still there."""
    step = world.find(id_number(str(world.get(entity, MadeBy).thing).partition(".")[0]))
    return step if step is not None and world.has(step, Modifier) else None


def _maker(world: World, entity: int) -> str:
    step = maker_of(world, entity)
    return "a stack" if step is None else f"the step {_title(world, step)}"
