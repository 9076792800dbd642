"""Plants and stones as meshes with levels of detail: grown by rules, leaves drawn by code.

`plant_model` gives one; `PlantGenerator` writes it as a GLB. Levels of detail are nodes ``lod0``, ``lod1`` ... of one file, of
which the first alone is shown; who scatters thousands picks by distance.
"""

from __future__ import annotations

from taixu.generate.places.plants.models import plant_model
from taixu.generate.places.plants.species import KINDS, Kind, PlantSpec

__all__ = ["KINDS", "Kind", "PlantSpec", "plant_model"]
