"""Rocks from a spec and a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import encode_jpeg
from taixu.assets.model import Image, Material, Mesh, ModelData, Node, Texture, TextureRef
from taixu.errors import TaixuError
from taixu.generate.places.noise import fbm
from taixu.generate.places.props.bench import dressed
from taixu.generate.places.props.solids import Solid

__all__ = ["FORMS", "RockSpec", "rock_hull", "rock_model", "rock_solids"]

Array = NDArray[Any]
FORMS: dict[str, tuple[tuple[float, float, float], int, float, float]] = {
    # extent of a rock of a metre, cuts, how rough, how deep it stands in the ground
    "boulder": ((1.0, 0.8, 0.9), 10, 0.13, 0.16),
    "slab": ((1.5, 0.34, 1.1), 14, 0.05, 0.1),
    "pebbles": ((0.32, 0.2, 0.28), 5, 0.12, 0.03),
    "cliff": ((1.3, 2.4, 1.0), 16, 0.12, 0.3),
    "needle": ((0.7, 2.8, 0.65), 12, 0.14, 0.25),
}
_STONES = {"grey": "cliff", "sandstone": "sandstone", "lava": "lava"}
_DETAIL = (18, 9, 5)


@dataclass(frozen=True)
class RockSpec:
    """A rock's parameters."""

    form: str = field(default="boulder", metadata={"doc": "What it is.", "choices": tuple(FORMS)})
    stone: str = field(default="grey", metadata={"doc": "Of what stone.", "choices": tuple(_STONES)})
    size_m: float = field(default=1.6, metadata={"doc": "About how large.", "unit": "m", "minimum": 0.05, "maximum": 60.0})
    moss: float = field(default=0.0, metadata={"doc": "Moss on top.", "minimum": 0.0, "maximum": 1.0})
    texture_px: int = field(default=256, metadata={"doc": "Edge of its pictures.", "unit": "px", "minimum": 32, "maximum": 1024})

    def check(self) -> RockSpec:
        """This, looked at.

        Raises
        ------
        TaixuError
            Where it cannot be made.
        """
        if self.form not in FORMS or self.stone not in _STONES:
            raise TaixuError(f"a rock's form is one of {', '.join(FORMS)}, its stone one of {', '.join(_STONES)}")
        if not np.isfinite(self.size_m) or not 0.05 <= self.size_m <= 60.0:
            raise TaixuError(f"a rock is {self.size_m} m large; it must be from 0.05 to 60")
        if not np.isfinite(self.moss) or not 0 <= self.moss <= 1 or not 32 <= self.texture_px <= 1024:
            raise TaixuError("a rock's moss lies between 0 and 1, its pictures between 32 and 1,024 pixels")
        return self


def rock_model(spec: RockSpec, seed: int) -> ModelData:
    """A rock. Nodes ``lod0`` to ``lod2`` hold the same thing, finest first; all but the first are hidden.

    Raises
    ------
    TaixuError
        Where the spec cannot be made.
    """
    spec = spec.check()
    model = ModelData(name=spec.form)
    color, normal = _pictures(spec.stone, spec.texture_px, round(spec.moss, 2))
    for role, data in (("color", color), ("normal", normal)):
        model.images.append(Image(name=role, data=data, mime="image/jpeg"))
        model.textures.append(Texture(image=len(model.images) - 1))
    model.materials.append(Material(
        name=spec.stone, base_color_texture=TextureRef(0), normal_texture=TextureRef(1), metallic=0.0, roughness=0.93,
    ))  # fmt: skip
    tile = max(1.0, min(spec.size_m, 6.0))
    for level, detail in enumerate(_DETAIL):
        model.meshes.append(Mesh(f"{spec.form}_lod{level}", [dressed(rock_solids(spec, seed, detail=detail), 0, tile)]))
        model.nodes.append(Node(name=f"lod{level}", mesh=level, visible=level == 0))
    return model


