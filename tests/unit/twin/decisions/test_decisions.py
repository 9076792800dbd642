from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.errors import TaixuError
from taixu.twin.decisions import Schedule, Shop, carry_on, first_fit, kpis_of, read_shop, schedule_shop
from taixu.twin.decisions.kpis import power_of
from taixu.twin.decisions.objectives import Goal, objective_of
from taixu.twin.decisions.shop import Placed

HOUR = 3600.0


def shop(**other: Any) -> Shop:
    """Two presses and an oven, four jobs of two operations, eight hours in steps of ten minutes."""
    jobs = [
        {"name": f"job {number}", "due": 3 * HOUR,
         "operations": [{"on": {"press 1": HOUR, "press 2": HOUR}, "kw": 40}, {"on": {"oven": HOUR / 2}, "kw": 90}]}
        for number in range(4)
    ]  # fmt: skip
    raw = {"step_secs": 600, "horizon_secs": 8 * HOUR, "machines": {"press 1": {}, "press 2": {}, "oven": {}}, "jobs": jobs}
    return read_shop(raw | other)


def test_the_fastest_schedule_is_the_one_that_a_pencil_finds() -> None:
    found = schedule_shop(shop(), "fastest")
    # Two hours of pressing on two presses, and the oven's last half hour: the other three fit before.
    assert found.is_best and found.kpis.makespan_secs == 2.5 * HOUR + HOUR / 2
    assert found.schedule.doubts(shop()) == [] and found.kpis.done == 4
    assert found.kpis.energy_kwh == pytest.approx(4 * (40 + 45))


def test_energy_is_used_when_it_is_cheap() -> None:
    dear = shop(prices=[[0, 0.4], [4 * HOUR, 0.1]])
    fast, cheap = (schedule_shop(dear, goal) for goal in ("fastest", "cheapest energy"))
    assert cheap.schedule.doubts(dear) == []
    assert min(each.begin for each in cheap.schedule.placed) >= 24, "everything waits for the fifth hour"
    assert cheap.kpis.cost == pytest.approx(0.1 * 340) and cheap.kpis.cost < fast.kpis.cost
    assert cheap.kpis.against(fast.kpis)["makespan_secs"] > 0


def test_peaks_are_shifted() -> None:
    found = schedule_shop(shop(), "peak shifting")
    assert found.is_best and found.kpis.peak_kw == 90 and found.kpis.done == 4, "never the oven beside a press"
    assert schedule_shop(shop(), "fastest").kpis.peak_kw > 90


def test_less_is_drawn_when_it_is_short() -> None:
    short = shop(short=[[HOUR, 2 * HOUR, 50]])
    found = schedule_shop(short, "demand response")
    assert found.schedule.doubts(short) == [] and found.kpis.over_kwh == 0
    assert power_of(short, found.schedule)[6:12].max() <= 50
    assert schedule_shop(short, "fastest").kpis.over_kwh > 0


def test_no_output_is_lost_and_what_cannot_be_is_left_out() -> None:
    narrow = shop(horizon_secs=2 * HOUR)
    with pytest.raises(TaixuError, match="there is no schedule in which all jobs are done"):
        schedule_shop(narrow, "fastest")
    found = schedule_shop(narrow, "no lost output")
    # Two jobs are pressed in the first hour; of the next two only those whose oven is done in time would be, and none is.
    assert found.kpis.done == 2 and found.schedule.doubts(narrow) == []


def test_the_same_shop_gives_the_same_schedule() -> None:
    first, second = (schedule_shop(large(), "fastest", effort=0.1, seed=3) for _ in range(2))
    assert first.schedule == second.schedule


def large(*, broken: bool = False) -> Shop:
    random = np.random.default_rng(5)
    machines = [f"m{number}" for number in range(4)]
    jobs: list[dict[str, Any]] = []
    for number in range(8):
        operations = []
        for _ in range(3):
            able = random.choice(4, 2, replace=False)
            operations.append({"on": {machines[each]: float(random.integers(5, 30)) * 60 for each in able}, "kw": 10})
        jobs.append({"name": f"{number}", "operations": operations})
    if broken:  # a machine takes a third longer than it did
        for job in jobs:
            for operation in job["operations"]:
                operation["on"] = {name: secs * (1.34 if name == "m0" else 1.0) for name, secs in operation["on"].items()}
    return read_shop({"horizon_secs": 24 * HOUR, "machines": {name: {} for name in machines}, "jobs": jobs})


@pytest.mark.parametrize("goal", get_args(Goal))
def test_what_is_made_small_is_counted_alike_with_and_without_the_solver(goal: Goal) -> None:
    mixed = shop(prices=[[0, 0.4], [4 * HOUR, 0.1]], short=[[0, HOUR, 10], [HOUR, 2 * HOUR, 50]])
    found = schedule_shop(mixed, goal)
    assert objective_of(mixed, goal, found.schedule) == found.objective
    assert objective_of(mixed, goal, first_fit(mixed)) >= found.objective


