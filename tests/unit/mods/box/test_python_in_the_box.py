"""Python itself in the locked process: budgets, repeats to the last bit, and life after the helper's death."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from waiting import HANG_SECS, until

from taixu.mods.box import Box, BoxedMod, Layout, Limits, Reply

pytest.importorskip("wasmtime")
LAYOUT = Layout(slots=32, columns_bytes=1 << 20)
LIMITS = Limits(fuel=200_000_000, call_secs=HANG_SECS, boot_secs=HANG_SECS)
SOURCE = """
import random
from array import array

columns = {}
count = 0


def boot(config):
    return b"up"


def column(name, nbytes):
    columns[name] = array("f", bytes(nbytes))
    return columns[name].buffer_info()[0]


def call(kind, payload):
    global count
    count += 1
    if kind == 2:
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
    x = columns["x"]
    for place in range(len(x)):
        x[place] += random.random() + hash(str(place)) % 7
    return str(count).encode()
"""


@cache
def image_path() -> Path:
    """The compiled image, once for all tests here."""
    from taixu.mods.box.image import compiled

    return compiled()


@pytest.fixture(scope="module")
def shared_box() -> Iterator[Box]:
    """A box for all tests here; each opens mods of its own, and closes them."""
    box = Box(image=image_path(), layout=LAYOUT)
    box.start(HANG_SECS)
    yield box
    box.stop()


@pytest.fixture
def box(shared_box: Box) -> Iterator[Box]:
    """The shared box, empty."""
    yield shared_box
    for mod in shared_box.mods:
        mod.close()
    until(lambda: shared_box.tend() is None and not shared_box.mods)


def open_mod(box: Box, seed: int = 1) -> BoxedMod:
    mod = box.open("mod", {"taixu_guest_main.py": SOURCE}, json.dumps({"seed": seed}).encode(), limits=LIMITS)
    reply = next_reply(mod)
    assert (reply.about, reply.status, reply.payload) == ("boot", "ok", b"up")
    return mod


def next_reply(mod: BoxedMod) -> Reply:
    return until(lambda: mod.poll(1.0), what=lambda: f"no reply: {mod.state}, {mod.off_reason}", pause_secs=0.0)


def tick(mod: BoxedMod, kind: int = 1) -> Reply:
    mod.columns("x", "f4", 1, 500)
    mod.send(kind, b"", reads=("x",), writes=("x",))
    return next_reply(mod)


def test_all_layers_stand_around_python(box: Box) -> None:
    assert box.badge == "" or "Landlock" in box.badge
    assert box.complaints == ""


def test_steps_are_the_same_in_every_instance_to_the_last_bit_and_instruction(box: Box) -> None:
    def play() -> tuple[str, list[int]]:
        mod = open_mod(box, seed=5)
        mod.columns("x", "f4", 1, 500)[:] = np.arange(500)
        fuels = [tick(mod).fuel for _ in range(5)]
        return hashlib.sha256(mod.columns("x", "f4", 1, 500).tobytes()).hexdigest(), fuels

    assert play() == play()


def test_a_loop_that_swallows_everything_ends_with_its_fuel(box: Box) -> None:
    mod = open_mod(box)
    reply = tick(mod, kind=2)
    assert (reply.status, reply.fuel) == ("trapped", LIMITS.fuel)
    assert reply.reason.startswith("fuel")
    assert next_reply(mod).about == "restored"
    assert tick(mod).payload == b"1"


def test_killed_in_the_middle_it_goes_on_from_the_snapshot_as_if_nothing_had_been(box: Box) -> None:
    mod = open_mod(box)
    x = mod.columns("x", "f4", 1, 500)
    x[:] = 0
    for _ in range(3):
        tick(mod)
    mod.snapshot(tag=3)
    assert next_reply(mod).about == "snapshot"
    before = x.copy()
    assert tick(mod).payload == b"4"
    after = x.copy()
    mod.send(1, b"", reads=("x",), writes=("x",))
    os.kill(box.pid, signal.SIGKILL)
    while (reply := next_reply(mod)).about != "restored":  # the call was answered before it, or is lost
        assert reply.status in ("ok", "lost")
    assert reply.status == "ok"
    x = mod.columns("x", "f4", 1, 500)
    x[:] = before
    assert tick(mod).payload == b"4"
    np.testing.assert_array_equal(x, after)


def test_thirty_two_mods_live_in_one_helper(box: Box) -> None:
    mods = [open_mod(box, seed) for seed in range(LAYOUT.slots)]
    for mod in mods:
        mod.columns("x", "f4", 1, 500)[:] = 0
        mod.send(1, b"", reads=("x",), writes=("x",))
    assert [next_reply(mod).payload for mod in mods] == [b"1"] * LAYOUT.slots
    assert len({mod.columns("x", "f4", 1, 500).tobytes() for mod in mods}) == LAYOUT.slots
    rss_pages = int(Path(f"/proc/{box.pid}/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    assert rss_pages * 4096 < 32 * (16 << 20) + (256 << 20)
