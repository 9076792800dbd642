"""A guard: an example of a plugin that refuses what a studio must not make.

It adds nothing to worlds: `guards` names a class by reference, which worker processes make, so that a classifier with weights
loads where generators run, and once in each process.
"""

from __future__ import annotations

from typing import ClassVar

from taixu.app import App

__all__ = ["GuardPlugin"]


class GuardPlugin:
    """What the entry point names."""

    guards: ClassVar[tuple[str, ...]] = ("taixu_guard.house_rules:HouseRules",)

    def build(self, app: App) -> None:
        """Worlds are left as they are."""
