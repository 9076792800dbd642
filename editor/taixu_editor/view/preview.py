"""Animations looked at without playing: a copy of the world that stands at one time, and is never saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taixu.animation import AnimationPlayer, PropertyAnimation
from taixu.app import Stage
from taixu.ecs import World
from taixu.edit import document_of, fill_world
from taixu.edit.ids import id_number
from taixu.scene import Model

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu_editor.host import Host

__all__ = ["Preview"]


class Preview:
    """The copy of a host's world at a time of its animations, or none."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._app: App | None = None
        self._entity = ""

    @property
    def world(self) -> World | None:
        """The copy."""
        return None if self._app is None else self._app.world

    def start(self, entity: str) -> None:
        """Copy the world, to look at the animations of one of its entities."""
        self.stop()
        session = self._host.session
        parts = document_of(session.world)
        self._app = self._host.make_app(session.project)
        self._entity = entity
        fill_world(self._app.world, parts, self._app.components)
        self._app.settle()
        world, handle = self._app.world, self._handle()
        if handle is not None and world.has(handle, Model) and not world.has(handle, AnimationPlayer):
            world.insert(handle, AnimationPlayer(playing=False))

    def show(self, time_secs: float, *, clip: str = "", second_clip: str = "", mix: float = 0.0) -> None:
        """Let it stand at a time, with a share of a second clip mixed in."""
        world, handle = self.world, self._handle()
        if self._app is None or world is None or handle is None:
            return
        if world.has(handle, PropertyAnimation):
            world.set(handle, PropertyAnimation, time_secs=time_secs, playing=False)
        if world.has(handle, AnimationPlayer):
            world.set(handle, AnimationPlayer, time_secs=time_secs, clip=clip, playing=False, fade_secs=0.0)
            world.set(handle, AnimationPlayer, second_clip=second_clip, mix=mix)
        for stage in (Stage.APPLY, Stage.UPDATE, Stage.PROPAGATE):
            self._app.run_stage(stage)

    def stop(self) -> None:
        """Forget the copy."""
        if self._app is not None:
            self._app.close()
        self._app = None

    def _handle(self) -> int | None:
        return None if self._app is None else self._app.world.find(id_number(self._entity))
