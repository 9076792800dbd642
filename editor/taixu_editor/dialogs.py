"""Dialogs: one question at a time over the window, answered by buttons or keys."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Choice", "Dialog", "Dialogs", "Question"]

_FLAGS = (
    imgui.WindowFlags_.no_saved_settings | imgui.WindowFlags_.no_docking | imgui.WindowFlags_.no_collapse
    | imgui.WindowFlags_.no_resize
)  # fmt: skip


class Dialog(ABC):
    """Something to be answered; `draw` lays it out and `close` ends it.

    Attributes
    ----------
    title
        English.
    width
        In heights of the text; its height follows from what is in it, unless `height` says one.
    answers_enter
        Whether Enter presses the first button.
    """

    title: ClassVar[str] = ""
    width: ClassVar[float] = 30.0
    height: ClassVar[float] = 0.0
    answers_enter: ClassVar[bool] = True

    def __init__(self, window: EditorWindow) -> None:
        self.window, self.t = window, window.t
        self.is_open = True

    @abstractmethod
    def draw(self) -> None:
        """Lay out this frame's contents."""

    def cancel(self) -> None:
        """Escape, or the cross: nothing is done."""
        self.close()

    def close(self) -> None:
        """End it."""
        self.is_open = False

    def heading(self) -> str:
        """What its upper edge says, in the user's language."""
        return self.t(self.title)

    def _is_entered(self) -> bool:
        return self.answers_enter and imgui.is_key_pressed(imgui.Key.enter, False) and not imgui.is_window_appearing()

    def buttons(self, choices: Sequence[Choice]) -> None:
        """A row at the lower right; Enter is the first one's."""
        unit = imgui.get_font_size()
        widths = [max(imgui.calc_text_size(self.t(each.text)).x + unit * 2, unit * 6) for each in choices]
        imgui.dummy((0, unit * 0.5))
        left = imgui.get_content_region_avail().x - sum(widths) - unit * 0.5 * (len(choices) - 1)
        imgui.set_cursor_pos_x(imgui.get_cursor_pos_x() + max(left, 0.0))
        theme = self.window.theme
        for i, (choice, width) in reversed(list(enumerate(zip(choices, widths)))):
            if i == 0:
                imgui.push_style_color(imgui.Col_.button, theme.accent)
                imgui.push_style_color(imgui.Col_.button_hovered, theme.accent_hover)
                imgui.push_style_color(imgui.Col_.text, theme.on_accent)
            imgui.begin_disabled(bool(choice.reason))
            pressed = imgui.button(f"{self.t(choice.text)}###{choice.text}", (width, unit * 2))
            imgui.end_disabled()
            if i == 0:
                imgui.pop_style_color(3)
            if choice.reason and imgui.is_item_hovered(imgui.HoveredFlags_.allow_when_disabled):
                imgui.set_tooltip(choice.reason)
            if pressed or (i == 0 and not choice.reason and self._is_entered()):
                choice.act()
            if i:
                imgui.same_line(0, unit * 0.5)


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: its English text, and what it does."""

    text: str
    act: Callable[[], object]
    reason: str = ""
    """Why it cannot be pressed now."""


class Question(Dialog):
    """A sentence and answers."""

    width: ClassVar[float] = 27.0

    def __init__(self, window: EditorWindow, title: str, sentence: str, choices: Sequence[Choice]) -> None:
        super().__init__(window)
        self._title, self._sentence, self._choices = title, sentence, choices

    def heading(self) -> str:
        """As it was asked."""
        return self._title

    def draw(self) -> None:
        """The sentence, and the buttons."""
        imgui.text_wrapped(self._sentence)

        def answer(choice: Choice) -> Callable[[], None]:
            def act() -> None:
                self.close()
                choice.act()

            return act

        self.buttons([Choice(each.text, answer(each), each.reason) for each in self._choices])


class Dialogs:
    """Those that are open: the first is shown, the others wait."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._waiting: list[Dialog] = []
        self._shown: Dialog | None = None

    @property
    def current(self) -> Dialog | None:
        """The one that is shown."""
        return self._shown

    def open(self, dialog: Dialog) -> None:
        """Show a dialog when those before it are answered."""
        self._waiting.append(dialog)

    def ask(self, title: str, sentence: str, *choices: Choice) -> None:
        """Ask a question; title and sentence are in the user's language."""
        self.open(Question(self._window, title, sentence, choices))

    def clear(self) -> None:
        """Answer none."""
        self._waiting.clear()
        if self._shown is not None:
            self._shown.is_open = False

    def draw(self) -> None:
        """Lay out the one that is shown."""
        if self._shown is None and self._waiting:
            self._shown = self._waiting.pop(0)
        dialog = self._shown
        if dialog is None:
            return
        name = f"{dialog.heading()}###dialog"
        if dialog.is_open and not imgui.is_popup_open("###dialog"):
            imgui.open_popup("###dialog")
        unit, area = imgui.get_font_size(), imgui.get_main_viewport()
        width = min(unit * dialog.width, area.work_size.x * 0.94)
        height = min(unit * dialog.height, area.work_size.y * 0.9) if dialog.height else 0.0
        imgui.set_next_window_pos(area.get_work_center(), imgui.Cond_.always, (0.5, 0.5))
        imgui.set_next_window_size((width, height))
        imgui.push_style_var(imgui.StyleVar_.window_padding, (unit * 1.2, unit))
        imgui.push_style_var(imgui.StyleVar_.frame_padding, (unit * 1.2, unit * 0.5))  # the title stands over what is below
        flags = _FLAGS | (imgui.WindowFlags_.no_scrollbar if dialog.height else 0)
        shown, stays = imgui.begin_popup_modal(name, True, flags)
        imgui.pop_style_var(2)
        if shown:
            if dialog.is_open:
                dialog.draw()
                if imgui.is_key_pressed(imgui.Key.escape, False) and imgui.is_window_focused(imgui.FocusedFlags_.child_windows):
                    stays = False
            if not stays and dialog.is_open:
                dialog.cancel()
            if not dialog.is_open:
                imgui.close_current_popup()
            imgui.end_popup()
        elif not stays and dialog.is_open:
            dialog.cancel()
        if not dialog.is_open:
            self._shown = None
