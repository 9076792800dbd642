"""Fields over places: how dense, loud, wet or bad it is everywhere, from what things and simulators of a world say, to look at."""

from taixu.simulation.field_maps.components import FieldMap, FieldShown
from taixu.simulation.field_maps.lattice import Lattice, Things
from taixu.simulation.field_maps.plugin import FieldMapPlugin, FieldMaps
from taixu.simulation.field_maps.quantities import density, flow, measured, noise, plume

__all__ = [
    "FieldMap", "FieldMapPlugin", "FieldMaps", "FieldShown", "Lattice", "Things", "density", "flow", "measured", "noise", "plume",
]  # fmt: skip
