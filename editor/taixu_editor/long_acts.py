"""Acts that take longer than a blink say so before they begin: a plate with their name is painted, and then they are done.

Nearly everything is done within a frame. What opens, copies or brings back a hundred thousand things is not, and a window that
stands still without a word looks broken.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["LongActs", "expected_secs"]

_SAID_SECS = 0.15
_PER_ENTITY_SECS = {"play.start": 2.5e-6, "play.stop": 1.5e-6}
_PER_SELECTED_SECS = {
    "entity.copy": 2e-4, "entity.cut": 2e-4, "entity.delete": 2e-6, "entity.drop": 1e-4, "entity.duplicate": 6e-6,
    "entity.group": 2e-6, "entity.ungroup": 3e-6, "prefab.make": 1e-4,
}  # fmt: skip
"""Measured on one core of a server."""
_PER_BYTE_SECS = 7e-8


def expected_secs(window: EditorWindow, operation: str) -> float:
    """About how long an operation without parameters takes now."""
    session = window.host.session
    if not session.worlds:
        return 0.0
    history = session.history
    if operation == "history.undo":
        return history.undo_secs
    if operation == "history.redo":
        return history.redo_secs
    count = len(session.world) if operation in _PER_ENTITY_SECS else len(session.current.selection)
    return count * (_PER_ENTITY_SECS | _PER_SELECTED_SECS).get(operation, 0.0)


class LongActs:
    """What is said while one is done."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self.says = ""
        """What the present frame's plate says, in the user's language; empty for none."""

    def of_operation(self, operation: str) -> str:
        """What to say of an operation: its title where it will take long."""
        if expected_secs(self._window, operation) < _SAID_SECS:
            return ""
        return self._window.t(self._window.host.operations.find(operation).title)

    def of_opening(self, path: Path) -> str:
        """What to say of a project or world that is opened."""
        folder = path if path.is_dir() else path.parent
        try:
            files = folder.glob("worlds/*.columns") if path.is_dir() else folder.glob(f"{path.name.split('.')[0]}.*")
            size = sum(file.stat().st_size for file in files)
        except OSError:
            return ""
        name = path.name.removesuffix(".json").removesuffix(".world")
        return self._window.t("Opening {name}", name=name) if size * _PER_BYTE_SECS > _SAID_SECS else ""

    def draw(self) -> None:
        """Lay the plate over everything."""
        if not self.says:
            return
        theme, unit, area = self._window.theme, imgui.get_font_size(), imgui.get_main_viewport()
        text = f"{icon('history')}   {self.says} …"
        size = imgui.calc_text_size(text)
        wide, tall = size.x + unit * 3, size.y + unit * 2
        x, y = area.pos.x + (area.size.x - wide) / 2, area.pos.y + (area.size.y - tall) / 2
        draw = imgui.get_foreground_draw_list()
        draw.add_rect_filled(area.pos, (area.pos.x + area.size.x, area.pos.y + area.size.y), theme.pack("ground", 0.45))
        draw.add_rect_filled((x, y), (x + wide, y + tall), theme.pack("raised"), unit * 0.4)
        draw.add_rect((x, y), (x + wide, y + tall), theme.pack("border"), unit * 0.4)
        draw.add_text((x + unit * 1.5, y + unit), theme.pack("text"), text)
