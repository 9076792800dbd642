"""The twin's desk without a window: a copy that is fed, follows edits, and leaves the document alone."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.edit import WorldSettings
from taixu.errors import TaixuError
from taixu.twin import Batch
from taixu_editor.host import Host
from taixu_editor.twin.proposals import TopicField, compatible_units, key_level, propose_binding
from taixu_editor.twin.topics import TopicBook

DESK = Path(__file__).parents[2] / "ui" / "worlds" / "desk"
CRATE, OTHER = "00000000000000c0", "00000000000000c1"
BINDING = {"topic": "hall/{key}/pose", "from": ["x", "y", "z"], "to": "transform.position", "unit": "mm"}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    root = tmp_path / "desk"
    shutil.copytree(DESK, root)
    lines = [f"{1_760_000_000 + i * 0.02:.2f},{i * 10},0,400" for i in range(2000)]
    (root / "cart.csv").write_text("\n".join(("time,x,y,z", *lines)) + "\n")
    found = Host(trust=True)
    found.open(root)
    found.do("component.add", component="device", fields={"key": "cart 7"}, entities=[CRATE])
    settings = {"kind": "table", "path": str(root / "cart.csv"), "topic": "hall/cart 7/pose", "key": ""}
    found.do("twin.set_source", name="carts", settings=settings)
    yield found
    found.close()


def frames_until(host: Host, is_so: Callable[[], Any], *, secs: float = 120.0) -> None:
    end = time.monotonic() + secs
    while not is_so():
        assert time.monotonic() < end, f"it did not come about: {host.twin.problem!r}"
        host.frame(0.02)
        time.sleep(0.01)


def batch(topic: str, *, keys: tuple[str, ...] = (), source: str = "plant", **fields: float) -> Batch:
    values = {name: np.array([value]) for name, value in fields.items()}
    return Batch(topic, np.zeros(1, np.uint32), np.array([time.time_ns()]), values, keys, source)


def test_readings_go_into_a_copy_and_a_new_binding_takes_what_was_heard_last(host: Host) -> None:
    before = host.session.world.state_hash()
    host.do("live.connect")
    frames_until(host, lambda: len(host.twin.topics))
    assert "transform.position" not in host.twin.values_of(CRATE), "nothing is bound yet"
    host.do("twin.bind", binding=BINDING)
    frames_until(host, lambda: host.twin.values_of(CRATE).get("transform.position", {}).get("age_secs") is not None)
    assert host.twin.values_of(CRATE)["transform.position"]["value"][2] == pytest.approx(0.4)
    assert host.session.world.state_hash() == before
    host.do("live.disconnect")
    assert host.twin.world is None
    assert host.session.world.state_hash() == before


def test_the_copy_follows_what_is_edited_and_what_comes_and_goes(host: Host) -> None:
    host.do("live.connect")
    frames_until(host, lambda: host.twin.world is not None)
    world = host.twin.world
    assert world is not None
    host.do("transform.set", transforms={OTHER: {"position": [5.0, 6.0, 7.0]}})
    frames_until(host, lambda: float(world.gather([world.find(int(OTHER, 16))], *_translation())[0, 0]) == 5.0)
    made = host.do("entity.spawn", name="New", components={"transform": {"position": [1, 0, 0]}}, id="00000000000000ff")
    frames_until(host, lambda: world.find(0xFF) is not None)
    assert world.find(0xFF) == host.session.world.find(0xFF), f"{made}: by the same handle"
    host.session.undo()
    frames_until(host, lambda: world.find(0xFF) is None)


def _translation() -> tuple[type, str]:
    from taixu.scene import Transform

    return Transform, "translation"


def test_projects_of_others_do_not_connect(host: Host) -> None:
    host.trust = False
    with pytest.raises(TaixuError, match="trust it"):
        host.do("live.connect")
    assert host.twin.copy is None


def test_a_source_that_cannot_be_is_said_and_playing_ends_it(host: Host) -> None:
    host.do("twin.set_source", name="gone", settings={"kind": "table", "path": "nowhere.csv"})
    host.do("live.connect")
    frames_until(host, lambda: host.twin.problem)
    assert "nowhere.csv" in host.twin.problem
    host.do("play.start")
    host.frame(0.02)
    assert not host.twin.is_live
    host.do("play.stop")


def test_edits_that_cannot_be_are_refused_and_change_nothing(host: Host) -> None:
    world = host.session.world
    before = (world.snapshot().resources[WorldSettings], world.state_hash())
    for operation, parameters in (
        ("twin.set_source", {"name": "a/b", "settings": {"kind": "mqtt"}}),
        ("twin.set_source", {"name": "a", "settings": {"kind": "fax"}}),
        ("twin.set_source", {"name": "a", "settings": {"kind": "table", "number": 7}}),
        ("twin.bind", {"binding": {"topic": "a", "from": "x", "to": "nothing.at_all"}}),
        ("twin.unbind", {"place": 3}),
        ("twin.set_rule", {"rule": {"name": "r", "when": "nonsense >"}}),
        ("twin.set", {"key": "colour", "value": 1}),
        ("twin.fence", {"points": [[0, 0], [1, 1]]}),
    ):
        with pytest.raises(TaixuError):
            host.do(operation, **parameters)
    assert (world.snapshot().resources[WorldSettings], world.state_hash()) == before


def test_renaming_a_source_takes_its_bindings_along(host: Host) -> None:
    host.do("twin.bind", binding={**BINDING, "source": "carts"})
    host.do("twin.set_source", name="agvs", former="carts", settings={"kind": "mqtt"})
    from taixu.edit import WorldSettings

    section = host.session.world.resource(WorldSettings).section("twin")
    assert list(section["sources"]) == ["agvs"]
    assert section["bindings"][0]["source"] == "agvs"


def test_the_key_is_the_level_that_devices_are_called_by_or_that_differs() -> None:
    book = TopicBook()
    book.note([batch("plant/press-4/state", temp=1.0), batch("plant/press-5/state", temp=1.0)], now_secs=1.0)
    book.note([batch("hall/a/b/12", x=1.0), batch("log/many", keys=("p1", "p2"), x=1.0)], now_secs=1.0)
    topics = {topic.name: topic for topic in book}
    assert key_level(topics["plant/press-4/state"], book, {"plant"}) == 0, "somebody is called so"
    assert key_level(topics["plant/press-4/state"], book, set()) == 1, "there are others like it"
    assert key_level(topics["hall/a/b/12"], book, set()) == 3, "a number"
    assert key_level(topics["log/many"], book, set()) == -1, "its readings say who"


def test_a_place_is_proposed_whole_with_its_frame(host: Host) -> None:
    book = host.twin.topics
    book.note([batch("air/drone-3", lon=4.3, lat=52.0, height=80.0, battery=0.5)], now_secs=1.0)
    found, key = propose_binding(host.session, book, TopicField("plant", "air/drone-3", "lat"), entity=OTHER)
    assert found == {"topic": "air/{key}", "from": ["lon", "lat", "height"], "to": "transform.position", "frame": "gps"}
    assert key == "drone-3"
    battery = TopicField("plant", "air/drone-3", "battery")
    found, key = propose_binding(host.session, book, battery, entity=CRATE, target="light.range")
    assert found["to"] == "light.range" and found["from"] == "battery"
    assert not key, "it is a device already"


def test_units_that_fit() -> None:
    pytest.importorskip("pint")
    assert {"mm", "km", "inch"} <= set(compatible_units("m"))
    assert "degF" in compatible_units("degC") and "mm" not in compatible_units("degC")
    assert compatible_units("") == ()


def test_the_tree_of_topics_is_short_and_is_searched() -> None:
    book = TopicBook()
    book.note([batch("plant/a/state", temp=1.0), batch("plant/b/state", temp=2.0, mode=1)], now_secs=1.0)
    assert [row.label for row in book.rows(set())] == ["plant", "a/state", "b/state"]
    assert [row.label for row in book.rows({"plant:plant"})] == ["plant"]
    assert [row.label for row in book.rows(set(), "mode")] == ["plant/b/state"]
    for second in range(2, 6):
        book.note([batch("plant/a/state", temp=float(second))] * 10, now_secs=second)
        book.tick(second)
    topic = book.find("plant", "plant/a/state")
    assert topic is not None
    assert topic.rate == pytest.approx(10.0) and topic.fields["temp"].value == 5.0
    assert list(topic.fields["temp"].curve) == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_part_of_a_place_that_is_dropped_on_a_thing_means_where_it_stands(host: Host) -> None:
    host.twin.topics.note([batch("agv/3", x=1.0, y=2.0, battery=0.5)], now_secs=1.0)
    found, _ = propose_binding(host.session, host.twin.topics, TopicField("plant", "agv/3", "x"), entity=OTHER)
    assert (found["from"], found["to"]) == (["x", "y"], "transform.position")


def test_alarms_are_raised_and_acknowledged(host: Host) -> None:
    host.do("component.add", component="device", fields={"key": "cart 7"}, entities=[CRATE])
    host.do("twin.set_binding", binding=BINDING)
    host.do("twin.set_rule", rule={"name": "there", "when": "z > 0.3", "say": "{name} is there"})
    host.do("live.connect")
    frames_until(host, lambda: host.twin.alarms())
    (alarm,) = host.twin.alarms()
    assert (alarm.rule, alarm.acknowledged_by) == ("there", "")
    host.do("live.acknowledge", number=alarm.number)
    assert [each.acknowledged_by for each in host.twin.alarms()] == ["editor"]
    with pytest.raises(TaixuError, match="no alarm 99"):
        host.do("live.acknowledge", number=99)
    host.do("live.disconnect")
    assert host.twin.alarms() == []
    with pytest.raises(TaixuError, match="nothing is connected"):
        host.do("live.acknowledge", number=alarm.number)


def test_giving_up_while_the_copy_is_made(host: Host) -> None:
    for _ in range(3):
        host.do("live.connect")
        assert host.twin.is_live and host.twin.world is None, "no frame waits for it"
        host.do("live.disconnect")
        assert not host.twin.is_live
    host.do("live.connect")
    frames_until(host, lambda: host.twin.world is not None and len(host.twin.topics))


def test_frames_and_the_place_on_earth(host: Host) -> None:
    host.do("twin.place", georeference={"latitude_deg": 48.0, "longitude_deg": 9.0, "height_m": 0.0})
    host.do("twin.set_frame", name="gps", frame={"crs": "EPSG:4326"})
    host.do("twin.set_frame", name="hall", frame={"origin_m": [1, 2, 3], "heading_deg": 90.0, "up": "z"})
    host.do("twin.set_binding", binding={**BINDING, "frame": "hall"})
    for operation, parameters, said in (
        ("twin.set_frame", {"name": "world", "frame": {}}, "the world's own"),
        ("twin.set_frame", {"name": "gps", "frame": {}, "former": "hall"}, "two frames"),
        ("twin.set_frame", {"name": "x", "frame": {"crs": "EPSG:nowhere"}}, "PROJ knows no"),
        ("twin.remove_frame", {"name": "hall"}, "goes by the frame"),
        ("twin.remove_frame", {"name": "nobody"}, "no frame"),
        ("twin.place", {"georeference": None}, "is geographic"),
        ("twin.place", {"georeference": {"latitude_deg": 99}}, "no latitude"),
    ):
        with pytest.raises(TaixuError, match=said):
            host.do(operation, **parameters)
    host.do("twin.set_frame", name="shop", frame={"origin_m": [0, 0, 0]}, former="hall")
    section = host.session.world.resource(WorldSettings).section("twin")
    assert list(section["frames"]) == ["gps", "shop"] and section["bindings"][0]["frame"] == "shop"
    host.session.undo()
    section = host.session.world.resource(WorldSettings).section("twin")
    assert list(section["frames"]) == ["gps", "hall"] and section["bindings"][0]["frame"] == "hall"
    host.do("twin.remove_frame", name="gps")
    host.do("twin.place", georeference=None)
    assert "georeference" not in host.session.world.resource(WorldSettings).section("twin")
