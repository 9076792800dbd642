"""Errors that a user can cause, with the exit status that the command line gives them.

A message is one sentence that says which file, where in it, what is wrong and what to do. Anything that is not a
`TaixuError` is a defect of Taixu, and keeps its traceback.
"""

from __future__ import annotations

__all__ = ["MachineError", "TaixuError", "UsageError"]


class TaixuError(Exception):
    """The thing asked about is bad: an invalid file, a failed check (exit status 1)."""

    exit_status = 1


class UsageError(TaixuError):
    """The call is wrong: an unknown option, a missing argument (exit status 2)."""

    exit_status = 2


class MachineError(TaixuError):
    """This machine cannot do it: no OpenGL 4.3, a missing extra (exit status 3)."""

    exit_status = 3
