from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from gpu_device import shared_device
from hypothesis import given
from hypothesis import strategies as st

from taixu.assets.model import Mode, Primitive
from taixu.errors import MachineError
from taixu.gpu import NullDevice
from taixu.render.meshes import SURFACE_DTYPE, MeshPool, list_indices, pack_surface, smooth_normals
from taixu.render.ranges import RangeAllocator
from taixu.render.row_buffer import RowBuffer
from taixu.scene.shapes import shape_mesh


def primitive(kind: str = "box") -> Primitive:
    arrays = shape_mesh(kind, (1.0, 2.0, 3.0))
    return Primitive({k: v for k, v in arrays.items() if k != "indices"}, arrays["indices"])


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 40)), max_size=60))
def test_ranges_never_overlap_and_come_back(steps: list[tuple[bool, int]]) -> None:
    allocator, taken = RangeAllocator(100), {}
    for is_free, size in steps:
        if is_free and taken:
            start = sorted(taken)[size % len(taken)]
            allocator.free(start, taken.pop(start))
        else:
            start = allocator.allocate(size)
            if start is None:
                allocator.grow(allocator.capacity + 50)
                continue
            assert all(start + size <= s or s + n <= start for s, n in taken.items())
            assert start + size <= allocator.capacity
            taken[start] = size
        assert allocator.used == sum(taken.values())
    for start, size in taken.items():
        allocator.free(start, size)
    assert allocator.allocate(allocator.capacity) == 0


@pytest.mark.parametrize(("mode", "expected", "kind"), [
    (Mode.POINTS, [0, 1, 2, 3], 0), (Mode.LINES, [0, 1, 2, 3], 1), (Mode.LINE_STRIP, [0, 1, 1, 2, 2, 3], 1),
    (Mode.LINE_LOOP, [0, 1, 1, 2, 2, 3, 3, 0], 1), (Mode.TRIANGLES, [0, 1, 2], 2),
    (Mode.TRIANGLE_STRIP, [0, 1, 2, 1, 3, 2], 2), (Mode.TRIANGLE_FAN, [1, 2, 0, 2, 3, 0], 2),
])  # fmt: skip
def test_every_mode_becomes_a_list(mode: Mode, expected: list[int], kind: int) -> None:
    indices, found = list_indices(Primitive({"POSITION": np.zeros((4, 3), np.float32)}, None, mode))
    assert indices.tolist() == expected
    assert found == kind


@pytest.mark.parametrize("mode", list(Mode))
def test_too_few_vertices_draw_nothing(mode: Mode) -> None:
    pool = MeshPool(NullDevice())
    for count in (0, 1):
        found = pool.add(Primitive({"POSITION": np.zeros((count, 3), np.float32)}, None, mode))
        assert (found > 0) == (mode == Mode.POINTS and count == 1)


def test_the_pool_grows_without_losing_anything() -> None:
    pool = MeshPool(shared_device())
    first = pool.add(primitive())
    held = [(pool.add(primitive("sphere")), "sphere") for _ in range(60)] + [(first, "box")]
    assert pool.positions.size > (1 << 14) * 12
    for mesh, kind in held:
        row, shape = pool.rows[mesh], primitive(kind)
        count = shape.vertex_count
        got = pool.positions.read(np.float32, offset=12 * int(row["first_vertex"]), count=3 * count)
        np.testing.assert_array_equal(got.reshape(-1, 3), shape.attributes["POSITION"])
        surface = pool.surfaces.read(SURFACE_DTYPE, offset=SURFACE_DTYPE.itemsize * int(row["first_vertex"]), count=count)
        np.testing.assert_allclose(surface["normal"][:, :3] / 32767, shape.attributes["NORMAL"], atol=1e-4)
        assert (surface["color"] == 65535).all()
        indices = pool.indices.read(np.uint32, offset=4 * int(pool.first_indices[mesh]), count=int(row["index_count"]))
        np.testing.assert_array_equal(indices, shape.indices)
        far = np.linalg.norm(shape.attributes["POSITION"] - row["sphere"][:3], axis=1)
        assert far.max() == pytest.approx(row["sphere"][3], rel=1e-5)


def test_removed_meshes_make_room() -> None:
    pool = MeshPool(NullDevice())
    ids = [pool.add(primitive("sphere")) for _ in range(5)]
    size = pool.positions.size
    for _ in range(50):
        for mesh in ids:
            pool.remove(mesh)
            pool.remove(mesh)
        ids = [pool.add(primitive("sphere")) for _ in range(5)]
    assert pool.positions.size == size
    assert pool.count <= 7


def test_bad_geometry_is_refused_or_made_harmless() -> None:
    pool = MeshPool(NullDevice())
    bad = primitive()
    bad.indices = np.array([0, 1, 999], np.uint32)
    with pytest.raises(ValueError, match="vertex 999 of 24"):
        pool.add(bad)
    wild = primitive()
    wild.attributes["POSITION"] = wild.attributes["POSITION"].copy()
    wild.attributes["POSITION"][0] = (np.nan, np.inf, -np.inf)
    wild.attributes["COLOR_0"] = np.full((24, 4), np.nan, np.float32)
    mesh = pool.add(wild)
    assert np.isfinite(pool.rows["sphere"][mesh]).all()


def test_missing_normals_are_made_smooth() -> None:
    shape = primitive("sphere")
    bare = Primitive({"POSITION": shape.attributes["POSITION"] / (0.5, 1.0, 1.5)}, shape.indices)
    packed = pack_surface(bare, list_indices(bare)[0], 2)
    made = packed["normal"][:, :3] / 32767
    assert ((made * bare.attributes["POSITION"]).sum(1) > 0.9).mean() > 0.95
    flat = smooth_normals(np.zeros((3, 3), np.float32), np.array([0, 1, 2], np.uint32))
    assert (flat == 0).all()


@pytest.mark.parametrize("words", [1, 3, 12])
def test_rows_scatter_on_the_gpu(words: int) -> None:
    rng = np.random.default_rng(words)
    rows = RowBuffer(shared_device(), words, label="test")
    source = rng.integers(0, 1 << 31, (5000, words)).astype(np.uint32)
    rows.upload(source, slice(0, 5000))
    for count in (1, 63, 400, 3000):
        chosen = np.sort(rng.choice(5000, count, replace=False))
        source[chosen] = rng.integers(0, 1 << 31, (count, words))
        rows.upload(source, chosen)
        got = rows.buffer.read(np.uint32, count=5000 * words).reshape(-1, words)
        np.testing.assert_array_equal(got, source)
    source[10:20] = 7
    rows.upload(source, slice(10, 20))
    np.testing.assert_array_equal(rows.buffer.read(np.uint32, count=5000 * words).reshape(-1, words), source)


def test_more_rows_than_a_block_holds_are_one_sentence() -> None:
    device = NullDevice()
    device.capabilities = replace(device.capabilities, max_storage_bytes=48 * 1000)
    rows = RowBuffer(device, 12, label="transforms")
    rows.reserve(1000)
    assert rows.buffer.size == 48 * 1000
    with pytest.raises(MachineError, match=r"1,000 rows of transforms, and the world needs 1,001"):
        rows.reserve(1001)
