"""The box: calls, budgets, columns, snapshots; mods that trap, a helper that dies, is stuck, floods or lies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from waiting import HANG_SECS, until

from taixu.errors import MachineError, TaixuError
from taixu.mods.box import Box, BoxedMod, Layout, Limits, Reply

pytest.importorskip("wasmtime")
CHILD = Path(__file__).parents[3] / "support" / "box_child.py"
SMALL = Layout(slots=8, asked_bytes=1 << 16, answered_bytes=1 << 17, bulk_bytes=1 << 16, columns_bytes=1 << 20)
QUICK = Limits(memory_bytes=8 << 20, fuel=1_000_000, call_secs=HANG_SECS)


@pytest.fixture
def box() -> Iterator[Box]:
    """A box with the small guest of `box_child`."""
    made = Box(image=Path("none"), layout=SMALL, program=(str(CHILD),))
    made.start(HANG_SECS)
    yield made
    made.stop()


def open_mod(box: Box, name: str = "mod", *, limits: Limits = QUICK) -> BoxedMod:
    mod = box.open(name, b"sources", b"{}", limits=limits)
    assert next_reply(mod, "boot").status == "ok"
    return mod


def next_reply(mod: BoxedMod, about: str = "call") -> Reply:
    reply = until(lambda: mod.poll(1.0), what=f"no reply about {about}: {mod.state}, {mod.off_reason}", pause_secs=0.0)
    assert reply.about == about, reply
    return reply


def ask(mod: BoxedMod, kind: int, payload: bytes = b"") -> Reply:
    mod.send(kind, payload)
    return next_reply(mod)


def test_a_mod_boots_and_answers(box: Box) -> None:
    mod = box.open("mod", b"sources", b"{}", limits=QUICK)
    boot = next_reply(mod, "boot")
    assert (boot.status, boot.payload, boot.logs) == ("ok", b"booted with sources", ((1, "booted"),))
    serial = mod.send(1, b"hello")
    assert mod.busy
    reply = next_reply(mod)
    assert (reply.serial, reply.status, reply.payload) == (serial, "ok", b"hello")
    assert reply.memory_bytes > 0
    assert not mod.busy
    assert mod.poll() is None


def test_layers_are_reported(box: Box) -> None:
    assert {"seccomp", "landlock"} <= {layer.name for layer in box.layers} or sys.platform != "linux"
    assert (box.badge == "") == all(layer.stands for layer in box.layers)


def test_helper_holds_nothing_that_it_was_not_given(box: Box) -> None:
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.skip("only root sees the descriptors of a process that cannot be traced")
    held = {os.readlink(f"/proc/{box.pid}/fd/{fd}").split(":")[0] for fd in os.listdir(f"/proc/{box.pid}/fd")}
    assert held <= {"/dev/null", "pipe", "socket", "/memfd", "/memfd:taixu-mods (deleted)"}
    assert os.readlink(f"/proc/{box.pid}/cwd") == "/"
    environment = Path(f"/proc/{box.pid}/environ").read_bytes()
    assert {entry.split(b"=")[0] for entry in environment.split(b"\0") if entry} == {b"OMP_NUM_THREADS", b"OPENBLAS_NUM_THREADS"}
    status = Path(f"/proc/{box.pid}/status").read_text()
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status
    assert "CapEff:\t0000000000000000" in status
    assert "Uid:\t65534\t65534\t65534" in status


def test_columns_go_in_and_come_back(box: Box) -> None:
    mod = open_mod(box)
    for count in (100, 5000, 10):
        a, b = mod.columns("a", "f4", 1, count), mod.columns("b", "f4", 1, count)
        assert a is mod.columns("a", np.float32, 1, count)
        a[:], b[:] = np.arange(count), 2.0
        mod.send(7, str(count).encode(), reads=("a", "b"), writes=("a",))
        assert next_reply(mod).status == "ok"
        np.testing.assert_array_equal(a, np.arange(count, dtype=np.float32) + 2)
        np.testing.assert_array_equal(b, 2.0)


def test_columns_have_shape_type_and_an_end(box: Box) -> None:
    mod = open_mod(box)
    wide = mod.columns("wide", "i4", 3, 50)
    assert wide.shape == (3, 50)
    wide[:] = 7
    other = open_mod(box, "other").columns("wide", "i4", 3, 50)
    other[:] = 9
    assert wide.min() == wide.max() == 7
    with pytest.raises(TaixuError, match=r"column 'huge' needs 8000000 bytes"):
        mod.columns("huge", "f8", 1, 1_000_000)
    mod.columns("filling", "f4", 1, 100_000)[:] = 1
    mod.columns("filling", "f4", 1, 150_000)[:] = 2  # fits only when the others move together
    np.testing.assert_array_equal(mod.columns("wide", "i4", 3, 50), 7)


def test_a_call_without_a_column_is_a_mistake(box: Box) -> None:
    mod = open_mod(box)
    with pytest.raises(KeyError):
        mod.send(7, b"1", reads=("never",))
    mod.send(1, b"")
    with pytest.raises(RuntimeError, match="busy"):
        mod.send(1, b"")


@pytest.mark.parametrize(("kind", "reason"), [(2, "fuel"), (3, "trap"), (4, "stack"), (5, "trap")])
def test_a_trap_discards_the_instance_and_a_new_one_stands(box: Box, kind: int, reason: str) -> None:
    mod = open_mod(box)
    ask(mod, 6)
    reply = ask(mod, kind)
    assert (reply.status, reply.reason) == ("trapped", reason)
    assert reply.fuel <= QUICK.fuel
    assert next_reply(mod, "restored").status == "ok"
    assert mod.traps == 1
    assert ask(mod, 6).payload == b"1"  # from its sources, for there was no snapshot


def test_the_watchdog_ends_what_fuel_does_not(box: Box) -> None:
    mod = open_mod(box, limits=Limits(fuel=1 << 60, call_secs=0.1))
    assert ask(mod, 2).reason == "epoch"


def test_memory_is_capped(box: Box) -> None:
    mod = open_mod(box)
    assert ask(mod, 3).status == "trapped"
    other = open_mod(box, "greedy", limits=Limits(memory_bytes=32 << 20))
    assert ask(other, 1).memory_bytes <= 32 << 20


def test_a_mod_is_restored_from_its_last_snapshot(box: Box) -> None:
    mod = open_mod(box)
    ask(mod, 6)
    ask(mod, 6)
    assert mod.snapshot(tag=42)
    assert not mod.snapshot()
    assert next_reply(mod, "snapshot").status == "ok"
    assert mod.kept is not None
    assert mod.kept.tag == 42
    assert ask(mod, 6).payload == b"3"
    assert ask(mod, 5).status == "trapped"
    next_reply(mod, "restored")
    assert ask(mod, 6).payload == b"3"
    mod.restore(mod.kept.data)
    next_reply(mod, "restored")
    assert ask(mod, 6).payload == b"3"


def test_damaged_snapshots_restore_nothing_and_harm_nothing(box: Box) -> None:
    mod = open_mod(box)
    mod.restore(b"\xff" * (12 << 16))
    assert next_reply(mod, "restored").status in ("ok", "trapped")
    until(lambda: mod.poll(0.1) is None and mod.state in ("ready", "off"))
    assert ask(open_mod(box, "other"), 1, b"x").payload == b"x"


def test_after_three_traps_a_mod_is_off_until_revived(box: Box) -> None:
    mod = open_mod(box)
    for _ in range(2):
        assert ask(mod, 5).status == "trapped"
        next_reply(mod, "restored")
    assert ask(mod, 5).status == "trapped"
    assert mod.off
    assert mod.off_reason.startswith("after 3 traps")
    assert ask(mod, 1, b"x").status == "off"
    mod.revive()
    assert next_reply(mod, "boot").status == "ok"
    assert ask(mod, 1, b"x").payload == b"x"


def test_an_exception_leaves_the_mod_alive(box: Box) -> None:
    mod = open_mod(box)
    ask(mod, 6)
    reply = ask(mod, 26)
    assert (reply.status, reply.reason) == ("error", "main.py:3: ValueError: no")
    assert ask(mod, 6).payload == b"2"
    assert mod.traps == 0


def test_a_mod_that_does_not_start_is_off(box: Box) -> None:
    mod = box.open("mod", b"", b"raise", limits=QUICK)
    assert next_reply(mod, "boot").status == "error"
    assert mod.off
    assert mod.off_reason == "it does not start: main.py:1: no"
    mod = box.open("mod", b"", b"loop", limits=Limits(boot_fuel=1000))
    assert next_reply(mod, "boot").status == "trapped"
    assert mod.off


def test_reload_keeps_the_old_until_the_new_stands(box: Box) -> None:
    mod = open_mod(box)
    ask(mod, 6)
    mod.reload(b"", b"raise")
    assert next_reply(mod, "boot").status == "error"
    assert ask(mod, 6).payload == b"2"
    mod.reload(b"new", b"{}")
    assert next_reply(mod, "boot").payload == b"booted with new"
    assert ask(mod, 6).payload == b"1"


def test_calls_sent_while_it_restores_wait(box: Box) -> None:
    mod = open_mod(box)
    mod.send(5, b"")
    assert next_reply(mod).status == "trapped"
    mod.send(1, b"later")
    assert next_reply(mod, "restored").status == "ok"
    assert next_reply(mod).payload == b"later"


def test_a_flood_of_lines_is_cut(box: Box) -> None:
    mod = open_mod(box)
    reply = ask(mod, 23)
    assert len(reply.logs) <= 64
    assert max(len(text) for _, text in reply.logs) <= 2000
    assert reply.refused == 100_000 - len(reply.logs)
    assert len(ask(mod, 1).logs) == 0


def test_a_giant_answer_is_an_error(box: Box) -> None:
    mod = open_mod(box)
    assert len(ask(mod, 24, str(SMALL.answered_bytes).encode()).payload) == SMALL.answered_bytes
    reply = ask(mod, 24, str(SMALL.answered_bytes + 1).encode())
    assert (reply.status, reply.refused) == ("error", 1)
    with pytest.raises(ValueError, match="longer"):
        mod.send(1, bytes(SMALL.asked_bytes + 1))


def test_mods_take_turns(box: Box) -> None:
    mods = [open_mod(box, str(number)) for number in range(SMALL.slots)]
    with pytest.raises(TaixuError, match="8 mods"):
        box.open("more", b"", b"{}")
    for _ in range(20):
        for number, mod in enumerate(mods):
            mod.send(1, str(number).encode())
        assert [next_reply(mod).payload for mod in mods] == [str(number).encode() for number in range(SMALL.slots)]
    mods[3].close()
    until(lambda: box.tend() is None and len(box.mods) == SMALL.slots - 1)
    assert ask(open_mod(box, "new"), 6).payload == b"1"


def test_killed_in_the_middle_of_a_call_the_mods_go_on(box: Box) -> None:
    first, second = open_mod(box, "first"), open_mod(box, "second")
    ask(second, 6)
    second.snapshot()
    next_reply(second, "snapshot")
    pid = box.pid
    first.send(21, b"")  # does not come back
    second.send(6, b"")
    os.kill(pid, signal.SIGKILL)
    assert next_reply(first).status == "lost"
    assert next_reply(second).status == "lost"
    assert next_reply(first, "restored").status == "ok"
    assert next_reply(second, "restored").status == "ok"
    assert (first.traps, second.traps) == (1, 0)
    assert box.restarts == 1
    assert box.pid != pid
    assert ask(second, 6).payload == b"2"


def test_who_ends_the_helper_three_times_is_off_and_others_are_not(box: Box) -> None:
    good, bad = open_mod(box, "good"), open_mod(box, "bad")
    for _ in range(3):
        good.send(1, b"x")
        bad.send(20, b"")
        assert next_reply(good).status == "ok"
        assert next_reply(bad).status == "lost"
        assert next_reply(good, "restored").status == "ok"
        if not bad.off:
            next_reply(bad, "restored")
    assert bad.off
    assert "status 7" in bad.off_reason
    assert good.traps == 0
    assert ask(good, 1, b"x").payload == b"x"
    assert box.restarts == 3


def test_a_stuck_helper_is_replaced() -> None:
    box = Box(image=Path("none"), layout=SMALL, program=(str(CHILD),), stuck_secs=0.2)
    box.start(HANG_SECS)
    mod = box.open("mod", b"", b"{}", limits=Limits(call_secs=0.1, boot_secs=HANG_SECS))
    next_reply(mod, "boot")
    mod.send(21, b"")
    reply = next_reply(mod)
    assert (reply.status, "stuck in 'mod'" in reply.reason) == ("lost", True)
    next_reply(mod, "restored")
    box.stop()


NONSENSE = {
    "noise": b"\x00\xff" * 40,
    "a giant": b"TX\x01\x11\x01\x00\x00\x00\xff\xff\xff\x7f",
    "another version": b"TX\x02\x11\x01\x00\x00\x00\x00\x00\x00\x00",
    "an unknown word": b"TX\x01\x63\x01\x00\x00\x00\x00\x00\x00\x00",
    "ready again": b"TX\x01\x10\x00\x00\x00\x00\x02\x00\x00\x00[]",
    "an answer to nothing": b"TX\x01\x11\xff\xff\x00\x00" + (53).to_bytes(4, "little") + bytes(53),
    "a question": b"TX\x01\x02\x01\x00\x00\x00\x00\x00\x00\x00",
}


@pytest.mark.parametrize("nonsense", list(NONSENSE))
def test_a_helper_that_lies_is_replaced(box: Box, nonsense: str) -> None:
    mod, other = open_mod(box), open_mod(box, "other")
    reply = ask(mod, 22, NONSENSE[nonsense])
    assert reply.status == "lost"
    assert "the helper was ended, for it sent" in reply.reason
    next_reply(mod, "restored")
    next_reply(other, "restored")
    assert other.traps == 0
    assert ask(other, 1, b"x").payload == b"x"


def test_a_flood_of_complaints_is_read_and_cut(box: Box) -> None:
    mod = open_mod(box)
    assert ask(mod, 25).status == "ok"
    box.tend()
    assert len(box.complaints) <= 16 << 10


def test_a_helper_that_does_not_start_is_given_up() -> None:
    box = Box(image=Path("none"), layout=SMALL, program=("-c", "raise SystemExit('no such thing')"))
    with pytest.raises(MachineError, match="no such thing"):
        box.start(HANG_SECS)
    mod = box.open("mod", b"", b"{}")
    assert mod.off
    assert ask(mod, 1).status == "off"
    assert box.restarts == 3
    box.stop()


def test_nothing_waits_for_a_helper_that_starts() -> None:
    box = Box(image=Path("none"), layout=SMALL, program=(str(CHILD),))
    box.start()
    mod = box.open("mod", b"early", b"{}", limits=QUICK)
    mod.send(1, b"early, too")
    assert not box.ready
    assert next_reply(mod, "boot").payload == b"booted with early"
    assert next_reply(mod).payload == b"early, too"
    assert box.ready
    box.stop()
    assert mod.state == "closed"
    assert mod.poll(0.1) is None


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_the_helper_ends_with_the_engine(tmp_path: Path) -> None:
    engine = tmp_path / "engine.py"
    engine.write_text(
        "import sys, time\nfrom pathlib import Path\nfrom taixu.mods.box import Box\n"
        f"box = Box(image=Path('none'), program=({str(CHILD)!r},))\n"
        f"box.start({HANG_SECS})\nmod = box.open('mod', b'', b'{{}}')\nprint(mod.poll({HANG_SECS}).status, box.pid, flush=True)\n"
        "mod.send(21, b'')\ntime.sleep(1000)\n"
    )
    process = subprocess.Popen([sys.executable, str(engine)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    status, pid = process.stdout.readline().split()
    assert status == "ok"
    process.kill()
    process.wait()
    process.stdout.close()
    until(lambda: not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text(), what="the helper lives on")


def test_nobody_waits_for_a_call_in_the_slow_lane(box: Box) -> None:
    slow, quick = open_mod(box, "slow", limits=Limits(fuel=1 << 60, call_secs=HANG_SECS)), open_mod(box, "quick")
    slow.send(2, b"", slow=True)  # does not come back
    for number in range(30):
        assert ask(quick, 1, str(number).encode()).payload == str(number).encode()
    assert slow.busy
    assert slow.poll() is None


def test_who_starts_again_after_a_trap_keeps_nobody_waiting(box: Box) -> None:
    bad, good = open_mod(box, "bad", limits=Limits(fuel=1 << 60, call_secs=HANG_SECS)), open_mod(box, "good")
    bad.reload(b"", b"loop")  # does not get done
    assert ask(good, 1, b"x").payload == b"x"
    assert bad.poll() is None


def test_who_is_stuck_in_one_lane_is_blamed_and_who_works_in_the_other_is_not() -> None:
    box = Box(image=Path("none"), layout=SMALL, program=(str(CHILD),), stuck_secs=0.2)
    box.start(HANG_SECS)
    good, bad = open_mod(box, "good"), open_mod(box, "bad", limits=Limits(call_secs=0.02, boot_secs=HANG_SECS))
    bad.send(21, b"", slow=True)
    until(lambda: box.restarts or (ask(good, 1, b"x").payload == b"x" and box.restarts), what="it is not replaced", pause_secs=0.0)
    assert "stuck in 'bad'" in box.last_loss
    assert (good.traps, bad.traps) == (0, 1)
    box.stop()
