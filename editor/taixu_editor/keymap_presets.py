"""Shortcuts as other editors have them, by operation. What a preset leaves out is as in Taixu's own."""

from __future__ import annotations

__all__ = ["PRESETS", "PRESET_TITLES"]

PRESET_TITLES = {"taixu": "Taixu", "unity": "Unity", "godot": "Godot", "blender": "Blender", "roblox": "Roblox"}

_TAIXU = {
    "editor.palette": "Ctrl+P, Ctrl+Shift+P", "editor.find_entity": "Ctrl+Shift+F", "editor.settings": "Ctrl+,",
    "editor.keys": "Ctrl+Alt+K", "editor.quit": "Ctrl+Q", "editor.open": "Ctrl+O", "project.open": "",
    "project.new": "Ctrl+Shift+N", "world.new": "Ctrl+N", "world.save": "", "editor.save": "Ctrl+S",
    "editor.save_as": "Ctrl+Shift+S",
    "history.undo": "Ctrl+Z", "history.redo": "Ctrl+Shift+Z, Ctrl+Y",
    "entity.duplicate": "Ctrl+D", "entity.delete": "Delete", "entity.rename": "", "hierarchy.rename": "F2",
    "entity.group": "Ctrl+G",
    "entity.ungroup": "Ctrl+Shift+G", "entity.drop": "PgDn", "entity.copy": "Ctrl+C", "entity.cut": "Ctrl+X",
    "entity.paste": "Ctrl+V", "entity.hide": "H", "entity.lock": "Ctrl+L",
    "selection.all": "Ctrl+A", "selection.none": "Ctrl+Shift+A",
    "tool.select": "Q", "tool.move": "W", "tool.rotate": "E", "tool.scale": "R", "gizmo.local": "T", "gizmo.pivot": "Z",
    "snap.toggle": "Y", "view.focus": "F", "view.all": "Home",
    "view.front": "Num1", "view.back": "Ctrl+Num1", "view.right": "Num3", "view.left": "Ctrl+Num3", "view.top": "Num7",
    "view.bottom": "Ctrl+Num7", "view.parallel": "Num5",
    "play.start": "F5", "play.stop": "Shift+F5", "play.pause": "F6", "play.step": "F7",
    "play.eject": "F8", "play.keep_selected": "K",
}  # fmt: skip

PRESETS: dict[str, dict[str, str]] = {
    "taixu": _TAIXU,
    "unity": _TAIXU | {
        "gizmo.local": "X", "history.redo": "Ctrl+Y", "editor.palette": "Ctrl+K", "play.start": "Ctrl+P",
        "play.stop": "Ctrl+Alt+P", "play.pause": "Ctrl+Shift+P", "play.step": "", "entity.group": "Ctrl+Shift+G",
        "entity.ungroup": "", "snap.toggle": "", "entity.drop": "End",
    },
    "godot": _TAIXU | {
        "history.redo": "Ctrl+Shift+Z", "editor.palette": "Ctrl+Shift+P", "play.stop": "F8", "play.pause": "F7", "play.step": "F10",
        "play.eject": "Shift+F8",
        "view.front": "Num1", "view.back": "Alt+Num1", "view.left": "Alt+Num3", "view.bottom": "Alt+Num7",
    },
    "blender": _TAIXU | {
        "tool.select": "W", "tool.move": "G", "tool.rotate": "R", "tool.scale": "S", "gizmo.local": ",", "gizmo.pivot": ".",
        "snap.toggle": "Shift+Tab", "view.focus": "NumDot", "entity.duplicate": "Shift+D", "entity.delete": "X, Delete",
        "history.redo": "Ctrl+Shift+Z", "editor.palette": "F3", "entity.hide": "H", "selection.all": "A",
        "selection.none": "Alt+A", "play.start": "F5",
    },
    "roblox": _TAIXU | {
        "tool.select": "Ctrl+1", "tool.move": "Ctrl+2", "tool.scale": "Ctrl+3", "tool.rotate": "Ctrl+4", "gizmo.local": "Ctrl+L",
        "entity.lock": "Alt+L", "entity.ungroup": "Ctrl+U", "snap.toggle": "", "play.pause": "F12", "editor.palette": "Ctrl+P",
        "entity.hide": "",
    },
}  # fmt: skip
"""By preset and operation: one shortcut or several, a comma and a space between."""
