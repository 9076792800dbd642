"""Mods from words: what people ask for happens in the world, in the box, and what was not understood is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from script_stage import NAMES, Stage

from taixu.mods.authoring.composing import Written, compose
from taixu.mods.authoring.reading import read_wish
from taixu.mods.host import OpenBox

pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")

PROMPTS = Path(__file__).parent / "script_prompts.txt"
LINES = [line for line in PROMPTS.read_text("utf-8").splitlines() if line[:1] not in ("", "#")]
PLAYS = [tuple(line.rsplit(" | ", 1)) for line in LINES]


@pytest.fixture(scope="module")
def open_boxed() -> Iterator[OpenBox]:
    from taixu.mods.box import Box

    box = Box()
    box.start(timeout_secs=300)
    yield lambda name, sources, config, limits: box.open(name, sources, config, limits=limits)
    box.stop()


def written(prompt: str) -> Written:
    return compose(read_wish(prompt, NAMES))


def failure(open_boxed: OpenBox, prompt: str, play: str) -> str:
    """Why a play does not end well; empty where it does."""
    stage = Stage(open_boxed)
    try:
        stage.load(dict(written(prompt).files))
        stage.play(play)
    except Exception as error:  # whatever it is, the prompt failed
        return f"{type(error).__name__}: {error}"
    finally:
        stage.close()
    return ""


@pytest.mark.parametrize("kept_apart", [True, False], ids=["kept apart", "seen"])
def test_what_is_asked_for_happens(open_boxed: OpenBox, kept_apart: bool) -> None:
    assert len(PLAYS) >= 100
    asked = PLAYS[0 if kept_apart else 1 :: 2]
    wrong = {prompt: why for prompt, play in asked if (why := failure(open_boxed, prompt, play))}
    assert len(wrong) <= (0.2 if kept_apart else 0.02) * len(asked), wrong
