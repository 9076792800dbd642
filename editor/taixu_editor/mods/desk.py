"""`ModDesk`: the project's mods in an editor; one box for all plays of a session, started before it is needed.

Play gets the box lent: it stands when somebody presses the button, and only the mods themselves begin anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from taixu.app import Components
from taixu.edit import WorldSettings
from taixu.errors import TaixuError
from taixu.mods.box import Box
from taixu.mods.playing import has_mods, missing_box
from taixu.mods.script_access import ScriptAccess, access_of
from taixu.mods.script_mods import script_sources
from taixu.script import Script
from taixu_editor.mods.listing import Listing, listing_stamp, read_listing
from taixu_editor.mods.proposals import Proposal, Proposals, propose

if TYPE_CHECKING:
    from taixu.app import Job
    from taixu.defaults import App
    from taixu.mods.loaded import LoadedMod
    from taixu_editor.host import Host

__all__ = ["ModDesk"]

_log = logging.getLogger(__name__)
_LOOK_SECS = 0.5


class ModDesk:
    """Mods of the open project.

    Attributes
    ----------
    listing
        What lies in its folder, as it was read last.
    version
        Goes up with the listing.
    problem
        Why no mod runs on this machine; empty where they do.
    proposals
        Installations that were looked at.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.listing, self.version = Listing(), 0
        self.problem = ""
        self.proposals = Proposals()
        self._box: Box | None = None
        self._preparing: Job | None = None
        self._reading: Job | None = None
        self._root: Path | None = None
        self._stamp: object = None
        self._looked = 0.0
        self._held: App | None = None
        """A played world whose mods wait for the box."""
        self._accesses: dict[tuple[Path, str], tuple[object, ScriptAccess | str]] = {}

    # -- where -------------------------------------------------------------------------------------------------------
    @property
    def folder(self) -> Path:
        """Of the open project."""
        return self._host.session.project.root / "mods"

    @property
    def settings(self) -> dict[str, Any]:
        """What the active world says of mods."""
        session = self._host.session
        return session.world.resource(WorldSettings).section("mods") if session.worlds else {}

    @property
    def is_known(self) -> bool:
        """Whether the folder of the open project was read."""
        return self._root == self._host.session.project.root and self._reading is None and self._stamp is not None

    @property
    def is_preparing(self) -> bool:
        """Whether the box is being made: the first time on a machine that takes some seconds."""
        return self._preparing is not None or (self._box is not None and not self._box.ready and not self._box.failed)

    @property
    def badge(self) -> str:
        """What the wall of the operating system lacks here; empty where it is whole, or not known yet."""
        return "" if self._box is None else self._box.badge

    @property
    def is_standing(self) -> bool:
        """Whether the box stands and takes mods."""
        return self._box is not None and self._box.ready

    # -- what runs ---------------------------------------------------------------------------------------------------
    @property
    def running(self) -> dict[str, LoadedMod]:
        """Mods of the world that plays, by name; scripts that run as mods are among them."""
        app: Any = self._host.play.app
        host = None if app is None else app.mods.host
        return {} if host is None else host.mods

    @property
    def is_playing(self) -> bool:
        """Whether a world plays."""
        return self._host.play.is_playing

    @property
    def refused(self) -> dict[str, str]:
        """Why mods of the world that plays do not run, by id."""
        app: Any = self._host.play.app
        return {} if app is None else app.mods.refused

    def begin(self, app: App) -> None:
        """A world begins to play: its mods are loaded with its first frame, or when the box stands."""
        if self.is_standing or not self._wants_box():
            self._lend(app)
        else:
            app.mods.holds = True
            self._held = app
            self.prepare()

    def end(self) -> None:
        """It has ended."""
        self._held = None

    def restart(self, name: str) -> None:
        """Start one of the world that plays anew, from nothing.

        Raises
        ------
        TaixuError
            When nothing plays, or there is none of that name.
        """
        app: Any = self._host.play.app
        if app is None:
            raise TaixuError("nothing is played; mods start when play does")
        app.mods.restart(name)

    def take_reloaded(self) -> list[str]:
        """Mods of the world that plays that were saved and run anew, by name: told once."""
        app: Any = self._host.play.app
        plugin = None if app is None else app.mods.plugin
        if plugin is None:
            return []
        reloaded, plugin.reloaded = plugin.reloaded, []
        return list(reloaded)

    def mod_of(self, script: str) -> str:
        """The id of an installed mod that a line of the log names: its source lies in a zip, and is not edited."""
        entry = self.listing.find(script.partition("/")[0])
        return entry.id if entry is not None and entry.folder is None else ""

    def file_of(self, script: str) -> str:
        """The path in the project of what a line of the log names: ``alice.fish/main.py`` lies in ``mods/fish``."""
        name, _, rest = script.partition(".py@")
        if rest:  # a script that runs as a mod: scripts/door.py@d0/door.py
            path, file = f"{name}.py", rest.partition("/")[2]
            return path if Path(path).name == file or not file else f"scripts/{file}"
        id, _, file = script.partition("/")
        entry = self.listing.find(id)
        return f"mods/{entry.folder.name}/{file}" if entry is not None and entry.folder is not None and file else script

    # -- the frame ---------------------------------------------------------------------------------------------------
    def frame(self) -> None:
        """Follow the folder and the box."""
        session = self._host.session
        if self._box is not None:
            self._box.tend()
            if self._box.failed and not self.problem:
                self.problem = f"the process in which mods run does not start: {self._box.failed}"
        if self._held is not None and (self.is_standing or self.problem):
            held, self._held = self._held, None
            self._lend(held)
        if not session.worlds:
            self._root = None
            return
        now = monotonic()
        if now - self._looked < _LOOK_SECS and self._root == session.project.root:
            return
        self._looked = now
        if self._root != session.project.root:
            self._root, self._stamp, self.listing = session.project.root, None, Listing()
            self.version += 1
        if self._reading is None and listing_stamp(self.folder) != self._stamp:
            self._read()
        if self._wants_box():
            self.prepare()

    def look_again(self) -> None:
        """Read the folder now, for something was done to it."""
        self._read(wait=True)

    def prepare(self) -> None:
        """Make and start the box, if it is not."""
        if self._box is not None or self._preparing is not None or self.problem:
            return
        self.problem = missing_box()
        if self.problem:
            return
        from taixu.mods.box.image import compiled

        self._preparing = self._host.jobs.submit_io(compiled, label="the box of mods", then=self._prepared)

    def close(self) -> None:
        """End the box."""
        if self._box is not None:
            self._box.stop()
            self._box = None

    # -- installing --------------------------------------------------------------------------------------------------
    def look(
        self, wanted: Iterable[str], then: Callable[[Proposal | str], None], *, indexes: Iterable[str] = (), update: bool = False
    ) -> None:
        """Look at what installing would do, in the background; `then` gets it, or a sentence why it cannot be done."""

        def told(job: Job) -> None:
            then(str(job.error) if job.error else self.proposals.keep(job.result))

        self._host.jobs.submit_io(
            propose, (self.folder, tuple(wanted)), {"indexes": tuple(indexes), "update": update}, label="mods", then=told
        )

    # -- scripts that run as mods ------------------------------------------------------------------------------------
    def script_access(self, path: str) -> ScriptAccess | str:
        """What a script of the project would reach as a mod, and what it does that it could not; or why it cannot be read."""
        root = self._host.session.project.root
        try:
            sources = script_sources(root, path)
        except TaixuError as error:
            return str(error)
        known = self._accesses.get((root, path))
        if known is None or known[0] != sources:
            known = self._accesses[root, path] = (sources, access_of(sources, self._host.session.world.resource(Components)))
        return known[1]

    # -- help --------------------------------------------------------------------------------------------------------
    def _wants_box(self) -> bool:
        """Whether there is anything that would run in it."""
        if has_mods(self.folder):
            return True
        session = self._host.session
        tables = session.world.query(Script).tables() if session.worlds else ()
        return any(table.read(Script, "run_as_mod").any() for table in tables)

    def _lend(self, app: App) -> None:
        app.mods.box, app.mods.holds = self._box if self.is_standing else None, False
        app.mods.follow(self.folder)

    def _prepared(self, job: Job) -> None:
        self._preparing = None
        if job.error:
            self.problem = str(job.error)
            return
        self._box = Box(image=job.result)
        try:
            self._box.start()
        except TaixuError as error:
            self.problem, self._box = str(error), None

    def _read(self, *, wait: bool = False) -> None:
        self._stamp = listing_stamp(self.folder)
        self._reading = None
        if wait:
            self._take(read_listing(self.folder))
            return
        folder = self.folder

        def told(job: Job) -> None:
            if job is self._reading and folder == self.folder:  # else it was read again meanwhile, or another is open
                self._take(Listing(problem=str(job.error)) if job.error else job.result)
            if job is self._reading:
                self._reading = None

        self._reading = self._host.jobs.submit_io(read_listing, (folder,), label="the project's mods", then=told)

    def _take(self, listing: Listing) -> None:
        if listing != self.listing:
            self.listing = listing
            self.version += 1
