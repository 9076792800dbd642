"""Widgets that panels share: fields for values of every kind, forms out of schemas, search, pickers, dragging things about.

A widget draws itself where the cursor is and gives back what the user did, or None; it changes nothing. Panels turn
that into operations. So the same field serves the inspector, settings, materials and generators.
"""

from __future__ import annotations

from taixu_editor.widgets.drag_drop import DragDrop
from taixu_editor.widgets.eyedropper import Eyedropper
from taixu_editor.widgets.fields import draw_field
from taixu_editor.widgets.form import Edit, Form
from taixu_editor.widgets.search_box import search_box
from taixu_editor.widgets.spec import FieldSpec, humanise, specs_of_component, specs_of_dataclass, specs_of_schema

__all__ = [
    "DragDrop", "Edit", "Eyedropper", "FieldSpec", "Form", "draw_field", "humanise", "search_box", "specs_of_component",
    "specs_of_dataclass", "specs_of_schema",
]
