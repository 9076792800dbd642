"""The list of mods: a line each, in load order; while a world plays, with what each costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui

from taixu_editor.interface import icon
from taixu_editor.mods.state import budget_ms, millis_of
from taixu_editor.panels.mods_chart import draw_curve
from taixu_editor.widgets.cards import fit_text
from taixu_editor.widgets.switch import switch

if TYPE_CHECKING:
    from taixu_editor.panels.mods import ModRow, ModsPanel

__all__ = ["ModTable"]

_FLAGS = imgui.TableFlags_.row_bg | imgui.TableFlags_.borders_inner_h | imgui.TableFlags_.scroll_y | imgui.TableFlags_.pad_outer_x
_ROW = imgui.SelectableFlags_.span_all_columns | imgui.SelectableFlags_.allow_overlap


class ModTable:
    """A table; columns that tell what a mod costs are there while a world plays."""

    def __init__(self, panel: ModsPanel) -> None:
        self._panel = panel

    def draw(self, rows: list[ModRow]) -> None:
        """All rows."""
        t, unit, is_playing = self._panel.t, imgui.get_font_size(), bool(self._panel.desk.running)
        titles = [("", 2.4), (t("Mod"), 0.0), (t("State"), 0.0)]
        if is_playing:
            titles += [(t("ms a step"), 6.6), ("MB", 2.0), (t("Calls"), 3.6), (t("Refused"), 3.9)]
        else:
            titles += [(t("Version"), 3.7), (t("Signed by"), 6.4)]
        if not imgui.begin_table("mods", len(titles), _FLAGS):
            return
        for number, (title, width) in enumerate(titles):
            flags = imgui.TableColumnFlags_.width_fixed if width else imgui.TableColumnFlags_.width_stretch
            imgui.table_setup_column(f"{title}###column {number}", flags, width * unit if width else 1.0)
        imgui.table_setup_scroll_freeze(0, 1)
        imgui.table_headers_row()
        for row in rows:
            self._draw_row(row, is_playing=is_playing)
        imgui.end_table()

    def _draw_row(self, row: ModRow, *, is_playing: bool) -> None:
        panel, t, unit = self._panel, self._panel.t, imgui.get_font_size()
        imgui.push_id(row.id)
        imgui.table_next_row()
        imgui.table_next_column()
        self._draw_switch(row)
        imgui.table_next_column()
        imgui.align_text_to_frame_padding()
        room = imgui.get_content_region_avail().x
        title = fit_text(row.title, room)
        if imgui.selectable(f"{title}###row", panel.chosen == row.id, _ROW)[0]:
            panel.chosen = row.id
        panel.mark(f"row {row.id}")
        rest = room - imgui.calc_text_size(title).x - unit * 0.6
        if rest > unit * 4 and row.id != row.title:
            imgui.same_line(0, unit * 0.6)
            imgui.text_disabled(fit_text(row.id.partition("@")[0] if row.entry is not None else t("a script"), rest))
        imgui.table_next_column()
        self._draw_state(row)
        if is_playing:
            self._draw_cost(row)
        else:
            imgui.table_next_column()
            imgui.text_disabled(row.entry.version if row.entry is not None else "")
            imgui.table_next_column()
            self._draw_signer(row)
        imgui.pop_id()

    def _draw_switch(self, row: ModRow) -> None:
        panel, t = self._panel, self._panel.t
        if row.entry is None or row.entry.manifest is None:
            return
        is_on = row.entry.is_on(panel.desk.settings)
        if switch(panel.window, "switch", is_on):
            panel.window.do("mods.enable", id=row.id, on=not is_on, usual=row.entry.usual)
        panel.mark(f"switch {row.id}")
        tip = t("On in this world") if is_on else t("Off in this world")
        imgui.set_item_tooltip(f"{tip}\n{t('Until play stops')}" if panel.desk.is_playing else tip)

    def _draw_state(self, row: ModRow) -> None:
        theme, unit = self._panel.window.theme, imgui.get_font_size()
        imgui.text_colored(getattr(theme, row.state.mood), icon("mark"))
        imgui.same_line(0, unit * 0.5)
        room = imgui.get_content_region_avail().x
        color = row.state.mood if row.state.mood in ("bad", "warning") else "text" if row.mod is not None else "faint"
        said = fit_text(row.state.word or row.state.text, room)
        imgui.text_colored(getattr(theme, color), said)
        if said != row.state.text:
            imgui.set_item_tooltip(row.state.text)

    def _draw_signer(self, row: ModRow) -> None:
        t, theme, entry, unit = self._panel.t, self._panel.window.theme, row.entry, imgui.get_font_size()
        if entry is None:
            return
        if entry.folder is not None:
            imgui.text_disabled(f"{icon('rename')}  {t('in work')}")
            imgui.set_item_tooltip(str(entry.folder))
        elif entry.signer:
            imgui.text_colored(theme.good, icon("seal"))
            imgui.same_line(0, unit * 0.5)
            imgui.text_disabled(fit_text(entry.signer, imgui.get_content_region_avail().x))
            imgui.set_item_tooltip(entry.key)
        else:
            imgui.text_colored(theme.warning, t("nobody"))

    def _draw_cost(self, row: ModRow) -> None:
        unit, mod = imgui.get_font_size(), row.mod
        if mod is None:
            for _ in range(4):
                imgui.table_next_column()
                imgui.text_disabled("–")
            return
        millis = millis_of(mod)
        imgui.table_next_column()
        draw_curve(self._panel.window.theme, millis, budget_ms(mod), (unit * 3.8, unit * 1.3))
        imgui.same_line(0, unit * 0.4)
        imgui.text_unformatted(f"{float(np.median(millis[-60:])):.2f}" if len(millis) else "–")
        self._panel.mark(f"cost {row.id}")
        for value in (f"{mod.cost.memory_bytes / (1 << 20):.0f}", f"{mod.cost.orders:,}", f"{mod.cost.refused:,}"):
            imgui.table_next_column()
            imgui.text_unformatted(value)
