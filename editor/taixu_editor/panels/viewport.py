"""The world, as it will look, to work in: turn around it, pick things in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from imgui_bundle import imgui

from taixu.ecs import World
from taixu.render import View, visible_bounds
from taixu.scene import MaterialLibrary, MeshLibrary
from taixu_editor.panels.panel import Panel
from taixu_editor.view import Gizmo, Navigation, OrbitCamera, pick_entities

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Viewport"]

_CLICK_PX = 4.0


class Viewport(Panel):
    """A picture of the world in the panel's size, drawn anew when something in it changed."""

    id: ClassVar[str] = "viewport"
    title: ClassVar[str] = "View"
    dock: ClassVar[str] = "center"
    has_padding: ClassVar[bool] = False

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.view: View | None = None
        self.camera = OrbitCamera()
        self.navigation = Navigation()
        self.gizmo = Gizmo(window)
        self.origin = (0.0, 0.0)
        self.extent = (1.0, 1.0)
        self._shown_world: World | None = None
        self._drawn: Any = None
        self._pressed: tuple[float, float] | None = None

    # -- the frame ---------------------------------------------------------------------------------------------------
    def draw(self) -> None:
        """Show the world, and what hands do to it."""
        if not self.host.session.worlds:
            return
        world = self.host.session.world
        if world is not self._shown_world:
            self._shown_world = world
            self.frame_all()
            self.camera.advance(10.0)
        origin, extent = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail()
        self.origin, self.extent = (origin.x, origin.y), (max(extent.x, 16.0), max(extent.y, 16.0))
        self._draw_world(world)
        hovered = imgui.is_item_hovered()  # a picture takes no clicks, which handles over a button would not get
        self.gizmo.update(world, self.camera, self.origin, self.extent)
        self._use_hands(world, hovered)

    def _draw_world(self, world: World) -> None:
        scale = imgui.get_io().display_framebuffer_scale.x
        size = max(16, int(self.extent[0] * scale)), max(16, int(self.extent[1] * scale))
        self.camera.advance(imgui.get_io().delta_time)
        if self.view is None or self.view.size != size:
            self.release()
            self.view = View(
                self.camera.camera(), size, name=self.id, outputs=frozenset({"color", "id"}), settings=self._settings()
            )
        key = (self.camera.key(), size, self.window.outline_key(), *_world_key(world))
        if key != self._drawn:
            self._drawn = key
            self.view.camera = self.camera.camera()
            self.window.renderer.render(world, [self.view])
        assert self.view.graph is not None
        number = self.window.gui.painter.number_of(self.view.graph.textures["color"])
        imgui.image(imgui.ImTextureRef(number), imgui.ImVec2(*self.extent), imgui.ImVec2(0, 1), imgui.ImVec2(1, 0))

    def _settings(self) -> dict[str, Any]:
        return {"antialias": "fxaa", "outline": True}

    # -- hands -------------------------------------------------------------------------------------------------------
    def _use_hands(self, world: World, hovered: bool) -> None:
        self.navigation.update(self.camera, hovered=hovered, height=self.extent[1])
        mouse = imgui.get_io().mouse_pos
        if hovered and imgui.is_mouse_clicked(imgui.MouseButton_.left) and not (self.navigation.is_dragging or self.gizmo.is_busy):
            self._pressed = (mouse.x, mouse.y)
        if self._pressed is not None and imgui.is_mouse_released(imgui.MouseButton_.left):
            pressed, self._pressed = self._pressed, None
            if abs(mouse.x - pressed[0]) + abs(mouse.y - pressed[1]) > _CLICK_PX:
                self._select(self.entities_in(world, pressed, (mouse.x, mouse.y)))
            else:
                self._select(self.entities_in(world, pressed, pressed))
        elif self._pressed is not None:
            self._draw_box(self._pressed, (mouse.x, mouse.y))

    def entities_in(self, world: World, a: tuple[float, float], b: tuple[float, float]) -> list[str]:
        """Stable ids of what is seen between two points of the window."""
        assert self.view is not None
        scale = self.view.size[0] / self.extent[0]
        corners = (np.array([a, b]) - np.array(self.origin)) * scale
        low, high = np.floor(corners.min(0)).astype(int), np.floor(corners.max(0)).astype(int)
        rect = (int(low[0]), int(low[1]), int(high[0] - low[0]) + 1, int(high[1] - low[1]) + 1)
        return pick_entities(self.window.renderer, self.view, world, rect)

    def _select(self, found: list[str]) -> None:
        io = imgui.get_io()
        how = "toggle" if io.key_ctrl else "add" if io.key_shift else "replace"
        self.window.do("selection.set", entities=found, how=how)

    def _draw_box(self, a: tuple[float, float], b: tuple[float, float]) -> None:
        if abs(a[0] - b[0]) + abs(a[1] - b[1]) <= _CLICK_PX:
            return
        low, high = imgui.ImVec2(min(a[0], b[0]), min(a[1], b[1])), imgui.ImVec2(max(a[0], b[0]), max(a[1], b[1]))
        draw, theme = imgui.get_window_draw_list(), self.window.theme
        draw.add_rect_filled(low, high, theme.pack("accent_soft"))
        draw.add_rect(low, high, theme.pack("accent"))

    # -- the camera --------------------------------------------------------------------------------------------------
    def frame_all(self) -> None:
        """Glide until all that is drawn is seen."""
        bounds = visible_bounds(self.host.session.world)
        self.camera.focus(np.array([[-1.0, -1, -1], [1, 1, 1]]) if bounds is None else bounds)

    def frame_selected(self) -> None:
        """Glide until what is selected is seen; everything where nothing is."""
        handles = np.array(self.window.selected_family(), np.uint64)
        bounds = visible_bounds(self.host.session.world, handles) if len(handles) else None
        if bounds is None:
            self.frame_all()
        else:
            self.camera.focus(bounds)

    def release(self) -> None:
        """Give the view back."""
        if self.view is not None:
            if self.view.graph is not None and "color" in self.view.graph.textures:
                self.window.gui.painter.forget(self.view.graph.textures["color"])
            self.view.release()
        self.view = self._drawn = None


def _world_key(world: World) -> tuple[Any, ...]:
    """Changes when anything that is drawn may look different: cheap, and never too old."""
    libraries = [world.resource(kind).changes(1 << 62)[1] for kind in (MeshLibrary, MaterialLibrary)]
    return (id(world), max((table.touched for table in world.tables), default=0), *libraries)
