"""Many who are skinned: what a frame costs follows those who are seen, and neither draws nor Python grow with people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from call_count import count_calls
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.animation.morphs import MorphWeights
from taixu.animation.skins import SkinPalettes, update_skins
from taixu.assets.model import Primitive
from taixu.ecs import indices_of
from taixu.gpu import Device, NullDevice
from taixu.render import Renderer, View, ViewCamera
from taixu.render.deforming import Deformer
from taixu.scene import Light, MeshInstance, Parent, Transform, WorldTransforms
from taixu.scene.library import LibraryMesh, MeshLibrary
from taixu.scene.shapes import shape_mesh


class Crowd:
    """Spheres in a row along X, 3 m apart, each held by a bone of its own that bends it up and down."""

    def __init__(self, count: int, device: Device, *, quality: str = "fast", **settings: object) -> None:
        self.scene = SmallWorld()
        self.world = self.scene.world
        self.skins = SkinPalettes()
        self.world.insert_resource(self.skins)
        self.world.insert_resource(MorphWeights())
        arrays = shape_mesh("sphere", (1.0, 1.0, 1.0))
        self.positions = arrays["POSITION"]
        n = len(self.positions)
        held = {"JOINTS_0": np.zeros((n, 4), np.uint16), "WEIGHTS_0": np.tile(np.float32([1, 0, 0, 0]), (n, 1))}
        primitive = Primitive({"POSITION": self.positions, "NORMAL": arrays["NORMAL"], **held}, arrays["indices"])
        mesh = self.world.resource(MeshLibrary).put("one", LibraryMesh((primitive,), (0,)))
        places = np.zeros((3, count), np.float32)
        places[0] = 3.0 * np.arange(count)
        self.people = self.scene.spawn(count, mesh, translation=places, cast_shadow=True)
        self.bones = self.world.spawn_batch(count, {Transform: {"translation": places}})
        self.places = places
        for person, bone in zip(self.people.tolist(), self.bones, strict=True):
            bind = np.eye(4, dtype=np.float32)[None]
            self.skins.add(self.world, person, np.array([bone]), bind)
        self.device, self.renderer = device, Renderer(device)
        self.view = View(ViewCamera.looking((0, 0, 12), (0, 0, 0)), (64, 64), quality=quality, settings=settings)

    def look_at(self, x: float, *, away_m: float = 12.0) -> None:
        self.view.camera = ViewCamera.looking((x, 0, away_m), (x, 0, 0))

    def bend(self, up: float) -> None:
        self.world.scatter(self.bones, Transform, "translation", self.places + np.array([[0], [up], [0]], np.float32))

    def frame(self) -> None:
        self.scene.propagate()
        update_skins(self.world)
        self.renderer.render(self.world, [self.view])

    @property
    def deformer(self) -> Deformer:
        return self.renderer.mirror(self.world).deformer

    def shown(self, person: int) -> np.ndarray:
        """Where a person's vertices are on the device, against itself."""
        mirror = self.renderer.mirror(self.world)
        slot = mirror.renderables.first_slots[int(self.people[person]) & 0xFFFFFFFF]
        return self.deformer.read_positions(int(mirror.renderables.rows["deformed"][slot]))


@pytest.mark.parametrize("quality", ["fast", "full"])
def test_neither_draws_nor_python_grow_with_people(quality: str) -> None:
    def cost(count: int) -> tuple[dict[str, int], int]:
        crowd = Crowd(count, NullDevice(), quality=quality)
        crowd.look_at(1.5 * count, away_m=6.0 * count)
        for step in range(4):
            crowd.bend(0.1 * step)
            crowd.frame()
        crowd.bend(0.5)
        crowd.scene.propagate()
        crowd.device.clear_calls()
        calls = count_calls(lambda: crowd.renderer.render(crowd.world, [crowd.view]))
        assert crowd.deformer.jobs == count
        return dict(crowd.device.counts()), calls

    small, large = cost(20), cost(400)
    assert large[0] == small[0]
    assert large[1] <= small[1] + 8, "a table of 64 groups more may grow a buffer"


def test_who_is_out_of_sight_is_not_deformed() -> None:
    crowd = Crowd(40, NullDevice())
    counts = []
    for step in range(3):
        crowd.bend(0.1 * step)
        crowd.frame()
        counts.append(crowd.deformer.jobs)
    assert 1 <= counts[-1] <= 6
    assert counts[0] == counts[1] == counts[2]
    crowd.frame()
    assert crowd.deformer.jobs == 0, "nobody moved"
    crowd.look_at(60.0)
    crowd.frame()
    assert 1 <= crowd.deformer.jobs <= 6, "who comes into sight is as they are now"


