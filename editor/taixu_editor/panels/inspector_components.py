"""Choosing a component to add: all that plugins and scripts brought, by package, with what they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.ecs import ComponentType
from taixu_editor.interface import icon
from taixu_editor.kinds import KINDS
from taixu_editor.panels.inspector_sheet import HIDDEN
from taixu_editor.widgets.search_box import search_box
from taixu_editor.widgets.spec import humanise

if TYPE_CHECKING:
    from taixu_editor.panels.inspector import InspectorPanel

__all__ = ["ComponentPicker", "component_icon", "component_title", "package_title"]

_ICONS = dict(KINDS) | {"transform": "move", "material": "material", "visibility": "eye", "rigid_body": "physics"}
_ORDER = ("Scene", "Physics", "Script", "Audio", "Animation")


def component_title(name: str) -> str:
    """What people call a component, in English."""
    return humanise(name)


def component_icon(name: str) -> str:
    """The name of a component's icon."""
    return _ICONS.get(name, "component")


def package_title(declared: ComponentType) -> str:
    """The package that brought a component: ``taixu.physics.components`` is Physics, ``taixu_wind.sway`` is Taixu wind."""
    parts = declared.cls.__module__.split(".")
    return humanise(parts[1] if parts[0] == "taixu" and len(parts) > 1 else parts[0])


class ComponentPicker:
    """The button at the inspector's end, and the list that it opens."""

    def __init__(self, panel: InspectorPanel) -> None:
        self._panel = panel
        self._search = ""
        self._chosen = 0
        self._focus = False

    def draw(self) -> None:
        """The button over the panel's width."""
        t, font = self._panel.t, imgui.get_font_size()
        imgui.dummy((0, font * 0.4))
        width = imgui.get_content_region_avail().x
        if imgui.button(f"{icon('add')}  {t('Add component')}###add component", (width, imgui.get_frame_height() * 1.2)):
            imgui.open_popup("add component")
            self._search, self._chosen, self._focus = "", 0, True
        low = imgui.get_item_rect_min()
        tall = min(font * 24, imgui.get_main_viewport().size.y * 0.6)
        imgui.set_next_window_size((max(width, font * 18), tall))
        room_above = low.y - imgui.get_main_viewport().work_pos.y
        place, pivot = ((low.x, low.y), (0, 1)) if room_above > tall else ((low.x, low.y + font * 2), (0, 0))
        imgui.set_next_window_pos(place, imgui.Cond_.appearing, pivot)
        if imgui.begin_popup("add component"):
            self._draw_list()
            imgui.end_popup()

    def _draw_list(self) -> None:
        focus, self._focus = self._focus, False
        before = self._search
        self._search = search_box(self._panel.window, "##search", self._search, self._panel.t("Search components"), focus=focus)
        if self._search != before:
            self._chosen = 0
        found = self._found()
        flat = [each for _, group in found for each in group]
        if imgui.is_key_pressed(imgui.Key.down_arrow):
            self._chosen = min(self._chosen + 1, len(flat) - 1)
        if imgui.is_key_pressed(imgui.Key.up_arrow):
            self._chosen = max(self._chosen - 1, 0)
        if flat and imgui.is_key_pressed(imgui.Key.enter, False):
            self._add(flat[min(self._chosen, len(flat) - 1)])
            imgui.close_current_popup()
        if imgui.begin_child("found"):
            if not flat:
                imgui.text_disabled(self._panel.t("No component is called that."))
            self._draw_groups(found)
        imgui.end_child()

    def _draw_groups(self, found: list[tuple[str, list[ComponentType]]]) -> None:
        t, place = self._panel.t, 0
        for title, group in found:
            imgui.spacing()
            imgui.text_disabled(t.word(title))
            for declared in group:
                label = f"{icon(component_icon(declared.name))}   {t.word(component_title(declared.name))}###{declared.name}"
                if imgui.selectable(label, place == self._chosen)[0]:
                    self._add(declared)
                    imgui.close_current_popup()
                doc = (declared.cls.__doc__ or "").strip().split("\n")[0]
                if doc and imgui.is_item_hovered(imgui.HoveredFlags_.for_tooltip):
                    imgui.set_tooltip(t.word(doc))
                place += 1

    def _found(self) -> list[tuple[str, list[ComponentType]]]:
        """What may be added and is searched for, by package."""
        words = self._search.casefold().split()
        t, groups = self._panel.t, dict[str, list[ComponentType]]()
        has = {component.name for component in self._panel.sheet.components}
        for declared in self._panel.host.session.components:
            if not declared.authored or declared.name in has or declared.name in HIDDEN:
                continue
            title = component_title(declared.name)
            text = f"{title} {t.word(title)} {package_title(declared)} {declared.cls.__doc__ or ''}".casefold()
            if all(word in text for word in words):
                groups.setdefault(package_title(declared), []).append(declared)
        for group in groups.values():  # those whose name is meant before those that only mention it
            group.sort(key=lambda each: (not all(word in each.name for word in words), each.name))
        is_named = {title: any(all(word in each.name for word in words) for each in group) for title, group in groups.items()}
        places = {title: _ORDER.index(title) if title in _ORDER else len(_ORDER) for title in groups}
        return sorted(groups.items(), key=lambda each: (not is_named[each[0]], places[each[0]], each[0]))

    def _add(self, declared: ComponentType) -> None:
        panel, world = self._panel, self._panel.host.session.world
        session = panel.host.session
        lacking = [text for text in panel.sheet.entities if not world.has(session.entity(text), declared.cls)]
        panel.do("add", "component.add", component=declared.name, fields={}, entities=lacking)
        panel.closed.discard(declared.name)
        panel.revealed = declared.name
