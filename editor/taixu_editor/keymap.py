"""Which keys do what: a preset, and what the user changed in it."""

from __future__ import annotations

from collections.abc import Mapping

from taixu.edit import Operations
from taixu_editor.keymap_presets import EXCLUSIVE, PRESETS

__all__ = ["Keymap"]


class Keymap:
    """Shortcuts of the operations of a registry.

    Parameters
    ----------
    operations
        Those that are known; one that no preset names has its own default.
    preset
        A name in `PRESETS`.
    changed
        Shortcuts that the user chose, by operation; empty text for none. Several are parted by a comma and a space.
    """

    def __init__(self, operations: Operations, *, preset: str = "taixu", changed: Mapping[str, str] | None = None) -> None:
        self._operations = operations
        self._texts: dict[str, str] = {}
        self._bound: dict[str, list[str]] = {}
        self._known = -1
        self.use(preset, changed or {})

    def use(self, preset: str, changed: Mapping[str, str]) -> None:
        """Be this preset with these changes from now on."""
        self.preset = preset if preset in PRESETS else "taixu"
        self.changed = dict(changed)
        self._known = -1

    def text(self, operation: str) -> str:
        """All shortcuts of an operation, as menus and fields show them."""
        self._refresh()
        return self._texts.get(operation, "")

    def first(self, operation: str) -> str:
        """The shortcut that menus show, or nothing."""
        return self.text(operation).partition(", ")[0]

    @property
    def bound(self) -> Mapping[str, list[str]]:
        """Operations by shortcut; more than one is a conflict, unless only one of them can be done at a time."""
        self._refresh()
        return self._bound

    def conflicts(self, operation: str) -> list[str]:
        """Other operations that share a shortcut with one."""
        found = {each for shared in self.bound.values() if operation in shared for each in shared} - {operation}
        return sorted(each for each in found if not any({operation, each} <= group for group in EXCLUSIVE))

    def preset_text(self, operation: str) -> str:
        """What the preset says, whatever the user changed."""
        default = {each.id: each.shortcut for each in self._operations}.get(operation, "")
        return PRESETS[self.preset].get(operation, default)

    def _refresh(self) -> None:
        count = sum(1 for _ in self._operations)
        if count == self._known:
            return
        self._known = count
        preset = PRESETS[self.preset]
        self._texts = {each.id: self.changed.get(each.id, preset.get(each.id, each.shortcut)) for each in self._operations}
        self._bound = {}
        for operation, text in self._texts.items():
            for shortcut in split_shortcuts(text):
                self._bound.setdefault(shortcut, []).append(operation)


def split_shortcuts(text: str) -> list[str]:
    """``"Ctrl+Y, Ctrl+Shift+Z"`` in its parts."""
    return [part for part in text.split(", ") if part]
