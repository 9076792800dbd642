"""What a generated world holds: files once each, entities that use them, with what bodies meet and where things shine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from taixu.assets.model import ModelData
from taixu.generate.generator import Made
from taixu.generate.places.props.catalogue import PROPS, PropSpec, bounds_of, prop_model
from taixu.generate.places.world_text import entity_id

__all__ = ["Stage", "collider_of", "turned"]

Vector = tuple[float, float, float]


def turned(angle_rad: float) -> list[float]:
    """The rotation (x, y, z, w) about y."""
    return [0.0, float(np.sin(angle_rad / 2)), 0.0, float(np.cos(angle_rad / 2))]


class Stage:
    """A world that is being furnished.

    Attributes
    ----------
    files
        What has been written, in this order.
    entities
        By name; each is components by name.
    lit
        Whether lamps shine: at day they do not.
    """

    def __init__(self, folder: Path, *, texture_px: int = 128, lit: bool = True) -> None:
        self.folder = folder
        self.texture_px = texture_px
        self.lit = lit
        self.files: list[Made] = []
        self.entities: dict[str, dict[str, Any]] = {}
        self._counts: dict[str, int] = {}
        self._known: dict[str, tuple[str, Any, list[Any]]] = {}

    def add(self, name: str, components: Mapping[str, Any]) -> str:
        """Put an entity in under a name of its own; gives its id."""
        self._counts[name] = self._counts.get(name, 0) + 1
        own = name if self._counts[name] == 1 else f"{name} {self._counts[name]}"
        self.entities[own] = dict(components)
        return entity_id(own)

    def write(self, name: str, model: ModelData) -> str:
        """Write a model; gives the file's name."""
        from taixu.assets.gltf import write_gltf

        file = self.folder / f"{name}.glb"
        write_gltf(model, file)
        self.files.append(Made(file, name))
        return file.name

    def prop(
        self, kind: str, at: Vector, *, turn: float = 0.0, scale: float = 1.0, variant: int = 0, collide: bool = True,
        sink: float = 0.0,
        shadows: bool = False,
    ) -> None:
        """Stand a prop on a place, its lamps with it."""
        key = f"prop_{kind}" + (f"_{variant}" if variant else "")
        if key not in self._known:
            model, lamps = prop_model(PropSpec(kind, texture_px=self.texture_px), variant)
            self._known[key] = (self.write(key, model), bounds_of(model), lamps)
        source, bounds, lamps = self._known[key]
        place = [float(at[0]), float(at[1]) - sink, float(at[2])]
        transform: dict[str, Any] = {"position": place, "rotation": turned(turn)}
        if scale != 1.0:
            transform["scale"] = [scale] * 3
        components: dict[str, Any] = {"transform": transform, "model": {"source": source}}
        if collide and PROPS[kind].collider:
            components["collider"] = collider_of(PROPS[kind].collider, bounds)
        name = kind.replace("_", " ")
        self.add(name, components)
        for offset, color, candela, reach in lamps if self.lit else ():
            self.light(f"{name} light", _moved(place, offset, turn, scale), color, candela, reach * scale, shadows=shadows)

    def light(self, name: str, at: Vector, color: Vector, candela: float, range_m: float, *, shadows: bool = False) -> None:
        """A light that shines all around."""
        light: dict[str, Any] = {"kind": "point", "color": list(color), "intensity": candela, "range_m": range_m}
        if not shadows:
            light["shadows"] = False
        self.add(name, {"transform": {"position": list(at)}, "light": light})


def collider_of(kind: str, bounds: Any) -> dict[str, Any]:
    """What bodies meet of a prop: of its kind of collider, and its corners [2, 3]."""
    if kind != "box":
        return {"shape": kind}
    low, high = bounds
    return {"shape": "box", "size": [float(v) for v in high - low], "offset": [float(v) for v in (high + low) / 2]}


def _moved(place: list[float], offset: Vector, turn: float, scale: float) -> Vector:
    c, s = float(np.cos(turn)), float(np.sin(turn))
    x, y, z = (value * scale for value in offset)
    return place[0] + x * c + z * s, place[1] + y, place[2] - x * s + z * c
