"""What tests of sources need: an inbox that remembers."""

from __future__ import annotations

from typing import Any

from taixu.twin.batch import Batch
from taixu.twin.inbox import Inbox, receipts_of

__all__ = ["Heard"]


class Heard:
    """An inbox, and all that was ever in it."""

    def __init__(self, **options: Any) -> None:
        self.inbox = Inbox(**options)
        self.batches: list[Batch] = []

    def take(self, *, keep: bool = True) -> list[Batch]:
        """All batches up to now; those that came since the last call are said to be kept."""
        letters = self.inbox.take()
        self.batches += [letter.batch for letter in letters]
        for receipt in receipts_of(letters) if keep else ():
            receipt()
        return self.batches

    def values(self, name: str = "value") -> list[Any]:
        """What all batches say of a field, as it came."""
        return [value for batch in self.take() if name in batch.fields for value in batch.fields[name].tolist()]
