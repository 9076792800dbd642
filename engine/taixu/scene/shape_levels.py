"""Coarser forms of shapes, made when the first eyes look that are content with them.

A tier for small machines says how far off the edges of shapes may lie (`Eye.error_px`), and `show_levels` chooses by it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from taixu.ecs import World
from taixu.scene.details import Details, Eye
from taixu.scene.library import MeshLevels, MeshLibrary, add_mesh
from taixu.scene.shape_meshes import ShapeState
from taixu.scene.shapes import shape_forms, shape_mesh

__all__ = ["make_shape_forms"]

Triple = tuple[float, float, float]
_MOST_AT_ONCE = 16
"""Shapes before a picture: their meshes take a millisecond or two each, and nobody should see that."""


def make_shape_forms(world: World, eyes: Sequence[Eye]) -> None:
    """Make forms of shapes that have none yet, some before each picture."""
    state = world.resource(ShapeState)
    if not state.without_forms or not eyes or not all(eye.error_px > 0 for eye in eyes):
        return
    meshes = world.resource(MeshLibrary)
    count = len(state.without_forms) if world.resource(Details).patient else _MOST_AT_ONCE
    for number in list(state.without_forms)[:count]:
        _put_forms(meshes, state, number, *state.without_forms.pop(number))


def _put_forms(meshes: MeshLibrary, state: ShapeState, number: int, kind: str, size: Triple, bevel_m: float) -> None:
    """Make one shape's forms, all of its material."""
    coarser = shape_forms(kind, size, bevel_m)[1:]
    finest = meshes[number]
    low, high = finest.bounds().astype(np.float64)
    radius = float(np.linalg.norm(high - low)) / 2
    if not coarser or not 0.0 < radius < np.inf:
        return
    numbers, edges = [number], []
    for form in coarser:
        made = shape_mesh(kind, size, bevel_m=bevel_m, around=form.around, bevel_steps=form.bevel_steps)
        key = ("shape form", number, form.around, form.bevel_steps)
        numbers.append(add_mesh(meshes, key, made, material=finest.materials[0]))
        edges.append(2.0 * radius / max(form.error_m, 1e-9))
    state.made.update(numbers)
    x, y, z = ((low + high) / 2).tolist()
    meshes.put_levels(MeshLevels(tuple(numbers), tuple(edges), (x, y, z, radius), is_exact=True))
