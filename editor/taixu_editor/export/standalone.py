"""A folder that plays by itself: ``python -m NAME``, or ``python NAME``, where Taixu is installed."""

from __future__ import annotations

import keyword
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from taixu.edit.project import MANIFEST
from taixu.errors import TaixuError, UsageError
from taixu_editor.export.beside import filled_beside, refuse_filled
from taixu_editor.export.packing import notices_of, project_files

__all__ = ["module_name", "write_standalone"]

_INIT = '"""{title}, made with Taixu. ``python -m {name}`` plays it."""\n'
_MAIN = '''"""Plays {title}: ``python -m {name}``. More is said by ``python -m {name} --help``."""

import sys
from pathlib import Path

try:
    from taixu.cli import main
except ModuleNotFoundError:
    sys.exit("This needs Taixu: pip install taixu")

PROJECT = Path(__file__).resolve().parent / "project"

if __name__ == "__main__":
    # Its scripts run: whoever starts this trusts who made it, as with every program.
    sys.exit(main(["run", str(PROJECT), "--trust", *sys.argv[1:]]))
'''
_README = """{title}
{line}

Needs Python 3.11 or newer.

    pip install taixu
    python -m {name}

Run it in the folder above this one. `python -m {name} --headless --seconds 3 --out last.png` plays it without a window.
"""


def module_name(text: str) -> str:
    """A name that Python can import: letters, digits and low lines."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "game"
    if name[0].isdigit() or keyword.iskeyword(name) or name == "taixu":
        name = f"game_{name}"
    return name


def write_standalone(root: Path, out: Path, *, title: str = "", progress: Callable[[float], bool] | None = None) -> Path:
    """Write a project into a folder that runs by itself, whole or not at all; gives the folder.

    Parameters
    ----------
    out
        The new folder; its name is the module's, and must be one that Python can import.

    Raises
    ------
    TaixuError
        When something stands there already, or it cannot be written.
    """
    name = out.name
    if name != module_name(name):
        raise UsageError(f"{name!r} cannot be run with python -m; call the folder {module_name(name)!r}")
    refuse_filled(out)
    files = project_files(root)
    if MANIFEST not in files:
        raise TaixuError(f"{root} is no project: it has no {MANIFEST}, so nothing could be played")
    words = {"title": (title or root.name).replace('"""', "'''").replace("\\", "/").replace("\n", " "), "name": name}
    try:
        with filled_beside(out) as beside:
            for number, path in enumerate(files):
                if progress is not None and progress(number / len(files)) is False:
                    raise TaixuError("writing the folder was cancelled; nothing was left behind")
                target = beside / "project" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / path, target)
            notices, said = notices_of(root, files)
            if notices:
                (beside / "project" / notices).write_bytes(said)
            for file, text in (("__init__.py", _INIT), ("__main__.py", _MAIN), ("README.txt", _README)):
                (beside / file).write_text(text.format(**words, line="=" * len(words["title"])), encoding="utf-8")
    except OSError as error:
        raise TaixuError(f"{out}: cannot be written ({error.strerror or error}); nothing was left behind") from error
    return out
