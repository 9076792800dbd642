"""A wish on its way: waiting, being made, or failed, until somebody has seen why."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from taixu_editor.generating.wish import Wish

if TYPE_CHECKING:
    from taixu.generate import Generation, Generator
    from taixu_editor.generating.history import Entry

__all__ = ["Task"]


class Task:
    """One line of the queue.

    Attributes
    ----------
    of
        The result that this varies, by id.
    entry
        What came of it.
    error
        One sentence, where it failed.
    """

    def __init__(self, wish: Wish, generator: Generator, *, of: str = "") -> None:
        self.id = secrets.token_hex(4)
        self.wish, self.generator, self.of = wish, generator, of
        self.generation: Generation | None = None
        self.entry: Entry | None = None
        self.error = ""
        self.is_cancelled = False

    @property
    def label(self) -> str:
        """What people call it."""
        return self.wish.prompt or self.wish.generator

    @property
    def state(self) -> str:
        """``queued``, ``running``, ``done``, ``failed`` or ``cancelled``."""
        if self.is_cancelled:
            return "cancelled"
        if self.entry is not None:
            return "done"
        if self.error:
            return "failed"
        return "queued" if self.generation is None else "running"

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def progress(self) -> float:
        """The fraction done, 0 to 1."""
        return 1.0 if self.entry is not None else 0.0 if self.generation is None else self.generation.progress

    @property
    def text(self) -> str:
        """What is being done."""
        return "" if self.generation is None else self.generation.text

    @property
    def preview(self) -> Any:
        """The latest picture of it, uint8 [h, w, 3 or 4]; None where there is none."""
        import numpy as np

        shown = None if self.generation is None else self.generation.preview
        if isinstance(shown, np.ndarray) and shown.dtype == np.uint8 and shown.ndim == 3 and shown.shape[2] in (3, 4):
            return shown
        return None
