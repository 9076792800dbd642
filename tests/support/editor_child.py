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
from pathlib import Path
from typing import Any

import imgui_bundle
from editor_flows import FLOWS, Flow, Hand
from imgui_bundle import imgui
from imgui_bundle.imgui import test_engine as te

from taixu.platform import Window
from taixu_editor.window import EditorWindow

_MOST_FRAMES = 4000


def main(out: Path, size: tuple[int, int], names: list[str]) -> None:
    """Play flows by name, and write what became of each after it."""
    for file in sorted((Path(__file__).parents[1] / "ui" / "flows").glob("*.py")):
        importlib.import_module(file.stem)
    home = Path(tempfile.mkdtemp(prefix="taixu-ui-"))
    os.environ["TAIXU_HOME"] = str(home)
    results: dict[str, Any] = {}
    try:
        for name in names:
            results[name] = {"error": "the editor did not outlive it", "pictures": {}}
            out.write_text(json.dumps(results))
            results[name] = play(FLOWS[name], size, out.parent)
            out.write_text(json.dumps(results))
    finally:
        shutil.rmtree(home, ignore_errors=True)


def play(flow: Flow, size: tuple[int, int], pictures: Path) -> dict[str, Any]:
    """Open a window, let a hand do the flow, close it."""
    window = EditorWindow(Window("Taixu", size=size, vsync=False))
    library = ctypes.CDLL(imgui_bundle._imgui_bundle.__file__)
    window.gui.new_frame = library._ZN5ImGui8NewFrameEv
    window.gui.lay_out = library._ZN5ImGui6RenderEv
    engine = te.create_context()
    io = te.get_io(engine)
    io.config_run_speed, io.config_no_throttle, io.config_capture_enabled = te.TestRunSpeed.fast, True, False
    io.config_verbose_level = te.TestVerboseLevel.error
    said: list[str] = []
    hand = Hand(window, pictures)

    def run(context: Any) -> None:
        hand.context = context
        try:
            flow.play(hand)
        except Exception:
            said.append(traceback.format_exc(limit=8))

    imgui.set_current_context(window.gui.context)
    te.start(engine, window.gui.context)
    test = te.register_test(engine, "flows", flow.name)
    test.test_func = run
    if flow.world:
        window.host.open(flow.world)
    for _ in range(3):
        window.frame()
    te.queue_test(engine, test)
    frames = 0
    while not te.is_test_queue_empty(engine) and frames < _MOST_FRAMES:
        window.frame()
        te.post_swap(engine)
        frames += 1
        hand.take_pictures()
    if frames == _MOST_FRAMES:
        said.append(f"it took more than {_MOST_FRAMES} frames")
    elif test.output.status != te.TestStatus.success and not said:
        said.append(f"the hand found not what it looked for: {test.output.log.get_text()[-1500:]}")
    te.stop(engine)
    window.close()
    te.destroy_context(engine)
    return {"error": "\n".join(said), "frames": frames, "pictures": hand.pictures}


if __name__ == "__main__":
    width, height = sys.argv[2].split("x")
    main(Path(sys.argv[1]), (int(width), int(height)), sys.argv[3:])
