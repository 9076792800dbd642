"""Beside a graph's canvas: the material on a ball, and every number of the node that is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from imgui_bundle import imgui

from taixu.generate.graph import Graph, Node, Ref
from taixu.generate.materials import MAPS
from taixu.generate.materials.graph_generator import PLAIN_MAPS
from taixu_editor.graphs.edits import OUTPUTS
from taixu_editor.graphs.notes import notes_of
from taixu_editor.interface import icon
from taixu_editor.panels.graph_canvas import GraphCanvas
from taixu_editor.panels.graph_look import category_of, spec_of_input, spec_of_parameter, title_of
from taixu_editor.widgets import FieldSpec, Form

if TYPE_CHECKING:
    from taixu_editor.widgets.form import Edit
    from taixu_editor.window import EditorWindow

__all__ = ["GraphSide"]

_TURN_A_PIXEL = 0.01


class GraphSide:
    """The column beside the canvas.

    Attributes
    ----------
    is_tiled
        Whether the chosen node's picture is seen two times beside and over itself, in place of the ball.
    """

    def __init__(self, window: EditorWindow) -> None:
        self.window, self.t = window, window.t
        self.form = Form(window, "graph")
        self.form.label_share = 0.42
        self.is_tiled = False
        self._shown: object = None

    def draw(self, canvas: GraphCanvas) -> None:
        """Lay it out."""
        self._draw_picture(canvas)
        imgui.begin_child("node", (0, 0))
        chosen = canvas.selected[0] if len(canvas.selected) == 1 else ""
        if (canvas.document.path, chosen) != self._shown:
            self._shown = (canvas.document.path, chosen)
            self.form.forget()
        self.form.begin()
        graph = canvas.document.graph
        if chosen in graph.nodes:
            self._draw_node(canvas, chosen, graph.nodes[chosen])
        elif canvas.chosen_note >= 0:
            self._draw_note(canvas, canvas.chosen_note)
        elif len(canvas.chosen_nodes) > 1:
            imgui.text_colored(self.window.theme.accent, self.t("{count} selected", count=len(canvas.chosen_nodes)))
        else:
            self._draw_outputs(canvas, graph)
        imgui.end_child()

    # -- the picture -------------------------------------------------------------------------------------------------
    def _draw_picture(self, canvas: GraphCanvas) -> None:
        unit, theme, ball = imgui.get_font_size(), self.window.theme, canvas.ball
        side = min(imgui.get_content_region_avail().x, unit * 17)
        node = canvas.chosen_nodes[0] if len(canvas.chosen_nodes) == 1 else ""
        texture = canvas.previews.tiles.get(node) if self.is_tiled else canvas.ball_texture
        if self.is_tiled and texture is None:
            value = canvas.document.graph.outputs.get("base_color")
            texture = canvas.previews.tiles.get(value.node) if isinstance(value, Ref) else None
        start = imgui.get_cursor_screen_pos()
        imgui.invisible_button("picture", (side, side))
        draw, white = imgui.get_window_draw_list(), imgui.get_color_u32((1.0, 1.0, 1.0, 1.0))
        if imgui.is_item_active() and not self.is_tiled:
            moved = imgui.get_io().mouse_delta
            ball.turn_rad -= moved.x * _TURN_A_PIXEL
            ball.height_rad = float(np.clip(ball.height_rad + moved.y * _TURN_A_PIXEL, -1.2, 1.2))
        imgui.set_item_tooltip(self.t("It is seen as it repeats") if self.is_tiled else self.t("Drag to turn it"))
        if texture is None:
            draw.add_rect_filled(start, (start.x + side, start.y + side), theme.pack("raised"), unit * 0.4)
        elif self.is_tiled:
            half = side / 2
            for x in (0.0, half):
                for y in (0.0, half):
                    corner = (start.x + x, start.y + y)
                    draw.add_image(canvas.picture(texture), corner, (corner[0] + half, corner[1] + half))
        else:
            end = (start.x + side, start.y + side)
            draw.add_image_rounded(canvas.picture(texture), start, end, (0, 0), (1, 1), white, unit * 0.4)
        present = "tiles" if self.is_tiled else "plane" if ball.is_plane else "ball"
        for name, text in (("ball", self.t("Ball")), ("plane", self.t("Plane")), ("tiles", self.t("Tiles"))):
            is_on = name == present
            imgui.push_style_color(imgui.Col_.text, theme.accent if is_on else theme.faint)
            imgui.push_style_color(imgui.Col_.button, theme.accent_soft if is_on else theme.panel)
            if imgui.button(f"{text}###{name}", ((side - unit * 0.8) / 3, 0)):
                self.is_tiled = name == "tiles"
                ball.is_plane = name == "plane" if name != "tiles" else ball.is_plane
            imgui.pop_style_color(2)
            imgui.same_line(0, unit * 0.4)
        imgui.new_line()

    # -- what is chosen ----------------------------------------------------------------------------------------------
    def _draw_node(self, canvas: GraphCanvas, name: str, node: Node) -> None:
        theme, t = self.window.theme, self.t
        imgui.text_colored(getattr(theme, category_of(node.kind.name)[1]), "●")
        imgui.same_line(0, imgui.get_font_size() * 0.4)
        imgui.text_unformatted(canvas.word(title_of(node.kind)))
        imgui.same_line()
        imgui.text_colored(theme.faint, name)
        imgui.push_text_wrap_pos(0)
        imgui.text_colored(theme.faint, canvas.word(node.kind.doc.partition("\n")[0]))
        error = canvas.previews.errors.get(name)
        if error:
            imgui.text_colored(theme.bad, icon("error", t(error)))
        imgui.pop_text_wrap_pos()
        for parameter in node.kind.parameters.values():
            spec = spec_of_parameter(parameter)
            value = node.parameters[parameter.name]
            self._row(canvas, name, spec, list(value) if isinstance(value, tuple) else value)
        rows = dict.fromkeys([*node.kind.inputs, *node.inputs])
        if rows:
            imgui.separator_text(t("Inputs"))
        for key in rows:
            value = node.inputs.get(key)
            if isinstance(value, Ref):
                self._link_row(canvas, name, key, value)
                continue
            socket = node.kind.inputs.get(key)
            default = socket.default if socket is not None else None
            plain = value if value is not None else default
            spec = spec_of_input(key, plain, default, socket.doc if socket is not None else "")
            self._row(canvas, name, spec, list(plain) if isinstance(plain, tuple) else plain)

    def _draw_outputs(self, canvas: GraphCanvas, graph: Graph) -> None:
        imgui.separator_text(self.t("Material"))
        doc = "Another number gives another piece of the same material."
        seed = FieldSpec("seed", "integer", None, minimum=0, is_whole=True, doc=doc)
        edit = self.form.row(seed, graph.seed, key="graph.seed")
        if edit is not None and edit.kind == "set":
            self._do("graph.seed", canvas, seed=min(max(int(edit.value), 0), 2**31), drag=_merge(edit))
        for key in dict.fromkeys([*MAPS, *graph.outputs]):
            value, plain = graph.outputs.get(key), PLAIN_MAPS.get(key, 0.0)
            if isinstance(value, Ref):
                self._link_row(canvas, OUTPUTS, key, value)
            elif key != "normal":
                now = plain if value is None else value
                self._row(canvas, OUTPUTS, spec_of_input(key, now, plain), list(now) if isinstance(now, tuple) else now)

    def _draw_note(self, canvas: GraphCanvas, number: int) -> None:
        notes = notes_of(canvas.document.graph)
        if number >= len(notes):
            return
        note = notes[number]
        edit = self.form.row(FieldSpec("text", "text", None, label="Words"), note.text, key=f"note {number}")
        if edit is not None and edit.kind == "set":
            self._do("graph.note", canvas, number=number, text=str(edit.value), place=note.place, size=note.size)

    # -- rows --------------------------------------------------------------------------------------------------------
    def _row(self, canvas: GraphCanvas, name: str, spec: FieldSpec, value: Any) -> None:
        edit = self.form.row(canvas.word.spec(spec), value, key=f"{name}.{spec.name}")
        if edit is None:
            return
        given = None if edit.kind == "reset" else edit.value
        self._do("graph.set", canvas, node=name, values={spec.name: given}, drag=_merge(edit))

    def _link_row(self, canvas: GraphCanvas, name: str, key: str, ref: Ref) -> None:
        """An input that reads a node: a click goes there."""
        unit, theme = imgui.get_font_size(), self.window.theme
        start, wide = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x
        imgui.align_text_to_frame_padding()
        imgui.text_colored(theme.faint, canvas.word(key.replace("_", " ").capitalize() if len(key) > 1 else key))
        imgui.same_line()
        imgui.set_cursor_screen_pos((start.x + wide * self.form.label_share, start.y))
        shown = ref.node if len(canvas.document.graph.nodes[ref.node].kind.outputs) == 1 else f"{ref.node}.{ref.output}"
        if imgui.button(f"{shown}###to {name} {key}", (wide * (1 - self.form.label_share) - unit * 1.3, 0)):
            canvas.choose([ref.node])
        imgui.set_item_tooltip(self.t("Choose this node"))

    def _do(self, operation: str, canvas: GraphCanvas, **parameters: Any) -> None:
        self.window.do(operation, graph=canvas.document.path, **parameters)


def _merge(edit: Edit) -> str:
    return "" if edit.merge is None else str(edit.merge)
