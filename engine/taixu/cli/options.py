"""The kinds of values that options take, each with a sentence for what is not one."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError

__all__ = ["background", "colour", "finite", "positive", "positive_integer", "seed", "size", "vector"]

_LARGEST_SIDE = 16384


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


def positive_integer(text: str) -> int:
    """A whole number from one on."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
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
    return width, height


def vector(text: str) -> tuple[float, float, float]:
    """Three numbers, as in ``1,2.5,-3``."""
    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not three numbers like 1,2.5,-3") from None
    if not all(math.isfinite(part) for part in (x, y, z)):
        raise ArgumentTypeError(f"{text!r} holds a number that is not finite")
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
