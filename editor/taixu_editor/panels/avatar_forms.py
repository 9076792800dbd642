"""What forms know of an avatar's choices: its specification's own fields and ranges."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from taixu_editor.avatars.choices import COLORS
from taixu_editor.texts import Texts, read_table
from taixu_editor.widgets.spec import FieldSpec, humanise, specs_of_dataclass

__all__ = ["AvatarWords", "fields_of", "fitted", "spec_of_slider", "spec_of_weight"]


class AvatarWords:
    """Names of choices and parts in the user's language: an eye is nothing of a marble there, and a body no solid."""

    def __init__(self, texts: Texts) -> None:
        self._texts, self._language = texts, "en"
        self._table: dict[str, str] = {}

    def __call__(self, english: str) -> str:
        """A name as people read it."""
        if self._texts.language != self._language:
            self._language = self._texts.language
            try:
                self._table = read_table(self._language, "avatars")
            except (OSError, ValueError):
                self._table = {}
        return self._table.get(english) or self._texts.word(english)


@cache
def fields_of(kind: str) -> dict[str, FieldSpec]:
    """Fields of people or of cartoons, by name."""
    from taixu.generate.avatars.cartoon.spec import CartoonSpec
    from taixu.generate.avatars.spec import AvatarSpec

    found = {}
    for spec in specs_of_dataclass(CartoonSpec if kind == "cartoon" else AvatarSpec):
        is_color = spec.name.endswith("color") or spec.name in COLORS
        if spec.name == "age_years":  # its unit stands beside the number
            spec = replace(spec, label="Age")
        found[spec.name] = replace(spec, kind="color", width=3, maximum=1.0) if is_color else spec
    return found


def spec_of_slider(slider: str) -> FieldSpec:
    """One of the sliders of face and body; its group's name stands above it."""
    return FieldSpec(slider, "number", 0.0, label=humanise(slider.partition("_")[2]), minimum=-1.0, maximum=1.0)


def spec_of_weight(expression: str) -> FieldSpec:
    """How far an expression is shown: ``browInnerUp`` reads *Brow inner up*."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in expression)
    return FieldSpec(expression, "number", 0.0, label=words[:1].upper() + words[1:], minimum=0.0, maximum=1.0)


def fitted(spec: FieldSpec, value: Any) -> Any:
    """What is pasted or typed, within its range."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low = value if spec.minimum is None else max(value, spec.minimum)
        return low if spec.maximum is None else min(low, spec.maximum)
    return value
