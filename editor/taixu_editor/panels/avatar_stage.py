"""The person in the studio: a small world of its own with one avatar, which turns by dragging and moves its face."""

from __future__ import annotations

from math import cos, sin
from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui

from taixu.animation import MorphWeights
from taixu.animation.components import Morph
from taixu.animation.motion import Motion
from taixu.animation.motion.faces import blinking
from taixu.app import Clock, Stage
from taixu.math.quaternion import look_rotation
from taixu.render import View, ViewCamera
from taixu.scene import Light, Material, Model, Shape, Transform
from taixu.scene.instantiate import ModelHooks, Spawned
from taixu.scene.models import ModelState

if TYPE_CHECKING:
    from taixu.assets.model import ModelData
    from taixu.defaults import App
    from taixu.ecs import World
    from taixu_editor.avatars import AvatarDesk
    from taixu_editor.window import EditorWindow

__all__ = ["POSES", "AvatarStage"]

POSES = {"stand": ("", 0.0), "walk": ("", 1.35), "run": ("", 3.2), "sit": ("sit", 0.0), "wave": ("wave", 0.0),
         "point": ("point", 0.0), "hold": ("hold", 0.0), "cheer": ("cheer", 0.0), "talk": ("talk", 0.0)}  # fmt: skip
"""What the person does: an act of `Motion`, and a speed in metres a second."""
_FACES = frozenset({"face", "hair", "accessories", "colors", "moods"})
"""Tabs that look at the head."""
_TURN_A_PIXEL = 0.01
_MOST_LOOKS = 16
"""Each look brings meshes with it; with so many the small world is made anew."""
_STEP_SECS = 0.1
_SETTLE_STEPS = 8
"""After these a pose has taken over, and the person holds still unless somebody lets it move."""
_FOV_RAD = 0.5
_SEED = 7
_LAMPS = ((1.5, (-0.5, -0.6, -0.62)), (0.45, (0.9, -0.25, -0.35)), (0.9, (0.35, -0.35, 0.85)))
"""Intensity and direction: from before, from the side, from behind."""


class _Looks:
    """Models that are in memory, as a world asks for them by name."""

    def __init__(self) -> None:
        self.models: dict[str, ModelData] = {}
        self.version = 0

    def model(self, source: str) -> tuple[ModelData, int] | None:
        found = self.models.get(source)
        return None if found is None else (found, 0)

    def wait(self) -> None:
        """Nothing is under way."""


