"""What devices say, beside what is authored: a line below each field that is bound, and a place to drop fields of topics on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.interface import icon
from taixu_editor.panels.twin_bind_dialog import BindDialog
from taixu_editor.panels.twin_topics import TOPIC_FIELD, shown_age, shown_value
from taixu_editor.twin.desk import STALE_SECS
from taixu_editor.twin.proposals import propose_binding

if TYPE_CHECKING:
    from taixu_editor.panels.inspector import InspectorPanel
    from taixu_editor.window import EditorWindow

__all__ = ["LiveFields", "bind_dropped"]

_FRESH_SECS = 5.0


def bind_dropped(window: EditorWindow, dragged: Any, entity: str, target: str = "") -> None:
    """Look at the binding that is meant when a field of a topic was dropped on an entity."""
    host = window.host
    try:
        binding, key = propose_binding(host.session, host.twin.topics, dragged, entity=entity, target=target)
    except TaixuError as error:
        window.shell.say_error(str(error))
        return
    dialog = BindDialog(window, binding, entity=entity if key else "", key=key, of=entity)
    window.shell.later(partial(window.shell.dialogs.open, dialog))


class LiveFields:
    """The lines of one inspector."""

    def __init__(self, panel: InspectorPanel) -> None:
        self._panel = panel
        self.values: dict[str, dict[str, Any]] = {}
        self.places: dict[str, tuple[float, float]] = {}

    def begin(self) -> None:
        """Before the fields of a frame."""
        panel = self._panel
        self.places.clear()
        chosen = panel.sheet.entities
        known = panel.host.twin.values_of(chosen[-1]) if chosen and panel.host.twin.copy is not None else {}
        self.values = {key: facts for key, facts in known.items() if facts["age_secs"] is not None}

    def height(self, key: str) -> float:
        """Of the line below a field; 0 where there is none."""
        return imgui.get_text_line_height_with_spacing() if key in self.values else 0.0

    def draw(self, key: str, top: tuple[float, float], width: float) -> None:
        """The line below a field that was just drawn from `top` on, and its place to drop things."""
        panel = self._panel
        known = self.values.get(key)
        if known is not None:
            self._draw_line(key, known, top[0], width)
        if panel.window.drag_drop.is_dragging(TOPIC_FIELD):
            bottom = imgui.get_cursor_screen_pos().y
            dropped = panel.window.drag_drop.target_area(TOPIC_FIELD, (*top, top[0] + width, bottom), f"drop {key}")
            if dropped is not None and panel.sheet.entities:
                bind_dropped(panel.window, dropped, panel.sheet.entities[-1], key)

    def draw_device(self) -> None:
        """Below a device: whether anybody feeds it."""
        panel = self._panel
        if not panel.host.twin.is_live or self.values:
            return
        imgui.push_style_color(imgui.Col_.text, panel.window.theme.warning)
        imgui.text_wrapped(f"{icon('warning')}  {panel.t('No reading has come for this device.')}")
        imgui.pop_style_color()

    def _draw_line(self, key: str, known: dict[str, Any], x: float, width: float) -> None:
        panel, theme, unit = self._panel, self._panel.window.theme, imgui.get_font_size()
        age = known["age_secs"]
        color = "faint" if age > STALE_SECS else "warning" if age > _FRESH_SECS else "accent"
        indent = width * panel.form.label_share
        imgui.set_cursor_screen_pos((x + indent, imgui.get_cursor_screen_pos().y))
        start = imgui.get_cursor_screen_pos()
        imgui.get_window_draw_list().add_circle_filled((start.x + unit * 0.3, start.y + unit * 0.5), unit * 0.2, theme.pack(color))
        imgui.set_cursor_screen_pos((start.x + unit * 0.9, start.y))
        said = f"{shown_value(known['value'])} {known['unit']}".strip()
        imgui.text_colored(getattr(theme, color), said)
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self.places[key] = ((low.x + high.x) / 2, (low.y + high.y) / 2)
        imgui.same_line(0, unit * 0.6)
        imgui.text_disabled(panel.t("{age} ago", age=shown_age(age)))
