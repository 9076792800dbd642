"""What a model says about its textures: encoded images, samplers, and how a material refers to them.

Nothing here is decoded: an `Image` holds the bytes as they stand in the file (PNG, JPEG, WebP, KTX2 ...), so
that a thousand textures cost nothing until somebody draws them, and a writer hands them on bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

__all__ = ["Filter", "Image", "Sampler", "Texture", "TextureRef", "Wrap"]


class Filter(IntEnum):
    """Texture filters, with OpenGL's numbers (as in glTF); the last four only minify."""

    NEAREST = 9728
    LINEAR = 9729
    NEAREST_MIPMAP_NEAREST = 9984
    LINEAR_MIPMAP_NEAREST = 9985
    NEAREST_MIPMAP_LINEAR = 9986
    LINEAR_MIPMAP_LINEAR = 9987


class Wrap(IntEnum):
    """What a texture is outside [0, 1], with OpenGL's numbers (as in glTF)."""

    CLAMP_TO_EDGE = 33071
    MIRRORED_REPEAT = 33648
    REPEAT = 10497


@dataclass(slots=True)
class Image:
    """An encoded image: its bytes, or the file that holds them.

    Attributes
    ----------
    name : str
        Name in the model, or the file's name.
    mime : str
        ``image/png``, ``image/jpeg``, ``image/webp``, ``image/ktx2`` ..., by the image's first bytes where
        those tell.
    data : bytes or memoryview or None
        The encoded bytes, where the model embeds them.
    path : Path or None
        The file, where it lies beside the model; always inside the model's folder. It may be missing.
    uri : str
        How the model spells the path, for writing it back; empty when embedded.
    extras, extensions
        What the file says besides.
    """

    name: str = ""
    mime: str = ""
    data: bytes | memoryview | None = None
    path: Path | None = None
    uri: str = ""
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)

    def read(self) -> bytes:
        """Give the encoded bytes, from memory or from the file.

        Raises
        ------
        OSError
            The file is missing or cannot be read.
        """
        if self.data is not None:
            return bytes(self.data)
        return self.path.read_bytes() if self.path is not None else b""


@dataclass(slots=True)
class Sampler:
    """How a texture is filtered and repeated; ``None`` leaves the filter to the renderer."""

    mag_filter: Filter | None = None
    min_filter: Filter | None = None
    wrap_s: Wrap = Wrap.REPEAT
    wrap_t: Wrap = Wrap.REPEAT
    name: str = ""
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Texture:
    """An image seen through a sampler.

    Attributes
    ----------
    image : int or None
        Index into `ModelData.images`: the best one that the file has (WebP or KTX2 before PNG and JPEG).
    fallback : int or None
        The PNG or JPEG image to take where `image` cannot be decoded.
    sampler : int or None
        Index into `ModelData.samplers`; None repeats, with filters left to the renderer.
    """

    image: int | None = None
    fallback: int | None = None
    sampler: int | None = None
    name: str = ""
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class TextureRef:
    """A material's reference to a texture, with its coordinates and `KHR_texture_transform`.

    The coordinates that the texture is sampled at are ``offset + R(rotation_rad) @ (scale * uv)``, where
    ``R = [[cos, sin], [-sin, cos]]``: anticlockwise about the upper left corner, v pointing down (as the
    extension says).

    Attributes
    ----------
    texture : int
        Index into `ModelData.textures`.
    texcoord : int
        Which ``TEXCOORD_k``; the transform's own ``texCoord`` has already taken precedence.
    offset, scale : (float, float)
        In units of the texture.
    rotation_rad : float
        Radians.
    strength : float
        ``scale`` of a normal texture, ``strength`` of an occlusion texture; 1 elsewhere.
    """

    texture: int
    texcoord: int = 0
    offset: tuple[float, float] = (0.0, 0.0)
    rotation_rad: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    strength: float = 1.0
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)

    @property
    def transformed(self) -> bool:
        """Whether the coordinates differ from the mesh's own."""
        return self.offset != (0.0, 0.0) or self.rotation_rad != 0.0 or self.scale != (1.0, 1.0)