def test_a_schedule_that_is_good_enough_is_taken_as_it_is() -> None:
    former = schedule_shop(shop(), "fastest")
    taken = schedule_shop(shop(), "fastest", former=former.schedule, good_enough=former.objective)
    assert taken.schedule == former.schedule and taken.objective == former.objective and not taken.is_best
    cut = Schedule(former.schedule.placed[:-2])
    assert objective_of(shop(), "fastest", cut) == float("inf") > objective_of(shop(), "no lost output", cut) > 0


def test_a_former_schedule_is_carried_on_when_a_machine_has_become_slow() -> None:
    before = schedule_shop(large(), "fastest", effort=0.2)
    changed = large(broken=True)
    assert before.schedule.doubts(changed), "as it was it can be no more"
    carried = carry_on(changed, before.schedule)
    assert carried.doubts(changed) == [] and kpis_of(changed, carried).done == 8
    assert kpis_of(changed, carried).makespan_secs < 1.34 * before.kpis.makespan_secs, "nobody waits for what is no longer"
    warm = schedule_shop(changed, "fastest", former=before.schedule, effort=0.2)
    assert warm.objective < float("inf"), "the solver went on from there"
    assert warm.schedule.doubts(changed) == []
    assert warm.kpis.makespan_secs <= kpis_of(changed, carried).makespan_secs, "no worse than what it began with"


@given(st.data())
@settings(max_examples=8)
def test_no_schedule_breaks_a_rule(data: st.DataObject) -> None:
    machines = ["a", "b", "c"]
    jobs = data.draw(st.lists(
        st.lists(
            st.tuples(st.sets(st.sampled_from(machines), min_size=1), st.integers(1, 5), st.integers(0, 50)), min_size=1, max_size=3
        ),
        min_size=1, max_size=5,
    ))  # fmt: skip
    raw = {"step_secs": 60, "horizon_secs": 7200, "machines": {name: {"idle_kw": 1} for name in machines},
           "short": [[600, 1200, 20]], "prices": [[0, 0.3], [900, -0.1]], "jobs": [
               {"name": str(number), "due": 900, "after": 60 * number,
                "operations": [{"on": dict.fromkeys(sorted(on), 60 * steps), "kw": kw} for on, steps, kw in operations]}
               for number, operations in enumerate(jobs)
           ]}  # fmt: skip
    made = read_shop(raw)
    assert first_fit(made).doubts(made) == []
    goal: Goal = data.draw(st.sampled_from(get_args(Goal)))
    found = schedule_shop(made, goal, effort=0.05, former=first_fit(made))
    assert found.schedule.doubts(made) == [] and found.kpis.done == len(jobs)


def test_what_cannot_be_is_doubted() -> None:
    made = shop()
    wrong = Schedule((
        Placed(0, 1, "oven", 0, 3), Placed(0, 0, "oven", 4, 10), Placed(1, 0, "press 1", 0, 5), Placed(2, 0, "press 1", 4, 10),
        Placed(3, 0, "press 2", 44, 50), Placed(3, 0, "press 2", 0, 6),
    ))  # fmt: skip
    said = " / ".join(wrong.doubts(made))
    for part in ("cannot be done on 'oven'", "takes 6 steps, not 5", "two things at once", "outside of its time", "done twice",
                 "before the one before it ends"):  # fmt: skip
        assert part in said, part


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"horizon_secs": -1}, "horizon_secs takes a number"),
        ({"horizon_secs": 1e9, "step_secs": 1}, "at most 20,000 steps"),
        ({"jobs": []}, "jobs takes a list"),
        ({"jobs": [{"name": "a", "operations": [{"on": {"lathe": 5}}]}]}, "jobs[0]: there is no machine 'lathe'"),
        ({"jobs": [{"name": "a", "operations": [{"on": {"oven": float("nan")}}]}]}, "on takes a number"),
        ({"jobs": [{"name": "a", "operations": [{"on": {"oven": 9 * HOUR}}]}]}, "finds no room before the horizon"),
        ({"jobs": [{"name": "a", "weight": 0, "operations": []}]}, "a weight that is a whole number"),
        ({"prices": [[0]]}, "prices takes pairs"),
        ({"short": [[5, 4, 1]]}, "from a second to a later one"),
        ({"machines": {}}, "machines takes an object"),
        ({"robots": 1}, "'robots' is not understood"),
    ],
)
def test_bad_shops_are_refused(other: dict[str, Any], said: str) -> None:
    with pytest.raises(TaixuError) as error:
        shop(**other)
    assert said in str(error.value)
