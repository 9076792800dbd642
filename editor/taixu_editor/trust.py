"""Whose scripts may run: one's own, and those of people whom the user has said to trust."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.defaults.projects import is_trusted
from taixu.edit import Done
from taixu.script import ScriptHost

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Trust"]


class Trust:
    """Says so when the scripts of a project that somebody else made do not run, and lets them where the user wants it."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        window.host.trusts = self.knows
        window.host.operations.on_done.append(self._done)

    def knows(self, root: Path) -> bool:
        """Whether the scripts in a folder may run."""
        return is_trusted(root) or self._window.shell.settings.trusts(root)

    def is_own(self, root: Path) -> bool:
        """Whether a project is the user's, or trusted like one; what ships with Taixu is not."""
        return self.knows(root) and not is_trusted(root)

    def give(self, root: Path) -> None:
        """They may, from now on; those of a world that plays start at once."""
        self._window.shell.settings.trust(root)
        self._window.shell.settings_changed()
        session = self._window.host.session
        for entry in session.worlds if session.project.root == root else ():
            if entry.app.world.has_resource(ScriptHost):
                entry.app.world.resource(ScriptHost).trusted = True

    def _done(self, done: Done) -> None:
        session, t = self._window.host.session, self._window.t
        if done.operation != "play.start" or not session.worlds or not session.world.has_resource(ScriptHost):
            return
        root = session.project.root
        if session.world.resource(ScriptHost).refused:
            self._window.shell.toasts.say(
                t("Scripts do not run: somebody else made {name}. Run them if you trust who did.", name=root.name),
                "warning", action="Run scripts", act=partial(self.give, root),
            )  # fmt: skip
