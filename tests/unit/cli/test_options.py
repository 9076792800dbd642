from __future__ import annotations

from argparse import ArgumentTypeError

import pytest
from hypothesis import given
from hypothesis import strategies as some

from taixu.cli import options


@pytest.mark.parametrize(
    "text", ["", "x", "640", "640x", "0x10", "-4x4", "1e3x4", "99999999999x4", "4x4x4", "²x4"]
)
def test_a_bad_size_is_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="size|between"):
        options.size(text)


def test_good_values() -> None:
    assert options.size("1280X720") == (1280, 720)
    assert options.vector("1,-2.5,3e2") == (1.0, -2.5, 300.0)
    assert options.colour("#ff8000") == pytest.approx((1.0, 0.21586, 0.0), abs=1e-5)
    assert options.seed("0xff") == 255


@pytest.mark.parametrize("text", ["nan", "inf", "", "two"])
def test_numbers_are_finite(text: str) -> None:
    for kind in (options.finite, options.positive):
        with pytest.raises(ArgumentTypeError):
            kind(text)


@given(some.text(max_size=30))
def test_any_text_is_a_value_or_refused_with_a_sentence(text: str) -> None:
    for kind in (
        options.size,
        options.vector,
        options.colour,
        options.seed,
        options.positive_integer,
        options.positive,
    ):
        try:
            kind(text)
        except ArgumentTypeError as error:
            assert str(error)
