"""Layers of a picture against what is known of the scene: planes, masks, boxes, steps of a known length."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from PIL import Image
from render_world import SmallWorld

import taixu as tx
from golden import assert_golden
from taixu.assets.exr import read_exr
from taixu.errors import TaixuError, UsageError
from taixu.render import Renderer, View, ViewCamera, render_still
from taixu.render.datasets import (
    BesidePicture,
    DatasetFolder,
    Frame,
    LayerView,
    ThingFinder,
    camera_facts,
    pixels_from_motion,
    things,
)
from taixu.render.datasets.writing import run_lengths
from taixu.render.pictures import Picture
from taixu.scene import Decal, Name, Shape, Transform

SIZE = (96, 54)
CAMERA = ViewCamera.looking((1.5, 2.0, 6.0), (0.0, 0.4, 0.0), fov_y_rad=0.8)
RED, BLUE = (0.6, 0.1, 0.08, 1.0), (0.08, 0.2, 0.6, 1.0)
ALL = ("depth", "normals", "ids", "albedo", "motion")


class Stage:
    """A floor at y = 0, a box and a ball, in cells far from the origin of the world."""

    def __init__(self) -> None:
        self.renderer, self.scene = Renderer(shared_device()), SmallWorld()
        scene = self.scene
        floor = scene.material(base_color=(0.35, 0.4, 0.3, 1.0), metallic=0.0, roughness=0.9)
        red, blue = (scene.material(base_color=color, metallic=0.0) for color in (RED, BLUE))
        unlit = scene.material(base_color=BLUE, unlit=True)
        scene.spawn(1, scene.mesh("box", (60, 0.2, 60), material=floor), translation=(0, -0.1, 0))
        (self.box,) = scene.spawn(1, scene.mesh("box", (1, 2, 1), material=red), translation=(-0.8, 1, 0)).tolist()
        (self.ball,) = scene.spawn(1, scene.mesh("sphere", (1, 1, 1), material=blue), translation=(0.8, 0.5, 0.5)).tolist()
        scene.spawn(1, scene.mesh("sphere", (0.6, 0.6, 0.6), material=unlit), translation=(1.9, 0.3, 1.5))
        scene.propagate()

    def frame(self, camera: ViewCamera = CAMERA, names: tuple[str, ...] = ALL) -> Frame:
        view = LayerView(self.renderer, SIZE, names)
        found = view.draw(self.scene.world, camera)
        view.release()
        return found

    def put(self, entity: int, place: tuple[float, float, float]) -> None:
        self.scene.world.set(entity, Transform, translation=place)
        self.scene.propagate()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    found = Stage()
    yield found
    found.renderer.release()


@pytest.fixture(scope="module")
def frame(stage: Stage) -> Frame:
    return stage.frame()


def points(frame: Frame) -> NDArray[np.float64]:
    """Where each pixel's place is in the world, by the facts of the camera alone."""
    facts, depth = camera_facts(frame.camera, SIZE), frame.layers["depth"].astype(float)
    rows, columns = np.mgrid[0 : SIZE[1], 0 : SIZE[0]] + 0.5
    at = np.stack([columns, rows, np.ones_like(rows)], -1) @ np.linalg.inv(np.array(facts["intrinsics"])).T
    seen = np.where(np.isfinite(depth), depth, 0.0)[..., None] * at  # OpenCV's camera: y down, z ahead
    world = np.linalg.inv(np.array(facts["opencv_camera_from_world"]))
    result: NDArray[np.float64] = seen @ world[:3, :3].T + world[:3, 3]
    return result


@pytest.mark.parametrize("camera", [CAMERA, ViewCamera.looking((1.5, 2, 6), (0, 0.4, 0), fov_y_rad=0.8, far_m=100.0)])
def test_depth_leads_back_to_the_plane(stage: Stage, camera: ViewCamera) -> None:
    found = stage.frame(camera)
    up = found.layers["normals"][..., 1] > 0.999
    floor = up & (points(found)[..., 1] < 1.0)
    assert floor.sum() > 500
    assert np.abs(points(found)[floor][:, 1]).max() < 2e-3
    assert np.isinf(found.layers["depth"][0]).all()


def test_depth_of_a_parallel_camera_is_metres_as_well(stage: Stage) -> None:
    above = ViewCamera.looking((0.0, 9.0, 0.001), (0.0, 0.0, 0.0), height_m=6.0)
    found = stage.frame(above)
    on_box = (found.handles == stage.box) & (found.layers["normals"][..., 1] > 0.99)
    assert np.abs(found.layers["depth"][on_box] - 7.0).max() < 2e-3
    assert camera_facts(above, SIZE)["pixels_per_m"] == SIZE[1] / 6.0


def test_normals_are_of_the_world_and_unit(frame: Frame) -> None:
    normals = frame.layers["normals"]
    lengths = np.linalg.norm(normals, axis=-1)
    seen = np.isfinite(frame.layers["depth"])
    assert np.abs(lengths[seen] - 1.0).max() < 5e-3
    assert (lengths[~seen] == 0.0).all()


