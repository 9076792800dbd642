"""What makes a picture of a world something to work in: cameras, picking, outlines, grids. No panels here."""

from __future__ import annotations

from taixu_editor.view.compass import Compass
from taixu_editor.view.gizmo import TOOLS, Gizmo, style_gizmo
from taixu_editor.view.icons import EntityIcons
from taixu_editor.view.modes import LIT, MODES, ModeFeature, mode_outputs, mode_settings
from taixu_editor.view.navigation import Navigation
from taixu_editor.view.orbit import AXIS_VIEWS, OrbitCamera
from taixu_editor.view.outline import Outlined, OutlineFeature
from taixu_editor.view.picking import owner_of, pick_entities
from taixu_editor.view.screen import Screen
from taixu_editor.view.shown import LAYERS, Shown, draw_shown_menu
from taixu_editor.view.snap import Snap
from taixu_editor.view.surface import SurfacePoint, point_on_ground, point_under

__all__ = [
    "AXIS_VIEWS", "LAYERS", "LIT", "MODES", "TOOLS", "Compass", "EntityIcons", "Gizmo", "ModeFeature", "Navigation", "OrbitCamera",
    "OutlineFeature", "Outlined", "Screen", "Shown", "Snap", "SurfacePoint", "draw_shown_menu", "mode_outputs",
    "mode_settings", "owner_of", "pick_entities", "point_on_ground", "point_under", "style_gizmo",
]  # fmt: skip
