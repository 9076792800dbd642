"""Two surfaces in one square: the higher one wins where they meet, as gravel does in mud."""

from __future__ import annotations

import numpy as np

from taixu.generate.graph import Graph, evaluate
from taixu.generate.graph.graph import Made
from taixu.generate.materials.family import Surface

__all__ = ["blended"]

_SAMPLED_PX = 64


def blended(g: Graph, a: Surface, b: Surface, share: float) -> Surface:
    """`b` on a share of `a`, in patches whose edges follow both heights.

    The square keeps the size of `a`; `b` is as large in it as its graph makes it.
    """
    patches = g.add("blend_patches", "noise.swirls", scale=3, octaves=6, bend=0.15, roughness=0.55)
    level = _level(g, patches, share)
    ratio = b.relief_m / max(a.relief_m, 1e-6)
    relief = max(a.relief_m, b.relief_m)
    over = g.number(
        "blend", "smoothstep(-0.05, 0.05, n - level + 0.25 * ((hb - 0.5) * min(r, 1) - (ha - 0.5) * min(1 / r, 1)))",
        n=patches, ha=a.height, hb=b.height, level=level, r=min(max(ratio, 0.05), 20.0),
    )  # fmt: skip
    mixed = {
        name: g.number(f"blend_{name}", "mix(a, b, w)", a=getattr(a, name), b=getattr(b, name), w=over)
        for name in ("roughness", "metallic")
    }
    color = g.add("blend_color", "color.mix", a=a.base_color, b=b.base_color, share=over)
    glow = g.add("blend_emission", "color.mix", a=a.emission, b=b.emission, share=over)
    height = g.number(
        "blend_height", "mix(a * ka, b * kb, w)", a=a.height, b=b.height, w=over, ka=a.relief_m / relief, kb=b.relief_m / relief
    )
    return Surface(color, height, mixed["roughness"], mixed["metallic"], glow, relief_m=relief, size_m=a.size_m)


def _level(g: Graph, patches: Made, share: float) -> float:
    """Above which a share of the patches lies: they are looked at, small, since every seed's are others."""
    if not 0.0 < share < 1.0:  # nothing, or everything, whatever the heights say
        return 2.0 if share <= 0.0 else -1.0
    seen = evaluate(Graph(g.nodes, {"patches": patches.ref}, g.seed), _SAMPLED_PX)["patches"]
    return round(float(np.quantile(seen, 1.0 - share)), 4)
