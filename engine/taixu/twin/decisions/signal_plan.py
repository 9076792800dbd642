"""Plans for traffic lights, made of what the twin knows is coming, and tried on copies of the traffic before anyone is asked.

Greens by Webster's formula (F. V. Webster, "Traffic Signal Settings", Road Research Technical Paper 39, 1958), offsets by OR-Tools'
CP-SAT: of each platoon it counts how long it would stand at its next light. Every plan that comes of it is simulated from the very
state of now, beside what is shown today; what is no better is not proposed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.simulation.traffic import Traffic
from taixu.simulation.traffic.network import RoadNetwork, SignalProgram, class_bits
from taixu.simulation.traffic.signals import is_green
from taixu.twin.decisions.signal_flows import Platoons, SignalFlows, signal_flows

__all__ = ["SignalKpis", "SignalProposal", "judge_plans", "plan_signals"]

_SATURATION, _GIVING_WAY = 0.5, 0.3
"""Vehicles a second over a line that shows green, and that shows green to those who give way."""
_LEAST_GREEN, _LEAST_CYCLE, _MOST_CYCLE = 6.0, 40.0, 120.0
_MOST_LOAD = 0.9
_MOST_PAIRS = 400
_STILL = 0.1
"""m/s."""


@dataclass(frozen=True, slots=True)
class SignalKpis:
    """What a plan is worth over the time that it was tried.

    Attributes
    ----------
    vehicle_secs
        Of all who drive or wait to come onto the road: what is made small. Buses count as often as was said.
    halted_secs, bus_halted_secs
        Of those who stand, and of buses among them.
    arrived
        Trips that ended.
    """

    vehicle_secs: float
    halted_secs: float
    bus_halted_secs: float
    arrived: int

    def as_dict(self) -> dict[str, float]:
        """Plain JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SignalProposal:
    """What is proposed.

    Attributes
    ----------
    plan
        Programs by lights, for `taixu.simulation.traffic.signals.write_signal_plan`; empty where nothing tried was better.
    before, after
        Figures of today's programs (or the former plan), and of the proposal.
    tried
        Figures of everything that was tried, by what it was.
    """

    plan: dict[str, SignalProgram]
    before: SignalKpis
    after: SignalKpis
    tried: dict[str, SignalKpis]


def plan_signals(
    traffic: Traffic, *, now_secs: float, horizon_secs: float = 900.0, bus_weight: float = 1.0,
    former: Mapping[str, SignalProgram] | None = None, effort: float = 1.0, seed: int = 1,
) -> SignalProposal:  # fmt: skip
    """Look for a better plan than what the lights show.

    Parameters
    ----------
    traffic
        As it stands; it is looked at and copied, never stepped.
    now_secs
        Of its clock.
    bus_weight
        For how many cars a bus counts.
    former
        A plan to begin with, in place of the lights' own programs.
    effort
        Of the solver, in its deterministic units: the same effort gives the same plan.

    Raises
    ------
    TaixuError
        When OR-Tools is not installed, or there are no lights.
    """
    network = traffic.network
    if not network.signals:
        raise TaixuError("there are no lights in this network")
    today = {**network.signals, **(former or {})}
    flows = signal_flows(traffic, now_secs=now_secs, horizon_secs=horizon_secs, bus_weight=bus_weight)
    candidates: dict[str, dict[str, SignalProgram]] = {"as it is": today}
    asked = {name: with_greens(network, name, today[name], flows, _cycle(today[name])) for name in today}
    candidates["greens"] = asked
    candidates["greens, half way"] = {name: _between(today[name], asked[name]) for name in today}
    for cycle in sorted({_cycle(program) for program in today.values()}):
        if sum(_cycle(program) == cycle for program in today.values()) > 1:
            candidates[f"in step at {cycle:g} s"] = with_offsets(network, today, flows.platoons, cycle, effort=effort, seed=seed)
    needed = sorted(_webster_cycle(network, name, today[name], flows) for name in today)
    for share in (0.5, 0.9):
        cycle = float(np.ceil(needed[int(share * (len(needed) - 1))] / 2.0) * 2.0)
        split = {name: with_greens(network, name, today[name], flows, cycle) for name in today}
        candidates[f"{cycle:g} s"] = split
        candidates[f"{cycle:g} s, in step"] = with_offsets(network, split, flows.platoons, cycle, effort=effort, seed=seed)
    figures = dict(zip(candidates, judge_plans(traffic, list(candidates.values()), now_secs=now_secs, horizon_secs=horizon_secs,
                                               bus_weight=bus_weight), strict=True))  # fmt: skip
    best = min(figures, key=lambda name: (figures[name].vehicle_secs, name != "as it is"))
    plan = {} if best == "as it is" else {name: each for name, each in candidates[best].items() if each != network.signals[name]}
    return SignalProposal(plan, figures["as it is"], figures[best], figures)


