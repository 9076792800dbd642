"""The editor's panels with a world of 100,000 entities open: what they cost a frame, measured without a window."""

from __future__ import annotations

from statistics import median
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')

from imgui_bundle import imgui

from taixu.edit.ids import id_text
from taixu.scene import Material, Name, Parent, Shape, Transform
from taixu_editor.host import Host
from taixu_editor.interface.theme import DARK, apply_theme
from taixu_editor.panels.hierarchy import HierarchyPanel
from taixu_editor.panels.inspector import InspectorPanel
from taixu_editor.texts import Texts
from taixu_editor.widgets import DragDrop

pytestmark = pytest.mark.bench

COUNT = 100_000
FRAMES = 120


class Desk:
    """A context that lays out panels and draws them nowhere."""

    def __init__(self) -> None:
        self.context = imgui.create_context()
        io = imgui.get_io()
        io.backend_flags |= imgui.BackendFlags_.renderer_has_textures | imgui.BackendFlags_.renderer_has_vtx_offset
        io.set_ini_filename("")
        io.display_size, io.delta_time = imgui.ImVec2(700, 900), 1 / 60
        font = io.fonts.add_font_default()
        apply_theme(DARK)
        host = Host()
        host.session.new()
        self.window: Any = SimpleNamespace(
            host=host, t=Texts(), theme=DARK, fonts=SimpleNamespace(regular=font, bold=font, mono=font), drag_drop=DragDrop(),
            panels=[], shell=None, do=lambda name, merge=None, **more: host.operations.do(host.session, name, more, merge=merge),
        )  # fmt: skip
        world = host.session.world
        names = np.array([f"Crate {number}" for number in range(COUNT)], object)
        self.handles = world.spawn_batch(COUNT, {Transform: {}, Name: {"text": names}, Shape: {}, Material: {}})
        world.spawn_batch(1000, {Transform: {}, Name: {"text": "Lid"}, Parent: {"entity": self.handles[:1000]}})

    def frame(self, panel: Any, *, scroll: float = -1.0) -> float:
        """Seconds that a panel takes in one frame."""
        imgui.set_current_context(self.context)
        imgui.new_frame()
        imgui.set_next_window_pos((0, 0))
        imgui.set_next_window_size((330, 900))
        imgui.begin(panel.id)
        started = perf_counter()
        panel.draw()
        spent = perf_counter() - started
        imgui.end()
        imgui.render()
        for texture in imgui.get_platform_io().textures:
            texture.set_status(imgui.ImTextureStatus.ok)
            texture.set_tex_id(1)
        return spent


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


def test_the_hierarchy_of_a_hundred_thousand(desk: Desk, record_property: Any) -> None:
    panel = HierarchyPanel(desk.window)
    for _ in range(3):
        desk.frame(panel)
    spent = [desk.frame(panel) for _ in range(FRAMES)]
    record_property("hierarchy_ms", 1e3 * median(spent))
    print(f"hierarchy: {1e3 * median(spent):.2f} ms a frame")
    assert median(spent) < 0.002


def test_the_inspector_of_one_and_of_thousands(desk: Desk, record_property: Any) -> None:
    panel = InspectorPanel(desk.window)
    session = desk.window.host.session
    for count in (1, 2000):
        session.select([id_text(number) for number in session.world.stable_ids(desk.handles[:count]).tolist()])
        for _ in range(3):
            desk.frame(panel)
        spent = [desk.frame(panel) for _ in range(FRAMES)]
        record_property(f"inspector_{count}_ms", 1e3 * median(spent))
        print(f"inspector of {count}: {1e3 * median(spent):.2f} ms a frame")
        assert median(spent) < 0.002, count