def test_shadows_of_those_out_of_sight_are_theirs() -> None:
    """The sun stands to the right: who is beyond the picture's right edge throws a shadow into it."""
    crowd = Crowd(12, NullDevice(), quality="full")
    crowd.bend(0.1)
    crowd.frame()
    unlit = crowd.deformer.jobs
    crowd.world.spawn(Transform(rotation=(0.0, 0.69, 0.0, 0.72)), Light(kind="directional"))
    crowd.bend(0.2)
    crowd.frame()
    assert crowd.deformer.jobs > unlit
    for table in crowd.world.query(MeshInstance):
        table.set(MeshInstance, "cast_shadow", False)
    crowd.bend(0.3)
    crowd.frame()
    assert crowd.deformer.jobs == unlit


def test_all_stand_where_numpy_says_however_they_were_seen() -> None:
    crowd = Crowd(9, shared_device())
    rng = np.random.default_rng(0)
    for step in range(12):
        up = float(rng.normal())
        if step % 3 != 1:
            crowd.bend(up)
        crowd.look_at(float(rng.integers(0, 25)))
        crowd.frame()
        seats = crowd.deformer.seats
        seen = np.flatnonzero(seats.seen == seats.seen.max())
        matrices = crowd.skins.matrices.reshape(-1, 3, 4)
        assert len(seen)
        for seat in seen.tolist():
            person = int(np.flatnonzero((crowd.people & np.uint64(0xFFFFFFFF)) == seats.entities[seat])[0])
            bent = crowd.positions @ matrices[person, :, :3].T + matrices[person, :, 3]
            np.testing.assert_allclose(crowd.shown(person), bent, atol=1e-5)


def test_thrift_deforms_small_ones_now_and_then() -> None:
    def jobs(**settings: object) -> list[int]:
        crowd = Crowd(16, NullDevice(), **settings)
        crowd.look_at(24.0, away_m=120.0)
        found = []
        for step in range(9):
            crowd.bend(0.01 * step)
            crowd.frame()
            found.append(crowd.deformer.jobs)
        return found

    assert jobs()[1:] == [16] * 8
    sparing = jobs(thrift=True)
    assert sparing[0] == 16, "who was never seen is not left as at rest"
    assert sum(sparing[1:]) == 2 * 16, "everybody once in four frames"


def test_a_mesh_is_kept_once_for_all_who_show_it() -> None:
    crowd = Crowd(30, NullDevice())
    crowd.frame()
    assert crowd.renderer.meshes._vertex_ranges.used == len(crowd.positions)
    assert crowd.deformer.seats._blocks.high < 8 * 2 * len(crowd.positions), "only who is seen has vertices"


def test_who_finds_no_room_is_not_drawn_and_it_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    device = NullDevice()
    crowd = Crowd(6, device)
    crowd.look_at(7.5, away_m=40.0)
    device.capabilities = replace(device.capabilities, max_storage_bytes=28 * 3 * (len(crowd.positions) + 128))
    for step in range(3):
        crowd.bend(0.1 * step)
        crowd.frame()
    assert 1 <= crowd.deformer.jobs < 6
    assert len([record for record in caplog.records if "deformed vertices" in record.message]) == 1


def test_bones_that_are_held_against_a_person_bend_him_the_same() -> None:
    """The person walks off, turned and scaled: the mesh is bent as before, and only what bends costs anything."""
    crowd = Crowd(3, shared_device())
    world, places = crowd.world, crowd.world.resource(WorldTransforms)
    above = crowd.places + np.array([[0], [0.5], [0]], np.float32)
    for person, bone in zip(crowd.people.tolist(), crowd.bones.tolist(), strict=True):
        world.insert(bone, Parent(person))
        world.set(bone, Transform, translation=(0.0, 0.5, 0.0))
    crowd.look_at(3.0)
    crowd.frame()
    before = [crowd.shown(person) for person in range(3)]
    spheres = crowd.deformer.spheres_of(np.arange(3))
    places.bases.hold(crowd.bones[1:], indices_of(crowd.people[1:]))
    crowd.frame()
    assert crowd.deformer.jobs == 2, "those whose bones are against something else now"
    half = np.sin(0.3), np.cos(0.3)
    turned = (0.0, half[0], 0.0, half[1])
    for number, person in enumerate(crowd.people.tolist()):
        world.set(person, Transform, translation=(above[0, number], 0.0, 0.25), rotation=turned, scale=(2.0, 2.0, 2.0))
    crowd.frame()
    assert crowd.deformer.jobs == 1, "who is not held"
    for person in range(3):
        np.testing.assert_allclose(crowd.shown(person), before[person], atol=2e-6)
    found = crowd.deformer.spheres_of(np.arange(3))
    np.testing.assert_allclose(found[1:, 1], 2.0 * spheres[1:, 1], atol=1e-4)
    assert (found[1:, 3] >= 2.0 * spheres[1:, 3] * 0.99).all()
    world.set(int(crowd.bones[1]), Transform, translation=(0.0, 0.7, 0.0))
    crowd.frame()
    assert crowd.deformer.jobs == 1
    np.testing.assert_allclose(crowd.shown(1) - before[1], np.tile([0.0, 0.2, 0.0], (len(before[1]), 1)), atol=2e-6)
