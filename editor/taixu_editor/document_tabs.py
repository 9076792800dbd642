"""The tabs of open worlds and prefabs over the panels.

They are shown as soon as there is more than the one world, or a prefab. A prefab has a bar of its own below its tab, in the
accent's colour, which says what is changed here and leads back.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.edit import OpenWorld
from taixu_editor.documents import Documents
from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["DocumentTabs"]

_FLAGS = (
    imgui.WindowFlags_.no_decoration | imgui.WindowFlags_.no_saved_settings | imgui.WindowFlags_.no_docking
    | imgui.WindowFlags_.no_scroll_with_mouse | imgui.WindowFlags_.no_move | imgui.WindowFlags_.no_nav
)  # fmt: skip
_TABS = imgui.TabBarFlags_.fitting_policy_scroll | imgui.TabBarFlags_.no_tooltip | imgui.TabBarFlags_.draw_selected_overline


class DocumentTabs:
    """Draws them; what a click does is left to `Documents`."""

    def __init__(self, window: EditorWindow, documents: Documents) -> None:
        self._window, self._documents = window, documents
        self._shown: OpenWorld | None = None
        self.places: dict[str, tuple[float, float]] = {}
        """Middles of the tabs by name, for the hand."""

    def draw(self) -> None:
        """Lay out the tabs where there is more than one world; before the dock space, which takes what is left."""
        entries, current = self._documents.entries, self._documents.current
        if current is None or (len(entries) == 1 and not current.is_prefab):
            self._shown = current
            return
        unit, theme = imgui.get_font_size(), self._window.theme
        imgui.push_style_var(imgui.StyleVar_.window_padding, (unit * 0.6, unit * 0.2))
        imgui.push_style_var(imgui.StyleVar_.window_min_size, (1, 1))
        imgui.push_style_color(imgui.Col_.window_bg, theme.ground)
        if imgui.internal.begin_viewport_side_bar("###documents", imgui.get_main_viewport(), imgui.Dir.up, unit * 2.15, _FLAGS):
            self._draw_tabs(entries, current)
        imgui.end()
        imgui.pop_style_color()
        if current.is_prefab:
            imgui.push_style_color(imgui.Col_.window_bg, theme.accent_soft)
            if imgui.internal.begin_viewport_side_bar("###prefab bar", imgui.get_main_viewport(), imgui.Dir.up, unit * 2.1, _FLAGS):
                self._draw_prefab_bar(current)
            imgui.end()
            imgui.pop_style_color()
        imgui.pop_style_var(2)

    def _draw_tabs(self, entries: list[OpenWorld], current: OpenWorld) -> None:
        window, unit, theme = self._window, imgui.get_font_size(), self._window.theme
        is_ours = self._shown is current
        chosen: OpenWorld | None = None
        imgui.push_style_var(imgui.StyleVar_.frame_padding, (unit * 0.7, unit * 0.4))
        imgui.push_style_color(imgui.Col_.tab_selected, theme.panel)
        imgui.push_style_color(imgui.Col_.tab_selected_overline, theme.accent)
        imgui.begin_disabled(window.host.play.is_playing)
        if imgui.begin_tab_bar("documents", _TABS):
            for entry in entries:
                if self._draw_tab(entry, entry is current and not is_ours):
                    chosen = entry
            if imgui.tab_item_button(f"{icon('add')}###new world", imgui.TabItemFlags_.trailing):
                window.shell.later(partial(window.do, "world.new"))
            imgui.set_item_tooltip(window.t("New world"))
            imgui.end_tab_bar()
        imgui.end_disabled()
        imgui.pop_style_color(2)
        imgui.pop_style_var()
        if chosen is not None and chosen is not current and is_ours and not window.host.play.is_playing:
            window.shell.later(partial(self._documents.show, chosen))
        self._shown = current

    def _draw_tab(self, entry: OpenWorld, wants_front: bool) -> bool:
        window, t = self._window, self._window.t
        flags = imgui.TabItemFlags_.no_assumed_closure
        if not entry.history.is_saved:
            flags |= imgui.TabItemFlags_.unsaved_document
        if wants_front:
            flags |= imgui.TabItemFlags_.set_selected
        kind = "prefab" if entry.is_prefab else "world"
        name, number = self._documents.name(entry), self._documents.kept(entry).number
        is_front, stays = imgui.begin_tab_item(f"{icon(kind)}  {name}###document {number}", True, flags)
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self.places[name] = ((low.x + high.x) / 2, (low.y + high.y) / 2)
        if is_front:
            imgui.end_tab_item()
        if imgui.is_item_hovered(imgui.HoveredFlags_.for_tooltip | imgui.HoveredFlags_.allow_when_disabled):
            path = str(entry.path) if entry.path is not None else t("not saved")
            imgui.set_tooltip(t("Stop playing to go to another document.") if window.host.play.is_playing else path)
        if imgui.begin_popup_context_item(f"menu {number}"):
            self._draw_menu(entry)
            imgui.end_popup()
        if not stays:
            window.shell.later(partial(self._documents.close, entry))
        return bool(is_front)

    def _draw_menu(self, entry: OpenWorld) -> None:
        window, t = self._window, self._window.t
        if imgui.menu_item_simple(f"{t('Save')}###save", enabled=not entry.history.is_saved):
            window.shell.later(partial(self._documents.save, [entry]))
        imgui.separator()
        if imgui.menu_item_simple(f"{t('Close')}###close"):
            window.shell.later(partial(self._documents.close, entry))
        if imgui.menu_item_simple(f"{t('Close others')}###close others", enabled=len(self._documents.entries) > 1):
            window.shell.later(partial(self._documents.close_others, entry))
        imgui.separator()
        if imgui.menu_item_simple(f"{t('Copy path')}###copy path", enabled=entry.path is not None):
            imgui.set_clipboard_text(str(entry.path))

    def _draw_prefab_bar(self, entry: OpenWorld) -> None:
        """From where it was opened, what it is, and what follows from saving it."""
        window, t, unit, theme = self._window, self._window.t, imgui.get_font_size(), self._window.theme
        imgui.push_style_color(imgui.Col_.button, (0, 0, 0, 0))
        for each in self._documents.chain(entry)[:-1]:
            kind, name = "prefab" if each.is_prefab else "world", self._documents.name(each)
            if imgui.button(f"{icon(kind)}  {name}###back {self._documents.kept(each).number}"):
                window.shell.later(partial(self._documents.show, each))
            imgui.set_item_tooltip(t("Go back to {name}", name=name))
            imgui.same_line(0, unit * 0.2)
            imgui.align_text_to_frame_padding()
            imgui.text_colored(theme.faint, icon("closed"))
            imgui.same_line(0, unit * 0.4)
        imgui.pop_style_color()
        imgui.align_text_to_frame_padding()
        imgui.text_colored(theme.accent, f"{icon('prefab')}  {self._documents.name(entry)}")
        instances = self._documents.count_instances(entry)
        said = t("Saving changes all that stand in worlds.")
        if instances:
            said += "  " + t("Open worlds hold {count}.", count=instances)
        imgui.same_line(0, unit * 1.5)
        imgui.align_text_to_frame_padding()
        imgui.text_colored(theme.faint, said)
