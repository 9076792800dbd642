"""Worlds in which light goes through things: a striped wall, and what stands before it."""

from __future__ import annotations

from typing import Any

import numpy as np
from render_world import SmallWorld

from taixu.assets.model import Transmission, Volume
from taixu.render import Renderer, View, ViewCamera

__all__ = ["GlassScene", "glass", "look"]


def glass(*, thickness_m: float = 0.0, **fields: Any) -> dict[str, Any]:
    """Fields of a clear material; `thickness_m` 0 is a thin wall."""
    volume = {"volume": Volume(thickness_m=thickness_m)} if thickness_m else {}
    return {"transmission": Transmission(1.0), "metallic": 0.0, "roughness": 0.0, **volume, **fields}


class GlassScene(SmallWorld):
    """Stripes of plain colour 2 m behind the origin, seen from 5 m before it."""

    def __init__(self, *, stripes: int = 12) -> None:
        super().__init__()
        colors = ((0.9, 0.2, 0.1), (0.95, 0.9, 0.8), (0.1, 0.3, 0.7), (0.05, 0.05, 0.06))
        for i in range(stripes):
            paint = self.material(base_color=(*colors[i % 4], 1.0), unlit=True)
            mesh = self.mesh("box", (0.5, 5.0, 0.02), material=paint)
            self.spawn(1, mesh, translation=((i - stripes / 2 + 0.5) * 0.5, 0, -2.0))

    def add(self, kind: str, size: tuple[float, float, float], at: tuple[float, float, float], **fields: Any) -> int:
        """A thing of a material of its own."""
        columns = {k: fields.pop(k) for k in ("rotation",) if k in fields}
        found = self.spawn(1, self.mesh(kind, size, material=self.material(**fields)), translation=at, **columns)
        return int(found[0])


def look(
    renderer: Renderer, scene: SmallWorld, *, size: tuple[int, int] = (96, 96), samples: int = 1, height_m: float = 0.0,
    **settings: Any,
) -> np.ndarray:  # fmt: skip
    """Scene-linear float32 [h, w, 4], premultiplied, from the usual place."""
    scene.propagate()
    view = View(
        ViewCamera.looking((0, 0, 5), (0, 0, 0), fov_y_rad=0.6, height_m=height_m), size, samples=samples,
        settings={"encoding": "linear", "occlusion": False, "background": "transparent", **settings},
    )  # fmt: skip
    renderer.render(scene.world, [view])
    pixels = np.array(renderer.read(view), np.float64)
    view.release()
    return pixels
