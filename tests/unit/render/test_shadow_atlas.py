"""How lamps share the shadow atlas, and soft edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.math import quaternion
from taixu.render import Renderer, View, ViewCamera
from taixu.render.lamps.atlas import CELLS, TILE, share_atlas, sides_in_view
from taixu.render.lights import KINDS, Lights
from taixu.render.views import view_planes
from taixu.scene import Light, Transform

EYE = ViewCamera.looking((0, 0, 0), (0, 0, -10))


def lamps(kind: str, positions: np.ndarray, reach: float) -> Lights:
    n = len(positions)
    none = Lights.none()
    return replace(
        none, entities=np.arange(n, dtype=np.uint64), kinds=np.full(n, KINDS[kind]), positions=positions,
        cells=np.zeros((n, 3), np.int32), directions=np.tile([0.0, -1.0, 0.0], (n, 1)), colors=np.ones((n, 3)),
        ranges=np.full(n, reach), angles=np.tile([0.3, 0.6], (n, 1)), shadows=np.ones(n, bool),
        across=np.tile([1.0, 0.0, 0.0], (n, 1)), sizes=np.zeros((n, 2)),
    )  # fmt: skip


def test_few_maps_have_full_size_and_many_are_as_large_as_what_they_light() -> None:
    rng = np.random.default_rng(1)
    few = share_atlas(lamps("spot", rng.uniform((-4, -2, -30), (4, 2, -5), (10, 3)), 3.0), View(EYE, (160, 90)))
    assert [place[2] for maps in few for place in maps.places] == [TILE] * 10
    view = View(EYE, (160, 90), settings={"shadow_tiles": 128})
    many = lamps("spot", rng.uniform((-4, -2, -90), (4, 2, -2), (200, 3)), 3.0)
    shared = share_atlas(many, view)
    places = np.array([place for maps in shared for place in maps.places])
    assert len(places) > 50
    assert len(set(places[:, 2])) == 3
    taken = np.zeros((4 * TILE, CELLS // 4 * TILE), bool)
    for x, y, width in places:
        assert not taken[y : y + width, x : x + width].any(), "maps do not overlap"
        taken[y : y + width, x : x + width] = True
    distance = np.array([-many.positions[maps.light, 2] for maps in shared])
    assert distance[places[:, 2] == TILE].max() < distance[places[:, 2] == TILE // 4].min() + 10
    assert len(share_atlas(many, View(EYE, (160, 90)))) <= 16, "as many as a frame draws"


def test_sides_that_light_nothing_in_sight_are_not_drawn() -> None:
    planes = view_planes(View(EYE, (160, 90)))
    behind = sides_in_view(np.array([0.0, 0.0, 5.0]), 20.0, planes)
    assert behind == [False, False, False, False, False, True], "from behind the eye only what is ahead is lit"
    inside = sides_in_view(np.array([0.0, 0.0, -10.0]), 5.0, planes)
    assert all(inside)
    rng = np.random.default_rng(2)
    for _ in range(40):
        at = rng.uniform(-15, 15, 3)
        found = sides_in_view(at, 12.0, planes)
        points = rng.uniform(-12, 12, (600, 3))
        seen = ((points + at) @ planes[:, :3].T + planes[:, 3] >= 0).all(1)
        axis = np.abs(points).argmax(1)
        side = 2 * axis + (points[np.arange(600), axis] < 0)
        assert all(found[i] for i in set(side[seen].tolist())), "no side that lights something in sight is left out"


def edge_of_a_shadow(
    light: Light, at: tuple[float, ...], turned: tuple[float, ...], height: float, soft: bool | None
) -> float:
    """How wide the shadow's edge of a plate `height` above the floor is: metres from a tenth to nine tenths of the light."""
    scene = SmallWorld()
    white = scene.material(base_color=(1.0, 1.0, 1.0, 1.0), metallic=0.0, roughness=1.0, ior=1.0)
    scene.spawn(1, scene.mesh("box", (12, 1, 12), material=white), translation=(0, -0.5, 0))
    scene.spawn(1, scene.mesh("box", (4, 0.02, 8), material=white), translation=(-2, height, 0))
    scene.world.spawn(Transform(translation=at, rotation=turned), light)
    scene.propagate()
    renderer = Renderer(shared_device())
    renderer.lighting.use_sky(np.zeros((8, 16, 3), np.float32))
    # From below the plate's height, so that the edge is in sight.
    camera = ViewCamera.looking((0, height * 0.9, 0), (0, 0, 0), up=(0, 0, -1), height_m=1.0)
    settings = {"encoding": "linear", "occlusion": False, "soft_shadows": soft, "antialiasing": False, "shadow_distance_m": 8.0}
    view = View(camera, (192, 12), settings=settings)
    view.camera = replace(camera, height_m=1.0 / 8)
    renderer.render(scene.world, [view])
    row = renderer.read(view)[..., 0].mean(0)
    share = row / row[-24:].mean()
    return float(((share > 0.1) & (share < 0.9)).sum() * (192 / 12 / 8) / 192)


def test_edges_are_as_soft_as_the_light_is_wide() -> None:
    down = tuple(float(v) for v in quaternion.look_rotation((0.0, -1.0, 0.0), (0.0, 0.0, 1.0)))
    spot = {"kind": "spot", "intensity": 30.0, "outer_angle_rad": 0.6, "inner_angle_rad": 0.5}
    place = (0.0, 4.0, 0.0)
    sharp = edge_of_a_shadow(Light(**spot), place, down, 1.0, None)
    wide = edge_of_a_shadow(Light(width_m=0.4, **spot), place, down, 1.0, None)
    near = edge_of_a_shadow(Light(width_m=0.4, **spot), place, down, 0.3, None)
    # Light of a disk 0.4 m wide past an edge 1 m above the floor and 3 m below it: 0.133 m from dark to bright, and four
    # fifths of a disk's width hold its light from a tenth to nine tenths, to 0.687.
    assert wide == pytest.approx(0.4 / 3 * 0.687, rel=0.25)
    assert sharp < 0.03
    assert near < 0.45 * wide, "shadows are harder where they touch what casts them"
    assert edge_of_a_shadow(Light(width_m=0.4, **spot), place, down, 1.0, False) < 0.03


def test_a_suns_edges_are_soft_where_that_is_wanted() -> None:
    down = tuple(float(v) for v in quaternion.look_rotation((0.0, -1.0, 0.0), (0.0, 0.0, 1.0)))
    sun = Light(kind="directional", intensity=3.0)
    wide = edge_of_a_shadow(sun, (0, 0, 0), down, 6.0, True)
    assert wide == pytest.approx(2 * 0.00465 * 6.0 * 0.687, rel=0.4)
    assert edge_of_a_shadow(sun, (0, 0, 0), down, 6.0, None) < 0.6 * wide
