"""Between places of the world and places of the window, for one picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu.scene import CELL_M
from taixu_editor.view.orbit import OrbitCamera

__all__ = ["Screen"]

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Screen:
    """A camera's picture on the window: its upper left corner and its extent, in window units."""

    camera: OrbitCamera
    origin: tuple[float, float]
    extent: tuple[float, float]

    @property
    def aspect(self) -> float:
        """Width to height."""
        return self.extent[0] / self.extent[1]

    @property
    def mouse(self) -> Points:
        """Where the pointer is on the window [2]."""
        position = imgui.get_io().mouse_pos
        return np.array([position.x, position.y], float)

    def ray(self, place: Points) -> tuple[Points, Points]:
        """Origin and unit direction, in the world, through a place of the window [2]."""
        share = (np.asarray(place, float) - self.origin) / self.extent
        return self.camera.ray(float(share[0]), float(share[1]), self.aspect)

    def away_of(self, depths: NDArray[np.float32]) -> Points:
        """Distances along the view of what a depth picture holds (reversed); infinite for the sky."""
        clip = self.camera.camera().clip_from_view(self.aspect)
        depth = np.asarray(depths, np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            away = (clip[2, 3] - depth) / clip[2, 2] if self.camera.is_parallel else clip[2, 3] / (depth + clip[2, 2])
        return np.where(depth <= 0, np.inf, away)

    def project(self, points: Points) -> tuple[Points, Points]:
        """Places on the window [n, 2], and distances along the view [n]; what is behind the camera is below 0 and nowhere."""
        seen = self.camera.camera()
        clip_from_world = seen.clip_from_view(self.aspect) @ np.linalg.inv(seen.world_from_camera)
        local = np.asarray(points) - np.array(seen.cell, float) * CELL_M
        clip = local @ clip_from_world[:, :3].T + clip_from_world[:, 3]
        away = (local - seen.world_from_camera[:3, 3]) @ -seen.world_from_camera[:3, 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = clip[:, :2] / clip[:, 3:]
        places = np.stack([(shares[:, 0] + 1) / 2, (1 - shares[:, 1]) / 2], 1) * self.extent + self.origin
        places[~(away > 0)] = np.nan
        return places, away
