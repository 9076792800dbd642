"""How many cases a fuzzer tries: so many in every run, and more where `TAIXU_FUZZ` says how many times as many."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

__all__ = ["cases", "damaged"]

_EDITS = ("set", "drop", "insert", "double", "cut", "flip")


def cases(count: int) -> Callable[[Any], Any]:
    """Settings of a test: `count` cases, the same in every run; with ``TAIXU_FUZZ=50``, fifty times as many, others each time."""
    times = int(os.environ.get("TAIXU_FUZZ", "1"))
    decorate: Callable[[Any], Any] = settings(
        max_examples=count * times, derandomize=times == 1, deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    return decorate


def damaged(corpus: list[bytes]) -> st.SearchStrategy[bytes]:
    """One of the inputs, with a few bytes of it changed, taken out, put in, doubled, or cut off."""
    edit = st.tuples(
        st.sampled_from(_EDITS), st.integers(0, 1 << 20), st.binary(min_size=1, max_size=6),
    )
    return st.builds(_damage, st.sampled_from(corpus), st.lists(edit, max_size=4))


def _damage(data: bytes, edits: list[tuple[str, int, bytes]]) -> bytes:
    for what, place, new in edits:
        at = place % (len(data) + 1)
        if what == "set":
            data = data[:at] + new + data[at + len(new) :]
        elif what == "drop":
            data = data[:at] + data[at + len(new) :]
        elif what == "insert":
            data = data[:at] + new + data[at:]
        elif what == "double":
            data = data[:at] + data[at : at + 40 * len(new)] * 2 + data[at:]
        elif what == "cut":
            data = data[:at]
        elif data:
            at = place % len(data)
            data = data[:at] + bytes([data[at] ^ 1 << new[0] % 8]) + data[at + 1 :]
    return data
