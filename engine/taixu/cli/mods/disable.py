"""``taixu mod disable``."""

from __future__ import annotations

import argparse

from taixu.cli.mods.turning import add_arguments, turn

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Keeps mods from running in one world, or in all that do not say otherwise."
usage = "ID... [options]"
example = "taixu mod disable alice.swarm --world worlds/main.world.json"


def run(args: argparse.Namespace) -> int:
    """Do it."""
    return turn(args, on=False)
