"""Places in tiles (3D Tiles), read and shown as eyes come near."""

from __future__ import annotations

from taixu.scene.tilesets.components import Tileset
from taixu.scene.tilesets.placing import TilesetState, place_tilesets, show_tilesets

__all__ = ["Tileset", "TilesetState", "place_tilesets", "show_tilesets"]
