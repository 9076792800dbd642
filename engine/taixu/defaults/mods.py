"""Mods of the world that is open: those of its project, and scripts that run as mods, loaded when it first runs."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.errors import TaixuError
from taixu.script import ScriptHost

if TYPE_CHECKING:
    from taixu.app import App
    from taixu.mods.box import Box
    from taixu.mods.host import ModHost
    from taixu.mods.playing import ModsPlugin

__all__ = ["Mods"]

_log = logging.getLogger(__name__)


class Mods:
    """The mods of an app's world. Nothing is started, or imported, before there is one that is to run.

    Parameters
    ----------
    app
        Whose world.
    wait
        Whether steps wait for what mods answer, so that runs repeat exactly; set it to False where somebody plays.
    watch
        Whether those in work are reloaded when they are saved.

    Attributes
    ----------
    box
        Somebody else's place for them to run in, to be set before the first is loaded; by default the app has its own.
    folder
        Where the project has them; None where it has none.
    holds
        Whether nothing is loaded for now: somebody's box does not stand yet.
    """

    def __init__(self, app: App, *, wait: bool = True, watch: bool = False) -> None:
        self._app, self.wait, self._watch = app, wait, watch
        self.box: Box | None = None
        self.folder: Path | None = None
        self.holds = False
        self._plugin: ModsPlugin | None = None
        self._waits = False

    @property
    def plugin(self) -> ModsPlugin | None:
        """What runs them; None before the first is loaded."""
        return self._plugin

    @property
    def host(self) -> ModHost | None:
        """Those that are loaded; None before the first is."""
        if self._plugin is None:
            return None
        from taixu.mods.host import ModHost

        return self._app.resource(ModHost)

    @property
    def refused(self) -> dict[str, str]:
        """Why some do not run, by id."""
        found = None if self._plugin is None else self._plugin.folder_mods
        return {} if found is None else dict(found.refused)

    @property
    def badge(self) -> str:
        """What the wall of the operating system lacks on this machine; empty where it is whole, or nothing is loaded."""
        return "" if self._plugin is None else self._plugin.badge

    def follow(self, folder: Path | None) -> None:
        """The mods of another project, from the next frame on; those of the one before end."""
        if self._plugin is not None and self._plugin.folder_mods is not None:
            self._plugin.folder_mods.clear()
            self._plugin.folder_mods = None
        self.folder, self._waits = folder, folder is not None

    def start(self) -> dict[str, str]:
        """Load them now, rather than with the next frame.

        Returns
        -------
        dict
            Why some do not run, by id; columns with two writers stand under ``""``.
        """
        self._waits = False
        if self.folder is None or not self.folder.is_dir():
            return {}
        from taixu.mods.playing import has_mods

        if not has_mods(self.folder):
            return {}
        try:
            return self._made().load_folder(self._app.world, self.folder)
        except TaixuError as error:
            return {"": str(error)}

    def before_frame(self) -> None:
        """Load what waits to be loaded, and say what cannot run."""
        if self.holds:
            return
        if self._waits:
            for id, why in self.start().items():
                _log.warning("mod %s does not run: %s" if id else "mods%s: %s", id, why)
        elif self._plugin is None and self._app.world.has_resource(ScriptHost) and self._app.resource(ScriptHost).boxed:
            self._made()

    def restart(self, name: str) -> None:
        """Start a mod anew, from nothing.

        Raises
        ------
        TaixuError
            When none of that name is loaded, or it cannot be.
        """
        if self._plugin is None:
            raise TaixuError(f"there is no mod {name} that could start again")
        self._plugin.restart(name)

    def _made(self) -> ModsPlugin:
        if self._plugin is None:
            from taixu.mods.playing import ModsPlugin

            self._plugin = ModsPlugin(wait=self.wait, watch=self._watch, box=self.box)
            self._app.add_plugin(self._plugin)
        return self._plugin
