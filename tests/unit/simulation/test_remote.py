"""Simulators in processes of their own: whatever befalls them, the run goes on and ends the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from faulty_simulators import Faulty
from simulated_worlds import small_city
from waiting import ends, until

from taixu.errors import TaixuError
from taixu.simulation import Conductor, Remote, Simulator
from taixu.simulation.worlds import Simulation, Simulations

MAKE = "faulty_simulators:Faulty"
SECOND = 10**9


@pytest.mark.parametrize(
    ("what", "sentence", "keeps"),
    [("crash", "its process ended", True), ("crash", "its process ended", False), ("hang", "did not answer in", True),
     ("nan", "not finite", True), ("raise", "ZeroDivisionError", True)],
)  # fmt: skip
def test_after_a_fault_it_goes_on_as_if_there_had_been_none(tmp_path: Path, what: str, sentence: str, keeps: bool) -> None:
    remote = Remote(MAKE, what, 5, str(tmp_path / "once"), keeps, hang_secs=3.0 if what == "hang" else 60.0, keep_every=2)
    assert isinstance(remote, Simulator)
    conductor = Conductor([remote])
    with ends():
        conductor.advance(8 * SECOND)
    standing = conductor.standings["faulty"]
    assert standing.runs
    assert standing.steps == 8
    assert sentence in standing.trouble
    assert remote.restarts == 1
    said = conductor.column("faulty.sum")
    assert said is not None
    assert said[0] == 8.0
    if keeps:
        plain = Faulty("", 0, "")
        local = Conductor([plain])
        local.advance(8 * SECOND)
        assert conductor.state_hash() == local.state_hash()
        state = conductor.checkpoint()
        conductor.advance(10 * SECOND)
        conductor.restore(state)
        conductor.advance(10 * SECOND)
        local.advance(10 * SECOND)
        assert conductor.state_hash() == local.state_hash()
    conductor.close()


def test_who_fails_each_time_is_given_up_and_the_rest_goes_on(tmp_path: Path) -> None:
    remote = Remote(MAKE, "crash", 2, str(tmp_path / "no" / "such"), tries=2)
    good = Faulty("", 0, "", name="good")
    conductor = Conductor([remote, good])
    conductor.advance(4 * SECOND)
    assert "2 times at the same place" in conductor.standings["faulty"].reason
    assert conductor.standings["good"].steps == 4
    said = conductor.column("faulty.sum")
    assert said is not None
    assert said[0] == 1.0  # as it last was right
    conductor.close()


def test_what_it_refuses_is_its_own_sentence(tmp_path: Path) -> None:
    remote = Remote(MAKE, "refuse", 2, str(tmp_path / "once"))
    conductor = Conductor([remote])
    conductor.advance(4 * SECOND)
    assert conductor.standings["faulty"].reason == "the pump is dry"
    assert remote.restarts == 0
    conductor.close()
    with pytest.raises(TaixuError, match="it failed with TypeError"):
        Remote(MAKE, tries=1)


def test_who_is_late_keeps_nobody_and_loses_nothing(tmp_path: Path) -> None:
    remote = Remote(MAKE, "late", 2, str(tmp_path / "once"), patience_secs=0.0)
    conductor = Conductor([remote])
    late = 0
    for second in range(1, 4):
        conductor.advance(second * SECOND)
        late += "late" in conductor.standings["faulty"].trouble
    assert late > 0
    assert conductor.standings["faulty"].runs

    def caught_up() -> bool:
        conductor.advance(conductor.time_ns + SECOND)
        said = conductor.column("faulty.sum")
        return said is not None and "late" not in conductor.standings["faulty"].trouble

    until(caught_up, pause_secs=0.2)
    assert float(np.frombuffer(remote.checkpoint()[-8:], "<f8")[0]) == conductor.standings["faulty"].steps
    conductor.close()


def test_a_world_runs_simulators_in_processes_alike(tmp_path: Path) -> None:
    apps = [small_city(tmp_path), small_city(tmp_path)]
    apart = apps[1]
    for table in apart.world.query(Simulation):
        table.set(Simulation, "process", np.array(table.read(Simulation, "kind") == "traffic"))
    for app in apps:
        app.frame(3.0)
    assert isinstance(apart.resource(Simulations).parts["cars"].simulator, Remote)
    hashes = [app.resource(Simulations).state_hash() for app in apps]
    assert hashes[0] == hashes[1]
    for app in apps:
        app.close()
