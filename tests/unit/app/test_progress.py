"""The bar is for terminals."""

from __future__ import annotations

import io

from taixu.app.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_draws_on_a_terminal_and_goes() -> None:
    terminal = Terminal()
    with ProgressBar("film", 4, stream=terminal) as bar:
        for _ in range(4):
            bar.step()
    text = terminal.getvalue()
    assert "100%" in text
    assert text.startswith("\rfilm [")
    assert text.endswith("\r\x1b[K")


def test_redraws_at_most_ten_times_a_second() -> None:
    terminal = Terminal()
    with ProgressBar("film", 100_000, stream=terminal) as bar:
        for _ in range(1000):
            bar.step()
    assert terminal.getvalue().count("film") < 5


def test_says_nothing_in_a_pipe() -> None:
    pipe = io.StringIO()
    with ProgressBar("film", 2, stream=pipe) as bar:
        bar.show(0.5, "half")
        bar.step(2)
    assert pipe.getvalue() == ""
    assert bar.done == 2
