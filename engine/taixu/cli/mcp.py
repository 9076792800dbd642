"""``taixu mcp``: the operations of the editor for agents, found through an entry point, for it may not be installed."""

from __future__ import annotations

import argparse
from pathlib import Path

from taixu.cli.editor_entry import hand_over
from taixu.cli.options import port

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Opens a world to language models and agents: query, look, rehearse, apply as one undo."
usage = "[WORLD] [options]"
example = "taixu mcp samples/playground --allow query_world,take_picture,rehearse"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the world, and what agents may do with it."""
    add = parser.add_argument
    add("world", nargs="?", type=Path, default=Path(), metavar="WORLD", help="a project folder or a *.world.json file; this folder")
    add("--port", type=port, default=0, metavar="N", help="of 127.0.0.1; any that is free")
    add("--token", metavar="T", help="that agents must send; a fresh one is made and said")
    add("--allow", type=lambda text: [part for part in text.split(",") if part], default=[], metavar="TOOLS",
        help="tools that need no asking, by comma, or all; without a terminal the others are refused")  # fmt: skip
    add("--save", action="store_true", help="save the world at the end, if it was changed")
    add("--trust", action="store_true", help="let the project run its scripts")


def run(args: argparse.Namespace) -> int:
    """Hand over to the editor: the first entry point of the group ``taixu.agents``, called with `args`."""
    return hand_over("taixu.agents", args)
