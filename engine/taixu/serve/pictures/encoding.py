"""Encoders for pictures that are wanted at once: H.264 without any delay, and JPEG where there is no H.264."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Protocol

import numpy as np

from taixu.errors import MachineError
from taixu.render.video import VideoFrame

__all__ = ["Encoded", "Encoder", "codecs_here", "open_encoder"]

_BT601, _FULL_RANGE, _REC709 = 5, 2, 1
"""Code points of ITU-T H.273: matrix; primaries and transfer. JPEG has the same, so that planes serve both."""
_NEVER = 1 << 20
"""Pictures between key frames where nobody asks for one."""
_FILLED_SECS = 0.25
"""How long a key frame may take on the way."""

_H264: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("h264_nvenc", {"preset": "p1", "tune": "ull", "rc": "vbr", "zerolatency": "1", "delay": "0", "forced-idr": "1"}),
    ("h264_videotoolbox", {"realtime": "1"}),
    ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "crf": "20"}),
    ("libopenh264", {}),
)
"""The encoders that there may be, those on their own silicon first."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as it is sent. `codec` is as browsers name it ("avc1.42c01f"), "" where it is that of the picture before."""

    data: bytes
    is_key: bool
    codec: str


class Encoder(Protocol):
    """Makes bytes of frames of one size."""

    def encode(self, frame: VideoFrame, *, is_key: bool) -> Encoded | None:
        """The frame's bytes; `is_key` wants it to need no frame before it."""


@cache
def codecs_here() -> tuple[str, ...]:
    """The codecs of this machine, the better first."""
    try:
        open_encoder("h264", (320, 180), fps=30, kbps=500, quantiser=4)
    except MachineError:
        return ("jpeg",)
    return ("h264", "jpeg")


def open_encoder(codec: str, size: tuple[int, int], *, fps: int, kbps: int, quantiser: int) -> Encoder:
    """An encoder.

    Parameters
    ----------
    codec
        "h264" or "jpeg".
    kbps
        The most that H.264 may take in a second, 1,000 bits.
    quantiser
        How coarse JPEGs are, 2 to 31.

    Raises
    ------
    MachineError
        When this machine has none.
    """
    if codec == "jpeg":
        return _Jpegs(size, quantiser)
    for name, options in _H264:
        context = _open_h264(name, dict(options), size, fps, kbps)
        if context is not None:
            return _Stream(context)
    raise MachineError("this machine's PyAV has no encoder of H.264; pictures are sent as JPEG")


class _Planes:
    """Frames as an encoder takes them."""

    def __init__(self) -> None:
        from av.video.reformatter import VideoReformatter

        self._reformatter = VideoReformatter()
        self._colors: Any = None

    def of(self, frame: VideoFrame, format: str) -> Any:
        import av
        from av.video.reformatter import ColorRange, Colorspace

        if frame.is_planar:
            made = av.VideoFrame.from_ndarray(frame.pixels, "yuv420p")
            made.color_range, made.colorspace = _FULL_RANGE, _BT601
            if format != "yuv420p":
                made = self._reformatter.reformat(made, format=format)
            return made
        if self._colors is None:  # kept: new memory for each would cost as much as the copy
            self._colors = av.VideoFrame(*frame.size, "rgba")
        plane = self._colors.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(frame.size[1], plane.line_size)
        rows[:, : frame.size[0] * 4].reshape(frame.size[1], frame.size[0], 4)[:] = frame.pixels
        return self._reformatter.reformat(
            self._colors, format=format, dst_colorspace=Colorspace.ITU601, src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.JPEG,
        )  # fmt: skip


class _Stream:
    def __init__(self, context: Any) -> None:
        self._context, self._planes, self._count = context, _Planes(), 0

    def encode(self, frame: VideoFrame, *, is_key: bool) -> Encoded | None:
        from av.video.frame import PictureType

        made = self._planes.of(frame, "yuv420p")
        made.pts, made.time_base = self._count, self._context.time_base
        made.pict_type = PictureType.I if is_key else PictureType.NONE
        self._count += 1
        packets = self._context.encode(made)
        if not packets:
            return None
        data = b"".join(bytes(packet) for packet in packets)
        key = any(packet.is_keyframe for packet in packets)
        return Encoded(data, key, codec_string(data) if key else "")


class _Jpegs:
    def __init__(self, size: tuple[int, int], quantiser: int) -> None:
        import av

        context: Any = av.CodecContext.create("mjpeg", "w")
        context.width, context.height = size
        context.pix_fmt, context.time_base, context.thread_count = "yuvj420p", Fraction(1, 30), 1
        context.qmin = context.qmax = quantiser
        context.color_range = _FULL_RANGE
        context.options = {"huffman": "default"}
        self._context, self._planes, self._count = context, _Planes(), 0

    def encode(self, frame: VideoFrame, *, is_key: bool) -> Encoded | None:
        made = self._planes.of(frame, "yuvj420p")
        made.pts, made.time_base = self._count, self._context.time_base
        self._count += 1
        return Encoded(b"".join(bytes(packet) for packet in self._context.encode(made)), True, "jpeg")


def _open_h264(name: str, options: dict[str, str], size: tuple[int, int], fps: int, kbps: int) -> Any:
    """The encoder of that name, None where it is not to be had: not built in, no such silicon, all of it taken."""
    import av
    from av.error import FFmpegError

    if name not in av.codecs_available:
        return None
    context: Any = av.CodecContext.create(name, "w")
    context.width, context.height = size
    context.pix_fmt = "yuv420p"
    context.time_base, context.framerate = Fraction(1, fps), Fraction(fps, 1)
    context.gop_size, context.max_b_frames = _NEVER, 0
    context.color_range, context.colorspace = _FULL_RANGE, _BT601
    context.color_primaries = context.color_trc = _REC709
    context.thread_count = 1 if size[0] * size[1] <= 1280 * 720 else 2
    if "crf" not in options:
        context.bit_rate = kbps * 1000
    context.options = options | {"maxrate": str(kbps * 1000), "bufsize": str(round(kbps * 1000 * _FILLED_SECS))}
    try:
        context.open()
    except (FFmpegError, OSError, ValueError):
        return None
    return context


def codec_string(data: bytes) -> str:
    """The codec of a stream in Annex B as RFC 6381 writes it, from its sequence parameter set; "" where there is none."""
    at = data.find(b"\0\0\1")
    while at >= 0 and at + 7 <= len(data):
        if data[at + 3] & 31 == 7:
            return f"avc1.{data[at + 4 : at + 7].hex()}"
        at = data.find(b"\0\0\1", at + 3)
    return ""
