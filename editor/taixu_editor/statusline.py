"""The line below: what is selected, how large the world is, what goes on in the background, what was said last."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.app import Jobs
from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["StatusLine"]

_FLAGS = (
    imgui.WindowFlags_.no_decoration | imgui.WindowFlags_.no_saved_settings | imgui.WindowFlags_.no_docking
    | imgui.WindowFlags_.no_nav | imgui.WindowFlags_.no_scroll_with_mouse | imgui.WindowFlags_.no_move
)  # fmt: skip
_SMOOTH = 0.06
_MOST_JOBS = 12
_SHOWN_AFTER_SECS = 0.4
"""Files are looked through every other second: what is done at once is not worth a word."""


class StatusLine:
    """What can be seen of an editor at a glance."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._frame_ms = 16.7
        self._idle_at = monotonic()

    def draw(self, delta_secs: float) -> None:
        """Lay out the line at the lower edge; before the dock space, which takes what is left."""
        window, unit = self._window, imgui.get_font_size()
        if not window.pacing.rest_secs:  # while all is still, how long frames wait says nothing
            self._frame_ms += (delta_secs * 1000 - self._frame_ms) * _SMOOTH
        imgui.push_style_var(imgui.StyleVar_.window_padding, (unit * 0.8, unit * 0.3))
        imgui.push_style_var(imgui.StyleVar_.window_min_size, (1, 1))
        imgui.push_style_color(imgui.Col_.window_bg, window.theme.ground)
        if imgui.internal.begin_viewport_side_bar("###status", imgui.get_main_viewport(), imgui.Dir.down, unit * 1.7, _FLAGS):
            self._left()
            self._right()
        imgui.end()
        imgui.pop_style_color()
        imgui.pop_style_var(2)

    def _left(self) -> None:
        window, t = self._window, self._window.t
        session = window.host.session
        imgui.push_style_color(imgui.Col_.text, window.theme.faint)
        if session.worlds:
            count = len(session.current.selection)
            imgui.text_unformatted(t("{count} selected", count=count) if count else t("Nothing selected"))
            imgui.same_line(0, imgui.get_font_size() * 1.2)
            imgui.text_unformatted(t("{count} entities", count=f"{len(session.world):,}"))
        else:
            imgui.text_unformatted(t("No world is open"))
        imgui.pop_style_color()
        last = window.shell.toasts.last
        if last is not None:
            imgui.same_line(0, imgui.get_font_size() * 1.6)
            color = {"error": "bad", "warning": "warning"}.get(last.kind, "faint")
            room = imgui.get_content_region_avail().x - imgui.get_font_size() * 24
            imgui.text_colored(getattr(window.theme, color), _shortened(last.text, room))
            if imgui.is_item_hovered():
                imgui.set_tooltip(last.text)

    def _right(self) -> None:
        window, t, unit = self._window, self._window.t, imgui.get_font_size()
        session = window.host.session
        x = imgui.get_window_width() - unit * 0.8
        shown = f"{self._frame_ms:.1f} ms"
        x -= unit * 4.2
        imgui.same_line(x)
        imgui.text_colored(window.theme.faint, shown)
        x = self._generating(self._agents(x))
        if not session.worlds or not session.world.has_resource(Jobs):
            return
        jobs = session.world.resource(Jobs)
        if not jobs.pending:
            self._idle_at = monotonic()
        elif monotonic() - self._idle_at > _SHOWN_AFTER_SECS:
            one, many = t("1 job in the background"), t("{count} jobs in the background", count=jobs.pending)
            text = one if jobs.pending == 1 else many
            x -= imgui.calc_text_size(text).x + unit * 2.6
            imgui.same_line(x)
            if self._plain_button(f"{icon('reset')}  {text}###jobs", "accent"):
                imgui.open_popup("###running jobs")
        if imgui.begin_popup("###running jobs"):
            self._jobs(jobs)
            imgui.end_popup()

    def _agents(self, x: float) -> float:
        """Whether agents are let in, or wait for an answer; where what is left of it begins."""
        window, t, unit = self._window, self._window.t, imgui.get_font_size()
        desk = window.shell.agents
        if desk.server is None:
            return x
        text = t("An agent waits for an answer") if desk.questions else t("Agents: port {port}", port=desk.server.port)
        label = icon("agent", text)
        x -= imgui.calc_text_size(label).x + unit * 1.6
        imgui.same_line(x)
        if self._plain_button(f"{label}###agents", "warning" if desk.questions else "accent"):
            window.shell.later(lambda: window.do("editor.agents"))
        return x

    def _generating(self, x: float) -> float:
        """What is being made, which leads to the queue; where what is left of it begins."""
        window, t, unit = self._window, self._window.t, imgui.get_font_size()
        busy = [task for task in window.host.studio.tasks if not task.is_over]
        if not busy:
            return x
        running = next((task for task in busy if task.state == "running"), busy[0])
        share = f"{running.progress:.0%}"
        text = t("Making {name}, {share}", name=_shortened(running.label, unit * 11), share=share)
        if len(busy) > 1:
            text = t("Making {count}, {share}", count=len(busy), share=share)
        label = icon("generate", text)
        x -= imgui.calc_text_size(label).x + unit * 1.6
        imgui.same_line(x)
        if self._plain_button(f"{label}###generating", "accent"):
            window.shell.later(lambda: window.do("editor.generate"))
        return x

    def _plain_button(self, label: str, color: str) -> bool:
        """Text that can be pressed."""
        imgui.push_style_color(imgui.Col_.text, getattr(self._window.theme, color))
        imgui.push_style_var(imgui.StyleVar_.frame_padding, (0, 0))
        imgui.push_style_color(imgui.Col_.button, (0, 0, 0, 0))
        is_pressed = imgui.button(label)
        imgui.pop_style_var()
        imgui.pop_style_color(2)
        return bool(is_pressed)

    def _jobs(self, jobs: Jobs) -> None:
        """What goes on, how far it is, and a cross to end it."""
        unit, unfinished = imgui.get_font_size(), jobs.unfinished
        if not unfinished:
            imgui.text_disabled(self._window.t("Nothing goes on in the background"))
        for i, job in enumerate(unfinished[:_MOST_JOBS]):
            imgui.progress_bar(job.progress, (unit * 10, unit * 1.2), f"{job.progress:.0%}")
            imgui.same_line()
            imgui.text_unformatted(job.label[:60])
            imgui.same_line(unit * 34)
            if imgui.small_button(f"{icon('close')}###cancel {i}"):
                job.cancel()
        if len(unfinished) > _MOST_JOBS:
            imgui.text_disabled(self._window.t("and {count} more", count=len(unfinished) - _MOST_JOBS))


def _shortened(text: str, width: float) -> str:
    line = " ".join(text.split())
    if width <= 0:
        return ""
    most = max(8, int(width / max(imgui.calc_text_size("n").x, 1)))
    return line if len(line) <= most else line[: most - 1] + "…"
