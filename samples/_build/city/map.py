"""The district as a survey would hand it over: footprints, roads and parks as GeoJSON, heights as GeoTIFF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from city.plan import COUNT, HALF_M, avenue, blocks, ground, has_piece, line_m, parks
from taixu.assets.geodata import LocalFrame

__all__ = ["FRAME", "write_heights", "write_map"]

FRAME = LocalFrame(31.8, 117.0)
"""On the middle meridian of a grid, so that the grid's north is the world's."""
_GRID = "EPSG:32650"
_CELL_M = 10.0


def write_map(path: Path) -> None:
    """Write footprints, roads and parks in degrees, as RFC 7946 wants them."""
    features: list[dict[str, Any]] = []
    for number, each in enumerate(blocks(), 1):
        properties = {"building": each.use, "building:levels": each.storeys}
        features.append(_feature(f"b{number}", "Polygon", [*each.corners, each.corners[0]], properties))
    for number, corners in enumerate(parks(), 1):
        features.append(_feature(f"p{number}", "Polygon", [*corners, corners[0]], {"leisure": "park"}))
    for axis in "xz":
        for line in range(COUNT):
            for start, end in _runs(line):
                along = [line_m(number) for number in range(start, end + 1)]
                points = [(each, line_m(line)) if axis == "x" else (line_m(line), each) for each in along]
                kind = {"highway": "primary", "lanes": 4} if avenue(line) else {"highway": "residential", "lanes": 2}
                name = f"{line + 1}{'. cross street' if axis == 'x' else '. street'}"
                features.append(_feature(f"w{axis}{line}.{start}", "LineString", points, {**kind, "name": name}))
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    path.write_text(text.replace('{"type":"Feature"', '\n{"type":"Feature"') + "\n", encoding="utf-8")


def write_heights(path: Path) -> None:
    """Write the ground over the district and around it."""
    import rasterio
    from rasterio.transform import from_bounds

    corners = np.array([(-1.5 * HALF_M, 0.0, 1.5 * HALF_M), (1.5 * HALF_M, 0.0, -1.5 * HALF_M)])
    west, south, east, north = FRAME.to_crs(corners, _GRID)[:, :2].ravel()
    count = int(3 * HALF_M / _CELL_M)
    local = (np.arange(count) + 0.5) * _CELL_M - 1.5 * HALF_M
    values = ground(local[None, :] + np.zeros((count, 1)), -local[:, None] + np.zeros((1, count))).astype(np.float32)
    about = {"driver": "GTiff", "height": count, "width": count, "count": 1, "dtype": "float32", "compress": "deflate"}
    with rasterio.open(path, "w", crs=_GRID, transform=from_bounds(west, south, east, north, count, count), **about) as file:
        file.write(values, 1)


def _runs(line: int) -> list[tuple[int, int]]:
    """From which crossing to which a street runs without a gap."""
    runs, start = [], 0
    for piece in range(COUNT):
        if piece == COUNT - 1 or not has_piece(line, piece):
            if piece > start:
                runs.append((start, piece))
            start = piece + 1
    return runs


def _feature(key: str, kind: str, points: list[tuple[float, float]], properties: dict[str, Any]) -> dict[str, Any]:
    flat = np.array([(east, 0.0, -north) for east, north in points])
    rows: Any = FRAME.to_geographic(flat)[:, :2].round(7).tolist()
    geometry = {"type": kind, "coordinates": [rows] if kind == "Polygon" else rows}
    return {"type": "Feature", "id": key, "properties": properties, "geometry": geometry}
