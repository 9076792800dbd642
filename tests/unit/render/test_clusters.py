from __future__ import annotations

import numpy as np
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.render import Renderer, View, ViewCamera
from taixu.render.clusters import GRID, STRIDE, cluster_boxes, cluster_lists
from taixu.scene import Light, Transform


def test_lists_agree_with_numpy() -> None:
    rng = np.random.default_rng(2)
    scene = SmallWorld()
    n = 60
    positions = rng.uniform((-30, -8, -60), (30, 8, 5), (n, 3))
    ranges = rng.uniform(0.5, 12.0, n).astype(np.float32)
    ranges[:3] = 0.0
    scene.world.spawn_batch(
        n,
        {
            Transform: {"translation": positions.T.astype(np.float32)},
            Light: {
                "kind": np.array(["point"] * n, object),
                "intensity": np.ones(n, np.float32),
                "range_m": ranges,
                "shadows": np.zeros(n, bool),
            },
        },
    )
    scene.spawn(1, scene.mesh())
    scene.propagate()
    renderer = Renderer(shared_device())
    size, camera = (160, 90), ViewCamera.looking((1, 2, 6), (0, 0, -10))
    view = View(camera, size)
    renderer.render(scene.world, [view])
    lists = renderer.lighting._clusters.read(np.uint32).reshape(-1, STRIDE)  # type: ignore[union-attr]
    found = np.zeros((len(lists), n), bool)
    for cluster, row in enumerate(lists):
        assert row[0] < STRIDE
        found[cluster, row[1 : 1 + row[0]]] = True
    half = np.tan(camera.fov_y_rad / 2)
    boxes = cluster_boxes((half * size[0] / size[1], half), is_perspective=True)
    assert len(boxes) == np.prod(GRID)
    lights = renderer.lighting._lights
    view_from_world = np.linalg.inv(camera.world_from_camera)
    centers = lights.positions_from(camera.cell) @ view_from_world[:3, :3].T + view_from_world[:3, 3]
    centers[:, 2] *= -1
    expected = cluster_lists(boxes, centers, lights.ranges)
    certain = ~(cluster_lists(boxes, centers, lights.ranges * 1.001) ^ cluster_lists(boxes, centers, lights.ranges * 0.999))
    assert certain.mean() > 0.999
    assert np.array_equal(found[certain], expected[certain])
    assert 0.01 < expected.mean() < 0.6


def test_clusters_and_all_lights_give_one_picture() -> None:
    """Eight lights go through clusters, four do not: the same light split in two must look the same."""
    pictures = []
    for copies in (1, 2):
        scene = SmallWorld()
        scene.spawn(1, scene.mesh("box", (20, 1, 20), material=scene.material(metallic=0.0)), translation=(0, -0.5, 0))
        for i in range(4):
            for _ in range(copies):
                scene.world.spawn(
                    Transform(translation=(3.0 * i - 4.5, 1.0, -i)),
                    Light(kind="point", intensity=6.0 / copies, range_m=5.0, shadows=False),
                )
        scene.propagate()
        renderer = Renderer(shared_device())
        renderer.lighting.use_sky(np.zeros((8, 16, 3), np.float32))
        view = View(ViewCamera.looking((0, 4, 8), (0, 0, 0)), (96, 54), settings={"encoding": "linear"})
        renderer.render(scene.world, [view])
        pictures.append(renderer.read(view))
        assert renderer.lighting._of(view).clustered is (copies == 2)
    assert np.abs(pictures[0] - pictures[1]).max() < 0.01 * pictures[0].max()
