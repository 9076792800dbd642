"""Dialogs of mods: agreeing to an installation, choosing from an index, beginning a new one."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.interface import icon
from taixu_editor.mods.proposals import Proposal
from taixu_editor.panels.mods_consent import ConsentForm

if TYPE_CHECKING:
    from taixu.app import Job
    from taixu_editor.window import EditorWindow

__all__ = ["IndexDialog", "LookDialog", "NewModDialog"]

_STILL_SECS = 0.5
"""What appears under a pointer must not be answered by a click that was meant for something else."""


class LookDialog(Dialog):
    """What installing would do; agreed to, in whole or in part, or refused.

    Attributes
    ----------
    form
        What is asked; None while it is looked at, and where there is nothing to ask.
    """

    title: ClassVar[str] = "Install mods"
    width: ClassVar[float] = 42.0
    answers_enter: ClassVar[bool] = False

    def __init__(
        self, window: EditorWindow, wanted: tuple[str, ...] = (), *, indexes: tuple[str, ...] = (), update: bool = False
    ) -> None:
        super().__init__(window)
        self.form: ConsentForm | None = None
        self.problem = ""
        self._is_empty, self._shown_at = False, 0.0
        window.host.mods.look(wanted, self._take, indexes=indexes, update=update)

    @property
    def takes_answers(self) -> bool:
        """Whether it stood long enough to be read."""
        return self._shown_at > 0 and monotonic() - self._shown_at > _STILL_SECS

    def draw(self) -> None:
        """What there is to say, and the answers."""
        t, theme, unit = self.t, self.window.theme, imgui.get_font_size()
        if self.problem:
            imgui.text_colored(theme.bad, icon("error"))
            imgui.same_line(0, unit * 0.6)
            imgui.text_wrapped(self.problem)
            self.buttons([Choice("Close", self.close)])
        elif self._is_empty:
            imgui.text_wrapped(t("There is nothing to do: all is installed and agreed to."))
            self.buttons([Choice("Close", self.close)])
        elif self.form is None:
            imgui.text_disabled(t("Looking at it..."))
            self.buttons([Choice("Cancel", self.close)])
        else:
            self._shown_at = self._shown_at or monotonic()
            self._draw_form(self.form)

    def _draw_form(self, form: ConsentForm) -> None:
        t = self.t
        imgui.push_text_wrap_pos(0)
        imgui.text_disabled(t("Mods run in a box and reach this world alone. Of that, they ask for this:"))
        imgui.pop_text_wrap_pos()
        imgui.dummy((0, imgui.get_font_size() * 0.2))
        form.draw(imgui.get_main_viewport().work_size.y * 0.6)
        reason = form.lacks or ("" if self.takes_answers else t("A moment, so that no stray click answers"))
        verb = "Install" if any(item.zip is not None for item in form.proposal.plan.changes) else "Agree"
        self.buttons([Choice(verb, self._agree, reason), Choice("Refuse", self.close)])

    def _take(self, found: Proposal | str) -> None:
        if isinstance(found, str):
            self.problem = found
        elif found.is_empty:
            self._is_empty = True
        else:
            self.form = ConsentForm(self.window, found)

    def _agree(self) -> None:
        assert self.form is not None
        form, host = self.form, self.window.host
        try:
            done = host.do("mods.install", agreed=form.proposal.digest, denied=sorted(form.denied), accept=sorted(form.accept))
        except TaixuError as error:
            self.problem = str(error)
            return
        self.close()
        count = len(done) if isinstance(done, list) else 0
        said = self.t("1 mod may run now") if count == 1 else self.t("{count} mods may run now", count=count)
        self.window.shell.toasts.say(said, "success")


class IndexDialog(Dialog):
    """A place that mods come from, and those that it has."""

    title: ClassVar[str] = "Install from an index"
    width: ClassVar[float] = 34.0
    answers_enter: ClassVar[bool] = False

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.place, self.problem = "", ""
        self.found: list[tuple[str, str]] = []
        """Ids with their newest versions."""
        self._chosen, self._is_looking, self._wants_focus = "", False, True

    def draw(self) -> None:
        """The address, what is there, the answers."""
        t, unit = self.t, imgui.get_font_size()
        imgui.text_disabled(t("An address that begins with https://, or a folder"))
        imgui.set_next_item_width(-unit * 6.5)
        if self._wants_focus:
            self._wants_focus = False
            imgui.set_keyboard_focus_here()
        flags = imgui.InputTextFlags_.enter_returns_true
        entered, self.place = imgui.input_text_with_hint("###place", "https://mods.example.org/", self.place, flags)
        imgui.same_line()
        imgui.begin_disabled(not self.place.strip() or self._is_looking)
        if imgui.button(f"{t('Look')}###look", (-1, 0)) or (entered and self.place.strip()):
            self._look()
        imgui.end_disabled()
        if imgui.begin_child("found", (0, unit * 12), imgui.ChildFlags_.borders):
            if self._is_looking:
                imgui.text_disabled(t("Looking at it..."))
            if self.problem:
                imgui.push_style_color(imgui.Col_.text, self.window.theme.bad)
                imgui.text_wrapped(self.problem)
                imgui.pop_style_color()
            for id, version in self.found:
                if imgui.selectable(f"{icon('mod')}   {id}###mod {id}", self._chosen == id)[0]:
                    self._chosen = id
                imgui.same_line()
                imgui.text_disabled(version)
        imgui.end_child()
        reason = "" if self._chosen else t("Choose one of them")
        self.buttons([Choice("Look at it", self._go, reason), Choice("Cancel", self.close)])

    def _look(self) -> None:
        self.problem, self.found, self._chosen, self._is_looking = "", [], "", True
        self.window.host.jobs.submit_io(_list_index, (self.place.strip(),), label="the index", then=self._told)

    def _told(self, job: Job) -> None:
        self._is_looking = False
        if job.error:
            self.problem = str(job.error)
        else:
            self.found = job.result
            self._chosen = self.found[0][0] if len(self.found) == 1 else ""

    def _go(self) -> None:
        self.close()
        self.window.shell.dialogs.open(LookDialog(self.window, (self._chosen,), indexes=(self.place.strip(),)))


def _list_index(place: str) -> list[tuple[str, str]]:
    """Ids of an index with their newest versions."""
    from taixu.mods.packages.gathering import open_pinned_index
    from taixu.mods.packages.pins import Pins

    index, _ = open_pinned_index(place, Pins())
    return sorted((id, str(max(versions))) for id, versions in index.data.entries.items())


class NewModDialog(Dialog):
    """The id of a mod that is to be begun."""

    title: ClassVar[str] = "New mod"
    width: ClassVar[float] = 28.0

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.id, self.problem = "", ""
        self._wants_focus = True

    def draw(self) -> None:
        """Its id, what is wrong with it, the answers."""
        t = self.t
        imgui.push_text_wrap_pos(0)
        imgui.text_disabled(t("Who you are and what it is called, in small letters: alice.fish. It stays its name for ever."))
        imgui.pop_text_wrap_pos()
        imgui.set_next_item_width(-1)
        if self._wants_focus:
            self._wants_focus = False
            imgui.set_keyboard_focus_here()
        _, self.id = imgui.input_text_with_hint("###id", "alice.fish", self.id)
        if self.problem:
            imgui.push_style_color(imgui.Col_.text, self.window.theme.bad)
            imgui.text_wrapped(self.problem)
            imgui.pop_style_color()
        self.buttons([Choice("Make it", self._make), Choice("Cancel", self.close)])

    def _make(self) -> None:
        id = self.id.strip()
        try:
            folder = str(self.window.host.do("mods.new", id=id))
        except TaixuError as error:
            self.problem = str(error)
            return
        self.close()
        path = f"mods/{folder.replace(chr(92), '/').rpartition('/')[2]}/main.py"
        self.window.shell.later(partial(self.window.open_script, path))
