"""Whatever comes over the boundary around mods: pointers, operations, answers, messages, reports, lock files."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from boxed_python import Console
from fuzzing import cases, damaged
from hypothesis import given
from hypothesis import strategies as st
from lying_helper import LyingHelper
from mod_packages import package

from taixu.errors import TaixuError
from taixu.mods.box import client, ops
from taixu.mods.box.client import Box
from taixu.mods.box.limits import Layout
from taixu.mods.box.wire import Ask, Column, Done, Inbox, Malformed, Message, Op, Status, encode, encode_ask, encode_done
from taixu.mods.decoding import decode_answer
from taixu.mods.inbox import Inbox as Letters
from taixu.mods.packages.lock import LockedMod, read_lock, write_lock
from taixu.script.api import COMMANDS

# Column arithmetic: a host function with pointers

SIZE = 4096
POINTERS = st.one_of(
    st.integers(0, SIZE), st.sampled_from([0, 1, 7, SIZE - 8, SIZE - 1, SIZE, SIZE + 1, 1 << 31, (1 << 32) - 1, (1 << 32) - 8])
)
COUNTS = st.one_of(st.integers(0, 64), st.sampled_from([SIZE, ops.MOST_ELEMENTS, ops.MOST_ELEMENTS + 1, (1 << 32) - 1]))
TYPES = st.integers(0, len(ops.ELEMENT_TYPES))
OPERATIONS = st.one_of(
    st.builds(
        lambda name, to, a, b: ops.OP_NUMBERS[name] | to << 8 | a << 12 | b << 16, st.sampled_from(sorted(ops.OP_NUMBERS)),
        TYPES, TYPES, TYPES,
    ),
    st.integers(0, (1 << 32) - 1),
)  # fmt: skip
NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -1.0, 1e-320, 1e308, 3.5e38, math.nan, math.inf, -math.inf, 1e19, -1e19, 0.5])


class Memory:
    """Memory of a guest that notes which of its bytes were looked at."""

    def __init__(self, seed: int) -> None:
        self.data = np.random.default_rng(seed).integers(0, 256, SIZE, np.uint8)
        self.before = self.data.copy()
        self.touched = np.zeros(SIZE, bool)

    def view(self, address: int, count: int, dtype: np.dtype[Any]) -> Any:
        nbytes = count * dtype.itemsize
        if not 0 <= address <= SIZE or not 0 <= nbytes <= SIZE - address:
            raise ValueError("outside")
        self.touched[address : address + nbytes] = True
        return self.data[address : address + nbytes].view(dtype)


@cases(700)
@given(OPERATIONS, POINTERS, POINTERS, POINTERS, COUNTS, NUMBERS, st.integers(0, 3))
def test_an_operation_changes_what_it_may_look_at_and_nothing_else(
    op: int, dst: int, a: int, b: int, n: int, k: float, seed: int
) -> None:
    memory = Memory(seed)
    try:
        found = ops.apply(memory.view, op, dst, a, b, n, k)
    except (ValueError, KeyError, TypeError, ZeroDivisionError, OverflowError, IndexError):
        pass  # the guest is trapped
    else:
        assert isinstance(found, float)
    assert (memory.data == memory.before)[~memory.touched].all()


WILD = """
import _box
def wild(name, op, dst, a, b, n, k):
    return _box.log(op & 7, "x" * (n % 9000)) if name == "log" else _box.colop(op, dst, a, b, n, k)
