"""Choosing which changes of play are kept: what a person edited is chosen, what the world did by itself is there to be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui

from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.interface import icon
from taixu_editor.panels.inspector_components import component_title
from taixu_editor.play_changes import Change, Changes

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["KeepDialog", "shown_value"]

_LONGEST = 34


@dataclass(slots=True)
class _Row:
    """A line of the list: a heading, an entity, or one of its changes."""

    kind: str
    text: str
    changes: list[int]
    """Indices of the changes that its box stands for."""
    key: str = ""


class KeepDialog(Dialog):
    """The list of changes with boxes; entities fold."""

    title: ClassVar[str] = "Keep changes of play"
    width: ClassVar[float] = 46.0
    height: ClassVar[float] = 34.0

    def __init__(self, window: EditorWindow, changes: Changes) -> None:
        super().__init__(window)
        self.changes = changes
        self.chosen = {i for i, each in enumerate(changes.items) if each.is_edited}
        self.search = ""
        many = len(changes.items) - len(changes.edited) > 12
        self._closed = {f"world {each.entity}" for each in changes.items if not each.is_edited} if many else set()
        self._rows: list[_Row] | None = None

    def draw(self) -> None:
        """The search, the list, the buttons."""
        unit = imgui.get_font_size()
        imgui.text_wrapped(self.t("Chosen changes go into your world as one step, which you can undo. The others are gone."))
        imgui.set_next_item_width(-1)
        changed, self.search = imgui.input_text_with_hint("###search", self.t("Search"), self.search)
        if changed or self._rows is None:
            self._rows = self._lay_out()
        imgui.begin_child("changes", (0, -unit * 3.6), imgui.ChildFlags_.borders)
        self._draw_rows(self._rows)
        imgui.end_child()
        if self.changes.left_out:
            imgui.text_disabled(self.t("and {count} more", count=self.changes.left_out))
        reason = "" if self.chosen else self.t("Choose at least one.")
        self.buttons([Choice("Keep", self._keep, reason), Choice("Cancel", self.close)])

    def _lay_out(self) -> list[_Row]:
        wanted = self.search.strip().lower()
        rows: list[_Row] = []
        for title, is_edited in ((self.t("You changed"), True), (self.t("The world changed by itself"), False)):
            those = [i for i, each in enumerate(self.changes.items) if each.is_edited is is_edited]
            found = [i for i in those if wanted in self._words(self.changes.items[i]).lower()]
            if not found:
                continue
            rows.append(_Row("heading", title, found))
            for entity in dict.fromkeys(self.changes.items[i].entity for i in found):
                own = [i for i in found if self.changes.items[i].entity == entity]
                key = f"{'mine' if is_edited else 'world'} {entity}"
                rows.append(_Row("entity", self.changes.items[own[0]].name or entity, own, key))
                if key not in self._closed or wanted:
                    rows += [_Row("change", self._describe(self.changes.items[i]), [i]) for i in own]
        return rows

    def _draw_rows(self, rows: Sequence[_Row]) -> None:
        unit = imgui.get_font_size()
        if not rows:
            imgui.text_disabled(self.t("Nothing is like that."))
        clipper = imgui.ListClipper()
        clipper.begin(len(rows))
        while clipper.step():
            for number in range(clipper.display_start, clipper.display_end):
                row = rows[number]
                imgui.push_id(number)
                self._draw_row(row, unit)
                imgui.pop_id()

    def _draw_row(self, row: _Row, unit: float) -> None:
        theme = self.window.theme
        indent = {"heading": 0.0, "entity": 1.2, "change": 3.6}[row.kind]
        imgui.set_cursor_pos_x(imgui.get_cursor_pos_x() + indent * unit)
        if row.kind == "entity":
            is_open = row.key not in self._closed
            imgui.push_style_color(imgui.Col_.button, (0, 0, 0, 0))
            imgui.push_style_color(imgui.Col_.text, theme.faint)
            if imgui.button(f"{icon('opened' if is_open else 'closed')}###fold", (unit * 1.6, 0)):
                self._closed ^= {row.key}
                self._rows = None
            imgui.pop_style_color(2)
            imgui.same_line()
        on = sum(i in self.chosen for i in row.changes)
        is_all = on == len(row.changes)
        imgui.push_item_flag(imgui.ItemFlags_.mixed_value, bool(on) and not is_all)
        pressed, _ = imgui.checkbox(f"###{row.key or row.kind} box", is_all)
        imgui.pop_item_flag()
        if pressed:
            self.chosen = self.chosen - set(row.changes) if is_all else self.chosen | set(row.changes)
        imgui.same_line()
        if row.kind == "change":
            imgui.text_unformatted(row.text)
        else:
            imgui.push_font(self.window.fonts.bold, 0.0)
            imgui.text_unformatted(row.text)
            imgui.pop_font()
            imgui.same_line()
            imgui.text_disabled(str(len(row.changes)))

    def _words(self, change: Change) -> str:
        return f"{change.name} {self.t.word(component_title(change.component))} {change.field}"

    def _describe(self, change: Change) -> str:
        """What has become of what, in a line."""
        if not change.component:
            return self.t("is new") if change.before is None else self.t("is gone")
        title = self.t.word(component_title(change.component))
        if not change.field:
            said = self.t("was added") if change.before is None else self.t("was removed")
            return f"{title}: {said}"
        label = self.t.word(change.field.replace("_", " ").capitalize())
        return f"{title} · {label}:  {shown_value(change.before)}  →  {shown_value(change.after)}"

    def _keep(self) -> None:
        kept = [self.changes.items[i] for i in sorted(self.chosen)]
        self.close()
        data = [{"entity": e.entity, "component": e.component, "field": e.field, "after": e.after} for e in kept]
        self.window.do("play.keep", changes=data)


def shown_value(value: Any) -> str:
    """A value in a few characters: numbers to the millimetre."""
    if isinstance(value, float):
        return f"{round(value, 3) + 0.0:.3f}".rstrip("0").rstrip(".") if abs(value) < 1e6 else f"{value:.4g}"
    if isinstance(value, list) and all(isinstance(each, (int, float)) for each in value):
        return "(" + ", ".join(shown_value(float(each)) for each in value) + ")"
    text = "–" if value is None else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
