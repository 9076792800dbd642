"""The prompt without its panel."""

from __future__ import annotations

from typing import Any

import pytest

from taixu_editor.console import Console, common_start


class Thing:
    """Something with names."""

    alpha = 1
    alphabet = 2
    _hidden = 3


def made(**more: Any) -> Console:
    return Console(lambda: {"thing": Thing()}, texts={"thing.do": lambda: ["entity.add", "entity.spawn"]}, **more)


def test_an_expression_at_the_end_is_shown_and_names_stay() -> None:
    console = made()
    console.run("x = 20\nx + 1")
    console.run("_ + x")
    assert list(console.output) == [("in", "x = 20"), ("more", "x + 1"), ("out", "21"), ("in", "_ + x"), ("out", "41")]


@pytest.mark.parametrize(
    ("source", "is_whole"),
    [("1 + 1", True), ("for x in y:", False), ("for x in y:\n    pass", False), ("for x in y:\n    pass\n", True), ("f(", False),
     ("'''text", False), ("1 +", True), ("if True: pass", False)],
)  # fmt: skip
def test_a_block_ends_with_an_empty_line(source: str, is_whole: bool) -> None:
    assert made().is_whole(source) is is_whole


def test_errors_are_one_line_and_what_was_printed_before_stays() -> None:
    console = made()
    console.run("print('before'); 1 / 0")
    console.run("def")
    console.run("raise SystemExit(3)")
    assert [each for each in console.output if each[0] != "in"] == [
        ("out", "before"), ("error", "ZeroDivisionError: division by zero"), ("error", "invalid syntax (line 1)"),
        ("error", "SystemExit: 3"),
    ]  # fmt: skip


def test_loops_are_ended_and_floods_are_cut() -> None:
    console = made(limit_secs=0.3)
    console.run("while True: print('again')")
    kinds = [kind for kind, _ in console.output]
    assert kinds.count("out") <= 501 and list(console.output)[-1] == ("error", "it did not end within 0.3 s, and was ended")
    assert "more lines" in list(console.output)[-2][1]
    console.run("'x' * 10**7")
    assert max(len(line) for _, line in console.output) < 2100
    console.run("6 * 7")
    assert list(console.output)[-1] == ("out", "42")
    console.close()


def test_names_attributes_and_operations_are_completed() -> None:
    console = made()
    console.run("other = 1")
    assert console.complete("th") == ["thing"]
    assert console.complete("x = thing.al") == ["thing.alpha", "thing.alphabet"]
    assert console.complete("thing._h") == ["thing._hidden"]
    assert console.complete("oth") == ["other"]
    assert console.complete("pri") == ["print"]
    assert console.complete("thing.do('entity.s") == ["entity.spawn"]
    assert console.complete("f().al") == [] and console.complete("nothing.x") == [] and console.complete("1 + ") == []
    assert common_start(["thing.alpha", "thing.alphabet"]) == "thing.alpha"


def test_history_has_each_line_once_in_a_row() -> None:
    console = made()
    for line in ("1", "1", "2", "1"):
        console.run(line)
    assert console.history == ["1", "2", "1"]
