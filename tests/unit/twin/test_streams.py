"""Where a stream's things live is kept between frames: it must follow the world wherever it goes."""

from __future__ import annotations

import numpy as np
import pytest

from taixu.app import Components
from taixu.ecs import F32, World, component, field
from taixu.scene import CELL_M, Transform
from taixu.twin import Batch, Device, Feed, Roster
from taixu.twin.bindings import read_bindings
from taixu.twin.frames import read_frames

NOW = 1_760_000_000_000_000_000


@component("streamed_gauge")
class Gauge:
    """What is measured."""

    level: F32 = field(default=0.0)


@component("streamed_tag")
class Tag:
    """Moves an entity to another table."""

    weight: F32 = field(default=0.0)


class Plant:
    """A world of gauges that knows what each should show."""

    def __init__(self, count: int, *, to: str = "streamed_gauge.level", names: tuple[str, ...] = ("level",)) -> None:
        self.world, components = World(), Components()
        for cls in (Transform, Device, Gauge, Tag):
            components.register(cls)
        self.world.insert_resource(Roster())
        self.feed = Feed(read_bindings([{"topic": "gauge", "from": list(names), "to": to}], components, read_frames({})))
        self.keys = tuple(f"g{i}" for i in range(count))
        self.entity_of: dict[str, int] = {}
        self.level_of: dict[str, float] = {}
        self.now = NOW
        self.spawn(list(self.keys))
        self.send([], {name: [] for name in names}, keys=self.keys)

    def spawn(self, keys: list[str]) -> None:
        made = self.world.spawn_batch(len(keys), {Transform: {}, Gauge: {}, Device: {"key": np.array(keys, object)}})
        self.entity_of.update(zip(keys, made.tolist()))
        self.level_of.update(dict.fromkeys(keys, 0.0))

    def send(self, numbers: object, fields: dict[str, object], *, keys: tuple[str, ...] = ()) -> None:
        self.now += 1_000_000
        columns = {name: np.asarray(values, np.float32) for name, values in fields.items()}
        wanted = np.asarray(numbers, np.uint32)
        self.feed.take(self.world, [Batch("gauge", wanted, np.full(len(wanted), self.now), columns, keys)], now_ns=self.now)

    def shown(self) -> dict[str, float]:
        return {key: float(self.world.get(entity, Gauge).level) for key, entity in self.entity_of.items()}


def test_readings_find_their_things_whatever_happens_to_the_world() -> None:
    plant, rng = Plant(100), np.random.default_rng(5)
    for step in range(300):
        living = sorted(plant.entity_of)
        chance = rng.random()
        if chance < 0.1 and len(living) > 20:  # rows of others move into the holes
            for key in rng.choice(living, 3, replace=False).tolist():
                plant.world.despawn(plant.entity_of.pop(key))
                del plant.level_of[key]
        elif chance < 0.2:
            plant.spawn([key for key in plant.keys if key not in plant.entity_of][:2])
        elif chance < 0.3:
            plant.world.insert([plant.entity_of[key] for key in rng.choice(living, 4, replace=False).tolist()], Tag)
        elif chance < 0.35:
            plant.world.remove([plant.entity_of[key] for key in living[:10]], Tag)
        elif chance < 0.4:  # somebody takes a name over
            one, other = rng.choice(living, 2, replace=False).tolist()
            entity, gone = plant.entity_of.pop(one), plant.entity_of.pop(other)
            plant.world.despawn(gone)
            plant.feed.take(plant.world, [], now_ns=plant.now)
            plant.world.set(entity, Device, key=other)
            plant.entity_of[other] = entity
            plant.level_of[other] = plant.level_of.pop(one)
        elif chance < 0.42:
            plant.world.restore(plant.world.snapshot())
        numbers = rng.integers(0, len(plant.keys), 40)
        levels = rng.normal(size=40).astype(np.float32)
        plant.send(numbers, {"level": levels})
        for number, level in zip(numbers.tolist(), levels.tolist()):
            if plant.keys[number] in plant.level_of:
                plant.level_of[plant.keys[number]] = level
        assert plant.shown() == plant.level_of, f"in step {step}"
    assert plant.feed.counts.unknown > 0 and plant.feed.counts.late == 0


def test_who_arrives_is_found_among_many_names() -> None:
    plant = Plant(100)
    late = plant.entity_of.pop("g7")
    plant.world.despawn(late)
    plant.send([7, 8], {"level": [1.0, 2.0]})
    assert plant.feed.counts.unknown == 1
    plant.spawn(["g7"])
    plant.send([7, 8], {"level": [3.0, 4.0]})
    assert (plant.shown()["g7"], plant.shown()["g8"]) == (3.0, 4.0)


def test_readings_of_few_among_many_that_come_and_go() -> None:
    plant = Plant(500)
    for i in range(20):
        plant.world.spawn(Tag)  # the world changes every frame, so that nothing can be kept
        plant.send([i], {"level": [i + 1.0]})
    assert [plant.shown()[f"g{i}"] for i in range(21)] == [*(i + 1.0 for i in range(20)), 0.0]


def test_who_has_no_number_does_not_silence_the_others() -> None:
    plant = Plant(4)
    plant.send([1, 9, 2], {"level": [1.0, 2.0, 3.0]})
    assert list(plant.shown().values()) == [0.0, 1.0, 3.0, 0.0]
    assert plant.feed.counts.unknown == 1


def test_of_readings_that_repeat_the_newest_stays() -> None:
    plant = Plant(3)
    plant.send([0, 1, 0, 0], {"level": [1.0, 2.0, 3.0, 4.0]})
    assert list(plant.shown().values()) == [4.0, 2.0, 0.0]
    rows = plant.world.table(0).changed((Gauge,), since=plant.world.tick - 1)
    assert len(np.unique(rows)) == len(rows)


def test_a_number_that_no_column_can_hold_keeps_only_itself_out() -> None:
    plant = Plant(4)
    plant.send([0, 1, 2, 3], {"level": [1.0, np.nan, np.inf, 4.0]})
    assert list(plant.shown().values()) == [1.0, 0.0, 0.0, 4.0]
    assert plant.feed.counts.unreadable == 2


@pytest.mark.parametrize("moves_meanwhile", [False, True])
def test_a_place_in_the_middle_cell_brings_back_who_left_it(moves_meanwhile: bool) -> None:
    plant = Plant(3, to="transform.position", names=("x", "y", "z"))
    place = {"x": [1.0], "y": [2.0], "z": [3.0]}
    plant.send([1], place)
    if moves_meanwhile:
        plant.world.set(plant.entity_of["g1"], Transform, cell=(2, 0, 0))
    else:
        plant.send([1], {"x": [3 * CELL_M], "y": [0.0], "z": [0.0]})
    plant.send([1], place)
    found = plant.world.get(plant.entity_of["g1"], Transform)
    assert tuple(found.cell) == (0, 0, 0) and tuple(found.translation) == (1.0, 2.0, 3.0)
