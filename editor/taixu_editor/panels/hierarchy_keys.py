"""Keys of the hierarchy: going up and down, opening and closing. What shortcuts do everywhere is the keymap's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui

from taixu.ecs import World
from taixu.scene import Node

if TYPE_CHECKING:
    from taixu_editor.panels.hierarchy import HierarchyPanel

__all__ = ["use_keys"]

_MERGE = "hierarchy keys"
"""Going through rows by keys is one step of history."""


def use_keys(panel: HierarchyPanel, world: World) -> None:
    """Follow the keys while the panel has them and no text is typed."""
    focused = imgui.is_window_focused(imgui.FocusedFlags_.child_windows)
    if not focused or imgui.get_io().want_text_input or panel.renaming or not len(panel.rows.entities):
        return
    panel.keyboard_frame = imgui.get_frame_count()
    key, io = imgui.Key, imgui.get_io()
    if io.key_ctrl or io.key_alt:
        return
    row = panel.rows.row_of(panel.active)
    last = len(panel.rows.entities) - 1
    page = max(1, int(imgui.get_window_height() / max(panel.place[3], 1.0)) - 1)
    steps = {key.up_arrow: -1, key.down_arrow: 1, key.page_up: -page, key.page_down: page}
    for pressed, step in steps.items():
        if imgui.is_key_pressed(pressed):
            _go(panel, min(max(row + step, 0), last) if row >= 0 else 0)
            return
    if imgui.is_key_pressed(key.home, False):
        _go(panel, 0)
    elif imgui.is_key_pressed(key.end, False):
        _go(panel, last)
    elif row >= 0 and imgui.is_key_pressed(key.right_arrow):
        _open(panel, world, row)
    elif row >= 0 and imgui.is_key_pressed(key.left_arrow):
        _close(panel, world, row)
    elif row >= 0 and imgui.is_key_pressed(key.enter, False):
        panel.begin_rename(panel.active)


def _go(panel: HierarchyPanel, row: int) -> None:
    entity = int(panel.rows.entities[row])
    if imgui.get_io().key_shift:
        panel.select_range(entity, merge=_MERGE)
    else:
        panel.anchor = entity
        panel.select((entity,), merge=_MERGE)
    panel.show(entity)


def _open(panel: HierarchyPanel, world: World, row: int) -> None:
    entity = int(panel.rows.entities[row])
    if not panel.rows.has_children[row]:
        return
    if world.stable_id(entity) in panel.rows.expanded:
        _go(panel, min(row + 1, len(panel.rows.entities) - 1))
    else:
        panel.rows.open([world.stable_id(entity)])


def _close(panel: HierarchyPanel, world: World, row: int) -> None:
    entity = int(panel.rows.entities[row])
    if panel.rows.has_children[row] and world.stable_id(entity) in panel.rows.expanded:
        panel.rows.close([world.stable_id(entity)])
        return
    above = Node(world, entity).parent
    if above is not None and panel.rows.row_of(above.entity) >= 0:
        _go(panel, int(np.int32(panel.rows.row_of(above.entity))))
