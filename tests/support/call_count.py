"""How many Python calls something takes: a measure of work that no other load on the machine can change."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

__all__ = ["count_calls"]


def count_calls(work: Callable[[], object]) -> int:
    """Python and C functions called by `work`, without the finalisers of what others left."""
    calls = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    gc.collect()
    gc.disable()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return calls
