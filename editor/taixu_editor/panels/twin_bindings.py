"""Bindings: which fields of which topics go where, in a list; double clicks open one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.twin.feed import Feed
from taixu_editor.interface import icon
from taixu_editor.panels.twin_bind_dialog import BindDialog
from taixu_editor.panels.twin_rows import row_buttons
from taixu_editor.panels.twin_sources import draw_column
from taixu_editor.widgets.nothing import say_nothing

if TYPE_CHECKING:
    from taixu_editor.panels.twin import TwinPanel

__all__ = ["BindingsTab"]

_FLAGS = imgui.TableFlags_.row_bg | imgui.TableFlags_.borders_inner_h | imgui.TableFlags_.scroll_y | imgui.TableFlags_.resizable
_ROW = (
    imgui.SelectableFlags_.span_all_columns | imgui.SelectableFlags_.allow_overlap | imgui.SelectableFlags_.allow_double_click
)


class BindingsTab:
    """The list.

    Attributes
    ----------
    shown
        The place of a binding that is looked at: it is marked, and scrolled to.
    """

    def __init__(self, panel: TwinPanel) -> None:
        self._panel = panel
        self.shown = -1
        self._scrolls = False

    def reveal(self, place: int) -> None:
        """Show one of them."""
        self.shown, self._scrolls = place, True

    def draw(self) -> None:
        """A line a binding."""
        panel, t = self._panel, self._panel.t
        bindings = panel.items("bindings")
        if not bindings:
            text = t("Nothing is bound yet. Drag a field of a topic onto a field of the inspector, or onto an entity.")
            if say_nothing(panel.window, "curve", text, button=t("Show the topics"), name="show topics"):
                panel.tab = "topics"
            return
        copy = panel.desk.copy
        feed = copy.world.resource(Feed) if copy is not None and panel.desk.is_live else None
        written = [feed.by_binding.get(each, 0) for each in feed.bindings] if feed is not None else []
        doubts = {finding.where: finding for finding in panel.desk.findings}
        if imgui.begin_table("bindings", 6, _FLAGS):
            titles = (t("Topic"), t("From"), t("To"), t("Unit or frame"), t("Written"), "")
            for title, weight in zip(titles, (2.4, 1.4, 1.8, 1.0, 0.9, 0.0), strict=True):
                draw_column(title, weight)
            imgui.table_setup_scroll_freeze(0, 1)
            imgui.table_headers_row()
            for place, binding in enumerate(bindings):
                if isinstance(binding, dict):
                    count = written[place] if place < len(written) else None
                    self._draw_row(place, binding, count, doubts.get(f"twin.bindings[{place}]"))
            imgui.end_table()

    def _draw_row(self, place: int, binding: dict[str, Any], written: int | None, doubt: Any) -> None:
        panel, t, theme = self._panel, self._panel.t, self._panel.window.theme
        imgui.push_id(place)
        imgui.table_next_row()
        imgui.table_next_column()
        imgui.align_text_to_frame_padding()
        if imgui.selectable(f"{binding.get('topic', '')}###row", self.shown == place, _ROW)[0]:
            self.shown = place
            if imgui.is_mouse_double_clicked(imgui.MouseButton_.left):
                self._open(place, binding)
        panel.mark(f"binding {place}")
        if doubt is not None:
            imgui.set_item_tooltip(doubt.message)
        if self._scrolls and self.shown == place:
            imgui.set_scroll_here_y(0.5)
            self._scrolls = False
        names = binding.get("from", "value")
        cells = (", ".join(map(str, names)) if isinstance(names, list) else str(names), str(binding.get("to", "")),
                 str(binding.get("unit") or binding.get("frame") or ""))  # fmt: skip
        for text in cells:
            imgui.table_next_column()
            imgui.text_unformatted(text)
        imgui.table_next_column()
        if doubt is not None:
            imgui.text_colored(theme.bad if doubt.severity == "error" else theme.warning, icon("warning"))
            imgui.same_line()
        if written is not None:
            imgui.text_unformatted(f"{written:,}")
        match row_buttons(panel, f"binding {place}", removes=t("Remove a binding")):
            case "edit":
                self._open(place, binding)
            case "remove":
                panel.window.do("twin.unbind", place=place)
                self.shown = -1
        imgui.pop_id()

    def _open(self, place: int, binding: dict[str, Any]) -> None:
        panel = self._panel
        panel.window.shell.dialogs.open(BindDialog(panel.window, dict(binding), place=place))
