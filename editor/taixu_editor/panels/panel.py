"""What a panel is to the window."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Panel"]


class Panel:
    """A part of the window that can be docked, closed and opened again.

    Attributes
    ----------
    id
        Names it in layouts.
    title
        English; shown in the user's language.
    dock
        Where it stands in the default layout: "left", "center", "right" or "bottom".
    """

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    dock: ClassVar[str] = "center"
    has_padding: ClassVar[bool] = True
    is_open_at_first: ClassVar[bool] = True
    own_keys: ClassVar[frozenset[str]] = frozenset()
    """Shortcuts that it answers itself while it has the keyboard, whatever they do elsewhere."""

    def __init__(self, window: EditorWindow) -> None:
        self.window = window
        self.host = window.host
        self.t = window.t
        self.is_open = self.is_open_at_first
        self.keyboard_frame = -1
        """The latest of Dear ImGui's frames in which it had the keyboard, for panels with keys of their own."""

    @property
    def window_name(self) -> str:
        """What Dear ImGui knows it by, whatever the language."""
        return f"###{self.id}"

    def hide(self) -> None:
        """It is not seen in this frame."""

    @property
    def unsaved(self) -> list[str]:
        """What of its own it would lose, by path."""
        return []

    def save_all(self) -> None:
        """Write what is unsaved."""

    @abstractmethod
    def draw(self) -> None:
        """Lay out this frame's contents, between ``begin`` and ``end`` of the panel's window."""

    def release(self) -> None:
        """Give back what is on the device."""
