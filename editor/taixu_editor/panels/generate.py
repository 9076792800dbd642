"""Making content out of words and sliders: what to make, a first look, a queue, and what came of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.generating.draft import Draft
from taixu_editor.generating.history import Entry
from taixu_editor.generating.task import Task
from taixu_editor.panels.generate_history import HistoryStrip
from taixu_editor.panels.generate_queue import draw_queue
from taixu_editor.panels.generate_sliders import Sliders
from taixu_editor.panels.generate_stage import Stage
from taixu_editor.panels.generate_weights import Weights
from taixu_editor.panels.generate_words import Words
from taixu_editor.panels.panel import Panel

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["GeneratePanel"]

_WIDE, _WIDER = 40.0, 64.0
"""Heights of the text from which on there are two and three columns."""


class GeneratePanel(Panel):
    """Words above, what they look like below them, then sliders and what was made; beside one another where there is room.

    Attributes
    ----------
    draft
        What is about to be asked for.
    chosen
        The result that is shown in place of the first look, by id; empty for the look.
    compared
        The one that it is compared with; empty for none.
    """

    id: ClassVar[str] = "generate"
    title: ClassVar[str] = "Generate"
    dock: ClassVar[str] = "right"
    is_open_at_first: ClassVar[bool] = False

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.studio = window.host.studio
        self.draft = Draft(self.studio)
        self.chosen = self.compared = ""
        self.keeps = True
        """Whether what is made by the button comes into the project's assets at once."""
        self.count = 1
        self.strip_fills = False
        """Whether the history has a column of its own."""
        self.words, self.sliders, self.weights = Words(self), Sliders(self), Weights(self)
        self.stage, self.strip = Stage(self), HistoryStrip(self)
        self.studio.on_made.append(self._made)
        self.studio.on_failed.append(self._failed)

    # -- the frame ---------------------------------------------------------------------------------------------------
    def draw(self) -> None:
        """All of it, in as many columns as there is room for."""
        if not self.host.session.worlds:
            return
        unit, room = imgui.get_font_size(), imgui.get_content_region_avail()
        self._look()
        if room.x < unit * _WIDE:
            self._draw_column(room.y)
        else:
            self._draw_columns(room.x, room.y, three=room.x >= unit * _WIDER)
        if imgui.is_window_focused(imgui.FocusedFlags_.root_and_child_windows):
            self.keyboard_frame = imgui.get_frame_count()

    def hide(self) -> None:
        """Nobody sees the first look: it is not made."""
        self.studio.looking.want(None)

    def release(self) -> None:
        """Give the previews back."""
        self.stage.release()
        self.strip.release()
        self.studio.on_made.remove(self._made)
        self.studio.on_failed.remove(self._failed)

    def _draw_column(self, height: float) -> None:
        self.strip_fills = False
        if imgui.begin_child("column", (0, 0), imgui.ChildFlags_.none):
            self.words.draw()
            self.stage.draw(min(imgui.get_content_region_avail().x, max(height * 0.34, imgui.get_font_size() * 9)))
            self.words.draw_making()
            draw_queue(self)
            self.strip.draw(imgui.get_font_size() * 4.4)
            self.weights.draw()
            self.sliders.draw()
        imgui.end_child()

    def _draw_columns(self, width: float, height: float, *, three: bool) -> None:
        gap = imgui.get_font_size() * 0.9
        self.strip_fills = three
        shares = (0.34, 0.33, 0.33) if three else (0.5, 0.5)
        parts = [(width - gap * (len(shares) - 1)) * share for share in shares]
        if imgui.begin_child("asked for", (parts[0], height)):
            self.words.draw()
            self.weights.draw()
            self.sliders.draw()
        imgui.end_child()
        imgui.same_line(0, gap)
        if imgui.begin_child("looks like", (parts[1], height)):
            self.stage.draw(min(parts[1], height - imgui.get_font_size() * (6 if three else 13)))
            self.words.draw_making()
            draw_queue(self)
            if not three:
                self.strip.draw(imgui.get_font_size() * 4.4)
        imgui.end_child()
        if three:
            imgui.same_line(0, gap)
            if imgui.begin_child("made", (0, height)):
                self.strip.draw(imgui.get_font_size() * 5.2)
            imgui.end_child()

    def _look(self) -> None:
        """Ask for a first look at what is wished for now."""
        draft, looking = self.draft, self.studio.looking
        is_asked = not draft.is_empty and not draft.meaning.problem and not self.chosen_entry
        looking.want(draft.wish() if is_asked and looking.is_live(draft.generator) else None)

    # -- results -----------------------------------------------------------------------------------------------------
    @property
    def chosen_entry(self) -> Entry | None:
        """The result that is shown, if one is."""
        return self._entry(self.chosen)

    @property
    def compared_entry(self) -> Entry | None:
        """The one that it is compared with."""
        return self._entry(self.compared)

    def _entry(self, id: str) -> Entry | None:
        history = self.studio.history
        return history.find(id) if id and id in history else None

    def choose(self, entry: Entry | None) -> None:
        """Show a result, or the first look."""
        self.chosen = "" if entry is None else entry.id
        self.compared = "" if not self.chosen or self.compared == self.chosen else self.compared

    def compare(self, entry: Entry) -> None:
        """Show a result beside the one that is shown; beside the latest other one where none is."""
        others = [each.id for each in self.studio.history.entries if each.id != entry.id]
        if not self.chosen or self.chosen == entry.id:
            self.chosen = others[0] if others else ""
        self.compared = entry.id

    def use(self, entry: Entry) -> None:
        """Go back to what a result was made of."""
        try:
            self.draft.take(entry)
        except TaixuError as error:
            self.window.shell.say_error(str(error))
            return
        self.sliders.forget()
        self.choose(None)

    # -- making ------------------------------------------------------------------------------------------------------
    def make(self) -> None:
        """Ask for what is wished for, as often as is chosen; the same once more is made of another seed, unless that is locked."""
        draft = self.draft
        if draft.is_empty or draft.meaning.problem:
            self.window.shell.toasts.say(draft.meaning.problem or self.t("Say in words what to make, or turn a slider."), "warning")
            return
        asked = [*(each.wish for each in self.studio.history.entries), *(each.wish for each in self.studio.tasks)]
        if draft.wish() in asked and not draft.is_seed_locked:
            draft.roll()
        self.choose(None)
        wish = draft.wish()
        keeps = self.keeps and self.count == 1 and draft.generator.makes != "script"  # a mod is read before it is kept
        settings = {"generator": wish.generator, "prompt": wish.prompt, "settings": dict(wish.settings), "model": wish.model,
                    "parents": list(wish.parents)}  # fmt: skip
        done = self.window.do("generate.start", seed=wish.seed, count=self.count, **settings)
        if isinstance(done, dict) and keeps:
            for id in done["tasks"]:
                self.studio.after(id, self._keep)

    def _keep(self, entry: Entry) -> None:
        def said(paths: tuple[str, ...]) -> None:
            text = self.t("Made {name}", name=entry.label)
            self.window.shell.toasts.say(text, "success", action="Show it", act=partial(show_file, self.window, paths[0]))
            refresh_assets(self.window)

        self.studio.keep_soon(entry, said, failed=self.window.shell.say_error)

    def _made(self, task: Task) -> None:
        if self.studio.history.problem:
            self.window.shell.toasts.say(self.studio.history.problem, "warning")
        if task.entry is not None and not self.chosen and not self.studio.looking.is_live(task.generator):
            self.choose(task.entry)

    def _failed(self, task: Task) -> None:
        self.window.shell.say_error(task.error)


def refresh_assets(window: EditorWindow) -> None:
    """The assets panel sees new files at once."""
    for panel in window.panels:
        if panel.id == "assets":
            panel.index.refresh()  # type: ignore[attr-defined]


def show_file(window: EditorWindow, path: str) -> None:
    """Bring a file of the project into sight."""
    window.shell.show_panel("assets")
    for panel in window.panels:
        if panel.id == "assets":
            panel.folder, panel.search, panel.chosen = path.rpartition("/")[0], "", (path,)  # type: ignore[attr-defined]
