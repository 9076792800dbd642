"""Probes on the device: where they stand, what they know, and how they learn more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Buffer, Device, ImageBinding, Texture
from taixu.render.bindings import UniformSlot
from taixu.render.indirect.baked import BakedProbes
from taixu.render.indirect.blocks import (
    GRID_BLOCK,
    GRID_SLOT,
    MOST_RAYS,
    PROBE_STATE,
    PROBE_UNIT,
    TILE,
    UPDATE_BLOCK,
    ProbeSlot,
)  # fmt: skip
from taixu.render.indirect.lattice import Lattice
from taixu.render.indirect.things import ProbeThings
from taixu.render.lights import Lights
from taixu.render.skies import Sky
from taixu.scene import CELL_M, Environment

__all__ = ["PLACING_ROUNDS", "SETTLED_ROUNDS", "ProbeField", "Surroundings"]

SETTLED_ROUNDS = 32
"""As often all probes look around; after that they rest, until something changes."""
PLACING_ROUNDS = 5
"""Of those, in which they find their places."""
_MOVING_COUNT = 6
"""A mean goes over as many looks at most, where something moved."""
_OFF_SURFACE = 0.3
"""Of the spacing, that light is asked for off a surface: what lies in it is not its own shadow."""
_LIFT_M = 2e-3
_STACK_STEP = 16


@dataclass(frozen=True)
class Surroundings:
    """Light that comes from elsewhere; `bind_lamps` is `LightingFeature.bind_lamps`."""

    lights: Lights
    sky: Sky
    environment: Environment
    bind_lamps: Callable[[Buffer | None, tuple[int, int, int]], Buffer]


class ProbeField:
    """The probes of a world.

    Attributes
    ----------
    rounds
        How often all probes have looked around since something changed.
    updates
        How often some have, in all.
    is_exact
        Whether what they know follows from the world alone, and not from what it was before.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self.lattice: Lattice | None = None
        self.rounds = 0
        self.updates = 0
        self.is_exact = False
        self.atlas: Texture | None = None
        self.states: Buffer | None = None
        self._rays: Buffer | None = None
        self._lights: Buffer | None = None
        self._next = 0
        self._woken = False

    # -- where they stand ----------------------------------------------------------------------------------------------
    def stand(self, lattice: Lattice) -> None:
        """Stand there; who stood there before keeps what it knows."""
        old = self.lattice
        if old == lattice:
            return
        fresh = np.ones(lattice.count, bool)
        if old is None or old.counts != lattice.counts or old.spacing_m != lattice.spacing_m:
            self.release()
            columns = ceil(sqrt(lattice.count))
            size = (columns * TILE[0], ceil(lattice.count / columns) * TILE[1])
            dark = np.zeros((size[1], size[0], 4), np.float16)
            self.atlas = self.device.texture(size, "rgba16f", data=dark, label="probes")
            self.states = self.device.buffer(PROBE_STATE.zeros(lattice.count), label="probes' states")
        else:
            fresh = (old.points() != lattice.points()).any(1)
            assert self.states is not None
            states = self.states.read(PROBE_STATE.dtype)
            states[fresh] = np.zeros(1, PROBE_STATE.dtype)
            self.states.write(states)
        self.lattice = lattice
        self.wake(fresh=True)

    def forget(self) -> None:
        """As if none had ever looked around."""
        assert self.states is not None
        assert self.lattice is not None
        self.states.write(PROBE_STATE.zeros(self.lattice.count))
        self.updates = self._next = 0
        self.wake(fresh=True)
        self._woken = False

    def load(self, baked: BakedProbes) -> None:
        """Know what was found before, and look around no more."""
        self.release()
        height, width = baked.atlas.shape[:2]
        self.atlas = self.device.texture((width, height), "rgba16f", data=baked.atlas, label="baked probes")
        self.lattice = baked.lattice

    def baked(self, **made_by: Any) -> BakedProbes:
        """What they know now, to be kept."""
        assert self.lattice is not None
        assert self.atlas is not None
        return BakedProbes(self.lattice, self.atlas.read().astype(np.float16), {"rounds": self.rounds, **made_by})

    def wake(self, *, fresh: bool = False) -> None:
        """Something changed: look around again. `fresh` ones have nothing to forget."""
        self.rounds = 0
        self.is_exact = False
        self._woken = not fresh or self._woken

    @property
    def is_settled(self) -> bool:
        """Whether they know what there is to know."""
        return self.rounds >= SETTLED_ROUNDS

    # -- looking around --------------------------------------------------------------------------------------------------
    def look(self, things: ProbeThings, around: Surroundings, *, rays: int, budget: int) -> None:
        """The next probes look around, with about `budget` rays, and each once at most."""
        assert self.lattice is not None
        self._bind(things, around)
        self.is_exact = False
        rays = int(np.clip(rays, 16, MOST_RAYS))
        left = int(np.clip(budget // rays, 1, self.lattice.count))
        while left > 0:
            batch = min(left, self.lattice.count - self._next)
            self._look(things, around, self._next, batch, rays)
            left -= batch
            self._next += batch
            if self._next == self.lattice.count:
                self._next = 0
                self.rounds += 1
                if self.rounds >= 2 * _MOVING_COUNT:
                    self._woken = False

    def settle(self, things: ProbeThings, around: Surroundings, *, rays: int) -> None:
        """Begin anew and look around until all is known: the same world gives the same light."""
        assert self.lattice is not None
        self.forget()
        self._bind(things, around)
        for _ in range(SETTLED_ROUNDS + PLACING_ROUNDS):
            self._look(things, around, 0, self.lattice.count, int(np.clip(rays, 16, MOST_RAYS)))
        self.rounds, self.is_exact = SETTLED_ROUNDS, True

    def _bind(self, things: ProbeThings, around: Surroundings) -> None:
        device = self.device
        assert self.atlas is not None
        assert self.states is not None
        self._lights = around.bind_lamps(self._lights, things.cell)
        device.bind_texture(0, around.sky.maps.atlas, device.sampler(mip="none", wrap="clamp"))
        things.bind()
        device.bind_storage(ProbeSlot.STATES, self.states)
        self.bind(things.cell)

    def _look(self, things: ProbeThings, around: Surroundings, first: int, count: int, rays: int) -> None:
        device = self.device
        assert self.atlas is not None
        wanted = count * rays * 16
        if self._rays is None or self._rays.size < wanted:
            if self._rays is not None:
                self._rays.release()
            self._rays = device.buffer(wanted, label="probes' rays")
        device.bind_storage(ProbeSlot.RAYS, self._rays)
        block = UPDATE_BLOCK.zeros()
        block["turn"][:, :3] = _turn(self.updates)
        angle, lights = around.environment.rotation_rad, around.lights
        block["sky_turn"] = (np.cos(angle), np.sin(angle), around.environment.intensity, 0)
        block["light_counts"] = (lights.directional_count, lights.count - lights.directional_count, 0, 0)
        block["batch"] = (first, count, rays, things.node_count)
        block["settings"] = (_MOVING_COUNT, _LIFT_M, self._woken, self.updates % 4096)
        device.push_uniform(UniformSlot.FREE, block)
        deep = -(-things.depth // _STACK_STEP) * _STACK_STEP
        device.dispatch(
            device.compute_pipeline("compute/indirect/probe_rays.comp", defines={"MOST_OPEN": deep}), (count * rays + 63) // 64
        )
        device.barrier()
        device.bind(device.bind_group(images={0: ImageBinding(self.atlas, access="read_write")}))
        device.dispatch(device.compute_pipeline("compute/indirect/probe_blend.comp"), count)
        device.barrier()
        self.updates += 1

    # -- light for surfaces ----------------------------------------------------------------------------------------------
    def bind(self, cell: Any, *, strength: float = 1.0) -> None:
        """Bind the light for positions relative to a cell."""
        assert self.lattice is not None
        assert self.atlas is not None
        device, lattice, step = self.device, self.lattice, self.lattice.spacing_m
        block = GRID_BLOCK.zeros()
        block["origin"][:3] = lattice.origin - np.asarray(cell, np.float64) * CELL_M
        block["origin"][3] = strength
        block["spacing"] = (step, 1.0 / step, _OFF_SURFACE * step, 0)
        block["counts"] = (*lattice.counts, self.atlas.size[0] // TILE[0])
        block["first"][:3] = np.mod(lattice.first, lattice.counts)
        block["atlas"][:2] = 1.0 / np.asarray(self.atlas.size)
        device.push_uniform(GRID_SLOT, block)
        device.bind_texture(PROBE_UNIT, self.atlas, device.sampler(mip="none", wrap="clamp"))

    def release(self) -> None:
        """Give the memory back."""
        for resource in (self.atlas, self.states, self._rays, self._lights):
            if resource is not None:
                resource.release()
        self.atlas = self.states = self._rays = self._lights = None
        self.lattice = None
        self.rounds = self.updates = self._next = 0


def _turn(number: int) -> NDArray[np.float64]:
    """An even spread of rotations, by number: Shoemake's uniform quaternions of a sequence by Roberts, in three dimensions."""
    u, v, w = np.mod(0.5 + number * np.array([0.8191725134, 0.6710436067, 0.5497004779]), 1.0)
    a, b = sqrt(1 - u), sqrt(u)
    x, y, z, s = a * np.sin(2 * np.pi * v), a * np.cos(2 * np.pi * v), b * np.sin(2 * np.pi * w), b * np.cos(2 * np.pi * w)
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - s * z), 2 * (x * z + s * y)],
        [2 * (x * y + s * z), 1 - 2 * (x * x + z * z), 2 * (y * z - s * x)],
        [2 * (x * z - s * y), 2 * (y * z + s * x), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip
