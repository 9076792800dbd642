"""Values that conditions are about: fields of components, and units that fit them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from taixu.app import Components
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.twin.search.query import Condition
from taixu.twin.units import conversion

__all__ = ["Value", "fits", "values_for", "values_of"]

_MOST_VALUES = 400


@dataclass(frozen=True, slots=True)
class Value:
    """A field that may be compared.

    Attributes
    ----------
    is_text
        Texts are the same or not; all else is a number.
    choices
        The texts that it may hold, where they are known.
    """

    component: str
    name: str
    unit: str = ""
    is_text: bool = False
    choices: tuple[str, ...] = ()


def values_of(world: World) -> tuple[Value, ...]:
    """The values of a world's things: numbers and texts of the components that somebody has."""
    used = {cls for table in world.tables if table.count and not table.made for cls in table.types}
    found: list[Value] = []
    for declared in world.resource(Components):
        if declared.cls not in used:
            continue
        for each in declared.fields:
            is_text = each.kind.name == "text"
            if is_text or (each.kind.width == 1 and not each.kind.is_object and each.kind.name != "entity"):
                found.append(Value(declared.name, each.name, each.unit, is_text, tuple(each.choices)))
    return tuple(found[:_MOST_VALUES])


@lru_cache(maxsize=1024)
def _converts(unit: str, wanted: str) -> bool:
    try:
        conversion(unit, wanted)
    except TaixuError:
        return False
    return True


def fits(values: Iterable[Value], name: str, unit: str) -> bool:
    """Whether a value of a name (any, where it is empty) is measured in something that a unit becomes."""
    return any(_is_called(each, name) and each.unit and _converts(unit, each.unit) for each in values)


def _is_called(value: Value, name: str) -> bool:
    return not name or name in (value.name, f"{value.component}.{value.name}")


def values_for(condition: Condition, values: Iterable[Value]) -> list[tuple[Value, float | str]]:
    """The fields that a condition is about, and its number in the unit of each.

    Raises
    ------
    TaixuError
        When there is no such field, or its unit is another sort of unit.
    """
    named = [each for each in values if _is_called(each, condition.field)]
    if not named:
        raise TaixuError(f"nothing here has a value {condition.field[:60]!r}")
    is_text = isinstance(condition.value, str)
    alike = [each for each in named if each.is_text == is_text]
    if not alike:
        raise TaixuError(f"{condition.field} is {'a number' if is_text else 'a text'}, and {condition.value!r} is none")
    if isinstance(condition.value, str):
        return [(each, condition.value) for each in alike]
    found: list[tuple[Value, float | str]] = []
    for each in alike:
        if condition.unit and not condition.field and not each.unit:
            continue  # a unit alone speaks of what is measured in such
        if condition.unit and each.unit and not _converts(condition.unit, each.unit):
            continue
        scale, offset = conversion(condition.unit, each.unit)
        found.append((each, condition.value * scale + offset))
    if not found:
        raise TaixuError(f"nothing here that is called {condition.field or 'anything'} is measured in {condition.unit[:40]}")
    return found
