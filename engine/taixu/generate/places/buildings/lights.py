"""Lamps behind windows: panes that shine, some of them, each window as a whole."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.buildings.plans import chance
from taixu.generate.places.buildings.soup import Soup

__all__ = ["light_windows"]

_GLASS = ("glass", "glass_dark", "paper")
_CELL_M = (1.9, 2.6, 1.9)
"""Panes whose middles lie in one cell of this size are of one window."""


def light_windows(soup: Soup, seed: int, *, share: float = 0.55) -> Soup:
    """The same surfaces, with light behind a share of the windows: ``window_light`` in place of glass."""
    made = Soup()
    for material, (positions, normals, uvs, triangles) in soup.arrays().items():
        if material not in _GLASS or not len(triangles):
            made.add(material, positions, uvs, triangles, normals)
            continue
        middles = positions[triangles].mean(1)
        # Panes reach their cell by where they stand in the wall, a little off its corners so that no window is halved by chance.
        cells = np.floor((middles + np.array([0.31, 0.17, 0.43])) / _CELL_M).astype(int)
        shines = np.array([chance(seed, "lamp", *cell) < share for cell in cells.tolist()])
        for name, chosen in ((material, ~shines), ("window_light", shines)):
            if chosen.any():
                made.add(name, positions, uvs, triangles[chosen], normals)
    return made
