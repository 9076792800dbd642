"""Whom `People` poses: models with their bones, and runs of people who have the same ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData

__all__ = ["Group", "Rig"]

Handles = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Rig:
    """Somebody's model, and the entities that stand for its nodes."""

    model: ModelData
    figure: int
    bones: Handles
    """Entities of the bones that the figure has, in its order; the hips first."""
    entities: Handles

    @property
    def drawn(self) -> Handles:
        """Those that may have a mesh."""
        nodes = [place for place, node in enumerate(self.model.nodes) if node.mesh is not None]
        found = self.entities[nodes]
        return found[found != 0]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """People of one figure: a run of rows of the crowd, and the entities of their bones, bone by bone."""

    figure: int
    rows: slice
    bones: Handles
    hips: Handles
    moved: NDArray[np.bool_]
