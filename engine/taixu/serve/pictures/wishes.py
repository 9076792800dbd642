"""What viewers of pictures may wish for, read from what they say: sizes, rates, cameras. All of it is hostile until it is read."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, radians
from typing import Any

from taixu.errors import TaixuError
from taixu.serve.pictures.marks import NO_MARKS, Marks, read_marks

__all__ = ["CODECS", "Limits", "Pose", "Wish", "read_camera", "read_limits", "read_wish"]

CODECS = ("h264", "jpeg")
QUALITIES = ("auto", "fast", "full")
_SMALLEST = (64, 36)
_FARTHEST_M = 1e9
_MAX_NAME = 200
_BITS_A_PIXEL = 0.22
_LEAST_KBPS = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a server gives.

    Attributes
    ----------
    viewers
        So many may see pictures at once.
    size
        The largest width and height in pixels.
    fps
        The highest rate, pictures a second.
    kbps
        The highest rate of one stream, 1,000 bits a second.
    """

    viewers: int = 8
    size: tuple[int, int] = (1920, 1080)
    fps: int = 60
    kbps: int = 20_000


@dataclass(frozen=True, slots=True)
class Pose:
    """Where somebody looks from and to, in metres of the world, and how wide: the angle from the top to the bottom."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    fov_y_rad: float


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be sent."""

    size: tuple[int, int] = (1280, 720)
    fps: int = 30
    codec: str = "h264"
    quality: str = "auto"
    kbps: int = 0
    """0: by size and rate."""
    marks: Marks = NO_MARKS

    @property
    def wanted_kbps(self) -> int:
        """The rate that the stream may have, 1,000 bits a second."""
        return self.kbps or max(_LEAST_KBPS, round(self.size[0] * self.size[1] * self.fps * _BITS_A_PIXEL / 1000))


def read_limits(section: Any) -> Limits:
    """The limits that a world's settings name (``twin.pictures``).

    Raises
    ------
    TaixuError
        When something in them is wrong.
    """
    if section is None:
        return Limits()
    if not isinstance(section, dict) or not set(section) <= {"viewers", "size", "fps", "kbps"}:
        raise TaixuError('twin.pictures takes "viewers", "size", "fps" and "kbps"')
    plain = Limits()
    size = section.get("size", list(plain.size))
    if not isinstance(size, list) or len(size) != 2:
        raise TaixuError("twin.pictures.size takes a width and a height in pixels")
    most = (3840, 2160)
    return Limits(
        _whole(section.get("viewers", plain.viewers), 0, 64, "twin.pictures.viewers"),
        (_whole(size[0], 64, most[0], "twin.pictures.size"), _whole(size[1], 36, most[1], "twin.pictures.size")),
        _whole(section.get("fps", plain.fps), 1, 120, "twin.pictures.fps"),
        _whole(section.get("kbps", plain.kbps), _LEAST_KBPS, 200_000, "twin.pictures.kbps"),
    )


def read_wish(raw: Any, limits: Limits) -> Wish:
    """What somebody wants, made to fit the limits: a size that is too large is made smaller and keeps its shape.

    Raises
    ------
    TaixuError
        When it cannot be understood.
    """
    if not isinstance(raw, dict):
        raise TaixuError('want takes an object such as {"size": [1280, 720], "fps": 30, "codec": "h264"}')
    size = raw.get("size", [1280, 720])
    if not isinstance(size, list) or len(size) != 2:
        raise TaixuError("size takes a width and a height in pixels")
    width, height = (_whole(each, 1, 1 << 16, "size") for each in size)
    codec, quality = raw.get("codec", "h264"), raw.get("quality", "auto")
    if codec not in CODECS or quality not in QUALITIES:
        raise TaixuError("codec is h264 or jpeg, quality is auto, fast or full")
    fps = min(_whole(raw.get("fps", 30), 1, 1000, "fps"), limits.fps)
    kbps = _whole(raw.get("kbps", 0), 0, 10_000_000, "kbps")
    kbps = min(max(kbps, _LEAST_KBPS), limits.kbps) if kbps else 0
    return Wish(fit((width, height), limits.size), fps, codec, quality, kbps, read_marks(raw))


def fit(size: tuple[int, int], most: tuple[int, int]) -> tuple[int, int]:
    """A size of the same shape that is not larger than `most`, with a width that 8 divides and a height that 4 does."""
    scale = min(1.0, most[0] / size[0], most[1] / size[1])
    width = max(round(size[0] * scale) // 8 * 8, _SMALLEST[0])
    height = max(round(size[1] * scale) // 4 * 4, _SMALLEST[1])
    return min(width, most[0] // 8 * 8), min(height, most[1] // 4 * 4)


def read_camera(raw: Any) -> Pose | str:
    """Where somebody looks from: an object with eye, target and fov_deg, the name of a camera, or None for the main one ("").

    Raises
    ------
    TaixuError
        When it is none.
    """
    if raw is None:
        return ""
    if isinstance(raw, str) and len(raw) <= _MAX_NAME:
        return raw
    if not isinstance(raw, dict):
        raise TaixuError('camera takes {"eye": [x, y, z], "target": [x, y, z], "fov_deg": 45}, the name of one, or null')
    eye, target, fov_deg = _place(raw.get("eye")), _place(raw.get("target")), raw.get("fov_deg", 45.0)
    if not _is_number(fov_deg) or not 1 <= fov_deg <= 170:
        raise TaixuError("fov_deg takes degrees from 1 to 170")
    if sum((a - b) ** 2 for a, b in zip(eye, target)) < 1e-12:
        raise TaixuError("a camera's target lies away from its eye")
    return Pose(eye, target, radians(fov_deg))


def _place(raw: Any) -> tuple[float, float, float]:
    if not isinstance(raw, list) or len(raw) != 3 or not all(_is_number(each) and abs(each) <= _FARTHEST_M for each in raw):
        raise TaixuError("eye and target take places [x, y, z] in metres")
    return float(raw[0]), float(raw[1]), float(raw[2])


def _is_number(raw: Any) -> bool:
    return isinstance(raw, (int, float)) and not isinstance(raw, bool) and isfinite(raw)


def _whole(raw: Any, least: int, most: int, what: str) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not least <= raw <= most:
        raise TaixuError(f"{what} takes a whole number from {least} to {most}")
    return raw
