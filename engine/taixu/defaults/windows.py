"""The window of an app: opened on the desktop, drawn into once a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taixu.animation.motion import People
from taixu.app import Clock, Stage
from taixu.defaults.drawing import Drawing
from taixu.ecs import World
from taixu.platform import Window, WindowPlatform

if TYPE_CHECKING:
    from taixu.defaults.app import App

__all__ = ["open_window", "show_world"]


def open_window(title: str, size: tuple[int, int]) -> WindowPlatform:
    """Open a window.

    Raises
    ------
    MachineError
        When there is no screen, or its OpenGL is too old.
    """
    return WindowPlatform(Window(title, size=size))


def show_world(app: App, platform: WindowPlatform) -> None:
    """Make an app draw its world into a window in every frame, at the window's size; far people's bones are spared."""
    from taixu.gpu import attach_device
    from taixu.render.hud import Screen

    window = platform.window
    window.make_current()
    device = attach_device(window.make_current)
    app.drawing.attach(device)
    screen = Screen(interactive=True)
    app.insert_resource(screen)
    screen.wire(app.world)
    if app.world.has_resource(People):
        app.resource(People).thrift = True

    def draw(world: World) -> None:
        if not window.is_open:
            return
        window.make_current()
        drawing = world.resource(Drawing)
        drawing.size = window.framebuffer_size
        if min(drawing.size) < 1:
            return  # minimised
        screen.pixels_per_unit, screen.enabled = window.pixel_scale, not window.cursor_captured
        view = drawing.frame(world, delta_secs=world.resource(Clock).frame_secs)
        drawing.renderer.present(view, device.window_targets(drawing.size))

    app.add_system(Stage.RENDER, draw, name="draw_window")
