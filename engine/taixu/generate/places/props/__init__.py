"""Things that stand about: barrels, benches, boats, lamps and more, put together from closed solids.

A prop is a function that adds solids to a `Bench` (boxes, lathed and extruded bodies, tubes: `solids`), each closed for itself and
facing outwards, so that all of it is watertight. Surfaces are families of the material generator at a small size (`surfaces`),
laid on in metres. `PROPS` knows them by name, with words, what bodies meet of them, and where they shine.
"""

from __future__ import annotations

from taixu.generate.places.props.catalogue import PROPS, Prop, PropSpec, prop_model

__all__ = ["PROPS", "Prop", "PropSpec", "prop_model"]
