"""A real window whose frames are timed, on a virtual screen where there is no other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter, sleep, thread_time
from typing import Any

from imgui_bundle import imgui

from taixu.errors import MachineError
from taixu.platform import Window
from taixu.platform.events import InputEvent, MouseButtonEvent, MouseMoveEvent
from taixu_editor.window import EditorWindow

__all__ = ["SIZE", "Frame", "Stage", "screen"]

SIZE = (1440, 900)
_FRAME_SECS = 1 / 60


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """What processes need in their environment to open windows: nothing where there is a screen, else a virtual one.

    Raises
    ------
    MachineError
        Where there is neither.
    """
    if sys.platform != "linux" or os.environ.get("DISPLAY"):
        yield {}
        return
    if shutil.which("Xvfb") is None:
        raise MachineError("there is no screen to open the editor on; install Xvfb, or log in to a desktop")
    readable, writable = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writable), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nolisten", "tcp"],
        pass_fds=(writable,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writable)
    try:
        with os.fdopen(readable) as said:
            number = said.readline().strip()
        if not number:
            raise MachineError("the virtual screen (Xvfb) did not start")
        yield {"DISPLAY": f":{number}"}
    finally:
        server.terminate()
        server.wait()


@dataclass(frozen=True, slots=True)
class Frame:
    """What a frame took, in milliseconds.

    Attributes
    ----------
    interface
        Processor's time of the main thread for all that the editor adds: panels, layout, upload of what is to be drawn.
    world, drawing
        Processor's time of the main thread for the world's own stages, and for its pictures.
    wall
        On the clock, with all waiting.
    """

    interface: float
    world: float
    drawing: float
    wall: float

    @property
    def busy(self) -> float:
        """Processor's time of the main thread for everything."""
        return self.interface + self.world + self.drawing


class _DrivenWindow(Window):
    """A window that also gets events that nobody's hand made."""

    waiting: list[InputEvent]

    def poll(self) -> list[InputEvent]:
        """The desktop's events, but for its pointer's, and then those that wait."""
        real = [event for event in super().poll() if not isinstance(event, (MouseMoveEvent, MouseButtonEvent))]
        waiting, self.waiting = self.waiting, []
        return [*real, *waiting]


@dataclass
class Stage:
    """An editor's window, played frame by frame."""

    size: tuple[int, int] = SIZE
    window: EditorWindow = field(init=False)
    pointer: tuple[float, float] = (0.0, 0.0)
    _outside: dict[str, float] = field(default_factory=lambda: {"world": 0.0, "drawing": 0.0})

    def __post_init__(self) -> None:
        self.screen = _DrivenWindow("Taixu", size=self.size, vsync=False)
        self.screen.waiting = []
        self.window = EditorWindow(self.screen)
        self._clock(self.window.host, "frame", "world")
        self._clock(self.window.renderer, "render", "drawing")

    def _clock(self, owner: Any, name: str, kind: str) -> None:
        """What a method takes is counted apart."""
        method: Callable[..., Any] = getattr(owner, name)

        def timed(*given: Any, **named: Any) -> Any:
            started = thread_time()
            try:
                return method(*given, **named)
            finally:
                self._outside[kind] += thread_time() - started

        setattr(owner, name, timed)

    def put(self, *events: InputEvent) -> None:
        """Events for the next frame."""
        self.screen.waiting.extend(events)

    def point(self, x: float, y: float) -> None:
        """Move the pointer, in window units."""
        before, self.pointer = self.pointer, (x, y)
        self.put(MouseMoveEvent(x, y, x - before[0], y - before[1]))

    def press(self, *, down: bool = True, button: str = "left") -> None:
        """A button of the mouse goes down or up."""
        self.put(MouseButtonEvent(button, down))

    def click(self, x: float, y: float) -> None:
        """Press and let go, a frame for each."""
        self.point(x, y)
        self.frame()
        self.press()
        self.frame()
        self.press(down=False)

    def frame(self) -> Frame:
        """One frame, timed."""
        self._outside = {"world": 0.0, "drawing": 0.0}
        started, clock = thread_time(), perf_counter()
        self.window.frame()
        spent, wall = thread_time() - started, perf_counter() - clock
        world, drawing = self._outside["world"], self._outside["drawing"]
        return Frame(1e3 * (spent - world - drawing), 1e3 * world, 1e3 * drawing, 1e3 * wall)

    def frames(self, count: int, before: Callable[[int], object] | None = None) -> list[Frame]:
        """Frames, with something done before each."""
        found = []
        for number in range(count):
            if before is not None:
                before(number)
            found.append(self.frame())
        return found

    def until(self, condition: Callable[[], bool], *, secs: float = 60.0) -> list[Frame]:
        """Frames until something is so.

        Raises
        ------
        MachineError
            When it is not so in time.
        """
        found: list[Frame] = []
        end = perf_counter() + secs
        while not condition():
            if perf_counter() > end:
                raise MachineError(f"the editor did not come so far within {secs:g} seconds")
            found.append(self.frame())
            self.window.pacing.follow()  # what is left for quiet moments is done in them
            sleep(max(0.0, _FRAME_SECS - found[-1].wall / 1e3))  # others work beside it, as on a real screen
        self.window.pacing.wake()
        self.window.pacing.rest_secs = 0.0
        return found

    def panel(self, name: str) -> Any:
        """A panel by its id."""
        return next(panel for panel in self.window.panels if panel.id == name)

    def middle_of(self, panel: str) -> tuple[float, float]:
        """The middle of a panel, in window units."""
        found = imgui.internal.find_window_by_name(f"###{panel}")
        return found.pos.x + found.size.x / 2, found.pos.y + found.size.y / 2

    def close(self) -> None:
        """End the window."""
        self.window.close()
