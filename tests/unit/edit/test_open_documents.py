"""Several documents that are open at once: worlds, and the prefabs that stand in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from documents import make_app, prefab, save
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.edit import (
    Command,
    Despawn,
    Insert,
    Operations,
    PrefabInstance,
    Rename,
    Reparent,
    Session,
    SetFields,
    Spawn,
    create_project,
    id_text,
    parse_document,
)
from taixu.edit.prefab_operations import PREFAB_OPERATIONS
from taixu.errors import TaixuError
from taixu.scene import Node, Shape, Transform

ROOT, WHEEL, NEW, CART, OTHER, BOX = (f"{number:016x}" for number in (0xA1, 0xA2, 0xA3, 0xC1, 0xC2, 0xC3))
SOURCE = "assets/cart.prefab.json"
PLACED: dict[str, Any] = {"prefab_instance": {"source": SOURCE}, "transform": {}}


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A project with two worlds that are saved and open, in each a cart; the second one is active."""
    return make_session(tmp_path / "toys")


def make_session(root: Path) -> Session:
    session = Session(create_project(root), make_app)
    session.project.file(SOURCE).write_bytes(prefab(ROOT, {
        ROOT: {"name": {"text": "Cart"}, "shape": {}},
        WHEEL: {"name": {"text": "Wheel"}, "shape": {"kind": "cylinder"}, "transform": {"position": [1, 0, 0]}},
    }))
    for name in ("first", "second"):
        session.new()
        session.do(Spawn({CART: PLACED, OTHER: PLACED, BOX: {"name": {"text": "Box"}, "shape": {}, "transform": {}}}))
        session.save(root / "worlds" / f"{name}.world.json")
    return session


def run(session: Session, name: str, **parameters: Any) -> Any:
    operations = Operations()
    operations.add(*PREFAB_OPERATIONS)
    return operations.do(session, name, parameters)


def child(session: Session, instance: str, name: str) -> Node:
    return next(node for node in Node(session.world, session.entity(instance)).children if node.name == name)


def open_prefab(session: Session) -> Any:
    return session.open(session.project.file(SOURCE))


def test_a_file_is_open_once_and_each_document_has_its_own_history(session: Session) -> None:
    first, second = session.worlds
    assert session.current is second
    session.do(Rename(BOX, "Crate"))
    session.select([BOX])
    assert session.open(first.path) is first
    assert session.current.selection == ()
    assert Node(session.world, session.entity(BOX)).name == "Box"
    assert not session.history.undo_label.startswith("Rename")
    session.activate(second)
    assert session.current.selection == (BOX,)
    session.undo()
    assert Node(session.world, session.entity(BOX)).name == "Box"
    session.close(first)
    assert session.worlds == [second]
    assert session.current is second


def test_a_prefab_is_opened_edited_and_saved_and_worlds_follow_but_for_what_is_different_in_them(session: Session) -> None:
    first, second = session.worlds
    wheel = id_text(child(session, CART, "Wheel").stable_id)
    session.do(SetFields(wheel, "shape", {"bevel_m": 0.25}))
    entry = open_prefab(session)
    assert entry.is_prefab
    assert entry.root == ROOT
    assert [node.name for node in Node(session.world, session.entity(ROOT)).children] == ["Wheel"]
    before = save(session.world)
    session.do(SetFields(WHEEL, "shape", {"kind": "sphere"}))
    session.do(Spawn({NEW: {"name": {"text": "Lamp"}, "shape": {}, "transform": {"position": [0, 2, 0]}}}))
    assert Node(session.world, session.entity(NEW)).parent.name == "Cart", "what is made in a prefab belongs to it"
    after = save(session.world)
    session.save()
    for world in (first, second):
        session.activate(world)
        shapes = {name: child(session, name, "Wheel")[Shape] for name in (CART, OTHER)}
        assert {shape.kind for shape in shapes.values()} == {"sphere"}
        assert shapes[CART].bevel_m == (0.25 if world is second else 0)
        lamp = child(session, OTHER, "Lamp")
        assert lamp[Transform].translation == (0, 2, 0)
        assert session.world.get(session.entity(OTHER), PrefabInstance).overrides == []
    assert len(session.world.get(session.entity(CART), PrefabInstance).overrides) == 1
    session.activate(entry)
    assert entry.history.is_saved
    session.undo()
    session.undo()
    assert save(session.world) == before
    assert not entry.history.is_saved
    session.redo()
    session.redo()
    assert save(session.world) == after
    again = parse_document(session.project.file(SOURCE).read_bytes(), kind="prefab")
    assert "transform" not in again.entities[ROOT]
    assert again.root == ROOT


def test_a_prefab_keeps_one_root_and_never_contains_itself(session: Session) -> None:
    outer = "assets/train.prefab.json"
    session.project.file(outer).write_bytes(prefab(ROOT, {ROOT: {"shape": {}}, WHEEL: PLACED}))
    open_prefab(session)
    before = save(session.world)
    for command, why in (
        (Despawn((ROOT,)), "root of a prefab"), (Reparent(ROOT, WHEEL), "below"), (Spawn({NEW: PLACED}), "itself"),
        (Spawn({NEW: {"prefab_instance": {"source": outer}, "transform": {}}}), "itself"),
    ):  # fmt: skip
        with pytest.raises(TaixuError, match=why):
            session.do(command)
        assert save(session.world) == before
    assert session.history.undo_label == ""


