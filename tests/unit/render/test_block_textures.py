from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device
from PIL import Image as Pillow

from taixu.assets.block_images import BLOCK_BYTES, read_block_image
from taixu.assets.image import decode_image
from taixu.assets.model import Image
from taixu.errors import TaixuError
from taixu.gpu import Capabilities, NullDevice
from taixu.gpu.formats import texture_format
from taixu.render.material_loading import device_block_formats, load_texture
from taixu.render.texture_kinds import TextureKind
from taixu.render.texture_pool import TexturePool

ALL = frozenset({"bc1", "bc1_srgb", "bc3", "bc3_srgb", "bc4", "bc5", "bc7", "bc7_srgb"})
COLOR, DATA, NORMAL = TextureKind("color"), TextureKind("data"), TextureKind("normal")
DDS_NAMES = {"bc1": "DXT1", "bc3": "DXT5", "bc5": "BC5"}


def picture(side: int) -> np.ndarray:
    """A smooth picture, which blocks hold well."""
    y, x = np.mgrid[:side, :side] / side
    channels = (x * 200, y * 200, (x + y) * 100, np.full_like(x, 255))
    return np.rint(np.stack(channels, -1)).astype(np.uint8)


def encode_blocks(pixels: np.ndarray, format: str) -> bytes:
    """Blocks of a picture, by Pillow's writer of DDS."""
    stream = io.BytesIO()
    mode = "RGB" if format == "bc5" else "RGBA"
    Pillow.fromarray(pixels).convert(mode).save(stream, "DDS", pixel_format=DDS_NAMES[format])
    data = stream.getvalue()
    return data[148 if data[84:88] == b"DX10" else 128 :]


def dds(format: str, side: int, *, count: int = 0, number: int | None = None) -> bytes:
    """A file with mip maps."""
    whole = picture(side)
    levels = [encode_blocks(np.ascontiguousarray(whole[:: 1 << i, :: 1 << i]), format) for i in range(count or side.bit_length())]
    code = b"DX10" if number else {"bc1": b"DXT1", "bc3": b"DXT5", "bc5": b"ATI2"}[format]
    head = struct.pack("<4s7I44x", b"DDS ", 124, 0xA1007, side, side, 0, 0, len(levels))
    head += struct.pack("<2I4s20x", 32, 4, code) + struct.pack("<5I", 0x401008, 0, 0, 0, 0)
    more = struct.pack("<5I", number, 3, 0, 1, 0) if number else b""
    return head + more + b"".join(levels)


@pytest.mark.parametrize(("format", "number"), [("bc1", None), ("bc3", None), ("bc5", None), ("bc3", 78), ("bc5", 83)])
def test_blocks_of_dds_files(format: str, number: int | None) -> None:
    found = read_block_image(dds(format, 16, number=number))
    assert found is not None
    assert (found.format, found.size, found.is_whole) == (format, (16, 16), True)
    assert [level.nbytes for level in found.levels] == [BLOCK_BYTES[format] * n for n in (16, 4, 1, 1, 1)]


def test_formats_agree_with_the_device() -> None:
    assert {name: texture_format(name).texel_bytes for name in BLOCK_BYTES} == BLOCK_BYTES


def test_damaged_files_get_a_sentence() -> None:
    whole = dds("bc1", 16)
    for cut in (5, 100, 140, len(whole) - 1):
        with pytest.raises(TaixuError, match="cut off"):
            read_block_image(whole[:cut], name="leaf.dds")
    huge = bytearray(whole)
    huge[12:20] = struct.pack("<2I", 1 << 30, 1 << 30)
    with pytest.raises(TaixuError, match="says that it has"):
        read_block_image(bytes(huge))
    cube = bytearray(whole)
    cube[112:116] = struct.pack("<I", 0x200)
    assert read_block_image(bytes(cube)) is None
    assert read_block_image(b"\x89PNG\r\n\x1a\n" + bytes(200)) is None


@pytest.mark.parametrize("format", ["bc1", "bc3"])
@pytest.mark.parametrize("kind", [COLOR, DATA], ids=["srgb", "linear"])
def test_blocks_reach_the_device_with_their_mip_maps(format: str, kind: TextureKind) -> None:
    image = Image(mime="image/vnd-ms.dds", data=dds(format, 64))
    made = load_texture([image], [kind], ALL)[0]
    assert made.format == (f"{format}_srgb" if kind is COLOR else format)
    pool = TexturePool(shared_device())
    slot = pool.add(made)
    pool.flush()
    texture = pool.texture(slot.page)
    assert texture.levels == 7
    whole = picture(64).astype(int)
    for level in (0, 1):
        error = np.abs(texture.read(level=level, layer=slot.layer).astype(int) - whole[:: 1 << level, :: 1 << level])
        assert error.max() <= 24
        assert error.mean() <= 6