def test_ids_count_as_many_pixels_as_a_mask(stage: Stage, frame: Frame) -> None:
    assert frame.handles is not None
    ids, found = ThingFinder(stage.scene.world).find(frame.handles)
    assert [thing.id for thing in found] == [1, 2, 3, 4]
    here = next(thing for thing in found if thing.stable_id == stage.scene.world.stable_id(stage.box))
    red = np.abs(frame.layers["albedo"][..., :3] - RED[:3]).max(-1) < 1e-3
    assert here.pixels == red.sum() > 100
    np.testing.assert_array_equal(ids == here.id, red)
    rows, columns = np.nonzero(red)
    assert list(here.box_px) == [columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1]
    assert here.box_m is not None
    np.testing.assert_allclose(here.box_m["center_m"], (-0.8, 1, 0), atol=1e-5)
    np.testing.assert_allclose(here.box_m["size_m"], (1, 2, 1), atol=1e-5)


def test_albedo_is_the_colour_that_materials_say(frame: Frame, stage: Stage) -> None:
    assert frame.handles is not None
    for entity, color in ((stage.box, RED), (stage.ball, BLUE)):
        found = frame.layers["albedo"][frame.handles == entity]
        assert np.abs(found - color).max() < 1e-3
    blue = np.abs(frame.layers["albedo"][..., :3] - BLUE[:3]).max(-1) < 1e-3
    assert blue.sum() > (frame.handles == stage.ball).sum()  # the ball on which no light falls has the same
    assert (frame.layers["albedo"][~np.isfinite(frame.layers["depth"])] == 0.0).all()


def test_what_decals_paint_is_in_the_albedo(stage: Stage) -> None:
    sign = stage.scene.world.spawn(Transform(translation=(-0.8, 1, 0.5)), Decal(size=(0.6, 0.6, 0.4), color=(0.1, 0.5, 0.1)))
    stage.scene.propagate()
    frame = stage.frame(names=("albedo", "ids"))
    stage.scene.world.despawn(sign)
    assert frame.handles is not None
    green = np.abs(frame.layers["albedo"][..., :3] - (0.1, 0.5, 0.1)).max(-1) < 0.01
    assert green.sum() > 10 and (frame.handles[green] == stage.box).all()


def test_many_samples_have_an_albedo_too(stage: Stage) -> None:
    view = View(CAMERA, SIZE, samples=4, outputs=frozenset({"color", "albedo"}), settings={"prepass": False})
    stage.renderer.render(stage.scene.world, [view])
    albedo = stage.renderer.read(view, "albedo")
    view.release()
    assert np.abs(albedo[..., :3].astype(float) - RED[:3]).max(-1).min() < 1e-3


def test_motion_of_a_box_is_what_it_was_moved_by_though_pictures_are_drawn_between(stage: Stage) -> None:
    camera = ViewCamera.looking((0, 1, 8), (0, 1, 0), fov_y_rad=0.8)
    focal = SIZE[1] / 2 / np.tan(0.4)
    view = LayerView(stage.renderer, SIZE, ALL)
    try:
        stage.put(stage.box, (-0.8, 1, 0.5))
        view.draw(stage.scene.world, camera)
        render_still(stage.renderer, stage.scene.world, camera, size=SIZE, samples=2)
        stage.put(stage.box, (-0.5, 1.1, 0.5))  # its front is 7 m away
        frame = view.draw(stage.scene.world, camera)
        assert frame.handles is not None
        front = (frame.handles == stage.box) & (frame.layers["normals"][..., 2] > 0.99)
        moved = frame.layers["motion"][front]
        assert front.sum() > 50
        assert np.abs(moved - (-0.3 * focal / 7, 0.1 * focal / 7)).max() < 0.02  # backward: it came from the left, below
        assert np.abs(frame.layers["motion"][frame.handles == stage.ball]).max() < 1e-3
        assert np.abs(view.draw(stage.scene.world, camera).layers["motion"]).max() < 1e-3
    finally:
        stage.put(stage.box, (-0.8, 1, 0))
        view.release()