def test_applying_to_a_prefab_is_undone_with_its_file(session: Session) -> None:
    file = session.project.file(SOURCE)
    text = file.read_bytes()
    wheel = id_text(child(session, CART, "Wheel").stable_id)
    session.do(SetFields(wheel, "shape", {"kind": "cone"}))
    before = save(session.world)
    entry = open_prefab(session)
    session.activate(session.worlds[1])
    run(session, "prefab.apply", instance=CART)
    after = save(session.world)
    for _ in range(2):
        assert json.loads(file.read_text())["entities"][WHEEL]["shape"] == {"kind": "cone"}
        assert session.world.get(session.entity(CART), PrefabInstance).overrides == []
        assert child(session, OTHER, "Wheel")[Shape].kind == "cone"
        with session.within(session.worlds[0]):
            assert child(session, OTHER, "Wheel")[Shape].kind == "cone"
        with session.within(entry):
            assert Node(session.world, session.entity(WHEEL))[Shape].kind == "cone", "the open prefab follows its file"
            assert entry.history.is_saved
        session.undo()
        assert file.read_bytes() == text
        assert save(session.world) == before
        assert child(session, OTHER, "Wheel")[Shape].kind == "cylinder"
        session.redo()
        assert save(session.world) == after
    with session.within(entry):
        session.do(Rename(WHEEL, "Disc"))
    with pytest.raises(TaixuError, match="not saved"):
        session.undo()
    assert save(session.world) == after
    with session.within(entry):
        session.undo()
    assert session.undo()
    assert file.read_bytes() == text


def test_making_a_prefab_is_undone_with_its_file(session: Session) -> None:
    session.do(Spawn({NEW: {"name": {"text": "Lid"}, "shape": {}, "transform": {}, "parent": {"entity": BOX}}}))
    before, file = save(session.world), session.project.file("assets/box.prefab.json")
    run(session, "prefab.make", entity=BOX, path="assets/box")
    after, text = save(session.world), file.read_bytes()
    for _ in range(2):
        session.undo()
        assert save(session.world) == before
        assert not file.exists()
        session.redo()
        assert save(session.world) == after
        assert file.read_bytes() == text


def test_what_a_prefab_has_lost_stops_no_undo(session: Session) -> None:
    wheel = id_text(child(session, CART, "Wheel").stable_id)
    session.do(Rename(BOX, "Crate"))
    session.do(SetFields(wheel, "shape", {"bevel_m": 0.25}))
    world = session.current
    open_prefab(session)
    session.do(Despawn((WHEEL,)))
    session.save()
    session.activate(world)
    with pytest.raises(TaixuError, match="gone"):
        session.undo()
    assert session.undo(), "the step before it is undone"
    assert Node(session.world, session.entity(BOX)).name == "Box"


NAMES = st.sampled_from(["One", "Two", "Three"])
STEPS = st.one_of(
    st.builds(Rename, st.sampled_from([CART, OTHER, BOX]), NAMES),
    st.builds(lambda x: SetFields(BOX, "shape", {"bevel_m": x}), st.sampled_from([0, 0.125, 0.25])),
    st.builds(lambda x: SetFields("", "shape", {"kind": x}), st.sampled_from(["cone", "sphere"])),
    st.builds(lambda x: Insert(CART, "light", {"intensity": x}), st.sampled_from([1, 2])),
    st.just("undo"), st.just("redo"), st.just("apply"), st.just("make"),
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 1), STEPS), max_size=12), order=st.permutations([0, 1]))
def test_whatever_is_done_in_two_documents_is_undone_in_each(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, Command | str]], order: list[int]
) -> None:
    session = make_session(tmp_path_factory.mktemp("toys") / "toys")
    for entry in session.worlds:
        with session.within(entry):
            while session.undo():
                pass
            session.redo()
    before, text = [save(entry.app.world) for entry in session.worlds], session.project.file(SOURCE).read_bytes()
    depth = [len(entry.history.steps[0]) for entry in session.worlds]
    for place, step in steps:
        session.activate(session.worlds[place])
        try:
            match step:
                case "undo" if len(session.history.steps[0]) > depth[place]:
                    session.undo()
                case "redo":
                    session.redo()
                case "apply":
                    run(session, "prefab.apply", instance=CART)
                case "make":
                    run(session, "prefab.make", entity=BOX, path=f"assets/box{place}")
                case SetFields(entity="", component=component, fields=fields) if place == 0:
                    wheel = id_text(child(session, CART, "Wheel").stable_id)
                    session.do(SetFields(wheel, component, fields))
                case str() | SetFields(entity=""):
                    pass
                case _:
                    session.do(step)
        except TaixuError as error:
            assert "there already" in str(error) or "no instance" in str(error), error
    for place in order:
        session.activate(session.worlds[place])
        while len(session.history.steps[0]) > depth[place]:
            session.undo()
    # A file that both have written is, at last, as the one that was undone last had found it.
    session.project.file(SOURCE).write_bytes(text)
    session.prefab_changed(SOURCE)
    assert [save(entry.app.world) for entry in session.worlds] == before
    assert not list(session.project.root.glob("assets/box*"))
