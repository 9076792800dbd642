"""The menu bar, out of the registry of operations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu_editor.additions import ADDITIONS
from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["MENUS", "draw_menu_bar", "menu_entry"]

MENUS: dict[str, tuple[str, ...]] = {
    "File": (
        "project.new", "project.from_words", "editor.open", "recent", "-",
        "world.new", "editor.save", "editor.save_as", "editor.save_all", "-",
        "asset.import", "exports", "past.choose", "-", "editor.close_document", "editor.close_project", "editor.quit",
    ),
    "Edit": (
        "history.undo", "history.redo", "-", "entity.cut", "entity.copy", "entity.paste", "entity.duplicate", "entity.delete",
        "hierarchy.rename", "-", "entity.group", "entity.ungroup", "entity.drop", "-", "selection.all", "selection.none", "-",
        "editor.settings", "editor.keys", "editor.agents",
    ),
    "Add": ("additions", "-", "editor.generate", "editor.avatar"),
    "View": (
        "view.focus", "view.all", "-", "view.front", "view.back", "view.right", "view.left", "view.top", "view.bottom",
        "view.parallel", "-", "view.one", "view.two", "view.four", "-",
        "view.grid", "view.colliders", "view.from_camera", "view.to_camera", "-", "panels", "-",
        "layouts", "-", "editor.theme", "editor.language",
    ),
    "Play": (
        "play.start", "play.stop", "-", "play.pause", "play.step", "play.eject", "-", "play.keep_selected", "play.offer", "-",
        "live.connect", "live.disconnect",
    ),
    "Help": ("editor.palette", "editor.keys", "-", "tutorials", "-", "editor.about"),
}  # fmt: skip
"""Operations by menu; those that the registry lacks are left out, ``-`` is a line, and a word is a list of this module's."""

_EXPORTS = ("world.screenshot", "world.film", "-", "world.export", "-", "project.pack", "project.folder", "-", "session.log")
_WITHOUT_WORLD = frozenset({"File", "Help"})


def draw_menu_bar(window: EditorWindow) -> None:
    """Lay out the bar, with the project's name at its end."""
    unit = imgui.get_font_size()
    imgui.push_style_var(imgui.StyleVar_.frame_padding, (unit * 0.5, unit * 0.4))
    is_shown = imgui.begin_main_menu_bar()
    imgui.pop_style_var()
    if not is_shown:
        return
    has_world = bool(window.host.session.worlds)
    for title, entries in MENUS.items():
        if not has_world and title not in _WITHOUT_WORLD:
            continue
        if imgui.begin_menu(f"{window.t(title)}###{title}"):
            imgui.push_style_var(imgui.StyleVar_.item_spacing, (unit * 0.6, unit * 0.55))
            _entries(window, entries)
            imgui.pop_style_var()
            imgui.end_menu()
    if has_world:
        _where(window)
    imgui.end_main_menu_bar()


def _entries(window: EditorWindow, entries: tuple[str, ...]) -> None:
    lists = {
        "recent": _recent, "additions": _additions, "panels": _panels, "layouts": _layouts, "tutorials": _tutorials,
        "exports": _exports,
    }  # fmt: skip
    is_line_due = False
    has_entry = False
    for entry in entries:
        if entry == "-":
            is_line_due = has_entry
        elif entry in lists or entry in window.host.operations:
            if is_line_due:
                imgui.separator()
            is_line_due, has_entry = False, True
            if entry in lists:
                lists[entry](window)
            else:
                menu_entry(window, entry)


def menu_entry(window: EditorWindow, operation: str) -> None:
    """An entry that does an operation without parameters; nothing where there is no such operation."""
    if operation == "-":
        imgui.separator()
        return
    if operation not in window.host.operations:
        return
    known = window.host.operations.find(operation)
    reason = window.host.operations.blocked(window.host.session, operation)
    label = f"{window.t(known.title)}###{operation}"
    chosen, _ = imgui.menu_item(label, window.shell.keymap.first(operation), False, not reason)
    if reason and imgui.is_item_hovered(imgui.HoveredFlags_.allow_when_disabled):
        imgui.set_tooltip(window.t(reason))
    if chosen:
        window.shell.do_later(operation)


