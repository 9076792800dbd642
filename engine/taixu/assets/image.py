"""Pictures in files and pictures in arrays: PNG, JPEG, WebP, TGA, BMP, TIFF and more through Pillow.

An array is [height, width, channels], the top row first: uint8 or uint16 as the file has it (colours as stored, mostly
sRGB, with straight alpha), or float32 (linear) from Radiance HDR and OpenEXR, which `read_image` hands on to their
modules. Channels are 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
"""

from __future__ import annotations

import importlib.util
import io
import logging
import os
import struct
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError, UsageError

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

__all__ = [
    "MAX_PIXELS", "Pixels", "decode_image", "encode_jpeg", "encode_png", "encode_webp", "image_size", "read_image",
    "write_image",
]

Pixels = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]

MAX_PIXELS = 1 << 26
"""The most pixels that are decoded unless one asks for more: 8,192 x 8,192."""

_MAX_BYTES = 1 << 29
_FORMATS = ("PNG", "JPEG", "WEBP", "TGA", "BMP", "DIB", "GIF", "TIFF", "PPM", "DDS")
# Formats that cannot hold more than so many bytes of pixels in a byte of file (DEFLATE 1,032, LZW 4,096 ...).
_MOST_EXPANSION = 4096
_BOUNDED = ("PNG", "JPEG", "MPO", "TGA", "BMP", "DIB", "GIF", "PPM", "DDS")
_MODES = {
    "1": "L", "P": "RGB", "PA": "RGBA", "CMYK": "RGB", "YCbCr": "RGB", "LAB": "RGB", "HSV": "RGB", "RGBX": "RGB",
    "La": "LA", "RGBa": "RGBA", "I": "F",
}


def decode_image(data: bytes | memoryview, *, name: str = "image", max_pixels: int = MAX_PIXELS) -> Pixels:
    """Decode an encoded picture of any format; EXIF orientation is not applied (glTF ignores it).

    Parameters
    ----------
    data
        The bytes of a file.
    name
        How errors name it.

    Returns
    -------
    array [h, w, c]
        uint8, uint16 or float32, writable.

    Raises
    ------
    TaixuError
        When it is none of the known formats, damaged, cut short, or larger than `max_pixels`.
    """
    data = bytes(data) if isinstance(data, memoryview) else data
    if data[:2] == b"#?":
        from taixu.assets.hdr import decode_hdr

        return decode_hdr(data, name=name, max_pixels=max_pixels)
    if data[:4] == b"\x76\x2f\x31\x01":
        from taixu.assets.exr import decode_exr

        return decode_exr(data, name=name, max_pixels=max_pixels)
    if data[:7] == b"\xabKTX 20":
        from taixu.assets.gltf.ktx2 import decode_ktx2

        return decode_ktx2(data, name=name, max_pixels=max_pixels)
    picture = _open(data, name)
    _check_size(picture, len(data), name=name, max_pixels=max_pixels)
    if picture.format == "PNG" and _is_deep_color(data):
        return _decode_deep_png(data, name)
    try:
        return _array(picture)
    except Exception as error:  # Pillow's decoders raise whatever their input makes them stumble over
        raise TaixuError(f"{name}: the picture is damaged or cut short: {_reason(error)}") from error


def read_image(path: str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS) -> Pixels:
    """Read and decode a picture's file; see `decode_image`."""
    return decode_image(read_bytes(path, max_bytes=_MAX_BYTES), name=str(path), max_pixels=max_pixels)


def image_size(data: bytes | memoryview, *, name: str = "image") -> tuple[int, int]:
    """Width and height of an encoded picture that Pillow knows, from its header alone."""
    return _open(bytes(data), name).size


def encode_png(pixels: NDArray[Any], *, text: Mapping[str, str] | None = None, level: int = 6) -> bytes:
    """Encode a picture, uint8 or uint16 [h, w, c] or [h, w], with straight alpha, and text by keyword.

    `level` is zlib's: 3 takes a third of the time of 6, for a tenth more bytes.

    Raises
    ------
    UsageError
        When the array is no such picture.
    """
    from PIL import Image, PngImagePlugin

    pixels = _picture(pixels, (np.uint8, np.uint16))
    if pixels.dtype == np.uint16:
        from taixu.assets.png16 import encode_png16

        return encode_png16(pixels, text or {}, level=level)
    info = PngImagePlugin.PngInfo()
    for key, value in (text or {}).items():
        info.add_itxt(key, value)
    stream = io.BytesIO()
    Image.fromarray(_squeeze(pixels)).save(stream, "PNG", pnginfo=info, compress_level=level)
    return stream.getvalue()


def encode_jpeg(pixels: NDArray[Any], *, quality: int = 92) -> bytes:
    """Encode a picture, uint8 [h, w, 1 or 3]; alpha is dropped."""
    from PIL import Image

    pixels = _picture(pixels, (np.uint8,))
    opaque = pixels[..., : 3 if pixels.shape[2] > 2 else 1]
    stream = io.BytesIO()
    Image.fromarray(_squeeze(opaque)).save(stream, "JPEG", quality=quality, subsampling=0 if quality > 90 else 2)
    return stream.getvalue()


def encode_webp(pixels: NDArray[Any], *, quality: int | None = None) -> bytes:
    """Encode a picture, uint8 [h, w, c]; without loss unless a quality is given."""
    from PIL import Image

    picture = Image.fromarray(_squeeze(_picture(pixels, (np.uint8,))))
    if picture.mode in ("L", "LA"):
        picture = picture.convert("RGB" if picture.mode == "L" else "RGBA")
    stream = io.BytesIO()
    picture.save(stream, "WEBP", lossless=quality is None, quality=80 if quality is None else quality, exact=True)
    return stream.getvalue()


