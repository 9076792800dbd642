"""The tree of the world: find, select, rename, hide, lock, and hang things below others."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from imgui_bundle import imgui
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.edit import Nothing, Operation, PrefabInstance
from taixu.edit.conditions import no_world, none_selected
from taixu.edit.grouping import topmost
from taixu.edit.ids import id_number, id_text, id_texts
from taixu.scene import FromModel, Name, Node
from taixu_editor.clipboard import add_clipboard_operations
from taixu_editor.interface import icon
from taixu_editor.panels.generate_drop import GENERATED, drop_on_row
from taixu_editor.panels.hierarchy_keys import use_keys
from taixu_editor.panels.hierarchy_menu import draw_entity_menu
from taixu_editor.panels.hierarchy_row import RowPainter
from taixu_editor.panels.hierarchy_rows import HierarchyRows
from taixu_editor.panels.inspector_live import bind_dropped
from taixu_editor.panels.panel import Panel
from taixu_editor.panels.twin_topics import TOPIC_FIELD
from taixu_editor.widgets.add_menu import draw_add_menu
from taixu_editor.widgets.search_box import search_box

if TYPE_CHECKING:
    from taixu_editor.host import Host
    from taixu_editor.window import EditorWindow

__all__ = ["HierarchyPanel"]


class HierarchyPanel(Panel):
    """A virtual tree: only the rows in sight are laid out, whatever the world holds."""

    id: ClassVar[str] = "hierarchy"
    title: ClassVar[str] = "Hierarchy"
    dock: ClassVar[str] = "left"
    own_keys: ClassVar[frozenset[str]] = frozenset({"Up", "Down", "Left", "Right", "Home", "End", "PgUp", "PgDn", "Enter"})

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self.rows = HierarchyRows()
        self.selected: frozenset[int] = frozenset()
        """Handles of what is selected."""
        self.active = 0
        self.anchor = 0
        """Where a range begins."""
        self.renaming = ""
        """Stable id of what is being given another name."""
        self.place = (0.0, 0.0, 0.0, 0.0)
        """Left, top, width of the rows and the height of one, in window units."""
        self.scroll = 0.0
        self._painter = RowPainter(self)
        self._spacing = (0.0, 0.0)
        self._seen: NDArray[np.uint64] | None = None
        self._mine: tuple[str, ...] | None = None
        self._wanted = 0
        self._pressed = 0
        self._name = ""
        self._focus_name = False
        self._focus_search = False
        add_clipboard_operations(window)
        _add_operations(window)

    # -- the frame ---------------------------------------------------------------------------------------------------
    def draw(self) -> None:
        """Search, rows, hands."""
        if not self.host.session.worlds:
            imgui.text_disabled(self.t("No world is open."))
            return
        world = self.host.session.world
        self._draw_head()
        self.rows.update(world)
        self._follow_selection(world)
        flags = imgui.WindowFlags_.no_nav_inputs
        usual = imgui.get_style().item_spacing
        self._spacing = (usual.x, usual.y)
        imgui.push_style_var(imgui.StyleVar_.item_spacing, (0, 0))
        if imgui.begin_child("rows", (0, 0), 0, flags):
            if len(self.rows.entities):
                self._draw_rows(world)
            else:
                self._draw_nothing()
        imgui.end_child()
        imgui.pop_style_var()
        use_keys(self, world)

    def _draw_head(self) -> None:
        size = imgui.get_frame_height()
        spacing = imgui.get_style().item_inner_spacing.x
        focus, self._focus_search = self._focus_search, False
        hint = self.t("Search")
        before = self.rows.search
        self.rows.search = search_box(self.window, "##search", self.rows.search, hint, width=-(size + spacing), focus=focus).strip()
        if before and not self.rows.search and self.active:
            self.show(self.active)  # what was found stays in sight
        imgui.same_line(0, spacing)
        if imgui.button(f"{icon('add')}###add", (size, size)):
            imgui.open_popup("add")
        imgui.set_item_tooltip(self.t("Add something to the world"))
        if imgui.begin_popup("add"):
            draw_add_menu(self.window)
            imgui.end_popup()

    def _draw_nothing(self) -> None:
        imgui.dummy((0, imgui.get_font_size()))
        imgui.push_text_wrap_pos(0)
        if self.rows.search:
            imgui.text_disabled(self.t("Nothing is called that."))
        else:
            imgui.text_disabled(self.t("This world is empty. Add something with the button above, or drop a model here."))
        imgui.pop_text_wrap_pos()
        imgui.dummy(imgui.get_content_region_avail())
        self._drop_on(0)

    def _draw_rows(self, world: World) -> None:
        origin, width = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail().x
        height = imgui.get_text_line_height() + imgui.get_style().frame_padding.y * 1.3
        self.place = (origin.x, origin.y + imgui.get_scroll_y(), width, height)
        if self._wanted:
            self._scroll_to(self._wanted, height)
        self._painter.begin(world, width, height)
        clipper = imgui.ListClipper()
        clipper.begin(len(self.rows.entities), height)
        while clipper.step():
            self._painter.draw_run(clipper.display_start, clipper.display_end)
        clipper.end()
        self.scroll = imgui.get_scroll_y()
        self._draw_ground(height)
        if self.window.drag_drop.is_dragging("entities"):
            self._scroll_at_edges()

    def _draw_ground(self, height: float) -> None:
        """Below the rows: a click selects nothing, what is dropped hangs below nobody."""
        rest = imgui.get_content_region_avail()
        imgui.invisible_button("ground", (max(rest.x, 1), max(rest.y, height)))
        if imgui.is_item_clicked():
            self.select((), how="replace")
        if imgui.is_item_clicked(imgui.MouseButton_.right):
            imgui.open_popup("ground menu")
        self._drop_on(0)
        if self.window.drag_drop.is_dragging("entities"):
            low = imgui.get_item_rect_min()
            text = self.t("Drop here for the top level")
            place = imgui.ImVec2(low.x + imgui.get_font_size() * 0.5, low.y + 3)
            imgui.get_window_draw_list().add_text(place, self.window.theme.pack("faint"), text)
        self.draw_menu("ground menu", with_entities=False)

    def draw_menu(self, name: str, *, with_entities: bool) -> None:
        """A context menu, if it is open; rows stand closer than its entries do."""
        imgui.push_style_var(imgui.StyleVar_.item_spacing, self._spacing)
        if imgui.begin_popup(name):
            draw_entity_menu(self, with_entities=with_entities)
            imgui.end_popup()
        imgui.pop_style_var()

    # -- what rows ask for -------------------------------------------------------------------------------------------
    def press_row(self, entity: int) -> None:
        """The mouse went down on a row: with Shift or Ctrl select now, else wait whether a drag begins, which selects nothing."""
        io = imgui.get_io()
        if io.key_shift:
            self.select_range(entity, keep=io.key_ctrl)
        elif io.key_ctrl:
            self.anchor = entity
            self.select((entity,), how="toggle")
        else:
            self._pressed = entity

    def release_row(self, entity: int, *, dragged: bool) -> None:
        """The mouse went up on a row: that was a click, if it went down on it."""
        if self._pressed == entity and not dragged and self.selected != {entity}:
            self.anchor = entity
            self.select((entity,))
        self._pressed = 0

    def select(self, entities: tuple[int, ...], *, how: str = "replace", merge: object = None) -> None:
        """Select by handle, as a step of history."""
        world = self.host.session.world
        ids = id_texts(world.stable_ids(np.array(entities, np.uint64)))
        if how != "replace" or tuple(ids) != self.host.session.current.selection:
            self.window.do("selection.set", merge=merge, entities=ids, how=how)
        self._mine = self.host.session.current.selection
        self._read_selection(world)

    def select_range(self, entity: int, *, keep: bool = False, merge: object = None) -> None:
        """Select all rows from where a range begins to an entity."""
        start, end = self.rows.row_of(self.anchor), self.rows.row_of(entity)
        start = end if start < 0 else start
        low, high = min(start, end), max(start, end)
        found = self.rows.entities[low : high + 1].tolist()
        if start > end:
            found.reverse()
        self.select(tuple(found), how="add" if keep else "replace", merge=merge)

    def toggle(self, entity: int) -> None:
        """Open or close a row; with Alt held, all below it too."""
        world = self.host.session.world
        opened = world.stable_id(entity) not in self.rows.expanded
        if imgui.get_io().key_alt:
            self.rows.open_below(world, np.array([entity], np.uint64), opened=opened)
        else:
            (self.rows.open if opened else self.rows.close)([world.stable_id(entity)])

    def begin_rename(self, entity: int) -> None:
        """Let the user type another name, in the row."""
        world = self.host.session.world
        if world.place(entity)[0].made and not self.can_edit(entity):
            return
        self.renaming = id_text(world.stable_id(entity))
        self._name = world.get(entity, Name).text if world.has(entity, Name) else ""
        self._focus_name = True
        self.show(entity)

    def draw_rename(self) -> None:
        """The field in place of the name."""
        if self._focus_name:
            imgui.set_keyboard_focus_here()
        flags = imgui.InputTextFlags_.enter_returns_true | imgui.InputTextFlags_.auto_select_all
        done, self._name = imgui.input_text("##rename", self._name, flags)
        left = imgui.is_item_deactivated() and not self._focus_name
        if imgui.is_item_active():
            self._focus_name = False
        escaped = imgui.is_key_pressed(imgui.Key.escape)
        if not (done or left):
            return
        entity, self.renaming = self.renaming, ""
        name = self._name.strip()
        world = self.host.session.world
        handle = world.find(id_number(entity))
        if escaped or not name or handle is None or Node(world, handle).name == name:
            return
        self.window.do("entity.rename", entity=entity, name=name)

    def open_or_focus(self, entity: int) -> None:
        """What a double click does: a prefab is opened to be worked on, other things are looked at."""
        world = self.host.session.world
        if world.has(entity, PrefabInstance) and not self.host.play.is_playing:
            source = world.get(entity, PrefabInstance).source
            self.window.shell.later(lambda: self.window.shell.documents.open(source))
        else:
            self.window.do("view.focus")

    def prefab_path(self, entity: int) -> str:
        """A path that no prefab has, after an entity's name."""
        name = Node(self.host.session.world, entity).name
        stem = "".join(c if c.isalnum() else "_" for c in name.lower()).strip("_") or "prefab"
        number, path = 1, f"assets/{stem}.prefab.json"
        while self.host.session.project.file(path).exists():
            number += 1
            path = f"assets/{stem}_{number}.prefab.json"
        return path

    def can_edit(self, entity: int) -> bool:
        """Whether changes of an entity are kept: not those of a model's nodes."""
        return not self.host.session.world.has(entity, FromModel)

    def drag(self, entity: int, label: str) -> None:
        """Let a row be dragged, with all that is selected where it is."""
        if not imgui.is_item_active():
            return
        world = self.host.session.world
        if world.place(entity)[0].made:
            return
        ids = self.host.session.current.selection if entity in self.selected else (id_text(world.stable_id(entity)),)
        count = len(ids)
        self.window.drag_drop.source("entities", ids, label if count == 1 else self.t("{count} things").format(count=count))

    def _drop_on(self, entity: int) -> None:
        dropped = self.window.drag_drop.target("entities")
        if dropped is not None:
            self.hang(dropped, entity)
        file = self.window.drag_drop.target("asset")
        if file:
            self.place_file(str(file), entity)
        field = self.window.drag_drop.target(TOPIC_FIELD) if entity else None
        if field is not None:
            self.window.shell.later(partial(bind_dropped, self.window, field, id_text(self.host.session.world.stable_id(entity))))
        result = self.window.drag_drop.target(GENERATED)
        if result:
            drop_on_row(self.window, result, id_text(self.host.session.world.stable_id(entity)) if entity else "")

    def place_file(self, file: str, entity: int) -> None:
        """Put a file of the project onto an entity, or below it; into the middle of the view where there is none."""
        if entity:
            text = id_text(self.host.session.world.stable_id(entity))
            self.window.do("asset.place", path=file, entity=text, parent=text)
            self.rows.open([int(text, 16)])
        else:
            camera = self.window.shell.camera
            place = [0.0, 0.0, 0.0] if camera is None else [float(v) for v in camera.pivot]
            self.window.do("asset.place", path=file, position=place)

    def hang(self, entities: tuple[str, ...], entity: int) -> None:
        """Hang entities below another, or below nobody; they stay where they are unless Ctrl is held."""
        session = self.host.session
        world = session.world
        parent = id_text(world.stable_id(entity)) if entity else ""
        above, here = set[int](), Node(world, entity) if entity else None
        while here is not None and here.entity not in above:
            above.add(here.entity)
            here = here.parent
        moved = []
        for text in topmost(session, entities):
            node = Node(world, session.entity(text))
            before = 0 if node.parent is None else node.parent.entity
            if node.entity not in above and before != entity and not world.place(node.entity)[0].made:
                moved.append(text)
        if moved:
            self.window.do("entity.reparent", parent=parent, entities=moved, keep_place=not imgui.get_io().key_ctrl)
            if entity:
                self.rows.open([world.stable_id(entity)])

    def show(self, entity: int) -> None:
        """Open all above an entity, and bring its row into sight."""
        self.rows.reveal(self.host.session.world, entity)
        self._wanted = entity

    def focus_search(self) -> None:
        """Put the cursor into the search."""
        self._focus_search = True

    def center_of(self, entity: str) -> tuple[float, float]:
        """The middle of an entity's row, in window units."""
        row = self.rows.row_of(self.host.session.entity(entity))
        left, top, width, height = self.place
        return left + width / 2, top + (row + 0.5) * height - self.scroll

    # -- following ---------------------------------------------------------------------------------------------------
    def _follow_selection(self, world: World) -> None:
        entry = self.host.session.current
        if entry.selected is self._seen:
            return
        selection = entry.selection
        self._read_selection(world)
        if selection != self._mine and self.active:
            self.anchor = self.active
            self.show(self.active)
            self.rows.update(world)
        self._mine = selection

    def _read_selection(self, world: World) -> None:
        self._seen = self.host.session.current.selected
        handles = self._seen.tolist()
        self.selected = frozenset(handles)
        self.active = handles[-1] if handles else 0

    def _scroll_to(self, entity: int, height: float) -> None:
        row = self.rows.row_of(entity)
        self._wanted = 0
        if row < 0:
            return
        seen, top = imgui.get_window_height(), imgui.get_scroll_y()
        if row * height < top:
            imgui.set_scroll_y(max(row * height - height, 0.0))
        elif (row + 1) * height > top + seen:
            imgui.set_scroll_y((row + 2) * height - seen)

    def _scroll_at_edges(self) -> None:
        if not imgui.is_window_hovered(imgui.HoveredFlags_.allow_when_blocked_by_active_item):
            return
        y, top, tall = imgui.get_mouse_pos().y, imgui.get_window_pos().y, imgui.get_window_height()
        edge, speed = imgui.get_font_size() * 1.5, imgui.get_io().delta_time * 600
        if y < top + edge:
            imgui.set_scroll_y(max(0.0, imgui.get_scroll_y() - speed))
        elif y > top + tall - edge:
            imgui.set_scroll_y(min(imgui.get_scroll_max_y(), imgui.get_scroll_y() + speed))


def _add_operations(window: EditorWindow) -> None:
    """What keys and palette do in whichever hierarchy the window has then; made known once."""
    if any(each.id == "hierarchy.rename" for each in window.host.operations):
        return

    def panel() -> HierarchyPanel:
        found = next(each for each in window.panels if isinstance(each, HierarchyPanel))
        found.is_open = True
        return found

    def rename(host: Host, parameters: Nothing) -> None:
        panel().begin_rename(panel().active)

    def search(host: Host, parameters: Nothing) -> None:
        panel().focus_search()

    window.host.operations.add(
        Operation("hierarchy.rename", "Rename", run=rename, shortcut="F2", blocked=none_selected),
        Operation("hierarchy.search", "Search the hierarchy", run=search, blocked=no_world),
        is_logged=False,
    )


