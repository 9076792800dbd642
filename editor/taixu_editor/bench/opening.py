"""What a person waits for: opening worlds and projects, changes of very many things. No frame is to stand still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from taixu.bench.measure import result
from taixu.platform.events import WheelEvent
from taixu_editor.bench.stage import Frame, Stage

__all__ = ["LIMIT_MS", "measure_assets", "measure_changes"]

LIMIT_MS = 100.0
_TWICE = {"scale": [2.0, 2.0, 2.0]}
_PATIENCE_SECS = 60.0
"""Pictures that take longer are not waited for; how many there were is in the result."""
_QUIET = 30
"""Frames after which nothing more is expected."""


def measure_assets(folder: Path, *, n: int) -> Iterator[dict[str, Any]]:
    """Yield one result: a project of `n` assets is opened and looked through until all have their pictures."""
    stage = Stage()
    try:
        stage.frames(10)
        window = stage.window
        stage.until(lambda: window.shell.warming.is_done, secs=60)  # a person has looked at the start page for a moment
        started = perf_counter()
        window.shell.later(lambda: window.open(folder))
        found = stage.until(lambda: bool(window.host.session.worlds))
        panel = stage.panel("assets")
        found += stage.until(lambda: panel.index.is_known)
        panel.folder = "assets"
        found += stage.frames(3)
        stage.point(*stage.middle_of("assets"))
        shown = 0
        while (
            shown < len(panel.shown) and perf_counter() - started < _PATIENCE_SECS
        ):  # one screen of pictures after the other, as soon as it is there
            found += stage.until(lambda: not window.thumbnails.pending, secs=240)
            shown += max(1, len(panel.places))
            stage.put(WheelEvent(0.0, -4.0))
            found += stage.frames(2)
        yield _result("opening a project", found, n=n, secs=round(perf_counter() - started, 1),
                      pictures=len(window.thumbnails))  # fmt: skip
    finally:
        stage.close()


def measure_changes(folder: Path, *, n: int) -> Iterator[dict[str, Any]]:
    """Yield a result for each thing done to a world of `n` entities."""
    stage = Stage()
    try:
        window = stage.window
        stage.frames(10)
        stage.until(lambda: window.shell.warming.is_done, secs=60)

        doings: dict[str, Any] = {
            "opening a world": lambda: window.open(folder),
            "selecting all": lambda: window.do("selection.all"),
            "changing all": lambda: window.do("component.set", component="transform", fields=_TWICE, entities=_selected(stage)),
            "undoing that": lambda: window.do("history.undo"),
            "doing it again": lambda: window.do("history.redo"),
            "saving": lambda: window.do("world.save"),
            "deleting all": lambda: window.do("entity.delete"),
            "undoing that deletion": lambda: window.do("history.undo"),
            "playing": lambda: window.do("play.start"),
            "stopping": lambda: window.do("play.stop"),
            "closing": lambda: window.host.close_project(),
        }
        for name, act in doings.items():
            window.shell.later(act)
            yield _result(name, stage.frames(_QUIET), n=n)
    finally:
        stage.close()


def _selected(stage: Stage) -> list[str]:
    return list(stage.window.host.session.current.selection)


def _result(name: str, frames: list[Frame], *, n: int, **more: Any) -> dict[str, Any]:
    """`frame_ms` is what the longest frame took of the processor, `wall_ms` on the clock; `over` counts those above the limit."""
    busy = np.array([frame.busy for frame in frames])
    return result(
        f"editor/{name}", busy.max(keepdims=True), n=n, limit_ms=LIMIT_MS, frames=len(frames), over=int((busy > LIMIT_MS).sum()),
        median_ms=round(float(np.median(busy)), 2), wall_ms=round(max(frame.wall for frame in frames), 1), **more,
    )  # fmt: skip
