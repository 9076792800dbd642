"""Comparisons out of words: which value, more or less than what, in which unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase

from taixu.twin.search.lexicon import lexicon
from taixu.twin.search.values import Value, fits

__all__ = ["Vocabulary", "take_conditions"]

_NUMBER = r"(-?\d{1,12}(?:\.\d{1,9})?)"
_OPERATORS = {
    ">=": "at least|not below|no less than|>=|≥|不低于|不小于|不少于|至少",
    "<=": "at most|not above|no more than|<=|≤|不高于|不大于|不超过|至多|最多",
    ">": (
        "over|above|more than|greater than|higher than|hotter than|warmer than|faster than|exceeding|exceeds|exceeded|>"
        "|超过|高于|大于|多于|超出"
    ),
    "<": "under|below|less than|lower than|colder than|cooler than|slower than|<|低于|小于|少于",
}
_OPERATOR_OF = {word: operator for operator, words in _OPERATORS.items() for word in words.split("|")}
_SPEAKING = {"hotter than": "temperature", "warmer than": "temperature", "colder than": "temperature", "cooler than": "temperature",
             "faster than": "speed", "slower than": "speed"}  # fmt: skip
_IS_WORD = re.compile(r"[a-z0-9]")
_ALONE = r"(?<![a-z\d_.]){}(?![a-z\d_.])"
_LETTERS = frozenset(ascii_lowercase)
_END_OF_UNIT = ("", r"(?![a-z/])")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What words may mean in a world.

    Attributes
    ----------
    values
        Fields that may be compared.
    knows
        Whether anything is called by a word.
    """

    values: tuple[Value, ...] = ()
    knows: Callable[[str], bool] = field(default=lambda word: False)


def _any_of(words: Sequence[str]) -> str:
    """Longest first; letters end where a word does."""
    listed = sorted(set(words), key=lambda each: (-len(each), each))
    return "|".join(_ALONE.format(re.escape(each)) if _IS_WORD.match(each) else re.escape(each) for each in listed)


def take_conditions(text: str, vocabulary: Vocabulary) -> tuple[list[dict[str, object]], str]:
    """Conditions as `read_query` takes them, and the text without them."""
    words = lexicon()
    names = {name.casefold(): name for value in vocabulary.values for name in (value.name, f"{value.component}.{value.name}")}
    spoken = {name.replace("_", " ").replace(".", " "): name for name in names.values()}
    fields = {**{each.casefold(): name for each, name in spoken.items()}, **words.values, **names}
    a_field = rf"({_any_of(list(fields))})"
    units = sorted(words.units, key=len, reverse=True)
    a_unit = f"({'|'.join(re.escape(each) + _END_OF_UNIT[each[-1] in _LETTERS] for each in units)})"
    an_operator = rf"({_any_of(list(_OPERATOR_OF))})"
    link = r" ?(?:(?:is|was|are|were|of|值|在|为|曾经|曾) ?)?"
    found: list[dict[str, object]] = []

    def unit_of(name: str, spoken_unit: str | None) -> str:
        unit = words.units.get(spoken_unit or "", "")
        if unit == "degrees":
            unit = "degC" if fits(vocabulary.values, name, "degC") or not fits(vocabulary.values, name, "deg") else "deg"
        return unit

    def add(name: str | None, operator: str, number: str, unit: str | None) -> None:
        known = fields.get(name or "", "")
        found.append({"field": known, "operator": operator, "value": float(number), "unit": unit_of(known, unit)})

    def between(match: re.Match[str]) -> str:
        name, low, low_unit, high, high_unit = match.groups()
        add(name, ">=", low, low_unit or high_unit)
        add(name, "<=", high, high_unit or low_unit)
        return " | "

    def compared(match: re.Match[str]) -> str:
        name, operator, number, unit = match.groups()
        add(name or _SPEAKING.get(operator), _OPERATOR_OF[operator], number, unit)
        return " | "

    def bounded(match: re.Match[str]) -> str:
        name, number, unit, side = match.groups()
        add(name, ">=" if side == "以上" else "<=", number, unit)
        return " | "

    def equal(match: re.Match[str]) -> str:
        name, sign, number, unit = match.groups()
        add(name, "!=" if sign in ("!=", "is not", "不是", "不为") else "==", number, unit)
        return " | "

    def named(match: re.Match[str]) -> str:
        name, sign, value = match.groups()
        operator = "!=" if sign in ("!=", "is not", "不是", "不为") else "=="
        value = value.strip(" \"'")
        known = next((each for each in words.states if value == each), value)
        found.append({"field": fields[name], "operator": operator, "value": words.states.get(known, value), "unit": ""})
        return " | "

    not_near = r"(?! ?(?:of|from|to|around) )"
    low_to_high = rf"{_NUMBER} ?{a_unit}? ?(?:and|到|至|~|-) ?{_NUMBER} ?{a_unit}(?:之间)?"
    text = re.sub(rf"(?:{a_field}{link})?(?:between )?{low_to_high}{not_near}", between, text)
    text = re.sub(rf"(?:{a_field}{link})?{an_operator} ?{_NUMBER}(?: ?{a_unit})?{not_near}", compared, text)
    text = re.sub(rf"(?:{a_field}{link})?{_NUMBER} ?{a_unit}(以上|以下)", bounded, text)
    sign = r"(!=|==|=|is not|is|equals|不是|不为|等于|为|是)"
    text = re.sub(rf"{a_field} ?{sign} ?{_NUMBER}(?: ?{a_unit})?", equal, text)
    text = re.sub(rf"{a_field} ?{sign} ?(\"[^\"|]{{1,60}}\"|[a-z][\w-]{{0,60}}|[\u3400-\u9fff]{{1,6}}(?=的|[ |]|$))", named, text)
    return found, text
