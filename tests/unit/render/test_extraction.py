from __future__ import annotations

import numpy as np
import pytest
from render_world import SmallWorld

from taixu.assets.model import Primitive
from taixu.gpu import NullDevice
from taixu.render import Renderer, View, ViewCamera
from taixu.render.extraction import WorldMirror
from taixu.render.instances import NO_COMMAND
from taixu.scene import MeshInstance, Transform
from taixu.scene.library import LibraryMesh, MeshLibrary
from taixu.scene.shapes import shape_mesh


class Bench:
    def __init__(self) -> None:
        self.scene = SmallWorld()
        self.device = NullDevice()
        self.renderer = Renderer(self.device)
        self.view = View(ViewCamera.looking((0, 0, 9), (0, 0, 0)), (64, 48), quality="fast")

    def frame(self) -> WorldMirror:
        self.scene.propagate()
        self.renderer.render(self.scene.world, [self.view])
        mirror = self.renderer.mirror(self.scene.world)
        self.check(mirror)
        return mirror

    def check(self, mirror: WorldMirror) -> None:
        """The renderables are what the world says, whatever happened before."""
        expected: dict[int, tuple[int, ...]] = {}
        for table in self.scene.world.query(MeshInstance):
            for k, entity in enumerate(table.entities.tolist()):
                mesh = int(table.read(MeshInstance, "mesh")[k])
                parts = int(mirror.library.counts[mesh])
                if parts:
                    expected[entity] = (
                        parts,
                        int(table.read(MeshInstance, "tint")[k]),
                        int(table.read(MeshInstance, "layers")[k]),
                        int(table.read(MeshInstance, "visible")[k]),
                    )
        rows = mirror.renderables.rows[: mirror.renderables.high]
        live = rows[rows["mesh"] > 0]
        found: dict[int, tuple[int, ...]] = {}
        for row in live:
            entity = int(mirror.handles[row["entity"]])
            assert row["transform"] == row["entity"] == entity & 0xFFFFFFFF
            count = found.get(entity, (0,))[0] + 1
            found[entity] = (count, int(row["tint"]), int(row["layers"]), int(row["flags"] & 1))
        assert found == expected
        assert mirror.renderables.live == len(live)
        solid = live[live["command"] != NO_COMMAND]
        counts = np.bincount(solid["command"], minlength=len(mirror.lists.counts))
        np.testing.assert_array_equal(counts, mirror.lists.counts)
        keys = mirror.materials.keys[solid["material"]]
        np.testing.assert_array_equal(mirror.lists.meshes[solid["command"]], solid["mesh"])
        np.testing.assert_array_equal(mirror.lists.keys[solid["command"]], keys)
        buffer = mirror.renderables._buffer.buffer.read(rows.dtype, count=len(rows))
        if not np.array_equal(buffer, rows):  # scattered rows are the shader's work, which a null device does not do
            assert "compute/scatter.comp" in {c[1] for c in self.device.calls if c[0] == "dispatch"}


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_random_lives_leave_the_mirror_true(bench: Bench) -> None:
    scene, world = bench.scene, bench.scene.world
    rng = np.random.default_rng(5)
    two = world.resource(MeshLibrary).put(
        "two",
        LibraryMesh(
            tuple(
                Primitive({"POSITION": m["POSITION"], "NORMAL": m["NORMAL"]}, m["indices"])
                for m in (shape_mesh("box", (1, 1, 1)), shape_mesh("cone", (1, 1, 1)))
            ),
            (0, scene.material(alpha_mode="BLEND")),
        ),
    )
    meshes = np.array(
        [0, scene.mesh(), scene.mesh("sphere"), two, scene.mesh(material=scene.material(double_sided=True))], np.uint32
    )
    alive: list[int] = []
    for _ in range(40):
        action = rng.integers(0, 7)
        some = (
            rng.choice(alive, min(len(alive), int(rng.integers(1, 30))), replace=False).astype(np.uint64)
            if alive
            else []
        )
        if action <= 1 or not len(some):
            count = int(rng.integers(1, 60))
            alive += scene.spawn(count, rng.choice(meshes, count), translation=rng.uniform(-3, 3, (3, count))).tolist()
        elif action == 2:
            world.despawn(some)
            alive = [e for e in alive if e not in set(some.tolist())]
        elif action == 3:
            world.scatter(some, MeshInstance, "mesh", rng.choice(meshes, len(some)))
        elif action == 4:
            world.scatter(some, MeshInstance, "tint", rng.integers(0, 1 << 32, len(some)).astype(np.uint32))
            world.scatter(some, MeshInstance, "visible", rng.random(len(some)) < 0.5)
        elif action == 5:
            world.remove(some, MeshInstance)
        else:
            bare = [e for e in alive if not world.has(e, MeshInstance)]
            if bare:
                world.insert(np.array(bare, np.uint64), {MeshInstance: {"mesh": rng.choice(meshes, len(bare))}})
        if rng.random() < 0.7:
            bench.frame()
    bench.frame()


