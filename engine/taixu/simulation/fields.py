"""What an entity's components say, as columns of a simulator: so gates, pumps and signs of a world are heard by its simulators."""

from __future__ import annotations

from taixu.errors import TaixuError
from taixu.simulation.packing import hash_state, pack, unpack
from taixu.simulation.simulator import Columns

__all__ = ["Fields"]


class Fields:
    """A simulator that has no state of its own: whoever runs it says its columns (`taixu.simulation.Conductor.say`)."""

    def __init__(self, *, name: str = "fields", period_secs: float = 1.0) -> None:
        self.name, self.period_ns = name, round(period_secs * 1e9)

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        """It has nothing to add."""
        return {}

    def checkpoint(self) -> bytes:
        """Nothing; what was said is the conductor's."""
        return pack({}, {"fields": True})

    def restore(self, state: bytes) -> None:
        """Become what a checkpoint was taken of."""
        if unpack(state)[1] != {"fields": True}:
            raise TaixuError("this is no state of fields")

    def state_hash(self) -> str:
        """The hash of its checkpoint."""
        return hash_state(self.checkpoint())

    def close(self) -> None:
        """It holds nothing."""
