from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import taixu as tx
from taixu.math import quaternion
from taixu.scene import Light, Material, Name, Shape, Transform
from taixu.serve.sight import Sight, _parts
from taixu.twin.device import Device


@pytest.fixture
def app() -> Any:
    with tx.App.headless() as app:
        yield app


def look(app: Any, sight: Sight) -> Any:
    app.settle()
    return sight.look(app.world, time_ns=0)


def test_things_come_move_change_and_go(app: Any) -> None:
    box = app.scene.spawn("Box", Shape("box", size=(1, 2, 3)), Material(base_color=(1, 0, 0, 1)), position=(1, 2, 3))
    app.scene.spawn("Nothing to see", position=(9, 9, 9))
    lamp = app.scene.spawn("Lamp", Light("point"), Device(key="L1"), position=(3000, 0, 0), scale=2.0)
    sight = Sight()
    first = look(app, sight)
    assert len(first.things) == 2 and sorted(first.moved.tolist()) == [0, 1]
    by_name = {thing["name"]["text"]: slot for slot, thing in first.things.items()}
    assert first.things[by_name["Box"]]["shape"] == {"kind": "box", "size": [1.0, 2.0, 3.0], "bevel_m": 0.0}
    assert first.things[by_name["Lamp"]]["device"]["key"] == "L1"
    where = dict(zip(first.moved.tolist(), first.places.T.tolist()))
    assert where[by_name["Box"]] == [1.0, 2.0, 3.0] and where[by_name["Lamp"]] == pytest.approx([3000, 0, 0])
    assert first.scales[:, list(first.moved).index(by_name["Lamp"])].tolist() == [2.0, 2.0, 2.0]

    still = look(app, sight)
    assert (len(still.things), len(still.moved), len(still.gone), still.number) == (0, 0, 0, 2)

    box.position = (4, 2, 3)
    moved = look(app, sight)
    assert moved.things == {} and moved.moved.tolist() == [by_name["Box"]] and moved.places[:, 0].tolist() == [4.0, 2.0, 3.0]

    app.world.set(box.entity, Material, roughness=0.25)
    changed = look(app, sight)
    assert list(changed.things) == [by_name["Box"]] and changed.things[by_name["Box"]]["material"]["roughness"] == 0.25

    app.world.despawn([box.entity])
    gone = look(app, sight)
    assert gone.gone.tolist() == [by_name["Box"]]
    app.scene.spawn("Another", Shape("sphere"))
    again = look(app, sight)
    assert list(again.things) == [by_name["Box"]], "its slot is another's now"

    app.world.remove([lamp.entity], Light, Device)
    assert look(app, sight).gone.tolist() == [by_name["Lamp"]]


def test_children_move_with_their_parents(app: Any) -> None:
    cart = app.scene.spawn("Cart", Shape("box"))
    app.scene.spawn("Load", Shape("box"), position=(0, 1, 0), parent=cart)
    sight = Sight()
    look(app, sight)
    cart.position = (5, 0, 0)
    frame = look(app, sight)
    assert sorted(frame.places.T.tolist()) == [[5.0, 0.0, 0.0], [5.0, 1.0, 0.0]]


def test_python_calls_do_not_grow_with_what_moves(app: Any) -> None:
    import sys

    entities = app.world.spawn_batch(20_000, {Transform: {}, Shape: {}, Name: {}})
    sight = Sight()
    look(app, sight)

    def calls(count: int) -> int:
        app.world.scatter(entities[:count], Transform, "translation", np.random.default_rng(count).random((3, count), np.float32))
        app.settle()
        found = 0

        def note(frame: object, event: str, arg: object) -> None:
            nonlocal found
            found += event in ("call", "c_call")

        sys.setprofile(note)
        try:
            assert len(sight.look(app.world, time_ns=0).moved) == count
        finally:
            sys.setprofile(None)
        return found

    calls(10)
    assert calls(20_000) <= calls(1000) + 50


def test_rotations_of_matrices() -> None:
    rng = np.random.default_rng(0)
    wanted = rng.normal(size=(4, 500))
    wanted /= np.linalg.norm(wanted, axis=0)
    wanted[:, 0] = (1, 0, 0, 0)
    scales = rng.uniform(0.1, 3, (500, 3))
    matrices = np.stack([quaternion.to_matrix(each) for each in wanted.T]) * scales[:, None, :]
    found, sizes = _parts(matrices)
    np.testing.assert_allclose(np.abs((found * wanted).sum(axis=0)), 1.0, atol=1e-6)
    np.testing.assert_allclose(sizes.T, scales, rtol=1e-5)
