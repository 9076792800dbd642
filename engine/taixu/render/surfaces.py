"""Surfaces beside the standard one: a row of their own, textures of their own, and a file of GLSL.

A surface is drawn by the same passes, lights and layers as the standard one. Its material has a row among all materials
(how it blends, where its textures lie) that names a row in a storage block of the surface's own. Shaders are put together
here: what is made from the declaration, the surface's file, and the pass.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray

from taixu.assets.model import Material, TextureRef
from taixu.ecs import Field
from taixu.errors import TaixuError
from taixu.gpu import Buffer, Device, StructLayout
from taixu.render.bindings import StorageSlot
from taixu.render.signature import LAYERS, SLOTS
from taixu.scene.surfaces import SurfaceType, surface_type

__all__ = ["SurfaceLook", "SurfaceRows", "SurfaceShader", "look_of_surface", "shader_of", "surface_row"]

TextureName = Literal["color", "data", "normal"]
_WIDTHS = {"vec2": 2, "vec3": 3, "vec4": 4, "quat": 4, "color3": 3, "i32x3": 3}
_TYPES = {"i32": "i4", "u32": "u4", "u8": "u4", "bool": "u4", "i32x3": "i4"}
_NAME = re.compile(r"(?!gl_)(?!.*__)[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = re.compile(
    "active|asm|attribute|bool|break|buffer|case|cast|class|coherent|common|const|continue|default|discard|do|double|else|"
    "enum|extern|external|false|filter|fixed|flat|float|for|goto|half|highp|if|image|in|inline|inout|input|int|interface|"
    "invariant|layout|long|lowp|mat2|mat3|mat4|mediump|namespace|noinline|noperspective|out|output|packed|partition|patch|"
    "precise|precision|public|readonly|resource|restrict|return|sample|sampler|shared|short|sizeof|smooth|standard|static|"
    "struct|subroutine|superp|switch|template|this|toon|true|typedef|uint|uniform|union|unsigned|using|varying|vec2|vec3|"
    "vec4|void|volatile|while|writeonly"
)
"""Words of GLSL that somebody may take for a name (section 3.6 of the specification of 4.30), and Taixu's own surfaces."""
_NEUTRAL = {"color": "vec4(1.0)", "data": "vec4(1.0)", "normal": "vec4(0.5, 0.5, 1.0, 0.0)"}


@dataclass(frozen=True, eq=False)
class SurfaceShader:
    """A surface as the renderer draws it.

    Attributes
    ----------
    name
        What draw keys call it.
    row
        Its parameters.
    textures
        What its own textures hold, by slot; slots of the standard surface may be used as well.
    path
        Its GLSL among the shaders; or, with `file`, the name under which that file is found.
    has_vertex
        The file has the vertices' side too: ``surface_vertex``, and ``outline_offset`` where it is outlined.
    """

    name: str
    row: StructLayout
    textures: Mapping[str, TextureName]
    path: str
    file: Path | None = None
    has_vertex: bool = False

    def register(self, device: Device) -> None:
        """Make its shaders known to a device."""
        shaders = device.shaders
        if self.file is not None:
            if not self.file.is_file():
                raise TaixuError(f"surface {self.name!r}: there is no file {self.file}; name it beside the module of the class")
            shaders.add_file(self.path, self.file)
        shaders.add_source(f"generated/surfaces/{self.name}.glsl", self.glsl())
        own = f'#include "generated/surfaces/{self.name}.glsl"\n'
        file = f'#include "{self.path}"\n'
        vertex = own + (file if self.has_vertex else '#include "surface/own_vertex.glsl"\n')
        shaders.add_source(f"generated/forward/{self.name}.vert", vertex + '#include "passes/forward_vertex.glsl"\n')
        shaders.add_source(f"generated/forward/{self.name}.frag", own + file + '#include "passes/forward_surface.glsl"\n')
        shaders.add_source(f"generated/bake/{self.name}.frag", own + file + '#include "passes/bake.glsl"\n')
        shaders.add_source(f"generated/fast/{self.name}.vert", vertex + '#include "passes/fast.vert"\n')
        shaders.add_source(f"generated/fast/{self.name}.frag", own + file + '#include "passes/fast.frag"\n')
        shaders.add_source(f"generated/holes/{self.name}.frag", own + file + '#include "passes/holes.glsl"\n')

    def glsl(self) -> str:
        """What the surface's file finds: its parameters, its textures, and what all surfaces share."""
        rows = f"{self.name}_rows"
        text = '#include "surface/own.glsl"\n'
        text += self.row.storage_block(f"{self.row.name}Rows", binding=StorageSlot.SURFACES, array=rows)
        text += f"{self.row.name} parameters(uint material) {{ return {rows}[materials[material].surface]; }}\n"
        text += "#ifndef STAGE_VERTEX\n"
        for slot, holds in self.textures.items():
            text += _sampling(slot, holds)
        return text + "#endif\n"


