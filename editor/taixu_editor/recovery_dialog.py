"""The offer to bring back what a crash left."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.folders import recovery_folder
from taixu_editor.interface import icon
from taixu_editor.recovery import Lost, find_lost, forget_lost, restore_lost

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["RecoveryDialog", "offer_lost"]


def offer_lost(window: EditorWindow) -> None:
    """Ask about unsaved work of editors that live no more, where there is any."""
    lost = find_lost(recovery_folder())
    if lost:
        window.shell.dialogs.open(RecoveryDialog(window, lost))


class RecoveryDialog(Dialog):
    """A list with times; one is restored, or all are thrown away."""

    title: ClassVar[str] = "Unsaved work was found"
    width: ClassVar[float] = 40.0

    def __init__(self, window: EditorWindow, lost: list[Lost]) -> None:
        super().__init__(window)
        self._lost = lost
        self._chosen = 0

    def draw(self) -> None:
        """What was found, and what to do with it."""
        theme, t, unit = self.window.theme, self.t, imgui.get_font_size()
        imgui.text_wrapped(t("The editor ended without saving. Restoring opens the copy; your file stays as it is until you save."))
        imgui.dummy((0, unit * 0.3))
        for i, lost in enumerate(self._lost[:12]):
            name = lost.path.name if lost.path is not None else t("New world")
            at, draw = imgui.get_cursor_screen_pos(), imgui.get_window_draw_list()
            if imgui.selectable(f"###lost {i}", i == self._chosen, 0, (0, unit * 3))[0]:
                self._chosen = i
            draw.add_text((at.x + unit * 0.6, at.y + unit * 0.3), theme.pack("text"), f"{icon('world')}   {name}")
            draw.add_text((at.x + unit * 2.3, at.y + unit * 1.6), theme.pack("faint"), self._times(lost))
        imgui.dummy((0, unit * 0.2))
        chosen = self._lost[self._chosen]
        self.buttons([
            Choice("Restore", partial(self._restore, chosen)), Choice("Later", self.cancel),
            Choice("Throw away", partial(self._forget, chosen)),
        ])  # fmt: skip

    def _times(self, lost: Lost) -> str:
        kept = f"{datetime.fromtimestamp(lost.kept_at):%Y-%m-%d %H:%M}"
        try:
            saved = f"{datetime.fromtimestamp(lost.path.stat().st_mtime):%Y-%m-%d %H:%M}" if lost.path is not None else ""
        except OSError:
            saved = ""
        text = self.t("kept {time}", time=kept)
        return text + ", " + (self.t("saved {time}", time=saved) if saved else self.t("never saved"))

    def _restore(self, lost: Lost) -> None:
        def act() -> None:
            restore_lost(self.window.host, lost)
            self.window.shell.opened()
            self.window.shell.toasts.say(self.t("Restored; save to keep it"), "success")
            self.window.shell.keeper.adopt(lost)

        self.close()
        self.window.shell.later(act)

    def _forget(self, lost: Lost) -> None:
        forget_lost(lost)
        self._lost.remove(lost)
        self._chosen = 0
        if not self._lost:
            self.close()
