"""Which commands there are: those of Taixu by name, those of plugins when they are asked for."""

from __future__ import annotations

import argparse
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Protocol, cast

from taixu.errors import TaixuError, UsageError

__all__ = ["BUILT_IN", "Command", "find_command", "plugin_commands"]

BUILT_IN = {
    "new": "make a project from a template",
    "edit": "open a world in the editor",
    "run": "play a world, in a window or headless",
    "render": "draw a world or a model: PNG, EXR or MP4",
    "bake": "find a world's indirect light once and keep it",
    "check": "read and validate worlds, models and pictures",
    "convert": "write a model or a picture in another format",
    "generate": "make textures, sounds and more from words",
    "generators": "list what can be made, and of what",
    "serve": "run a world as a twin that devices feed",
    "replay": "show any moment of a recording",
    "sweep": "run a world over many settings",
    "mod": "make, check, sign and install mods",
    "bench": "measure this machine, beside other engines",
    "mcp": "open a world to language models and agents",
    "info": "say what is installed, and what is missing",
}
"""Summary by name. A module `taixu.cli.NAME` is the command; help needs none of them."""


class Command(Protocol):
    """A command: a module of `taixu.cli`, or an object that a plugin offers in its `commands`."""

    summary: str
    """What it does, in half a line."""
    usage: str
    """What follows the name, as in ``MODEL --out FILE [options]``."""
    example: str
    """One line that works when pasted; help ends with it."""

    def add_arguments(self, parser: argparse.ArgumentParser, /) -> None:
        """Declare what the command takes; ``--json``, ``--debug`` and ``--help`` are there already."""

    def run(self, args: argparse.Namespace, /) -> int:
        """Do it and give the exit status. ``args.console`` is the `Console` to speak through."""


def plugin_commands() -> dict[str, Command]:
    """The commands of installed plugins: the attribute ``commands``, a mapping of name to command.

    A plugin that does not load is named on standard error and left out: it must not take the program with it.
    """
    from importlib.metadata import entry_points

    points = sorted(entry_points(group="taixu.plugins"), key=lambda point: point.name)
    found: dict[str, Command] = {}
    if not points:
        return found
    from taixu.app import load_plugin

    for point in points:
        try:
            plugin = load_plugin(point)
        except TaixuError as error:
            print(f"taixu: {error}", file=sys.stderr)
            continue
        for name, command in getattr(plugin, "commands", {}).items():
            if name not in BUILT_IN:
                found.setdefault(name, command)
    return found


def find_command(name: str) -> Command:
    """The command of a name.

    Raises
    ------
    UsageError
        When this version has none.
    """
    if name in BUILT_IN:
        return cast(Command, import_module(f"taixu.cli.{name}"))
    others = plugin_commands()
    if name in others:
        return others[name]
    near = get_close_matches(name, [*BUILT_IN, *others], n=1, cutoff=0.75)
    hint = f"did you mean `taixu {near[0]}`?" if near else "`taixu --help` lists those that it has"
    raise UsageError(f"this version of Taixu has no command {name!r}; {hint}")
