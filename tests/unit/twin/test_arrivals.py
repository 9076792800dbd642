from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import taixu as tx
from taixu.app import Components
from taixu.edit import PrefabLibrary, WorldSettings
from taixu.errors import TaixuError
from taixu.scene import Name, Transform
from taixu.twin import Batch, Device
from taixu.twin.arrivals import Arrivals, arrival_id, read_arrivals
from taixu.twin.inbox import Inbox, Letter
from taixu.twin.memory import Recording
from taixu.twin.memory.restoring import fill_moment
from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
BOX = {"shape": {"kind": "box"}, "transform": {"scale": [0.2, 0.2, 0.2]}}
ARRIVAL = {"topic": "part/{key}/pose", "components": BOX, "kind": "part", "at_most": 3, "gone_after": 5}
BINDING = {"topic": "part/{key}/pose", "from": ["x", "y", "z"], "to": "transform.position"}


class Hall:
    """A world that parts come into; its clock stands until it is set."""

    def __init__(self, app: tx.App, clock: list[int], *, arrival: dict[str, Any] = ARRIVAL) -> None:
        self.app, self.clock = app, clock
        app.resource(WorldSettings).values["twin"] = {"bindings": [BINDING], "arrivals": [arrival]}
        configure_twin(app.world)

    def hear(self, secs: float, *keys: str, x: float = 1.0) -> None:
        self.clock[0] = NOW + round(secs * SECOND)
        for key in keys:
            at = {name: np.full(1, x) for name in "xyz"}
            self.app.resource(Inbox).put(Letter(Batch(f"part/{key}/pose", np.zeros(1, np.uint32), np.array(self.clock), at)))
        self.app.run(ticks=1)

    @property
    def keys(self) -> list[str]:
        tables = self.app.world.query(Device, Transform)
        return sorted(key for table in tables for key in table.read(Device, "key").tolist() if key)


@pytest.fixture
def hall() -> Any:
    clock = [NOW]
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: clock[0]),)) as app:
        yield Hall(app, clock)


def test_a_reading_of_a_stranger_makes_an_entity_that_goes_when_it_falls_silent(hall: Hall) -> None:
    hall.hear(0, "p1", "p2", x=2.0)
    assert hall.keys == ["p1", "p2"]
    world = hall.app.world
    entity = world.find(arrival_id("p1"))
    assert entity is not None and world.get(entity, Device).kind == "part" and world.get(entity, Name).text == "p1"
    assert world.get(entity, Transform).translation == pytest.approx((2.0, 2.0, 2.0)), "the reading that brought it is written"
    assert world.get(entity, Transform).scale == pytest.approx((0.2, 0.2, 0.2))
    hall.hear(4, "p2")
    hall.hear(5.5)
    assert hall.keys == ["p2"]
    hall.hear(6, "p1")
    assert hall.keys == ["p1", "p2"]
    assert world.find(arrival_id("p1")) not in (None, entity), "who comes back is the same thing, and another entity"
    arrivals = world.resource(Arrivals)
    assert (arrivals.came, arrivals.went, len(arrivals)) == (3, 1, 2)


def test_there_are_only_so_many_and_who_stands_there_already_is_nobodys_arrival(hall: Hall) -> None:
    hall.app.scene.spawn("Stand", Device(key="p0", kind="part"))
    hall.hear(0, "p0", "p1", "p2", "p3", "p4", "p5")
    assert hall.keys == ["p0", "p1", "p2", "p3"]
    assert hall.app.resource(Arrivals).turned_away == 2
    hall.hear(100)
    assert hall.keys == ["p0"], "who belongs to the world stays, however silent"


def test_who_was_taken_away_comes_back_with_the_next_reading(hall: Hall) -> None:
    hall.hear(0, "p1")
    hall.app.world.despawn([hall.app.world.find(arrival_id("p1"))])
    hall.hear(1)
    assert hall.keys == []
    hall.hear(2, "p1")
    assert hall.keys == ["p1"] and len(hall.app.resource(Arrivals)) == 1


