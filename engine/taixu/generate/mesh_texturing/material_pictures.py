"""The maps of a material from its files, as generators of materials lay them: ``wall_base_color.png`` and those beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import decode_image
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError
from taixu.generate.materials import MaterialMaps

__all__ = ["ROLES", "maps_of_files"]

ROLES = ("base_color", "normal", "orm", "height", "emission")
_MOST_PX = 4096
_MOST_BYTES = 1 << 28


def maps_of_files(files: Sequence[Path], size_m: float) -> MaterialMaps:
    """Read maps; what is not there is flat, rough and no metal.

    Raises
    ------
    TaixuError
        When there is no base colour, a name says no role, or they are not of one size.
    """
    found: dict[str, NDArray[np.float32]] = {}
    for file in files:
        role = next((each for each in ROLES if file.stem == each or file.stem.endswith(f"_{each}")), "")
        if not role:
            raise TaixuError(f"{file.name}: says no role of a map; let its name end in _{', _'.join(ROLES)}")
        found[role] = _read(file)
    if "base_color" not in found:
        raise TaixuError("a material has a base colour; name its file, too")
    size = found["base_color"].shape[0]
    wrong = next((role for role, each in found.items() if each.shape[:2] != (size, size)), "")
    if wrong:
        high, wide = found[wrong].shape[:2]
        raise TaixuError(f"the map {wrong} is {wide} by {high}; all maps must be squares of one size")
    one = np.ones((size, size), np.float32)
    orm = found.get("orm", np.stack([one, 0.8 * one, 0 * one], axis=-1))
    normal = found["normal"] * 2 - 1 if "normal" in found else np.stack([0 * one, 0 * one, one], axis=-1)
    normal = normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    return MaterialMaps(
        {
            "base_color": _linear(found["base_color"]), "normal": normal.astype(np.float32), "roughness": orm[..., 1],
            "metallic": orm[..., 2], "height": found["height"][..., 0] if "height" in found else 0.5 * one,
            "occlusion": orm[..., 0],
            "emission": _linear(found["emission"]) if "emission" in found else np.zeros((size, size, 3), np.float32),
        },
        size_m, 0.01,
    )  # fmt: skip


def _read(file: Path) -> NDArray[np.float32]:
    pixels = decode_image(read_bytes(file, max_bytes=_MOST_BYTES), name=str(file), max_pixels=_MOST_PX**2)
    if pixels.dtype.kind == "f":
        raise TaixuError(f"{file.name}: maps of materials have whole numbers; give a PNG")
    numbers = pixels.astype(np.float32) / (255.0 if pixels.dtype == np.uint8 else 65535.0)
    return numbers[..., :3] if numbers.shape[2] >= 3 else np.repeat(numbers[..., :1], 3, axis=-1)


def _linear(encoded: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4).astype(np.float32)