def write_image(
    path: str | os.PathLike[str], pixels: NDArray[Any], *, text: Mapping[str, str] | None = None, quality: int = 92,
) -> None:
    """Write a picture atomically in the format of the path's suffix: png, jpg, webp, exr or hdr.

    Raises
    ------
    UsageError
        When the suffix is another, or the array does not fit the format (exr and hdr take linear floats).
    TaixuError
        When the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".png":
        write_atomic(path, encode_png(pixels, text=text))
    elif suffix in (".jpg", ".jpeg"):
        write_atomic(path, encode_jpeg(pixels, quality=quality))
    elif suffix == ".webp":
        write_atomic(path, encode_webp(pixels))
    elif suffix == ".exr":
        from taixu.assets.exr import write_exr

        write_exr(path, pixels)
    elif suffix == ".hdr":
        from taixu.assets.hdr import encode_hdr

        write_atomic(path, encode_hdr(pixels))
    else:
        raise UsageError(f"{path}: pictures are written as .png, .jpg, .webp, .exr or .hdr, not as {suffix!r}")


def _open(data: bytes, name: str) -> PillowImage:
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(io.BytesIO(data), formats=_prepare_pillow())
    except Image.DecompressionBombError as error:
        raise TaixuError(f"{name}: has more pixels than are decoded ({MAX_PIXELS:,})") from error
    except UnidentifiedImageError:
        raise TaixuError(f"{name}: is no picture in a format that is read (PNG, JPEG, WebP, TGA, ...)") from None
    except Exception as error:
        raise TaixuError(f"{name}: the picture's header is damaged: {_reason(error)}") from error


@cache
def _prepare_pillow() -> tuple[str, ...]:
    """The formats that this Pillow has; its warnings are silenced, for what is wrong is said here, in one sentence."""
    from PIL import Image

    warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
    warnings.filterwarnings("ignore", module=r"PIL\.")
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    has_avif = importlib.util.find_spec("PIL.AvifImagePlugin") is not None  # since Pillow 11.3
    return (*_FORMATS, "AVIF") if has_avif else _FORMATS


def _check_size(picture: PillowImage, size: int, *, name: str, max_pixels: int) -> None:
    """Refuse before anything is allocated what is too large, or cannot be as large as it says."""
    width, height = picture.size
    if width < 1 or height < 1:
        raise TaixuError(f"{name}: the picture has no pixels ({width} x {height})")
    if width * height > max_pixels:
        raise TaixuError(f"{name}: has {width} x {height} pixels, more than the {max_pixels:,} that are decoded")
    least_bits = 1 if picture.mode in ("1", "P", "L", "I;16", "I") else 8
    if picture.format in _BOUNDED and width * height * least_bits // 8 > size * _MOST_EXPANSION:
        raise TaixuError(f"{name}: says that it has {width} x {height} pixels, which {size:,} bytes cannot hold")


def _array(picture: PillowImage) -> Pixels:
    if picture.mode in ("P", "RGB", "L", "1") and "transparency" in picture.info:
        picture = picture.convert("RGBA")
    elif picture.mode in _MODES:
        deep_png = picture.mode == "I" and picture.format in ("PNG", "PPM")
        picture = picture.convert(_MODES[picture.mode])
        if deep_png:  # grey with 16 bits
            grey: NDArray[Any] = np.asarray(picture)
            deep: NDArray[np.uint16] = np.clip(grey, 0, 65535).astype(np.uint16)
            return deep[..., None]
    pixels: NDArray[Any] = np.array(picture)  # loads; Pillow's own arrays are read-only
    if pixels.dtype.byteorder == ">":
        pixels = pixels.astype(pixels.dtype.newbyteorder("="))
    if pixels.dtype not in (np.uint8, np.uint16, np.float32):
        raise ValueError(f"pixels of {pixels.dtype} are not read")
    if pixels.dtype == np.float32:
        pixels = np.nan_to_num(pixels, posinf=3.4e38)
    return pixels[..., None] if pixels.ndim == 2 else pixels


def _is_deep_color(data: bytes) -> bool:
    """Whether a PNG has 16 bits and colour, which Pillow would make 8."""
    return len(data) > 25 and data[24] == 16 and data[25] in (2, 4, 6)


def _decode_deep_png(data: bytes, name: str) -> Pixels:
    import av

    channels = {2: 3, 4: 2, 6: 4}[data[25]]
    width, height = struct.unpack(">II", data[16:24])
    try:
        frame = av.CodecContext.create("png", "r").decode(av.Packet(data))[0]
        order = {3: "rgb48le", 4: "rgba64le", 2: "rgba64le"}[channels]
        pixels = frame.to_ndarray(format=order).astype(np.uint16)
    except Exception as error:
        raise TaixuError(f"{name}: the picture is damaged or cut short: {_reason(error)}") from error
    if pixels.shape[:2] != (height, width):
        raise TaixuError(f"{name}: the picture is damaged: its parts disagree on its size")
    return np.ascontiguousarray(pixels[..., [0, 3]]) if channels == 2 else pixels


def _picture(pixels: NDArray[Any], kinds: tuple[type, ...]) -> NDArray[Any]:
    pixels = np.asarray(pixels)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    if pixels.ndim != 3 or not 1 <= pixels.shape[2] <= 4 or 0 in pixels.shape:
        raise UsageError(f"a picture is [height, width, 1 to 4], not {list(pixels.shape)}")
    if pixels.dtype not in kinds:
        names = " or ".join(np.dtype(kind).name for kind in kinds)
        raise UsageError(f"this format holds {names}, not {pixels.dtype}")
    return np.ascontiguousarray(pixels)


def _squeeze(pixels: NDArray[Any]) -> NDArray[Any]:
    return pixels[..., 0] if pixels.shape[2] == 1 else pixels


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
