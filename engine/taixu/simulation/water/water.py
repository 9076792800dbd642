"""Shallow water over a grid of ground: floods, dam breaks, streets in the rain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.errors import TaixuError
from taixu.simulation.packing import hash_state, pack, unpack
from taixu.simulation.simulator import Columns

__all__ = ["Volumes", "Water"]

_MOST_CELLS = 1 << 26
_COURANT = 0.45
_MOST_STEPS = 100_000
"""Inner steps of one step: more means waves that no water has."""
_SIDES = ("west", "east", "north", "south")


@dataclass(frozen=True, slots=True)
class Volumes:
    """Where water came from and went, m3 since the start: ``stored == began + rained - drained - left`` but for rounding."""

    stored: float
    began: float
    rained: float
    drained: float
    left: float

    @property
    def error(self) -> float:
        """What is missing of all water that ever was, as a share of it."""
        was = self.began + self.rained
        return abs(self.stored - (was - self.drained - self.left)) / was if was > 0 else 0.0


class Water:
    """A simulator of shallow water.

    It is told ``rain`` (m/s: a number, or one a cell), ``drain`` (m/s that a cell swallows at most) and ``pour`` (metres a cell,
    added at once); it says ``depth`` (m, float32 ``[rows, columns]``), ``speed`` (m/s) and ``volumes`` (`Volumes` as five numbers).

    Parameters
    ----------
    bed
        Height of the ground, and of whatever stands on it and holds water off, metres, ``[rows, columns]``: rows along z, columns
        along x.
    cell
        Side of a cell, metres.
    depth
        Water at the start, metres; a number or one a cell.
    manning
        Roughness, s/m^(1/3): asphalt 0.013, grass 0.03; a number or one a cell.
    open_sides
        Of west, east, north and south (low x, high x, low z, high z), those over which water leaves; elsewhere stands a wall.
    threads
        How many bands are computed at a time; the result does not depend on it.

    Raises
    ------
    TaixuError
        When shapes differ, something is not finite, or there are too many cells.
    MachineError
        When numba is missing.
    """

    def __init__(
        self, bed: ArrayLike, *, cell: float, depth: ArrayLike = 0.0, manning: ArrayLike = 0.02, open_sides: tuple[str, ...] = (),
        name: str = "water", period_secs: float = 1.0, threads: int = 2,
    ) -> None:  # fmt: skip
        self.name, self.period_ns = name, round(period_secs * 1e9)
        self.bed = np.array(bed, np.float64, order="C")
        if self.bed.ndim != 2 or self.bed.size == 0 or self.bed.size > _MOST_CELLS:
            raise TaixuError(f"water wants ground of rows and columns, at most {_MOST_CELLS} cells, not {self.bed.shape}")
        if not cell > 0 or not np.isfinite(cell):
            raise TaixuError(f"a cell of water wants a size above zero, not {cell}")
        unknown = set(open_sides) - set(_SIDES)
        if unknown:
            raise TaixuError(f"open_sides takes {', '.join(_SIDES)}, not {', '.join(sorted(unknown))}")
        self.cell = float(cell)
        self._depth = self._field(depth, "depth", lowest=0.0)
        self._along_x, self._along_z = np.zeros_like(self.bed), np.zeros_like(self.bed)
        self._manning = self._field(manning, "manning", lowest=0.0)
        self._field(self.bed, "bed")
        self._sides = np.array([side in open_sides for side in _SIDES])
        rows, columns = self.bed.shape
        self._flux_x, self._flux_z = np.zeros((rows, columns + 1, 4)), np.zeros((rows + 1, columns, 4))
        self._share, self._rain, self._drain = np.ones_like(self.bed), np.zeros_like(self.bed), np.zeros_like(self.bed)
        self._began = float(self._depth.sum()) * self.cell**2
        self._rained = self._drained = self._left = 0.0
        self._pool = ThreadPoolExecutor(max(1, threads), thread_name_prefix="taixu water")
        # Sums are of bands of fixed height, so that they do not depend on threads.
        self._bands = [(first, min(first + 64, rows)) for first in range(0, rows, 64)]

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        """Go on by `dt_ns` in as many inner steps as waves want (Courant number 0.45)."""
        if "rain" in given:
            self._rain = self._field(given["rain"], "rain", lowest=0.0)
        if "drain" in given:
            self._drain = self._field(given["drain"], "drain", lowest=0.0)
        if "pour" in given:
            poured = self._field(given["pour"], "pour", lowest=0.0)
            self._depth += poured
            self._rained += float(poured.sum()) * self.cell**2
        remaining, taken = dt_ns / 1e9, 0
        while remaining > 0:
            wave = max(self._each_band(_kernels().fastest_wave, self._depth, self._along_x, self._along_z))
            allowed = _COURANT * self.cell / wave if wave > 0 else remaining
            dt = remaining if allowed >= remaining else remaining / np.ceil(remaining / allowed)
            self._advance(float(dt))
            remaining = remaining - dt if dt < remaining else 0.0
            taken += 1
            if taken > _MOST_STEPS:
                raise TaixuError(f"the water wants more than {_MOST_STEPS} steps a second: something moves at {wave:.3g} m/s")
        return self.said()

    def said(self) -> dict[str, NDArray[Any]]:
        """What it says after a step."""
        fast = np.hypot(self._along_x, self._along_z) / np.maximum(self._depth, 1e-3)
        volumes = self.volumes
        return {
            "depth": self._depth.astype(np.float32),
            "speed": fast.astype(np.float32),
            "volumes": np.array([volumes.stored, volumes.began, volumes.rained, volumes.drained, volumes.left]),
        }

    @property
    def volumes(self) -> Volumes:
        """Where the water is."""
        return Volumes(float(self._depth.sum()) * self.cell**2, self._began, self._rained, self._drained, self._left)

    def checkpoint(self) -> bytes:
        """Depth, momenta, weather and volumes."""
        arrays = {
            "depth": self._depth, "along_x": self._along_x, "along_z": self._along_z, "rain": self._rain, "drain": self._drain
        }  # fmt: skip
        # As hexadecimal texts: JSON of other makers rounds numbers.
        facts = {name: getattr(self, f"_{name}").hex() for name in ("began", "rained", "drained", "left")}
        return pack(arrays, facts)

    def restore(self, state: bytes) -> None:
        """Become what a checkpoint was taken of; the ground is this simulator's."""
        arrays, facts = unpack(state)
        names = ("depth", "along_x", "along_z", "rain", "drain")
        if any(name not in arrays or arrays[name].shape != self.bed.shape for name in names):
            raise TaixuError(f"this is no state of water over {self.bed.shape[0]} x {self.bed.shape[1]} cells")
        try:
            sums = {name: float.fromhex(facts[name]) for name in ("began", "rained", "drained", "left")}
        except (KeyError, TypeError, ValueError) as error:
            raise TaixuError("this is no state of water: its volumes are missing") from error
        for name in names:
            setattr(self, f"_{name}", arrays[name].astype(np.float64))
        for name, value in sums.items():
            setattr(self, f"_{name}", value)

    def state_hash(self) -> str:
        """The hash of its checkpoint."""
        return hash_state(self.checkpoint())

    def close(self) -> None:
        """End its threads."""
        self._pool.shutdown()

    def _advance(self, dt: float) -> None:
        kernels, area = _kernels(), self.cell**2
        water = (self._depth, self._along_x, self._along_z)
        if self._rain.any() or self._drain.any():
            self._drained += sum(self._each_band(kernels.add_sources, *water, self._rain, self._drain, dt)) * area
            self._rained += float(self._rain.sum()) * dt * area
        self._each_band(kernels.cross_fluxes, *water, self.bed, self._flux_x, self._flux_z, self._sides)
        self._each_band(kernels.limit_outflow, self._depth, self._flux_x, self._flux_z, self._share, dt / self.cell)
        fields = (*water, self.bed, self._flux_x, self._flux_z, self._share, dt, self.cell, self._manning)
        self._left += sum(self._each_band(kernels.update_cells, *fields)) * area

    def _each_band(self, kernel: Any, *arguments: Any) -> list[Any]:
        return list(self._pool.map(lambda band: kernel(*arguments, *band), self._bands))

    def _field(self, values: ArrayLike, what: str, *, lowest: float | None = None) -> NDArray[np.float64]:
        """One number a cell."""
        try:
            field = np.ascontiguousarray(np.broadcast_to(np.asarray(values, np.float64), self.bed.shape)).copy()
        except ValueError as error:
            raise TaixuError(f"the water's {what} wants one number, or one for each of {self.bed.shape} cells") from error
        if not np.isfinite(field).all() or (lowest is not None and (field < lowest).any()):
            raise TaixuError(f"the water's {what} holds a number that is not finite, or below zero")
        return field


def _kernels() -> Any:
    from taixu.simulation.water import kernels

    return kernels
