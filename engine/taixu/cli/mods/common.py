"""What actions of ``taixu mod`` share: which folder of mods is meant, passwords, questions."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from taixu.errors import TaixuError, UsageError

__all__ = ["PASSWORD_VARIABLE", "add_folder", "ask", "mods_folder", "password"]

PASSWORD_VARIABLE = "TAIXU_MOD_PASSWORD"


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Declare ``--project`` and ``--mods``."""
    parser.add_argument("--project", type=Path, metavar="DIR", help="the project; the one that this folder lies in")
    parser.add_argument("--mods", type=Path, metavar="DIR", help="a folder of mods in place of the project's mods/")


def mods_folder(args: argparse.Namespace) -> Path:
    """The folder of mods that is meant.

    Raises
    ------
    UsageError
        When none is.
    """
    from taixu.edit.project import MANIFEST

    if args.mods is not None:
        if args.project is not None:
            raise UsageError("give --project or --mods, not both")
        return Path(args.mods)
    if args.project is not None:
        if not (args.project / MANIFEST).is_file():
            raise TaixuError(f"{args.project} is no project: it has no {MANIFEST}; taixu new makes one")
        return Path(args.project) / "mods"
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / MANIFEST).is_file()), None)
    if root is None:
        raise UsageError("this folder lies in no project; name one with --project, or a folder of mods with --mods")
    return root / "mods"


def password(what: str, *, twice: bool = False) -> str:
    """Ask for a password on the terminal; scripts give it in the environment's ``TAIXU_MOD_PASSWORD``.

    Raises
    ------
    TaixuError
        When nobody can be asked.
    """
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return given
    if sys.stdin is None or not sys.stdin.isatty():
        raise TaixuError(f"nobody is here to type the password of {what}; set {PASSWORD_VARIABLE}")
    first = getpass.getpass(f"Password of {what}: ")
    if twice and getpass.getpass("Once more: ") != first:
        raise TaixuError("the two differ; call again")
    return first


def ask(question: str, *, console: object) -> bool:
    """Ask yes or no on the terminal; no is what silence means."""
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
