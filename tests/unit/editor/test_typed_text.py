"""What an input method commits arrives in fields whole: Chinese, several characters at once, also beyond the basic plane."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')

from imgui_bundle import imgui

from taixu.platform.events import TextEvent
from taixu_editor.interface import Gui


@pytest.fixture
def gui() -> Iterator[Gui]:
    context = imgui.create_context()
    imgui.set_current_context(context)  # another test's may be the current one
    io = imgui.get_io()
    io.set_ini_filename("")
    io.backend_flags |= imgui.BackendFlags_.renderer_has_textures
    io.display_size = imgui.ImVec2(400, 300)
    made = object.__new__(Gui)  # without a device: nothing is painted
    made.context, made._held = context, set()
    yield made
    imgui.destroy_context(context)


@pytest.mark.parametrize("committed", ["木箱", "红色的箱子，第二个", "𠮷野家", "こんにちは", "상자"])
def test_committed_text_is_in_the_field(gui: Gui, committed: str) -> None:
    text = ""
    for frame in range(4):
        if frame == 2:
            gui.feed([TextEvent(committed)])
        imgui.new_frame()
        imgui.begin("window")
        if frame == 0:
            imgui.set_keyboard_focus_here()
        _, text = imgui.input_text("name", text)
        imgui.end()
        imgui.render()
    assert text == committed