def judge_plans(
    traffic: Traffic, plans: Sequence[Mapping[str, SignalProgram]], *, now_secs: float, horizon_secs: float, bus_weight: float = 1.0
) -> list[SignalKpis]:
    """Figures of plans, each tried on a copy of the traffic as it stands."""
    state, buses, found = traffic.checkpoint(), class_bits(["bus", "coach", "tram"]), []
    is_bus = (traffic.demand.kinds["kind"] & buses) != 0
    for plan in plans:
        copy = Traffic(traffic.demand, jump_secs=traffic.jump_secs, plans=[dict(plan)])
        copy.restore(state, plan=1)
        before = int((copy.arrived_secs >= 0).sum())
        total = halted = bus_halted = 0.0
        for second in range(round(horizon_secs)):
            said: dict[str, NDArray[Any]] = dict(copy.step(round((now_secs + second) * 1e9), 10**9, {}))
            bus, still = is_bus[said["number"]], said["speed"] < _STILL
            total += len(bus) + (bus_weight - 1.0) * int(bus.sum()) + float(said["counts"][1])
            halted += int(still.sum())
            bus_halted += int((still & bus).sum())
        found.append(SignalKpis(total, halted, bus_halted, int((copy.arrived_secs >= 0).sum()) - before))
    return found


def with_greens(network: RoadNetwork, name: str, program: SignalProgram, flows: SignalFlows, cycle: float) -> SignalProgram:
    """A program whose greens share a cycle as their loads ask; phases that clear the junction last as long as they did."""
    greens = [number for number, state in enumerate(program.states) if is_green(state)]
    lost = sum(secs for number, secs in enumerate(program.seconds) if number not in greens)
    if not greens:
        return program
    load = _loads(network, name, program, flows)[greens]
    free = max(cycle - lost, _LEAST_GREEN * len(greens))
    share = load / load.sum() if load.sum() > 0 else np.full(len(greens), 1.0 / len(greens))
    least = np.full(len(greens), _LEAST_GREEN)
    secs = least + share * (free - least.sum())
    whole = np.floor(secs)
    for number in np.argsort(whole - secs, kind="stable")[: round(free - whole.sum())]:
        whole[number] += 1.0
    times = list(program.seconds)
    for number, value in zip(greens, whole.tolist(), strict=True):
        times[number] = value
    return SignalProgram(program.states, tuple(times), program.offset)


def with_offsets(
    network: RoadNetwork, programs: Mapping[str, SignalProgram], platoons: Platoons, cycle: float, *, effort: float, seed: int
) -> dict[str, SignalProgram]:
    """Programs of one cycle, begun so that those who come from one light stand least at the next."""
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        raise TaixuError('plans of signals want OR-Tools: pip install "taixu[city]"') from None
    steps = round(cycle)
    names = [name for name, program in programs.items() if abs(_cycle(program) - cycle) < 0.5]
    costs = _pair_costs(network, {name: programs[name] for name in names}, platoons, steps)
    model = cp_model.CpModel()
    begins = {name: model.new_int_var(0, steps - 1, name) for name in names}
    hint = _descended(names, costs, programs, steps)
    for name, value in hint.items():
        model.add_hint(begins[name], value)
    waits = []
    for (first, then), table in costs.items():
        apart, around = model.new_int_var(0, steps - 1, ""), model.new_bool_var("")
        model.add(begins[then] - begins[first] + steps * around == apart)
        worst = int(table.max())
        wait = model.new_int_var(0, worst, "")
        model.add_element(apart, table.tolist(), wait)
        waits.append(wait)
        known = (hint[then] - hint[first]) % steps  # said of every variable: the solver begins with what was found
        for variable, value in ((apart, known), (around, int(hint[then] < hint[first])), (wait, int(table[known]))):
            model.add_hint(variable, value)
    if not waits:
        return dict(programs)
    model.minimize(sum(waits))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, seed
    solver.parameters.max_deterministic_time = effort
    solver.parameters.cp_model_presolve = False  # it alone would take the effort that a town of lights is given
    if solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        hint = {name: solver.value(begins[name]) for name in names}
    return dict(programs) | {
        name: SignalProgram(programs[name].states, programs[name].seconds, float(hint[name])) for name in names
    }


def _between(one: SignalProgram, other: SignalProgram) -> SignalProgram:
    """Half way from one to another of the same cycle, in whole seconds that add up alike."""
    secs = [float(np.floor((a + b) / 2.0)) if a != b else a for a, b in zip(one.seconds, other.seconds, strict=True)]
    greens = [number for number, state in enumerate(one.states) if is_green(state)]
    if greens:
        secs[greens[0]] += sum(one.seconds) - sum(secs)
    return SignalProgram(one.states, tuple(secs), one.offset)


