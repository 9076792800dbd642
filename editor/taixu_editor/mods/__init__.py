"""Mods in the editor, without a window: what lies in the project, what runs in the world that plays, and installing more.

The desk keeps one box for all plays of a session, so that playing begins at once, and reads packages in a thread. What somebody
agrees to is a plan that was looked at before: operations take the plan's digest, and agents know none of them.
"""

from __future__ import annotations

from taixu_editor.mods.desk import ModDesk
from taixu_editor.mods.operations import MOD_EDITS, mod_operations

__all__ = ["MOD_EDITS", "ModDesk", "mod_operations"]
