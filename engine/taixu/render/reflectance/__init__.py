"""The reflection model in numpy: the tables of its energy that shaders look up, and the reference that tests hold GLSL against.

One module a layer of glTF's material, as the Khronos extensions define them; the GLSL of the same name computes the same.
"""

from __future__ import annotations

from taixu.render.reflectance.ggx import (
    MIN_ALPHA,
    ggx_distribution,
    reflectance_from_ior,
    schlick_fresnel,
    smith_visibility,
)
from taixu.render.reflectance.tables import DFG_SIZE, dfg_table

__all__ = [
    "DFG_SIZE",
    "MIN_ALPHA",
    "dfg_table",
    "ggx_distribution",
    "reflectance_from_ior",
    "schlick_fresnel",
    "smith_visibility",
]
