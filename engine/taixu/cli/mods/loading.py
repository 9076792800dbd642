"""Mods of a world that a command opened: loaded before it runs, and what does not run is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.cli.console import Console
    from taixu.defaults import App

__all__ = ["tell_mods"]


def tell_mods(app: App, console: Console) -> None:
    """Load those that may run; why others do not is told, and what the box lacks on this machine."""
    for id, why in app.mods.start().items():
        console.say(f"mod {id} does not run: {why}" if id else f"mods: {why}")
    if app.mods.badge:
        console.say(f"careful: {app.mods.badge}")
