"""Fields by what they hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu_editor.widgets.color import color_field
from taixu_editor.widgets.combo import begin_combo
from taixu_editor.widgets.form import Edit, any_mixed
from taixu_editor.widgets.lists import list_field
from taixu_editor.widgets.number import NumberLook, look_of, number_field
from taixu_editor.widgets.pickers import asset_field, entity_field
from taixu_editor.widgets.spec import FieldSpec, humanise

if TYPE_CHECKING:
    from taixu_editor.widgets.form import Form

__all__ = ["draw_field"]

_Draw = Callable[[Any, str, FieldSpec, Any, Any, float], Edit | None]
_AXES = ("x", "y", "z", "w")
_COLORS = ("x_axis", "y_axis", "z_axis", "")


def draw_field(form: Form, key: str, spec: FieldSpec, value: Any, mixed: bool | Sequence[bool], width: float) -> Edit | None:
    """Draw the field of a spec where the cursor is; gives what the user wants."""
    start = imgui.get_cursor_screen_pos()
    form.places[key] = (start.x + width / 2, start.y + imgui.get_frame_height() / 2)
    draw: _Draw = _FIELDS.get(spec.kind, _data)
    return draw(form, key, spec, value, mixed, width)


def _number(form: Form, key: str, spec: FieldSpec, value: Any, mixed: Any, width: float) -> Edit | None:
    number = value if isinstance(value, (int, float)) else 0
    return number_field(form, key, "value", number, look_of(spec), width, mixed=any_mixed(mixed))


def _vector(form: Form, key: str, spec: FieldSpec, value: Any, mixed: Any, width: float) -> Edit | None:
    look = look_of(spec)
    return _numbers(form, key, list(value or [0.0] * spec.width), look, mixed, width)


def _quaternion(form: Form, key: str, spec: FieldSpec, value: Any, mixed: Any, width: float) -> Edit | None:
    angles = form.euler.angles(key, value)
    found = _numbers(form, key, angles, NumberLook("°", step=0.5), any_mixed(mixed), width)
    return None if found is None else Edit(form.euler.turn(key, found.value), merge=found.merge)


def _numbers(form: Form, key: str, numbers: list[float], look: NumberLook, mixed: Any, width: float) -> Edit | None:
    count = len(numbers)
    gap = imgui.get_style().item_inner_spacing.x * 0.6
    each = (width - gap * (count - 1)) / count
    start = imgui.get_cursor_screen_pos()
    edit: Edit | None = None
    for axis, number in enumerate(numbers):
        imgui.set_cursor_screen_pos((start.x + axis * (each + gap), start.y))
        differs = mixed if isinstance(mixed, bool) else bool(mixed[axis])
        found = number_field(form, key, _AXES[axis], number, look, each, mixed=differs, axis_color=_COLORS[axis])
        if found is not None:
            changed = [*numbers[:axis], found.value, *numbers[axis + 1 :]]
            edit = Edit(changed, axis=axis, merge=found.merge)
    return edit


def _bool(form: Form, key: str, spec: FieldSpec, value: Any, mixed: Any, width: float) -> Edit | None:
    differs = any_mixed(mixed)
    imgui.push_item_flag(imgui.ItemFlags_.mixed_value, differs)
    changed, now = imgui.checkbox("##value", bool(value))
    imgui.pop_item_flag()
    low = imgui.get_item_rect_min()
    form.places[key] = (low.x + imgui.get_frame_height() / 2, low.y + imgui.get_frame_height() / 2)
    return Edit(True if differs else now) if changed else None


def _choice(form: Form, key: str, spec: FieldSpec, value: Any, mixed: Any, width: float) -> Edit | None:
    t = form.window.t
    shown = t("Different values") if any_mixed(mixed) else t.word(humanise(str(value or "")))
    edit = None
    if begin_combo(form.window, "##value", shown, width):
        for choice in spec.choices:
            picked, _ = imgui.selectable(f"{t.word(humanise(choice))}###choice {choice}", choice == value and not any_mixed(mixed))
            if picked:
                edit = Edit(choice)
        imgui.end_combo()
    return edit


def _text(form: Form, key: str, spec: FieldSpec, value: Any, mixed: Any, width: float) -> Edit | None:
    differs = any_mixed(mixed)
    imgui.set_next_item_width(width)
    before = form.drafts.get(key, "" if differs else str(value or ""))
    hint = form.window.t("Different values") if differs else ""
    _, now = imgui.input_text_with_hint("##value", hint, before)
    if imgui.is_item_active():
        form.drafts[key] = now
    if imgui.is_item_deactivated():
        form.drafts.pop(key, None)
        if not imgui.is_key_pressed(imgui.Key.escape) and now != ("" if differs else str(value or "")):
            return Edit(now)
    return None


def _data(form: Form, key: str, spec: FieldSpec, value: Any, mixed: Any, width: float) -> Edit | None:
    """JSON, over as many lines as it takes; what is wrong in it is said and kept."""
    differs = any_mixed(mixed)
    whole = "" if differs else json.dumps(value, ensure_ascii=False, indent=2)
    before = form.drafts.get(key, whole)
    lines = min(max(before.count("\n") + 1, 1), 10)
    height = imgui.get_text_line_height() * lines + imgui.get_style().frame_padding.y * 2
    _, now = imgui.input_text_multiline("##value", before, (width, height))
    if imgui.is_item_active():
        form.drafts[key] = now
    if not imgui.is_item_deactivated():
        return None
    if imgui.is_key_pressed(imgui.Key.escape) or now == whole:
        form.drafts.pop(key, None)
        form.say(key, "")
        return None
    try:
        found = json.loads(now)
    except json.JSONDecodeError as error:
        text = form.window.t("This is no JSON: line {line}, column {column}: {what}.")
        form.say(key, text.format(line=error.lineno, column=error.colno, what=error.msg))
        return None
    except (ValueError, RecursionError):
        form.say(key, form.window.t("This is no JSON: it is nested too deeply."))
        return None
    form.drafts.pop(key, None)
    return Edit(found)


_FIELDS: dict[str, _Draw] = {
    "number": _number, "integer": _number, "vector": _vector, "quaternion": _quaternion, "bool": _bool, "choice": _choice,
    "text": _text, "color": color_field, "entity": entity_field, "asset": asset_field, "data": _data, "list": list_field,
}  # fmt: skip
