"""What time does to any surface: edges wear, dirt gathers in hollows, moss grows where it is damp, rain wets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, srgb

__all__ = ["Age", "aged"]


@dataclass(frozen=True)
class Age:
    """How old a surface looks, each from 0 (new) to 1."""

    wear: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="edges rubbed bare and smooth")
    dirt: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="in hollows, and a film over all")
    moss: float = field(default=0.0, minimum=0.0, maximum=1.0)
    wetness: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="darker and shiny; puddles in hollows from a half on")
    dirt_color: Color = field(default=(0.0685, 0.0437, 0.0232))  # noqa: RUF009


def aged(g: Graph, surface: Surface, age: Age) -> Surface:
    """The surface with its years; what is 0 adds no node."""
    reach = max(0.004, 0.03 / surface.size_m)
    if age.wear > 0:
        surface = _worn(g, surface, age.wear, reach)
    if age.dirt > 0:
        surface = _dirty(g, surface, age, reach)
    if age.moss > 0:
        surface = _mossy(g, surface, age.moss, reach)
    return _wet(g, surface, age.wetness) if age.wetness > 0 else surface


def _worn(g: Graph, s: Surface, amount: float, reach: float) -> Surface:
    crests = g.add("age_wear_crests", "filter.curvature", height=s.height, radius=min(max(0.3 * reach, 0.003), 0.2), strength=7.0)
    patches = g.add("age_wear_patches", "noise.layers", across=5, upwards=5, octaves=5, roughness=0.6)
    worn = g.number(
        "age_worn", c=crests, n=patches, amount=amount,
        formula="clamp(smoothstep(0.51, 0.66, c) * smoothstep(0.8 - 0.7 * amount, 1.0 - 0.7 * amount, n + 0.25 * c)"
        " + 0.3 * amount * smoothstep(0.62, 0.8, n))",
    )  # fmt: skip
    pale = g.color("age_worn_color", a=s.base_color, w=worn, formula="mix(a, min(a * 1.5 + 0.04, 0.9), w)")
    smooth = g.number("age_worn_roughness", r=s.roughness, w=worn, formula="mix(r, r * 0.65 + 0.05, w)")
    low = g.number("age_worn_height", h=s.height, w=worn, formula="h - 0.06 * w")
    return replace(s, base_color=pale, roughness=smooth, height=low)


def _dirty(g: Graph, s: Surface, age: Age, reach: float) -> Surface:
    hollows = g.add("age_dirt_hollows", "filter.curvature", height=s.height, radius=min(reach * 1.5, 0.2), strength=4.0)
    film = g.add("age_dirt_film", "noise.layers", across=3, upwards=3, octaves=7, roughness=0.6)
    dirt = g.number(
        "age_dirt", c=hollows, n=film, amount=age.dirt,
        formula="clamp(smoothstep(0.62, 0.15, c - 0.35 * amount * (n - 0.2)) * amount * 1.4 + 0.35 * amount * n)",
    )  # fmt: skip
    color = g.add("age_dirty_color", "color.mix", a=s.base_color, b=age.dirt_color, share=dirt)
    rough = g.number("age_dirty_roughness", r=s.roughness, d=dirt, formula="mix(r, 0.92, d)")
    metal = g.number("age_dirty_metallic", m=s.metallic, d=dirt, formula="m * (1 - d)")
    return replace(s, base_color=color, roughness=rough, metallic=metal)


def _mossy(g: Graph, s: Surface, amount: float, reach: float) -> Surface:
    where = g.add("age_moss_where", "noise.layers", across=4, upwards=4, octaves=6, roughness=0.55)
    count = min(max(48, int(120 * s.size_m)), 400)
    tufts = g.add("age_moss_tufts", "noise.cells", across=count, upwards=count)
    clumps = g.add("age_moss_clumps", "noise.layers", across=count // 4, upwards=count // 4, octaves=4, roughness=0.65)
    hollows = g.add("age_moss_hollows", "filter.curvature", height=s.height, radius=min(reach * 2, 0.2), strength=3.0)
    moss = g.number(
        "age_moss", n=where, c=hollows, t=tufts.near, k=clumps, amount=amount,
        formula="smoothstep(1.02 - 0.95 * amount, 1.14 - 0.95 * amount, n + 0.55 * (0.5 - c) + 0.08 * (0.6 - t)"
        " + 0.22 * (k - 0.5))",
    )  # fmt: skip
    shade = g.number("age_moss_shade", t=tufts.near, k=clumps, formula="clamp(0.55 * t + 1.5 * (0.62 - k))")
    green = g.add("age_moss_color", "color.ramp", value=shade, first=srgb("#7f8644"), second=srgb("#596534"),
                  third=srgb("#3d4726"), fourth=srgb("#262b18"))  # fmt: skip
    color = g.add("age_mossy_color", "color.mix", a=s.base_color, b=green, share=moss)
    rough = g.number("age_mossy_roughness", r=s.roughness, m=moss, formula="mix(r, 0.95, m)")
    high = g.number("age_mossy_height", h=s.height, m=moss, t=tufts.near, k=clumps, formula="h + m * (0.04 + 0.16 * k - 0.06 * t)")
    metal = g.number("age_mossy_metallic", m=s.metallic, d=moss, formula="m * (1 - d)")
    return replace(s, base_color=color, roughness=rough, height=high, metallic=metal)


def _wet(g: Graph, s: Surface, amount: float) -> Surface:
    """Water fills pores, so that light is lost in them: Lekner and Dorf, "Why some things are darker when wet", 1988."""
    pools = g.number("age_wet_pools", h=s.height, amount=amount,
                  formula="smoothstep(0.06, 0.0, h - (amount - 0.5) * 1.1) * smoothstep(0.4, 0.6, amount)")  # fmt: skip
    color = g.color("age_wet_color", a=s.base_color, m=s.metallic, amount=amount,
                  formula="a * mix(1 - 0.55 * amount, 1, m)")  # fmt: skip
    rough = g.number("age_wet_roughness", r=s.roughness, p=pools, amount=amount,
                  formula="mix(mix(r, r * 0.45, amount), 0.05, p)")  # fmt: skip
    level = g.number("age_wet_height", h=s.height, p=pools, amount=amount, formula="mix(h, (amount - 0.5) * 1.1, p)")
    return replace(s, base_color=color, roughness=rough, height=level)