def _sampling(slot: str, holds: TextureName) -> str:
    big = slot.upper()
    at = f"vec3(texture_coordinate(f, MAPPING_{big}), texture_layer(AT_{big}))"
    lines = [f"#ifdef HAS_{big}"]
    if slot not in SLOTS:
        lines += [
            f"layout(binding = UNIT_{big}) uniform sampler2DArray {slot}_map;",
            f"vec4 sample_{slot}(Fragment f) {{ return SAMPLE_MAP({slot}_map, {at}); }}",
        ]
    lines += [
        f"vec4 sample_{slot}_at(vec2 uv) {{ return SAMPLE_MAP({slot}_map, vec3(uv, texture_layer(AT_{big}))); }}",
        "#else",
        f"vec4 sample_{slot}(Fragment f) {{ return {_NEUTRAL[holds]}; }}",
        f"vec4 sample_{slot}_at(vec2 uv) {{ return {_NEUTRAL[holds]}; }}",
        "#endif",
    ]
    if holds == "normal":
        lines += [
            f"vec3 normal_of_{slot}(Fragment f, float scale) {{",
            f"#ifdef HAS_{big}",
            f"    return bent_normal(tangent_frame(f, texture_coordinate(f, MAPPING_{big})), sample_{slot}(f).xyz, scale);",
            "#else",
            "    return f.normal;",
            "#endif",
            "}",
        ]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class SurfaceLook:
    """How a material is drawn, where it is not the standard surface.

    Attributes
    ----------
    shader, values
        The surface, and its row.
    refs
        Textures by slot.
    layers
        As in `Signature`.
    cuts_holes
        Where it is masked, its own function says how opaque it is, not the texture of its base colour.
    is_outlined
        It is drawn a second time, inside out and a little larger.
    writes_depth, order
        Among blended surfaces: whether it hides what is drawn later behind it, and its rank before distance counts.
    """

    shader: SurfaceShader
    values: NDArray[Any]
    refs: Mapping[str, TextureRef] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    cuts_holes: bool = False
    is_outlined: bool = False
    writes_depth: bool = False
    order: int = 0


class SurfaceRows:
    """The rows of one surface, and their buffer."""

    def __init__(self, device: Device, shader: SurfaceShader) -> None:
        self.device, self.shader = device, shader
        self._rows = shader.row.zeros(16)
        self._count = 0
        self._free: list[int] = []
        self._buffer: Buffer | None = None
        self._is_stale = True

    def add(self, values: NDArray[Any]) -> int:
        """Take in a row."""
        number = self._free.pop() if self._free else self._count
        if number == self._count:
            self._count += 1
            if number == len(self._rows):
                grown = self.shader.row.zeros(2 * number)  # `concatenate` would pack what std430 pads
                grown[:number] = self._rows
                self._rows = grown
        self._rows[number] = values
        self._is_stale = True
        return number

    def remove(self, number: int) -> None:
        """Give a row back; its number will be used again."""
        self._free.append(number)

    def flush(self) -> bool:
        """Write what changed; True where the buffer is another one now."""
        anew = self._buffer is None or self._buffer.size < self._rows.nbytes
        if anew:
            self._buffer = self.device.buffer(self._rows.nbytes, label=f"surface {self.shader.name}")
        if anew or self._is_stale:
            self.buffer.write(self._rows)
            self._is_stale = False
        return anew

    @property
    def buffer(self) -> Buffer:
        """What is bound while it is drawn."""
        assert self._buffer is not None, "flush it first"
        return self._buffer


@cache
def shader_of(declared: SurfaceType) -> SurfaceShader:
    """The shader of a declared surface.

    Raises
    ------
    TaixuError
        Where it names a layer that is not there, or a name that is no name in GLSL.
    """
    for name in declared.layers:
        if name not in LAYERS:
            raise TaixuError(f"surface {declared.name!r}: there is no layer {name!r}; there are {', '.join(LAYERS)}")
    for name in (declared.name, *(fld.name for fld in declared.parameters), *declared.textures):
        if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
            raise TaixuError(f"surface {declared.name!r}: {name!r} cannot be a name in GLSL; take another")
    fields = [_row_field(fld) for fld in declared.parameters] or [("no_parameters", "u4")]
    return SurfaceShader(
        declared.name, StructLayout(declared.cls.__name__, fields), declared.textures, f"own/{declared.name}.glsl", declared.glsl
    )


def _row_field(fld: Field) -> tuple[Any, ...]:
    kind = fld.kind.name
    code = "u4" if fld.choices else _TYPES.get(kind, "f4")
    return (fld.name, code, (_WIDTHS[kind],)) if kind in _WIDTHS else (fld.name, code)


def surface_row(declared: SurfaceType, value: Any) -> NDArray[Any]:
    """An instance's parameters as a row; choices by their number."""
    row = shader_of(declared).row.zeros()
    for fld in declared.parameters:
        given = getattr(value, fld.name)
        row[fld.name] = fld.choices.index(given) if fld.choices and given in fld.choices else 0 if fld.choices else given
    return row


def look_of_surface(value: Any, refs: Mapping[str, TextureRef], material: Material) -> SurfaceLook:
    """How an instance of a declared surface is drawn."""
    declared = surface_type(type(value))
    assert declared is not None
    return SurfaceLook(
        shader_of(declared),
        surface_row(declared, value),
        dict(refs),
        tuple(name for name in LAYERS if name in declared.layers),
        cuts_holes=material.alpha_mode == "MASK",
    )
