"""The inspector: what the selected entities are made of, in fields that follow from the components' own declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui

from taixu.ecs import component_type
from taixu.edit.clipboard import copy_component, read_copied
from taixu.edit.encode import encode_component
from taixu.errors import TaixuError
from taixu_editor.interface import icon
from taixu_editor.panels.inspector_avatar import AvatarLink
from taixu_editor.panels.inspector_box import draw_box
from taixu_editor.panels.inspector_brush import draw_brush
from taixu_editor.panels.inspector_components import ComponentPicker, component_icon, component_title
from taixu_editor.panels.inspector_head import draw_head
from taixu_editor.panels.inspector_live import LiveFields
from taixu_editor.panels.inspector_script import ScriptFields
from taixu_editor.panels.inspector_sheet import Sheet, SheetComponent, SheetField
from taixu_editor.panels.inspector_stack import StackRows
from taixu_editor.panels.panel import Panel
from taixu_editor.widgets.form import Edit, Form, any_mixed
from taixu_editor.widgets.nothing import say_nothing

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["InspectorPanel"]


class InspectorPanel(Panel):
    """Fields of the selection; many entities are edited as one."""

    id: ClassVar[str] = "inspector"
    title: ClassVar[str] = "Inspector"
    dock: ClassVar[str] = "right"

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.sheet = Sheet()
        self.form = Form(window, "inspector")
        self.closed: set[str] = set()
        """Components that are folded up, by name."""
        self.revealed = ""
        """A component that is scrolled to, by name."""
        self.places: dict[str, tuple[float, float]] = {}
        """Middle of each component's header, and of its menu's button (``name/menu``)."""
        self._picker = ComponentPicker(self)
        self._script = ScriptFields(self)
        self.live = LiveFields(self)
        self.stack = StackRows(self)
        self._avatar = AvatarLink(self)

    def draw(self) -> None:
        """Head, components, the button to add one."""
        session = self.host.session
        if not session.worlds or not session.current.selection:
            self._draw_nothing()
            return
        if self.sheet.update(session):
            self.form.forget()
        self.form.begin()
        self.form.marks = self.window.animating if self.window.animating.is_shown and self.window.animating.entity else None
        self.places.clear()
        self.live.begin()
        draw_head(self)
        for component in self.sheet.components:
            self._draw_component(component)
        if self.sheet.partial:
            imgui.spacing()
            names = ", ".join(self.t.word(component_title(name)) for name in self.sheet.partial)
            imgui.push_text_wrap_pos(0)
            imgui.text_disabled(self.t("Only some have: {names}").format(names=names))
            imgui.pop_text_wrap_pos()
        if not self.sheet.is_made:
            self._picker.draw()

    def _draw_nothing(self) -> None:
        text = self.t("Select something in the view or in the hierarchy to see what it is made of.")
        if say_nothing(self.window, "select", text, button=self.t("Find an entity")):
            self.window.shell.later(lambda: self.window.do("editor.find_entity"))

    # -- components --------------------------------------------------------------------------------------------------
    def _draw_component(self, component: SheetComponent) -> None:
        imgui.push_id(component.name)
        if self.revealed == component.name:
            self.revealed = ""
            imgui.set_scroll_here_y(0.3)
        opened = self._draw_header(component)
        if opened:
            for field in component.fields:
                if component.name == "script" and field.spec.name == "fields":
                    self._script.draw(component, field)
                else:
                    self._draw_field(component, field)
                if component.name == "script" and field.spec.name == "run_as_mod":
                    draw_box(self, component)
            if component.name == "device":
                self.live.draw_device()
            if component.name == "model":
                self._avatar.draw()
            if component.name == "modifiers":
                self.stack.draw()
            if component.name == "modifier":
                self.stack.draw_words()
                self.stack.draw_way_back()
            if component.name in ("height_brush", "mask_brush"):
                draw_brush(self, component.name)
            imgui.dummy((0, imgui.get_font_size() * 0.2))
        imgui.pop_id()

    def _draw_header(self, component: SheetComponent) -> bool:
        theme, font, style = self.window.theme, imgui.get_font_size(), imgui.get_style()
        start, width = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x
        height, draw = imgui.get_frame_height(), imgui.get_window_draw_list()
        name = component.name
        imgui.set_next_item_allow_overlap()
        if imgui.invisible_button("header", (width, height)):
            self.closed ^= {name}
        if imgui.is_item_clicked(imgui.MouseButton_.right):
            imgui.open_popup("component menu")
        hovered = imgui.is_item_hovered(imgui.HoveredFlags_.allow_when_overlapped_by_item)
        if imgui.is_item_hovered(imgui.HoveredFlags_.for_tooltip) and component.declared.cls.__doc__:
            imgui.set_tooltip(self.t.word(component.declared.cls.__doc__.strip().split("\n")[0]))
        end = imgui.ImVec2(start.x + width, start.y + height)
        draw.add_rect_filled(start, end, theme.pack("hover" if hovered else "raised"), style.frame_rounding)
        opened = name not in self.closed
        y = start.y + (height - font) / 2
        arrow = icon("opened" if opened else "closed")
        draw.add_text(imgui.ImVec2(start.x + font * 0.9 - imgui.calc_text_size(arrow).x / 2, y), theme.pack("faint"), arrow)
        picture = icon(component_icon(name))
        draw.add_text(imgui.ImVec2(start.x + font * 2.1 - imgui.calc_text_size(picture).x / 2, y), theme.pack("accent"), picture)
        imgui.push_font(self.window.fonts.bold, 0.0)
        title = self.t.word(component_title(name)) + (" +" if component.is_added else "")
        draw.add_text(imgui.ImVec2(start.x + font * 3.2, y), theme.pack("text"), title)
        imgui.pop_font()
        imgui.set_cursor_screen_pos((end.x - height * 1.2, start.y))
        if imgui.invisible_button("more", (height * 1.2, height)):
            imgui.open_popup("component menu")
        color = "text" if imgui.is_item_hovered() else "faint"
        dots = icon("more")
        draw.add_text(imgui.ImVec2(end.x - height * 0.6 - imgui.calc_text_size(dots).x / 2, y), theme.pack(color), dots)
        self.places[name] = (start.x + width / 2, start.y + height / 2)
        self.places[f"{name}/menu"] = (end.x - height * 0.6, start.y + height / 2)
        if imgui.begin_popup("component menu"):
            self._draw_menu(component)
            imgui.end_popup()
        imgui.set_cursor_screen_pos((start.x, end.y + style.item_spacing.y * 0.6))
        imgui.dummy((0, 0))
        return opened

    def _draw_menu(self, component: SheetComponent) -> None:
        t, name, entities = self.t, component.name, list(self.sheet.entities)
        is_free = not self.sheet.is_made
        if imgui.menu_item_simple(f"{icon('reset')}   {t('Reset to defaults')}###reset", enabled=is_free):
            self.do(name, "component.reset", component=name, entities=entities)
        if imgui.menu_item_simple(f"{icon('copy')}   {t('Copy component')}###copy"):
            world, active = self.host.session.world, self.host.session.entity(self.sheet.entities[-1])
            imgui.set_clipboard_text(copy_component(name, encode_component(world, active, component.declared.cls)))
        copied = read_copied(imgui.get_clipboard_text() or "")
        can_paste = is_free and copied is not None and bool(copied.components)
        if imgui.menu_item_simple(f"{icon('paste')}   {t('Paste component')}###paste", enabled=can_paste):
            self.do(name, "component.paste", text=imgui.get_clipboard_text(), entities=entities)
        if self.sheet.instance and (component.is_added or any(field.is_overridden for field in component.fields)):
            imgui.separator()
            if imgui.menu_item_simple(f"{icon('prefab')}   {t('Revert to prefab')}###revert"):
                self.do(name, "prefab.revert", instance=self.sheet.instance, child=self.sheet.child, component=name)
        imgui.separator()
        can_remove = is_free and name != "transform"
        if imgui.menu_item_simple(f"{icon('delete')}   {t('Remove component')}###remove", enabled=can_remove):
            self.do(name, "component.remove", component=name, entities=entities)

    # -- fields ------------------------------------------------------------------------------------------------------
    def _draw_field(self, component: SheetComponent, field: SheetField) -> None:
        key = f"{component.name}.{field.spec.name}"
        height = imgui.get_frame_height()
        is_plain = field.spec.kind not in ("data", "list") and key not in self.form.errors
        if is_plain and not self.form.next and not imgui.is_rect_visible((1.0, height)):
            imgui.dummy((1.0, height - imgui.get_style().item_spacing.y * 0.35 + self.live.height(key)))
            return
        start, width = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x
        edit = self.form.row(
            field.spec, field.value, key=key, mixed=field.mixed, is_overridden=field.is_overridden, read_only=self.sheet.is_made
        )
        if edit is not None:
            self.apply(component.name, field, edit, key=key)
        self.live.draw(key, (start.x, start.y), width)

    def apply(self, component: str, field: SheetField, edit: Edit, *, key: str) -> None:
        """Do what the user wants with a field, for all that are selected, in one step."""
        name, entities = field.spec.name, list(self.sheet.entities)
        if edit.kind == "revert":
            stored = "translation" if name == "position" else name
            where = {"instance": self.sheet.instance, "child": self.sheet.child, "component": component, "field": stored}
            self.do(key, "prefab.revert", **where)
        elif edit.kind == "reset" and name != "position":
            self.do(key, "component.reset", component=component, fields=[name], entities=entities)
        else:
            value = field.spec.default if edit.kind == "reset" else edit.value
            merge = None if edit.merge is None else (edit.merge, key)
            others = any_mixed(field.mixed) and edit.axis is not None and len(entities) > 1
            if others and isinstance(field.value, list):
                values = {text: {name: self._with_axis(text, component, field, edit)} for text in entities}
                self.do(key, "component.set_each", merge=merge, component=component, values=values)
            else:
                self.do(key, "component.set", merge=merge, component=component, fields={name: value}, entities=entities)

    def _with_axis(self, text: str, component: str, field: SheetField, edit: Edit) -> list[Any]:
        """An entity's own vector with one number of another."""
        assert edit.axis is not None
        session = self.host.session
        declared = component_type(session.component(component))
        encoded = encode_component(session.world, session.entity(text), declared.cls)
        stored = encoded.get(field.spec.name)
        if stored is None and field.spec.name == "position":
            stored = encoded.get("translation")
        own = list(stored if stored is not None else field.spec.default)
        own[edit.axis] = edit.value[edit.axis]
        return own

    def do(self, key: str, operation: str, *, merge: object = None, **parameters: Any) -> None:
        """Do an operation; what goes wrong is said at the field."""
        try:
            self.host.operations.do(self.host.session, operation, parameters, merge=merge)
        except TaixuError as error:
            self.form.say(key, str(error))
        else:
            self.form.say(key, "")
