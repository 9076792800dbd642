"""Where simulators of a world meet, by the names that documents use: each makes a function for a `Link`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.simulation.couplings import ClosedRoads, CrossedRoads, FloodedFloors, FloodedRoads, Raster, WaterAround
from taixu.simulation.worlds.settings import Settings

__all__ = ["MEETINGS", "Met"]


class Met(Protocol):
    """A simulator as those see it who meet it: what is known of it, and where its coordinates begin in the world."""

    @property
    def name(self) -> str:
        """How it is called."""
        ...

    @property
    def facts(self) -> Mapping[str, Any]:
        """See `Prepared`."""
        ...

    @property
    def origin(self) -> NDArray[np.float64]:
        """Metres, ``[3]``."""
        ...


Make = Callable[[Met, Sequence[Met], Settings], Callable[..., NDArray[Any]]]


def _flooded_roads(reader: Met, sources: Sequence[Met], options: Settings) -> Callable[..., NDArray[Any]]:
    return FloodedRoads(_fact(reader, "network"), _raster(sources[0], reader))


def _flooded_floors(reader: Met, sources: Sequence[Met], options: Settings) -> Callable[..., NDArray[Any]]:
    bed = _fact(sources[0], "bed") + sources[0].origin[1] - reader.origin[1]
    return FloodedFloors(_fact(reader, "floors"), _raster(sources[0], reader), bed, above=options.number("above", 1.0, low=0.0))


def _closed_roads(reader: Met, sources: Sequence[Met], options: Settings) -> Callable[..., NDArray[Any]]:
    lanes, network = options.texts("lanes"), _fact(reader, "network")
    if not lanes or len(sources) > 2:
        raise TaixuError("closed_roads wants lanes, what says that they are closed, and water's depth where it floods them")
    flooded = FloodedRoads(network, _raster(sources[1], reader)) if len(sources) == 2 else None
    return ClosedRoads(network, lanes, flooded)


def _crossed_roads(reader: Met, sources: Sequence[Met], options: Settings) -> Callable[..., NDArray[Any]]:
    lanes, within = options.texts("lanes"), options.number("within", 2.0, low=0.0, high=100.0)
    if not lanes:
        raise TaixuError("crossed_roads wants lanes that people may cross")
    crossed, off = CrossedRoads(_fact(reader, "network"), lanes, within=within), sources[0].origin - reader.origin
    return lambda place: crossed(place + off)


def _water_around(reader: Met, sources: Sequence[Met], options: Settings) -> Callable[..., NDArray[Any]]:
    if len(sources) != 2 or sources[0].name != reader.name:
        raise TaixuError("water_around wants its own place, and water's depth")
    bed = _fact(sources[1], "bed") + sources[1].origin[1] - reader.origin[1]
    return WaterAround(_raster(sources[1], reader), bed)


MEETINGS: Mapping[str, Make] = {
    "flooded_roads": _flooded_roads, "flooded_floors": _flooded_floors, "crossed_roads": _crossed_roads,
    "closed_roads": _closed_roads, "water_around": _water_around,
}  # fmt: skip


def _fact(who: Met, name: str) -> Any:
    if name not in who.facts:
        raise TaixuError(f"{who.name} has no {name}")
    return who.facts[name]


def _raster(source: Met, reader: Met) -> Raster:
    """Where a source's cells lie, in the reader's coordinates."""
    rows, columns = _fact(source, "bed").shape
    off = source.origin - reader.origin
    return Raster(float(off[0]), float(off[2]), _fact(source, "cell"), rows, columns)
