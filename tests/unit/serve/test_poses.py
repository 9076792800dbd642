from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bent_banner import FLAG, bent_banner
from pose_reader import PoseReader, unpacked_turns

import taixu as tx
from taixu.animation.components import Morph
from taixu.animation.morphs import MorphWeights
from taixu.assets.gltf.writer import glb_bytes
from taixu.assets.model import ModelData
from taixu.scene import FromModel, Model, Shape, Transform
from taixu.serve.audience import Audience, Viewer
from taixu.serve.poses import Poses
from taixu.serve.quantised import pack_turns
from taixu.serve.shelf import MeshShelf
from taixu.serve.sight import Sight
from taixu.serve.skeletons import SkeletonShelf, skeleton_of


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("banners")
    (folder / "taixu.toml").write_text('[project]\nname = "Banners"\nversion = "1.0.0"\nfirst_world = "main.world.json"\n')
    (folder / "banner.glb").write_bytes(glb_bytes(bent_banner()))
    with tx.App.headless() as app:
        app.save(folder / "main.world.json")
    return folder


class Place:
    """A world that is looked at."""

    def __init__(self, app: Any, folder: Path) -> None:
        self.app = app
        app.open(folder / "main.world.json")
        self.sight, self.skeletons, self.audience = Sight(), SkeletonShelf(), Audience()
        self.poses = Poses(self.sight, self.skeletons)

    def banner(self, x: float) -> int:
        return int(self.app.scene.spawn(f"Banner {x}", Model("banner.glb"), position=(x, 0, 0)).entity)

    def node(self, owner: int, number: int) -> int:
        for table in self.app.world.query(FromModel).tables():
            here = (table.read(FromModel, "owner") == owner) & (table.read(FromModel, "node") == number)
            if here.any():
                return int(table.entities[here][0])
        raise AssertionError(f"node {number} is not there")

    def bend(self, owner: int, number: int, angle_rad: float) -> None:
        self.app.world.set(self.node(owner, number), Transform, rotation=turn(angle_rad))

    def weigh(self, owner: int, weight: float) -> None:
        world = self.app.world
        world.resource(MorphWeights).set(world, self.node(owner, FLAG), np.array([weight], np.float32))

    def step(self, *readers: Reader) -> None:
        """A frame as the server's part does it; those named have shown all that they heard."""
        self.app.settle()
        for reader in readers:
            reader.viewer.acknowledge(reader.viewer.sent)
        self.audience.show(self.sight.look(self.app.world, time_ns=0))
        self.audience.pose(self.poses.look(self.app.world, near=self.audience.boxes))

    def watch(self, x: float = 0.0, reach: float = 100.0) -> Reader:
        reader = Reader()
        self.audience.look(reader.viewer, [x, 0, 0], reach)
        return reader


class Reader(PoseReader):
    def __init__(self) -> None:
        super().__init__()
        self.viewer = Viewer(self.hear)


def turn(angle_rad: float) -> tuple[float, float, float, float]:
    return (0.0, 0.0, float(np.sin(angle_rad / 2)), float(np.cos(angle_rad / 2)))


@pytest.fixture
def place(project: Path) -> Any:
    with tx.App.headless() as app:
        yield Place(app, project)


def test_rotations_in_32_bits_are_near_and_rest_is_exact() -> None:
    chance = np.random.default_rng(0)
    turns = chance.normal(size=(4, 5000))
    turns /= np.linalg.norm(turns, axis=0)
    found = unpacked_turns(pack_turns(turns))
    apart = 2 * np.degrees(np.arccos(np.clip(np.abs((turns * found).sum(axis=0)), 0, 1)))
    assert apart.max() < 0.25 and np.abs(np.linalg.norm(found, axis=0) - 1).max() < 1e-6
    for axis in range(4):
        whole = np.zeros((4, 1))
        whole[axis] = -1.0
        assert np.array_equal(np.abs(unpacked_turns(pack_turns(whole))), np.abs(whole))
    assert np.isfinite(unpacked_turns(pack_turns(np.full((4, 2), np.nan)))).all()


