from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.render import Renderer, View, ViewCamera
from taixu.render.culling_hidden import count_culled
from taixu.render.depth_pyramid import DepthPyramid
from taixu.scene import MeshInstance, Transform

BOXES = 10_000
SIZE = (150, 90)


class Hall:
    """Ten thousand boxes behind a wall, one before it, and a view of them."""

    def __init__(self, **view: Any) -> None:
        self.scene = SmallWorld()
        box, self.wall_mesh = self.scene.mesh(), self.scene.mesh("box", (80.0, 80.0, 1.0))
        n = np.arange(BOXES)
        places = np.stack([n % 100 * 0.5 - 25, n // 100 * 0.28 - 14, -40.0 - n % 7]).astype(np.float32)
        self.scene.spawn(BOXES, box, translation=places)
        self.scene.spawn(1, box, translation=(0, 0, -10))
        self.wall = int(self.scene.spawn(1, self.wall_mesh, translation=(0, 0, -20))[0])
        self.scene.propagate()
        self.renderer = Renderer(shared_device())
        self.camera = ViewCamera.looking((0, 0, 0), (0, 0, -1))
        self.view = View(self.camera, SIZE, **{"quality": "fast", "settings": {"culls_hidden": True}, **view})

    def draw(self, view: View | None = None) -> np.ndarray:
        self.renderer.render(self.scene.world, [view or self.view])
        return self.renderer.read(view or self.view).copy()

    def move_wall(self, x: float) -> None:
        self.scene.world.set(self.wall, Transform, translation=(x, 0, -20))
        self.scene.propagate()

    def plain(self, **view: Any) -> np.ndarray:
        other = View(self.view.camera, SIZE, **{"quality": self.view.quality, "samples": self.view.samples, **view})
        picture = self.draw(other)
        other.release()
        return picture


@pytest.fixture(scope="module")
def hall() -> Hall:
    return Hall()


def test_what_a_wall_hides_is_not_drawn_and_appears_in_the_frame_in_which_the_wall_goes(hall: Hall) -> None:
    behind_it = [hall.draw() for _ in range(3)]
    culled = count_culled(hall.view)
    assert culled is not None
    assert culled.tested == culled.outside + culled.hidden + culled.seen == BOXES + 2
    assert (culled.drawn_first, culled.drawn_later, culled.seen) == (2, 0, 2)
    assert culled.hidden == BOXES
    assert (behind_it[-1] == hall.plain()).all()

    hall.move_wall(500.0)
    shown = hall.draw()
    culled = count_culled(hall.view)
    assert culled is not None
    assert culled.drawn_first == 1  # the wall is out of sight, the near box still there
    assert culled.drawn_later > 5_000
    assert (shown == hall.plain()).all()
    assert (shown != behind_it[-1]).any(-1).mean() > 0.05

    hall.draw()
    assert 0 < count_culled(hall.view).hidden < BOXES  # type: ignore[union-attr]  # some boxes stand behind others
    hall.move_wall(0.0)
    assert (hall.draw() == behind_it[-1]).all()
    assert count_culled(hall.view).drawn_first > 1_000  # type: ignore[union-attr]
    for _ in range(2):  # the wall is known from the second frame on
        hall.draw()
    assert count_culled(hall.view).drawn == 2  # type: ignore[union-attr]


@pytest.mark.parametrize("view", [{}, {"samples": 4}, {"quality": "full"}, {"quality": "full", "samples": 4}],
                         ids=["fast", "fast-4", "full", "full-4"])  # fmt: skip
def test_pictures_are_those_without_culling(view: dict[str, Any]) -> None:
    rng = np.random.default_rng(5)
    scene = SmallWorld()
    kinds = np.array([scene.mesh(), scene.mesh("sphere"), scene.mesh("box", (9.0, 9.0, 0.3))], np.uint32)
    count = 600
    scene.spawn(count, kinds[rng.integers(0, 3, count)], translation=rng.uniform(-30, 30, (3, count)),
                scale=rng.choice([-1.0, 1.0], (1, count)) * rng.uniform(0.5, 2.0, (3, count)))  # fmt: skip
    scene.propagate()
    renderer = Renderer(shared_device())
    eyes = [ViewCamera.looking((20 * np.cos(a), 3, 20 * np.sin(a)), (0, 0, 0), far_m=f, height_m=h)
            for a, f, h in ((0, 0, 0), (0.2, 0, 0), (0.5, 90, 0), (0.5, 0, 20), (2.5, 0, 0))]  # fmt: skip
    plain, culling = View(eyes[0], SIZE, **view), View(eyes[0], SIZE, settings={"culls_hidden": True}, **view)
    most_hidden = 0
    for eye in eyes:
        plain.camera = culling.camera = eye
        renderer.render(scene.world, [plain, culling])
        assert (renderer.read(culling) == renderer.read(plain)).all()
        culled = count_culled(culling)
        assert culled is not None
        assert culled.drawn_first + culled.drawn_later + culled.outside <= count
        most_hidden = max(most_hidden, culled.hidden)
    assert most_hidden > 20
    plain.release()
    culling.release()


def test_who_comes_and_goes_takes_no_one_elses_place() -> None:
    hall = Hall()
    hall.draw()
    world = hall.scene.world
    world.despawn(hall.wall)
    more = hall.scene.spawn(2_000, hall.wall_mesh, translation=(0, 0, -15), scale=(0.01, 0.01, 0.01))
    hall.scene.propagate()
    assert (hall.draw() == hall.plain()).all()
    world.despawn(int(more[0]))
    world.set(int(more[1]), MeshInstance, visible=False)
    assert (hall.draw() == hall.plain()).all()
    hall.view.release()


@pytest.mark.parametrize(("size", "samples"), [((1, 1), 1), ((33, 17), 1), ((150, 90), 1), ((70, 40), 4)])
def test_the_pyramid_holds_the_farthest_depths(size: tuple[int, int], samples: int) -> None:
    hall = Hall(quality="full", samples=samples)
    hall.view.size = size
    hall.draw()
    assert hall.view.graph is not None
    device = shared_device()
    depth = hall.view.graph.textures["depth_ms" if samples > 1 else "depth"]
    pyramid = DepthPyramid(device, size)
    with device.frame():
        pyramid.build(depth)
    texels = [pyramid.texture.read(level=level)[..., 0] for level in range(pyramid.texture.levels)]
    assert texels[-1].shape == (1, 1)
    known = hall.view.graph.textures["depth"].read()[..., 0] if samples == 1 else None
    width, height = size
    for level, found in enumerate(texels):
        width, height = -(-width // 2), -(-height // 2)
        if known is None:  # several samples cannot be read: each level holds the farthest of the one before
            known = found[:height, :width]
            continue
        sides = [(0, -(len(known)) % 2), (0, -known.shape[1] % 2)]
        padded = np.pad(known, sides, mode="edge")
        known = padded.reshape(len(padded) // 2, 2, -1, 2).min((1, 3))
        np.testing.assert_array_equal(found[:height, :width], known, err_msg=f"level {level}")
    pyramid.release()
    hall.view.release()