def test_files_are_known_by_their_names_too(tmp_path: Path) -> None:
    (tmp_path / "wall.DDS").write_bytes(dds("bc1", 16))
    assert load_texture([Image(path=tmp_path / "wall.DDS")], [COLOR], ALL)[0].format == "bc1_srgb"


def test_what_needs_texels_is_decoded() -> None:
    whole, bare = Image(mime="image/vnd-ms.dds", data=dds("bc1", 16)), Image(mime="image/vnd-ms.dds", data=dds("bc1", 16, count=1))
    for kind in (NORMAL, TextureKind("cut_out", 0.5), TextureKind("blended")):
        assert load_texture([whole], [kind], ALL)[0].format.startswith("rgba8")
    assert load_texture([bare], [COLOR], ALL)[0].format == "rgba8_srgb", "no mip maps, and the device makes none of blocks"
    assert load_texture([whole], [COLOR], frozenset({"bc7_srgb"}))[0].format == "rgba8_srgb", "not on this device"
    both = load_texture([whole], [NORMAL, COLOR], ALL)
    assert [made.format for made in both] == ["rgba8", "bc1_srgb"]


def test_normals_of_two_channels_get_their_third() -> None:
    texels = np.zeros((1, 1, 3), np.uint8)
    texels[0, 0, :2] = (128 + 76, 128)
    from taixu.render.texture_images import make_texture_image

    z = make_texture_image(texels, NORMAL).levels[0][0, 0, 2] / 127.5 - 1
    assert z == pytest.approx(np.sqrt(1 - (204 / 127.5 - 1) ** 2), abs=0.01)


def test_software_decodes_and_hardware_does_not() -> None:
    device = NullDevice()
    for has, expected in (
        (Capabilities("a", "", is_software=True, has_s3tc=True, has_bptc=True), set()),
        (Capabilities("b", ""), {"bc4", "bc5"}),
        (Capabilities("c", "", has_s3tc=True, has_bptc=True), {*ALL, "bc6h"}),
    ):
        device.capabilities = has
        assert device_block_formats(device) == expected


def uastc(side: int, colors: list[tuple[int, int, int, int]]) -> bytes:
    """A KTX 2.0 file of Basis Universal data (UASTC), each level of one colour."""
    blocks = []
    for level, (r, g, b, a) in enumerate(colors):
        count = max(1, (side >> level) // 4) ** 2
        bits = 0x17 | r << 5 | g << 13 | b << 21 | a << 29  # mode 8: a solid colour
        blocks.append(bits.to_bytes(16, "little") * count)
    descriptor = struct.pack("<IIHHBBBBBBBBB7x", 44, 0, 2, 40, 166, 1, 2, 0, 3, 3, 0, 0, 16)
    descriptor += struct.pack("<HBB4xII", 0, 127, 3, 0, 0xFFFFFFFF)
    start = 80 + 24 * len(blocks)
    at = -(-(start + len(descriptor)) // 16) * 16
    index, body = [b""] * len(blocks), b""
    for level in reversed(range(len(blocks))):  # the smallest comes first
        index[level] = struct.pack("<3Q", at + len(body), len(blocks[level]), len(blocks[level]))
        body += blocks[level]
    head = b"\xabKTX 20\xbb\r\n\x1a\n" + struct.pack("<9I", 0, 1, side, side, 0, 0, 1, len(blocks), 0)
    head += struct.pack("<4I2Q", start, len(descriptor), 0, 0, 0, 0) + b"".join(index) + descriptor
    return head.ljust(at, b"\0") + body


def test_basis_files_with_mip_maps_become_blocks() -> None:
    pytest.importorskip("opengl_basisu")
    colors = [(200, 40, 10, 255), (20, 200, 10, 255), (20, 40, 200, 255), (9, 9, 9, 255)]
    image = Image(mime="image/ktx2", data=uastc(8, colors))
    assert decode_image(image.read())[0, 0].tolist() == list(colors[0])
    made = load_texture([image], [COLOR], ALL)[0]
    assert (made.format, made.size, len(made.levels)) == ("bc7_srgb", (8, 8), 4)
    pool = TexturePool(shared_device())
    slot = pool.add(made)
    for level, color in enumerate(colors):
        texels = pool.texture(slot.page).read(level=level, layer=slot.layer)
        assert np.abs(texels.astype(int) - color).max() <= 2


def test_basis_files_without_mip_maps_are_decoded(content: Path) -> None:
    """A device makes no mip maps of blocks: a file that brings none is decoded."""
    pytest.importorskip("opengl_basisu")
    files = sorted((content / "gltf").rglob("*_basecolor.ktx2"))
    if not files:
        pytest.skip("no KTX2 textures")
    data = files[0].read_bytes()
    assert read_block_image(data) is None
    pixels = decode_image(data)
    made = load_texture([Image(mime="image/ktx2", data=data)], [COLOR], ALL)[0]
    assert made.format == "rgba8_srgb"
    assert (made.levels[0] == pixels).all()
