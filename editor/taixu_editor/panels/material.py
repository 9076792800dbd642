"""Surfaces of what is selected: a preview under steady light, and every parameter of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from imgui_bundle import imgui

from taixu.ecs import component_type
from taixu.edit.encode import encode_component
from taixu.scene import Material, Model, Shape
from taixu.scene.surfaces import surface_of_table
from taixu_editor.interface import icon
from taixu_editor.panels.inspector_components import component_title
from taixu_editor.panels.material_ball import BODIES, MaterialBall
from taixu_editor.panels.material_groups import GROUPS, idle_reasons
from taixu_editor.panels.panel import Panel
from taixu_editor.widgets import Form, specs_of_component
from taixu_editor.widgets.form import Edit
from taixu_editor.widgets.nothing import say_nothing
from taixu_editor.widgets.spec import FieldSpec

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["MaterialPanel"]

_TITLES = {"sphere": "Sphere", "box": "Box", "plane": "Plane", "cloth": "Cloth", "torus": "Torus"}


class MaterialPanel(Panel):
    """The look of the active entity; a change goes to all that are selected and have the same kind of surface."""

    id: ClassVar[str] = "material"
    title: ClassVar[str] = "Material"
    dock: ClassVar[str] = "right"

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.ball = MaterialBall(window)
        self.form = Form(window, "material")
        self.form.label_share = 0.46
        self._shown: tuple[object, ...] = ()

    def draw(self) -> None:
        """Ball above, parameters below."""
        if not self.host.session.worlds:
            return
        session = self.host.session
        chosen = session.current.selection
        if not chosen:
            text = self.t("Select something to see what it is made of.")
            if say_nothing(self.window, "material", text, button=self.t("Find an entity")):
                self.window.shell.later(lambda: self.window.do("editor.find_entity"))
            return
        world, handle = session.world, session.entity(chosen[-1])
        cls = self._surface_of(handle)
        if cls is None:
            self._draw_none(handle, chosen)
            return
        declared = component_type(cls)
        same = [text for text in chosen if world.has(session.entity(text), cls)]
        shown = (declared.name, tuple(same))
        if shown != self._shown:
            self._shown = shown
            self.form.forget()
        self._draw_ball(world.get(handle, cls))
        imgui.begin_child("parameters")
        imgui.text_colored(self.window.theme.faint, self.t.word(component_title(declared.name)))
        if len(same) > 1:
            imgui.same_line()
            imgui.text_colored(self.window.theme.accent, self.t("{count} selected", count=len(same)))
        self._draw_rows(declared, handle, same)
        imgui.end_child()
        if world.has(handle, cls):
            self.ball.follow(world.get(handle, cls))  # what was changed above is seen in this frame

    def _surface_of(self, handle: int) -> type | None:
        """A surface of one's own comes before the standard one, as where it is drawn."""
        world = self.host.session.world
        own = surface_of_table(world.place(handle)[0])
        return own or (Material if world.has(handle, Material) else None)

    def _draw_ball(self, surface: Any) -> None:
        unit, theme = imgui.get_font_size(), self.window.theme
        room = imgui.get_content_region_avail()
        side = max(min(room.x - unit * 2.6, room.y * 0.42, unit * 15), unit * 5)
        left = (room.x - unit * 2.4 - side) / 2
        imgui.set_cursor_pos_x(imgui.get_cursor_pos_x() + max(left, 0))
        self.ball.draw(surface, side)
        imgui.set_item_tooltip(self.t("Drag to turn it"))
        imgui.same_line()
        imgui.begin_group()
        for body in BODIES:
            is_on = self.ball.body == body
            imgui.push_style_color(imgui.Col_.text, theme.accent if is_on else theme.faint)
            imgui.push_style_color(imgui.Col_.button, theme.accent_soft if is_on else theme.panel)
            if imgui.button(f"###{body}", (unit * 1.9, unit * 1.7)):
                self.ball.body = body
            low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
            draw_body(body, ((low.x + high.x) / 2, (low.y + high.y) / 2), unit * 0.45, theme.pack("accent" if is_on else "faint"))
            imgui.pop_style_color(2)
            imgui.set_item_tooltip(self.t(_TITLES[body]))
        imgui.push_style_color(imgui.Col_.text, theme.accent if self.ball.is_in_world else theme.faint)
        imgui.push_style_color(imgui.Col_.button, theme.accent_soft if self.ball.is_in_world else theme.panel)
        if imgui.button(f"{icon('environment')}###sky", (unit * 1.9, unit * 1.7)):
            self.ball.is_in_world = not self.ball.is_in_world
        imgui.pop_style_color(2)
        imgui.set_item_tooltip(self.t("In the studio") if self.ball.is_in_world else self.t("Under the sky of the world"))
        imgui.end_group()

    def _draw_rows(self, declared: Any, handle: int, same: list[str]) -> None:
        world = self.host.session.world
        values = encode_component(world, handle, declared.cls)
        others = [encode_component(world, self.host.session.entity(text), declared.cls) for text in same[:64]]
        self.form.begin()
        specs = specs_of_component(declared)
        is_standard = declared.cls is Material
        groups = GROUPS if is_standard else {}
        reasons = idle_reasons(values) if is_standard else {}
        order = {name: (place, title) for title, names in groups.items() for place, name in enumerate(names)}
        titles = list(groups)
        if is_standard:
            specs = sorted(specs, key=lambda spec: (titles.index(order[spec.name][1]), order[spec.name][0])
                           if spec.name in order else (len(titles), 0))  # fmt: skip
        begun = ""
        for spec in specs:
            title = order.get(spec.name, (0, ""))[1]
            if title and title != begun:
                begun = title
                self._group_title(title)
            value = values.get(spec.name, spec.default)
            mixed = any(other.get(spec.name, spec.default) != value for other in others)
            edit = self._row(spec, value, mixed, reasons.get(spec.name, ""))
            if edit is None:
                continue
            if edit.kind == "set":
                self.window.do(
                    "component.set", merge=edit.merge, component=declared.name, fields={spec.name: edit.value}, entities=same
                )
            elif edit.kind == "reset":
                self.window.do("component.reset", component=declared.name, fields=[spec.name], entities=same)

    def _row(self, spec: FieldSpec, value: Any, mixed: bool, reason: str) -> Edit | None:
        """A field; greyed where it changes nothing, with the reason."""
        marks = mixed if spec.width == 1 else [mixed] * spec.width
        if not reason:
            return self.form.row(spec, value, mixed=marks)
        imgui.begin_group()
        imgui.push_style_var(imgui.StyleVar_.alpha, imgui.get_style().alpha * 0.45)
        edit = self.form.row(spec, value, mixed=marks)
        imgui.pop_style_var()
        imgui.end_group()
        if imgui.is_item_hovered(imgui.HoveredFlags_.for_tooltip):
            imgui.set_tooltip(self.t(reason))
        return edit

    def _group_title(self, title: str) -> None:
        unit = imgui.get_font_size()
        imgui.dummy((0, unit * 0.25))
        imgui.separator_text(self.t(title))

    def _draw_none(self, handle: int, chosen: tuple[str, ...]) -> None:
        world = self.host.session.world
        if world.has(handle, Shape) and not world.table(int(world.locate(handle)[0][0])).made:
            text, button = self.t("It has no material of its own."), icon("add", self.t("Add a material"))
            if say_nothing(self.window, "material", text, button=button, name="add material"):
                lacking = [text for text in chosen if not world.has(self.host.session.entity(text), Material)]
                self.window.do("component.add", component="material", fields={}, entities=lacking)
        elif world.has(handle, Model):
            say_nothing(self.window, "model", self.t("A model's materials are in its file."))
        else:
            say_nothing(self.window, "material", self.t("It has nothing that a material could cover."))

    def release(self) -> None:
        """Give the preview back."""
        self.ball.release()


def draw_body(body: str, at: tuple[float, float], r: float, color: int) -> None:
    """A small sign for a body."""
    draw, (x, y) = imgui.get_window_draw_list(), at
    if body == "sphere":
        draw.add_circle_filled(at, r, color)
    elif body == "torus":
        draw.add_circle(at, r * 0.8, color, 0, r * 0.5)
    elif body == "cloth":
        for i in range(3):
            side, low = (i - 1) * r * 0.72, y + r * (0.9 if i == 1 else 0.65)
            draw.add_triangle_filled((x, y - r), (x + side + r * 0.45, low), (x + side - r * 0.45, low), color)
    elif body == "plane":
        draw.add_quad_filled(
            (x - r * 0.5, y - r * 0.45),
            (x + r * 1.1, y - r * 0.45),
            (x + r * 0.5, y + r * 0.45),
            (x - r * 1.1, y + r * 0.45),
            color,
        )
    else:
        draw.add_rect_filled((x - r * 0.85, y - r * 0.85), (x + r * 0.85, y + r * 0.85), color, r * 0.2)
