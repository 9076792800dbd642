from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.animation.components import Morph, Skin
from taixu.animation.morphs import MorphWeights
from taixu.animation.skins import SkinPalettes, update_skins
from taixu.assets.model import Primitive
from taixu.render import Renderer, View, ViewCamera
from taixu.render.deform_seats import Seats
from taixu.scene import MeshInstance, Transform
from taixu.scene.library import LibraryMesh, MeshLibrary
from taixu.scene.shapes import shape_mesh


class Puppet:
    """A box that joints bend and targets change, and its picture in numpy."""

    def __init__(self, *, joints: int = 3, targets: int = 2, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.scene = SmallWorld()
        self.world = self.scene.world
        self.world.insert_resource(SkinPalettes())
        self.world.insert_resource(MorphWeights())
        arrays = shape_mesh("sphere", (1.0, 1.0, 1.0))
        self.positions = arrays["POSITION"]
        n = len(self.positions)
        attributes = {"POSITION": self.positions, "NORMAL": arrays["NORMAL"]}
        self.joint_ids = rng.integers(0, max(joints, 1), (n, 8)).astype(np.uint16)
        weights = rng.random((n, 8)).astype(np.float32) * (rng.random((n, 8)) < 0.6)
        weights[:, 0] += 0.1
        self.weights = (weights / weights.sum(1, keepdims=True)).astype(np.float32)
        if joints:
            for k in range(2):
                attributes[f"JOINTS_{k}"] = self.joint_ids[:, 4 * k : 4 * k + 4]
                attributes[f"WEIGHTS_{k}"] = self.weights[:, 4 * k : 4 * k + 4]
        self.deltas = rng.normal(size=(targets, n, 3)).astype(np.float32) * 0.1
        primitive = Primitive(attributes, arrays["indices"], targets=[{"POSITION": d} for d in self.deltas])
        mesh = self.world.resource(MeshLibrary).put("puppet", LibraryMesh((primitive,), (0,)))
        self.entity = int(self.scene.spawn(1, mesh)[0])
        self.bones = self.world.spawn_batch(max(joints, 1), {Transform: {}})
        if joints:
            self.world.resource(SkinPalettes).add(
                self.world, self.entity, self.bones[:joints], np.tile(np.eye(4, dtype=np.float32), (joints, 1, 1))
            )
        if targets:
            self.world.resource(MorphWeights).add(self.world, self.entity, np.zeros(targets, np.float32))
        self.renderer = Renderer(shared_device())
        self.view = View(ViewCamera.looking((0, 0, 4), (0, 0, 0)), (64, 64), quality="full",
                         outputs=frozenset({"depth", "id", "velocity"}))  # fmt: skip

    def frame(self) -> None:
        self.scene.propagate()
        update_skins(self.world)
        self.renderer.render(self.world, [self.view])

    def seat(self) -> int:
        mirror = self.renderer.mirror(self.world)
        return int(mirror.renderables.rows["deformed"][mirror.renderables.first_slots[self.entity & 0xFFFFFFFF]])

    def seats(self) -> Seats:
        return self.renderer.mirror(self.world).deformer.seats

    def words_on_gpu(self) -> np.ndarray:
        first = int(self.seats().rows["first"][self.seat()])
        words = self.seats().vertices.read(np.uint32, offset=28 * first, count=7 * len(self.positions))
        return words.reshape(-1, 7)

    def on_gpu(self) -> np.ndarray:
        return self.words_on_gpu()[:, :3].copy().view(np.float32)

    def previous_on_gpu(self) -> np.ndarray:
        buffer = self.seats().previous
        assert buffer is not None
        first = int(self.seats().rows["first"][self.seat()])
        return buffer.read(np.float32, offset=12 * first, count=3 * len(self.positions)).reshape(-1, 3)

    def expected(self) -> np.ndarray:
        points = self.positions.astype(float)
        if self.world.has(self.entity, Morph):
            points = points + np.einsum(
                "t,tni->ni", self.world.resource(MorphWeights).of(self.world, self.entity), self.deltas
            )
        if self.world.has(self.entity, Skin):
            matrices = self.world.resource(SkinPalettes).matrices.reshape(-1, 3, 4).astype(float)
            blended = np.einsum("nk,nkij->nij", self.weights, matrices[self.joint_ids])
            points = np.einsum("nij,nj->ni", blended[:, :, :3], points) + blended[:, :, 3]
        return points


def turn(angle: float) -> tuple[float, float, float, float]:
    return (0.0, float(np.sin(angle / 2)), 0.0, float(np.cos(angle / 2)))


@pytest.mark.parametrize(("joints", "targets"), [(3, 0), (0, 2), (3, 2)])
def test_vertices_go_where_numpy_says(joints: int, targets: int) -> None:
    puppet = Puppet(joints=joints, targets=targets)
    puppet.frame()
    np.testing.assert_allclose(puppet.on_gpu(), puppet.positions, atol=1e-6)
    rng = np.random.default_rng(1)
    before = puppet.on_gpu()
    for _ in range(3):
        if joints:
            puppet.world.set(
                int(puppet.bones[1]), Transform, translation=rng.normal(size=3) * 0.3, rotation=turn(rng.normal())
            )
        if targets:
            puppet.world.resource(MorphWeights).set(puppet.world, puppet.entity, rng.random(targets).astype(np.float32))
        puppet.frame()
        np.testing.assert_allclose(puppet.on_gpu(), puppet.expected(), atol=2e-5)
        np.testing.assert_array_equal(puppet.previous_on_gpu(), before)
        before = puppet.on_gpu()
        sphere = puppet.seats().rows["sphere"][puppet.seat()]
        assert (np.linalg.norm(before - sphere[:3], axis=1) <= sphere[3] * 1.001).all()
        assert sphere[3] < 4
    puppet.frame()  # nothing moves: past and present are one
    np.testing.assert_array_equal(puppet.previous_on_gpu(), puppet.on_gpu())


def test_normals_follow_the_joints() -> None:
    puppet = Puppet(joints=1, targets=0)
    puppet.world.set(int(puppet.bones[0]), Transform, rotation=turn(0.7))
    puppet.frame()
    found = puppet.words_on_gpu()[:, 3:5].copy().view(np.int16)[:, :3] / 32767
    normals = puppet.on_gpu() / np.linalg.norm(puppet.on_gpu(), axis=1, keepdims=True)  # of a sphere
    np.testing.assert_allclose(found, normals, atol=2e-3)


def test_velocity_shows_what_joints_do() -> None:
    puppet = Puppet(joints=1, targets=0)
    for x in (0.0, 0.0, 0.1):
        puppet.world.set(int(puppet.bones[0]), Transform, translation=(x, 0, 0))
        puppet.frame()
    velocity = puppet.renderer.read(puppet.view, "velocity")[32, 32]
    slope = 2 * np.tan(np.pi / 8) * 3.5  # metres across the picture at the sphere's front
    np.testing.assert_allclose(velocity, (-0.1 / slope, 0), atol=2e-3)
    puppet.frame()
    np.testing.assert_allclose(puppet.renderer.read(puppet.view, "velocity")[32, 32].astype(float), 0, atol=1e-6)


def test_seats_live_as_long_as_their_entities() -> None:
    puppet = Puppet()
    puppet.frame()
    mesh = puppet.world.get(puppet.entity, MeshInstance).mesh
    high = -1
    for _ in range(3):
        other = int(puppet.scene.spawn(1, mesh)[0])
        puppet.world.resource(SkinPalettes).add(
            puppet.world, other, puppet.bones[:3], np.tile(np.eye(4, dtype=np.float32), (3, 1, 1))
        )
        puppet.frame()
        assert len(puppet.seats()) == 2
        assert puppet.seats()._blocks.high == high or high < 0, "the room of who went is used again"
        high = puppet.seats()._blocks.high
        puppet.world.despawn(other)
        puppet.frame()
        assert len(puppet.seats()) == 1
    np.testing.assert_allclose(puppet.on_gpu(), puppet.expected(), atol=2e-5)


def test_nothing_is_done_while_nothing_moves() -> None:
    from taixu.gpu import NullDevice

    puppet = Puppet()
    device = NullDevice()
    puppet.renderer = Renderer(device)
    for _ in range(4):
        device.clear_calls()
        puppet.frame()
    assert "compute/deform.comp" not in {c[1] for c in device.calls if c[0] == "dispatch"}


def test_joints_beyond_the_skin_are_held_back() -> None:
    puppet = Puppet(joints=3, targets=0)
    puppet.world.resource(SkinPalettes).add(
        puppet.world, puppet.entity, puppet.bones[:1], np.eye(4, dtype=np.float32)[None]
    )
    puppet.frame()
    assert np.isfinite(puppet.on_gpu()).all()
