"""A surface on a simple body under steady light, drawn when it changed and not otherwise."""

from __future__ import annotations

from functools import cache
from math import cos, sin
from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui

from taixu.app import Stage
from taixu.assets.model import Primitive
from taixu.defaults import App
from taixu.ecs import World
from taixu.math.quaternion import from_matrix, look_rotation
from taixu.render import View, ViewCamera
from taixu.scene import Environment, Light, MeshInstance, MeshLibrary, Shape, Transform
from taixu.scene.library import LibraryMesh
from taixu_editor.view.dragging import axes_of, world_matrices

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["BODIES", "MaterialBall"]

BODIES = {"sphere": ("sphere", (1.0, 1.0, 1.0)), "box": ("box", (0.8, 0.8, 0.8)), "plane": ("plane", (1.15, 0.0, 1.15)),
          "cloth": ("plane", (1.3125, 0.0, 1.3125)), "torus": ("torus", (1.1, 0.35, 1.1))}  # fmt: skip
"""Bodies by name: a kind of `Shape`, and its size. Cloth stands in for a plane of a size of its own."""
_TURN_A_PIXEL = 0.01
_MOST_LIGHTS = 4
_MOST_MESHES = 600
"""Each look brings a mesh with it; with so many the small world is made anew."""


class MaterialBall:
    """A small world of its own, with its own renderer: the sky of the world that is edited stays where it is."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self.body = "sphere"
        self.is_in_world = False
        """Whether it stands under the sky of the world that is edited, and not in a studio."""
        self.turn_rad, self.height_rad = 0.5, 0.35
        self._app: App | None = None
        self._project: Any = None
        self._entity = 0
        self._around: list[int] = []
        self._size = (16, 16)
        self._surface_type: type = object
        self._view: View | None = None
        self._shown: object = None
        self._drawn: tuple[Any, ...] | None = None

    def draw(self, surface: Any, side: float) -> None:
        """Lay out the picture of a surface (a component); dragging turns the body."""
        scale = imgui.get_io().display_framebuffer_scale.x
        self._size = (max(int(side * scale), 16), max(int(side * scale), 16))
        app, key = self._ready(), self._key(surface)
        if key != self._drawn:
            self._drawn = key
            self._render(app, surface, self._size)
        assert self._view is not None
        assert self._view.graph is not None
        number = self._window.gui.painter.number_of(self._view.graph.textures["color"])
        start = imgui.get_cursor_screen_pos()
        imgui.invisible_button("ball", (side, side))
        if imgui.is_item_active():
            moved = imgui.get_io().mouse_delta
            self.turn_rad -= moved.x * _TURN_A_PIXEL
            self.height_rad = float(np.clip(self.height_rad + moved.y * _TURN_A_PIXEL, -1.4, 1.4))
        round_px = imgui.get_font_size() * 0.5
        white = imgui.get_color_u32((1.0, 1.0, 1.0, 1.0))
        end = (start.x + side, start.y + side)
        imgui.get_window_draw_list().add_image_rounded(
            imgui.ImTextureRef(number), (start.x, start.y), end, (0, 1), (1, 0), white, round_px
        )

    def follow(self, surface: Any) -> None:
        """The surface was changed since it was laid out: the same picture shows it in the same frame.

        What asks for another picture (a body, a sky) waits for the next one: this one is laid out already.
        """
        key = self._key(surface)
        if self._app is not None and self._drawn is not None and key[0] != self._drawn[0] and key[1:] == self._drawn[1:]:
            self._drawn = key
            self._render(self._app, surface, self._size)

    def _key(self, surface: Any) -> tuple[Any, ...]:
        return (
            repr(surface), self.body, self._size, round(self.turn_rad, 3), round(self.height_rad, 3), self._window.theme.name,
            repr(self._environment()), repr(self._lights()),
        )  # fmt: skip

    def _environment(self) -> Environment | None:
        """The sky of the world that is edited, where that is wanted; None for the studio."""
        world = self._window.host.session.world
        if not self.is_in_world:
            return None
        for entity in world.query(Environment).entities[:1].tolist():
            return world.get(entity, Environment)
        return Environment()

    def _lights(self) -> list[tuple[Light, Transform]]:
        """Light from afar: the world's own, or the studio's lamp."""
        if not self.is_in_world:
            return [(Light(intensity=1.6, shadows=False), Transform(rotation=tuple(look_rotation((-0.6, -0.7, -0.35)))))]
        world = self._window.host.session.world
        handles = world.query(Light).entities
        kinds = np.asarray(world.gather(handles, Light, "kind")) if len(handles) else np.zeros(0, object)
        found = []
        for entity in handles[kinds == "directional"][:_MOST_LIGHTS].tolist():
            axes = axes_of(world_matrices(world, [entity])[0])
            found.append((world.get(entity, Light), Transform(rotation=tuple(from_matrix(axes)))))
        return found

    def release(self) -> None:
        """Give all back."""
        if self._view is not None:
            if self._view.graph is not None and "color" in self._view.graph.textures:
                self._window.gui.painter.forget(self._view.graph.textures["color"])
            self._view.release()
        if self._app is not None:
            self._app.close()
        self._view = self._app = self._drawn = self._shown = None

    def _ready(self) -> App:
        host = self._window.host
        is_full = self._app is not None and len(self._app.world.resource(MeshLibrary)) > _MOST_MESHES
        if self._app is None or is_full or self._project is not host.session.project:
            self.release()
            self._project = host.session.project
            self._app = app = host.make_app(self._project)
            world = app.world
            self._around = []
            self._entity = world.spawn(Transform(), Shape())
        return self._app

    def _render(self, app: App, surface: Any, size: tuple[int, int]) -> None:
        world, shown = app.world, (repr(surface), self.body)
        if shown != self._shown:
            before, self._shown = self._shown, shown
            kind, extent = BODIES[self.body]
            world.insert(self._entity, Shape(kind=kind, size=extent))
            if before is not None and type(surface) is not self._surface_type:
                world.remove(self._entity, self._surface_type)
            self._surface_type = type(surface)
            world.insert(self._entity, surface)
        sky = self._environment()
        for entity in self._around:
            world.despawn(entity)
        self._around = [world.spawn(*each) for each in (*(() if sky is None else ((sky,),)), *self._lights())]
        for stage in (Stage.APPLY, Stage.PROPAGATE):
            app.run_stage(stage)
        if self.body == "cloth":
            _drape(world, self._entity)
        if self._view is None or self._view.size != size:
            if self._view is not None:
                if self._view.graph is not None and "color" in self._view.graph.textures:
                    self._window.gui.painter.forget(self._view.graph.textures["color"])
                self._view.release()
            self._view = View(ViewCamera.looking((0, 0, 3), (0, 0, 0)), size, name="material", settings={"antialias": "fxaa"})
        self._view.settings.pop("background", None)
        self._view.settings.pop("exposure_ev", None)
        if sky is None:
            self._view.settings["exposure_ev"] = -0.9
            self._view.settings["background"] = tuple(channel**2.2 for channel in self._window.theme.raised[:3])
        flat = cos(self.height_rad)
        eye = np.array([flat * sin(self.turn_rad), sin(self.height_rad), flat * cos(self.turn_rad)]) * 2.6
        self._view.camera = ViewCamera.looking(eye, (0.0, 0.0, 0.0), fov_y_rad=0.5)
        app.drawing.renderer.render(world, [self._view])


def _drape(world: World, entity: int) -> None:
    """Put cloth in place of the plane that was made, with the look of that."""
    meshes = world.resource(MeshLibrary)
    number = int(world.get(entity, MeshInstance).mesh)
    if meshes[number].primitives and meshes[number].primitives[0] is not cloth():
        meshes.replace(number, LibraryMesh((cloth(),), meshes[number].materials))


@cache
def cloth() -> Primitive:
    """A square of cloth that hangs over a ball: folds towards its rim, where light grazes a surface at every angle."""
    count, half = 65, 0.53
    across = np.linspace(-1.0, 1.0, count)
    u, v = np.meshgrid(across, across, indexing="ij")

    def place(u: Any, v: Any) -> Any:
        reach, angle = np.hypot(u, v), np.arctan2(v, u)
        fall = np.clip(reach - 0.45, 0.0, None)
        folds = 0.34 * fall * np.sin(6 * angle + 0.6) * np.clip(fall * 3, 0, 1)
        sag = 0.32 * np.sqrt(np.clip(1 - np.minimum(reach, 0.999) ** 2 * 0.6, 0, None)) - 0.5 * fall
        spread = half * (1 - 0.22 * fall + folds)
        return np.stack([u * spread, sag + folds * 0.5 - 0.05, v * spread], -1)

    points, step = place(u, v), 1e-3
    normals = np.cross(place(u, v + step) - points, place(u + step, v) - points)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    corner = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).reshape(-1)
    upper = np.stack([corner, corner + 1, corner + count], 1)
    lower = np.stack([corner + 1, corner + count + 1, corner + count], 1)
    front = np.concatenate([upper, lower])
    attributes = {
        "POSITION": np.concatenate([points, points]).reshape(-1, 3).astype(np.float32),
        "NORMAL": np.concatenate([normals, -normals]).reshape(-1, 3).astype(np.float32),
        "TEXCOORD_0": np.tile(np.stack([u, v], -1).reshape(-1, 2) / 2 + 0.5, (2, 1)).astype(np.float32),
    }
    both = np.concatenate([front, front[:, ::-1] + count * count])
    return Primitive(attributes, both.reshape(-1).astype(np.uint32))
