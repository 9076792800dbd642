"""The generator of villages: a folder with a world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from taixu.assets.atomic import write_atomic
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.places.landscapes import Landscape, make_landscape
from taixu.generate.places.settlements.city import plan_city
from taixu.generate.places.settlements.cultures import CULTURES, ZONES
from taixu.generate.places.settlements.plan import Ground, Settlement, pads
from taixu.generate.places.settlements.spec import CitySpec, VillageSpec
from taixu.generate.places.settlements.village import plan_village
from taixu.generate.places.settlements.writing import write_settlement
from taixu.generate.places.spec import TerrainSpec
from taixu.generate.request import Request

__all__ = ["CityGenerator", "VillageGenerator", "land_for", "settled"]

_RELIEF = {"coast": 26.0, "hills": 22.0, "alps": 90.0, "plains": 8.0, "desert": 14.0, "fjord": 60.0, "islands": 30.0}


class VillageGenerator(Generator):
    """Villages on land of their own."""

    name, makes, suffix, version = "village", "village", ".json", 3
    summary = "a village on its land: roads, market, houses with rooms; " + ", ".join(CULTURES)
    parameters = VillageSpec
    needs = Needs(modules=("shapely", "mapbox_earcut"), extra="models", memory_mb=8192)
    makes_folder = True

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Who lives there, how many, season and time."""
        from taixu.generate.places.settlements.words import village_of_words

        return village_of_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """The world first."""
        spec: VillageSpec = request.parameters.check()
        land = land_for(spec, request.seed, progress)
        made = plan_village(Ground.of_landscape(land), spec, request.seed)
        progress(0.4, "ground")
        land, covered = settled(land, made)
        return write_world(request, land, made, covered, spec, progress, lamp=CULTURES[spec.culture].lamp)


