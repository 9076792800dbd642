"""Where the time of frames goes: stages of the world, the interface, passes on the GPU; and what memory is held.

A click on the curves stops recording and shows that frame; so does a frame that is slower than one has said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from imgui_bundle import imgui, implot

from taixu_editor.interface import icon
from taixu_editor.panels.panel import Panel
from taixu_editor.panels.profiler_passes import pass_rows
from taixu_editor.profiling import KEPT, PARTS, FrameRecord, Recorder

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["ProfilerPanel"]

_COLORS = ("accent", "warning", "z_axis", "faint")
"""Of `PARTS`."""
_TITLES = ("World", "Panels and views", "Painting", "Rest")
_LOOK_SECS = 0.25
_PLOT_FLAGS = (
    implot.Flags_.no_legend | implot.Flags_.no_menus | implot.Flags_.no_box_select | implot.Flags_.no_mouse_text
    | implot.Flags_.no_title
)  # fmt: skip
_SPIKES_MS = (4.0, 1000.0)

Rows = list[tuple[str, str, float, str]]
"""Name, value, share of the largest, which is drawn as a bar, and more, which is told where the pointer rests."""


class ProfilerPanel(Panel):
    """Curves of the latest frames, and tables of their medians or of one of them."""

    id: ClassVar[str] = "profiler"
    title: ClassVar[str] = "Profiler"
    dock: ClassVar[str] = "bottom"

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.recorder = Recorder(window)
        self.is_recording = True
        self.chosen: int | None = None
        """Of the recorded frames, the one that is looked at."""
        self.stops_at_spikes = False
        self.spike_ms = 50.0
        self._is_dragging = False
        self._since_look = _LOOK_SECS
        self._tables: list[tuple[str, Rows]] = []

    def draw(self) -> None:
        """Buttons above, curves on the left, tables beside them."""
        if implot.get_current_context() is None:
            implot.create_context()
        if self.is_recording:
            latest = self.recorder.frame()
            if latest is not None and self.stops_at_spikes and latest.total_ms > self.spike_ms:
                self.look_at(len(self.recorder.frames) - 1)
        self._draw_buttons()
        self._follow()
        room = imgui.get_content_region_avail()
        self._draw_curves(max(room.x * 0.34, 160.0), room.y)
        width = max((room.x - max(room.x * 0.34, 160.0)) / 4 - imgui.get_style().item_spacing.x, 110.0)
        for title, rows in self._tables:
            imgui.same_line()
            self._draw_table(title, rows, width)

    def record(self, on: bool) -> None:
        """Go on recording, from nothing, or stop."""
        if on and not self.is_recording:
            self.recorder.clear()
            self.chosen = None
        elif not on and self.is_recording:
            self.recorder.stop()
            self.chosen = len(self.recorder.frames) - 1 if self.recorder.frames else None
        self.is_recording, self._since_look = on, _LOOK_SECS

    def look_at(self, number: int) -> None:
        """Stop recording, and show one of the recorded frames."""
        if self.is_recording:
            self.record(False)
        last = len(self.recorder.frames) - 1
        self.chosen = min(max(number, 0), last) if last >= 0 else None
        self._since_look = _LOOK_SECS

    def hide(self) -> None:
        """Nobody looks: nothing is measured."""
        self.recorder.stop()

    def release(self) -> None:
        """Measure no more."""
        self.recorder.stop()

    # -- what is laid out --------------------------------------------------------------------------------------------
    def _draw_buttons(self) -> None:
        t, theme, unit = self.t, self.window.theme, imgui.get_font_size()
        if imgui.button(f"{icon('pause', t('Stop')) if self.is_recording else icon('play', t('Record'))}###record"):
            self.record(not self.is_recording)
        imgui.set_item_tooltip(t("A click on the curves stops there"))
        imgui.same_line()
        _, self.stops_at_spikes = imgui.checkbox(f"{t('Stop at frames over')}###spikes", self.stops_at_spikes)
        imgui.same_line()
        imgui.set_next_item_width(unit * 5)
        low, high = _SPIKES_MS
        _, self.spike_ms = imgui.drag_float("###spike", self.spike_ms, 0.5, low, high, "%.0f ms", imgui.SliderFlags_.always_clamp)
        imgui.same_line(0, unit)
        if self.chosen is None:
            for title, color in zip(_TITLES, _COLORS, strict=True):
                imgui.text_colored(getattr(theme, color), "■")
                imgui.same_line(0, unit * 0.3)
                imgui.text_disabled(t(title))
                imgui.same_line(0, unit * 0.8)
            imgui.new_line()
            return
        for name, picture, step in (("before", "‹", -1), ("after", "›", 1)):
            if imgui.button(f"{picture}###{name}"):
                self.look_at(self.chosen + step)
            imgui.same_line(0, unit * 0.2)
        if imgui.button(f"{t('Slowest')}###slowest"):
            self.look_at(int(np.argmax(self.recorder.totals())))
        imgui.same_line()
        record = self.recorder.frames[self.chosen]
        imgui.align_text_to_frame_padding()
        number, count = self.chosen + 1, len(self.recorder.frames)
        said = t("Frame {number} of {count}: {ms} ms", number=number, count=count, ms=f"{record.total_ms:.1f}")
        imgui.text_colored(theme.accent, said)

    def _draw_curves(self, width: float, height: float) -> None:
        recorder = self.recorder
        implot.push_style_color(implot.Col_.frame_bg, (0, 0, 0, 0))
        implot.push_style_color(implot.Col_.plot_bg, (0, 0, 0, 0))
        implot.push_style_var(implot.StyleVar_.plot_padding, (4.0, 4.0))
        if implot.begin_plot("###frames", imgui.ImVec2(width, height), _PLOT_FLAGS):
            implot.setup_axes("", "ms", implot.AxisFlags_.no_tick_labels | implot.AxisFlags_.no_grid_lines, 0)
            totals = recorder.totals()
            most = float(np.percentile(totals, 98)) * 1.4 if len(totals) else 20.0
            chosen = self.chosen
            most = max(20.0, most, 0.0 if chosen is None else float(totals[chosen]) * 1.1)
            implot.setup_axes_limits(0, KEPT, 0, most, implot.Cond_.always)
            if len(totals) > 1:
                self._draw_parts()
            self._take_click(len(totals))
            implot.end_plot()
        implot.pop_style_var()
        implot.pop_style_color(2)

    def _draw_parts(self) -> None:
        theme, stacked = self.window.theme, self.recorder.stacked()
        xs = np.arange(stacked.shape[1], dtype=np.float64)
        for number, name in enumerate(PARTS):
            spec = implot.Spec()
            spec.fill_color, spec.fill_alpha = imgui.ImVec4(*getattr(theme, _COLORS[number])), 0.7
            low, high = np.ascontiguousarray(stacked[number]), np.ascontiguousarray(stacked[number + 1])
            implot.plot_shaded(f"###{name}", xs, low, high, spec)
        for value in (1000 / 60, 1000 / 30):
            spec = implot.Spec()
            spec.line_color, spec.flags = imgui.ImVec4(*theme.border), implot.InfLinesFlags_.horizontal
            implot.plot_inf_lines(f"###line {value:.0f}", np.array([value]), spec)
        if self.chosen is not None:
            spec = implot.Spec()
            spec.line_color, spec.line_weight = imgui.ImVec4(*theme.text), 1.5
            implot.plot_inf_lines("###chosen", np.array([float(self.chosen)]), spec)

    def _take_click(self, count: int) -> None:
        is_down = imgui.is_mouse_down(imgui.MouseButton_.left)
        if implot.is_plot_hovered() and imgui.is_mouse_clicked(imgui.MouseButton_.left) and count:
            self._is_dragging = True
        if self._is_dragging:
            self.look_at(round(implot.get_plot_mouse_pos().x))
        self._is_dragging = self._is_dragging and is_down

    def _draw_table(self, title: str, rows: Rows, width: float) -> None:
        theme = self.window.theme
        imgui.begin_child(f"###{title}", imgui.ImVec2(width, 0))
        imgui.push_font(self.window.fonts.bold, 0.0)
        imgui.text(self.t(title))
        imgui.pop_font()
        draw, height = imgui.get_window_draw_list(), imgui.get_text_line_height_with_spacing()
        for name, value, share, more in rows:
            place, wide = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x
            if share > 0.01:
                draw.add_rect_filled(place, (place.x + wide * share, place.y + height - 2), theme.pack("accent_soft"))
            room = wide - imgui.calc_text_size(value).x - 8
            draw.push_clip_rect(place, (place.x + room, place.y + height), True)
            imgui.text_disabled(self.t(name))
            draw.pop_clip_rect()
            imgui.set_item_tooltip(more or self.t(name))
            draw.add_text((place.x + room + 6, place.y), theme.pack("text"), value)
        imgui.end_child()

    # -- what the tables say -----------------------------------------------------------------------------------------
    def _follow(self) -> None:
        """Tables are written anew a few times a second, so that one can read them."""
        self._since_look += imgui.get_io().delta_time
        if self._since_look < _LOOK_SECS:
            return
        self._since_look = 0.0 if self.is_recording else -1e9
        if not self.recorder.frames:
            self._tables = []
        elif self.chosen is None:
            self._tables = self._of_medians()
        else:
            self._tables = _of_frame(self.recorder.frames[self.chosen])

    def _of_medians(self) -> list[tuple[str, Rows]]:
        recorder = self.recorder
        found = [(title, _rows(recorder.medians(kind))) for title, kind in (("World, ms", "stages"), ("Systems, ms", "systems"))]
        return [*found, ("GPU passes, ms", pass_rows(recorder.medians("passes"))), ("Memory", _facts(recorder.frames[-1]))]


def _of_frame(record: FrameRecord) -> list[tuple[str, Rows]]:
    worlds = (("World, ms", record.stages), ("Systems, ms", record.systems))
    found = [(title, _rows({name: (ms, ms) for name, ms in values.items()}, both=False)) for title, values in worlds]
    passes = pass_rows({name: (ms, ms) for name, ms in record.passes.items()}, both=False)
    return [*found, ("GPU passes, ms", passes), ("Memory", _facts(record))]


def _rows(values: dict[str, tuple[float, float]], *, both: bool = True) -> Rows:
    """The most expensive first."""
    most = max((p50 for p50, _ in values.values()), default=0.0) or 1.0
    ordered = sorted(values.items(), key=lambda item: -item[1][0])
    return [
        (name.split(": ")[-1], f"{p50:.2f}", p50 / most, f"{name}: {p50:.2f} ms" + (f", 95 %: {p95:.2f} ms" if both else ""))
        for name, (p50, p95) in ordered
    ]


def _facts(record: FrameRecord) -> Rows:
    from taixu.bench.measure import peak_mb

    facts = {
        "In use": f"{record.memory_mb:.0f} MB",
        "At most": f"{peak_mb()} MB",
        "Entities": f"{record.entities:,}",
        "Of models and prefabs": f"{record.made:,}",
        "Fixed steps": str(record.steps),
        "Python's tidying": f"{record.garbage_ms:.2f} ms",
    }
    return [(name, value, 0.0, "") for name, value in facts.items()]
