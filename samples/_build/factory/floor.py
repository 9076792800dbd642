"""The floor's pictures: the generators' concrete, ground smooth and sealed with epoxy."""

from __future__ import annotations

import numpy as np

from taixu.assets.image import encode_jpeg
from taixu.generate.materials import material_maps

__all__ = ["floor_pictures"]

_SIZE = 512


def floor_pictures() -> dict[str, bytes]:
    """Colour, normal and surface as JPEG; a repeat is five metres wide."""
    maps = material_maps("concrete", _SIZE, seed=6).maps
    tone = maps["base_color"].mean(axis=-1, keepdims=True)
    tone = tone / tone.mean()
    color = np.clip(np.array((0.42, 0.40, 0.37)) * (1 + (tone - 1) * 0.35), 0, 1)
    srgb = np.where(color <= 0.0031308, color * 12.92, 1.055 * np.maximum(color, 1e-9) ** (1 / 2.4) - 0.055)
    normal = maps["normal"] * (0.12, 0.12, 1.0)
    normal = normal / np.linalg.norm(normal, axis=-1, keepdims=True)
    rough = np.clip(0.34 + (maps["roughness"] - maps["roughness"].mean()) * 0.5, 0.2, 0.7)
    surface = np.stack([np.ones_like(rough), rough, np.zeros_like(rough)], -1)
    pictures = {"color": srgb, "normal": normal * 0.5 + 0.5, "surface": surface}
    return {name: encode_jpeg((np.clip(each, 0, 1) * 255 + 0.5).astype(np.uint8), quality=86) for name, each in pictures.items()}
