from __future__ import annotations

import gc
import os
import subprocess
import sys

import numpy as np
import pytest
from gpu_device import shared_device

from taixu.errors import MachineError
from taixu.gpu import (
    ADD,
    ALPHA,
    TEXTURE_FORMATS,
    Device,
    ImageBinding,
    NullDevice,
    VertexBuffer,
    create_device,
)  # fmt: skip
from taixu.gpu.states import DepthState

VERTEX = """layout(location = 0) in vec3 position; layout(location = 1) in uint id; flat out uint v_id;
layout(std140, binding = 2) uniform Params { vec4 color; };
void main() { v_id = id; gl_Position = vec4(position, 1.0); }"""
FRAGMENT = """flat in uint v_id; layout(location = 0) out vec4 o; layout(location = 1) out uint i;
layout(std140, binding = 2) uniform Params { vec4 color; };
void main() { o = color; i = v_id; }"""
LAYOUT = (VertexBuffer.packed({0: "f32x3"}), VertexBuffer.packed({1: "u32"}, step="instance"))


@pytest.fixture
def device() -> Device:
    device = shared_device()
    device.shaders.add_source("test/flat.vert", VERTEX)
    device.shaders.add_source("test/flat.frag", FRAGMENT)
    return device


def triangle(z: float) -> np.ndarray:
    return np.array([[-1, -1, z], [3, -1, z], [-1, 3, z]], np.float32)


def test_draws_by_indirect_commands_into_several_targets(device: Device) -> None:
    color, ids, depth = (device.texture((8, 4), f) for f in ("rgba16f", "r32ui", "depth32f"))
    vertices = device.buffer(np.concatenate([triangle(0.25), triangle(0.75)]))
    indices, objects = device.buffer(np.arange(3, dtype=np.uint32)), device.buffer(np.array([5, 6, 7], np.uint32))
    # index_count, instances, first_index, base_vertex, base_instance: the middle one draws nothing, the last is nearer.
    commands = device.buffer(np.array([[3, 1, 0, 0, 0], [3, 0, 0, 3, 1], [3, 1, 0, 3, 2]], np.uint32))
    pipeline = device.pipeline("test/flat.vert", "test/flat.frag", vertex_layout=LAYOUT)
    targets = device.targets([color, ids], depth)
    with device.frame(), device.render_pass(targets, clear_colors=[(0, 0, 0, 0), (9, 9, 9, 9)], clear_depth=0) as p:
        p.pipeline(pipeline)
        p.push_uniform(2, np.array((0.5, 0.25, 1, 1), np.float32))
        p.vertices(0, vertices)
        p.vertices(1, objects)
        p.indices(indices)
        p.draw_multi_indirect(commands, 0, 3)
    np.testing.assert_array_equal(color.read()[2, 3], np.array((0.5, 0.25, 1, 1), np.float16))
    assert (ids.read() == 7).all()
    np.testing.assert_array_equal(depth.read(), np.float32(0.75))
    assert device.read_pixels(targets, 1, (1, 1, 2, 2)).tolist() == [[[7], [7]], [[7], [7]]]
    assert device.read_pixels(targets, -1, (0, 0, 1, 1)).item() == 0.75


def draw(device: Device, targets: object, color: tuple[float, ...], z: float, **state: object) -> None:
    vertices, objects = device.buffer(triangle(z)), device.buffer(np.zeros(1, np.uint32))
    pipeline = device.pipeline("test/flat.vert", "test/flat.frag", vertex_layout=LAYOUT, **state)  # type: ignore[arg-type]
    with device.render_pass(targets) as p:  # type: ignore[arg-type]
        p.pipeline(pipeline)
        p.push_uniform(2, np.array(color, np.float32))
        p.vertices(0, vertices)
        p.vertices(1, objects)
        p.draw(3)


