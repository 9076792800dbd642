"""Plans for lights: what is known of their formulas, and that they are better where they are tried."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_roads import cross_roads, two_lights

from taixu.errors import TaixuError
from taixu.simulation.traffic import Demand, Kind, SignalProgram, Traffic, Trip
from taixu.simulation.traffic.signals import plan_doubts, read_signal_plan, show_signals, write_signal_plan
from taixu.twin.decisions import judge_plans, plan_signals
from taixu.twin.decisions.signal_flows import signal_flows
from taixu.twin.decisions.signal_plan import with_greens, with_offsets

SECOND = 10**9


def _crossing(main: float = 4.0, side: float = 24.0) -> Traffic:
    """Six times as many along the main street as across it."""
    trips = [Trip(depart, ("w", "e")) for depart in np.arange(0.0, 600.0, main)]
    trips += [Trip(depart, ("s", "n")) for depart in np.arange(0.0, 600.0, side)]
    return Traffic(Demand(cross_roads(signals=True), trips))


def _row() -> Traffic:
    trips = [Trip(depart, ("w", "m", "e")) for depart in np.arange(0.0, 900.0, 5.0)]
    for side, out in (("s1", "n1"), ("s2", "n2")):
        trips += [Trip(depart, (side, out)) for depart in np.arange(0.0, 900.0, 12.0)]
    return Traffic(Demand(two_lights(), trips))


def test_flows_are_those_of_the_ways() -> None:
    traffic = _row()
    flows = signal_flows(traffic, now_secs=0.0, horizon_secs=900.0)
    assert flows.by_link == pytest.approx([180 / 900, 75 / 900, 180 / 900, 75 / 900])
    assert (flows.platoons.first.tolist(), flows.platoons.then.tolist()) == ([0], [2])
    assert flows.platoons.weight.tolist() == [180.0]
    assert flows.platoons.secs[0] == pytest.approx(280.0 / 14.0)
    traffic.step(0, 100 * SECOND, {})
    later = signal_flows(traffic, now_secs=100.0, horizon_secs=100.0)
    assert later.by_link[0] * 100 >= 20  # those to come, and who still drives towards it
    assert signal_flows(traffic, now_secs=5000.0, horizon_secs=10.0).platoons.first.size <= 1


def test_buses_count_for_more_between_lights() -> None:
    trips = [Trip(1.0, ("w", "m", "e")), Trip(2.0, ("w", "m", "e"), Kind(category="bus"))]
    flows = signal_flows(Traffic(Demand(two_lights(), trips)), now_secs=0.0, horizon_secs=10.0, bus_weight=30.0)
    assert flows.platoons.weight.tolist() == [31.0]


def test_greens_are_shared_as_loads_ask_and_the_rest_stays() -> None:
    traffic = _crossing()
    program = traffic.network.signals["x"]
    flows = signal_flows(traffic, now_secs=0.0, horizon_secs=600.0)
    timed = with_greens(traffic.network, "x", program, flows, 60.0)
    assert sum(timed.seconds) == 60.0 and timed.seconds[1] == timed.seconds[3] == 3.0
    # Six seconds at least for each, and what is left six to one.
    assert timed.seconds[0] == pytest.approx(6.0 + 42.0 * 6 / 7, abs=1.0)
    assert plan_doubts(traffic.network.signals, {"x": timed}) == []


def test_who_comes_from_one_light_does_not_stand_at_the_next() -> None:
    pytest.importorskip("ortools", reason="OR-Tools is not installed")
    traffic = _row()
    flows = signal_flows(traffic, now_secs=0.0, horizon_secs=900.0)
    plan = with_offsets(traffic.network, traffic.network.signals, flows.platoons, 40.0, effort=0.2, seed=1)
    assert (plan["two"].offset - plan["one"].offset) % 40.0 == pytest.approx(20.0, abs=1.0)  # 280 m at 14 m/s
    before, after = judge_plans(traffic, [traffic.network.signals, plan], now_secs=0.0, horizon_secs=400.0)
    assert after.halted_secs < 0.8 * before.halted_secs
    assert after.arrived >= before.arrived


def test_what_is_proposed_was_better_and_comes_out_again() -> None:
    pytest.importorskip("ortools", reason="OR-Tools is not installed")
    traffic = _crossing()
    traffic.step(0, 100 * SECOND, {})
    state = traffic.state_hash()
    proposal = plan_signals(traffic, now_secs=100.0, horizon_secs=200.0, effort=0.2)
    assert traffic.state_hash() == state
    assert proposal.after.vehicle_secs < proposal.before.vehicle_secs
    assert plan_doubts(traffic.network.signals, proposal.plan) == []
    assert proposal == plan_signals(traffic, now_secs=100.0, horizon_secs=200.0, effort=0.2)
    further = plan_signals(traffic, now_secs=100.0, horizon_secs=200.0, effort=0.2, former=proposal.plan)
    assert further.before == proposal.after and further.after.vehicle_secs <= proposal.after.vehicle_secs


def test_traffic_follows_the_plan_that_it_is_told(tmp_path: Path) -> None:
    network = cross_roads(signals=True)
    plan = {"x": replace(network.signals["x"], seconds=(20.0, 3.0, 7.0, 3.0), offset=4.0)}
    write_signal_plan(tmp_path / "a.json", plan)
    assert read_signal_plan(tmp_path / "a.json", network.signals) == plan
    demand = Demand(network, [Trip(float(depart), ("w", "e")) for depart in range(0, 300, 5)])
    told, own = (Traffic(demand, plans=[read_signal_plan(tmp_path / "a.json", network.signals)]) for _ in range(2))
    shown = Traffic(demand)
    for second in range(120):
        told.step(second * SECOND, SECOND, {"plan": np.array([1.0])} if second == 0 else {})
        own.step(second * SECOND, SECOND, {})
        for half in range(2):
            lights = {"lights": show_signals(plan, second + half / 2)}
            shown.step(second * SECOND + half * SECOND // 2, SECOND // 2, lights)
    assert told.said()["along"].tolist() == shown.said()["along"].tolist() != own.said()["along"].tolist()
    again = Traffic(demand, plans=[plan])
    again.restore(told.checkpoint())
    assert again.state_hash() == told.state_hash()
    with pytest.raises(TaixuError, match="state of other traffic"):
        Traffic(demand).restore(told.checkpoint())
    with pytest.raises(TaixuError, match="from 0 to 1"):
        told.step(0, SECOND, {"plan": np.array([2.0])})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "no plan of signals"),
        ('{"format": "taixu.signals", "version": 1, "lights": {"x": {"seconds": 3, "offset": 0}}}', "no plan of signals"),
        ('{"format": "taixu.signals", "version": 1, "lights": {"y": {"seconds": [3], "offset": 0}}}', "no lights y"),
        ('{"format": "taixu.signals", "version": 1, "lights": {"x": {"seconds": [9, 3], "offset": 0}}}', "do not show"),
        ('{"format": "taixu.signals", "version": 1, "lights": {"x": {"seconds": [9, 1, 9, 3], "offset": 0}}}', "clears the"),
        ('{"format": "taixu.signals", "version": 1, "lights": {"x": {"seconds": [2, 3, 9, 3], "offset": 0}}}', "green for 2 s"),
        ('{"format": "taixu.signals", "version": 1, "lights": {"x": {"seconds": [9, 3, 9, 3], "offset": NaN}}}', "at no time"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(TaixuError, match=sentence):
        read_signal_plan(tmp_path / "a.json", cross_roads(signals=True).signals)


def test_no_lights_no_plan_and_a_wrong_one_is_refused() -> None:
    with pytest.raises(TaixuError, match="no lights in this network"):
        plan_signals(Traffic(Demand(cross_roads(), [Trip(0.0, ("w", "e"))])), now_secs=0.0)
    with pytest.raises(TaixuError, match="no lights"):
        Traffic(Demand(cross_roads(), []), plans=[{"x": SignalProgram(("G",), (9.0,))}])
