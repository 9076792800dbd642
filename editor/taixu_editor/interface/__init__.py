"""Dear ImGui on Taixu's own window and device."""

from __future__ import annotations

from taixu_editor.interface.fonts import Fonts, load_fonts
from taixu_editor.interface.gui import Gui, imgui_key
from taixu_editor.interface.icons import icon
from taixu_editor.interface.painter import Painter
from taixu_editor.interface.theme import THEMES, Theme, apply_theme

__all__ = ["THEMES", "Fonts", "Gui", "Painter", "Theme", "apply_theme", "icon", "imgui_key", "load_fonts"]
