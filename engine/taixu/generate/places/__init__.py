"""Places: land, water, plants and stones from a style, a seed and words, as worlds that open.

`TerrainSpec` and a seed make a `Landscape`, arrays and nothing else: raw land (`styles`) is cut by rivers and frost (`erosion`),
drained (`water`), covered (`landscapes`) and sown (`scattering`); `terrain_generator` writes it as pictures, models, column files
and a world. `plants` grows what stands on it. At run time `taixu.scene.terrain` and `taixu.scene.scatter` draw it; nothing of
this package is needed then. Whatever is decided here hangs on a hash of place and seed, never on the order in which things are
made, so that a part made anew is the part that was there.

Land without an end (`endless`, `biomes`) is a function of place alone; chunks of it, roads, woods and brushes are modifiers
(`taixu.generate.modifiers`): pure functions over cells of the ground, found under hashes of what they hang on.
"""

from __future__ import annotations

from taixu.generate.places.landscapes import Landscape, make_landscape
from taixu.generate.places.scattering import Rule, Sown, poisson, rules_of, sow
from taixu.generate.places.spec import TerrainSpec
from taixu.generate.places.styles import STYLES, Style

__all__ = ["STYLES", "Landscape", "Rule", "Sown", "Style", "TerrainSpec", "make_landscape", "poisson", "rules_of", "sow"]
