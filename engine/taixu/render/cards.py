"""The surface of impostors, and from where their pictures are taken. Its GLSL is ``surface/card.glsl``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import TextureRef
from taixu.gpu import StructLayout
from taixu.render.surfaces import SurfaceLook, SurfaceShader
from taixu.scene.impostors import Impostor

__all__ = ["CARD", "card_look", "picture_directions"]

CARD = SurfaceShader(
    "card",
    StructLayout("Card", [
        ("sphere", "f4", (4,)), ("fade_px", "f4", (2,)), ("reach", "f4", (2,)), ("frames", "u4"), ("blocks", "u4"),
    ]),
    {"base_color": "color", "card_shape": "data"},
    "surface/card.glsl",
    has_vertex=True,
)

def card_look(impostor: Impostor) -> SurfaceLook:
    """How cards of an impostor are drawn."""
    row = CARD.row.zeros()
    row["sphere"], row["frames"], row["blocks"] = impostor.fade.sphere, impostor.frames, impostor.blocks
    row["reach"] = impostor.reach
    row["fade_px"] = impostor.fade.from_px, impostor.fade.to_px
    return SurfaceLook(CARD, row, {name: TextureRef(texture=0) for name in CARD.textures}, cuts_holes=True)


def picture_directions(frames: int) -> NDArray[np.float64]:
    """Where pictures are taken from, unit vectors [frames, frames, 3] by row and column of the atlas."""
    v, u = np.mgrid[0:frames, 0:frames] / max(frames - 1, 1) * 2.0 - 1.0
    x, z = (u - v) / 2.0, (u + v) / 2.0
    directions = np.stack([x, np.maximum(1.0 - abs(x) - abs(z), 0.0), z], -1)
    found: NDArray[np.float64] = directions / np.linalg.norm(directions, axis=-1, keepdims=True)
    return found
