"""A real window on a virtual screen, in a process of its own (a process connects to one screen for life)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from taixu.errors import MachineError

_SCRIPT = """
import json
from taixu.platform import Input, Window, WindowPlatform
window = Window("A test", size=(320, 200), vsync=False)
from pyglet.window import key, mouse
platform = WindowPlatform(window)
source = Input()
platform.poll(0)
raw = window._window  # what the desktop would call
raw.dispatch_event("on_key_press", key.LSHIFT, 0)
raw.dispatch_event("on_key_press", key._7, 0)
raw.dispatch_event("on_key_release", key._7, 0)
raw.dispatch_event("on_text", "7\\r\\x1b")
raw.dispatch_event("on_mouse_motion", 10, 150, 3, 4)
raw.dispatch_event("on_mouse_press", 10, 150, mouse.RIGHT, 0)
raw.dispatch_event("on_mouse_scroll", 10, 150, 0, 1)
raw.dispatch_event("on_file_drop", 0, 200, ["a b.glb"])
raw.dispatch_event("on_close")
raw.dispatch_event("on_key_press", key.ESCAPE, 0)
for event in platform.poll(0):
    source.feed(event)
import moderngl
window.make_current()
context = moderngl.create_context(require=430)
context.screen.use()
context.clear(1.0, 0.0, 0.0)
pixel = list(context.screen.read((0, 0, 1, 1)))
version = context.version_code
platform.present()
window.title = "Renamed"
window.cursor_captured = True
from threading import Timer
from time import monotonic
from taixu.platform.backend import pump, wake_pump
began = monotonic()
while monotonic() - began < 10:  # what the desktop has to say comes first
    rests = monotonic()
    pump(0.2)
    if monotonic() - rests > 0.15:
        break
Timer(0.2, wake_pump).start()
rests = monotonic()
pump(20.0)
result = {
    "rested_secs": monotonic() - rests,
    "size": window.size, "framebuffer": window.framebuffer_size, "scale": window.pixel_scale,
    "title": window.title,
    "held": sorted(source.held), "pressed": sorted(source.frame.pressed), "text": source.frame.text,
    "pointer": source.pointer, "delta": source.frame.pointer_delta, "wheel": source.frame.wheel,
    "drops": source.frame.dropped_paths, "close": source.close_requested, "open": window.is_open,
    "pixel": pixel, "version": version, "captured": window.cursor_captured,
}
platform.close()
platform.close()
result["open_after"] = window.is_open
print(json.dumps(result))
"""


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    xvfb = shutil.which("Xvfb")
    if xvfb is None:
        pytest.skip("Xvfb is not installed")
    read_end, write_end = os.pipe()
    command = [xvfb, "-displayfd", str(write_end), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        number = pipe.readline().strip()  # the digits and the end of the line come apart
    if not number:
        process.wait()
        pytest.skip("Xvfb does not start on this machine")
    yield f":{number}"
    process.terminate()
    process.wait()


def test_a_window_opens_draws_and_reports(display: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        text=True,
        timeout=120,
    )
    if "MachineError" in done.stderr and "4.3" in done.stderr:
        pytest.skip("the virtual screen has no OpenGL 4.3")
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout.splitlines()[-1])
    assert got["size"] == [320, 200]
    assert got["framebuffer"] == [320, 200]
    assert got["scale"] == 1.0
    assert got["version"] >= 430
    assert got["pixel"] == [255, 0, 0]
    assert got["held"] == ["key:escape", "key:left_shift", "mouse:right"]
    assert "key:7" in got["pressed"]
    assert got["text"] == "7\n"
    assert got["pointer"] == [10.0, 50.0]
    assert got["delta"] == [3.0, -4.0]
    assert got["wheel"] == [0.0, 1.0]
    assert got["drops"] == ["a b.glb"]
    assert got["title"] == "Renamed"
    assert 0.1 < got["rested_secs"] < 10.0
    assert got["captured"]
    assert got["close"]
    assert got["open"], "closing is up to the program, Escape too"
    assert not got["open_after"]


def test_no_screen_is_one_sentence() -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux runs without a screen server")
    script = """
from taixu.platform import Window
try:
    Window()
except Exception as error:
    print(type(error).__name__, error)
"""
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=120)
    assert done.stdout.startswith(MachineError.__name__), done.stderr
    assert "--headless" in done.stdout
    assert len(done.stdout.splitlines()) == 1
