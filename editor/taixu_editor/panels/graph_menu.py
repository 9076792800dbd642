"""Menus over a graph's canvas: kinds of nodes to add, found by words, and what can be done with a node or a pin."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.generate.graph import NodeKind, Socket, misfit, node_kinds
from taixu_editor.graphs.edits import OUTPUTS
from taixu_editor.interface import icon
from taixu_editor.panels import graph_actions as actions
from taixu_editor.panels.graph_ids import Pin
from taixu_editor.panels.graph_look import CATEGORIES, category_of, title_of
from taixu_editor.panels.graph_words import NodeWords
from taixu_editor.widgets import search_box

if TYPE_CHECKING:
    from taixu_editor.panels.graph_canvas import GraphCanvas
    from taixu_editor.window import EditorWindow

__all__ = ["GraphMenu"]


class GraphMenu:
    """The popups of a panel; each belongs to the canvas that opened it."""

    def __init__(self, window: EditorWindow) -> None:
        self.window, self.t, self.word = window, window.t, NodeWords(window.t)
        self.search = ""
        self._popup = ""
        self._at = (0.0, 0.0)
        self._pin: Pin | None = None
        self._link: tuple[str, str] | None = None
        self._is_fresh = False
        self._place = 0

    # -- opening -----------------------------------------------------------------------------------------------------
    def open(
        self, canvas: GraphCanvas, at: tuple[float, float], *, pin: Pin | None = None, link: tuple[str, str] | None = None
    ) -> None:
        """Offer nodes to add: all, those that fit a pin, or those that go into a link (by its end)."""
        self._at, self._pin, self._link = at, pin, link
        self.search, self._is_fresh, self._place = "", True, 0
        self._popup = "add node"
        imgui.open_popup("add node")

    def open_for_node(self, canvas: GraphCanvas, name: str) -> None:
        """Offer what can be done with the chosen nodes."""
        imgui.open_popup("node menu")

    def open_for_pin(self, canvas: GraphCanvas, pin: Pin) -> None:
        """Offer what can be done with a pin."""
        self._pin = pin
        imgui.open_popup("pin menu")

    def draw(self, canvas: GraphCanvas) -> None:
        """Lay out what is open; the canvas is suspended."""
        unit = imgui.get_font_size()
        imgui.push_style_var(imgui.StyleVar_.window_padding, (unit * 0.6, unit * 0.5))
        imgui.push_style_var(imgui.StyleVar_.item_spacing, (unit * 0.5, unit * 0.4))
        if imgui.begin_popup("add node"):
            self._draw_kinds(canvas)
            imgui.end_popup()
        if imgui.begin_popup("node menu"):
            self._draw_node_menu(canvas)
            imgui.end_popup()
        if imgui.begin_popup("pin menu"):
            self._draw_pin_menu(canvas)
            imgui.end_popup()
        imgui.pop_style_var(2)

    # -- adding ------------------------------------------------------------------------------------------------------
    def shown(self, canvas: GraphCanvas) -> list[NodeKind]:
        """Kinds that fit, those first whose names begin with what is searched."""
        words = self.search.casefold().split()
        found = [kind for kind in node_kinds().values() if self._fits(canvas, kind) and self._matches(kind, words)]
        order = list(CATEGORIES)

        def place(kind: NodeKind) -> Any:
            word = kind.name.partition(".")[0]
            names = (self.word(title_of(kind)).casefold(), title_of(kind).casefold())
            begins = bool(words) and any(name.startswith(words[0]) for name in names)
            return (not begins, order.index(word) if word in order else len(order), title_of(kind))

        return sorted(found, key=place)

    def _matches(self, kind: NodeKind, words: list[str]) -> bool:
        said = " ".join((kind.name, title_of(kind), kind.doc, self.word(title_of(kind)), self.t(category_of(kind.name)[0])))
        return all(word in said.casefold() for word in words)

    def _fits(self, canvas: GraphCanvas, kind: NodeKind) -> bool:
        if self._link is not None:
            return bool(kind.inputs) or kind.has_free_inputs
        if self._pin is None:
            return True
        return self._pin_of(canvas, kind) is not None

    def _pin_of(self, canvas: GraphCanvas, kind: NodeKind) -> str | None:
        """The input or output of a kind that goes to the pin from which a link was dragged."""
        assert self._pin is not None
        name, key, is_output = self._pin
        graph = canvas.document.graph
        if is_output:
            carried = graph.nodes[name].kind.outputs[key]
            if kind.has_free_inputs:
                return "a"
            return next((each for each, socket in kind.inputs.items() if not misfit(socket, carried)), None)
        socket = Socket() if name == OUTPUTS else graph.nodes[name].socket(key)
        return next((each for each, carried in kind.outputs.items() if not misfit(socket, carried)), None)

    def _draw_kinds(self, canvas: GraphCanvas) -> None:
        unit, theme, t = imgui.get_font_size(), self.window.theme, self.t
        self.search = search_box(self.window, "##kinds", self.search, t("Search nodes"), width=unit * 17, focus=self._is_fresh)
        self._is_fresh = False
        kinds = self.shown(canvas)
        if imgui.is_key_pressed(imgui.Key.down_arrow):
            self._place += 1
        if imgui.is_key_pressed(imgui.Key.up_arrow):
            self._place -= 1
        self._place = min(max(self._place, 0), max(len(kinds) - 1, 0))
        chosen = kinds[self._place] if kinds and imgui.is_key_pressed(imgui.Key.enter, False) else None
        imgui.begin_child("kinds", (unit * 17, unit * 17))
        group = ""
        for number, kind in enumerate(kinds):
            said, color = category_of(kind.name)
            if said != group and not self.search.strip():
                group = said
                imgui.text_colored(theme.faint, t(said))
            start = imgui.get_cursor_screen_pos()
            picked, _ = imgui.selectable(f"      {self.word(title_of(kind))}###{kind.name}", number == self._place)
            middle = (start.x + unit * 0.8, start.y + unit * 0.55)
            imgui.get_window_draw_list().add_circle_filled(middle, unit * 0.28, theme.pack(color))
            if imgui.is_item_hovered(imgui.HoveredFlags_.for_tooltip):
                imgui.set_tooltip(self.word(kind.doc.partition("\n")[0]))
            if picked:
                chosen = kind
        if not kinds:
            imgui.text_disabled(t("Nothing is like that."))
        imgui.end_child()
        if chosen is not None:
            imgui.close_current_popup()
            self.window.shell.later(lambda: self.add(canvas, chosen))

    def add(self, canvas: GraphCanvas, kind: NodeKind) -> None:
        """Add a node of a kind where the menu was opened, connected to what it was opened for."""
        do, path = self.window.do, canvas.document.path
        values: dict[str, Any] = {}
        feeds = ""
        if self._pin is not None:
            end = self._pin_of(canvas, kind)
            if end is not None and self._pin[2]:
                values = {end: f"@{self._pin[0]}.{self._pin[1]}"}
                if kind.has_free_inputs:
                    values["formula"] = end if kind.name == "math.formula" else f"vec({end}, {end}, {end})"
            elif end is not None:
                feeds = f"{self._pin[0]}.{self._pin[1]}"
        if self._link is not None and kind.has_free_inputs:
            values = {"formula": "a"}
        x, y = self._at
        name = do("graph.add_node", kind=kind.name, at=[round(x, 1), round(y, 1)], values=values, feeds=feeds, graph=path)
        if name is None:
            return
        if self._link is not None:
            do("graph.insert", node=name, target=self._link[0], input=self._link[1], graph=path)
        canvas.choose([str(name)])

    # -- nodes and pins ----------------------------------------------------------------------------------------------
    def _draw_node_menu(self, canvas: GraphCanvas) -> None:
        t, names = self.t, canvas.chosen_nodes
        all_muted = bool(names) and all(name in canvas.document.graph.muted for name in names)
        later = self.window.shell.later
        entries = (
            (t("Duplicate"), "Ctrl+D", actions.duplicate), (t("Copy"), "Ctrl+C", actions.copy),
            (t("Let it work again") if all_muted else t("Mute"), "M", actions.mute),
            (t("Delete"), "Del", actions.delete), (t("Delete and connect what is left"), "Ctrl+X", actions.heal),
        )  # fmt: skip
        for label, keys, act in entries:
            if imgui.menu_item_simple(f"{label}###{act.__name__}", keys, enabled=bool(names) or act is actions.delete):
                later(partial(act, canvas))
        if len(names) == 1:
            outputs = canvas.document.graph.nodes[names[0]].kind.outputs
            if len(outputs) > 1:
                imgui.separator()
                for key in outputs:
                    if imgui.menu_item_simple(f"{t('Show {name}', name=key)}###show {key}"):
                        canvas.previews.choose(names[0], key)

    def _draw_pin_menu(self, canvas: GraphCanvas) -> None:
        if self._pin is None:
            return
        name, key, is_output = self._pin
        graph, t = canvas.document.graph, self.t
        if is_output:
            if imgui.menu_item_simple(f"{icon('eye', t('Show {name}', name=key))}###show"):
                canvas.previews.choose(name, key)
            return
        inputs = graph.outputs if name == OUTPUTS else graph.nodes[name].inputs if name in graph.nodes else {}
        connected = hasattr(inputs.get(key), "node")
        if imgui.menu_item_simple(f"{t('Disconnect')}###disconnect", enabled=connected):
            path = canvas.document.path
            self.window.shell.later(lambda: self.window.do("graph.disconnect", node=name, input=key, graph=path))
