from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest

from taixu.errors import TaixuError
from taixu.serve.audience import Audience, Viewer
from taixu.serve.sight import SceneFrame


def frame(
    number: int, moved: dict[int, tuple[float, float, float]], *, things: Any = None, gone: tuple[int, ...] = ()
) -> SceneFrame:
    count = len(moved)
    rotations = np.zeros((4, count), np.float32)
    rotations[3] = 1.0
    looks: dict[str, int] = {}
    told = things or {}
    for each in told.values():
        looks.setdefault(each["mesh"], MESHES.index(each["mesh"]))
    return SceneFrame(
        number, 0, {looks[mesh]: {"mesh": mesh} for mesh in looks}, np.array(list(told), np.uint32),
        np.array([looks[each["mesh"]] for each in told.values()], np.uint32),
        np.array([each["id"] for each in told.values()], np.uint64),
        np.array(gone, np.uint32), np.array(list(moved), np.uint32),
        np.array(list(moved.values()), float).reshape(count, 3).T, rotations, np.ones((3, count), np.float32),
    )  # fmt: skip


def thing(number: int, kind: str = "box") -> dict[str, Any]:
    return {"id": number, "mesh": kind}


MESHES = ["box", "sphere", "cone"]


class Eye:
    """A viewer that builds the scene up from what it hears, as a page does."""

    def __init__(self) -> None:
        self.viewer = Viewer(self.hear)
        self.looks: dict[str, Any] = {}
        self.things: dict[int, dict[str, Any]] = {}
        self.bytes = 0

    def hear(self, message: str | bytes) -> None:
        self.bytes += len(message)
        if isinstance(message, str):
            said = json.loads(message)
            self.looks.update(said.get("looks", {}))
            for slot in said.get("gone", ()):
                del self.things[slot]
            return
        magic, _, count, flags, *origin = struct.unpack_from("<4sIII3d", message)
        assert magic == b"TXS1" and len(message) % 8 == 0
        at = 40

        def column(kind: str, width: int = 1) -> np.ndarray[Any, Any]:
            nonlocal at
            values = np.frombuffer(message, kind, count * width, at).reshape(width, count)
            at += values.nbytes + -values.nbytes % 8
            return values

        slots, places, rotations = column("<u4")[0], column("<f4", 3), column("<i2", 4)
        if flags & 1:
            self.things.clear()
        for i, slot in enumerate(slots.tolist()):
            self.things.setdefault(slot, {})["place"] = (places[:, i] + origin).round(3).tolist()
            assert rotations[:, i].tolist() == [0, 0, 0, 32767]
        if flags & 2:
            for slot, look, stable in zip(slots.tolist(), column("<u4")[0].tolist(), column("<u8")[0].tolist()):
                self.things[slot] |= {"look": self.looks[str(look)], "id": stable}

    @property
    def places(self) -> dict[int, list[float]]:
        return {slot: each["place"] for slot, each in self.things.items()}


def test_everybody_sees_what_is_near_and_hears_of_changes_only() -> None:
    audience, near, far = Audience(), Eye(), Eye()
    audience.show(frame(1, {0: (0, 0, 0), 1: (5, 0, 0), 2: (5000, 0, 0)}, things={0: thing(1), 1: thing(2), 2: thing(3, "sphere")}))
    audience.look(near.viewer, [0, 0, 0], 30)
    audience.look(far.viewer, [5000, 0, 0], 30)
    assert near.places == {0: [0, 0, 0], 1: [5, 0, 0]} and far.places == {2: [5000, 0, 0]}
    assert near.things[1]["look"] == {"mesh": "box"} and near.things[1]["id"] == 2
    before = far.bytes
    near.viewer.acknowledge(1)
    audience.show(frame(2, {1: (6, 0, 0)}))
    assert near.places[1] == [6, 0, 0] and far.bytes == before
    near.viewer.acknowledge(2)
    audience.show(frame(3, {1: (4990, 0, 0)}))
    assert near.places == {0: [0, 0, 0]} and far.places == {1: [4990, 0, 0], 2: [5000, 0, 0]}
    near.viewer.acknowledge(3)
    audience.show(frame(4, {}, gone=(0,)))
    assert near.places == {} and audience.tell(0) is None
    told = audience.tell(1)
    assert told is not None and told["id"] == f"{2:016x}" and told["position"] == [4990, 0, 0]


def test_a_slow_viewer_misses_frames_and_slows_nobody() -> None:
    audience, quick, slow = Audience(), Eye(), Eye()
    audience.show(frame(1, {0: (0, 0, 0)}, things={0: thing(1)}))
    for eye in (quick, slow):
        audience.look(eye.viewer, [0, 0, 0], 30)
    for number in range(2, 50):
        audience.show(frame(number, {0: (number / 10, 0, 0)}))
        quick.viewer.acknowledge(quick.viewer.sent)
    assert quick.places == {0: [4.9, 0, 0]} and slow.places == {0: [0.6, 0, 0]}, "six messages may be under way"
    slow.viewer.acknowledge(slow.viewer.sent)
    audience.show(frame(50, {}))
    assert slow.places == {0: [4.9, 0, 0]}, "who is back hears everything anew"


