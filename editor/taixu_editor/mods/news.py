"""What there is to tell of mods while one plays: which wait for an agreement, and which run anew since they were saved."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from taixu.edit import Done

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["ModNews"]


class ModNews:
    """Says so in a window, in one line each."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        window.host.operations.on_done.append(self._done)

    def frame(self) -> None:
        """Say which mods were saved and run anew."""
        for name in self._window.host.mods.take_reloaded():
            self._window.shell.toasts.say(self._window.t("{path} runs anew", path=name.partition("@")[0]), "success")

    def show(self, id: str = "") -> None:
        """The panel, with one mod chosen."""
        for panel in self._window.panels:
            if panel.id == "mods":
                panel.chosen = id or panel.chosen  # type: ignore[attr-defined]
        self._window.shell.later(partial(self._window.shell.show_panel, "mods"))

    def _done(self, done: Done) -> None:
        if done.operation != "play.start":
            return
        desk, t = self._window.host.mods, self._window.t
        waiting = [entry for entry in desk.listing.entries if entry.needs_consent and entry.is_on(desk.settings)]
        if not waiting:
            return
        said = t("1 mod does not run: it was not agreed to on this machine.")
        if len(waiting) > 1:
            said = t("{count} mods do not run: they were not agreed to on this machine.", count=len(waiting))
        self._window.shell.toasts.say(said, "warning", action="Look...", act=self.show)
