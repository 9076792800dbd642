"""The kinds that shape ground and sow."""

from __future__ import annotations

from typing import Any

from taixu.generate.modifiers.ground_components import (
    BaseTerrain,
    BiomePlants,
    EndlessTerrain,
    FlattenPath,
    HeightBrush,
    MaskBrush,
    ScatterRule,
    Wood,
)
from taixu.generate.modifiers.kinds import ModifierKind

__all__ = ["GROUND_KINDS"]

_HOME = "taixu.generate.modifiers"
_MOST_NAMES = 16


def brush_reach(parameters: Any) -> float:
    """Smoothing looks around."""
    strokes = parameters.strokes if isinstance(parameters.strokes, (list, tuple)) else ()
    return 34.0 if any(isinstance(one, dict) and one.get("kind") == "smooth" for one in strokes) else 0.0


def mask_layers(parameters: Any) -> tuple[str, ...]:
    """The mask that a brush paints."""
    return (f"mask.{str(parameters.mask)[:64] or 'painted'}",)


def path_layers(parameters: Any) -> tuple[str, ...]:
    """What a path changes."""
    return ("heights", f"mask.{str(parameters.mask)[:64] or 'path'}", *(("weights",) if parameters.material else ()))


def sown_reads(parameters: Any) -> tuple[str, ...]:
    """Heights and masks."""
    own = str(getattr(parameters, "mask", ""))
    names = dict.fromkeys([*([own] if own else []), *str(parameters.keep_off).split()[:_MOST_NAMES]])
    return ("heights", *(f"mask.{name[:64]}" for name in names))


def plants_read(parameters: Any) -> tuple[str, ...]:
    """Heights, water, climate and masks."""
    return (*sown_reads(parameters), "water", "mask.temperature", "mask.moisture")


GROUND_KINDS = (
    ModifierKind(BaseTerrain, f"{_HOME}.shaping:make_base", writes=("heights", "weights"), edge_cells=0),
    ModifierKind(
        EndlessTerrain, f"{_HOME}.land:make_endless", writes=("heights", "weights", "water", "mask.temperature", "mask.moisture"),
        points=f"{_HOME}.land:endless_heights",
    ),
    ModifierKind(
        BiomePlants, f"{_HOME}.land:make_biome_plants", reads=plants_read, writes=("places",), reach_m=4.0, most_level=4
    ),
    ModifierKind(
        HeightBrush, f"{_HOME}.shaping:make_brush", reads=("heights",), reach_m=brush_reach, part=f"{_HOME}.shaping:strokes_part"
    ),
    ModifierKind(
        MaskBrush, f"{_HOME}.shaping:make_mask", reads=mask_layers, writes=mask_layers, part=f"{_HOME}.shaping:strokes_part"
    ),
    ModifierKind(
        FlattenPath, f"{_HOME}.shaping:make_flat", reads=path_layers, writes=path_layers, bounds=f"{_HOME}.shaping:flatten_bounds"
    ),
    ModifierKind(
        ScatterRule, f"{_HOME}.sowing:make_scatter", reads=sown_reads, writes=("places",), reach_m=4.0, most_level=0
    ),
    ModifierKind(
        Wood, f"{_HOME}.sowing:make_wood", reads=sown_reads, writes=("places",), reach_m=4.0, bounds=f"{_HOME}.sowing:wood_bounds",
        most_level=0,
    ),
)  # fmt: skip
"""What Taixu brings for ground."""
