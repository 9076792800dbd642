"""What grows in a world: as on any land, but not where people live and walk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from taixu.generate.generator import Made
from taixu.generate.places.noise import lattice_hash
from taixu.generate.places.plants import KINDS as PLANTS
from taixu.generate.places.plants import PlantSpec, plant_model
from taixu.generate.places.props.staging import Stage
from taixu.generate.places.scattering import Rule, rules_of, sow
from taixu.generate.places.world_text import entity_id
from taixu.generate.worlds.kinds import Kind
from taixu.generate.worlds.sites import Site

__all__ = ["plant"]


def plant(stage: Stage, site: Site, kind: Kind, eye: Any, target: Any, taken: list[Any], seed: int,
    progress: Callable[[float], None]) -> None:
    """Sow a site, and put what grows on the stage."""
    from taixu.assets.gltf import write_gltf
    from taixu.scene.scatter import write_places

    land = site.land
    rules = rules_of(land)
    if kind.layout == "oasis":
        rules.append(Rule("palm", 4.2, 0.75, (1.0, 1.0, 0.2, 1.0, 0.0), slope=0.5, cluster_m=40.0, cluster=0.8, shore_m=(0.4, 5.5),
            scale=(0.6, 1.15)))
    for number, rule in enumerate(rules):
        progress(number / len(rules))
        low = PLANTS[rule.kind].form in ("tuft", "stone")
        own = (seed * 1000003 + number * 7919 + 29) & 0x7FFFFFFF
        places = sow(land, rule, seed=own).places
        places = places[_kept(site, kind, places, own, tall_m=0.0 if low else PLANTS[rule.kind].width_m * 0.5)]
        if not low:
            places = places[~_before(places, eye, target, PLANTS[rule.kind].height_m)]
        places = places[_clear(places, taken, 0.3 if low else 1.2)]
        if not len(places):
            continue
        model = plant_model(PlantSpec(rule.kind, season=land.spec.season, texture_px=min(land.spec.texture_px, 256)), seed + number)
        file, column = stage.folder / f"plant_{rule.kind}.glb", stage.folder / f"plant_{rule.kind}_places.npy"
        if file.exists():
            continue
        write_gltf(model, file)
        write_places(column, places)
        stage.files += [Made(file, f"plant_{rule.kind}"), Made(column, f"plant_{rule.kind}_places", said={"count": len(places)})]
        stage.add(f"plants: {rule.kind}", {
            "transform": {},
            "scatter": {
                "source": column.name, "model": file.name, "ground": entity_id("ground"), "fine_m": rule.fine_m,
                "coarse_m": rule.coarse_m,
                "reach_m": rule.reach_m, "cast_shadow": rule.cast_shadow, "sways": rule.kind != "rock",
            },
        })  # fmt: skip


def _kept(site: Site, kind: Kind, places: Any, seed: int, *, tall_m: float) -> Any:
    n, size = len(site.occupied), site.land.spec.size_m
    x, z = places[:, 0], places[:, 2]
    columns = np.clip(np.rint((x / size + 0.5) * (n - 1)).astype(int), 0, n - 1)
    rows = np.clip(np.rint((z / size + 0.5) * (n - 1)).astype(int), 0, n - 1)
    free = ~site.occupied[rows, columns]
    if tall_m > 0:  # crowns keep off roofs and streets
        for dx, dz in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            free &= ~site.occupied[np.clip(rows + round(dz * tall_m), 0, n - 1), np.clip(columns + round(dx * tall_m), 0, n - 1)]
        h = lattice_hash((x * 64).astype(np.int32), (z * 64).astype(np.int32), seed)
        few = (h >> np.uint32(8)).astype(np.float32) / np.float32(1 << 24) < 1 - (1 - kind.trees) * site.calm[rows, columns]
        free &= few
    return free


def _before(places: Any, eye: Any, target: Any, tall_m: float) -> Any:
    ahead = (target - eye)[[0, 2]]
    reach = float(np.linalg.norm(ahead))
    ahead = ahead / max(reach, 1e-6)
    away = places[:, [0, 2]] - eye[[0, 2]]
    along, across = away @ ahead, np.abs(away @ np.array([-ahead[1], ahead[0]]))
    return (np.hypot(along, across) < 5.0 + 0.8 * tall_m) | ((along > 0) & (along < reach) & (across < 3.0 + 0.35 * along))


def _clear(places: Any, taken: list[Any], margin: float) -> Any:
    """Outside of everything that stands."""
    free = np.ones(len(places), bool)
    x, z = places[:, 0], places[:, 2]
    for plan in taken:
        middle = plan.mean(0)
        u, v = plan[1] - plan[0], plan[3] - plan[0]
        wide, deep = max(float(np.hypot(*u)), 1e-6), max(float(np.hypot(*v)), 1e-6)
        dx, dz = x - middle[0], z - middle[1]
        along, across = np.abs(dx * u[0] + dz * u[1]) / wide, np.abs(dx * v[0] + dz * v[1]) / deep
        free &= (along > wide / 2 + margin) | (across > deep / 2 + margin)
    return free
