"""Many simulators under one clock."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.errors import TaixuError
from taixu.simulation import Columns, Conductor, Link, Simulator
from taixu.simulation.packing import hash_state, pack, unpack

SECOND = 10**9


class Counter:
    """Adds what it is told and a number of its own to a sum; says the sum and when it stepped."""

    def __init__(self, name: str, period_ns: int, number: float = 1.0, fails_at: int = -1, says: Any = None) -> None:
        self.name, self.period_ns, self.number = name, period_ns, number
        self.total, self.times, self.closed = 0.0, 0, False
        self._fails_at, self._says = fails_at, says

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        if self.times == self._fails_at:
            if self._says is not None:
                return {"sum": np.asarray(self._says)}
            raise TaixuError("the cable is cut")
        self.total += self.number + float(sum(values.sum() for values in given.values()))
        self.times += 1
        return {"sum": np.array([self.total]), "when": np.array([time_ns + dt_ns])}

    def checkpoint(self) -> bytes:
        return pack({"total": np.array([self.total])}, {"times": self.times})

    def restore(self, state: bytes) -> None:
        arrays, facts = unpack(state)
        self.total, self.times = float(arrays["total"][0]), facts["times"]

    def state_hash(self) -> str:
        return hash_state(self.checkpoint())

    def close(self) -> None:
        self.closed = True


def _sum(conductor: Conductor, name: str) -> float:
    column = conductor.column(f"{name}.sum")
    assert column is not None
    return float(column[0])


def test_each_steps_at_its_own_rate_and_is_told_what_was_said_before() -> None:
    fast, slow = Counter("fast", SECOND), Counter("slow", 3 * SECOND, number=0.0)
    assert isinstance(fast, Simulator)
    conductor = Conductor([fast, slow], [Link("slow.in", ("fast.sum",))])
    conductor.advance(7 * SECOND)
    assert (fast.times, slow.times) == (7, 3)
    # At 0 nothing was said; at 3 s the fast one had said 3; what the step from 6 to 9 s says is not known yet.
    assert _sum(conductor, "slow") == 3.0
    conductor.advance(9 * SECOND)
    assert _sum(conductor, "slow") == 3.0 + 6.0
    assert conductor.time_ns == 9 * SECOND


@given(st.permutations(["a", "b", "c"]), st.lists(st.integers(1, 4), min_size=3, max_size=3), st.integers(0, 12))
def test_order_means_nothing_and_a_checkpoint_goes_on_the_same(order: list[str], periods: list[int], cut: int) -> None:
    links = [Link("b.x", ("a.sum",)), Link("a.y", ("c.sum", "b.sum"), lambda c, b: (c - b) / 1e3), Link("c.z", ("b.when",))]
    period = dict(zip("abc", periods, strict=True))

    def begin(names: list[str]) -> Conductor:
        return Conductor([Counter(name, period[name] * SECOND, ord(name)) for name in names], links)

    straight, parted = begin(["a", "b", "c"]), begin(order)
    straight.advance(12 * SECOND)
    parted.advance(cut * SECOND)
    again = begin(order)
    again.restore(parted.checkpoint())
    again.advance(12 * SECOND)
    parted.advance(12 * SECOND)
    assert straight.state_hash() == parted.state_hash() == again.state_hash()


@pytest.mark.parametrize(
    ("says", "reason"),
    [(None, "the cable is cut"), ([np.nan], "not finite"), (["x"], "not numbers")],
)
def test_who_fails_is_set_aside_and_the_rest_goes_on(says: Any, reason: str) -> None:
    bad, good = Counter("bad", SECOND, fails_at=2, says=says), Counter("good", SECOND)
    conductor = Conductor([bad, good])
    conductor.advance(5 * SECOND)
    assert good.times == 5
    assert reason in conductor.standings["bad"].reason
    assert _sum(conductor, "bad") == 2.0  # as it last was right
    state = conductor.checkpoint()  # who stands still has no say, and stays so
    again = Conductor([Counter("bad", SECOND), Counter("good", SECOND)])
    again.restore(state)
    again.advance(6 * SECOND)
    assert not again.standings["bad"].runs
    assert again.standings["good"].steps == 6
    conductor.close()
    assert bad.closed and good.closed


def test_any_exception_of_a_strangers_simulator_is_one_sentence() -> None:
    class Wild(Counter):
        def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
            raise ZeroDivisionError("by nought")

    conductor = Conductor([Wild("wild", SECOND)])
    conductor.advance(SECOND)
    assert conductor.standings["wild"].reason == "ZeroDivisionError: by nought"


def test_a_link_that_cannot_be_made_sets_its_reader_aside() -> None:
    def broken(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return values[99]

    conductor = Conductor([Counter("a", SECOND), Counter("b", SECOND)], [Link("b.x", ("a.sum",), broken)])
    conductor.advance(3 * SECOND)
    assert conductor.standings["a"].steps == 3
    assert conductor.standings["b"].reason.startswith("x, which it is told, could not be made")


def test_what_is_wrong_is_said_at_once() -> None:
    one = Counter("one", SECOND)
    for simulators, links, sentence in [
        ([one, Counter("one", SECOND)], [], "name of its own"),
        ([Counter("a.b", SECOND)], [], "without dots"),
        ([Counter("a", 0)], [], "period above zero"),
        ([one], [Link("one.x", ("two.sum",))], "two.sum, and there is no such simulator"),
        ([one], [Link("one.x", ("one.sum", "one.when"))], "takes a function"),
    ]:
        with pytest.raises(TaixuError, match=sentence):
            Conductor(simulators, links)
    conductor = Conductor([one])
    for name in ("two.sum", "one"):
        with pytest.raises(TaixuError, match="there is no simulator"):
            conductor.say(name, np.zeros(1))
    with pytest.raises(TaixuError, match="state of a simulator"):
        conductor.restore(b"anything")
    with pytest.raises(TaixuError, match="this checkpoint is of two"):
        conductor.restore(Conductor([Counter("two", SECOND)]).checkpoint())
    with pytest.raises(TaixuError, match="no checkpoint of simulators"):
        conductor.restore(pack({}, {"time_ns": 0}))


def test_columns_cannot_be_written_by_who_reads_them() -> None:
    conductor = Conductor([Counter("a", SECOND)])
    conductor.say("a.sum", np.zeros(2))
    column = conductor.column("a.sum")
    assert column is not None
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1
