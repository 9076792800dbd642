"""Pictures that change: previews of what is being made, on the device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui

if TYPE_CHECKING:
    from taixu.gpu import Texture
    from taixu_editor.window import EditorWindow

__all__ = ["Previews"]


class Previews:
    """Pixels by name; a texture each, which is written anew when other pixels come."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._shown: dict[str, tuple[Any, Texture]] = {}

    def find(self, name: str, pixels: Any) -> tuple[Any, float]:
        """A picture as draw lists take it, and its width by its height."""
        known = self._shown.get(name)
        if known is None or known[0] is not pixels:
            self.forget(name)
            rgba = pixels
            if pixels.shape[2] == 3:
                rgba = np.concatenate([pixels, np.full((*pixels.shape[:2], 1), 255, np.uint8)], axis=2)
            size = (rgba.shape[1], rgba.shape[0])
            texture = self._window.device.texture(size, "rgba8", data=np.ascontiguousarray(rgba), label=name)
            known = self._shown[name] = (pixels, texture)
        texture = known[1]
        return imgui.ImTextureRef(self._window.gui.painter.number_of(texture)), texture.size[0] / texture.size[1]

    def forget(self, name: str) -> None:
        """Give one back."""
        known = self._shown.pop(name, None)
        if known is not None:
            self._window.gui.painter.forget(known[1])
            known[1].release()

    def keep_only(self, names: set[str]) -> None:
        """Give all others back."""
        for name in self._shown.keys() - names:
            self.forget(name)
