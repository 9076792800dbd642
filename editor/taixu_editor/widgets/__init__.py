"""Widgets that panels share: fields for values of every kind, forms out of schemas, search, pickers, dragging things about.

A widget draws itself where the cursor is and gives back what the user did, or None; it changes nothing. Panels turn
that into operations. So the same field serves the inspector, settings, materials and generators.
"""

from __future__ import annotations

from taixu_editor.widgets.drag_drop import DragDrop

__all__ = ["DragDrop"]
