"""Twins in the editor: a copy of the open world that devices feed, or that stands as a recording has it, beside what is edited.

The edited document is never written by readings. `TwinDesk` holds the copy, where readings come from and what was heard
(`TopicBook`); `operations` edit the world's settings (sources, bindings, rules), and can be undone like all edits.
"""

from __future__ import annotations

from taixu_editor.twin.desk import TwinDesk
from taixu_editor.twin.operations import TWIN_EDITS, twin_operations

__all__ = ["TWIN_EDITS", "TwinDesk", "twin_operations"]
