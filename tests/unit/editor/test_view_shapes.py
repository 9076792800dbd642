"""Places of the camera that are kept, lines of what has no surface, and keys without a window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("imgui_bundle")

from taixu.defaults import App
from taixu.errors import TaixuError
from taixu.physics import Character, Collider, Joint, RigidBody
from taixu.render import LineBatch
from taixu.scene import Parent, Transform
from taixu_editor.host import Host
from taixu_editor.keyframes import tracks_of
from taixu_editor.view import AXIS_VIEWS, OrbitCamera
from taixu_editor.view.bookmarks import load_bookmarks, save_bookmark
from taixu_editor.view.collider_lines import COLLIDING, add_colliders
from taixu_editor.view.edges import surface_edges
from taixu_editor.view.kept_lines import KeptLines
from taixu_editor.view.shapes import add_grid

WHITE = (1.0, 1.0, 1.0, 1.0)


def points_of(lines: LineBatch) -> np.ndarray:
    rows, _ = lines.take()
    return rows["offset"].astype(float) + rows["cell"] * 1024.0


@pytest.mark.parametrize("shape", ["box", "sphere", "capsule", "cylinder", "cone"])
def test_lines_of_a_collider_fill_its_size_where_it_is(shape: str) -> None:
    app = App.headless()
    app.world.spawn(Transform(translation=(3, 0, 0)), Collider(shape=shape, size=(2, 4, 2), offset=(0, 1, 0)))
    app.settle()
    lines = LineBatch()
    add_colliders(lines, app.world, color=WHITE, trigger_color=WHITE)
    points = points_of(lines)
    reach = (2, 2, 2) if shape == "sphere" else (1, 2, 1)  # a sphere is as wide as its size is at most: so physics has it
    np.testing.assert_allclose((points.min(0), points.max(0)), np.array((3, 1, 0)) + np.outer((-1, 1), reach), atol=0.02)
    app.close()


TETRAHEDRON = {"points": [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], "triangles": [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]}


@pytest.mark.parametrize(("shape", "data", "edges", "low", "high"), [
    ("mesh", TETRAHEDRON, 6, (5, 0, 0), (7, 2, 2)),
    ("hull", TETRAHEDRON, 6, (5, 0, 0), (7, 2, 2)),
    ("heightfield", {"heights": [[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]], "spacing": [1.0, 3.0]}, 7, (3, 0, -3), (7, 4, 3)),
])  # fmt: skip
def test_hulls_meshes_and_heights_show_their_edges(shape: str, data: dict, edges: int, low: tuple, high: tuple) -> None:
    app = App.headless()
    app.world.spawn(Transform(translation=(5, 0, 0), scale=(2, 2, 2)), Collider(shape=shape, data=data))
    app.settle()
    lines = LineBatch()
    assert add_colliders(lines, app.world, color=WHITE, trigger_color=WHITE)
    points = points_of(lines)
    assert len(points) == 2 * edges
    np.testing.assert_allclose((points.min(0), points.max(0)), (low, high), atol=1e-5)
    app.close()


def test_a_body_of_several_colliders_shows_all_and_walkers_and_joints_are_shown() -> None:
    app = App.headless()
    world = app.world
    body = world.spawn(Transform(translation=(0, 5, 0)), RigidBody())
    for x in (-2.0, 2.0):
        world.spawn(Transform(translation=(x, 0, 0)), Parent(body), Collider(size=(1, 1, 1)))
    other = world.spawn(Transform(translation=(0, 9, 0)), RigidBody(), Collider())
    world.spawn(Transform(translation=(0, 7, 0)), Joint(kind="hinge", a=body, b=other, axis=(1, 0, 0)))
    world.spawn(Transform(translation=(20, 0, 0)), Character(radius_m=0.5, height_m=1.0))
    app.settle()
    lines = LineBatch()
    add_colliders(lines, world, color=WHITE, trigger_color=WHITE)
    points = points_of(lines)
    compound = points[(points[:, 1] > 4) & (points[:, 1] < 6) & (np.abs(points[:, 0]) > 1)]
    np.testing.assert_allclose((compound.min(0), compound.max(0)), ((-2.5, 4.5, -0.5), (2.5, 5.5, 0.5)), atol=1e-5)
    walker = points[points[:, 0] > 10]
    np.testing.assert_allclose((walker.min(0), walker.max(0)), ((19.5, 0, -0.5), (20.5, 2, 0.5)), atol=1e-3)
    assert (np.linalg.norm(points - (0, 7, 0), axis=1) < 1).sum() > 6, "the joint's cross and axis"
    app.close()


def test_lines_are_made_anew_only_when_something_moved() -> None:
    app = App.headless()
    box = app.world.spawn(Transform(), Collider())
    app.settle()
    kept = KeptLines(COLLIDING, add_colliders)
    for _ in range(3):
        kept.add(LineBatch(), app.world, color=WHITE, trigger_color=WHITE)
    assert kept.count == 1
    app.world.set(box, Transform, translation=(4, 0, 0))
    app.settle()
    lines = LineBatch()
    kept.add(lines, app.world, color=WHITE, trigger_color=WHITE)
    assert kept.count == 2 and points_of(lines)[:, 0].max() == pytest.approx(4.5)
    app.close()


def test_a_fine_surface_shows_its_creases_and_seams_are_no_edges() -> None:
    across = np.linspace(0, 1, 41)
    flat = np.array([(x, 0.0, z) for z in across for x in across])
    corner = np.arange(40)[:, None] * 41 + np.arange(40)
    one = np.stack([corner, corner + 41, corner + 1], -1).reshape(-1, 3)
    two = np.stack([corner + 1, corner + 41, corner + 42], -1).reshape(-1, 3)
    sheet = np.concatenate([one, two])
    wall = flat[:, (1, 0, 2)] * (1, 1, 1)
    points, triangles = np.concatenate([flat, wall]), np.concatenate([sheet, sheet + len(flat)])
    edges = surface_edges(points, triangles)
    assert len(edges) == 7 * 40, "the rims of both sheets, the one between them once"


def test_the_grid_lies_on_the_ground_and_grows_with_the_distance() -> None:
    near, far = LineBatch(), LineBatch()
    for lines, distance in ((near, 5.0), (far, 5000.0)):
        add_grid(lines, np.zeros(3), distance, color=WHITE, axis_colors=(WHITE, WHITE, WHITE))
    assert np.abs(points_of(near)[:, 1]).max() == 0
    assert points_of(far).max() == pytest.approx(1000 * points_of(near).max(), rel=1e-3)


@pytest.mark.parametrize(("side", "normal"), [("front", 2), ("right", 0), ("left", 0), ("top", 1)])
def test_who_looks_along_an_axis_without_perspective_sees_a_grid_square_to_it(side: str, normal: int) -> None:
    turn, height = AXIS_VIEWS[side]
    assert OrbitCamera(turn_rad=turn, height_rad=height).faced_axis == 1, "with perspective it is the ground"
    camera = OrbitCamera(turn_rad=turn, height_rad=height, is_parallel=True)
    assert camera.faced_axis == normal
    lines = LineBatch()
    add_grid(lines, np.zeros(3), 5.0, color=WHITE, axis_colors=(WHITE, WHITE, WHITE), normal=normal)
    assert np.abs(points_of(lines)).max(0).argmin() == normal and np.abs(points_of(lines)[:, normal]).max() == 0


def test_places_are_kept_by_project_and_what_is_broken_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_HOME", str(tmp_path))
    save_bookmark(tmp_path / "a", 3, OrbitCamera(pivot=np.array([1.0, 2, 3]), distance_m=7.5))
    assert load_bookmarks(tmp_path / "b") == {}
    kept = load_bookmarks(tmp_path / "a")
    assert list(kept) == [3] and kept[3].distance_m == 7.5
    np.testing.assert_array_equal(kept[3].pivot, (1, 2, 3))
    (file,) = (tmp_path / "config" / "bookmarks").glob("*.json")
    file.write_text('{"3": {"pivot": [1, 2]}, "4": 5}')
    assert load_bookmarks(tmp_path / "a") == {}
    file.write_text("no json")
    assert load_bookmarks(tmp_path / "a") == {}


def test_keys_without_a_window_are_undone_to_the_same_world() -> None:
    host = Host()
    host.session.new()
    host.do("entity.spawn", id="00000000000000a1", components={"light": {"kind": "point"}})
    before = host.session.world.state_hash()
    host.do("animation.key", entity="00000000000000a1", track="light.intensity", time_secs=1.0, value=[5.0])
    host.do("animation.key", entity="00000000000000a1", track="light.intensity", time_secs=0.0)
    host.do("animation.move_key", entity="00000000000000a1", track="light.intensity", key=1, time_secs=2.0)
    host.do("animation.interpolation", entity="00000000000000a1", track="light.intensity", interpolation="smooth")
    track = tracks_of(host.session, "00000000000000a1")["light.intensity"]
    assert track == {"times": [0.0, 2.0], "values": [[1.0], [5.0]], "interpolation": "smooth"}
    with pytest.raises(TaixuError, match="no field"):
        host.do("animation.key", entity="00000000000000a1", track="light.kind", time_secs=0.0)
    with pytest.raises(TaixuError, match="no key 7"):
        host.do("animation.delete_key", entity="00000000000000a1", track="light.intensity", key=7)
    for _ in range(4):
        host.session.undo()
    assert host.session.world.state_hash() == before
    host.close()
