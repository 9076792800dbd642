from __future__ import annotations

import gc

import numpy as np
import pytest
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.gpu import NullDevice
from taixu.render import Renderer, View, ViewCamera
from taixu.scene import MeshInstance
from taixu.scene.library import MaterialLibrary, MeshLibrary


def view() -> View:
    return View(ViewCamera.looking((0, 0, 4), (0, 0, 0)), (32, 32), quality="fast", outputs=frozenset({"color", "id"}))


def test_worlds_that_end_give_their_meshes_and_materials_back() -> None:
    device = NullDevice(record=False)
    renderer = Renderer(device)
    seen = view()
    sizes = []
    for _ in range(6):
        scene = SmallWorld()
        scene.spawn(20, scene.mesh("sphere", material=scene.material(base_color=(1, 0, 0, 1))))
        scene.propagate()
        renderer.render(scene.world, [seen])
        sizes.append((renderer.meshes._vertex_ranges.used, dict(device.residency)))
        del scene
        gc.collect()
    assert sizes[1] == sizes[-1]
    assert renderer.materials.keys.size <= 3


def test_a_view_kept_over_many_frames_takes_no_more() -> None:
    device = shared_device()
    scene, renderer, seen = SmallWorld(), Renderer(device), view()
    rng = np.random.default_rng(0)
    meshes = [scene.mesh(kind) for kind in ("box", "cone")]
    residency = []
    for step in range(300):
        entities = scene.spawn(
            10, np.array(meshes, np.uint32)[rng.integers(0, 2, 10)], translation=rng.normal(size=(3, 10))
        )
        scene.propagate()
        renderer.render(scene.world, [seen])
        scene.world.despawn(entities)
        if step % 100 == 50:
            gc.collect()
            residency.append(dict(device.residency))
    assert all(residency[-1][kind] <= held for kind, held in residency[0].items())  # what others let go may go meanwhile


@pytest.mark.parametrize("replace", [True, False])
def test_replaced_libraries_are_taken_over(replace: bool) -> None:
    scene, renderer, seen = SmallWorld(), Renderer(shared_device()), view()
    entity = int(scene.spawn(1, scene.mesh("box"))[0])
    scene.propagate()
    renderer.render(scene.world, [seen])
    assert renderer.pick(seen, 16, 16) == entity
    if replace:
        scene.world.insert_resource(MeshLibrary())
        scene.world.insert_resource(MaterialLibrary())
        scene.mesh("box", (0.01, 0.01, 0.01))
        renderer.render(scene.world, [seen])
        assert renderer.pick(seen, 12, 12) is None  # far smaller than before
    scene.world.set(entity, MeshInstance, mesh=999)
    renderer.render(scene.world, [seen])
    assert renderer.pick(seen, 16, 16) is None


def test_mesh_numbers_that_mean_nothing_draw_nothing() -> None:
    scene, renderer, seen = SmallWorld(), Renderer(shared_device()), view()
    scene.spawn(3, np.array([0, 7, 1 << 20], np.uint32))
    scene.propagate()
    renderer.render(scene.world, [seen])
    assert renderer.pick(seen, 16, 16) is None
