"""Files in programs of the user's own: code editors, file managers, browsers."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from taixu.errors import MachineError

__all__ = ["code_editor_command", "open_in_code_editor"]

_WITH_LINES = {
    "code": "{root} -g {file}:{line}", "codium": "{root} -g {file}:{line}", "cursor": "{root} -g {file}:{line}",
    "subl": "{file}:{line}", "zed": "{root} {file}:{line}", "pycharm": "{root} --line {line} {file}",
    "kate": "--line {line} {file}", "gedit": "+{line} {file}",
}  # fmt: skip
"""How programs with windows are told a line; those that know projects open the project, where they find its stubs."""


def code_editor_command(file: Path, line: int = 1, *, root: Path | None = None, chosen: str = "") -> list[str]:
    """The command that opens a file.

    Parameters
    ----------
    root
        The project's folder.
    chosen
        The user's own command, with ``{file}`` and, if it likes, ``{line}`` and ``{root}``; where it is empty, ``$VISUAL`` or
        ``$EDITOR`` counts if it has a window, else a well-known program.

    Raises
    ------
    MachineError
        When there is none; the sentence says how to name one.
    """
    root = root or file.parent
    if chosen.strip():
        words = _words(chosen)
        if not words or shutil.which(words[0]) is None:
            raise MachineError(f"the editor for scripts, {chosen!r}, is not found; choose another one in the settings")
        parts = [_fill(word, file, line, root) for word in words]
        return parts if any("{file}" in word for word in words) else [*parts, str(file)]
    wished = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    words = _words(wished)
    name = Path(words[0]).stem if words else ""
    if name in _WITH_LINES and shutil.which(words[0]):
        return [*words, *_arguments(_WITH_LINES[name], file, line, root)]
    for program, form in _WITH_LINES.items():
        if shutil.which(program):
            return [program, *_arguments(form, file, line, root)]
    opener = {"darwin": "open", "linux": "xdg-open"}.get(sys.platform)
    if opener and shutil.which(opener):
        return [opener, str(file)]
    raise MachineError("no code editor is found; name one in the settings, such as code -g {file}:{line}")


def open_in_code_editor(file: Path, line: int = 1, *, root: Path | None = None, chosen: str = "") -> None:
    """Open a file in the user's code editor, without waiting for it; see `code_editor_command`."""
    try:
        command = code_editor_command(file, line, root=root, chosen=chosen)
        subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        raise MachineError(f"the code editor does not start: {error.strerror or error}") from None


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:  # a quotation mark without its other one
        raise MachineError(f"the command {command!r} is no command: {error}") from None


def _arguments(form: str, file: Path, line: int, root: Path) -> list[str]:
    return [_fill(part, file, line, root) for part in form.split()]


def _fill(part: str, file: Path, line: int, root: Path) -> str:
    return part.replace("{file}", str(file)).replace("{line}", str(max(line, 1))).replace("{root}", str(root))
