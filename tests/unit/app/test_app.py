"""Frames, fixed steps and plugins."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.app import App, Clock, Diagnostics, EventBatch, GameEvents, GameServices, Stage, build_plugin
from taixu.ecs import World, component
from taixu.errors import TaixuError


def test_a_frame_goes_through_all_stages_in_order() -> None:
    app, seen = App(), []
    app.clock.max_steps = None
    for stage in Stage:
        app.add_system(stage, lambda world, stage=stage: seen.append(stage))  # type: ignore[misc]
    assert app.frame(2 / 60) == 2
    fixed = [Stage.FIXED, Stage.PHYSICS, Stage.FIXED_LAST]
    rest = [Stage.UPDATE, Stage.PROPAGATE, Stage.RENDER, Stage.PRESENT]
    assert seen == [Stage.INPUT, Stage.APPLY, *fixed, *fixed, *rest]
    assert app.clock.ticks == 2
    assert set(app.diagnostics.milliseconds()) == {*map(str, Stage), "frame"}


@given(st.lists(st.floats(0, 0.4), max_size=100), st.sampled_from([30, 60, 120]))
def test_headless_clocks_drop_nothing(frames: list[float], rate: int) -> None:
    clock = Clock(steps_per_sec=rate, max_steps=None)
    steps = 0
    for secs in frames:
        due = clock.begin_frame(secs)
        for _ in range(due):
            clock.end_step()
        steps += due
        assert 0 <= clock.alpha <= 1
    assert clock.ticks == steps
    assert clock.dropped_secs == 0
    assert abs(steps - float(sum(map(Fraction, frames))) * rate) <= 1 + 1e-3


def test_an_hour_of_frames_of_a_sixtieth_is_exact() -> None:
    clock = Clock(max_steps=None)
    for _ in range(216_000):
        for _ in range(clock.begin_frame(1 / 60)):
            clock.end_step()
    assert clock.ticks == 216_000
    assert clock.now_secs == 3600
    clock.start_ns = 10
    assert clock.now_ns == 3_600_000_000_010


def test_a_slow_frame_drops_time_rather_than_spiralling() -> None:
    clock = Clock(max_steps=5)
    assert clock.begin_frame(1.0) == 5
    assert clock.dropped_secs == pytest.approx(55 / 60)
    assert clock.begin_frame(1 / 60) == 1


def test_pause_and_slow_motion() -> None:
    clock = Clock()
    clock.paused = True
    assert clock.begin_frame(1.0) == 0
    assert clock.frame_secs == 0
    clock.paused, clock.speed = False, 0.5
    assert [clock.begin_frame(1 / 60) for _ in range(4)] == [0, 1, 0, 1]


def test_twin_time_stays_exact_for_a_thousand_years() -> None:
    clock = Clock()
    clock.ticks = 60 * 86400 * 365 * 1000 + 1
    assert clock.now_ns == 86400 * 365 * 1000 * 10**9 + 16_666_666


def test_two_apps_live_side_by_side_and_forks_carry_the_clock() -> None:
    one, two = App(), App()
    one.frame(3 / 60)
    assert (one.clock.ticks, two.clock.ticks) == (3, 0)
    fork = one.world.fork()
    assert fork.resource(Clock).ticks == 3
    assert fork.resource(Clock) is not one.clock
    assert not fork.has_resource(Diagnostics)


def test_plugins_are_objects_or_functions() -> None:
    class Sun:
        def build(self, app: App) -> None:
            app.insert_resource(GameEvents())

    built: list[App] = []
    app = App().add_plugin(Sun()).add_plugin(built.append)
    assert built == [app]
    assert app.has_plugin(Sun)
    with pytest.raises(TaixuError, match="no plugin"):
        build_plugin(5, app)  # type: ignore[arg-type]


def test_components_have_one_name_each() -> None:
    @component("pebble")
    class Pebble:
        pass

    @component("pebble")
    class Impostor:
        pass

    app = App()
    app.register_component(Pebble)
    app.register_component(Pebble)
    found = app.components.find("pebble")
    assert found is not None
    assert found.cls is Pebble
    assert app.components.find("nothing") is None
    with pytest.raises(TaixuError, match="two components are called 'pebble'"):
        app.register_component(Impostor)


def test_closing_goes_backwards() -> None:
    order: list[int] = []
    with App() as app:
        app.on_close(lambda: order.append(1))
        app.on_close(lambda: order.append(2))
    assert order == [2, 1]


def test_services_by_name() -> None:
    services = GameServices()
    assert services.find("raycast") is None
    with pytest.raises(TaixuError, match="'raycast'"):
        services.require("raycast")
    services.provide("raycast", len)
    assert services.require("raycast") is len
    assert list(services.fork(World())) == ["raycast"]


def test_events_are_read_by_cursor() -> None:
    events = GameEvents()
    events.publish("nothing", np.empty(0, np.uint64))
    start = events.cursor
    events.publish("hit", np.array([1, 2], np.uint64), np.array([2, 1], np.uint64), impulse=3.0)
    (batch,) = events.since(start)
    assert isinstance(batch, EventBatch)
    assert (batch.kind, batch.entities.tolist(), batch.columns["impulse"]) == ("hit", [1, 2], 3.0)
    assert events.since(events.cursor) == []
