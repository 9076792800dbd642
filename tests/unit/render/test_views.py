from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.gpu import ShaderLibrary, create_device
from taixu.render import Renderer, View, ViewCamera
from taixu.scene import MeshInstance, Transform, split_position

SIZE = (64, 48)


@pytest.fixture
def renderer() -> Renderer:
    return Renderer(shared_device())


def looking(eye: object, target: object = (0, 0, 0), **options: object) -> View:
    return View(
        ViewCamera.looking(eye, target), SIZE, quality="fast", outputs=frozenset({"color", "id", "depth"}), **options
    )  # type: ignore[arg-type]


def test_two_cameras_in_one_frame(renderer: Renderer) -> None:
    scene = SmallWorld()
    box, ball = scene.mesh(), scene.mesh("sphere")
    a = int(scene.spawn(1, box, translation=(0, 0, 0))[0])
    b = int(scene.spawn(1, ball, translation=(100, 0, 0))[0])
    scene.propagate()
    one, two = looking((0, 0, 4)), looking((100, 3, 3), (100, 0, 0), name="two")
    for _ in range(2):
        renderer.render(scene.world, [one, two])
        assert renderer.pick(one, 32, 24) == a
        assert renderer.pick(two, 32, 24) == b
        assert renderer.pick_rect(one, 0, 0, *SIZE).tolist() == [a]
        assert renderer.pick_rect(two, 0, 0, *SIZE).tolist() == [b]
        assert renderer.pick(one, 0, 0) is None
    assert renderer.pick_rect(one, -10, -10, 5, 5).size == 0


def test_two_worlds_in_one_renderer(renderer: Renderer) -> None:
    scenes = [SmallWorld(), SmallWorld()]
    views = [looking((0, 0, 4)), looking((0, 0, 4))]
    entities = []
    for i, scene in enumerate(scenes):
        scene.spawn(i * 3, scene.mesh("sphere"), translation=(500, 0, 0))
        entities.append(int(scene.spawn(1, scene.mesh())[0]))
        scene.propagate()
    for scene, view in zip(scenes, views, strict=True):
        renderer.render(scene.world, [view])
    for view, entity in zip(views, entities, strict=True):
        assert renderer.pick(view, 32, 24) == entity


def test_passes_are_timed(renderer: Renderer) -> None:
    scene = SmallWorld()
    scene.spawn(1, scene.mesh())
    scene.propagate()
    view = looking((0, 0, 4), name="timed")
    renderer.measures_passes = True
    for _ in range(2):
        renderer.render(scene.world, [view])
        renderer.device.finish()
    timings = renderer.device.timings()
    assert timings["timed: fast"] > 0
    assert "timed: lines" in timings


def test_layers_choose_what_a_view_shows(renderer: Renderer) -> None:
    scene = SmallWorld()
    near = int(scene.spawn(1, scene.mesh(), translation=(0, 0, 1), layers=2)[0])
    far = int(scene.spawn(1, scene.mesh(), translation=(0, 0, -1), layers=4)[0])
    scene.propagate()
    picks = []
    for layers in (2, 4, 6, 8):
        view = looking((0, 0, 6), layers=layers)
        renderer.render(scene.world, [view])
        picks.append(renderer.pick(view, 32, 24))
    assert picks == [near, far, near, None]


def test_a_configuration_change_is_followed(renderer: Renderer) -> None:
    scene = SmallWorld()
    scene.spawn(1, scene.mesh())
    scene.propagate()
    view = looking((0, 0, 4))
    renderer.render(scene.world, [view])
    before = renderer.device.residency["texture"]
    for size in ((32, 32), (96, 20), SIZE):
        view.size = size
        renderer.render(scene.world, [view])
        assert renderer.read(view).shape == (size[1], size[0], 4)
    assert renderer.device.residency["texture"] == before
    assert len(np.unique(renderer.read(view).reshape(-1, 4), axis=0)) == 2
    view.samples = 4
    renderer.render(scene.world, [view])
    assert len(np.unique(renderer.read(view).reshape(-1, 4), axis=0)) > 2  # edges are mixed
    assert renderer.pick(view, 32, 24) is not None


