"""What the interface costs a frame while a large world is open, in what a person does with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from taixu.bench.measure import result
from taixu.errors import MachineError
from taixu.platform.events import KeyEvent, TextEvent, WheelEvent
from taixu.scene import Name
from taixu_editor.bench.stage import Frame, Stage

__all__ = ["LIMIT_MS", "measure_interface"]

LIMIT_MS = 4.0
_WARM = 12
_SEARCHED = "crate 77"


def measure_interface(folder: Path, *, n: int, frames: int) -> Iterator[dict[str, Any]]:
    """Yield a result for each thing that a person does.

    `folder` has a project with a world of `n` entities. In a result `frame_ms` is the interface's time of the median frame,
    `world_ms` and `drawing_ms` the world's own; `begin_ms` is the longest frame on the clock until all runs evenly.
    """
    stage = Stage()
    try:
        window = stage.window
        window.open(folder)
        stage.frames(_WARM)
        for name, begin, each in _doings(stage):
            started = [*begin(), *stage.frames(_WARM, each)]
            yield _result(name, started, stage.frames(frames, each), n)
    finally:
        stage.close()


def _result(name: str, started: list[Frame], found: list[Frame], n: int) -> dict[str, Any]:
    times = np.array([frame.interface for frame in found])
    return result(
        f"editor/{name}", times, n=n, limit_ms=LIMIT_MS, world_ms=round(median(frame.world for frame in found), 3),
        drawing_ms=round(median(frame.drawing for frame in found), 3), begin_ms=round(max(frame.wall for frame in started), 1),
        wall_ms=round(median(frame.wall for frame in found), 2),
    )  # fmt: skip


Doing = tuple[str, Callable[[], list[Frame]], Callable[[int], object] | None]


def _doings(stage: Stage) -> Iterator[Doing]:
    """Name, how it begins, and what is done before each frame."""
    window = stage.window
    hierarchy = stage.panel("hierarchy")
    x, y = stage.middle_of("hierarchy")

    def select(count: int) -> list[Frame]:
        ids = hierarchy_ids(stage, count)
        window.shell.later(lambda: window.do("selection.set", entities=ids))
        return stage.frames(2)

    def select_all() -> list[Frame]:
        window.shell.later(lambda: window.do("selection.all"))
        return stage.frames(2)

    def search() -> list[Frame]:
        _, top = hierarchy.place[0], hierarchy.place[1]
        left, width, height = hierarchy.place[0], hierarchy.place[2], hierarchy.place[3]
        stage.click(left + width * 0.4, top - height * 0.7)
        found = stage.frames(2)
        for letter in _SEARCHED:
            stage.put(TextEvent(letter))
            found += stage.frames(2)
        if hierarchy.rows.search != _SEARCHED:
            raise MachineError("the search did not take what was typed")
        return found

    def unsearch() -> None:
        for down in (True, False):
            stage.put(KeyEvent("escape", down))
            stage.frame()
        hierarchy.rows.search = ""
        stage.frames(2)

    def drag() -> list[Frame]:
        found = select(1)
        window.shell.later(lambda: window.do("view.focus"))
        view = stage.panel("viewport")
        found += stage.frames(2)
        found += stage.until(lambda: not view.camera.is_gliding)
        stage.point(*handles(stage))
        found += stage.until(lambda: view.gizmo.is_busy)
        stage.press()
        return [*found, *stage.until(lambda: view.gizmo.is_dragging)]

    def play() -> list[Frame]:
        window.shell.later(lambda: window.do("play.start"))
        return stage.frames(3)

    yield "nothing selected", lambda: stage.frames(1), None
    yield "one selected", lambda: select(1), None
    stage.point(x, y)
    yield "scrolling the hierarchy", lambda: stage.frames(1), lambda i: stage.put(WheelEvent(0.0, -3.0))
    yield "1,000 selected", lambda: select(1000), None
    yield "all selected", select_all, None
    yield "turning the view", lambda: select(1), lambda i: _turn(stage)
    yield "dragging a handle", drag, lambda i: stage.point(stage.pointer[0] + 2 * (-1) ** (i // 8), stage.pointer[1])
    stage.press(down=False)
    stage.frames(3)
    yield "searching the hierarchy", search, None
    unsearch()
    yield "playing", play, None


def _turn(stage: Stage) -> None:
    camera = stage.panel("viewport").camera
    camera.orbit(0.01, 0.0)


def hierarchy_ids(stage: Stage, count: int) -> list[str]:
    """Stable ids of so many named entities."""
    from taixu.edit.ids import id_texts

    world = stage.window.host.session.world
    handles = np.concatenate([table.entities for table in world.query(Name).tables()])[:count]
    return list(id_texts(world.stable_ids(handles)))


def handles(stage: Stage) -> tuple[float, float]:
    """Where the handles' middle is, in window units."""
    view = stage.panel("viewport")
    return view.origin[0] + view.extent[0] / 2, view.origin[1] + view.extent[1] / 2
