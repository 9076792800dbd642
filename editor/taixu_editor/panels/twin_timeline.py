"""A recording along time: the view shows the world as it was where the playhead stands, and marks say what happened when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu_editor.interface import icon
from taixu_editor.panels.panel import Panel
from taixu_editor.panels.twin_rules import severity_color
from taixu_editor.twin.past import Mark, Past
from taixu_editor.widgets.combo import begin_combo
from taixu_editor.widgets.nothing import say_nothing

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["TwinTimelinePanel", "open_recording_dialog"]

_SPEEDS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 600.0)
_STEPS = (
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400, 604800,
)  # fmt: skip
_LETTERS = 6.0
"""Room that a time takes, in heights of the text."""


def open_recording_dialog(window: EditorWindow) -> None:
    """Ask for a recording's folder, and show it."""
    from taixu.twin.memory.recorder import MANIFEST
    from taixu_editor.file_dialog import FileDialog

    def act(path: Path) -> None:
        window.host.do("past.open", path=str(path if path.is_dir() else path.parent))
        window.shell.show_panel("twin_timeline")

    root = window.host.session.project.root
    heading = window.t("Open a recording: its folder's {name}", name=MANIFEST)
    window.shell.dialogs.open(FileDialog(window, heading, endings=(MANIFEST,), start=root, act=act))


