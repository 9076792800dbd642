"""Hostile mods, by families: each is shown to succeed in native Python, and then to fail in the box, whose other mods go on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hostile_mods import CRASHING, ENDLESS, HOSTILE
from waiting import HANG_SECS, until

from taixu.mods.box import Box, BoxedMod, Layout, Limits, Reply

pytest.importorskip("wasmtime")
NATIVE = Path(__file__).parents[3] / "support" / "hostile_native.py"
FAMILIES = {**HOSTILE, "crashing": CRASHING, "endless": ENDLESS}
HARM = {"crashing": "crashed", "endless": "endless"}
OF_THIS_PYTHON = {name for name in CRASHING if name.startswith(("bad", "deep"))}
"""Bytecode and depths that crash 3.11; other versions may take them otherwise."""
LIMITS = Limits(fuel=300_000_000, call_secs=HANG_SECS, boot_secs=HANG_SECS, memory_bytes=64 << 20)
GUEST = """
def boot(config): return b""
def column(name, nbytes): return 0
def call(kind, payload):
    space = {"__builtins__": dict(vars(__import__("builtins"))), "__name__": "mod"}
    exec(payload.decode(), space)
    return b"won" if space.get("won") is True else b"not"
"""
NEIGHBOUR = """
count = 0
def boot(config): return b""
def column(name, nbytes): return 0
def call(kind, payload):
    global count
    count += 1
    return str(count).encode()
"""


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    from taixu.mods.box.image import compiled

    made = Box(image=compiled(), layout=Layout(slots=4))
    made.start(HANG_SECS)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def neighbour(box: Box) -> BoxedMod:
    """A mod that counts its calls, beside all the hostile ones."""
    return open_mod(box, NEIGHBOUR)


def open_mod(box: Box, source: str) -> BoxedMod:
    mod = box.open("mod", {"taixu_guest_main.py": source}, b'{"seed": 1}', limits=LIMITS)
    reply = next_reply(mod)
    assert (reply.about, reply.status) == ("boot", "ok"), reply
    return mod


def next_reply(mod: BoxedMod) -> Reply:
    return until(lambda: mod.poll(1.0), what=lambda: f"no reply: {mod.state}", pause_secs=0.0)


@cache
def natively(folder: str) -> dict[str, dict[str, str]]:
    done = subprocess.run(
        [sys.executable, str(NATIVE), folder], capture_output=True, text=True, timeout=10 * HANG_SECS, check=True
    )  # fmt: skip
    told: dict[str, dict[str, str]] = json.loads(done.stdout)
    return told


@pytest.mark.skipif(sys.platform != "linux", reason="forks, and looks at Linux's files")
@pytest.mark.parametrize("family", list(FAMILIES))
def test_it_does_harm_where_nothing_contains_it(family: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    told = natively(str(tmp_path_factory.getbasetemp()))[family]
    harmless = {name: said for name, said in told.items() if said != HARM.get(family, "won")}
    assert harmless.keys() <= (set() if sys.version_info[:2] == (3, 11) else OF_THIS_PYTHON), harmless


@pytest.mark.parametrize(("family", "name"), [(family, name) for family, codes in FAMILIES.items() for name in codes])
def test_it_does_none_in_the_box(box: Box, neighbour: BoxedMod, family: str, name: str) -> None:
    pid = box.pid
    neighbour.send(1, b"")
    before = int(next_reply(neighbour).payload)
    mod = open_mod(box, GUEST)
    mod.send(1, FAMILIES[family][name].encode())
    reply = next_reply(mod)
    if reply.status == "ok":
        assert reply.payload == b"not"
    else:
        assert reply.status in ("error", "trapped")
        assert reply.reason.strip()
        assert len(reply.reason) <= 2000
    assert reply.fuel <= LIMITS.fuel
    assert reply.memory_bytes <= LIMITS.memory_bytes
    if family == "endless":
        assert (reply.status, reply.reason.split(":")[0]) in {("trapped", "fuel"), ("trapped", "stack")}, reply
    mod.close()
    neighbour.send(1, b"")
    assert int(next_reply(neighbour).payload) == before + 1
    assert (box.pid, box.restarts, box.complaints) == (pid, 0, "")


def test_there_are_enough_of_them() -> None:
    assert sum(len(codes) for codes in FAMILIES.values()) >= 150
