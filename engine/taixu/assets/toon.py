"""Toon shading as `VRMC_materials_mtoon` (MToon 1.0) says it; VRM 0's properties are brought to it when read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from taixu.assets.texture import TextureRef

__all__ = ["OutlineMode", "Toon"]

OutlineMode = Literal["none", "world", "screen"]
Color = tuple[float, float, float]
BLACK: Color = (0.0, 0.0, 0.0)
WHITE: Color = (1.0, 1.0, 1.0)


@dataclass(slots=True)
class Toon:
    """Lit and shade colours with a border between them, a rim and an outline; vertex colours do not count.

    The lit colour, the normal map and the emission are those of the `Material`. Colours are linear Rec.709, colour
    textures sRGB.

    Attributes
    ----------
    depth_write : bool
        A blended material writes depth all the same, and is drawn before those that do not.
    queue_offset : int
        Order among blended materials, from -9 to 9; the higher the later.
    shade_color, shade_texture : (float, float, float), TextureRef or None
        Where no light falls.
    shading_shift, shading_shift_texture : float, TextureRef or None
        Added to the cosine between normal and light; the texture's channel R times its ``strength`` as well.
    shading_toony : float
        The border goes from ``-1 + shading_toony`` to ``1 - shading_toony``.
    gi_equalization : float
        1 takes light from all around as the same in every direction.
    matcap_color, matcap_texture : (float, float, float), TextureRef or None
        Looked up by the normal as the eye sees it, and added; without a texture nothing is.
    rim_color, rim_fresnel_power, rim_lift : (float, float, float), float, float
        Light at grazing angles: ``saturate(1 - N.V + rim_lift) ** rim_fresnel_power``.
    rim_texture, rim_lighting_mix : TextureRef or None, float
        Multiplies matcap and rim; how far light colours them.
    outline_mode, outline_width : "none", "world" or "screen", float
        Metres, or a fraction of the picture's height.
    outline_width_texture : TextureRef or None
        Multiplies the width; channel G.
    outline_color, outline_lighting_mix : (float, float, float), float
        How far the lit colour of the surface tints the outline.
    uv_mask_texture : TextureRef or None
        How far coordinates are animated; channel B.
    uv_scroll_x, uv_scroll_y, uv_rotation : float
        Units of the texture a second; radians a second about its middle.
    """

    depth_write: bool = False
    queue_offset: int = 0
    shade_color: Color = BLACK
    shade_texture: TextureRef | None = None
    shading_shift: float = 0.0
    shading_shift_texture: TextureRef | None = None
    shading_toony: float = 0.9
    gi_equalization: float = 0.9
    matcap_color: Color = WHITE
    matcap_texture: TextureRef | None = None
    rim_color: Color = BLACK
    rim_fresnel_power: float = 5.0
    rim_lift: float = 0.0
    rim_texture: TextureRef | None = None
    rim_lighting_mix: float = 1.0
    outline_mode: OutlineMode = "none"
    outline_width: float = 0.0
    outline_width_texture: TextureRef | None = None
    outline_color: Color = BLACK
    outline_lighting_mix: float = 1.0
    uv_mask_texture: TextureRef | None = None
    uv_scroll_x: float = 0.0
    uv_scroll_y: float = 0.0
    uv_rotation: float = 0.0