def test_depth_is_what_the_projection_says(renderer: Renderer) -> None:
    scene = SmallWorld()
    scene.spawn(1, scene.mesh("plane", (50.0, 0.0, 50.0)), translation=(0, 0, 0))
    scene.propagate()
    view = View(ViewCamera.looking((0, 5, 0), (0, 0, 0), up=(0, 0, -1), near_m=0.1), SIZE, quality="fast",
                outputs=frozenset({"color", "depth"}))  # fmt: skip
    renderer.render(scene.world, [view])
    np.testing.assert_allclose(renderer.read(view, "depth"), 0.1 / 5, rtol=1e-5)
    view.camera = ViewCamera.looking((0, 5, 0), (0, 0, 0), up=(0, 0, -1), near_m=1, far_m=11, height_m=4)
    renderer.render(scene.world, [view])
    np.testing.assert_allclose(renderer.read(view, "depth"), 1 - 4 / 10, rtol=1e-5)


def test_millimetres_at_the_radius_of_the_earth(renderer: Renderer) -> None:
    """A box 6,400 km from the origin moves by a millimetre a frame: its picture moves evenly, by less than a pixel."""
    home = np.array([6_400_000.0, 1234.5678, -4_000_000.0])
    scene = SmallWorld()
    cell, offset = split_position(home)
    entity = int(scene.spawn(1, scene.mesh(), translation=offset, cell=cell)[0])
    view = View(ViewCamera.looking(home + np.array((0, 0, 1.5)), home), (640, 64), quality="full",
                outputs=frozenset({"depth", "id", "velocity"}))  # fmt: skip
    edges, speeds = [], []
    for step in range(30):
        cell, offset = split_position(home + np.array((step * 1e-3, 0, 0)))
        scene.world.set(entity, Transform, translation=offset, cell=cell)
        scene.propagate()
        renderer.render(scene.world, [view])
        seen = renderer.read(view, "id")[32, :, 0] != 0xFFFFFFFF
        edges.append(int(np.argmin(seen[320:])) + 320)
        speeds.append(float(renderer.read(view, "velocity")[32, 320, 0]))
    # The front face is 1 m from the camera: 64 px for 2 tan(22.5 deg) m, so 77.25 px a metre.
    assert edges[-1] - edges[0] in (2, 3)
    assert (np.diff(edges) >= 0).all()
    assert speeds[0] == 0
    np.testing.assert_allclose(speeds[1:], -77.25 * 1e-3 / 640, rtol=0.08)


def test_crossing_a_cell_is_no_jump(renderer: Renderer) -> None:
    scene = SmallWorld()
    entity = int(scene.spawn(1, scene.mesh())[0])
    view = View(ViewCamera.looking((511.9, 0, 3), (511.9, 0, 0)), (640, 64), quality="full",
                outputs=frozenset({"depth", "velocity"}))  # fmt: skip
    for x in (511.9, 512.1, 512.3):
        cell, offset = split_position(np.array([x, 0, 0]))
        scene.world.set(entity, Transform, translation=offset, cell=cell)
        scene.propagate()
        view.camera = ViewCamera.looking((x, 0, 3), (x, 0, 0))
        renderer.render(scene.world, [view])
        assert renderer.read(view, "depth")[32, 320] > 0
        np.testing.assert_allclose(renderer.read(view, "velocity")[32, 320].astype(float), 0, atol=2e-4)


def test_velocity_is_zero_where_nothing_moves(renderer: Renderer) -> None:
    scene = SmallWorld()
    rng = np.random.default_rng(3)
    entities = scene.spawn(400, scene.mesh(), translation=rng.uniform(-6, 6, (3, 400)))
    view = View(ViewCamera.looking((0, 0, 20), (0, 0, 0)), SIZE, quality="full",
                outputs=frozenset({"depth", "velocity", "id"}))  # fmt: skip
    still = {"one": 0.0}
    for moved in ([], entities[:2], entities[:1], [], entities, entities[7:9], []):
        for entity in moved:
            x, y, z = scene.world.get(int(entity), Transform).translation
            scene.world.set(int(entity), Transform, translation=(x + 0.5, y, z))
        scene.propagate()
        renderer.render(scene.world, [view])
        velocity = renderer.read(view, "velocity").astype(float)
        ids = renderer.read(view, "id")[..., 0]
        movers = np.isin(ids, np.asarray(moved, np.uint64) & np.uint64(0xFFFFFFFF))
        assert (velocity[movers][:, 0] < -1e-3).all()
        np.testing.assert_allclose(velocity[~movers], 0, atol=1e-6)
        still["one"] += float((~movers).sum())
    assert still["one"] > 0


