"""The names of keys, mouse buttons and gamepad controls, alike on every operating system.

Letters and digits are themselves ("a", "7"); the rest are words ("space", "left_shift", "page_up",
"pad_enter"). The tables map pyglet's constant names, so this module imports nothing.
"""

from __future__ import annotations

__all__ = ["MOUSE_BUTTONS", "PAD_AXES", "PAD_BUTTONS", "key_name"]

_WORDS = {
    "return": "enter",
    "pageup": "page_up",
    "pagedown": "page_down",
    "scrolllock": "scroll_lock",
    "capslock": "caps_lock",
    "numlock": "num_lock",
    "print": "print_screen",
    "bracketleft": "left_bracket",
    "bracketright": "right_bracket",
    "quoteleft": "grave",
    "lshift": "left_shift",
    "rshift": "right_shift",
    "lctrl": "left_ctrl",
    "rctrl": "right_ctrl",
    "lalt": "left_alt",
    "ralt": "right_alt",
    "loption": "left_alt",
    "roption": "right_alt",
    "lmeta": "left_super",
    "rmeta": "right_super",
    "lwindows": "left_super",
    "rwindows": "right_super",
    "lcommand": "left_super",
    "rcommand": "right_super",
}

MOUSE_BUTTONS = {1: "left", 2: "middle", 4: "right", 8: "back", 16: "forward"}
"""pyglet's button bits to names."""

PAD_BUTTONS = {
    "a": "a",
    "b": "b",
    "x": "x",
    "y": "y",
    "back": "back",
    "start": "start",
    "guide": "guide",
    "leftshoulder": "left_shoulder",
    "rightshoulder": "right_shoulder",
    "leftstick": "left_stick",
    "rightstick": "right_stick",
    "leftthumb": "left_stick",
    "rightthumb": "right_stick",
}
"""pyglet's controller buttons to names; the directional pad is "up", "down", "left", "right"."""

PAD_AXES = ("left_x", "left_y", "right_x", "right_y", "left_trigger", "right_trigger")
"""All axes of a gamepad."""


def key_name(symbol: str) -> str:
    """Return the name of a key from pyglet's constant ("LSHIFT" -> "left_shift", "_7" -> "7", "NUM_3" ->
    "pad_3").
    """
    name = symbol.lower()
    if name.startswith("_"):
        return name[1:]
    if name.startswith("num_"):
        return "pad_" + name[4:]
    if name.startswith("user_key("):
        return "key_" + name[9:].rstrip(")")
    return _WORDS.get(name, name)
