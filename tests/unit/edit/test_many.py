"""Edits of very many entities: they are done and undone by columns, and leave the world as blocks would."""

from __future__ import annotations

import numpy as np
import pytest
from call_count import count_calls

from taixu.edit import commands, component_columns, document_of, reparent_many
from taixu.edit.ids import id_number, id_numbers, id_texts
from taixu.edit.marks import Tags
from taixu.errors import TaixuError
from taixu.scene import Name, Parent, Shape, Transform
from taixu_editor.host import Host

MANY = 300


@pytest.fixture
def host() -> Host:
    host = Host()
    host.session.new()
    return host


def fill(host: Host, count: int) -> list[str]:
    world = host.session.world
    names = np.array([f"Box {i}" for i in range(count)], object)
    boxes = world.spawn_batch(count, {Transform: {}, Name: {"text": names}, Shape: {}})
    lids = world.spawn_batch(count, {Transform: {}, Parent: {"entity": boxes}})
    outside = world.spawn_batch(1, {Transform: {}, Parent: {"entity": boxes[:1]}})
    world.despawn(outside)  # a dead handle is nobody's, then and later
    host.frame(1 / 60)
    return id_texts(world.stable_ids(np.concatenate([boxes, lids])))


def test_many_that_are_deleted_come_back_with_families_and_what_refers_to_them(host: Host) -> None:
    ids = fill(host, MANY)
    world = host.session.world
    host.do("entity.spawn", components={"parent": {"entity": ids[0]}})
    before, count = world.state_hash(), len(world)
    host.do("entity.delete", entities=ids[: MANY - 3])  # with all below them
    assert len(world) == 2 * 3
    host.do("history.undo")
    assert (world.state_hash(), len(world)) == (before, count)
    host.do("history.redo")
    assert len(world) == 2 * 3
    host.do("history.undo")
    assert world.state_hash() == before
    lid = world.find(id_number(ids[MANY]))
    assert world.get(lid, Parent).entity == world.find(id_number(ids[0]))


def test_all_are_changed_alike_and_back(host: Host) -> None:
    ids = fill(host, MANY)
    world = host.session.world
    before = world.state_hash()
    host.do("component.set", component="transform", fields={"scale": [2.0, 3.0, 4.0]}, entities=ids)
    assert world.get(world.find(id_number(ids[7])), Transform).scale[1] == 3.0
    after = world.state_hash()
    host.do("history.undo")
    assert world.state_hash() == before
    host.do("history.redo")
    assert world.state_hash() == after


def test_a_drag_of_many_is_one_step_whatever_its_length(host: Host) -> None:
    ids = fill(host, MANY)[:MANY]
    before = host.session.world.state_hash()
    for step in range(5):
        transforms = {text: {"position": [float(step), 0.0, float(i)]} for i, text in enumerate(ids)}
        host.operations.do(host.session, "transform.set", {"transforms": transforms}, merge="drag")
    assert len(host.session.history.steps[0]) == 1
    host.do("history.undo")
    assert host.session.world.state_hash() == before


def test_a_drag_by_columns_that_begins_to_turn_is_one_step(host: Host) -> None:
    ids = fill(host, MANY)
    world = host.session.world
    before = world.state_hash()
    for step in range(4):
        columns = {"position": [float(step)] * 3 * len(ids)} | ({"scale": [2.0] * 3 * len(ids)} if step > 1 else {})
        host.operations.do(host.session, "transform.place", {"entities": ids, **columns}, merge="drag")
    assert world.get(world.find(id_number(ids[-1])), Transform).scale[2] == 2.0
    after = world.state_hash()
    assert len(host.session.history.steps[0]) == 1
    host.do("history.undo")
    assert world.state_hash() == before
    host.do("history.redo")
    assert world.state_hash() == after
    for wrong in ({"position": [1.0]}, {"scale": [1e39] * 3 * len(ids)}, {"position": [1e300] * 3 * len(ids)}):
        with pytest.raises(TaixuError, match="position|scale"):
            host.do("transform.place", entities=ids, **wrong)
    assert world.state_hash() == after


def test_an_unknown_field_is_refused_for_many_as_for_one(host: Host) -> None:
    ids = fill(host, MANY)
    before = host.session.world.state_hash()
    with pytest.raises(TaixuError, match="size"):
        host.do("component.set", component="transform", fields={"size": 2.0}, entities=ids)
    with pytest.raises(TaixuError, match="scale"):
        host.do("component.set", component="transform", fields={"scale": "large"}, entities=ids)
    assert host.session.world.state_hash() == before


def test_everything_nothing_and_the_rest_are_selected(host: Host) -> None:
    ids = fill(host, 3)
    session = host.session
    host.do("entity.lock", entities=ids[:1])  # with what hangs below it
    host.do("selection.all")
    assert set(session.current.selection) == set(ids) - {ids[0], ids[3]}
    host.do("selection.set", entities=ids[1:2])
    host.do("selection.others")
    assert set(session.current.selection) == {ids[2], ids[4], ids[5]}
    assert session.current.selected.tolist() == [session.entity(text) for text in session.current.selection]
    host.do("selection.none")
    assert session.current.selection == ()
    host.do("history.undo")
    assert len(session.current.selection) == 3


@pytest.mark.parametrize("how", ["add", "toggle", "remove"])
def test_selecting_in_a_large_selection_is_no_question_of_patience(host: Host, how: str) -> None:
    """Calls grow with the selection, not with its square."""
    counts = []
    for size in (1000, 2000):
        ids = fill(host, size)[:size]
        host.do("selection.set", entities=ids)
        counts.append(count_calls(lambda ids=ids: host.do("selection.set", entities=ids[::2], how=how)))
    assert counts[1] < 2.6 * counts[0]


