"""Input state, actions and recordings, without a screen."""

from __future__ import annotations

import json

import pytest

from taixu.app import App, Stage
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.platform import (
    Action,
    FileDropEvent,
    FocusEvent,
    HeadlessPlatform,
    Input,
    InputEvent,
    InputMap,
    InputRecorder,
    KeyEvent,
    MouseButtonEvent,
    MouseMoveEvent,
    PadAxisEvent,
    PadButtonEvent,
    PlatformPlugin,
    ResizeEvent,
    TextEvent,
    WheelEvent,
    event_from_data,
    event_to_data,
)

EVENTS: list[InputEvent] = [
    KeyEvent("space", True),
    MouseMoveEvent(10.0, 20.0, 3.0, -4.0),
    MouseButtonEvent("left", True),
    WheelEvent(0.0, 1.0),
    TextEvent("é"),
    PadButtonEvent(0, "a", True),
    PadAxisEvent(0, "left_x", -1.0),
    FileDropEvent(1.0, 2.0, ("a.glb", "b.png")),
    ResizeEvent(640, 360, 2.0),
    FocusEvent(False),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_an_event_survives_json(event: InputEvent) -> None:
    assert event_from_data(json.loads(json.dumps(event_to_data(event)))) == event


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "nonsense"},
        {"kind": "key", "key": "a"},
        {"kind": "key", "key": "a", "down": "yes"},
        {"kind": "wheel", "dx": 0, "dy": []},
    ],
)
def test_a_bad_event_is_one_sentence(data: dict[str, object]) -> None:
    with pytest.raises(TaixuError):
        event_from_data(data)


def test_key_repeat_is_one_press() -> None:
    source = Input()
    for _ in range(3):
        source.feed(KeyEvent("a", True))
    assert source.frame.pressed == {"key:a"}
    assert source.held == {"key:a"}
    source.frame.clear()
    source.feed(KeyEvent("a", True))
    assert not source.frame.pressed
    source.feed(KeyEvent("a", False))
    assert source.frame.released == {"key:a"}
    assert not source.held


def test_losing_focus_lets_go_of_everything() -> None:
    source = Input()
    source.feed(KeyEvent("w", True))
    source.feed(PadAxisEvent(0, "left_x", 1.0))
    source.feed(FocusEvent(False))
    assert not source.held
    assert not source.axes
    assert "key:w" in source.frame.released


def test_motion_adds_up_within_a_frame() -> None:
    source = Input()
    source.feed(MouseMoveEvent(5, 5, 5, 5))
    source.feed(MouseMoveEvent(7, 4, 2, -1))
    assert source.frame.pointer_delta == (7.0, 4.0)
    assert source.pointer == (7, 4)


def test_actions_add_keys_and_sticks() -> None:
    source, actions = Input(), InputMap()
    source.feed(KeyEvent("d", True))
    assert actions.state("move_x", source).value == 1.0
    source.feed(KeyEvent("a", True))
    assert actions.state("move_x", source).value == 0.0
    source.release_all()
    source.feed(PadAxisEvent(0, "left_x", 0.1))
    assert actions.state("move_x", source).value == 0.0, "inside the dead zone"
    source.feed(PadAxisEvent(0, "left_x", -0.575))
    assert actions.state("move_x", source).value == pytest.approx(-0.5)
    assert actions.state("no_such_action", source).held is False


def test_a_trigger_is_a_button_too() -> None:
    source, actions = Input(), InputMap()
    source.feed(PadAxisEvent(0, "right_trigger", 0.9))
    assert actions.state("fire", source).pressed
    assert actions.state("fire", source).held
    source.frame.clear()
    source.feed(PadAxisEvent(0, "right_trigger", 0.45))
    assert not actions.state("fire", source).released, "some slack below the middle"
    source.feed(PadAxisEvent(0, "right_trigger", 0.1))
    assert actions.state("fire", source).released


def test_actions_survive_json() -> None:
    actions = InputMap({"dash": Action(("key:x", "pad1:b"), axes=("pad_axis:left_trigger",), dead_zone=0.3)})
    again = InputMap.from_data(json.loads(json.dumps(actions.to_data())), with_defaults=False)
    assert again.actions == actions.actions
    assert InputMap.from_data({"jump": {"positive": "key:j"}}).actions["jump"].positive == ("key:j",)
    assert "move_x" in InputMap.from_data({}).actions


@pytest.mark.parametrize(
    "data",
    [
        {"jump": "space"},
        {"jump": {"positive": ["space"]}},
        {"jump": {"positive": [3]}},
        {"jump": {"axes": ["pad_axis:elbow"]}},
        {"jump": {"dead_zone": 1.5}},
        {"jump": {"keys": ["key:a"]}},
    ],
)
def test_a_bad_action_is_named(data: dict[str, object]) -> None:
    with pytest.raises(TaixuError, match="jump"):
        InputMap.from_data(data)


def _app(platform: HeadlessPlatform | None = None) -> tuple[App, list[tuple[str, int]]]:
    app = App()
    seen: list[tuple[str, int]] = []
    app.add_plugin(PlatformPlugin(platform))

    def on_step(world: World) -> None:
        if "key:space" in world.resource(Input).tick.pressed:
            seen.append(("step", app.clock.ticks))

    def on_frame(world: World) -> None:
        if "key:space" in world.resource(Input).frame.pressed:
            seen.append(("frame", app.clock.frames))

    app.add_system(Stage.FIXED, on_step)
    app.add_system(Stage.UPDATE, on_frame)
    return app, seen


def test_a_press_reaches_exactly_one_step_and_one_frame() -> None:
    app, seen = _app()
    app.resource(Input).inject(KeyEvent("space", True))
    app.frame(0.001)  # too short for a step
    assert seen == [("frame", 1)]
    app.frame(3 / 60)  # three steps: only the first sees it
    app.frame(1 / 60)
    assert seen == [("frame", 1), ("step", 0)]


def test_a_recording_replays_at_its_ticks_whatever_the_frame_rate() -> None:
    app, seen = _app()
    recorder = InputRecorder()
    app.insert_resource(recorder)
    for tick in range(10):
        if tick in (3, 7):
            app.resource(Input).inject([KeyEvent("space", True), KeyEvent("space", False)])
        app.frame(1 / 60)
    steps = [entry for entry in seen if entry[0] == "step"]
    assert steps == [("step", 3), ("step", 7)]
    recording = InputRecorder.from_data(json.loads(json.dumps(recorder.to_data())))
    replay, seen_again = _app(HeadlessPlatform(recording))
    for _ in range(4):
        replay.frame(3 / 60)
    assert [entry for entry in seen_again if entry[0] == "step"] == steps