def test_batches_of_many_things_and_hostile_keys(hall: Hall) -> None:
    numbers = np.array([0, 2, 2, 9], np.uint32)
    values = {name: np.arange(4.0) for name in "xyz"}
    batch = Batch("part/line/pose", numbers, np.full(4, NOW), values, ("a", "b", "c"))
    hall.app.resource(Inbox).put(Letter(batch))
    hall.hear(0, "x" * 500, "bell\a")
    assert hall.keys == ["a", "c"], "those that are spoken of, and no others"


def test_what_came_and_went_is_in_the_recording(tmp_path: Path, hall: Hall) -> None:
    begin_recording(hall.app, tmp_path / "r")
    for second in range(12):
        hall.hear(second, *(["p1"] if second < 4 else []), *(["p2"] if second >= 8 else []), x=float(second))
    hall.app.close()
    recording = Recording(tmp_path / "r")
    for second, keys in ((2, ["p1"]), (7, ["p1"]), (8, ["p1", "p2"]), (11, ["p2"])):
        with tx.App.headless(plugins=(TwinPlugin(),)) as app:
            fill_moment(app.world, recording.moment(NOW + second * SECOND), app.components)
            found = {key for table in app.world.query(Device) for key in table.read(Device, "key").tolist()}
            assert sorted(found) == keys, second


def test_a_prefab_with_children_says_what_arrives(hall: Hall) -> None:
    prefab = {
        "format": "taixu.prefab", "version": 1, "root": "0000000000000001",
        "entities": {
            "0000000000000001": {"name": {"text": "Part"}, "transform": {}, "device": {"kind": "crate"}, "shape": {"kind": "box"}},
            "0000000000000002": {"name": {"text": "Label"}, "transform": {}, "parent": {"entity": "0000000000000001"}},
        },
    }  # fmt: skip
    files: dict[str, Callable[[], bytes]] = {"part.prefab.json": lambda: json.dumps(prefab).encode()}
    hall.app.resource(PrefabLibrary).read = lambda path: files[path]()
    arrival = {"topic": "part/{key}/pose", "prefab": "part.prefab.json", "gone_after": 5}
    hall.app.resource(WorldSettings).values["twin"]["arrivals"] = [arrival]
    configure_twin(hall.app.world)
    before = len(hall.app.world)
    hall.hear(0, "p1", x=3.0)
    entity = hall.app.scene.find("p1")
    assert entity is not None and [child.name for child in entity.children] == ["Label"]
    assert hall.app.world.get(entity.entity, Device) == Device(key="p1", kind="crate")
    hall.hear(6)
    hall.hear(6.1)
    assert len(hall.app.world) == before, "its children went with it"


def test_a_prefab_that_cannot_be_read_is_said_and_stops_nobody(hall: Hall) -> None:
    hall.app.resource(WorldSettings).values["twin"]["arrivals"] = [{"topic": "part/{key}/pose", "prefab": "nowhere.prefab.json"}]
    configure_twin(hall.app.world)
    hall.hear(0, "p1")
    assert hall.keys == [] and "nowhere" in str(hall.app.resource(Arrivals).problems)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"topic": "a/{key}"}, "either a prefab, or components"),
        ({"topic": "a/{key}", "prefab": "p", "components": {}}, "either a prefab, or components"),
        ({"topic": "a/{key}", "components": {"device": {}}}, "device and name"),
        ({"topic": "a/{key}", "components": {"shape": {"kind": 3}}}, "components: "),
        ({"topic": "a/{key}", "components": {"shap": {}}}, "components: "),
        ({"topic": "a/{key}", "prefab": "p", "at_most": 0}, "at_most"),
        ({"topic": "a/{key}", "prefab": "p", "gone_after": -1}, "gone_after"),
        ({"topic": "", "prefab": "p"}, "topic"),
        ({"topic": "a/{key}", "prefab": "p", "colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_said(raw: dict[str, Any], message: str) -> None:
    components = Components()
    components.register(Transform)
    components.register(tx.Shape)
    with pytest.raises(TaixuError, match=r"twin.arrivals\[0\]: .*" + message):
        read_arrivals([raw], components)
