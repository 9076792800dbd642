"""Coarser forms of shapes: how far they lie off, who sees them, and that they come and go with the eyes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from taixu.app import App, Stage
from taixu.ecs import World
from taixu.scene import Details, Eye, MeshInstance, MeshLibrary, ScenePlugin, Shape, Transform
from taixu.scene.shapes import SHAPE_KINDS, shape_forms, shape_mesh

SIZES = {"cone": (2.0, 1.0, 1.5), "torus": (2.0, 0.5, 2.0), "plane": (3.0, 0.0, 2.0)}
NEAR = Eye(np.array([0.0, 0.0, 3.0]), 1000.0, error_px=0.75)
FAR = Eye(np.array([0.0, 0.0, 400.0]), 1000.0, error_px=0.75)
DIRECTIONS = np.random.default_rng(0).normal(size=(4000, 3))
DIRECTIONS /= np.linalg.norm(DIRECTIONS, axis=1, keepdims=True)


def made(kind: str, bevel_m: float, around: int, steps: int) -> dict[str, NDArray[Any]]:
    return shape_mesh(kind, SIZES.get(kind, (2.0, 1.5, 1.0)), bevel_m=bevel_m, around=around, bevel_steps=steps)


def reach(mesh: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
    """How far a convex shape reaches in many directions: two of them lie as far apart as these differ."""
    return (mesh["POSITION"] @ DIRECTIONS.T).max(0)


def off_the_torus(mesh: dict[str, NDArray[Any]]) -> float:
    """How far the middles of triangles lie off a torus of radius 0.75 with a tube of 0.25."""
    x, y, z = mesh["POSITION"][mesh["indices"].reshape(-1, 3)].mean(1).T
    return float(np.abs(np.hypot(np.hypot(x, z) - 0.75, y) - 0.25).max())


@pytest.mark.parametrize("kind", SHAPE_KINDS)
@pytest.mark.parametrize("bevel_m", [0.0, 0.1])
def test_each_form_has_fewer_triangles_and_lies_no_farther_off_than_it_says(kind: str, bevel_m: float) -> None:
    forms = shape_forms(kind, SIZES.get(kind, (2.0, 1.5, 1.0)), bevel_m)
    truth = reach(made(kind, bevel_m, 256, 20))
    counts = []
    for form in forms:
        mesh = made(kind, bevel_m, form.around, form.bevel_steps)
        counts.append(len(mesh["indices"]) // 3)
        off = off_the_torus(mesh) if kind == "torus" else float(np.abs(reach(mesh) - truth).max())
        assert off <= form.error_m * 1.01 + 1e-4
    assert all(after * 2 <= before for before, after in itertools.pairwise(counts))


@pytest.fixture
def world() -> tuple[App, World]:
    app = App()
    ScenePlugin().build(app)
    app.world.spawn(Transform(), Shape(kind="box", size=(1.0, 1.0, 1.0), bevel_m=0.05))
    app.world.spawn(Transform(), Shape(kind="sphere", size=(1.0, 1.0, 1.0)))
    app.world.spawn(Transform(), Shape(kind="plane", size=(1.0, 0.0, 1.0)))
    app.run_stage(Stage.PROPAGATE)
    return app, app.world


def shown(world: World) -> list[int]:
    """Triangles of each mesh that stands there, in the order of the entities."""
    library = world.resource(MeshLibrary)
    pairs = [
        pair
        for table in world.query(Shape, MeshInstance).tables()
        for pair in zip(table.entities.tolist(), table.read(MeshInstance, "mesh").tolist())
    ]
    return [len(library[mesh].primitives[0].triangles()) for _, mesh in sorted(pairs)]


def test_eyes_that_are_content_see_fewer_triangles_from_afar(world: tuple[App, World]) -> None:
    _, it = world
    follow = it.resource(Details).follow
    follow(it, [NEAR])
    assert shown(it) == [300, 1216, 2]
    follow(it, [FAR])
    assert shown(it) == [12, 48, 2]
    follow(it, [FAR, replace(NEAR, error_px=0.0)])  # who wants the finest gets it, also beside others
    assert shown(it) == [300, 1216, 2]


def test_without_such_eyes_no_forms_are_made(world: tuple[App, World]) -> None:
    _, it = world
    count = len(it.resource(MeshLibrary))
    it.resource(Details).follow(it, [replace(FAR, error_px=0.0)])
    assert len(it.resource(MeshLibrary)) == count and shown(it) == [300, 1216, 2]


def test_after_a_coarse_look_the_next_one_is_whole_again(world: tuple[App, World]) -> None:
    _, it = world
    it.resource(Details).follow(it, [FAR])
    it.resource(Details).follow(it, [replace(FAR, error_px=0.0)])
    assert shown(it) == [300, 1216, 2]


def test_a_shape_that_goes_takes_its_coarse_mesh_along(world: tuple[App, World]) -> None:
    app, it = world
    it.resource(Details).follow(it, [FAR])
    entity = next(number for table in it.query(Shape).tables() for number in table.entities.tolist())
    it.remove(np.array([entity], np.uint64), Shape)
    app.run_stage(Stage.PROPAGATE)
    assert not it.has(entity, MeshInstance)


def test_of_very_many_shapes_some_are_looked_at_before_each_picture(world: tuple[App, World]) -> None:
    app, it = world
    it.spawn_batch(40_000, {Transform: {}, Shape: {"bevel_m": 0.05}})
    app.run_stage(Stage.PROPAGATE)
    details = it.resource(Details)
    details.follow(it, [FAR])
    first = np.bincount(shown(it))
    details.follow(it, [FAR])
    details.follow(it, [FAR])
    assert 0 < first[12] < 40_000 <= np.bincount(shown(it))[12]
