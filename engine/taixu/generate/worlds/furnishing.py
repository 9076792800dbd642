"""A world that is being furnished: what stands already, and whether there is room for more."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.places.props.catalogue import put_together
from taixu.generate.places.props.staging import Stage
from taixu.generate.worlds.kinds import Kind
from taixu.generate.worlds.layouts import Street, distance_to_line, meet, rectangle
from taixu.generate.worlds.sites import Site

__all__ = ["Furnisher", "along_street"]

Array = NDArray[Any]
VARIANTS = {"car": 3, "container": 3}
"""How many forms of a prop there are in a world, where it is more than one."""


class Furnisher:
    """Puts things where there is room.

    Attributes
    ----------
    taken
        Plans of what stands already, float64[4, 2] each.
    palette
        Pictures of walls and roads, shared.
    """

    def __init__(self, stage: Stage, site: Site, kind: Kind, seed: int, *, lit: bool, texture_px: int, rocks: float = 1.0) -> None:
        self.wanted_rocks = round(kind.rocks * rocks)
        self.stage, self.site, self.kind, self.seed, self.lit, self.texture_px = stage, site, kind, seed, lit, texture_px
        self.palette = Palette(texture_px)
        self.random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFFFFFFFFFF, 211]))
        self.taken: list[Array] = [lot.corners for lot in site.layout.lots]
        self._sizes: dict[str, tuple[float, float]] = {}

    def ground(self, x: float, z: float) -> float:
        """Height of what one stands on at a place."""
        return float(self.site.level_at(x, z)[0])

    def is_wet(self, x: float, z: float, margin: float = 0.15) -> bool:
        """Whether water stands there."""
        return float(self.site.land.water_at(np.array([x]), np.array([z]))[0]) > self.ground(x, z) - margin

    def put(
        self, kind: str, x: float, z: float, turn: float, *, lift: float = 0.0, on_street: bool = False, check: bool = True
    ) -> bool:
        """Stand a prop somewhere, if there is room; whether there was."""
        size = self.site.land.spec.size_m / 2 - 4
        if max(abs(x), abs(z)) > size or (check and self.is_wet(x, z)):
            return False
        wide, deep = self.size(kind)
        plan = rectangle(x, z, wide, deep, turn)
        if check and any(meet(plan, other, margin=0.12) for other in self.taken if abs(other[:, 0].mean() - x) < 26
            and abs(other[:, 1].mean() - z) < 26):
            return False
        if check and not on_street:
            for street in self.site.layout.streets:
                if float(distance_to_line(plan, street.line).min()) < street.wide / 2 - 0.25:
                    return False
        if check and len(self.site.layout.canal) and float(distance_to_line(plan, self.site.layout.canal).min()) < 5.2:
            return False
        spots = np.concatenate([plan, [[x, z]]])
        heights = self.site.level_at(spots[:, 0], spots[:, 1])
        if check and float(heights.max() - heights.min()) > 0.9:
            return False
        # Of what stands on a slope, the lower edge would hang in the air: it stands on the lowest of its corners, a little sunk.
        y = float(heights.min()) + (0.25 * float(np.ptp(heights)) if max(wide, deep) > 0.9 else 0.0) + lift
        self.stage.prop(kind, (x, y, z), turn=turn, variant=int(self.random.integers(VARIANTS.get(kind, 1))))
        self.taken.append(plan)
        return True

    def size(self, kind: str) -> tuple[float, float]:
        """Width and depth of a prop about its origin, metres."""
        if kind not in self._sizes:
            points = np.concatenate([solid.points for solids in put_together(kind, 0).parts.values() for solid in solids])
            low, high = points.min(0), points.max(0)
            self._sizes[kind] = (2 * float(max(-low[0], high[0])), 2 * float(max(-low[2], high[2])))
        return self._sizes[kind]

    def on_a_street(self, x: float, z: float, *, but: Street | None = None, margin: float = 0.2) -> bool:
        """Whether a place is on a street or nearer to one than a margin."""
        spot = np.array([[x, z]])
        return any(street is not but and float(distance_to_line(spot, street.line)[0]) < street.wide / 2 + margin
            for street in self.site.layout.streets)

    def is_inside(self, x: float, z: float) -> bool:
        """Whether a place belongs to the settlement."""
        n, size = len(self.site.calm), self.site.land.spec.size_m
        row, column = (int(np.clip(round((value / size + 0.5) * (n - 1)), 0, n - 1)) for value in (z, x))
        return float(self.site.calm[row, column]) > 0.35

    def slope(self, x: float, z: float) -> float:
        """Rise over run of the ground at a place."""
        return float(np.hypot(self.ground(x + 0.7, z) - self.ground(x - 0.7, z),
            self.ground(x, z + 0.7) - self.ground(x, z - 0.7))) / 1.4


def along_street(street: Street, step: float, first: float) -> list[tuple[float, float, Array]]:
    """Places along a street, with its direction there."""
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(street.line, axis=0).T))])
    found = []
    for at in np.arange(first, float(lengths[-1]) - 1.0, step):
        x, z = (float(np.interp(at, lengths, street.line[:, axis])) for axis in (0, 1))
        ahead = np.array([np.interp(at + 0.8, lengths, street.line[:, axis]) - np.interp(at - 0.8, lengths, street.line[:, axis])
            for axis in (0, 1)])
        found.append((x, z, ahead / max(float(np.hypot(*ahead)), 1e-6)))
    return found
