"""The kinds of values that options take, each with a sentence for what is not one."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError

__all__ = [
    "background", "colour", "duration", "exposure", "finite", "moment", "port", "positive", "positive_integer", "samples", "seed",
    "size", "vector",
]

_LARGEST_SIDE = 16384
_MOST_PIXELS = 1 << 25
"""A little above 8K. Drawing takes about a hundred bytes a pixel, and drivers fall over rather than refuse."""
_LONGEST_SECS = 1e8
_MOST_STOPS = 64.0
_MOST_SAMPLES = 4096
_FARTHEST_M = 1e9


def finite(text: str) -> float:
    """Any number that is one."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ArgumentTypeError(f"{text!r} is not a number")
    return value


def positive(text: str) -> float:
    """A number above zero."""
    value = finite(text)
    if value <= 0:
        raise ArgumentTypeError(f"{text} is not above zero")
    return value


def duration(text: str) -> float:
    """Seconds, above zero and at most three years."""
    value = positive(text)
    if value > _LONGEST_SECS:
        raise ArgumentTypeError(f"{text} seconds are more than the {_LONGEST_SECS:g} that can be asked for")
    return value


def moment(text: str) -> float:
    """Seconds since the beginning of a world or a clip."""
    if finite(text) < 0:
        raise ArgumentTypeError(f"{text} is too early, worlds begin at 0 seconds")
    return duration(text) if finite(text) else 0.0


def exposure(text: str) -> float:
    """Stops of exposure."""
    value = finite(text)
    if abs(value) > _MOST_STOPS:
        raise ArgumentTypeError(f"{text} is not between -{_MOST_STOPS:g} and {_MOST_STOPS:g} stops")
    return value


def positive_integer(text: str) -> int:
    """A whole number from one on."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return value


def port(text: str) -> int:
    """A port of TCP; 0 is any that is free."""
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
    if not 0 <= value < 1 << 16:
        raise ArgumentTypeError(f"{text!r} is not a port, a whole number from 0 to 65535")
    return value


def samples(text: str) -> int:
    """Frames that are averaged."""
    value = positive_integer(text)
    if value > _MOST_SAMPLES:
        raise ArgumentTypeError(f"{text} samples are more than the {_MOST_SAMPLES} that can be asked for")
    return value


def seed(text: str) -> int:
    """A whole number of 64 bits, from zero on."""
    try:
        value = int(text, 0)
    except ValueError:
        value = -1
    if not 0 <= value < 1 << 64:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 0 to 2^64 - 1")
    return value


def size(text: str) -> tuple[int, int]:
    """Width and height in pixels, as in ``1280x720``."""
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() for part in parts):
        raise ArgumentTypeError(f"{text!r} is not a size like 1280x720")
    width, height = (int(part[:9]) for part in parts)
    if not (1 <= width <= _LARGEST_SIDE and 1 <= height <= _LARGEST_SIDE):
        raise ArgumentTypeError(f"{text} is not between 1x1 and {_LARGEST_SIDE}x{_LARGEST_SIDE}")
    if width * height > _MOST_PIXELS:
        raise ArgumentTypeError(f"{text} has {width * height:,} pixels, and at most {_MOST_PIXELS:,} are drawn (8192x4096)")
    return width, height


def vector(text: str) -> tuple[float, float, float]:
    """Three numbers, as in ``1,2.5,-3``."""
    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not three numbers like 1,2.5,-3") from None
    if not all(math.isfinite(part) for part in (x, y, z)):
        raise ArgumentTypeError(f"{text!r} holds a number that is not finite")
    if max(map(abs, (x, y, z))) > _FARTHEST_M:
        raise ArgumentTypeError(f"{text!r} lies farther out than {_FARTHEST_M:g} m")
    return x, y, z


def background(text: str) -> str | tuple[float, float, float]:
    """``sky``, ``transparent``, or a colour."""
    return text if text in ("sky", "transparent") else colour(text)


def colour(text: str) -> tuple[float, float, float]:
    """A colour ``#rrggbb`` (sRGB) as three linear numbers from 0 to 1 (IEC 61966-2-1)."""
    digits = text.removeprefix("#")
    if len(digits) != 6 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
        raise ArgumentTypeError(f"{text!r} is not a colour like #88aaff")
    shown = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shown)
    return red, green, blue
