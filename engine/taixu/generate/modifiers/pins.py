"""What hands have changed of what was made: by ids that name modifier, cell and number, laid over what is made anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from taixu.errors import TaixuError
from taixu.generate.modifiers.layers import Places, Thing

__all__ = ["MOST_PINS", "PinTable", "pin_id", "pinned", "unpinned"]

MOST_PINS = 100_000
_ID = re.compile(r"([0-9a-f]{16})\.(-?\d{1,9})\.(-?\d{1,9})\.([0-9a-f]{1,16})")
_LENGTHS = {"position": 3, "rotation": 4, "scale": 3}
_MOST_METRES = 1e7
Home = tuple[int, int, int]
"""Modifier's stable id, column and row of the cell."""


def pin_id(modifier: int, cell: tuple[int, int], number: int) -> str:
    """The id of a made thing."""
    return f"{modifier:016x}.{cell[0]}.{cell[1]}.{number:x}"


def pinned(made: Sequence[Mapping[str, Any]], thing: str, **changes: Any) -> list[dict[str, Any]]:
    """A list of pins with one more change: ``removed=True``, or position, rotation, scale, fields (component -> field -> value).

    Raises
    ------
    TaixuError
        Where there is no such id, or a value is none.
    """
    known = {pin["thing"]: dict(pin) for pin in made}
    pin = known.setdefault(thing, {"thing": thing})
    fields = changes.pop("fields", None)
    pin.update(changes)
    if fields:
        own = {name: dict(values) for name, values in pin.get("fields", {}).items()}
        for name, values in fields.items():
            own.setdefault(name, {}).update(values)
        pin["fields"] = own
    PinTable.read([pin])
    return list(known.values())


def unpinned(made: Sequence[Mapping[str, Any]], things: Iterable[str]) -> list[dict[str, Any]]:
    """A list of pins without those of some things, which are as they were made from now on."""
    gone = set(things)
    return [dict(pin) for pin in made if pin["thing"] not in gone]


@dataclass(slots=True)
class PinTable:
    """Pins by where the things are made.

    Attributes
    ----------
    homes
        Pins by number, for each modifier and cell.
    """

    homes: dict[Home, dict[int, Mapping[str, Any]]] = field(default_factory=dict)

    @classmethod
    def read(cls, made: Any) -> PinTable:
        """From a component's data.

        Raises
        ------
        TaixuError
            Where a pin is none.
        """
        if not isinstance(made, list) or len(made) > MOST_PINS:
            raise TaixuError(f"pins: they are a list of at most {MOST_PINS:,}")
        table = cls()
        for number, pin in enumerate(made):
            found = _ID.fullmatch(str(pin.get("thing"))) if isinstance(pin, dict) else None
            if found is None:
                raise TaixuError(f"pins: number {number} names no made thing")
            for name, length in _LENGTHS.items():
                if name in pin and not _is_vector(pin[name], length):
                    raise TaixuError(f"pins: {name} of {pin['thing']} is not {length} numbers")
            fields = pin.get("fields", {})
            if not isinstance(fields, dict) or not all(isinstance(values, dict) for values in fields.values()):
                raise TaixuError(f"pins: fields of {pin['thing']} are component -> field -> value")
            home = (int(found[1], 16), int(found[2]), int(found[3]))
            table.homes.setdefault(home, {})[int(found[4], 16)] = pin
        return table

    def changed(self, other: PinTable) -> set[Home]:
        """Homes whose pins differ."""
        return {home for home in self.homes.keys() | other.homes.keys() if self.homes.get(home) != other.homes.get(home)}

    def apply(self, home: Home, things: list[Thing]) -> tuple[list[Thing], list[str]]:
        """Things with the changes laid over them; and the ids of pins whose things are not among them."""
        pins = self.homes.get(home)
        if not pins:
            return things, []
        found = []
        for thing in things:
            pin = pins.get(thing.number)
            if pin is None:
                found.append(thing)
            elif not pin.get("removed"):
                found.append(_changed(thing, pin))
        return found, [pin["thing"] for number, pin in pins.items() if number not in {thing.number for thing in things}]

    def apply_to_places(self, home: Home, all_places: list[Places]) -> tuple[list[Places], list[str]]:
        """As `apply`, for places; positions are x, height above the ground, z, and of a rotation the turn counts."""
        pins = self.homes.get(home)
        if not pins:
            return all_places, []
        met: set[int] = set()
        result = []
        for places in all_places:
            here = np.flatnonzero(np.isin(places.numbers, np.array([n for n in pins if n < 1 << 32], np.uint32)))
            if not len(here):
                result.append(places)
                continue
            rows, keep = places.rows.copy(), np.ones(len(places.rows), bool)
            for row in here.tolist():
                number = int(places.numbers[row])
                met.add(number)
                pin = pins[number]
                keep[row] = not pin.get("removed")
                if "position" in pin:
                    rows[row, :3] = pin["position"]
                if "rotation" in pin:
                    _, y, _, w = pin["rotation"]
                    rows[row, 3] = 2.0 * np.arctan2(y, w)
                if "scale" in pin:
                    rows[row, 4] = pin["scale"][1]
            result.append(Places(places.kind, rows[keep], places.numbers[keep], places.fields))
        return result, [pin["thing"] for number, pin in pins.items() if number not in met]


def _changed(thing: Thing, pin: Mapping[str, Any]) -> Thing:
    place = {name: tuple(float(value) for value in pin[name]) for name in _LENGTHS if name in pin}
    components = {name: dict(values) for name, values in thing.components.items()}
    for name, values in pin.get("fields", {}).items():
        components.setdefault(name, {}).update(values)
    return replace(thing, **place, components=components)  # type: ignore[arg-type]


def _is_vector(value: Any, length: int) -> bool:
    return (
        isinstance(value, (list, tuple)) and len(value) == length
        and all(isinstance(item, (int, float)) and not isinstance(item, bool) and abs(item) < _MOST_METRES for item in value)
    )  # fmt: skip
