"""The renderer in a window's context that others draw into as well, on a virtual screen in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
from taixu.platform import Window
window = Window("A test", size=(160, 120), vsync=False)
window.make_current()
import pyglet
from render_world import SmallWorld
from taixu.gpu import attach_device
from taixu.render import Renderer, View, ViewCamera
device = attach_device(window.make_current)
scene = SmallWorld()
scene.spawn(1, scene.mesh(), tint=0xFF0000FF)
scene.propagate()
renderer = Renderer(device)
view = View(ViewCamera.looking((0, 0, 3), (0, 0, 0)), (160, 120), quality=sys.argv[2], settings={"background": (0, 0, 1, 1)})
target = device.window_targets(window.framebuffer_size)
label = pyglet.text.Label("XXXXXXXX", font_size=40, x=0, y=40, color=(255, 255, 255, 255))
shape = pyglet.shapes.Rectangle(0, 0, 20, 20, color=(0, 255, 0))
seen = []
for frame in range(3):
    renderer.render(scene.world, [view])
    renderer.present(view, target)
    shape.draw()
    label.draw()
    pixels = device.read_pixels(target, 0, (0, 0, 160, 120))
    places = pixels[60, 80], pixels[10, 10], pixels[110, 150], renderer.read(view)[60, 80]
    seen.append([place.tolist() for place in places])
    window._window.flip()
print(json.dumps(seen))
"""


@pytest.mark.parametrize("quality", ["fast", "full"])
def test_a_window_shows_the_view_and_what_others_draw(quality: str) -> None:
    if shutil.which("xvfb-run") is None:
        pytest.skip("no virtual screen: xvfb-run is not installed")
    support = Path(__file__).resolve().parents[2] / "support"
    done = subprocess.run(
        ["xvfb-run", "-a", sys.executable, "-c", SCRIPT, str(support), quality],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "LIBGL_ALWAYS_SOFTWARE": "1"},
    )
    assert done.returncode == 0, done.stderr
    frames = json.loads(done.stdout.splitlines()[-1])
    for middle, corner, edge, read in frames:
        assert read[0] > 100
        assert max(read[1:3]) < read[0] / 3
        assert edge == [0, 0, 255, 255]
        assert corner == [0, 255, 0, 255]
        assert middle != edge
    assert frames[0] == frames[2]
