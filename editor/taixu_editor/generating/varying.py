"""Variations of a result: other seeds, and sliders moved a little."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from taixu_editor.generating.meaning import understand
from taixu_editor.generating.wish import Wish, chance

if TYPE_CHECKING:
    from taixu.generate import Generator

__all__ = ["vary"]

_COLOR_SHARE = 0.35
"""Colours go wrong sooner than other numbers."""


def vary(
    generator: Generator, wish: Wish, count: int, *, amount: float = 0.0, locked: Collection[str] = (), keeps_seed: bool = False,
    chosen: random.Random | None = None,
) -> list[Wish]:  # fmt: skip
    """Wishes like this one.

    Parameters
    ----------
    amount
        How far sliders are moved, as a share of their range; 0 leaves them.
    locked
        Parameters that stay: of the generator by name, of its details as ``parameter.name``.
    keeps_seed
        Whether only sliders differ.
    chosen
        Chance; another each time without.
    """
    from taixu.edit.parameters import parameter_schema

    dice = chosen or random.Random(chance())
    meaning = understand(generator, wish.prompt, wish.settings)
    properties = parameter_schema(generator.parameters)["properties"]
    found = []
    for _ in range(count):
        settings = dict(wish.settings)
        if amount > 0.0:
            for name, part in properties.items():
                value = meaning.parameters.get(name)
                if name not in locked and part.get("unit") != "px":
                    settings |= _moved(name, part, value, amount, dice)
            details = meaning.details
            if details is not None and details.parameter not in locked:
                moved: dict[str, Any] = {}
                for name, part in details.schema["properties"].items():
                    if f"{details.parameter}.{name}" not in locked:
                        moved |= _moved(name, part, details.values.get(name, part.get("default")), amount, dice)
                settings[details.parameter] = details.write({**details.values, **moved})
        seed = wish.seed if keeps_seed else dice.randrange(1 << 31)
        found.append(replace(wish, seed=seed, settings=settings))
    return found


def _moved(name: str, part: Mapping[str, Any], value: Any, amount: float, dice: random.Random) -> dict[str, Any]:
    """A parameter's new value; nothing where it is no number with a range."""
    if part.get("format") == "color" or (part.get("type") == "array" and "color" in name):
        if not isinstance(value, (list, tuple)):
            return {}
        shade = 1.0 + dice.uniform(-1.0, 1.0) * amount * _COLOR_SHARE * 2
        tints = [shade * (1.0 + dice.uniform(-1.0, 1.0) * amount * _COLOR_SHARE) for _ in value]
        return {name: [min(max(channel * tint, 0.0), 1.0) for channel, tint in zip(value, tints, strict=True)]}
    low, high = part.get("minimum"), part.get("maximum")
    if part.get("type") not in ("number", "integer") or low is None or high is None or isinstance(value, bool):
        return {}
    if value is None or (value == low and low == 0):  # what is at 0 is not there: it stays away
        return {}
    near = min(high - low, max(abs(value - low), abs(high - value) * 0.25, 1e-9))  # a wide range is no wide change
    wanted = min(max(value + dice.gauss(0.0, 0.5) * amount * near, low), high)
    return {name: round(wanted) if part["type"] == "integer" else float(f"{wanted:.4g}")}
