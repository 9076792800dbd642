from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings, strategies

from taixu.errors import TaixuError
from taixu.twin.search.comparing import Vocabulary
from taixu.twin.search.query import SearchQuery, read_query
from taixu.twin.search.reading import read_words
from taixu.twin.search.values import Value

NOW = int(datetime(2026, 5, 2, 9, 0, tzinfo=UTC).timestamp()) * 10**9
HOUR = 3600 * 10**9
NIGHT = {"since_ns": NOW - 15 * HOUR, "until_ns": NOW - 3 * HOUR}
HOT = {"field": "", "operator": ">", "value": 80.0, "unit": "degC"}
KNOWN = {"pump", "pumps", "泵", "motor", "motors", "press", "oak", "line 3"}
VALUES = (
    Value("motor", "temperature", "degC"), Value("motor", "state", "", True, ("running", "fault")), Value("belt", "speed", "m/s"),
    Value("joints", "turn", "rad"),
)  # fmt: skip


def read(text: str) -> dict[str, Any]:
    return read_words(text, Vocabulary(VALUES, lambda word: word in KNOWN), now_ns=NOW, zone=UTC).as_dict()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("every pump over 80 degrees within 50 m of line 3 last night",
         {"words": ["pump"], "where": [HOT], "near": "line 3", "within_m": 50.0, **NIGHT}),
        ("昨晚3号线50米内超过80度的所有泵", {"words": ["泵"], "where": [HOT], "near": "3号线", "within_m": 50.0, **NIGHT}),
        ("昨晚距三号线50米以内、温度高于80℃的泵",
         {"words": ["泵"], "where": [HOT | {"field": "temperature"}], "near": "3号线", "within_m": 50.0, **NIGHT}),
        ("motors hotter than 176 °F",
         {"words": ["motors"], "where": [{**HOT, "value": 176.0, "unit": "degF", "field": "temperature"}]}),
        ("motor.temperature >= 60 and speed below 2 km/h",
         {"where": [{"field": "motor.temperature", "operator": ">=", "value": 60.0, "unit": ""},
                    {"field": "speed", "operator": "<", "value": 2.0, "unit": "km/h"}]}),
        ("motors between 60 and 80 degrees",
         {"words": ["motors"], "where": [{**HOT, "operator": ">=", "value": 60.0}, {**HOT, "operator": "<=", "value": 80.0}]}),
        ("温度在60到80度之间的泵",
         {"words": ["泵"], "where": [{"field": "temperature", "operator": ">=", "value": 60.0, "unit": "degC"},
                                     {"field": "temperature", "operator": "<=", "value": 80.0, "unit": "degC"}]}),
        ("80度以上的泵", {"words": ["泵"], "where": [{**HOT, "operator": ">="}]}),
        ("turn over 80 degrees", {"where": [{**HOT, "field": "turn", "unit": "deg"}]}),
        ("故障的泵", {"words": ["泵"], "where": [{"field": "state", "operator": "==", "value": "fault", "unit": ""}]}),
        ("motors whose state is not running",
         {"words": ["motors"], "where": [{"field": "state", "operator": "!=", "value": "running", "unit": ""}]}),
        ("pumps inside hall 2", {"words": ["pumps"], "inside": "hall 2"}),
        ("pumps near the press in the last 2 hours",
         {"words": ["pumps"], "near": "press", "within_m": 25.0, "since_ns": NOW - 2 * HOUR, "until_ns": NOW}),
        ("最近30分钟press附近的泵",
         {"words": ["泵"], "near": "press", "within_m": 25.0, "since_ns": NOW - HOUR // 2, "until_ns": NOW}),
        ("motors connected to press 7", {"words": ["motors"], "connected": "press 7"}),
        ("parts of line 3", {"under": "line 3"}),
        ("属于 mill a 的泵", {"words": ["泵"], "under": "mill a"}),
        ("包含arm的", {"above": "arm"}),
        ("与arm相连的泵", {"words": ["泵"], "connected": "arm"}),
        ("在A线里的泵", {"words": ["泵"], "inside": "a线"}),
        ("前3个泵", {"words": ["泵"], "limit": 3}),
        ("8点到10点超过80度的泵", {"words": ["泵"], "where": [HOT], "since_ns": NOW - HOUR, "until_ns": NOW}),
        ("pumps over 80 degrees between 07:00 and 08:30",
         {"words": ["pumps"], "where": [HOT], "since_ns": NOW - 2 * HOUR, "until_ns": NOW - HOUR // 2}),
        ("pumps on 2026-05-01", {"words": ["pumps"], "since_ns": NOW - 33 * HOUR, "until_ns": NOW - 9 * HOUR}),
        ("files oak made today", {"words": ["oak"], "files": True, "since_ns": NOW - 9 * HOUR, "until_ns": NOW}),
        ("first 3 pumps", {"words": ["pumps"], "limit": 3}),
    ],
)  # fmt: skip
def test_words_become_a_query(text: str, wanted: dict[str, Any]) -> None:
    found = read(text)
    assert found == wanted
    assert read_query(json.loads(json.dumps(found))).as_dict() == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("every frobnicator over 80 degrees", "frobnicator"),
        ("昨晚的妖怪", "妖怪"),
        ("pumps over 80", "80 of what"),
        ("pumps last night yesterday", "two times"),
        ("pumps near line 3 near line 4", "not understood|twice"),
        ("pumps on 2026-19-41", "no calendar"),
        ("pumps in the last 999999 weeks", "longer than any"),
        ("", "say what"),
        ("pump " * 17, "more than 16 words"),
        ("a" * 301, "at most 300"),
        ("pumps'; DROP TABLE things; --", "not understood"),
        ("pump\x00s", "control"),
        ("(" * 299, "not understood|say what"),
        ("over " * 60, "more than 16 words"),
        ("1" * 300, "not understood"),
        ("3号线" * 100, "not understood|of what"),
        ("ﷺ" * 290, "at most|not understood"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_told_in_a_sentence(text: str, why: str) -> None:
    with pytest.raises(TaixuError, match=why) as caught:
        read(text)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ([], "a search is a table"), ({"sql": "select 1"}, "has no 'sql'"), ({"words": "pump"}, "words is a list"),
        ({"words": ["x"] * 9}, "at most 8"), ({"where": [{"field": "a", "operator": "; drop", "value": 1}]}, "operator takes"),
        ({"where": [{"field": "a", "operator": ">", "value": float("nan")}]}, "takes a number"),
        ({"where": [{"field": "a", "operator": ">", "value": 10**400}]}, "takes a number"),
        ({"words": ["a"], "since_ns": 5}, "together"), ({"words": ["a"], "since_ns": 5, "until_ns": 4}, "together"),
        ({"words": ["a"], "limit": 10**9}, "limit takes"), ({"near": "x", "within_m": 0}, "within_m"),
        ({"words": ["a"], "order": "random"}, "order takes"), ({"files": True, "near": "x", "within_m": 1}, "files have no"),
    ],
)  # fmt: skip
def test_a_document_is_checked_whoever_wrote_it(raw: Any, why: str) -> None:
    with pytest.raises(TaixuError, match=why):
        read_query(raw)


def test_an_empty_query_asks_for_nothing() -> None:
    assert SearchQuery().as_dict() == {}


FRAGMENTS = [
    "every", "pump", "泵", "over", "80", "degrees", "度", "within 50 m of", "line 3", "3号线", "50米内",
    "last night", "昨晚", "between", "and", "07:00", "温度", "temperature", "超过", "是", "的", "在", "state is", "fault",
    "|", '"', "(", "-1e9", "files", "first 0", "不低于", "near", "|in", "99999年99月99日", "24:59", "²", "٣",
    "\u202e", "｜", "0.0000001", "°F",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(strategies.lists(strategies.sampled_from(FRAGMENTS) | strategies.text(max_size=6), max_size=14), strategies.booleans())
def test_whatever_is_typed_is_a_query_or_a_sentence(parts: list[str], spaced: bool) -> None:
    try:
        found = read((" " if spaced else "").join(parts))
    except TaixuError as error:
        assert "\n" not in str(error) and len(str(error)) < 400
    else:
        assert read_query(json.loads(json.dumps(found))).as_dict() == found
