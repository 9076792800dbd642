"""A number to drag, or to type: a click opens it for typing, a drag sideways turns it up and down."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10, pi
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.widgets.expression import read_number
from taixu_editor.widgets.form import Edit
from taixu_editor.widgets.spec import FieldSpec

if TYPE_CHECKING:
    from taixu_editor.widgets.form import Form

__all__ = ["NumberLook", "look_of", "number_field", "number_text"]

_DRAG_PX = 3.0


@dataclass(frozen=True, slots=True)
class NumberLook:
    """How a number is shown and turned: `factor` times what it is, in steps of `step` a pixel."""

    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    is_whole: bool = False
    factor: float = 1.0
    step: float = 0.01


def look_of(spec: FieldSpec) -> NumberLook:
    """Angles are shown in degrees; a range decides how fast a drag goes."""
    factor = 180 / pi if spec.unit == "rad" else 1.0
    low, high = (None if v is None else v * factor for v in (spec.minimum, spec.maximum))
    step = 0.05 if spec.is_whole else 0.5 if spec.unit == "rad" else 0.02
    if low is not None and high is not None and 0 < high - low < 1e4:
        step = (high - low) / 250
    return NumberLook("°" if spec.unit == "rad" else spec.unit, low, high, spec.is_whole, factor, step)


def number_text(value: float, *, is_whole: bool = False) -> str:
    """A number as it stands in a field: short, and never misleading."""
    if is_whole:
        return f"{round(value)}"
    if value and abs(value) < 0.001:
        return f"{value:.2g}"
    if abs(value) >= 1e7:
        return f"{value:.5g}"
    return f"{value + 0.0:.3f}".rstrip("0").rstrip(".")


def number_field(
    form: Form, key: str, label: str, value: float, look: NumberLook, width: float, *, mixed: bool = False, axis_color: str = "",
) -> Edit | None:
    """A number's field; gives the new value in the number's own unit.

    Parameters
    ----------
    key
        What the form knows the field by.
    label
        Its id in the present window.
    axis_color
        A colour of the theme, for the stripe at the left.
    """
    number = imgui.get_id(label)
    form.drew_number(number)
    shown = value * look.factor
    if form.next == number:
        form.next = 0
        _begin_typing(form, key, number, "" if mixed else number_text_exact(shown, look))
    start, height = imgui.get_cursor_screen_pos(), imgui.get_frame_height()
    form.places[f"{key}/{label}"] = (start.x + width / 2, start.y + height / 2)
    if form.editing == number:
        return _type(form, key, label, number, shown, look, width)
    return _drag(form, key, label, number, shown, look, width, mixed=mixed, axis_color=axis_color)


def number_text_exact(shown: float, look: NumberLook) -> str:
    """A number as one types it: all of its digits that matter."""
    if look.is_whole:
        return f"{round(shown)}"
    rounded = round(shown, 6) if look.factor != 1.0 else shown
    return f"{rounded:.10g}"


def _begin_typing(form: Form, key: str, number: int, text: str) -> None:
    form.editing, form.wants_focus = number, True
    form.text = form.drafts.get(key, text)


def _type(form: Form, key: str, label: str, number: int, shown: float, look: NumberLook, width: float) -> Edit | None:
    if form.wants_focus:
        imgui.set_keyboard_focus_here()
    imgui.set_next_item_width(width)
    flags = imgui.InputTextFlags_.auto_select_all | imgui.InputTextFlags_.enter_returns_true
    entered, form.text = imgui.input_text(f"###{label} text", form.text, flags)
    if imgui.is_item_active():
        form.wants_focus = False
    tab = imgui.is_key_pressed(imgui.Key.tab) and imgui.is_item_focused()
    left = imgui.is_item_deactivated() and not form.wants_focus
    if not (entered or left or tab):
        return None
    if imgui.is_key_pressed(imgui.Key.escape) and not entered:
        form.editing = 0
        form.drafts.pop(key, None)
        form.say(key, "")
        return None
    try:
        found = _fit(read_number(form.text, before=shown), look)
    except TaixuError:
        wrong = form.text.strip()[:40]
        form.say(key, form.window.t("“{text}” is no number; write 1.5 or 2*3.", text=wrong))
        form.drafts[key] = form.text
        form.wants_focus = entered
        form.editing = number if entered else 0
        return None
    form.editing = 0
    form.drafts.pop(key, None)
    form.say(key, "")
    if tab:
        form.go_on(number, back=imgui.get_io().key_shift)
    form.gesture += 1
    return Edit(_plain(found, look)) if form.text != number_text_exact(shown, look) else None


def _drag(
    form: Form, key: str, label: str, number: int, shown: float, look: NumberLook, width: float, *, mixed: bool, axis_color: str
) -> Edit | None:
    height, io = imgui.get_frame_height(), imgui.get_io()
    start = imgui.get_cursor_screen_pos()
    imgui.invisible_button(label, (max(width, 1.0), height), imgui.ButtonFlags_.enable_nav)
    hovered, active = imgui.is_item_hovered(), imgui.is_item_active()
    if hovered or active:
        imgui.set_mouse_cursor(imgui.MouseCursor_.resize_ew)
    edit: Edit | None = None
    if imgui.is_item_activated():
        form.gesture += 1
        form.drag = (number, shown, 0.0)
    if active and form.drag is not None and form.drag[0] == number and io.mouse_down[0]:
        edit = _follow(form, number, look)
    if imgui.is_item_deactivated():
        moved = form.drag is not None and form.drag[0] == number and abs(imgui.get_mouse_drag_delta(0, 0.0).x) > _DRAG_PX
        moved = moved or (form.drag is not None and abs(form.drag[2]) > _DRAG_PX)
        form.drag = None
        if not moved:
            _begin_typing(form, key, number, "" if mixed else number_text_exact(shown, look))
    _draw(form, start, width, height, shown, look, mixed=mixed, axis_color=axis_color, hovered=hovered, active=active)
    return edit


def _follow(form: Form, number: int, look: NumberLook) -> Edit | None:
    """The pointer went on: so does the number. Shift goes faster, Alt slower, Ctrl in round steps."""
    assert form.drag is not None
    io = imgui.get_io()
    _, before, gone = form.drag
    if not io.mouse_delta.x:
        return None
    speed = 10.0 if io.key_shift else 0.1 if io.key_alt else 1.0
    total = gone + io.mouse_delta.x * speed
    form.drag = (number, before, total)
    if abs(total) <= _DRAG_PX:
        return None
    step = look.step
    if look.minimum is None or look.maximum is None:
        step *= max(1.0, abs(before) / 10)
    found = before + (total - _DRAG_PX * (1 if total > 0 else -1)) * step
    grain = 10.0 ** floor(log10(step))
    if io.key_ctrl:
        grain = 1.0 if look.is_whole or step >= 0.02 else 0.1
    return Edit(_plain(_fit(round(found / grain) * grain, look), look), merge=form.merge_key())


def _fit(shown: float, look: NumberLook) -> float:
    low = shown if look.minimum is None else max(shown, look.minimum)
    fitted = low if look.maximum is None else min(low, look.maximum)
    return float(round(fitted)) if look.is_whole else fitted


def _plain(shown: float, look: NumberLook) -> float | int:
    """In the number's own unit, without the tail of digits that binary fractions grow."""
    value = shown / look.factor
    return round(value) if look.is_whole else float(f"{value:.9g}")


