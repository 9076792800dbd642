"""Graphs of materials in tabs: the canvas, what is beside it, and what makes files of maps."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu.generate.materials import families
from taixu_editor.dialogs import Choice
from taixu_editor.graphs.document import GRAPH_ENDING, GraphDocument
from taixu_editor.graphs.notes import notes_of
from taixu_editor.interface import icon
from taixu_editor.panels.graph_actions import KEYS, answer_keys, frame
from taixu_editor.panels.graph_canvas import GraphCanvas
from taixu_editor.panels.graph_menu import GraphMenu
from taixu_editor.panels.graph_side import GraphSide
from taixu_editor.panels.panel import Panel
from taixu_editor.widgets.combo import begin_combo
from taixu_editor.widgets.nothing import say_nothing

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["GraphPanel"]

_LOOK_SECS = 1.0
_SIZES = (256, 512, 1024, 2048, 4096)


class GraphPanel(Panel):
    """An editor for graphs of materials."""

    id: ClassVar[str] = "graph"
    title: ClassVar[str] = "Material graph"
    dock: ClassVar[str] = "center"
    is_open_at_first: ClassVar[bool] = False
    own_keys: ClassVar[frozenset[str]] = KEYS

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.canvases: dict[str, GraphCanvas] = {}
        self.side, self.menu = GraphSide(window), GraphMenu(window)
        self.size_px = 1024
        self.places: dict[str, tuple[float, float]] = {}
        """Middles of tabs by path."""
        self._front: GraphDocument | None = None
        self._look_at = 0.0
        self._bar, self._drawn_frame = 0, -1

    # -- documents ---------------------------------------------------------------------------------------------------
    @property
    def canvas(self) -> GraphCanvas | None:
        """The one that is in front."""
        document = self.host.graphs.current
        return None if document is None else self.canvases.get(document.path)

    def open(self, path: str) -> None:
        """Open a graph of the project, and show the panel; only show it where none is named."""
        if not path or self.window.do("graph.open", path=path) is not None:
            self.is_open = True
            imgui.set_window_focus(self.window_name)

    @property
    def unsaved(self) -> list[str]:
        """Graphs that are not as their files are."""
        return [each.path for each in self.host.graphs.documents if not each.is_saved]

    def save_all(self) -> None:
        """Write all that are changed."""
        for path in self.unsaved:
            self.window.do("graph.save", graph=path)

    def close(self, document: GraphDocument) -> None:
        """Close a tab; what is unsaved is asked about."""
        drop = partial(self.window.do, "graph.drop", graph=document.path)

        def save() -> None:
            self.window.do("graph.save", graph=document.path)
            if document.is_saved:
                drop()

        if document.is_saved:
            drop()
            return
        said = self.t("{name} has changes that are not saved.", name=document.name)
        self.window.shell.dialogs.ask(
            self.t("Save changes?"), said, Choice("Save", save), Choice("Cancel", lambda: None), Choice("Do not save", drop)
        )

    def hide(self) -> None:
        """Pictures of graphs that were closed are given back, whether the panel is seen or not."""
        self._drop_closed()

    def release(self) -> None:
        """The window closes."""
        for canvas in self.canvases.values():
            canvas.release()
        self.canvases.clear()

    def _drop_closed(self) -> None:
        known = {id(each) for each in self.host.graphs.documents}
        for path in [path for path, canvas in self.canvases.items() if id(canvas.document) not in known]:
            self.canvases.pop(path).release()

    # -- the frame ---------------------------------------------------------------------------------------------------
    def draw(self) -> None:
        """Tabs, and the graph in front."""
        self._drop_closed()
        documents = self.host.graphs.documents
        self._look_outside(documents)
        if imgui.get_frame_count() > self._drawn_frame + 1:  # a bar that was out of sight remembers tabs that are gone
            self._bar, self._front = self._bar + 1, None
        self._drawn_frame = imgui.get_frame_count()
        if imgui.begin_tab_bar(f"graphs {self._bar}", imgui.TabBarFlags_.fitting_policy_scroll):
            if imgui.tab_item_button(f"{icon('add')}###new graph", imgui.TabItemFlags_.leading):
                imgui.open_popup("new graph")
            imgui.set_item_tooltip(self.t("New material graph"))
            self._draw_new()
            for document in list(documents):
                self._draw_tab(document)
            imgui.end_tab_bar()
        if not documents:
            text = self.t("A material as a graph of nodes: open one, or begin with a family.")
            if say_nothing(self.window, "material", text, button=self.t("New material graph"), name="begin"):
                self.window.shell.later(lambda: self.window.do("graph.new"))

    def _draw_new(self) -> None:
        """Families to begin with, and graphs of the project."""
        if not imgui.begin_popup("new graph"):
            return
        unit, t = imgui.get_font_size(), self.t
        imgui.begin_child("families", (unit * 16, unit * 20))
        imgui.text_colored(self.window.theme.faint, t("New graph from"))
        if imgui.selectable(f"{t('Nearly nothing')}###plain", False)[0]:
            self._new("")
        for name in sorted(families()):
            if imgui.selectable(f"{t.word(name.capitalize())}###family {name}", False)[0]:
                self._new(name)
        imgui.end_child()
        imgui.end_popup()

    def _new(self, family: str) -> None:
        imgui.close_current_popup()
        self.window.shell.later(partial(self.window.do, "graph.new", family=family))

    def _draw_tab(self, document: GraphDocument) -> None:
        book = self.host.graphs
        flags = imgui.TabItemFlags_.no_assumed_closure
        if not document.is_saved:
            flags |= imgui.TabItemFlags_.unsaved_document
        if book.current is document and self._front is not document:
            flags |= imgui.TabItemFlags_.set_selected
        shown, stays = imgui.begin_tab_item(f"{document.name}###{document.path}", True, flags)
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self.places[document.path] = ((low.x + high.x) / 2, (low.y + high.y) / 2)
        imgui.set_item_tooltip(document.path)
        if shown:
            if self._front is not document and book.current is not document and self._front is not None:
                book.open(document.path)  # the user chose this tab
            self._front = document if book.current is document else self._front
            self._draw_document(document)
            imgui.end_tab_item()
        if not stays:
            self.window.shell.later(partial(self.close, document))

    def _draw_document(self, document: GraphDocument) -> None:
        canvas = self.canvases.get(document.path)
        if canvas is None or canvas.document is not document:
            canvas = self.canvases[document.path] = GraphCanvas(self.window, document, self.menu)
        unit = imgui.get_font_size()
        self._draw_bar(canvas)
        room = imgui.get_content_region_avail()
        side = min(unit * 18, room.x * 0.4)
        has_side = room.x > unit * 36
        imgui.begin_child("canvas", (room.x - (side + unit * 0.6 if has_side else 0), 0), 0, imgui.WindowFlags_.no_scrollbar)
        size = imgui.get_content_region_avail()
        canvas.draw((size.x, size.y))
        self._draw_hint(canvas)
        imgui.end_child()
        if has_side:
            imgui.same_line(0, unit * 0.6)
            imgui.begin_child("side", (side, 0))
            self.side.draw(canvas)
            imgui.end_child()
        if imgui.is_window_focused(imgui.FocusedFlags_.root_and_child_windows):
            self.keyboard_frame = imgui.get_frame_count()
            self._answer_keys(canvas)

    def _answer_keys(self, canvas: GraphCanvas) -> None:
        if imgui.is_key_chord_pressed(imgui.Key.mod_ctrl | imgui.Key.s):
            self.window.do("graph.save", graph=canvas.document.path)
        if imgui.get_io().want_text_input or imgui.is_popup_open("", imgui.PopupFlags_.any_popup):
            return
        chord = imgui.Key.mod_shift | imgui.Key.a
        if imgui.is_key_pressed(imgui.Key.tab, False) or imgui.is_key_chord_pressed(chord):
            canvas.wants_menu = True
            return
        answer_keys(canvas)

    # -- the bar -----------------------------------------------------------------------------------------------------
    def _draw_bar(self, canvas: GraphCanvas) -> None:
        document, t, theme, unit = canvas.document, self.t, self.window.theme, imgui.get_font_size()
        path = document.path
        for name, sign, said, is_on, act in (
            ("undo", "undo", t("Undo"), bool(document.undo_label), partial(self.window.do, "graph.undo", graph=path)),
            ("redo", "redo", t("Redo"), bool(document.redo_label), partial(self.window.do, "graph.redo", graph=path)),
            ("save", "save", t("Save"), not document.is_saved, partial(self.window.do, "graph.save", graph=path)),
            ("add", "add", t("Add a node"), True, canvas.ask_for_node),
            ("arrange", "hierarchy", t("Arrange nodes"), True, partial(self.window.do, "graph.arrange", graph=path)),
            ("frame", "group", t("Frame with words"), True, partial(frame, canvas)),
            ("fit", "viewport", t("Look at everything"), True, canvas.fit),
        ):  # fmt: skip
            imgui.begin_disabled(not is_on)
            if imgui.button(f"{icon(sign)}###{name}"):
                self.window.shell.later(act)
            imgui.end_disabled()
            imgui.set_item_tooltip(said)
            imgui.same_line(0, unit * 0.2)
        imgui.same_line(0, unit)
        if begin_combo(self.window, "##size", f"{self.size_px} px", unit * 6):
            for size in _SIZES:
                if imgui.selectable(f"{size} px###{size}", size == self.size_px)[0]:
                    self.size_px = size
            imgui.end_combo()
        imgui.same_line(0, unit * 0.3)
        bake = self.host.graphs.bakery.find(document)
        is_baking = bake is not None and not bake.generation.is_over
        imgui.begin_disabled(is_baking)
        if imgui.button(f"{icon('texture', t('Bake'))}###bake"):
            self.window.shell.later(partial(self.window.do, "graph.bake", size_px=self.size_px, graph=path))
        imgui.end_disabled()
        imgui.set_item_tooltip(t("Write the maps beside the graph; things that wear them follow"))
        imgui.same_line(0, unit * 0.3)
        chosen = self.host.session.current.selection
        imgui.begin_disabled(not chosen or is_baking)
        if imgui.button(f"{icon('material', t('Wear'))}###wear"):
            wearers = [str(each) for each in chosen]
            self.window.shell.later(
                partial(self.window.do, "graph.bake", size_px=self.size_px, entities=wearers, graph=path)
            )
        imgui.end_disabled()
        imgui.set_item_tooltip(t("Bake, and let what is selected in the world wear the maps") if chosen
                               else t("Select something in the world first"))  # fmt: skip
        imgui.same_line(0, unit)
        imgui.align_text_to_frame_padding()
        if bake is not None and is_baking:
            imgui.text_colored(theme.accent, f"{bake.generation.progress:.0%}  {t.word(bake.generation.text)}")
        elif bake is not None and bake.said:
            imgui.text_colored(theme.bad, icon("error", bake.said[:120]))
        elif bake is not None:
            imgui.text_colored(theme.good, icon("success", t("Maps are written")))
        else:
            imgui.text_colored(theme.faint, "")
        if document.outside is not None:
            self._draw_outside(document)

    def _draw_outside(self, document: GraphDocument) -> None:
        imgui.text_colored(self.window.theme.warning, self.t("Another program changed this file."))
        imgui.same_line()
        if imgui.small_button(f"{self.t('Take its text')}###take") and document.outside is not None:
            document.take(document.outside)
        imgui.same_line()
        if imgui.small_button(f"{self.t('Keep mine')}###keep"):
            document.outside = None

    def _draw_hint(self, canvas: GraphCanvas) -> None:
        """Over an empty canvas: how to begin."""
        if canvas.document.graph.nodes or notes_of(canvas.document.graph):
            return
        unit = imgui.get_font_size()
        text = self.t("Tab or the right button adds a node.")
        x, y = canvas.origin
        imgui.get_window_draw_list().add_text((x + unit, y + unit), self.window.theme.pack("faint"), text)

    def _look_outside(self, documents: list[GraphDocument]) -> None:
        if monotonic() < self._look_at:
            return
        self._look_at = monotonic() + _LOOK_SECS
        for document in documents:
            try:
                if document.look_outside() and document.outside is None:
                    said = self.t("{name} was read again: another program wrote it.", name=document.name)
                    self.window.shell.toasts.say(said)
            except TaixuError as error:
                self.window.shell.say_error(str(error))


def is_graph(path: str) -> bool:
    """Whether a file of the project is a graph of a material."""
    return path.endswith(GRAPH_ENDING)