def test_what_is_infinitely_far_moves_as_the_camera_turns(stage: Stage) -> None:
    view = LayerView(stage.renderer, SIZE, ("motion", "depth"))
    view.draw(stage.scene.world, ViewCamera.looking((0, 2, 6), (0, 2, 0), fov_y_rad=0.8))
    frame = view.draw(stage.scene.world, ViewCamera.looking((0, 2, 6), (0.6, 2, 0), fov_y_rad=0.8))
    view.release()
    focal = SIZE[1] / 2 / np.tan(0.4)
    middle = frame.layers["motion"][0, SIZE[0] // 2 - 1 : SIZE[0] // 2 + 1].mean(0)
    assert np.isinf(frame.layers["depth"][0]).all()
    assert middle[0] == pytest.approx(focal * np.tan(np.arctan(0.1)), rel=0.03)
    place = pixels_from_motion(frame.layers["motion"])[0, 10]
    assert place == pytest.approx(np.array([10.5, 0.5]) + frame.layers["motion"][0, 10])


def test_parts_of_a_thing_stand_for_the_whole_and_numbers_stay(stage: Stage) -> None:
    with tx.App.headless(size=SIZE) as app:
        first = app.scene.spawn("first", Shape("box"))
        app.settle()
        finder = ThingFinder(app.world)
        one = np.full((2, 2), first.entity, np.uint64)
        assert finder.find(one)[1][0].facts() | {"stable_id": ""} == {
            "id": 1, "stable_id": "", "name": "first", "category": "box", "pixels": 4, "box_px": [0, 0, 2, 2],
            "box_m": {"center_m": [0, 0, 0], "size_m": [1, 1, 1], "rotation_xyzw": [0, 0, 0, 1]},
        }  # fmt: skip
        second = app.world.spawn(Transform(), Name("second"))
        both = np.array([[second, first.entity], [0, 0]], np.uint64)
        ids, found = finder.find(both)
        assert ids.tolist() == [[2, 1], [0, 0]]
        assert found[1].box_m is None and found[1].category == "other"
        app.world.despawn(second)
        assert finder.find(both)[0].tolist() == [[0, 1], [0, 0]]


def test_more_things_than_ids_have_room_for_are_refused(stage: Stage, frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(things, "MOST_THINGS", 2)
    assert frame.handles is not None
    with pytest.raises(TaixuError, match="more than 2 things come into sight"):
        ThingFinder(stage.scene.world).find(frame.handles)


def test_a_folder_has_what_loaders_read(stage: Stage, frame: Frame, tmp_path: Path) -> None:
    folder = DatasetFolder(tmp_path / "set")
    picture = Picture(np.zeros((SIZE[1], SIZE[0], 4), np.uint8))
    for index in range(2):
        folder.add(frame, ThingFinder(stage.scene.world), picture=picture, hdr=None, secs=index / 30)
    folder.finish()
    told = json.loads((tmp_path / "set/annotations.json").read_text())
    assert [image["file_name"] for image in told["images"]] == ["color/000000.png", "color/000001.png"]
    assert len(told["annotations"]) == 8 and told["categories"] == [{"id": 1, "name": "other"}]
    ids = np.asarray(Image.open(tmp_path / "set/ids/000001.png"))
    for each in told["annotations"][4:]:
        flat = np.repeat(np.arange(len(each["segmentation"]["counts"])) % 2, each["segmentation"]["counts"]).astype(bool)
        np.testing.assert_array_equal(flat.reshape(SIZE).T, ids == each["thing"])
        assert each["area"] == flat.sum() and each["image_id"] == 2
    one = json.loads((tmp_path / "set/frames/000001.json").read_text())
    assert one["secs"] == pytest.approx(1 / 30) and set(one["layers"]) == set(ALL) and len(one["things"]) == 4
    np.testing.assert_array_equal(read_exr(tmp_path / "set/depth/000000.exr")[..., 0], frame.layers["depth"])
    with pytest.raises(UsageError, match="has something in it already"):
        DatasetFolder(tmp_path / "set")


def test_a_camera_that_is_nowhere_is_a_sentence(stage: Stage, frame: Frame, tmp_path: Path) -> None:
    lost = replace(frame, camera=replace(frame.camera, near_m=float("nan")), handles=None)
    with pytest.raises(TaixuError, match="a number of the camera or of a thing's place is not finite"):
        BesidePicture(tmp_path / "a.png").add(
            lost, ThingFinder(stage.scene.world), picture=Picture(np.zeros((2, 2, 4), np.uint8)), hdr=None, secs=0.0
        )


def test_run_lengths_begin_with_what_is_out() -> None:
    assert run_lengths(np.array([[1, 0], [1, 1]], bool)) == [0, 2, 1, 1]
    assert run_lengths(np.zeros((2, 2), bool)) == [4]


@pytest.mark.parametrize("name", ALL)
def test_each_layer_looks_as_it_did(stage: Stage, frame: Frame, name: str) -> None:
    if name == "ids":
        assert frame.handles is not None
        shown = ThingFinder(stage.scene.world).find(frame.handles)[0][..., None] * np.array([60, 25, 7])
    elif name == "depth":
        shown = np.clip(255 * 3.0 / frame.layers[name], 0, 255)[..., None].repeat(3, -1)
    elif name == "motion":
        view = LayerView(stage.renderer, SIZE, ALL)
        view.draw(stage.scene.world, CAMERA)
        turned = view.draw(stage.scene.world, ViewCamera.looking((1.6, 2.0, 6.0), (0.1, 0.3, 0.0), fov_y_rad=0.8))
        view.release()
        shown = np.concatenate([turned.layers[name], np.zeros((*SIZE[::-1], 1))], -1) * 12 + 128
    else:
        shown = frame.layers[name][..., :3] * (255 if name == "albedo" else 127) + (0 if name == "albedo" else 128)
    assert_golden(np.clip(np.rint(shown), 0, 255).astype(np.uint8), f"datasets/{name}")
