"""Whether the editor grows while it is used: memory before and after many frames, openings, and undos."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from taixu.bench.measure import resident_mb, result
from taixu.platform.events import WheelEvent
from taixu_editor.bench.stage import Frame, Stage

__all__ = ["LIMIT_MB", "measure_use"]

LIMIT_MB = 8.0
_OPENINGS, _UNDOS = 50, 200


def measure_use(folder: Path, *, n: int, frames: int) -> Iterator[dict[str, Any]]:
    """Yield a result for each way of using it.

    `held_mb` is the process's memory afterwards, `grown_mb` by how much more than after the first fifth of it.
    """
    stage = Stage()
    try:
        window = stage.window
        window.open(folder)
        stage.frames(60)
        x, y = stage.middle_of("hierarchy")
        ids = [f"{number:016x}" for number in window.host.session.world.stable_ids(_some(stage)).tolist()]

        def use(number: int) -> Frame:
            """Something else in each frame: point, scroll, select, move, undo."""
            stage.point(x, y + number % 50)
            stage.put(WheelEvent(0.0, (-1.0) ** (number // 40)))
            if number % 10 == 0:
                window.do("selection.set", entities=[ids[number % len(ids)]])
            if number % 25 == 5:
                window.do("transform.set", transforms={ids[number % len(ids)]: {"position": [float(number % 7), 0.0, 0.0]}})
            if number % 25 == 20:
                window.do("history.undo")
            return stage.frame()

        def reopen(number: int) -> Frame:
            window.host.close_project()
            stage.frame()
            window.open(folder)
            return stage.frame()

        def undo(number: int) -> Frame:
            window.do("component.set", component="transform", fields={"scale": [1.0 + number % 5, 1.0, 1.0]}, entities=ids)
            stage.frame()
            window.do("history.undo")
            return stage.frame()

        yield _grown("used", frames * 80, use, n)
        yield _grown("undos", _UNDOS, undo, n)
        yield _grown("openings", _OPENINGS, reopen, n)
    finally:
        stage.close()


def _some(stage: Stage) -> Any:
    from taixu.scene import Shape

    tables = stage.window.host.session.world.query(Shape).tables()
    return np.concatenate([table.entities for table in tables if not table.made])[:100]


def _grown(name: str, count: int, act: Callable[[int], Frame], n: int) -> dict[str, Any]:
    settled, found = 0.0, []
    for number in range(count):
        found.append(act(number).interface)
        if number == count // 5:
            gc.collect()
            settled = resident_mb()
    gc.collect()
    held = resident_mb()
    grown = round(held - settled, 1)
    return result(
        f"editor/{name}", np.array(found), n=n, times=count, held_mb=round(held), grown_mb=grown, limit_mb=LIMIT_MB,
        ratio=round(LIMIT_MB / max(grown, 0.1), 2),
    )  # fmt: skip
