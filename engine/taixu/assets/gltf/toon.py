"""Toon materials: ``VRMC_materials_mtoon``, and the Unity properties that VRM 0 keeps instead of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from taixu.assets.gltf.fields import Fields
from taixu.assets.gltf.findings import Report
from taixu.assets.gltf.textures import read_texture_ref
from taixu.assets.material import Material
from taixu.assets.model import ModelData
from taixu.assets.texture import TextureRef
from taixu.assets.toon import OutlineMode, Toon

__all__ = ["MTOON", "OUTLINE_MODES", "add_vrm0_toons", "read_toon"]

MTOON = "VRMC_materials_mtoon"
OUTLINE_MODES: dict[OutlineMode, str] = {"none": "none", "world": "worldCoordinates", "screen": "screenCoordinates"}
BLACK = (0.0, 0.0, 0.0)


def read_toon(fields: Fields) -> Toon:
    """Read `VRMC_materials_mtoon` 1.0."""
    mode = fields.choice("outlineWidthMode", tuple(OUTLINE_MODES.values()), "none")
    return Toon(
        depth_write=fields.flag("transparentWithZWrite"),
        queue_offset=round(fields.number("renderQueueOffsetNumber", 0, minimum=-9, maximum=9)),
        shade_color=fields.color("shadeColorFactor", BLACK),
        shade_texture=read_texture_ref(fields, "shadeMultiplyTexture"),
        shading_shift=fields.number("shadingShiftFactor", 0.0),
        shading_shift_texture=read_texture_ref(fields, "shadingShiftTexture", "scale"),
        shading_toony=_unit(fields, "shadingToonyFactor", 0.9),
        gi_equalization=_unit(fields, "giEqualizationFactor", 0.9),
        matcap_color=fields.color("matcapFactor", (1.0, 1.0, 1.0)),
        matcap_texture=read_texture_ref(fields, "matcapTexture"),
        rim_color=fields.color("parametricRimColorFactor", BLACK),
        rim_fresnel_power=fields.number("parametricRimFresnelPowerFactor", 5.0, minimum=0.0),
        rim_lift=fields.number("parametricRimLiftFactor", 0.0),
        rim_texture=read_texture_ref(fields, "rimMultiplyTexture"),
        rim_lighting_mix=_unit(fields, "rimLightingMixFactor", 1.0),
        outline_mode=next(ours for ours, theirs in OUTLINE_MODES.items() if theirs == mode),
        outline_width=fields.number("outlineWidthFactor", 0.0, minimum=0.0),
        outline_width_texture=read_texture_ref(fields, "outlineWidthMultiplyTexture"),
        outline_color=fields.color("outlineColorFactor", BLACK),
        outline_lighting_mix=_unit(fields, "outlineLightingMixFactor", 1.0),
        uv_mask_texture=read_texture_ref(fields, "uvAnimationMaskTexture"),
        uv_scroll_x=fields.number("uvAnimationScrollXSpeedFactor", 0.0),
        uv_scroll_y=fields.number("uvAnimationScrollYSpeedFactor", 0.0),
        uv_rotation=fields.number("uvAnimationRotationSpeedFactor", 0.0),
    )


def _unit(fields: Fields, name: str, default: float) -> float:
    return fields.number(name, default, minimum=0.0, maximum=1.0)


def add_vrm0_toons(model: ModelData, report: Report) -> None:
    """Give materials that VRM 0 draws with MToon their `Toon`, unless they have one.

    VRM 0 keeps Unity's material properties in ``VRM.materialProperties``, one for each material of the model, and leaves
    there the normal map and the emission too.
    """
    vrm = model.extensions.get("VRM")
    listed = vrm.get("materialProperties") if isinstance(vrm, dict) else None
    if not isinstance(listed, list):
        return
    found = [
        (material, _Properties(value, f"/extensions/VRM/materialProperties/{index}", len(model.textures), report))
        for index, (material, value) in enumerate(zip(model.materials, listed, strict=False))
        if isinstance(value, dict) and value.get("shader") == "VRM/MToon"
    ]
    offsets = _queue_offsets([properties for _, properties in found])
    for (material, properties), offset in zip(found, offsets, strict=True):
        if material.toon is None:
            material.toon = _toon_from_unity(properties, offset)
            _fill_core(material, properties)


class _Properties:
    """Unity's material properties, every value checked as it is taken."""

    def __init__(self, data: Mapping[str, Any], where: str, textures: int, report: Report) -> None:
        self.data = data
        self.where = where
        self.textures = textures
        self.report = report

    def _take(self, kind: str, name: str) -> Any:
        group = self.data.get(kind)
        return group.get(name) if isinstance(group, dict) else None

    def number(self, name: str, default: float, *, minimum: float = -1e6, maximum: float = 1e6) -> float:
        value = self._take("floatProperties", name)
        if value is None:
            return default
        if type(value) not in (int, float) or not abs(value) < 1e30:
            self.report.error(f"{self.where}/floatProperties/{name}", "it is not a finite number")
            return default
        return float(min(max(value, minimum), maximum))

    def vector(self, name: str, default: tuple[float, float, float, float]) -> tuple[float, ...]:
        value = self._take("vectorProperties", name)
        if value is None:
            return default
        if (
            not isinstance(value, list)
            or not 3 <= len(value) <= 4
            or any(type(item) not in (int, float) or not abs(item) < 1e30 for item in value)
        ):
            self.report.error(f"{self.where}/vectorProperties/{name}", "it is not a list of four finite numbers")
            return default
        return tuple(float(item) for item in [*value, 1.0][:4])

    def color(self, name: str, default: tuple[float, float, float]) -> tuple[float, float, float]:
        """A colour, from sRGB to linear."""
        red, green, blue = (_linear(min(max(item, 0.0), 1.0)) for item in self.vector(name, (*default, 1.0))[:3])
        return red, green, blue

    def flag(self, name: str) -> bool:
        return self._take("keywordMap", name) is True

    def texture(self, name: str, *, moved: bool = True) -> TextureRef | None:
        """A texture, seen through the offset and scale of ``_MainTex``, whose v points up in Unity."""
        index = self._take("textureProperties", name)
        if index is None:
            return None
        if type(index) is not int or not 0 <= index < self.textures:
            self.report.error(f"{self.where}/textureProperties/{name}", "there is no such texture")
            return None
        if not moved:
            return TextureRef(index)
        x, y, width, height = self.vector("_MainTex", (0.0, 0.0, 1.0, 1.0))
        return TextureRef(index, offset=(x, 1.0 - height - y), scale=(width, height))


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _queue_offsets(listed: list[_Properties]) -> list[int]:
    """Bring render queues to VRM 1's offsets: the same order, counted from each end."""

    def kind(properties: _Properties) -> int:
        blended = properties.flag("_ALPHABLEND_ON")
        return 0 if not blended else 2 if properties.number("_ZWrite", 0.0) == 1.0 else 1

    def queue(properties: _Properties) -> int:
        value = properties.data.get("renderQueue")
        return value if type(value) is int else -1

    ranks = {number: sorted({queue(one) for one in listed if kind(one) == number}) for number in (1, 2)}
    found: list[int] = []
    for one in listed:
        order = ranks.get(kind(one))
        if order is None:
            found.append(0)
        elif kind(one) == 2:
            found.append(min(order.index(queue(one)), 9))
        else:
            found.append(max(order.index(queue(one)) - len(order) + 1, -9))
    return found


