"""Versions in the order of semver.org, ranges as npm reads them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from taixu.errors import TaixuError
from taixu.mods.packages.version import parse_range, parse_version

ORDER = [
    "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",
    "1.0.1", "1.10.0", "2.0.0",
]  # fmt: skip


def test_the_order_of_semver() -> None:
    versions = [parse_version(text) for text in ORDER]
    assert versions == sorted(versions, key=lambda version: version)
    assert all(one < other and not other < one for one, other in pairwise(versions))
    assert [str(version) for version in versions] == ORDER


@pytest.mark.parametrize(
    ("range", "holds", "lacks"),
    [
        ("*", ["0.0.0", "9.9.9"], ["1.0.0-rc.1"]),
        ("1.2.3", ["1.2.3"], ["1.2.4", "1.2.2"]),
        ("=1.2.3", ["1.2.3"], ["1.2.4"]),
        ("1.2", ["1.2.0", "1.2.9"], ["1.3.0"]),
        ("1.x", ["1.0.0", "1.9.9"], ["2.0.0", "0.9.0"]),
        ("^1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0", "2.0.0-rc.1"]),
        ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0", "0.2.2"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4"]),
        ("^0", ["0.9.9"], ["1.0.0"]),
        ("^0.0", ["0.0.9"], ["0.1.0"]),
        ("~1.2.3", ["1.2.3", "1.2.9"], ["1.3.0"]),
        ("~1", ["1.0.0", "1.9.0"], ["2.0.0"]),
        (">=1.2 <2", ["1.2.0", "1.9.9"], ["2.0.0", "1.1.9"]),
        (">=1.2, <2", ["1.2.0"], ["2.0.0"]),
        (">1.2", ["1.3.0"], ["1.2.9"]),
        (">1.2.3", ["1.2.4"], ["1.2.3"]),
        ("<=1.2", ["1.2.9"], ["1.3.0"]),
        ("^1 || ^3", ["1.5.0", "3.0.0"], ["2.0.0"]),
        (">=2.0.0-rc.1", ["2.0.0-rc.1", "2.0.0-rc.2", "2.0.0", "3.0.0"], ["2.0.0-beta", "3.0.0-rc.1"]),
    ],
)
def test_ranges(range: str, holds: list[str], lacks: list[str]) -> None:
    found = parse_range(range)
    assert [text for text in holds if parse_version(text) not in found] == []
    assert [text for text in lacks if parse_version(text) in found] == []


NO_VERSIONS = ["", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.3-", "1.2.3-01", "1.2.3+a", " 1.2.3", "1.2.3\n", "-1.2.3", 7, None]
NO_RANGES = ["", "  ", "latest", "^", ">", "1.2.3 ||", "1..2", "^x", ">=*", "1.x-rc", "!1", "1" * 300, 7, None]


@pytest.mark.parametrize("text", NO_VERSIONS)
def test_what_is_no_version(text: object) -> None:
    with pytest.raises(TaixuError, match="no version"):
        parse_version(text)


@pytest.mark.parametrize("text", NO_RANGES)
def test_what_is_no_range(text: object) -> None:
    with pytest.raises(TaixuError, match="no range"):
        parse_range(text)