def test_a_skeleton_says_what_bends_a_mesh() -> None:
    skeleton = skeleton_of(bent_banner())
    assert skeleton is not None
    told = json.loads(skeleton.text)
    assert told["parents"] == [-1, 0, 1, 2, 0] and told["meshes"] == [{"skin": 0, "weights": [0, 1]}]
    assert told["skins"][0]["joints"] == [1, 2, 3] and told["skins"][0]["node"] == 4
    assert np.allclose(np.array(told["skins"][0]["binds"]).reshape(3, 3, 4)[:, 1, 3], [0, -2 / 3, -4 / 3])
    assert told["weights"] == [0.0] and skeleton.key == skeleton_of(bent_banner()).key  # type: ignore[union-attr]
    assert skeleton_of(ModelData()) is None


def test_meshes_bring_joints_and_targets(place: Place) -> None:
    place.banner(0.0)
    place.app.settle()
    frame = place.sight.look(place.app.world, time_ns=0)
    (look,) = [each for each in frame.looks.values() if "mesh" in each]
    from taixu.assets.gltf import read_gltf_bytes

    (primitive,) = read_gltf_bytes(place.sight.shelf.mesh(look["mesh"]) or b"", name="mesh.glb").meshes[0].primitives
    assert primitive.attributes["JOINTS_0"].max() == 2 and len(primitive.targets) == 1
    assert primitive.targets[0]["POSITION"].max() == 1.0


def test_of_many_joints_browsers_get_the_strongest_four() -> None:
    model = bent_banner()
    primitive = model.meshes[0].primitives[0]
    count = primitive.vertex_count
    primitive.attributes["JOINTS_1"] = np.tile(np.array((2, 1, 0, 0), np.uint16), (count, 1))
    primitive.attributes["WEIGHTS_0"] = np.tile(np.array((0.1, 0.05, 0.02, 0.0), np.float32), (count, 1))
    primitive.attributes["WEIGHTS_1"] = np.tile(np.array((0.5, 0.3, 0.03, 0.0), np.float32), (count, 1))
    from taixu.serve.shelf import _kept_attributes

    kept = _kept_attributes(primitive)
    assert "JOINTS_1" not in kept and kept["WEIGHTS_0"].sum(axis=1) == pytest.approx(1.0)
    assert kept["JOINTS_0"][0, :2].tolist() == [2, 1] and kept["WEIGHTS_0"][0, 0] == pytest.approx(0.5 / 0.95)


def test_who_is_near_hears_how_somebody_bends(place: Place) -> None:
    owner = place.banner(0.0)
    place.app.scene.spawn("Box", Shape("box"))
    place.step()
    near = place.watch()
    place.step(near)
    (number,) = near.bodies
    hash_, nodes, weights, slots = near.bodies[number]
    assert place.skeletons.text(hash_) and (nodes, weights) == (5, 1) and len(slots) == 1
    assert not near.turns and not near.bytes, "at rest nothing is told"
    place.bend(owner, 2, 0.7)
    place.weigh(owner, 0.5)
    place.step(near)
    assert list(near.turns[number]) == [2] and np.abs(near.turns[number][2] - turn(0.7)).max() < 2e-3
    assert near.weights[number] == {0: 0.5}
    before = near.bytes
    place.step(near)
    assert near.bytes == before, "who stands still costs nothing"
    late = place.watch()
    assert np.abs(late.turns[number][2] - turn(0.7)).max() < 2e-3 and late.weights[number] == {0: 0.5}, "who comes later hears all"


def test_far_ones_are_told_seldom_and_farther_ones_not(place: Place) -> None:
    owners = [place.banner(x) for x in (0.0, 150.0, 900.0)]
    place.step()
    eye = place.watch(reach=128.0)
    place.step(eye)
    heard = [0, 0]
    for step in range(16):
        for owner in owners:
            place.bend(owner, 1, 0.1 + step / 20)
        eye.turns.clear()
        place.step(eye)
        numbers = sorted(eye.turns)
        heard[0] += 0 in numbers
        heard[1] += 1 in numbers
        assert 2 not in numbers
    assert heard[0] == 16 and 3 <= heard[1] <= 7


