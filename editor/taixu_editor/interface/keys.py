"""Shortcuts as text (``Ctrl+Shift+Z``, ``F2``, ``Num7``) and as Dear ImGui's chords."""

from __future__ import annotations

from functools import cache

from imgui_bundle import imgui

__all__ = ["chord_of", "is_pressed", "pressed_shortcut"]

_MODIFIERS = {
    "Ctrl": imgui.Key.mod_ctrl, "Shift": imgui.Key.mod_shift, "Alt": imgui.Key.mod_alt, "Super": imgui.Key.mod_super,
}  # fmt: skip
_KEYS: dict[str, imgui.Key] = {
    **{chr(code): getattr(imgui.Key, chr(code).lower()) for code in range(ord("A"), ord("Z") + 1)},
    **{str(i): getattr(imgui.Key, f"_{i}") for i in range(10)}, **{f"F{i}": getattr(imgui.Key, f"f{i}") for i in range(1, 13)},
    **{f"Num{i}": getattr(imgui.Key, f"keypad{i}") for i in range(10)},
    "NumDot": imgui.Key.keypad_decimal, "NumDivide": imgui.Key.keypad_divide, "NumTimes": imgui.Key.keypad_multiply,
    "NumMinus": imgui.Key.keypad_subtract, "NumPlus": imgui.Key.keypad_add,
    "Delete": imgui.Key.delete, "Insert": imgui.Key.insert, "Home": imgui.Key.home, "End": imgui.Key.end,
    "PgUp": imgui.Key.page_up, "PgDn": imgui.Key.page_down, "Left": imgui.Key.left_arrow, "Right": imgui.Key.right_arrow,
    "Up": imgui.Key.up_arrow, "Down": imgui.Key.down_arrow, "Space": imgui.Key.space, "Tab": imgui.Key.tab,
    "Enter": imgui.Key.enter, "Esc": imgui.Key.escape, "Backspace": imgui.Key.backspace, "Pause": imgui.Key.pause,
    ",": imgui.Key.comma, ".": imgui.Key.period, "-": imgui.Key.minus, "=": imgui.Key.equal, "/": imgui.Key.slash,
    ";": imgui.Key.semicolon, "'": imgui.Key.apostrophe, "[": imgui.Key.left_bracket, "]": imgui.Key.right_bracket,
    "\\": imgui.Key.backslash, "`": imgui.Key.grave_accent,
}  # fmt: skip


@cache
def chord_of(shortcut: str) -> int:
    """Dear ImGui's number of a shortcut; 0 for one that no keyboard has."""
    *modifiers, key = shortcut.split("+")
    if key not in _KEYS or any(each not in _MODIFIERS for each in modifiers):
        return 0
    chord = int(_KEYS[key])
    for each in modifiers:
        chord |= int(_MODIFIERS[each])
    return chord


def is_pressed(shortcut: str) -> bool:
    """Whether a shortcut was pressed in this frame, with exactly its modifiers."""
    chord = chord_of(shortcut)
    return bool(chord) and imgui.is_key_chord_pressed(chord)


def pressed_shortcut() -> str:
    """The shortcut that was pressed in this frame, or nothing."""
    for name, key in _KEYS.items():
        if imgui.is_key_pressed(key, False):
            io = imgui.get_io()
            held = {"Ctrl": io.key_ctrl, "Shift": io.key_shift, "Alt": io.key_alt, "Super": io.key_super}
            return "+".join([*(each for each in _MODIFIERS if held[each]), name])
    return ""
