"""The generator of places from planners' buildings: an IFC file in, a world out whose storeys, rooms and elements are entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import write_atomic
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.places.planned.storeys import Element, Storey, merged, storeys_of
from taixu.generate.places.settings import camera_at, sky_of
from taixu.generate.places.spec import TIMES, TerrainSpec
from taixu.generate.places.world_text import entity_id, world_text
from taixu.generate.request import Request

__all__ = ["PlannedBuildingGenerator", "PlannedSpec"]

_KEYS = ("latitude_deg", "longitude_deg", "height_m")
Entities = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class PlannedSpec:
    """Parameters of a place from a planner's building."""

    time: str = field(default="morning", metadata={"doc": "Where the sun stands.", "choices": TIMES})


class PlannedBuildingGenerator(Generator):
    """Places of buildings that were planned."""

    name, makes, suffix = "planned-building", "building", ".json"
    summary = "a building of its planners (--from IFC) whose storeys, rooms and elements are entities with their properties"
    parameters = PlannedSpec
    needs = Needs(modules=("ifcopenshell", "pyproj"), extra="ifc", memory_mb=8192, parents=1, suffixes=(".ifc",))
    makes_folder = True

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """The world first; its record counts storeys and elements and holds what could not be read."""
        from taixu.assets.geodata.ifc import read_ifc_model
        from taixu.assets.gltf import write_glb

        spec: PlannedSpec = request.parameters
        entities: Entities = {}
        settings: dict[str, Any] = {}
        files: list[Made] = []
        boxes: list[NDArray[np.float64]] = []
        notes: list[str] = []
        counts = {"buildings": 0, "storeys": 0, "elements": 0}
        for path in request.parents:
            progress(0.1, f"reading {path.name}")
            model = read_ifc_model(path)
            notes += model.notes
            about = model.nodes[0].extras
            turn = np.radians(float(about.get("map_rotation_deg", 0.0)))  # from east towards north
            turned = np.array([[np.cos(turn), 0.0, -np.sin(turn)], [0.0, 1.0, 0.0], [np.sin(turn), 0.0, np.cos(turn)]])
            root = f"building {len(files)} {about.get('id', path.stem)}"
            entities[root] = {
                "name": {"text": str(about.get("attributes", {}).get("name") or path.stem)},
                "transform": {"rotation": [0.0, float(np.sin(turn / 2)), 0.0, float(np.cos(turn / 2))]},
                "map_feature": _feature(str(about.get("id", path.stem)), "building", about.get("attributes", {})),
            }  # fmt: skip
            if not settings and all(key in about for key in _KEYS):
                settings["twin"] = {"georeference": {key: about[key] for key in _KEYS}}
            counts["buildings"] += 1
            storeys = storeys_of(model)
            for number, storey in enumerate(storeys):
                progress(0.3 + 0.6 * number / len(storeys), storey.name or "what belongs to no storey")
                above = root
                if storey.id or storey.meshes:
                    above = f"{root} storey {number}"
                    entities[above] = _storey(storey, root)
                if storey.meshes:
                    file = request.folder / f"storey_{len(files) + 1}.glb"
                    write_glb(merged(model, storey, storey.name or "site"), file)
                    files.append(Made(file, file.stem))
                    entities[above]["model"] = {"source": file.name}
                for element in storey.elements:
                    boxes.append(element.box @ turned)
                    entities[f"{above} {element.id}"] = _element(element, storey, above)
                counts["storeys"] += bool(storey.id)
                counts["elements"] += len(storey.elements)
        whole = np.array([np.min(boxes, (0, 1)), np.max(boxes, (0, 1))])
        middle, away = whole.mean(0), 0.75 * float(np.linalg.norm(np.ptp(whole, axis=0)))
        entities |= sky_of(TerrainSpec(time=spec.time)) | camera_at(middle + away * np.array([-0.75, 0.55, 0.85]), middle)
        world = request.folder / "place.world.json"
        write_atomic(world, world_text(entities, settings=settings).encode())
        return [Made(world, said={**counts, "problems": notes}), *files]


def _storey(storey: Storey, above: str) -> dict[str, Any]:
    """A storey's entity, found by its name and as "storey 2"; its transform is its floor."""
    said = {"elevation_m": storey.elevation_m, "number": storey.number, **storey.attributes} if storey.id else {}
    said.pop("name", None)
    called = f"{storey.name}, storey {storey.number}" if storey.id else "site"
    return {
        "name": {"text": called}, "parent": {"entity": entity_id(above)},
        "transform": {"position": [0.0, storey.elevation_m, 0.0]},
        "map_feature": _feature(storey.id, "storey" if storey.id else "site", said),
    }  # fmt: skip


def _element(element: Element, storey: Storey, above: str) -> dict[str, Any]:
    """An element's entity: at the middle of the foot of what it fills, under its storey."""
    low, high = element.box
    place = [(low[0] + high[0]) / 2, low[1] - storey.elevation_m, (low[2] + high[2]) / 2]
    feature = _feature(element.id, element.kind, element.attributes)
    if high[1] > low[1]:
        feature["height_m"] = round(float(high[1] - low[1]), 3)
    return {
        "name": {"text": element.name}, "parent": {"entity": entity_id(above)},
        "transform": {"position": [round(float(value), 4) for value in place]}, "map_feature": feature,
    }  # fmt: skip


def _feature(key: str, kind: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {"key": key, "kind": kind, **({"attributes": dict(attributes)} if attributes else {})}
