"""Maps as things that become 3D Tiles, and tilesets as worlds: what they show is streamed, what they say becomes entities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from taixu.assets.flattening import Piece
from taixu.assets.geodata import LocalFrame, Solid
from taixu.assets.model import Material, ModelData
from taixu.assets.tiles3d import Features, TileTree, read_content
from taixu.assets.tiles3d.placing import EarthPlacement
from taixu.assets.tiles3d.writing import Thing
from taixu.errors import TaixuError
from taixu.generate.places.buildings.soup import Soup
from taixu.generate.places.mapped.houses import block_outline
from taixu.generate.places.mapped.shells import faces_of
from taixu.generate.places.mapped.siting import make_site
from taixu.generate.places.mapped.spec import MapSpec
from taixu.generate.places.settings import sky_of
from taixu.generate.places.spec import TerrainSpec
from taixu.generate.places.world_text import quaternion_towards, world_text

__all__ = ["things_of_maps", "tileset_world"]

_LOOKS = {"wall": (0.66, 0.58, 0.47), "roof": (0.42, 0.16, 0.10), "ground": (0.30, 0.29, 0.27), "water": (0.06, 0.12, 0.16),
          "road": (0.13, 0.13, 0.14), "grass": (0.14, 0.22, 0.07), "bridge": (0.36, 0.34, 0.31)}  # fmt: skip
_LIES = {"road": "road", "paved": "road", "rail": "road", "water": "water", "bridge": "bridge", "grass": "grass",
         "forest": "grass", "ground": "grass"}  # fmt: skip
_MOST_FEATURES = 60_000


def things_of_maps(files: Sequence[Path]) -> tuple[list[Thing], ModelData, LocalFrame | None, list[str]]:
    """What was modelled in maps as things with their materials, where they lie, and what is wrong with single ones.

    A building's finest form are its own surfaces; from afar it is the block of its outline.

    Raises
    ------
    TaixuError
        When a file cannot be read, or holds no models.
    """
    site = make_site(list(files), MapSpec())
    features = site.features
    if not features.solids:
        raise TaixuError(f"{files[0].name}: nothing in it is modelled with surfaces; make a place of it first: taixu generate city")
    names = list(_LOOKS)
    looks = ModelData(materials=[Material(name=name, base_color=(*_LOOKS[name], 1.0), metallic=0.0, roughness=0.85,
                                          double_sided=True) for name in names])  # fmt: skip
    things = []
    for solid in features.solids:
        middle = solid.points.mean(0)
        faces, empty = faces_of(replace(solid, points=solid.points - middle))
        if empty:
            features.doubt(solid.id, f"{empty} of its surfaces enclose nothing and were left out")
        soup = Soup()
        for face in faces:
            kind = face.kind if solid.kind == "building" else _LIES.get(solid.kind, "ground")
            soup.polygon(kind if kind in _LOOKS else "wall", face.frame, face.shape)
        offset = np.array([middle[0], middle[2], -middle[1]])
        levels, errors = [_pieces(soup, offset, names)], [0.0]
        if not levels[0]:
            continue
        high = float(np.ptp(solid.points[:, 2]))
        block = _block(solid) if solid.kind == "building" and solid.lod >= 2.0 else None  # what is a block stays one
        if block is not None:
            levels.append(_pieces(block, np.zeros(3), names))
            errors.append(max(0.35 * high, 0.5))  # from the eaves of a steep roof to the block
        said = {"kind": solid.kind, "height_m": round(high, 3), "lod": float(solid.lod), **solid.attributes}
        things.append(Thing(solid.id, said, levels, errors))
    return things, looks, site.frame, [str(each) for each in features.findings]


def _block(solid: Solid) -> Soup | None:
    shape = block_outline(solid).simplify(0.5)
    if shape.is_empty:
        return None
    soup = Soup()
    low, high = float(solid.points[:, 2].min()), float(solid.points[:, 2].max())
    soup.prism(("roof", "", "wall"), shape, low, low + 0.85 * (high - low))
    return soup


def _pieces(soup: Soup, offset: Any, names: list[str]) -> list[Piece]:
    return [Piece("", positions + offset, normals, None, None, triangles.astype(np.uint32), names.index(material))
            for material, (positions, normals, _, triangles) in soup.arrays().items()]  # fmt: skip


def tileset_world(tileset: Path, source: str) -> tuple[str, dict[str, Any]]:
    """A world that shows a tileset, with an entity for each thing that it tells of; and what was found.

    Parameters
    ----------
    source
        What the world calls the file.

    Raises
    ------
    TaixuError
        When the tileset cannot be read.
    """
    tree = TileTree.open(tileset)
    tree.expand_all()
    parts, problems = [], [str(each) for each in tree.findings]
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for row in tree.finest():
        for content in tree.contents[row]:
            try:
                made = read_content(content, tree.root, tree.transforms[row], tree.placement)
            except TaixuError as error:
                problems.append(str(error))
                continue
            parts.append(made.features)
            for mesh in made.model.meshes:
                for part in mesh.primitives:
                    bounds = made.origin + part.bounds()
                    low, high = np.minimum(low, bounds[0]), np.maximum(high, bounds[1])
    if not np.isfinite(low).all():
        raise TaixuError(f"{tileset.name}: none of its tiles can be shown" + (f" ({problems[0]})" if problems else ""))
    found = Features.joined(parts)
    entities: dict[str, dict[str, Any]] = {"tiles": {"transform": {}, "tileset": {"source": source}}}
    settings: dict[str, Any] = {"map": {"sources": [{"name": tileset.name}]}}
    if isinstance(tree.placement, EarthPlacement):
        frame = tree.placement.frame
        entities["tiles"]["tileset"] |= frame.settings()
        settings["twin"] = {"georeference": frame.settings(), "frames": {"gps": {"crs": "EPSG:4326"}}}
    rows = np.flatnonzero(found.placed)
    if len(rows) > _MOST_FEATURES:
        problems.append(f"it tells of {len(rows):,} things, and {_MOST_FEATURES:,} became entities")
    for row in rows[:_MOST_FEATURES].tolist():
        entities[f"thing {row} {found.keys[row]}"] = _entity(found, row)
    middle, wide = (low + high) / 2, float(np.linalg.norm((high - low)[[0, 2]])) / 2 + 5.0
    eye = middle + np.array([0.45, 0.0, 0.8]) * wide + np.array([0.0, 0.55 * wide + (high[1] - low[1]) / 2, 0.0])
    entities |= sky_of(TerrainSpec(time="morning"))
    entities["view"] = {"transform": {"position": eye.tolist(), "rotation": quaternion_towards(middle - eye)},
                        "camera": {"fov_y_rad": 0.8, "near_m": 0.2}}  # fmt: skip
    said = {"tiles": len(tree), "features": len(rows), "problems": problems}
    return world_text(entities, settings=settings), said


def _entity(found: Features, row: int) -> dict[str, Any]:
    attributes = dict(found.attributes[row])
    low, high = found.low[row], found.high[row]
    feature = {"key": found.keys[row], "kind": str(attributes.pop("kind", "thing")), "height_m": round(float(high[1] - low[1]), 3)}
    if isinstance(attributes.get("lod"), float):
        feature["lod"] = attributes.pop("lod")
    if isinstance(attributes.get("height_m"), (int, float)):
        feature["height_m"] = float(attributes.pop("height_m"))
    name = str(attributes.get("name", attributes.get("Name", f"{feature['kind']} {feature['key']}")))
    at = ((low + high) / 2 * (1, 0, 1) + low * (0, 1, 0)).tolist()
    return {"name": {"text": name}, "transform": {"position": at}, "map_feature": {**feature, "attributes": attributes}}
