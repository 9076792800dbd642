"""The stubs of the interface: as the real classes are, understood by a type checker, kept fresh and in nobody's way."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from taixu.ecs import component_type
from taixu.platform.actions import ActionState
from taixu.scene import SHARED_COMPONENTS
from taixu.script import make_stub, write_stubs
from taixu.script.columns import Columns
from taixu.script.events import Event
from taixu.script.game import Hit, Mouse
from taixu.script.routines import Timer
from taixu.script.stubs import CHECKER, STUBS
from taixu.script.vectors import Quat, Vec3

REAL = {cls.__name__: cls for cls in (ActionState, Columns, Event, Hit, Mouse, Quat, Timer, Vec3)}
OWN = {"Columns": {"ids", "entities", "write"}, "Event": {"kind", "name", "data"}, "Timer": {"cancel"}}
"""What these show of themselves: the rest of them is found by name, or nobody's business."""


def members_of(cls: type) -> set[str]:
    """Public names that a class declares itself."""
    names = {*vars(cls), *getattr(cls, "__annotations__", {})}
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("name", sorted(REAL))
def test_the_classes_are_as_they_are(name: str) -> None:
    tree = ast.parse(make_stub())
    declared = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    said = {
        node.target.id if isinstance(node, ast.AnnAssign) else node.name
        for node in declared.body
        if isinstance(node, ast.FunctionDef) or (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name))
    }
    public = {each for each in said if not each.startswith("_")}
    assert public == OWN.get(name, members_of(REAL[name]))
    lacking = [each for each in public if not hasattr(REAL[name], each) and each not in _made(REAL[name])]
    assert lacking == []


def _made(cls: type) -> set[str]:
    """What instances have, as annotations, slots and `__init__` say."""
    source = getattr(cls, "__init__", None)
    code: Any = getattr(source, "__code__", None)
    return {*getattr(cls, "__annotations__", {}), *getattr(cls, "__slots__", ()), *(code.co_names if code else ())}


def test_scripts_that_ship_are_right_by_a_type_checker(repository: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    from taixu.defaults import App

    with App.headless() as app:
        (tmp_path / "game.pyi").write_text(make_stub(app.components))
    guide = (repository / "docs" / "guide" / "scripts.md").read_text()
    (tmp_path / "guide.py").write_text(guide.split("```python\n")[1].split("```")[0])
    for file in (repository / "samples").glob("*/scripts/*.py"):
        (tmp_path / f"{file.parent.parent.name}_{file.name}").write_text(file.read_text())
    (tmp_path / "wrong.py").write_text("import game\ngame.find(3)\ngame.entity.light.intensity = 'bright'\ngame.nothing()\n")
    files = sorted(file.name for file in tmp_path.glob("*.py"))
    assert len(files) > 4
    command = [sys.executable, "-m", "mypy", "--check-untyped-defs", "--cache-dir", str(tmp_path / "cache"), *files]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    told = [line.split(": ")[0] for line in done.stdout.splitlines() if ": error: " in line]
    assert told == ["wrong.py:2", "wrong.py:3", "wrong.py:4"], done.stdout


def test_stubs_are_written_where_code_editors_look_and_made_anew_by_another_version(tmp_path: Path) -> None:
    components = [component_type(cls) for cls in SHARED_COMPONENTS]
    assert write_stubs(tmp_path, components) == [*STUBS, CHECKER]
    assert json.loads((tmp_path / CHECKER).read_text())["include"] == ["scripts"]
    assert [(tmp_path / path).read_text() for path in STUBS] == [make_stub(components)] * 2
    assert write_stubs(tmp_path, components) == []
    old = tmp_path / STUBS[0]
    old.write_text('"""The interface of scripts. Made by Taixu 0.0.1; do not edit.\n"""\n')
    assert write_stubs(tmp_path, components) == [STUBS[0]]
    assert old.read_text() == make_stub(components)


def test_files_of_the_user_stay(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "game.pyi").write_text("mine: int\n")
    (tmp_path / "pyproject.toml").write_text("[tool.pyright]\n")
    assert write_stubs(tmp_path) == [STUBS[0]]
    assert (tmp_path / "scripts" / "game.pyi").read_text() == "mine: int\n"
    assert not (tmp_path / CHECKER).exists()


def test_a_folder_that_cannot_be_written_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "typings").write_text("a file is in the way")
    (tmp_path / "scripts").write_text("and here as well")
    assert write_stubs(tmp_path) == [CHECKER]
