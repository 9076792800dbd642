"""What simulated rows look like: small meshes of simple shapes, looking along +x, standing on y = 0, with
coarser forms for eyes that are far: of a hundred thousand cars and people most are a few pixels wide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Material, ModelData, Primitive
from taixu.scene.levels import edges_px
from taixu.scene.library import LibraryMaterial, LibraryMesh, MaterialLibrary, MeshLevels, MeshLibrary
from taixu.scene.shapes import shape_mesh

__all__ = ["LOOKS", "look_forms", "look_mesh"]

Triple = tuple[float, float, float]
Shape = dict[str, NDArray[Any]]
Parts = Mapping[str, list[Shape]]
"""Meshes by what they are made of: a name of `_MATERIALS`."""

_MATERIALS = {
    "paint": Material(name="paint", base_color=(0.9, 0.9, 0.9, 1.0), metallic=0.0, roughness=0.35),
    "glass": Material(name="glass", base_color=(0.02, 0.025, 0.03, 1.0), metallic=0.0, roughness=0.08),
    "rubber": Material(name="rubber", base_color=(0.015, 0.015, 0.015, 1.0), metallic=0.0, roughness=0.9),
    "cloth": Material(name="cloth", base_color=(0.75, 0.75, 0.75, 1.0), metallic=0.0, roughness=0.85),
    "skin": Material(name="skin", base_color=(0.52, 0.31, 0.21, 1.0), metallic=0.0, roughness=0.6),
}


_SIDES = (32, 16, 8)
"""Of what is round, in the forms for eyes that are near and farther; from afar a box is shown."""
_TOLD = 2
"""The form for those who must not depend on who looks: browsers have thousands of it."""
_FEW_SIDES = 8
_BOX_SHARE = 0.9


def look_mesh(meshes: MeshLibrary, materials: MaterialLibrary, look: str) -> int:
    """The number of a look's mesh, put into the library with its coarser forms when it is first asked for."""
    known = meshes.find(("simulated", look, 0))
    if known is not None:
        return known
    numbers, counts = [], []
    for level, parts in enumerate(look_forms(look)):
        paints = []
        for name in parts:
            material = _MATERIALS[name]
            paints.append(materials.put(("simulated", name), LibraryMaterial(material, ModelData(materials=[material]))))
        numbers.append(meshes.put(("simulated", look, level), LibraryMesh(tuple(parts.values()), tuple(paints))))
        counts.append(sum(len(part.triangles()) for part in parts.values()))
    low, high = meshes[numbers[0]].bounds()
    x, y, z = ((low + high) / 2).tolist()
    sphere = (x, y, z, float(np.linalg.norm(high - low)) / 2)
    meshes.put_levels(MeshLevels(tuple(numbers), edges_px(counts[1:]), sphere, told=_TOLD))
    return numbers[0]


