from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device

from taixu.gpu import StructLayout

FIELDS = [("a", "f4"), ("b", "f4", (3,)), ("c", "u4"), ("d", "f4", (2,)), ("e", "f4", (4, 4)), ("f", "i4"),
          ("g", "f4", (3, 4)), ("h", "i4", (4,)), ("i", "u4", (2,))]  # fmt: skip


def test_offsets_follow_the_specification() -> None:
    layout = StructLayout("Row", FIELDS)
    offsets = {name: layout.dtype.fields[name][1] for name in layout.dtype.names}
    assert offsets == {"a": 0, "b": 16, "c": 28, "d": 32, "e": 48, "f": 112, "g": 128, "h": 176, "i": 192}
    assert layout.dtype.itemsize == 208


def test_small_structs_differ_by_rules() -> None:
    assert StructLayout("S", [("x", "f4"), ("y", "u4")]).dtype.itemsize == 8
    assert StructLayout("S", [("x", "f4"), ("y", "u4")], rules="std140").dtype.itemsize == 16


@pytest.mark.parametrize("fields", [[("a", "f8")], [("a", "f4", (5, 3))], "f4", [("a", [("b", "f4")])]])
def test_refuses_what_glsl_cannot_say(fields: object) -> None:
    with pytest.raises(ValueError, match="layout"):
        StructLayout("Row", fields)


def test_std140_refuses_padded_arrays() -> None:
    with pytest.raises(ValueError, match="std140"):
        StructLayout("Row", [("a", "f4", (7,))], rules="std140")


@pytest.mark.parametrize("rules", ["std430", "std140"])
def test_the_shader_reads_what_numpy_wrote(rules: str) -> None:
    device = shared_device()
    layout = StructLayout("Row", FIELDS, rules=rules)
    names = {"a": "r.a", "b": "r.b.z", "c": "float(r.c)", "d": "r.d.y", "e": "r.e[2][1]", "f": "float(r.f)",
             "g": "r.g[2].w", "h": "float(r.h.w)", "i": "float(r.i.y)"}  # fmt: skip
    lines = "\n".join(f"result[gl_GlobalInvocationID.x * 9u + {i}u] = {code};" for i, code in enumerate(names.values()))
    if rules == "std430":
        block = layout.storage_block("Rows", binding=11, array="rows")
        fetch = "Row r = rows[gl_GlobalInvocationID.x];"
    else:
        block, fetch = layout.glsl + "layout(std140, binding = 9) uniform Rows { Row rows[3]; };\n", \
            "Row r = rows[gl_GlobalInvocationID.x];"  # fmt: skip
    device.shaders.add_source(f"test/{rules}.comp", f"""layout(local_size_x = 1) in;
{block}
layout(std430, binding = 12) buffer Result {{ float result[]; }};
void main() {{ {fetch} {lines} }}""")
    rows = layout.zeros(3)
    rng = np.random.default_rng(0)
    for name in layout.dtype.names:
        shape = rows[name].shape
        rows[name] = rng.integers(0, 1000, shape)
    out = device.buffer(3 * 9 * 4)
    source = device.buffer(rows)
    if rules == "std430":
        device.bind_storage(11, source)
    else:
        device.bind_uniform(9, source)
    device.bind_storage(12, out)
    device.dispatch(device.compute_pipeline(f"test/{rules}.comp"), 3)
    result = out.read(np.float32).reshape(3, 9)
    # A mat4 in GLSL is read by column: e[2][1] is the 2nd row of what numpy wrote, 1st entry.
    expected = np.stack([rows["a"], rows["b"][:, 2], rows["c"], rows["d"][:, 1], rows["e"][:, 2, 1], rows["f"],
                         rows["g"][:, 2, 3], rows["h"][:, 3], rows["i"][:, 1]], 1)  # fmt: skip
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("fields", [
    FIELDS,
    [("a", "u4"), ("b", "f4"), ("c", "i4")],  # texels of one number
    [("a", "u4"), ("b", "f4", (9,)), ("c", "i4"), ("d", "u4")],  # of two
    [("a", "u4", (2, 4)), ("b", "f4", (2, 4, 4)), ("c", "f4", (4,))],
])  # fmt: skip
def test_texels_of_a_buffer_say_the_same_as_its_block(fields: list[tuple[object, ...]]) -> None:
    device = shared_device()
    if not device.capabilities.reads_texels_sooner:
        pytest.skip("this device reads storage blocks as quickly")
    layout = StructLayout("Row", fields)
    words = layout.dtype.itemsize // 4
    block = layout.storage_block("Rows", binding=11, array="rows")
    device.view_as_texels(11, 31, layout.texel_words)
    try:
        name = f"test/texels{words}"
        for place, unit in enumerate((None, 31)):
            device.shaders.add_source(f"{name}_{place}.comp", f"""layout(local_size_x = 1) in;
{block}{layout.reader("row_of", array="rows", texels_unit=unit)}
layout(std430, binding = 12) buffer Result {{ Row result[]; }};
void main() {{ result[gl_GlobalInvocationID.x] = row_of(gl_GlobalInvocationID.x); }}""")
        bits = np.random.default_rng(1).integers(0, 1 << 30, 5 * words, dtype=np.uint32)  # of no float that is none
        found = []
        for place, given in enumerate((bits, bits[::-1].copy(), bits)):
            source, out = device.buffer(given), device.buffer(5 * words * 4)
            pair = []
            for which in (0, 1):
                device.bind_storage(11, source)
                device.bind_storage(12, out)
                device.dispatch(device.compute_pipeline(f"{name}_{which}.comp"), 5)
                device.barrier()
                rows = out.read(layout.dtype)
                pair.append(np.concatenate([rows[field].reshape(-1).view(np.uint32) for field in layout.dtype.names]))
            assert (pair[0] == pair[1]).all(), place
            found.append(pair[0])
            source.release()  # its name may be given to the next one
        assert (found[0] == found[2]).all() and (found[0] != found[1]).any()
        with pytest.raises(ValueError, match="part of a buffer"):
            device.bind_storage(11, device.buffer(1024).range(256, 256))
    finally:
        device._state.texels.pop(11)
