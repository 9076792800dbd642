"""The engine's side alone, against a helper that lies: what it refuses, what it keeps, whom it blames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lying_helper import LyingHelper

from taixu.errors import MachineError
from taixu.mods.box import Box, BoxedMod, Layout, Limits, client
from taixu.mods.box.wire import Op, Status

pytest.importorskip("wasmtime")
LAYOUT = Layout(slots=2, asked_bytes=1 << 16, answered_bytes=1 << 16, bulk_bytes=1 << 16, columns_bytes=1 << 16)
LIMITS = Limits(memory_bytes=1 << 20)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Box:
    monkeypatch.setattr(client, "HelperProcess", LyingHelper)
    monkeypatch.setattr(client, "_YOUNG_SECS", 0.0)
    made = Box(image=Path("none"), layout=LAYOUT, kept_bytes=150)
    made.start()
    made.tend()
    return made


def helper(box: Box) -> LyingHelper:
    found: Any = box._helper
    return found


def boot(box: Box, name: str = "mod") -> BoxedMod:
    mod = box.open(name, b"sources", limits=LIMITS)
    helper(box).answer()
    reply = mod.poll()
    assert reply is not None
    assert reply.status == "ok"
    return mod


@pytest.mark.parametrize(
    "lies",
    [
        {"serial": 77},
        {"slot": 1},
        {"op": Op.BOOT},
        {"payload_bytes": LAYOUT.answered_bytes + 1},
        {"payload_bytes": 10, "logs_bytes": LAYOUT.answered_bytes - 9},
        {"payload_bytes": 0xFFFFFFFF},
        {"logs_bytes": 1},
        {"memory_bytes": 1 << 62},
    ],
)
def test_an_answer_that_cannot_be_ends_the_helper(box: Box, lies: dict[str, Any]) -> None:
    mod = boot(box)
    first = helper(box)
    mod.send(1, b"x")
    first.answer(**lies)
    reply = mod.poll()
    assert reply is not None
    assert reply.status == "lost"
    assert first.dead
    assert (box.restarts, mod.traps, mod.state) == (1, 1, "restoring")


def test_more_fuel_than_was_given_is_not_believed(box: Box) -> None:
    mod = boot(box)
    mod.send(1, b"x", fuel=10)
    helper(box).answer(fuel=1 << 60)
    reply = mod.poll()
    assert reply is not None
    assert (reply.status, reply.fuel) == ("ok", 10)


def test_answers_come_in_the_order_of_the_questions(box: Box) -> None:
    first, second = boot(box), boot(box, "second")
    first.send(1, b"x")
    second.send(1, b"x")
    helper(box).asked.reverse()
    helper(box).answer()
    assert second.poll() is not None
    assert box.restarts == 1
    assert (first.traps, second.traps) == (1, 0)


@pytest.mark.parametrize("size", [0, (2 << 20) + 1, 1 << 60])
def test_a_snapshot_that_is_too_large_is_not_fetched(box: Box, size: int) -> None:
    mod = boot(box)
    mod.snapshot(5)
    helper(box).answer(snapshot_bytes=size)
    reply = mod.poll()
    assert reply is not None
    assert (reply.about, reply.status, reply.serial) == ("snapshot", "error", 5)
    assert mod.kept is None
    assert helper(box).asked == []


def test_snapshots_of_all_mods_together_are_bounded(box: Box) -> None:
    first, second = boot(box), boot(box, "second")
    for mod, status in ((first, "ok"), (second, "error"), (first, "ok")):
        mod.snapshot()
        helper(box).answer()
        box.tend()
        if helper(box).asked:
            helper(box).answer()
        reply = mod.poll()
        assert reply is not None
        assert reply.status == status
    assert second.kept is None


def test_the_mod_in_turn_is_blamed_and_nobody_when_nothing_was_asked(box: Box) -> None:
    first, second = boot(box), boot(box, "second")
    helper(box).dead = True
    first.send(1, b"x")  # it was dead before
    box.tend()
    assert (first.traps, second.traps) == (0, 0)
    while helper(box).asked or not box.ready:
        if helper(box).asked:
            helper(box).answer()
        box.tend()
    second.send(1, b"x")
    first.send(1, b"x") if not first.busy else None
    helper(box).dead = True
    box.tend()
    assert (first.traps, second.traps) == (0, 1)


def test_a_place_is_free_when_the_helper_lets_go(box: Box) -> None:
    first = boot(box)
    boot(box, "second")
    first.send(1, b"x")
    first.close()
    with pytest.raises(Exception, match="2 mods"):
        box.open("third", b"")
    helper(box).answer()
    box.tend()
    assert len(box.mods) == 2
    helper(box).answer()
    box.tend()
    assert len(box.mods) == 1
    assert boot(box, "third").slot == first.slot


def test_time_counts_only_while_the_engine_looks(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(client, "monotonic", lambda: now[0])
    mod = boot(box)
    mod.send(1, b"x")
    now[0] += 10_000.0  # the engine was stopped
    box.tend()
    assert box.restarts == 0
    for _ in range(62):
        now[0] += 0.5
        box.tend()
    assert box.restarts == 1
    assert "stuck in 'mod'" in box.last_loss
    assert mod.traps == 1


def test_who_traps_while_restoring_is_off_in_the_end(box: Box) -> None:
    mod = boot(box)
    mod.send(1, b"x")
    for _ in range(3):
        helper(box).answer(status=Status.TRAPPED, reason="fuel")
        box.tend()
    assert mod.off
    assert mod.off_reason == "after 3 traps, the last of them fuel"
    assert [ask.op for _, ask in helper(box).asked] == [Op.CLOSE]


def test_a_late_answer_counts_when_it_comes(box: Box) -> None:
    mod, other = boot(box), boot(box, "other")
    serial = mod.send(1, b"x")
    for _ in range(100):
        box.tend()
        assert mod.poll() is None
        assert mod.busy
    other.send(1, b"y")
    assert other.poll() is None
    helper(box).answer()
    helper(box).answer()
    reply = mod.poll()
    assert reply is not None
    assert (reply.serial, reply.status) == (serial, "ok")
    assert other.poll() is not None
    assert box.restarts == 0


def test_a_helper_that_dies_again_and_again_with_nobody_to_blame_is_given_up(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_YOUNG_SECS", 1e9)
    mod = boot(box)
    for _ in range(3):
        assert box.standing
        helper(box).asked.clear()
        box._flight.clear()
        helper(box).dead = True
        box.tend()
    assert not box.standing
    assert mod.off
    assert "does not start" in mod.off_reason
    box.tend()
    box.start()  # somebody asks for it once more
    mod.revive()
    box.tend()
    helper(box).answer()
    box.tend()
    assert mod.state == "ready"


def test_a_system_that_starts_no_process_turns_mods_off(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    mod = boot(box)
    monkeypatch.setattr(client, "HelperProcess", refuse)
    helper(box).dead = True
    box.tend()
    assert mod.off
    assert "Resource temporarily unavailable" in mod.off_reason
    with pytest.raises(MachineError, match="did not start"):
        box.start()


def test_who_takes_long_is_served_beside_the_others_and_each_in_one_lane_at_a_time(box: Box) -> None:
    first, second = boot(box), boot(box, "second")
    first.send(1, b"x", slow=True)
    second.send(1, b"y")
    lanes = {ask.slot: ask.lane for _, ask in helper(box).asked}
    assert lanes == {first.slot: 1, second.slot: 0}
    first.close()  # while it is being served: in the same lane, after that
    second.close()
    assert [(ask.slot, ask.lane) for _, ask in helper(box).asked if ask.op is Op.CLOSE] == [(first.slot, 1), (second.slot, 0)]
    helper(box).asked.sort(key=lambda pair: pair[1].lane)  # the lanes keep no order between them
    for _ in range(4):
        helper(box).answer()
    box.tend()
    assert box.mods == []
    assert box.restarts == 0


def test_a_start_is_slow_and_what_follows_it_is_not(box: Box) -> None:
    mod = box.open("mod", b"sources", limits=LIMITS)
    mod.send(1, b"x")
    assert [(ask.op, ask.lane) for _, ask in helper(box).asked] == [(Op.BOOT, 1)]
    helper(box).answer()
    box.tend()
    assert [(ask.op, ask.lane) for _, ask in helper(box).asked] == [(Op.CALL, 0)]


def test_where_two_were_served_nobody_is_blamed_until_it_is_known_who_it_was(box: Box) -> None:
    bad, good = boot(box), boot(box, "good")

    def serve() -> None:
        good.send(1, b"x")
        bad.send(1, b"x", slow=True)
        helper(box).dead = True
        box.tend()
        while helper(box).asked or not box.ready:
            if helper(box).asked:
                helper(box).answer()
            box.tend()
        while good.poll() or bad.poll():
            pass

    serve()
    assert (bad.traps, good.traps, box.restarts) == (0, 0, 1)
    good.send(1, b"x")
    bad.send(1, b"x", slow=True)
    assert [ask.lane for _, ask in helper(box).asked] == [0, 0]
    helper(box).answer()
    box.tend()
    helper(box).dead = True
    box.tend()
    assert (bad.traps, good.traps, box.restarts) == (1, 0, 2)
