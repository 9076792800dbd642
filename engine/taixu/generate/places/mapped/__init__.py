"""Places from maps: footprints, roads, land and models of a survey become a world with façades, roofs, streets and trees.

`siting` brings everything into the metres of one world; `heights` says how high what has only a footprint is, and what of that was
guessed; `houses` gives it a style of `places.buildings`; `shells` dresses what was modelled; `streets` are roads of `places.roads`;
`land` is the ground below; `standing` is what stands in streets and parks; `writing` puts it into squares of the ground and gives
every building an entity of its own.
"""

from __future__ import annotations

from taixu.generate.places.mapped.siting import Site, make_site
from taixu.generate.places.mapped.spec import MapSpec

__all__ = ["MapSpec", "Site", "make_site"]
