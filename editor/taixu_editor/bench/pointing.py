"""From a click to what it does, as it is seen: frames, counted on pictures of the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.measure import result
from taixu.errors import MachineError
from taixu_editor.bench.stage import Frame, Stage

__all__ = ["LIMIT_FRAMES", "measure_clicks"]

LIMIT_FRAMES = 1
"""After the frame in which the button goes up: the next one."""
_MOST = 30


def measure_clicks(folder: Path, *, n: int) -> Iterator[dict[str, Any]]:
    """Yield a result for a click on a row of the hierarchy and one on a thing in the view.

    `frames` says how many frames after the one that gets the click the view shows lines around what is selected.
    """
    stage = Stage((1120, 700))
    try:
        stage.window.open(folder)
        stage.frames(20)
        for name, place in (("in the hierarchy", _row), ("in the view", _thing)):
            _still(stage)
            stage.click(*place(stage))
            yield _count(stage, name, n, lambda: len(stage.window.host.session.current.selection) == 1)
            stage.window.do("selection.none")
            stage.point(5.0, 5.0)
    finally:
        stage.close()


def _row(stage: Stage) -> tuple[float, float]:
    left, top, width, height = stage.panel("hierarchy").place
    return left + width * 0.4, top + height * 2.5


def _thing(stage: Stage) -> tuple[float, float]:
    view = stage.panel("viewport")
    for share in np.linspace(0.3, 0.7, 9).tolist():
        place = view.origin[0] + view.extent[0] * share, view.origin[1] + view.extent[1] * 0.5
        if view.entities_in(stage.window.host.session.world, place, place):
            return place
    raise MachineError("nothing is seen where boxes should be")


def _count(stage: Stage, name: str, n: int, is_done: Callable[[], bool]) -> dict[str, Any]:
    before, frames = _picture(stage), list[Frame]()
    while len(frames) < _MOST:
        frames.append(stage.frame())
        if is_done() and not np.array_equal(_picture(stage), before):
            break
    walls, count = np.array([frame.wall for frame in frames]), len(frames) - 1
    ratio = round(LIMIT_FRAMES / max(count, 1), 2)
    return result(f"editor/click {name}", walls, n=n, frames=count, limit_frames=LIMIT_FRAMES, ratio=ratio)


def _still(stage: Stage) -> None:
    """Until nothing moves."""
    before = _picture(stage)
    for _ in range(_MOST):
        stage.frames(3)
        now = _picture(stage)
        if np.array_equal(now, before):
            return
        before = now


def _picture(stage: Stage) -> NDArray[np.uint8]:
    """The view's picture, as it is shown."""
    view = stage.panel("viewport").view
    if view is None or view.graph is None:
        raise MachineError("the view shows nothing")
    return np.asarray(view.graph.textures["color"].read())
