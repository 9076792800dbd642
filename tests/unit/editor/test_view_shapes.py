"""Places of the camera that are kept, lines of what has no surface, and keys without a window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("imgui_bundle")

from taixu.defaults import App
from taixu.errors import TaixuError
from taixu.physics import Collider
from taixu.render import LineBatch
from taixu.scene import Transform
from taixu_editor.host import Host
from taixu_editor.keyframes import tracks_of
from taixu_editor.view import OrbitCamera
from taixu_editor.view.bookmarks import load_bookmarks, save_bookmark
from taixu_editor.view.shapes import add_colliders, add_grid

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
    np.testing.assert_allclose(points.min(0), (2, -1, -1), atol=0.02)
    np.testing.assert_allclose(points.max(0), (4, 3, 1), atol=0.02)
    app.close()


def test_the_grid_lies_on_the_ground_and_grows_with_the_distance() -> None:
    near, far = LineBatch(), LineBatch()
    for lines, distance in ((near, 5.0), (far, 5000.0)):
        add_grid(lines, np.zeros(3), distance, color=WHITE, x_color=WHITE, z_color=WHITE)
    assert np.abs(points_of(near)[:, 1]).max() == 0
    assert points_of(far).max() == pytest.approx(1000 * points_of(near).max(), rel=1e-3)


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
