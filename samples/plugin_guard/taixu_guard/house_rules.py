"""The rules of a house: names that it has no right to, and pictures that it was told not to make again.

A classifier with weights stands in the same two methods: load it in `__init__`, and answer with half a sentence.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import read_image
from taixu.generate import Guard

__all__ = ["HouseRules", "picture_hash"]

_NAMES = ("acme", "顶点公司")
_NEAR = 6
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".hdr", ".exr")


class HouseRules(Guard):
    """Refuses names of others, and pictures like those listed in the file that ``TAIXU_GUARD_PICTURES`` names."""

    def __init__(self) -> None:
        listed = os.environ.get("TAIXU_GUARD_PICTURES", "")
        lines = Path(listed).read_text("utf-8").split() if listed else []
        self._refused = [int(line, 16) for line in lines]

    def refuse_prompt(self, prompt: str) -> str:
        """Names of others in a prompt."""
        return "it names a brand that is not ours" if any(name in prompt.casefold() for name in _NAMES) else ""

    def refuse_file(self, path: Path, role: str) -> str:
        """Pictures that look like a listed one, whatever their size."""
        if path.suffix.lower() not in _PICTURES or role not in ("", "base_color", "albedo"):
            return ""
        seen = picture_hash(read_image(path))
        return "it looks like a picture on the list" if any((seen ^ each).bit_count() <= _NEAR for each in self._refused) else ""


def picture_hash(pixels: NDArray[np.generic]) -> int:
    """Sixty-four bits that say where a picture grows brighter from left to right: a difference hash."""
    grey = np.asarray(pixels, np.float64)[..., :3].mean(axis=2)
    rows = [part.mean(axis=0) for part in np.array_split(grey, 8, axis=0)]
    cells = np.array([[part.mean() for part in np.array_split(row, 9)] for row in rows])
    return int("".join("1" if bit else "0" for bit in (cells[:, 1:] > cells[:, :-1]).ravel()), 2)
