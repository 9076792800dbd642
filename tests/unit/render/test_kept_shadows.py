"""Shadow maps that are still right are not drawn again, and pictures do not show it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.math import quaternion
from taixu.render import Renderer, View, ViewCamera
from taixu.render.lamps.kept import MOST_CHANGES
from taixu.scene import Light, Transform

CAMERA = ViewCamera.looking((0.0, 7.0, 12.0), (0.0, 0.0, 0.0))
DOWN = quaternion.from_axis_angle((1.0, 0.0, 0.0), -np.pi / 2)


class Scene:
    """Two spots over a box each, far from one another, on one floor."""

    def __init__(self) -> None:
        self.small = SmallWorld()
        self.world = self.small.world
        self.small.spawn(1, self.small.mesh("box", (20.0, 0.2, 8.0)), translation=(0.0, -0.1, 0.0))
        self.boxes = [int(self.small.spawn(1, self.small.mesh(), translation=(x, 0.6, 0.0))[0]) for x in (-5.0, 5.0)]
        for x in (-5.0, 5.0):
            self.world.spawn(Transform(translation=(x, 5.0, 0.0), rotation=DOWN),
                             Light(kind="spot", intensity=300.0, range_m=9.0, outer_angle_rad=0.6))  # fmt: skip
        self.renderer = Renderer(shared_device())
        self.view = self.new_view()

    def new_view(self) -> View:
        return View(CAMERA, (128, 72), settings={"occlusion": False})

    def draw(self) -> tuple[int, int]:
        """Maps that were drawn and kept in a frame."""
        light = self.renderer.lighting
        before = light.maps_drawn, light.maps_kept
        self.small.propagate()
        self.renderer.render(self.world, [self.view])
        return light.maps_drawn - before[0], light.maps_kept - before[1]

    def is_as_new(self) -> bool:
        """Whether the picture is that of a renderer that has kept nothing."""
        shown, other = self.renderer.read(self.view), Renderer(shared_device())
        view = self.new_view()
        other.render(self.world, [view])
        same = np.array_equal(shown, other.read(view))
        view.release()
        other.release()
        return same

    def put(self, box: int, x: float, y: float) -> None:
        self.world.set(self.boxes[box], Transform, translation=(x, y, 0.0))


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    yield made
    made.view.release()
    made.renderer.release()


def test_only_maps_of_lights_that_a_moved_caster_stands_in_are_drawn_again(scene: Scene) -> None:
    assert scene.draw() == (2, 0)
    assert scene.draw() == (0, 2), "nothing changed"
    scene.put(0, -5.4, 0.9)
    assert scene.draw() == (1, 1)
    assert scene.is_as_new()
    scene.put(0, 5.0, 2.2)
    assert scene.draw() == (2, 0), "it left one light for the other"
    assert scene.is_as_new()
    scene.world.despawn(scene.boxes[1])
    assert scene.draw() == (1, 1)
    assert scene.is_as_new()
    assert scene.draw() == (0, 2)


def test_lights_and_views_that_change_get_maps_of_their_own(scene: Scene) -> None:
    scene.draw()
    lamp = next(int(table.entities[0]) for table in scene.world.query(Light) if len(table.entities))
    scene.world.set(lamp, Transform, translation=(-5.0, 4.5, 0.3))
    assert scene.draw() == (1, 1)
    assert scene.is_as_new()
    other = SmallWorld()
    other.world.spawn(Transform(translation=(-5.0, 5.0, 0.0), rotation=DOWN), Light(kind="spot", outer_angle_rad=0.6))
    other.propagate()
    view = scene.new_view()
    scene.renderer.render(other.world, [view])
    view.release()
    drawn, kept = scene.draw()
    assert (drawn, kept) == (1, 1), "another world took one of the places"
    assert scene.is_as_new()


def test_whatever_happens_pictures_are_those_without_keeping(scene: Scene) -> None:
    rng, kept = np.random.default_rng(4), 0
    for _ in range(8):
        for box in np.flatnonzero(rng.random(2) < 0.4).tolist():
            scene.put(box, float(rng.uniform(-7, 7)), float(rng.uniform(0.4, 3)))
        kept += scene.draw()[1]
        assert scene.is_as_new()
    assert kept > 2


def test_more_changes_than_are_looked_at_draw_all(scene: Scene) -> None:
    many = scene.small.spawn(MOST_CHANGES + 1, scene.small.mesh(), translation=(0.0, -50.0, 0.0))
    scene.draw()
    assert scene.draw() == (0, 2)
    for table in scene.world.query(Transform):
        if len(table.entities) >= len(many):
            with table.write(Transform, "translation") as places:
                places[0] += 0.1
    assert scene.draw() == (2, 0)
    assert scene.is_as_new()