def rock_solids(spec: RockSpec, seed: int, *, detail: int) -> list[Solid]:
    """The closed bodies that it consists of; a cube of `detail` squares an edge, blown up, each."""
    extent, cuts, rough, sink = FORMS[spec.form]
    random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFFFFFFFFFF, 19]))
    found = []
    count = {"pebbles": 14, "cliff": 5, "needle": 2}.get(spec.form, 1)
    for number in range(count):
        size = np.array(extent)
        at = np.zeros(3)
        if spec.form == "pebbles":
            at = np.array([random.normal(0, 0.45), 0.0, random.normal(0, 0.45)])
            size = size * random.uniform(0.5, 1.3)
        elif spec.form == "cliff":
            at = np.array([(number - 2) * 0.75, 0.0, random.normal(0, 0.18)])
            size = size * (1, random.uniform(0.7, 1.15), random.uniform(0.85, 1.25))
        elif spec.form == "needle" and number:
            at = np.array([0.45, 0.0, 0.2])
            size = size * 0.55
        few = max(3, detail // 3) if spec.form == "pebbles" else detail
        solid = _stone(few, seed * 31 + number, cuts, rough, size, random)
        solid = solid.turned(y=float(random.uniform(0, 6.28)) if spec.form != "cliff" else float(random.normal(0, 0.2)))
        low = float(solid.points[:, 1].min())
        found.append(solid.moved(float(at[0]), -low - sink * float(size[1]), float(at[2])).scaled(*(spec.size_m,) * 3))
    return found


def rock_hull(spec: RockSpec, seed: int) -> list[list[float]]:
    """Points whose hull bodies may meet instead of the rock, [n, 3] in metres."""
    points = np.concatenate([solid.points for solid in rock_solids(spec.check(), seed, detail=3)])
    return [[round(float(value), 4) for value in point] for point in np.unique(points.round(4), axis=0)]


def _stone(detail: int, seed: int, cuts: int, rough: float, size: Array, random: np.random.Generator) -> Solid:
    points, triangles = _ball(detail)
    shape = points.copy()
    normals = random.normal(size=(cuts, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    for normal, depth in zip(normals, random.uniform(0.5, 0.88, cuts), strict=True):
        over = shape @ normal - depth
        shape = shape - np.maximum(over, 0)[:, None] * normal * 0.94
    p = points.astype(np.float32)
    x, z = p[:, 0] * 2 + p[:, 1] * np.float32(1.3), p[:, 2] * 2 - p[:, 1] * np.float32(0.9)
    lattice = seed & 0x7FFFFFFF
    bumps = 0.6 * fbm(x, z, lattice, octaves=4) + 0.3 * fbm(x * 4, z * 4, lattice + 1, octaves=3)
    layers = 0.12 * np.sin(p[:, 1] * 17 + 2.5 * fbm(x * 0.6, z * 0.6, lattice + 2, octaves=2))
    shape = shape * (1 + rough * (bumps + layers))[:, None]
    # A stone's foot is flat: it lies.
    low = float(np.quantile(shape[:, 1], 0.06))
    shape[:, 1] = np.where(shape[:, 1] < low, low + (shape[:, 1] - low) * 0.25, shape[:, 1])
    return Solid(shape * size * 0.5 * 1.25, triangles)


@lru_cache(maxsize=8)
def _ball(detail: int) -> tuple[Array, Array]:
    from taixu.generate.places.plants.meshes import _ball as blown_up

    points, triangles = blown_up(detail)
    return points, triangles


@lru_cache(maxsize=8)
def _pictures(stone: str, size: int, moss: float) -> tuple[bytes, bytes]:
    """Colour and normals as JPEG."""
    from taixu.generate.places.layers import layer_pictures

    color, normal = layer_pictures(_STONES[stone], size, seed=3)
    rgb = color[..., :3].astype(np.float32)
    if moss > 0:
        line = np.arange(size, dtype=np.float32) * np.float32(8 / size)
        z, x = np.meshgrid(line, line, indexing="ij")
        share = np.clip((fbm(x, z, 91, octaves=5, period=8) * 0.6 + moss * 1.5 - 0.7) * 2.5, 0, 1)[..., None]
        rgb = rgb * (1 - share) + share * np.array([62.0, 84.0, 34.0], np.float32) * (0.6 + 0.5 * rgb.mean(-1, keepdims=True) / 128)
    xy = normal[..., :2].astype(np.float32) / 127.5 - 1
    up = np.sqrt(np.clip(1 - (xy**2).sum(-1, keepdims=True), 0.05, 1)) * 127.5 + 127.5
    packed = np.concatenate([normal[..., :2], np.rint(up).astype(np.uint8)], -1)
    return encode_jpeg(np.rint(np.clip(rgb, 0, 255)).astype(np.uint8), quality=85), encode_jpeg(packed, quality=88)
