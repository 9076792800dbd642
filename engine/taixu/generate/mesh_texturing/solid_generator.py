"""A material on a mesh, without weights: laid as a solid along three planes, aged by the shape, baked into one texture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.importers import import_model
from taixu.assets.material import Material
from taixu.assets.model import ModelData
from taixu.assets.tangents import with_tangents
from taixu.assets.texture import TextureRef
from taixu.errors import MachineError, TaixuError
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.graph import evaluate
from taixu.generate.materials import Age, MaterialMaps, families
from taixu.generate.materials.generator import sliders_of
from taixu.generate.materials.maps import maps_of, material_graph
from taixu.generate.materials.words import parameters_of_words
from taixu.generate.mesh_texturing.coordinates import lay_coordinates
from taixu.generate.mesh_texturing.dressing import dress, is_solid, srgb_bytes
from taixu.generate.mesh_texturing.material_pictures import maps_of_files
from taixu.generate.mesh_texturing.shape import bake_curvature, bake_openness, spread_from_coarse
from taixu.generate.mesh_texturing.solid import SolidMaps, lay_solid, tangent_normals
from taixu.generate.mesh_texturing.subject import Subject, Surface, assemble, gather, stand_scales
from taixu.generate.mesh_texturing.texels import Texels, bake_texels, fill_rest, parts_of
from taixu.generate.mesh_texturing.weathering import weather
from taixu.generate.request import Request

__all__ = ["EXISTING", "MODEL_SUFFIXES", "MeshMaterialGenerator", "MeshMaterialParameters", "surfaces_of"]

EXISTING = ("replace", "keep")
MODEL_SUFFIXES = (".glb", ".gltf", ".vrm", ".obj", ".ply", ".stl", ".off", ".3mf", ".dae")
_COLORS = ("base_color", "emission")
_UNIT = {"minimum": 0.0, "maximum": 1.0}
_SHARE_OF_WORDS = 0.4
"""How much of what words say of years the material itself has; the rest is the shape's."""


@dataclass(frozen=True)
class MeshMaterialParameters:
    """Parameters of a material on a mesh."""

    family: str = field(default="bricks", metadata={"doc": "What it is made of.", "choices": tuple(sorted(families()))})
    sliders: str = field(default="", metadata={"doc": "The family's own: name=value, by commas; colours as #rrggbb."})
    size_px: int = field(default=1024, metadata={"doc": "Edge of the texture.", "unit": "px", "minimum": 64, "maximum": 4096})
    tile_m: float = field(
        default=0.0,
        metadata={"doc": "How wide the material's square is on the mesh; 0 takes its real size.", "unit": "m", "minimum": 0.0,
                  "maximum": 1e5},
    )
    blend: float = field(default=0.7, metadata={"doc": "How sharply planes part where the surface leans between them.", **_UNIT})
    relief: float = field(default=1.0, metadata={"doc": "Of the normal map.", "minimum": 0.0, "maximum": 4.0})
    edge_wear: float = field(default=0.0, metadata={"doc": "Edges of the shape rubbed bare.", **_UNIT})
    hollow_dirt: float = field(default=0.0, metadata={"doc": "Dirt in hollows of the shape, and a film over all.", **_UNIT})
    moss: float = field(default=0.0, metadata={"doc": "Moss where rain stays: on top, and in hollows.", **_UNIT})
    wetness: float = field(default=0.0, metadata={"doc": "Darker and shiny.", **_UNIT})
    under: str = field(
        default="", metadata={"doc": "A family that shows where edges are worn.", "choices": ("", *sorted(families()))}
    )
    reach_m: float = field(
        default=0.0,
        metadata={"doc": "How far around edges and hollows reach; 0 fits the mesh.", "unit": "m", "minimum": 0.0, "maximum": 1e4},
    )
    shading: float = field(default=0.7, metadata={"doc": "How much of the shape's own occlusion is baked.", **_UNIT})
    existing: str = field(
        default="replace",
        metadata={"doc": "Whether parts that have a texture get the new one, or keep theirs.", "choices": EXISTING},
    )
    unwrap: bool = field(default=False, metadata={"doc": "Lay new texture coordinates even where the mesh's own serve."})


