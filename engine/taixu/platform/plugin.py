"""The plugin that carries events from a platform into the world."""

from __future__ import annotations

from taixu.app import App, Clock, Stage
from taixu.ecs import World
from taixu.platform.actions import InputMap
from taixu.platform.input import Input
from taixu.platform.platforms import HeadlessPlatform, InputRecorder, Platform

__all__ = ["PlatformPlugin"]


class PlatformPlugin:
    """Polls a platform at the start of each frame and keeps `Input` and `InputMap` in the world.

    Parameters
    ----------
    platform : Platform, optional
        Where events come from; by default a `HeadlessPlatform` without any.
    actions : InputMap, optional
        The project's input actions.
    """

    def __init__(self, platform: Platform | None = None, *, actions: InputMap | None = None) -> None:
        self.platform = HeadlessPlatform() if platform is None else platform
        self.actions = InputMap() if actions is None else actions

    def build(self, app: App) -> None:
        """Add resources and systems."""
        app.insert_resource(Input())
        app.insert_resource(self.actions)
        app.add_system(Stage.INPUT, self._begin_frame, name="poll_input")
        app.add_system(Stage.FIXED, self._begin_step, name="poll_recording")
        app.add_system(Stage.FIXED_LAST, _end_step, name="end_input_step")
        app.add_system(Stage.PRESENT, lambda _world: self.platform.present(), name="present_window")
        app.on_close(self.platform.close)

    def _begin_frame(self, world: World) -> None:
        world.resource(Input).frame.clear()
        self._feed(world)

    def _begin_step(self, world: World) -> None:
        # A recording names fixed ticks: with several steps in a frame, events have to arrive between them. A
        # real window is polled once a frame only, so that all steps of a frame see one state.
        if self.platform.window is None:
            self._feed(world)

    def _feed(self, world: World) -> None:
        source = world.resource(Input)
        tick = world.resource(Clock).ticks
        events = source.sift([*self.platform.poll(tick), *source.take_injected()])
        for event in events:
            source.feed(event)
        if events and world.has_resource(InputRecorder):
            world.resource(InputRecorder).entries.extend((tick, event) for event in events)


def _end_step(world: World) -> None:
    world.resource(Input).tick.clear()
