"""One node on the canvas: its name, its picture, its pins, and the numbers that are turned most."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui
from imgui_bundle import imgui_node_editor as ed

from taixu.generate.graph import Graph, Node, Ref
from taixu.generate.materials import MAPS
from taixu.generate.materials.graph_generator import PLAIN_MAPS
from taixu_editor.graphs.edits import OUTPUTS
from taixu_editor.interface import icon
from taixu_editor.panels.graph_ids import Pin
from taixu_editor.panels.graph_look import category_of, pin_color, spec_of_parameter, title_of
from taixu_editor.widgets.number import look_of, number_field

if TYPE_CHECKING:
    from taixu_editor.panels.graph_canvas import GraphCanvas
    from taixu_editor.widgets.spec import FieldSpec

__all__ = ["NodeFacts", "NodeShape", "draw_light", "draw_node", "draw_outputs", "facts_of"]

_MOST_NUMBERS = 2
_WIDE = 9.0
"""In heights of the text."""


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What is drawn of a node; made anew only when the node changed."""

    title: str
    color: str
    inputs: tuple[tuple[str, str], ...]
    """Names with the kind that each takes or is given."""
    outputs: tuple[tuple[str, str], ...]
    connected: frozenset[str]
    numbers: tuple[tuple[FieldSpec, float], ...]


@dataclass(frozen=True, slots=True)
class NodeShape:
    """How a node came out when it was laid out wholly, from its contents' upper left corner."""

    facts: NodeFacts
    size: tuple[float, float]
    picture: tuple[float, float]
    pins: tuple[tuple[Pin, tuple[float, float], Any], ...]
    """Each with its place, and as the node editor knows it."""


def facts_of(node: Node) -> NodeFacts:
    """The facts of a node."""
    kind = node.kind
    inputs = []
    for key in dict.fromkeys([*kind.inputs, *node.inputs]):
        value = node.inputs.get(key)
        own = value.kind if isinstance(value, Ref) else "vec3" if isinstance(value, tuple) else "float"
        inputs.append((key, kind.inputs[key].kind if key in kind.inputs else own))
    specs = [spec_of_parameter(each) for each in kind.parameters.values()]
    numbers = [(spec, node.parameters[spec.name]) for spec in specs if spec.kind in ("number", "integer")]
    return NodeFacts(
        title_of(kind), category_of(kind.name)[1], tuple(inputs), tuple(kind.outputs.items()), frozenset(node.refs),
        tuple(numbers[:_MOST_NUMBERS]),
    )  # fmt: skip


def draw_node(canvas: GraphCanvas, name: str, facts: NodeFacts, *, is_muted: bool) -> None:
    """Lay out a node."""
    unit, theme = imgui.get_font_size(), canvas.window.theme
    wide = unit * _WIDE
    number = canvas.ids.number(name)
    if is_muted:
        imgui.push_style_var(imgui.StyleVar_.alpha, 0.45)
    ed.begin_node(ed.NodeId(number))
    imgui.push_id(number)
    start = imgui.get_cursor_screen_pos()
    title = canvas.word(facts.title)
    imgui.text_unformatted(title)
    if canvas.is_near:
        shown = name if len(name) < 20 else f"{name[:18]}…"
        imgui.same_line(0, max(wide - imgui.calc_text_size(title).x - imgui.calc_text_size(shown).x * 0.82, unit * 0.3))
        imgui.push_font(None, unit * 0.82)
        imgui.text_colored(theme.faint, shown)
        imgui.pop_font()
    imgui.dummy((wide, unit * 0.1))
    picture = imgui.get_cursor_screen_pos()
    _draw_picture(canvas, name, wide)
    _draw_pins(canvas, name, facts, wide)
    if canvas.is_near:
        for spec, value in facts.numbers:
            _draw_number(canvas, name, spec, value, wide)
    imgui.pop_id()
    ed.end_node()
    end = imgui.get_item_rect_max()
    draw = ed.get_node_background_draw_list(ed.NodeId(number))
    pad, height = ed.get_style().node_padding, unit * 1.25
    low = (start.x - pad.x + 1, start.y - pad.y + 1)
    _draw_head(draw, low, end.x - 1, start.y + height, theme.pack(facts.color, 0.28), theme.pack(facts.color))
    known = canvas.shapes.get(name)
    if canvas.is_near and (known is None or known.facts is not facts):
        keys = [(name, key, False) for key, _ in facts.inputs] + [(name, key, True) for key, _ in facts.outputs]
        pins = tuple(
            (pin, (at[0] - start.x, at[1] - start.y), ed.PinId(canvas.ids.number(pin)))
            for pin in keys if (at := canvas.dots.get(pin)) is not None
        )  # fmt: skip
        size = (end.x - start.x, end.y - start.y)
        canvas.shapes[name] = NodeShape(facts, size, (picture.x - start.x, picture.y - start.y), pins)
    if is_muted:
        imgui.pop_style_var()


