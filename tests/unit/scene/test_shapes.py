"""Shapes: closed, facing outwards, of the right size and volume."""

from __future__ import annotations

from math import pi
from pathlib import Path

import numpy as np
import pytest

from taixu.app import App
from taixu.errors import TaixuError
from taixu.scene import (
    SHAPE_KINDS,
    Material,
    MaterialLibrary,
    MeshInstance,
    MeshLibrary,
    ScenePlugin,
    Shape,
    Transform,
    shape_mesh,
)
from taixu.scene.shape_meshes import ShapeState

SIZE = (1.0, 2.0, 1.5)


@pytest.mark.parametrize("bevel_m", [0.0, 0.1])
@pytest.mark.parametrize("kind", SHAPE_KINDS)
def test_faces_outwards_and_fills_its_size(kind: str, bevel_m: float) -> None:
    mesh = shape_mesh(kind, SIZE, bevel_m=bevel_m)
    points, corners = mesh["POSITION"].astype(float), mesh["indices"].reshape(-1, 3)
    a, b, c = (points[corners[:, k]] for k in range(3))
    faces = np.cross(b - a, c - a)
    assert ((faces * mesh["NORMAL"][corners].mean(1)).sum(1) > 0).all()
    assert np.linalg.norm(mesh["NORMAL"], axis=1) == pytest.approx(1.0, abs=1e-5)
    extent = points.max(0) - points.min(0)
    wanted = {"plane": (1.0, 0.0, 1.5), "torus": (1.0, 0.5, 1.5)}.get(kind, SIZE)
    assert extent == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize(
    ("kind", "volume"), [("box", 3.0), ("sphere", pi / 6 * 3), ("cylinder", pi / 4 * 3), ("cone", pi / 12 * 3)]
)
def test_has_the_volume_of_the_solid(kind: str, volume: float) -> None:
    mesh = shape_mesh(kind, SIZE)
    a, b, c = (mesh["POSITION"].astype(float)[mesh["indices"].reshape(-1, 3)[:, k]] for k in range(3))
    assert (a * np.cross(b, c)).sum() / 6 == pytest.approx(volume, rel=0.03)


@pytest.mark.parametrize("size", [(0.0, 1.0, 1.0), (0.0, 0.0, 0.0), (1e-6, 5.0, 1e-6)])
@pytest.mark.parametrize("kind", SHAPE_KINDS)
def test_flat_and_empty_sizes_stay_finite(kind: str, size: tuple[float, float, float]) -> None:
    mesh = shape_mesh(kind, size, bevel_m=0.1)
    assert all(np.isfinite(values).all() for values in mesh.values())


def test_refuses_what_is_no_size() -> None:
    with pytest.raises(TaixuError, match="three lengths"):
        shape_mesh("box", (1.0, float("nan"), 1.0))
    with pytest.raises(TaixuError, match="no shape 'dodo'"):
        shape_mesh("dodo", SIZE)


def test_equal_shapes_share_a_mesh_and_follow_their_components() -> None:
    app = App()
    app.add_plugin(ScenePlugin())
    world = app.world
    red, blue = Material(base_color=(1, 0, 0, 1)), Material(base_color=(0, 0, 1, 1))
    first, second = (world.spawn(Transform(), Shape("box"), red) for _ in range(2))
    third = world.spawn(Transform(), Shape("box"), blue)
    app.frame(1 / 60)
    meshes = [world.get(entity, MeshInstance).mesh for entity in (first, second, third)]
    assert meshes[0] == meshes[1] != meshes[2]
    assert len(world.resource(MeshLibrary)) == len(world.resource(MaterialLibrary)) == 3
    world.set(second, Shape, kind="sphere")
    world.set(third, Material, base_color=(1, 0, 0, 1))
    app.frame(1 / 60)
    assert world.get(second, MeshInstance).mesh not in meshes
    assert world.get(third, MeshInstance).mesh == meshes[0]
    world.remove(first, Shape)
    app.frame(1 / 60)
    assert not world.has(first, MeshInstance)


def test_a_bad_size_shows_nothing_and_harms_nobody() -> None:
    app = App()
    app.add_plugin(ScenePlugin())
    bad = app.world.spawn(Transform(), Shape("box", size=(-1.0, 1.0, 1.0)))
    good = app.world.spawn(Transform(), Shape("box"))
    app.frame(1 / 60)
    assert app.world.get(bad, MeshInstance).mesh == 0
    assert app.world.get(good, MeshInstance).mesh > 0


def test_a_texture_that_may_not_be_followed_is_said_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    def resolve(path: str) -> Path:
        raise TaixuError(f"{path!r} leads out")

    app = App()
    app.add_plugin(ScenePlugin())
    app.insert_resource(ShapeState(resolve))
    red = Material(base_color=(1, 0, 0, 1), base_color_texture="../../x.png")
    entity = app.world.spawn(Transform(), Shape("box"), red)
    app.frame(0.02)
    assert "material.base_color_texture: '../../x.png' leads out" in caplog.text
    mesh = app.world.resource(MeshLibrary)[app.world.get(entity, MeshInstance).mesh]
    assert mesh.primitives
