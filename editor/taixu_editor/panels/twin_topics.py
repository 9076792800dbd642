"""Topics that were heard, as a tree: fields with their latest values and curves, to be dragged onto what they are of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu_editor.interface import icon
from taixu_editor.twin.proposals import TopicField, is_read_by
from taixu_editor.twin.topics import HeardField, Topic, TopicRow
from taixu_editor.widgets.nothing import say_nothing
from taixu_editor.widgets.search_box import search_box

if TYPE_CHECKING:
    from taixu_editor.panels.twin import TwinPanel

__all__ = ["TOPIC_FIELD", "TopicsTab", "shown_age", "shown_value"]

TOPIC_FIELD = "topic field"
"""What drags of fields are called."""
_FLAGS = imgui.TableFlags_.row_bg | imgui.TableFlags_.scroll_y | imgui.TableFlags_.resizable
_STALE_SECS = 5.0
Line = tuple[TopicRow, HeardField | None]


def shown_value(value: Any) -> str:
    """A value in a few letters."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return "  ".join(shown_value(each) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def shown_age(secs: float) -> str:
    """How long ago, in a few letters."""
    if secs < 10:
        return f"{max(secs, 0):.1f} s"
    for limit, size, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if secs < limit:
            return f"{secs / size:.0f} {unit}"
    return f"{secs / 86400:.0f} d"


class TopicsTab:
    """The tree.

    Attributes
    ----------
    closed
        Paths that are folded.
    """

    def __init__(self, panel: TwinPanel) -> None:
        self._panel = panel
        self.closed: set[str] = set()
        self._search = ""
        self._lines: list[Line] = []
        self._key: object = None

    def draw(self) -> None:
        """A search above, the tree below."""
        panel, t = self._panel, self._panel.t
        book = panel.desk.topics
        if not len(book):
            if panel.desk.is_live:
                text = t("Nothing was heard yet.")
            else:
                text = t("Connect to see what sources say. Fields are dragged from here onto what they are of.")
            say_nothing(panel.window, "component", text)
            return
        width = imgui.get_font_size() * 14
        self._search = search_box(panel.window, "##topics", self._search, t("Search topics"), width=width)
        imgui.same_line()
        imgui.align_text_to_frame_padding()
        imgui.text_disabled(t("Drag a field onto a field of the inspector, or onto an entity."))
        lines = self._current()
        if imgui.begin_table("topics", 5, _FLAGS):
            titles = (t("Topic"), t("Value"), t("Curve"), t("Rate"), t("Age"))
            for title, weight in zip(titles, (3.0, 1.6, 1.4, 0.8, 0.8), strict=True):
                imgui.table_setup_column(title, imgui.TableColumnFlags_.width_stretch, weight)
            imgui.table_setup_scroll_freeze(0, 1)
            imgui.table_headers_row()
            clipper = imgui.ListClipper()
            clipper.begin(len(lines))
            while clipper.step():
                for number in range(clipper.display_start, clipper.display_end):
                    self._draw_line(*lines[number])
            imgui.end_table()

    def _current(self) -> list[Line]:
        """Lines of the tree with fields below topics; made anew when there are others."""
        book = self._panel.desk.topics
        key = (book.version, self._search, frozenset(self.closed))
        if key != self._key:
            self._key = key
            self._lines = []
            for row in book.rows(self.closed, self._search):
                self._lines.append((row, None))
                if row.topic is not None and (row.path not in self.closed or self._search):
                    self._lines += [(row, heard) for heard in row.topic.fields.values()]
        return self._lines

    def _draw_line(self, row: TopicRow, heard: HeardField | None) -> None:
        panel, theme, unit = self._panel, self._panel.window.theme, imgui.get_font_size()
        name = row.path if heard is None else f"{row.path} {heard.name}"
        imgui.push_id(name)
        imgui.table_next_row()
        imgui.table_next_column()
        indent = unit * (0.3 + 0.9 * (row.depth + (heard is not None)))
        imgui.set_cursor_pos_x(imgui.get_cursor_pos_x() + indent)
        flags = imgui.SelectableFlags_.span_all_columns
        if heard is None:
            arrow = icon("closed" if row.path in self.closed and not self._search else "opened") if row.has_children else "  "
            imgui.push_style_color(imgui.Col_.text, theme.text if row.topic is not None else theme.faint)
            if imgui.selectable(f"{arrow}  {row.label}###row", False, flags)[0]:
                self.closed ^= {row.path}
            imgui.pop_style_color()
            if row.topic is not None:
                self._offer(row.topic, "")
        else:
            assert row.topic is not None
            bound = self._is_bound(row.topic, heard.name)
            imgui.push_style_color(imgui.Col_.text, theme.accent if bound else theme.text)
            imgui.selectable(f"{heard.name}###row", False, flags)
            imgui.pop_style_color()
            self._offer(row.topic, heard.name)
        panel.mark(f"topic {name}")
        self._draw_facts(row, heard)
        imgui.pop_id()

    def _draw_facts(self, row: TopicRow, heard: HeardField | None) -> None:
        theme, topic = self._panel.window.theme, row.topic
        if topic is None:
            return
        age = self._panel.desk.now_secs() - topic.at_secs
        color = theme.faint if age > _STALE_SECS or not self._panel.desk.is_live else theme.text
        imgui.table_next_column()
        if heard is not None:
            imgui.text_colored(color, shown_value(heard.value)[:60])
            imgui.table_next_column()
            if heard.is_number:
                draw_curve(list(heard.curve), theme.pack("accent" if color == theme.text else "faint"))
            return
        if topic.keys:
            imgui.text_disabled(", ".join(topic.keys[:4]) + (" ..." if len(topic.keys) > 4 else ""))
        imgui.table_next_column()
        imgui.table_next_column()
        imgui.text_colored(color, f"{topic.rate:.3g} /s")
        imgui.table_next_column()
        imgui.text_colored(color, shown_age(age))

    def _offer(self, topic: Topic, field: str) -> None:
        dragged = TopicField(topic.source, topic.name, field)
        self._panel.window.drag_drop.source(TOPIC_FIELD, dragged, f"{topic.name}  {field}")

    def _is_bound(self, topic: Topic, field: str) -> bool:
        return any(is_read_by(binding, topic, field) for binding in self._panel.items("bindings"))


def draw_curve(values: Sequence[float], color: int) -> None:
    """Values one after another, in the cell where the cursor is."""
    place, width = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x
    height = imgui.get_text_line_height()
    imgui.dummy((max(width, 1), height))
    if len(values) < 2:
        return
    low, high = min(values), max(values)
    span = high - low
    step = (width - 4) / (len(values) - 1)
    share = [(value - low) / span if span > 0 else 0.5 for value in values]
    points = [(place.x + 2 + step * i, place.y + 2 + (height - 4) * (1 - each)) for i, each in enumerate(share)]
    imgui.get_window_draw_list().add_polyline([imgui.ImVec2(*each) for each in points], color, 1.3, imgui.ImDrawFlags_.none)
