"""What makes a picture of a world something to work in: cameras, picking, outlines, grids. No panels here."""

from __future__ import annotations

from taixu_editor.view.navigation import Navigation
from taixu_editor.view.orbit import AXIS_VIEWS, OrbitCamera
from taixu_editor.view.outline import Outlined, OutlineFeature
from taixu_editor.view.picking import owner_of, pick_entities

__all__ = ["AXIS_VIEWS", "Navigation", "OrbitCamera", "OutlineFeature", "Outlined", "owner_of", "pick_entities"]
