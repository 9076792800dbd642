from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable

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


@pytest.mark.parametrize("text", ["16384x16384", "8193x4096"])
def test_more_pixels_than_can_be_drawn_are_refused(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="at most 33,554,432"):
        options.size(text)
    assert options.size("16384x2048") == (16384, 2048)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (options.duration, "1e308"), (options.duration, "0"), (options.moment, "-1"), (options.moment, "1e9"),
        (options.exposure, "1000"), (options.samples, "1000000"), (options.vector, "1e300,0,0"),
    ],
)  # fmt: skip
def test_numbers_that_lead_nowhere_are_refused(kind: Callable[[str], object], text: str) -> None:
    with pytest.raises(ArgumentTypeError, match=r"more than|above|early|between|farther"):
        kind(text)


def test_moments_begin_at_zero() -> None:
    assert options.moment("0") == 0.0
    assert options.moment("2.5") == 2.5


@pytest.mark.parametrize("text", ["-1", "65536", "99999999", "http", "", "8777.0"])
def test_what_is_no_port_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="from 0 to 65535"):
        options.port(text)
    assert [options.port(text) for text in ("0", "8777", "65535")] == [0, 8777, 65535]
