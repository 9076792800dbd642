"""The world, as it will look, to work in: turn around it, pick things in it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu.defaults.drawing import main_camera
from taixu.ecs import World
from taixu.render import View, ViewCamera, frame_camera, visible_bounds
from taixu.scene import CELL_M, Camera, Light, MaterialLibrary, MeshLibrary, Transform
from taixu_editor.dropping import drop_on_view
from taixu_editor.panels.generate_drop import GENERATED, drop_result_on_view
from taixu_editor.panels.inspector_live import bind_dropped
from taixu_editor.panels.panel import Panel
from taixu_editor.panels.twin_topics import TOPIC_FIELD
from taixu_editor.view import (
    LIT,
    Compass,
    EntityIcons,
    Gizmo,
    Navigation,
    OrbitCamera,
    Shown,
    SurfacePoint,
    draw_shown_menu,
    mode_outputs,
    mode_settings,
    pick_entities,
    point_on_ground,
    point_under,
)
from taixu_editor.view.brushing import BrushView
from taixu_editor.view.choosing import Choosing
from taixu_editor.view.collider_lines import COLLIDING, add_colliders
from taixu_editor.view.curves import CurveView
from taixu_editor.view.dragging import world_matrices
from taixu_editor.view.fences import FenceView
from taixu_editor.view.game import GameView
from taixu_editor.view.ghost import Ghost
from taixu_editor.view.grabbed import having
from taixu_editor.view.kept_lines import KeptLines
from taixu_editor.view.readout import draw_plate
from taixu_editor.view.reference import ReferencePicture
from taixu_editor.view.shapes import add_all_cameras, add_all_lights, add_camera_shapes, add_grid, add_light_shapes

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["FourthView", "SecondView", "ThirdView", "Viewport"]

_FARTHEST_M = 1e6
"""What lies farther away is no place to look at."""
_ROOM = 1.4
"""How much farther away than necessary one looks at a thing."""
_LEAST = 32.0
"""Points of a panel's edge in which something can be seen."""
_MOVING_SCALE = 0.5
"""Of a picture while its camera moves, where the processor draws it."""


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
        self.gizmo = Gizmo(window, window_name=self.window_name, seen=lambda: self.view)
        self.shown, self.compass, self.icons = Shown(), Compass(), EntityIcons()
        self._colliders = KeptLines(COLLIDING, add_colliders)
        self._lights, self._cameras = KeptLines((Light,), add_all_lights), KeptLines((Camera,), add_all_cameras)
        self.used = 0
        """The latest frame in which the pointer was over it."""
        self._is_moving = False
        self.origin = (0.0, 0.0)
        self.extent = (1.0, 1.0)
        self._shown_world: World | None = None
        self._drawn: Any = None
        self._asked: Any = None
        """Size, quality and settings that the view was made with."""
        self.choosing, self.ghost = Choosing(self), Ghost(self)
        self._edited_world: World | None = None
        self.fences = FenceView(self)
        self.brushing, self.curves = BrushView(self), CurveView(self)
        self.game = GameView(self, is_first=self.id == Viewport.id)
        self.reference = ReferencePicture(window)

    # -- the frame ---------------------------------------------------------------------------------------------------
    def draw(self) -> None:
        """Show the world, and what hands do to it."""
        if not self.host.session.worlds:
            return
        world = self.host.session.world
        origin, extent = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail()
        self.origin, self.extent = (origin.x, origin.y), (max(extent.x, 16.0), max(extent.y, 16.0))
        if min(extent.x, extent.y) < _LEAST:  # panels are laid out from the second frame on; who looks before is far off
            return
        if world is not self._shown_world:
            self._meet(world)
        previewed = None if self.host.play.is_playing else self.window.preview.world
        fed = self.host.twin.world
        seen = next((each for each in (previewed, fed) if each is not None), world)
        self._draw_world(seen)
        if not self.is_game:
            self.fences.draw(seen)
        if seen is fed:
            self._say_fed()
        hovered = imgui.is_item_hovered()  # a picture takes no clicks, which handles over a button would not get
        if self.is_game:
            self.game.forward_input(hovered=hovered)
        elif previewed is not None:  # what is seen is a copy: one looks around in it, and no more
            self.navigation.update(self.camera, hovered=self._draw_over(previewed, hovered), height=self.extent[1])
        else:
            self._take_drop()
            if self.fences.is_busy or self._is_shaping(world) or (fed is not None and self._is_elsewhere(world, fed)):
                self.gizmo.stop()
            else:
                self.gizmo.update(world, self.camera, self.origin, self.extent, hovered=hovered)
            hovered = self._draw_over(seen, hovered)
            self.fences.update(world, hovered=hovered)
            self.brushing.update(world, hovered=hovered)
            self.curves.update(world, hovered=hovered and not self.brushing.is_busy(world))
            self._use_hands(seen, hovered)
        if self.host.play.is_playing:
            self.game.draw_frame()

    def _draw_over(self, world: World, hovered: bool) -> bool:
        """What lies over the picture; whether the pointer is still the world's."""
        if hovered:
            self.used = imgui.get_frame_count()
        chosen = self.window.outlined.among
        if self.shown.icons:
            self.icons.draw(
                world, self.camera.camera(), self.window.theme, self.origin, self.extent, chosen,
                pivot_m=self.camera.distance_m, hovered=hovered,
            )  # fmt: skip
        else:
            self.icons.over, self.icons.places = None, {}
        is_menus = draw_shown_menu(self.window, self.id, self.shown, self.origin)
        self.compass.draw(
            self.camera, self.window.theme, self.origin, self.extent, hovered=hovered and not self.navigation.is_dragging
        )
        return hovered and not is_menus and not self.compass.is_hovered

    def _say_fed(self) -> None:
        """That what is seen is no document, but as devices say it is, or was."""
        past = self.host.twin.past
        said = self.t("Live") if past is None else f"{datetime.fromtimestamp(past.at_ns / 1e9):%H:%M:%S}"
        middle = (self.origin[0] + self.extent[0] / 2, self.origin[1] + imgui.get_font_size() * 1.5)
        draw_plate(self.window.theme, [("●  ", "good" if past is None else "warning"), (said, "text")], middle)

    def _is_elsewhere(self, world: World, fed: World) -> bool:
        """Whether readings have moved what is selected: it is not dragged then, for where it stands others say."""
        chosen = self.window.outlined.handles
        chosen = chosen[world.alive(chosen) & fed.alive(chosen)] if len(chosen) else chosen
        if not len(chosen):
            return self.host.twin.past is not None
        here, there = (world_matrices(each, chosen.tolist())[:, :3] for each in (world, fed))
        return bool(np.abs(here - there).max() > 1e-3)

    @property
    def is_game(self) -> bool:
        """Whether it shows what a player sees, and hands play."""
        return self.game.is_wanted and self.host.play.is_playing

    @property
    def takes_keys(self) -> bool:
        """Whether keys go to the world that is played."""
        return self.is_game and self.game.is_focused

    def _meet(self, world: World) -> None:
        """Another world is shown: its copy that is played from where its player looks, others from where all is seen."""
        if self.host.play.is_playing:
            self.game.begin(world)
        elif self._edited_world is not world:
            documents = self.window.shell.documents
            documents.keep_camera(self.id, self._edited_world, self.camera)
            self._edited_world, found = world, documents.find_camera(self.id, world)
            if found is None:
                self.frame_all()
            else:
                self.camera.copy_from(found)
            self.camera.advance(10.0)
        else:
            self.game.end()
        self._shown_world = world

    def _seen(self, world: World) -> ViewCamera:
        entity = main_camera(world) if self.is_game else None
        return self.camera.camera() if entity is None else ViewCamera.of_entity(world, entity)

    def _draw_world(self, world: World) -> None:
        scale = imgui.get_io().display_framebuffer_scale.x
        size = max(16, int(self.extent[0] * scale)), max(16, int(self.extent[1] * scale))
        self._is_moving = self.camera.advance(imgui.get_io().delta_time) or self.navigation.is_dragging
        if self._is_moving and self.window.device.capabilities.is_software:
            size = max(16, int(size[0] * _MOVING_SCALE)), max(16, int(size[1] * _MOVING_SCALE))
        mode = "lit" if self.is_game else self.shown.mode
        quality = self.window.quality.name if mode in LIT else "full"
        asked = (size, quality, self._settings() | ({} if quality in ("full", "medium") else {"antialias": ""}))
        if self.view is None or asked != self._asked:
            self._drop_view()
            self._asked = asked
            outputs = frozenset({"color", "id", "depth"}) | mode_outputs(mode)
            self.view = View(self.camera.camera(), size, name=self.id, outputs=outputs, quality=asked[1], settings=asked[2])
        skies = self.window.renderer.lighting.skies
        skies.follow()
        looks = self.shown.key(), self.window.outline_key(), skies.version
        shown = self.game.lay_out(world, size) if self.is_game else 0
        key = (self.is_game, shown, self.camera.key(), size, *looks, *_world_key(world))
        if key != self._drawn:
            self._drawn = key
            self.view.camera = self._seen(world)
            self.window.modes.distances_m[self.id] = self.camera.distance_m
            self.window.outlined.radius_px = max(1, round(2 * size[0] / self.extent[0]))
            if not self.is_game:
                self._add_lines(world)
            # What is edited stands still: its pictures are stills, that eyes are used to and nothing smears.
            self.window.renderer.render(world, [self.view], delta_secs=self.host.play.frame_secs)
        assert self.view.graph is not None
        if self.shown.mode == "reference" and not self.is_game:
            seen = (self._is_moving, self.camera.key(), size, skies.version, *_world_key(world))
            self.reference.follow(world, self._seen(world), size, seen)
        else:
            self.reference.forget()
        traced = self.reference.texture
        number = self.window.gui.painter.number_of(self.view.graph.textures["color"] if traced is None else traced)
        top, bottom = (1, 0) if traced is None else (0, 1)
        imgui.image(imgui.ImTextureRef(number), imgui.ImVec2(*self.extent), imgui.ImVec2(0, top), imgui.ImVec2(1, bottom))

    def _settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = {"antialias": "fxaa", "outline": True}
        if self.is_game:
            return settings | {"hud": True}
        theme = self.window.theme
        if self.camera.is_parallel and self.shown.mode in LIT:  # a sky has no horizon then: a plain ground tells things apart
            plain = theme.pressed if theme.is_dark else theme.faint
            settings |= {"background": tuple(round(c**2.2, 5) for c in plain[:3])}
        return settings | mode_settings(self.shown.mode, theme.ground)

    def _add_lines(self, world: World) -> None:
        """Shapes of what has no surface, for the next picture."""
        lines, theme = self.window.renderer.lines, self.window.theme
        if self.shown.grid and self.shown.mode != "overdraw":
            light = (0.75, 0.78, 0.82, 1.0) if self.shown.mode in LIT else theme.faint
            axes = theme.x_axis, theme.y_axis, theme.z_axis
            add_grid(
                lines, self.camera.pivot, self.camera.distance_m, color=light, axis_colors=axes, normal=self.camera.faced_axis
            )
        if self.shown.colliders:
            self._colliders.add(lines, world, color=theme.good, trigger_color=theme.warning, joint_color=theme.z_axis)
        if self.shown.lights:
            self._lights.add(lines, world, color=theme.warning)
        if self.shown.cameras:
            self._cameras.add(lines, world, color=theme.accent)
        self.fences.add_lines(lines, world)
        if self.shown.icons:
            chosen = self.window.outlined.handles
            add_light_shapes(lines, world, having(world, chosen, Light).tolist(), color=theme.warning)
            add_camera_shapes(lines, world, having(world, chosen, Camera).tolist(), color=theme.accent)

    def _is_shaping(self, world: World) -> bool:
        """Whether clicks go to a brush or a curve."""
        return self.brushing.is_busy(world) or self.curves.is_busy(world)

    # -- hands -------------------------------------------------------------------------------------------------------
    def _use_hands(self, world: World, hovered: bool) -> None:
        is_busy = self.gizmo.is_busy or self.fences.is_busy
        if self.gizmo.modal.is_fresh:
            return  # the click that ended it selects nothing
        self.navigation.update(self.camera, hovered=hovered and not self.choosing.is_pressed, height=self.extent[1])
        if self.navigation.says_speed:
            speed = f"{self.navigation.speed * self.camera.distance_m:.2g} m/s"
            middle = (self.origin[0] + self.extent[0] / 2, self.origin[1] + self.extent[1] - imgui.get_font_size() * 2.2)
            draw_plate(self.window.theme, [(f"{self.t('Speed')}  ", "faint"), (speed, "text")], middle)
        if not self.fences.is_drawing and not self._is_shaping(world):
            self.choosing.update(world, hovered=hovered, busy=is_busy)

    def _take_drop(self) -> None:
        """An asset that is dropped on the picture stands on what is seen there."""
        result = self.window.drag_drop.target(GENERATED, is_marked=False)
        dropped = self.window.drag_drop.target("asset", is_marked=False)
        field = self.window.drag_drop.target(TOPIC_FIELD)
        if field is not None:
            mouse = imgui.get_io().mouse_pos
            self.window.shell.later(partial(self._bind, field, (mouse.x, mouse.y)))
        if result:
            mouse, place = imgui.get_io().mouse_pos, self.ghost.place
            self.ghost.end()
            self.window.shell.later(partial(drop_result_on_view, self, result, mouse.x, mouse.y, place=place))
        elif dropped:
            mouse, place = imgui.get_io().mouse_pos, self.ghost.place
            self.ghost.end()
            self.window.shell.later(partial(drop_on_view, self, str(dropped), mouse.x, mouse.y, place=place))
        else:
            self.ghost.update(self.host.session.world)

    def _bind(self, field: object, place: tuple[float, float]) -> None:
        """A field of a topic was dropped on what is seen at a place."""
        seen = self.host.twin.world or self.host.session.world
        found = self.host.session.living(self.entities_in(seen, place, place))
        if found:
            self.window.do("selection.set", entities=found[:1])
            bind_dropped(self.window, field, found[0])
        else:
            self.window.shell.toasts.say(self.t("Drop it onto an entity that it is of."), "warning")

    def entities_in(self, world: World, a: tuple[float, float], b: tuple[float, float]) -> list[str]:
        """Stable ids of what is seen between two points of the window."""
        assert self.view is not None
        return pick_entities(self.window.renderer, self.view, world, self.pixels_of(self.view, a, b))

    def pixels_of(self, view: View, a: tuple[float, float], b: tuple[float, float]) -> tuple[int, int, int, int]:
        """The rectangle of a view's pixels between two points of the window."""
        corners = (np.array([a, b]) - np.array(self.origin)) * (view.size[0] / self.extent[0])
        low, high = np.floor(corners.min(0)).astype(int), np.floor(corners.max(0)).astype(int)
        return (int(low[0]), int(low[1]), int(high[0] - low[0]) + 1, int(high[1] - low[1]) + 1)

    def point_at(self, x: float, y: float) -> SurfacePoint | None:
        """What is seen at a place of the window, or the ground where nothing is; None above the horizon."""
        if self.view is None:
            return None
        scale = self.view.size[0] / self.extent[0]
        column, row = int((x - self.origin[0]) * scale), int((y - self.origin[1]) * scale)
        found = point_under(self.window.renderer, self.view, column, row)
        if found is None:
            share = (x - self.origin[0]) / self.extent[0], (y - self.origin[1]) / self.extent[1]
            ground = point_on_ground(*self.camera.ray(*share, self.extent[0] / self.extent[1]))
            found = None if ground is None else SurfacePoint(ground, np.array([0.0, 1.0, 0.0]))
        return found

    def keep_camera(self) -> None:
        """Its camera was put somewhere: meeting the world does not move it."""
        if self.host.session.worlds:
            self._edited_world = self._shown_world = self.host.session.world

    # -- the camera --------------------------------------------------------------------------------------------------
    def frame_all(self) -> None:
        """Glide until all that is drawn is seen."""
        self._focus(None)

    def frame_selected(self) -> None:
        """Glide until what is selected is seen; everything where nothing is."""
        handles = np.array(self.window.selected_family(), np.uint64)
        self._focus(handles if len(handles) else None)

    def _focus(self, entities: NDArray[np.uint64] | None) -> None:
        """Glide until the corners of all that is drawn fit, of some entities with room around, seen from the present side."""
        world = self.host.session.world
        bounds = visible_bounds(world, entities)
        if bounds is None or float(np.abs(bounds).max()) > _FARTHEST_M:
            self.camera.focus(self._around(world, entities, bounds))
            return
        aspect, fov = self.extent[0] / self.extent[1], self.camera.fov_y_rad
        fitted = frame_camera(world, aspect=aspect, fov_y_rad=fov, direction=self.camera.back, entities=entities)
        eye = fitted.world_from_camera[:3, 3] + np.array(fitted.cell, float) * CELL_M
        middle = bounds.mean(0)
        if entities is not None:  # with something of what stands around it
            eye = middle + (eye - middle) * _ROOM
        self.camera.go(eye, float(np.linalg.norm(eye - middle)))

    def _around(self, world: World, entities: NDArray[np.uint64] | None, bounds: NDArray[np.float64] | None) -> Any:
        """A box [2, 3] to look at where nothing is drawn, or too far away: a metre around places that can be looked at."""
        if bounds is not None:
            middle = np.clip(bounds.mean(0), -_FARTHEST_M, _FARTHEST_M)
            half = np.minimum((bounds[1] - bounds[0]) / 2, _FARTHEST_M / 4)
            return np.stack([middle - half, middle + half])
        found = having(world, entities, Transform) if entities is not None else np.zeros(0, np.uint64)
        places = world_matrices(world, found.tolist())[:, :3, 3]
        places = places[np.isfinite(places).all(1) & (np.abs(places) < _FARTHEST_M).all(1)]
        if not len(places):
            places = np.zeros((1, 3))
        return np.stack([places.min(0) - 1, places.max(0) + 1])

    def release(self) -> None:
        """Give the view back."""
        self.gizmo.stop()
        self.ghost.end()
        self.reference.forget()
        self._drop_view()

    def _drop_view(self) -> None:
        if self.view is not None:
            if self.view.graph is not None and "color" in self.view.graph.textures:
                self.window.gui.painter.forget(self.view.graph.textures["color"])
            self.view.release()
        self.view = self._drawn = None


class SecondView(Viewport):
    """Another view, with its own camera."""

    id: ClassVar[str] = "viewport2"
    title: ClassVar[str] = "View 2"
    is_open_at_first: ClassVar[bool] = False


class ThirdView(Viewport):
    """One more."""

    id: ClassVar[str] = "viewport3"
    title: ClassVar[str] = "View 3"
    is_open_at_first: ClassVar[bool] = False


class FourthView(Viewport):
    """The last of four."""

    id: ClassVar[str] = "viewport4"
    title: ClassVar[str] = "View 4"
    is_open_at_first: ClassVar[bool] = False


def _world_key(world: World) -> tuple[Any, ...]:
    """Changes when anything that is drawn may look different: cheap, and never too old."""
    meshes, materials = world.resource(MeshLibrary).changes(1 << 62)[1], world.resource(MaterialLibrary).changes(1 << 62)[1]
    return (id(world), max((table.touched for table in world.tables), default=0), meshes, materials)
