"""The command palette: everything that can be done, by typing a part of its name; with ``@``, every entity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.edit import Operation, id_text
from taixu.scene import Name
from taixu_editor.interface import icon
from taixu_editor.widgets.cards import fit_text

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["Entry", "Palette", "fuzzy_score", "is_shown"]

_MOST_ROWS = 200
_FLAGS = (
    imgui.WindowFlags_.no_decoration | imgui.WindowFlags_.no_move | imgui.WindowFlags_.no_saved_settings
    | imgui.WindowFlags_.no_docking | imgui.WindowFlags_.no_nav
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the palette."""

    title: str
    act: Callable[[], object]
    detail: str = ""
    shortcut: str = ""
    reason: str = ""
    """Why it cannot be done now."""
    also: str = ""
    """What it is found by, too."""


def fuzzy_score(wanted: str, text: str) -> float:
    """How well a text fits what was typed; 0 where its letters are not all there in this order.

    Runs of letters and beginnings of words count more than letters here and there.
    """
    score, at, run = 1.0, 0, 0
    low = text.lower()
    for letter in wanted.lower():
        if letter == " ":
            run = 0
            continue
        found = low.find(letter, at)
        if found < 0:
            return 0.0
        is_start = found == 0 or not low[found - 1].isalnum()
        run = run + 1 if found == at and at > 0 else 1
        score += run + (4.0 if is_start else 0.0) - 0.02 * min(found - at, 20)
        at = found + 1
    return score + (8.0 if low.startswith(wanted.lower()) else 0.0) - 0.01 * len(low)


