"""Weights and files that a generator works from: which model, under which licence; which files of the project."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.assets.atomic import write_atomic
from taixu_editor.folders import config_folder
from taixu_editor.interface import icon
from taixu_editor.panels.generate_words import square_button
from taixu_editor.widgets.cards import fit_text

if TYPE_CHECKING:
    from taixu.app import Job
    from taixu.generate import Generator
    from taixu.generate.model_facts import ModelFacts
    from taixu_editor.panels.generate import GeneratePanel

__all__ = ["Weights"]

_MOST_RECENT = 8
_MOST_BYTES = 1 << 16


class Weights:
    """Model and parents; nothing where the generator wants neither.

    Attributes
    ----------
    facts
        What is known of models by name, or why they cannot be used; None while that is looked up.
    """

    def __init__(self, panel: GeneratePanel) -> None:
        self._panel = panel
        self.facts: dict[tuple[str, str], ModelFacts | str | None] = {}
        self.place = (0.0, 0.0)
        """The middle of where files are dropped."""

    def draw(self) -> None:
        """Of the chosen generator."""
        generator = self._panel.draft.generator
        needs = generator.needs
        if needs.weights or needs.optional_weights:
            self._draw_model(generator)
        if needs.parents or needs.optional_parents or self._panel.draft.parents:
            self._draw_parents(needs.parents)

    # -- model -------------------------------------------------------------------------------------------------------
    def _draw_model(self, generator: Generator) -> None:
        panel, t, theme, unit = self._panel, self._panel.t, self._panel.window.theme, imgui.get_font_size()
        imgui.dummy((0, unit * 0.15))
        imgui.separator_text(t("Model"))
        size = imgui.get_frame_height()
        imgui.set_next_item_width(imgui.get_content_region_avail().x - size * 2 - unit * 0.8)
        hint = t("A folder, a file, or a name of the hub")
        _, name = imgui.input_text_with_hint("##model", hint, panel.draft.model)
        if name != panel.draft.model:
            panel.draft.model = name.strip()
        if imgui.is_item_deactivated_after_edit():
            self._look_up(generator, panel.draft.model)
        imgui.same_line(0, unit * 0.3)
        if square_button("history", "recent models", size):
            imgui.open_popup("recent models")
        imgui.set_item_tooltip(t("Models that were used before"))
        imgui.same_line(0, unit * 0.3)
        if square_button("open", "open model", size):
            panel.window.shell.later(self._browse)
        imgui.set_item_tooltip(t("Choose a file of weights"))
        if imgui.begin_popup("recent models"):
            recent = recent_models()
            for each in recent:
                if imgui.menu_item_simple(fit_text(each, unit * 26)):
                    panel.draft.model = each
                    self._look_up(generator, each)
            if not recent:
                imgui.text_disabled(t("None yet"))
            imgui.end_popup()
        if panel.draft.model:
            self._say_facts(self.facts.get((generator.name, panel.draft.model), ""))
        elif generator.needs.weights:
            self._wrapped(t("Name the weights it works with: they stay where they are."), theme.faint)

    def _say_facts(self, facts: Any) -> None:
        from taixu.generate.licences import terms_of

        t, theme = self._panel.t, self._panel.window.theme
        if facts is None:
            imgui.text_disabled(t("Looking at it..."))
        elif isinstance(facts, str):
            if facts:
                self._wrapped(facts, theme.warning)
        elif not facts.licence:
            self._wrapped(t("Nothing says under which licence it is."), theme.warning)
        else:
            terms = terms_of(facts.licence)
            if terms is None:
                said = t("Licence {licence}: read it before you pass on what it makes.", licence=facts.licence)
                self._wrapped(said, theme.warning)
            elif not terms.sell:
                self._wrapped(t("Licence {licence}: forbids use that earns money.", licence=facts.licence), theme.warning)
            else:
                self._wrapped(t("Licence {licence}", licence=facts.licence), theme.faint)

    def _look_up(self, generator: Generator, name: str) -> None:
        """In the background: weights have gigabytes that are hashed once."""
        key = (generator.name, name)
        if not name or self.facts.get(key) is not None:
            return
        self.facts[key] = None

        def end(job: Job) -> None:
            self.facts[key] = job.result if job.error is None else str(job.error)
            if job.error is None:
                remember_model(name)

        self._panel.host.jobs.submit_io(generator.find_model, (name,), label=name, then=end)

    def _browse(self) -> None:
        from taixu_editor.file_dialog import FileDialog

        panel = self._panel

        def act(path: Path) -> None:
            panel.draft.model = str(path)
            self._look_up(panel.draft.generator, str(path))

        heading = panel.t("Choose a file of weights")
        panel.window.shell.dialogs.open(FileDialog(panel.window, heading, endings=(".safetensors",), start=Path.home(), act=act))

    # -- parents -----------------------------------------------------------------------------------------------------
    def _draw_parents(self, least: int) -> None:
        panel, t, theme, unit = self._panel, self._panel.t, self._panel.window.theme, imgui.get_font_size()
        imgui.dummy((0, unit * 0.15))
        imgui.separator_text(t("Made from"))
        parents = panel.draft.parents
        for path in parents:
            imgui.push_id(path)
            if imgui.small_button(f"{icon('close')}###take away"):
                panel.draft.parents = tuple(each for each in parents if each != path)
                panel.choose(None)
            imgui.same_line()
            found = panel.window.shell.pictures.find(panel.host.session.project.root / path) if path.endswith(".png") else None
            if found is not None:
                imgui.image(found[0], (unit * 1.4, unit * 1.4))
                imgui.same_line()
            imgui.text_unformatted(fit_text(path.rpartition("/")[2], imgui.get_content_region_avail().x))
            imgui.set_item_tooltip(path)
            imgui.pop_id()
        start, width, height = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x, unit * 2.4
        imgui.invisible_button("drop parents", (max(width, 1), height))
        self.place = (start.x + width / 2, start.y + height / 2)
        draw, is_short = imgui.get_window_draw_list(), len(parents) < least
        draw.add_rect(start, (start.x + width, start.y + height), theme.pack("warning" if is_short else "border"), unit * 0.4)
        text = fit_text(t("Drop files from Assets here"), width - unit)
        wide = imgui.calc_text_size(text).x
        draw.add_text((start.x + (width - wide) / 2, start.y + (height - unit) / 2), theme.pack("faint"), text)
        dropped = panel.window.drag_drop.target("asset")
        endings = panel.draft.generator.needs.suffixes
        if dropped and endings and not str(dropped).lower().endswith(endings):
            panel.window.shell.toasts.say(t("It is made from other files: {endings}", endings=" ".join(endings)), "warning")
        elif dropped:
            panel.draft.parents = (*parents, str(dropped))
            panel.choose(None)

    def _wrapped(self, text: str, color: Any) -> None:
        imgui.push_style_color(imgui.Col_.text, color)
        imgui.push_text_wrap_pos(0.0)
        imgui.text_unformatted(text)
        imgui.pop_text_wrap_pos()
        imgui.pop_style_color()


def recent_models() -> list[str]:
    """Models that were used before, the latest first."""
    file = config_folder() / "models.json"
    with suppress(OSError, ValueError, TypeError, RecursionError):
        if file.stat().st_size <= _MOST_BYTES:
            return [str(each) for each in json.loads(file.read_text("utf-8"))][:_MOST_RECENT]
    return []


def remember_model(name: str) -> None:
    """Put it first among those."""
    names = [name, *(each for each in recent_models() if each != name)][:_MOST_RECENT]
    with suppress(OSError):
        write_atomic(config_folder() / "models.json", json.dumps(names, ensure_ascii=False, indent=1))
