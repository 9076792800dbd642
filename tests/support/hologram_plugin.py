"""The surfaces of ``samples/plugin_surface``, importable as it is installed."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["PLUGIN", "Grille", "Hologram", "HologramPlugin"]

PLUGIN = Path(__file__).resolve().parents[2] / "samples" / "plugin_surface"
if str(PLUGIN) not in sys.path:
    sys.path.append(str(PLUGIN))

from taixu_hologram import Grille, Hologram, HologramPlugin  # noqa: E402
