"""What things are parts of is followed from what happened; it must say the same as a look at everything."""

from __future__ import annotations

from typing import Any

import numpy as np

import taixu as tx
from taixu.scene import Light, Parent, Transform
from taixu.serve.sight import Sight
from taixu.twin.device import Device


def told(sight: Sight, known: dict[int, int], app: Any) -> dict[int, int]:
    """Of which whole each slot is, by all that was told until now."""
    app.settle()
    frame = sight.look(app.world, time_ns=0)
    for slot in frame.gone.tolist():
        del known[slot]
    known.update(zip(frame.told.tolist(), frame.told_ids.tolist()))
    return known


def by_entity(sight: Sight, known: dict[int, int]) -> dict[int, int]:
    return {int(sight._slots.entities[slot]): whole for slot, whole in known.items()}


def test_wholes_are_followed_through_all_that_happens() -> None:
    rng = np.random.default_rng(3)
    with tx.App.headless() as app:
        world = app.world
        lamps = world.spawn_batch(400, {Transform: {}, Light: {}}).tolist()
        sight, known = Sight(), {}
        told(sight, known, app)
        for step in range(120):
            some = [int(each) for each in rng.choice(lamps, 2, replace=False)]
            chance = rng.random()
            if chance < 0.3:
                world.insert(some[0], Parent(some[1]))
            elif chance < 0.4:
                world.remove(some, Parent)
            elif chance < 0.6:
                world.insert(some[0], Device(key=f"d{step}", kind=str(rng.integers(3))))
            elif chance < 0.7:
                world.remove(some[:1], Device)
            elif chance < 0.85:
                world.despawn(some[0])
                lamps.remove(some[0])
            else:
                lamps.append(world.spawn(Transform, Light))
            followed = by_entity(sight, told(sight, known, app))
            fresh = Sight()
            assert followed == by_entity(fresh, told(fresh, {}, app)), f"in step {step}"
