"""Fields are found in the source, without running it."""

from __future__ import annotations

import ast

import pytest

from taixu.errors import TaixuError
from taixu.script import ScriptField, find_fields
from taixu.script.vectors import Vec3

SOURCE = """
import game
raise RuntimeError("never run")
speed: float = 2.0
count: int = game.field(3, min=0, max=10, doc="How many.")
mode: str = game.field("open", choices=["open", "shut"])
aim: game.Vec3 = (0, 1, 0)
place: "game.Vec3" = game.Vec3(1, 2, 3)
tint: game.Color = game.field((1, 0.5, 0), unit="linear")
friend: game.Entity = "Door"
names: list[str] = ["a"]
worked_out: float = 2 * speed
called: float = compute()
_private: float = 1.0
unknown: set = {1}
declared: float
plain = 3
"""


def fields() -> dict[str, ScriptField]:
    return {item.name: item for item in find_fields(ast.parse(SOURCE), file="a.py")}


def test_only_typed_literals_are_fields() -> None:
    assert list(fields()) == ["speed", "count", "mode", "aim", "place", "tint", "friend", "names"]


def test_facts_are_kept() -> None:
    found = fields()
    assert found["count"] == ScriptField("count", "int", 3, 0, 10, doc="How many.")
    assert found["mode"].choices == ("open", "shut")
    assert found["tint"].unit == "linear"
    assert found["place"].default == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("speed", 3, 3.0),
        ("count", 99, 10),
        ("count", 4.0, 4),
        ("aim", [1, 2, 3], Vec3(1, 2, 3)),
        ("mode", "shut", "shut"),
    ],
)
def test_values_of_documents_are_converted(name: str, value: object, expected: object) -> None:
    got = fields()[name].convert(value)
    assert got == expected
    assert type(got) is type(expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("speed", "x"),
        ("speed", True),
        ("speed", float("nan")),
        ("count", 1.5),
        ("mode", "ajar"),
        ("aim", [1, 2]),
        ("aim", [1, 2, "3"]),
        ("names", 3),
    ],
)
def test_bad_values_are_named(name: str, value: object) -> None:
    with pytest.raises(TaixuError, match=name):
        fields()[name].convert(value)


@pytest.mark.parametrize("default", ["{[]: 1}", "10 ** 9999", "1" * 400, "1e999", "-1e999", "1j", "[" * 150 + "]" * 150, "b'x'"])
def test_hostile_defaults_are_no_fields_or_one_sentence(default: str) -> None:
    try:
        found = find_fields(ast.parse(f"a: float = {default}\n"), file="a.py")
    except TaixuError as error:
        assert "'a' takes float" in str(error)
    else:
        assert found == ()
