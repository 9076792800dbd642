"""``taixu new``: a project from a template."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import tempfile
from pathlib import Path

from taixu.errors import TaixuError, UsageError

__all__ = ["add_arguments", "example", "make_project", "run", "summary", "usage"]

summary = "Makes a project from a template."
usage = "DIR [options]"
example = "taixu new toys --template playground"

_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".taixu", "out")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the folder and the template."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder to make; it may exist while it is empty")
    parser.add_argument("--template", default="empty", metavar="NAME", help="empty, playground or factory, or a plugin's; empty")


def run(args: argparse.Namespace) -> int:
    """Copy the template whole or not at all, and name the project after its folder."""
    from taixu.cli.templates import find_templates

    folder: Path = args.folder.absolute()
    make_project(folder, args.template, shown=args.folder)
    files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
    shown = shlex.quote(f"./{args.folder}" if str(args.folder).startswith("-") else str(args.folder))
    command = find_templates()[args.template].command
    does = {"run": "play it", "serve": "bring it to life"}[command]
    args.console.show(f"{args.folder} is a project; {does}: taixu {command} {shown} --trust")
    args.console.answer({"out": str(folder), "template": args.template, "files": files})
    return 0


def make_project(folder: Path, template: str, *, shown: Path | None = None) -> None:
    """Make a project from a template's name, whole or not at all; it is named after its folder.

    Parameters
    ----------
    folder
        Absolute; new, or empty.
    shown
        How errors call the folder.

    Raises
    ------
    TaixuError
        When there is no such template, something stands there already, or the folder cannot be made.
    """
    from taixu.cli.kinds import make_app
    from taixu.cli.templates import find_templates
    from taixu.edit.project import FOLDERS, read_project, write_project
    from taixu.script.stubs import write_stubs

    shown = shown or folder
    templates = find_templates()
    if template not in templates:
        raise UsageError(f"there is no template {template!r}; there are {', '.join(templates)}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TaixuError(f"{shown}: there is something already; name a folder that is new or empty")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        place = tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name[:40]}.")
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise TaixuError(f"{shown}: cannot be made: {what}; name a folder elsewhere") from error
    with place as beside:
        made = Path(beside) / folder.name
        shutil.copytree(templates[template].folder, made, ignore=_LEFT_OUT)
        _make_writable(made)
        project = read_project(made)
        project.name = folder.name
        write_project(project)
        for name in FOLDERS:
            (made / name).mkdir(exist_ok=True)
        # The interface of scripts, for the completion of the user's editor.
        write_stubs(made, make_app().components)
        if folder.exists():
            folder.rmdir()
        os.replace(made, folder)


def _make_writable(folder: Path) -> None:
    """An installed template may be read-only; a project is not."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)
