"""The upper part of *Generate*: what to make, in which words, what was understood of them; seed and the button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.generating.kinds import KINDS, kind_named
from taixu_editor.generating.meaning import Chip
from taixu_editor.interface import icon
from taixu_editor.widgets.cards import fit_text
from taixu_editor.widgets.color import srgb_of
from taixu_editor.widgets.combo import begin_combo
from taixu_editor.widgets.spec import humanise

if TYPE_CHECKING:
    from taixu.generate import Generator
    from taixu_editor.panels.generate import GeneratePanel

__all__ = ["Words", "square_button"]

_COUNTS = (1, 2, 4, 8)
_MOST_LETTERS = 4000


class Words:
    """Kind, prompt, chips; and below the picture, seed and *Make*."""

    def __init__(self, panel: GeneratePanel) -> None:
        self._panel = panel
        self.wants_focus = False
        self.places: dict[str, tuple[float, float]] = {}
        """Middles of chips and examples by their text, and of fields by their names: ``##prompt``."""
        self._lacks: dict[str, str] = {}

    def draw(self) -> None:
        """What to make, and in which words."""
        panel = self._panel
        self.places.clear()
        self._draw_kinds()
        self._draw_prompt()
        lack = self._lack(panel.draft.generator)
        if lack:
            self._draw_lack(lack)
        elif panel.draft.meaning.problem and panel.draft.prompt.strip():
            self._say(panel.draft.meaning.problem, "warning")
        elif not panel.draft.prompt.strip():
            self._draw_examples()
        else:
            self._draw_chips()

    # -- what to make ------------------------------------------------------------------------------------------------
    def _draw_kinds(self) -> None:
        panel, t = self._panel, self._panel.t
        chosen = panel.draft.generator
        is_open = begin_combo(panel.window, "##kind", self._title(chosen), imgui.get_content_region_avail().x)
        if not is_open:
            self.places["##kind"] = _middle()
            self._tooltip(chosen)
            return
        for makes in sorted({each.makes for each in panel.studio.generators}, key=_place_of):
            for each in panel.studio.generators:
                if each.makes != makes:
                    continue
                lack = self._lack(each)
                imgui.push_style_color(imgui.Col_.text, panel.window.theme.faint if lack else panel.window.theme.text)
                picked, _ = imgui.selectable(f"{self._title(each)}###make {each.name}", each is chosen)
                imgui.pop_style_color()
                self._tooltip(each)
                if picked:
                    panel.draft.generator_name = each.name
                    panel.choose(None)
                    panel.sliders.forget()
        for problem in panel.studio.generators.problems:
            imgui.text_colored(panel.window.theme.warning, fit_text(t(problem), imgui.get_font_size() * 20))
            imgui.set_item_tooltip(problem)
        imgui.end_combo()

    def _title(self, generator: Generator) -> str:
        kind, t = kind_named(generator.makes), self._panel.t
        alike = [each for each in self._panel.studio.generators if each.makes == generator.makes]
        title = t(kind.title)
        is_plain = len(alike) == 1 or generator.name == generator.makes
        name = t.word(humanise(generator.name.replace("-", " ")))
        return icon(kind.icon, title if is_plain else f"{title} · {name}")

    def _tooltip(self, generator: Generator) -> None:
        if imgui.is_item_hovered(imgui.HoveredFlags_.for_tooltip):
            imgui.begin_tooltip()
            imgui.push_text_wrap_pos(imgui.get_font_size() * 22)
            imgui.text_unformatted(self._panel.t.word(generator.summary))
            if lack := self._lack(generator):
                imgui.text_colored(self._panel.window.theme.warning, lack)
            imgui.pop_text_wrap_pos()
            imgui.end_tooltip()

    # -- words -------------------------------------------------------------------------------------------------------
    def _draw_prompt(self) -> None:
        panel, unit = self._panel, imgui.get_font_size()
        if self.wants_focus:
            imgui.set_keyboard_focus_here()
            self.wants_focus = False
        flags = (
            imgui.InputTextFlags_.ctrl_enter_for_new_line | imgui.InputTextFlags_.enter_returns_true
            | imgui.InputTextFlags_.word_wrap
        )  # fmt: skip
        start = imgui.get_cursor_screen_pos()
        height = imgui.get_text_line_height() * 2 + imgui.get_style().frame_padding.y * 2
        entered, prompt = imgui.input_text_multiline("##prompt", panel.draft.prompt, (-1, height), flags)
        self.places["##prompt"] = _middle()
        if prompt != panel.draft.prompt:
            panel.draft.say(prompt[:_MOST_LETTERS])
            panel.choose(None)
        if entered:
            panel.make()
            self.wants_focus = True
        if not panel.draft.prompt and not imgui.is_item_active():
            hint = panel.t("Say what to make, in English or Chinese")
            padding = imgui.get_style().frame_padding
            room = imgui.get_item_rect_size().x - padding.x * 2
            color = panel.window.theme.pack("faint")
            draw = imgui.get_window_draw_list()
            draw.add_text(imgui.get_font(), unit, (start.x + padding.x, start.y + padding.y), color, hint, room)

    def _draw_examples(self) -> None:
        panel, theme, t = self._panel, self._panel.window.theme, self._panel.t
        examples = kind_named(panel.draft.generator.makes).examples
        if not examples:
            self._say(t.word(panel.draft.generator.summary), "faint")
            return
        imgui.text_colored(theme.faint, t("Such as"))
        row = _Row()
        for example in examples:
            text = t(example)
            if row.button(text, f"example {example}", theme, "text", "raised"):
                panel.draft.say(text)
            self.places[text] = _middle()
        imgui.dummy((0, 0))

    def _draw_chips(self) -> None:
        panel = self._panel
        chips = panel.draft.meaning.chips
        if not chips:
            self._say(panel.t("These words are taken as they are."), "faint")
            return
        row = _Row()
        for chip in chips:
            self._draw_chip(row, chip)
        imgui.dummy((0, 0))

    def _draw_chip(self, row: _Row, chip: Chip) -> None:
        panel, theme = self._panel, self._panel.window.theme
        text, color = self._chip_text(chip)
        is_set = chip.name in (panel.draft.details if chip.is_detail else panel.draft.settings)
        row.button(text, f"chip {chip.name}", theme, "faint" if is_set else "accent", "raised" if is_set else "accent_soft", color)
        self.places[text] = _middle()
        said = panel.t("A slider says otherwise") if is_set else panel.t("Understood of your words")
        imgui.set_item_tooltip(said)

    def _chip_text(self, chip: Chip) -> tuple[str, Any]:
        t = self._panel.t
        title, value = t.word(humanise(chip.name)), chip.value
        if isinstance(value, (list, tuple)) and len(value) in (3, 4) and all(isinstance(each, (int, float)) for each in value):
            return title, value
        if isinstance(value, str):
            return t.word(humanise(value)), None
        if isinstance(value, bool):
            return title if value else f"{title}: {t('no')}", None
        if isinstance(value, float) and 0.0 <= value <= 1.0:
            return f"{title} {value:.0%}", None
        return f"{title} {value:g}" if isinstance(value, (int, float)) else f"{title}: {value}", None

    # -- seed and button ---------------------------------------------------------------------------------------------
    def draw_making(self) -> None:
        """The seed, and the button that makes it."""
        panel, t, unit, theme = self._panel, self._panel.t, imgui.get_font_size(), self._panel.window.theme
        square = imgui.get_frame_height()
        gap = imgui.get_style().item_inner_spacing.x
        if square_button("dice", "dice", square):
            panel.draft.roll()
            panel.choose(None)
        self.places["##dice"] = _middle()
        imgui.set_item_tooltip(t("Another seed: the same words, made otherwise"))
        imgui.same_line(0, gap)
        many = unit * 3.9
        imgui.set_next_item_width(max(unit * 4, imgui.get_content_region_avail().x - square * 2 - many - gap * 3))
        changed, text = imgui.input_text("##seed", str(panel.draft.seed), imgui.InputTextFlags_.chars_decimal)
        if changed:
            digits = "".join(each for each in text if each.isdigit())[:18]
            panel.draft.seed = int(digits or 0)
            panel.choose(None)
        self.places["##seed"] = _middle()
        imgui.set_item_tooltip(t("Seed: the same number makes the same"))
        imgui.same_line(0, gap)
        is_locked = panel.draft.is_seed_locked
        if _toggle(theme, "lock" if is_locked else "unlock", "seed lock", square, is_on=is_locked):
            panel.draft.is_seed_locked = not is_locked
        self.places["##seed lock"] = _middle()
        imgui.set_item_tooltip(t("The seed stays") if is_locked else t("Made again, it gets another seed"))
        imgui.same_line(0, gap)
        is_open = begin_combo(panel.window, "##count", f"× {panel.count}", many)
        if not is_open:
            self.places["##count"] = _middle()
        if is_open:
            for count in _COUNTS:
                if imgui.selectable(f"× {count}###count {count}", count == panel.count)[0]:
                    panel.count = count
            imgui.end_combo()
        imgui.set_item_tooltip(t("How many at once, each of another seed"))
        imgui.same_line(0, gap)
        if _toggle(theme, "folder", "keeps", square, is_on=panel.keeps):
            panel.keeps = not panel.keeps
        self.places["##keeps"] = _middle()
        comes, waits = t("What is made comes into the project's assets"), t("What is made waits in the history")
        imgui.set_item_tooltip(comes if panel.keeps else waits)
        self._draw_button()

    def _draw_button(self) -> None:
        panel, theme, t = self._panel, self._panel.window.theme, self._panel.t
        is_ready = not panel.draft.is_empty and not panel.draft.meaning.problem
        imgui.push_style_color(imgui.Col_.button, theme.accent if is_ready else theme.raised)
        imgui.push_style_color(imgui.Col_.button_hovered, theme.accent_hover if is_ready else theme.hover)
        imgui.push_style_color(imgui.Col_.button_active, theme.accent if is_ready else theme.pressed)
        imgui.push_style_color(imgui.Col_.text, theme.on_accent if is_ready else theme.faint)
        title = t("Make") if panel.count == 1 else t("Make {count}", count=panel.count)
        if imgui.button(f"{icon('generate', title)}###make", (-1, imgui.get_frame_height() * 1.15)):
            panel.make()
        imgui.pop_style_color(4)
        self.places["##make"] = _middle()
        imgui.set_item_tooltip(f"{t('In full size')}  Enter")

    # -- what lacks --------------------------------------------------------------------------------------------------
    def _lack(self, generator: Generator) -> str:
        """What this machine has not, in one sentence; looked up once, for packages come while no editor runs."""
        if generator.name not in self._lacks:
            self._lacks[generator.name] = _lack_of(generator)
        return self._lacks[generator.name]

    def _draw_lack(self, lack: str) -> None:
        panel, t = self._panel, self._panel.t
        self._say(lack, "warning")
        command = lack[lack.find("pip install") :].partition(" brings")[0] if "pip install" in lack else ""
        if command:
            if imgui.button(f"{icon('copy', t('Copy the command'))}###copy command"):
                imgui.set_clipboard_text(command)
                panel.window.shell.toasts.say(t("Copied"), "success")
            imgui.same_line()
        if imgui.button(f"{icon('reset', t('Look again'))}###look again"):
            self._lacks.clear()

    def _say(self, text: str, color: str) -> None:
        imgui.push_style_color(imgui.Col_.text, getattr(self._panel.window.theme, color))
        imgui.push_text_wrap_pos(0.0)
        imgui.text_unformatted(self._panel.t(text))
        imgui.pop_text_wrap_pos()
        imgui.pop_style_color()