class Palette:
    """A field and a list over the window; by keys alone."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self._wants_to_open = False
        self._text = self._begun_with = ""
        self._chosen = 0
        self._entries: list[Entry] = []
        self._entities: list[tuple[str, int]] | None = None
        self._found: list[Entry] = []
        self._shown_for: str | None = None
        self._has_moved = False

    def open(self, text: str = "") -> None:
        """Show it from the next frame on."""
        self._wants_to_open, self._text, self._shown_for, self._entities = True, text, None, None
        self._begun_with = text
        self._entries = self._all()

    def draw(self) -> None:
        """Lay it out while it is open."""
        if self._wants_to_open:
            imgui.open_popup("###palette")
        area, unit = imgui.get_main_viewport(), imgui.get_font_size()
        width = min(unit * 42, area.work_size.x - unit * 4)
        top = (area.work_pos.x + area.work_size.x / 2, area.work_pos.y + unit * 3)
        imgui.set_next_window_pos(top, imgui.Cond_.always, (0.5, 0.0))
        rows = max(len(self._found), 1) * (unit * 1.7 + imgui.get_style().item_spacing.y)
        imgui.set_next_window_size((width, min(unit * 4.6 + rows, unit * 30, area.work_size.y - unit * 6)))
        imgui.push_style_var(imgui.StyleVar_.window_padding, (unit * 0.7, unit * 0.7))
        shown, _ = imgui.begin_popup_modal("###palette", None, _FLAGS)
        imgui.pop_style_var()
        if shown:
            self._draw()
            imgui.end_popup()
        self._wants_to_open = False

    def _draw(self) -> None:
        t, unit = self._window.t, imgui.get_font_size()
        imgui.push_style_var(imgui.StyleVar_.frame_padding, (unit * 0.7, unit * 0.55))
        imgui.set_next_item_width(-1)
        if self._wants_to_open or imgui.is_window_appearing():
            imgui.set_keyboard_focus_here()
        flags = imgui.InputTextFlags_.no_horizontal_scroll | imgui.InputTextFlags_.callback_always
        hint = t("Type what you want to do; @ finds entities")
        _, self._text = imgui.input_text_with_hint("##search", hint, self._text, flags, self._go_to_end)
        imgui.pop_style_var()
        self._find()
        self._keys()
        imgui.dummy((0, unit * 0.1))
        if not self._found:
            imgui.text_colored(self._window.theme.faint, t("Nothing is called so"))
            return
        imgui.begin_child("##found")
        for i, entry in enumerate(self._found):
            if self._row(i, entry):
                self._chosen = i
                self._do()
                break
        imgui.end_child()

    def _go_to_end(self, data: imgui.InputTextCallbackData) -> int:
        """What is there when it opens is gone on with, and not typed over."""
        if self._begun_with and data.buf_text_len:
            data.cursor_pos = data.selection_start = data.selection_end = data.buf_text_len
            self._begun_with = ""
        return 0

    def _row(self, i: int, entry: Entry) -> bool:
        theme, unit, draw = self._window.theme, imgui.get_font_size(), imgui.get_window_draw_list()
        is_chosen = i == self._chosen
        at, width = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x
        pressed, _ = imgui.selectable(f"###row {i}", is_chosen, 0, (0, unit * 1.7))
        if is_chosen and self._has_moved:
            imgui.set_scroll_here_y(0.5)
            self._has_moved = False
        x, y, right = at.x + unit * 0.5, at.y + unit * 0.35, at.x + width - unit * 0.5
        draw.add_text((x, y), theme.pack("faint" if entry.reason else "text"), entry.title)
        if entry.shortcut:
            right -= imgui.calc_text_size(entry.shortcut).x
            draw.add_text((right, y), theme.pack("accent" if is_chosen else "faint"), entry.shortcut)
        aside = entry.reason or entry.detail
        if aside:
            x += imgui.calc_text_size(entry.title).x + unit * 0.9
            draw.add_text((x, y), theme.pack("faint", 0.8), fit_text(aside, right - x - unit))
        return bool(pressed)

    def _keys(self) -> None:
        count = len(self._found)
        before = self._chosen
        if imgui.is_key_pressed(imgui.Key.down_arrow):
            self._chosen += 1
        if imgui.is_key_pressed(imgui.Key.up_arrow):
            self._chosen -= 1
        if imgui.is_key_pressed(imgui.Key.page_down):
            self._chosen = min(self._chosen + 10, count - 1)
        if imgui.is_key_pressed(imgui.Key.page_up):
            self._chosen = max(self._chosen - 10, 0)
        self._chosen = self._chosen % count if count else 0
        self._has_moved |= self._chosen != before
        if imgui.is_key_pressed(imgui.Key.escape):
            imgui.close_current_popup()
        elif count and (imgui.is_key_pressed(imgui.Key.enter, False) or imgui.is_key_pressed(imgui.Key.keypad_enter, False)):
            self._do()

    def _do(self) -> None:
        entry = self._found[self._chosen]
        if entry.reason:
            return
        imgui.close_current_popup()
        self._window.shell.later(entry.act)

    def _find(self) -> None:
        if self._text == self._shown_for:
            return
        self._shown_for, self._chosen, self._has_moved = self._text, 0, True
        if self._text.startswith("@"):
            self._found = self._entities_called(self._text[1:].strip())
        elif not self._text.strip():
            self._found = self._entries[:_MOST_ROWS]
        else:
            wanted = self._text.strip()
            scored = [(max(fuzzy_score(wanted, each.title), 0.8 * fuzzy_score(wanted, each.also)), each) for each in self._entries]
            best = max((score for score, _ in scored), default=0.0)
            near = [pair for pair in scored if pair[0] > best * 0.45]
            ranked = sorted(near, key=lambda pair: -pair[0] * (0.9 if pair[1].reason else 1.0))
            # Whoever writes the whole name means that one, also where it cannot be done now.
            ranked.sort(key=lambda pair: pair[1].title.casefold() != wanted.casefold())
            self._found = [entry for _, entry in ranked[:_MOST_ROWS]]

    def _all(self) -> list[Entry]:
        window, t = self._window, self._window.t
        operations, session = window.host.operations, window.host.session
        entries = []
        for each in operations:
            if is_shown(each) and each.id != "editor.palette":
                reason = operations.blocked(session, each.id)
                entries.append(Entry(
                    t(each.title), lambda name=each.id: window.do(name), shortcut=window.shell.keymap.first(each.id),  # type: ignore[misc]
                    reason=t(reason) if reason else "", also=f"{each.title} {each.id}",
                ))  # fmt: skip
        return [*entries, *window.shell.entries()]

    def _entities_called(self, wanted: str) -> list[Entry]:
        window = self._window
        if not window.host.session.worlds:
            return []
        world = window.host.session.world
        if self._entities is None:
            self._entities = []
            for table in world.query(Name):
                texts = table.read(Name, "text")
                self._entities += zip(map(str, texts), map(int, table.entities))
        low = wanted.lower()
        plain = [(name, entity) for name, entity in self._entities if low in name.lower()]
        if len(plain) < _MOST_ROWS and len(self._entities) < 20_000 and low:
            known = {entity for _, entity in plain}
            plain += [pair for pair in self._entities if pair[1] not in known and fuzzy_score(low, pair[0]) > 0]

        def rank(pair: tuple[str, int]) -> tuple[bool, int, str]:
            return (not pair[0].lower().startswith(low), len(pair[0]), pair[0])

        plain = sorted(plain[: _MOST_ROWS * 5], key=rank)[:_MOST_ROWS]

        def select(entity: int) -> None:
            window.do("selection.set", entities=(id_text(world.stable_id(entity)),))
            window.shell.view_command("frame_selected")

        return [Entry(f"{icon('entity')}  {name}", lambda entity=entity: select(entity)) for name, entity in plain]  # type: ignore[misc]


_STOOD_FOR = frozenset({"world.save", "project.open", "entity.spawn", "selection.set", "component.set", "component.remove"})


def is_shown(operation: Operation) -> bool:
    """Whether people do an operation by name or keys: it can be done without being told more, and no other stands for it."""
    return operation.id not in _STOOD_FOR and all(
        each.default is not MISSING or each.default_factory is not MISSING for each in fields(operation.parameters)
    )
