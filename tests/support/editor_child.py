"""Plays flows in a real editor window: run by `editor_stage` as a process of its own, under a virtual screen.

Dear ImGui's test engine moves the mouse and presses keys from a second thread, while the window draws frame after frame.
`ImGui::NewFrame` and `ImGui::Render` are called through ctypes here, which lets the other thread have the interpreter; the
window's own calls would keep it, and both would wait forever.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from time import thread_time
from typing import Any

import imgui_bundle
from editor_flows import FLOWS, Flow, Hand
from imgui_bundle import imgui
from imgui_bundle.imgui import test_engine as te

from taixu.platform import Window
from taixu_editor.settings import Settings
from taixu_editor.window import EditorWindow

_MOST_FRAMES = 4000
_MOST_SECS = 600.0
"""On a busy machine a flow may take long; its frames are what is counted."""
_PAINT_EVERY = 10
"""Frames; most of a frame's time would be the window's own pixels, which nobody sees here but in pictures that are taken."""
_LONGEST_STEP_SECS = 0.05
"""However long a busy machine takes for a frame, clicks that follow one another at once are a double click."""


def main(out: Path, size: tuple[int, int], names: list[str]) -> None:
    """Play flows by name, and write what became of each after it; those of a file have a window and a home of their own."""
    for file in sorted((Path(__file__).parents[1] / "ui" / "flows").glob("*.py")):
        importlib.import_module(file.stem)
    results: dict[str, Any] = {}
    for file, group in groupby(names, key=lambda name: FLOWS[name].play.__module__):
        with at_home():
            stage = Stage(size, Path(tempfile.mkdtemp(prefix=f"{file}-", dir=out.parent)))
            for name in group:
                results[name] = {"error": "the editor did not outlive it", "pictures": {}}
                out.write_text(json.dumps(results))
                results[name] = stage.play(FLOWS[name])
                out.write_text(json.dumps(results))
            stage.close()


@contextmanager
def at_home() -> Iterator[None]:
    """A user who has done nothing before, and who is forgotten."""
    home = Path(tempfile.mkdtemp(prefix="taixu-ui-"))
    os.environ["TAIXU_HOME"], os.environ["TAIXU_CONFIG"] = str(home), str(home / "config")
    try:
        yield
    finally:
        shutil.rmtree(home, ignore_errors=True)


class Stage:
    """A window, and the engine that moves the mouse in it; flows follow one another."""

    def __init__(self, size: tuple[int, int], pictures: Path) -> None:
        self.pictures = pictures
        self.window = EditorWindow(Window("Taixu", size=size, vsync=False))
        self.drawn_secs, self.frames = 0.0, 0
        self.hand: Hand | None = None
        self.window.pacing.step = lambda secs: min(secs, _LONGEST_STEP_SECS)
        self.window.pacing.must_paint = self._must_paint
        self.window.gui.is_as_painted = self._has_no_news
        self._clock_drawing()
        library = ctypes.CDLL(imgui_bundle._imgui_bundle.__file__)
        self.window.gui.new_frame = library._ZN5ImGui8NewFrameEv
        self.window.gui.lay_out = library._ZN5ImGui6RenderEv
        imgui.set_current_context(self.window.gui.context)
        self.engine = te.create_context()
        io = te.get_io(self.engine)
        io.config_run_speed, io.config_no_throttle, io.config_capture_enabled = te.TestRunSpeed.fast, True, False
        io.config_verbose_level = te.TestVerboseLevel.error
        # A flow on a busy machine may last; past these the engine would quietly press no key any more.
        io.config_watchdog_warning = io.config_watchdog_kill_test = io.config_watchdog_kill_app = 1e6
        io.config_watchdog_warning = io.config_watchdog_kill_test = _MOST_SECS
        te.start(self.engine, self.window.gui.context)

    def play(self, flow: Flow) -> dict[str, Any]:
        """Begin anew, let a hand do the flow, say what became of it."""
        said: list[str] = []
        window = self.window
        hand = self.hand = Hand(window, self.pictures)

        def run(context: Any) -> None:
            hand.context = context
            try:
                flow.play(hand)
            except Exception:
                said.append(traceback.format_exc(limit=8))
                said.append(state_of(window))

        window.shell.agents.stop()
        if window.window.pixel_scale != flow.pixel_scale:
            window.window.pixel_scale = flow.pixel_scale
        window.host.close_project()
        window.reset_panels()
        window.shell.use_settings(Settings())
        window.shell.dialogs.clear()
        window.shell.toasts.clear()
        window.log.clear()
        if flow.world:
            window.host.open(flow.world)
        for _ in range(3):
            window.frame()
        test = te.register_test(self.engine, "flows", flow.name)
        test.test_func = run
        te.queue_test(self.engine, test)
        frames, longest = 0, 0.0
        while not te.is_test_queue_empty(self.engine) and frames < _MOST_FRAMES:
            longest = max(longest, self.frame())
            te.post_swap(self.engine)
            frames += 1
            hand.take_pictures()
        if frames == _MOST_FRAMES:
            said.append(f"it took more than {_MOST_FRAMES} frames")
        elif test.output.status != te.TestStatus.success and not said:
            said.append(f"the hand found not what it looked for: {test.output.log.get_text()[-1500:]}")
        return {"error": "\n".join(said), "frames": frames, "longest_ms": longest, "pictures": hand.pictures}

    def frame(self) -> float:
        """One frame; milliseconds of the processor without the world's pictures, which cost a software driver most."""
        self.drawn_secs, started = 0.0, thread_time()
        self.frames += 1
        self.window.frame()
        return (thread_time() - started - self.drawn_secs) * 1e3

    def _must_paint(self) -> bool:
        """In place of the window's own answer: all is laid out in every frame, and painted where it is looked at."""
        return self.frames % _PAINT_EVERY == 0 or (self.hand is not None and self.hand.wants_pictures)

    @staticmethod
    def _has_no_news() -> bool:
        """Whether there are no glyphs that Dear ImGui waits to see taken."""
        return all(texture.status == imgui.ImTextureStatus.ok for texture in imgui.get_platform_io().textures)

    def _clock_drawing(self) -> None:
        render = self.window.renderer.render

        def timed(*given: Any, **named: Any) -> Any:
            started = thread_time()
            try:
                return render(*given, **named)
            finally:
                self.drawn_secs += thread_time() - started

        self.window.renderer.render = timed

    def close(self) -> None:
        """End the window."""
        te.stop(self.engine)
        self.window.close()
        te.destroy_context(self.engine)


def state_of(window: Any) -> str:
    """What the window told its user last: for who reads why a flow failed."""
    shell = window.shell
    dialog = shell.dialogs.current
    toasts = [toast.text for toast in shell.toasts.shown]
    log = [line.text for line in list(window.log.lines)[-5:]]
    return f"dialog: {dialog and dialog.heading()}; toasts: {toasts}; log: {log}"


if __name__ == "__main__":
    width, height = sys.argv[2].split("x")
    main(Path(sys.argv[1]), (int(width), int(height)), sys.argv[3:])
