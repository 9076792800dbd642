"""``taixu mod``: other people's mods, and mods for other people. Each action is a module of `taixu.cli.mods`."""

from __future__ import annotations

import argparse
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, cast

from taixu.cli.mods import ACTIONS
from taixu.errors import UsageError

if TYPE_CHECKING:
    from taixu.cli.commands import Command

__all__ = ["add_arguments", "example", "find_action", "run", "summary", "usage"]

summary = "Makes, checks, signs and installs mods; `taixu mod ACTION --help` tells more of each action."
usage = "ACTION [options]"
example = "taixu mod install alice.swarm --index https://mods.example.org/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the action; what follows belongs to it."""
    parser.add_argument("action", metavar="ACTION", help="; ".join(f"{name}: {text}" for name, text in ACTIONS.items()))
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help="what the action takes")


def run(args: argparse.Namespace) -> int:
    """Hand over to the action."""
    from taixu.cli.parser import make_parser

    action = find_action(args.action)
    parsed = make_parser(f"mod {args.action}", action).parse_args(args.rest)
    parsed.console = args.console
    return action.run(parsed)


def find_action(name: str) -> Command:
    """The action of a name.

    Raises
    ------
    UsageError
        When there is none.
    """
    if name not in ACTIONS:
        near = get_close_matches(name, ACTIONS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(ACTIONS)}"
        raise UsageError(f"taixu mod knows no {name!r:.40}; {hint}")
    return cast("Command", import_module(f"taixu.cli.mods.{name}"))
