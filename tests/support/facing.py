"""Which sides of triangles are shown: whoever turns normals by the side that is seen would light a wrong one from within."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.mesh import Primitive

__all__ = ["against", "part_against"]


def against(positions: NDArray[Any], normals: NDArray[Any], triangles: NDArray[Any]) -> float:
    """The share of triangles [t, 3] that face against the normals at their corners; what has no area faces nowhere."""
    corners = positions.astype(np.float64)[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    along = (faces * normals.astype(np.float64)[triangles].sum(1)).sum(1)
    return float((along < -1e-6 * np.linalg.norm(faces, axis=1) - 1e-12).mean()) if len(triangles) else 0.0


def part_against(part: Primitive) -> float:
    """The same of what is drawn."""
    return against(part.attributes["POSITION"], part.attributes["NORMAL"], part.triangles())
