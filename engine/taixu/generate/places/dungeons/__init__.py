"""Dungeons: rooms, corridors and stairs on several levels, laid out by wave function collapse.

Cells of a grid hold tiles whose sides must fit (`tiles`); `collapse` decides them one by one, always where least is left open, and
begins anew where nothing fits, a limited number of times. `layout` keeps what hangs together, puts the way in and the way out far
apart, and finds rooms; `building` makes closed solids of it, `furnishing` puts doors, lights and things in. `STYLES` says what
it is of.
"""

from __future__ import annotations

from taixu.generate.places.dungeons.layout import Layout, lay_out_dungeon
from taixu.generate.places.dungeons.spec import STYLES, DungeonSpec
from taixu.generate.places.dungeons.words import parameters_of_words

__all__ = ["STYLES", "DungeonSpec", "Layout", "lay_out_dungeon", "parameters_of_words"]
