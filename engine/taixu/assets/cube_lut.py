"""Tables of colours: ``.cube`` files with one table of one or of three dimensions.

Format: Adobe, "Cube LUT Specification" 1.0, 2013. Values between the table's points are linear between them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError

__all__ = ["CubeLut", "decode_cube", "read_cube"]

_MOST_BYTES = 64 << 20
_MOST_3D, _MOST_1D = 128, 65_536
_LONGEST_LINE = 512
_LARGEST = 10_000.0
_WORDS = ("TITLE", "DOMAIN_MIN", "DOMAIN_MAX", "LUT_1D_SIZE", "LUT_3D_SIZE")


@dataclass(frozen=True)
class CubeLut:
    """A table of colours.

    Attributes
    ----------
    table : float32[n, 3] or float32[n, n, n, 3]
        What comes out: of three curves, or by blue, green, red (red goes fastest).
    low, high
        The colours that the first and the last point stand for.
    """

    table: NDArray[np.float32]
    low: tuple[float, float, float] = (0.0, 0.0, 0.0)
    high: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @property
    def size(self) -> int:
        """Points along each axis."""
        return len(self.table)


def read_cube(path: str | os.PathLike[str]) -> CubeLut:
    """Read a ``.cube`` file of at most 64 MiB; errors as `decode_cube`'s."""
    return decode_cube(read_bytes(path, max_bytes=_MOST_BYTES), name=Path(path).name)


def decode_cube(data: bytes, *, name: str = "table") -> CubeLut:
    """A table out of a ``.cube`` file's bytes.

    Raises
    ------
    TaixuError
        With the line, where it is no such file, has another number of colours than it says, or more than 128 points a side
        (65,536 of curves).
    """
    facts: dict[str, Any] = {}
    lines = data.decode("utf-8", "replace").lstrip("\ufeff").splitlines()
    first = len(lines)
    for number, line in enumerate(lines, 1):
        words = line[:_LONGEST_LINE].split()
        if not words or words[0].startswith("#"):
            continue
        if words[0][0] in "+-.0123456789":
            first = number - 1
            break
        _take_word(facts, words, f"{name}, line {number}")
    sizes = [word for word in ("LUT_1D_SIZE", "LUT_3D_SIZE") if word in facts]
    if len(sizes) != 1:
        raise TaixuError(f"{name}: it must say either LUT_1D_SIZE or LUT_3D_SIZE, once, before its colours")
    low, high = facts.get("DOMAIN_MIN", (0.0, 0.0, 0.0)), facts.get("DOMAIN_MAX", (1.0, 1.0, 1.0))
    if any(b - a < 1e-6 for a, b in zip(low, high, strict=True)):
        raise TaixuError(f"{name}: DOMAIN_MAX must be above DOMAIN_MIN")
    size = facts[sizes[0]]
    wanted = size if sizes[0] == "LUT_1D_SIZE" else size**3
    table = _colors(lines, first, wanted, name)
    return CubeLut(table if sizes[0] == "LUT_1D_SIZE" else table.reshape(size, size, size, 3), low, high)


def _take_word(facts: dict[str, Any], words: list[str], place: str) -> None:
    word = words[0]
    if word not in _WORDS:
        raise TaixuError(f"{place}: {word[:40]!r} is no word of a .cube file; there are {', '.join(_WORDS)}")
    if word in facts:
        raise TaixuError(f"{place}: {word} is said twice")
    try:
        if word == "TITLE":
            facts[word] = " ".join(words[1:])
        elif word.startswith("DOMAIN"):
            facts[word] = tuple(float(value) for value in words[1:])
            if len(facts[word]) != 3 or not np.isfinite(facts[word]).all():
                raise ValueError
        else:
            most = _MOST_1D if word == "LUT_1D_SIZE" else _MOST_3D
            (facts[word],) = (int(value[:10]) for value in words[1:])
            if not 2 <= facts[word] <= most:
                raise TaixuError(f"{place}: {word} is from 2 to {most}, not {facts[word]}")
    except ValueError:
        raise TaixuError(f"{place}: {word} wants {'three numbers' if word.startswith('DOMAIN') else 'a whole number'}") from None


def _colors(lines: list[str], first: int, wanted: int, name: str) -> NDArray[np.float32]:
    rows = [line for line in lines[first:] if line.strip() and not line.lstrip().startswith("#")]
    if len(rows) != wanted:
        raise TaixuError(f"{name}: {wanted} colours were announced, and there are {len(rows)}")
    found = np.empty((wanted, 3))
    for at, row in enumerate(rows):
        try:
            red, green, blue = row[:_LONGEST_LINE].split()
            found[at] = float(red), float(green), float(blue)
        except ValueError:
            raise TaixuError(f"{name}: colour {at + 1} is not three numbers") from None
    if not (np.abs(found) <= _LARGEST).all():
        raise TaixuError(f"{name}: its colours must be finite numbers up to {_LARGEST:g}")
    return found.astype(np.float32)
