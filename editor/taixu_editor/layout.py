"""Where panels stand until somebody moves them."""

from __future__ import annotations

from collections.abc import Sequence

from imgui_bundle import imgui

from taixu_editor.panels import Panel

__all__ = ["lay_out_docks"]

_LEFT, _RIGHT, _BOTTOM = 0.19, 0.26, 0.28


def lay_out_docks(space: int, panels: Sequence[Panel], size: tuple[float, float]) -> None:
    """Build the default layout in a dock space: hierarchy left, inspector right, files and log below, views in the middle."""
    build = imgui.internal
    build.dock_builder_remove_node(space)
    build.dock_builder_add_node(space, imgui.internal.DockNodeFlagsPrivate_.dock_space)
    build.dock_builder_set_node_size(space, imgui.ImVec2(*size))
    right = build.dock_builder_split_node(space, imgui.Dir.right, _RIGHT)
    bottom = build.dock_builder_split_node(right.id_at_opposite_dir, imgui.Dir.down, _BOTTOM)
    left = build.dock_builder_split_node(bottom.id_at_opposite_dir, imgui.Dir.left, _LEFT / (1 - _RIGHT))
    nodes = {"left": left.id_at_dir, "right": right.id_at_dir, "bottom": bottom.id_at_dir, "center": left.id_at_opposite_dir}
    for panel in panels:
        build.dock_builder_dock_window(panel.window_name, nodes[panel.dock])
    build.dock_builder_finish(space)
