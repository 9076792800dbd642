"""What the profiler records, without its panel."""

from __future__ import annotations

import gc
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from taixu.app import App, Diagnostics, Stage
from taixu_editor.profiling import KEPT, PARTS, Recorder


class Window:
    """As much of one as is recorded."""

    def __init__(self, app: App | None = None) -> None:
        self.times = Diagnostics()
        self.renderer = SimpleNamespace(measures_passes=False)
        self.passes: dict[str, float] = {}
        self.device = SimpleNamespace(timings=lambda: dict(self.passes))
        worlds: list[Any] = [] if app is None else [SimpleNamespace(app=app)]
        world = None if app is None else app.world
        self.host = SimpleNamespace(session=SimpleNamespace(worlds=worlds, current=worlds[0] if worlds else None, world=world))

    def frame(self, recorder: Recorder, panels_secs: float = 0.002) -> Any:
        """A frame of an editor: the panel records in the middle of it."""
        found = recorder.frame()
        for name, secs in (("world", 0.001), ("panels", panels_secs), ("painting", 0.001)):
            self.times.add(name, secs)
        self.times.end_frame(0.005 + panels_secs)
        return found


def test_each_frame_is_recorded_when_it_is_over() -> None:
    window = Window()
    recorder = Recorder(window)  # type: ignore[arg-type]
    assert window.frame(recorder) is None
    for number in range(KEPT + 20):
        found = window.frame(recorder, 0.05 if number == KEPT else 0.002)
        assert found is recorder.frames[-1]
    assert len(recorder.frames) == KEPT
    slowest = recorder.frames[int(np.argmax(recorder.totals()))]
    assert slowest.total_ms == pytest.approx(55) and slowest.parts["panels"] == pytest.approx(50)
    assert slowest.parts["rest"] == pytest.approx(3) and set(slowest.parts) == set(PARTS)
    np.testing.assert_allclose(recorder.stacked()[-1], recorder.totals())
    recorder.clear()
    assert not recorder.frames and recorder.medians("stages") == {}


def test_medians_are_those_of_the_frames_that_had_something() -> None:
    window = Window()
    recorder = Recorder(window)  # type: ignore[arg-type]
    for number in range(1, 102):
        window.passes = {**window.passes, "a: solid": float(number), **({"a: sky": 7.5 + number} if number % 2 else {})}
        window.frame(recorder)
    recorder.frame()
    p50, p95 = recorder.medians("passes")["a: solid"]
    assert (p50, p95) == (pytest.approx(51, abs=1), pytest.approx(96, abs=1))
    counted = [each for each in recorder.frames if "a: sky" in each.passes]
    assert len(counted) == 51, "what was not measured anew is no pass of the frame"


def test_systems_are_measured_only_while_one_looks() -> None:
    app = App()
    app.add_system(Stage.UPDATE, lambda world: sum(range(1000)), name="count")
    window = Window(app)
    recorder = Recorder(window)  # type: ignore[arg-type]
    for _ in range(4):
        app.frame(1 / 60)
        window.frame(recorder)
    assert recorder.frames[-1].systems["count"] > 0 and recorder.frames[-1].steps == 1
    assert app.diagnostics.measures_systems and window.renderer.measures_passes
    recorder.stop()
    assert not app.diagnostics.measures_systems and not window.renderer.measures_passes
    app.frame(1 / 60)
    app.frame(1 / 60)
    assert app.diagnostics.latest_systems == {} and app.diagnostics.latest["update"] >= 0


def test_pythons_tidying_is_heard_and_no_more_after_the_end() -> None:
    window = Window()
    recorder = Recorder(window)  # type: ignore[arg-type]
    before = len(gc.callbacks)
    for _ in range(3):
        window.frame(recorder)
        gc.collect()
    window.frame(recorder)
    assert recorder.frames[-1].garbage_ms > 0
    recorder.stop()
    assert len(gc.callbacks) == before


def test_passes_are_told_by_the_option_that_they_are_of() -> None:
    pytest.importorskip("imgui_bundle")
    from taixu.render.quality import OPTION_PASSES, OTHER
    from taixu_editor.panels.profiler_passes import OPTION_TITLES, pass_rows

    assert set(OPTION_TITLES) == {*OPTION_PASSES, OTHER}
    rows = pass_rows({"View: solid": (4.0, 5.0), "View: sky": (1.0, 1.5), "Second: solid": (2.0, 2.5), "View: stars": (0.5, 0.5)})
    assert [row[:3] for row in rows] == [
        ("Surfaces", "6.00", 1.0), ("    solid", "4.00", 0.0), ("    solid", "2.00", 0.0),
        ("Sky and air", "1.50", 0.25), ("    sky", "1.00", 0.0), ("    stars", "0.50", 0.0),
    ]  # fmt: skip
    assert rows[0][3] == "View: solid: 4.00 ms, 95 %: 5.00 ms\nSecond: solid: 2.00 ms, 95 %: 2.50 ms"
    assert pass_rows({}) == []
