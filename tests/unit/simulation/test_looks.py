from __future__ import annotations

import numpy as np
import pytest

from taixu.app import App
from taixu.scene import MaterialLibrary, MeshInstance, MeshLibrary, Transform
from taixu.scene.details import Details, Eye
from taixu.scene.plugin import ScenePlugin
from taixu.simulation.worlds.looks import LOOKS, look_forms, look_mesh


@pytest.mark.parametrize("look", LOOKS)
def test_forms_are_of_one_size_and_ever_fewer_triangles(look: str) -> None:
    forms = [np.concatenate([part.attributes["POSITION"][part.triangles()].reshape(-1, 3) for part in form.values()])
             for form in look_forms(look)]  # fmt: skip
    counts = [len(points) // 3 for points in forms]
    assert counts == sorted(counts, reverse=True) and counts[-1] == 12
    extents = np.array([points.max(0) - points.min(0) for points in forms])
    assert (np.abs(extents / extents[0] - 1) < 0.11).all(), "nothing grows or shrinks by more than a tenth"
    floors = [points[:, 1].min() for points in forms]
    assert np.ptp(floors) < 0.02, "they stand on the same ground"


def test_eyes_that_are_far_see_boxes_and_near_ones_people() -> None:
    with App() as app:
        app.add_plugin(ScenePlugin())
        world = app.world
        number = look_mesh(world.resource(MeshLibrary), world.resource(MaterialLibrary), "person")
        places = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [-2.0, -25.0, -60.0, -900.0]], np.float32)
        crowd = world.spawn_batch(4, {Transform: {"translation": places}, MeshInstance: {"mesh": number}})
        app.frame(1 / 60)
        world.resource(Details).follow(world, [Eye(np.zeros(3), 900.0)])
        shown = world.gather(crowd, MeshInstance, "mesh")
        levels = world.resource(MeshLibrary).levels[number].numbers
        assert shown.tolist() == list(levels)
        assert (world.resource(MeshLibrary).finest(shown) == levels[2]).all(), "others are told of one form, whoever looks"
