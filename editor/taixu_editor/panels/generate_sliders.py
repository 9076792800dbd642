"""Sliders of a generator, out of its parameters: each is reset or locked by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu_editor.generating.wish import sizes_of
from taixu_editor.interface import icon
from taixu_editor.widgets import FieldSpec, Form, humanise, specs_of_dataclass, specs_of_schema

if TYPE_CHECKING:
    from taixu.generate.generator import Details
    from taixu_editor.panels.generate import GeneratePanel

__all__ = ["Sliders"]


class Sliders:
    """The form."""

    def __init__(self, panel: GeneratePanel) -> None:
        self._panel = panel
        self.form = Form(panel.window, "generate")
        self.form.label_share = 0.42
        self.locks: dict[str, tuple[float, float]] = {}
        """Middles of the locks, by parameter, and of details as ``parameter.name``; and of ``reset all``."""
        self._specs: dict[str, list[FieldSpec]] = {}

    def forget(self) -> None:
        """Other values are shown now."""
        self.form.forget()

    def draw(self) -> None:
        """All parameters: as they are declared, details in the place of the text that says them, sizes last."""
        draft = self._panel.draft
        specs = self._specs_of()
        if not specs:
            return
        self.locks.clear()
        self._heading()
        self.form.begin()
        meaning, sizes = draft.meaning, sizes_of(draft.generator)
        details = meaning.details
        for spec in specs:
            if details is not None and spec.name == details.parameter:
                self._draw_details(details)
            elif spec.name not in sizes:
                if details is not None and spec.name in details.choices:
                    spec = replace(spec, kind="choice", choices=details.choices[spec.name])
                self._row(spec, meaning.parameters.get(spec.name, spec.default), meaning.meant.get(spec.name, spec.default))
        for spec in specs:
            if spec.name in sizes:
                self._row(spec, meaning.parameters.get(spec.name, spec.default), meaning.meant.get(spec.name, spec.default))

    def _heading(self) -> None:
        panel, unit = self._panel, imgui.get_font_size()
        imgui.dummy((0, unit * 0.15))
        imgui.separator_text(panel.t("Sliders"))
        draft = panel.draft
        if draft.settings or draft.details:
            size = imgui.calc_text_size(icon("reset")).x + unit * 0.8
            imgui.same_line(imgui.get_content_region_avail().x + imgui.get_cursor_pos_x() - size)
            imgui.push_style_color(imgui.Col_.button, panel.window.theme.panel)
            imgui.push_style_color(imgui.Col_.text, panel.window.theme.faint)
            if imgui.small_button(f"{icon('reset')}###reset all"):
                draft.reset_all()
                self.forget()
            imgui.pop_style_color(2)
            low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
            self.locks["reset all"] = ((low.x + high.x) / 2, (low.y + high.y) / 2)
            imgui.set_item_tooltip(panel.t("All sliders as the words say, but for locked ones"))

    def _draw_details(self, details: Details) -> None:
        draft = self._panel.draft
        meant = {chip.name: chip.value for chip in draft.meaning.chips if chip.is_detail}
        for spec in _detail_specs(details):
            usual = meant.get(spec.name, spec.default)
            self._row(spec, details.values.get(spec.name, spec.default), usual, prefix=f"{details.parameter}.")

    def _row(self, spec: FieldSpec, value: Any, usual: Any, *, prefix: str = "") -> None:
        draft, form, is_detail = self._panel.draft, self.form, bool(prefix)
        start, unit, height = imgui.get_cursor_screen_pos(), imgui.get_font_size(), imgui.get_frame_height()
        gutter = unit * 1.35
        if isinstance(value, tuple):
            value = list(value)
        imgui.push_id(prefix + spec.name)
        self._lock(spec, value, (start.x, start.y), (gutter, height), prefix=prefix)
        imgui.set_cursor_screen_pos((start.x + gutter, start.y))
        imgui.begin_group()
        spec = replace(spec, default=list(usual) if isinstance(usual, tuple) else usual)
        edit = form.row(spec, value, key=prefix + spec.name)
        imgui.end_group()
        imgui.pop_id()
        if edit is None:
            return
        self._panel.choose(None)
        if edit.kind == "set":
            draft.set(spec.name, _fit(spec, edit.value), is_detail=is_detail)
        else:
            draft.reset(spec.name, is_detail=is_detail)

    def _lock(self, spec: FieldSpec, value: Any, at: tuple[float, float], size: tuple[float, float], *, prefix: str) -> None:
        """A lock before a row: seen where it is on, and under the pointer."""
        panel, theme, is_detail = self._panel, self._panel.window.theme, bool(prefix)
        is_on = panel.draft.is_locked(spec.name, is_detail=is_detail)
        imgui.set_cursor_screen_pos(at)
        if imgui.invisible_button("lock", size):
            panel.draft.turn_lock(spec.name, value, is_detail=is_detail)
        hovered = imgui.is_item_hovered()
        right = at[0] + size[0] + imgui.get_content_region_avail().x
        is_near = imgui.is_window_hovered() and imgui.is_mouse_hovering_rect(at, (right, at[1] + size[1]))
        self.locks[prefix + spec.name] = (at[0] + size[0] / 2, at[1] + size[1] / 2)
        imgui.set_item_tooltip(panel.t("Locked: new words and variations leave it") if is_on else panel.t("Lock it as it is"))
        if is_on or is_near:
            small, glyph = imgui.get_font_size() * 0.72, icon("lock" if is_on else "unlock")
            color = theme.pack("accent") if is_on else theme.pack("text" if hovered else "faint", 1.0 if hovered else 0.6)
            where = (at[0] + imgui.get_font_size() * 0.2, at[1] + (size[1] - small) / 2)
            imgui.get_window_draw_list().add_text(imgui.get_font(), small, where, color, glyph)

    def _specs_of(self) -> list[FieldSpec]:
        generator = self._panel.draft.generator
        if generator.name not in self._specs:
            found = [_named(spec) for spec in specs_of_dataclass(generator.parameters)]
            colors = {spec.name for spec in found if spec.kind == "vector" and spec.width in (3, 4) and "color" in spec.name}
            self._specs[generator.name] = [replace(spec, kind="color") if spec.name in colors else spec for spec in found]
        return self._specs[generator.name]


def _detail_specs(details: Details) -> Iterator[FieldSpec]:
    properties = details.schema["properties"]
    for spec in specs_of_schema(details.schema):
        is_color = properties[spec.name].get("format") == "color"
        yield _named(replace(spec, kind="color") if is_color else spec)


def _named(spec: FieldSpec) -> FieldSpec:
    """Units stand in the name of pixels, too."""
    name = spec.name.removesuffix("_px").removesuffix("_db")
    return spec if spec.label or name == spec.name else replace(spec, label=humanise(name))


def _fit(spec: FieldSpec, value: Any) -> Any:
    """What is pasted or picked, within its range."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low = value if spec.minimum is None else max(value, spec.minimum)
        return low if spec.maximum is None else min(low, spec.maximum)
    return value
