"""Three stations and six things in a row, and what is measured of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.app import Components
from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.scene import Name, Transform
from taixu.twin.device import Device
from taixu.twin.feed import Feed
from taixu.twin.measures import Measures, read_measures
from taixu.twin.rules import Fence

__all__ = ["MOTOR", "NOW", "SECOND", "SQUARE", "Line"]

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
MOTOR = declared_component("motor", {"temperature": {"kind": "f32"}, "state": {"kind": "text"}})
SQUARE = [[-5.0, -5.0], [5.0, -5.0], [5.0, 5.0], [-5.0, 5.0]]


class Line:
    """Three stations (squares of ten metres, twenty apart) and six things in a row, ten metres apart, from the first one on."""

    def __init__(self, *measures: dict[str, Any]) -> None:
        self.world, self.components = World(), Components()
        for cls in (Transform, Name, Device, MOTOR, Fence):
            self.components.register(cls)
        self.kinds = ["press", "press", "person", "agv", "part", "part"]
        places = np.zeros((3, 6), np.float32)
        places[0] = np.arange(6) * 10.0
        names = np.array([f"T{i}" for i in range(6)], object)
        self.things = self.world.spawn_batch(
            6, {Transform: {"translation": places}, Name: {"text": names}, MOTOR: {},
                Device: {"kind": np.array(self.kinds, object), "key": names}},
        )  # fmt: skip
        for i, name in enumerate(("A", "B", "C")):
            self.world.spawn(Transform((20.0 * i, 0.0, 0.0)), Name(name), Fence(points=SQUARE))
        for resource in (self.components, Feed()):
            self.world.insert_resource(resource)
        self.measures = Measures(read_measures(list(measures), self.components))

    def set(self, name: str, values: Any) -> None:
        self.world.scatter(self.things, MOTOR, name, np.asarray(values))

    def put(self, thing: int, x: float) -> None:
        self.world.set(int(self.things[thing]), Transform, translation=(x, 0.0, 0.0))

    def step(self, secs: float, name: str = "m") -> dict[str, Any]:
        self.measures.step(self.world, now_ns=NOW + round(secs * SECOND), at_once=True)
        assert self.measures.problems == {}
        return {value["of"]: value["value"] for value in self.measures.results[name].as_dict()["values"]}

    def texts(self, name: str = "m") -> dict[str, str]:
        return {value["of"]: value.get("text", "") for value in self.measures.results[name].as_dict()["values"]}

    def id(self, thing: int) -> str:
        return f"{self.world.stable_id(int(self.things[thing])):016x}"
