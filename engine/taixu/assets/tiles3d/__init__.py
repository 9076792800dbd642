"""3D Tiles 1.0 and 1.1 (https://github.com/CesiumGS/3d-tiles), in and out.

`TileTree` has a tileset's tiles as columns and chooses those that eyes need; `read_content` makes a model of a tile's file.
Nothing is fetched from anywhere: what a tileset refers to lies in its own folder.
"""

from __future__ import annotations

from taixu.assets.tiles3d.contents import TileContent, read_content
from taixu.assets.tiles3d.features import Features
from taixu.assets.tiles3d.tree import Choice, Seen, TileTree

__all__ = ["Choice", "Features", "Seen", "TileContent", "TileTree", "read_content"]
