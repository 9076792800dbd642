"""Taixu's editor: place, script, generate and play worlds. `start` is what ``taixu edit`` calls.

The editor is a `Host` (project, session, operations: no window) and windows onto it. Everything a person does goes through
the host's operations, so it can be undone, logged, scripted and done by an agent. Dear ImGui lives in `interface`,
`panels` and `window`; nothing else knows it.
"""

from __future__ import annotations

from taixu_editor.start import start

__all__ = ["start"]
