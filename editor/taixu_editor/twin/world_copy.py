"""A copy of an open world for readings to be written into: the same entities by the same handles, which follow what is edited.

The copy shares meshes, materials and assets with the world that it is of, so that making it costs no more than its columns.
"""

from __future__ import annotations

from copy import deepcopy
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

__all__ = ["WorldCopy"]

_REST_SECS = 0.25
"""How long after somebody came or went the copy is made anew: models arrive part by part."""


class WorldCopy:
    """The copy of one open world.

    Attributes
    ----------
    version
        Goes up when it took over what was edited: what readings had written may be gone then.
    """

    def __init__(self, host: Host, entry: OpenWorld) -> None:
        self.entry = entry
        self.version = 0
        self.app: App = host.make_app(host.session.project)
        self.app.add_plugin(TwinPlugin())
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

    def run(self) -> None:
        """A frame: what came in, what follows from it, where everything stands."""
        for stage in (Stage.APPLY, Stage.UPDATE, Stage.PROPAGATE):
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