class _Row:
    """Pills beside one another, in as many lines as it takes."""

    def __init__(self) -> None:
        self._begun = False
        self._right = imgui.get_cursor_screen_pos().x + imgui.get_content_region_avail().x

    def button(self, text: str, name: str, theme: Any, color: str, fill: str, swatch: Any = None) -> bool:
        """A pill; whether it was pressed."""
        unit = imgui.get_font_size()
        gap, extra = unit * 0.35, unit * 1.1 if swatch is not None else 0.0
        room = self._right - imgui.get_window_pos().x - imgui.get_cursor_start_pos().x
        text = fit_text(text, max(room - unit * 1.2 - extra, unit * 3))
        width = imgui.calc_text_size(text).x + unit * 1.1 + extra
        if self._begun and imgui.get_item_rect_max().x + gap + width <= self._right:
            imgui.same_line(0, gap)
        self._begun = True
        start, height = imgui.get_cursor_screen_pos(), unit * 1.55
        pressed = imgui.invisible_button(name, (width, height), imgui.ButtonFlags_.enable_nav)
        draw = imgui.get_window_draw_list()
        ground = "hover" if imgui.is_item_hovered() and fill == "raised" else fill
        draw.add_rect_filled(start, (start.x + width, start.y + height), theme.pack(ground), height / 2)
        x, y = start.x + unit * 0.55, start.y + (height - unit) / 2
        if swatch is not None:
            middle = (x + unit * 0.38, start.y + height / 2)
            r, g, b = (min(srgb_of(each), 1.0) for each in swatch[:3])
            draw.add_circle_filled(middle, unit * 0.36, imgui.get_color_u32((r, g, b, 1.0)))
            draw.add_circle(middle, unit * 0.36, theme.pack("border"))
        draw.add_text((x + extra, y), theme.pack(color), text)
        return bool(pressed)