def _cycle(program: SignalProgram) -> float:
    return float(sum(program.seconds))


def _loads(network: RoadNetwork, name: str, program: SignalProgram, flows: SignalFlows) -> NDArray[np.float64]:
    """By phase, the share of the time that its most wanted lane needs; a lane of several phases asks what the others leave."""
    start = network.link_starts[name]
    letters = np.array([list(state) for state in program.states])
    links = slice(start, start + letters.shape[1])
    flow, lanes = flows.by_link[links], flows.lane[links]
    green = np.array([is_green(state) for state in program.states])
    asks = []
    for lane in np.unique(lanes[lanes >= 0]):
        mine = lanes == lane
        goes = np.isin(letters[:, mine], ("G", "g")).any(axis=1) & green
        if goes.any():
            rate = _SATURATION if (letters[goes][:, mine] == "G").any() else _GIVING_WAY
            asks.append((int(goes.sum()), float(flow[mine].sum()) / rate, goes))
    load = np.zeros(len(program.states))
    for count, wanted, goes in sorted(asks, key=lambda each: each[:2]):
        load[goes] += max(wanted - load[goes].sum(), 0.0) / count
    return load


def _webster_cycle(network: RoadNetwork, name: str, program: SignalProgram, flows: SignalFlows) -> float:
    """(1.5 L + 5) / (1 - Y): the cycle of the least delay."""
    lost = sum(secs for state, secs in zip(program.states, program.seconds, strict=True) if not is_green(state))
    load = min(float(_loads(network, name, program, flows).sum()), _MOST_LOAD)
    return float(np.clip((1.5 * lost + 5.0) / (1.0 - load), _LEAST_CYCLE, _MOST_CYCLE))


def _pair_costs(
    network: RoadNetwork, programs: Mapping[str, SignalProgram], platoons: Platoons, steps: int
) -> dict[tuple[str, str], NDArray[np.int64]]:
    """For pairs of lights, by how much later the second begins: how long those of the first stand there, in tenths of a second."""
    names, starts = list(network.signals), np.array([*network.link_starts.values()])
    shown = {name: _greens(program, steps) for name, program in programs.items()}
    found: dict[tuple[str, str], NDArray[np.float64]] = {}
    for row in np.argsort(-platoons.weight, kind="stable")[: 4 * _MOST_PAIRS].tolist():
        links = int(platoons.first[row]), int(platoons.then[row])
        first, then = (names[int(np.searchsorted(starts, link, side="right")) - 1] for link in links)
        if first == then or first not in shown or then not in shown:
            continue
        leave = np.flatnonzero(shown[first][:, links[0] - network.link_starts[first]])
        go = shown[then][:, links[1] - network.link_starts[then]]
        if not len(leave) or not go.any() or (len(found) >= _MOST_PAIRS and (first, then) not in found):
            continue
        stand = _stands(go)
        arrive = (leave[:, None] + round(float(platoons.secs[row])) - np.arange(steps)[None, :]) % steps
        found.setdefault((first, then), np.zeros(steps))
        found[first, then] += platoons.weight[row] * stand[arrive].mean(axis=0)
    return {pair: np.round(cost * 10.0).astype(np.int64) for pair, cost in found.items()}


def _greens(program: SignalProgram, steps: int) -> NDArray[np.bool_]:
    """Whether each link is green in each second of the cycle, counted from its beginning: ``[steps, links]``."""
    ends = np.cumsum(program.seconds)
    phase = np.minimum(np.searchsorted(ends, np.arange(steps) + 0.5), len(ends) - 1)
    return np.array([[letter in "Gg" for letter in program.states[number]] for number in phase])


def _stands(go: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How long one stands who comes in each second of the cycle."""
    greens = np.flatnonzero(go)
    at = np.arange(len(go))
    following = greens[np.searchsorted(greens, at) % len(greens)]
    return ((following - at) % len(go)).astype(np.float64)


def _descended(
    names: Sequence[str], costs: Mapping[tuple[str, str], NDArray[np.int64]], programs: Mapping[str, SignalProgram], steps: int
) -> dict[str, int]:
    """Offsets to begin with: today's, each in turn put where it costs least, until none moves."""
    at = {name: round(programs[name].offset) % steps for name in names}
    turn = np.arange(steps)
    for _ in range(20):
        moved = False
        for name in names:
            cost = np.zeros(steps, np.int64)
            for (first, then), table in costs.items():
                if then == name:
                    cost += table[(turn - at[first]) % steps]
                elif first == name:
                    cost += table[(at[then] - turn) % steps]
            best = int(cost.argmin())
            if cost[best] < cost[at[name]]:
                at[name], moved = best, True
        if not moved:
            break
    return at