def test_what_is_said_to_move_and_does_not_is_not_told() -> None:
    audience, eye = Audience(), Eye()
    audience.show(frame(1, {0: (0, 0, 0), 1: (1, 0, 0)}, things={0: thing(1), 1: thing(2)}))
    audience.look(eye.viewer, [0, 0, 0], 30)
    before, sent = eye.bytes, eye.viewer.sent
    audience.show(frame(2, {0: (0, 0, 0), 1: (1, 0, 0)}))
    assert (eye.bytes, eye.viewer.sent) == (before, sent)
    audience.show(frame(3, {0: (0, 0, 0), 1: (2, 0, 0)}))
    assert eye.places == {0: [0, 0, 0], 1: [2, 0, 0]} and eye.bytes - before < 100
    audience.show(frame(4, {}, gone=(0,)))
    audience.show(frame(5, {0: (0, 0, 0)}, things={0: thing(7)}))
    assert eye.things[0]["id"] == 7, "who comes where another was is told"


def test_many_at_one_place_cost_one_encoding() -> None:
    audience = Audience()
    audience.show(frame(1, {i: (i, 0, 0) for i in range(100)}, things={i: thing(i + 1) for i in range(100)}))
    eyes = [Eye() for _ in range(50)]
    for i, eye in enumerate(eyes):
        audience.look(eye.viewer, [i / 100, 0, 1.0], 20)
    assert len(audience._stands) == 1 and len(audience) == 50
    for eye in eyes:
        audience.leave(eye.viewer)
    assert len(audience._stands) == 0


def test_a_reused_slot_is_another_thing() -> None:
    audience, eye = Audience(), Eye()
    audience.show(frame(1, {0: (0, 0, 0)}, things={0: thing(1)}))
    audience.look(eye.viewer, [0, 0, 0], 30)
    eye.viewer.acknowledge(1)
    audience.show(frame(2, {0: (1, 0, 0)}, things={0: thing(9, "cone")}, gone=(0,)))
    assert eye.things[0]["id"] == 9 and eye.things[0]["look"] == {"mesh": "cone"}


@pytest.mark.parametrize("at", [None, "here", [0, 0], [0, 0, float("nan")], [1e12, 0, 0], [[0], 0, 0]])
def test_no_place_is_one_sentence(at: Any) -> None:
    with pytest.raises(TaixuError, match="look takes a place"):
        Audience().look(Viewer(lambda message: None), at, 10)


def test_everybody_who_asks_sees_as_far_as_he_asked() -> None:
    rng = np.random.default_rng(0)
    places = rng.uniform(-300, 300, (500, 3))
    audience = Audience()
    audience.show(frame(1, dict(enumerate(map(tuple, places.tolist()))), things={i: thing(i + 1) for i in range(500)}))
    for _ in range(50):
        at, reach = rng.uniform(-300, 300, 3), float(rng.uniform(1, 200))
        eye = Eye()
        audience.look(eye.viewer, at.tolist(), reach)
        wanted = set(np.flatnonzero(np.linalg.norm(places - at, axis=1) <= reach).tolist())
        assert wanted <= set(eye.things)


@pytest.mark.parametrize("seed", range(6))
def test_who_comes_goes_and_strays_is_told_right(seed: int) -> None:
    chance = np.random.default_rng(seed)
    audience, eyes = Audience(), [Eye() for _ in range(5)]
    places = {slot: tuple(chance.uniform(-300, 300, 3).round(3).tolist()) for slot in range(120)}
    audience.show(frame(1, places, things={slot: thing(slot + 1) for slot in places}))
    for eye in eyes:
        audience.look(eye.viewer, chance.uniform(-200, 200, 3).tolist(), float(chance.uniform(10, 150)))
    for number in range(2, 30):
        moved = {}
        for slot in chance.choice(120, 40, replace=False).tolist():
            far = chance.uniform(-400, 400, 3) if chance.random() < 0.2 else np.array(places[slot]) + chance.uniform(-8, 8, 3)
            moved[slot] = tuple(far.round(3).tolist())
        places |= moved
        audience.show(frame(number, moved))
        for eye in eyes:
            eye.viewer.acknowledge(eye.viewer.sent)
            stand = eye.viewer.stand
            assert stand is not None
            inside = {slot for slot, at in places.items() if (np.abs(np.array(at) - stand.middle) <= stand.reach_m).all()}
            assert set(eye.things) == inside
            assert all(np.allclose(eye.places[slot], places[slot], atol=2e-3) for slot in inside)
