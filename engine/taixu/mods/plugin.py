"""The plugin that runs mods in a world."""

from __future__ import annotations

from taixu.app import App, Stage
from taixu.ecs import World
from taixu.mods.host import ModHost, OpenBox
from taixu.script.transforms import ScriptTransforms

__all__ = ["ModPlugin"]


class ModPlugin:
    """Adds the `ModHost` and the systems that run it: answers before scripts, questions at the end of a step.

    Parameters
    ----------
    open_in : callable, optional
        Opens a box for a mod; see `taixu.mods.host.OpenBox`. Without one mods are off.
    wait : bool
        Whether steps wait for answers, so that runs repeat exactly; false where somebody plays.
    """

    def __init__(self, open_in: OpenBox | None = None, *, wait: bool = True) -> None:
        self._open_in = open_in
        self._wait = wait

    def build(self, app: App) -> None:
        """Add host and systems."""
        host = ModHost(app.world, open_in=self._open_in, wait=self._wait)
        app.insert_resource(host)
        app.add_system(Stage.APPLY, _begin, name="begin_mods")
        app.add_system(Stage.FIXED, _collect, name="collect_mods", before=("run_scripts",), after=("poll_recording",))
        app.add_system(Stage.FIXED_LAST, _send, name="send_to_mods", before=("end_input_step",))
        app.on_close(host.clear)


def _begin(world: World) -> None:
    world.resource(ModHost).begin()


def _collect(world: World) -> None:
    world.resource(ModHost).collect()
    if world.has_resource(ScriptTransforms):
        world.resource(ScriptTransforms).flush(world)  # what was spawned last stands where it was put, also where no script runs


def _send(world: World) -> None:
    world.resource(ModHost).send()
