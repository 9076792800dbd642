"""The parts below the engines: masses, hulls, poses, touching pairs, choosing an engine, settings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.ecs import World
from taixu.edit.settings import WorldSettings
from taixu.errors import MachineError, TaixuError, UsageError
from taixu.physics import backend_name, engines, native, shapes
from taixu.physics.batch import BodyBatch
from taixu.physics.events import TOUCH, EventKind, Touching
from taixu.physics.hulls import convex_hull
from taixu.physics.mass import body_mass, shape_mass
from taixu.physics.poses import compose, inverse, multiply, relative, rotate, rotation_from_x, spin
from taixu.physics.settings import settings_of

CUBE = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1).T.astype(float)
numbers = st.floats(-5, 5, allow_nan=False)


@st.composite
def poses(draw: st.DrawFn) -> np.ndarray:
    quaternion = np.array([*(draw(numbers) for _ in range(3)), 5.5 + draw(numbers)])
    return np.array([*(draw(numbers) for _ in range(3)), *(quaternion / np.linalg.norm(quaternion))])


@given(poses(), poses())
def test_poses_compose_and_invert(a: np.ndarray, b: np.ndarray) -> None:
    assert compose(a, relative(a, b))[:3] == pytest.approx(b[:3], abs=1e-9)
    assert compose(inverse(a), a) == pytest.approx((0, 0, 0, 0, 0, 0, 1), abs=1e-9)


@given(st.tuples(numbers, numbers, numbers))
def test_spin_gives_back_the_turning(rate: tuple[float, float, float]) -> None:
    dt = 0.1
    angle = float(np.linalg.norm(rate)) * dt
    axis = np.array(rate) / (np.linalg.norm(rate) or 1.0)
    turn = np.array([*(axis * np.sin(angle / 2)), np.cos(angle / 2)])
    before = np.array((0.5, 0.5, 0.5, 0.5))
    assert spin(before, multiply(turn, before), dt) == pytest.approx(rate, abs=1e-7)


@given(st.tuples(numbers, numbers, numbers).filter(lambda v: np.linalg.norm(v) > 0.1))
def test_rotation_from_x(axis: tuple[float, float, float]) -> None:
    unit = np.array(axis) / np.linalg.norm(axis)
    assert rotate(rotation_from_x(unit), (1.0, 0.0, 0.0)) == pytest.approx(unit, abs=1e-6)


def test_a_hull_weighs_what_its_box_weighs() -> None:
    half = np.array((0.5, 1.0, 1.5))
    for hull, box in zip(shape_mass(shapes.hull(CUBE * half)), shape_mass(shapes.box(half * 2)), strict=True):
        assert hull == pytest.approx(box, abs=1e-6)


@given(st.integers(0, 2**32 - 1))
def test_hulls_hold_all_their_points(seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(30, 3))
    faces = convex_hull(points)
    assert faces is not None
    a, b, c = (points[faces[:, i]] for i in range(3))
    normals = np.cross(b - a, c - a)
    heights = points @ normals.T - np.einsum("ij,ij->i", normals, a)
    assert heights.max() < 1e-6
    assert shape_mass(shapes.hull(points))[0] > 0
    # A closed surface: every edge is used once in each direction.
    edges = {(int(u), int(v)) for face in faces for u, v in zip(face, np.roll(face, -1), strict=True)}
    assert len(edges) == 3 * len(faces) and all((v, u) in edges for u, v in edges)


def test_flat_points_have_no_hull() -> None:
    assert convex_hull(np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0.0)])) is None
    assert convex_hull(np.zeros((5, 3))) is None


def test_a_body_takes_its_mass_or_its_density() -> None:
    rows = BodyBatch.collider_rows(1)
    rows["density"] = 100
    assert body_mass(rows, (shapes.box(2.0),), float("nan")).mass_kg == pytest.approx(800)
    heavy = body_mass(rows, (shapes.box(2.0),), 3.0)
    assert heavy.mass_kg == 3.0 and heavy.inertia == pytest.approx([2.0, 2.0, 2.0])
    rows["density"] = 0
    with pytest.raises(TaixuError):
        body_mass(rows, (shapes.box(2.0),), float("nan"))


def test_touching_pairs_begin_stay_and_end() -> None:
    touching = Touching()

    def pairs(*ends: tuple[int, int]) -> list[tuple[int, int, int]]:
        rows = np.zeros(len(ends), TOUCH)
        rows["a"], rows["b"] = [e[0] for e in ends], [e[1] for e in ends]
        return [(int(r["a"]), int(r["b"]), int(r["kind"])) for r in touching.update(rows)]

    assert pairs((1, 2), (3, 4), (1, 2)) == [(1, 2, EventKind.BEGIN), (3, 4, EventKind.BEGIN)]
    assert pairs((1, 2), (2, 9)) == [(1, 2, EventKind.STAY), (2, 9, EventKind.BEGIN), (3, 4, EventKind.END)]
    assert pairs() == [(1, 2, EventKind.END), (2, 9, EventKind.END)]
    assert pairs() == []


def test_choosing_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "available", lambda module: True)
    assert backend_name() == "pybullet" and backend_name("rapier") == "rapier"
    monkeypatch.setattr(native, "available", lambda module: module == "rapier3d")
    assert backend_name() == "rapier"
    with pytest.raises(MachineError):
        backend_name("pybullet")
    monkeypatch.setattr(native, "available", lambda module: False)
    with pytest.raises(MachineError):
        backend_name()
    with pytest.raises(UsageError):
        engines.backend_name("newton")


def test_settings_of_a_world() -> None:
    world = World()
    assert settings_of(world).gravity == (0.0, -9.81, 0.0)
    world.insert_resource(WorldSettings())
    values = world.resource(WorldSettings).values
    values["physics"] = {"backend": "rapier", "gravity": [0, -1.62, 0], "solver_iterations": 20, "contacts": "marked"}
    found = settings_of(world)
    assert (found.backend, found.gravity, found.solver_iterations, found.contacts) == ("rapier", (0, -1.62, 0), 20, "marked")
    for bad in ({"backend": "x"}, {"gravity": "down"}, {"gravity": [1, 2]}, {"solver_iterations": -1}, {"contacts": 3}):
        values["physics"] = bad
        with pytest.raises(TaixuError):
            settings_of(world)
