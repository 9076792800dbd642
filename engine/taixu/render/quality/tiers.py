"""The tiers as data. Each field is a setting of a view that a feature asks for; what a view is given itself goes before."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["BUDGET_MS", "TIERS", "Tier", "tier_settings"]

BUDGET_MS = 1000.0 / 60.0
"""A frame of a window."""


@dataclass(frozen=True, slots=True)
class Tier:
    """What a view draws with.

    Attributes
    ----------
    samples
        Samples per pixel.
    cascades, shadow_texels, shadow_distance_m
        Maps of a sun: how many, texels along an edge of each, and how far they reach.
    shadow_tiles
        Maps of lamps that are drawn in a frame.
    soft_shadows
        Whether shadows of suns are soft too; False makes all sharp.
    contact_shadows, occlusion, probes, shafts, aerial
        Shadows found in the picture, darker corners, light that bounces, beams in fog, air before what is far.
    prepass
        Whether depth is drawn before colour: worth it where shading costs more than drawing twice.
    lean_light
        Fewer looks for light from all around and for shadows.
    reflections, screen_reflections
        What reflection probes see, and rays through the picture.
    antialias, drawn_scale
        "fxaa", "temporal" or ""; and with the second, sides of what is drawn over sides of the picture.
    post
        "all" or "none" of the camera's effects.
    glass_layers
        How many layers of glass are seen through each other.
    shape_error_px
        So far off may the edges of shapes lie, for fewer triangles.
    """

    samples: int = 1
    cascades: int = 4
    shadow_texels: int = 1024
    shadow_distance_m: float | None = None
    shadow_tiles: int = 16
    soft_shadows: bool | None = None
    contact_shadows: bool = False
    occlusion: bool = True
    probes: bool = True
    shafts: bool = True
    aerial: bool = True
    prepass: bool = True
    lean_light: bool = False
    reflections: bool = True
    screen_reflections: bool = True
    antialias: str = ""
    drawn_scale: float = 1.0
    post: str = "all"
    glass_layers: int = 1
    shape_error_px: float = 0.0


TIERS = {
    "low": Tier(cascades=1, shadow_texels=512, shadow_distance_m=30.0, shadow_tiles=4, soft_shadows=False, occlusion=False,
                probes=False, shafts=False, aerial=False, prepass=False, lean_light=True, reflections=False,
                screen_reflections=False, post="none", shape_error_px=0.75),
    "medium": Tier(cascades=2, shadow_texels=512, shadow_distance_m=50.0, shadow_tiles=8, shafts=False, screen_reflections=False,
                   antialias="temporal", drawn_scale=0.75),
    "high": Tier(samples=4, contact_shadows=True, antialias="temporal"),
    "cinematic": Tier(samples=8, antialias="temporal", shadow_tiles=64, soft_shadows=True, contact_shadows=True, glass_layers=2),
}  # fmt: skip
"""By name, from the quickest to the best."""


def tier_settings(name: str) -> dict[str, Any]:
    """The settings of a view that a tier stands for; samples are apart."""
    return {key: value for key, value in asdict(TIERS[name]).items() if value is not None and key != "samples"}
