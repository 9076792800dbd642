"""Mods of the sample `mods`, in the real box: what each does in the world, and that runs repeat exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import taixu as tx
from taixu.math.quaternion import rotate
from taixu.mods.host import ModHost
from taixu.mods.packages.package import read_package
from taixu.mods.packages.project_mods import Loadable
from taixu.mods.playing import ModsPlugin
from taixu.platform import Input
from taixu.platform.events import InputEvent, KeyEvent, MouseButtonEvent, MouseMoveEvent
from taixu.scene import Node
from taixu.script import players
from taixu.script.chat import Chat
from taixu.script.widgets import Widgets

pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")

NAMES = (
    "chat_bot", "day_and_night", "flock", "growing_plants", "mini_map", "physics_gun", "racing_timer", "score_board",
    "sculpting_tool", "weather",
)  # fmt: skip


@contextmanager
def playing(repository: Path, *names: str, ticks: int) -> Iterator[tx.App]:
    """The courtyard after some steps with these mods, none of which failed or was refused anything."""
    plugin, sample = ModsPlugin(), repository / "samples" / "mods"
    packages = [read_package(sample / "mods" / name) for name in names]
    with tx.App.headless(trust=False, plugins=(plugin,)) as app:
        app.open(sample)
        assert plugin.load(app.world, tuple(Loadable(each, each.manifest.capabilities, None) for each in packages)) == {}
        app.run(ticks=ticks)
        _are_well(app)
        yield app
        _are_well(app)


def _are_well(app: tx.App) -> None:
    for mod in app.resource(ModHost).mods.values():
        assert (mod.fault, mod.cost.traps, mod.cost.refused) == ("", 0, 0)
        assert mod.cost.fuel < mod.grants.fuel
    assert not [line.text for line in app.resource(ModHost).log.messages if line.level != "info"]


def _spawned(app: tx.App, name: str) -> list[Node]:
    """What a mod made."""
    handles = [app.world.find(number) for number in sorted(app.resource(ModHost).mods[name].spawned)]
    return [Node(app.world, handle) for handle in handles if handle is not None]


def _press(app: tx.App, *events: InputEvent, ticks: int) -> None:
    app.resource(Input).inject(events)
    app.run(ticks=ticks)


def test_the_sample_has_these_mods(repository: Path) -> None:
    assert sorted(path.parent.name for path in (repository / "samples" / "mods").glob("mods/*/mod.toml")) == list(NAMES)


def test_birds_fly_as_a_flock(repository: Path) -> None:
    with playing(repository, "flock", ticks=300) as app:
        birds = np.array([node.position for node in _spawned(app, "taixu.flock")]).T
        assert birds.shape == (3, 300)
        assert np.isfinite(birds).all()
        assert (birds.std(axis=1) < 4).all(), "they stay together"
        gaps = np.linalg.norm(birds[:, :, None] - birds[:, None, :], axis=0) + np.eye(300) * 9
        assert np.median(gaps.min(axis=1)) > 0.1, "and do not sit in each other"


def test_weather_turns_and_it_rains(repository: Path) -> None:
    with playing(repository, "weather", ticks=600) as app:
        sky = app.scene.find("sky")
        assert sky is not None
        assert sky[tx.Environment].turbidity > 2.6, "it began at 2.4, and is on its way"


def test_balls_in_the_goal_count(repository: Path) -> None:
    with playing(repository, "score_board", ticks=5) as app:
        ball, goal = app.scene.find("ball"), app.scene.find("goal")
        assert ball is not None
        assert goal is not None
        ball.position = goal.position
        app.run(ticks=10)
        assert "1  Goals" in app.resource(Widgets).of("taixu.score_board")["board"].text


def test_night_falls_and_the_lamp_is_lit(repository: Path) -> None:
    with playing(repository, "day_and_night", ticks=60) as app:
        sky, sun, lamp = (app.scene.find(name) for name in ("sky", "sun", "lamp"))
        assert sky is not None
        assert sun is not None
        assert lamp is not None
        assert sky[tx.Environment].sun_direction[1] > 0.5, "it begins at ten in the morning"
        day = sun[tx.Light].intensity
        assert (day > 3, lamp[tx.Light].intensity) == (True, 0)
        app.run(ticks=60 * 60)  # half a day later
        assert sky[tx.Environment].sun_direction[1] < -0.5
        assert sun[tx.Light].intensity < day / 3, "the moon is weaker"
        assert lamp[tx.Light].intensity > 20


def test_plants_grow_in_the_beds(repository: Path) -> None:
    with playing(repository, "growing_plants", ticks=30) as app:
        made = _spawned(app, "taixu.growing_plants")
        assert len(made) == 72
        roots = [node for node in made if tx.Shape not in node]
        assert len(roots) == 24

        def sizes() -> float:
            return sum(float(node.scale[1]) for node in roots)

        before = sizes()
        app.run(ticks=180)
        assert sizes() > before + 1, "in three seconds each grows by a tenth of its height"
        for node in roots:
            x, y, z = node.position
            assert -7.9 < x < -3.3
            assert 0.2 < y < 0.4
            assert min(abs(z - bed) for bed in (-2.6, -0.7, 1.2)) < 0.55


def test_laps_are_timed_and_score(repository: Path) -> None:
    with playing(repository, "racing_timer", "score_board", ticks=700) as app:
        shown = app.resource(Widgets).of("taixu.racing_timer")
        assert shown["times"].text == "last 9.00 s\nbest 9.00 s", "a lap of the car's track takes nine seconds"
        assert shown["lap"].text.startswith("Lap 2")
        assert "1  Car" in app.resource(Widgets).of("taixu.score_board")["board"].text


def test_pins_of_the_map_follow(repository: Path) -> None:
    with playing(repository, "mini_map", ticks=10) as app:
        shown = app.resource(Widgets).of("taixu.mini_map")["map"]
        assert len(shown.dots) == len(shown.colors) > 3
        assert all(0 < right < 1 and 0 < down < 1 and 0 < wide < 0.2 for right, down, wide in shown.dots)
        ball = app.scene.find("ball")
        assert ball is not None
        ball.position = (6.0, 0.5, 5.0)
        app.run(ticks=30)
        pins = [node for node in _spawned(app, "taixu.mini_map") if tx.Shape in node and node[tx.Shape].kind == "sphere"]
        assert len(pins) == 1
        table = np.array((-3.2, 0.87, 3.2))
        assert np.allclose(pins[0].world_position, table + 0.1 * np.array(ball.position), atol=0.05)


def test_the_gun_holds_and_throws(repository: Path) -> None:
    with playing(repository, "physics_gun", ticks=10) as app:
        crate = app.scene.find("crate 6")  # on top of the pyramid
        camera = app.scene.find("camera")
        assert crate is not None
        assert camera is not None
        to = rotate(camera.rotation * (-1, -1, -1, 1), crate.position - camera.position)
        yaw, pitch = float(np.arctan2(-to[0], -to[2])), float(np.arctan2(to[1], np.hypot(to[0], to[2])))
        pixel = 0.0009
        _press(app, MouseMoveEvent(640, 360, -yaw / pixel, -pitch / pixel), ticks=6)
        _press(app, MouseButtonEvent("left", True), ticks=4)
        _press(app, MouseMoveEvent(640, 260, 0, -70), ticks=90)
        height = float(crate.position[1])
        assert height > 3.0, "it was at 2.5, and is held above"
        assert float(np.linalg.norm(crate[tx.RigidBody].linear_velocity)) < 0.5, "it hangs still"
        _press(app, MouseButtonEvent("right", True), ticks=20)
        _press(app, MouseButtonEvent("right", False), MouseButtonEvent("left", False), ticks=20)
        assert float(crate.position[2]) < -8, "it flew away from the camera, up to the wall or over it"


def test_the_bot_answers(repository: Path) -> None:
    with playing(repository, "chat_bot", ticks=5) as app:
        widgets = app.resource(Widgets)
        widgets.press("taixu.chat_bot", "time")
        app.run(ticks=3)
        assert app.resource(Chat).lines[-1].text == "I have heard no clock strike yet."
        players.say(app.world, "How fast is the car?")
        app.run(ticks=3)
        assert [line.who for line in app.resource(Chat).lines][-2:] == ["You", "taixu.chat_bot"]
        assert app.resource(Chat).lines[-1].text == "It has not finished a lap yet."
    with playing(repository, "chat_bot", "racing_timer", "day_and_night", ticks=700) as app:
        widgets = app.resource(Widgets)
        for button, answer in (("ahead", "Car, with 1."), ("time", "It is past 12 o'clock."), ("hello", "I am Pim")):
            widgets.press("taixu.chat_bot", button)
            app.run(ticks=3)
            assert answer in app.resource(Chat).lines[-1].text


def test_sand_rises_and_sinks(repository: Path) -> None:
    with playing(repository, "sculpting_tool", ticks=10) as app:
        columns = [node for node in _spawned(app, "taixu.sculpting_tool") if node[tx.Shape].kind == "box"]
        assert len(columns) == 225

        def heights() -> NDArray[np.float64]:
            assert all(abs(node.position[1] - node.scale[1] / 2) < 1e-5 for node in columns), "they stand on the ground"
            return np.array([node.scale[1] for node in columns])

        assert np.allclose(heights(), 0.5)
        _press(app, KeyEvent("space", True), ticks=60)
        _press(app, KeyEvent("space", False), ticks=5)
        hill = heights()
        assert hill.max() > 1.0
        assert np.count_nonzero(hill > 0.51) < 60, "only under the ring"
        _press(app, KeyEvent("d", True), ticks=50)
        _press(app, KeyEvent("d", False), KeyEvent("left_ctrl", True), ticks=60)
        _press(app, KeyEvent("left_ctrl", False), ticks=5)
        assert heights().min() < 0.2, "a hole beside the hill"
        assert heights().max() > 1.0


def test_all_go_on_when_they_are_reloaded(repository: Path) -> None:
    with playing(repository, *NAMES, ticks=200) as app:
        host, before = app.resource(ModHost), app.resource(Widgets).of("taixu.racing_timer")["lap"].text
        assert before.startswith("Lap 1 ")
        for name in list(host.mods):
            host.reload(name, read_package(repository / "samples" / "mods" / "mods" / name.partition(".")[2]).sources)
        app.run(ticks=30)
        _are_well(app)
        assert app.resource(Widgets).of("taixu.racing_timer")["lap"].text.startswith("Lap 1 "), "its lap was kept"


def test_two_runs_are_the_same(repository: Path) -> None:
    hashes = set()
    for _ in range(2):
        with playing(repository, *NAMES, ticks=200) as app:
            hashes.add(app.world.state_hash())
    assert len(hashes) == 1
