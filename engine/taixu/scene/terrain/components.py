"""What people write about terrain."""

from __future__ import annotations

from taixu.ecs import F32, AssetPath, Bool, Color3, Vec2, component, field
from taixu.scene.surfaces import ColorTexture, DataTexture, surface

__all__ = ["Terrain", "TerrainGround", "WaterSurface"]


@component("terrain")
class Terrain:
    """Ground made of heights over a rectangle around the entity; a `Collider` of shape "heightfield" beside it takes them."""

    source: AssetPath = field(default="", doc="A grey PNG (16 bits are better than 8), or a .npy of metres; rows go along z.")
    size: Vec2 = field(default=(1024.0, 1024.0), unit="m", minimum=0.01, doc="Along x and z.")
    low_m: F32 = field(default=0.0, unit="m", doc="Height of black, in pictures.")
    high_m: F32 = field(default=100.0, unit="m", doc="Height of white, in pictures.")
    error_px: F32 = field(default=2.0, unit="px", minimum=0.25, maximum=64.0, doc="How far the ground may be off on the screen.")
    cast_shadow: Bool = field(default=True)


@surface("terrain_ground", glsl="ground.glsl")
class TerrainGround:
    """What lies on a terrain: five materials by a map of weights. Each has colours, with its height in alpha, and normals.

    The first lies where the map is black; red, green, blue and alpha are the others' shares. Steep ground is seen from the
    side, and nothing repeats visibly.
    """

    weights: DataTexture = field(default="", doc="Shares of the second to fifth material.")
    relief: DataTexture = field(
        default="", doc="Red and green: the ground's normal along x and z; blue: openness; alpha: variation."
    )
    color_1: ColorTexture = field(default="")
    color_2: ColorTexture = field(default="")
    color_3: ColorTexture = field(default="")
    color_4: ColorTexture = field(default="")
    color_5: ColorTexture = field(default="")
    normal_1: DataTexture = field(default="", doc="Normals in red and green, roughness in blue.")
    normal_2: DataTexture = field(default="")
    normal_3: DataTexture = field(default="")
    normal_4: DataTexture = field(default="")
    normal_5: DataTexture = field(default="")
    haze_m: F32 = field(default=9000.0, unit="m", minimum=0.0, doc="Distance at which two thirds are lost in the air; 0 is clear.")
    base_color: Color3 = field(default=(0.25, 0.27, 0.17), doc="Where pictures lack, and for simple views.")


@surface("water_surface", glsl="water.glsl", alpha="blend", double_sided=True)
class WaterSurface:
    """Still and running water. Its mesh's first coordinates are metres, its second how deep it is and how fast it runs."""

    deep_color: Color3 = field(default=(0.010, 0.035, 0.045), minimum=0.0, doc="Linear.")
    shallow_color: Color3 = field(default=(0.06, 0.14, 0.13), minimum=0.0)
    murk_per_m: F32 = field(default=0.35, unit="1/m", minimum=0.0, doc="How fast the ground below is lost.")
    wave_m: F32 = field(default=5.0, unit="m", minimum=0.05, doc="Length of the largest waves.")
    roughness: F32 = field(default=0.22, minimum=0.0, maximum=2.0, doc="How steep waves are.")
    speed: F32 = field(default=1.0, minimum=0.0)
    foam: F32 = field(default=0.6, minimum=0.0, maximum=1.0, doc="Along shores.")
    haze_m: F32 = field(default=9000.0, unit="m", minimum=0.0, doc="As the ground's.")
