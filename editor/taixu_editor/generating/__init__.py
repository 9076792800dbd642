"""Generating in the editor: what a person asks for, the queue of it, what came of it, and how it gets into the world.

Nothing here knows Dear ImGui: the panel *Generate*, scripts, the console and agents all use one `Studio` of the host, and the
operations ``generate.*``. A `Wish` is what somebody asks for; a `Task` is a wish on its way; an `Entry` is what came of one, kept
in the project's `History`. Files stay in the user's cache until somebody keeps or applies them: then they are copied into the
project with their sidecars, and the world names those.
"""

from __future__ import annotations

from taixu_editor.generating.history import Entry, History, history_of
from taixu_editor.generating.studio import Studio
from taixu_editor.generating.task import Task
from taixu_editor.generating.wish import Wish

__all__ = ["Entry", "History", "Studio", "Task", "Wish", "history_of"]
