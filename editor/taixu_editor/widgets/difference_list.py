"""What edits would change, or have changed, as a list: a line an entity that comes or goes, a line a field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.edit import Difference, id_number
from taixu.scene import Name
from taixu_editor.widgets.cards import fit_text

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["DifferenceList", "summary_of"]

_LONGEST = 80
_MEASURED = 200
_MARKS = {"added": ("+", "good"), "removed": ("–", "bad"), "changed": ("~", "warning")}


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    name: str
    text: str


class DifferenceList:
    """The lines of a difference, made once."""

    def __init__(self, window: EditorWindow, found: Difference) -> None:
        self._window = window
        t = window.t
        self.summary = summary_of(found, t)
        self._names_width = 0.0
        self._rows = _sorted(_Row("removed", _name_in(block, entity), _parts(block)) for entity, block in found.removed.items())
        for entity, components in found.changed.items():
            name = self._name(entity)
            for component, fields in components.items():
                for field, (before, after) in fields.items():
                    where = f"{component}.{field}" if field else component
                    as_before = t("default") if before is None and field else _shown(before)
                    as_after = t("default") if after is None and field else _shown(after)
                    if not field and before is None:
                        text = f"{t('gets')} {where}  {as_after}"
                    elif not field and after is None:
                        text = f"{t('loses')} {where}"
                    else:
                        text = f"{where}:  {as_before}  →  {as_after}"
                    self._rows.append(_Row("changed", name, text))
        self._rows += _sorted(_Row("added", _name_in(block, entity), _parts(block)) for entity, block in found.added.items())

    def __len__(self) -> int:
        return len(self._rows)

    def draw(self, *, most_rows: int) -> None:
        """Lay it out over the whole width, as high as it is long, up to so many rows; the others are scrolled to."""
        theme, unit = self._window.theme, imgui.get_font_size()
        if not self._rows:
            imgui.text_colored(theme.faint, self._window.t("It would change nothing."))
            return
        imgui.text_unformatted(self.summary)
        height = imgui.get_text_line_height_with_spacing()
        widest = max(imgui.calc_text_size(row.name).x for row in self._rows[:_MEASURED])
        self._names_width = min(widest, unit * 12)
        imgui.push_style_color(imgui.Col_.child_bg, theme.ground)
        imgui.push_style_var(imgui.StyleVar_.window_padding, (unit * 0.7, unit * 0.4))
        size = (0.0, min(len(self._rows), most_rows) * height + unit * 0.9)
        if imgui.begin_child("##difference", size, imgui.ChildFlags_.always_use_window_padding):
            clipper = imgui.ListClipper()
            clipper.begin(len(self._rows), height)
            while clipper.step():
                for row in self._rows[clipper.display_start : clipper.display_end]:
                    self._row(row, unit)
            clipper.end()
        imgui.end_child()
        imgui.pop_style_var()
        imgui.pop_style_color()

    def _row(self, row: _Row, unit: float) -> None:
        theme = self._window.theme
        mark, color = _MARKS[row.kind]
        imgui.text_colored(getattr(theme, color), mark)
        imgui.same_line(unit * 1.8)
        imgui.text_unformatted(fit_text(row.name, self._names_width + unit * 0.2))
        imgui.same_line(unit * 2.8 + self._names_width)
        room = imgui.get_content_region_avail().x
        imgui.text_colored(theme.faint, fit_text(row.text, room))
        if imgui.is_item_hovered() and imgui.calc_text_size(row.text).x > room:
            imgui.set_tooltip(row.text)

    def _name(self, entity: str) -> str:
        world = self._window.host.session.world
        handle = world.find(id_number(entity))
        named = handle is not None and world.has(handle, Name)
        return _cut(world.get(handle, Name).text, 32) if handle is not None and named else entity


def summary_of(found: Difference, t: Callable[..., str]) -> str:
    """How many came, went and are others, in words."""
    counts = {"{count} deleted": len(found.removed), "{count} changed": len(found.changed), "{count} added": len(found.added)}
    return ", ".join(t(text, count=count) for text, count in counts.items() if count)


def _sorted(rows: Iterable[_Row]) -> list[_Row]:
    """By name; the tenth comes after the ninth."""
    return sorted(rows, key=lambda row: (row.name.rstrip("0123456789"), len(row.name), row.name))


def _name_in(block: dict[str, Any], entity: str) -> str:
    return _cut(str(block.get("name", {}).get("text", "")), 32) or entity


def _parts(block: dict[str, Any]) -> str:
    return "; ".join(f"{name} {_shown(fields)}".rstrip() for name, fields in block.items() if name != "name")


def _shown(value: Any) -> str:
    """A value in short: numbers with four digits."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return _cut("(" + ", ".join(_shown(each) for each in value[:16]) + ")", _LONGEST)
    if isinstance(value, dict):
        return _cut(", ".join(f"{key} {_shown(each)}" for key, each in list(value.items())[:16]), _LONGEST)
    if isinstance(value, str):
        return _cut(value, _LONGEST)
    return _cut(json.dumps(value, ensure_ascii=False), _LONGEST)


def _cut(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
