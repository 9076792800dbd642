"""Forms: labels and fields below one another, for values that a schema describes.

A form holds what the user is in the middle of (a text half typed, a drag) and what went wrong; the values themselves are the
caller's. `Form.row` draws a field and gives an `Edit` when the user wants another value::

    for spec in specs_of_dataclass(Settings):
        edit = form.row(spec, getattr(settings, spec.name))
        if edit is not None and edit.kind == "set":
            setattr(settings, spec.name, edit.value)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from imgui_bundle import imgui

from taixu_editor.widgets.euler import EulerMemory
from taixu_editor.widgets.spec import FieldSpec

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Edit", "Form"]


_NUMBERS = frozenset({"number", "integer", "vector", "quaternion", "bool", "color"})


class KeyMarks(Protocol):
    """Who knows which fields have keys."""

    def mark_of(self, track: str) -> str:
        """What a field shows: "none", "track" or "key"."""

    def press(self, track: str) -> None:
        """Its mark was pressed."""

    def hover(self, track: str) -> None:
        """The pointer is over its row."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What the user wants.

    Attributes
    ----------
    kind
        "set" a value, "reset" it to its default, or "revert" it to its prefab's.
    axis
        Which number of a vector changed; None where all did.
    merge
        Edits that follow one another with the same value are one step: a drag.
    """

    value: Any = None
    axis: int | None = None
    merge: object = None
    kind: Literal["set", "reset", "revert"] = "set"


class Form:
    """Fields of a panel.

    Parameters
    ----------
    id
        Tells the forms of a window apart.
    """

    def __init__(self, window: EditorWindow, id: str = "form") -> None:
        self.window, self.id = window, id
        self.euler = EulerMemory()
        self.editing = 0
        """The number that is being typed, by Dear ImGui's id."""
        self.text = ""
        self.wants_focus = False
        self.gesture = 0
        self.drag: tuple[int, float, float] | None = None
        """Which number is dragged, what it was, and how far the pointer went."""
        self.errors: dict[str, str] = {}
        """Sentences by key, shown below the field."""
        self.drafts: dict[str, str] = {}
        """Texts that could not be read, kept until they can."""
        self.order: list[int] = []
        """Numbers in the order in which they were drawn in the last frame: Tab goes through them."""
        self.next = 0
        self.places: dict[str, tuple[float, float]] = {}
        """Middle of each field on the screen, by key (and ``key/axis``), in window units."""
        self.label_share = 0.4
        self.epoch = 0
        """Goes up when other values are shown."""
        self.arrived: dict[str, str] = {}
        """Values that were on their way, by key: taken by their fields in the next frame."""
        self.marks: KeyMarks | None = None
        """Whether fields have keys, shown beside them where there is a timeline."""
        self._drawn: list[int] = []

    # -- the frame ---------------------------------------------------------------------------------------------------
    def begin(self) -> None:
        """Before the rows of a frame."""
        self.order, self._drawn = self._drawn, []
        self.places.clear()

    def drew_number(self, number: int) -> None:
        """A field took its place in the order of Tab."""
        self._drawn.append(number)

    def go_on(self, number: int, *, back: bool) -> None:
        """Tab was pressed in a field: the next one is typed into."""
        order = self.order
        if number in order:
            self.next = order[(order.index(number) + (-1 if back else 1)) % len(order)]

    def merge_key(self) -> object:
        """The same while one gesture lasts."""
        return (self.id, self.gesture)

    def forget(self) -> None:
        """Other values are shown now: nothing typed or said belongs to them."""
        self.editing, self.drag, self.next = 0, None, 0
        self.errors.clear()
        self.drafts.clear()
        self.arrived.clear()
        self.epoch += 1

    def say(self, key: str, problem: str) -> None:
        """Say what is wrong with a field, below it; nothing, with an empty text."""
        if problem:
            self.errors[key] = problem
        else:
            self.errors.pop(key, None)

    # -- rows --------------------------------------------------------------------------------------------------------
    def row(
        self,
        spec: FieldSpec,
        value: Any,
        *,
        key: str = "",
        mixed: bool | Sequence[bool] = False,
        is_overridden: bool = False,
        read_only: bool = False,
    ) -> Edit | None:
        """A label and a field; gives what the user wants.

        Parameters
        ----------
        key
            Tells rows of one form apart; the spec's name where it is empty.
        mixed
            Whether several things are shown and their values differ; by axis for vectors.
        is_overridden
            Whether it is not as its prefab says: marked, and may be reverted.
        """
        from taixu_editor.widgets.fields import draw_field

        key = key or spec.name
        imgui.push_id(key)
        start, width = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x
        height, font = imgui.get_frame_height(), imgui.get_font_size()
        gutter = font * 1.3
        label_width = width * self.label_share
        is_default = spec.default is None or (value == spec.default and not any_mixed(mixed))
        facts = {"is_overridden": is_overridden, "is_default": is_default, "read_only": read_only}
        has_mark = self.marks is not None and spec.kind in _NUMBERS and key.count(".") == 1 and not read_only
        edit = self._label(spec, value, start, label_width - font * (1.6 if has_mark else 0.5), **facts)
        if has_mark and self.marks is not None:
            self._key_mark(self.marks, key, start, label_width, width)
        imgui.set_cursor_screen_pos((start.x + label_width, start.y))
        imgui.begin_disabled(read_only)
        field_width = max(width - label_width - gutter, font * 3)
        changed = draw_field(self, key, spec, value, mixed, field_width)
        imgui.end_disabled()
        # What follows comes a little closer than items do elsewhere: rows of a form belong together.
        spacing = imgui.get_style().item_spacing.y
        bottom = max(imgui.get_cursor_screen_pos().y - spacing, start.y + height) - spacing * 0.35
        if not is_default and not read_only:
            edit = self._reset_button(start.x + width - gutter, start.y, gutter, height) or edit
        imgui.set_cursor_screen_pos((start.x, bottom))
        imgui.dummy((0, 0))
        self._problem(key, start.x + label_width, field_width)
        imgui.pop_id()
        if changed is not None or edit is not None:
            self.say(key, "")
        return changed or edit

    def _label(
        self, spec: FieldSpec, value: Any, start: Any, width: float, *, is_overridden: bool, is_default: bool, read_only: bool
    ) -> Edit | None:
        theme = self.window.theme
        height, font = imgui.get_frame_height(), imgui.get_font_size()
        draw = imgui.get_window_draw_list()
        imgui.invisible_button("label", (max(width, 1), height))
        title = self.window.t.word(spec.title)
        y = start.y + (height - font) / 2
        if is_overridden:
            draw.add_rect_filled(
                imgui.ImVec2(start.x - font * 0.45, start.y + 2), imgui.ImVec2(start.x - font * 0.25, start.y + height - 2),
                theme.pack("accent"), 2.0,
            )  # fmt: skip
        imgui.push_style_color(imgui.Col_.text, theme.accent if is_overridden else theme.text if not is_default else theme.faint)
        size = imgui.calc_text_size(title)
        end = start.x + width
        imgui.internal.render_text_ellipsis(draw, (start.x, y), (end, start.y + height), end, title, size)
        imgui.pop_style_color()
        unit = "°" if spec.unit == "rad" else spec.unit
        if imgui.is_item_hovered(imgui.HoveredFlags_.for_tooltip):
            self._tooltip(spec, f"{title} ({unit})" if unit else title)
        edit = None
        if imgui.begin_popup_context_item("field menu"):
            edit = self._menu(spec, value, is_overridden=is_overridden, is_default=is_default, read_only=read_only)
            imgui.end_popup()
        return edit

    def _key_mark(self, marks: KeyMarks, key: str, start: Any, label_width: float, width: float) -> None:
        """A diamond before the field: empty, with keys elsewhere, or with one at the playhead."""
        theme, height, font = self.window.theme, imgui.get_frame_height(), imgui.get_font_size()
        if imgui.is_window_hovered() and imgui.is_mouse_hovering_rect(start, (start.x + width, start.y + height)):
            marks.hover(key)
        x, y, reach = start.x + label_width - font * 0.75, start.y + height / 2, font * 0.3
        imgui.set_cursor_screen_pos((x - font * 0.7, start.y))
        if imgui.invisible_button("key", (font * 1.4, height)):
            marks.press(key)
        keys = self.window.shell.keymap.first("animation.key_here")
        imgui.set_item_tooltip(f"{self.window.t('Set a key here, or take it away')}  {keys}")
        mark, draw = marks.mark_of(key), imgui.get_window_draw_list()
        color = theme.pack("text" if imgui.is_item_hovered() else "accent" if mark != "none" else "faint", 1.0)
        corners = ((x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y))
        if mark == "key":
            draw.add_quad_filled(*corners, color)
        else:
            draw.add_quad(*corners, color, max(font * 0.08, 1.0))

    def _tooltip(self, spec: FieldSpec, title: str) -> None:
        t, theme = self.window.t, self.window.theme
        imgui.begin_tooltip()
        imgui.push_text_wrap_pos(imgui.get_font_size() * 22)
        imgui.text_unformatted(title)
        if spec.doc:
            imgui.push_style_color(imgui.Col_.text, theme.faint)
            imgui.text_wrapped(t.word(spec.doc))
            imgui.pop_style_color()
        imgui.pop_text_wrap_pos()
        imgui.end_tooltip()

    def _menu(self, spec: FieldSpec, value: Any, *, is_overridden: bool, is_default: bool, read_only: bool) -> Edit | None:
        import json

        t = self.window.t
        edit = None
        if imgui.menu_item_simple(f"{t('Copy value')}###copy value"):
            imgui.set_clipboard_text(json.dumps(value, ensure_ascii=False))
        if imgui.menu_item_simple(f"{t('Paste value')}###paste value", enabled=not read_only):
            try:
                edit = Edit(json.loads(imgui.get_clipboard_text()))
            except (ValueError, RecursionError):
                edit = Edit(imgui.get_clipboard_text()) if spec.kind in ("text", "asset", "choice") else None
        if imgui.menu_item_simple(f"{t('Reset to default')}###reset value", enabled=not is_default and not read_only):
            edit = Edit(kind="reset")
        if is_overridden and imgui.menu_item_simple(f"{t('Revert to prefab')}###revert value"):
            edit = Edit(kind="revert")
        return edit

    def _reset_button(self, x: float, y: float, width: float, height: float) -> Edit | None:
        from taixu_editor.interface import icon

        theme, font = self.window.theme, imgui.get_font_size()
        imgui.set_cursor_screen_pos((x, y))
        pressed = imgui.invisible_button("reset", (width, height))
        hovered = imgui.is_item_hovered()
        imgui.set_item_tooltip(self.window.t("Reset to default"))
        small = font * 0.72
        wide = imgui.calc_text_size(icon("reset")).x * 0.72
        where = imgui.ImVec2(x + (width - wide) / 2 + font * 0.1, y + (height - small) / 2)
        color = theme.pack("text") if hovered else theme.pack("faint", 0.55)
        imgui.get_window_draw_list().add_text(imgui.get_font(), small, where, color, icon("reset"))
        return Edit(kind="reset") if pressed else None

    def _problem(self, key: str, x: float, width: float) -> None:
        problem = self.errors.get(key)
        if not problem:
            return
        imgui.set_cursor_screen_pos((x, imgui.get_cursor_screen_pos().y))
        imgui.push_style_color(imgui.Col_.text, self.window.theme.bad)
        imgui.push_text_wrap_pos(imgui.get_cursor_pos_x() + width)
        imgui.text_wrapped(problem)
        imgui.pop_text_wrap_pos()
        imgui.pop_style_color()


def any_mixed(mixed: bool | Sequence[bool]) -> bool:
    """Whether any value differs."""
    return mixed if isinstance(mixed, bool) else any(mixed)
