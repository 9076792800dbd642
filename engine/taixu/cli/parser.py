"""An argument parser whose help fits a screen and whose complaints are one sentence."""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Sequence
from typing import NoReturn

from taixu.cli.commands import Command
from taixu.errors import UsageError

__all__ = ["Parser", "make_parser"]

_NEGATIVE = re.compile(r"-[.\d]")
_WIDTH = 80
_INDENT = 24


class Parser(argparse.ArgumentParser):
    """Parses one command. Help is laid out here, because that of `argparse` takes two screens."""

    def __init__(self, prog: str, *, usage: str, summary: str, example: str) -> None:
        super().__init__(
            prog, usage=usage, description=summary, epilog=example, add_help=False, allow_abbrev=False
        )

    def parse_args(  # type: ignore[override]  # the one way that it is called here
        self, args: Sequence[str], namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """Parse; a vector that begins with a minus is a value, not an option."""
        joined: list[str] = []
        for word in args:
            if _NEGATIVE.match(word) and joined and re.fullmatch(r"--[\w-]+", joined[-1]):
                joined[-1] += f"={word}"
            else:
                joined.append(word)
        return super().parse_args(joined, namespace)

    def error(self, message: str) -> NoReturn:
        """Refuse the call in one sentence."""
        message = message.replace("unrecognized arguments:", "it does not know").replace("argument ", "")
        message = message.replace("the following arguments are required:", "it wants")
        raise UsageError(f"{message}; `{self.prog} --help` says what it takes")

    def format_help(self) -> str:
        """Usage, what the command does, an option a line, and an example at the end."""
        lines = [f"usage: {self.prog} {self.usage}".rstrip(), ""]
        lines += textwrap.wrap(self.description or "", _WIDTH)
        lines.append("")
        for action in self._actions:
            if action.help is argparse.SUPPRESS:
                continue
            name = action.metavar or action.dest.upper()
            name = name if isinstance(name, str) else " ".join(name)
            shown = name
            if action.option_strings:
                shown = action.option_strings[-1] + (f" {name}" if action.nargs != 0 else "")
            text = textwrap.wrap(action.help or "", _WIDTH - _INDENT) or [""]
            if len(shown) > _INDENT - 3:
                lines.append(f"  {shown}  {action.help or ''}")
                continue
            lines.append(f"  {shown:<{_INDENT - 2}}{text[0]}")
            lines += [" " * _INDENT + more for more in text[1:]]
        lines.append(f"  {'--json --debug --help':<{_INDENT - 2}}the result as JSON; tracebacks; this text")
        lines += ["", f"example: {self.epilog}"]
        return "\n".join(lines) + "\n"


def make_parser(name: str, command: Command) -> Parser:
    """The parser of a command, with the options that all have."""
    parser = Parser(f"taixu {name}", usage=command.usage, summary=command.summary, example=command.example)
    command.add_arguments(parser)
    for option in ("--json", "--debug"):
        parser.add_argument(option, action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("-h", "--help", action="help", help=argparse.SUPPRESS)
    return parser
