"""Surfaces: an example of a plugin for Taixu, in a package of its own.

It adds two ways for things to look: `Hologram`, which glows and is seen through, and `Grille`, enamelled sheet metal with
holes. Each is a class and a file of GLSL beside it; nothing in Taixu names them.
"""

from __future__ import annotations

from taixu.app import App
from taixu_hologram.grille import Grille
from taixu_hologram.hologram import Hologram

__all__ = ["Grille", "Hologram", "HologramPlugin"]


class HologramPlugin:
    """What the entry point names."""

    def build(self, app: App) -> None:
        """Make both known: documents, inspectors and scripts have them from now on."""
        app.register_component(Hologram)
        app.register_component(Grille)
