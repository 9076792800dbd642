"""Block layouts shared by numpy and GLSL, generated from one numpy dtype.

A block that two languages describe by hand drifts apart in silence. Here the numpy dtype is the only description: this
module pads it by the rules of std430 (or std140 for uniform blocks) and writes the GLSL struct that lies byte for byte
on it. Rules: OpenGL 4.3 core specification, section 7.6.2.2 "Standard Uniform Block Layout".

A field of shape `(2,)`, `(3,)`, `(4,)` becomes a vector, `(4, 4)` a `mat4` (GLSL reads columns, so write the transpose
of a [rows, cols] matrix), `(3, 4)` three rows `vec4 name[3]`, `(n, 4)` an array of `vec4`, a nested dtype a struct.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["StructLayout"]

_SCALARS = {"f4": "float", "i4": "int", "u4": "uint"}
_VECTORS = {"f4": "vec", "i4": "ivec", "u4": "uvec"}


def _round_up(value: int, step: int) -> int:
    return (value + step - 1) // step * step


@dataclass(frozen=True)
class _Member:
    name: str
    glsl: str
    dtype: np.dtype
    align: int
    size: int


def _value(dtype: np.dtype, first: int, word: Callable[[int], str]) -> str:
    """GLSL that puts a field together of the words from `first`."""
    base, shape = dtype.subdtype if dtype.subdtype else (dtype, ())
    code = base.str[1:]
    if shape == ():
        return {"f4": "uintBitsToFloat({})", "i4": "int({})", "u4": "{}"}[code].format(word(first))
    is_matrix = shape == (4, 4) and code == "f4"
    if is_matrix or (len(shape) == 1 and 2 <= shape[0] <= 4):
        name = "mat4" if is_matrix else f"{_VECTORS[code]}{shape[0]}"
        return f"{name}({', '.join(_value(base, first + k, word) for k in range(int(np.prod(shape))))})"
    each = np.dtype((base, shape[1:])) if shape[1:] else base
    kind = "mat4" if shape[1:] == (4, 4) else f"{_VECTORS[code]}4" if shape[1:] else _SCALARS[code]
    parts = (_value(each, first + k * (each.itemsize // 4), word) for k in range(shape[0]))
    return f"{kind}[{shape[0]}]({', '.join(parts)})"


class StructLayout:
    """A numpy dtype padded to std430 or std140, and the GLSL struct that matches it.

    Parameters
    ----------
    name
        The struct's name in GLSL.
    fields
        numpy dtype (or what makes one) of plain, unpadded fields of float32, int32 or uint32.
    rules
        ``"std430"`` for storage blocks, ``"std140"`` for uniform blocks.

    Attributes
    ----------
    dtype : numpy.dtype
        Padded to the block rules; `itemsize` is the array stride in a block.
    glsl : str
        Source of the struct.
    """

    def __init__(self, name: str, fields: Any, *, rules: str = "std430") -> None:
        if rules not in ("std430", "std140"):
            raise ValueError(f"block rules are std430 or std140, not {rules!r}")
        self.name, self.rules = name, rules
        source = np.dtype(fields)
        if source.names is None:
            raise ValueError(f"layout {name}: a dtype with named fields is needed, not {source}")
        members = [self._member(field, source.fields[field][0]) for field in source.names]
        offset, offsets, align = 0, [], 16 if rules == "std140" else 4
        for member in members:
            offset = _round_up(offset, member.align)
            offsets.append(offset)
            offset += member.size
            align = max(align, member.align)
        self.align = align
        self.dtype = np.dtype({
            "names": [m.name for m in members], "formats": [m.dtype for m in members],
            "offsets": offsets, "itemsize": _round_up(offset, align),
        })  # fmt: skip
        body = "".join(f"    {m.glsl};\n" for m in members)
        self.glsl = f"struct {name} {{\n{body}}};\n"
        self.members_glsl = body

    def _member(self, field: str, dtype: np.dtype) -> _Member:
        base, shape = (dtype.subdtype if dtype.subdtype else (dtype, ()))
        if base.names is not None:
            raise ValueError(f"layout {self.name}.{field}: nested structs are arrays of their own block")
        code = base.str[1:]
        if code not in _SCALARS or base.str[0] == ">":
            raise ValueError(f"layout {self.name}.{field}: float32, int32 or uint32 is needed, not {base}")
        std140 = self.rules == "std140"
        if shape == ():
            return _Member(field, f"{_SCALARS[code]} {field}", dtype, 4, 4)
        if len(shape) == 1 and 2 <= shape[0] <= 4:
            n = shape[0]
            return _Member(field, f"{_VECTORS[code]}{n} {field}", dtype, 8 if n == 2 else 16, 4 * n)
        if shape == (4, 4) and code == "f4":
            return _Member(field, f"mat4 {field}", dtype, 16, 64)
        if shape[-1] == 4 and len(shape) == 2:
            return _Member(field, f"{_VECTORS[code]}4 {field}[{shape[0]}]", dtype, 16, 16 * shape[0])
        if len(shape) == 3 and shape[1:] == (4, 4) and code == "f4":
            return _Member(field, f"mat4 {field}[{shape[0]}]", dtype, 16, 64 * shape[0])
        if len(shape) == 1 and not std140:
            return _Member(field, f"{_SCALARS[code]} {field}[{shape[0]}]", dtype, 4, 4 * shape[0])
        raise ValueError(f"layout {self.name}.{field}: shape {shape} has no {self.rules} counterpart without padding")

    def zeros(self, count: int | None = None) -> np.ndarray:
        """A zeroed array of `count` rows (a 0-d record when `count` is None)."""
        return np.zeros(() if count is None else count, self.dtype)

    def uniform_block(self, block: str, *, binding: int, instance: str = "") -> str:
        """GLSL of a std140 uniform block holding this struct's members."""
        return f"layout(std140, binding = {binding}) uniform {block} {{\n{self.members_glsl}}} {instance};\n"

    def storage_block(self, block: str, *, binding: int, array: str, access: str = "readonly") -> str:
        """GLSL of the struct and of a std430 storage block that is an unsized array of it, named `array`."""
        return (self.glsl + f"layout(std430, binding = {binding}) {access} buffer {block} "
                f"{{ {self.name} {array}[]; }};\n")  # fmt: skip

    @property
    def texel_words(self) -> int:
        """How many 32-bit words a texel has where rows are read as texels: as many as divide a row, at most 4."""
        words = self.dtype.itemsize // 4
        return next(count for count in (4, 2, 1) if words % count == 0)

    def reader(self, function: str, *, array: str, texels_unit: int | None) -> str:
        """GLSL of ``function(uint row)``, which gives a row of the storage block `array`, or of texels at a unit.

        Compilers leave out what nobody uses of it.
        """
        if texels_unit is None:
            return f"{self.name} {function}(uint row) {{ return {array}[row]; }}\n"
        words = self.texel_words
        count = self.dtype.itemsize // 4 // words
        kind, part = f"uvec{words}" if words > 1 else "uint", {4: "", 2: ".xy", 1: ".x"}[words]
        fetches = "".join(f"    {kind} t{k} = texelFetch({array}_texels, at + {k}){part};\n" for k in range(count))

        def word(place: int) -> str:
            return f"t{place // words}" + (f".{'xyzw'[place % words]}" if words > 1 else "")

        assert self.dtype.names is not None
        assert self.dtype.fields is not None
        values = [_value(self.dtype.fields[name][0], self.dtype.fields[name][1] // 4, word) for name in self.dtype.names]
        return (
            f"layout(binding = {texels_unit}) uniform usamplerBuffer {array}_texels;\n"
            f"{self.name} {function}(uint row) {{\n    int at = int(row) * {count};\n{fetches}"
            f"    return {self.name}({', '.join(values)});\n}}\n"
        )
