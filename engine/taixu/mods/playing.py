"""Mods of a folder in an app: a box that is started when the first of them is loaded, the host, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.app import App, Stage
from taixu.ecs import World
from taixu.errors import MachineError
from taixu.mods.box.limits import Limits
from taixu.mods.granting import load_all
from taixu.mods.host import ModHost
from taixu.mods.loaded import Boxed
from taixu.mods.packages.files import MANIFEST
from taixu.mods.packages.lock import LOCK_FILE
from taixu.mods.packages.project_mods import Loadable, ProjectMods
from taixu.mods.plugin import ModPlugin

if TYPE_CHECKING:
    from taixu.mods.box import Box

__all__ = ["ModsPlugin", "has_mods"]

_START_SECS = 300.0


def has_mods(folder: Path) -> bool:
    """Whether a folder of mods holds any, installed or in work."""
    return (folder / LOCK_FILE).is_file() or any(folder.glob(f"*/{MANIFEST}"))


class ModsPlugin:
    """Runs mods in a box of its own, which ends with the app.

    Parameters
    ----------
    wait
        Whether steps wait for answers, so that runs repeat exactly; false where somebody plays.
    """

    def __init__(self, *, wait: bool = True) -> None:
        self._wait = wait
        self._box: Box | None = None

    @property
    def badge(self) -> str:
        """What the operating system's part of the box lacks here; empty where it is whole, or not started."""
        return "" if self._box is None else self._box.badge

    def build(self, app: App) -> None:
        """Add the host and the box's system."""
        app.on_close(self._stop)
        ModPlugin(self._open, wait=self._wait).build(app)
        app.add_system(Stage.APPLY, self._tend, name="tend_mods", before=("begin_mods",))

    def load_folder(self, world: World, folder: Path) -> dict[str, str]:
        """Load what may run of a folder, as the world's settings say, in load order.

        Returns
        -------
        dict
            Why the others do not run, by id; columns with two writers stand under ``""``.

        Raises
        ------
        TaixuError
            When the folder cannot be read.
        """
        from taixu.edit.settings import WorldSettings

        settings = world.resource(WorldSettings).section("mods") if world.has_resource(WorldSettings) else {}
        found = ProjectMods(folder).loadable(settings)
        refused = dict(found.refused) | self.load(world, found.mods)
        if found.shared:
            refused[""] = "; ".join(map(str, found.shared))
        return refused

    def load(self, world: World, mods: tuple[Loadable, ...]) -> dict[str, str]:
        """Load mods in this order; why some were not, by id: all of them, where this machine has no box."""
        try:
            if mods:
                self._start()
        except MachineError as error:
            return {mod.package.manifest.id: str(error) for mod in mods}
        return load_all(world.resource(ModHost), mods)

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
        if self._box is not None:
            self._box.tend()

    def _stop(self) -> None:
        if self._box is not None:
            self._box.stop()
            self._box = None
