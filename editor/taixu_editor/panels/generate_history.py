"""What was made: thumbnails, the latest first; to look at, to vary, to compare, to drag into the world."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu_editor.generating.history import Entry
from taixu_editor.generating.kinds import kind_named
from taixu_editor.generating.small import map_fields
from taixu_editor.interface.icons import ICONS, icon
from taixu_editor.panels.generate_ball import ResultBall
from taixu_editor.panels.generate_drop import drag_result
from taixu_editor.panels.generate_pictures import Previews

if TYPE_CHECKING:
    from pathlib import Path

    from taixu_editor.panels.generate import GeneratePanel

__all__ = ["HistoryStrip"]

_BALL_UNITS = 8.0


class HistoryStrip:
    """A grid of results.

    Attributes
    ----------
    places
        Middles of the thumbnails that are in sight, by a result's id.
    """

    def __init__(self, panel: GeneratePanel) -> None:
        self._panel = panel
        self.previews = Previews(panel.window)
        self.places: dict[str, tuple[float, float]] = {}
        self.only_starred = False
        self._ball = ResultBall(panel.window)
        self._has_drawn = False

    def draw(self, side: float) -> None:
        """As many columns as there is room for."""
        panel, unit = self._panel, imgui.get_font_size()
        history = panel.studio.history
        self.places.clear()
        self._has_drawn = False
        self.previews.keep_only({f"task {each.id}" for each in panel.studio.tasks} & set(self._names()))
        if not len(history):
            return
        self._heading(len(history))
        entries = [each for each in history.entries if each.is_starred or not self.only_starred]
        gap = unit * 0.35
        room = imgui.get_content_region_avail()
        columns = max(int((room.x + gap) / (side + gap)), 2)
        side = (room.x - gap * (columns - 1)) / columns
        rows = -(-len(entries) // columns)
        is_alone = panel.strip_fills
        height = 0.0 if is_alone else min(rows, 2) * (side + gap)
        imgui.push_style_var(imgui.StyleVar_.child_border_size, 0.0)
        imgui.push_style_var(imgui.StyleVar_.item_spacing, (gap, gap))
        if imgui.begin_child("history", (0, height)):
            clipper = imgui.ListClipper()
            clipper.begin(rows, side + gap)
            while clipper.step():
                for row in range(clipper.display_start, clipper.display_end):
                    for column, entry in enumerate(entries[row * columns : (row + 1) * columns]):
                        if column:
                            imgui.same_line(0, gap)
                        self._tile(entry, side)
            clipper.end()
        imgui.end_child()
        imgui.pop_style_var(2)

    def release(self) -> None:
        """Give the previews back."""
        self.previews.keep_only(set())
        self._ball.release()
        self._panel.stage.bar.listening.close()

    def _names(self) -> list[str]:
        return [f"task {each.id}" for each in self._panel.studio.tasks]

    def _heading(self, count: int) -> None:
        panel, unit, theme = self._panel, imgui.get_font_size(), self._panel.window.theme
        imgui.dummy((0, unit * 0.15))
        imgui.separator_text(panel.t("Made: {count}", count=count))
        if any(each.is_starred for each in panel.studio.history.entries) or self.only_starred:
            wide = imgui.calc_text_size(icon("star")).x + unit * 0.8
            imgui.same_line(imgui.get_cursor_pos_x() + imgui.get_content_region_avail().x - wide)
            imgui.push_style_color(imgui.Col_.button, theme.panel)
            imgui.push_style_color(imgui.Col_.text, theme.accent if self.only_starred else theme.faint)
            if imgui.small_button(f"{icon('star')}###only starred"):
                self.only_starred = not self.only_starred
            imgui.pop_style_color(2)
            imgui.set_item_tooltip(panel.t("Only those with a star"))

    def _tile(self, entry: Entry, side: float) -> None:
        panel, unit, theme, draw = self._panel, imgui.get_font_size(), self._panel.window.theme, imgui.get_window_draw_list()
        x, y = imgui.get_cursor_screen_pos()
        imgui.push_id(entry.id)
        pressed = imgui.invisible_button("result", (side, side), imgui.ButtonFlags_.enable_nav)
        hovered, focused = imgui.is_item_hovered(), imgui.is_item_focused()
        self.places[entry.id] = (x + side / 2, y + side / 2)
        is_chosen, is_compared = panel.chosen == entry.id, panel.compared == entry.id
        box, round_px = ((x, y), (x + side, y + side)), unit * 0.4
        draw.add_rect_filled(*box, theme.pack("raised"), round_px)
        self._picture(entry, (x, y), side, round_px)
        if is_chosen or is_compared or hovered:
            color = theme.pack("accent", 1.0 if is_chosen else 0.6)
            draw.add_rect(*box, color, round_px, unit * (0.14 if is_chosen else 0.09))
        if entry.is_starred:
            draw.add_text(imgui.get_font(), unit * 0.8, (x + unit * 0.3, y + unit * 0.25), theme.pack("warning"), ICONS["star"])
        if entry.kept:
            where = (x + side - unit * 1.15, y + unit * 0.25)
            draw.add_text(imgui.get_font(), unit * 0.8, where, theme.pack("text", 0.8), ICONS["folder"])
        dragged = drag_result(panel.window, entry.id, entry.label)
        if pressed and imgui.get_io().key_ctrl:
            panel.compare(entry)
        elif pressed:
            panel.choose(None if is_chosen else entry)
        if focused and imgui.is_key_pressed(imgui.Key.delete, False):
            panel.window.shell.later(partial(panel.window.do, "generate.forget", result=entry.id))
        if imgui.begin_popup_context_item("menu"):
            self._menu(entry)
            imgui.end_popup()
        if hovered and not dragged:
            imgui.set_tooltip(f"{entry.label}\n{panel.t('Seed {seed}', seed=entry.wish.seed)}")
        imgui.pop_id()

    def _menu(self, entry: Entry) -> None:
        panel, t, bar = self._panel, self._panel.t, self._panel.stage.bar
        kept = t("Keep it in the project's assets")
        if imgui.menu_item_simple(f"{t('Use its words and sliders')}###use"):
            panel.use(entry)
        if imgui.begin_menu(f"{t('Variations')}###variations"):
            bar.draw_variations(entry)
            imgui.end_menu()
        if imgui.menu_item_simple(f"{t('Compare')}###compare", "Ctrl"):
            panel.compare(entry)
        imgui.separator()
        if imgui.menu_item_simple(kept + "###keep"):
            bar.keep(entry)
        if imgui.menu_item_simple(f"{t('Put it into the world')}###apply"):
            bar.apply(entry)
        if bar.can_edit_graph(entry) and imgui.menu_item_simple(f"{t('Edit graph')}###graph"):
            bar.edit_graph(entry)
        imgui.separator()
        if imgui.menu_item_simple(f"{t('Take the star away') if entry.is_starred else t('Star')}###star"):
            panel.window.do("generate.star", result=entry.id, star=not entry.is_starred)
        if imgui.menu_item_simple(f"{t('Forget it')}###forget", "Del"):
            panel.window.shell.later(partial(panel.window.do, "generate.forget", result=entry.id))

    # -- pictures ----------------------------------------------------------------------------------------------------
    def _picture(self, entry: Entry, at: tuple[float, float], side: float, round_px: float) -> None:
        panel, draw, unit = self._panel, imgui.get_window_draw_list(), imgui.get_font_size()
        end = (at[0] + side, at[1] + side)
        file = self._file_of(entry)
        found = panel.window.shell.pictures.find(file) if file is not None else None
        if found is None:
            glyph, big = ICONS[kind_named(entry.makes).icon], unit * 1.5
            wide = imgui.calc_text_size(glyph).x * 1.5
            where = (at[0] + (side - wide) / 2, at[1] + (side - big) / 2)
            draw.add_text(imgui.get_font(), big, where, panel.window.theme.pack("faint", 0.5), glyph)
            return
        number, aspect = found
        wide, high = min(side, side * aspect), min(side, side / aspect)
        left, top = at[0] + (side - wide) / 2, at[1] + (side - high) / 2
        tint = panel.window.theme.pack("accent") if entry.makes == "sound" else imgui.get_color_u32((1.0, 1.0, 1.0, 1.0))
        if wide == side and high == side:
            left, top, wide, high = at[0], at[1], end[0] - at[0], end[1] - at[1]
        draw.add_image_rounded(number, (left, top), (left + wide, top + high), (0, 0), (1, 1), tint, round_px)

    def _file_of(self, entry: Entry) -> Path | None:
        """Its thumbnail; of maps a ball, which is drawn once and kept, one in a frame."""
        folder = self._panel.studio.history.folder_of(entry)
        ball = folder / f"ball_{self._panel.window.theme.name}.png"  # it stands on the theme's ground
        small = self._panel.studio.small(entry)
        if small is None:
            return None
        if "picture" in small:
            return small["picture"]
        if not small:
            return None
        if ball.is_file():
            return ball
        if not self._has_drawn:
            self._has_drawn = True
            self._draw_ball(small, ball)
        return None

    def _draw_ball(self, small: dict[str, Path], file: Path) -> None:
        import numpy as np

        from taixu.assets.atomic import write_atomic
        from taixu.assets.image import encode_png

        fields: dict[str, Any] = map_fields([(str(path), role) for role, path in small.items()])
        if not fields:
            return
        ball = self._ball
        ball.number({**fields, "texture_scale": (2.0, 1.0)}, imgui.get_font_size() * _BALL_UNITS)
        pixels = ball.read()
        if pixels is not None:
            write_atomic(file, encode_png(np.ascontiguousarray(pixels)))
            self._panel.window.shell.pictures.forget(file)