class AvatarStage:
    """The picture.

    Attributes
    ----------
    pose
        One of `POSES`.
    moves
        Whether it goes on moving; otherwise it holds still.
    face
        Weights of expressions by name.
    tab
        What is being chosen: the camera looks there.
    box
        Where the picture lies: left, top, right and bottom in window units.
    shown
        The version of the desk's look that is shown; -1 before the first.
    """

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self.pose, self.moves, self.tab = "stand", False, "body"
        self.face: dict[str, float] = {}
        self.turn_rad, self.height_rad, self.zoom = 0.35, 0.05, 1.0
        self.shown = -1
        self.box = (0.0, 0.0, 0.0, 0.0)
        self._app: App | None = None
        self._project: Any = None
        self._store = _Looks()
        self._entity = 0
        self._spawned: Spawned | None = None
        self._posed: tuple[Any, ...] = ()
        self._view: View | None = None
        self._drawn: tuple[Any, ...] = ()
        self._secs = 0.0

    def draw(self, desk: AvatarDesk, width: float, height: float) -> None:
        """Lay out the picture; dragging turns the person, the wheel goes nearer."""
        scale = imgui.get_io().display_framebuffer_scale.x
        size = (max(int(width * scale), 16), max(int(height * scale), 16))
        x, y = imgui.get_cursor_screen_pos()
        self.box = (x, y, x + width, y + height)
        round_px, theme, draw = imgui.get_font_size() * 0.5, self._window.theme, imgui.get_window_draw_list()
        draw.add_rect_filled((x, y), (x + width, y + height), theme.pack("raised"), round_px)
        imgui.set_next_item_allow_overlap()
        imgui.invisible_button("person", (width, height))
        if imgui.is_item_hovered():
            imgui.set_item_key_owner(imgui.Key.mouse_wheel_y)
            self.zoom = min(max(self.zoom * 0.9 ** imgui.get_io().mouse_wheel, 0.4), 2.5)
        if imgui.is_item_active():
            moved = imgui.get_io().mouse_delta
            self.turn_rad -= moved.x * _TURN_A_PIXEL
            self.height_rad = min(max(self.height_rad + moved.y * _TURN_A_PIXEL, -0.6), 1.2)
        if desk.model is None:
            return
        self._show(desk.model, desk.version)
        self._act(imgui.get_io().delta_time)
        self._render(size)
        assert self._view is not None
        assert self._view.graph is not None
        number = self._window.gui.painter.number_of(self._view.graph.textures["color"])
        white = imgui.get_color_u32((1.0, 1.0, 1.0, 1.0))
        draw.add_image_rounded(imgui.ImTextureRef(number), (x, y), (x + width, y + height), (0, 1), (1, 0), white, round_px)

    def release(self) -> None:
        """Give all back."""
        self._forget_view()
        if self._app is not None:
            self._app.close()
        self._app, self._spawned, self._posed, self._drawn, self.shown = None, None, (), (), -1
        self._store = _Looks()

    # -- the world ---------------------------------------------------------------------------------------------------
    def _show(self, model: ModelData, version: int) -> None:
        project = self._window.host.session.project
        if self._app is not None and (len(self._store.models) >= _MOST_LOOKS or self._project is not project):
            self.release()
        if self._app is None:
            self._project = project
            self._app = self._furnished()
        if version == self.shown:
            return
        world, source = self._app.world, f"look {version}"
        self._store.models[source] = model
        self._store.version += 1
        # Somebody new each time, so that how one stands hangs on nothing that was shown before.
        world.despawn(self._entity)
        self._spawned = None
        self._entity = world.spawn(Transform(), Model(source=source), Motion(measured=False, ground=False, seed=_SEED))
        self.shown, self._posed = version, ()

    def _furnished(self) -> App:
        """A world with lamps, something to stand on, and nobody yet."""
        app = self._window.host.make_app(self._window.host.session.project)
        world = app.world
        world.insert_resource(ModelState(self._store))
        app.resource(ModelHooks).functions.append(self._took)
        for intensity, direction in _LAMPS:
            world.spawn(Light(intensity=intensity, shadows=False), Transform(rotation=tuple(look_rotation(direction))))
        world.spawn(
            Shape(kind="cylinder", size=(0.9, 0.04, 0.9)), Transform(translation=(0.0, -0.021, 0.0)),
            Material(base_color=(0.20, 0.21, 0.23, 1.0), roughness=0.8),
        )  # fmt: skip
        self._entity = world.spawn(Transform())
        return app

    def _took(self, world: World, spawned: Spawned) -> None:
        if spawned.owner == self._entity:
            self._spawned = spawned

    def _act(self, delta_secs: float) -> None:
        """Let the person move, or bring it into the pose in which it holds still."""
        assert self._app is not None
        world, wanted = self._app.world, (self.shown, self.pose)
        if wanted != self._posed:
            act, speed = POSES[self.pose]
            world.set(self._entity, Motion, act=act, speed=speed)
            self._posed, self._drawn = wanted, ()
            for _ in range(_SETTLE_STEPS if not self.moves else 2):
                self._step(_STEP_SECS)
        elif self.moves:
            self._step(min(delta_secs, 0.1))
            self._drawn = ()

    def _step(self, secs: float) -> None:
        assert self._app is not None
        self._secs += secs
        self._app.world.resource(Clock).frame_secs = secs
        for stage in (Stage.APPLY, Stage.UPDATE, Stage.PROPAGATE):
            self._app.run_stage(stage)

    def _pull_faces(self) -> None:
        """Write the morph weights that the sliders say; who moves blinks, too."""
        assert self._app is not None
        world, spawned = self._app.world, self._spawned
        if spawned is None or spawned.model.avatar is None:
            return
        weights = dict(self.face)
        if self.moves:
            shut = float(blinking(np.array([self._secs], np.float32), np.array([0.4], np.float32))[0])
            weights["blink"] = max(weights.get("blink", 0.0), shut)
        values: dict[int, Any] = {}
        for name, expression in spawned.model.avatar.expressions.items():
            for bind in expression.morphs:
                entity = int(spawned.entities[bind.node])
                if not world.has(entity, Morph):
                    continue
                if entity not in values:
                    values[entity] = np.zeros(int(world.get(entity, Morph).count), np.float32)
                values[entity][bind.index] += np.float32(weights.get(name, 0.0) * bind.weight)
        for entity, found in values.items():
            world.resource(MorphWeights).set(world, entity, np.clip(found, 0.0, 1.0))

    # -- the picture -------------------------------------------------------------------------------------------------
    def _render(self, size: tuple[int, int]) -> None:
        assert self._app is not None
        theme = self._window.theme
        key = (self._posed, tuple(sorted(self.face.items())), size, round(self.turn_rad, 3), round(self.height_rad, 3),
               round(self.zoom, 3), self.tab in _FACES, theme.name)  # fmt: skip
        if key == self._drawn:
            return
        self._drawn = key
        self._pull_faces()
        if self._view is None or self._view.size != size:
            self._forget_view()
            self._view = View(ViewCamera.looking((0, 0, 3), (0, 0, 0)), size, name="avatar", settings={"antialias": "fxaa"})
        self._view.settings["background"] = tuple(channel**2.2 for channel in theme.raised[:3])
        self._view.settings["exposure_ev"] = -0.6
        self._view.camera = self._camera(size[0] / size[1])
        self._app.drawing.renderer.render(self._app.world, [self._view])

    def _camera(self, aspect: float) -> ViewCamera:
        """Looks at all of the person, or at the head."""
        height, head = self._heights()
        if self.tab in _FACES:
            low, high = head - 0.07 * height, height * 1.02
        else:
            low, high = -0.04 * height, height * 1.04
        middle = np.array([0.0, (low + high) / 2, 0.0])
        reach = max(high - low, (high - low) * 0.62 / aspect if self.tab not in _FACES else (high - low) / aspect)
        away = self.zoom * (reach / 2) / np.tan(_FOV_RAD / 2) * 1.04 + 0.1 * height
        flat = cos(self.height_rad)
        eye = np.array([flat * sin(self.turn_rad), sin(self.height_rad), flat * cos(self.turn_rad)]) * away
        return ViewCamera.looking(middle + eye, middle, fov_y_rad=_FOV_RAD)

    def _heights(self) -> tuple[float, float]:
        """Of the crown and of the head's bone, in metres, as the person stands."""
        spawned = self._spawned
        if spawned is None or spawned.model.avatar is None:
            return 1.7, 1.5
        model, avatar = spawned.model, spawned.model.avatar
        at, node = 0.0, avatar.humanoid.get("head")
        while node is not None:
            at += float(model.nodes[node].translation[1])
            node = model.nodes[node].parent
        crown = max(
            (float(part.attributes["POSITION"][:, 1].max()) for each in model.nodes if each.mesh is not None
             for part in model.meshes[each.mesh].primitives if "POSITION" in part.attributes),
            default=at + 0.25,
        )  # fmt: skip
        return max(crown, 0.2), at

    def _forget_view(self) -> None:
        if self._view is not None:
            if self._view.graph is not None and "color" in self._view.graph.textures:
                self._window.gui.painter.forget(self._view.graph.textures["color"])
            self._view.release()
        self._view = None
