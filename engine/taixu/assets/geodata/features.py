"""What map files hold, before anybody makes a world of it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.findings import Finding

__all__ = ["KINDS", "MOST_FEATURES", "Area", "MapData", "Solid", "Spot", "Way", "metres", "tidy_attributes"]

Points = NDArray[np.float64]

KINDS = ("building", "road", "rail", "water", "grass", "forest", "farm", "earth", "sand", "paved", "ground", "bridge", "tree",
         "lamp", "furniture", "barrier", "stop", "line", "other")  # fmt: skip
"""What features are, whatever their file calls it."""

MOST_FEATURES = 500_000
MOST_POINTS = 20_000_000
_MOST_FINDINGS = 200
_MOST_ATTRIBUTES, _MOST_KEY, _MOST_TEXT = 64, 60, 300


@dataclass(frozen=True, slots=True)
class Area:
    """Ground of one kind, or the footprint of a building.

    Attributes
    ----------
    rings : float64[n, 2] each
        The outer one, then holes; without the closing point.
    """

    id: str
    kind: str
    rings: tuple[Points, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """A line: a road, a railway, a wall, a row of trees; points are ``float64[n, 2]``."""

    id: str
    kind: str
    points: Points
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """A thing at a place, ``float64[3]``; its height is NaN where the file has none."""

    id: str
    kind: str
    point: Points
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Solid:
    """A thing that was modelled: polygons in space.

    Attributes
    ----------
    lod
        Level of detail as CityGML counts: 1 is a block, 2 has its roof, 3 windows.
    points : float64[n, 3]
    polygons
        For each its rings (the outer one, then holes) as rows of `points`, anticlockwise from outside.
    surfaces
        For each polygon "wall", "roof", "ground", or empty where nobody says.
    """

    id: str
    kind: str
    lod: float
    points: Points
    polygons: tuple[tuple[NDArray[np.int64], ...], ...]
    surfaces: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class MapData:
    """Features of a file.

    Attributes
    ----------
    crs
        The coordinate system as PROJ knows it (``EPSG:28992``); empty where the file says none.
    bounds
        Of a file that says which part of the map it is of: west, south, east, north.
    licence, attribution
        As the file says.
    follows
        It is of a region and goes along with other maps: what of it lies beyond them is left out.
    findings
        What is wrong in it, a sentence each; of very many the first, and one that counts the rest.
    """

    crs: str = ""
    bounds: tuple[float, float, float, float] | None = None
    areas: list[Area] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    solids: list[Solid] = field(default_factory=list)
    licence: str = ""
    attribution: str = ""
    follows: bool = False
    findings: list[Finding] = field(default_factory=list)
    _unsaid: int = 0

    def __len__(self) -> int:
        return len(self.areas) + len(self.ways) + len(self.spots) + len(self.solids)

    def doubt(self, where: str, message: str) -> None:
        """Say what is wrong with one feature; the others go on."""
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(Finding("warning", where[:80], message))
        else:
            if self._unsaid:
                self.findings.pop()
            self._unsaid += 1
            self.findings.append(Finding("warning", "", f"{self._unsaid:,} more features have something wrong with them"))


def tidy_attributes(raw: object) -> dict[str, Any]:
    """Attributes that can be kept and searched: texts, numbers and truths under short names; the rest is left out."""
    kept: dict[str, Any] = {}
    if not isinstance(raw, Mapping):
        return kept
    for key, value in raw.items():
        if len(kept) >= _MOST_ATTRIBUTES:
            break
        if isinstance(value, str):
            value = "".join(letter for letter in value[:_MOST_TEXT] if letter.isprintable())
        elif isinstance(value, float):
            if not math.isfinite(value):
                continue
        elif isinstance(value, int) and not isinstance(value, bool):
            if abs(value) > 2**53:
                value = str(value)[:_MOST_TEXT] if abs(value) < 10**40 else "a number beyond 1e40"
        elif not isinstance(value, bool):
            continue
        if value != "":
            kept[str(key)[:_MOST_KEY]] = value
    return kept


_LENGTH = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*(m|metres|meters|ft|feet|')?\s*")


def metres(value: object) -> float:
    """A length as maps write it (``12``, ``"12.5 m"``, ``"40 ft"``), in metres; NaN where it is none."""
    if isinstance(value, bool):
        return math.nan
    if isinstance(value, (int, float)):
        return float(value) if abs(value) < 1e6 else math.nan
    found = _LENGTH.fullmatch(value[:40]) if isinstance(value, str) else None
    if found is None:
        return math.nan
    number = float(found[1].replace(",", "."))
    return number * (0.3048 if found[2] in ("ft", "feet", "'") else 1.0)
