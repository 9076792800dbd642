"""Things that are dragged from one panel and dropped in another, whatever they are.

Kinds in use: ``"entities"`` (a tuple of stable ids), ``"asset"`` (a path in the project), and those that panels name.
"""

from __future__ import annotations

from typing import Any

from imgui_bundle import imgui

__all__ = ["DragDrop"]


class DragDrop:
    """What is being dragged in a window; there is one of these in each.

    Dear ImGui's payloads hold a number here; the thing itself stays on this side.
    """

    def __init__(self) -> None:
        self.kind = ""
        self.value: Any = None

    def source(self, kind: str, value: Any, label: str) -> bool:
        """Let the item just drawn be dragged; True while it is."""
        if not imgui.begin_drag_drop_source(imgui.DragDropFlags_.source_no_disable_hover):
            return False
        if not self.is_dragging(kind):
            self.kind, self.value = kind, value
        imgui.set_drag_drop_payload_py_id(kind, 1)
        imgui.text_unformatted(label)
        imgui.end_drag_drop_source()
        return True

    def target(self, kind: str, *, is_marked: bool = True) -> Any:
        """Let things be dropped on the item just drawn, marked while they hover; gives what was dropped, in the frame it is."""
        if not imgui.begin_drag_drop_target():
            return None
        flags = 0 if is_marked else imgui.DragDropFlags_.accept_no_draw_default_rect
        dropped = imgui.accept_drag_drop_payload_py_id(kind, flags)
        imgui.end_drag_drop_target()
        return self.value if dropped is not None and self.kind == kind else None

    def target_area(self, kind: str, area: tuple[float, float, float, float], name: str) -> Any:
        """Like `target`, of an area of the window: left, top, right, bottom."""
        low, high = imgui.ImVec2(*area[:2]), imgui.ImVec2(*area[2:])
        if not imgui.internal.begin_drag_drop_target_custom(imgui.internal.ImRect(low, high), imgui.get_id(name)):
            return None
        dropped = imgui.accept_drag_drop_payload_py_id(kind)
        imgui.end_drag_drop_target()
        return self.value if dropped is not None and self.kind == kind else None

    def is_dragging(self, kind: str) -> bool:
        """Whether something of a kind is in hand now."""
        payload = imgui.get_drag_drop_payload_py_id()
        return payload is not None and payload.type == kind and self.kind == kind