def _draw(
    form: Form, start: imgui.ImVec2, width: float, height: float, shown: float, look: NumberLook, *, mixed: bool, axis_color: str,
    hovered: bool, active: bool,
) -> None:  # fmt: skip
    theme, style, font = form.window.theme, imgui.get_style(), imgui.get_font_size()
    draw = imgui.get_window_draw_list()
    end = imgui.ImVec2(start.x + width, start.y + height)
    alpha = style.alpha
    ground = "pressed" if active else "hover" if hovered else "raised"
    draw.add_rect_filled(start, end, theme.pack(ground, alpha), style.frame_rounding)
    if look.minimum is not None and look.maximum is not None and not mixed:
        share = min(max((shown - look.minimum) / max(look.maximum - look.minimum, 1e-12), 0.0), 1.0)
        if share > 0.01:
            filled = imgui.ImVec2(start.x + width * share, end.y)
            draw.add_rect_filled(start, filled, theme.pack("accent_soft", alpha), style.frame_rounding)
    x = start.x + style.frame_padding.x * 0.7
    if axis_color:
        draw.add_rect_filled(
            imgui.ImVec2(start.x, start.y + 1), imgui.ImVec2(start.x + font * 0.16, end.y - 1), theme.pack(axis_color, alpha), 2.0
        )
    text = "—" if mixed else number_text(shown, is_whole=look.is_whole)
    y = start.y + (height - font) / 2
    draw.push_clip_rect(start, end, True)
    draw.add_text(imgui.ImVec2(x, y), theme.pack("faint" if mixed else "text", alpha), text)
    if look.unit:
        taken = imgui.calc_text_size(text).x
        unit_width = imgui.calc_text_size(look.unit).x
        if taken + unit_width + font * 1.1 < width:
            where = imgui.ImVec2(end.x - unit_width - style.frame_padding.x * 0.7, y)
            draw.add_text(where, theme.pack("faint", 0.8 * alpha), look.unit)
    draw.pop_clip_rect()
