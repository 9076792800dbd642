"""Worlds from words: a plan, then a project that opens and plays.

`plan_of_words` finds the kind of world, season, time, weather and people in a prompt (`words`, English and Chinese; words that mean
nothing are told). From a `WorldSpec` and a seed then come, each a pure function of what stands before it: land and a site that is
levelled (`sites`), streets and lots (`layouts`), houses (`houses`), things (`furnishing`), plants (`planting`), people who walk
(`people`), a sky and its light. `generator` writes them as a project's folder: the world, its files, a script to walk with.
"""

from __future__ import annotations

from taixu.generate.worlds.kinds import KINDS, Kind
from taixu.generate.worlds.spec import WorldSpec
from taixu.generate.worlds.words import Plan, plan_of_words

__all__ = ["KINDS", "Kind", "Plan", "WorldSpec", "plan_of_words"]
