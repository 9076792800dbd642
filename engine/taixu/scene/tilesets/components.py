"""What people write about a place in tiles."""

from __future__ import annotations

from taixu.ecs import F32, F64, AssetPath, Bool, component, field

__all__ = ["Tileset"]


@component("tileset")
class Tileset:
    """A place in 3D Tiles below the entity: tiles are read as eyes need them, and forgotten behind them."""

    source: AssetPath = field(default="", doc="A tileset.json; what it refers to lies in its folder.")
    error_px: F32 = field(default=16.0, unit="px", minimum=1.0, maximum=256.0, doc="How far shapes may be off on the screen.")
    memory_mb: F32 = field(
        default=512.0, unit="MiB", minimum=16.0, maximum=16384.0, doc="What tiles may take; beyond it they are coarser.")
    latitude_deg: F64 = field(
        default=0.0, unit="deg", doc="Where on the earth the entity stands; all three 0 is the middle of the tileset.")
    longitude_deg: F64 = field(default=0.0, unit="deg")
    height_m: F64 = field(default=0.0, unit="m", doc="Over the WGS 84 ellipsoid.")
    cast_shadow: Bool = field(default=True)
