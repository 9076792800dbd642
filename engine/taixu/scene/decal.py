"""Decals: pictures that a box throws onto whatever surfaces are in it."""

from __future__ import annotations

from math import radians

from taixu.ecs import F32, I32, U32, AssetPath, Bool, Color3, Vec3, component, field

__all__ = ["Decal"]


@component("decal")
class Decal:
    """Throws a picture along the entity's -Z onto the surfaces in a box around it: marks, signs, stains, cracks.

    The picture's width lies along X, its height along Y. What one sees through (glass) takes none.
    """

    enabled: Bool = field(default=True)
    size: Vec3 = field(default=(1.0, 1.0, 1.0), unit="m", minimum=0.0, doc="Width, height and depth of the box.")
    texture: AssetPath = field(default="", doc="Its colours, and in alpha where it is; without one all of the box is covered.")
    color: Color3 = field(default=(1.0, 1.0, 1.0), minimum=0.0, maximum=1.0, doc="Linear; multiplied by the picture's.")
    opacity: F32 = field(default=1.0, minimum=0.0, maximum=1.0)
    color_share: F32 = field(default=1.0, minimum=0.0, maximum=1.0, doc="How much of the surface's colour it takes the place of.")
    normal_texture: AssetPath = field(default="", doc="How it bends normals, as seen along -Z.")
    normal_strength: F32 = field(default=1.0, minimum=0.0, maximum=4.0)
    surface_texture: AssetPath = field(default="", doc="Roughness in green, metallic in blue; multiplied by the two numbers.")
    roughness: F32 = field(default=0.8, minimum=0.0, maximum=1.0)
    metallic: F32 = field(default=0.0, minimum=0.0, maximum=1.0)
    surface_share: F32 = field(
        default=1.0, minimum=0.0, maximum=1.0, doc="How much of the surface's roughness and metalness it takes the place of."
    )
    glow: F32 = field(default=0.0, minimum=0.0, maximum=1e4, doc="Radiance of its white.")
    most_angle_rad: F32 = field(
        default=radians(80), unit="rad", minimum=0.0, maximum=radians(180),
        doc="Surfaces that are turned away further than this take none; it fades towards there.",
    )  # fmt: skip
    depth_fade: F32 = field(default=0.2, minimum=0.0, maximum=1.0, doc="Share of the depth over which it fades at both ends.")
    order: I32 = field(default=0, doc="Higher ones lie over lower ones.")
    layers: U32 = field(default=0xFFFFFFFF, doc="Bits: it lies on what shares one.")
