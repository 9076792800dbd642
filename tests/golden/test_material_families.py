"""What the families of materials look like: a change of a graph, a node or a kernel is seen here first."""

from __future__ import annotations

import numpy as np
from gpu_device import shared_device

from golden import assert_golden
from taixu.generate.materials import families, material_maps
from taixu.generate.materials.pictures import map_pictures

SIZE = 48
COLUMNS = 6


def test_families_look_as_they_did() -> None:
    """Base colour, normal, roughness and height of each family, in alphabetical order, six in a row."""
    device = shared_device()
    cells = []
    for name in sorted(families()):
        pictures = map_pictures(material_maps(name, SIZE, seed=1, device=device))
        grey = [pictures["orm"][..., 1], (pictures["height"] >> 8).astype(np.uint8)]
        upper = np.concatenate([pictures["base_color"], pictures["normal"]], axis=1)
        lower = np.concatenate([np.repeat(each[..., None], 3, axis=-1) for each in grey], axis=1)
        cells.append(np.concatenate([upper, lower], axis=0))
    cells += [np.zeros_like(cells[0])] * (-len(cells) % COLUMNS)
    rows = [np.concatenate(cells[i : i + COLUMNS], axis=1) for i in range(0, len(cells), COLUMNS)]
    # Hard edges fall on one side or the other of a pixel where another processor rounds otherwise.
    assert_golden(np.concatenate(rows, axis=0), "materials/families", share=0.004, tolerance=3)