def test_slots_of_the_gone_are_used_again(bench: Bench) -> None:
    mesh = bench.scene.mesh()
    for _ in range(5):
        entities = bench.scene.spawn(100, mesh)
        mirror = bench.frame()
        assert mirror.renderables.high == 100
        bench.scene.world.despawn(entities)
        bench.frame()


def test_a_replaced_mesh_is_drawn_anew(bench: Bench) -> None:
    mesh = bench.scene.mesh()
    bench.scene.spawn(3, mesh)
    mirror = bench.frame()
    used = bench.renderer.meshes._vertex_ranges.used
    library = bench.scene.world.resource(MeshLibrary)
    again = library.put(("box", (1.0, 1.0, 1.0), 0), library[bench.scene.mesh("plane")])
    assert again == mesh
    mirror = bench.frame()
    counts = mirror.pool.rows["vertex_count"][mirror.renderables.rows["mesh"][:3]]
    assert (counts == 4).all()
    assert bench.renderer.meshes._vertex_ranges.used < used


def test_a_replaced_material_moves_to_another_bin(bench: Bench) -> None:
    from taixu.assets.model import Material, ModelData
    from taixu.scene.library import LibraryMaterial, MaterialLibrary

    number = bench.scene.material()
    bench.scene.spawn(4, bench.scene.mesh(material=number))
    mirror = bench.frame()
    assert len(mirror.blended) == 0
    library = bench.scene.world.resource(MaterialLibrary)
    for fields, blended in (({"alpha_mode": "BLEND"}, 4), ({"double_sided": True}, 0), ({}, 0)):
        key = next(k for k, n in library._numbers.items() if n == number)
        library.put(key, LibraryMaterial(Material(**fields), ModelData()))
        mirror = bench.frame()
        assert len(mirror.blended) == blended


def test_few_changes_scatter_and_many_write_the_column(bench: Bench) -> None:
    entities = bench.scene.spawn(2000, bench.scene.mesh())
    bench.frame()

    def writes(moved: np.ndarray) -> tuple[int, int]:
        bench.scene.world.scatter(moved, Transform, "translation", np.ones((3, len(moved))))
        bench.device.clear_calls()
        bench.frame()
        whole = sum(c[3] for c in bench.device.calls if c[:2] == ("write_buffer", "transforms"))
        packed = sum(c[3] for c in bench.device.calls if c[:2] == ("write_buffer", "transforms scatter data"))
        return whole, packed

    whole, packed = writes(entities[::50])
    assert (whole, packed) == (0, 40 * 48)
    whole, packed = writes(entities[::2])
    assert packed == 0
    assert 1900 * 48 < whole <= 2100 * 48
    assert writes(entities[:0]) == (0, 0)


def test_a_restored_world_is_taken_over_whole(bench: Bench) -> None:
    entities = bench.scene.spawn(10, bench.scene.mesh())
    snapshot = bench.scene.world.snapshot()
    bench.frame()
    bench.scene.world.despawn(entities[:5])
    bench.scene.spawn(3, bench.scene.mesh("sphere"))
    bench.frame()
    bench.scene.world.restore(snapshot)
    mirror = bench.frame()
    assert mirror.renderables.live == 10
