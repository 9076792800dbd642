"""The tabs of the avatar studio: numbers and colours as rows of a form, parts as tiles, moods as sliders of the face."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu_editor.avatars.choices import (
    EYES,
    MANY,
    MOODS,
    PARTS,
    TABS,
    VISEMES,
    fields_of_tab,
    group_of,
    tab_of_slider,
)
from taixu_editor.interface import icon
from taixu_editor.panels.avatar_forms import fields_of, fitted, spec_of_slider, spec_of_weight
from taixu_editor.panels.generate_words import square_button
from taixu_editor.widgets import FieldSpec, Form, humanise, search_box
from taixu_editor.widgets.color import hex_text, linear_of

if TYPE_CHECKING:
    from taixu_editor.panels.avatar import AvatarPanel

__all__ = ["Choices"]

_TITLES = {"body": "Body", "face": "Face", "hair": "Hair", "outfit": "Outfit", "accessories": "Accessories", "colors": "Colours",
           "moods": "Moods"}  # fmt: skip
_GREY = [0.2, 0.2, 0.2]
"""Shown for a colour that is left to the thing that wears it."""
_MOST_UNITS = 60


class Choices:
    """What can be chosen.

    Attributes
    ----------
    tab
        Which of `TABS` is open.
    search
        What is looked for; then all tabs are searched.
    """

    def __init__(self, panel: AvatarPanel) -> None:
        self._panel = panel
        self.form = Form(panel.window, "avatar")
        self.form.label_share = 0.42
        self.tab, self.search = "body", ""
        self._shown_version = -1

    def draw(self) -> None:
        """Tabs, the search, and what they show."""
        draft = self._panel.desk.draft
        if self._shown_version != draft.version and not imgui.is_any_item_active():
            self.form.forget()
            self._shown_version = draft.version
        self._draw_tabs()
        if not draft.values:
            return
        self.form.begin()
        if imgui.begin_child("rows", (0, 0)):
            if self.search.strip():
                for tab in TABS[:-1]:
                    self._draw_tab(tab)
            elif self.tab == "moods":
                self._draw_moods()
            else:
                self._draw_tab(self.tab)
        imgui.end_child()

    # -- tabs --------------------------------------------------------------------------------------------------------
    def _draw_tabs(self) -> None:
        panel, t, theme, draft = self._panel, self._panel.t, self._panel.window.theme, self._panel.desk.draft
        gap, right = imgui.get_style().item_inner_spacing.x, imgui.get_cursor_screen_pos().x + imgui.get_content_region_avail().x
        for number, tab in enumerate(TABS):
            title = self._panel.word(_TITLES[tab])
            wide = imgui.calc_text_size(title).x + imgui.get_style().frame_padding.x * 2
            if number and imgui.get_item_rect_max().x + gap + wide <= right:
                imgui.same_line(0, gap)
            is_on = tab == self.tab and not self.search.strip()
            imgui.push_style_color(imgui.Col_.button, theme.accent_soft if is_on else theme.raised)
            imgui.push_style_color(imgui.Col_.text, theme.text if is_on else theme.faint)
            if imgui.button(f"{title}###tab {tab}"):
                self.tab, self.search = tab, ""
            imgui.pop_style_color(2)
            panel.mark(f"tab {tab}")
        side = imgui.get_frame_height()
        self.search = search_box(panel.window, "##search", self.search, t("Search sliders and parts"), width=-side - gap)
        panel.mark("search")
        imgui.same_line(0, gap)
        is_locked = self.tab in draft.locks
        imgui.begin_disabled(self.tab == "moods")
        imgui.push_style_color(imgui.Col_.text, theme.accent if is_locked else theme.faint)
        if square_button("lock" if is_locked else "unlock", "lock tab", side):
            draft.turn_lock(self.tab)
        imgui.pop_style_color()
        imgui.end_disabled()
        panel.mark("lock")
        imgui.set_item_tooltip(t("Locked: chance and words leave this tab as it is") if is_locked else t("Keep this tab as it is"))

    def _draw_tab(self, tab: str) -> None:
        draft, specs = self._panel.desk.draft, fields_of(self._panel.desk.draft.kind)
        parts = PARTS[draft.kind]
        for name in fields_of_tab(draft.kind, tab):
            if name in parts:
                self._draw_parts(name)
            elif name in draft.values and self._is_wanted(name, specs[name].title):
                self._draw_row(specs[name])
        self._draw_sliders(tab)

    # -- rows --------------------------------------------------------------------------------------------------------
    def _draw_row(self, spec: FieldSpec) -> None:
        draft, value = self._panel.desk.draft, self._panel.desk.draft.values[spec.name]
        if spec.kind == "color":
            self._draw_color(spec, str(value))
            return
        edit = self.form.row(replace(spec, label=self._panel.word(spec.title)), value)
        if edit is not None:
            wanted = spec.default if edit.kind == "reset" else edit.value
            draft.set(spec.name, fitted(spec, wanted), merge=None if edit.merge is None else (edit.merge, spec.name))

    def _draw_color(self, spec: FieldSpec, value: str) -> None:
        draft, usual = self._panel.desk.draft, str(spec.default or "")
        shown = _linear(value) if value else _GREY
        spec = replace(spec, default=shown if value == usual else [], label=self._panel.word(spec.title))
        edit = self.form.row(spec, shown)
        if edit is not None:
            wanted = usual if edit.kind == "reset" else hex_text(edit.value)
            draft.set(spec.name, wanted, merge=None if edit.merge is None else (edit.merge, spec.name))

    def _draw_sliders(self, tab: str) -> None:
        """Sliders of face and body, in groups."""
        panel, draft = self._panel, self._panel.desk.draft
        names = panel.desk.catalogue.get(draft.kind, {}).get("sliders", ())
        groups: dict[str, list[str]] = {}
        for name in names:
            if tab_of_slider(name) == tab and self._is_wanted(name, humanise(name)):
                groups.setdefault(group_of(name), []).append(name)
        amounts = draft.values.get("sliders", {})
        for group, members in groups.items():
            if self.search.strip():
                imgui.separator_text(panel.word(humanise(group)))
            elif not imgui.collapsing_header(f"{panel.word(humanise(group))}###group {group}"):
                panel.mark(f"group {group}")
                continue
            else:
                panel.mark(f"group {group}")
            for name in members:
                spec = spec_of_slider(name)
                spec = replace(spec, label=panel.word(spec.title))
                edit = self.form.row(spec, float(amounts.get(name, 0.0)))
                if edit is not None:
                    amount = 0.0 if edit.kind == "reset" else float(edit.value)
                    draft.set_slider(name, amount, merge=None if edit.merge is None else (edit.merge, name))

    # -- parts -------------------------------------------------------------------------------------------------------
    def _draw_parts(self, field: str) -> None:
        """Tiles by name; of accessories several may be on."""
        panel, draft, t = self._panel, self._panel.desk.draft, self._panel.t
        names = panel.desk.catalogue.get(draft.kind, {}).get("parts", {}).get(field, ())
        title = self._panel.word(humanise(field))
        names = [name for name in names if self._is_wanted(field, title, name, self._panel.word(humanise(name)))]
        if not names:
            return
        imgui.separator_text(title)
        value = draft.values.get(field, "")
        usual = fields_of(draft.kind)[field].default
        if field != MANY and not self.search.strip() and _may_be_empty(draft.kind, field, usual):
            names.insert(0, "")
        row = _Tiles(self._panel)
        for name in names:
            is_on = name in value if field == MANY else name == value
            if row.tile(self._panel.word(humanise(name)) if name else t("None"), f"{field} {name}", is_on=is_on):
                if field == MANY:
                    draft.turn_part(name)
                else:
                    draft.set(field, name)

    # -- moods -------------------------------------------------------------------------------------------------------
    def _draw_moods(self) -> None:
        """Expressions on the person in the picture, one by one; nothing of it is kept."""
        panel, t, face = self._panel, self._panel.t, self._panel.stage.face
        model = panel.desk.model
        if model is None or model.avatar is None:
            return
        imgui.push_text_wrap_pos(0)
        imgui.text_disabled(t("Try the face: this is for looking only."))
        imgui.pop_text_wrap_pos()
        if face and imgui.button(f"{icon('reset', t('Neutral'))}###neutral"):
            face.clear()
        known = model.avatar.expressions
        first = ((t("Moods"), MOODS), (t("Lips"), VISEMES), (t("Eyes"), EYES))
        named = {name for _, names in first for name in names}
        for title, names in first:
            imgui.separator_text(title)
            self._draw_weights(name for name in names if name in known)
        others = [name for name in known if name not in named and name != "neutral"][:_MOST_UNITS]
        if others and imgui.collapsing_header(f"{t('Units of the face')}###units"):
            self._draw_weights(others)

    def _draw_weights(self, names: Iterable[str]) -> None:
        face = self._panel.stage.face
        for name in names:
            spec = spec_of_weight(name)
            edit = self.form.row(replace(spec, label=self._panel.word(spec.title)), face.get(name, 0.0), key=f"face.{name}")
            if edit is not None:
                weight = 0.0 if edit.kind == "reset" else min(max(float(edit.value), 0.0), 1.0)
                face.pop(name, None)
                if weight:
                    face[name] = weight

    def _is_wanted(self, *names: str) -> bool:
        wanted = self.search.strip().casefold()
        said = (each.replace("_", " ").casefold() for name in names for each in (name, self._panel.word(name)))
        return not wanted or any(wanted in each for each in said)


class _Tiles:
    """Buttons one after another, in as many lines as it takes."""

    def __init__(self, panel: AvatarPanel) -> None:
        self._panel = panel
        self._right = imgui.get_cursor_screen_pos().x + imgui.get_content_region_avail().x
        self._is_first = True

    def tile(self, text: str, name: str, *, is_on: bool) -> bool:
        theme, gap = self._panel.window.theme, imgui.get_style().item_inner_spacing.x
        wide = imgui.calc_text_size(text).x + imgui.get_style().frame_padding.x * 2
        if not self._is_first and imgui.get_item_rect_max().x + gap + wide <= self._right:
            imgui.same_line(0, gap)
        self._is_first = False
        imgui.push_style_color(imgui.Col_.button, theme.accent_soft if is_on else theme.raised)
        imgui.push_style_color(imgui.Col_.text, theme.accent if is_on else theme.text)
        pressed = imgui.button(f"{text}###{name}")
        imgui.pop_style_color(2)
        self._panel.mark(name)
        return bool(pressed)


def _may_be_empty(kind: str, field: str, usual: Any) -> bool:
    if kind == "human":
        return field != "outfit"
    return field not in ("body", "head", "hands", "eyes", "mouth")


def _linear(text: str) -> list[float]:
    return [round(linear_of(int(text[at : at + 2], 16) / 255.0), 6) for at in (1, 3, 5)]
