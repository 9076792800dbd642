"""Panels: the parts of the editor's window, each one a class that draws itself in a dock."""

from __future__ import annotations

from taixu_editor.panels.panel import Panel
from taixu_editor.panels.viewport import Viewport

__all__ = ["Panel", "Viewport"]
