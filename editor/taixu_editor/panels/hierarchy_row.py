"""One row of the hierarchy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.ecs import Table, World
from taixu.edit.ids import id_text
from taixu.edit.marks import Locked, hidden_indices, locked_indices
from taixu.errors import TaixuError
from taixu.scene import Name, Visibility
from taixu_editor.interface import icon
from taixu_editor.kinds import kind_of

if TYPE_CHECKING:
    from taixu_editor.panels.hierarchy import HierarchyPanel

__all__ = ["RowPainter"]

_MARKS = 2  # eye and lock


class RowPainter:
    """Draws rows: an arrow, an icon, the name, and what may be hidden or locked."""

    def __init__(self, panel: HierarchyPanel) -> None:
        self._panel = panel
        self._kinds: dict[int, str] = {}
        self._marks_key: object = None

    def begin(self, world: World, width: float, height: float) -> None:
        """Before the rows of a frame."""
        if getattr(self, "_world", None) is not world:
            self._kinds.clear()
        self._world, self._width, self._height = world, width, height
        self._font = imgui.get_font_size()
        self._draw = imgui.get_window_draw_list()
        touched = [table.touched for kind in (Locked, Visibility) for table in world.query(kind).tables()]
        key = (id(world), max(touched, default=-1), self._panel.rows.version)
        if key != self._marks_key:
            self._marks_key = key
            self._locked = locked_indices(world) if len(world.query(Locked)) else None
            self._hidden = hidden_indices(world) if len(world.query(Visibility)) else None

    def draw_run(self, start: int, end: int) -> None:
        """Lay out rows where the cursor is; what they need of the world is asked for once."""
        entities = self._panel.rows.entities[start:end]
        ids = self._world.stable_ids(entities).tolist()
        for row, (entity, number) in enumerate(zip(entities.tolist(), ids, strict=True), start):
            try:
                found = self._world.place(entity)
            except TaixuError:  # it went, a moment ago, and the rows do not know it yet
                imgui.dummy((self._width, self._height))
            else:
                self._row(row, entity, id_text(number), *found)

    def _row(self, row: int, entity: int, text: str, table: Table, place: int) -> None:
        panel, world, theme = self._panel, self._world, self._panel.window.theme
        rows = panel.rows
        imgui.push_id(text)
        start = imgui.get_cursor_screen_pos()
        imgui.set_next_item_allow_overlap()
        is_selected = entity in panel.selected
        imgui.selectable("##row", is_selected, imgui.SelectableFlags_.allow_overlap, (self._width, self._height))
        hovered = imgui.is_item_hovered(imgui.HoveredFlags_.allow_when_overlapped_by_item)
        name = str(table.read(Name, "text")[place]) if Name in table.types else ""
        kind = self._kind(world, table.id)
        title = name or panel.t.word(_TITLES.get(kind, "Entity"))
        self._use(entity, title, hovered)
        depth = min(int(rows.depths[row]), 24)
        x, y = start.x + self._font * (0.2 + 0.85 * depth), start.y + (self._height - self._font) / 2
        index = entity & 0xFFFFFFFF
        unseen = self._hidden is not None and index < len(self._hidden) and bool(self._hidden[index])
        faint = bool(rows.is_made[row]) or not name or unseen
        hidden = Visibility in table.types and not table.read(Visibility, "visible")[place]
        if rows.has_children[row]:
            self._arrow(entity, text, x, start.y, opened=rows.search != "" or int(text, 16) in rows.expanded)
        x += self._font * 1.05
        self._text(x, y, icon(kind), self._icon_color(kind, is_selected, faint=faint or hidden))
        x += self._font * 1.45
        right = start.x + self._width - self._font * 1.35 * _MARKS - self._font * 0.4
        if panel.renaming == text:
            self._rename(x, start.y, right)
        else:
            color = theme.faint if faint or hidden else theme.text
            imgui.push_style_color(imgui.Col_.text, color)
            size = imgui.calc_text_size(title)
            imgui.internal.render_text_ellipsis(self._draw, (x, y), (right, start.y + self._height), right, title, size)
            imgui.pop_style_color()
        if not rows.is_made[row]:
            self._marks(entity, text, start, hovered, hidden=hidden, locked=Locked in table.types)
        imgui.set_cursor_screen_pos((start.x, start.y + self._height))
        imgui.pop_id()

    def _use(self, entity: int, title: str, hovered: bool) -> None:
        panel = self._panel
        if imgui.is_item_clicked():
            panel.press_row(entity)
        if imgui.is_item_clicked(imgui.MouseButton_.right):
            if entity not in panel.selected:
                panel.anchor = entity
                panel.select((entity,))
            imgui.open_popup("menu")
        if hovered and imgui.is_mouse_released(imgui.MouseButton_.left):
            panel.release_row(entity, dragged=panel.window.drag_drop.is_dragging("entities"))
        if hovered and imgui.is_mouse_double_clicked(imgui.MouseButton_.left):
            panel.open_or_focus(entity)
        panel.drag(entity, title)
        panel._drop_on(entity)
        panel.draw_menu("menu", with_entities=True)

    def _arrow(self, entity: int, text: str, x: float, y: float, *, opened: bool) -> None:
        imgui.set_cursor_screen_pos((x - self._font * 0.15, y))
        if imgui.invisible_button("arrow", (self._font * 1.1, self._height)):
            self._panel.toggle(entity)
        color = "text" if imgui.is_item_hovered() else "faint"
        glyph = icon("opened" if opened else "closed")
        wide = imgui.calc_text_size(glyph).x
        place = x + (self._font * 0.85 - wide) / 2
        self._text(place, y + (self._height - self._font) / 2, glyph, self._panel.window.theme.pack(color))

    def _marks(self, entity: int, text: str, start: imgui.ImVec2, hovered: bool, *, hidden: bool, locked: bool) -> None:
        """Eye and lock: shown where they say something, or under the pointer."""
        panel, step = self._panel, self._font * 1.35
        x = start.x + self._width - step * _MARKS - self._font * 0.15
        index = entity & 0xFFFFFFFF
        inherited = self._locked is not None and not locked and index < len(self._locked) and bool(self._locked[index])
        chosen = panel.host.session.current.selection if entity in panel.selected else (text,)
        imgui.set_cursor_screen_pos((x, start.y))
        if imgui.invisible_button("lock", (step, self._height)):
            panel.window.do("entity.lock", locked=not locked, entities=chosen)
        imgui.set_item_tooltip(panel.t("Unlock" if locked else "Lock: not to be picked or moved in views"))
        self._mark(x, start.y, "lock" if locked or inherited else "unlock", locked, hovered or inherited)
        imgui.set_cursor_screen_pos((x + step, start.y))
        if imgui.invisible_button("eye", (step, self._height)):
            panel.window.do("entity.hide", hidden=not hidden, entities=chosen)
        imgui.set_item_tooltip(panel.t("Show" if hidden else "Hide, with all below it"))
        self._mark(x + step, start.y, "eye_closed" if hidden else "eye", hidden, hovered)

    def _mark(self, x: float, y: float, name: str, says: bool, hovered: bool) -> None:
        if not (says or hovered):
            return
        theme, small = self._panel.window.theme, self._font * 0.86
        color = theme.pack("text" if imgui.is_item_hovered() else "faint", 1.0 if says or imgui.is_item_hovered() else 0.55)
        wide = imgui.calc_text_size(icon(name)).x * 0.86
        where = imgui.ImVec2(x + (self._font * 1.35 - wide) / 2, y + (self._height - small) / 2)
        self._draw.add_text(imgui.get_font(), small, where, color, icon(name))

    def _rename(self, x: float, y: float, right: float) -> None:
        style = imgui.get_style()
        imgui.set_cursor_screen_pos((x - style.frame_padding.x * 0.5, y))
        imgui.push_style_var(imgui.StyleVar_.frame_padding, (style.frame_padding.x * 0.5, (self._height - self._font) / 2))
        imgui.set_next_item_width(right - x + self._font)
        self._panel.draw_rename()
        imgui.pop_style_var()

    def _icon_color(self, kind: str, is_selected: bool, *, faint: bool) -> int:
        theme = self._panel.window.theme
        if is_selected:
            return theme.pack("accent")
        if kind == "prefab":
            return theme.pack("accent", 0.6 if faint else 0.9)
        return theme.pack("warning", 0.5 if faint else 0.95) if kind == "light" else theme.pack("faint", 0.6 if faint else 1.0)

    def _text(self, x: float, y: float, text: str, color: int) -> None:
        self._draw.add_text(imgui.ImVec2(x, y), color, text)

    def _kind(self, world: World, table: int) -> str:
        found = self._kinds.get(table)
        if found is None:
            found = self._kinds[table] = kind_of(world.table(table))
        return found


_TITLES = {
    "prefab": "Prefab", "camera": "Camera", "light": "Light", "environment": "Environment", "sound": "Sound", "model": "Model",
    "shape": "Shape", "physics": "Body", "script": "Script", "animation": "Animation",
}  # fmt: skip

