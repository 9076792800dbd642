"""``taixu edit``: the editor, found through an entry point, for it may not be installed."""

from __future__ import annotations

import argparse
from pathlib import Path

from taixu.cli.editor_entry import hand_over

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Opens the editor: on its start page, or with a world."
usage = "[WORLD] [options]"
example = "taixu edit samples/playground"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the world and how to open it."""
    parser.add_argument(
        "world", nargs="?", type=Path, metavar="WORLD", help="a project folder or a *.world.json file"
    )
    parser.add_argument(
        "--script", type=Path, metavar="FILE", help="run editor commands from a file, windowless"
    )
    parser.add_argument("--log", type=Path, metavar="FILE", help="with --script: write what was done, to be done again, as *.jsonl")
    parser.add_argument("--trust", action="store_true", help="let the project run its scripts")


def run(args: argparse.Namespace) -> int:
    """Hand over to the editor: the first entry point of the group ``taixu.editor``, called with `args`."""
    return hand_over("taixu.editor", args)
