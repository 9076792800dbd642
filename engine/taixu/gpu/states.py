"""What a pipeline fixes before any draw: vertex layout, primitive, culling, depth, blending.

All are frozen, so that a description is a dictionary key: asking twice for the same pipeline gives the same object.
"""

from __future__ import annotations

from dataclasses import dataclass

from taixu.gpu.formats import VERTEX_FORMATS

__all__ = ["ADD", "ALPHA", "PREMULTIPLIED", "BlendState", "DepthState", "VertexAttribute", "VertexBuffer"]


@dataclass(frozen=True, slots=True)
class VertexAttribute:
    """An attribute at a GLSL `layout(location = ...)`, `offset` bytes into its buffer's row."""

    location: int
    format: str
    offset: int


@dataclass(frozen=True, slots=True)
class VertexBuffer:
    """The layout of one vertex buffer: its attributes, bytes from row to row, and what moves on to the next row."""

    attributes: tuple[VertexAttribute, ...]
    stride: int
    step: str = "vertex"  # or "instance"

    @classmethod
    def packed(cls, formats: dict[int, str], *, step: str = "vertex", stride: int = 0) -> VertexBuffer:
        """Attributes one after the other, by location, without gaps."""
        offset, attributes = 0, []
        for location, name in formats.items():
            attributes.append(VertexAttribute(location, name, offset))
            offset += VERTEX_FORMATS[name].size
        return cls(tuple(attributes), stride or offset, step)


@dataclass(frozen=True, slots=True)
class DepthState:
    """Depth test and write. Depth is reversed everywhere: 1 at the near plane, 0 at infinity, so nearer is greater.

    `bias` and `slope_bias` push towards the viewer when positive (OpenGL's polygon offset, sign as in reversed depth).
    """

    compare: str = "greater_equal"  # never less equal less_equal greater not_equal greater_equal always
    write: bool = True
    bias: float = 0.0
    slope_bias: float = 0.0
    clamp: bool = False


@dataclass(frozen=True, slots=True)
class BlendState:
    """Blending of one colour target: source and destination factors and operation, for colour and alpha."""

    color: tuple[str, str, str] = ("one", "zero", "add")
    alpha: tuple[str, str, str] = ("one", "zero", "add")


ALPHA = BlendState(("src_alpha", "one_minus_src_alpha", "add"), ("one", "one_minus_src_alpha", "add"))
PREMULTIPLIED = BlendState(("one", "one_minus_src_alpha", "add"), ("one", "one_minus_src_alpha", "add"))
ADD = BlendState(("one", "one", "add"), ("one", "one", "add"))