def _toon_from_unity(unity: _Properties, queue_offset: int) -> Toon:
    """Bring MToon 0's numbers to those of MToon 1 (they differ in the border of the shade, lengths and v)."""
    toony, shift = unity.number("_ShadeToony", 0.9, minimum=0, maximum=1), unity.number("_ShadeShift", 0.0, minimum=-1, maximum=1)
    first, last = shift, 1.0 + (shift - 1.0) * toony  # between these cosines MToon 0 goes from shade to lit
    main, shade, matcap = unity.texture("_MainTex"), unity.texture("_ShadeTexture"), unity.texture("_SphereAdd", moved=False)
    modes: tuple[OutlineMode, ...] = ("none", "world", "screen")
    mode = modes[int(unity.number("_OutlineWidthMode", 0, minimum=0, maximum=2))]
    return Toon(
        depth_write=unity.flag("_ALPHABLEND_ON") and unity.number("_ZWrite", 0.0) == 1.0,
        queue_offset=queue_offset,
        shade_color=unity.color("_ShadeColor", (0.97, 0.81, 0.86)),
        shade_texture=shade or main,  # authors relied on the lit texture showing through
        shading_shift=min(max(-(first + last) / 2.0, -1.0), 1.0),
        shading_toony=min(max(1.0 - (last - first) / 2.0, 0.0), 1.0),
        gi_equalization=1.0 - unity.number("_IndirectLightIntensity", 0.1, minimum=0, maximum=1),
        matcap_texture=matcap,
        rim_color=unity.color("_RimColor", BLACK),
        rim_fresnel_power=unity.number("_RimFresnelPower", 1.0, minimum=0),
        rim_lift=unity.number("_RimLift", 0.0),
        rim_texture=unity.texture("_RimTexture"),
        rim_lighting_mix=unity.number("_RimLightingMix", 0.0, minimum=0, maximum=1),
        outline_mode=mode,
        # Centimetres, or hundredths of half the picture's height.
        outline_width=unity.number("_OutlineWidth", 0.5, minimum=0) * (0.01 if mode != "screen" else 0.005),
        outline_width_texture=unity.texture("_OutlineWidthTexture"),
        outline_color=unity.color("_OutlineColor", BLACK),
        outline_lighting_mix=(
            unity.number("_OutlineLightingMix", 1.0, minimum=0, maximum=1) if unity.number("_OutlineColorMode", 0) == 1 else 0.0
        ),
        uv_mask_texture=unity.texture("_UvAnimMaskTexture"),
        uv_scroll_x=unity.number("_UvAnimScrollX", 0.0),
        uv_scroll_y=-unity.number("_UvAnimScrollY", 0.0),
        uv_rotation=unity.number("_UvAnimRotation", 0.0) * math.tau,
    )


def _fill_core(material: Material, unity: _Properties) -> None:
    """What glTF's own fallback leaves out: the normal map and the emission (linear already in VRM 0)."""
    if material.normal_texture is None and (bumps := unity.texture("_BumpMap")) is not None:
        bumps.strength = unity.number("_BumpScale", 1.0)
        material.normal_texture = bumps
    if material.emissive == BLACK and material.emissive_texture is None:
        red, green, blue = (max(item, 0.0) for item in unity.vector("_EmissionColor", (0.0, 0.0, 0.0, 1.0))[:3])
        strength = max(red, green, blue, 1.0)
        material.emissive = (red / strength, green / strength, blue / strength)
        material.emissive_strength = max(material.emissive_strength, strength)
        material.emissive_texture = unity.texture("_EmissionMap")
