"""Pictures from files, shown in the interface."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from imgui_bundle import imgui

from taixu.gpu import Device, Texture
from taixu_editor.interface.painter import Painter

__all__ = ["Pictures"]


class Pictures:
    """Small pictures by file, read when they are first shown.

    Parameters
    ----------
    device, painter
        Hold and show them; they stay the caller's.
    """

    def __init__(self, device: Device, painter: Painter) -> None:
        self._device, self._painter = device, painter
        self._textures: dict[Path, Texture | None] = {}

    def find(self, file: Path | None) -> tuple[Any, float] | None:
        """A picture as ``imgui.image`` takes it, and its width by its height; None where it cannot be read."""
        if file is None:
            return None
        if file not in self._textures:
            self._textures[file] = self._read(file)
        texture = self._textures[file]
        if texture is None:
            return None
        return imgui.ImTextureRef(self._painter.number_of(texture)), texture.size[0] / texture.size[1]

    def forget(self, file: Path) -> None:
        """Read a file again when it is shown the next time."""
        texture = self._textures.pop(file, None)
        if texture is not None:
            self._painter.forget(texture)
            texture.release()

    def release(self) -> None:
        """Give all back."""
        for texture in self._textures.values():
            if texture is not None:
                self._painter.forget(texture)
                texture.release()
        self._textures.clear()

    def _read(self, file: Path) -> Texture | None:
        from PIL import Image

        try:
            with Image.open(file) as picture:
                picture.draft("RGB", (640, 400))
                picture.thumbnail((640, 400))
                pixels = np.asarray(picture.convert("RGBA"))
        except (OSError, ValueError, Image.DecompressionBombError):
            return None
        return self._device.texture((pixels.shape[1], pixels.shape[0]), "rgba8", data=np.ascontiguousarray(pixels), label=file.name)
