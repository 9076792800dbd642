"""A helper that answers anything at all: the engine's side neither fails nor believes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lying_helper import LyingHelper

from taixu.mods.box import client
from taixu.mods.box.client import Box
from taixu.mods.box.limits import Layout, Limits
from taixu.mods.box.reply import Reply
from taixu.mods.box.wire import Done, Inbox, Malformed, Op, Status, encode_done, pack_logs

pytest.importorskip("wasmtime")
LAYOUT = Layout(slots=3, asked_bytes=1 << 16, answered_bytes=1 << 16, bulk_bytes=1 << 16, columns_bytes=1 << 16)
LIMITS = Limits(memory_bytes=1 << 20, most_traps=3)

number = st.one_of(st.integers(0, 100), st.sampled_from([0xFFFF, 0x10000, 0x10001, 1 << 20, (1 << 20) + 1, 3 << 20, 0xFFFFFFFF]))
lie = st.fixed_dictionaries(
    {},
    optional={
        "slot": st.integers(0, 5),
        "op": st.sampled_from(list(Op)),
        "status": st.sampled_from(list(Status)),
        "fuel": st.sampled_from([0, 1, 1 << 63]),
        "memory_bytes": st.sampled_from([0, 1 << 20, 1 << 33, 1 << 62]),
        "payload_bytes": number,
        "logs_bytes": number,
        "snapshot_bytes": number,
        "reason": st.text(max_size=30),
    },
)
step = st.one_of(
    st.tuples(st.just("ask and lie"), st.tuples(st.integers(0, 2), st.sampled_from(["send", "snapshot", "reload"]), lie)),
    st.tuples(st.just("noise"), st.binary(max_size=60)),
    st.tuples(st.just("flip"), st.integers(0, 10_000)),
    st.tuples(st.just("scribble"), st.binary(min_size=1, max_size=50)),
    st.tuples(st.just("wrong serial"), st.integers(0, 0xFFFFFFFF)),
    st.tuples(st.sampled_from(["send", "snapshot", "restore", "reload", "revive", "close", "die"]), st.integers(0, 2)),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(step, min_size=3, max_size=40))
def test_whatever_the_helper_says(monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, Any]]) -> None:
    monkeypatch.setattr(client, "HelperProcess", LyingHelper)
    monkeypatch.setattr(client, "_YOUNG_SECS", 0.0)
    box = Box(image=Path("none"), layout=LAYOUT, kept_bytes=2 << 20)
    box.start()
    mods = [box.open(str(place), b"sources", limits=LIMITS) for place in range(3)]
    replies: list[Reply] = []
    for what, how in steps:
        liar: Any = box._helper
        if what == "ask and lie":
            answer_all(box)
            place, act_first, lies = how
            if mods[place].state != "closed":
                act(mods[place], act_first)
            while len(liar.asked) > 1:
                liar.answer()
            if liar.asked:
                liar.answer(**lies)
        elif what == "wrong serial" and liar.asked:
            liar.answer(serial=how)
        elif what == "flip" and liar.asked:
            liar.answer()
            flipped = bytearray(liar.out)
            flipped[how // 8 % len(flipped)] ^= 1 << how % 8
            liar.out = bytes(flipped)
        elif what == "noise":
            liar.out += how
        elif what == "scribble":
            box.memory[: len(how) * 4000] = how * 4000
        elif what == "die":
            liar.dead = True
        elif isinstance(how, int) and mods[how % 3].state != "closed":
            act(mods[how % 3], what)
        box.tend()
        for mod in mods:
            while (reply := mod.poll()) is not None:
                replies.append(reply)
            assert mod.state in ("booting", "ready", "restoring", "off", "closed")
            assert mod.kept is None or len(mod.kept.data) <= LIMITS.memory_bytes + (1 << 20)
    assert sum(len(mod.kept.data) for mod in mods if mod.kept is not None) <= 2 << 20
    for reply in replies:
        assert len(reply.payload) <= LAYOUT.answered_bytes
        assert 0 <= reply.fuel <= LIMITS.boot_fuel
        assert all(len(text) <= 2000 for _, text in reply.logs)
    assert_honesty_helps(box, mods)
    box.stop()


def act(mod: Any, what: str) -> None:
    if what == "send" and not mod.busy:
        mod.columns("a", "f4", 1, 100)
        mod.send(1, b"x", reads=("a",), writes=("a",))
    elif what == "snapshot":
        mod.snapshot(1)
    elif what == "restore" and mod.state in ("ready", "restoring"):
        mod.restore(b"snapshot")
    elif what == "reload":
        mod.reload(b"new", b"{}")
    elif what == "revive":
        mod.revive()
    elif what == "close":
        mod.close()


def assert_honesty_helps(box: Box, mods: list[Any]) -> None:
    """Whatever was said before: a helper that answers truly from now on brings every open mod to a state that lasts."""
    box._helper.dead = True  # type: ignore[union-attr]
    box.tend()
    answer_all(box)
    assert all(mod.state in ("ready", "off", "closed") and not mod.busy for mod in mods)
    assert set(box.mods) == {mod for mod in mods if mod.state != "closed"}
    assert not box._flight


def answer_all(box: Box) -> None:
    for turn in range(200):
        liar: Any = box._helper
        liar.dead = liar.dead or turn == 100  # half a message hides what follows: the watchdog would end this helper
        while liar.asked and not liar.dead:
            liar.answer()
        box.tend()
        if not box._flight and box.ready:
            return
    raise AssertionError("the box asks for ever")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=80), st.just(encode_done(Done(0, Op.CALL, Status.OK), 1))), max_size=8))
def test_bytes_are_messages_or_malformed(pieces: list[bytes]) -> None:
    inbox = Inbox()
    try:
        for piece in pieces:
            for message in inbox.feed(piece):
                assert len(message.body) <= inbox.most_body_bytes
    except Malformed:
        return


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 255), st.text(max_size=40)), max_size=8), st.data())
def test_damaged_log_lines_are_lines_or_malformed(lines: list[tuple[int, str]], data: st.DataObject) -> None:
    from taixu.mods.box.wire import unpack_logs

    packed = bytearray(pack_logs(lines))
    if packed:
        packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        assert all(0 <= level <= 255 and len(text) <= 2000 for level, text in unpack_logs(bytes(packed)))
    except Malformed:
        return
