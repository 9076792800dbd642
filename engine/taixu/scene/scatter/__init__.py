"""Thousands to millions of equal things on the ground: positions in a column file, drawn by distance.

An entity with a `Scatter` stands for all of them. They are sorted into squares of the ground once; a square shows its things one
by one where eyes are near, in one mesh of their simplest forms where they are far, and not at all beyond. What a square shows
are made entities, so nothing is saved or hashed, a frame in which no eye moves costs nothing, and nothing is done for one
thing at a time. Where it names a terrain, things stand on its triangles, whatever became of that.
"""

from __future__ import annotations

from taixu.scene.scatter.components import Scatter
from taixu.scene.scatter.files import read_places, write_places
from taixu.scene.scatter.placing import ScatterState, place_scatters, show_scatters

__all__ = ["Scatter", "ScatterState", "place_scatters", "read_places", "show_scatters", "write_places"]