def test_blending_is_fixed_by_target(device: Device) -> None:
    a, b = device.texture((2, 2), "rgba32f"), device.texture((2, 2), "r32ui")
    targets = device.targets([a, b])
    with device.render_pass(targets, clear_colors=[(1, 1, 1, 1), (0, 0, 0, 0)]):
        pass
    draw(device, targets, (0, 0.5, 0, 0.5), 0.5, blend=(ALPHA, None), depth=None)
    np.testing.assert_allclose(a.read()[0, 0], (0.5, 0.75, 0.5, 1))
    draw(device, targets, (0.25, 0, 0, 0), 0.5, blend=(ADD, None), depth=None)
    np.testing.assert_allclose(a.read()[0, 0], (0.75, 0.75, 0.5, 1))
    draw(device, targets, (0.1, 0.2, 0.3, 0.4), 0.5, depth=None)
    np.testing.assert_allclose(a.read()[0, 0], (0.1, 0.2, 0.3, 0.4))


def test_depth_is_reversed_and_culling_counterclockwise(device: Device) -> None:
    color, ids, depth = (
        device.texture((2, 2), "rgba32f"),
        device.texture((2, 2), "r32ui"),
        device.texture((2, 2), "depth32f"),
    )
    targets = device.targets([color, ids], depth)
    with device.render_pass(targets, clear_colors=[(0, 0, 0, 0), None], clear_depth=0.5):
        pass
    draw(device, targets, (1, 0, 0, 1), 0.4)
    assert color.read()[0, 0, 0] == 0  # farther than what is there
    draw(device, targets, (1, 0, 0, 1), 0.6, cull="front")
    assert color.read()[0, 0, 0] == 0
    draw(device, targets, (1, 0, 0, 1), 0.6, depth=DepthState(write=False))
    assert color.read()[0, 0, 0] == 1
    assert depth.read()[0, 0, 0] == 0.5


@pytest.mark.parametrize(
    "name", [n for n, f in TEXTURE_FORMATS.items() if not f.is_block and n not in ("rgb10a2", "depth24")]
)
def test_texels_survive(device: Device, name: str) -> None:
    spec = TEXTURE_FORMATS[name]
    rng = np.random.default_rng(1)
    if spec.dtype.kind == "f" or spec.is_depth:
        texels = rng.random((3, 5, spec.channels)).astype(spec.dtype)
        if name == "depth16":
            texels = rng.integers(0, 65535, (3, 5, 1)).astype(spec.dtype)
    else:
        limit = 127 if spec.dtype.kind == "i" else np.iinfo(spec.dtype).max
        texels = rng.integers(0, limit, (3, 5, spec.channels)).astype(spec.dtype)
    texture = device.texture((5, 3), name, data=texels)
    got = texture.read()
    if name == "r11g11b10f":
        np.testing.assert_allclose(got, texels, rtol=0.04)
    elif name == "depth16":
        np.testing.assert_allclose(got, texels / 65535, atol=1e-5)
    else:
        np.testing.assert_array_equal(got, texels)


@pytest.mark.parametrize(("kind", "layers"), [("2d_array", 3), ("cube", 6), ("cube_array", 12), ("3d", 4)])
def test_layers_are_apart(device: Device, kind: str, layers: int) -> None:
    texels = np.random.default_rng(2).integers(0, 255, (layers, 4, 4, 4)).astype(np.uint8)
    texture = device.texture((4, 4), "rgba8", kind=kind, layers=layers, data=texels)
    np.testing.assert_array_equal(texture.read(), texels)
    one = np.full((4, 4, 4), 7, np.uint8)
    texture.write(one, layer=2)
    np.testing.assert_array_equal(texture.read(layer=2), one)
    np.testing.assert_array_equal(texture.read()[1], texels[1])
    view = texture.view(layer=1)
    with device.render_pass(device.targets([view]), clear_colors=[(1, 0, 0, 1)]):
        pass
    np.testing.assert_array_equal(texture.read(layer=1)[0, 0], (255, 0, 0, 255))