def draw_light(
    canvas: GraphCanvas, name: str, shape: NodeShape, read: set[tuple[str, str]], *, is_seen: bool, is_muted: bool
) -> None:
    """Lay out a node that is far away, or out of sight: its picture, and the pins that links need."""
    unit, number = imgui.get_font_size(), canvas.ids.number(name)
    node = ed.NodeId(number)
    if is_muted:
        imgui.push_style_var(imgui.StyleVar_.alpha, 0.45)
    ed.begin_node(node)
    start = imgui.get_cursor_screen_pos()
    x, y = start.x, start.y
    dots, connected = canvas.dots, shape.facts.connected
    for pin, place, handle in shape.pins:
        if (name, pin[1]) in read if pin[2] else pin[1] in connected:
            dots[pin] = middle = (x + place[0], y + place[1])
            ed.begin_pin(handle, ed.PinKind.output if pin[2] else ed.PinKind.input)
            ed.pin_rect(middle, middle)
            ed.pin_pivot_rect(middle, middle)
            ed.end_pin()
    texture = canvas.previews.tiles.get(name) if is_seen else None
    if texture is not None:
        imgui.set_cursor_screen_pos((x + shape.picture[0], y + shape.picture[1]))
        wide = unit * _WIDE
        imgui.image(canvas.picture(texture), (wide, wide))
    pad = ed.get_style().node_padding
    imgui.set_cursor_screen_pos((x, y))
    imgui.dummy((shape.size[0] - pad.z, shape.size[1] - pad.w))
    ed.end_node()
    if is_seen:
        theme, low = canvas.window.theme, (x - pad.x + 1, y - pad.y + 1)
        _draw_head(ed.get_node_background_draw_list(node), low, x + shape.size[0] - 1, y + unit * 1.25,
                   theme.pack(shape.facts.color, 0.28), theme.pack(shape.facts.color))  # fmt: skip
    if is_muted:
        imgui.pop_style_var()


def draw_outputs(canvas: GraphCanvas, graph: Graph) -> None:
    """Lay out what the graph makes."""
    unit, theme = imgui.get_font_size(), canvas.window.theme
    wide = unit * _WIDE
    ed.begin_node(ed.NodeId(canvas.ids.number(OUTPUTS)))
    start = imgui.get_cursor_screen_pos()
    imgui.text_unformatted(icon("material", canvas.t("Material")))
    imgui.dummy((wide, unit * 0.1))
    texture = canvas.ball_texture
    if texture is None:
        imgui.dummy((wide, wide))
    else:
        imgui.image(canvas.picture(texture), (wide, wide))
    for key in dict.fromkeys([*MAPS, *graph.outputs]):
        plain = PLAIN_MAPS.get(key, 0.0)
        value = graph.outputs.get(key)
        kind = value.kind if isinstance(value, Ref) else "vec3" if isinstance(plain, tuple) else "float"
        _begin_row(canvas, OUTPUTS, key, kind, is_connected=isinstance(value, Ref))
        imgui.text_colored(theme.text if key in graph.outputs else theme.faint, canvas.word(_said(key)))
        ed.end_pin()
    ed.end_node()
    end = imgui.get_item_rect_max()
    draw = ed.get_node_background_draw_list(ed.NodeId(canvas.ids.number(OUTPUTS)))
    pad = ed.get_style().node_padding
    low = (start.x - pad.x + 1, start.y - pad.y + 1)
    _draw_head(draw, low, end.x - 1, start.y + unit * 1.25, theme.pack("accent", 0.3), theme.pack("accent"))


def _draw_head(draw: Any, low: tuple[float, float], right: float, bottom: float, soft: int, full: int) -> None:
    """The colour of what a node does, behind its name."""
    round_px = imgui.get_font_size() * 0.35
    draw.add_rect_filled(low, (right, bottom), soft, round_px, imgui.ImDrawFlags_.round_top)
    draw.add_rect_filled(low, (right, low[1] + round_px * 0.45), full, round_px, imgui.ImDrawFlags_.round_top)


