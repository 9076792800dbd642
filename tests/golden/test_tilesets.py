"""A town written as 3D Tiles and streamed back: roofs near by, blocks far away, and nothing of it without its tiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from render_world import SmallWorld

from golden import assert_golden
from taixu.app import Stage
from taixu.assets.flattening import Piece
from taixu.assets.material import Material
from taixu.assets.model import ModelData
from taixu.assets.tiles3d.writing import Thing, write_tiles
from taixu.math import quaternion
from taixu.render import Renderer, View, ViewCamera
from taixu.scene import Details, Environment, Light, Transform
from taixu.scene.shape_meshes import ShapeState
from taixu.scene.tilesets import Tileset

SIZE = (240, 135)
CAMERA = ViewCamera.looking((-10, 18, 18), (22, 0, -26), fov_y_rad=0.8)
_PLAN = np.array([[-3, 0, 4], [3, 0, 4], [3, 0, -4], [-3, 0, -4]], np.float64)


def _flat(triangles: Any, material: int) -> Piece:
    points = np.asarray(triangles, np.float64)
    normals = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    faces = np.arange(3 * len(points), dtype=np.uint32).reshape(-1, 3)
    return Piece("", points.reshape(-1, 3), np.repeat(normals, 3, 0), None, None, faces, material)


def _quad(a: Any, b: Any, c: Any, d: Any) -> list[Any]:
    return [(a, b, c), (a, c, d)]


def _house(x: float, z: float, *, has_roof: bool) -> list[Piece]:
    low = _PLAN + np.array([x, 0, z])
    high = low + np.array([0, 4.0 if has_roof else 5.5, 0])
    walls = [each for k in range(4) for each in _quad(low[k], low[(k + 1) % 4], high[(k + 1) % 4], high[k])]
    if not has_roof:
        return [_flat(walls, 0), _flat(_quad(*high), 1)]
    ridge = np.array([0, 3, 0])
    front, back = (high[0] + high[1]) / 2 + ridge, (high[2] + high[3]) / 2 + ridge
    walls += [(high[0], high[1], front), (high[2], high[3], back)]
    return [_flat(walls, 0), _flat(_quad(high[1], high[2], back, front) + _quad(high[3], high[0], front, back), 1)]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[tuple[Renderer, SmallWorld]]:
    looks = ModelData(materials=[Material(base_color=(0.7, 0.6, 0.45, 1), metallic=0, roughness=0.9),
                                 Material(base_color=(0.5, 0.12, 0.07, 1), metallic=0, roughness=0.9)])  # fmt: skip
    places = [(11.0 * i, -13.0 * j) for i in range(12) for j in range(12)]
    things = [Thing(f"house {at}", {}, [_house(*at, has_roof=each) for each in (True, False)], [0, 2.5]) for at in places]
    write_tiles(tmp_path / "tileset.json", things, looks, None)
    renderer, scene = Renderer(shared_device()), SmallWorld()
    scene.app.insert_resource(ShapeState(lambda name: tmp_path / name))
    floor = scene.material(base_color=(0.25, 0.3, 0.2, 1.0), metallic=0.0, roughness=0.9)
    scene.spawn(1, scene.mesh("box", (600, 0.2, 600), material=floor), translation=(0, -0.1, 0))
    scene.world.spawn(Environment(sun_direction=(0.5, 0.6, 0.3), turbidity=3.0))
    turned = quaternion.look_rotation((-0.5, -0.6, -0.3)).tolist()
    scene.world.spawn(Transform(rotation=turned), Light(kind="directional", intensity=3.0))
    yield renderer, scene
    renderer.release()


def _picture(renderer: Renderer, scene: SmallWorld) -> Any:
    view = View(CAMERA, SIZE)
    with scene.world.resource(Details).waiting():
        for each in (Stage.APPLY, Stage.PROPAGATE):
            scene.app.run_stage(each)
        renderer.render(scene.world, [view])
    pixels = renderer.read(view)
    view.release()
    return pixels


def test_a_town_in_tiles(stage: tuple[Renderer, SmallWorld]) -> None:
    renderer, scene = stage
    without = _picture(renderer, scene)
    scene.world.spawn(Transform(), Tileset(source="tileset.json"))
    pixels = _picture(renderer, scene)
    assert (np.abs(pixels.astype(int) - without).max(2) > 30).mean() > 0.1
    assert_golden(pixels, "tilesets/town")
