"""Whatever is done to a world by operations, in whatever order: undoing it gives back every bit, doing it again too."""

from __future__ import annotations

import shutil
from difflib import unified_diff
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from any_operations import PARAMETERS, Draw
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from taixu.edit import commands, component_columns, document_of, format_document, reparent_many
from taixu.errors import TaixuError
from taixu_editor.host import Host

DESK = Path(__file__).parents[1] / "ui" / "worlds" / "desk"
MANY = ((commands, "WORTH_IT"), (component_columns, "_MANY"), (reparent_many, "_MANY"))
"""From how many entities on edits go by columns."""
NO_EDITS = {
    "asset.": "files that come, tags and folders are no edits of a world",
    "avatar.": "makes files, or tells; `avatar.place` and `avatar.replace` are edits",
    "document.": "which world is looked at",
    "export.": "writes what others read",
    "generate.": "has files made, which come as others do; `generate.apply` is an edit",
    "graph.": "edits graphs of materials, which have histories of their own; `graph.wear` is done by edits",
    "history.": "undo and redo themselves, which the test does",
    "live.": "devices feed a copy",
    "mods.": "files of mods come and go, agreed to by somebody; `mods.enable` is an edit",
    "past.": "a recording fills a copy",
    "play.": "plays a copy; `play.keep` is tested with play",
    "project.": "opens another world",
    "world.": "saves",
}
"""Operations that run and edit nothing, by what they begin with, and why no undoing is asked of them."""


def state_of(host: Host) -> tuple[Any, ...]:
    """All that undo has to bring back: the world, as it would be saved, what is selected, and the project's files."""
    session = host.session
    text = format_document(document_of(session.world, columns_above=1 << 30).document)
    root = session.project.root
    files = {file.relative_to(root).as_posix(): file.read_bytes() for file in root.rglob("*")
             if file.is_file() and ".taixu" not in file.parts}  # fmt: skip
    return session.world.state_hash(), text, session.current.selection, files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_undo_and_redo_give_back_every_bit(folder: Path, data: Any) -> None:
    try_anything(folder, data)


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_edits_of_very_many_give_back_every_bit(folder: Path, data: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module, name in MANY:
            patch.setattr(module, name, 1)
        try_anything(folder, data)


def try_anything(folder: Path, data: Any) -> None:
    root = folder / "desk"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(DESK, root)
    host = Host(trust=False)
    try:
        host.open(root)
        host.frame(0.0)
        fresh = count(0xF00)  # the same whenever it is tried again: what is drawn goes by the order of ids
        host.session.new_ids = lambda many: tuple(f"{next(fresh):016x}" for _ in range(many))  # type: ignore[method-assign]
        play(host, Draw(host.session, data))
    finally:
        host.close()


def play(host: Host, draw: Draw) -> None:
    """Do anything, then undo it all and do it all again."""
    history = host.session.history
    before = [state_of(host)]
    """The state below each step that is done, and that of now."""
    for _ in range(draw.one_of(range(1, 11))):
        name = draw.one_of([*PARAMETERS, "undo", "redo"])
        now, steps = before[-1], len(history.steps[0])
        if name in ("undo", "redo"):
            undone = history.undo_label if name == "undo" else history.redo_label
            getattr(host.session, name)()
            host.frame(0.0)
            if undone and name == "undo":
                before.pop()
                assert_same(state_of(host), before[-1], f"undoing {undone}")
            elif undone:
                before.append(state_of(host))
            continue
        parameters = PARAMETERS[name](draw)
        if parameters is None:
            continue
        note(f"{name} {parameters}")
        merge = draw.one_of((None, None, name))
        try:
            host.operations.do(host.session, name, parameters, merge=merge)
        except TaixuError as error:
            note(f"  refused: {error}")
            host.frame(0.0)
            assert_same(state_of(host), now, f"{name} was refused")
            assert len(history.steps[0]) == steps
            continue
        host.frame(0.0)
        if len(history.steps[0]) > steps:
            before.append(state_of(host))
        else:  # nothing was to be done, or it went into the step before
            before[-1] = state_of(host)
    _undo_all_and_redo_all(host, before)


def _undo_all_and_redo_all(host: Host, before: list[tuple[Any, ...]]) -> None:
    for wanted in reversed(before[:-1]):
        label = host.session.history.undo_label
        assert host.session.undo()
        host.frame(0.0)
        assert_same(state_of(host), wanted, f"undoing {label}")
    assert not host.session.undo()
    for wanted in before[1:]:
        label = host.session.history.redo_label
        assert host.session.redo()
        host.frame(0.0)
        assert_same(state_of(host), wanted, f"doing {label} again")


def assert_same(found: tuple[Any, ...], wanted: tuple[Any, ...], what: str) -> None:
    for part, one, other in zip(("document", "selection", "files"), found[1:], wanted[1:], strict=True):
        assert one == other, f"{what}: {part} {differing(one, other)}"
    assert found[0] == wanted[0], f"{what}: state hash"


def differing(one: Any, other: Any) -> str:
    """What to look at first."""
    if isinstance(one, str):
        return "\n".join(unified_diff(other.splitlines(), one.splitlines(), lineterm="", n=2))[:3000]
    return f"{one} instead of {other}" if isinstance(one, tuple) else str(sorted(set(one.items()) ^ set(other.items()))[:4])


def test_every_operation_is_tried_or_edits_nothing() -> None:
    """A new edit needs its parameters in `any_operations`; an operation that only runs, a reason here."""
    host = Host(trust=False)
    edits = {each.id for each in host.operations if each.is_edit}
    runs = {each.id for each in host.operations if not each.is_edit}
    host.close()
    assert edits == set(PARAMETERS), "each edit of the registry is in PARAMETERS, and nothing else is"
    assert {run for run in runs if not run.startswith(tuple(NO_EDITS))} == set()
    assert {start for start in NO_EDITS if not any(run.startswith(start) for run in runs)} == set()
