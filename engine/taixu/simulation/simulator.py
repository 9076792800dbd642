"""The contract of simulators that run together in one world, whoever wrote them: traffic, crowds, water, a unit in FMI.

A simulator owns its state and knows nobody. Columns go in and come out by name, at its own rate; `taixu.simulation.Conductor` keeps
the clock, hands columns on and keeps what fails away from the rest. Two runs from one checkpoint with the same columns in end in
the same state, bit for bit: `Simulator.state_hash` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = ["Columns", "Simulator", "doubt_of"]

Columns: TypeAlias = Mapping[str, NDArray[Any]]
"""Arrays by name. Who gets some reads them alone, and copies what is kept."""


@runtime_checkable
class Simulator(Protocol):
    """One simulator. All of it may raise `taixu.errors.TaixuError` with one sentence; it is then left out, and the rest goes on."""

    @property
    def name(self) -> str:
        """How columns and sentences call it: a word, unlike any other simulator's."""
        ...

    @property
    def period_ns(self) -> int:
        """How far apart its steps are, in simulated nanoseconds; it may take smaller ones inside."""
        ...

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        """Go on from `time_ns` by `dt_ns`.

        Parameters
        ----------
        time_ns
            When the step begins.
        dt_ns
            How long it is: the period.
        given
            What others said, by this simulator's own names; columns that nobody writes are not there.

        Returns
        -------
        Columns
            What it has to say as of the step's end; what is left out stays as it was.
        """
        ...

    def checkpoint(self) -> bytes:
        """Its whole state, of which `restore` makes the same simulator."""
        ...

    def restore(self, state: bytes) -> None:
        """Become what a checkpoint was taken of.

        Raises
        ------
        taixu.errors.TaixuError
            When this is no checkpoint of such a simulator; its state is then as before.
        """
        ...

    def state_hash(self) -> str:
        """32 hexadecimal digits that are equal where states are."""
        ...

    def close(self) -> None:
        """Give back what it holds; called once."""
        ...


def doubt_of(said: Columns) -> str:
    """What is wrong with what a simulator said; empty where nothing is."""
    for name, values in said.items():
        if values.dtype.kind not in "biuf":
            return f"its column {name} holds {values.dtype}, not numbers"
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            return f"its column {name} holds a value that is not finite"
    return ""
