"""Toasts: a sentence in the corner for a few seconds, with at most one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Toast", "Toasts"]

_SECS = {"info": 5.0, "success": 4.0, "warning": 8.0, "error": 12.0}
_COLORS = {"info": "accent", "success": "good", "warning": "warning", "error": "bad"}
_FADE_SECS = 0.3
_MOST = 4


@dataclass(slots=True)
class Toast:
    """One sentence."""

    text: str
    kind: str = "info"
    action: str = ""
    act: Callable[[], object] | None = None
    until: float = 0.0
    count: int = 1


class Toasts:
    """The sentences that are shown now; the same one again is counted, not repeated."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self.shown: list[Toast] = []
        self.last: Toast | None = None
        """The latest, also when it has faded: the status line shows it."""

    def say(self, text: str, kind: str = "info", *, action: str = "", act: Callable[[], object] | None = None,
            secs: float = 0.0) -> None:  # fmt: skip
        """Show a sentence. `kind` is info, success, warning or error; `action` is a button's English text.

        It fades after `secs`, by default as its kind does.
        """
        until = monotonic() + (secs or _SECS[kind])
        for each in self.shown:
            if (each.text, each.kind) == (text, kind):
                each.until, each.count, self.last = until, each.count + 1, each
                return
        self.last = Toast(text, kind, action, act, until)
        self.shown = [*self.shown, self.last][-_MOST:]

    @property
    def is_fading(self) -> bool:
        """Whether one of them is on its way out."""
        return any(each.until - monotonic() < 2 * _FADE_SECS for each in self.shown)

    def clear(self) -> None:
        """Show none."""
        self.shown.clear()
        self.last = None

    def draw(self) -> None:
        """Lay out those of now, the latest lowest, in the lower right."""
        now = monotonic()
        self.shown = [each for each in self.shown if each.until > now]
        if not self.shown:
            return
        area = imgui.get_main_viewport()
        unit = imgui.get_font_size()
        x, y = area.work_pos.x + area.work_size.x - unit, area.work_pos.y + area.work_size.y - unit
        for toast in reversed(list(self.shown)):
            y -= self._draw(toast, (x, y), min(1.0, (toast.until - now) / _FADE_SECS)) + unit * 0.5

    def _draw(self, toast: Toast, corner: tuple[float, float], alpha: float) -> float:
        theme, unit = self._window.theme, imgui.get_font_size()
        imgui.set_next_window_pos(corner, imgui.Cond_.always, (1.0, 1.0))
        imgui.set_next_window_size_constraints((unit * 16, 0), (unit * 30, unit * 20))
        imgui.push_style_var(imgui.StyleVar_.alpha, alpha)
        imgui.push_style_var(imgui.StyleVar_.window_border_size, 1.0)
        imgui.push_style_var(imgui.StyleVar_.window_padding, (unit * 0.9, unit * 0.7))
        imgui.push_style_color(imgui.Col_.window_bg, theme.raised)
        flags = (
            imgui.WindowFlags_.no_decoration | imgui.WindowFlags_.always_auto_resize | imgui.WindowFlags_.no_saved_settings
            | imgui.WindowFlags_.no_focus_on_appearing | imgui.WindowFlags_.no_nav | imgui.WindowFlags_.no_docking
            | imgui.WindowFlags_.no_move
        )  # fmt: skip
        imgui.begin(f"###toast{id(toast)}", None, flags)
        imgui.internal.bring_window_to_display_front(imgui.internal.get_current_window())
        name = {"success": "success", "warning": "warning", "error": "error"}.get(toast.kind, "info")
        imgui.text_colored(getattr(theme, _COLORS[toast.kind]), icon(name))
        imgui.same_line(0, unit * 0.6)
        imgui.begin_group()
        imgui.push_text_wrap_pos(unit * 25)
        imgui.text_unformatted(toast.text + (f"  ({toast.count})" if toast.count > 1 else ""))
        imgui.pop_text_wrap_pos()
        imgui.end_group()
        if toast.action:
            imgui.same_line(0, unit)
            if imgui.small_button(f"{self._window.t(toast.action)}###act"):
                toast.until = 0.0
                if toast.act is not None:
                    toast.act()
        if imgui.is_window_hovered():
            toast.until = max(toast.until, monotonic() + 2.0)
            if imgui.is_mouse_clicked(imgui.MouseButton_.right):
                toast.until = 0.0
        height = imgui.get_window_height()
        imgui.end()
        imgui.pop_style_color()
        imgui.pop_style_var(3)
        return float(height)
