"""Numbers that are typed while something is dragged: ``2``, ``-.5``, Tab for the next axis, Backspace to take back."""

from __future__ import annotations

from dataclasses import dataclass, field

from imgui_bundle import imgui

__all__ = ["Typed"]

_SIGNS = {
    **{getattr(imgui.Key, f"_{i}"): str(i) for i in range(10)}, **{getattr(imgui.Key, f"keypad{i}"): str(i) for i in range(10)},
    imgui.Key.period: ".", imgui.Key.keypad_decimal: ".", imgui.Key.comma: ".",
}  # fmt: skip
_MOST = 12


@dataclass
class Typed:
    """Text by place: one number for each axis that is free, in their order."""

    texts: list[str] = field(default_factory=lambda: [""])
    is_negative: list[bool] = field(default_factory=lambda: [False])
    at: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed: the hand counts."""
        return not any(self.texts)

    def read_keys(self, places: int) -> None:
        """What was typed in this frame; there are so many numbers."""
        if imgui.get_io().key_ctrl or imgui.get_io().want_text_input:
            return
        for key, sign in _SIGNS.items():
            if imgui.is_key_pressed(key, False):
                self.put(sign)
        if imgui.is_key_pressed(imgui.Key.minus, False) or imgui.is_key_pressed(imgui.Key.keypad_subtract, False):
            self.is_negative[self.at] = not self.is_negative[self.at]
        if imgui.is_key_pressed(imgui.Key.backspace):
            self.take_back()
        if imgui.is_key_pressed(imgui.Key.tab, False) and places > 1 and not self.is_empty:
            self.at = (self.at + 1) % places
            while len(self.texts) < self.at + 1:
                self.texts.append("")
                self.is_negative.append(False)

    def put(self, sign: str) -> None:
        """One more digit, or a point where there is none yet."""
        text = self.texts[self.at]
        if len(text) < _MOST and not (sign == "." and "." in text):
            self.texts[self.at] = text + sign

    def take_back(self) -> None:
        """The last digit goes; before the first one, the number before is meant."""
        if self.texts[self.at]:
            self.texts[self.at] = self.texts[self.at][:-1]
        elif self.at:
            self.at -= 1

    def values(self, count: int, default: float = 0.0) -> list[float]:
        """The numbers; the default where none was typed."""
        found = []
        for i in range(count):
            text = self.texts[i] if i < len(self.texts) else ""
            number = float(text) if text.strip(".") else default
            found.append(-number if i < len(self.is_negative) and self.is_negative[i] else number)
        return found

    def shown(self, index: int) -> str:
        """What stands in place of a number, with a mark where the next digit goes."""
        text = self.texts[index] if index < len(self.texts) else ""
        sign = "-" if index < len(self.is_negative) and self.is_negative[index] else ""
        return f"{sign}{text}{'|' if index == self.at else ''}"
