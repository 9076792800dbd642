"""What a world document says besides its entities."""

from __future__ import annotations

import copy
from typing import Any

__all__ = ["WorldSettings"]


class WorldSettings:
    """Settings of one world, by the name of the part that reads them (a resource).

    Attributes
    ----------
    values : dict
        Plain JSON: ``{"physics": {"backend": "rapier"}}``. Names that nobody reads survive a round trip.
    asset_hashes : dict
        SHA-256 by path of the assets that the document refers to, as last saved: so moved files are found.
    other : dict
        Parts of the document that this version does not know, kept as they are.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.asset_hashes: dict[str, str] = {}
        self.other: dict[str, Any] = {}

    def section(self, name: str) -> dict[str, Any]:
        """The settings under a name; empty where there are none, or where they are no object."""
        found = self.values.get(name)
        return dict(found) if isinstance(found, dict) else {}

    def save_state(self) -> dict[str, Any]:
        return copy.deepcopy(vars(self))

    def load_state(self, state: dict[str, Any]) -> None:
        vars(self).update(copy.deepcopy(state))

    def fork(self, world: object) -> WorldSettings:
        other = WorldSettings()
        other.load_state(self.save_state())
        return other
