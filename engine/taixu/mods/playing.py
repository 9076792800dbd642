"""Mods of a folder in an app: a box that is started when the first of them is loaded, the host, and what became of each."""

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from taixu.app import App, GameServices, Stage
from taixu.ecs import World
from taixu.errors import MachineError, TaixuError
from taixu.mods.box.limits import Limits
from taixu.mods.boxed import Boxed
from taixu.mods.folder_mods import FolderMods
from taixu.mods.granting import load_all
from taixu.mods.host import ModHost
from taixu.mods.net import NetBroker
from taixu.mods.packages.files import MANIFEST
from taixu.mods.packages.lock import LOCK_FILE
from taixu.mods.packages.project_mods import Loadable
from taixu.mods.plugin import ModPlugin
from taixu.mods.script_mods import ScriptMods
from taixu.script import ScriptMessage

if TYPE_CHECKING:
    from taixu.mods.box import Box

__all__ = ["ModsPlugin", "has_mods", "missing_box"]

_START_SECS = 300.0
_LOOK_SECS = 0.25
_MOST_TOLD = 32


def has_mods(folder: Path) -> bool:
    """Whether a folder of mods holds any, installed or in work."""
    return (folder / LOCK_FILE).is_file() or any(folder.glob(f"*/{MANIFEST}"))


def missing_box() -> str:
    """Why mods cannot run on this machine, whatever they are; empty where they can."""
    if importlib.util.find_spec("wasmtime") is None:
        return "mods run in WebAssembly, and wasmtime is not installed: pip install 'taixu[mods]'"
    return ""


def _settings(world: World) -> dict[str, object]:
    from taixu.edit.settings import WorldSettings

    return world.resource(WorldSettings).section("mods") if world.has_resource(WorldSettings) else {}


class ModsPlugin:
    """Runs mods in a box.

    Parameters
    ----------
    wait
        Whether steps wait for answers, so that runs repeat exactly; false where somebody plays.
    watch
        Whether mods in work, and scripts that run as mods, are reloaded when they are saved.
    box
        Where they run, if it is somebody else's, who starts and stops it; by default one that ends with the app.

    Attributes
    ----------
    folder_mods
        The mods of a folder, once `load_folder` was called.
    script_mods
        Scripts of the project that run as mods.
    """

    def __init__(self, *, wait: bool = True, watch: bool = False, box: Box | None = None) -> None:
        self._wait, self._watch = wait, watch
        self._box, self._is_own = box, box is None
        self._looked = 0.0
        self._net = NetBroker(self._why_no_net)
        self._has_told = False
        self.folder_mods: FolderMods | None = None
        self.script_mods: ScriptMods | None = None
        self.reloaded: list[str] = []
        """Mods that were saved and run anew, by name; whoever tells of them empties it."""

    @property
    def badge(self) -> str:
        """What the operating system's part of the box lacks here; empty where it is whole, or not started."""
        return "" if self._box is None else self._box.badge

    @property
    def box(self) -> Box | None:
        """Where they run; None before the first is loaded."""
        return self._box

    def build(self, app: App) -> None:
        """Add the host and the systems that follow what is to run."""
        app.on_close(self._stop)
        ModPlugin(self._open, wait=self._wait).build(app)
        self.script_mods = ScriptMods(app.world, app.resource(ModHost))
        app.add_system(Stage.APPLY, self._tend, name="tend_mods", before=("begin_mods",))
        app.resource(GameServices).provide("request", self._request)
        app.add_system(Stage.INPUT, self._net.tend, name="tend_net", before=("poll_input",))
        app.on_close(self._net.close)

    def load_folder(self, world: World, folder: Path) -> dict[str, str]:
        """Load what may run of a folder, as the world's settings say, in load order; those of a folder before end.

        Returns
        -------
        dict
            Why the others do not run, by id.

        Raises
        ------
        TaixuError
            When the folder cannot be read.
        """
        if self.folder_mods is not None:
            self.folder_mods.clear()
        self.folder_mods = FolderMods(world.resource(ModHost), folder)
        try:
            if has_mods(folder):
                self._start()
        except MachineError as error:
            self.folder_mods.refused = {id: str(error) for id in self.folder_mods.names()}
            return dict(self.folder_mods.refused)
        return dict(self.folder_mods.follow(_settings(world)))

    def restart(self, name: str) -> None:
        """Start a mod anew, from nothing.

        Raises
        ------
        TaixuError
            When none of that name runs, or it cannot be loaded.
        """
        if self.script_mods is not None and self.script_mods.restart(name):
            return
        if self.folder_mods is None:
            raise TaixuError(f"there is no mod {name} that could start again")
        self.folder_mods.restart(name)

    def load(self, world: World, mods: tuple[Loadable, ...]) -> dict[str, str]:
        """Load mods in this order; why some were not, by id: all of them, where this machine has no box."""
        try:
            if mods:
                self._start()
        except MachineError as error:
            return {mod.package.manifest.id: str(error) for mod in mods}
        return load_all(world.resource(ModHost), mods)

    def _why_no_net(self) -> str:
        return f"nothing is asked of servers on this machine: {self.badge}" if self.badge else ""

    def _request(self, world: World, owner: int | str, hosts: Collection[str] | None, **facts: str) -> None:
        if not self._wait:
            self._net.ask(world, owner, hosts, **facts)
        elif not self._has_told:  # of answers a run that repeats has those that were recorded
            self._has_told = True
            log = world.resource(ModHost).log
            log.add(ScriptMessage("warning", "servers are asked where somebody plays; in this run only recorded answers come"))

    def _start(self) -> Box:
        from taixu.mods.box import Box

        if self._box is None:
            box = Box()
            box.start(timeout_secs=_START_SECS)
            self._box = box
        return self._box

    def _open(self, name: str, sources: Mapping[str, str], config: bytes, limits: Limits) -> Boxed:
        return self._start().open(name, sources, config, limits=limits)

    def _tend(self, world: World) -> None:
        self._follow(world)
        if self._box is not None:
            self._box.tend()

    def _follow(self, world: World) -> None:
        """What settings, scripts and saved files ask for, a few times a second at the most where files are looked at."""
        scripts, folder = self.script_mods, self.folder_mods
        if scripts is not None and scripts.is_behind:
            self._follow_scripts(scripts)
        if folder is not None:
            folder.follow_changes(_settings(world))
        now = monotonic()
        if self._watch and now - self._looked >= _LOOK_SECS:
            self._looked = now
            for followed in (folder, scripts):
                if followed is not None:
                    self.reloaded = [*self.reloaded, *followed.reload_changed()][-_MOST_TOLD:]

    def _follow_scripts(self, scripts: ScriptMods) -> None:
        try:
            if scripts.wanted:
                self._start()
        except MachineError as error:
            scripts.refuse(str(error))
        else:
            scripts.follow()

    def _stop(self) -> None:
        if self._box is not None and self._is_own:
            self._box.stop()
        self._box = None
