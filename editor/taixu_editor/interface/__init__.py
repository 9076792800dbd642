"""Dear ImGui on Taixu's own window and device."""

from __future__ import annotations

from taixu_editor.interface.gui import Gui, imgui_key
from taixu_editor.interface.painter import Painter

__all__ = ["Gui", "Painter", "imgui_key"]
