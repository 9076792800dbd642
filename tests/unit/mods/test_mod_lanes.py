"""Who is called in the quick lane: those that keep to their budgets, and of these as many as have room, the cheapest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from mod_worlds import STEP, add_mod, mod_app
from waiting import HANG_SECS, until

from taixu.mods import stepping
from taixu.mods.box import Box
from taixu.mods.lanes import Pace, choose_lanes

BUDGET = 20_000_000


@dataclass
class Called:
    pace: Pace = field(default_factory=lambda: Pace(BUDGET))
    running: bool = True

    @classmethod
    def that_took(cls, fuel: int) -> Called:
        made = cls()
        made.pace.note(fuel)
        return made


def test_who_was_never_called_is_slow_and_who_keeps_to_its_budget_is_not() -> None:
    new, good, over = Called(), Called.that_took(BUDGET), Called.that_took(BUDGET + 1)
    choose_lanes([new, good, over])
    assert [mod.pace.slow for mod in (new, good, over)] == [True, False, True]


def test_who_once_took_long_is_slow_for_some_seconds() -> None:
    mod = Called.that_took(10 * BUDGET)
    counts = 0
    while mod.pace.slow:
        mod.pace.note(1000)
        choose_lanes([mod])
        counts += 1
    assert 60 < counts < 600
    mod.pace.note(BUDGET + 1)
    choose_lanes([mod])
    assert mod.pace.slow


def test_what_is_within_its_budget_but_too_much_together_makes_room_for_those_that_take_little() -> None:
    greedy = [Called.that_took(BUDGET - place) for place in range(10)]
    modest = [Called.that_took(BUDGET // 50) for _ in range(10)]
    choose_lanes([*greedy, *modest])
    assert not any(mod.pace.slow for mod in modest)
    assert [mod.pace.slow for mod in greedy] == [True] * 7 + [False] * 3
    for mod in greedy[7:]:
        mod.running = False
    choose_lanes([*greedy, *modest])
    assert sum(not mod.pace.slow for mod in greedy[:7]) == 3


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    pytest.importorskip("wasmtime")
    made = Box()
    made.start(HANG_SECS)
    yield made
    made.stop()


ENDLESS = "def on_tick(dt):\n    while True: pass\n"
GOOD = "import game\ndef on_tick(dt): game.log(str(game.tick))\n"


def test_good_mods_have_their_steps_while_others_run_away(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for answers here: a step in which a mod's last call is not done yet is lost to it."""
    monkeypatch.setattr(stepping, "FIRST_FUEL", 400_000_000)
    app = mod_app(lambda name, sources, config, limits: box.open(name, sources, config, limits=limits), wait=False)
    good = add_mod(app, GOOD, "a.good")
    until(lambda: (app.frame(STEP), not good.pace.slow)[1], what="it is not called", pause_secs=0.001)
    bad = [add_mod(app, ENDLESS, f"eve.bad{place}") for place in range(2)]
    steps, late, frames = good.cost.steps, good.cost.late, 0
    while sum(mod.cost.traps for mod in bad) < 2:  # frames follow upon the good one's answers, however busy the machine is
        until(lambda: box.tend() is None and good.boxed.has_news, what="the good mod waits for a bad one", pause_secs=0.0)
        app.frame(STEP)
        frames += 1
    assert frames > 10, "a call that runs away takes longer than some others"
    assert (good.cost.steps - steps, good.cost.late - late) == (frames, 0)
    app.close()