def test_mipmaps_average(device: Device) -> None:
    texels = np.zeros((8, 8, 4), np.float32)
    texels[::2, ::2] = 4
    texture = device.texture((8, 8), "rgba32f", levels=None, data=texels)
    assert texture.levels == 4
    device.make_mipmaps(texture)
    np.testing.assert_allclose(texture.read(level=1), 1.0)
    assert texture.read(level=3).shape == (1, 1, 4)


def test_compute_reads_and_writes_images(device: Device) -> None:
    device.shaders.add_source(
        "test/image.comp",
        """layout(local_size_x = 4, local_size_y = 4) in;
layout(r32ui, binding = 0) uniform uimage2D image;
layout(binding = 3) uniform sampler2D source;
void main() { ivec2 at = ivec2(gl_GlobalInvocationID.xy);
  imageStore(image, at, uvec4(uint(texelFetch(source, at, 0).r) * 10u)); }""",
    )
    source = device.texture((4, 4), "r32f", data=np.arange(16, dtype=np.float32).reshape(4, 4, 1))
    image = device.texture((4, 4), "r32ui")
    device.bind(device.bind_group(textures={3: (source, device.sampler())}, images={0: ImageBinding(image)}))
    device.dispatch(device.compute_pipeline("test/image.comp"), 1)
    device.barrier()
    np.testing.assert_array_equal(image.read()[..., 0], np.arange(16).reshape(4, 4) * 10)


def test_samples_resolve(device: Device) -> None:
    many = device.targets([device.texture((4, 4), "rgba8", samples=4), device.texture((4, 4), "r32ui", samples=4)],
                          device.texture((4, 4), "depth32f", samples=4))  # fmt: skip
    one = device.targets(
        [device.texture((4, 4), "rgba8"), device.texture((4, 4), "r32ui")], device.texture((4, 4), "depth32f")
    )
    with device.render_pass(many, clear_colors=[(1, 0, 1, 1), (3, 3, 3, 3)], clear_depth=0.5):
        pass
    device.blit(many, one, depth=True)
    assert one.colors[0] is not None
    assert one.colors[1] is not None
    assert one.depth is not None
    assert one.colors[0].texture.read()[1, 1].tolist() == [255, 0, 255, 255]
    assert (one.colors[1].texture.read() == 3).all()
    assert (one.depth.texture.read() == 0.5).all()


def test_copies_fences_and_timers(device: Device) -> None:
    a, b = device.buffer(np.arange(64, dtype=np.uint8)), device.buffer(64)
    with device.time("copy"):
        device.copy_buffer(a, b, size=16, source_offset=8, target_offset=32)
    assert b.read()[32:48].tolist() == list(range(8, 24))
    assert device.fence().wait(timeout_secs=120)
    device.finish()
    assert device.timings()["copy"] >= 0


def test_pushed_uniforms_wrap_round(device: Device) -> None:
    ranges = [device.push(np.full(1024, i, np.float32)) for i in range(600)]
    last = ranges[-1]
    assert last.buffer.read(np.float32, offset=last.offset, count=4).tolist() == [599.0] * 4
    assert all(r.offset % 256 == 0 and r.offset + r.size <= r.buffer.size for r in ranges)
    with pytest.raises(ValueError, match="uniforms"):
        device.push(np.zeros(20000, np.float32))


def test_requests_that_are_equal_share_objects(device: Device) -> None:
    one = device.pipeline("test/flat.vert", "test/flat.frag", vertex_layout=LAYOUT)
    assert device.pipeline("test/flat.vert", "test/flat.frag", vertex_layout=LAYOUT) is one
    other = device.pipeline("test/flat.vert", "test/flat.frag", vertex_layout=LAYOUT, cull="none")
    assert other is not one
    assert other.native is one.native  # one program
    assert device.sampler(wrap="clamp") is device.sampler(wrap="clamp")


def test_residency_is_counted_and_forgotten_memory_returns(device: Device) -> None:
    gc.collect()
    device.collect()
    before = dict(device.residency)
    buffer, texture = device.buffer(1000), device.texture((16, 16), "rgba8", levels=None)
    assert device.residency["buffer"] - before["buffer"] == 1000
    assert device.residency["texture"] - before["texture"] == 4 * (256 + 64 + 16 + 4 + 1)
    texture.release()
    texture.release()
    del buffer
    gc.collect()
    with device.frame():
        pass
    assert device.residency == before


