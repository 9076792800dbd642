"""What operations give back, and what copies are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import make_app

from taixu.edit import Operations, Project, Session
from taixu.edit.clipboard import copy_entities
from taixu.edit.copy_names import fresh_names
from taixu.edit.entity_operations import ENTITY_OPERATIONS
from taixu.scene import Node


@pytest.fixture
def session(tmp_path: Path):
    session = Session(Project(tmp_path), make_app)
    session.new()
    yield session
    session.close()


@pytest.fixture
def operations() -> Operations:
    operations = Operations()
    operations.add(*ENTITY_OPERATIONS)
    return operations


def names_of(session: Session, ids: list[str]) -> list[str]:
    return [Node(session.world, session.entity(text)).name for text in ids]


def test_what_makes_entities_gives_their_ids(session: Session, operations: Operations) -> None:
    crate = operations.do(session, "entity.spawn", name="Crate")
    assert names_of(session, [crate]) == ["Crate"]
    (copy,) = operations.do(session, "entity.duplicate", entities=[crate])
    assert copy != crate and session.entity(copy)
    group = operations.do(session, "entity.group", entities=[crate, copy], name="Pair")
    assert sorted(child.name for child in Node(session.world, session.entity(group)).children) == ["Crate", "Crate 2"]
    pasted = operations.do(session, "entity.paste_text", text=copy_entities(session, [group]))
    assert len(pasted) == 3 and all(session.entity(text) for text in pasted)
    made = operations.do_all(session, [("entity.spawn", {"name": "A"}), ("entity.rename", {"name": "B"})], label="Two")
    assert names_of(session, made[:1]) == ["B"] and made[1] is None
    assert operations.log[-1].result == made
    assert operations.do(session, "entity.rename", entity=crate, name="Box") is None
    assert operations.do(session, "entity.delete", entities=[crate]) is None


def test_copies_are_numbered_and_what_lies_below_them_is_not(session: Session, operations: Operations) -> None:
    crate = operations.do(session, "entity.spawn", name="Crate")
    lid = operations.do(session, "entity.spawn", name="Lid")
    operations.do(session, "entity.reparent", entities=[lid], parent=crate)
    (first,) = operations.do(session, "entity.duplicate", entities=[crate])
    assert names_of(session, [first]) == ["Crate 2"]
    assert [child.name for child in Node(session.world, session.entity(first)).children] == ["Lid"]
    second = operations.do(session, "entity.duplicate", entities=[crate, first])
    assert names_of(session, second) == ["Crate 3", "Crate 4"]
    nameless = operations.do(session, "entity.spawn")
    (copy,) = operations.do(session, "entity.duplicate", entities=[nameless])
    assert names_of(session, [copy]) == [""]
    text = copy_entities(session, [crate])
    operations.do(session, "entity.delete", entities=[crate])
    assert "Crate" in names_of(session, operations.do(session, "entity.paste_text", text=text)), "nobody is called that now"
    assert "Crate 5" in names_of(session, operations.do(session, "entity.paste_text", text=text))


@pytest.mark.parametrize(
    ("there", "wishes", "found"),
    [
        (["Box"], ["Box"], ["Box 2"]),
        (["Box", "Box 2"], ["Box", "Box 2"], ["Box 3", "Box 4"]),
        (["crate_07"], ["crate_07"], ["crate_08"]),
        (["crate_99"], ["crate_99"], ["crate_100"]),
        (["7"], ["7"], ["8"]),
        ([""], [""], [""]),
        (["箱"], ["箱", "箱"], ["箱 2", "箱 3"]),
        (["a" + "9" * 12], ["a" + "9" * 12], ["a9991000000000"]),
    ],
)
def test_names_of_copies(session: Session, operations: Operations, there: list[str], wishes: list[str], found: list[str]) -> None:
    for name in there:
        operations.do(session, "entity.spawn", name=name)
    assert fresh_names(session.world, wishes, are_copies=True) == found


def test_thousands_of_copies_of_one_take_no_thousand_looks_each(session: Session, operations: Operations) -> None:
    operations.do(session, "entity.spawn", name="Box")
    found = fresh_names(session.world, ["Box"] * 20_000, are_copies=True)
    assert found[-1] == "Box 20001" and len(set(found)) == 20_000
