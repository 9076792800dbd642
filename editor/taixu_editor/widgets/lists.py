"""Lists: a row for each item, which can be changed, added and taken away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu_editor.interface import icon
from taixu_editor.widgets.form import Edit
from taixu_editor.widgets.spec import FieldSpec

if TYPE_CHECKING:
    from taixu_editor.widgets.form import Form

__all__ = ["list_field"]

_EMPTY = {"number": 0.0, "integer": 0, "bool": False, "text": "", "choice": "", "asset": "", "entity": "0" * 16, "data": None}
_MOST_SHOWN = 64


def list_field(form: Form, key: str, spec: FieldSpec, value: Any, mixed: Any, width: float) -> Edit | None:
    """Items below one another, with a cross behind each and a button to add one."""
    from taixu_editor.widgets.fields import draw_field

    items, item = list(value or []), spec.item or FieldSpec("", "data")
    start, size = imgui.get_cursor_screen_pos(), imgui.get_frame_height()
    gap, edit = imgui.get_style().item_spacing.y * 0.5, None
    for place, each in enumerate(items[:_MOST_SHOWN]):
        imgui.push_id(place)
        imgui.set_cursor_screen_pos((start.x, start.y + place * (size + gap)))
        found = draw_field(form, f"{key}[{place}]", item, each, False, width - size - gap)
        if found is not None:
            edit = replace(found, value=[*items[:place], found.value, *items[place + 1 :]], axis=None)
        imgui.set_cursor_screen_pos((start.x + width - size, start.y + place * (size + gap)))
        if imgui.button(f"{icon('close')}###remove", (size, size)):
            edit = Edit([*items[:place], *items[place + 1 :]])
        imgui.pop_id()
    imgui.set_cursor_screen_pos((start.x, start.y + min(len(items), _MOST_SHOWN) * (size + gap)))
    if imgui.button(f"{icon('add')}###append", (size * 1.4, size)):
        edit = Edit([*items, item.default if item.default is not None else _EMPTY.get(item.kind)])
    if len(items) > _MOST_SHOWN:
        imgui.same_line()
        imgui.text_disabled(form.window.t("and {count} more").format(count=len(items) - _MOST_SHOWN))
    return edit
