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
    "code": "-g {file}:{line}", "codium": "-g {file}:{line}", "cursor": "-g {file}:{line}", "subl": "{file}:{line}",
    "zed": "{file}:{line}", "pycharm": "--line {line} {file}", "kate": "--line {line} {file}", "gedit": "+{line} {file}",
}  # fmt: skip
"""How programs with windows are told a line."""


def code_editor_command(file: Path, line: int = 1) -> list[str]:
    """The command that opens a file: by ``$VISUAL`` or ``$EDITOR`` where that has a window, else by a well-known program.

    Raises
    ------
    MachineError
        When there is none; the sentence says how to name one.
    """
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    words = shlex.split(chosen) if chosen else []
    name = Path(words[0]).stem if words else ""
    if words and name in _WITH_LINES and shutil.which(words[0]):
        return [*words, *_arguments(_WITH_LINES[name], file, line)]
    for program, form in _WITH_LINES.items():
        if shutil.which(program):
            return [program, *_arguments(form, file, line)]
    opener = {"darwin": "open", "linux": "xdg-open"}.get(sys.platform)
    if opener and shutil.which(opener):
        return [opener, str(file)]
    raise MachineError("no code editor is found; set VISUAL to one that opens a window, such as code")


def open_in_code_editor(file: Path, line: int = 1) -> None:
    """Open a file in the user's code editor, without waiting for it."""
    try:
        subprocess.Popen(code_editor_command(file, line), stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as error:
        raise MachineError(f"the code editor does not start: {error}") from None


def _arguments(form: str, file: Path, line: int) -> list[str]:
    return [part.format(file=file, line=max(line, 1)) for part in form.split()]
