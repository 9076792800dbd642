"""Kinds of simulators that documents can name; plugins add their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app.worker import find_function
from taixu.errors import TaixuError
from taixu.navigation.floor_grid import FloorGrid
from taixu.simulation.simulator import Columns, Simulator
from taixu.simulation.worlds.settings import Settings

__all__ = ["Poses", "Prepared", "SimulatorKind", "SimulatorKinds", "Site", "make_elsewhere"]


@dataclass(frozen=True, slots=True)
class Poses:
    """Where somebody's rows stand.

    Attributes
    ----------
    number
        Unlike within a simulator, ``[n]``.
    place, velocity
        Metres and m/s from the simulator's origin, float64 ``[3, n]``.
    rotation
        Unit quaternions x, y, z, w, ``[4, n]``.
    size
        What a look of one metre is drawn out to, ``[3, n]``; None where looks are as large as they are.
    look
        Which of its kind's looks each has, ``[n]``; None where all have the first.
    """

    number: NDArray[np.int64]
    place: NDArray[np.float64]
    velocity: NDArray[np.float64]
    rotation: NDArray[np.float32]
    size: NDArray[np.float32] | None = None
    look: NDArray[np.int32] | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """What a simulator is prepared from, besides its settings.

    Attributes
    ----------
    root
        The project's folder.
    floors
        Gives the floors of the world's colliders, where people walk.
    trusted
        Whether programs of the project may run.
    """

    root: Path
    floors: Callable[[], FloorGrid]
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A simulator that can be made any number of times: what was read for it never changes, so branches share it.

    Attributes
    ----------
    make
        Makes the simulator under a name, at its beginning.
    facts
        What others need to know to meet it: ``network``, ``floors``, ``bed``, ``cell``.
    in_world
        Whether its coordinates are the world's already, wherever its entity is.
    """

    make: Callable[[str], Simulator]
    facts: Mapping[str, Any] = field(default_factory=dict)
    in_world: bool = False


@dataclass(frozen=True, slots=True)
class SimulatorKind:
    """A kind.

    Attributes
    ----------
    prepare
        Reads what it needs; raises `TaixuError` with one sentence.
    poses
        Finds where its rows stand, out of the columns that it said; None for those that move nobody.
    look
        What its rows look like: a name of `taixu.simulation.worlds.looks.LOOKS`.
    other_looks
        What those look like whose `Poses.look` is 1 and more.
    """

    prepare: Callable[[Settings, Site], Prepared]
    poses: Callable[[Columns], Poses | None] | None = None
    look: str = ""
    other_looks: tuple[str, ...] = ()


class SimulatorKinds:
    """Kinds by name (a resource)."""

    def __init__(self) -> None:
        self._kinds: dict[str, SimulatorKind] = {}

    def add(self, name: str, kind: SimulatorKind) -> None:
        """Make a kind known; a later one of the same name takes its place."""
        self._kinds[name] = kind

    def __contains__(self, name: str) -> bool:
        return name in self._kinds

    def kind(self, name: str) -> SimulatorKind:
        """The kind of a name.

        Raises
        ------
        TaixuError
            When there is none.
        """
        if name not in self._kinds:
            raise TaixuError(f"there is no kind of simulator {name!r:.60}; there are {', '.join(sorted(self._kinds))}")
        return self._kinds[name]

    def fork(self, world: object) -> SimulatorKinds:
        return self


def make_elsewhere(prepare: str, settings: Any, root: str, name: str) -> Simulator:
    """Prepare and make a simulator in a process of its own, which has no world, out of what was prepared here before.

    `prepare` is its kind's, as ``module:function``.
    """
    prepared: Prepared = find_function(prepare)(Settings(settings, Path(root)), Site(Path(root), _no_floors, trusted=True))
    return prepared.make(name)


def _no_floors() -> FloorGrid:
    raise TaixuError("people walk on the floors of their world, and cannot run in a process of their own")