"""


@pytest.fixture(scope="module")
def guests() -> tuple[Console, Console, bytes]:
    """One that is thrown away again and again, one beside it, and what the first becomes each time."""
    attacker, neighbour = Console(), Console()
    attacker.do(WILD)
    neighbour.do("secret = bytearray(b'secret') * 1000")
    return attacker, neighbour, attacker.guest.snapshot()


@cases(60)
@given(st.integers(0, 1 << 30))
def test_no_pointer_of_a_guest_leads_out_of_its_memory(guests: tuple[Console, Console, bytes], seed: int) -> None:
    """In the real box: calls with numbers that mostly lie inside, so that they get far, until one traps."""
    from taixu.mods.box.guest import GuestError, Trapped

    attacker, neighbour, good = guests
    chance = random.Random(seed)
    top = attacker.guest.memory_bytes
    canary = np.full(1 << 16, 0xAB, np.uint8)
    attacker.guest.allow(200_000_000)
    for _ in range(12):
        op = ops.OP_NUMBERS[chance.choice(sorted(ops.OP_NUMBERS))]
        op |= sum(chance.randrange(9) << shift for shift in (8, 12, 16)) if chance.random() < 0.9 else chance.getrandbits(32)
        places = [chance.choice([chance.randrange(top), top - 8, top, chance.getrandbits(32)]) for _ in range(3)]
        count = chance.choice([0, 1, 100, 10_000, 1 << 24, (1 << 32) - 1])
        name = chance.choice(["colop"] * 9 + ["log"])
        try:
            attacker.do(f"wild({name!r}, {op & 0xFFFFFFFF}, {places[0]}, {places[1]}, {places[2]}, {count}, 1.5)")
        except (Trapped, GuestError):
            attacker.guest.restore(good)
            attacker.guest.allow(200_000_000)
            break
    assert (canary == 0xAB).all()
    neighbour.guest.allow(200_000_000)
    assert neighbour.value("secret == bytearray(b'secret') * 1000") == "True"
    attacker.guest.restore(good)


@pytest.mark.parametrize(
    "answer",
    ["-1", "0", "1 << 31", "(1 << 32) - 1", "1 << 32", "1 << 64", "None", "'x'", "b''", "1.5", "[1]", "object()", "10 ** 400"],
)
def test_an_address_of_a_column_is_one_or_the_mod_is_ended(answer: str) -> None:
    from taixu.mods.box.guest import GuestError, Trapped

    guest = Console()
    guest.do("import taixu_guest_main as m\n")
    guest.do(f"m.column = lambda name, nbytes: {answer}")
    for nbytes in (8, 1 << 20):
        guest.guest.allow(100_000_000)
        try:
            at = guest.guest.column("a", nbytes)
        except (Trapped, GuestError):
            return
        assert 0 <= at <= guest.guest.memory_bytes - nbytes


# Answers of a mod

ANSWERS = [
    json.dumps(facts).encode()
    for facts in (
        {"commands": [["spawn", {"entity": 5, "what": "box", "position": [0, 1, 2], "rotation": None, "scale": 1, "name": "a",
                                 "parent": None, "components": {"light": {"intensity": 2.5}}}]]},
        {"commands": [["set", {"entities": [1, 2, 3], "component": "transform", "fields": {"translation": {"$vec3": [1, 2, 3]}}}]]},
        {"commands": [["send", {"name": "hit", "to": 7, "data": {"who": {"$entity": 9}, "n": [1, [2, [3, {"a": None}]]]}}]] * 3},
        {"commands": [["raycasts", {"batch": 1, "origins": [[0, 0, 0]] * 3, "directions": [[0, -1, 0]] * 3, "max_distance": 9.0,
                                    "mask": 1}], ["play_sound", {"sound": "a.wav", "at": 3, "volume": 0.5}]]},
        {"commands": [["show_bar", {"name": "a", "value": 0.5, "color": [1, 0, 0]}], ["hide", {"name": ""}]],
         "error": {"where": "on_tick", "line": 3, "text": "main.py:3: ValueError: no"}},
        {},
    )
]  # fmt: skip


@cases(500)
@given(damaged(ANSWERS))
def test_any_answer_is_read_or_refused(payload: bytes) -> None:
    answer = decode_answer(payload, capabilities={"spawn", "ui", "audio"})
    for order in answer.orders:
        entry = COMMANDS[order.name]
        assert order.arguments.keys() <= {item.name for item in entry.arguments}
        assert _finite(order.arguments)
    assert len(answer.orders) <= 10_000
    assert bool(answer.forged) <= bool(answer.refused)
    if answer.fault is not None:
        assert "\n" not in answer.fault.text + answer.fault.where and len(answer.fault.text) <= 2000


def _finite(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    if isinstance(value, list):
        return all(map(_finite, value))
    return not isinstance(value, float) or math.isfinite(value)


# What the helper says

COLUMN = Column(b"f:3:transform.translation", 64, 120, True, True)
MESSAGES = [
    encode_ask(Ask(Op.CALL, 3, epochs=500, fuel=1 << 40, first=10, kind=1, columns=(COLUMN, COLUMN)), 5),
    encode_done(Done(3, Op.CALL, Status.TRAPPED, 1 << 40, 12, 1 << 26, 5, 6, 7, 1 << 26, "fuel"), 7),
    encode_done(Done(0, Op.SNAPSHOT, Status.OK, snapshot_bytes=100), 1) + encode(Op.READY, 0, b'[["seccomp", true, ""]]'),
    encode(Op.READY, 0, json.dumps([["landlock", False, "none"]] * 9).encode()),
]


@cases(400)
@given(st.lists(damaged(MESSAGES), max_size=4))
def test_any_bytes_of_the_helper_are_messages_or_malformed(pieces: list[bytes]) -> None:
    from taixu.mods.box.wire import decode_ask, decode_done

    inbox = Inbox()
    try:
        for piece in pieces:
            for message in inbox.feed(piece):
                assert isinstance(message, Message) and len(message.body) <= inbox.most_body_bytes
                done = decode_done(message) if message.op is Op.DONE else decode_ask(message)
                assert 0 <= done.slot <= 0xFFFF
    except Malformed as error:
        assert "\n" not in str(error)


REPORTS = [b"[]", b'[["seccomp", true, "twenty calls"]]', b'{"a": 1}', b"[[1, 2, 3]]", b'[["a", true]]', b"null", b"[" * 900]


@cases(120)
@given(damaged(REPORTS))
def test_any_report_of_its_walls_is_read_or_ends_the_helper(monkeypatch: pytest.MonkeyPatch, report: bytes) -> None:
    monkeypatch.setattr(client, "HelperProcess", LyingHelper)
    box = Box(image=Path("none"), layout=Layout(slots=1, asked_bytes=1 << 16, answered_bytes=1 << 16, bulk_bytes=1 << 16,
                                                columns_bytes=1 << 16))  # fmt: skip
    box.start()
    liar: Any = box._helper
    liar.out = encode(Op.READY, 0, report[: 1 << 16])
    box.tend()
    assert box.ready or box.restarts == 1
    for layer in box.layers:
        assert len(layer.name) <= 40 and len(layer.detail) <= 300 and isinstance(layer.stands, bool)
    box.stop()


# Messages between mods


@cases(200)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 17_000)), max_size=400))
def test_nobody_is_told_more_than_is_heard_and_everybody_has_a_turn(sent: list[tuple[str, int]]) -> None:
    box = Letters()
    taken_in: dict[str, int] = {}
    for number, (sender, length) in enumerate(sent):
        taken_in[sender] = taken_in.get(sender, 0) + box.add(sender, "m", {"n": number}, nbytes=length + 1)
    letters = box.take()
    assert len(letters) <= 256 and sum(letter.nbytes for letter in letters) <= 64 << 10
    assert [letter.data["n"] for letter in letters] == sorted(letter.data["n"] for letter in letters)
    assert len(letters) + sum(box.missed.values()) == len(sent)
    assert box.take() == []


# Lock files


@cases(120)
@given(st.data())
def test_any_lock_file_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp() / "locks"
    folder.mkdir(exist_ok=True)
    manifest = package().manifest
    mod = LockedMod("alice.fish", manifest.version, "a" * 64, "", "file", "alice.fish-1.0.0.zip", True, True)
    write_lock(folder, {"alice.fish": mod})
    text = data.draw(damaged([(folder / "mods.lock").read_bytes()]))
    (folder / "mods.lock").write_bytes(text)
    try:
        found = read_lock(folder)
    except TaixuError as error:
        assert "mods.lock" in str(error) and "\n" not in str(error)
        return
    for id, mod in found.items():
        assert id == mod.id and id.isascii() and "/" not in mod.file and mod.file.endswith(".zip")