class MeshMaterialGenerator(Generator):
    """Procedural materials baked onto meshes."""

    name, makes, suffix = "mesh-material", "mesh", ".glb"
    summary = "a material on a mesh, aged by its shape, baked into one texture"
    parameters = MeshMaterialParameters
    needs = Needs(parents=1, memory_mb=8192, suffixes=(*MODEL_SUFFIXES, ".png"))

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Family, colours and years of a prompt; the years are mostly the shape's."""
        meant = parameters_of_words(prompt)
        aged = {"edge_wear": meant.pop("wear", None), "hollow_dirt": meant.pop("dirt", None)}
        known = MeshMaterialParameters.__dataclass_fields__
        return {name: value for name, value in {**meant, **aged}.items() if value is not None and name in known}

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One GLB, with base colour, normal, occlusion, roughness, metal, and emission where it glows."""
        wanted: MeshMaterialParameters = request.parameters
        model, surfaces = surfaces_of(request.parents[0], existing=wanted.existing)
        progress(0.05, "coordinates")
        lay_coordinates(surfaces, wanted.size_px, stand_scales(model, surfaces), anew=wanted.unwrap)
        follows = [Material(normal_texture=TextureRef(0))]
        for surface in (each for each in surfaces if each.is_painted):
            surface.primitive = with_tangents(surface.primitive, follows)
        subject = assemble(model, surfaces)
        progress(0.15, "texels")
        texels = bake_texels(subject, wanted.size_px, goes_on=True)
        need_texels(texels)
        pictures, glow = self._pictures(request, subject, texels, progress)
        progress(0.9, "writing")
        dressed, mark = dress(model, surfaces, pictures, name=request.prompt[:60] or wanted.family, glow=glow)
        file = request.save_model(dressed)
        return [Made(file.path, mark=mark)]

    def _pictures(
        self, request: Request, subject: Subject, texels: Texels, progress: Progress
    ) -> tuple[dict[str, NDArray[np.uint8]], float]:
        """All texels, part by part: what they are made of, in the order in which it came upon them."""
        wanted: MeshMaterialParameters = request.parameters
        density = np.sqrt(np.count_nonzero(texels.inside) / subject.area_m2)
        maps, factor = _material(request, density)
        progress(0.3, "shape")
        ages = bool(wanted.edge_wear or wanted.hollow_dirt or wanted.moss)
        openness, curvature = np.ones(len(texels.pixels)), np.zeros(len(texels.pixels))
        reach = wanted.reach_m or 0.05 * subject.radius_m
        if ages:
            facts = spread_from_coarse(
                subject, texels, lambda each: np.stack([bake_openness(subject, each), bake_curvature(subject, each, reach)], axis=1)
            )
            openness, curvature = facts[:, 0], facts[:, 1]
        elif wanted.shading:
            openness = spread_from_coarse(subject, texels, lambda each: bake_openness(subject, each))
        names = {"under": wanted.under if wanted.edge_wear else "", "mossy": "moss" if wanted.moss else ""}
        layers = {role: _family_maps(each, request.seed + 1, density, factor) for role, each in names.items() if each}
        glow = max(float(each.maps["emission"].max()) for each in (maps, *layers.values()))
        painting = TexelPictures(texels, glow)
        parts = parts_of(len(texels.pixels))
        for number, rows in enumerate(parts):
            part = texels.part(rows)

            def laid(each: MaterialMaps, part: Texels = part) -> SolidMaps:
                sharpness = 2.0 ** (1.0 + 5.0 * wanted.blend)
                return lay_solid(each, part, tile_m=each.size_m * factor, sharpness=sharpness, relief=wanted.relief)

            made = laid(maps)
            if ages:
                made = weather(
                    made, positions=part.positions, normals=part.normals, curvature=curvature[rows], openness=openness[rows],
                    lump_m=subject.radius_m * 0.25, seed=request.seed, wear=wanted.edge_wear, dirt=wanted.hollow_dirt,
                    moss=wanted.moss, **{role: laid(each) for role, each in layers.items()},
                )  # fmt: skip
            made.occlusion = made.occlusion * (1.0 - wanted.shading * (1.0 - openness[rows]))
            painting.put(rows, part, made)
            progress(0.5 + 0.4 * (number + 1) / len(parts), "texels")
        return painting.pictures(), glow


class TexelPictures:
    """The pictures of a texture while they come into being."""

    def __init__(self, texels: Texels, glow: float) -> None:
        self._texels, self._glow = texels, glow
        count = len(texels.pixels)
        roles = ("base_color", "normal", "orm", *(("emission",) if glow > 0 else ()))
        self._values = {role: np.zeros((count, 3), np.float32) for role in roles}

    def put(self, rows: slice, part: Texels, made: SolidMaps) -> None:
        """Note what some texels are made of."""
        self._values["base_color"][rows] = made.base_color
        self._values["normal"][rows] = tangent_normals(part, made.normals) * 0.5 + 0.5
        self._values["orm"][rows] = np.stack([made.occlusion, made.roughness, made.metallic], axis=1)
        if self._glow > 0:
            self._values["emission"][rows] = made.emission / max(self._glow, 1.0)

    def pictures(self) -> dict[str, NDArray[np.uint8]]:
        """uint8 by role, filled up to the edges."""
        filled = {role: fill_rest(self._texels.picture(each), self._texels.covered) for role, each in self._values.items()}
        return {role: srgb_bytes(each) if role in _COLORS else _bytes(each) for role, each in filled.items()}


def surfaces_of(path: Path, *, existing: str) -> tuple[ModelData, list[Surface]]:
    """A model, and its surfaces: those to be painted are told from others.

    Raises
    ------
    TaixuError
        When it is none that can wear a texture.
    """
    model = import_model(path)
    textured = {i for i, each in enumerate(model.materials) if each.base_color_texture is not None}
    try:
        surfaces = gather(
            model, is_painted=lambda each: is_solid(model, each) and not (existing == "keep" and each.material in textured)
        )
    except TaixuError as error:
        raise type(error)(f"{path.name}: {error}") from error
    return model, surfaces


def need_texels(texels: Texels) -> None:
    """See that something can be painted.

    Raises
    ------
    TaixuError
        When no texel lies on the model.
    """
    if not texels.inside.any():
        raise TaixuError("its texture coordinates cover no texel; set unwrap=true for new ones, or make the texture larger")


def _material(request: Request, density: float) -> tuple[MaterialMaps, float]:
    """The maps that are laid, and how many times wider than real their square is."""
    wanted: MeshMaterialParameters = request.parameters
    if len(request.parents) > 1:
        maps = maps_of_files(request.parents[1:], wanted.tile_m or 1.0)
        return _averaged(maps, density * maps.size_m), 1.0
    share = _SHARE_OF_WORDS
    age = Age(share * wanted.edge_wear, share * wanted.hollow_dirt, 0.0, wanted.wetness)
    plain = material_graph(wanted.family, seed=request.seed, age=age, **sliders_of(wanted.family, wanted.sliders))
    factor = wanted.tile_m / plain[1] if wanted.tile_m else 1.0
    return _evaluated(plain, density, factor), factor


def _family_maps(family: str, seed: int, density: float, factor: float) -> MaterialMaps:
    return _evaluated(material_graph(family, seed=seed), density, factor)


def _evaluated(graph: tuple[Any, float, float], density: float, factor: float) -> MaterialMaps:
    """Maps as fine as the texture can show: finer ones would flicker in it."""
    wanted = density * graph[1] * factor
    size = int(np.clip(2 ** np.ceil(np.log2(max(wanted, 1.0))), 256, 2048))
    device = _device()
    try:
        made = evaluate(graph[0], size, device=device)
    finally:
        if device is not None:
            device.release()
    maps = MaterialMaps(maps_of(made), graph[1], graph[2])
    for name, picture in maps.maps.items():
        if not np.isfinite(picture).all():
            raise TaixuError(f"the map {name} came out with numbers that are none; try other sliders")
    return _averaged(maps, wanted)


def _averaged(maps: MaterialMaps, wanted_px: float) -> MaterialMaps:
    """Maps halved as long as that leaves as many pixels as wanted."""
    found = dict(maps.maps)
    size = len(found["height"])
    while size % 2 == 0 and size / 2 >= max(wanted_px, 16):
        size //= 2
        for name, each in found.items():
            parts = each.reshape(size, 2, size, 2, *each.shape[2:])
            found[name] = parts.mean(axis=(1, 3), dtype=np.float32)
    lengths = np.linalg.norm(found["normal"], axis=-1, keepdims=True)
    found["normal"] = found["normal"] / np.maximum(lengths, 1e-6)
    return MaterialMaps(found, maps.size_m, maps.relief_m)


def _bytes(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.rint(np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8)


def _device() -> Any:
    """A device, or None: numpy makes the same, slower."""
    from taixu.gpu import create_device

    try:
        return create_device()
    except MachineError:
        return None
