"""Surfaces of one's own: a component with typed parameters, and a function in GLSL that makes a surface of them.

    @surface("hologram", glsl="hologram.glsl", alpha="blend")
    class Hologram:
        color: Color3 = field(default=(0.1, 0.8, 1.0))
        lines_per_m: F32 = field(default=40.0, minimum=0.0)
        picture: ColorTexture = field(default="")

A surface is a component like any other: `App.register_component` makes documents, inspectors and scripts know it, and an
entity with a `Shape` and a surface is drawn with it instead of its `Material`; beside a `Model` it is the surface of all
of that. Renderers meet it in the
`MaterialLibrary`; nothing else has to know that it exists.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as plain_field
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, dataclass_transform, get_args, get_type_hints

from taixu.assets.model import Image, Material, ModelData, Texture, TextureRef
from taixu.ecs import Field, Kind, Table, component, component_type, field
from taixu.scene.library import LibraryMaterial

__all__ = [
    "ColorTexture", "DataTexture", "NormalTexture", "SurfaceType", "TextureUse", "surface", "surface_data", "surface_of_table",
    "surface_type",
]  # fmt: skip

T = TypeVar("T")
TextureUse = Literal["color", "data", "normal"]
Alpha = Literal["opaque", "mask", "blend"]


@dataclass(frozen=True, slots=True)
class _Use:
    name: TextureUse


ColorTexture = Annotated[str, Kind("asset", "O"), _Use("color")]
"""Path of a picture of colours, in the sRGB encoding."""
DataTexture = Annotated[str, Kind("asset", "O"), _Use("data")]
"""Path of a picture of numbers."""
NormalTexture = Annotated[str, Kind("asset", "O"), _Use("normal")]
"""Path of a picture of normals in tangent space."""

_NUMBERS = frozenset({"f32", "i32", "u32", "u8", "bool", "vec2", "vec3", "vec4", "quat", "color3", "i32x3"})
_MATERIAL = ("base_color", "metallic", "roughness", "emissive", "emissive_strength", "alpha_cutoff", "double_sided", "unlit")
"""Fields that mean to a surface what they mean to a `Material`: exporters and simple views know no more of it."""


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceType:
    """What `surface` learnt of a class.

    Attributes
    ----------
    cls, name
        The component, and what documents call it.
    glsl
        The file with ``void surface(in Fragment f, inout SurfaceInputs s)``.
    layers
        Layers over the core that it fills in, as ``LAYER_<NAME>`` in GLSL.
    alpha, double_sided, unlit
        How it is drawn; an instance's fields ``alpha_mode``, ``double_sided`` and ``unlit`` come before them.
    parameters
        Fields that are numbers: a row on the GPU.
    textures
        Fields that are pictures: what they hold, by name.
    """

    cls: type
    name: str
    glsl: Path
    layers: tuple[str, ...] = ()
    alpha: Alpha = "opaque"
    double_sided: bool = False
    unlit: bool = False
    parameters: tuple[Field, ...] = ()
    textures: dict[str, TextureUse] = plain_field(default_factory=dict)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def surface(
    name: str, *, glsl: str | Path, layers: tuple[str, ...] = (), alpha: Alpha = "opaque", double_sided: bool = False,
    unlit: bool = False, version: int = 1,
) -> Callable[[type[T]], type[T]]:
    """Make a class a surface, and a component.

    Parameters
    ----------
    name, version
        As in `component`.
    glsl
        The shader, by its place beside the module that has the class.
    layers, alpha, double_sided, unlit
        As in `SurfaceType`.

    Raises
    ------
    TypeError
        Where a field is neither number nor texture.
    """

    def wrap(cls: type[T]) -> type[T]:
        home = Path(getattr(sys.modules[cls.__module__], "__file__", None) or ".").parent
        hints = get_type_hints(cls, include_extras=True)
        made = component(name, version=version)(cls)
        textures: dict[str, TextureUse] = {}
        parameters = []
        for item in component_type(made).fields:
            uses = [extra for extra in get_args(hints[item.name])[1:] if isinstance(extra, _Use)]
            if uses:
                textures[item.name] = uses[0].name
            elif item.kind.name in _NUMBERS or item.choices:
                parameters.append(item)
            elif item.name != "alpha_mode":
                raise TypeError(f"{cls.__name__}.{item.name}: a surface has numbers, choices and textures, not {item.kind.name}")
        made.__surface__ = SurfaceType(  # type: ignore[attr-defined]
            made, name, home / glsl, layers, alpha, double_sided, unlit, tuple(parameters), textures
        )
        return made

    return wrap


def surface_type(cls: type) -> SurfaceType | None:
    """What is known of a class as a surface; None where it is none."""
    found: SurfaceType | None = getattr(cls, "__surface__", None)
    return found


def surface_of_table(table: Table) -> type | None:
    """The surface that a table's entities have; the first by name where there are several."""
    own = sorted((cls for cls in table.types if surface_type(cls)), key=lambda cls: component_type(cls).name)
    return own[0] if own else None


def surface_data(value: Any, *, resolve: Callable[[str], Path] = Path) -> LibraryMaterial:
    """An instance of a surface as an entry of the `MaterialLibrary`, with a model that holds its textures.

    Its material is what those see who know no surfaces: fields of the same names, and how it is drawn.
    """
    declared = surface_type(type(value))
    if declared is None:
        raise TypeError(f"{type(value).__name__} is no surface: declare it with @surface")
    model, refs = ModelData(), {}
    for name in declared.textures:
        path = getattr(value, name)
        if path:
            model.images.append(Image(name=path, path=resolve(path), uri=path))
            model.textures.append(Texture(image=len(model.images) - 1))
            refs[name] = TextureRef(texture=len(model.textures) - 1)
    material = Material(name=declared.name, metallic=0.0, double_sided=declared.double_sided, unlit=declared.unlit)
    for name in _MATERIAL:
        if hasattr(value, name):
            given = getattr(value, name)
            opaque = name == "base_color" and len(given) == 3
            setattr(material, name, (*given, 1.0) if opaque else given)
    if not hasattr(value, "base_color") and hasattr(value, "color") and len(value.color) >= 3:
        material.base_color = (*value.color[:3], 1.0)
    modes: dict[str, Literal["OPAQUE", "MASK", "BLEND"]] = {"opaque": "OPAQUE", "mask": "MASK", "blend": "BLEND"}
    material.alpha_mode = modes.get(getattr(value, "alpha_mode", declared.alpha), "OPAQUE")
    material.base_color_texture = refs.get("base_color_texture")
    model.materials.append(material)
    return LibraryMaterial(material, model, value, refs)
