"""Dear ImGui over Taixu's window and device: events in, pictures out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from imgui_bundle import imgui, imguizmo

from taixu.gpu import Device, Targets
from taixu.platform.events import (
    FocusEvent,
    InputEvent,
    KeyEvent,
    MouseButtonEvent,
    MouseMoveEvent,
    TextEvent,
    WheelEvent,
)
from taixu_editor.interface.painter import Painter

__all__ = ["Gui", "imgui_key"]

_BUTTONS = {"left": 0, "right": 1, "middle": 2, "back": 3, "forward": 4}
_MODIFIERS = {"ctrl": imgui.Key.mod_ctrl, "shift": imgui.Key.mod_shift, "alt": imgui.Key.mod_alt, "super": imgui.Key.mod_super}
_WORDS = {
    "left": "left_arrow", "right": "right_arrow", "up": "up_arrow", "down": "down_arrow", "grave": "grave_accent",
    "pad_enter": "keypad_enter", "pad_add": "keypad_add", "pad_subtract": "keypad_subtract", "pad_multiply": "keypad_multiply",
    "pad_divide": "keypad_divide", "pad_decimal": "keypad_decimal", "equal": "equal",
}  # fmt: skip


def imgui_key(name: str) -> Any:
    """Dear ImGui's key of a key's name (`taixu.platform.keys`), or None."""
    word = _WORDS.get(name, name)
    if word.isdigit() and len(word) == 1:
        word = f"_{word}"
    elif name.startswith("pad_") and name[4:].isdigit():
        word = f"keypad{name[4:]}"
    return getattr(imgui.Key, word, None)


class Gui:
    """One interface: its context, its fonts' pictures, and the time between frames.

    Parameters
    ----------
    device
        Draws it; stays the caller's.
    """

    def __init__(self, device: Device) -> None:
        self.context = imgui.create_context()
        io = imgui.get_io()
        io.config_flags |= imgui.ConfigFlags_.docking_enable | imgui.ConfigFlags_.nav_enable_keyboard
        io.backend_flags |= (
            imgui.BackendFlags_.renderer_has_textures
            | imgui.BackendFlags_.renderer_has_vtx_offset
            | imgui.BackendFlags_.has_mouse_cursors
        )
        io.set_ini_filename("")
        io.set_log_filename("")
        io.config_windows_move_from_title_bar_only = True
        limit = device.capabilities.max_texture_size
        imgui.get_platform_io().renderer_texture_max_width = limit
        imgui.get_platform_io().renderer_texture_max_height = limit
        self.painter = Painter(device)
        self._held: set[str] = set()

    def feed(self, events: Iterable[InputEvent]) -> None:
        """What the user did since the last frame."""
        io = imgui.get_io()
        for event in events:
            match event:
                case MouseMoveEvent(x=x, y=y):
                    io.add_mouse_pos_event(x, y)
                case MouseButtonEvent(button=button, down=down) if button in _BUTTONS:
                    io.add_mouse_button_event(_BUTTONS[button], down)
                case WheelEvent(dx=dx, dy=dy):
                    io.add_mouse_wheel_event(dx, dy)
                case TextEvent(text=text):
                    io.add_input_characters_utf8("".join(c for c in text if c != "\n"))
                case FocusEvent(focused=focused):
                    io.add_focus_event(focused)
                case KeyEvent(key=key, down=down):
                    self._key(key, down)

    def _key(self, name: str, down: bool) -> None:
        io = imgui.get_io()
        side, _, word = name.partition("_")
        if side in ("left", "right") and word in _MODIFIERS:
            (self._held.add if down else self._held.discard)(name)
            io.add_key_event(_MODIFIERS[word], any(f"{s}_{word}" in self._held for s in ("left", "right")))
        key = imgui_key(name)
        if key is not None:
            io.add_key_event(key, down)

    def begin(self, size: tuple[int, int], *, pixel_scale: float = 1.0, delta_secs: float = 1 / 60) -> None:
        """Begin a frame of a window of this size in window units."""
        imgui.set_current_context(self.context)
        io = imgui.get_io()
        io.display_size = imgui.ImVec2(*size)
        io.display_framebuffer_scale = imgui.ImVec2(pixel_scale, pixel_scale)
        io.delta_time = max(delta_secs, 1e-4)
        self.new_frame()
        imguizmo.im_guizmo.begin_frame()

    def end(self) -> None:
        """End the frame: what is to be drawn is known."""
        self.lay_out()

    def paint(self, target: Targets) -> None:
        """Draw the frame over a target."""
        self.painter.paint(imgui.get_draw_data(), target)

    def is_as_painted(self) -> bool:
        """Whether the frame has the very lists that were painted last; to be asked before each painting that may be left out."""
        return self.painter.is_as_painted(imgui.get_draw_data())

    # Tests replace these two by calls that let other threads run.

    def new_frame(self) -> None:
        """Dear ImGui's own beginning of a frame."""
        imgui.new_frame()

    def lay_out(self) -> None:
        """Dear ImGui's own end of a frame: what is to be drawn."""
        imgui.render()

    def release(self) -> None:
        """Give pictures and context back."""
        imgui.set_current_context(self.context)
        self.painter.release()
        imgui.destroy_context(self.context)
