"""What tests of sources need: an inbox that remembers, and patience that ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from taixu.twin.batch import Batch
from taixu.twin.inbox import Inbox

__all__ = ["Heard", "wait_for"]


def wait_for(done: Callable[[], object], *, secs: float = 20.0) -> None:
    """Until something is so."""
    end = time.monotonic() + secs
    while not done():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


class Heard:
    """An inbox, and all that was ever in it."""

    def __init__(self, **options: Any) -> None:
        self.inbox = Inbox(**options)
        self.batches: list[Batch] = []

    def take(self, *, keep: bool = True) -> list[Batch]:
        """All batches up to now; those that came since the last call are said to be kept."""
        for letter in self.inbox.take():
            self.batches.append(letter.batch)
            if keep and letter.on_kept is not None:
                letter.on_kept()
        return self.batches

    def values(self, name: str = "value") -> list[Any]:
        """What all batches say of a field, as it came."""
        return [value for batch in self.take() if name in batch.fields for value in batch.fields[name].tolist()]
