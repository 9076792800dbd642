"""OpenEXR pictures: linear Rec.709 with premultiplied alpha, float32 (or half) a channel."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import write_atomic
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError, UsageError

__all__ = ["decode_exr", "encode_exr", "read_exr", "write_exr"]

_MAX_BYTES = 1 << 29
_MAX_MEMORY = 1 << 30
_VALUE_BYTES = 8  # as the file has it, and as it is given
_quiet = threading.Lock()
# Rec.709 primaries and white, as EXR files name their colours.
_CHROMATICITIES = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)


def decode_exr(data: bytes, *, name: str = "image", max_pixels: int = 1 << 26) -> NDArray[np.float32]:
    """Decode the first part of an EXR file: float32 [h, w, c], with Y, RGB or RGBA.

    Raises
    ------
    TaixuError
        When it is damaged, cut short, too large, or has no such channels.
    """
    import OpenEXR

    try:
        with _quiet_library():
            header = OpenEXR.File(io.BytesIO(data), header_only=True).header()
        least, most = header["dataWindow"]
        width, height = (int(high) - int(low) + 1 for low, high in zip(least, most))
        names = [channel.name for channel in header["channels"]]
    except Exception as error:
        raise TaixuError(f"{name}: is no EXR picture, or its header is damaged: {_reason(error)}") from error
    if width < 1 or height < 1 or width * height > max_pixels:
        raise TaixuError(f"{name}: has {width} x {height} pixels; 1 to {max_pixels:,} are decoded")
    if width * height * len(names) * _VALUE_BYTES > _MAX_MEMORY:
        raise TaixuError(f"{name}: has {width} x {height} pixels of {len(names)} channels, more than are decoded; scale it down")
    try:
        with _quiet_library():
            channels = OpenEXR.File(io.BytesIO(data), separate_channels=True).channels()
        picked = _pick([*channels])
        if not picked or any(channels[key].pixels.shape != (height, width) for key in picked):
            raise ValueError("it has neither R, G, B nor Y in full size")
        result = np.empty((height, width, len(picked)), np.float32)
        for index, key in enumerate(picked):
            result[..., index] = channels.pop(key).pixels
    except Exception as error:
        raise TaixuError(f"{name}: the EXR picture cannot be read: {_reason(error)}") from error
    return result


def read_exr(path: str | os.PathLike[str], *, max_pixels: int = 1 << 26) -> NDArray[np.float32]:
    """Read an EXR file; see `decode_exr`."""
    return decode_exr(read_bytes(path, max_bytes=_MAX_BYTES), name=str(path), max_pixels=max_pixels)


def encode_exr(pixels: NDArray[Any], *, half: bool = False, text: Mapping[str, str] | None = None) -> bytes:
    """Encode a picture without loss (ZIP).

    Parameters
    ----------
    pixels
        Linear Rec.709, floats [h, w, 3 or 4], alpha premultiplied; or [h, w] for one channel ``Y``.
    half
        16 bits a channel rather than 32.
    text
        Attributes of the header.

    Raises
    ------
    UsageError
        When the array is no such picture.
    """
    import OpenEXR

    pixels = np.asarray(pixels)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4) or pixels.dtype.kind != "f" or 0 in pixels.shape:
        raise UsageError("an EXR picture is made of floats [height, width, 1, 3 or 4]")
    kind = np.float16 if half else np.float32
    with np.errstate(over="ignore"):
        planes = {name: np.ascontiguousarray(pixels[..., index], dtype=kind)
                  for index, name in enumerate("Y" if pixels.shape[2] == 1 else "RGBA"[: pixels.shape[2]])}
    header = {
        **(text or {}),
        "compression": OpenEXR.ZIP_COMPRESSION,
        "type": OpenEXR.scanlineimage,
        "chromaticities": _CHROMATICITIES,
    }
    stream = io.BytesIO()
    OpenEXR.File(header, planes).write(stream)
    return stream.getvalue()


def write_exr(
    path: str | os.PathLike[str], pixels: NDArray[Any], *, half: bool = False, text: Mapping[str, str] | None = None,
) -> None:
    """Write a picture atomically; see `encode_exr`.

    Raises
    ------
    TaixuError
        When the file cannot be written.
    """
    write_atomic(path, encode_exr(pixels, half=half, text=text))


@contextmanager
def _quiet_library() -> Iterator[None]:
    """Keep the library's own words about damaged files, written past Python and through it, from everybody."""
    import ctypes

    library = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
    with _quiet, ExitStack() as stack:
        for number in (1, 2):
            try:
                kept = os.dup(number)
            except OSError:  # a window program on Windows has none
                continue
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, number)
            os.close(nothing)
            stack.callback(os.close, kept)
            stack.callback(os.dup2, kept, number)
        stack.enter_context(redirect_stdout(io.StringIO()))
        stack.callback(library.fflush, None)  # what C still holds goes before the streams come back
        yield


def _pick(names: list[str]) -> list[str]:
    """The channels to read, of the first layer that has them."""
    for prefix in ("", *sorted({name.rpartition(".")[0] + "." for name in names if "." in name})):
        if all(prefix + part in names for part in "RGB"):
            return [prefix + part for part in "RGBA" if prefix + part in names]
    return ["Y"] if "Y" in names else names[:1]


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
