"""The question whether an agent may use a tool, with all that it would change."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu_editor.agents import TOOLS, Answer
from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.interface import icon
from taixu_editor.widgets.difference_list import DifferenceList

if TYPE_CHECKING:
    from taixu_editor.agent_desk import Question
    from taixu_editor.window import EditorWindow

__all__ = ["ConsentDialog"]

_STILL_SECS = 0.5
"""It comes unasked for: a click that was meant for what lay below must not answer it."""


class ConsentDialog(Dialog):
    """Allow once, for as long as agents are let in, or not at all."""

    title: ClassVar[str] = "An agent asks"
    width: ClassVar[float] = 38.0
    answers_enter: ClassVar[bool] = False

    def __init__(self, window: EditorWindow, question: Question) -> None:
        super().__init__(window)
        self._question = question
        self._opened_at = 0.0
        found = question.request.difference
        self._list = DifferenceList(window, found) if found is not None else None

    @property
    def takes_answers(self) -> bool:
        """Whether it stood long enough to be seen."""
        return self._opened_at > 0 and monotonic() - self._opened_at > _STILL_SECS

    def draw(self) -> None:
        """Who wants what, what it would change, and the answers."""
        if not self._question.is_open:  # it gave up, or was answered elsewhere
            self.close()
            return
        theme, t, unit = self.window.theme, self.t, imgui.get_font_size()
        request = self._question.request
        self._opened_at = self._opened_at or monotonic()
        imgui.text_colored(theme.accent, icon("agent"))
        imgui.same_line(0, unit * 0.7)
        imgui.text_wrapped(t("{agent} wants to {does}.", agent=request.agent, does=t(TOOLS[request.tool])))
        if request.about:
            imgui.push_text_wrap_pos(0)
            imgui.text_colored(theme.faint, f"“{request.about}”")
            imgui.pop_text_wrap_pos()
        if self._list is not None:
            imgui.dummy((0, unit * 0.2))
            self._list.draw(most_rows=12)
        reason = "" if self.takes_answers else t("A moment, so that no stray click answers")
        self.buttons([
            Choice("Allow once", partial(self._answer, "once"), reason),
            Choice("Allow for this session", partial(self._answer, "always"), reason),
            Choice("Refuse", partial(self._answer, "no"), reason),
        ])  # fmt: skip

    def cancel(self) -> None:
        """Escape, or the cross: it is refused."""
        self._answer("no")

    def _answer(self, answer: Answer) -> None:
        """The agent hears it between two frames, where what it wants is done, too."""
        self.close()
        self.window.shell.later(partial(self.window.shell.agents.decide, self._question, answer))
