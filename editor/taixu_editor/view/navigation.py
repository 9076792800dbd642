"""Mouse and keys that move a view's camera: the middle button turns, the right one looks around and flies.

Customs: middle (or Alt and left) orbits, with Shift it pans, with Ctrl it comes nearer; the wheel comes nearer; the right
button looks around, and W A S D Q E fly meanwhile, Shift faster, the wheel changing the speed.
"""

from __future__ import annotations

from math import pi

import numpy as np
from imgui_bundle import imgui

from taixu_editor.view.orbit import OrbitCamera

__all__ = ["Navigation"]

_FLY_KEYS = (
    (imgui.Key.d, (1, 0, 0)), (imgui.Key.a, (-1, 0, 0)), (imgui.Key.e, (0, 1, 0)), (imgui.Key.q, (0, -1, 0)),
    (imgui.Key.w, (0, 0, 1)), (imgui.Key.s, (0, 0, -1)),
)  # fmt: skip
_LOOK_PER_HEIGHT = pi * 0.9
"""Radians that a drag over the view's whole height turns."""


class Navigation:
    """What a hand does to one view's camera."""

    def __init__(self) -> None:
        self.speed = 1.0
        """Of flying, distances to the pivot a second."""
        self._drag = ""

    @property
    def is_dragging(self) -> bool:
        """Whether a button that moves the camera is held."""
        return bool(self._drag)

    @property
    def is_flying(self) -> bool:
        """Whether letters mean flying, and not tools."""
        return self._drag == "look"

    def update(self, camera: OrbitCamera, *, hovered: bool, height: float) -> None:
        """Move the camera by this frame's input; `height` is the view's, in window units."""
        io = imgui.get_io()
        self._begin_or_end(hovered)
        dx, dy = io.mouse_delta.x / height, io.mouse_delta.y / height
        if self._drag and (dx or dy):
            if self._drag == "orbit":
                camera.orbit(-dx * _LOOK_PER_HEIGHT, dy * _LOOK_PER_HEIGHT)
            elif self._drag == "pan":
                camera.pan(-dx, dy)
            elif self._drag == "dolly":
                camera.dolly(-dy * 12)
            elif self._drag == "look":
                camera.look(-dx * _LOOK_PER_HEIGHT / 2, dy * _LOOK_PER_HEIGHT / 2)
        if self._drag == "look":
            motion = np.sum([np.array(way) for key, way in _FLY_KEYS if imgui.is_key_down(key)] or [np.zeros(3)], axis=0)
            if motion.any():
                faster = 4.0 if io.key_shift else 1.0
                camera.fly(motion / np.linalg.norm(motion), self.speed * faster * camera.distance_m * io.delta_time)
        if hovered and io.mouse_wheel:
            if self._drag == "look":
                self.speed = float(np.clip(self.speed * 1.2**io.mouse_wheel, 0.05, 50.0))
            else:
                camera.dolly(io.mouse_wheel)

    def _begin_or_end(self, hovered: bool) -> None:
        io, left, middle = imgui.get_io(), imgui.MouseButton_.left, imgui.MouseButton_.middle
        held = {
            "orbit": imgui.is_mouse_down(middle) or (io.key_alt and imgui.is_mouse_down(left)),
            "look": imgui.is_mouse_down(imgui.MouseButton_.right),
        }
        if self._drag:
            if not held["look" if self._drag == "look" else "orbit"]:
                self._drag = ""
        elif hovered:
            if imgui.is_mouse_clicked(middle) or (io.key_alt and imgui.is_mouse_clicked(left)):
                self._drag = "pan" if io.key_shift else "dolly" if io.key_ctrl else "orbit"
            elif imgui.is_mouse_clicked(imgui.MouseButton_.right):
                self._drag = "look"
