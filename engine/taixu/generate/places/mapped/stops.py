"""Stops and lines of public transport: an entity for each with what its feed says, and a sign where a stop is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from taixu.assets.geodata import MapData
from taixu.generate.places.buildings.model import model_of
from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.places.mapped.land import Land
from taixu.generate.places.settlements.furniture import stop_sign

__all__ = ["stand_stops"]

_REACH_M = 400.0


def stand_stops(
    folder: Path, features: MapData, land: Land, palette: Palette
) -> tuple[list[tuple[Path, str]], dict[str, dict[str, Any]]]:
    """Files and entities of stops, whose signs are one scatter, and of lines, which hang where their course is halfway."""
    from taixu.assets.gltf import write_gltf
    from taixu.scene.scatter import write_places

    ground, half = land.ground(), land.size_m / 2 - 1
    entities: dict[str, dict[str, Any]] = {}
    signs: list[tuple[float, ...]] = []
    middles: dict[str, list[tuple[Any, Any]]] = {"stop": [(each, each.point) for each in features.spots],
        "line": [(each, each.points[len(each.points) // 2]) for each in features.ways]}  # fmt: skip
    for kind, found in middles.items():
        for each, middle in found:
            if each.kind != kind or not float(np.abs(middle[:2]).max()) < half:
                continue
            east, north = float(middle[0]), float(middle[1])
            position = [east, float(ground.height_at(east, north)[0]), -north]
            said = dict(each.attributes)
            entities[f"{kind} {each.id}"] = {
                "name": {"text": str(said.pop("name", "") or f"{kind} {each.id}")}, "transform": {"position": position},
                "map_feature": {"key": each.id, "kind": said.pop("line", "line") if kind == "line" else "stop", "attributes": said},
            }  # fmt: skip
            if kind == "stop" and said.get("location_type", "0") in ("", "0"):  # not a whole station
                signs.append((*position, 0.0, 1.0))
    if not signs:
        return [], entities
    model, column = folder / "stop_sign.gltf", folder / "stop_sign_places.npy"
    write_gltf(model_of([stop_sign()], palette, name="stop_sign"), model)
    write_places(column, np.array(signs, np.float32))
    entities["transport signs"] = {"transform": {}, "scatter": {"source": column.name, "model": model.name,
        "fine_m": _REACH_M * 0.3, "coarse_m": _REACH_M * 0.7, "reach_m": _REACH_M}}  # fmt: skip
    return [(model, "stop_sign"), (column, "stop_sign_places")], entities