def test_a_camera_entity_is_followed(renderer: Renderer) -> None:
    from taixu.scene import Camera

    scene = SmallWorld()
    box = int(scene.spawn(1, scene.mesh())[0])
    camera = scene.world.spawn(Transform(translation=(0, 0, 5), scale=(3, 3, 3)), Camera())
    scene.propagate()
    view = looking((1000, 0, 0), entity=camera)
    renderer.render(scene.world, [view])
    assert renderer.pick(view, 32, 24) == box
    picture = renderer.picture(scene.world, camera=camera, size=(32, 24), quality="fast")
    assert picture.size == (32, 24)


def test_mirrored_objects_show_their_outside(renderer: Renderer) -> None:
    scene = SmallWorld()
    scene.spawn(1, scene.mesh(), scale=(-1, 1, 1), tint=0xFF0000FF)
    scene.propagate()
    view = looking((0, 0, 3))
    renderer.render(scene.world, [view])
    depth = renderer.read(view, "depth")[24, 32, 0]
    np.testing.assert_allclose(0.05 / depth, 2.5, rtol=1e-4)  # the front face, not the back one


def test_ids_are_of_entities_not_of_slots(renderer: Renderer) -> None:
    scene = SmallWorld()
    old = scene.spawn(5, scene.mesh())
    scene.world.despawn(old)
    new = int(scene.spawn(1, scene.mesh())[0])
    assert new not in old.tolist()
    scene.propagate()
    view = looking((0, 0, 4))
    renderer.render(scene.world, [view])
    assert renderer.pick(view, 32, 24) == new
    scene.world.set(new, MeshInstance, visible=False)
    renderer.render(scene.world, [view])
    assert renderer.pick(view, 32, 24) is None


def test_unknown_outputs_are_named(renderer: Renderer) -> None:
    view = View(ViewCamera.looking((0, 0, 4), (0, 0, 0)), SIZE, outputs=frozenset({"color", "colour"}))
    with pytest.raises(ValueError, match="'colour'; there are color, depth, normal, velocity, id"):
        renderer.render(SmallWorld().world, [view])


def test_outputs_that_a_quality_lacks_are_named(renderer: Renderer) -> None:
    view = View(ViewCamera.looking((0, 0, 4), (0, 0, 0)), SIZE, quality="fast", outputs=frozenset({"color", "velocity"}))
    with pytest.raises(ValueError, match="quality 'fast' gives no velocity"):
        renderer.render(SmallWorld().world, [view])


def test_edited_shaders_are_picked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scene = SmallWorld()
    scene.propagate()
    device = create_device(shaders=ShaderLibrary([tmp_path]))
    shutil.copytree(ShaderLibrary().roots[0], tmp_path, dirs_exist_ok=True)
    renderer = Renderer(device, watch_shaders=True)
    monkeypatch.setattr("taixu.render.renderer._WATCH_SECS", 0.0)
    view = View(ViewCamera.looking((0, 0, 4), (0, 0, 0)), (8, 8), quality="fast", settings={"background": (0, 0, 0, 1)})
    scene.spawn(1, scene.mesh())
    scene.propagate()
    file = tmp_path / "passes" / "fast.frag"
    text = file.read_text()
    reds = []
    red = text.replace("picture = shade;", "picture = vec4(1.0, 0.0, 0.0, 1.0);")
    for age, source in enumerate((text, red, "?!")):
        file.write_text(source)
        os.utime(file, (time.time() + 10 * age, time.time() + 10 * age))
        renderer.render(scene.world, [view])
        reds.append(renderer.read(view)[4, 4, :3].tolist() == [255, 0, 0])
    assert reds == [False, True, True]
    assert "fast.frag:1" in caplog.text
    view.release()
    renderer.release()
    device.release()
