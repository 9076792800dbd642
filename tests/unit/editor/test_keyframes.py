"""Keys in sets, looks at times, commands that join the step before, and what a run makes of keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')

from taixu.animation import PropertyTrack, value_at
from taixu.defaults import App
from taixu.edit.history import JOINED
from taixu.errors import TaixuError
from taixu.scene import Material, Node
from taixu_editor.host import Host
from taixu_editor.keyframes import tracks_of

POSITION, ROUGHNESS = "transform.position", "material.roughness"


@pytest.fixture
def host() -> Any:
    made = Host()
    made.session.new()
    made.do("entity.spawn", name="Crate", components={"shape": {"kind": "box"}, "material": {}})
    yield made
    made.close()


def crate(host: Host) -> str:
    return str(host.session.current.selection[-1])


def add(host: Host, *keys: tuple[str, float, list[float]], merge: object = None) -> None:
    tracks, times, values = zip(*keys, strict=True)
    parameters = {"entity": crate(host), "tracks": tracks, "times_secs": times, "values": values}
    host.operations.do(host.session, "animation.add_keys", parameters, merge=merge)


def times_of(host: Host, track: str) -> list[float]:
    found: list[float] = tracks_of(host.session, crate(host)).get(track, {"times": []})["times"]
    return found


def test_keys_of_several_tracks_are_one_step(host: Host) -> None:
    before = host.session.world.state_hash()
    add(host, (POSITION, 0.0, [0, 0, 0]), (POSITION, 1.0, [0, 2, 0]), (ROUGHNESS, 0.5, [0.25]))
    assert (times_of(host, POSITION), times_of(host, ROUGHNESS)) == ([0.0, 1.0], [0.5])
    host.do("history.undo")
    assert host.session.world.state_hash() == before


def test_keys_move_together_and_stop_at_the_beginning(host: Host) -> None:
    add(host, (POSITION, 0.5, [0, 0, 0]), (POSITION, 1.0, [0, 2, 0]), (ROUGHNESS, 1.0, [0.25]))
    both = {"entity": crate(host), "tracks": [POSITION, ROUGHNESS], "keys": [0, 0]}
    host.do("animation.move_keys", **both, by_secs=-2.0)
    assert (times_of(host, POSITION), times_of(host, ROUGHNESS)) == ([0.0, 1.0], [0.5])
    host.do("animation.delete_keys", **both)
    assert (times_of(host, POSITION), times_of(host, ROUGHNESS)) == ([1.0], [])
    host.do("animation.delete_track", entity=crate(host), track=POSITION)
    assert tracks_of(host.session, crate(host)) == {}


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("animation.move_keys", {"tracks": [POSITION], "keys": [9], "by_secs": 1.0}),
        ("animation.delete_keys", {"tracks": [POSITION, POSITION], "keys": [0]}),
        ("animation.delete_track", {"track": "light.intensity"}),
        ("animation.add_keys", {"tracks": [POSITION], "times_secs": [0.0], "values": [[1.0]]}),
        ("animation.add_keys", {"tracks": ["nobody.knows"], "times_secs": [0.0], "values": [[1.0]]}),
    ],
)
def test_what_is_not_there_is_one_sentence_and_changes_nothing(host: Host, operation: str, parameters: dict[str, Any]) -> None:
    add(host, (POSITION, 0.5, [0, 0, 0]))
    before = host.session.world.state_hash()
    with pytest.raises(TaixuError) as error:
        host.do(operation, entity=crate(host), **parameters)
    assert "\n" not in str(error.value)
    assert host.session.world.state_hash() == before


def test_a_look_at_a_time_puts_the_entity_there(host: Host) -> None:
    add(host, (POSITION, 0.0, [0, 0, 0]), (POSITION, 1.0, [0, 2000, 0]), (ROUGHNESS, 0.0, [0.2]), (ROUGHNESS, 1.0, [0.6]))
    before = host.session.world.state_hash()
    host.do("animation.pose", entity=crate(host), time_secs=0.75)
    node = Node(host.session.world, host.session.entity(crate(host)))
    np.testing.assert_allclose(node.position, [0, 1500, 0])
    assert node[Material].roughness == pytest.approx(0.5)
    host.do("history.undo")
    assert host.session.world.state_hash() == before


def test_what_joins_a_step_is_undone_and_done_again_with_it(host: Host) -> None:
    before, steps = host.session.world.state_hash(), len(host.session.history.steps[0])
    place = {"component": "transform", "fields": {"position": [1, 2, 3]}, "entities": [crate(host)]}
    host.do("component.set", **place)
    add(host, (POSITION, 0.0, [1, 2, 3]), merge=JOINED)
    after = host.session.world.state_hash()
    assert len(host.session.history.steps[0]) == steps + 1
    host.do("history.undo")
    assert host.session.world.state_hash() == before
    host.do("history.redo")
    assert host.session.world.state_hash() == after


def test_what_joins_a_saved_step_is_a_step_of_its_own(host: Host) -> None:
    host.session.history.mark_saved()
    add(host, (POSITION, 0.0, [1, 2, 3]), merge=JOINED)
    assert not host.session.history.is_saved
    host.do("history.undo")
    assert host.session.history.is_saved


@pytest.mark.parametrize(("how", "expected"), [("linear", 2.5), ("smooth", 1.5625), ("step", 0.0)])
def test_one_track_is_sampled_as_a_world_does(how: str, expected: float) -> None:
    track = PropertyTrack("light", "intensity", np.array([0.0, 2.0]), np.array([[0.0], [10.0]]), how)
    assert value_at(track, 0.5) == pytest.approx([expected])
    assert value_at(track, -1.0) == [0.0] and value_at(track, 9.0) == [10.0]


def test_keys_are_saved_and_play_in_a_run(host: Host, tmp_path: Path) -> None:
    add(host, (POSITION, 0.0, [0, 1, 0]), (POSITION, 1.0, [0, 3, 0]))
    file = tmp_path / "moving.world.json"
    host.do("world.save", path=str(file))
    reopened = Host()
    reopened.open(file)
    app: App = reopened.session.current.app
    handle = reopened.session.entity(crate(host))
    for _ in range(31):
        app.frame(1 / 60)
    height = float(Node(app.world, handle).position[1])
    assert height == pytest.approx(2.0, abs=0.1)
    reopened.close()


@pytest.mark.parametrize("tracks", [[1, 2.5, "three"], {POSITION: 3}, {POSITION: {"times": [0], "values": [["far"]]}}, {"x": {}}])
def test_what_is_no_track_is_none(host: Host, tracks: Any) -> None:
    host.do("component.add", component="property_animation", fields={"tracks": tracks}, entities=[crate(host)])
    assert tracks_of(host.session, crate(host)) == {}
    add(host, (POSITION, 0.0, [0.0, 0.0, 0.0]))
    assert times_of(host, POSITION) == [0.0]