def test_calls_of_a_deletion_do_not_grow_with_what_is_deleted(host: Host) -> None:
    counts = []
    for size in (1000, 4000):
        ids = fill(host, size)
        counts.append(count_calls(lambda ids=ids: host.session.do(_despawn(ids))))
    assert counts[1] < counts[0] + 500


def _despawn(ids: list[str]) -> object:
    from taixu.edit.commands import Despawn

    return Despawn(tuple(ids))


def test_ids_of_many_are_read_as_those_of_one() -> None:
    numbers = np.array([1, 2**63 + 5, 0xABCDEF], np.uint64)
    assert id_numbers(id_texts(numbers)).tolist() == numbers.tolist()
    assert id_numbers([]).tolist() == []
    for wrong in (["12"], ["0" * 15 + "g"], ["0" * 15, "0" * 17], ["A" * 16], ["0" * 16 + "\n"]):
        with pytest.raises(TaixuError, match="no entity id"):
            id_numbers(wrong)


def test_entities_are_found_together_as_one_by_one(host: Host) -> None:
    ids = fill(host, MANY)
    world = host.session.world
    host.do("entity.delete", entities=ids[5:9])
    numbers = np.append(id_numbers(ids), np.uint64(12345))
    assert world.find_all(numbers).tolist() == [world.find(number) or 0 for number in numbers.tolist()]


OPERATIONS = [
    ("entity.duplicate", {}),
    ("entity.group", {"id": f"{0xABC:016x}"}),
    ("entity.reparent", {"parent": "0" * 15 + "7"}),
    ("entity.reparent", {"parent": "0" * 15 + "7", "keep_place": False}),
    ("entity.hide", {}),
    ("entity.lock", {}),
    ("component.add", {"component": "tags", "fields": {"names": ["a"]}}),
    ("component.add", {"component": "shape", "fields": {"kind": "sphere"}}),
    ("component.remove", {"component": "shape"}),
]


@pytest.mark.parametrize(("name", "parameters"), OPERATIONS, ids=[name + str(len(str(given))) for name, given in OPERATIONS])
def test_many_at_once_are_as_one_at_a_time(name: str, parameters: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same edit by columns and by blocks: documents are equal, but for the last bits of places."""
    found = []
    for least in (1, 1 << 30):
        for module, constant in ((commands, "WORTH_IT"), (component_columns, "_MANY"), (reparent_many, "_MANY")):
            monkeypatch.setattr(module, constant, least)
        host = Host()
        host.session.new()
        ids = _turned(host)
        world = host.session.world
        before = world.state_hash()
        copies = {"copies": [f"{0x900 + i:016x}" for i in range(len(ids))]} if name == "entity.duplicate" else {}
        host.do(name, entities=ids, **parameters, **copies)
        host.frame(1 / 60)
        found.append(document_of(world).document.entities)
        host.do("history.undo")
        assert world.state_hash() == before
        host.close()
    assert found[0].keys() == found[1].keys()
    for key, block in found[0].items():
        other = found[1][key]
        assert block.keys() == other.keys()
        for component in block:
            if component != "transform":
                assert block[component] == other[component]
        for field in ("position", "translation", "rotation", "scale"):
            one, two = (np.array(each.get("transform", {}).get(field, [0.0])) for each in (block, other))
            sign = np.sign(one @ two) or 1.0 if field == "rotation" else 1.0
            np.testing.assert_allclose(one, two * sign, atol=2e-4)


def _turned(host: Host) -> list[str]:
    """Shapes below parents that are turned and stretched, far from the middle too; gives the ids of some of them."""
    chance, world = np.random.default_rng(4), host.session.world
    turns = [chance.normal(size=4) for _ in range(6)]
    above = [
        world.spawn(Transform(translation=(float(i), 2.0, 0.0), cell=(i, 0, 0), rotation=tuple(turn / np.linalg.norm(turn)),
                              scale=(1.0, 1.0, 1.0 + i % 2)), stable_id=i + 5)
        for i, turn in enumerate(turns)
    ]  # fmt: skip
    found = []
    for i in range(24):
        turn = chance.normal(size=4)
        place = Transform(translation=tuple(chance.normal(size=3)), rotation=tuple(turn / np.linalg.norm(turn)))
        parents = [Parent(above[i % 6])] if i % 4 else []
        found.append(world.spawn(place, Shape(), Name(f"Box {i}"), *parents, stable_id=i + 100))
        world.spawn(Transform(), Parent(found[-1]), stable_id=i + 200)
    host.frame(1 / 60)
    return id_texts(world.stable_ids(np.array(found, np.uint64)))


def test_many_cannot_hang_below_themselves(host: Host) -> None:
    ids = fill(host, MANY)
    before = host.session.world.state_hash()
    with pytest.raises(TaixuError, match="below itself"):
        host.do("entity.reparent", entities=ids[:MANY], parent=ids[MANY])
    assert host.session.world.state_hash() == before


def test_copies_share_no_data(host: Host) -> None:
    ids = fill(host, MANY)[:MANY]
    host.do("component.add", component="tags", fields={"names": ["a"]}, entities=ids)
    copies = host.do("entity.duplicate", entities=ids)
    world = host.session.world
    one, other = (world.get(host.session.entity(text), Tags).names for text in (ids[0], copies[0]))
    assert one == other
    assert one is not other