def look_forms(look: str) -> list[dict[str, Primitive]]:
    """A look's forms, the finest first, each by what it is made of."""
    forms = [{name: _joined(shapes) for name, shapes in LOOKS[look](_Maker(around)).items()} for around in _SIDES]
    points = np.concatenate([part.attributes["POSITION"] for part in forms[0].values()])
    low, high = points.min(0), points.max(0)
    size = (high - low) * _BOX_SHARE
    middle = (low + high) / 2
    middle[1] = low[1] + size[1] / 2  # it stands where the others do
    box = _moved(shape_mesh("box", tuple(size.tolist())), tuple(middle.tolist()))
    return [*forms, {next(iter(forms[0])): _joined([box])}]


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes shapes with so many sides; with few there are no bevels."""

    around: int

    def box(self, size: Triple, at: Triple, bevel: float) -> Shape:
        return _moved(shape_mesh("box", size, bevel_m=bevel if self.around > _FEW_SIDES else 0.0), at)

    def round(self, kind: str, size: Triple, at: Triple) -> Shape:
        return _moved(shape_mesh(kind, size, around=self.around), at)

    def wheel(self, x: float, z: float, across: float = 0.64, width: float = 0.2) -> Shape:
        bevel = 0.04 if self.around > _FEW_SIDES else 0.0
        wheel = shape_mesh("cylinder", (across, width, across), bevel_m=bevel, around=self.around)
        for name in ("POSITION", "NORMAL"):  # laid on its side: a quarter turn about x
            wheel[name] = np.ascontiguousarray(wheel[name][:, [0, 2, 1]] * np.array([1, -1, 1], np.float32))
        return _moved(wheel, (x, across / 2, z))


def _car(make: _Maker) -> Parts:
    """4.5 m long; its front is at x = 0, where traffic counts from."""
    body = make.box((4.4, 0.55, 1.76), (-2.25, 0.55, 0.0), 0.16)
    cabin = make.box((2.3, 0.55, 1.5), (-2.5, 1.05, 0.0), 0.22)
    roof = make.box((1.7, 0.06, 1.3), (-2.5, 1.33, 0.0), 0.03)
    wheels = [make.wheel(x, z) for x in (-0.85, -3.55) for z in (-0.8, 0.8)]
    return {"paint": [body, roof], "glass": [cabin], "rubber": wheels}


def _bus(make: _Maker) -> Parts:
    """12 m long; its front is at x = 0. Its glass goes round, between a painted body and a painted roof."""
    body = make.box((11.9, 1.15, 2.5), (-6.0, 0.95, 0.0), 0.14)
    glass = make.box((11.84, 1.1, 2.44), (-6.0, 1.98, 0.0), 0.12)
    roof = make.box((11.9, 0.42, 2.5), (-6.0, 2.72, 0.0), 0.14)
    posts = [make.box((0.16, 1.2, 2.48), (x, 2.0, 0.0), 0.03) for x in (-1.7, -4.2, -6.7, -9.2, -11.7)]
    doors = [make.box((1.25, 1.95, 0.06), (x, 1.5, 1.23), 0.02) for x in (-1.0, -5.45)]  # to the kerb: right of where it goes
    wheels = [make.wheel(x, z, 0.96, 0.3) for x in (-2.6, -8.7) for z in (-1.1, 1.1)]
    return {"paint": [body, roof, *posts], "glass": [glass, *doors], "rubber": wheels}


def _tram(make: _Maker) -> Parts:
    """A section of a tram, 10 m long; its front is at x = 0, and sections follow one another."""
    body = make.box((9.5, 0.95, 2.4), (-5.0, 0.83, 0.0), 0.1)
    glass = make.box((9.44, 1.25, 2.34), (-5.0, 1.93, 0.0), 0.1)
    roof = make.box((9.5, 0.5, 2.4), (-5.0, 2.8, 0.0), 0.16)
    posts = [make.box((0.2, 1.3, 2.38), (x, 1.95, 0.0), 0.03) for x in (-0.5, -2.75, -5.0, -7.25, -9.5)]
    bellows = make.box((0.7, 2.3, 2.0), (-9.9, 1.6, 0.0), 0.05)
    skirts = make.box((6.4, 0.3, 2.1), (-5.0, 0.3, 0.0), 0.04)
    return {"paint": [body, roof, *posts], "glass": [glass], "rubber": [bellows, skirts]}


def _train(make: _Maker) -> Parts:
    """A coach of a train, 20 m long; its front is at x = 0, and coaches follow one another."""
    body = make.box((19.3, 1.3, 2.8), (-10.0, 1.45, 0.0), 0.12)
    glass = make.box((19.2, 0.95, 2.74), (-10.0, 2.55, 0.0), 0.1)
    roof = make.box((19.3, 0.75, 2.8), (-10.0, 3.35, 0.0), 0.3)
    posts = [make.box((0.5, 1.0, 2.78), (x, 2.55, 0.0), 0.03) for x in (-0.6, -3.7, -6.85, -10.0, -13.15, -16.3, -19.4)]
    bellows = make.box((0.9, 2.6, 1.6), (-19.9, 2.2, 0.0), 0.05)
    bogies = [make.box((3.4, 0.75, 2.2), (x, 0.45, 0.0), 0.1) for x in (-3.4, -16.6)]
    return {"paint": [body, roof, *posts], "glass": [glass], "rubber": [bellows, *bogies]}


def _person(make: _Maker) -> Parts:
    """1.75 m tall."""
    legs = [make.round("capsule", (0.16, 0.9, 0.16), (0.0, 0.45, z)) for z in (-0.09, 0.09)]
    arms = [make.round("capsule", (0.1, 0.66, 0.1), (0.0, 1.1, z)) for z in (-0.25, 0.25)]
    trunk = make.round("capsule", (0.24, 0.72, 0.4), (0.0, 1.14, 0.0))
    head = make.round("sphere", (0.21, 0.25, 0.19), (0.01, 1.63, 0.0))
    return {"cloth": [trunk, *arms], "rubber": legs, "skin": [head]}


def _drone(make: _Maker) -> Parts:
    """0.9 m from rotor to rotor; looks along +x, and its middle is the origin."""
    body = make.box((0.42, 0.13, 0.26), (0.0, 0.0, 0.0), 0.05)
    arms = [make.box((0.62, 0.035, 0.05), (0.0, 0.03, z), 0.012) for z in (-0.3, 0.3)]
    cross = make.box((0.06, 0.035, 0.62), (0.0, 0.03, 0.0), 0.012)
    rotors = [make.round("cylinder", (0.4, 0.012, 0.4), (x, 0.07, z)) for x in (-0.3, 0.3) for z in (-0.3, 0.3)]
    return {"paint": [body], "rubber": [*arms, cross], "glass": rotors}


def _crate(make: _Maker) -> Parts:
    """A box of one metre about its middle."""
    return {"paint": [make.box((1.0, 1.0, 1.0), (0.0, 0.0, 0.0), 0.03)]}


LOOKS: Mapping[str, Callable[[_Maker], Parts]] = {
    "car": _car, "bus": _bus, "tram": _tram, "train": _train, "person": _person, "drone": _drone, "crate": _crate
}  # fmt: skip


def _moved(mesh: Shape, by: Triple) -> Shape:
    return mesh | {"POSITION": mesh["POSITION"] + np.array(by, np.float32)}


def _joined(meshes: list[Shape]) -> Primitive:
    starts = np.cumsum([0, *(len(mesh["POSITION"]) for mesh in meshes)])
    attributes = {name: np.concatenate([mesh[name] for mesh in meshes]) for name in ("POSITION", "NORMAL", "TEXCOORD_0")}
    indices = np.concatenate([mesh["indices"] + start for mesh, start in zip(meshes, starts, strict=False)])
    return Primitive(attributes, indices.astype(np.uint32))
