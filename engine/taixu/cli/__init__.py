"""The command line: ``taixu COMMAND``.

One module a command, imported only when it is called, so that help and mistakes answer at once. What all
commands share (exit statuses, ``--json``, progress, files written whole or not at all) is in `program`,
`console`, `files` and `options`; a plugin's commands get the same.
"""

from __future__ import annotations

from taixu.cli.commands import Command
from taixu.cli.console import Console
from taixu.cli.program import main

__all__ = ["Command", "Console", "main"]