class CityGenerator(Generator):
    """Districts of a city."""

    name, makes, suffix, version = "city", "city", ".json", 2
    summary = "a district: streets, blocks, houses with façades, parks; grid, radial or organic; " + ", ".join(ZONES)
    parameters = CitySpec
    needs = Needs(modules=("shapely", "mapbox_earcut"), extra="models", memory_mb=8192)
    makes_folder = True

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Character, layout, season and time."""
        from taixu.generate.places.settlements.words import city_of_words

        return city_of_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """The world first."""
        spec: CitySpec = request.parameters.check()
        size = min(spec.district_m * 1.25 + 120.0, 4096.0)
        terrain = TerrainSpec(style="plains", size_m=size, spacing_m=1.0 if size <= 1024 else 2.0,
            relief_m=max(10.0 * spec.relief, 1.0), season=spec.season,
                              time=spec.time, roughness=0.4, forest=0.2, plants=0.5)  # fmt: skip
        land = make_landscape(terrain, request.seed, lambda fraction, text: progress(0.3 * fraction, text))
        made = plan_city(Ground.of_landscape(land), spec, request.seed)
        progress(0.4, "ground")
        land, covered = settled(land, made)
        return write_world(
            request, land, made, covered, spec, progress, lamp="modern" if spec.character == "modern" else "old", full_m=spec.full_m
        )


def land_for(spec: VillageSpec, seed: int, progress: Progress) -> Landscape:
    """Land that suits a village."""
    culture = CULTURES[spec.culture]
    relief = _RELIEF.get(culture.terrain, 24.0) * spec.relief * min(1.0, spec.size_m / 640.0) ** 0.5
    terrain = TerrainSpec(style=culture.terrain, size_m=spec.size_m, spacing_m=1.0 if spec.size_m <= 1024 else 2.0,
        relief_m=max(relief, 2.0),
                          season=spec.season, time=spec.time, roughness=0.6, texture_px=512, forest=0.4, plants=0.8)  # fmt: skip
    return make_landscape(terrain, seed, lambda fraction, text: progress(0.35 * fraction, text))


def settled(land: Landscape, made: Settlement) -> tuple[Landscape, Any]:
    """Land with roads and lots levelled into it, and what of it is covered."""
    n = len(land.heights)
    east = (np.arange(n) / (n - 1) - 0.5) * land.spec.size_m
    north = -east
    heights, mask = made.layer.flatten(land.heights, east, north)
    shapes = [(house.footprint, house.pad_m) for house in made.houses] + [(shape, level - 0.12) for shape, level in made.squares]
    heights, covered = pads(heights, mask, east, north, shapes)
    weights = land.weights.copy()
    worn = np.clip(covered * 1.2, 0, 1)[..., None]
    weights *= 1 - worn
    weights[..., 0] += worn[..., 0]
    return replace(land, heights=heights, weights=weights), covered


def write_world(
    request: Request, land: Landscape, made: Settlement, covered: Any, spec: Any, progress: Progress, *, lamp: str = "old",
    full_m: float = 1e9,
) -> list[Made]:
    """All files of a settlement on its land, the world first."""
    from taixu.generate.places.settlements.view import street_view
    from taixu.generate.places.terrain_generator import sky_of, write_ground, write_plants
    from taixu.generate.places.world_text import quaternion_towards, world_text

    files, entities = write_ground(request, land)
    palette = Palette(spec.texture_px)
    ground = Ground.of_landscape(land)
    eye, target = street_view(made, spec)
    stand = np.array([eye[0], -eye[2]])
    found, settled_entities = write_settlement(request.folder, made, ground, palette, inside=spec.inside, lamp=lamp,
                                               is_full=lambda house: float(np.hypot(*(house.middle - stand))) < full_m,
                                               progress=lambda done, text: progress(0.45 + 0.35 * done, text))  # fmt: skip
    entities.update(settled_entities)
    written = {file.name for file, _ in found}
    for file in sorted(request.folder.glob("*")):
        if file.suffix in (".bin", ".png") and file.name not in written and not any(each.path == file for each in files):
            found.append((file, file.stem))
    progress(0.82, "plants")
    grown, sown = write_plants(request, land, (eye, target), lambda done: progress(0.82 + 0.15 * done, "plants"))
    _keep_off(grown, land, covered, made)
    files += [*grown, *(Made(file, role) for file, role in found)]
    entities.update(sown)
    entities.update(sky_of(land.spec))
    entities["view"] = {"transform": {"position": eye.tolist(), "rotation": quaternion_towards(target - eye)},
                        "camera": {"fov_y_rad": 0.95, "near_m": 0.12}}  # fmt: skip
    spawn = min(
        made.spawns,
        key=lambda at: (at[0] - eye[0]) ** 2 + (at[2] - eye[2]) ** 2,
        default=(float(eye[0]), float(eye[1]) - 1.7, float(eye[2])),
    )
    entities["spawn"] = {
        "transform": {"position": list(spawn), "rotation": quaternion_towards((target - eye) * np.array([1, 0, 1]))}
    }
    file = request.folder / "place.world.json"
    write_atomic(file, world_text(entities, settings={"physics": {"backend": "rapier"}}).encode())
    return [Made(file), *files]


def _keep_off(grown: list[Made], land: Landscape, covered: Any, made: Settlement) -> None:
    """Plants that would stand on roads or in houses are taken away."""
    from taixu.generate.places.grids import blur
    from taixu.scene.scatter import read_places, write_places

    n = len(covered)
    wide = blur(covered, max(1, round(4.0 / land.spacing_m)))
    for each in grown:
        if not Path(each.path).name.endswith("_places.npy"):
            continue
        rows = read_places(each.path)
        c = np.clip(np.rint((rows[:, 0] / land.spec.size_m + 0.5) * (n - 1)).astype(int), 0, n - 1)
        r = np.clip(np.rint((rows[:, 2] / land.spec.size_m + 0.5) * (n - 1)).astype(int), 0, n - 1)
        low = any(word in Path(each.path).name for word in ("grass", "flower", "fern", "reed"))
        keep = covered[r, c] < 0.05 if low else wide[r, c] < 0.02
        write_places(Path(each.path), rows[keep] if keep.any() else rows[:0])
    del made
