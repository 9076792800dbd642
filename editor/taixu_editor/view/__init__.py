"""What makes a picture of a world something to work in: cameras, picking, outlines, grids. No panels here."""

from __future__ import annotations

from taixu_editor.view.gizmo import TOOLS, Gizmo, Snap, style_gizmo
from taixu_editor.view.navigation import Navigation
from taixu_editor.view.orbit import AXIS_VIEWS, OrbitCamera
from taixu_editor.view.outline import Outlined, OutlineFeature
from taixu_editor.view.picking import owner_of, pick_entities
from taixu_editor.view.surface import SurfacePoint, point_on_ground, point_under

__all__ = [
    "AXIS_VIEWS", "TOOLS", "Gizmo", "Navigation", "OrbitCamera", "OutlineFeature", "Outlined", "Snap", "SurfacePoint", "owner_of",
    "pick_entities", "point_on_ground", "point_under", "style_gizmo",
]  # fmt: skip
