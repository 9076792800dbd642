"""Places: land, water, plants and stones from a style, a seed and words, as worlds that open.

`TerrainSpec` and a seed make a `Landscape`, arrays and nothing else: raw land (`styles`) is cut by rivers and frost (`erosion`),
drained (`water`), covered (`landscapes`) and sown (`scattering`); `terrain_generator` writes it as pictures, models, column files
and a world. `plants` grows what stands on it. At run time `taixu.scene.terrain` and `taixu.scene.scatter` draw it; nothing of
this package is needed then. Whatever is decided here hangs on a hash of place and seed, never on the order in which things are
made, so that a part made anew is the part that was there.

How modifiers (roads, lots, villages) will stand on that, as a design that this package keeps to:

- A stack is an entity with `Modifiers`: an ordered list of entities, each with one modifier component (a road's spline, a wood's
  outline, a brush's mask) and inputs by name: a terrain, masks, the output of an earlier one.
- A modifier is a pure function from inputs, parameters and a seed to layers over *cells* of the ground (squares of 64 m, as
  scatter has them): heights, weights, masks, places. Its seed for a cell is ``hash(stack seed, modifier's id, cell)``, so
  that what is far from a change has the numbers it had. It says which cells it reaches; `poisson` is the pattern: a place
  looks at its neighbours and at nothing else.
- A layer of a cell is kept under ``hash(function, version, parameters, seed, hashes of its inputs in that cell)``. A road
  that moves changes its own cells and those of modifiers that read them; all else is found under the hash that it has already.
- What comes out are made entities and files of a cache, never documents. What a hand changes is pinned: an override by the
  stable id of the made thing (``hash(modifier, cell, number)``) with the fields that were set, or its removal. Overrides are
  laid over what is made anew; one whose thing has gone is kept and told.
"""

from __future__ import annotations

from taixu.generate.places.landscapes import Landscape, make_landscape
from taixu.generate.places.scattering import Rule, Sown, poisson, rules_of, sow
from taixu.generate.places.spec import TerrainSpec
from taixu.generate.places.styles import STYLES, Style

__all__ = ["STYLES", "Landscape", "Rule", "Sown", "Style", "TerrainSpec", "make_landscape", "poisson", "rules_of", "sow"]
