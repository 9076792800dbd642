"""The generator of places from maps: files of a survey in, a world out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from taixu.assets.atomic import write_atomic
from taixu.assets.geodata import ELEVATION_SUFFIXES, MAP_SUFFIXES, POINT_SUFFIXES, MapData
from taixu.errors import TaixuError
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.places.buildings.plans import Array
from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.places.grids import blur
from taixu.generate.places.mapped.closed_water import closed_water
from taixu.generate.places.mapped.greens import take_trees
from taixu.generate.places.mapped.houses import block_outline, houses_of
from taixu.generate.places.mapped.land import Land, landscape_of, lower_under, make_land, painted, surface_kinds, water_mesh
from taixu.generate.places.mapped.siting import Site, make_site, positions_of
from taixu.generate.places.mapped.spec import MapSpec
from taixu.generate.places.mapped.standing import plant_trees, stand_furniture
from taixu.generate.places.mapped.stops import stand_stops
from taixu.generate.places.mapped.streets import roads_of
from taixu.generate.places.mapped.writing import Chunks, add_houses, add_roads, add_solids
from taixu.generate.places.roads import RoadLayer, make_roads
from taixu.generate.places.settings import sky_of
from taixu.generate.places.settlements.plan import House, Settlement, pads
from taixu.generate.places.settlements.view import street_view
from taixu.generate.places.terrain_generator import write_ground
from taixu.generate.places.world_text import quaternion_towards, world_text
from taixu.generate.request import Request

__all__ = ["MappedCityGenerator"]

_MOST_BUILDINGS = 60_000
_MOST_FULL = 40
"""Houses with rooms: each has files of its own."""


class MappedCityGenerator(Generator):
    """Places of maps."""

    name, makes, suffix, version = "map-city", "city", ".json", 2
    summary = "a place from maps (--from FILES): CityJSON, OpenStreetMap, GeoJSON, GeoTIFF, LAS; façades, roofs, roads"
    parameters = MapSpec
    needs = Needs(
        modules=("shapely", "mapbox_earcut", "pyproj"), extra="city", memory_mb=8192, parents=1,
        suffixes=(*MAP_SUFFIXES, *ELEVATION_SUFFIXES, *POINT_SUFFIXES),
    )
    makes_folder = True

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """The world first; its record holds what was read, built and guessed, and what is wrong in the maps."""
        started = process_time()
        spec: MapSpec = request.parameters.check()
        progress(0.02, "reading maps")
        site = make_site(request.parents, spec)
        features = site.features
        buildings = sum(each.kind == "building" for group in (features.areas, features.solids) for each in group)
        if buildings > _MOST_BUILDINGS:
            raise TaixuError(f"there are {buildings:,} buildings; at most {_MOST_BUILDINGS:,} are built at once: cut out a part")
        risen = take_trees(features)
        progress(0.12, "ground and roads")
        land = make_land(features, site.reach_m, site.heights_at if site.elevations else None)
        made, files, entities, counts = _built(request, site, land, spec, progress)
        told = [each["map_feature"] for each in entities.values() if "map_feature" in each]
        kinds = [each for each in told if each["kind"] != "stop" and not each["kind"].endswith("line")]
        _write_clouds(request, site, spec, files, entities)
        settings: dict[str, Any] = {"physics": {"backend": "rapier"}, **site.settings()}
        file = request.folder / "place.world.json"
        write_atomic(file, world_text(entities, settings=settings).encode())
        guessed = {name: sum(name in each.get("guessed", "") for each in kinds) for name in ("height", "storeys", "roof")}
        square_km = _square_km(features)
        seconds = process_time() - started
        said = {
            "buildings": len(kinds),
            "stops": sum(each["kind"] == "stop" for each in told),
            "modelled": sum(each.get("lod", 0) >= 2 for each in kinds), "guessed": guessed,
            "roads": len(made.layer.graph.edges), "trees_in_surfaces": risen, **counts,
            "square_km": round(square_km, 4), "cpu_seconds": round(seconds, 1),
            "cpu_minutes_per_square_km": round(seconds / 60 / max(square_km, 1e-6), 2), "manual_steps": 0,
            "problems": [str(each) for each in features.findings],
        }  # fmt: skip
        for each in features.findings[:3]:
            progress(0.98, str(each))
        return [Made(file, said=said), *files]


def _built(
    request: Request, site: Site, land: Land, spec: MapSpec, progress: Progress
) -> tuple[Settlement, list[Made], dict[str, dict[str, Any]], dict[str, int]]:
    import shapely

    features = site.features
    bare_ground = land.ground()
    layer = _roads(features, bare_ground)
    surveyed = [block_outline(each) for each in features.solids if each.kind in surface_kinds() and each.kind != "water"]
    paths = [each for each in surveyed if not each.is_empty]
    lines = [shapely.LineString(edge.points) for edge in layer.graph.edges]
    lines += [block_outline(each) for each in features.solids if each.kind in ("road", "paved")]
    progress(0.2, "buildings")
    houses = houses_of(features, bare_ground, [line for line in lines if not line.is_empty])
    modelled = [block_outline(each) for each in features.solids if each.kind == "building" and each.lod >= 2]
    footprints = [each.house.footprint for each in houses] + [each for each in modelled if not each.is_empty]
    mask, covered = _levelled(land, layer, [(each.house.footprint, each.house.pad_m) for each in houses], surveyed=bool(paths))
    if paths:
        lower_under(land, paths)
    _add_surveyed_water(land, features)
    made = Settlement(np.zeros(2), layer, [each.house for each in houses])
    eye, target = _view(made, land, footprints)
    palette = Palette(spec.texture_px)
    written: list[tuple[Path, str]] = []

    def write(model: Any, name: str) -> str:
        from taixu.assets.gltf import write_gltf

        file = request.folder / f"{name}.gltf"
        write_gltf(model, file)
        written.append((file, name))
        return file.name

    progress(0.25, "ground")
    files, entities = write_ground(request, landscape_of(land, features, footprints, covered, season=spec.season, time=spec.time,
        seed=request.seed, texture_px=min(max(spec.texture_px, 64), 512)))  # fmt: skip
    _write_water(request, land, files, entities)
    places = np.array([house.middle for house in made.houses] + [each.points[:, :2].mean(0) for each in features.solids]
        + [row.points.mean(0) for row in layer.layout.rows]).reshape(-1, 2)  # fmt: skip
    built, streets = Chunks(places), Chunks(places)
    stand = np.array([eye[0], -eye[2]])

    away = sorted((float(np.hypot(*(house.middle - stand))), house.name) for house in made.houses)
    full = {name for metres, name in away[:_MOST_FULL] if metres < spec.full_m}

    def is_full(house: House) -> bool:
        return house.name in full

    entities.update(add_houses(built, houses, palette, is_full=is_full, write=write, doubt=features.doubt,
        progress=lambda done: progress(0.3 + 0.4 * done, "buildings")))  # fmt: skip
    entities.update(add_solids(built, features, palette, lambda done: progress(0.7 + 0.08 * done, "models")))
    add_roads(streets, layer)
    progress(0.8, "writing")
    entities.update(built.write("buildings", palette, write))
    entities.update(streets.write("streets", palette, write, shadow=False))
    stood, more = stand_furniture(request.folder, features, land, layer.beside.lamps, palette)
    entities.update(more)
    stood_stops, more = stand_stops(request.folder, features, land, palette)
    entities.update(more)
    stood += stood_stops
    progress(0.88, "trees")
    blocked = (blur(covered.astype(np.float32), 2) > 0.02) | (painted(footprints + paths, land) > 0.02)
    blocked |= painted([shape for shape, _ in land.ponds], land) > 0.02
    grown, more, sown = plant_trees(request.folder, features, land, spec, request.seed, blocked)
    entities.update(more)
    del mask
    written += [*stood, *grown]
    known = {file.name for file, _ in written} | {each.path.name for each in files}
    written += [(file, file.stem) for file in sorted(request.folder.iterdir()) if file.suffix in (".bin", ".png")
                and file.name not in known]  # fmt: skip
    files += [Made(file, role) for file, role in written]
    entities.update(sky_of(landscape_spec(spec)))
    entities["view"] = {"transform": {"position": eye.tolist(), "rotation": quaternion_towards(target - eye)},
                        "camera": {"fov_y_rad": 0.95, "near_m": 0.12}}  # fmt: skip
    named = sum(each.kind == "tree" for each in features.spots)
    return made, files, entities, {"trees_named": named, "trees_sown": sown, "with_rooms": len(full)}


def landscape_spec(spec: MapSpec) -> Any:
    """What the sky asks for."""
    from taixu.generate.places.spec import TerrainSpec

    return TerrainSpec(season=spec.season, time=spec.time)


def _roads(features: MapData, ground: Any) -> RoadLayer:
    layer = make_roads(roads_of(features.ways), ground.height_at, ground.water_at)
    for note in layer.graph.notes:
        features.doubt("", note)
    return layer


def _levelled(land: Land, layer: RoadLayer, shapes: list[tuple[Any, float]], *, surveyed: bool) -> tuple[Array, Array]:
    """Roads led through the ground, and level ground under houses."""
    east, north = land.east, -land.east
    heights, mask = layer.flatten(land.heights, east, north) if layer.layout.rows else (land.heights, np.zeros_like(land.heights))
    heights, covered = pads(heights, np.asarray(mask, np.float32), east, north, [] if surveyed else shapes)
    land.heights = np.asarray(heights, np.float64)
    return mask, covered


def _add_surveyed_water(land: Land, features: MapData) -> None:
    for solid in features.solids:
        if solid.kind == "water":
            shape = block_outline(solid)
            if not shape.is_empty:
                level = float(np.median(solid.points[:, 2]))
                land.ponds.append((shape, level))
                bed = painted([shape], land) > 0.5
                land.heights[bed] = np.minimum(land.heights[bed], level - 1.2)


def _write_water(request: Request, land: Land, files: list[Made], entities: dict[str, dict[str, Any]]) -> None:
    from taixu.assets.gltf import write_gltf

    water = water_mesh(land.ponds)
    if water is not None:
        write_gltf(water, request.folder / "water.glb")
        files.append(Made(request.folder / "water.glb", "water"))
        entities["water"] = {"transform": {}, "model": {"source": "water.glb", "cast_shadow": False},
                             "water_surface": {"wave_m": 2.5, "roughness": 0.1, "foam": 0.1}}  # fmt: skip
        entities.update(closed_water(land.ponds))


def _write_clouds(
    request: Request, site: Site, spec: MapSpec, files: list[Made], entities: dict[str, dict[str, Any]]
) -> None:  # fmt: skip
    """Points of surveys, drawn over what was built of them."""
    from taixu.assets.geodata.point_cloud import GROUND, point_model
    from taixu.assets.gltf import write_gltf

    for number, cloud in enumerate(site.clouds, 1):
        positions = positions_of(site, cloud, spec)
        near = np.isfinite(positions).all(1)
        if not near.any():
            site.features.doubt("", f"{cloud.name} has no points near the place, and is not drawn")
            continue
        kept = replace(cloud, points=cloud.points[near], classes=cloud.classes[near],
            colors=None if cloud.colors is None else cloud.colors[near])  # fmt: skip
        file = request.folder / f"points_{number}.glb"
        write_gltf(point_model(kept, positions[near], {}), file)
        files.append(Made(file, file.stem))
        said = {"points": cloud.total, "drawn": int(near.sum()), "ground": int((kept.classes == GROUND).sum())}
        entities[f"points {number}"] = {
            "name": {"text": cloud.name}, "transform": {}, "model": {"source": file.name, "cast_shadow": False},
            "map_feature": {"key": cloud.name, "kind": "points", "attributes": said},
        }  # fmt: skip


def _view(made: Settlement, land: Land, footprints: list[Any]) -> tuple[Array, Array]:
    """On a street where there is one; otherwise from above the middle of the buildings."""
    if made.layer.layout.rows and made.houses:
        eye, target = street_view(made, None)
        if float(np.abs(eye[[0, 2]]).max()) < land.size_m / 2:
            return np.asarray(eye, np.float64), np.asarray(target, np.float64)
    middles = np.array([shape.centroid.coords[0] for shape in footprints]).reshape(-1, 2)
    at = np.median(middles, axis=0) if len(middles) else np.zeros(2)
    away = np.hypot(*(middles - at).T)
    wide = float(np.clip(np.percentile(away, 70), 40, 400)) if len(middles) else 80.0
    level = float(land.ground().height_at(at[:1], at[1:])[0])
    return np.array([at[0] + 0.5 * wide, level + 0.62 * wide, -at[1] + 1.0 * wide]), np.array([at[0], level + 4.0, -at[1]])


def _square_km(features: MapData) -> float:
    """Of the box around what is built."""
    points = [area.rings[0] for area in features.areas if area.kind == "building"]
    points += [each.points[:, :2] for each in features.solids]
    points += [way.points for way in features.ways if way.kind == "road"]
    if not points:
        return 0.0
    whole = np.concatenate(points)
    return float(np.prod(np.ptp(whole, axis=0))) / 1e6
