"""Waiting for what is to come about, and guards against what would never end.

No test says how fast something is: machines differ, and other work runs beside the tests. Bounds are there for
what hangs, and are as long as a person would wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

__all__ = ["HANG_SECS", "ends", "until"]

HANG_SECS = 120.0
Found = TypeVar("Found")


def until(
    look: Callable[[], Found], *, what: Callable[[], object] | str = "it did not come about", pause_secs: float = 0.01
) -> Found:
    """Look again and again until what is found is true, and give it; `what` is said where it never is."""
    end = time.monotonic() + HANG_SECS
    while not (found := look()):
        assert time.monotonic() < end, what() if callable(what) else what
        time.sleep(pause_secs)
    return found


@contextmanager
def ends() -> Iterator[None]:
    """What is inside comes to its end while somebody would still wait for it."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < HANG_SECS
