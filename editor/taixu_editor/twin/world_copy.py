"""A copy of an open world for readings to be written into: the same entities by the same handles, which follow what is edited.

The copy shares meshes, materials and assets with the world that it is of, so that making it costs no more than its columns. The
app around it is made in a thread (`CopyMaking`), so that no frame waits for that.
"""

from __future__ import annotations

from copy import deepcopy
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from taixu.animation import AnimationPlayer
from taixu.app import Stage
from taixu.ecs import World, component_type, row_count
from taixu.edit import WorldSettings
from taixu.scene import MaterialLibrary, MeshLibrary
from taixu.scene.models import ModelState
from taixu.script import Script
from taixu.twin.plugin import TwinPlugin

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu.edit import OpenWorld
    from taixu_editor.host import Host

__all__ = ["CopyMaking", "WorldCopy"]

_REST_SECS = 0.25
"""How long after somebody came or went the copy is made anew: models arrive part by part."""


class CopyMaking:
    """The app of a copy that is to be, made in a thread: of all that is done once it takes longest."""

    def __init__(self, host: Host, entry: OpenWorld) -> None:
        self.host, self.entry = host, entry
        self._app: App | None = None
        self._problem: Exception | None = None
        self._is_wanted = True
        self._lock = Lock()
        project = host.session.project

        def work() -> None:
            try:
                app = host.make_app(project)
                app.add_plugin(TwinPlugin())
            except Exception as error:  # raised where the copy is taken
                self._problem = error
                return
            with self._lock:
                if self._is_wanted:
                    self._app = app
                    return
            app.close()

        self._thread = Thread(target=work, name="taixu-twin-copying", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether it can be taken."""
        return not self._thread.is_alive()

    def take(self) -> WorldCopy:
        """The copy, as the world is now; waits until there is one.

        Raises
        ------
        TaixuError
            When there cannot be any.
        """
        self._thread.join()
        if self._problem is not None:
            raise self._problem
        assert self._app is not None
        app, self._app = self._app, None
        return WorldCopy(self.entry, app)

    def give_up(self) -> None:
        """Nobody wants it any more."""
        with self._lock:
            self._is_wanted = False
            app, self._app = self._app, None
        if app is not None:
            app.close()


class WorldCopy:
    """The copy of one open world, in an app of its own.

    Attributes
    ----------
    version
        Goes up when it took over what was edited: what readings had written may be gone then.
    """

    def __init__(self, entry: OpenWorld, app: App) -> None:
        self.entry = entry
        self.version = 0
        self.app = app
        self._restless_at: float | None = None
        self._settings: Any = None
        self._seen = 0
        self._restore()

    @property
    def world(self) -> World:
        """The copy."""
        return self.app.world

    @property
    def edited(self) -> World:
        """What it is a copy of."""
        return self.entry.app.world

    def follow(self) -> bool:
        """Take over what was edited since; whether there was anything."""
        edited = self.edited
        structure = edited.structure.since(self._seen)
        if structure is None or structure:
            self._seen_structure()
        if self._restless_at is not None:
            if monotonic() - self._restless_at < _REST_SECS:
                return False
            self._restore()
            return True
        changed = self._take_changes()
        section = edited.resource(WorldSettings).section("twin")
        if section != self._settings:
            self._settings = deepcopy(section)
            self.world.resource(WorldSettings).load_state(edited.resource(WorldSettings).save_state())
            changed = True
        self.version += changed
        return changed

    def run(self, *, is_live: bool = False) -> None:
        """A frame: what came in, what follows from it, where everything stands; of a live one, what rules say to that."""
        for stage in (Stage.APPLY, Stage.UPDATE, Stage.PROPAGATE, Stage.PRESENT)[: 4 if is_live else 3]:
            self.app.run_stage(stage)

    def close(self) -> None:
        """Forget it."""
        self.app.close()

    def _seen_structure(self) -> None:
        self._restless_at = monotonic()
        self._seen = self.edited.tick
        self.edited.advance()

    def _restore(self) -> None:
        edited, world = self.edited, self.world
        for cls in (MeshLibrary, MaterialLibrary):
            world.insert_resource(edited.resource(cls))
        world.insert_resource(edited.resource(ModelState).fork(world))
        self.entry.app.run_stage(Stage.APPLY)  # what was edited since the last frame is placed
        world.restore(edited.snapshot())
        world.resource(ModelState).adopt(edited.resource(ModelState), world)
        world.remove(world.query(Script).entities, Script)  # devices move it, and nobody else
        for table in world.query(AnimationPlayer):
            table.set(AnimationPlayer, "playing", False)
        self._settings = deepcopy(edited.resource(WorldSettings).section("twin"))
        self._seen, self._restless_at = edited.tick, None
        edited.advance()
        self.app.run_stage(Stage.PROPAGATE)  # it may be drawn before its first frame
        self.version += 1

    def _take_changes(self) -> bool:
        """Columns of documents that were written since; what follows from them the copy makes itself."""
        edited, changed = self.edited, False
        for table in edited.tables:
            if table.made or table.touched <= self._seen:
                continue
            for cls in table.types:
                declared = component_type(cls)
                if not declared.authored:
                    continue
                rows = table.changed((cls,), since=self._seen)
                if not row_count(rows):
                    continue
                changed = True
                for fld in declared.fields:
                    self.world.scatter(table.entities[rows], cls, fld.name, table.take(cls, fld.name, rows))
        if changed:
            self._seen = edited.tick
            edited.advance()
        return changed
