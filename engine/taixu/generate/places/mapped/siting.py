"""From files of maps to features in the metres of one world: east, north and up of an origin, in float64."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.geodata import ELEVATION_SUFFIXES, POINT_SUFFIXES, Elevation, LocalFrame, MapData, Way, read_elevation, read_map
from taixu.assets.geodata.frames import check_crs
from taixu.assets.geodata.land_cover import is_land_cover, read_land_cover
from taixu.assets.geodata.point_cloud import GROUND, PointCloud, ground_of, read_points
from taixu.errors import TaixuError
from taixu.generate.places.mapped.spec import MapSpec

__all__ = ["Site", "make_site", "positions_of", "site_of"]

MOST_REACH_M = 8000.0
"""From the middle of a place to its farthest feature."""
_BEYOND_M = 60.0
"""How far roads run on beyond the bounds that a file names."""
_GROUND_POINTS = 4_000_000
_AROUND_M = 80.0
"""How far ground lies around a place's features, besides a quarter of their reach."""


@dataclass
class Site:
    """Features around an origin.

    Attributes
    ----------
    frame
        Where the origin lies on the earth; None where no file names a coordinate system.
    offset
        The origin in a map's own coordinates (east, north, height), where it has no frame.
    features
        Coordinates are east, north and up in metres.
    reach_m
        Half the edge of the square, around the origin, that holds them.
    elevations
        Models of heights with their coordinate systems, the most important one first.
    sources
        Files, with the coordinate system, licence and attribution of each.
    clouds
        Point clouds that are drawn, in their own coordinates (`positions_of`).
    """

    frame: LocalFrame | None
    offset: tuple[float, float, float]
    features: MapData
    elevations: list[tuple[Elevation, str]] = field(default_factory=list)
    reach_m: float = 0.0
    sources: list[dict[str, str]] = field(default_factory=list)
    clouds: list[PointCloud] = field(default_factory=list)

    def heights_at(self, east: NDArray[np.float64], north: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights above the origin's at east and north of points, of the first model that has one; NaN where none has."""
        flat = np.stack([east, np.zeros(len(east)), -north], 1)
        found = np.full(len(east), np.nan)
        for model, system in self.elevations:
            if self.frame is not None:
                x, y = self.frame.to_crs(flat, system)[:, :2].T
                level = self.frame.height_m
            else:
                x, y, level = east + self.offset[0], north + self.offset[1], self.offset[2]
            found = np.where(np.isfinite(found), found, model.at(x, y) - level)
        return found

    def settings(self) -> dict[str, Any]:
        """What the world's settings say of where it is, with all digits."""
        about: dict[str, Any] = {"sources": self.sources}
        if self.frame is None:
            return {"map": {**about, "origin": list(self.offset)}}
        frames = {"gps": {"crs": "EPSG:4326"}}
        return {"map": about, "twin": {"georeference": self.frame.settings(), "frames": frames}}


def make_site(files: Sequence[Path], spec: MapSpec) -> Site:
    """Read files and bring them together.

    Raises
    ------
    TaixuError
        When one cannot be read, or they are nowhere; what is wrong in single features is among the site's findings.
    """
    grids = [file for file in files if file.name.lower().endswith(ELEVATION_SUFFIXES)]
    scans = [file for file in files if file.name.lower().endswith(POINT_SUFFIXES)]
    maps = [(file.name, read_map(file)) for file in files if file not in grids and file not in scans]
    covers = [file for file in grids if is_land_cover(file)]
    elevations = [(file.name, read_elevation(file)) for file in grids if file not in covers]
    elevations += [(file.name, ground_of(read_points(file, most=_GROUND_POINTS, classes=(GROUND,)))) for file in scans]
    site = site_of(maps, spec, elevations=elevations)
    for file in covers:
        _add_cover(site, file, spec)
    if spec.points:
        site.clouds = [read_points(file, most=spec.points) for file in scans]
    return site


def positions_of(site: Site, cloud: PointCloud, spec: MapSpec) -> NDArray[np.float64]:
    """World positions ``[n, 3]`` of a cloud's points, in its order, that lie near the place; NaN for those that do not."""
    system = cloud.crs or spec.crs
    if site.frame is None:
        local = cloud.points - site.offset
    elif system:
        local = site.frame.to_local(cloud.points, check_crs(system))
    else:
        return np.full_like(cloud.points, np.nan)
    with np.errstate(invalid="ignore"):
        local[~(np.abs(local[:, :2]).max(1) <= 1.25 * site.reach_m)] = np.nan
    return np.stack([local[:, 0], local[:, 2], -local[:, 1]], 1)


def site_of(
    maps: Sequence[tuple[str, MapData]], spec: MapSpec, *, elevations: Sequence[tuple[str, Elevation]] = ()
) -> Site:
    """Bring maps together; see `make_site`."""
    if not maps:
        raise TaixuError("there are heights only; name a map, too: CityJSON, OpenStreetMap or GeoJSON")
    leading = [each for each in maps if not each[1].follows] or list(maps)
    maps = [*leading, *(each for each in maps if each[1].follows and each not in leading)]
    systems = [_system_of(name, data, spec) for name, data in maps]
    if len({bool(system) for system in systems}) > 1:
        lack = ", ".join(name for (name, _), system in zip(maps, systems) if not system)
        raise TaixuError(f"{lack} names no coordinate system, and the other files do; say which, as --set crs=EPSG:25832")
    firsts = [_known_points(data) for _, data in leading]
    if not any(map(len, firsts)):
        raise TaixuError(f"{', '.join(name for name, _ in maps)}: there is nothing in it that can be built")
    levels = [_level_of(data) for _, data in maps]
    height = next((level for level in levels if level is not None), 0.0)
    frame: LocalFrame | None = None
    offset = (0.0, 0.0, 0.0)
    if spec.origin:
        frame = _said_origin(spec.origin, height)
    elif systems[0]:
        frame = LocalFrame.around(_core(firsts[0], systems[0]), systems[0], height_m=height)
    else:
        middle = np.median(np.concatenate(firsts), axis=0)
        offset = (float(np.round(middle[0])), float(np.round(middle[1])), height)
    whole = MapData()
    site = Site(frame, offset, whole)
    for number, ((name, data), system) in enumerate(zip(maps, systems)):
        local = _localized(data, frame, system, offset)
        if number < len(leading):
            _keep_near(local)
        else:
            _cut_off(local, name, float(np.abs(_all_points(whole)).max()) if len(whole) else 0.0)
        for group in ("areas", "ways", "spots", "solids"):
            getattr(whole, group).extend(getattr(local, group))
        whole.findings += data.findings
        whole.findings += [each for each in local.findings if each not in data.findings]
        site.sources.append({"file": name, "crs": system, "licence": data.licence, "attribution": data.attribution})
    points = _first_points(whole)
    if not len(points):
        raise TaixuError("no feature lies near the origin; leave the origin out, or see whether the files are of one place")
    site.reach_m = float(np.abs(_all_points(whole)).max())
    for name, model in elevations:
        _add_elevation(site, name, model, spec, is_level_known=any(level is not None for level in levels))
    return site


def _add_elevation(site: Site, name: str, model: Elevation, spec: MapSpec, *, is_level_known: bool) -> None:
    """Take heights that lie under the place; where nothing else says how high the origin is, they do."""
    system = check_crs(model.crs or spec.crs) if (model.crs or spec.crs) and site.frame is not None else ""
    if site.frame is not None and not system:
        site.features.doubt("", f"{name} names no coordinate system, and its heights were left out")
        return
    site.elevations.append((model, system))
    line = np.linspace(-site.reach_m, site.reach_m, 9)
    east, north = (each.ravel() for each in np.meshgrid(line, line))
    found = site.heights_at(east, north)
    if not np.isfinite(found).any():
        site.elevations.pop()
        site.features.doubt("", f"{name} has no heights under the place, and was left out; is it in another coordinate system?")
        return
    site.sources.append({"file": name, "crs": system, "licence": "", "attribution": ""})
    if not is_level_known and len(site.elevations) == 1:
        level = round(float(np.nanmedian(found)), 2)
        if site.frame is not None:
            site.frame = replace(site.frame, height_m=site.frame.height_m + level)
        else:
            site.offset = (*site.offset[:2], site.offset[2] + level)


def _add_cover(site: Site, file: Path, spec: MapSpec) -> None:
    """Take ground of a map of land cover, under all that the other maps name; its water only where they name none."""
    if site.frame is None:
        site.features.doubt("", f"{file.name} was left out: the other maps do not say where on the earth they lie")
        return
    edge = 1.25 * site.reach_m + _AROUND_M
    frame, line = site.frame, np.linspace(-edge, edge, 5)
    east, north = (each.ravel() for each in np.meshgrid(line, line))
    around = np.stack([east, np.zeros(len(east)), -north], 1)
    scheme = "" if spec.cover == "auto" else spec.cover
    try:
        system, areas = read_land_cover(file, lambda crs: frame.to_crs(around, check_crs(crs))[:, :2], scheme=scheme)
    except TaixuError as error:
        site.features.doubt("", f"{error}; it was left out")
        return
    kinds = {each.kind for each in site.features.areas} | {each.kind for each in site.features.solids}
    named = "water" in kinds
    taken = MapData(areas=[each for each in areas if each.kind != "water" or not named])
    local = _localized(taken, frame, check_crs(system), (0.0, 0.0, 0.0))
    site.features.areas[:0] = local.areas
    site.features.findings += local.findings
    site.sources.append({"file": file.name, "crs": system, "licence": "", "attribution": ""})


def _system_of(name: str, data: MapData, spec: MapSpec) -> str:
    if data.crs:
        return check_crs(data.crs)
    if spec.crs:
        return check_crs(spec.crs)
    points = _known_points(data)
    if len(points) and (np.abs(points).max(0) <= (180.0, 90.0)).all() and float(np.ptp(points, axis=0).max()) < 1.0:
        data.doubt("", f"{name} names no coordinate system; its numbers were read as longitude and latitude")
        return "EPSG:4326"
    data.doubt("", f"{name} names no coordinate system: its metres are those of the world, which lies nowhere on the earth")
    return ""


def _core(points: NDArray[np.float64], system: str) -> NDArray[np.float64]:
    """Points without those that lie far away from most."""
    if system == "EPSG:4326" and (np.abs(points) > (180.0, 90.0)).any(1).mean() > 0.5:
        return points  # metres where degrees should be: `LocalFrame.around` says so
    middle = np.median(points, axis=0)
    away = np.abs(points - middle).max(1)
    near = away <= max(8.0 * float(np.median(away)), 1e-3)
    return points[near] if near.any() else points


def _said_origin(text: str, height: float) -> LocalFrame:
    parts = text.replace(";", ",").split(",")
    try:
        lat, lon = (float(each) for each in parts)
    except ValueError:
        raise TaixuError(f"origin is {text[:40]!r}; it takes latitude and longitude, as 52.0115,4.3584") from None
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise TaixuError(f"origin is {text[:40]!r}; latitudes go from -90 to 90, longitudes from -180 to 180")
    return LocalFrame(lat, lon, height)


def _level_of(data: MapData) -> float | None:
    """A height that the ground has: low, but not the lowest."""
    low = [float(each.points[:, 2].min()) for each in data.solids]
    return float(np.round(np.median(low), 2)) if low else None


def _parts(data: MapData) -> Iterator[NDArray[np.float64]]:
    for area in data.areas:
        yield area.rings[0]
    for way in data.ways:
        yield way.points
    for spot in data.spots:
        yield spot.point[None]
    for solid in data.solids:
        yield solid.points


def _first_points(data: MapData) -> NDArray[np.float64]:
    rows = [part[0, :2] for part in _parts(data)]
    return np.array(rows, np.float64).reshape(-1, 2)


def _known_points(data: MapData) -> NDArray[np.float64]:
    points = _first_points(data)
    return points[np.isfinite(points).all(1)]


def _all_points(data: MapData) -> NDArray[np.float64]:
    return np.concatenate([part[:, :2] for part in _parts(data)])


def _localized(data: MapData, frame: LocalFrame | None, system: str, offset: tuple[float, float, float]) -> MapData:
    """The same features in metres; what has no place there is left out and told."""
    rows: list[NDArray[np.float64]] = []
    for area in data.areas:
        rows += area.rings
    rows += [way.points for way in data.ways] + [spot.point[None] for spot in data.spots] + [each.points for each in data.solids]
    made = MapData(licence=data.licence)
    if not rows:
        return made
    flat = np.full((sum(map(len, rows)), 3), np.nan)
    at = 0
    for row in rows:
        flat[at : at + len(row), : row.shape[1]] = row
        at += len(row)
    local = frame.to_local(flat, system) if frame is not None else flat - offset
    parts = iter(np.split(local, np.cumsum([len(row) for row in rows])[:-1]))
    for area in data.areas:
        rings = tuple(next(parts)[:, :2] for _ in area.rings)
        if all(np.isfinite(ring).all() for ring in rings):
            made.areas.append(replace(area, rings=rings))
        else:
            made.doubt(area.id, _NOWHERE)
    for way in data.ways:
        points = next(parts)[:, :2]
        if not np.isfinite(points).all():
            made.doubt(way.id, _NOWHERE)
        else:
            made.ways += _within(replace(way, points=points), data, frame, system)
    for spot in data.spots:
        point = next(parts)[0]
        if np.isfinite(point[:2]).all():
            made.spots.append(replace(spot, point=point))
        else:
            made.doubt(spot.id, _NOWHERE)
    for solid in data.solids:
        points = next(parts)
        if np.isfinite(points).all():
            made.solids.append(replace(solid, points=points))
        else:
            made.doubt(solid.id, _NOWHERE)
    return made


_NOWHERE = "its coordinates are no place in the file's coordinate system, and it was left out"


def _within(way: Way, data: MapData, frame: LocalFrame | None, system: str) -> list[Way]:
    """What of a line lies within the bounds that its file names."""
    if data.bounds is None or frame is None:
        return [way]
    import shapely

    west, south, east, north = data.bounds
    corners = frame.to_local(np.array([[west, south], [east, south], [east, north], [west, north]]), system)[:, :2]
    low, high = corners.min(0) - _BEYOND_M, corners.max(0) + _BEYOND_M
    if (way.points >= low).all() and (way.points <= high).all():
        return [way]
    cut = shapely.clip_by_rect(shapely.LineString(way.points), *low.tolist(), *high.tolist())
    return [replace(way, points=np.asarray(part.coords)) for part in shapely.get_parts(cut) if part.geom_type == "LineString"
            and part.length > 0.5]  # fmt: skip


def _cut_off(local: MapData, name: str, reach_m: float) -> None:
    """Leave out what of a region's map lies beyond the place; one sentence says how much."""
    import shapely

    count = len(local)
    local.spots = [each for each in local.spots if float(np.abs(each.point[:2]).max()) <= reach_m]
    ways = []
    for way in local.ways:
        cut = shapely.clip_by_rect(shapely.LineString(way.points), -reach_m, -reach_m, reach_m, reach_m)
        parts = [part for part in shapely.get_parts(cut) if part.geom_type == "LineString" and part.length > 1.0]
        if parts:
            ways.append(replace(way, points=np.asarray(max(parts, key=lambda part: float(part.length)).coords)))
    local.ways = ways
    if len(local) < count:
        local.doubt("", f"{count - len(local):,} stops and lines of {name} lie beyond the place and were left out")


def _keep_near(local: MapData) -> None:
    """Leave out, and tell, what lies far away from everything else: mostly it is in another coordinate system."""
    points = _first_points(local)
    if not len(points):
        return
    away = np.hypot(*(points - np.median(points, axis=0)).T)
    far = iter(away > MOST_REACH_M)
    for name in ("areas", "ways", "spots", "solids"):
        kept = []
        for each in getattr(local, name):
            if next(far):
                local.doubt(each.id, f"it lies more than {MOST_REACH_M / 1000:g} km away from most of the others and was left out; "
                            "is it in another coordinate system?")  # fmt: skip
            else:
                kept.append(each)
        setattr(local, name, kept)
    local.areas = [each for each in local.areas if float(np.abs(each.rings[0]).max()) < 2 * MOST_REACH_M]
