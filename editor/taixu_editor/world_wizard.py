"""The world wizard: words become a world that opens as a project of its own."""

from __future__ import annotations

import secrets
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.dialogs import Choice
from taixu_editor.interface import icon
from taixu_editor.new_project import NewProject

if TYPE_CHECKING:
    from taixu.generate import Generation
    from taixu_editor.window import EditorWindow

__all__ = ["WorldWizard"]

_EXAMPLES = ("a fishing village on a rocky coast, evening", "an alpine village in winter", "沙漠绿洲小镇，日落")
_CHOSEN = ("kind", "land", "trees", "season", "time", "weather")
_COUNTED = ("people", "houses", "size_m", "rocks")


class WorldWizard(NewProject):
    """Words, what they were understood as, and where the project comes.

    Attributes
    ----------
    words, seed
        What is asked for.
    chosen
        Parameters that a hand has set; they go before the words.
    generation
        What is being made; None before and after.
    """

    title: ClassVar[str] = "A world from words"
    width: ClassVar[float] = 44.0
    answers_enter: ClassVar[bool] = False

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        from taixu.generate.worlds.spec import WorldSpec

        self._specs = {each.name: each for each in fields(WorldSpec)}
        self.words, self.seed = _EXAMPLES[0], secrets.randbelow(1 << 31)
        self.chosen: dict[str, Any] = {}
        self.generation: Generation | None = None
        self._share, self._doing, self._asked = 0.0, "", ""
        self._meant: dict[str, Any] = {}
        self._unknown: tuple[str, ...] = ()

    def draw(self) -> None:
        """Words, what they mean, the folder, buttons; or how far it is."""
        if self.generation is not None:
            self._draw_making()
            return
        self._draw_words()
        self.draw_place()
        self.draw_problem()
        self.buttons([Choice("Create", self._begin, reason=self._doubt()), Choice("Cancel", self.cancel)])

    def _draw_words(self) -> None:
        t, unit = self.t, imgui.get_font_size()
        imgui.text_unformatted(t("What world?"))
        if imgui.is_window_appearing():
            imgui.set_keyboard_focus_here()
        imgui.set_next_item_width(-1)
        _, self.words = imgui.input_text("##words", self.words)
        for number, example in enumerate(_EXAMPLES):
            if number:
                imgui.same_line()
            if imgui.small_button(f"{example}##{number}"):
                self.words = example
        self._understand()
        if self._unknown:
            imgui.text_colored(self.window.theme.warning, t("Not understood: {words}", words=", ".join(self._unknown)))
        imgui.dummy((0, unit * 0.3))
        width = (imgui.get_content_region_avail().x - unit * 1.2) / 3
        for number, name in enumerate(_CHOSEN):
            if number % 3:
                imgui.same_line(0, unit * 0.6)
            self._draw_choice(name, width)
        for number, name in enumerate(_COUNTED):
            if number % 2:
                imgui.same_line(0, unit * 0.6)
            self._draw_number(name, (imgui.get_content_region_avail().x - unit * 0.6) / (2 - number % 2))
        imgui.set_next_item_width(unit * 12)
        _, self.seed = imgui.input_int(f"{t('Seed')}###seed", self.seed, 0, 0)
        self.seed = max(self.seed, 0)
        imgui.same_line()
        if imgui.button(f"{icon('dice')}###dice"):
            self.seed = secrets.randbelow(1 << 31)
        imgui.dummy((0, unit * 0.3))

    def _draw_choice(self, name: str, width: float) -> None:
        """A parameter of names: as the words have it, until a hand chooses."""
        value, spec = str(self.value(name)), self._specs[name]
        imgui.begin_group()
        self._label(name)
        imgui.set_next_item_width(width)
        shown = self.t.word(value.capitalize()) if value else self.t("Its own")
        if imgui.begin_combo(f"##{name}", shown):
            for each in spec.metadata["choices"]:
                if imgui.selectable(self.t.word(each.capitalize()) if each else self.t("Its own"), each == value)[0]:
                    self.chosen[name] = each
            imgui.end_combo()
        imgui.end_group()

    def _draw_number(self, name: str, width: float) -> None:
        spec, value = self._specs[name], self.value(name)
        low, high = spec.metadata["minimum"], spec.metadata["maximum"]
        imgui.begin_group()
        self._label(name)
        imgui.set_next_item_width(width)
        if isinstance(spec.default, int):
            words = "%d" if value >= 0 else self.t("as many as fit")
            changed, wanted = imgui.slider_int(f"##{name}", int(value), int(low), int(high), words)
        else:
            changed, wanted = imgui.slider_float(f"##{name}", float(value), float(low), float(high), "%.5g")  # type: ignore[assignment]
        if changed:
            self.chosen[name] = wanted
        imgui.end_group()

    def _label(self, name: str) -> None:
        """A parameter's name; a hand's choice can be given back to the words."""
        title = self.t.word(name.removesuffix("_m").capitalize())
        imgui.align_text_to_frame_padding()  # as those to the right are, which follow a frame
        if name not in self.chosen:
            imgui.text_disabled(title)
        elif imgui.text_link(f"{title} {icon('reset')}###reset {name}"):
            del self.chosen[name]

    def value(self, name: str) -> Any:
        """What a parameter is now: a hand's, the words', or the default."""
        return self.chosen.get(name, self._meant.get(name, self._specs[name].default))

    def _understand(self) -> None:
        if self.words == self._asked:
            return
        from taixu.generate.worlds.words import plan_of_words

        self._asked = self.words
        try:
            plan = plan_of_words(self.words)
        except TaixuError as error:
            self._meant, self._unknown, self._problem = {}, (), str(error)
        else:
            self._meant, self._unknown, self._problem = dict(plan.values), tuple(plan.unknown), ""

    def _begin(self) -> None:
        from taixu.generate import Generations, Order

        self._problem, self._share, self._doing = "", 0.0, ""
        order = Order("world", self.words, self.seed, dict(self.chosen))
        try:
            generations = Generations(self.window.host.jobs)
            self.generation = generations.submit(order, out=self._path(), progress=self._tell, then=self._end)
        except TaixuError as error:
            self._problem = str(error)

    def _draw_making(self) -> None:
        imgui.text_unformatted(self._doing or self.t("A moment..."))
        imgui.progress_bar(self._share, (-1, 0))
        self.buttons([Choice("Cancel", self.cancel)])

    def _tell(self, share: float, text: str) -> None:
        self._share, self._doing = share, text or self._doing

    def cancel(self) -> None:
        """Nothing stays of what is half made."""
        if self.generation is not None:
            self.generation.cancel()
        self.close()

    def _end(self, generation: Generation) -> None:
        self.generation = None
        if generation.result is None:
            self._problem = str(generation.error or "")
            return
        folder, shell = self._path(), self.window.shell
        self.close()

        def act() -> None:
            shell.trust.give(folder)  # all of it is our own
            self.window.open(folder)

        shell.later(lambda: shell.after_saving(act))
