"""``taixu mod check``: ``taixu check`` for mods."""

from __future__ import annotations

import argparse
from pathlib import Path

from taixu.cli.check import run

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Reads and validates mods without running them: manifest, files, names of `game`, capabilities."
usage = "[PATH...] [options]"
example = "taixu mod check mods/fish"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the mods."""
    parser.add_argument("files", nargs="*", type=Path, default=[Path()], metavar="PATH", help="folders and zips; this folder")
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    parser.set_defaults(gate=False)
