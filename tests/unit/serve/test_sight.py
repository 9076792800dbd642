from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import taixu as tx
import taixu.serve.audience as audience_module
import taixu.serve.sight as sight_module
from taixu.math import quaternion
from taixu.scene import FromModel, Light, Material, Name, Parent, Shape, Transform, Visibility
from taixu.serve.audience import Audience, Viewer
from taixu.serve.sight import Sight
from taixu.serve.turning import parts_of_matrices
from taixu.twin.device import Device


@pytest.fixture
def app() -> Any:
    with tx.App.headless() as app:
        yield app


def look(app: Any, sight: Sight) -> Any:
    app.settle()
    return sight.look(app.world, time_ns=0)


def ids_of(frame: Any) -> dict[int, int]:
    return dict(zip(frame.told.tolist(), frame.told_ids.tolist()))


def test_things_come_move_change_and_go(app: Any) -> None:
    box = app.scene.spawn("Box", Shape("box", size=(1, 2, 3)), Material(base_color=(1, 0, 0, 1)), position=(1, 2, 3))
    app.scene.spawn("Nothing to see", position=(9, 9, 9))
    lamp = app.scene.spawn("Lamp", Light("point"), Device(key="L1", kind="lamp"), position=(3000, 0, 0), scale=2.0)
    sight = Sight()
    first = look(app, sight)
    assert sorted(first.moved.tolist()) == sorted(first.told.tolist()) == [0, 1]
    slots = {stable: slot for slot, stable in ids_of(first).items()}
    of_box, of_lamp = (slots[app.world.stable_id(each.entity)] for each in (box, lamp))
    looks = dict(zip(first.told.tolist(), first.told_looks.tolist()))
    assert first.looks[looks[of_lamp]]["kind"] == "lamp" and first.looks[looks[of_lamp]]["light"]["kind"] == "point"
    assert sight.shelf.mesh(first.looks[looks[of_box]]["mesh"])[:4] == b"glTF"
    where = dict(zip(first.moved.tolist(), first.places.T.tolist()))
    assert where[of_box] == [1.0, 2.0, 3.0] and where[of_lamp] == pytest.approx([3000, 0, 0])
    assert first.scales[:, list(first.moved).index(of_lamp)].tolist() == [2.0, 2.0, 2.0]

    still = look(app, sight)
    assert still.is_empty and not still.looks and still.number == 2

    box.position = (4, 2, 3)
    moved = look(app, sight)
    assert not len(moved.told) and moved.moved.tolist() == [of_box] and moved.places[:, 0].tolist() == [4.0, 2.0, 3.0]

    app.world.set(box.entity, Material, roughness=0.25)
    changed = look(app, sight)
    before, after = first.looks[looks[of_box]], changed.looks[changed.told_looks[0]]
    assert changed.told.tolist() == [of_box] and after["mesh"] == before["mesh"], "a mesh is fetched once, however it is painted"
    assert before["paint"] == [1, 0, 0, 1, 0, 0.6, 0, 0, 0] and after["paint"] == [1, 0, 0, 1, 0, 0.25, 0, 0, 0]

    app.world.set(lamp.entity, Device, kind="beacon")
    changed = look(app, sight)
    assert changed.told.tolist() == [of_lamp] and changed.looks[changed.told_looks[0]]["kind"] == "beacon"

    app.world.despawn([box.entity])
    gone = look(app, sight)
    assert gone.gone.tolist() == [of_box]
    app.scene.spawn("Another", Shape("sphere"))
    again = look(app, sight)
    assert again.told.tolist() == [of_box], "its slot is another's now"

    app.world.remove([lamp.entity], Light, Device)
    assert look(app, sight).gone.tolist() == [of_lamp]


def test_who_changes_his_colour_all_day_fills_no_memory(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sight_module, audience_module):
        monkeypatch.setattr(module, "_MANY_LOOKS", 32)
    box = app.scene.spawn("Box", Shape("box"), Material())
    app.scene.spawn("Ball", Shape("sphere"), Material())
    sight, audience, heard = Sight(), Audience(), list[str | bytes]()
    viewer = Viewer(heard.append)
    audience.look(viewer, (0, 0, 0), 100)
    known: dict[str, Any] = {}
    for step in range(150):
        app.world.set(box.entity, Material, base_color=(step / 150, 0, 0, 1))
        frame = look(app, sight)
        audience.show(frame)
        viewer.acknowledge(viewer.sent)
        for message in heard:
            if isinstance(message, str):
                known |= json.loads(message).get("looks", {})
        heard.clear()
        red = known[str(frame.told_looks[frame.told.tolist().index(0)])]["paint"][0]
        assert red == pytest.approx(step / 150, abs=1e-4), "what is told last is what it looks like"
    assert len(known) < 40, "numbers are given again"
    audience.look(Viewer(heard.append), (0, 0, 0), 100)
    assert len(json.loads(next(each for each in heard if isinstance(each, str)))["looks"]) == len(known)


def test_the_same_looks_the_same_and_hidden_is_not_seen(app: Any) -> None:
    for place in range(3):
        app.scene.spawn(f"Box {place}", Shape("box"), Material(metallic=1.0), position=(place, 0, 0))
    hidden = app.scene.spawn("Ball", Shape("sphere"))
    sight = Sight()
    first = look(app, sight)
    assert sorted(np.bincount(first.told_looks).tolist()) == [1, 3] and len(first.looks) == 2
    app.world.insert(hidden.entity, Visibility(visible=False))
    second = look(app, sight)
    assert len(second.told) == 1 and second.looks[second.told_looks[0]] == {}


def test_parts_belong_to_the_nearest_device_or_who_was_written(app: Any) -> None:
    """A robot's links are made by the engine: they are seen, and who clicks one means the robot."""
    cell = app.scene.spawn("Cell", Shape("plane"))
    arm = app.scene.spawn("Arm", Device(key="A", kind="robot"), parent=cell)
    made = app.world.spawn(Transform(), Shape("box"), FromModel(owner=arm.entity), Parent(arm.entity))
    loose = app.world.spawn(Transform(), Shape("box"), FromModel(owner=cell.entity), Parent(cell.entity))
    sight = Sight()
    frame = look(app, sight)
    by_entity = {entity: sight._slots.of_index[entity & 0xFFFFFFFF] for entity in (made, loose)}
    ids = ids_of(frame)
    assert ids[by_entity[made]] == app.world.stable_id(arm.entity)
    assert ids[by_entity[loose]] == app.world.stable_id(cell.entity)
    looks = dict(zip(frame.told.tolist(), frame.told_looks.tolist()))
    assert frame.looks[looks[by_entity[made]]]["kind"] == "robot" and "kind" not in frame.looks[looks[by_entity[loose]]]
    app.world.set(loose, Parent, entity=arm.entity)
    frame = look(app, sight)
    assert ids_of(frame) == {by_entity[loose]: app.world.stable_id(arm.entity)}


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
    found, sizes = parts_of_matrices(matrices)
    np.testing.assert_allclose(np.abs((found * wanted).sum(axis=0)), 1.0, atol=1e-6)
    np.testing.assert_allclose(sizes.T, scales, rtol=1e-5)
