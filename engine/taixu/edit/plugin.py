"""The plugin that lets an app read and write worlds, with prefabs in place."""

from __future__ import annotations

from collections.abc import Callable

from taixu.app import App, GameServices, Stage
from taixu.edit.instancing import InstanceState, make_prefabs, spawn_prefab
from taixu.edit.kept import Kept, resolve_references
from taixu.edit.marks import Locked, Tags
from taixu.edit.migrations import Migrations
from taixu.edit.prefab import FromPrefab, PrefabInstance, PrefabLibrary, PrefabRoot
from taixu.edit.settings import WorldSettings

__all__ = ["DocumentPlugin"]


class DocumentPlugin:
    """Registers what documents need, and keeps prefab instances made.

    Parameters
    ----------
    read
        Gives the bytes of a prefab by its asset path; a project's `read_asset` does.
    """

    def __init__(self, read: Callable[[str], bytes] | None = None) -> None:
        self._read = read

    def build(self, app: App) -> None:
        """Add components, resources, systems and the service ``spawn_prefab``."""
        for cls in (PrefabInstance, FromPrefab, PrefabRoot, Kept, Locked, Tags):
            app.register_component(cls)
        migrations = Migrations()
        library = PrefabLibrary(app.components, migrations=migrations, read=self._read)
        for resource in (migrations, library, WorldSettings(), InstanceState()):
            app.insert_resource(resource)
        app.add_system(Stage.APPLY, make_prefabs, before=("make_shapes",))
        app.add_system(Stage.APPLY, resolve_references, after=("make_prefabs",))
        app.resource(GameServices).provide("spawn_prefab", spawn_prefab)
