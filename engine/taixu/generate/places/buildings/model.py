"""Buildings as models: nodes ``lod0`` to ``lod2``, of which the first is shown."""

from __future__ import annotations

from typing import Any

from taixu.assets.model import Mesh, ModelData, Node
from taixu.generate.places.buildings.building import Building
from taixu.generate.places.buildings.mid_level import paint_row
from taixu.generate.places.buildings.soup import Soup
from taixu.generate.places.buildings.style import Style
from taixu.generate.places.buildings.surfaces import Palette

__all__ = ["bare", "building_model", "collider_model", "draw_facades", "model_of"]


def building_model(building: Building, palette: Palette, *, seed: int = 0) -> ModelData:
    """A building with its levels of detail."""
    draw_facades(palette, building.style, building.style.looks(seed), building.levels)
    return model_of(building.levels, palette, name=building.style.name)


def draw_facades(palette: Palette, style: Style, looks: dict[str, str], levels: list[Soup]) -> None:
    """Paint the rows of windows that these levels name, where nobody has yet."""
    for soup in levels:
        for material in soup.materials:
            if material.startswith(f"facade_{style.name}_") and material not in palette.extra:
                rule = material.removeprefix(f"facade_{style.name}_").partition("_")[0]
                palette.extra[material] = (paint_row(style, looks, rule, palette, px=128), 1.0)


def model_of(levels: list[Soup], palette: Palette, *, name: str) -> ModelData:
    """Soups as levels of detail of one model."""
    model = ModelData()
    index: Any = palette.index_in(model)
    for level, soup in enumerate(levels):
        parts = soup.primitives(index)
        if not parts:
            continue
        model.meshes.append(Mesh(f"{name}_lod{level}", parts))
        model.nodes.append(Node(name=f"lod{level}", mesh=len(model.meshes) - 1, visible=not model.nodes))
    return model


def collider_model(building: Building) -> ModelData:
    """What bodies meet, as one mesh."""
    return model_of([bare(building.collider)], Palette(0), name=f"{building.style.name}_collider")


def bare(soup: Soup) -> Soup:
    """All triangles in one material."""
    whole = Soup()
    for positions, normals, uvs, triangles in soup.arrays().values():
        whole.add("concrete", positions, uvs, triangles, normals)
    return whole
