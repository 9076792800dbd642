from __future__ import annotations

import numpy as np
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.render import Renderer, View, ViewCamera
from taixu.render.clusters import GRID, HEAD, LIST_WORDS, cluster_boxes, cluster_lists, in_view
from taixu.render.lights import reach_spheres
from taixu.render.views import view_planes
from taixu.scene import Light, Transform


def _read_lists(renderer: Renderer, n: int) -> np.ndarray:
    """Which lights stand in which cluster's list: bool[clusters, n]."""
    words = renderer.lighting._clusters.buffer.read(np.uint32)  # type: ignore[union-attr]
    found = np.zeros((HEAD // 2, n), bool)
    for cluster, (first, count) in enumerate(words[:HEAD].reshape(-1, 2)):
        numbers = words[first : first + count]
        assert (np.diff(numbers.astype(np.int64)) > 0).all(), "in the lights' order, none twice"
        found[cluster, numbers] = True
    return found


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
    found = _read_lists(renderer, n)
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


def test_spots_are_sorted_by_their_cones() -> None:
    """No cluster that a cone reaches lacks it, and many that its range alone would reach do."""
    rng = np.random.default_rng(4)
    scene, n = SmallWorld(), 40
    turns = rng.normal(size=(n, 4))
    scene.world.spawn_batch(
        n,
        {
            Transform: {
                "translation": rng.uniform((-20, -6, -40), (20, 6, -2), (n, 3)).T.astype(np.float32),
                "rotation": (turns / np.linalg.norm(turns, axis=1, keepdims=True)).T.astype(np.float32),
            },
            Light: {
                "kind": np.array(["spot"] * n, object),
                "range_m": np.full(n, 12.0, np.float32),
                "outer_angle_rad": rng.uniform(0.1, 0.6, n).astype(np.float32),
                "shadows": np.zeros(n, bool),
            },
        },
    )
    scene.spawn(1, scene.mesh())
    scene.propagate()
    renderer = Renderer(shared_device())
    camera = ViewCamera.looking((0, 0, 0), (0, 0, -10))
    view = View(camera, (160, 90))
    renderer.render(scene.world, [view])
    found, lights = _read_lists(renderer, n), renderer.lighting.lights
    half = np.tan(camera.fov_y_rad / 2)
    boxes = cluster_boxes((half * 160 / 90, half), is_perspective=True)
    for i in range(n):
        along = rng.uniform(0, 12.0, 400)  # points inside the cone
        aside = rng.normal(size=(400, 3))
        aside -= (aside @ lights.directions[i])[:, None] * lights.directions[i]
        aside *= (np.tan(lights.angles[i, 1]) * along * rng.uniform(0, 0.99, 400) / np.linalg.norm(aside, axis=1))[:, None]
        points = lights.positions[i] + along[:, None] * lights.directions[i] + aside
        points = points[np.linalg.norm(points - lights.positions[i], axis=1) < 12.0] * (1, 1, -1)
        inside = ((points[:, None] >= boxes[None, :, 0]) & (points[:, None] <= boxes[None, :, 1])).all(2).any(0)
        assert found[inside, i].all()
    by_range = cluster_lists(boxes, lights.positions * (1, 1, -1), lights.ranges)
    assert found.sum() < 0.5 * by_range.sum()
    centers, radii = reach_spheres(lights, (0, 0, 0))
    assert (radii < 12.0).all(), "spheres around narrow cones are small"
    assert found.any(0).sum() <= in_view(view_planes(view), centers, radii).sum() < n + 1


def test_four_thousand_lights_of_which_few_are_seen() -> None:
    """Those out of sight change nothing, and what is drawn is what those in sight alone would give."""
    rng, pictures, seen = np.random.default_rng(6), [], 40
    near = rng.uniform((-4, 0.4, -6), (4, 1.5, 0), (seen, 3))
    far = rng.uniform((-300, 0.5, 40), (300, 3, 600), (4000, 3))
    for places in (near, np.concatenate([far[:2000], near, far[2000:]])):
        scene = SmallWorld()
        scene.spawn(1, scene.mesh("box", (20, 1, 20), material=scene.material(metallic=0.0)), translation=(0, -0.5, 0))
        n = len(places)
        light = {"kind": np.array(["point"] * n, object), "intensity": np.full(n, 2.0, np.float32)}
        light |= {"range_m": np.full(n, 3.0, np.float32), "shadows": np.zeros(n, bool)}
        scene.world.spawn_batch(n, {Transform: {"translation": places.T.astype(np.float32)}, Light: light})
        scene.propagate()
        renderer = Renderer(shared_device())
        renderer.lighting.use_sky(np.zeros((8, 16, 3), np.float32))
        view = View(ViewCamera.looking((0, 4, 8), (0, 0, -2)), (96, 54), settings={"encoding": "linear"})
        renderer.render(scene.world, [view])
        pictures.append(renderer.read(view))
    clusters = renderer.lighting._clusters
    assert clusters is not None
    assert clusters.in_view_count == seen
    assert 0 < clusters.wanted_words() < LIST_WORDS
    assert np.array_equal(pictures[0], pictures[1])
    assert pictures[0].max() > 0.1
