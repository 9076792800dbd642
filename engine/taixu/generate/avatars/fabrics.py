"""Fabrics: materials by the material generator, in any colour, with the soft creases that worn cloth has.

Their pictures are the same for everybody, so they are made with the assets, not with each person.
"""

from __future__ import annotations

from taixu.assets.material import Sheen
from taixu.generate.avatars.paints import Paint, shipped

__all__ = ["CREASES_M", "FABRICS", "fabric"]

FABRICS = {
    "cotton": ("", 0.0, 0.88, 0.20, 0.085), "wool": ("knit", 0.16, 0.92, 0.35, 0.05), "denim": ("denim", 0.107, 0.88, 0.08, 0.075),
    "leather": ("leather", 0.32, 0.48, 0.0, 0.07), "velvet": ("velvet", 0.4, 0.92, 0.6, 0.05), "silk": ("", 0.0, 0.58, 0.25, 0.08),
    "canvas": ("", 0.0, 0.92, 0.1, 0.06), "rubber": ("", 0.0, 0.62, 0.0, 0.07), "plate": ("hammered metal", 0.6, 0.35, 0.0, 0.0),
    "camouflage": ("camouflage", 0.5, 0.88, 0.1, 0.075),
}  # fmt: skip
"""Family of materials, how wide its square is on a body in metres, roughness, sheen, how steep creases are. A plain weave has no
family."""
CREASES_M = 0.32
"""How wide the square of a fabric's relief is."""


def fabric(name: str, color: tuple[float, float, float]) -> Paint:
    """A fabric in a colour, linear."""
    family, size_m, roughness, sheen, creases = FABRICS[name]
    soft = tuple(sheen * (0.15 + 0.85 * part) * 0.6 for part in color)
    is_metal = name == "plate"
    return Paint(
        f"{name} {color[0]:.3f} {color[1]:.3f} {color[2]:.3f}", (*color, 1.0), 1.0 if is_metal else 0.0, roughness,
        shipped(f"{name}_color") if family else None, shipped(f"{name}_normal"),
        tiling=(1.0 / size_m, 1.0 / size_m) if size_m else (1.0, 1.0),
        normal_tiling=(1.0 / CREASES_M, 1.0 / CREASES_M) if creases else None, double_sided=True,
        sheen=Sheen((soft[0], soft[1], soft[2]), roughness=0.4) if sheen else None
    )  # fmt: skip
