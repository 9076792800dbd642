"""What the interface does in a frame does not grow with the world: Python calls are counted, so no other load changes them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from call_count import count_calls

pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')

from imgui_bundle import imgui

from taixu.edit.ids import id_texts
from taixu.scene import Shape
from taixu_editor.bench.worlds import add_boxes
from taixu_editor.host import Host
from taixu_editor.interface.theme import DARK, apply_theme
from taixu_editor.panels.hierarchy import HierarchyPanel
from taixu_editor.panels.inspector import InspectorPanel
from taixu_editor.texts import Texts
from taixu_editor.view.grabbed import Grabbed
from taixu_editor.view.outline import Outlined
from taixu_editor.widgets import DragDrop

FEW, MANY = 1_000, 20_000
SLACK = 120
"""Calls that depend on where things lie: three rows more or less are in sight."""


class Desk:
    """Panels of a world, laid out and drawn nowhere."""

    def __init__(self, count: int) -> None:
        self.context = imgui.create_context()
        imgui.set_current_context(self.context)
        io = imgui.get_io()
        io.backend_flags |= imgui.BackendFlags_.renderer_has_textures | imgui.BackendFlags_.renderer_has_vtx_offset
        io.set_ini_filename("")
        io.display_size, io.delta_time = imgui.ImVec2(700, 900), 1 / 60
        font = io.fonts.add_font_default()
        apply_theme(DARK)
        self.host = Host()
        self.host.session.new()
        for _ in range(count // 50):  # all alike: what is in sight is the same in both
            add_boxes(self.host.session.world, 50)
        self.host.frame(1 / 60)
        fonts = SimpleNamespace(regular=font, bold=font, mono=font)
        animating = SimpleNamespace(is_shown=False, is_recording=False)
        self.window: Any = SimpleNamespace(
            host=self.host, t=Texts(), theme=DARK, fonts=fonts, panels=[], shell=None, animating=animating, drag_drop=DragDrop(),
        )  # fmt: skip
        self.outlined, self.grabbed = Outlined(), Grabbed()
        self.panels = {"hierarchy": HierarchyPanel(self.window), "inspector": InspectorPanel(self.window)}

    def lay_out(self, name: str) -> None:
        """A frame with one panel."""
        imgui.set_current_context(self.context)
        imgui.new_frame()
        imgui.set_next_window_pos((0, 0))
        imgui.set_next_window_size((330, 900))
        imgui.begin(name)
        self.panels[name].draw()
        imgui.end()
        imgui.render()
        for texture in imgui.get_platform_io().textures:
            texture.set_status(imgui.ImTextureStatus.ok)
            texture.set_tex_id(1)

    def follow_selection(self) -> None:
        """What the view does of it in each frame."""
        session = self.host.session
        self.outlined.choose(session.current.selected)
        self.grabbed.update(session.world, self.outlined.handles)
        if self.grabbed.entities:
            self.grabbed.middle(session.world)

    def select(self, count: int) -> None:
        world = self.host.session.world
        tables = [table.entities for table in world.query(Shape).tables() if not table.made]
        self.host.session.select(id_texts(world.stable_ids(np.concatenate(tables)[:count])))

    def calls(self, work: Callable[[], object]) -> int:
        for _ in range(4):
            work()
        return count_calls(work)


@pytest.fixture(scope="module")
def desks() -> tuple[Desk, Desk]:
    return Desk(FEW), Desk(MANY)


@pytest.mark.parametrize("panel", ["hierarchy", "inspector"])
@pytest.mark.parametrize("chosen", [0, 1, 500])
def test_a_panel_of_many_costs_what_it_costs_of_few(desks: tuple[Desk, Desk], panel: str, chosen: int) -> None:
    counts = []
    for desk in desks:
        desk.select(chosen)
        counts.append(desk.calls(lambda desk=desk: desk.lay_out(panel)))
    assert abs(counts[1] - counts[0]) <= SLACK, counts


@pytest.mark.parametrize("panel", ["hierarchy", "inspector"])
def test_a_panel_costs_the_same_however_many_are_selected(desks: tuple[Desk, Desk], panel: str) -> None:
    desk = desks[1]
    counts = []
    for chosen in (500, MANY):
        desk.select(chosen)
        counts.append(desk.calls(lambda: desk.lay_out(panel)))
    assert abs(counts[1] - counts[0]) <= SLACK, counts


def test_a_search_that_stands_is_not_made_again(desks: tuple[Desk, Desk]) -> None:
    counts = []
    for desk in desks:
        desk.panels["hierarchy"].rows.search = "crate 9"
        counts.append(desk.calls(lambda desk=desk: desk.lay_out("hierarchy")))
        desk.panels["hierarchy"].rows.search = ""
    assert abs(counts[1] - counts[0]) <= SLACK, counts


def test_views_ask_nobody_again_who_is_selected(desks: tuple[Desk, Desk]) -> None:
    desk = desks[1]
    counts = []
    for chosen in (1, MANY):
        desk.select(chosen)
        counts.append(desk.calls(desk.follow_selection))
    assert counts[1] <= counts[0] + 2, counts


def test_what_is_grabbed_follows_locks_and_places(desks: tuple[Desk, Desk]) -> None:
    desk = desks[0]
    desk.select(3)
    desk.follow_selection()
    chosen = desk.host.session.current.selection
    assert len(desk.grabbed.entities) == 3
    middle = desk.grabbed.middle(desk.host.session.world).copy()
    desk.host.do("transform.set", transforms={chosen[0]: {"position": [-30.0, 0.0, 0.0]}})
    desk.host.frame(1 / 60)
    desk.follow_selection()
    assert desk.grabbed.middle(desk.host.session.world)[0] < middle[0] - 10
    desk.host.do("entity.lock", entities=[chosen[0]])
    desk.follow_selection()
    assert len(desk.grabbed.entities) == 2
    desk.host.do("history.undo")
    desk.host.do("history.undo")
    desk.host.frame(1 / 60)
    desk.follow_selection()
    assert len(desk.grabbed.entities) == 3
    assert np.allclose(desk.grabbed.middle(desk.host.session.world), middle)
