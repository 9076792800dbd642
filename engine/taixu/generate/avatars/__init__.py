"""People from numbers, words and seeds, with numpy alone: a body, a face, hair and clothes on one skeleton."""

from __future__ import annotations

__all__: list[str] = []
