"""MToon as a surface: the first user of `taixu.render.surfaces`. Its GLSL is ``surface/mtoon.glsl``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Material, TextureRef
from taixu.gpu import StructLayout
from taixu.render.surfaces import SurfaceLook, SurfaceShader

__all__ = ["TOON", "TOON_ROW", "toon_look", "toon_row"]

TOON_ROW = StructLayout(
    "Toon",
    [
        ("shade_color", "f4", (3,)),
        ("shading_shift", "f4"),
        ("matcap_color", "f4", (3,)),
        ("shift_scale", "f4"),  # of the texture
        ("rim_color", "f4", (3,)),
        ("shading_toony", "f4"),
        ("outline_color", "f4", (3,)),
        ("outline_width", "f4"),  # metres, or of the picture's height
        ("motion", "f4", (3,)),  # scroll x and y, units a second; turn, radians a second
        ("gi_equalization", "f4"),
        ("rim_fresnel_power", "f4"),
        ("rim_lift", "f4"),
        ("rim_lighting_mix", "f4"),
        ("outline_lighting_mix", "f4"),
        ("outline_on_screen", "u4"),
    ],
)

TOON = SurfaceShader(
    "toon",
    TOON_ROW,
    {
        "base_color": "color",
        "normal": "normal",
        "emissive": "color",
        "toon_shade": "color",
        "toon_shift": "data",
        "toon_matcap": "color",
        "toon_rim": "color",
        "toon_width": "data",
        "toon_mask": "data",
    },
    "surface/mtoon.glsl",
    has_vertex=True,
)


def toon_row(material: Material) -> NDArray[Any]:
    """The parameters of a material with a `Toon`."""
    toon, row = material.toon, TOON_ROW.zeros()
    assert toon is not None
    for name in (
        "shade_color", "shading_shift", "matcap_color", "rim_color", "shading_toony", "outline_color", "outline_width",
        "gi_equalization", "rim_fresnel_power", "rim_lift", "rim_lighting_mix", "outline_lighting_mix",
    ):  # fmt: skip
        row[name] = getattr(toon, name)
    if toon.matcap_texture is None:
        row["matcap_color"] = 0.0
    row["shift_scale"] = 0.0 if toon.shading_shift_texture is None else toon.shading_shift_texture.strength
    row["motion"] = toon.uv_scroll_x, toon.uv_scroll_y, toon.uv_rotation
    row["outline_on_screen"] = toon.outline_mode == "screen"
    return row


def toon_look(material: Material) -> SurfaceLook:
    """How a material with a `Toon` is drawn."""
    toon = material.toon
    assert toon is not None
    found: dict[str, TextureRef | None] = {
        "base_color": material.base_color_texture,
        "normal": material.normal_texture,
        "emissive": material.emissive_texture,
        "toon_shade": toon.shade_texture,
        "toon_shift": toon.shading_shift_texture,
        "toon_matcap": toon.matcap_texture,
        "toon_rim": toon.rim_texture,
        "toon_width": toon.outline_width_texture,
        "toon_mask": toon.uv_mask_texture,
    }
    blends = material.alpha_mode == "BLEND"
    moves = bool(np.any((toon.uv_scroll_x, toon.uv_scroll_y, toon.uv_rotation)))
    # "Render Queue": what writes depth comes before what does not, and the offset counts among blended ones only.
    return SurfaceLook(
        TOON,
        toon_row(material),
        {slot: ref for slot, ref in found.items() if ref is not None},
        cuts_holes=material.alpha_mode == "MASK" and moves,
        # Through what writes no depth the far sides of its outline would be seen.
        is_outlined=toon.outline_mode != "none" and toon.outline_width > 0 and (toon.depth_write or not blends),
        writes_depth=blends and toon.depth_write,
        order=toon.queue_offset - (20 if toon.depth_write else 0) if blends else 0,
    )
