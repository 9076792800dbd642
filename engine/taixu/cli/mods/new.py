"""``taixu mod new``: a mod in work."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Makes a mod: a folder with a manifest and a source."
usage = "DIR [options]"
example = "taixu mod new mods/fish --id alice.fish"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the folder and the id."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder to make; it may exist while it is empty")
    parser.add_argument("--id", required=True, metavar="ID", help="your name, a dot, and its name: alice.fish; it never changes")


def run(args: argparse.Namespace) -> int:
    """Make it."""
    from taixu.mods.packages.starting import make_mod

    files = make_mod(args.folder, args.id)
    args.console.show(f"{args.folder} is a mod; look at it: taixu mod check {args.folder}")
    args.console.answer({"out": str(args.folder), "id": args.id, "files": files})
    return 0