def test_a_slow_viewer_hears_all_poses_when_he_is_back(place: Place) -> None:
    owner = place.banner(0.0)
    place.step()
    slow, quick = place.watch(), place.watch()
    for step in range(20):
        place.bend(owner, 1 + step % 3, 0.05 * step)
        place.step(quick)
    assert slow.messages <= 6 < quick.messages
    place.step(quick, slow)
    place.step(quick, slow)
    assert slow.turns[0].keys() == {1, 2, 3}
    assert all(np.array_equal(slow.turns[0][node], quick.turns[0][node]) for node in (1, 2, 3))


def test_a_number_that_is_given_again_means_another(place: Place) -> None:
    first = place.banner(0.0)
    place.step()
    eye = place.watch()
    place.bend(first, 1, 0.4)
    place.step(eye)
    slots = eye.bodies[0][3]
    place.app.world.despawn(first)
    place.step(eye)
    assert eye.bodies == {}
    second = place.banner(1.0)
    place.step(eye)
    place.step(eye)
    assert list(eye.bodies) == [0] and 0 not in eye.turns and len(eye.bodies[0][3]) == len(slots)
    place.bend(second, 2, 0.2)
    place.step(eye)
    assert list(eye.turns[0]) == [2]


@pytest.mark.parametrize("seed", range(3))
def test_whoever_comes_and_goes_knows_what_is(place: Place, seed: int) -> None:
    chance = np.random.default_rng(seed)
    owners = [place.banner(float(x)) for x in chance.uniform(-60, 60, 5)]
    angles = np.zeros((5, 4))
    place.step()
    eyes = [place.watch() for _ in range(3)]
    for _ in range(25):
        who, node = int(chance.integers(5)), int(chance.integers(1, 4))
        angles[who, node] = float(chance.uniform(-1.5, 1.5))
        place.bend(owners[who], node, angles[who, node])
        if chance.random() < 0.3:
            place.app.scene.node(owners[who]).position = (float(chance.uniform(-400, 400)), 0, 0)
        if chance.random() < 0.2:
            place.audience.leave(eyes[0].viewer)
            eyes[0] = place.watch(float(chance.uniform(-30, 30)))
        place.step(*(eye for eye in eyes if chance.random() < 0.7))
    for who, owner in enumerate(owners):
        place.app.scene.node(owner).position = (10.0 * who, 0, 0)
    for _ in range(12):  # all are near now; everybody has time to hear
        place.step(*eyes)
    for eye in eyes:
        for number, body in place.poses._bodies.items():
            who = owners.index(body.owner)
            for node in range(1, 4):
                told = eye.turns.get(number, {}).get(node, np.array(turn(0.0)))
                assert np.abs(told - turn(angles[who, node])).max() < 2e-3


def test_the_past_has_none_of_what_stands_now(place: Place) -> None:
    from taixu.serve.gaze import Gaze
    from taixu.serve.past import Pasts

    place.banner(0.0)
    place.step()
    eye = Reader()
    gaze = Gaze(eye.viewer, place.audience, Pasts(MeshShelf(), place.skeletons))
    gaze.look([0, 0, 0], 50.0)
    place.step(eye)
    assert len(eye.bodies) == 1
    gaze.enter(Audience())
    assert eye.bodies == {}
    gaze.enter(place.audience)
    assert len(eye.bodies) == 1


def test_morphs_of_things_without_joints_are_told_too(place: Place, project: Path) -> None:
    model = bent_banner()
    model.nodes[FLAG].skin = None
    (project / "plain.glb").write_bytes(glb_bytes(model))
    owner = int(place.app.scene.spawn("Plain", Model("plain.glb")).entity)
    place.step()
    eye = place.watch()
    place.weigh(owner, 0.25)
    place.step(eye)
    assert eye.bodies[0][1:3] == [2, 1] and eye.weights[0] == {0: 0.25}
    assert place.app.world.has(place.node(owner, FLAG), Morph)


