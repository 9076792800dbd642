"""What is known of every pixel of a frame, in units that others work with, and the camera that saw it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.render.views import View, ViewCamera
from taixu.scene import CELL_M

if TYPE_CHECKING:
    from taixu.render.renderer import Renderer

__all__ = ["LAYERS", "Frame", "LayerView", "camera_facts", "pixels_from_motion"]

LAYERS = {
    "hdr": "linear Rec.709 of the scene, premultiplied alpha",
    "depth": "metres along the camera's axis (not along the ray); infinite where nothing is",
    "normals": "unit vectors in the world, of the surface without its normal map; 0 where nothing is",
    "ids": "0 where nothing is, else the id of a thing",
    "albedo": "linear Rec.709 of surfaces without light, premultiplied alpha; glass is not in it",
    "motion": "pixels right and down to where the same place was in the frame before (backward flow)",
}
"""By name: what the values are."""
_OUTPUTS = {"depth": "depth", "normals": "normal", "ids": "id", "albedo": "albedo", "motion": "velocity"}
_NOTHING = 0xFFFFFFFF


@dataclass(frozen=True)
class Frame:
    """A frame's layers, top row first.

    Attributes
    ----------
    camera, size
        What saw it, and (width, height) in pixels.
    layers
        By name, float32: depth [h, w], normals [h, w, 3], albedo [h, w, 4], motion [h, w, 2], as in `LAYERS`.
    handles
        Of what is seen, uint64 [h, w], 0 for nothing; None where no ids are wanted.
    """

    camera: ViewCamera
    size: tuple[int, int]
    layers: dict[str, NDArray[np.float32]]
    handles: NDArray[np.uint64] | None


class LayerView:
    """A view of layers, one sample a pixel, that is drawn frame by frame: motion is since the frame that it drew before."""

    def __init__(self, renderer: Renderer, size: tuple[int, int], names: Iterable[str]) -> None:
        self.renderer, self.names = renderer, frozenset(names) - {"hdr"}
        if unknown := self.names - set(LAYERS):
            raise ValueError(f"there is no layer {', '.join(sorted(unknown))}; there are {', '.join(LAYERS)}")
        outputs = frozenset(_OUTPUTS[name] for name in self.names) | {"depth"}
        looks = {"occlusion": False, "post": "none", "lines": False}
        self._view = View(ViewCamera(np.eye(4)), size, name="layers", outputs=outputs, settings=looks)
        self._before: ViewCamera | None = None

    def draw(self, world: World, camera: ViewCamera, *, delta_secs: float = 0.0) -> Frame:
        """Draw the world as it stands."""
        view, names = self._view, self.names
        view.camera = camera
        self.renderer.mirror(world).keeps_previous = "motion" in names  # pictures may be drawn before the next frame
        self.renderer.render(world, [view], delta_secs=delta_secs)
        raw: NDArray[np.float32] = self.renderer.read(view, "depth")[..., 0].astype(np.float32)
        layers: dict[str, NDArray[np.float32]] = {}
        if "depth" in names:
            layers["depth"] = depth_m(raw, camera, view.size)
        for name, channels in (("normals", 3), ("albedo", 4)):
            if name in names:
                layers[name] = self.renderer.read(view, _OUTPUTS[name])[..., :channels].astype(np.float32)
        if "motion" in names:
            layers["motion"] = self._motion(raw, camera)
        self._before = camera
        return Frame(camera, view.size, layers, self._handles() if "ids" in names else None)

    def _handles(self) -> NDArray[np.uint64]:
        indices = self.renderer.read(self._view, "id")[..., 0]
        found = np.zeros(indices.shape, np.uint64)
        seen = indices != _NOTHING
        assert self._view.shown is not None
        found[seen] = self._view.shown.handles_of(indices[seen].astype(np.intp))
        return found

    def _motion(self, depth: NDArray[np.float32], camera: ViewCamera) -> NDArray[np.float32]:
        width, height = self._view.size
        moved = self.renderer.read(self._view, "velocity").astype(np.float32) * np.array([width, -height], np.float32)
        if self._before is None:
            return np.zeros_like(moved)
        empty = depth == 0.0
        if empty.any():  # what is infinitely far moves as the camera turns
            moved[empty] = _far_motion(self._before, camera, self._view.size)[empty]
        return moved

    def release(self) -> None:
        """Give the view back."""
        self._view.release()


def depth_m(raw: NDArray[np.float32], camera: ViewCamera, size: tuple[int, int]) -> NDArray[np.float32]:
    """Metres along the camera's axis, of reversed depth."""
    clip = camera.clip_from_view(size[0] / size[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        # depth = (a z + b) / (c z + d), with z negative in front of the camera
        z = (clip[2, 3] - raw * clip[3, 3]) / (raw.astype(np.float64) * clip[3, 2] - clip[2, 2])
    return np.where(raw > 0.0, -z, np.inf).astype(np.float32)


def pixels_from_motion(motion: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where each pixel's place was in the frame before: (column, row) of pixels' middles, float32 [h, w, 2]."""
    height, width = motion.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([columns + 0.5, rows + 0.5], -1).astype(np.float32) + motion


def camera_facts(camera: ViewCamera, size: tuple[int, int]) -> dict[str, Any]:
    """A camera as data: pinhole intrinsics in pixels from the upper left corner, and its pose in metres of the world (float64)."""
    width, height = size
    pose = camera.world_from_camera.copy()
    pose[:3, 3] += np.asarray(camera.cell, np.float64) * CELL_M
    opencv = np.linalg.inv(pose @ np.diag([1.0, -1.0, -1.0, 1.0]))
    facts: dict[str, Any] = {"width": width, "height": height}
    if camera.height_m > 0:
        facts |= {"projection": "parallel", "pixels_per_m": height / camera.height_m}
    else:
        focal = height / 2 / np.tan(camera.fov_y_rad / 2)
        facts |= {
            "projection": "perspective", "fov_y_rad": camera.fov_y_rad,
            "intrinsics": [[focal, 0.0, width / 2], [0.0, focal, height / 2], [0.0, 0.0, 1.0]],
        }  # fmt: skip
    return facts | {
        "near_m": camera.near_m,
        "world_from_camera": pose.tolist(),  # x right, y up, looks along -z
        "opencv_camera_from_world": opencv.tolist(),  # x right, y down, looks along z
    }


def _far_motion(before: ViewCamera, now: ViewCamera, size: tuple[int, int]) -> NDArray[np.float32]:
    """Motion of what is infinitely far, in pixels, [h, w, 2]; a parallel projection sees none of it move."""
    width, height = size
    if now.height_m > 0 or before.height_m > 0:
        return np.zeros((height, width, 2), np.float32)
    rows, columns = np.mgrid[0:height, 0:width] + 0.5
    slope = np.tan(now.fov_y_rad / 2)
    ray = np.stack([(2 * columns / width - 1) * slope * width / height, (1 - 2 * rows / height) * slope, -np.ones_like(rows)], -1)
    turn = before.world_from_camera[:3, :3].T @ now.world_from_camera[:3, :3]
    seen = ray @ turn.T
    ahead = np.maximum(-seen[..., 2], 1e-6)
    focal = height / 2 / np.tan(before.fov_y_rad / 2)
    place = np.stack([width / 2 + focal * seen[..., 0] / ahead, height / 2 - focal * seen[..., 1] / ahead], -1)
    found: NDArray[np.float32] = np.where(seen[..., 2:] < 0, place - np.stack([columns, rows], -1), 0.0).astype(np.float32)
    return found
