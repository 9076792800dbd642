"""The renderer's part in an app: where plugins leave features and debug lines, and views that are drawn every frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from taixu.app import App, Clock, Stage
from taixu.ecs import World
from taixu.gpu import Device
from taixu.render.context import Feature
from taixu.render.lines import LineBatch
from taixu.render.views import View

if TYPE_CHECKING:
    from taixu.render.renderer import Renderer

__all__ = ["RenderFeatures", "RenderPlugin"]


class RenderFeatures:
    """What plugins add to whichever renderer draws the world (a resource).

    A renderer may not be there yet when plugins are built, and may never be: they leave functions that make features.
    A renderer calls each once, when it first draws the world.
    """

    def __init__(self) -> None:
        self.makers: list[Callable[[Renderer], Feature]] = []

    def add(self, make: Callable[[Renderer], Feature]) -> None:
        """Add a feature to every renderer of this world."""
        self.makers.append(make)

    def fork(self, world: World) -> RenderFeatures:
        return self


class RenderPlugin:
    """Makes room for features and debug lines; with a device it draws `views` in every frame.

    Parameters
    ----------
    device
        Draws on it, in `Stage.RENDER`. Without one somebody else calls `Renderer.render`.
    views
        Drawn every frame; the list may be changed while the app runs.
    """

    def __init__(self, device: Device | None = None, views: list[View] | None = None) -> None:
        self.device = device
        self.views = [] if views is None else views
        self.renderer: Renderer | None = None

    def build(self, app: App) -> None:
        """Add resources, and the system that draws."""
        for resource in (RenderFeatures(), LineBatch()):
            if not app.world.has_resource(type(resource)):
                app.insert_resource(resource)
        if self.device is not None:
            from taixu.render.renderer import Renderer

            self.renderer = Renderer(self.device)
            app.add_system(Stage.RENDER, self._draw, name="draw_views")
            app.on_close(self._close)

    def _draw(self, world: World) -> None:
        assert self.renderer is not None
        clock = world.resource(Clock)
        self.renderer.render(world, self.views, delta_secs=clock.frame_secs)

    def _close(self) -> None:
        assert self.renderer is not None
        self.renderer.release(self.views)
