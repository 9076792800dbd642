"""What can be done to the entities of the hierarchy, as a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui

from taixu.edit.prefab import PrefabInstance
from taixu.scene import Node
from taixu_editor.interface import icon
from taixu_editor.widgets.add_menu import draw_add_menu

if TYPE_CHECKING:
    from taixu_editor.panels.hierarchy import HierarchyPanel

__all__ = ["draw_entity_menu"]


def draw_entity_menu(panel: HierarchyPanel, *, with_entities: bool = True) -> None:
    """Entries for what is selected, or for nothing."""
    window, t = panel.window, panel.t
    session = panel.host.session
    if not with_entities:
        draw_add_menu(window)
        imgui.separator()
        _do(panel, "paste", "Paste", "entity.paste")
        return
    active = session.current.selection[-1] if session.current.selection else ""
    if not active:
        return
    if imgui.begin_menu(f"{icon('add')}     {t('Add below')}###add below"):
        draw_add_menu(window, parent=active)
        imgui.end_menu()
    imgui.separator()
    if imgui.menu_item(f"{icon('rename')}   {t('Rename')}###rename", "F2", False)[0]:
        panel.begin_rename(panel.active)
    _do(panel, "duplicate", "Duplicate", "entity.duplicate")
    _do(panel, "copy", "Copy", "entity.copy")
    _do(panel, "paste", "Paste below", "entity.paste_below")
    _do(panel, "delete", "Delete", "entity.delete")
    imgui.separator()
    _do(panel, "group", "Group", "entity.group")
    _do(panel, "ungroup", "Ungroup", "entity.ungroup")
    is_child = Node(session.world, panel.active).parent is not None
    if is_child and imgui.menu_item_simple(f"{icon('top')}   {t('To the top level')}###to the top"):
        panel.hang(session.current.selection, 0)
    imgui.separator()
    _do(panel, "eye", "Hide or show", "entity.hide")
    _do(panel, "lock", "Lock or unlock", "entity.lock")
    imgui.separator()
    _prefab(panel, active)
    if imgui.menu_item_simple(f"{icon('opened')}   {t('Open all below')}###open all"):
        panel.rows.open_below(session.world, np.array(sorted(panel.selected), np.uint64))
    if imgui.menu_item_simple(f"{icon('closed')}   {t('Close all below')}###close all"):
        panel.rows.open_below(session.world, np.array(sorted(panel.selected), np.uint64), opened=False)


def _prefab(panel: HierarchyPanel, active: str) -> None:
    window, world, t = panel.window, panel.host.session.world, panel.t
    if world.has(panel.active, PrefabInstance):
        if imgui.menu_item_simple(f"{icon('open')}   {t('Open prefab')}###prefab.open"):
            source = world.get(panel.active, PrefabInstance).source
            window.shell.later(lambda: window.shell.documents.open(source))
        if imgui.menu_item_simple(f"{icon('prefab')}   {t('Unpack prefab')}###prefab.unpack"):
            window.do("prefab.unpack", instance=active)
        if imgui.menu_item_simple(f"{icon('reset')}   {t('Revert to prefab')}###prefab.revert"):
            window.do("prefab.revert", instance=active)
        if imgui.menu_item_simple(f"{icon('save')}   {t('Apply to prefab')}###prefab.apply"):
            window.do("prefab.apply", instance=active)
        imgui.separator()
    elif not world.place(panel.active)[0].made:
        if imgui.menu_item_simple(f"{icon('prefab')}   {t('Make prefab')}###prefab.make"):
            window.do("prefab.make", entity=active, path=panel.prefab_path(panel.active))
        imgui.separator()


def _do(panel: HierarchyPanel, picture: str, title: str, operation: str) -> None:
    window = panel.window
    known = next((each for each in window.host.operations if each.id == operation), None)
    if known is None:
        return
    reason = window.host.operations.blocked(window.host.session, operation)
    shell = getattr(window, "shell", None)
    keys = shell.keymap.first(operation) if shell is not None else known.shortcut
    if imgui.menu_item(f"{icon(picture)}   {window.t(title)}###{operation}", keys, False, not reason)[0]:
        window.do(operation)
