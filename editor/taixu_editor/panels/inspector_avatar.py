"""Below the model of an avatar that was made here: a button that opens it in the studio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu_editor.avatars.origin import AvatarFiles
from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu_editor.panels.inspector import InspectorPanel

__all__ = ["AvatarLink"]


class AvatarLink:
    """The button."""

    def __init__(self, panel: InspectorPanel) -> None:
        self._panel = panel
        self._files = AvatarFiles()

    def draw(self) -> None:
        """Of the active entity."""
        panel = self._panel
        if not self._files.is_made(panel.host.session, panel.sheet.entities[-1]):
            return
        said = icon("rename", panel.t("Edit in the avatar studio"))
        if imgui.button(f"{said}###edit avatar", (imgui.get_content_region_avail().x, 0)):
            panel.window.shell.do_later("editor.avatar")
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        panel.places["edit avatar"] = ((low.x + high.x) / 2, (low.y + high.y) / 2)
