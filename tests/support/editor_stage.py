"""A virtual screen and an editor on it: flows are played by the dozen in one process, and each is a test of its own."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest

__all__ = ["end_flows", "expect_flows", "flow_names", "flow_result"]

_SUPPORT = Path(__file__).resolve().parent
_FLOWS = _SUPPORT.parent / "ui" / "flows"
_SIZE = "1120x700"
_TOGETHER = 1
"""Files that one process plays, each in a window of its own; where the pointer was left in another may be seen in pictures."""
_players = ThreadPoolExecutor(2)
_screens = count()
_played: dict[str, Future[dict[str, Any]]] = {}


def flow_names() -> list[tuple[str, str]]:
    """(file, flow) of all flows, without importing the editor."""
    found = []
    for file in sorted(_FLOWS.glob("*.py")):
        lines = file.read_text(encoding="utf-8").splitlines()
        found += [(file.stem, line[4 : line.index("(")]) for before, line in pairwise(lines)
                  if before.startswith("@flow(") and line.startswith("def ")]  # fmt: skip
    return found


def flow_result(file: str, name: str) -> dict[str, Any]:
    """What became of a flow; those of its file, and of others that are expected with it, are played together.

    One that failed is played once more, alone in a fresh editor, and warned of where that goes well: whoever works
    beside it on the machine may have been in its way, and then it is to be made surer, not the change at hand refused.
    """
    expect_flows([file])
    result: dict[str, Any] = _played[file].result().get(name, {"error": "it was not played"})
    if result["error"]:
        again: dict[str, Any] = _play([name])[name]
        if not again["error"]:
            warnings.warn(f"flow {name} went well only the second time: {result['error']}", stacklevel=2)
            return again
    return result


def expect_flows(files: Iterable[str]) -> None:
    """Begin to play these files, a few at a time on either of two screens: an editor alone keeps one core busy."""
    new = [file for file in files if file not in _played]
    for several in (new[i : i + _TOGETHER] for i in range(0, len(new), _TOGETHER)):
        playing = _players.submit(_play, [flow for file in several for stem, flow in flow_names() if stem == file])
        _played.update(dict.fromkeys(several, playing))


def end_flows() -> None:
    """Play nothing more that has not begun."""
    _players.shutdown(wait=False, cancel_futures=True)


def _play(names: list[str]) -> dict[str, Any]:
    if sys.platform != "linux" or shutil.which("xvfb-run") is None:
        pytest.skip("no virtual screen: xvfb-run is not installed")
    pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')
    folder = Path(tempfile.mkdtemp(prefix="taixu-flows-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # tests look at pictures in it, when everything was played
    rooms = folder / "rooms"  # whatever flows make there goes with it, also when the editor dies
    rooms.mkdir()
    results: dict[str, Any] = {}
    paths = os.pathsep.join([str(_SUPPORT), str(_FLOWS), os.environ.get("PYTHONPATH", "")])
    while names:  # one that kills the editor does not take the others along
        out = folder / "results.json"
        out.unlink(missing_ok=True)
        number = str(100 + 40 * (next(_screens) % 50))  # two that look for a free one from here on do not meet
        screen = ["xvfb-run", "-a", "-n", number, "-s", "-screen 0 2880x1800x24"]
        done = subprocess.run(
            [*screen, sys.executable, str(_SUPPORT / "editor_child.py"), str(out), _SIZE, *names],
            capture_output=True, text=True, timeout=3600,
            env={**os.environ, "LIBGL_ALWAYS_SOFTWARE": "1", "PYTHONPATH": paths, "TMPDIR": str(rooms)},
        )  # fmt: skip
        found = json.loads(out.read_text()) if out.exists() else {}
        if not found:
            return {name: {"error": done.stderr[-2000:] or "the editor did not start"} for name in names} | results
        if done.returncode:
            last = list(found)[-1]
            found[last]["error"] = found[last].get("error", "") + "\n" + done.stderr[-2000:]
        results |= found
        names = [name for name in names if name not in found]
    return results
