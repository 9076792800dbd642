"""Below the picture: what can be done with a result, and hearing what can be heard."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.generating.history import Entry
from taixu_editor.generating.listening import Listening
from taixu_editor.generating.varying import vary
from taixu_editor.interface import icon
from taixu_editor.panels.generate_drop import apply_result, bring_result
from taixu_editor.panels.generate_words import square_button
from taixu_editor.widgets.cards import fit_text

if TYPE_CHECKING:
    from pathlib import Path

    from taixu_editor.panels.generate import GeneratePanel
    from taixu_editor.window import EditorWindow

__all__ = ["StageBar"]

_VARIATIONS = 4
_AMOUNTS = (("A little", 0.15), ("Clearly", 0.4), ("Wildly", 0.9))


def ask_consent(window: EditorWindow) -> None:
    """What a new mod asks for is agreed to, or not, as for every other."""
    from taixu_editor.panels.mods_dialogs import LookDialog

    window.shell.later(lambda: window.shell.dialogs.open(LookDialog(window)))


class StageBar:
    """A row of buttons."""

    def __init__(self, panel: GeneratePanel) -> None:
        self._panel = panel
        self.listening = Listening()
        self.places: dict[str, tuple[float, float]] = {}
        """Middles of the buttons, by name."""

    def draw(self, entry: Entry | None) -> None:
        """For a result, or for the first look."""
        panel, t = self._panel, self._panel.t
        self.listening.frame(imgui.get_io().delta_time)
        self.places.clear()
        if entry is None:
            heard = panel.studio.looking.result
            if heard is not None and heard.files[0].suffix == ".wav":
                self._draw_play(heard.files[0])
            return
        unit, theme = imgui.get_font_size(), panel.window.theme
        imgui.text_colored(theme.text, fit_text(entry.label, imgui.get_content_region_avail().x))
        imgui.set_item_tooltip(self._facts(entry))
        sound = entry.file("")
        if sound is not None and sound.suffix in (".wav", ".ogg"):
            self._draw_play(sound)
        space = unit * 0.3
        chosen = panel.host.session.current.selection
        if entry.makes == "script":
            if imgui.button(f"{icon('save', t('Keep'))}###keep mod"):
                self.keep(entry)
            self._place("keep mod")
            imgui.set_item_tooltip(t("Put the mod into the project, and ask whether it may run; one step that can be undone"))
        else:
            if imgui.button(f"{icon('component', t('Apply'))}###apply"):
                self.apply(entry)
            self._place("apply")
            imgui.set_item_tooltip(t("Put it onto what is selected") if chosen else t("Place it in the world"))
        self._go_on(space)
        if self._button("inspector", "use", t("Use its words and sliders")):
            panel.use(entry)
        self._go_on(space)
        if self._button("vary", "vary", t("Variations")):
            imgui.open_popup("variations")
        self._go_on(space)
        if self._button("compare", "compare", t("Compare"), is_on=bool(panel.compared)):
            self._compare(entry)
        self._go_on(space)
        if self._button("star", "star", t("Star: it stays in the history"), is_on=entry.is_starred):
            panel.window.do("generate.star", result=entry.id, star=not entry.is_starred)
        self._go_on(space)
        kept = bool(panel.studio.kept(entry))
        if self._button("folder", "keep", t("Keep it in the project's assets"), is_on=kept):
            self.keep(entry)
        if self.can_edit_graph(entry):
            self._go_on(space)
            if self._button("graph", "graph", t("Edit graph")):
                self.edit_graph(entry)
        self._go_on(space)
        if self._button("delete", "forget", t("Forget it")):
            panel.window.shell.later(partial(panel.window.do, "generate.forget", result=entry.id))
        if imgui.begin_popup("variations"):
            self.draw_variations(entry)
            imgui.end_popup()

    def draw_variations(self, entry: Entry) -> None:
        """Entries of a menu."""
        t = self._panel.t
        if imgui.menu_item_simple(f"{t('Other seeds')}###other seeds"):
            self.vary(entry, 0.0)
        imgui.separator_text(t("Sliders moved"))
        for title, amount in _AMOUNTS:
            if imgui.menu_item_simple(f"{t(title)}###vary {title}"):
                self.vary(entry, amount)

    def vary(self, entry: Entry, amount: float) -> None:
        """Put some like it into the queue; what is locked in the panel stays."""
        panel = self._panel
        try:
            generator = panel.studio.generator_of(entry.wish)
            locked = panel.draft.locked if panel.draft.generator is generator else ()
            for wish in vary(generator, entry.wish, _VARIATIONS, amount=amount, locked=locked):
                panel.studio.start(wish, of=entry.id)
        except TaixuError as error:
            panel.window.shell.say_error(str(error))

    def keep(self, entry: Entry) -> None:
        """Into the project's assets, and say where."""
        from taixu_editor.panels.generate import show_file

        window, t = self._panel.window, self._panel.t

        def said(paths: tuple[str, ...]) -> None:
            act = partial(show_file, window, paths[0])
            window.shell.toasts.say(t("Kept as {name}", name=paths[0]), "success", action="Show it", act=act)
            if entry.makes == "script":
                ask_consent(window)

        bring_result(window, entry.id, said)

    def apply(self, entry: Entry) -> None:
        """Onto what is selected, or into the middle of the view."""
        panel = self._panel
        chosen = panel.host.session.current.selection
        apply_result(panel.window, entry.id, entity=chosen[-1] if chosen else "", position=panel.window.place_in_view())

    def can_edit_graph(self, entry: Entry) -> bool:
        """Whether it has a graph, and somebody opens such."""
        return "graph.open" in self._panel.host.operations and any(role == "graph" for _, role in entry.files)

    def edit_graph(self, entry: Entry) -> None:
        """Keep it, and open the graph that is kept with it."""
        window = self._panel.window

        def open_graph(paths: tuple[str, ...]) -> None:
            graph = next((path for path in paths if path.endswith(".graph.json")), "")
            if graph:
                window.shell.later(partial(window.do, "graph.open", path=graph))

        bring_result(window, entry.id, open_graph)

    def _compare(self, entry: Entry) -> None:
        panel = self._panel
        if panel.compared:
            panel.compared = ""
            return
        others = [each for each in panel.studio.history.entries if each.id != entry.id and each.makes == entry.makes]
        if not others:
            panel.window.shell.toasts.say(panel.t("There is no other result to compare it with"))
            return
        near = next((each for each in others if each.id == entry.of or each.of in (entry.id, entry.of or "-")), others[0])
        panel.compared = near.id

    def _draw_play(self, file: Path) -> None:
        t, listening = self._panel.t, self.listening
        is_on = listening.file == file
        if imgui.button(f"{icon('stop' if is_on else 'play', t('Stop') if is_on else t('Listen'))}###listen", (-1, 0)):
            if is_on:
                listening.stop()
            else:
                self._panel.window.shell.attempt(partial(listening.play, file))
        self._place("listen")

    def _button(self, picture: str, name: str, hint: str, *, is_on: bool = False) -> bool:
        theme, size = self._panel.window.theme, imgui.get_frame_height()
        imgui.push_style_color(imgui.Col_.button, theme.accent_soft if is_on else theme.raised)
        imgui.push_style_color(imgui.Col_.text, theme.accent if is_on else theme.text)
        pressed = square_button(picture, name, size)
        imgui.pop_style_color(2)
        self._place(name)
        imgui.set_item_tooltip(hint)
        return pressed

    def _go_on(self, space: float) -> None:
        """In the same line, if there is room for another button."""
        right = imgui.get_cursor_screen_pos().x + imgui.get_content_region_avail().x
        if imgui.get_item_rect_max().x + space + imgui.get_frame_height() <= right:
            imgui.same_line(0, space)

    def _place(self, name: str) -> None:
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self.places[name] = ((low.x + high.x) / 2, (low.y + high.y) / 2)

    def _facts(self, entry: Entry) -> str:
        t = self._panel.t
        lines = [entry.label, t("Seed {seed}", seed=entry.wish.seed), *(entry.kept[:1])]
        return "\n".join(lines)
