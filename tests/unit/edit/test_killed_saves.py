"""A save that is killed at any call to the system leaves what was saved before, or what is saved now: nothing between."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

_CHILD = Path(__file__).parents[2] / "support" / "killed_saves.py"


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by forks here")
@pytest.mark.parametrize("columns_above", [1 << 30, 0], ids=["text", "text and columns"])
def test_what_was_saved_is_whole_wherever_a_save_ends(tmp_path: Path, columns_above: int) -> None:
    folder = tmp_path / "worlds"
    folder.mkdir()
    command = [sys.executable, str(_CHILD), str(folder / "main.world.json"), str(columns_above)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    *moments, last = map(json.loads, done.stdout.splitlines())
    assert last["differ"]
    assert len(moments) == len(last["found"]) - 1 > 15, "the last save was let live"
    assert {"in a write", "before fsync", "before replace", "after replace"} <= set(moments)
    # First the old one, from one moment on the new one.
    assert [state for state, _ in groupby(last["found"])] == ["old", "new"], list(zip(moments, last["found"]))
