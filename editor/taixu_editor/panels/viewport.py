"""The world, as it will look."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu.render import View, ViewCamera, frame_camera
from taixu_editor.panels.panel import Panel

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Viewport"]


class Viewport(Panel):
    """A picture of the world in the panel's size."""

    id: ClassVar[str] = "viewport"
    title: ClassVar[str] = "View"
    dock: ClassVar[str] = "center"
    has_padding: ClassVar[bool] = False

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.view: View | None = None
        self.camera: ViewCamera | None = None

    def draw(self) -> None:
        """Show the world."""
        space = imgui.get_content_region_avail()
        scale = imgui.get_io().display_framebuffer_scale.x
        size = max(16, int(space.x * scale)), max(16, int(space.y * scale))
        if not self.host.session.worlds:
            return
        world = self.host.session.world
        if self.camera is None:
            self.camera = frame_camera(world, aspect=size[0] / size[1])
        if self.view is None or self.view.size != size:
            self.release()
            self.view = View(self.camera, size, name=self.id, settings={"antialias": "fxaa"})
        self.view.camera = self.camera
        self.window.renderer.render(world, [self.view])
        assert self.view.graph is not None
        number = self.window.gui.painter.number_of(self.view.graph.textures["color"])
        imgui.image(imgui.ImTextureRef(number), space, (0, 1), (1, 0))

    def release(self) -> None:
        """Give the view back."""
        if self.view is not None:
            if self.view.graph is not None and "color" in self.view.graph.textures:
                self.window.gui.painter.forget(self.view.graph.textures["color"])
            self.view.release()
        self.view = None
