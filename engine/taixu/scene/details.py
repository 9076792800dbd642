"""Who looks, and what follows: things that show as much detail as eyes can see are told before each picture.

A renderer says where its views are; a world without one has the eye of its main camera. Meshes and entities that come and go
with the eyes are made ones: neither saved nor hashed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World

__all__ = ["Details", "Eye"]


@dataclass(frozen=True, slots=True)
class Eye:
    """Where somebody looks from.

    Attributes
    ----------
    position : float64[3]
        Metres of the world.
    pixels_per_rad
        How many pixels a small angle covers; of a parallel projection, pixels a metre.
    is_parallel
        Distance makes nothing smaller.
    wants_meshes
        Impostors are nothing to it: rays that look at things from all sides.
    error_px
        So far off may the edges of shapes lie; 0 where each shape is to be as fine as it is made.
    """

    position: NDArray[np.float64]
    pixels_per_rad: float
    is_parallel: bool = False
    wants_meshes: bool = False
    error_px: float = 0.0

    def pixels_per_m(self, distances: NDArray[np.float64]) -> NDArray[np.float64]:
        """How many pixels a metre covers at distances."""
        if self.is_parallel:
            return np.full_like(distances, self.pixels_per_rad)
        return self.pixels_per_rad / np.maximum(distances, 0.5)


@dataclass(slots=True)
class Details:
    """What is told of eyes (a resource).

    Attributes
    ----------
    patient
        Pictures wait: what is still to be read for them is read before they are taken.
    """

    functions: list[Callable[[World, Sequence[Eye]], None]] = field(default_factory=list)
    patient: bool = False

    def follow(self, world: World, eyes: Sequence[Eye]) -> None:
        """Show what these eyes can see."""
        for function in self.functions:
            function(world, eyes)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Within it pictures wait."""
        before, self.patient = self.patient, True
        try:
            yield
        finally:
            self.patient = before

    def fork(self, world: World) -> Details:
        return self
