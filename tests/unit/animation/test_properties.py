"""Keyframes of any field: values at times, many entities at once, data that is wrong."""

from __future__ import annotations

import logging
from math import cos, pi, sin
from typing import Any

import numpy as np
import pytest

from taixu.animation import AnimationPlugin, PropertyAnimation, read_tracks
from taixu.app import App
from taixu.errors import TaixuError
from taixu.scene import Light, Node, Transform
from taixu.scene.plugin import ScenePlugin

STEP = 1 / 60


def app_with(*entities: tuple[object, ...]) -> tuple[App, list[int]]:
    app = App()
    app.add_plugin(ScenePlugin())
    app.add_plugin(AnimationPlugin())
    return app, [app.world.spawn(*parts) for parts in entities]


def track(keys: dict[float, list[float]], how: str = "linear") -> dict[str, Any]:
    return {"times": list(keys), "values": list(keys.values()), "interpolation": how}


@pytest.mark.parametrize(("how", "expected"), [("linear", 2.5), ("smooth", 10 * (3 * 0.25**2 - 2 * 0.25**3)), ("step", 0.0)])
def test_a_field_is_between_its_keys(how: str, expected: float) -> None:
    tracks = {"light.intensity": track({0: [0], 1: [10]}, how)}
    app, (lamp,) = app_with((Transform(), Light(), PropertyAnimation(tracks=tracks, time_secs=0.25, playing=False)))
    app.frame(STEP)
    assert app.world.get(lamp, Light).intensity == pytest.approx(expected, abs=1e-5)


def test_many_entities_with_other_keys_are_sampled_together() -> None:
    parts = []
    for i in range(20):
        tracks = {"transform.translation": track({0: [i, 0, 0], 1 + i: [i, 1, 0]})}
        parts.append((Transform(), PropertyAnimation(tracks=tracks, time_secs=0.5, playing=False)))
    app, entities = app_with(*parts)
    app.frame(STEP)
    places = app.world.gather(np.array(entities, np.uint64), Transform, "translation")
    np.testing.assert_allclose(places[0], np.arange(20), atol=1e-6)
    np.testing.assert_allclose(places[1], 0.5 / (1 + np.arange(20)), atol=1e-6)


def test_rotations_turn_the_short_way_and_keep_their_length() -> None:
    tracks = {"transform.rotation": track({0: [0, 0, 0, 1], 1: [0, -sin(pi / 4), 0, -cos(pi / 4)]})}
    app, (thing,) = app_with((Transform(), PropertyAnimation(tracks=tracks, time_secs=0.5, playing=False)))
    app.frame(STEP)
    np.testing.assert_allclose(app.world.get(thing, Transform).rotation, (0, sin(pi / 8), 0, cos(pi / 8)), atol=1e-6)


def test_time_goes_on_loops_and_ends() -> None:
    tracks = {"light.intensity": track({0: [0], 0.5: [5]})}
    app, (looped, once) = app_with(
        (Transform(), Light(), PropertyAnimation(tracks=tracks)),
        (Transform(), Light(), PropertyAnimation(tracks=tracks, loop=False)),
    )
    for _ in range(45):
        app.frame(STEP)
    assert app.world.get(once, Light).intensity == pytest.approx(5.0)
    assert not app.world.get(once, PropertyAnimation).playing
    assert app.world.get(looped, Light).intensity == pytest.approx(2.5, abs=0.3)


def test_changed_tracks_count_at_once() -> None:
    app, (lamp,) = app_with((Transform(), Light(), PropertyAnimation(playing=False)))
    app.frame(STEP)
    app.world.set(lamp, PropertyAnimation, tracks={"light.intensity": track({0: [7]})})
    app.frame(STEP)
    assert app.world.get(lamp, Light).intensity == 7.0


@pytest.mark.parametrize(
    "data",
    [
        [1], {"light.intensity": 3}, {"light.intensity": track({1: [1], 0: [2]})}, {"light.intensity": track({0: [float("nan")]})},
        {"light": track({0: [1]})}, {"light.intensity": track({0: [1]}, "wild")}, {"light.intensity": {"times": [], "values": []}},
        {"light.intensity": {"times": [0, 1], "values": [1]}},
    ],
)  # fmt: skip
def test_wrong_data_is_refused_in_a_sentence(data: Any) -> None:
    with pytest.raises(TaixuError, match="property_animation"):
        read_tracks(data)


def test_a_track_of_nothing_is_said_once_and_the_others_play(caplog: pytest.LogCaptureFixture) -> None:
    tracks = {"light.intensity": track({0: [4]}), "nothing.at_all": track({0: [1]})}
    with caplog.at_level(logging.WARNING, "taixu.animation"):
        app, (lamp,) = app_with((Transform(), Light(), PropertyAnimation(tracks=tracks, playing=False)))
        app.frame(STEP)
        app.frame(STEP)
    assert app.world.get(lamp, Light).intensity == 4.0
    assert len([r for r in caplog.records if "nothing.at_all" in r.message]) == 1


def test_positions_are_metres_whatever_the_cell() -> None:
    tracks = {"transform.position": track({0: [0, 0, 0], 1: [4000, 2, 0]})}
    app, (thing,) = app_with((Transform(), PropertyAnimation(tracks=tracks, time_secs=0.75, playing=False)))
    app.frame(STEP)
    np.testing.assert_allclose(Node(app.world, thing).position, (3000, 1.5, 0), atol=1e-4)