def _draw_picture(canvas: GraphCanvas, name: str, wide: float) -> None:
    texture = canvas.previews.tiles.get(name)
    error = canvas.previews.errors.get(name)
    if texture is not None:
        imgui.image(canvas.picture(texture), (wide, wide))
    else:
        start = imgui.get_cursor_screen_pos()
        imgui.dummy((wide, wide))
        theme, draw = canvas.window.theme, imgui.get_window_draw_list()
        draw.add_rect_filled(start, (start.x + wide, start.y + wide), theme.pack("raised"), 3.0)
        if error:
            unit = imgui.get_font_size()
            draw.add_text((start.x + unit * 0.5, start.y + unit * 0.4), theme.pack("bad"), icon("error"))
            where, said = (start.x + unit * 0.5, start.y + unit * 1.8), canvas.t(error)[:160]
            draw.add_text(imgui.get_font(), unit * 0.85, where, theme.pack("bad"), said, wide - unit)


def _draw_pins(canvas: GraphCanvas, name: str, facts: NodeFacts, wide: float) -> None:
    """Inputs at the left, outputs at the right, in the same rows."""
    unit, theme = imgui.get_font_size(), canvas.window.theme
    left = imgui.get_cursor_screen_pos().x
    for row in range(max(len(facts.inputs), len(facts.outputs))):
        if row < len(facts.inputs):
            key, kind = facts.inputs[row]
            _begin_row(canvas, name, key, kind, is_connected=key in facts.connected)
            imgui.text_unformatted(_short(canvas.word(_said(key))))
            ed.end_pin()
        if row < len(facts.outputs):
            key, kind = facts.outputs[row]
            shown = _short(canvas.word(_said(key)))
            is_chosen = len(facts.outputs) > 1 and canvas.previews.shown(name) == key
            if row < len(facts.inputs):
                imgui.same_line()
            place = left + wide - imgui.calc_text_size(shown).x - unit * 0.85
            imgui.set_cursor_screen_pos((place, imgui.get_cursor_screen_pos().y))
            ed.begin_pin(ed.PinId(canvas.ids.number((name, key, True))), ed.PinKind.output)
            imgui.text_colored(theme.accent if is_chosen else theme.text, shown)
            imgui.same_line(0, unit * 0.3)
            _dot(canvas, (name, key, True), kind, is_filled=True)
            ed.end_pin()


def _begin_row(canvas: GraphCanvas, name: str, key: str, kind: str, *, is_connected: bool) -> None:
    ed.begin_pin(ed.PinId(canvas.ids.number((name, key, False))), ed.PinKind.input)
    _dot(canvas, (name, key, False), kind, is_filled=is_connected)
    imgui.same_line(0, imgui.get_font_size() * 0.3)


def _dot(canvas: GraphCanvas, pin: tuple[str, str, bool], kind: str, *, is_filled: bool) -> None:
    unit, theme = imgui.get_font_size(), canvas.window.theme
    start = imgui.get_cursor_screen_pos()
    imgui.dummy((unit * 0.55, unit))
    middle = (start.x + unit * 0.27, start.y + unit * 0.52)
    canvas.dots[pin] = middle
    ed.pin_pivot_rect(middle, middle)
    draw, color = imgui.get_window_draw_list(), theme.pack(pin_color(kind))
    if is_filled:
        draw.add_circle_filled(middle, unit * 0.25, color)
    else:
        draw.add_circle_filled(middle, unit * 0.25, theme.pack("ground"))
        draw.add_circle(middle, unit * 0.23, color, 0, unit * 0.1)


def _draw_number(canvas: GraphCanvas, name: str, spec: FieldSpec, value: Any, wide: float) -> None:
    """A number with its name in its own field."""
    unit, theme = imgui.get_font_size(), canvas.window.theme
    start = imgui.get_cursor_screen_pos()
    key = f"{name}.{spec.name}"
    imgui.push_style_var(imgui.StyleVar_.frame_padding, (unit * 0.3, unit * 0.1))
    edit = number_field(canvas.node_form, key, spec.name, value, replace(look_of(spec), unit=""), wide)
    height = imgui.get_frame_height()
    canvas.fields[key] = (start.x + wide / 2, start.y + height / 2)
    if canvas.node_form.editing != imgui.get_id(spec.name):
        said = canvas.word(spec.title)
        font = unit * 0.82
        width = imgui.calc_text_size(said).x * 0.82
        where = (start.x + wide - width - unit * 0.3, start.y + (height - font) / 2)
        imgui.get_window_draw_list().add_text(imgui.get_font(), font, where, theme.pack("faint"), said)
    imgui.pop_style_var()
    if edit is not None:
        canvas.edits.append((name, {spec.name: edit.value}, edit.merge))


def _said(key: str) -> str:
    return key.replace("_", " ").capitalize() if len(key) > 1 else key


def _short(text: str) -> str:
    return text if len(text) <= 12 else f"{text[:11]}…"
