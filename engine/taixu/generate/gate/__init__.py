"""The gate: what a model from outside, from a file or from a generator, goes through before it is used.

`inspect_model` looks at it and gives a `Report`: is it whole, is it of a sensible size, what does it cost. The generator "repair"
mends what can be mended and makes it as small as wanted: triangles, one texture, levels of detail, colliders. Nothing is changed
that was not asked for.

`topology` and `solids` know triangles; `mending` changes what is broken and nothing that is seen; `decimating` and `baking` trade
triangles for a texture; each step is a function from a model to a model.
"""

from __future__ import annotations

from taixu.generate.gate.inspection import Budget, inspect_model
from taixu.generate.gate.report import Problem, Report

__all__ = ["Budget", "Problem", "Report", "inspect_model"]
