"""Ground that was surveyed as surfaces: streets, pavements, greens and quays as they lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from taixu.assets.geodata import Solid
from taixu.generate.places.buildings.plans import Array, triangulate
from taixu.generate.places.buildings.soup import Frame, Soup
from taixu.generate.places.mapped.shells import faces_of

__all__ = ["lay_surface", "surface_look", "triangles_of"]

_LOOKS = {"road": "asphalt", "rail": "gravel", "paved": "paving", "grass": "grass", "forest": "grass", "farm": "earth",
          "earth": "earth", "sand": "sand", "ground": "grass", "bridge": "concrete", "other": "concrete"}  # fmt: skip
_WORDS = (
    (("voetpad", "voetgangers", "footway", "sidewalk", "pedestrian", "trottoir", "gehweg"), "paving"),
    (("parkeer", "parking", "open verharding", "paving", "pflaster"), "paving#b09a8c"),
    (("fietspad", "cycle", "radweg"), "asphalt#8f5a4c"), (("gesloten verharding", "asphalt", "asfalt"), "asphalt"),
    (("erf", "yard", "hof"), "gravel"), (("onverhard", "unpaved", "zand"), "earth"), (("rijbaan lokale weg",), "paving#8d857f"),
)  # fmt: skip


def surface_look(kind: str, tags: Mapping[str, Any]) -> str:
    """What a surface is made of: of its attributes' words, otherwise of its kind."""
    said = " ".join(value.lower() for key, value in tags.items() if isinstance(value, str) and len(value) < 40 and (
        "function" in key or "class" in key or "voorkomen" in key or "surface" in key or "material" in key.lower()))  # fmt: skip
    return next((look for words, look in _WORDS if any(word in said for word in words)), _LOOKS.get(kind, "concrete"))


def lay_surface(soup: Soup, solid: Solid, look: str) -> None:
    """Put a surface into a soup, its picture in metres of the ground; upright parts as stone."""
    points, triangles = triangles_of(solid)
    if not len(triangles):
        return
    corners = points[triangles]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    long = np.linalg.norm(cross, axis=1)
    triangles, cross, long = triangles[long > 1e-7], cross[long > 1e-7], long[long > 1e-7]
    normals = cross / long[:, None]
    is_level = np.abs(normals[:, 1]) > 0.5
    down = is_level & (normals[:, 1] < 0)
    triangles[down] = triangles[down][:, ::-1]
    if is_level.any():
        used, place = np.unique(triangles[is_level], return_inverse=True)
        at = points[used]
        soup.add(look, at, at[:, [0, 2]], place.reshape(-1, 3), np.tile((0.0, 1.0, 0.0), (len(at), 1)))
    soup.add_flat("rubble", points[triangles[~is_level]])


def triangles_of(solid: Solid) -> tuple[Array, Array]:
    """Points [n, 3] of the world and triangles [m, 3] of all polygons of a solid."""
    points = np.stack([solid.points[:, 0], solid.points[:, 2], -solid.points[:, 1]], 1)
    plain = [rings[0] for rings in solid.polygons if len(rings) == 1 and len(rings[0]) == 3]
    rest = tuple(rings for rings in solid.polygons if not (len(rings) == 1 and len(rings[0]) == 3))
    made = [np.array(plain, np.int64).reshape(-1, 3)]
    if rest:
        faces, _ = faces_of(Solid(solid.id, solid.kind, solid.lod, solid.points, rest, ("",) * len(rest)))
        for face in faces:
            flat, triangles = triangulate(face.shape)
            made.append(triangles + len(points))
            points = np.concatenate([points, _lifted(face.frame, flat)])
    return points, np.concatenate(made)


def _lifted(frame: Frame, flat: Array) -> Array:
    return frame.at(np.column_stack([flat, np.zeros(len(flat))]))
