"""The canvas of a graph: nodes and links as they are, and what the user's hands do to them, as operations."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui
from imgui_bundle import imgui_node_editor as ed

from taixu.errors import TaixuError
from taixu.generate.graph import Graph, Node, Ref
from taixu_editor.graphs.document import GraphDocument
from taixu_editor.graphs.edits import OUTPUTS, node_places, set_values
from taixu_editor.graphs.notes import notes_of
from taixu_editor.graphs.previews import BUDGET_SECS, Ball, Previews
from taixu_editor.interface.theme import Theme
from taixu_editor.panels.graph_ids import GraphIds, Pin
from taixu_editor.panels.graph_look import pin_color, style_canvas
from taixu_editor.panels.graph_node import NodeFacts, NodeShape, draw_light, draw_node, draw_outputs, facts_of
from taixu_editor.widgets import Form

if TYPE_CHECKING:
    from taixu.gpu import Texture
    from taixu_editor.panels.graph_menu import GraphMenu
    from taixu_editor.window import EditorWindow

__all__ = ["GraphCanvas"]

_NOTE = "@note "
_MOST_SECS = 0.03
_NEAR = 1.7
"""Farther away than this nodes show no numbers and no names of their own."""
_FAR = 3.0
"""Farther away than this nothing can be read: nodes are pictures."""


class GraphCanvas:
    """What a tab holds of an open graph.

    Attributes
    ----------
    selected
        Names of the nodes that are chosen (`OUTPUTS` and frames among them), in no order.
    dots, fields
        Middles of pins and of fields on the canvas, in its units; `on_screen` gives window units.
    """

    def __init__(self, window: EditorWindow, document: GraphDocument, menu: GraphMenu) -> None:
        self.window, self.t, self.document, self.menu = window, window.t, document, menu
        self.word = menu.word
        self.previews = Previews(window.device, document)
        self.ball = Ball(self.previews)
        self.ball_texture: Texture | None = None
        self.ids = GraphIds()
        self.node_form = Form(window, f"graph nodes {document.path}")
        self.selected: list[str] = []
        self.dots: dict[Pin, tuple[float, float]] = {}
        self.fields: dict[str, tuple[float, float]] = {}
        self.edits: list[tuple[str, dict[str, Any], object]] = []
        self.is_near = True
        self.wants_fit = 4
        """In so many frames all is looked at: nodes are measured in the first two, and the panel may still be finding its size."""
        self._last_extent = (0.0, 0.0)
        self.wants_menu = False
        """Whether nodes to add are to be offered in the next frame."""
        self.reason = ""
        """Why the link that is dragged cannot end where the pointer is."""
        self._facts: dict[str, tuple[Node, NodeFacts]] = {}
        self._placed: dict[str, tuple[float, float]] = {}
        self.shapes: dict[str, NodeShape] = {}
        """Of nodes, as they were laid out wholly: what is far away or out of sight is laid out by it."""
        self._links: tuple[object, str, list[tuple[Any, Any, Any, tuple[float, float, float, float]]]] = (None, "", [])
        self._read: set[tuple[str, str]] = set()
        """Outputs that somebody reads."""
        self._known: tuple[Graph, dict[str, tuple[float, float]]] | None = None
        self._to_select: list[str] = []
        self._styled: object = None
        self._number = 0
        self._is_held = False
        self.origin, self.extent = (0.0, 0.0), (1.0, 1.0)
        config = ed.Config()
        config.settings_file = None
        self._context = ed.create_editor(config)

    # -- the frame ---------------------------------------------------------------------------------------------------
    def draw(self, size: tuple[float, float]) -> None:
        """Lay out the canvas where the cursor is."""
        theme, graph = self.window.theme, self.document.graph
        # A third of a frame: where frames take long, pictures would come late by the same.
        for texture in self.previews.frame(min(max(imgui.get_io().delta_time / 3, BUDGET_SECS), _MOST_SECS)):
            self._forget(texture)
        self.ball_texture = self.ball.frame(theme.raised)
        ed.set_current_editor(self._context)
        styled = (theme.name, self.window.shell.scale, self.t.language)
        if styled != self._styled:
            self._styled = styled
            style_canvas(ed, theme, self.window.shell.scale)
            self.shapes.clear()
        start = imgui.get_cursor_screen_pos()
        self.origin, self.extent = (start.x, start.y), size
        ed.begin("graph", size)
        try:
            self._lay_out(graph, start, size)
        except Exception:
            _end_what_began()
            raise
        ed.end()
        self._after(graph)

    def _lay_out(self, graph: Graph, start: Any, size: tuple[float, float]) -> None:
        """Everything between the canvas's beginning and its end."""
        ed.enable_shortcuts(False)
        self.is_near = ed.get_current_zoom() < _NEAR
        self.node_form.begin()
        self.dots.clear()
        self.fields.clear()
        self._draw_notes(graph)
        if self._known is None or self._known[0] is not graph:
            self._known = (graph, node_places(graph))
            for name in [name for name in self._placed if name[0] != "@" and name not in graph.nodes]:
                del self._placed[name]  # one that comes back is put where it was
                self.shapes.pop(name, None)
            refs = [ref for node in graph.nodes.values() for ref in node.refs.values()]
            self._read = {(ref.node, ref.output) for ref in [*refs, *(v for v in graph.outputs.values() if isinstance(v, Ref))]}
        places = self._known[1]
        low, high = ed.screen_to_canvas(start), ed.screen_to_canvas((start.x + size[0], start.y + size[1]))
        is_far = ed.get_current_zoom() > _FAR
        for name, node in graph.nodes.items():
            self._put(name, places.get(name))
            facts, shape = self._facts_of(name, node), self.shapes.get(name)
            if shape is None or shape.facts is not facts:
                is_seen = True
            else:
                at = ed.get_node_position(ed.NodeId(self.ids.number(name)))
                wide, tall = shape.size
                is_seen = at.x < high.x and at.x + wide > low.x and at.y < high.y and at.y + tall > low.y
                if is_far or not is_seen:
                    draw_light(self, name, shape, self._read, is_seen=is_seen, is_muted=name in graph.muted)
                    continue
            draw_node(self, name, facts, is_muted=name in graph.muted)
        self._put(OUTPUTS, places.get(OUTPUTS))
        draw_outputs(self, graph)
        self._draw_links(graph)
        self._create()
        self._select()
        self._open_menus()

    def _facts_of(self, name: str, node: Node) -> NodeFacts:
        known = self._facts.get(name)
        if known is None or known[0] is not node:
            known = self._facts[name] = (node, facts_of(node))
        return known[1]

    def picture(self, texture: Texture) -> Any:
        """A texture as ``imgui.image`` takes it."""
        return imgui.ImTextureRef(self.window.gui.painter.number_of(texture))

    def _put(self, name: str, place: tuple[float, float] | None) -> None:
        """A node stands where its document says, unless it is being dragged there."""
        if place is not None and self._placed.get(name) != place:
            self._placed[name] = place
            ed.set_node_position(ed.NodeId(self.ids.number(name)), place)

    def _draw_notes(self, graph: Graph) -> None:
        unit, theme = imgui.get_font_size(), self.window.theme
        for number, note in enumerate(notes_of(graph)):
            name = f"{_NOTE}{number}"
            node = ed.NodeId(self.ids.number(name))
            self._put(name, note.place)
            if self._placed.get(f"{name} size") != note.size:
                self._placed[f"{name} size"] = note.size
                ed.set_group_size(node, note.size)
            ed.begin_node(node)
            imgui.text_colored(theme.faint, note.text.partition("\n")[0][:80])
            imgui.dummy((unit, unit * 0.2))
            ed.group(note.size)
            ed.end_node()

    def _draw_links(self, graph: Graph) -> None:
        theme, thick = self.window.theme, 2.2 * self.window.shell.scale
        if self._links[0] is not graph or self._links[1] != theme.name:
            self._links = (graph, theme.name, self._links_of(graph, theme))
        for link, start, end, color in self._links[2]:
            ed.link(link, start, end, color, thick)

    def _links_of(self, graph: Graph, theme: Theme) -> list[tuple[Any, Any, Any, tuple[float, float, float, float]]]:
        """Links as the node editor takes them, until the graph changes."""
        ids, found = self.ids, []
        for name, inputs in [*((name, node.inputs) for name, node in graph.nodes.items()), (OUTPUTS, graph.outputs)]:
            for key, value in inputs.items():
                if isinstance(value, Ref):
                    r, g, b, _ = getattr(theme, pin_color(value.kind))
                    color = (r, g, b, 0.35 if value.node in graph.muted else 0.85)
                    source = ed.PinId(ids.number((value.node, value.output, True)))
                    target = ed.PinId(ids.number((name, key, False)))
                    found.append((ed.LinkId(ids.number(ids.link_to(name, key))), source, target, color))
        return found

    # -- links -------------------------------------------------------------------------------------------------------
    def _create(self) -> None:
        """A link is being dragged: say where it may end, and what happens in the middle of nothing."""
        theme, self.reason = self.window.theme, ""
        if not ed.begin_create((*theme.accent[:3], 1.0), 2.5 * self.window.shell.scale):
            return
        first, second = ed.PinId(), ed.PinId()
        if ed.query_new_link(first, second):
            one, other = self.ids.pin(first.id()), self.ids.pin(second.id())
            if one is not None and other is not None:
                self.reason = self.refusal(one, other)
                if self.reason:
                    ed.reject_new_item(theme.bad, 2.5 * self.window.shell.scale)
                elif ed.accept_new_item(theme.good, 3.0 * self.window.shell.scale):
                    source, target = (one, other) if one[2] else (other, one)
                    self._later("graph.connect", source=f"{source[0]}.{source[1]}", node=target[0], input=target[1])
        elif ed.query_new_node(first):
            pin = self.ids.pin(first.id())
            if pin is not None and ed.accept_new_item():
                at = ed.screen_to_canvas(imgui.get_mouse_pos())
                ed.suspend()
                self.menu.open(self, (at.x, at.y), pin=pin)
                ed.resume()
        ed.end_create()
        if self.reason:
            ed.suspend()
            imgui.begin_tooltip()
            imgui.push_text_wrap_pos(imgui.get_font_size() * 20)
            imgui.text_colored(theme.bad, self.t(self.reason))
            imgui.pop_text_wrap_pos()
            imgui.end_tooltip()
            ed.resume()

    def refusal(self, one: Pin, other: Pin) -> str:
        """Why two pins cannot be connected; empty where they can."""
        if one[2] == other[2]:
            return "an output goes to an input"
        source, target = (one, other) if one[2] else (other, one)
        if source[0] == target[0]:
            return "a node cannot read itself"
        try:
            set_values(self.document.graph, target[0], {target[1]: f"@{source[0]}.{source[1]}"})
        except TaixuError as error:
            return str(error).partition(": ")[2] or str(error)
        return ""

    # -- what is chosen ----------------------------------------------------------------------------------------------
    def _select(self) -> None:
        for name in self._to_select if self.wants_fit <= 0 or self._to_select else ():
            ed.select_node(ed.NodeId(self.ids.number(name)), name != self._to_select[0])
        self._to_select = []
        if ed.has_selection_changed():
            self.selected = [name for each in ed.get_selected_nodes() if (name := self.ids.node(each.id()))]
        alive = [name for name in self.selected if name in self.document.graph.nodes or name[0] == "@"]
        if len(alive) != len(self.selected):
            self.selected = alive

    @property
    def chosen_nodes(self) -> list[str]:
        """Those of the chosen that are nodes of the graph."""
        return [name for name in self.selected if name in self.document.graph.nodes]

    @property
    def chosen_note(self) -> int:
        """The frame that is chosen alone; -1 where none is."""
        alone = self.selected[0] if len(self.selected) == 1 else ""
        return int(alone.removeprefix(_NOTE)) if alone.startswith(_NOTE) else -1

    @property
    def chosen_links(self) -> list[tuple[str, str]]:
        """Ends of the links that are chosen."""
        ed.set_current_editor(self._context)
        return [end for each in ed.get_selected_links() if (end := self.ids.link(each.id())) is not None]

    def choose(self, names: Iterable[str]) -> None:
        """Choose these, and no others."""
        ed.set_current_editor(self._context)
        ed.clear_selection()
        self._to_select = self.selected = list(names)

    def _open_menus(self) -> None:
        node, pin, link = ed.NodeId(), ed.PinId(), ed.LinkId()
        at = ed.get_mouse_pos_on_canvas()
        at = imgui.ImVec2(at.x, at.y)
        ed.suspend()
        if self.wants_menu:
            self.wants_menu = False
            mouse, (x, y) = imgui.get_mouse_pos(), self.origin
            is_over = x < mouse.x < x + self.extent[0] and y < mouse.y < y + self.extent[1]
            self.menu.open(self, (at.x, at.y) if is_over else self.middle())
        elif ed.show_node_context_menu(node):
            name = self.ids.node(node.id())
            if name not in self.selected:
                self.choose([name])
            self.menu.open_for_node(self, name)
        elif ed.show_pin_context_menu(pin):
            found = self.ids.pin(pin.id())
            if found is not None:
                self.menu.open_for_pin(self, found)
        elif ed.show_link_context_menu(link):
            end = self.ids.link(link.id())
            if end is not None:
                self.menu.open(self, (at.x, at.y), link=end)
        elif ed.show_background_context_menu():
            self.menu.open(self, (at.x, at.y))
        self.menu.draw(self)
        ed.resume()

    # -- after it ----------------------------------------------------------------------------------------------------
    def _after(self, graph: Graph) -> None:
        for name, values, merge in self.edits:
            word = "" if merge is None else str(merge)
            self.window.do("graph.set", node=name, values=values, graph=self.document.path, drag=word)
        self.edits.clear()
        double = ed.get_double_clicked_pin()
        pin = self.ids.pin(double.id()) if double else None
        if pin is not None and pin[2]:
            self.previews.choose(pin[0], pin[1])
        if imgui.is_mouse_down(imgui.MouseButton_.left):
            self._is_held = True
        elif self._is_held:
            self._is_held = False
            self._take_places(graph)
        if self.wants_fit > 0:
            self._fit_at_first()

    def _fit_at_first(self) -> None:
        """Look at all when nodes are measured and the panel has the size that it keeps."""
        last, self._last_extent = self._last_extent, self.extent
        is_measured = ed.get_node_size(ed.NodeId(self.ids.number(OUTPUTS))).x > 0
        self.wants_fit = self.wants_fit - 1 if last == self.extent and is_measured else 4
        if self.wants_fit == 0:
            ed.navigate_to_content(0.0)

    def _take_places(self, graph: Graph) -> None:
        """What was dragged is somewhere else now: one step of history."""
        moved: dict[str, list[float]] = {}
        notes: list[tuple[int, str, tuple[float, float], tuple[float, float]]] = []
        for name in [*graph.nodes, OUTPUTS]:
            at = ed.get_node_position(ed.NodeId(self.ids.number(name)))
            before = self._placed.get(name)
            if before is not None and abs(at.x) < 1e6 and abs(at.x - before[0]) + abs(at.y - before[1]) > 0.5:
                moved[name] = [round(at.x, 1), round(at.y, 1)]
        for number, note in enumerate(notes_of(graph)):
            name = f"{_NOTE}{number}"
            node = ed.NodeId(self.ids.number(name))
            at = ed.get_node_position(node)
            if abs(at.x) < 1e6 and abs(at.x - note.place[0]) + abs(at.y - note.place[1]) > 0.5:
                self._placed[name] = place = (round(at.x, 1), round(at.y, 1))
                notes.append((number, note.text, place, note.size))
        if moved or notes:
            self._number += 1
        merge = str(self._number)
        for number, text, place, size in notes:
            self._later("graph.note", number=number, text=text, place=place, size=size, drag=merge)
        if not moved:
            return
        for name, (x, y) in moved.items():
            self._placed[name] = (x, y)
        self._later("graph.move", places=moved, drag=merge)
        alone = next(iter(moved)) if len(moved) == 1 else ""
        link = self._link_under(graph, alone) if alone in graph.nodes else None
        if link is not None:
            self._later("graph.insert", node=alone, target=link[0], input=link[1])

    def _link_under(self, graph: Graph, name: str) -> tuple[str, str] | None:
        """The link that goes through a node that has none of its own."""
        if graph.nodes[name].refs or any(ref.node == name for node in graph.nodes.values() for ref in node.refs.values()):
            return None
        if any(isinstance(value, Ref) and value.node == name for value in graph.outputs.values()):
            return None
        node = ed.NodeId(self.ids.number(name))
        at, size = ed.get_node_position(node), ed.get_node_size(node)
        for target, inputs in [*((each, node.inputs) for each, node in graph.nodes.items()), (OUTPUTS, graph.outputs)]:
            for key, value in inputs.items():
                if not isinstance(value, Ref):
                    continue
                start, end = self.dots.get((value.node, value.output, True)), self.dots.get((target, key, False))
                if start is None or end is None:
                    continue
                for step in range(2, 19):
                    x, y = _along(start, end, step / 20)
                    if at.x < x < at.x + size.x and at.y < y < at.y + size.y:
                        return target, key
        return None

    def _later(self, operation: str, **parameters: Any) -> None:
        self.window.shell.later(lambda: self.window.do(operation, graph=self.document.path, **parameters))

    def ask_for_node(self) -> None:
        """Offer nodes to add."""
        self.wants_menu = True

    def bounds(self, names: Iterable[str]) -> tuple[tuple[float, float], tuple[float, float]]:
        """Corners of what some nodes take on the canvas; of a place in the middle of what is seen where there are none."""
        ed.set_current_editor(self._context)
        boxes = []
        for name in names:
            node = ed.NodeId(self.ids.number(name))
            at, size = ed.get_node_position(node), ed.get_node_size(node)
            boxes.append((at.x, at.y, at.x + size.x, at.y + size.y))
        if not boxes:
            x, y = self.middle()
            boxes = [(x - 150, y - 80, x + 150, y + 80)]
        return (min(b[0] for b in boxes), min(b[1] for b in boxes)), (max(b[2] for b in boxes), max(b[3] for b in boxes))

    # -- about the view ----------------------------------------------------------------------------------------------
    def fit(self) -> None:
        """Look at all, or at what is chosen."""
        ed.set_current_editor(self._context)
        if self.selected:
            ed.navigate_to_selection(True, 0.2)
        else:
            ed.navigate_to_content(0.2)

    def middle(self) -> tuple[float, float]:
        """The middle of what is seen, on the canvas."""
        ed.set_current_editor(self._context)
        x, y = self.origin
        at = ed.screen_to_canvas((x + self.extent[0] / 2, y + self.extent[1] / 2))
        return at.x, at.y

    def on_screen(self, place: tuple[float, float]) -> tuple[float, float]:
        """A place of the canvas in window units."""
        ed.set_current_editor(self._context)
        at = ed.canvas_to_screen(place)
        return at.x, at.y

    def node_on_screen(self, name: str) -> tuple[float, float]:
        """Where a node can be taken hold of: its name."""
        ed.set_current_editor(self._context)
        at = ed.get_node_position(ed.NodeId(self.ids.number(name)))
        return self.on_screen((at.x + 30.0, at.y + 14.0))

    def _forget(self, texture: Texture) -> None:
        self.window.gui.painter.forget(texture)
        texture.release()

    def release(self) -> None:
        """Give all pictures back; the tab closes."""
        for texture in [*self.previews.release(), *([self.ball.texture] if self.ball.texture is not None else [])]:
            self._forget(texture)
        self.ball.texture = self.ball_texture = None
        ed.destroy_editor(self._context)


def _end_what_began() -> None:
    """Something failed in the midst of a node: the node editor's own order is brought back, so that the window goes on."""
    if ed.is_suspended():
        ed.resume()
    for end in (ed.end_pin, ed.end_node, ed.end):
        with suppress(RuntimeError):
            end()


def _along(start: tuple[float, float], end: tuple[float, float], t: float) -> tuple[float, float]:
    """A place of a link, which leaves and comes level (a cubic Bezier curve)."""
    reach = max(abs(end[0] - start[0]) * 0.5, 40.0)
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    x = a * start[0] + b * (start[0] + reach) + c * (end[0] - reach) + d * end[0]
    return x, (a + b) * start[1] + (c + d) * end[1]
