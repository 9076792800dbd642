"""What stands still in a scene (the world's thread): its sky, how pictures are developed, where one looks from, fences, names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np

from taixu.ecs import World, component_type
from taixu.ecs.entity import indices_of
from taixu.errors import TaixuError
from taixu.scene import CELL_M, Environment, Name, WorldTransforms
from taixu.scene.cameras import main_camera
from taixu.serve.skies import SkyPlan, plan_sky
from taixu.twin.device import Device
from taixu.twin.feed import Feed
from taixu.twin.rules.fences import Fence, check_points

__all__ = ["fences_of", "names_of", "old_devices", "referred_files", "scenery"]

_MAX_FENCES = 2000


def scenery(world: World) -> tuple[dict[str, Any], SkyPlan]:
    """All of ``/scene`` but the sky's picture, which is made of the plan."""
    environment = _environment(world)
    shown = environment or Environment()
    return {
        "up": "y", "units": "m", "georeference": _georeference(world),
        "sky": {"intensity": float(shown.intensity), "rotation_rad": float(shown.rotation_rad)},
        "exposure_ev": float(shown.exposure_ev), "tonemap": str(shown.tonemap),
        "camera": _camera(world), "fences": fences_of(world), "layers": _layers(world),
    }, plan_sky(world, environment)  # fmt: skip


def names_of(world: World, ids: Iterable[int]) -> dict[str, Any]:
    """What entities are called, by their id in 16 hex digits; those that are not there are left out."""
    found: dict[str, Any] = {}
    for stable_id in ids:
        entity = world.find(stable_id)
        if entity is None:
            continue
        name = world.get(entity, Name).text if world.has(entity, Name) else ""
        device = world.get(entity, Device) if world.has(entity, Device) else Device()
        found[f"{stable_id:016x}"] = {"name": str(name) or device.key, "key": device.key, "kind": device.kind}
    return found


def old_devices(world: World, secs: float, *, now_ns: int) -> list[str]:
    """Ids of devices from which nothing has come for so long, or never."""
    if not world.has_resource(Feed):
        return []
    feed, found = world.resource(Feed), list[str]()
    for table in world.query(Device):
        entities = table.entities
        old = feed.times_ns(entities) < now_ns - round(secs * 1e9)
        found += [f"{each:016x}" for each in world.stable_ids(entities[old]).tolist()]
    return found


def referred_files(world: World) -> set[str]:
    """Paths of all files that the world's components name."""
    found: set[str] = set()
    for table in world.tables:
        for cls in table.types:
            for fld in component_type(cls).fields:
                if fld.kind.name == "asset" and table.count:
                    found.update(table.read(cls, fld.name).tolist())
    found.discard("")
    return found


def _environment(world: World) -> Environment | None:
    for table in world.query(Environment):
        if table.count:
            return world.get(int(table.entities[0]), Environment)
    return None


def _camera(world: World) -> dict[str, Any] | None:
    entity = main_camera(world)
    if entity is None:
        return None
    from taixu.scene import Camera

    camera = world.get(entity, Camera)
    matrix = world.resource(WorldTransforms).matrix(int(indices_of(np.array([entity], np.uint64))[0]))
    forward = -matrix[:3, 2] / max(float(np.linalg.norm(matrix[:3, 2])), 1e-12)
    return {
        "at": matrix[:3, 3].tolist(), "forward": forward.tolist(), "fov_y_rad": float(camera.fov_y_rad),
        "height_m": float(camera.height_m),
    }  # fmt: skip


def fences_of(world: World) -> list[dict[str, Any]]:
    """Fences as ``/scene`` tells them: outlines on the ground, ``[x, z]`` in metres of the world."""
    found: list[dict[str, Any]] = []
    transforms = world.resource(WorldTransforms)
    for table in world.query(Fence):
        ids = world.stable_ids(table.entities).tolist()
        for entity, stable_id in zip(table.entities.tolist(), ids):
            fence = world.get(entity, Fence)
            try:
                corners = check_points(fence.points, where="a fence")
            except TaixuError:
                continue  # the linter says so
            index = int(indices_of(np.array([entity], np.uint64))[0])
            row = transforms.matrices[index].reshape(3, 4).astype(np.float64)
            offset = row[:, 3] + transforms.cells[index] * CELL_M
            placed = corners @ row[[0, 2]][:, [0, 2]].T + offset[[0, 2]]
            found.append({
                "id": f"{stable_id:016x}", "name": str(world.get(entity, Name).text) if world.has(entity, Name) else "",
                "kind": world.get(entity, Device).kind if world.has(entity, Device) else "", "outline": placed.round(4).tolist(),
                "bottom": float(offset[1] + fence.bottom_m), "top": float(offset[1] + fence.top_m),
            })  # fmt: skip
            if len(found) >= _MAX_FENCES:
                return found
    return found


def _layers(world: World) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for table in world.query(Device):
        for kind in table.read(Device, "kind").tolist():
            counts[kind] = counts.get(kind, 0) + 1
    return [{"kind": kind, "count": counts[kind]} for kind in sorted(counts)]


def _georeference(world: World) -> dict[str, float] | None:
    from taixu.edit import WorldSettings
    from taixu.twin.frames import read_georeference

    section = world.resource(WorldSettings).section("twin") if world.has_resource(WorldSettings) else {}
    raw = section.get("georeference")
    return None if raw is None else asdict(read_georeference(raw))
