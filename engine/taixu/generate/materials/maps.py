"""From a family's surface to the maps of a material, in the ranges of real things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.graph import Graph, Pictures, evaluate
from taixu.generate.materials.ageing import Age, aged
from taixu.generate.materials.blending import blended
from taixu.generate.materials.family import family_named

if TYPE_CHECKING:
    from taixu.generate.graph.evaluate import Progress
    from taixu.gpu import Device

__all__ = ["MAPS", "MaterialMaps", "maps_of", "material_graph", "material_maps"]

MAPS = ("base_color", "normal", "roughness", "metallic", "height", "occlusion", "emission")
DARKEST, PALEST = 0.02, 0.9
"""Albedo of coal and of fresh snow: what is neither metal nor a lamp lies between them."""


@dataclass(frozen=True)
class MaterialMaps:
    """Maps of a square that repeats, float32, rows from the upper edge down as pictures have them.

    Attributes
    ----------
    maps
        By name: ``base_color`` and ``emission`` linear [n, n, 3], ``normal`` unit vectors [n, n, 3] (y upwards), the others [n, n].
    size_m
        How wide the square is.
    relief_m
        How high a height of 1 is.
    """

    maps: Mapping[str, NDArray[np.float32]]
    size_m: float
    relief_m: float


def material_graph(
    name: str, *, seed: int = 0, variant: str = "", age: Age | None = None, second: tuple[str, float] | None = None, **sliders: Any
) -> tuple[Graph, float, float]:
    """The graph of a family's material with all `MAPS` as outputs; how wide its square is and how high 1 is, metres.

    `second` is another family and how much of it lies over the first.
    """
    graph = Graph(seed=seed)
    surface = family_named(name).build(graph, variant=variant, **sliders)
    if second is not None:
        graph.prefix = "second_"
        other = family_named(second[0]).build(graph)
        graph.prefix = ""
        surface = blended(graph, surface, other, second[1])
    surface = aged(graph, surface, age or Age())
    g, relief = graph, surface.relief_m / surface.size_m
    height = g.number("map_height", h=surface.height, formula="clamp(h)")
    metallic = g.number("map_metallic", m=surface.metallic, formula="clamp(m)")
    color = g.color("map_base_color", c=surface.base_color, m=metallic,
                  formula=f"clamp(c, mix({DARKEST}, 0.0, m), mix({PALEST}, 1.0, m))")  # fmt: skip
    rough = g.number("map_roughness", r=surface.roughness, formula="clamp(r, 0.03, 1)")
    normal = g.add("map_normal", "filter.normal", height=height, relief=relief)
    occlusion = g.add("map_occlusion", "filter.openness", height=height, relief=relief, reach=0.06)
    g.put_out(base_color=color, normal=normal, roughness=rough, metallic=metallic, height=height, occlusion=occlusion,
              emission=surface.emission)  # fmt: skip
    return graph, surface.size_m, surface.relief_m


def material_maps(
    name: str, size: int = 1024, *, seed: int = 0, variant: str = "", age: Age | None = None,
    second: tuple[str, float] | None = None, device: Device | None = None, progress: Progress | None = None, **sliders: Any,
) -> MaterialMaps:  # fmt: skip
    """Make the maps of a family's material, `size` by `size` pixels."""
    graph, size_m, relief_m = material_graph(name, seed=seed, variant=variant, age=age, second=second, **sliders)
    return MaterialMaps(maps_of(evaluate(graph, size, device=device, progress=progress)), size_m, relief_m)


def maps_of(made: Pictures) -> dict[str, NDArray[np.float32]]:
    """Maps as pictures have them, the upper row first."""
    return {key: np.ascontiguousarray(made[key][::-1]) for key in MAPS}
