"""Pictures: what came out, as arrays that know how to save themselves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import UsageError

__all__ = ["Picture"]


@dataclass(frozen=True)
class Picture:
    """A picture, top row first.

    Attributes
    ----------
    pixels : array [height, width, channels]
        uint8 holds sRGB with straight alpha; float32 holds linear Rec.709 with premultiplied alpha.
    """

    pixels: NDArray[Any]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def save(self, path: str | Path) -> Path:
        """Write a PNG (8 bits) or an EXR (float32), by the file's ending; gives the path."""
        file = Path(path)
        kind = file.suffix.lower()
        file.parent.mkdir(parents=True, exist_ok=True)
        if kind == ".png":
            from taixu.assets.image import encode_png

            file.write_bytes(encode_png(self.bytes8()))
        elif kind == ".exr":
            from taixu.assets.exr import encode_exr

            file.write_bytes(encode_exr(np.ascontiguousarray(self.pixels, np.float32)))
        else:
            raise UsageError(f"{file}: a picture is saved as .png or .exr")
        return file

    def bytes8(self) -> NDArray[np.uint8]:
        """The picture as uint8 sRGB with straight alpha."""
        if self.pixels.dtype == np.uint8:
            return self.pixels
        linear = np.asarray(self.pixels, np.float32)
        color: NDArray[Any] = linear[..., :3]
        if linear.shape[-1] == 4:
            alpha = linear[..., 3:]
            color = color / np.maximum(alpha, 1e-6)
        color = np.clip(np.nan_to_num(color), 0.0, 1.0)
        encoded = np.where(color <= 0.0031308, color * 12.92, 1.055 * np.maximum(color, 1e-9) ** (1 / 2.4) - 0.055)
        parts = [encoded] if linear.shape[-1] == 3 else [encoded, np.clip(linear[..., 3:], 0, 1)]
        picture: NDArray[np.uint8] = np.rint(np.concatenate(parts, -1) * 255).astype(np.uint8)
        return picture
