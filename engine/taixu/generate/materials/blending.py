"""Two surfaces in one square: the higher one wins where they meet, as gravel does in mud."""

from __future__ import annotations

from taixu.generate.graph import Graph
from taixu.generate.materials.family import Surface

__all__ = ["blended"]


def blended(g: Graph, a: Surface, b: Surface, share: float) -> Surface:
    """`b` on a share of `a`, in patches whose edges follow both heights.

    The square keeps the size of `a`; `b` is as large in it as its graph makes it.
    """
    patches = g.add("blend_patches", "noise.swirls", scale=3, octaves=6, bend=0.15, roughness=0.55)
    rest = 0.5 - share
    level = 0.5 + rest * (0.35 + 21.6 * rest**4)  # noise is mostly near its middle: so a share is nearly what it says
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
