"""What tiles say of the things in them: ids, attributes and where each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.geodata.features import tidy_attributes

__all__ = ["NO_FEATURE", "Features", "key_of"]

NO_FEATURE = 0xFFFFFFFF
"""The number of vertices that belong to nothing."""
_KEYS = ("id", "ID", "Id", "key", "gml_id", "gmlid", "gml:id", "uuid", "guid", "GlobalId", "identificatie", "BIN", "name", "Name")


@dataclass
class Features:
    """Things, a row each.

    Attributes
    ----------
    keys, attributes
        Ids, and all that is said beside.
    low, high : float64[n, 3]
        The box around each in the world.
    """

    keys: list[str] = field(default_factory=list)
    attributes: list[dict[str, Any]] = field(default_factory=list)
    low: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 3)))
    high: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 3)))

    def __len__(self) -> int:
        return len(self.keys)

    def add(self, key: str, attributes: Mapping[str, Any]) -> int:
        """Put a thing whose place is not known yet; gives its row."""
        self.keys.append(key[:200])
        self.attributes.append(dict(attributes))
        return len(self.keys) - 1

    def locate(self, rows: NDArray[np.int64], points: NDArray[np.float64]) -> None:
        """Widen the boxes of rows ``[n]`` to points ``[n, 3]``."""
        have = len(self.low)
        if have < len(self.keys):
            more = np.full((len(self.keys) - have, 3), np.inf)
            self.low, self.high = np.concatenate([self.low, more]), np.concatenate([self.high, -more])
        np.minimum.at(self.low, rows, points)
        np.maximum.at(self.high, rows, points)

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Which ones have vertices, ``[n]``."""
        found = np.zeros(len(self.keys), bool)
        found[: len(self.low)] = np.isfinite(self.low).all(1)
        return found

    @classmethod
    def joined(cls, parts: Sequence[Features]) -> Features:
        """All in one, in order."""
        whole = cls()
        for part in parts:
            part.locate(np.zeros(0, np.int64), np.zeros((0, 3)))
            whole.keys += part.keys
            whole.attributes += part.attributes
        whole.low = np.concatenate([np.zeros((0, 3)), *(part.low for part in parts)])
        whole.high = np.concatenate([np.zeros((0, 3)), *(part.high for part in parts)])
        return whole


def key_of(row: Mapping[str, Any], instead: str, named: str = "") -> tuple[str, dict[str, Any]]:
    """A thing's id, and its other attributes as they can be kept; `named` is the column that the schema calls the id."""
    for name in (named, *_KEYS):
        value = row.get(name)
        if name and isinstance(value, (str, int)) and not isinstance(value, bool) and str(value):
            rest = {key: each for key, each in row.items() if key != name or name in ("name", "Name")}
            return str(value), tidy_attributes(_flat(rest))
    return instead, tidy_attributes(_flat(row))


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: ", ".join(map(str, each[:16])) if isinstance(each, list) else each for key, each in row.items()}
