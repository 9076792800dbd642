"""How each verb is written as Python: a file for what moves, for what is seen, for the sky, and for games."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from taixu.mods.authoring.acts import games, looks, motions, skies
from taixu.mods.authoring.wish import Act
from taixu.mods.authoring.writer import Writer

__all__ = ["WRITERS"]

WRITERS: Mapping[str, Callable[[Writer, Act], None]] = {**motions.WRITERS, **looks.WRITERS, **skies.WRITERS, **games.WRITERS}
"""By verb."""
