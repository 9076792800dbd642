"""Shortcuts as other editors have them, by operation. What a preset leaves out is as in Taixu's own.

Two operations share keys only where they cannot both be done (`EXCLUSIVE`): Unity starts and stops play with the same ones.
"""

from __future__ import annotations

__all__ = ["EXCLUSIVE", "PRESETS", "PRESET_TITLES"]

PRESET_TITLES = {"taixu": "Taixu", "unity": "Unity", "godot": "Godot", "blender": "Blender", "roblox": "Roblox"}

EXCLUSIVE: tuple[frozenset[str], ...] = (frozenset({"play.start", "play.stop"}),)
"""Operations of which only one can be done at a time."""

_PLACES = range(1, 10)
_TAIXU = {
    "editor.palette": "Ctrl+P, Ctrl+Shift+P", "editor.find_entity": "Ctrl+Shift+F", "editor.settings": "Ctrl+,",
    "editor.keys": "Ctrl+Alt+K", "editor.quit": "Ctrl+Q", "editor.open": "Ctrl+O", "project.open": "",
    "project.new": "Ctrl+Shift+N", "world.new": "Ctrl+N", "world.save": "", "editor.save": "Ctrl+S",
    "editor.save_as": "Ctrl+Shift+S", "editor.save_all": "Ctrl+Alt+S", "editor.close_document": "Ctrl+W",
    "document.next": "Ctrl+Tab", "document.previous": "Ctrl+Shift+Tab",
    "history.undo": "Ctrl+Z", "history.redo": "Ctrl+Shift+Z, Ctrl+Y",
    "entity.duplicate": "Ctrl+D", "entity.delete": "Delete", "entity.rename": "", "hierarchy.rename": "F2",
    "entity.group": "Ctrl+G",
    "entity.ungroup": "Ctrl+Shift+G", "entity.drop": "PgDn, End", "entity.copy": "Ctrl+C", "entity.cut": "Ctrl+X",
    "entity.paste": "Ctrl+V", "entity.hide": "H", "entity.lock": "Ctrl+L",
    "selection.all": "Ctrl+A", "selection.none": "Ctrl+Shift+A",
    "tool.select": "Q", "tool.move": "W", "tool.rotate": "E", "tool.scale": "R", "tool.fence": "Shift+F",
    "gizmo.local": "T", "gizmo.pivot": "Z",
    "modal.move": "", "modal.rotate": "", "modal.scale": "", "modal.duplicate": "",
    "snap.toggle": "Y", "view.focus": "F", "view.all": "Home", "view.grid": "G",
    "view.front": "Num1", "view.back": "Ctrl+Num1", "view.right": "Num3", "view.left": "Ctrl+Num3", "view.top": "Num7",
    "view.bottom": "Ctrl+Num7", "view.parallel": "Num5", "view.from_camera": "Num0", "view.to_camera": "Ctrl+Alt+Num0",
    "view.one": "Ctrl+Alt+1", "view.two": "Ctrl+Alt+2", "view.four": "Ctrl+Alt+4",
    "play.start": "F5", "play.stop": "Shift+F5", "play.pause": "F6", "play.step": "F7",
    "play.eject": "F8", "play.keep_selected": "K",
    **{f"view.go_{i}": f"Ctrl+{i}" for i in _PLACES}, **{f"view.keep_{i}": f"Ctrl+Shift+{i}" for i in _PLACES},
}  # fmt: skip

PRESETS: dict[str, dict[str, str]] = {
    "taixu": _TAIXU,
    "unity": _TAIXU | {
        "gizmo.local": "X", "history.redo": "Ctrl+Y", "editor.palette": "Ctrl+K", "play.start": "Ctrl+P", "play.stop": "Ctrl+P",
        "play.pause": "Ctrl+Shift+P", "play.step": "Ctrl+Alt+P", "entity.group": "Ctrl+Shift+G", "entity.ungroup": "",
        "editor.find_entity": "Ctrl+F", "view.to_camera": "Ctrl+Shift+F", "project.new": "", "snap.toggle": "", "view.grid": "",
    },
    "godot": _TAIXU | {
        "history.redo": "Ctrl+Shift+Z", "editor.palette": "Ctrl+Shift+P", "play.start": "F5, F6", "play.pause": "F7",
        "play.stop": "F8", "play.step": "F10", "play.eject": "Shift+F8",
        "view.back": "Alt+Num1", "view.left": "Alt+Num3", "view.bottom": "Alt+Num7", "view.one": "Ctrl+1", "view.two": "Ctrl+2",
        "view.four": "Ctrl+4",
        **{f"view.go_{i}": f"Ctrl+Alt+{i}" for i in _PLACES}, **{f"view.keep_{i}": f"Ctrl+Alt+Shift+{i}" for i in _PLACES},
    },
    "blender": _TAIXU | {
        "tool.select": "W", "tool.move": "", "tool.rotate": "", "tool.scale": "", "modal.move": "G", "modal.rotate": "R",
        "modal.scale": "S", "modal.duplicate": "Shift+D", "entity.duplicate": "", "gizmo.local": ",", "gizmo.pivot": ".",
        "snap.toggle": "Shift+Tab", "view.focus": "NumDot", "entity.delete": "X, Delete",
        "history.redo": "Ctrl+Shift+Z", "editor.palette": "F3", "selection.all": "A", "selection.none": "Alt+A", "view.grid": "",
        "view.four": "Ctrl+Alt+Q",
    },
    "roblox": _TAIXU | {
        "tool.select": "Ctrl+1", "tool.move": "Ctrl+2", "tool.scale": "Ctrl+3", "tool.rotate": "Ctrl+4", "gizmo.local": "Ctrl+L",
        "gizmo.pivot": "", "entity.lock": "Alt+L", "entity.ungroup": "Ctrl+U", "snap.toggle": "", "play.pause": "F12",
        "editor.palette": "Ctrl+P", "entity.hide": "", "view.grid": "Shift+G",
        **{f"view.go_{i}": f"Alt+{i}" for i in _PLACES}, **{f"view.keep_{i}": f"Alt+Shift+{i}" for i in _PLACES},
    },
}  # fmt: skip
"""By preset and operation: one shortcut or several, a comma and a space between."""
