"""Maps as pictures, and as the material of a model: what files and the renderer want."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import encode_png
from taixu.assets.model import Image, Material, ModelData, Texture, TextureRef
from taixu.generate.materials.maps import MaterialMaps

__all__ = ["map_pictures", "material_model"]

Picture = NDArray[Any]


def map_pictures(made: MaterialMaps) -> dict[str, Picture]:
    """Pictures by role, as glTF wants them.

    ``base_color`` and ``emission`` in sRGB's encoding, ``normal`` in tangent space, ``orm`` (occlusion, roughness and metal in
    red, green and blue), all uint8; ``height`` uint16. There is no ``emission`` where nothing glows.
    """
    maps = made.maps
    pictures = {
        "base_color": _srgb(maps["base_color"]),
        "normal": _bytes(maps["normal"] * 0.5 + 0.5),
        "orm": _bytes(np.stack([maps["occlusion"], maps["roughness"], maps["metallic"]], axis=-1)),
        "height": np.rint(np.clip(maps["height"], 0, 1) * 65535).astype(np.uint16),
    }
    if maps["emission"].max() > 0:
        pictures["emission"] = _srgb(maps["emission"] / max(_glow(made), 1.0))
    return pictures


def material_model(made: MaterialMaps, name: str, *, repeats: tuple[float, float] = (1.0, 1.0)) -> ModelData:
    """A model that is nothing but the material, its pictures embedded; `repeats` are squares over the texture coordinates."""
    pictures = map_pictures(made)
    roles = [role for role in pictures if role != "height"]
    images = [Image(name=f"{name}_{role}", mime="image/png", data=encode_png(pictures[role])) for role in roles]
    refs = {role: TextureRef(i, scale=repeats) for i, role in enumerate(roles)}
    glows = "emission" in refs
    material = Material(
        name=name,
        base_color_texture=refs["base_color"],
        normal_texture=refs["normal"],
        metallic_roughness_texture=refs["orm"],
        occlusion_texture=refs["orm"],
        emissive_texture=refs.get("emission"),
        emissive=(1.0, 1.0, 1.0) if glows else (0.0, 0.0, 0.0),
        emissive_strength=max(_glow(made), 1.0) if glows else 1.0,
    )
    return ModelData(name=name, materials=[material], textures=[Texture(image=i) for i in range(len(roles))], images=images)


def _glow(made: MaterialMaps) -> float:
    return float(made.maps["emission"].max())


def _bytes(values: Picture) -> Picture:
    return np.rint(np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8)


def _srgb(linear: Picture) -> Picture:
    c = np.clip(linear, 0.0, 1.0)
    return _bytes(np.where(c <= 0.0031308, c * 12.92, 1.055 * np.power(c, 1 / 2.4) - 0.055))
