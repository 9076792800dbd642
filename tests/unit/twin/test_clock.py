"""The system's clock is set while a twin runs: readings, rules and the recording go on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import taixu as tx
from taixu.edit import WorldSettings
from taixu.twin import Batch, Device
from taixu.twin.clock import TwinClock
from taixu.twin.inbox import Inbox, Letter
from taixu.twin.memory import Recording
from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin

SEC = 1_000_000_000
START = 1_777_622_400 * SEC


class Clocks:
    def __init__(self) -> None:
        self.wall, self.steady = START, 50 * SEC

    def pass_by(self, secs: float) -> None:
        self.wall += int(secs * SEC)
        self.steady += int(secs * SEC)


def twin_clock(clocks: Clocks) -> TwinClock:
    return TwinClock(wall_ns=lambda: clocks.wall, steady_ns=lambda: clocks.steady)


def test_it_is_the_systems_clock_as_long_as_nobody_sets_that() -> None:
    clocks = Clocks()
    clock = twin_clock(clocks)
    for _ in range(100):
        clocks.pass_by(0.016)
        assert clock() == clocks.wall
    clocks.wall += SEC // 10  # as time servers do it
    assert clock() == clocks.wall and clock.jumps == 0


def test_it_goes_forward_at_once_and_never_back(caplog: pytest.LogCaptureFixture) -> None:
    clocks = Clocks()
    clock = twin_clock(clocks)
    clock()
    clocks.wall += 3600 * SEC
    assert clock() == clocks.wall and clock.jumps == 1 and not clock.went_back
    highest = clock()
    clocks.wall -= 60 * SEC
    assert clock() == highest and clock.went_back and clock.jumps == 2 and clock.wall_ns == clocks.wall
    for _ in range(1000):
        clocks.pass_by(0.1)
        now = clock()
        assert now > highest
        highest = now
    assert clock.jumps == 2 and not clock.went_back
    clocks.pass_by(21)
    assert clock() == clocks.wall, "sixty seconds are made good in two minutes"
    assert len(caplog.records) == 1, "one sentence a minute is enough"


@pytest.mark.parametrize("jump_secs", [-3600, -20, 20, 3600])
def test_a_twin_goes_on(tmp_path: Path, jump_secs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = Clocks()
    monkeypatch.setattr("taixu.twin.plugin.TwinClock", lambda: twin_clock(clocks))
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        cart = app.scene.spawn("Cart", tx.Shape("box"), Device(key="7"))
        app.resource(WorldSettings).values["twin"] = {
            "bindings": [{"topic": "agv/{key}", "from": ["x", "y"], "to": "transform.position"}],
            "rules": [{"name": "far", "when": "x > 50", "for": 2}],
        }
        feed = configure_twin(app.world)
        begin_recording(app, tmp_path / "recording")
        kept: list[int] = []

        def bring(x: float) -> None:
            clocks.pass_by(0.5)
            reading = {"x": np.array([x]), "y": np.zeros(1)}
            letter = Letter(Batch("agv/7", np.zeros(1, np.uint32), np.array([clocks.wall]), reading), lambda: kept.append(1))
            assert app.resource(Inbox).put(letter)
            app.run(ticks=1)

        for x in range(4):
            bring(float(x))
        clocks.wall += jump_secs * SEC
        for x in range(51, 66):
            bring(float(x))
            assert cart.position[0] == pytest.approx(x), "what devices say is shown at once"
        counts, clock = feed.counts, app.resource(TwinClock)
        assert (counts.written, counts.late, counts.ahead) == (19, 0, 0) and clock.jumps == 1
        from taixu.twin.rules import Alarms

        assert [alarm.rule for alarm in app.resource(Alarms).open] == ["far"], "and rules count on"
    assert len(kept) == 19
    recording = Recording(tmp_path / "recording")
    x = recording.moment(recording.span_ns[1]).column("transform", "translation")[1][0]
    assert json.dumps(x.tolist()) == "[65.0]"
