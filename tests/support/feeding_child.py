"""A process that takes readings in, records them and says what is kept, until it is killed."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from taixu.app import Components
from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.scene import Transform
from taixu.twin.batch import Batch
from taixu.twin.bindings import read_bindings
from taixu.twin.device import Device, Roster
from taixu.twin.feed import Feed
from taixu.twin.frames import read_frames
from taixu.twin.memory import Recorder

START_NS = 1_760_000_000_000_000_000
STEP_NS = 1_000_000
DEVICES = 40


def feed(folder: str, seed: int, kept: Connection) -> None:
    """Feed for ever; what is sent is the last step of which all is kept."""
    gauge = declared_component("gauge", {"level": {"kind": "f64"}, "name": {"kind": "text"}})
    world, components = World(), Components()
    for cls in (Transform, Device, gauge):
        components.register(cls)
    keys = tuple(f"g{number}" for number in range(DEVICES))
    world.spawn_batch(DEVICES, {Transform: {}, gauge: {}, Device: {"key": np.array(keys, object)}})
    world.insert_resource(Roster())
    fed = Feed(read_bindings([{"topic": "t", "from": "v", "to": "gauge.level"}], components, read_frames({})))
    recorder = Recorder(Path(folder), key_rows=4.0, segment_bytes=200_000)
    rng = np.random.default_rng(seed)
    step = 0
    while True:
        step += 1
        told = rng.choice(DEVICES, int(rng.integers(1, DEVICES)), replace=False)
        now = START_NS + step * STEP_NS
        if step % 7 == 0:
            world.spawn(gauge(level=float(step)), Transform())
        values = {"v": np.full(len(told), float(step))}
        updates = fed.take(world, [Batch("t", told.astype(np.uint32), np.full(len(told), now), values, keys)], now_ns=now)
        recorder.take(updates)
        recorder.note("step", step=step, devices=sorted(told.tolist()))
        recorder.when_written(lambda step=step: kept.send_bytes(b"%d" % step))  # type: ignore[misc]
        recorder.record(world, now_ns=now)

