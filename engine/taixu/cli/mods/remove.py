"""``taixu mod remove``."""

from __future__ import annotations

import argparse

from taixu.cli.mods.common import add_folder, mods_folder

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Removes installed mods, and what only they needed; what was agreed to is forgotten."
usage = "ID... [options]"
example = "taixu mod remove alice.swarm"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the ids and the folder."""
    parser.add_argument("ids", nargs="+", metavar="ID", help="as `taixu mod list` names them")
    add_folder(parser)


def run(args: argparse.Namespace) -> int:
    """Remove them."""
    from taixu.mods.packages.installing import remove_mods

    removed = remove_mods(mods_folder(args), args.ids)
    for mod in removed:
        args.console.show(f"{mod.id} {mod.version} is removed")
    args.console.answer({"removed": [mod.id for mod in removed]})
    return 0
