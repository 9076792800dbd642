"""What mirrors show of things nearby: probes that take pictures of their surroundings, and rays through the camera's picture."""

from __future__ import annotations

from taixu.ecs import F32, I32, Bool, Vec3, component, field

__all__ = ["ReflectionProbe", "ScreenReflections"]


@component("reflection_probe")
class ReflectionProbe:
    """Surfaces in a box around the entity mirror what is seen from its middle, in place of the sky alone.

    Where boxes lie in each other, the smaller one is shown. A view shows the sixteen nearest.
    """

    enabled: Bool = field(default=True)
    size_m: Vec3 = field(default=(8.0, 4.0, 8.0), unit="m", minimum=0.01, maximum=1e4, doc="The box, turned as the entity is.")
    blend_m: F32 = field(default=0.3, unit="m", minimum=0.0, maximum=1e3, doc="It fades out over so much outside the box.")
    box_projection: Bool = field(default=True, doc="What is mirrored stands at the walls of the box; else far away.")
    intensity: F32 = field(default=1.0, minimum=0.0, maximum=100.0, doc="1 is right.")
    resolution: I32 = field(default=128, minimum=16, maximum=512, doc="Texels along an edge of its six pictures.")
    follows: Bool = field(default=True, doc="Takes them again where light, or something in the box, changes: one a frame.")


@component("screen_reflections")
class ScreenReflections:
    """Surfaces mirror what else the camera sees: rays through the picture's depth. One in a world, for all of its cameras.

    What the camera does not see is taken from reflection probes, or from the sky.
    """

    enabled: Bool = field(default=True)
    strength: F32 = field(default=1.0, minimum=0.0, maximum=1.0, doc="1 is right.")
    most_roughness: F32 = field(default=0.5, minimum=0.0, maximum=1.0, doc="Rougher surfaces take none.")
    distance_m: F32 = field(default=50.0, unit="m", minimum=0.01, maximum=1e4, doc="How far rays go.")
    thickness_m: F32 = field(default=0.3, unit="m", minimum=1e-3, maximum=100.0, doc="How thick what is seen is taken to be.")
    half_size: Bool = field(default=False, doc="A ray for each four pixels: quicker, less sharp.")
