"""Script files: read, parsed and compiled once each, and noticed when they are saved again."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

from taixu.errors import TaixuError
from taixu.script.fields import ScriptField, find_fields

__all__ = ["MAX_SCRIPT_BYTES", "ScriptFile", "Stamp", "load_script", "locate_script", "stamp_of"]

MAX_SCRIPT_BYTES = 1 << 20
"""A script is written by hand: a megabyte of it is a mistake or an attack on the parser."""

Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """A script that compiled: its fields and its code."""

    path: str
    """As documents write it, relative to the project."""
    file: Path
    stamp: Stamp
    """Time of the last change in nanoseconds, and size in bytes."""
    fields: tuple[ScriptField, ...]
    code: CodeType


def locate_script(root: Path, path: str) -> Path:
    """Return the file of a script path.

    Raises
    ------
    TaixuError
        If the path leaves the project's folder, or names no Python file there.
    """
    if not path.endswith(".py"):
        raise TaixuError(f"script {path!r} is no Python file; name one that ends in .py")
    base = root.resolve()
    try:
        file = (base / path).resolve()
        inside = file.is_relative_to(base) and not Path(path).is_absolute()
        exists = inside and file.is_file()
    except (OSError, ValueError):  # a path too long, or with a null character in it
        inside = exists = False
    if not inside:
        raise TaixuError(f"script {path!r} lies outside the project; put it into its scripts/ folder")
    if not exists:
        raise TaixuError(f"script {path!r} does not exist in {root}; create it or change the path")
    return file


def stamp_of(file: Path) -> Stamp | None:
    """Return what changes when a file is saved; None while it is gone (editors replace files by renaming)."""
    try:
        stat = file.stat()
    except (OSError, ValueError):
        return None
    return stat.st_mtime_ns, stat.st_size


def load_script(root: Path, path: str) -> ScriptFile:
    """Read and compile a script; nothing of it is run.

    Raises
    ------
    TaixuError
        If it cannot be found or read, or is not valid Python (with the line).
    """
    file = locate_script(root, path)
    stamp = stamp_of(file)
    try:
        if stamp is None or stamp[1] > MAX_SCRIPT_BYTES:
            raise TaixuError(f"script {path!r} is larger than {MAX_SCRIPT_BYTES >> 20} MB; split it")
        with warnings.catch_warnings(action="ignore"):  # doubts about style, which nobody would see here
            tree = ast.parse(file.read_bytes(), filename=str(file))
            fields = find_fields(tree, file=path)
            code = compile(tree, str(file), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise TaixuError(f"{path}:{error.lineno or 1}: {error.msg}") from None
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        raise TaixuError(f"script {path!r} cannot be read: {error or type(error).__name__}") from None
    return ScriptFile(path, file, stamp, fields, code)
