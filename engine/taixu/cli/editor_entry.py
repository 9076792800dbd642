"""Handing over to the editor, which may not be installed: commands find it through entry points."""

from __future__ import annotations

import argparse
from importlib.metadata import entry_points

from taixu.errors import MachineError

__all__ = ["hand_over"]

_MISSING = 'the editor is not installed; pip install "taixu[editor]" brings it'


def hand_over(group: str, args: argparse.Namespace) -> int:
    """Call the first entry point of a group with the arguments; gives the exit status.

    Raises
    ------
    MachineError
        When there is none, or it lacks what it needs.
    """
    points = list(entry_points(group=group))
    if not points:
        raise MachineError(_MISSING)
    try:
        start = points[0].load()
    except ModuleNotFoundError as error:
        raise MachineError(f"{_MISSING} ({error})") from error
    return int(start(args) or 0)
