"""Lamps behind windows: panes that shine, some of them, each window as a whole."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.buildings.plans import Array, chance
from taixu.generate.places.buildings.soup import Soup

__all__ = ["light_windows"]

_GLASS = ("glass", "glass_dark", "paper")


def light_windows(soup: Soup, seed: int, *, share: float = 0.55) -> Soup:
    """The same surfaces, with light behind a share of the windows: ``window_light`` in place of glass."""
    made = Soup()
    for material, (positions, normals, uvs, triangles) in soup.arrays().items():
        if material not in _GLASS or not len(triangles):
            made.add(material, positions, uvs, triangles, normals)
            continue
        panes = _panes(triangles, len(positions))
        shines = np.array([chance(seed, "lamp", pane) < share for pane in range(int(panes.max()) + 1)])[panes]
        for name, chosen in ((material, ~shines), ("window_light", shines)):
            if chosen.any():
                made.add(name, positions, uvs, triangles[chosen], normals)
    return made


def _panes(triangles: Array, count: int) -> Array:
    """Of each triangle the number of its pane: triangles that share corners are of one, int[n]."""
    label = np.arange(count)
    while True:
        least = label[triangles].min(1)
        found = label.copy()
        np.minimum.at(found, triangles, least[:, None])
        if (found == label).all():
            return np.unique(label[triangles[:, 0]], return_inverse=True)[1]
        label = found
