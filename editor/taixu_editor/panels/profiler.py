"""Where the time of frames goes: stages of the world, the interface, passes on the GPU; and what memory is held."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from imgui_bundle import imgui, implot

from taixu_editor.panels.panel import Panel

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["ProfilerPanel"]

_KEPT = 300
_LOOK_SECS = 0.25


class ProfilerPanel(Panel):
    """Curves of the latest frames, and tables of their medians."""

    id: ClassVar[str] = "profiler"
    title: ClassVar[str] = "Profiler"
    dock: ClassVar[str] = "bottom"

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self._frames: deque[float] = deque(maxlen=_KEPT)
        self._since_look = _LOOK_SECS
        self._world: dict[str, dict[str, float]] = {}
        self._editor: dict[str, dict[str, float]] = {}
        self._passes: dict[str, float] = {}
        self._facts: dict[str, str] = {}

    def draw(self) -> None:
        """Curves on the left, tables beside them."""
        if implot.get_current_context() is None:
            implot.create_context()
        self.window.renderer.measures_passes = True
        self._frames.append(imgui.get_io().delta_time * 1e3)
        self._look()
        width = imgui.get_content_region_avail().x
        self._draw_curve(max(width * 0.26, 140.0))
        for title, rows in (
            (self.t("World, ms"), {name: f"{row['p50']:.1f} / {row['p95']:.1f}" for name, row in self._world.items()}),
            (self.t("Editor, ms"), {name: f"{row['p50']:.1f} / {row['p95']:.1f}" for name, row in self._editor.items()}),
            (self.t("GPU passes, ms"), {name: f"{ms:.2f}" for name, ms in self._passes.items()}),
            (self.t("Memory"), self._facts),
        ):
            imgui.same_line()
            self._draw_table(title, rows, max(width * 0.17, 120.0))

    def _draw_curve(self, width: float) -> None:
        height = imgui.get_content_region_avail().y
        flags = implot.Flags_.no_legend | implot.Flags_.no_menus | implot.Flags_.no_box_select | implot.Flags_.no_mouse_text
        if implot.begin_plot("###frames", imgui.ImVec2(width, height), flags):
            implot.setup_axes("", "ms", implot.AxisFlags_.no_tick_labels, 0)
            values = np.array(self._frames, np.float64)
            implot.setup_axes_limits(0, _KEPT, 0, max(20.0, float(values.max()) * 1.1), implot.Cond_.always)
            implot.plot_line(self.t("frame"), values)
            implot.end_plot()

    def _draw_table(self, title: str, rows: dict[str, str], width: float) -> None:
        imgui.begin_child(f"###{title}", imgui.ImVec2(width, 0))
        imgui.push_font(self.window.fonts.bold, 0.0)
        imgui.text(title)
        imgui.pop_font()
        if imgui.begin_table("rows", 2, imgui.TableFlags_.row_bg):
            for name, value in rows.items():
                imgui.table_next_row()
                imgui.table_next_column()
                imgui.text_disabled(name.split(": ")[-1])  # a pass is told with its view
                imgui.table_next_column()
                imgui.text(value)
            imgui.end_table()
        imgui.end_child()

    def _look(self) -> None:
        self._since_look += imgui.get_io().delta_time
        if self._since_look < _LOOK_SECS:
            return
        self._since_look = 0.0
        self._editor = self.window.times.milliseconds()
        self._passes = {name: round(ms, 3) for name, ms in self.window.device.timings().items()}
        session = self.host.session
        if session.worlds:
            self._world = session.current.app.diagnostics.milliseconds()
            self._facts = _facts(len(session.world), sum(len(table) for table in session.world.tables if table.made))

    def release(self) -> None:
        """Measure no more."""
        self.window.renderer.measures_passes = False


def _facts(entities: int, made: int) -> dict[str, str]:
    from taixu.bench.measure import held_mb, peak_mb

    return {"held": f"{held_mb():.0f} MB", "peak": f"{peak_mb()} MB", "entities": f"{entities:,}", "made": f"{made:,}"}