def _recent(window: EditorWindow) -> None:
    recent = window.shell.start_page.recent()
    if imgui.begin_menu(f"{window.t('Open recent')}###recent", bool(recent)):
        for path, is_there in recent[:12]:
            chosen, _ = imgui.menu_item(f"{path.name}###{path}", str(path.parent), False, is_there)
            if chosen:
                window.shell.after_saving(partial(window.shell.open_later, path))
        imgui.end_menu()


def _additions(window: EditorWindow) -> None:
    for kind, addition in ADDITIONS.items():
        if addition is None:
            imgui.separator()
        elif imgui.menu_item(f"{icon(addition.icon)}   {window.t(addition.title)}###{kind}", "", False)[0]:
            window.shell.later(partial(window.do, "editor.add", kind=kind))


def _exports(window: EditorWindow) -> None:
    if imgui.begin_menu(f"{window.t('Export')}###exports", bool(window.host.session.worlds)):
        for entry in _EXPORTS:
            menu_entry(window, entry)
        imgui.end_menu()


def _panels(window: EditorWindow) -> None:
    if not imgui.begin_menu(f"{window.t('Panels')}###panels"):
        return
    for panel in window.panels:
        chosen, _ = imgui.menu_item(f"{window.t(panel.title)}###panel {panel.id}", "", panel.is_open)
        if chosen:
            panel.is_open = not panel.is_open
    imgui.end_menu()


def _layouts(window: EditorWindow) -> None:
    from taixu_editor.layout import delete_layout, layout_names

    if imgui.begin_menu(f"{window.t('Layout')}###layouts"):
        menu_entry(window, "layout.reset")
        menu_entry(window, "layout.save")
        names = layout_names()
        if names:
            imgui.separator()
        for name in names:
            if imgui.menu_item(name, "", False)[0]:
                window.shell.later(partial(window.do, "layout.load", name=name))
        if names and imgui.begin_menu(f"{window.t('Delete layout')}###delete"):
            for name in names:
                if imgui.menu_item(name, "", False)[0]:
                    delete_layout(name)
            imgui.end_menu()
        imgui.end_menu()


def _tutorials(window: EditorWindow) -> None:
    from taixu_editor.panels.guide import open_page
    from taixu_editor.panels.start_page import tutorials

    if imgui.begin_menu(f"{window.t('Tutorials')}###tutorials"):
        for title, file in tutorials():
            if imgui.menu_item(f"{window.t(title)}###{file.name}", "", False)[0]:
                window.shell.later(partial(open_page, window, file))
        imgui.end_menu()


def _where(window: EditorWindow) -> None:
    """Project and world in the middle of what is left, with a dot while something is unsaved."""
    session, theme = window.host.session, window.theme
    project = session.project.name or session.project.root.name
    text = f"{project}  /  {window.shell.world_name()}"
    width = imgui.calc_text_size(text).x
    imgui.same_line(max(imgui.get_cursor_pos_x(), imgui.get_window_width() - width - imgui.get_font_size() * 2.2))
    is_saved = window.shell.is_current_saved()
    x, y = imgui.get_cursor_screen_pos().x, imgui.get_cursor_screen_pos().y
    if not is_saved:
        radius = imgui.get_font_size() * 0.22
        center = (x - radius * 4, y + imgui.get_font_size() * 0.95)
        imgui.get_window_draw_list().add_circle_filled(center, radius, theme.pack("warning"))
    imgui.text_colored(theme.faint, text)
    if imgui.is_item_hovered():
        path = session.current.path
        imgui.set_tooltip((str(path) if path is not None else "") + ("" if is_saved else "  " + window.t("not saved")))
