"""Metals, bare, beaten, gilded. What bare ones reflect is measured: see `METALS`."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__ = ["METALS"]

METALS: dict[str, Color] = {
    "iron": (0.531, 0.512, 0.496),
    "steel": (0.669, 0.639, 0.598),
    "aluminium": (0.916, 0.923, 0.924),
    "copper": (0.932, 0.623, 0.522),
    "brass": (0.910, 0.778, 0.423),
    "bronze": (0.714, 0.428, 0.181),
    "gold": (1.000, 0.782, 0.344),
    "silver": (0.972, 0.960, 0.915),
    "titanium": (0.542, 0.497, 0.449),
    "chromium": (0.550, 0.556, 0.554),
    "zinc": (0.664, 0.824, 0.850),
    "lead": (0.632, 0.626, 0.641),
}
"""Reflectance seen along the normal, linear Rec.709, from measured n and k (https://physicallybased.info, CC0)."""
_CHOICES = tuple(METALS)


@family("brushed metal", nodes="brushing brush_scratches prints")
class BrushedMetal:
    """Metal that was ground: in one direction, in rings, or blasted; some of it anodised."""

    metal: str = field(default="steel", choices=_CHOICES)
    finish: str = field(default="straight", choices=("straight", "crossed", "rings", "blasted"))
    dye: Color = field(default=srgb("#ffffff"), doc="an anodised layer's; white has none")
    coarseness: float = field(default=0.4, minimum=0.0, maximum=1.0)
    scratches: float = field(default=0.2, minimum=0.0, maximum=1.0)
    prints: float = field(default=0.25, minimum=0.0, maximum=1.0, doc="of fingers, wiped")

    def build(self, g: Graph) -> Surface:
        """Streaks at three lengths; a few deep scratches with bright rims; wiped smears and the ridges of fingers."""
        fine = g.add("brushing", "noise.streaks", across=2, upwards=720, layers=4)
        broad = g.add("broad", "noise.streaks", across=1, upwards=150, layers=2)
        film = g.add("film", "noise.layers", across=3, upwards=3, octaves=5, roughness=0.55)
        if self.finish == "crossed":
            other = g.add("crossing", "arrange.repeat", value=fine, across=1, upwards=1, is_turned=True)
            ground = g.number("ground", "max(a, b)", a=fine, b=other)
        elif self.finish == "rings":
            n = 4.0
            away = g.number("away", "length(vec(fract(x * n) - 0.5, fract(y * n) - 0.5))", n=n)
            across = g.number("place_x", "0.5 + (0.5 - fract(x))")
            upwards = g.number("place_y", "0.5 + (0.2 * a - fract(y))", a=away)
            ground = g.add("turning", "arrange.bend", value=fine, x=across, y=upwards, strength=1.0)
        elif self.finish == "blasted":
            ground = g.add("ground", "noise.layers", across=220, upwards=220, octaves=3, roughness=0.75)
        else:
            ground = g.number("ground", "mix(f, b, 0.35)", f=fine, b=broad)
        marks = g.add("brush_scratches", "pattern.strewn", count=7, radius=1.0, spread=0.6, length=6.0)
        hair = g.add("hair_marks", "pattern.strewn", count=15, radius=1.0, spread=0.6, length=6.0)
        thin = g.number(
            "thin",
            "clamp(smoothstep(0.09, 0.01, abs(a)) * step(0.05, h) * step(1 - 0.8 * k, n) + 0.6 * smoothstep(0.16, 0.02,"
            " abs(b)) * step(0.05, i) * step(1 - 0.8 * k, m)) * step(0.01, k)", a=marks.y, h=marks.height, n=marks.number, b=hair.y,
            i=hair.height, m=hair.number, k=self.scratches,
        )  # fmt: skip
        dabs = g.add("prints", "pattern.strewn", count=8, radius=0.42, spread=0.3, length=1.4, flat=0.8)
        ridges = g.number(
            "ridges", "a * smoothstep(0.05, 0.4, h) * step(0.8, n) * (0.5 + 0.5 * sin(50 * length(vec(u, v - 0.25)) + 5 * f))",
            a=self.prints, h=dabs.height, n=dabs.number, u=dabs.x, v=dabs.y, f=film,
        )  # fmt: skip
        smear = g.number("smear", "a * smoothstep(0.45, 0.8, f)", a=self.prints, f=film)
        height = g.number(
            "face", "0.5 + 0.5 * c * (f - 0.5) + 0.1 * c * (b - 0.5) - 0.3 * t", f=ground, b=broad, c=self.coarseness, t=thin,
        )  # fmt: skip
        color = g.color(
            "color",
            "m * d * (0.92 + 0.12 * (f - 0.5) + 0.04 * b) * mix(vec(1, 1, 1), vec(1.25, 1.25, 1.25) / (d + vec(0.25, 0.25,"
            " 0.25)), 0.5 * t)", m=METALS[self.metal], d=self.dye, f=ground, b=broad, t=thin,
        )  # fmt: skip
        rough = g.number(
            "rough", "0.17 + 0.25 * c + 0.22 * (f - 0.5) + 0.12 * s + 0.16 * r + 0.2 * t", f=ground, c=self.coarseness, s=smear,
            r=ridges, t=thin,
        )  # fmt: skip
        return Surface(color, height, rough, 1.0, relief_m=0.0005, size_m=0.4)


@family("hammered metal", nodes="dents hammer_rims patina_runs")
class HammeredMetal:
    """Sheet beaten by hand: dents that run into each other, tarnish and patina in the hollows."""

    metal: str = field(default="copper", choices=_CHOICES)
    dents: int = field(default=11, minimum=2, maximum=60)
    depth: float = field(default=0.5, minimum=0.0, maximum=1.0)
    tarnish: float = field(default=0.35, minimum=0.0, maximum=1.0)
    patina: float = field(default=0.0, minimum=0.0, maximum=1.0)
    patina_color: Color = field(default=srgb("#5f9486"))

    def build(self, g: Graph) -> Surface:
        """Two layers of blows, the later over the earlier; hair scratches of polishing on the rims; oxides where no cloth comes."""
        early = g.add("dents", "noise.cells", across=self.dents, upwards=self.dents, jitter=0.9)
        late = g.add("late", "pattern.strewn", count=self.dents * 4 // 5 + 1, radius=0.72, spread=0.4)
        polish = g.add("polish", "noise.layers", across=44, upwards=44, octaves=4, roughness=0.65)
        slow = g.add("slow", "noise.layers", across=4, upwards=4, octaves=6, roughness=0.6)
        bowl = g.number(
            "bowl", "mix(clamp(d * d * (0.9 + 0.3 * n)), 0.62 - 0.5 * h, smoothstep(0.0, 0.25, h) * step(0.45, k))", d=early.near,
            n=early.number, h=late.height, k=late.number,
        )  # fmt: skip
        soft = g.add("soft", "filter.blur", value=bowl, radius=0.008)
        rims = g.add("hammer_rims", "filter.blur", value=soft, radius=0.008, is_upwards=True)
        low = g.number("low", "smoothstep(0.5, 0.1, r)", r=rims)
        dull = g.number(
            "dull", "a * clamp(0.75 * smoothstep(0.3, 0.75, s + 0.35 * (w - 0.4)) + 0.3 * w)", s=slow, w=low, a=self.tarnish,
        )  # fmt: skip
        runs = g.add("patina_runs", "noise.layers", across=26, upwards=5, octaves=6, roughness=0.65)
        green = g.number(
            "green", "smoothstep(1.06 - 1.0 * a, 1.2 - 1.0 * a, 0.5 * s + 0.4 * r + 0.2 * w + 0.1 * p) * step(0.01, a)", s=slow,
            r=runs, w=low, p=polish, a=self.patina,
        )  # fmt: skip
        height = g.number("sheet", "0.15 + 0.8 * a * r + 0.012 * p + 0.05 * g * (0.5 + p)", r=rims, p=polish, a=self.depth, g=green)
        bare = g.color(
            "bare", "m * mix(vec(1, 1, 1), vec(0.5, 0.38, 0.33), d) * (0.94 + 0.08 * p) * (0.9 + 0.14 * r)", m=METALS[self.metal],
            d=dull, p=polish, r=rims,
        )  # fmt: skip
        color = g.color("color", "mix(b, c * (0.6 + 0.5 * p + 0.3 * r), g)", b=bare, c=self.patina_color, g=green, p=polish, r=runs)
        rough = g.number("rough", "mix(0.15 + 0.12 * (p - 0.3) + 0.34 * d, 0.86 + 0.1 * (p - 0.5), g)", p=polish, d=dull, g=green)
        metal = g.number("metal", "1 - g", g=green)
        return Surface(color, height, rough, metal, relief_m=0.01, size_m=0.6)


@family("gold", nodes="leaf_squares leaf_creases bole nuggets")
class Gold:
    """Gold: leaf over red clay, creased and rubbed; cast and polished; or grown in nuggets."""

    leaves: int = field(default=5, minimum=0, maximum=30, doc="of the leaf, along an edge; 0 is solid")
    creases: float = field(default=0.5, minimum=0.0, maximum=1.0)
    rubbed: float = field(default=0.25, minimum=0.0, maximum=1.0)
    lumps: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="as it grows in rivers and veins")
    tarnish: float = field(default=0.2, minimum=0.0, maximum=1.0)
    bole: Color = field(default=srgb("#6e3524"))

    def build(self, g: Graph) -> Surface:
        """Overlaps of leaves, doubled and brighter; wrinkles with cracks beside them.

        Clay on crests where it is rubbed; brown films.
        """
        sway = g.add("sway", "noise.layers", across=5, upwards=5, octaves=5)
        other = g.add("other", "noise.layers", across=4, upwards=6, octaves=6, roughness=0.58)
        leaves = g.add(
            "leaf_squares", "pattern.bond", bond="stack", rows=max(self.leaves, 1), columns=max(self.leaves, 1), disorder=0.4,
            gap=0.0, corner=0.01, uneven=0.7, x=g.number("askew", "0.02 * (s - 0.5)", s=sway),
        )  # fmt: skip
        laps = g.number(
            "laps", "k * smoothstep(0.05, 0.04, e + 0.02 * (s - 0.5))", e=leaves.edge, s=other, k=float(self.leaves > 0),
        )  # fmt: skip
        folds = g.add("folds", "noise.layers", across=6, upwards=6, octaves=5, roughness=0.55, fold="ridged", contrast=1.0)
        creases = g.add("leaf_creases", "arrange.bend", value=folds, x=sway, y=other, strength=0.22)
        crease = g.number("crease", "a * smoothstep(0.78, 1.0, c)", c=creases, a=self.creases)
        grit = g.add("grit", "noise.layers", across=90, upwards=90, octaves=4, roughness=0.7)
        lumps = g.add("nuggets", "pattern.strewn", count=9, radius=1.0, spread=0.5, length=1.2)
        pits = g.add("nugget_pits", "noise.cells", across=26, upwards=26)
        grown = g.number(
            "grown", "a * (0.75 * h + 0.25 * smoothstep(0.0, 0.5, e) + 0.15 * (o - 0.5))", h=lumps.height, e=pits.edge, o=other,
            a=self.lumps,
        )  # fmt: skip
        bole = g.number(
            "bole", "smoothstep(1.06 - 0.62 * a, 1.09 - 0.62 * a, o + 0.3 * g + 0.14 * c + 0.1 * l) * step(0.01, a)", o=other,
            g=grit, c=crease, l=laps, a=self.rubbed,
        )  # fmt: skip
        film = g.number(
            "film", "a * clamp(smoothstep(0.35, 0.75, s + 0.2 * (g - 0.5)) + 0.9 * k * smoothstep(0.5, 0.1, w))", s=sway, g=grit,
            w=grown, k=self.lumps, a=self.tarnish,
        )  # fmt: skip
        leaf = g.color(
            "leaf", "m * (0.93 + 0.07 * n) * (1 - 0.07 * (1 - l) * k) * mix(vec(1, 1, 1), vec(0.72, 0.55, 0.36), 0.8 * f)",
            m=METALS["gold"], n=leaves.number, l=laps, f=film, k=float(self.leaves > 0),
        )  # fmt: skip
        color = g.color("color", "mix(m, b * (0.7 + 0.6 * g), k)", m=leaf, b=self.bole, k=bole, g=grit)
        height = g.number(
            "gilding", "0.4 + 0.08 * l + 0.26 * c + 0.06 * (g - 0.5) + 0.12 * (s - 0.5) - 0.1 * b + 0.55 * w", l=laps, c=crease,
            g=grit, s=sway, b=bole, w=grown,
        )  # fmt: skip
        metal = g.number("metal", "1 - b", b=bole)
        rough = g.number(
            "rough", "mix(0.16 + 0.12 * g + 0.1 * fract(n * 5) * k + 0.2 * f + 0.12 * w, 0.72 + 0.14 * g, b)", g=grit,
            n=leaves.number, k=float(self.leaves > 0), f=film, w=grown, b=bole,
        )  # fmt: skip
        return Surface(color, height, rough, metal, relief_m=0.0015 + 0.03 * self.lumps, size_m=0.6)
