"""Ground made of heights: a component that names a file, drawn as tiles of a quadtree, each as fine as eyes can see.

Tiles are ordinary meshes on made entities, so that whatever draws, picks, streams or traces meshes draws terrain as well.
Neighbours of unequal fineness leave no cracks: each tile has a skirt as deep as it can be wrong. The squares of the finest
tiles are cut as the collider's are, and `height_on_triangles` is that surface: what stands on it, stands on what is drawn.
"""

from __future__ import annotations

from taixu.scene.terrain.components import Terrain, TerrainGround, WaterSurface
from taixu.scene.terrain.heights import HeightField, Heights, height_on_triangles, read_heights
from taixu.scene.terrain.placing import TerrainState, place_terrains, show_terrains
from taixu.scene.terrain.tiles import TileTree, tile_mesh

__all__ = [
    "HeightField",
    "Heights",
    "Terrain",
    "TerrainGround",
    "TerrainState",
    "TileTree",
    "WaterSurface",
    "height_on_triangles",
    "place_terrains",
    "read_heights",
    "show_terrains",
    "tile_mesh",
]
