"""A still editor rests; whatever goes on wakes it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')

from imgui_bundle import imgui

from taixu_editor import pacing
from taixu_editor.pacing import Pacing


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Any:
    imgui.create_context()
    now = [100.0]
    monkeypatch.setattr(pacing, "monotonic", lambda: now[0])
    jobs = SimpleNamespace(pending=0)
    world = SimpleNamespace(has_resource=lambda _: True, resource=lambda _: jobs)
    found = SimpleNamespace(
        now=now, jobs=jobs, events=[], device=SimpleNamespace(frames=0), shell=SimpleNamespace(is_waiting=False),
        thumbnails=SimpleNamespace(pending=0),
        renderer=SimpleNamespace(lighting=SimpleNamespace(skies=SimpleNamespace(is_making=False))),
        host=SimpleNamespace(
            play=SimpleNamespace(is_playing=False, is_paused=False), twin=SimpleNamespace(past=None, copy=None),
            session=SimpleNamespace(worlds=[SimpleNamespace(app=SimpleNamespace(world=world))]),
        ),
    )  # fmt: skip
    found.pacing = Pacing(found)
    return found


def go_on(window: Any, secs: float = 0.0) -> float:
    """A frame later: how long the next one waits."""
    window.now[0] += secs
    window.device.frames += 1
    window.pacing.follow()
    return window.pacing.rest_secs


def test_it_rests_when_nothing_happens_and_wakes_by_an_event(window: Any) -> None:
    assert go_on(window) == 0.0
    assert go_on(window, 1.0) == 0.25
    window.events = ["a move of the mouse"]
    assert go_on(window) == 0.0
    window.events = []
    assert go_on(window, 0.5) == 0.0
    assert go_on(window, 0.5) == 0.25


@pytest.mark.parametrize("what", ["play", "world", "toast"])
def test_what_moves_keeps_it_awake(window: Any, what: str) -> None:
    for _ in range(5):
        if what == "play":
            window.host.play.is_playing = True
        elif what == "toast":
            window.shell.is_waiting = True
        else:
            window.device.frames += 1
        assert go_on(window, 1.0) == 0.0
    window.host.play.is_paused = True
    window.shell.is_waiting = False
    go_on(window, 1.0)
    assert go_on(window, 1.0) == 0.25


def test_work_in_the_background_is_looked_at_often_and_a_glance_is_not(window: Any) -> None:
    go_on(window, 1.0)
    window.jobs.pending = 1
    assert go_on(window, 0.01) == 0.1
    assert go_on(window, 0.6) == 0.03
    window.jobs.pending = 0
    assert go_on(window, 0.01) == 0.25
    window.thumbnails.pending = 3
    assert go_on(window, 0.01) == 0.03


def test_what_was_waited_is_no_time_in_which_things_move(window: Any) -> None:
    assert window.pacing.step(0.2) == 0.2  # slow, but awake
    go_on(window, 1.0)
    assert window.pacing.step(0.25) == pytest.approx(1 / 60)


def test_a_picture_that_came_out_alike_is_left_out_but_for_one_a_second(window: Any) -> None:
    assert window.pacing.must_paint()  # awake
    go_on(window, 1.5)
    window.device.frames += 1  # the frame's own
    assert window.pacing.must_paint()  # a second has gone by
    assert not window.pacing.must_paint()
    window.device.frames += 1  # a world was drawn meanwhile
    assert window.pacing.must_paint()


def test_it_rests_little_while_devices_feed_a_world_and_not_while_a_recording_plays(window: Any) -> None:
    go_on(window)
    window.host.twin.copy = object()
    assert 0 < go_on(window, 1.0) < 0.05
    window.host.twin.past = SimpleNamespace(is_playing=True, is_busy=False)
    assert go_on(window, 1.0) == 0.0
