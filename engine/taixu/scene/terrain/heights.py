"""Heights from files, and the surface that they are."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.paths import read_bytes
from taixu.ecs import World
from taixu.errors import TaixuError

__all__ = ["MOST_HEIGHTS", "HeightField", "Heights", "height_on_triangles", "read_heights"]

Array = NDArray[np.float32]
MOST_HEIGHTS = 8193
"""Along an edge."""
_MOST_BYTES = 1 << 29
_MOST_METRES = 1.0e5


@dataclass(frozen=True, eq=False)
class HeightField:
    """Heights over a rectangle around the origin.

    Attributes
    ----------
    heights : float32[rows, columns]
        Metres; rows go along z, columns along x.
    size : (x, z)
        Metres.
    shares : uint8[rows, columns, 4], optional
        Of the ground's second to fifth material where somebody gave them; 255 in all four leaves it to the ground's own map.
    bare : uint8[rows, columns], optional
        Above 127 nothing that was sown stands: there are roads and houses.
    """

    heights: Array
    size: tuple[float, float]
    shares: NDArray[np.uint8] | None = None
    bare: NDArray[np.uint8] | None = None

    @property
    def spacing(self) -> tuple[float, float]:
        """Metres between heights along x and z."""
        rows, columns = self.heights.shape
        return self.size[0] / (columns - 1), self.size[1] / (rows - 1)


def read_heights(path: Path, *, size: tuple[float, float], low_m: float, high_m: float) -> HeightField:
    """Read a picture of heights or a .npy of metres.

    Raises
    ------
    TaixuError
        When it cannot be read, or holds no heights.
    """
    data = read_bytes(path, max_bytes=_MOST_BYTES)
    if path.suffix.lower() == ".npy":
        heights = _npy(path, data)
    else:
        from taixu.assets.image import decode_image

        pixels = decode_image(data, name=str(path), max_pixels=MOST_HEIGHTS**2)
        first: NDArray[Any] = pixels[..., 0]
        scale = 1.0 if first.dtype.kind == "f" else (high_m - low_m) / (255.0 if first.dtype == np.uint8 else 65535.0)
        heights = first.astype(np.float32) * np.float32(scale) + np.float32(0.0 if first.dtype.kind == "f" else low_m)
    if heights.ndim != 2 or not 2 <= min(heights.shape) <= max(heights.shape) <= MOST_HEIGHTS:
        raise TaixuError(f"{path}: a terrain has from 2 to {MOST_HEIGHTS:,} heights along each edge, not {heights.shape}")
    if not np.isfinite(heights).all() or float(np.abs(heights).max()) > _MOST_METRES:
        raise TaixuError(f"{path}: a terrain's heights are metres within {_MOST_METRES:g}; some of these are not")
    heights.setflags(write=False)
    return HeightField(heights, (float(size[0]), float(size[1])))


def _npy(path: Path, data: bytes) -> Array:
    try:
        found: Any = np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError, KeyError, TypeError, SyntaxError) as error:
        raise TaixuError(f"{path}: this is no .npy of heights ({str(error)[:80]})") from None
    if found.dtype.kind not in "fiu":
        raise TaixuError(f"{path}: heights are numbers, not {found.dtype}")
    return np.ascontiguousarray(found, np.float32)


def height_on_triangles(heights: Array, size: float | tuple[float, float], x: NDArray[Any], z: NDArray[Any]) -> Array:
    """The height of the drawn surface at points in metres around the middle; beyond the edge that of the edge.

    Each square is cut from its corner of least x and greatest z to the opposite one, as tiles and colliders are.
    """
    size_x, size_z = (size, size) if isinstance(size, (int, float)) else size
    rows, columns = heights.shape
    u = np.clip((np.asarray(x, np.float64) / size_x + 0.5) * (columns - 1), 0, columns - 1)
    v = np.clip((np.asarray(z, np.float64) / size_z + 0.5) * (rows - 1), 0, rows - 1)
    i, j = np.minimum(u.astype(np.int64), columns - 2), np.minimum(v.astype(np.int64), rows - 2)
    fu, fv = u - i, v - j
    near, right, below = heights[j, i], heights[j, i + 1], heights[j + 1, i]
    far = heights[j + 1, i + 1]
    first = near + fu * (right - near) + fv * (below - near)
    second = far + (1 - fu) * (below - far) + (1 - fv) * (right - far)
    return np.where(fu + fv <= 1, first, second).astype(np.float32)


class Heights:
    """Height fields by file, read once and shared by drawing and physics (a resource)."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], HeightField] = {}

    def find(self, path: Path, *, size: tuple[float, float], low_m: float, high_m: float) -> HeightField:
        """The heights of a file as it stands now.

        Raises
        ------
        TaixuError
            When it cannot be read.
        """
        try:
            stamp = path.stat().st_mtime_ns
        except OSError as error:
            raise TaixuError(f"{path}: this terrain's heights cannot be read ({error.strerror or error})") from None
        key = (str(path), stamp, *size, low_m, high_m)
        if key not in self._known:
            if len(self._known) > 8:
                self._known.clear()
            self._known[key] = read_heights(path, size=size, low_m=low_m, high_m=high_m)
        return self._known[key]

    def fork(self, world: World) -> Heights:
        return self
