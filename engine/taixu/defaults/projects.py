"""Worlds opened by path: the project around them tells every part where its files are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from taixu.assets.paths import data_path
from taixu.errors import MachineError

if TYPE_CHECKING:
    from taixu.defaults.app import App

__all__ = ["is_trusted", "open_world"]


def is_trusted(path: Path) -> bool:
    """Whether a project may run its scripts without being asked: those that ship with Taixu may."""
    try:
        samples = data_path("samples").resolve()
    except MachineError:
        return False
    return path.resolve().is_relative_to(samples)