def _toggle(theme: Any, picture: str, name: str, side: float, *, is_on: bool) -> bool:
    imgui.push_style_color(imgui.Col_.button, theme.accent_soft if is_on else theme.raised)
    imgui.push_style_color(imgui.Col_.text, theme.accent if is_on else theme.faint)
    pressed = square_button(picture, name, side)
    imgui.pop_style_color(2)
    return pressed


def square_button(picture: str, name: str, side: float) -> bool:
    """An icon in the middle of a square."""
    imgui.push_style_var(imgui.StyleVar_.frame_padding, (0.0, imgui.get_style().frame_padding.y))
    pressed = imgui.button(f"{icon(picture)}###{name}", (side, side))
    imgui.pop_style_var()
    return bool(pressed)


def _middle() -> tuple[float, float]:
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    return ((low.x + high.x) / 2, (low.y + high.y) / 2)


def _place_of(makes: str) -> tuple[int, str]:
    order = list(KINDS)
    return (order.index(makes) if makes in order else len(order), makes)


def _lack_of(generator: Generator) -> str:
    try:
        generator.check_machine()
    except TaixuError as error:
        return str(error)
    except Exception as error:  # a plugin's fault is a sentence
        return f"{generator.name} cannot say what it needs ({type(error).__name__})"
    return ""
