"""Parameters of operations: their schemas, and sentences for what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.edit import Nothing, parameter_schema, read_parameters
from taixu.edit.parameters import _fits
from taixu.errors import UsageError


@dataclass(frozen=True)
class Sample:
    name: str
    how: Literal["near", "far"] = "near"
    count: int = 1
    size: tuple[float, float, float] = (1.0, 1.0, 1.0)
    entities: tuple[str, ...] = ()
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class Ranged:
    count: int = field(default=1, metadata={"minimum": 0, "maximum": 2})
    share: float | None = field(default=None, metadata={"minimum": 0.5})
    how: str = field(default="near", metadata={"choices": ("near", "far")})
    amounts: Mapping[str, float] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    lists: list[list[int]] = field(default_factory=list)
    flags: tuple[bool, ...] | None = None
    rest: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "operation 'a.b': the parameter 'name' is missing; give a text"),
        ({"name": "x", "cuont": 2}, "operation 'a.b' has no parameter 'cuont'; did you mean 'count'?"),
        ({"name": "x", "zzz": 2}, "it has 'name', 'how', 'count'"),
        ({"name": 5}, "operation 'a.b', parameter 'name': 5 was given; give a text"),
        ({"name": "x", "how": "far away"}, "parameter 'how': \"far away\" was given; give one of \"near\", \"far\""),
        ({"name": "x", "count": 1.5}, "parameter 'count': 1.5 was given; give a whole number"),
        ({"name": "x", "count": True}, "parameter 'count': true was given; give a whole number"),
        ({"name": "x", "size": [1, 2]}, "parameter 'size': a list of 2 was given; give a list of 3 numbers"),
        ({"name": "x", "size": [1, 2, "3"]}, "parameter 'size.2': \"3\" was given; give a number"),
        ({"name": "x", "entities": "e"}, "parameter 'entities': \"e\" was given; give a list of texts"),
        ({"name": "x", "fields": {"e": 5}}, "parameter 'fields.e': 5 was given; give a table"),
        ({"name": "x", "place": "here"}, "parameter 'place': \"here\" was given; give a list of 2 numbers or null"),
        ({"name": "x", "size": [1, 2, float("nan")]}, "parameter 'size.2': nan is no number that a world can hold"),
        ({"name": ...}, "something of the type ellipsis was given; give a text"),
        ({"name": "x" * 1000, "count": "y" * 1000}, "…"),
    ],
    ids=str,
)
def test_what_is_wrong_is_one_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_parameters(Sample, values, name="a.b")
    said = str(caught.value)
    assert sentence in said
    assert "\n" not in said and len(said) < 300


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-3, 3) | st.sampled_from(("near", "far", "x")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2), max_leaves=5,
))  # fmt: skip
def test_what_plainly_fits_is_what_a_validator_lets_through(value: Any) -> None:
    schema = parameter_schema(Ranged)
    for each in schema["properties"].values():
        assert not _fits(each, value) or jsonschema.Draft202012Validator(each).is_valid(value)


def test_an_operation_without_parameters_says_that_it_has_none() -> None:
    with pytest.raises(UsageError, match="has no parameter 'x', for it takes none"):
        read_parameters(Nothing, {"x": 1}, name="a.b")


def test_what_python_has_is_taken_as_json() -> None:
    read = read_parameters(Sample, {"name": Path("a/b"), "size": np.array([1, 2, 3]), "place": [1, 2]})
    assert read == Sample("a/b", size=(1.0, 2.0, 3.0), place=(1.0, 2.0))


def test_what_lies_too_deep_is_refused() -> None:
    deep: Any = 1
    for _ in range(10_000):
        deep = {"a": deep}
    with pytest.raises(UsageError, match="64 deep at the most"):
        read_parameters(Sample, {"name": "x", "fields": deep})


def test_a_schema_says_what_there_is() -> None:
    schema = parameter_schema(Sample)
    assert schema["required"] == ["name"]
    assert schema["properties"]["fields"] == {"type": "object", "additionalProperties": {"type": "object"}}
    assert schema["properties"]["how"] == {"enum": ["near", "far"]}


@dataclass(frozen=True)
class Limited:
    count: int = field(default=3, metadata={"doc": "How many.", "unit": "n", "minimum": 1, "maximum": 9})
    color: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0), metadata={"minimum": 0.0, "maximum": 1.0})
    tags: tuple[str, ...] = field(default=(), metadata={"choices": ("a", "b")})
    least_m: float | None = field(default=None, metadata={"minimum": 0.5, "unit": "m"})


def test_ranges_and_choices_are_in_the_schema_and_are_kept() -> None:
    properties = parameter_schema(Limited)["properties"]
    assert properties["count"] == {"type": "integer", "description": "How many.", "unit": "n", "minimum": 1, "maximum": 9}
    assert properties["color"]["prefixItems"][2] == {"type": "number", "minimum": 0.0, "maximum": 1.0}
    assert properties["tags"]["items"]["enum"] == ["a", "b"]
    assert read_parameters(Limited, {"count": 9, "color": [0, 1, 0.5], "tags": ["b"], "least_m": None}).tags == ("b",)


@pytest.mark.parametrize(("values", "sentence"), [
    ({"count": 0}, "generator 'x', parameter 'count': 0 was given; give a whole number from 1 to 9 n"),
    ({"color": [0, 2, 0]}, "parameter 'color.1': 2 was given; give a number from 0 to 1"),
    ({"tags": ["c"]}, "parameter 'tags.0': \"c\" was given; give one of \"a\", \"b\""),
    ({"least_m": 0.1}, "parameter 'least_m': 0.1 was given; give a number of at least 0.5"),
])  # fmt: skip
def test_what_is_out_of_range_is_one_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_parameters(Limited, values, name="x", whose="generator")
    assert sentence in str(caught.value) and "\n" not in str(caught.value)
