"""The ground under a place of maps: heights that follow what is known, what lies on it, and its waters."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from taixu.assets.geodata import MapData
from taixu.assets.geodata.features import metres
from taixu.assets.geodata.land_cover import LAND_COVER
from taixu.generate.places.buildings.plans import Array, parts_of, triangulate
from taixu.generate.places.grids import blur
from taixu.generate.places.landscapes import Landscape
from taixu.generate.places.settlements.plan import Ground
from taixu.generate.places.spec import TerrainSpec
from taixu.generate.places.styles import STYLES, Cover
from taixu.generate.places.water import DRY

__all__ = ["Land", "known_heights", "make_land", "surface_kinds", "water_mesh"]

_LAYERS = ("grass", "earth", "pavement", "sand", "meadow")
_LAYER_OF = {"earth": 1, "farm": 1, "paved": 2, "sand": 3, "forest": 4, "grass": 0}
_SPACING_M = 2.0
_MOST_POINTS = 1025
_MARGIN_M = 60.0
_COVER_SOFT_M = 6.0
"""Over which areas of land cover run into each other: their cells are 10 m and more."""
_DEEP_M = 1.6
_BELOW_M = 0.4
"""How far water lies below its shore."""
_UNDER_M = 0.35
"""How far the ground lies under surfaces that were surveyed."""
_GROUND_KINDS = ("road", "rail", "ground", "grass", "forest", "farm", "earth", "sand", "paved", "water")
_STREAM_M = {"river": 14.0, "canal": 9.0, "stream": 2.5, "drain": 2.0, "ditch": 1.5}


def surface_kinds() -> tuple[str, ...]:
    """Kinds of solids that lie on the ground rather than stand on it."""
    return _GROUND_KINDS


@dataclass
class Land:
    """A square of ground.

    Attributes
    ----------
    heights : float64[n, n]
        Rows from north to south, columns from west to east.
    ponds
        Shapes of water with the height of their surface.
    """

    size_m: float
    heights: Array
    ponds: list[tuple[Any, float]] = field(default_factory=list)

    @property
    def east(self) -> Array:
        n = len(self.heights)
        found: Array = (np.arange(n) / (n - 1) - 0.5) * self.size_m
        return found

    @property
    def is_level(self) -> bool:
        """Whether nothing is known of its heights."""
        return float(np.ptp(self.heights)) < 1e-6

    def ground(self) -> Ground:
        """As settlements ask for it."""
        from taixu.scene.terrain import height_on_triangles

        heights = np.asarray(self.heights, np.float32)

        def height_at(east: Any, north: Any) -> Any:
            x, z = np.atleast_1d(np.asarray(east, np.float32)), -np.atleast_1d(np.asarray(north, np.float32))
            return np.asarray(height_on_triangles(heights, self.size_m, x, z), np.float64)

        def water_at(east: Any, north: Any) -> Any:
            import shapely

            points = shapely.points(np.atleast_1d(east), np.atleast_1d(north))
            found = np.full(len(points), -1e9)
            for shape, level in self.ponds:
                found[shapely.contains(shape, points)] = level
            return found

        return Ground(height_at, water_at, self.size_m / 2)


def make_land(features: MapData, reach_m: float, heights_at: Callable[[Array, Array], Array] | None = None) -> Land:
    """Ground over all features: as a model of heights says, or through the heights that features have, or level.

    Parameters
    ----------
    heights_at
        Gives heights at east and north of points, NaN where it has none.
    """
    size = 2 * (math.ceil((1.25 * reach_m + _MARGIN_M) / 8) * 8)
    n = min(_MOST_POINTS, int(size / _SPACING_M) + 1)
    land = Land(float(size), np.zeros((n, n)))
    e, s = np.meshgrid(land.east, -land.east)
    if heights_at is not None:
        found = heights_at(e.ravel(), s.ravel()).reshape(n, n)
        known = np.isfinite(found)
        if known.any():
            land.heights = filled(np.where(known, found, 0.0), known.astype(np.float64))
    else:
        points = known_heights(features)
        if len(points):
            column = np.clip(np.rint((points[:, 0] / size + 0.5) * (n - 1)).astype(int), 0, n - 1)
            row = np.clip(np.rint((-points[:, 1] / size + 0.5) * (n - 1)).astype(int), 0, n - 1)
            count = np.bincount(row * n + column, minlength=n * n).astype(np.float64)
            total = np.bincount(row * n + column, points[:, 2], n * n)
            mean = (total / np.maximum(count, 1)).reshape(n, n)
            land.heights = filled(mean, np.minimum(count, 1).reshape(n, n))
    _fill_ponds(land, features)
    return land


def known_heights(features: MapData) -> Array:
    """Points [n, 3] of the ground: surveyed surfaces, and the feet of buildings."""
    found = []
    for solid in features.solids:
        if solid.kind in _GROUND_KINDS:
            found.append(solid.points)
        elif solid.kind == "building" and len(solid.points):
            low = solid.points[solid.points[:, 2] <= solid.points[:, 2].min() + 0.3]
            found.append(low)
    return np.concatenate(found) if found else np.zeros((0, 3))


def filled(values: Array, weights: Array) -> Array:
    """A grid whose unknown cells are led through the known ones, from coarse grids to fine ones (Gortler et al. 1996)."""
    if min(values.shape) <= 2:
        total = float(weights.sum())
        mean = float((values * weights).sum()) / total if total > 0 else 0.0
        return np.where(weights > 0, values, mean)
    rows, columns = ((size + 1) // 2 for size in values.shape)
    padded = np.zeros((2 * rows, 2 * columns))
    shares = np.zeros_like(padded)
    padded[: values.shape[0], : values.shape[1]], shares[: values.shape[0], : values.shape[1]] = values * weights, weights
    share = shares.reshape(rows, 2, columns, 2).sum((1, 3))
    mean_of = padded.reshape(rows, 2, columns, 2).sum((1, 3)) / np.maximum(share, 1e-12)
    coarse = filled(mean_of, np.minimum(share, 1.0))
    y = np.clip((np.arange(values.shape[0]) - 0.5) / 2, 0, rows - 1)
    x = np.clip((np.arange(values.shape[1]) - 0.5) / 2, 0, columns - 1)
    j, i = np.minimum(y.astype(int), rows - 2), np.minimum(x.astype(int), columns - 2)
    v, u = (y - j)[:, None], (x - i)[None]
    a, b = coarse[j][:, i], coarse[j][:, i + 1]
    c, d = coarse[j + 1][:, i], coarse[j + 1][:, i + 1]
    between = (a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v
    found: Array = values * weights + between * (1 - weights)
    return found


def _fill_ponds(land: Land, features: MapData) -> None:
    """Beds of water in the ground, and the levels of their surfaces."""
    import shapely

    ground = land.ground()
    for area in features.areas:
        if area.kind == "water" and len(area.rings[0]) > 2:
            shape = shapely.make_valid(shapely.Polygon(area.rings[0], [ring for ring in area.rings[1:] if len(ring) > 2]))
            _add_pond(land, ground, shape)
    for way in features.ways:
        if way.kind == "water":
            wide = metres(way.attributes.get("width"))
            wide = _STREAM_M.get(str(way.attributes.get("waterway")), 2.0) if math.isnan(wide) else min(max(wide, 0.5), 400.0)
            _add_pond(land, ground, shapely.LineString(way.points).buffer(wide / 2, cap_style="flat"))
    for shape, level in land.ponds:
        for part in parts_of(shape):
            _sink(land, part, level - _DEEP_M)


def _add_pond(land: Land, ground: Ground, shape: Any) -> None:
    import shapely

    half = land.size_m / 2 - 1.0
    for part in parts_of(shapely.clip_by_rect(shape, -half, -half, half, half)):
        if part.area > 2.0:
            rim = np.asarray(part.exterior.coords)
            land.ponds.append((part, float(np.percentile(ground.height_at(rim[:, 0], rim[:, 1]), 10)) - _BELOW_M))


def _sink(land: Land, shape: Any, bottom: float) -> None:
    mask = painted([shape], land) > 0.5
    land.heights[mask] = np.minimum(land.heights[mask], bottom)


def painted(shapes: Iterable[Any], land: Land) -> Array:
    """How much of each point of the grid shapes cover, float32[n, n], 0 to 1."""
    from PIL import Image, ImageDraw

    n = len(land.heights)
    image = Image.new("L", (n, n), 0)
    draw = ImageDraw.Draw(image)

    def pixels(ring: Any) -> list[tuple[float, float]]:
        points = np.asarray(ring.coords)
        found: list[tuple[float, float]] = np.stack([(points[:, 0] / land.size_m + 0.5) * (n - 1),
            (-points[:, 1] / land.size_m + 0.5) * (n - 1)], 1).tolist()  # fmt: skip
        return [(x, y) for x, y in found]

    for shape in shapes:
        for part in parts_of(shape):
            draw.polygon(pixels(part.exterior), fill=255)
            for hole in part.interiors:
                draw.polygon(pixels(hole), fill=0)
    return np.asarray(image, np.float32) / 255.0


def landscape_of(
    land: Land, features: MapData, footprints: Sequence[Any], covered: Array, *, season: str, time: str, seed: int, texture_px: int
) -> Landscape:
    """The ground as it is drawn: land use as layers, what is built over and trodden, water below."""
    import shapely

    n = len(land.heights)
    shares = np.zeros((n, n, len(_LAYERS)), np.float32)
    shares[..., 0] = 1.0
    built = blur(painted(footprints, land), max(2, round(14.0 / (land.size_m / (n - 1)))))
    town = np.clip((built - 0.22) / 0.2, 0, 1)[..., None]
    shares = shares * (1 - town) + np.eye(len(_LAYERS), dtype=np.float32)[2] * town
    groups: dict[str, list[Any]] = {}
    known: dict[str, list[Any]] = {}
    for area in features.areas:
        if area.kind in _LAYER_OF and len(area.rings[0]) > 2:
            # Homes stand on grass where nothing is said; that must not cover what was said of smaller areas.
            order = "residential" if area.attributes.get("landuse") == "residential" else area.kind
            shape = shapely.make_valid(shapely.Polygon(area.rings[0], [ring for ring in area.rings[1:] if len(ring) > 2]))
            (known if area.attributes.get("source") == LAND_COVER else groups).setdefault(order, []).append(shape)
    soft = max(1, round(_COVER_SOFT_M / (land.size_m / (n - 1))))
    for found, wide in ((known, soft), (groups, 1)):  # what a map names lies over what is known coarsely
        for kind in ("farm", "forest", "grass", "earth", "sand", "paved"):
            if kind in found:
                mask = blur(painted(found[kind], land), wide)[..., None]
                shares = shares * (1 - mask) + np.eye(len(_LAYERS), dtype=np.float32)[_LAYER_OF[kind]] * mask
    worn = np.clip(np.asarray(covered, np.float32) * 1.1, 0, 1)[..., None] * (1 - shares[..., 2:3])
    wet = blur(painted([shape for shape, _ in land.ponds], land), 1)[..., None]
    shares = shares * (1 - 0.75 * np.maximum(worn, wet))
    shares[..., 1] += 0.75 * np.maximum(worn, wet)[..., 0]
    spec = TerrainSpec(style="plains", size_m=land.size_m, season=season, time=time, texture_px=texture_px, plants=0.0)
    style = replace(STYLES["plains"], cover=Cover(_LAYERS, cliff=(3.0, 4.0)))
    return Landscape(spec, style, seed, np.asarray(land.heights, np.float32), np.full((2, 2), DRY, np.float32),
        np.zeros((2, 2), np.float32), np.ascontiguousarray(shares[..., 1:]), np.ones((n, n), np.float32), None)  # fmt: skip


def lower_under(land: Land, shapes: Iterable[Any]) -> None:
    """Take the ground down where surveyed surfaces lie, so that it does not come through them."""
    mask = painted(shapes, land)
    land.heights -= _UNDER_M * (blur(mask.astype(np.float32), 1) > 0.05)


def water_mesh(ponds: Sequence[tuple[Any, float]]) -> Any:
    """A model of surfaces of water; None where there are none. TEXCOORD_0 is metres, TEXCOORD_1 depth and current."""
    from taixu.assets.model import Material, Mesh, ModelData, Node, Primitive

    rows, faces, at = [], [], 0
    for shape, level in ponds:
        for part in parts_of(shape):
            points, triangles = triangulate(part)
            rows.append(np.column_stack([points[:, 0], np.full(len(points), level), -points[:, 1]]))
            faces.append(triangles + at)
            at += len(points)
    if not rows:
        return None
    positions = np.concatenate(rows).astype(np.float32)
    deep = np.tile(np.array([_DEEP_M, 0.0], np.float32), (len(positions), 1))
    primitive = Primitive(
        {"POSITION": positions, "NORMAL": np.tile(np.array([0, 1, 0], np.float32), (len(positions), 1)),
         "TEXCOORD_0": np.ascontiguousarray(positions[:, [0, 2]]), "TEXCOORD_1": deep},
        np.ascontiguousarray(np.concatenate(faces).reshape(-1), np.uint32), material=0,
    )  # fmt: skip
    model = ModelData()
    model.materials.append(Material(name="water", base_color=(0.05, 0.1, 0.1, 1.0), roughness=0.1))
    model.meshes.append(Mesh("water", [primitive]))
    model.nodes.append(Node(name="water", mesh=0))
    return model
