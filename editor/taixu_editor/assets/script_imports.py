"""Scripts that import others: who does, and their text when those are called otherwise.

A script finds others by name where they lie directly in ``scripts``, and nowhere else.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable

from taixu.errors import TaixuError

__all__ = ["imported_scripts", "with_new_imports"]

_FOLDER = "scripts"


def imported_scripts(data: bytes) -> list[str]:
    """Paths of scripts that a script's text imports, if they are there; none where it does not parse."""
    return [_path_of(name) for name in dict.fromkeys(name for _, name in _imports(data)) if name.isidentifier()]


def with_new_imports(path: str, data: bytes, renamed: Callable[[str], str]) -> bytes:
    """A script's text after others were moved: what they were called stays as what they are known by in it.

    Raises
    ------
    TaixuError
        When it would import a script that it could not find any more.
    """
    lines = data.splitlines(keepends=True)
    for node, name in reversed(_imports(data)):
        new = _new_name(path, name, renamed)
        if new == name:
            continue
        if isinstance(node, ast.ImportFrom):
            row, start = node.lineno - 1, node.col_offset
            found = re.compile(rb"from\s+(" + name.encode() + rb")\b").match(lines[row], start)
            if found is None:  # written over several lines
                continue
            left, right, text = found.start(1), found.end(1), new
        else:
            assert isinstance(node, ast.alias)
            row, left, right = node.lineno - 1, node.col_offset, node.end_col_offset or node.col_offset
            known = node.asname or name
            text = new if known == new else f"{new} as {known}"
        lines[row] = lines[row][:left] + text.encode() + lines[row][right:]
    return b"".join(lines)


def _imports(data: bytes) -> list[tuple[ast.alias | ast.ImportFrom, str]]:
    """Where modules are named, in the order of the text."""
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found: list[tuple[ast.alias | ast.ImportFrom, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.append((node, node.module))
    return sorted(found, key=lambda each: (each[0].lineno, each[0].col_offset))


def _new_name(path: str, name: str, renamed: Callable[[str], str]) -> str:
    if not name.isidentifier():
        return name
    before = _path_of(name)
    after = renamed(before)
    if after == before:
        return name
    folder, file = posixpath.split(after)
    stem = file.removesuffix(".py")
    if folder != _FOLDER or not file.endswith(".py") or not stem.isidentifier():
        raise TaixuError(
            f"{path} imports {name}, and finds only scripts directly in {_FOLDER} whose names are words: "
            f"leave it there, or change {path} first"
        )
    return stem


def _path_of(name: str) -> str:
    return f"{_FOLDER}/{name}.py"
