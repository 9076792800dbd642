"""Paints: materials and their pictures, told apart by name, so that pieces may share them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import encode_jpeg, encode_png
from taixu.assets.material import AlphaMode, Clearcoat, Sheen, Specular
from taixu.assets.paths import data_path, read_bytes
from taixu.errors import MachineError

__all__ = ["Paint", "Picture", "colored", "shipped"]

Color = tuple[float, float, float]
_JPEG_QUALITY = 88
_PNG_LEVEL = 5
_MOST_BYTES = 1 << 22


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that is to become a texture: encoded bytes, or pixels (uint8) that are encoded when the model is written."""

    name: str
    data: bytes = b""
    pixels: NDArray[np.uint8] | None = None

    @cached_property
    def encoded(self) -> bytes:
        """As a file; PNG where opacity is in it."""
        if self.pixels is None:
            return self.data
        if self.pixels.shape[-1] in (2, 4):
            return encode_png(self.pixels, level=_PNG_LEVEL)
        return encode_jpeg(self.pixels, quality=_JPEG_QUALITY)


@cache
def shipped(name: str) -> Picture:
    """A picture that is the same for everybody: hair, lashes, fabrics; from ``assets/avatars``."""
    folder = data_path("assets") / "avatars"
    path = next((path for suffix in (".jpg", ".png") if (path := folder / f"look_{name}{suffix}").is_file()), None)
    if path is None:
        raise MachineError(f"{folder}: look_{name} is missing; install Taixu anew")
    return Picture(name, read_bytes(path, max_bytes=_MOST_BYTES))


@dataclass(frozen=True, eq=False)
class Paint:
    """A material.

    Attributes
    ----------
    color : (float, float, float, float)
        Linear, with opacity; multiplies the picture.
    tiling : (float, float)
        How often pictures repeat over the coordinates.
    normal_tiling
        The same of the normal map, where it differs.
    """

    name: str
    color: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    metallic: float = 0.0
    roughness: float = 0.6
    picture: Picture | None = None
    normal: Picture | None = None
    normal_strength: float = 1.0
    rough_picture: Picture | None = None
    tiling: tuple[float, float] = (1.0, 1.0)
    normal_tiling: tuple[float, float] | None = None
    alpha: AlphaMode = "OPAQUE"
    cutoff: float = 0.5
    double_sided: bool = False
    sheen: Sheen | None = None
    clearcoat: Clearcoat | None = None
    ior: float = 1.5
    specular: Specular | None = None
    emissive: Color = (0.0, 0.0, 0.0)
    extras: dict[str, str] = field(default_factory=dict)

    @cached_property
    def solid(self) -> Paint:
        """The same without opacity."""
        return replace(self, name=f"{self.name} solid", alpha="OPAQUE")

    @cached_property
    def cut(self) -> Paint:
        """The same with edges that are cut, not blended: what stands further away need not be sorted."""
        return replace(self, name=f"{self.name} cut", alpha="MASK", cutoff=0.4)


def colored(name: str, color: Color, roughness: float = 0.6, *, metallic: float = 0.0, double_sided: bool = False) -> Paint:
    """A paint of one colour, linear."""
    return Paint(name, (*color, 1.0), metallic, roughness, double_sided=double_sided)
