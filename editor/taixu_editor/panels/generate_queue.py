"""The queue: what is being made, what waits, what failed and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu_editor.generating.task import Task
from taixu_editor.interface import icon
from taixu_editor.widgets.cards import fit_text

if TYPE_CHECKING:
    from taixu_editor.panels.generate import GeneratePanel

__all__ = ["draw_queue"]

_MOST_ROWS = 6
"""Rows that are seen at once; more are scrolled to."""
_TASK = "generation task"


def draw_queue(panel: GeneratePanel) -> None:
    """A row for each task; nothing where there is none."""
    tasks = list(panel.studio.tasks)
    if not tasks:
        return
    t, unit, theme = panel.t, imgui.get_font_size(), panel.window.theme
    busy = [task for task in tasks if not task.is_over]
    imgui.dummy((0, unit * 0.15))
    imgui.separator_text(t("Queue: {count}", count=len(busy)) if busy else t("Queue"))
    if len(tasks) > 1:
        label = t("Cancel all") if busy else t("Clear")
        imgui.same_line(imgui.get_cursor_pos_x() + imgui.get_content_region_avail().x - imgui.calc_text_size(label).x - unit * 0.8)
        imgui.push_style_color(imgui.Col_.button, theme.panel)
        imgui.push_style_color(imgui.Col_.text, theme.faint)
        if imgui.small_button(f"{label}###cancel all"):
            panel.window.do("generate.cancel")
        imgui.pop_style_color(2)
    height = (unit * 2.2 + imgui.get_style().item_spacing.y) * min(len(tasks), _MOST_ROWS) + imgui.get_style().item_spacing.y
    if any(task.error for task in tasks):
        height += unit * 1.6
    imgui.push_style_var(imgui.StyleVar_.child_border_size, 0.0)
    if imgui.begin_child("queue", (0, height)):
        for task in tasks:
            _draw_task(panel, task)
    imgui.end_child()
    imgui.pop_style_var()


def _draw_task(panel: GeneratePanel, task: Task) -> None:
    t, unit, theme, draw = panel.t, imgui.get_font_size(), panel.window.theme, imgui.get_window_draw_list()
    imgui.push_id(task.id)
    start, width = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x
    side, state = unit * 2.2, task.state
    end = start.x + width - unit * 1.8
    imgui.set_next_item_allow_overlap()
    imgui.invisible_button("task", (max(width - unit * 1.8, 1), side))
    if imgui.is_item_hovered():
        draw.add_rect_filled(start, (start.x + width, start.y + side), theme.pack("hover"), unit * 0.3)
        imgui.set_tooltip(task.error or task.label)
    if state == "queued":
        panel.window.drag_drop.source(_TASK, task.id, task.label)
        dropped = panel.window.drag_drop.target(_TASK)
        if dropped:
            waiting = [each.id for each in panel.studio.waiting]
            panel.window.do("generate.move", task=dropped, place=waiting.index(task.id))
    low, high = (start.x, start.y + unit * 0.1), (start.x + side - unit * 0.2, start.y + side - unit * 0.1)
    draw.add_rect_filled(low, high, theme.pack("raised"), unit * 0.3)
    if task.preview is not None:
        number, _ = panel.strip.previews.find(f"task {task.id}", task.preview)
        white = imgui.get_color_u32((1.0, 1.0, 1.0, 1.0))
        draw.add_image_rounded(number, low, high, (0, 0), (1, 1), white, unit * 0.3)
    else:
        glyph = icon({"failed": "error", "queued": "history"}.get(state, "generate"))
        wide = imgui.calc_text_size(glyph).x
        color = theme.pack("bad" if state == "failed" else "faint")
        draw.add_text(((low[0] + high[0] - wide) / 2, (low[1] + high[1] - unit) / 2), color, glyph)
    x, room = start.x + side + unit * 0.3, end - start.x - side - unit * 0.6
    draw.add_text((x, start.y + unit * 0.15), theme.pack("text"), fit_text(task.label, room))
    if state == "failed":
        draw.add_text((x, start.y + unit * 1.15), theme.pack("bad"), fit_text(task.error, room))
    else:
        said = t("waits") if state == "queued" else f"{task.progress:.0%}  {t.word(task.text)}".rstrip()
        draw.add_text(imgui.get_font(), unit * 0.85, (x, start.y + unit * 1.15), theme.pack("faint"), fit_text(said, room * 1.1))
    if state == "running":
        y = start.y + side - unit * 0.14
        draw.add_rect_filled((x, y), (x + room, y + unit * 0.12), theme.pack("raised"), unit * 0.06)
        draw.add_rect_filled((x, y), (x + room * task.progress, y + unit * 0.12), theme.pack("accent"), unit * 0.06)
    imgui.set_cursor_screen_pos((end, start.y + unit * 0.3))
    imgui.push_style_color(imgui.Col_.button, theme.panel)
    imgui.push_style_color(imgui.Col_.text, theme.faint)
    if imgui.button(f"{icon('close')}###cancel", (unit * 1.6, unit * 1.6)):
        panel.window.do("generate.cancel", task=task.id)
    imgui.pop_style_color(2)
    imgui.set_item_tooltip(t("Take it away") if state == "failed" else t("Cancel"))
    imgui.set_cursor_screen_pos((start.x, start.y + side))
    imgui.dummy((0, 0))
    imgui.pop_id()
