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
    assert [each.getMessage() for each in caplog.records] == [
        "The clock was set forward by 1 h, and the twin's time with it."
    ], "one sentence a minute is enough"


def test_hours_back_begin_an_epoch(caplog: pytest.LogCaptureFixture) -> None:
    clocks = Clocks()
    clock = twin_clock(clocks)
    clock()
    clocks.wall -= 7200 * SEC
    assert clock() == clocks.wall and (clock.epoch, clock.jumps, clock.went_back, clock.stepped_ns) == (2, 1, True, 7200 * SEC)
    assert caplog.records[-1].getMessage() == "The clock was set back by 2 h: epoch 2 of the twin's time begins."
    clocks.pass_by(0.1)
    assert clock() == clocks.wall and not clock.went_back
    clocks.wall += 7200 * SEC  # and right again
    assert clock() == clocks.wall and clock.epoch == 2


def test_a_little_again_and_again_is_hours_in_the_end() -> None:
    clocks = Clocks()
    clock = twin_clock(clocks)
    before = clock()
    while clock.epoch == 1:
        clocks.pass_by(1)
        clocks.wall -= 120 * SEC
        now = clock()
        assert now > before or clock.epoch == 2
        before = now
    assert clock.stepped_ns > 600 * SEC and now == clocks.wall


def test_seconds_are_counted_at_half_pace_and_told_so(caplog: pytest.LogCaptureFixture) -> None:
    clocks = Clocks()
    clock = twin_clock(clocks)
    begun = clock()
    clocks.wall -= 300 * SEC
    told = [clock()]
    for _ in range(600):
        clocks.pass_by(1)
        told.append(clock())
    steps = np.diff(told)
    assert told[0] == begun and set(steps.tolist()) == {SEC // 2}, "every second takes two"
    clocks.pass_by(1)
    assert clock() == clocks.wall, "caught up"
    assert caplog.records[0].getMessage() == "The clock was set back by 5 min: the twin's time goes at half its pace for 10 min."


@pytest.mark.parametrize("jump_secs", [-7200, -500, -20, 20, 3600])
def test_a_twin_goes_on(tmp_path: Path, jump_secs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = Clocks()
    monkeypatch.setattr("taixu.twin.plugin.TwinClock", lambda: twin_clock(clocks))
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        cart = app.scene.spawn("Cart", tx.Shape("box"), Device(key="7"))
        cart_id = cart.stable_id
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
    folders = [tmp_path / "recording"] + [tmp_path / "recording.2"] * (jump_secs < -600)
    assert sorted(each.name for each in tmp_path.iterdir()) == [each.name for each in folders]
    said: list[float] = []
    for folder in folders:
        recording = Recording(folder)
        times, values = recording.history("transform", "translation", stable_id=cart_id)
        assert (np.diff(times) > 0).all()
        said += values[0].tolist()
        x = recording.moment(recording.span_ns[1]).column("transform", "translation")[1][0]
    assert json.dumps(x.tolist()) == "[65.0]"
    assert sorted(said) == [*range(4), *range(51, 66)], "nothing is lost, and nothing is doubled"


def test_an_epoch_begins_with_what_was_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = Clocks()
    monkeypatch.setattr("taixu.twin.plugin.TwinClock", lambda: twin_clock(clocks))
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        cart = app.scene.spawn("Cart", tx.Shape("box"), Device(key="7"))
        app.resource(WorldSettings).values["twin"] = {
            "bindings": [{"topic": "agv/{key}", "from": ["x", "y"], "to": "transform.position"}],
            "rules": [
                {"name": "far", "when": "x > 50", "for": 60}, {"name": "there", "when": "x > 10"},
                {"name": "long", "when": "held(x > 10) > 600"},
            ],
        }  # fmt: skip
        feed = configure_twin(app.world)
        begin_recording(app, tmp_path / "recording")

        def bring(x: float, at_ns: int) -> None:
            reading = {"x": np.array([x]), "y": np.zeros(1)}
            app.resource(Inbox).put(Letter(Batch("agv/7", np.zeros(1, np.uint32), np.array([at_ns]), reading)))

        from taixu.twin.rules import Alarms

        def rules() -> list[str]:
            return sorted(alarm.rule for alarm in app.resource(Alarms).open)

        bring(51.0, clocks.wall)
        app.run(ticks=1)
        for _ in range(50):
            clocks.pass_by(1)
            app.run(ticks=1)
        assert rules() == ["there"]
        bring(52.0, clocks.wall)
        clocks.wall -= 7200 * SEC
        app.run(ticks=1)
        assert cart.position[0] == 52.0 and feed.counts.ahead == 0, "it came in time"
        for _ in range(50):
            clocks.pass_by(1)
            app.run(ticks=1)
        assert rules() == ["there"], "what holds is counted from the epoch's beginning, and what is active stays"
        for _ in range(15):
            clocks.pass_by(1)
            app.run(ticks=1)
        assert rules() == ["far", "there"]
    first, second = Recording(tmp_path / "recording"), Recording(tmp_path / "recording.2")
    assert first.span_ns[1] > second.span_ns[1]
    (mark,) = [each for each in first.events() if each["kind"] == "clock"]
    assert mark["set_back_ns"] >= 7199 * SEC
    assert [each["rule"] for each in second.events() if each["kind"] == "alarm"] == ["far"]
