"""What people write about scattered things."""

from __future__ import annotations

from taixu.ecs import F32, AssetPath, Bool, EntityRef, component, field

__all__ = ["Scatter"]


@component("scatter")
class Scatter:
    """Equal things in many places around the entity, without an entity each."""

    source: AssetPath = field(default="", doc="A .npy of rows: x, y, z in metres, turn in radians, scale.")
    model: AssetPath = field(
        default="", doc="What stands there; nodes called lod0, lod1 ... are its levels of detail, finest first."
    )
    ground: EntityRef = field(default=0, doc="A terrain of the same place: y then counts from its surface.")
    fine_m: F32 = field(default=45.0, unit="m", minimum=0.0, doc="As far as this, the finest level is shown, at 900 px/rad.")
    coarse_m: F32 = field(default=160.0, unit="m", minimum=0.0, doc="As far as this, the second; then the last, merged by squares.")
    reach_m: F32 = field(default=1500.0, unit="m", minimum=0.0, doc="Beyond this nothing is shown.")
    cast_shadow: Bool = field(default=True, doc="Of the first two levels, and of impostors.")
    sways: Bool = field(default=False, doc="Bends in the wind of the world's weather: plants.")
