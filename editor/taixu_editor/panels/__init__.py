"""Panels: the parts of the editor's window, each one a class that draws itself in a dock."""

from __future__ import annotations

from taixu_editor.panels.hierarchy import HierarchyPanel
from taixu_editor.panels.panel import Panel
from taixu_editor.panels.viewport import Viewport

__all__ = ["PANELS", "HierarchyPanel", "Panel", "Viewport"]

PANELS: tuple[type[Panel], ...] = (Viewport, HierarchyPanel)
"""The panels of a window, in the order of their tabs."""
