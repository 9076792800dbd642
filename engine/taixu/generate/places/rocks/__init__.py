"""Rocks: boulders, cliffs, slabs and pebbles, closed, with levels of detail and what bodies meet of them.

A rock is a ball whose points planes have cut and noise has weathered (`making`); cliffs are cut from blocks that stand in rows.
"""

from __future__ import annotations

from taixu.generate.places.rocks.making import FORMS, RockSpec, rock_hull, rock_model

__all__ = ["FORMS", "RockSpec", "rock_hull", "rock_model"]
