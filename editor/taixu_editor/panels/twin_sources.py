"""Sources of readings: what they are, how they are doing; and a form for each kind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.interface import icon
from taixu_editor.panels.twin_rows import row_buttons
from taixu_editor.twin.operations import known_connectors
from taixu_editor.widgets.form import Form
from taixu_editor.widgets.nothing import say_nothing
from taixu_editor.widgets.spec import FieldSpec, specs_of_dataclass

if TYPE_CHECKING:
    from taixu_editor.panels.twin import TwinPanel
    from taixu_editor.window import EditorWindow

__all__ = ["SourceDialog", "SourcesTab", "draw_column"]

_STATES = {"connected": "good", "done": "faint", "waiting": "warning", "starting": "faint", "failed": "bad"}
_SAID = {
    "connected": "connected", "done": "has ended", "waiting": "waits for the other side", "starting": "begins", "failed": "failed",
}
_FLAGS = imgui.TableFlags_.row_bg | imgui.TableFlags_.borders_inner_h | imgui.TableFlags_.scroll_y | imgui.TableFlags_.resizable
_ROW = (
    imgui.SelectableFlags_.span_all_columns | imgui.SelectableFlags_.allow_overlap | imgui.SelectableFlags_.allow_double_click
)


class SourcesTab:
    """A table of sources."""

    def __init__(self, panel: TwinPanel) -> None:
        self._panel = panel

    def draw(self) -> None:
        """A line a source, and a button for one more."""
        panel, t = self._panel, self._panel.t
        sources = panel._table("sources")
        if not sources:
            text = t("Nothing feeds this world yet. A source is a broker, a server or a file that brings readings.")
            if say_nothing(panel.window, "component", text, button=t("Add a source"), name="add source"):
                panel.window.shell.dialogs.open(SourceDialog(panel.window))
            panel.mark("add source")
            return
        if panel.button("add source", t("Add a source"), picture="add"):
            panel.window.shell.dialogs.open(SourceDialog(panel.window))
        running = {each.link.name: each.link.status for each in panel.desk.sources}
        if imgui.begin_table("sources", 5, _FLAGS):
            titles = (t("Source"), t("Kind"), t("State"), t("Messages"), "")
            for title, weight in zip(titles, (1.2, 0.8, 3.0, 0.8, 0.0), strict=True):
                draw_column(title, weight)
            imgui.table_setup_scroll_freeze(0, 1)
            imgui.table_headers_row()
            for name, facts in list(sources.items()):
                self._draw_row(name, facts if isinstance(facts, dict) else {}, running.get(name))
            imgui.end_table()

    def _draw_row(self, name: str, facts: dict[str, Any], status: Any) -> None:
        panel, t, theme = self._panel, self._panel.t, self._panel.window.theme
        imgui.push_id(name)
        imgui.table_next_row()
        imgui.table_next_column()
        imgui.align_text_to_frame_padding()
        if imgui.selectable(f"{name}###row", False, _ROW)[0] and imgui.is_mouse_double_clicked(imgui.MouseButton_.left):
            panel.window.shell.dialogs.open(SourceDialog(panel.window, name, facts))
        panel.mark(f"source {name}")
        imgui.table_next_column()
        imgui.text_disabled(str(facts.get("kind", "")))
        imgui.table_next_column()
        if status is None:
            where = next((str(facts[key]) for key in ("url", "path", "address") if facts.get(key)), "")
            imgui.text_disabled(where or t("Not connected"))
        else:
            imgui.text_colored(getattr(theme, _STATES.get(status.state, "faint")), icon("mark"))
            imgui.same_line()
            problem = status.problem or status.last_problem
            imgui.text_unformatted(problem or t(_SAID.get(status.state, status.state)))
            if problem:
                imgui.set_item_tooltip(problem)
        imgui.table_next_column()
        if status is not None:
            imgui.text_unformatted(f"{status.messages:,}")
            if status.bad_messages:
                imgui.same_line()
                imgui.text_colored(theme.bad, f"{icon('error')} {status.bad_messages:,}")
                imgui.set_item_tooltip(t("Not readable: {why}", why=status.last_problem))
        match row_buttons(panel, name, removes=t("Remove a source")):
            case "edit":
                panel.window.shell.dialogs.open(SourceDialog(panel.window, name, facts))
            case "remove":
                panel.window.do("twin.remove_source", name=name)
        imgui.pop_id()


def draw_column(title: str, weight: float) -> None:
    """Set up a table's column: its share of the width, or room for two small buttons where it has none."""
    if weight:
        imgui.table_setup_column(title, imgui.TableColumnFlags_.width_stretch, weight)
    else:
        imgui.table_setup_column(title, imgui.TableColumnFlags_.width_fixed, imgui.get_font_size() * 4.8)


class SourceDialog(Dialog):
    """A source's name, its kind, and what that takes."""

    title: ClassVar[str] = "Source of readings"
    width: ClassVar[float] = 36.0

    def __init__(self, window: EditorWindow, name: str = "", facts: dict[str, Any] | None = None) -> None:
        super().__init__(window)
        known = known_connectors()
        self._former, self.name = name, name or "plant"
        self.kinds = sorted(each.kind for each in known)
        self.kind = str((facts or {}).get("kind", "mqtt"))
        self.values: dict[str, Any] = {key: value for key, value in (facts or {}).items() if key != "kind"}
        self.problem = ""
        self._form = Form(window, "source")

    @property
    def specs(self) -> list[FieldSpec]:
        """Fields of the kind."""
        try:
            specs = specs_of_dataclass(known_connectors().find(self.kind).parameters)
        except TaixuError:
            return []
        return [replace(spec, default=[] if spec.kind == "list" else spec.default) for spec in specs]

    def draw(self) -> None:
        """Name, kind, fields, what is wrong, buttons."""
        form = self._form
        form.begin()
        edit = form.row(FieldSpec("name", "text", doc="Bindings and commands call it by this."), self.name, key="source name")
        if edit is not None and edit.kind == "set":
            self.name = str(edit.value)
        kinds = self.kinds if self.kind in self.kinds else [self.kind, *self.kinds]
        edit = form.row(FieldSpec("kind", "choice", choices=tuple(kinds)), self.kind, key="source kind")
        if edit is not None and edit.kind == "set" and edit.value != self.kind:
            self.kind = str(edit.value)
            self.values = {spec.name: self.values[spec.name] for spec in self.specs if spec.name in self.values}
            form.forget()
        imgui.separator()
        for spec in self.specs:
            edit = form.row(spec, self.values.get(spec.name, spec.default), key=f"source {spec.name}")
            if edit is None:
                continue
            if edit.kind == "set" and edit.value != spec.default:
                self.values[spec.name] = edit.value
            else:
                self.values.pop(spec.name, None)
        if self.problem:
            imgui.push_style_color(imgui.Col_.text, self.window.theme.bad)
            imgui.text_wrapped(self.problem)
            imgui.pop_style_color()
        self.buttons([Choice("Keep", self._keep), Choice("Cancel", self.close)])

    def _keep(self) -> None:
        host = self.window.host
        try:
            host.do("twin.set_source", name=self.name, settings={"kind": self.kind, **self.values}, former=self._former)
        except TaixuError as error:
            self.problem = str(error)
        else:
            self.close()

