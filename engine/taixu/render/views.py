"""Views: cameras with targets and memory. A frame draws any number of them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from math import pi
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.ecs import World
from taixu.math.projection import frustum_planes, orthographic, perspective
from taixu.math.quaternion import look_axes
from taixu.render.bindings import VIEW_BLOCK
from taixu.render.quality.tiers import TIERS, tier_settings
from taixu.scene import CELL_M, Camera, Eye, WorldTransforms, split_position

if TYPE_CHECKING:
    from taixu.render.culling import VisibleList
    from taixu.render.extraction import WorldMirror
    from taixu.render.graph import ResolvedGraph

__all__ = ["OUTPUTS", "View", "ViewCamera", "finished_block", "view_block", "view_planes"]

OUTPUTS = ("color", "depth", "normal", "velocity", "id", "albedo")
"""Targets that a view can ask for; "color" is the picture, display-referred."""

_PARALLEL_FAR_M = 10_000.0


@dataclass(frozen=True, slots=True)
class ViewCamera:
    """Where a view looks from and how it projects.

    Attributes
    ----------
    world_from_camera : float64[4, 4]
        Pose relative to `cell`; the camera looks along -Z.
    cell
        Cell of 1,024 m.
    fov_y_rad, near_m, far_m, height_m
        As in `taixu.scene.Camera`: far 0 is infinite, a height above 0 is a parallel projection.
    """

    world_from_camera: NDArray[np.float64]
    cell: tuple[int, int, int] = (0, 0, 0)
    fov_y_rad: float = pi / 4
    near_m: float = 0.05
    far_m: float = 0.0
    height_m: float = 0.0

    @classmethod
    def looking(cls, eye: ArrayLike, target: ArrayLike, *, fov_y_rad: float = pi / 4, near_m: float = 0.05,
                far_m: float = 0.0, up: ArrayLike = (0.0, 1.0, 0.0), height_m: float = 0.0) -> ViewCamera:  # fmt: skip
        """A camera at `eye` that looks at `target`, both in metres of the world (float64)."""
        place = np.asarray(eye, np.float64)
        cell, _ = split_position(place)
        pose = np.eye(4)
        pose[:3, :3] = look_axes(np.asarray(target, np.float64) - place, up)
        pose[:3, 3] = place - cell * CELL_M
        return cls(pose, (int(cell[0]), int(cell[1]), int(cell[2])), fov_y_rad, near_m, far_m, height_m)

    @classmethod
    def of_entity(cls, world: World, entity: int) -> ViewCamera:
        """The camera that an entity with `Camera` is, after transforms were propagated."""
        camera, places = world.get(entity, Camera), world.resource(WorldTransforms)
        index = entity & 0xFFFFFFFF
        pose = np.eye(4)
        pose[:3] = places.matrices[index].reshape(3, 4)
        axes = pose[:3, :3]
        axes /= np.maximum(np.linalg.norm(axes, axis=0), 1e-12)  # a scaled camera sees no smaller
        cell = places.cells[index]
        return cls(pose, (int(cell[0]), int(cell[1]), int(cell[2])), float(camera.fov_y_rad), float(camera.near_m),
                   float(camera.far_m), float(camera.height_m))  # fmt: skip

    def clip_from_view(self, aspect: float) -> NDArray[np.float64]:
        """The projection, reversed depth."""
        if self.height_m > 0:
            far = self.far_m or _PARALLEL_FAR_M
            return orthographic(self.height_m * aspect, self.height_m, self.near_m, far).astype(np.float64)
        return perspective(self.fov_y_rad, aspect, self.near_m, far_m=self.far_m or None).astype(np.float64)


@dataclass
class View:
    """A picture to be drawn each frame, with what it remembers from the last one.

    Attributes
    ----------
    camera
        Set before each frame, or set `entity` and the renderer asks the world.
    size
        (width, height) in pixels.
    outputs
        Which of `OUTPUTS` are wanted.
    layers
        Bit mask: renderables that share a bit with it are shown.
    quality
        A tier ("low", "medium", "high", "cinematic"; `taixu.render.quality`), which sets what `settings` leaves open and raises
        `samples`; "full": what features do by themselves; or "fast": one light, no shadows, no post effects.
    samples
        Samples per pixel of the colour pass.
    settings
        What features want to know about this view (background, exposure, antialiasing, ...); part of the configuration.
    choices
        What features chose for this view by the world that it shows, by the feature's name; the renderer fills it.
    """

    camera: ViewCamera
    size: tuple[int, int] = (1280, 720)
    name: str = "main"
    outputs: frozenset[str] = frozenset({"color"})
    layers: int = 0xFFFFFFFF
    quality: str = "full"
    samples: int = 1
    entity: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    choices: dict[str, Hashable] = field(default_factory=dict, repr=False)
    jitter: tuple[float, float] = (0.0, 0.0)
    history: dict[str, Any] = field(default_factory=dict, repr=False)
    graph: ResolvedGraph | None = field(default=None, repr=False)
    visible: VisibleList | None = field(default=None, repr=False)
    shown: WorldMirror | None = field(default=None, repr=False)
    _configured: Any = field(default=None, repr=False)
    _previous: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.quality in TIERS:
            self.settings = tier_settings(self.quality) | self.settings
            self.samples = max(self.samples, TIERS[self.quality].samples)
        elif self.quality not in ("full", "fast"):
            raise ValueError(f"view {self.name!r}: there is no quality {self.quality!r}; there are {', '.join(TIERS)}, full, fast")

    def asking(self, *outputs: str) -> View:
        """A view like this one that wants these outputs as well (without its memory)."""
        return replace(self, outputs=self.outputs | set(outputs), history={}, graph=None, visible=None, shown=None)

    @property
    def drawn_size(self) -> tuple[int, int]:
        """(width, height) of what is drawn before the camera's effects: smaller than `size` where the picture is gathered of
        smaller frames (`drawn_scale` of what a feature chose).
        """
        scale = min((getattr(choice, "drawn_scale", 1.0) for choice in self.choices.values()), default=1.0)
        return max(1, round(self.size[0] * scale)), max(1, round(self.size[1] * scale))

    def eye(self) -> Eye:
        """Where it looks from, for what shows as much detail as can be seen."""
        camera, traced = self.camera, bool(self.settings.get("traced") or self.settings.get("reference"))
        error = 0.0 if traced else float(self.settings.get("shape_error_px", 0.0))
        position = camera.world_from_camera[:3, 3] + np.asarray(camera.cell, np.float64) * CELL_M
        if camera.height_m > 0:
            return Eye(position, self.size[1] / camera.height_m, is_parallel=True, wants_meshes=traced, error_px=error)
        return Eye(position, self.size[1] / (2 * np.tan(camera.fov_y_rad / 2)), wants_meshes=traced, error_px=error)

    def configuration(self) -> tuple[Any, ...]:
        """What, when it changes, makes the pass graph be resolved anew."""
        return (
            self.size,
            self.outputs,
            self.quality,
            self.samples,
            tuple(sorted((k, repr(v)) for k, v in self.settings.items())),
            tuple(sorted(self.choices.items(), key=lambda choice: choice[0])),
        )

    def release(self) -> None:
        """Give textures and lists back."""
        if self.graph is not None:
            self.graph.release()
        if self.visible is not None:
            self.visible.release()
        self.graph = self.visible = self.shown = self._configured = None


def view_planes(view: View) -> NDArray[np.floating[Any]]:
    """The planes of what a view sees, [6, 4], relative to its camera's cell."""
    camera, (width, height) = view.camera, view.size
    return frustum_planes(camera.clip_from_view(width / height) @ _invert_rigid(camera.world_from_camera))


