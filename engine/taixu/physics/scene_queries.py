"""What one asks the bodies of a world: rays, shapes that are cast, what touches a shape; answers name entities."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.scene import CELL_M

from .base import BackendBase
from .batch import ALL_LAYERS
from .bodies import BodyMirror
from .shapes import Shape

__all__ = ["SceneQueries"]

Handles = NDArray[np.uint64]

SCENE_HIT = np.dtype(
    [("entity", np.uint64), ("distance", np.float64), ("point", np.float64, 3), ("normal", np.float64, 3)]
)


class SceneQueries(ABC):
    """The queries of a `PhysicsScene`, which says who answers."""

    mirror: BodyMirror

    @abstractmethod
    def _answering(self) -> BackendBase | None:
        """The engine, with the world's bodies in it; None where there is no world."""

    @abstractmethod
    def _recover(self, error: BrokenPipeError) -> None:
        """The engine's process is gone: another one takes its place."""

    def raycast(
        self,
        origins: ArrayLike,
        directions: ArrayLike,
        *,
        max_distance: float = 1e4,
        mask: int = ALL_LAYERS,
        ignore: int = 0,
    ) -> NDArray[Any]:
        """First hits of rays.

        Parameters
        ----------
        origins, directions : [n, 3] or [3]
            World space, metres; directions of any length but zero.
        ignore
            An entity whose body is passed through.

        Returns
        -------
        structured array [n]
            ``entity`` (0 where nothing is hit), ``distance``, ``point`` [3], ``normal`` [3].
        """
        starts, ways = (np.atleast_2d(np.asarray(rows, np.float64)) for rows in (origins, directions))
        hits = self._query(
            "raycast", lambda: (starts - self._shift, ways), max_distance=max_distance, mask=mask, ignore=ignore
        )
        return self._hits(np.full(len(starts), -1), None) if hits is None else self._hits(hits["body"], hits)

    def shapecast(
        self,
        shape: Shape,
        position: ArrayLike,
        motion: ArrayLike,
        *,
        rotation: ArrayLike = (0.0, 0.0, 0.0, 1.0),
        mask: int = ALL_LAYERS,
        ignore: int = 0,
    ) -> Any:
        """The first body that a convex shape (`taixu.physics.shapes`) meets along `motion` [3]; one row as of `raycast`."""
        hit = self._query("shapecast", lambda: (shape, self._pose(position, rotation), motion), mask=mask, ignore=ignore)
        if hit is None:
            return self._hits(np.full(1, -1), None)[0]
        return self._hits(np.atleast_1d(hit)["body"], np.atleast_1d(hit))[0]

    def overlaps(self, shape: Shape, position: ArrayLike, *, mask: int = ALL_LAYERS, ignore: int = 0) -> Handles:
        """Entities whose bodies touch a convex shape at a place."""
        near = self._query("closest", lambda: (shape, self._pose(position)), mask=mask, ignore=ignore)
        return np.empty(0, np.uint64) if near is None else np.unique(self.mirror.entity_of[near["body"]])

    def _query(self, name: str, arguments: Callable[[], tuple[Any, ...]], *, ignore: int, **options: Any) -> Any:
        """Ask the engine; None where there is none, and when its process has just died.

        The arguments are made once it is ready: bodies that were only now made say where coordinates count from.
        """
        try:
            backend = self._answering()
            return None if backend is None else getattr(backend, name)(*arguments(), ignore=self.body_of(ignore), **options)
        except BrokenPipeError as error:
            self._recover(error)
            return None

    def _pose(self, position: ArrayLike, rotation: ArrayLike = (0.0, 0.0, 0.0, 1.0)) -> NDArray[np.float64]:
        return np.array([*(np.asarray(position, np.float64) - self._shift), *np.asarray(rotation, np.float64)])

    @property
    def _shift(self) -> NDArray[np.float64]:
        return np.asarray(self.mirror.origin * CELL_M, np.float64)

    def body_of(self, entity: int) -> int:
        """The body that an entity is, or is part of; -1 where it is none."""
        index = int(entity) & 0xFFFFFFFF
        if not entity or index >= len(self.mirror.body_of):
            return -1
        own = int(self.mirror.body_of[index])
        if own < 0 and self.mirror.owner_of[index] >= 0:
            own = int(self.mirror.body_of[self.mirror.owner_of[index]])
        return own

    def _hits(self, bodies: NDArray[Any], hits: NDArray[Any] | None) -> NDArray[Any]:
        result = np.zeros(len(bodies), SCENE_HIT)
        result["distance"] = np.inf
        if hits is not None:
            found = bodies >= 0
            result["entity"][found] = self.mirror.entity_of[bodies[found]]
            result["distance"], result["normal"] = hits["distance"], hits["normal"]
            result["point"][found] = hits["point"][found] + self._shift
        return result
