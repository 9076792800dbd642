from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.math.projection import frustum_planes
from taixu.render import Renderer, View, ViewCamera
from taixu.scene import CELL_M, WorldTransforms


def oracle(scene: SmallWorld, view: View, radii: np.ndarray) -> np.ndarray:
    """Which entity indices a frustum sees, in float64, and which are too close to a plane to say."""
    places = scene.world.resource(WorldTransforms)
    matrices = places.matrices.reshape(-1, 3, 4).astype(float)
    centers = matrices[:, :, 3] + (places.cells - np.array(view.camera.cell)) * CELL_M
    stretch = np.linalg.norm(matrices[:, :, :3], axis=1).max(1)
    planes = frustum_planes(
        view.camera.clip_from_view(view.size[0] / view.size[1]) @ np.linalg.inv(view.camera.world_from_camera)
    )
    margins = (centers @ planes[:, :3].T + planes[:, 3]).min(1) + radii * stretch
    return margins


@pytest.mark.parametrize("seed", range(4))
def test_culling_agrees_with_numpy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scene = SmallWorld()
    count = 3000
    kinds = np.array(
        [scene.mesh("box", (1.0, 2.0, 0.5)), scene.mesh("sphere"), scene.mesh("torus", (2.0, 0.5, 2.0))], np.uint32
    )
    chosen = rng.integers(0, 3, count)
    rotation = rng.normal(size=(4, count))
    entities = scene.spawn(count, kinds[chosen], translation=rng.uniform(-500, 500, (3, count)),
                           rotation=rotation / np.linalg.norm(rotation, axis=0), scale=rng.uniform(0.1, 8, (3, count)),
                           cell=rng.integers(-2, 3, (3, count)), visible=rng.random(count) < 0.9,
                           layers=rng.choice([1, 2, 3], count).astype(np.uint32))  # fmt: skip
    scene.propagate()
    renderer = Renderer(shared_device())
    eye = rng.uniform(-600, 600, 3)
    far = float(rng.choice([0.0, 900.0]))
    view = View(
        ViewCamera.looking(eye, eye + rng.normal(size=3), fov_y_rad=float(rng.uniform(0.3, 1.6)), far_m=far),
        (64, 36),
        quality="fast",
        layers=2,
    )
    renderer.render(scene.world, [view])
    mirror = renderer.mirror(scene.world)
    assert view.visible is not None
    assert view.visible.commands is not None
    assert view.visible.ids is not None
    commands = view.visible.commands.read(np.uint32)[: mirror.lists.template.size].reshape(-1, 5)
    ids = view.visible.ids.read(np.uint32)
    slots = np.concatenate([ids[c[4] : c[4] + c[1]] for c in commands])
    assert len(np.unique(slots)) == len(slots)
    rows = mirror.renderables.rows
    for command in commands:  # each command holds its own mesh only
        first = mirror.pool.first_indices[rows["mesh"][ids[command[4] : command[4] + command[1]]]]
        assert (first == command[2]).all()
    indices = (entities & np.uint64(0xFFFFFFFF)).astype(int)
    radii = np.zeros(len(mirror.handles))
    radii[indices] = mirror.pool.rows["sphere"][rows["mesh"][mirror.renderables.first_slots[indices]], 3]
    margins = oracle(scene, view, radii[: len(scene.world.resource(WorldTransforms).matrices)])[indices]
    wanted = (rows["flags"][mirror.renderables.first_slots[indices]] & 1).astype(bool)
    wanted &= (rows["layers"][mirror.renderables.first_slots[indices]] & 2) != 0
    seen = np.isin(indices, rows["entity"][slots])
    slack = 0.01 * radii[indices] * 8 + 0.05
    assert not (seen & ~wanted).any()
    assert seen[wanted & (margins > slack)].all()
    assert not seen[wanted & (margins < -slack)].any()
    assert 5 < seen.sum() < count / 2
