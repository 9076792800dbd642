"""A sheet of pictures, the maps that are made of them, and balls that wear these and, beside them, the true ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.materials.maps import MaterialMaps, material_maps
from taixu.generate.materials.sheet import show_material
from taixu.generate.pictures.filters import Values, resize
from taixu.generate.pictures.maps import MapParameters, maps_of_picture
from taixu.generate.pictures.reading import encoded

__all__ = ["lit_picture", "write_picture_sheet"]

_SHOWN = ("bricks", "planks", "cobbles", "leather", "roof tiles")
_GAP = 4
_TOWARDS_LIGHT = np.array((-0.4, 0.4, 0.82), np.float32)


def lit_picture(made: MaterialMaps) -> Values:
    """A material as a photograph has it: a lamp at one side, slopes and hollows in shade; linear [h, w, 3]."""
    maps = made.maps
    height, width = maps["height"].shape
    y, x = np.linspace(-0.5, 0.5, height)[:, None], np.linspace(-0.5, 0.5, width)[None, :]
    lamp = np.exp(0.6 * x - 0.4 * y - 0.6 * (x * x + y * y))
    facing = np.maximum(maps["normal"] @ (_TOWARDS_LIGHT / np.linalg.norm(_TOWARDS_LIGHT)), 0.05)
    light = (facing * maps["occlusion"] * lamp)[..., None]
    return np.asarray(np.clip(maps["base_color"] * light, 0.0, 1.0), np.float32)


def write_picture_sheet(file: Path, *, names: Sequence[str] = _SHOWN, size: int = 144, maps_px: int = 512) -> int:
    """Draw families photographed, the maps that are made of the photographs, and balls of both: made, and true.

    Raises
    ------
    MachineError
        Where there is no device to draw with.
    """
    from taixu.assets.image import write_image
    from taixu.gpu import create_device
    from taixu.render import Renderer

    device = create_device()
    renderer = Renderer(device)
    try:
        rows = []
        for name in names:
            true = material_maps(name, maps_px, seed=1, device=device)
            picture = lit_picture(true)
            made = maps_of_picture(picture, MapParameters(tiling="make", size_m=true.size_m))
            flat = [encoded(picture), encoded(made.maps["base_color"]), made.maps["height"], made.maps["normal"] * 0.5 + 0.5]
            tiles = [_tile(each, size) for each in flat]
            tiles += [show_material(renderer, each, name, size)[:, :size] for each in (made, true)]
            rows.append(np.concatenate([_framed(each) for each in tiles], axis=1))
        write_image(file, np.concatenate(rows))
    finally:
        renderer.release()
        device.release()
    return len(rows)


def _tile(values: Values, size: int) -> NDArray[np.uint8]:
    colors = np.repeat(values[..., None], 3, axis=2) if values.ndim == 2 else values
    return np.rint(resize(np.asarray(colors, np.float32), size, size).clip(0, 1) * 255).astype(np.uint8)


def _framed(tile: NDArray[Any]) -> NDArray[Any]:
    return np.pad(tile, ((_GAP, 0), (_GAP, 0), (0, 0)), constant_values=34)
