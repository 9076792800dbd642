"""Where panels stand: the default, and what the user made of it, by name.

A layout is Dear ImGui's own text about windows and docks, and which panels are open. The one of the last time comes back by
itself; one that was made when there were other panels is not used, so that no panel floats about lost.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.assets.atomic import write_atomic
from taixu.errors import TaixuError
from taixu_editor.folders import config_folder

if TYPE_CHECKING:
    from taixu_editor.panels import Panel
    from taixu_editor.window import EditorWindow

__all__ = ["LAST", "arrange_views", "delete_layout", "lay_out_docks", "layout_names", "load_layout", "save_layout"]

LAST = "last"
"""The name of the layout that is kept when the editor ends."""

_LEFT, _RIGHT, _BOTTOM = 0.19, 0.26, 0.28
_MOST_BYTES = 1 << 20


def lay_out_docks(space: int, panels: Sequence[Panel], size: tuple[float, float]) -> None:
    """Build the default layout in a dock space: hierarchy left, inspector right, files and log below, views in the middle.

    Panels without a dock float.
    """
    build = imgui.internal
    build.dock_builder_remove_node(space)
    build.dock_builder_add_node(space, imgui.internal.DockNodeFlagsPrivate_.dock_space)
    build.dock_builder_set_node_size(space, imgui.ImVec2(*size))
    right = build.dock_builder_split_node(space, imgui.Dir.right, _RIGHT)
    bottom = build.dock_builder_split_node(right.id_at_opposite_dir, imgui.Dir.down, _BOTTOM)
    left = build.dock_builder_split_node(bottom.id_at_opposite_dir, imgui.Dir.left, _LEFT / (1 - _RIGHT))
    nodes = {"left": left.id_at_dir, "right": right.id_at_dir, "bottom": bottom.id_at_dir, "center": left.id_at_opposite_dir}
    for panel in panels:
        if panel.dock in nodes:
            build.dock_builder_dock_window(panel.window_name, nodes[panel.dock])
    build.dock_builder_finish(space)


def arrange_views(panels: Sequence[Panel]) -> None:
    """Two views side by side, or four in a square, where the first one is; inside a frame, before windows are laid out.

    The first panel is docked; the others go beside and below it.
    """
    build = imgui.internal
    first = imgui.internal.find_window_by_name(panels[0].window_name)
    if first is None or not first.dock_id:
        return
    right = build.dock_builder_split_node(first.dock_id, imgui.Dir.right, 0.5)
    nodes = [right.id_at_opposite_dir, right.id_at_dir]
    if len(panels) > 2:
        below = build.dock_builder_split_node(nodes[0], imgui.Dir.down, 0.5)
        beside = build.dock_builder_split_node(nodes[1], imgui.Dir.down, 0.5)
        nodes = [below.id_at_opposite_dir, beside.id_at_opposite_dir, below.id_at_dir, beside.id_at_dir]
    for panel, node in zip(panels[1:], nodes[1:], strict=False):
        build.dock_builder_dock_window(panel.window_name, node)
        panel.is_open = True
    build.dock_builder_finish(nodes[0])


def save_layout(window: EditorWindow, name: str) -> None:
    """Keep where everything stands now.

    Raises
    ------
    TaixuError
        When it cannot be written.
    """
    import tomlkit

    if not re.fullmatch(r"[^\\/:*?\"<>|.\x00-\x1f][^\\/:*?\"<>|\x00-\x1f]{0,60}", name):
        raise TaixuError(f"{name!r} is no name for a layout; use letters, digits and spaces")
    imgui.set_current_context(window.gui.context)
    data = {
        "panels": [panel.id for panel in window.panels], "open": [panel.id for panel in window.panels if panel.is_open],
        "windows": imgui.save_ini_settings_to_memory(),
    }  # fmt: skip
    write_atomic(_file(name), tomlkit.dumps(data))


def load_layout(window: EditorWindow, name: str) -> bool:
    """Put everything where it stood, between two frames; False where there is no such layout, or it fits no more."""
    file = _file(name)
    try:
        if not file.is_file() or file.stat().st_size > _MOST_BYTES:
            return False
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        panels, is_open, windows = data["panels"], data["open"], str(data["windows"])
        if sorted(panels) != sorted(panel.id for panel in window.panels):
            return False
    except (OSError, ValueError, KeyError, TypeError):
        return False
    imgui.set_current_context(window.gui.context)
    imgui.load_ini_settings_from_memory(windows)
    for panel in window.panels:
        panel.is_open = panel.id in is_open
    window.keep_docks()
    return True


def layout_names() -> list[str]:
    """Layouts that the user has named."""
    folder = config_folder() / "layouts"
    return sorted(file.stem for file in folder.glob("*.toml") if file.stem != LAST) if folder.is_dir() else []


def delete_layout(name: str) -> None:
    """Forget a layout."""
    _file(name).unlink(missing_ok=True)


def _file(name: str) -> Path:
    return config_folder() / "layouts" / f"{name}.toml"
