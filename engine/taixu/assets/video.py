"""Films: MP4 with H.264, written frame by frame, whole or not at all."""

from __future__ import annotations

import os
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import atomic_path
from taixu.errors import MachineError, TaixuError, UsageError

__all__ = ["VideoWriter"]

_REC709 = 1  # of the code points in ITU-T H.273: primaries, transfer and matrix
_LIMITED_RANGE = 1


class VideoWriter:
    """Writes pictures to an MP4, as a context manager.

    The film stands at its path when the block ends well; when it raises (Ctrl-C too) nothing is left behind.

    Parameters
    ----------
    path
        Ends in ``.mp4``.
    size
        Width and height in pixels. H.264 wants even ones: an odd picture's last column or row is shown twice.
    fps
        Pictures in a second.
    crf
        Quality: 0 is without loss, 18 looks so, 51 is worst.

    Raises
    ------
    UsageError
        When path, size or rate are none.
    MachineError
        When this machine's PyAV has no H.264 encoder.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, size: tuple[int, int], fps: float | Fraction = 60, crf: int = 18,
    ) -> None:
        width, height = size
        if Path(path).suffix.lower() != ".mp4":
            raise UsageError(f"{path}: films are written as .mp4")
        if not (1 <= width <= 8192 and 1 <= height <= 8192) or not 0 < fps <= 1000:
            raise UsageError(f"{path}: a film of {width} x {height} at {fps} pictures a second cannot be written")
        self.path = Path(path)
        self.size = (width, height)
        self.fps = Fraction(fps).limit_denominator(1001)
        self.frames = 0
        self._crf = crf
        self._stack = ExitStack()
        self._container: Any = None
        self._stream: Any = None

    def __enter__(self) -> VideoWriter:
        import av

        self._temporary = self._stack.enter_context(atomic_path(self.path))
        with self._stack:  # closes what was opened when the rest fails
            self._container = av.open(str(self._temporary), "w", format="mp4", options={"movflags": "+faststart"})
            self._stack.callback(self._abandon)
            self._stream = self._add_stream()
            self._stack = self._stack.pop_all()
        return self

    def _add_stream(self) -> Any:
        import av

        if "libx264" not in av.codecs_available:
            raise MachineError("this machine's PyAV cannot write H.264; install the wheel of av from PyPI")
        codec, options = "libx264", {"crf": str(self._crf), "preset": "medium"}
        stream: Any = self._container.add_stream(codec, rate=self.fps, options=options)
        stream.width, stream.height = (side + side % 2 for side in self.size)
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.color_primaries = context.color_trc = context.colorspace = _REC709
        context.color_range = _LIMITED_RANGE
        return stream

    def write(self, pixels: NDArray[np.uint8]) -> None:
        """Add a picture, uint8 [h, w, 3 or 4] in sRGB, the top row first; alpha is dropped.

        Raises
        ------
        UsageError
            When it has another size.
        TaixuError
            When the disk is full.
        """
        import av
        from av.video.reformatter import ColorRange, Colorspace

        width, height = self.size
        if pixels.shape[:2] != (height, width) or pixels.ndim != 3 or pixels.shape[2] not in (3, 4) \
                or pixels.dtype != np.uint8:
            raise UsageError(f"{self.path}: a picture must be uint8 [{height}, {width}, 3], not {pixels.dtype} "
                             f"{list(pixels.shape)}")
        if width % 2 or height % 2:
            pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels[..., :3]), format="rgb24")
        frame = frame.reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
        )
        frame.pts = self.frames
        frame.time_base = 1 / self.fps
        self.frames += 1
        self._mux(frame)

    def _mux(self, frame: Any) -> None:
        try:
            for packet in self._stream.encode(frame):
                self._container.mux(packet)
        except OSError as error:
            raise TaixuError(f"{self.path}: cannot be written: {error.strerror or error}") from error

    def _abandon(self) -> None:
        container, self._container = self._container, None
        if container is not None:
            container.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if kind is None:
                if not self.frames:
                    raise TaixuError(f"{self.path}: a film without a picture is not written")
                self._mux(None)
                self._abandon()
            else:
                raise error if error is not None else kind()
