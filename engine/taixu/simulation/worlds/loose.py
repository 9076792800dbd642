"""The kind of simulator that moves loose things, out of settings and files."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.simulation.simulator import Columns
from taixu.simulation.worlds.kinds import Poses, Prepared, Site
from taixu.simulation.worlds.relief import read_heights
from taixu.simulation.worlds.settings import Settings

__all__ = ["body_poses", "prepare_bodies"]


def prepare_bodies(settings: Settings, site: Site) -> Prepared:
    """``bodies``: each ``at`` (places of middles), ``size`` and ``mass``; ``ground``, ``ground_cell`` and ``ground_corner``."""
    places, sizes, masses = [], [], []
    for body in settings.objects("bodies"):
        at = body.array("at", shape=(None, 3))
        places.append(at)
        sizes.append(np.tile(body.array("size", shape=(3,)), (len(at), 1)))
        masses.append(np.full(len(at), body.number("mass", 100.0, low=1e-3, high=1e7)))
        body.done()
    if not places:
        raise TaixuError("bodies wants bodies, each with places, a size and a mass")
    heights, corner = None, (0.0, 0.0)
    if settings.has("ground"):
        heights = read_heights(settings.file("ground"))
        x, z = settings.array("ground_corner", shape=(2,)).tolist()
        corner = (x, z)
    cell = settings.number("ground_cell", 1.0, low=1e-3, high=1e4)
    period = settings.number("period_secs", 0.1, low=1e-2, high=3600.0)
    settings.done()
    at, size, mass = np.concatenate(places), np.concatenate(sizes), np.concatenate(masses)

    def make(name: str) -> Any:
        from taixu.simulation.bodies import Bodies

        return Bodies(at, size=size, mass=mass, heights=heights, cell=cell, corner=corner, name=name, period_secs=period)

    make("bodies").close()  # says at once what is wrong
    return Prepared(make)


def body_poses(said: Columns) -> Poses | None:
    """Where the bodies of a step stand, or nothing before the first."""
    if "place" not in said:
        return None
    rotation: NDArray[np.float32] = said["rotation"].T.astype(np.float32)
    return Poses(said["number"].astype(np.int64), said["place"].T, said["velocity"].T, rotation, said["size"].T.astype(np.float32))