def test_two_devices_in_one_process(device: Device) -> None:
    other = create_device()
    a, b = device.buffer(np.array([1], np.uint32)), other.buffer(np.array([2], np.uint32))
    for _ in range(3):
        assert device.buffer(4).size == other.buffer(4).size
        assert a.read(np.uint32)[0] == 1
        assert b.read(np.uint32)[0] == 2
    image = other.texture((2, 2), "rgba8")
    with other.frame(), other.render_pass(other.targets([image]), clear_colors=[(0, 1, 0, 1)]):
        pass
    assert image.read()[0, 0].tolist() == [0, 255, 0, 255]
    other.release()
    assert a.read(np.uint32)[0] == 1


def test_bad_requests_are_refused(device: Device) -> None:
    with pytest.raises(ValueError, match="bytes"):
        device.buffer(0)
    with pytest.raises(KeyError, match="no texture format"):
        device.texture((4, 4), "rgb7")
    with pytest.raises(ValueError, match="beyond"):
        device.texture((1 << 20, 1), "r8")
    with pytest.raises(ValueError, match="one size"):
        device.targets([device.texture((4, 4), "r8"), device.texture((8, 4), "r8")])
    with pytest.raises(ValueError, match="bytes for"):
        device.texture((4, 4), "rgba8").write(np.zeros(10, np.uint8))


def test_an_old_context_is_one_sentence() -> None:
    code = ("from taixu.gpu import create_device\nfrom taixu.errors import MachineError\n"
            "try:\n    create_device()\nexcept MachineError as error:\n    print(error)\n")  # fmt: skip
    shared_device()
    environment = {**os.environ, "MESA_GL_VERSION_OVERRIDE": "4.1", "MESA_GLSL_VERSION_OVERRIDE": "410"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert "OpenGL 4.3 is needed" in done.stdout, done.stderr
    assert "4.1" in done.stdout
    assert MachineError.exit_status == 3


def test_the_null_device_records() -> None:
    device = NullDevice()
    buffer = device.buffer(np.arange(4, dtype=np.uint32))
    buffer.write(np.array([9], np.uint32), offset=4)
    assert buffer.read(np.uint32).tolist() == [0, 9, 2, 3]
    device.clear_calls()
    device.copy_buffer(buffer, buffer, size=4, target_offset=12)
    device.barrier()
    assert device.counts() == {"copy_buffer": 1, "barrier": 1}
    assert buffer.read(np.uint32)[3] == 0
    with pytest.raises(ValueError, match="holds"):
        buffer.write(np.zeros(8, np.uint32))


@pytest.mark.parametrize(("name", "block"), [
    ("bc1", bytes([0x00, 0xF8, 0, 0, 0, 0, 0, 0])),  # both ends: red in 5:6:5 and black; all texels take the first
    ("bc3", bytes([255, 255, 0, 0, 0, 0, 0, 0]) + bytes([0x00, 0xF8, 0, 0, 0, 0, 0, 0])),
])  # fmt: skip
def test_compressed_blocks_are_uploaded(device: Device, name: str, block: bytes) -> None:
    if not device.capabilities.has_s3tc:
        pytest.skip("this device has no S3TC")
    texture = device.texture((8, 8), name, levels=None)
    assert texture.bytes == len(block) * (4 + 1 + 1 + 1)
    texture.write(block * 4)
    texture.write(block, level=1)
    for level in (0, 1):
        assert (texture.read(level=level) == (255, 0, 0, 255)).all()
    with pytest.raises(ValueError, match="bytes for"):
        texture.write(block)
    layers = device.texture((4, 4), name, kind="2d_array", layers=3)
    layers.write(block, layer=2)
    assert (layers.read(layer=2) == (255, 0, 0, 255)).all()
