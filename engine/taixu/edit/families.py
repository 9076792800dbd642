"""What stands above many entities: the matrices of their parents, each worked out once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.math.affine import invert
from taixu.scene import Hierarchy, Node

__all__ = ["Families", "families_of"]

Matrices = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Families:
    """Entities by the parent that they have.

    Attributes
    ----------
    parents : uint64[f]
        Handles, each once; 0 for roots.
    which : intp[n]
        Of each entity the place of its parent.
    matrices : float64[f, 4, 4]
        World-from-parent, metres of the world.
    """

    parents: NDArray[np.uint64]
    which: NDArray[np.intp]
    matrices: Matrices

    @property
    def inverses(self) -> Matrices:
        """Parent-from-world."""
        return np.stack([np.asarray(invert(matrix)) for matrix in self.matrices])


def families_of(world: World, entities: NDArray[np.uint64]) -> Families:
    """Families of living entities; a parent that is dead, or below its own child, counts as none."""
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    indices, which = np.unique(hierarchy.parents_of(indices_of(entities)), return_inverse=True)
    parents = np.where(indices > 0, world.entities_at(indices), np.uint64(0))
    matrices = np.stack([Node(world, parent).world_matrix if parent else np.eye(4) for parent in parents.tolist()])
    return Families(parents, which, matrices)
