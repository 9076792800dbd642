"""The reflection model in numpy: the tables of its energy that shaders look up, and the reference that tests hold GLSL against.

One module a layer of glTF's material, as the Khronos extensions define them; the GLSL of the same name computes the same.
`LayeredSurface` stacks them; `directional_albedo` integrates whatever it is given.
"""

from __future__ import annotations

from taixu.render.reflectance.base import SpecularEnergy, specular_energy
from taixu.render.reflectance.ggx import (
    MIN_ALPHA,
    ggx_distribution,
    schlick_fresnel,
    smith_visibility,
)
from taixu.render.reflectance.integrate import directional_albedo, view_direction
from taixu.render.reflectance.layered import LayeredSurface
from taixu.render.reflectance.tables import DFG_SIZE, dfg_table, energy_table, lookup_energy

__all__ = [
    "DFG_SIZE",
    "MIN_ALPHA",
    "LayeredSurface",
    "SpecularEnergy",
    "dfg_table",
    "directional_albedo",
    "energy_table",
    "ggx_distribution",
    "lookup_energy",
    "schlick_fresnel",
    "smith_visibility",
    "specular_energy",
    "view_direction",
]
