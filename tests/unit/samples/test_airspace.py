"""The sample `airspace`: its schedule, its gusts, and the whole of it over a real broker."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import taixu as tx
from taixu.twin.commands import Ledger
from taixu.twin.conflicts import Plans, find_conflicts, predict_conflicts
from taixu.twin.plugin import TwinPlugin, configure_twin, open_world_sources
from taixu.twin.rules import Alarms, RuleEngine
from taixu.twin.simulators import open_world_simulators

MINIMA = {"horizontal_m": 25.0, "vertical_m": 8.0}


@pytest.fixture
def flights(repository: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(repository / "samples" / "airspace" / "devices"))
    sys.modules.pop("flights", None)
    return import_module("flights")


def test_nobody_meets_anybody_as_planned(flights: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    all_of_them = flights.Flights(300)
    monkeypatch.setattr(all_of_them, "lags", lambda secs: np.zeros(all_of_them.count))
    times = np.arange(0.0, 161.0, 2.5)  # a whole round
    places = np.stack([all_of_them.places(secs) for secs in times], axis=2).reshape(3, -1)
    plans = Plans(np.arange(all_of_them.count + 1) * len(times), np.tile(times, all_of_them.count), places)
    assert not len(find_conflicts(plans, **MINIMA))
    assert np.ptp(places[1]) > 100, "they use the height"


def test_gusts_make_conflicts_that_are_foreseen(flights: ModuleType) -> None:
    all_of_them = flights.Flights()
    seen = []
    for secs in np.arange(100.0, 160.0, 1.3):
        straight = np.minimum(all_of_them.straight_secs(secs), 20.0)
        found = predict_conflicts(all_of_them.places(secs), all_of_them.velocities(secs), ahead_secs=straight, **MINIMA)
        seen.append(len(found))
    assert 0 < max(seen) < 8, "single ones, for turns are not taken for conflicts"
    assert min(seen) == 0


def test_it_lives(repository: Path) -> None:
    pytest.importorskip("amqtt", reason='no broker: pip install "taixu[twin]"')
    with tx.App.headless(trust=True, plugins=(TwinPlugin(),)) as app:
        app.open(repository / "samples" / "airspace")
        configure_twin(app.world)
        app.settle()
        sources = open_world_sources(app)
        for simulator in open_world_simulators(app.world, sources):
            app.on_close(simulator.close)
        drone = app.scene.find("D0500")
        assert drone is not None
        start = drone.position

        def until(condition: Callable[[], bool], secs: float = 60.0) -> bool:
            end = time.monotonic() + secs
            while not condition() and time.monotonic() < end:
                app.frame(1 / 60)
                time.sleep(0.02)
            return condition()

        assert until(lambda: bool(np.linalg.norm(drone.position - start) > 5)), "drones fly"
        ledger = app.resource(Ledger)
        sent = ledger.command(
            app.world, "speed", entity=int(drone.stable_id), value=12.0, by="test", now_ns=time.time_ns()
        )
        assert sent.state == "sent", sent.why
        assert until(lambda: next(each for each in ledger.newest if each.number == sent.number).state == "observed")
        assert app.resource(RuleEngine).problems == {}
        assert not [alarm for alarm in app.resource(Alarms) if alarm.rule == "too near"]
