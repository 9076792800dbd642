"""Commands and their inverses, history, sessions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from documents import Everything, make_app, prefab, save
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.edit import (
    Command,
    Despawn,
    Duplicate,
    Group,
    Insert,
    Operations,
    PrefabInstance,
    PrefabLibrary,
    Remove,
    Rename,
    Reparent,
    Session,
    SetFields,
    Spawn,
    create_project,
    id_text,
    read_world,
)
from taixu.edit.prefab_operations import PREFAB_OPERATIONS
from taixu.errors import TaixuError
from taixu.scene import Light, Name, Node, Parent, Transform

IDS = [f"{number:016x}" for number in range(1, 9)]
A, B, C, D = IDS[:4]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = Session(create_project(tmp_path / "toys"), make_app)
    session.new()
    session.do(Spawn({
        A: {"name": {"text": "Table"}, "transform": {"position": [10, 0, 0]}},
        B: {"name": {"text": "Lamp"}, "transform": {"translation": [0, 1, 0]}, "parent": {"entity": A}, "light": {}},
        C: {"transform": {}, "everything": {"$version": 3, "target": B}},
    }), label="Set the scene")
    return session


def node(session: Session, text: str) -> Node:
    return Node(session.world, session.entity(text))


COMMANDS: dict[str, Command] = {
    "spawn": Spawn({D: {"name": {"text": "New"}, "parent": {"entity": A}}}),
    "despawn": Despawn((B,)),
    "despawn with all below": Despawn((A,)),
    "set": SetFields(B, "light", {"intensity": 0.1, "kind": "spot"}),
    "set a position": SetFields(A, "transform", {"position": [6_400_000.5, 1, 2], "scale": [2, 2, 2]}),
    "set a reference": SetFields(C, "everything", {"target": A, "data": {"a": [1]}}),
    "insert": Insert(A, "light", {"kind": "point"}),
    "insert again": Insert(B, "light", {"intensity": 5}),
    "remove": Remove(C, "everything"),
    "reparent": Reparent(C, B),
    "detach": Reparent(B, ""),
    "rename": Rename(A, "Desk"),
    "name": Rename(C, "Thing"),
    "duplicate": Duplicate((A,), (D,)),
    "group": Group((Rename(A, "x"), Despawn((A,)), Spawn({D: {}}))),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_undone_and_done_again_exactly(name: str, session: Session) -> None:
    before = save(session.world)
    session.do(COMMANDS[name])
    after = save(session.world)
    assert after != before
    for _ in range(2):
        assert session.undo()
        assert save(session.world) == before
        assert session.redo()
        assert save(session.world) == after


def test_what_commands_do(session: Session) -> None:
    session.do(Reparent(C, B))
    assert node(session, C).parent == node(session, B)
    assert node(session, C).world_position.tolist() == [0, 0, 0], "it stays where it was"
    session.do(Duplicate((A,), (D,)))
    copy = node(session, D)
    assert [child.name for child in copy.children] == ["Lamp"]
    thing = copy.children[0].children[0]
    assert thing[Everything].target == copy.children[0].entity
    session.do(Despawn((A,)))
    assert len(session.world) == 3


def test_a_despawned_target_is_referred_to_again_after_undo(session: Session) -> None:
    session.do(Despawn((B,)))
    session.undo()
    (child,) = node(session, A).children
    assert (child.name, Light in child) == ("Lamp", True)
    assert json.loads(save(session.world))["entities"][C]["everything"]["target"] == B


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (SetFields(D, "light", {}), f"there is no entity {D}"),
        (SetFields(A, "light", {}), "has no light; insert it first"),
        (SetFields(A, "transform", {"scale": [1, float("nan"), 1]}), "finite"),
        (SetFields(A, "transform", {"colour": 1}), "no field 'colour'"),
        (SetFields(A, "hologram", {}), "no component 'hologram'"),
        (Insert(A, "light", {"kind": 5}), "takes text"),
        (Insert(A, "light", {"colour": 5}), "has no field colour"),
        (Remove(A, "light"), "has no light"),
        (Reparent(A, B), "below itself"),
        (Spawn({D: {}, A: {}}), "is in the world already"),
        (Duplicate((A,), (B,)), "is in the world already"),
        (Duplicate((A, B), (D,)), "one new id"),
        (Despawn((A, D)), "there is no entity"),
        (Group((Rename(A, "x"), Despawn((B,)), Remove(A, "light"))), "has no light"),
    ],
)
def test_a_command_that_is_refused_changes_nothing(command: Command, message: str, session: Session) -> None:
    before, label = save(session.world), session.history.undo_label
    with pytest.raises(TaixuError, match=message):
        session.do(command)
    assert save(session.world) == before
    assert session.history.undo_label == label


ids = st.sampled_from(IDS)
number = st.floats(-100, 100, width=32)
commands = st.one_of(
    st.builds(lambda key, parent: Spawn({key: {"transform": {}, "parent": {"entity": parent}}}), ids, ids),
    st.builds(lambda key: Despawn((key,)), ids),
    st.builds(lambda key, x: SetFields(key, "transform", {"position": [x, 0, 0]}), ids, number),
    st.builds(lambda key, x: Insert(key, "light", {"intensity": abs(x)}), ids, number),
    st.builds(lambda key: Remove(key, "light"), ids),
    st.builds(Reparent, ids, st.sampled_from(["", *IDS]), st.booleans()),
    st.builds(Rename, ids, st.text(max_size=3)),
    st.builds(lambda one, two: Duplicate((one,), (two,)), ids, ids),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(commands, st.booleans()), max_size=15), st.randoms(use_true_random=False))
def test_any_history_is_walked_back_and_forth(steps: list[tuple[Command, bool]], random: Any) -> None:
    from taixu.edit import Project

    session = Session(Project(Path("nowhere")), make_app)
    session.new()
    texts = [save(session.world)]
    for command, _ in steps:
        try:
            session.do(command)
        except TaixuError:
            assert save(session.world) == texts[-1]
            continue
        texts.append(save(session.world))
    place = len(texts) - 1
    for _ in range(20):
        if random.random() < 0.5:
            assert session.undo() == (place > 0)
            place = max(place - 1, 0)
        else:
            assert session.redo() == (place < len(texts) - 1)
            place = min(place + 1, len(texts) - 1)
        assert save(session.world) == texts[place]


def test_a_drag_is_one_step(session: Session) -> None:
    before = save(session.world)
    for drag in (1, 2):
        for x in range(50):
            session.do(SetFields(A, "transform", {"position": [x * drag, 0, 0]}), label="Move", merge=("drag", drag))
    assert isinstance(session.history._done[-1].command, SetFields), "fifty settings undo as one"
    for x in range(3):
        session.do(Group((SetFields(A, "name", {"text": str(x)}), SetFields(B, "name", {"text": str(x)}))), merge="two")
    for wanted in (98, 49, 10):
        session.undo()
        assert node(session, A).position[0] == wanted
    assert save(session.world) == before
    session.redo()
    assert node(session, A).position[0] == 49


def test_groups_and_saved_marks(session: Session, tmp_path: Path) -> None:
    path = session.save(tmp_path / "toys" / "worlds" / "a.world.json")
    before = save(session.world)
    assert session.history.is_saved
    with session.history.group(session, "Furnish"):
        session.do(Rename(A, "x"))
        session.do(Despawn((B,)))
    assert (session.history.undo_label, session.history.is_saved) == ("Furnish", False)
    session.undo()
    assert session.history.is_saved
    assert save(session.world) == before
    with pytest.raises(TaixuError), session.history.group(session, "Fails"):
        session.do(Rename(A, "x"))
        session.do(Remove(A, "light"))
    assert save(session.world) == before
    assert session.history.redo_label == "Furnish"
    session.do(Rename(A, "y"), merge="typing")
    session.save()
    session.do(Rename(A, "yz"), merge="typing")
    session.undo()
    assert session.history.is_saved
    assert (node(session, A).name, path.is_file()) == ("y", True)


def test_sessions_open_save_and_select(session: Session, tmp_path: Path) -> None:
    session.select([A, B, A])
    assert session.current.selection == (A, B)
    with pytest.raises(TaixuError, match="no entity"):
        session.select([D])
    session.do(Despawn((B,)))
    assert session.current.selection == (A,)
    with pytest.raises(TaixuError, match="no file yet"):
        session.save()
    path = tmp_path / "toys" / "worlds" / "main.world.json"
    session.save(path)
    session.new()
    assert session.open(path) is session.worlds[0]
    again = Session(session.project, make_app)
    again.open(path)
    assert again.world.state_hash() == session.world.state_hash()
    (tmp_path / "bad.world.json").write_text("{")
    with pytest.raises(TaixuError, match="not JSON"):
        again.open(tmp_path / "bad.world.json")
    assert len(again.worlds) == 1
    again.close()
    with pytest.raises(TaixuError, match="no world is open"):
        again.save()


def test_edits_of_a_prefabs_children_are_undone_and_saved(session: Session, tmp_path: Path) -> None:
    root = session.project.root
    (root / "assets" / "box.prefab.json").write_bytes(prefab(A, {
        A: {"name": {"text": "Box"}, "shape": {}}, B: {"name": {"text": "Lid"}, "shape": {}, "transform": {}},
    }))
    source = {"prefab_instance": {"source": "assets/box.prefab.json"}, "transform": {}}
    session.do(Spawn({D: source, IDS[5]: source}))
    lid = id_text(node(session, D).children[0].stable_id)
    before = save(session.world)
    texts = [before]
    for command in (
        SetFields(lid, "transform", {"translation": [0, 1, 0]}), Insert(lid, "light", {}), Remove(D, "shape"),
        Despawn((lid,)), Despawn((D,)),
    ):
        session.do(command)
        texts.append(save(session.world))
    assert len(set(texts)) == 6
    for text in texts[-2::-1]:
        session.undo()
        assert save(session.world) == text
    assert session.world.get(session.entity(D), PrefabInstance).overrides == []
    for text in texts[1:]:
        session.redo()
        assert save(session.world) == text
    session.undo()
    session.undo()
    session.revert(D)
    assert node(session, lid).position.tolist() == [0, 0, 0]
    session.undo()
    assert node(session, lid).position.tolist() == [0, 1, 0]
    operations = Operations()
    operations.add(*PREFAB_OPERATIONS)
    operations.do(session, "prefab.apply", instance=D)
    path = root / "assets" / "box.prefab.json"
    assert json.loads(path.read_text())["entities"][B]["transform"] == {"translation": [0, 1, 0]}
    assert node(session, IDS[5]).children[0].position.tolist() == [0, 1, 0]
    saved = session.save(root / "worlds" / "a.world.json")
    app = make_app()
    app.world.resource(PrefabLibrary).read = session.project.read_asset
    assert read_world(saved, app.world, app.components) == []
    assert app.world.state_hash() == session.world.state_hash()
    assert {Name, Parent, Transform} <= set(app.world.types_of(app.world.find(int(lid, 16)) or 0))


def test_an_edit_looks_at_the_instances_that_it_touched_alone(session: Session) -> None:
    from taixu.edit.overrides import touched_instances

    (session.project.root / "assets" / "box.prefab.json").write_bytes(prefab(A, {A: {"shape": {}}, B: {"shape": {}}}))
    source = {"prefab_instance": {"source": "assets/box.prefab.json"}, "transform": {}}
    session.do(Spawn(dict.fromkeys(IDS[3:], source)))
    seen = []
    for text, component in ((IDS[5], "shape"), (id_text(node(session, IDS[6]).children[0].stable_id), "shape")):
        tick = session.current.recorded_tick
        SetFields(text, component, {"kind": "cone"}).apply(session)
        seen.append(session.world.stable_ids(touched_instances(session.world, tick)).tolist())
        session.do(Rename(A, "x"))
    assert seen == [[6], [7]]
    assert len(session.world.get(session.entity(IDS[6]), PrefabInstance).overrides) == 1
