"""The plugin that runs the scripts of a world."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

from taixu.app import App, Stage
from taixu.ecs import World
from taixu.script.components import Script
from taixu.script.host import ScriptHost
from taixu.script.players import hear_players, hear_storage
from taixu.script.storage import Storage

__all__ = ["ScriptPlugin"]

_WATCH_SECS = 0.25
_SAVE_SECS = 5.0


class ScriptPlugin:
    """Adds the `Script` component, the `ScriptHost` and the systems that run it.

    Parameters
    ----------
    root : Path, optional
        Folder of the project; `ScriptHost.open` changes it later.
    trust : bool
        Whether the project's scripts may run. They are listed, not run, by default.
    watch : bool
        Whether scripts are reloaded when they are saved.
    """

    def __init__(self, root: Path | None = None, *, trust: bool = False, watch: bool = False) -> None:
        self._root = root
        self._trust = trust
        self._watch = watch
        self._looked = self._saved = 0.0

    def build(self, app: App) -> None:
        """Add component, host and systems."""
        app.register_component(Script)
        host = ScriptHost(app.world, root=self._root, trusted=self._trust)
        app.insert_resource(host)
        app.on_close(host.watchdog.close)
        app.on_close(lambda: _save_storage(app.world))
        if self._watch:
            app.add_system(Stage.APPLY, self._reload, name="reload_scripts")
        app.add_system(Stage.INPUT, hear_storage, name="hear_storage", after="poll_input")
        app.add_system(Stage.FIXED, hear_players, name="hear_players", after="poll_recording", before=("collect_mods",))
        app.add_system(Stage.FIXED, _step, name="run_scripts", after=("poll_recording", "hear_players"))
        app.add_system(Stage.PRESENT, self._save, name="save_storage")
        app.add_system(Stage.UPDATE, _frame, name="run_frame_scripts")

    def _reload(self, world: World) -> None:
        now = monotonic()
        if now - self._looked >= _WATCH_SECS:  # a look costs a system call for each script
            self._looked = now
            world.resource(ScriptHost).reload_changed()


    def _save(self, world: World) -> None:
        now = monotonic()
        if now - self._saved >= _SAVE_SECS:
            self._saved = now
            _save_storage(world)


def _save_storage(world: World) -> None:
    for problem in world.resource(Storage).save():
        world.resource(ScriptHost).say("warning", f"what scripts keep is not saved: {problem}")


def _step(world: World) -> None:
    world.resource(ScriptHost).step()


def _frame(world: World) -> None:
    world.resource(ScriptHost).frame()