def view_block(
    view: View, *, index: int = 0, advance: bool = True, planes: NDArray[np.floating[Any]] | None = None
) -> NDArray[Any]:
    """The view's uniform block for this frame; `advance` makes this frame the next one's previous, `planes` are its `view_planes`
    where they are known.
    """
    camera, (width, height) = view.camera, view.size
    view_from_world = _invert_rigid(camera.world_from_camera)
    clip_from_view = camera.clip_from_view(width / height)
    plain = clip_from_view @ view_from_world
    jittered = clip_from_view.copy()
    if view.jitter != (0.0, 0.0):
        shift = np.eye(4)
        shift[0, 3], shift[1, 3] = view.jitter
        jittered = shift @ clip_from_view
    clip_from_world = jittered @ view_from_world
    previous = view._previous or (plain, camera.cell, view.jitter)
    block = VIEW_BLOCK.zeros()
    # numpy keeps rows, GLSL reads columns.
    block["clip_from_world"], block["world_from_clip"] = clip_from_world.T, np.linalg.inv(clip_from_world).T
    block["view_from_world"], block["clip_from_view"] = view_from_world.T, jittered.T
    block["world_from_view"] = camera.world_from_camera.T
    block["previous_clip_from_world"], block["plain_clip_from_world"] = previous[0].T, plain.T
    block["frustum_planes"] = frustum_planes(plain) if planes is None else planes
    block["camera_position"][:3] = camera.world_from_camera[:3, 3]
    block["camera_position"][3] = 0.0 if camera.height_m > 0 else 1.0
    block["camera_cell"][:3], block["previous_cell"][:3] = camera.cell, previous[1]
    drawn = view.drawn_size
    block["viewport"] = (*drawn, 1 / drawn[0], 1 / drawn[1])
    block["depth_range"] = (camera.near_m, camera.far_m, np.tan(camera.fov_y_rad / 2), width / height)
    block["jitter"] = (*view.jitter, *previous[2])
    block["layer_mask"], block["view_index"] = view.layers & 0xFFFFFFFF, index
    block["texture_bias"] = view.history.get("texture_bias", 0.0)
    if advance:
        view._previous = (plain, camera.cell, view.jitter)
    return block


def finished_block(view: View, block: NDArray[Any]) -> NDArray[Any]:
    """The block for passes over the finished picture: its size, and no jitter. `block` is that of the frame."""
    camera, (width, height) = view.camera, view.size
    plain = np.asarray(block["plain_clip_from_world"], np.float64).reshape(4, 4)
    finished = block.copy()
    finished["clip_from_world"], finished["world_from_clip"] = plain, np.linalg.inv(plain)
    finished["clip_from_view"] = camera.clip_from_view(width / height).T
    finished["viewport"] = (width, height, 1 / width, 1 / height)
    finished["jitter"] = 0.0
    return finished


def _invert_rigid(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    inverse, turned = np.zeros((4, 4)), matrix[:3, :3].T
    inverse[:3, :3] = turned
    inverse[:3, 3] = -turned @ matrix[:3, 3]
    inverse[3, 3] = 1.0
    return inverse
