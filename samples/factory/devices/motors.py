"""Motors: they warm up with what they do, tremble with their bearings, and trip when they get too hot."""

from __future__ import annotations

import numpy as np

AIR_DEGC, TRIP_DEGC, COOL_DEGC = 22.0, 92.0, 65.0
_TAU_SECS = 20.0


class Motor:
    """A motor with a bearing.

    Attributes
    ----------
    wear
        Of its bearing: 0 is sound, 1 is about to seize.
    """

    def __init__(self, rng: np.random.Generator, *, warm: float = 24.0, amps: float = 6.0) -> None:
        self._rng, self._warm, self._amps = rng, warm, amps
        self.temperature = AIR_DEGC + warm * float(rng.uniform(0.75, 1.0))
        self.wear = 0.0
        self.is_wearing = False
        self.has_tripped = False
        self.load = 1.0
        self.vibration = 1.2
        self.current = amps

    def step(self, dt: float, load: float) -> None:
        """Some time under a load: 0 stands still, 1 is as usual."""
        self.load = load
        self.wear = min(self.wear + dt / 9.0, 1.0) if self.is_wearing and load > 0 else self.wear
        heat = self._warm * load * (1 + 4.2 * self.wear)
        self.temperature += (AIR_DEGC + heat - self.temperature) * dt / _TAU_SECS
        self.vibration = load * (1.2 + 9.0 * self.wear**1.5) * (1 + 0.06 * float(self._rng.standard_normal()))
        self.current = load * self._amps * (1 + 0.9 * self.wear) * (1 + 0.02 * float(self._rng.standard_normal()))
        if self.temperature > TRIP_DEGC:
            self.has_tripped = True

    def reset(self) -> str:
        """Switch it on again after it tripped; says why not, if not."""
        if self.has_tripped and self.temperature > COOL_DEGC:
            return f"the motor is still at {self.temperature:.0f} °C; it may start below {COOL_DEGC:.0f} °C"
        self.has_tripped, self.is_wearing, self.wear = False, False, 0.0
        return ""