class TwinTimelinePanel(Panel):
    """Buttons above, time below.

    Attributes
    ----------
    ruler
        Left end, width and middle height of the ruler on the window.
    """

    id: ClassVar[str] = "twin_timeline"
    title: ClassVar[str] = "Timeline"
    dock: ClassVar[str] = "bottom"
    is_open_at_first: ClassVar[bool] = False

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.desk = window.host.twin
        self.ruler = (0.0, 1.0, 0.0)
        self.places: dict[str, tuple[float, float]] = {}
        self._was_playing = False

    def draw(self) -> None:
        """What there is of a recording."""
        if not self.host.session.worlds:
            return
        past, t = self.desk.past, self.t
        self.places.clear()
        if past is None:
            text = t("A recording shows the world as it was. taixu serve --record makes one.")
            if say_nothing(self.window, "history", text, button=t("Open a recording..."), name="open recording"):
                open_recording_dialog(self.window)
            self._mark("open recording")
            return
        if past.problem and not past.is_open:
            imgui.text_colored(self.window.theme.bad, icon("error"))
            imgui.same_line()
            imgui.text_wrapped(past.problem)
            if imgui.button(f"{t('Close the recording')}###close"):
                self.window.shell.do_later("past.close")
            return
        if not past.is_open:
            imgui.text_disabled(t("A moment..."))
            return
        self._draw_buttons(past)
        if past.problem or self.desk.problem:
            imgui.text_colored(self.window.theme.warning, f"{icon('warning')}  {past.problem or self.desk.problem}")
        self._draw_ruler(past)
        if imgui.is_window_focused(imgui.FocusedFlags_.root_and_child_windows):
            self.keyboard_frame = imgui.get_frame_count()

    def _mark(self, name: str) -> None:
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self.places[name] = ((low.x + high.x) / 2, (low.y + high.y) / 2)

    # -- buttons -----------------------------------------------------------------------------------------------------
    def _draw_buttons(self, past: Past) -> None:
        t, theme, unit = self.t, self.window.theme, imgui.get_font_size()
        for name, picture, tip, at_ns in (
            ("start", "start", t("To the beginning"), past.span_ns[0]), ("play", "", "", 0),
            ("end", "step", t("To the end"), past.span_ns[1]),
        ):  # fmt: skip
            if name == "play":
                if imgui.button(f"{icon('pause' if past.is_playing else 'play')}###play"):
                    past.toggle()
                imgui.set_item_tooltip(t("Pause") if past.is_playing else t("Play"))
            else:
                if imgui.button(f"{icon(picture)}###{name}"):
                    past.seek(at_ns)
                imgui.set_item_tooltip(tip)
            self._mark(name)
            imgui.same_line(0, unit * 0.25)
        if begin_combo(self.window, "##speed", f"{past.speed:g}×", unit * 5):
            for speed in _SPEEDS:
                if imgui.selectable(f"{speed:g}×###{speed:g}", speed == past.speed)[0]:
                    past.set_speed(speed)
            imgui.end_combo()
        self._mark("speed")
        imgui.same_line(0, unit)
        imgui.align_text_to_frame_padding()
        at = datetime.fromtimestamp(past.at_ns / 1e9)
        imgui.text_colored(theme.accent, f"{at:%Y-%m-%d  %H:%M:%S}.{at.microsecond // 1000:03d}")
        imgui.same_line(0, unit)
        imgui.text_disabled(f"{past.folder.name}   " + t("Marks: {count}", count=len(past.marks)))
        wide = imgui.calc_text_size(t("Close the recording")).x + unit * 1.4
        imgui.same_line(imgui.get_window_width() - wide - unit * 0.6)
        if imgui.button(f"{t('Close the recording')}###close"):
            self.window.shell.do_later("past.close")
        self._mark("close")

    # -- the ruler ---------------------------------------------------------------------------------------------------
    def _draw_ruler(self, past: Past) -> None:
        theme, unit, draw = self.window.theme, imgui.get_font_size(), imgui.get_window_draw_list()
        place, room = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail()
        width, height = max(room.x - unit * 2, unit * 4), max(min(room.y - 4, unit * 6), unit * 3)
        left, top = place.x + unit, place.y + unit * 0.4
        self.ruler = (left, width, top + height * 0.55)
        imgui.set_cursor_screen_pos((place.x, top))
        imgui.invisible_button("ruler", (max(room.x, 1), height))
        if imgui.is_item_activated():
            self._was_playing, past.is_playing = past.is_playing, False
        if imgui.is_item_active():
            share = (imgui.get_io().mouse_pos.x - left) / width
            past.seek(past.span_ns[0] + round(min(max(share, 0.0), 1.0) * (past.span_ns[1] - past.span_ns[0])))
        if imgui.is_item_deactivated():
            past.is_playing = self._was_playing
        is_hovered = imgui.is_item_hovered()
        middle, low = top + height * 0.45, top + height * 0.78
        draw.add_rect_filled((left, middle), (left + width, low), theme.pack("raised"), unit * 0.2)
        played = self._x(past, past.at_ns)
        draw.add_rect_filled((left, middle), (played, low), theme.pack("accent_soft"), unit * 0.2)
        for at_ns, text in self._ticks(past, width / (unit * _LETTERS)):
            x = self._x(past, at_ns)
            draw.add_line((x, middle - unit * 0.3), (x, middle), theme.pack("faint"))
            wide = imgui.calc_text_size(text).x
            draw.add_text((min(max(x - wide / 2, left), left + width - wide), top), theme.pack("faint"), text)
        over = None
        for mark in past.marks:
            if self._draw_mark(past, mark, middle, low, is_tried=False) and is_hovered:
                over = mark
        tried = past.tried.alarms if past.tried is not None else None
        for alarm in tried or ():
            mark = Mark(alarm.raised_ns, "tried", alarm.text, alarm.severity)
            if self._draw_mark(past, mark, low + 2, low + unit * 0.55, is_tried=True) and is_hovered:
                over = mark
        draw.add_line((played, middle - unit * 0.45), (played, low + unit * 0.6), theme.pack("accent"), 2.0)
        draw.add_circle_filled((played, middle - unit * 0.45), unit * 0.28, theme.pack("accent"))
        if over is not None:
            at = datetime.fromtimestamp(over.at_ns / 1e9)
            said = self.t("The rules as they are now would raise: {text}", text=over.text) if over.kind == "tried" else over.text
            imgui.set_tooltip(f"{at:%H:%M:%S}  {said}")

    def _draw_mark(self, past: Past, mark: Mark, top: float, low: float, *, is_tried: bool) -> bool:
        """A stroke; whether the pointer is at it."""
        x = self._x(past, mark.at_ns)
        color = severity_color(mark.severity) if mark.kind in ("alarm", "tried") else "faint"
        draw, alpha = imgui.get_window_draw_list(), 0.6 if mark.kind == "alarm_over" else 1.0
        draw.add_line((x, top), (x, low), self.window.theme.pack(color, alpha), 2.0)
        mouse = imgui.get_io().mouse_pos
        return abs(mouse.x - x) < 4 and top - 2 <= mouse.y <= low + 2

    def _x(self, past: Past, at_ns: int) -> float:
        left, width, _ = self.ruler
        return left + width * (at_ns - past.span_ns[0]) / max(past.span_ns[1] - past.span_ns[0], 1)

    def _ticks(self, past: Past, most: float) -> Iterator[tuple[int, str]]:
        """Round times, as many as there is room for."""
        begin, end = past.span_ns[0] / 1e9, past.span_ns[1] / 1e9
        step = next((each for each in _STEPS if (end - begin) / each <= max(most, 1.0)), _STEPS[-1])
        if (end - begin) / step > 200:
            return
        at = (begin // step + (begin % step > 0)) * step
        while at <= end:
            shown = datetime.fromtimestamp(at)
            text = f"{shown:%m-%d}" if step >= 86400 else f"{shown:%H:%M}" if step >= 60 else f"{shown:%H:%M:%S}"
            yield round(at * 1e9), text if step >= 1 else f"{shown:%S}.{shown.microsecond // 10000:02d}"
            at += step
