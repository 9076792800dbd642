"""What makes a picture of a world something to work in: cameras, picking, outlines, grids. No panels here."""

from __future__ import annotations

from taixu_editor.view.gizmo import TOOLS, Gizmo, Snap, style_gizmo
from taixu_editor.view.navigation import Navigation
from taixu_editor.view.orbit import AXIS_VIEWS, OrbitCamera
from taixu_editor.view.outline import Outlined, OutlineFeature
from taixu_editor.view.picking import owner_of, pick_entities

__all__ = [
    "AXIS_VIEWS", "TOOLS", "Gizmo", "Navigation", "OrbitCamera", "OutlineFeature", "Outlined", "Snap", "owner_of", "pick_entities",
    "style_gizmo",
]  # fmt: skip
