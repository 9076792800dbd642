"""Playing: a copy runs, and what it has made different can be kept, all of it and exactly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from taixu.app import Stage
from taixu.edit import id_text
from taixu.errors import TaixuError
from taixu.platform.events import KeyEvent, MouseButtonEvent
from taixu.scene import Node
from taixu.scene.components import Light
from taixu_editor.host import Host
from taixu_editor.play import ViewPlatform
from taixu_editor.play_changes import find_changes

CRATE, POST, SUN = "00000000000000c1", "00000000000000c2", "c94d20b7183e6fa5"
YARD = Path(__file__).parents[2] / "ui" / "worlds" / "yard"


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host(trust=False)
    made.open(YARD)
    yield made
    made.close()


def run(host: Host, frames: int = 60) -> None:
    for _ in range(frames):
        host.frame(1 / 60)


def height(host: Host, entity: str) -> float:
    return float(Node(host.session.world, host.session.entity(entity)).position[1])


def test_what_a_person_edits_is_told_apart_from_what_the_world_does(host: Host) -> None:
    before = host.session.world.state_hash()
    host.do("play.start")
    run(host)
    host.do("transform.set", transforms={POST: {"position": [-3, 2, 0]}})
    host.do("component.set", component="light", fields={"intensity": 9}, entities=[SUN])
    host.do("history.undo")
    found = host.play.changes().items
    assert [(e.entity, e.component, e.field, e.is_edited) for e in found] == [
        (POST, "transform", "position", True),
        (CRATE, "transform", "position", False),
    ]
    assert (found[0].before, found[0].after, found[0].name) == ([-3, 1, 0], [-3, 2, 0], "Post")
    host.do("play.stop")
    assert host.session.world.state_hash() == before
    assert host.play.offer is not None and host.play.offer.changes.edited == found[:1]


def test_entities_and_components_that_came_and_went_are_kept_in_one_step(host: Host) -> None:
    before = host.session.world.state_hash()
    host.do("play.start")
    host.do("entity.spawn", name="New", id="00000000000000d1", components={"shape": {"kind": "sphere"}})
    host.do("component.add", component="rigid_body", fields={"mass_kg": 3}, entities=[POST])
    host.do("component.remove", component="material", entities=[CRATE])
    host.do("entity.delete", entities=[SUN])
    run(host, 2)
    host.do("play.stop")
    assert host.play.offer is not None
    edited = host.play.offer.changes.edited
    kinds = {(each.entity, each.component, each.field) for each in edited}
    expected = {("00000000000000d1", "", ""), (POST, "rigid_body", ""), (CRATE, "material", ""), (SUN, "", "")}
    assert kinds >= expected
    steps = len(host.session.history.steps[0])
    assert host.play.keep(edited) == len(edited)
    assert len(host.session.history.steps[0]) == steps + 1 and host.play.offer is None
    world = host.session.world
    assert world.find(int(SUN, 16)) is None and world.find(0xD1) is not None
    names = {each.name for each in world.place(host.session.entity(POST))[0].components}
    assert "rigid_body" in names
    host.do("history.undo")
    assert host.session.world.state_hash() == before
    host.do("history.redo")
    assert host.session.world.find(0xD1) is not None


def test_a_field_that_went_back_to_its_default_is_a_change_too(host: Host) -> None:
    host.do("play.start")
    host.do("transform.set", transforms={POST: {"position": [0, 0, 0]}})
    host.do("component.set", component="light", fields={"intensity": 1.0}, entities=[SUN])
    host.do("play.stop")
    assert host.play.offer is not None
    host.play.keep(host.play.offer.changes.edited)
    assert height(host, POST) == 0.0
    assert host.session.world.get(host.session.entity(SUN), Light).intensity == 1.0


def test_children_of_prefabs_are_kept_as_overrides() -> None:
    host = Host(trust=False)
    try:
        host.open(YARD.parent / "desk")
        cart = "00000000000000aa"
        world = host.session.world
        child = Node(world, host.session.entity(cart)).children[0]
        before, name = world.state_hash(), id_text(child.stable_id)
        host.do("play.start")
        played = Node(host.session.world, host.session.entity(name))
        x, y, z = played.position.tolist()
        place = [x, y + 1, z]
        host.do("transform.set", transforms={name: {"position": place}})
        host.do("play.stop")
        assert host.play.offer is not None
        edited = host.play.offer.changes.edited
        assert [(each.entity, each.component) for each in edited] == [(cart, "prefab_instance")]
        host.play.keep(edited)
        kept = Node(host.session.world, host.session.entity(name))
        assert kept.position.tolist() == pytest.approx(place, abs=1e-5)
        host.do("history.undo")
        assert host.session.world.state_hash() == before
    finally:
        host.close()


def test_the_selection_is_kept_while_it_plays_on(host: Host) -> None:
    host.do("play.start")
    run(host)
    host.do("selection.set", entities=[CRATE])
    fallen = height(host, CRATE)
    assert host.do("play.keep_selected") == 1
    assert host.play.is_playing
    host.do("play.stop")
    assert height(host, CRATE) == pytest.approx(fallen, abs=1e-5)
    assert host.session.current.selection == (CRATE,)
    assert host.session.history.undo_label == "Keep changes of play"


def test_so_many_are_looked_at_and_those_of_a_person_always(host: Host) -> None:
    ids = [f"{0x1000 + i:016x}" for i in range(60)]
    for i, each in enumerate(ids):
        host.do("entity.spawn", id=each, components={"transform": {"position": [i, 5, 9]}, "rigid_body": {}, "collider": {}})
    host.do("play.start")
    run(host, 30)
    played, edited = host.session.current, host.session.worlds[0]
    assert edited is not played
    found = find_changes(edited, played, since=0, touched=frozenset({(ids[-1], "transform", "position")}), most=10)
    assert found.left_out > 0 and len({each.entity for each in found.items}) <= 12
    assert [each.entity for each in found.edited] == [ids[-1]]


def test_operations_of_play_say_when_they_make_no_sense(host: Host) -> None:
    for name in ("play.stop", "play.pause", "play.step", "play.keep_selected"):
        with pytest.raises(TaixuError, match="nothing is played"):
            host.do(name)
    host.do("play.start")
    with pytest.raises(TaixuError, match="played already"):
        host.do("play.start")
    with pytest.raises(TaixuError, match="not saved"):
        host.do("world.save")


def test_the_time_scale_stays_from_one_play_to_the_next(host: Host) -> None:
    host.do("play.speed", speed=0.5)
    host.do("play.start")
    run(host, 60)
    assert host.play.now_secs == pytest.approx(0.5, abs=0.05)
    host.do("play.speed", speed=1e9)
    host.do("play.stop")
    assert host.play.speed == 100.0


def test_what_fails_in_play_pauses_it_and_says_so_once(host: Host) -> None:
    host.do("play.start")

    def fail(world: object) -> None:
        raise ValueError("the gears are stuck")

    host.session.current.app.add_system(Stage.UPDATE, fail)
    with pytest.raises(TaixuError, match=r"play is paused.*ValueError: the gears are stuck"):
        run(host, 1)
    assert host.play.is_paused
    run(host, 3)
    host.do("play.stop")
    assert not host.play.is_playing


def test_hands_that_leave_let_go_of_everything() -> None:
    platform = ViewPlatform()
    platform.put([KeyEvent("w", True), KeyEvent("a", True), KeyEvent("a", False), MouseButtonEvent("left", True)])
    platform.poll(0)
    platform.let_go()
    assert list(platform.poll(1)) == [KeyEvent("w", False), MouseButtonEvent("left", False)]
    platform.let_go()
    assert list(platform.poll(2)) == []


def test_keeping_is_refused_whole_where_a_part_cannot_be(host: Host) -> None:
    before = host.session.world.state_hash()
    host.do("play.start")
    host.do("play.stop")
    host.do("play.start")
    changes = [
        {"entity": POST, "component": "transform", "field": "position", "after": [0, 9, 0]},
        {"entity": "00000000000000ff", "component": "transform", "field": "position", "after": [0, 0, 0]},
    ]
    with pytest.raises(TaixuError, match="00000000000000ff"):
        host.do("play.keep", changes=changes)
    with pytest.raises(TaixuError, match="names no entity"):
        host.do("play.keep", changes=[{"component": "transform"}])
    host.do("play.stop")
    assert host.session.world.state_hash() == before
