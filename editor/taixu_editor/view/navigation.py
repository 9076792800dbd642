"""Mouse and keys that move a view's camera, by the customs of a preset.

Taixu's own: middle (or Alt and left) orbits, with Shift it pans, with Ctrl it comes nearer; the wheel comes nearer; the right
button looks around, and W A S D Q E fly meanwhile, Shift faster, the wheel changing the speed.
"""

from __future__ import annotations

from math import pi

import numpy as np
from imgui_bundle import imgui

from taixu_editor.view.customs import CUSTOMS, Customs
from taixu_editor.view.orbit import OrbitCamera

__all__ = ["Navigation"]

_FLY_KEYS = (
    (imgui.Key.d, (1, 0, 0)), (imgui.Key.a, (-1, 0, 0)), (imgui.Key.e, (0, 1, 0)), (imgui.Key.q, (0, -1, 0)),
    (imgui.Key.w, (0, 0, 1)), (imgui.Key.s, (0, 0, -1)), (imgui.Key.right_arrow, (1, 0, 0)), (imgui.Key.left_arrow, (-1, 0, 0)),
    (imgui.Key.up_arrow, (0, 0, 1)), (imgui.Key.down_arrow, (0, 0, -1)),
)  # fmt: skip
_BUTTONS = {"left": imgui.MouseButton_.left, "middle": imgui.MouseButton_.middle, "right": imgui.MouseButton_.right}
_LOOK_PER_HEIGHT = pi * 0.9
"""Radians that a drag over the view's whole height turns."""
_SLOWEST, _FASTEST = 0.05, 50.0
_SAID_SECS = 1.2


class Navigation:
    """What a hand does to one view's camera.

    Attributes
    ----------
    speed
        Of flying, distances to the pivot a second.
    customs
        Which buttons do what.
    """

    def __init__(self) -> None:
        self.speed = 1.0
        self.customs: Customs = CUSTOMS["taixu"]
        self._drag = ""
        self._button = ""
        self._said_until = 0.0

    @property
    def is_dragging(self) -> bool:
        """Whether a button that moves the camera is held."""
        return bool(self._drag)

    @property
    def is_flying(self) -> bool:
        """Whether letters mean flying, and not tools."""
        return self._drag == "look"

    @property
    def says_speed(self) -> bool:
        """Whether the speed was changed just now."""
        return float(imgui.get_time()) < self._said_until

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
                camera.dolly((dx - dy) * 12)
            elif self._drag == "look":
                camera.look(-dx * _LOOK_PER_HEIGHT / 2, dy * _LOOK_PER_HEIGHT / 2)
        is_free = hovered and self.customs.flies_always and not (io.want_text_input or io.key_ctrl or io.key_alt)
        if self._drag == "look" or is_free:
            self._fly(camera)
        if hovered and io.mouse_wheel:
            if self._drag == "look":
                self.speed = float(np.clip(self.speed * 1.2**io.mouse_wheel, _SLOWEST, _FASTEST))
                self._said_until = float(imgui.get_time()) + _SAID_SECS
            else:
                camera.dolly(io.mouse_wheel)

    def _fly(self, camera: OrbitCamera) -> None:
        io = imgui.get_io()
        motion = np.sum([np.array(way) for key, way in _FLY_KEYS if imgui.is_key_down(key)] or [np.zeros(3)], axis=0)
        if motion.any():
            faster = self.customs.shift_speed if io.key_shift else 1.0
            camera.fly(motion / np.linalg.norm(motion), self.speed * faster * camera.distance_m * io.delta_time)

    def _begin_or_end(self, hovered: bool) -> None:
        io = imgui.get_io()
        if self._drag:
            if not imgui.is_mouse_down(_BUTTONS[self._button]):
                self._drag = self._button = ""
        elif hovered:
            for name, button in _BUTTONS.items():
                if imgui.is_mouse_clicked(button):
                    self._drag = self.customs.meaning(name, shift=io.key_shift, ctrl=io.key_ctrl, alt=io.key_alt)
                    self._button = name if self._drag else ""
                    return
