"""Metals, bare, beaten, painted, gilded and rusted. What bare ones reflect is measured: see `METALS`."""

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


@family("brushed metal", nodes="brushing brush_scratches")
class BrushedMetal:
    """Metal that was ground in one direction."""

    metal: str = field(default="steel", choices=_CHOICES)
    coarseness: float = field(default=0.4, minimum=0.0, maximum=1.0)
    scratches: float = field(default=0.2, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Streaks of three lengths, a few deeper scratches, and fingers' film."""
        fine = g.add("brushing", "noise.streaks", across=2, upwards=700, layers=4)
        broad = g.add("broad", "noise.streaks", across=1, upwards=120, layers=2)
        film = g.add("film", "noise.layers", across=3, upwards=3, octaves=5)
        marks = g.add("brush_scratches", "pattern.strewn", count=9, radius=1.0, spread=0.5, length=6.0)
        thin = g.number(
            "thin",
            "smoothstep(0.06, 0.0, abs(y)) * step(0.05, h) * a * step(0.6, n)",
            y=marks.y,
            h=marks.height,
            n=marks.number,
            a=self.scratches,
        )
        height = g.number(
            "face", "0.5 + 0.35 * c * (f - 0.5) + 0.1 * c * (b - 0.5) - 0.2 * t", f=fine, b=broad, c=self.coarseness, t=thin
        )
        color = g.color("color", "m * (0.93 + 0.1 * (f - 0.5) + 0.05 * b)", m=METALS[self.metal], f=fine, b=broad)
        rough = g.number(
            "rough", "0.18 + 0.25 * c + 0.16 * (f - 0.5) + 0.1 * k + 0.2 * t", f=fine, c=self.coarseness, k=film, t=thin
        )
        return Surface(color, height, rough, 1.0, relief_m=0.0006, size_m=0.4)


@family("hammered metal", nodes="dents hammer_rims")
class HammeredMetal:
    """Sheet beaten by hand: dents that run into each other."""

    metal: str = field(default="copper", choices=_CHOICES)
    dents: int = field(default=10, minimum=2, maximum=60)
    depth: float = field(default=0.6, minimum=0.0, maximum=1.0)
    tarnish: float = field(default=0.3, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Bowls round points; rims between; tarnish keeps to the hollows of a slow noise."""
        dents = g.add("dents", "noise.cells", across=self.dents, upwards=self.dents, jitter=0.8)
        polish = g.add("polish", "noise.layers", across=40, upwards=40, octaves=4, roughness=0.6)
        slow = g.add("slow", "noise.layers", across=4, upwards=4, octaves=6, roughness=0.6)
        bowl = g.number("bowl", "clamp(d * d * (0.8 + 0.4 * n))", d=dents.near, n=dents.number)
        soft = g.add("soft", "filter.blur", value=bowl, radius=0.006)
        rims = g.add("hammer_rims", "filter.blur", value=soft, radius=0.006, is_upwards=True)
        dull = g.number("dull", "a * smoothstep(0.35, 0.8, s + 0.25 * (0.5 - r))", s=slow, r=rims, a=self.tarnish)
        height = g.number("sheet", "0.15 + 0.8 * a * r + 0.02 * p", r=rims, p=polish, a=self.depth)
        color = g.color(
            "color", "m * mix(vec(1, 1, 1), vec(0.55, 0.42, 0.36), d) * (0.95 + 0.08 * p)", m=METALS[self.metal], d=dull, p=polish
        )
        rough = g.number("rough", "0.16 + 0.1 * p + 0.35 * d", p=polish, d=dull)
        return Surface(color, height, rough, 1.0, relief_m=0.012, size_m=0.6)


@family("painted metal", nodes="orange_peel chips_off primer_rim")
class PaintedMetal:
    """Sheet under paint that chips at spots and rusts there."""

    color: Color = field(default=srgb("#2d5a7a"))
    metal: str = field(default="steel", choices=_CHOICES)
    chips: float = field(default=0.35, minimum=0.0, maximum=1.0)
    rust: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="of what lies bare")
    gloss: float = field(default=0.6, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Paint with the skin of an orange; flakes off in islands with a rim of primer; runs of rust below them."""
        peel = g.add("orange_peel", "noise.layers", across=90, upwards=90, octaves=2, roughness=0.4, contrast=1.0)
        fade = g.add("fade", "noise.layers", across=3, upwards=3, octaves=5)
        islands = g.add("islands", "noise.layers", across=5, upwards=5, octaves=8, roughness=0.58)
        bits = g.add("bits", "noise.cells", across=26, upwards=26)
        torn = g.number("torn", "i + 0.16 * (0.5 - d) + 0.06 * (n - 0.5)", i=islands, d=bits.near, n=bits.number)
        bare = g.number("chips_off", "smoothstep(0.9 - 0.5 * a, 0.905 - 0.5 * a, t) * step(0.01, a)", t=torn, a=self.chips)
        primer = g.number(
            "primer_rim", "smoothstep(0.865 - 0.5 * a, 0.87 - 0.5 * a, t) * step(0.01, a) * (1 - b)", t=torn, a=self.chips, b=bare
        )
        down = g.add("down", "filter.blur", value=bare, radius=0.12, is_upwards=True)
        streaks = g.add("streaks", "noise.layers", across=70, upwards=3, octaves=4)
        run = g.number("run", "clamp(a * d * 1.6 * s)", d=down, s=streaks, a=self.rust)
        rust = g.number("rusted", "b * smoothstep(0.75 - a, 1.0 - a, f + 0.3 * d)", b=bare, a=self.rust, f=fade, d=bits.near)
        rust_color = g.add(
            "rust_color",
            "color.ramp",
            value=islands,
            first=srgb("#3a1d10"),
            second=srgb("#6b3216"),
            third=srgb("#93481c"),
            fourth=srgb("#b86f35"),
        )
        paint = g.color("paint", "c * (0.85 + 0.25 * f) * (0.96 + 0.06 * p)", c=self.color, f=fade, p=peel)
        grey = g.add("grey", "color.mix", a=paint, b=srgb("#8c8a82"), share=primer)
        stained = g.add("stained", "color.mix", a=grey, b=rust_color, share=run)
        steel = g.add("steel", "color.mix", a=METALS[self.metal], b=rust_color, share=rust)
        color = g.add("color", "color.mix", a=stained, b=steel, share=bare)
        height = g.number(
            "skin",
            "0.6 + 0.05 * (p - 0.5) - 0.12 * k - 0.35 * b + 0.22 * r * (0.4 + i)",
            p=peel,
            k=primer,
            b=bare,
            r=rust,
            i=islands,
        )
        metal = g.number("metal", "b * (1 - r)", b=bare, r=rust)
        rough = g.number(
            "rough",
            "mix(mix(0.75 - 0.6 * g + 0.15 * f, 0.8, max(k, 0.6 * run)), mix(0.35, 0.95, r), b)",
            g=self.gloss,
            f=fade,
            k=primer,
            run=run,
            r=rust,
            b=bare,
        )
        return Surface(color, height, rough, metal, relief_m=0.002, size_m=1.0)


@family("rust", nodes="blisters scale_layers rust_bloom")
class Rust:
    """Iron that has rusted through and through: blisters, layers that come off, powder."""

    amount: float = field(default=0.7, minimum=0.0, maximum=1.0, doc="0 is bare iron with spots")
    color: Color = field(default=srgb("#8a4420"))

    def build(self, g: Graph) -> Surface:
        """Patches at three scales, from orange powder to nearly black scale."""
        patch = g.add("patch", "noise.swirls", scale=4, octaves=6, bend=0.12, roughness=0.58)
        powder = g.add("rust_bloom", "noise.layers", across=70, upwards=70, octaves=5, roughness=0.72)
        blisters = g.add("blisters", "pattern.strewn", count=30, radius=0.7, spread=0.8)
        plates = g.add("plates", "noise.cells", across=9, upwards=9)
        broken = g.add("broken", "arrange.bend", value=plates.edge, x=patch, y=powder, strength=0.12)
        scale = g.number("scale_layers", "floor((p + 0.25 * (w - 0.5)) * 6) / 6", p=patch, w=powder)
        rust = g.number(
            "rusted",
            "smoothstep(1.0 - 1.2 * a, 1.12 - 1.2 * a, p + 0.25 * w + 0.2 * h)",
            p=patch,
            w=powder,
            h=blisters.height,
            a=self.amount,
        )
        ramp = g.number("ramp", "clamp(0.55 * s + 0.5 * w + 0.15 * h)", s=scale, w=powder, h=blisters.height)
        red = g.add(
            "red", "color.ramp", value=ramp, first=srgb("#241310"), second=srgb("#54281a"), third=self.color, fourth=srgb("#c07a3a")
        )
        iron = g.color("iron", "m * (0.55 + 0.2 * w)", m=METALS["iron"], w=powder)
        color = g.add("color", "color.mix", a=iron, b=red, share=rust)
        height = g.number(
            "crust",
            "0.3 + r * (0.25 * s + 0.22 * h * (0.4 + s) + 0.14 * (w - 0.5) + 0.12 * smoothstep(0, 0.08, e))",
            r=rust,
            s=scale,
            h=blisters.height,
            w=powder,
            e=broken,
        )
        metal = g.number("metal", "1 - r", r=rust)
        rough = g.number("rough", "mix(0.4 + 0.2 * w, 0.85 + 0.15 * (w - 0.5), r)", w=powder, r=rust)
        return Surface(color, height, rough, metal, relief_m=0.006, size_m=0.8)


@family("gold", nodes="leaf_squares leaf_creases bole")
class Gold:
    """Gilding: squares of leaf over red clay, creased, rubbed through at places."""

    leaves: int = field(default=6, minimum=1, maximum=30)
    creases: float = field(default=0.5, minimum=0.0, maximum=1.0)
    rubbed: float = field(default=0.25, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Overlaps of leaves are thicker; creases are ridges; bole shows where it is rubbed."""
        sway = g.add("sway", "noise.layers", across=5, upwards=5, octaves=5)
        other = g.add("other", "noise.layers", across=4, upwards=6, octaves=5)
        leaves = g.add(
            "leaf_squares",
            "pattern.bricks",
            rows=self.leaves,
            columns=self.leaves,
            shift=0.0,
            disorder=0.3,
            gap=0.0,
            corner=0.01,
            uneven=0.5,
        )
        laps = g.number("laps", "smoothstep(0.035, 0.03, e)", e=leaves.edge)
        folds = g.add("folds", "noise.layers", across=7, upwards=7, octaves=4, fold="ridged", contrast=1.0)
        creases = g.add("leaf_creases", "arrange.bend", value=folds, x=sway, y=other, strength=0.2)
        crease = g.number("crease", "a * smoothstep(0.8, 1.0, c)", c=creases, a=self.creases)
        grit = g.add("grit", "noise.layers", across=80, upwards=80, octaves=4, roughness=0.7)
        bole = g.number(
            "bole", "smoothstep(1.05 - 0.5 * a, 1.1 - 0.5 * a, s + 0.35 * g) * step(0.01, a)", s=other, g=grit, a=self.rubbed
        )
        gold = g.color("leaf", "m * (0.94 + 0.06 * n) * (1 - 0.05 * (1 - l))", m=METALS["gold"], n=leaves.number, l=laps)
        color = g.add("color", "color.mix", a=gold, b=srgb("#6e2a1c"), share=bole)
        height = g.number(
            "gilding",
            "0.4 + 0.12 * l + 0.3 * c + 0.08 * (g - 0.5) + 0.1 * (s - 0.5) - 0.15 * b",
            l=laps,
            c=crease,
            g=grit,
            s=sway,
            b=bole,
        )
        metal = g.number("metal", "1 - b", b=bole)
        rough = g.number("rough", "mix(0.2 + 0.12 * g + 0.08 * n, 0.75, b)", g=grit, n=leaves.number, b=bole)
        return Surface(color, height, rough, metal, relief_m=0.0015, size_m=0.6)


@family("hull panels", nodes="panels hull_rivets hatches")
class HullPanels:
    """Plating of a ship, of the sea or of space: panels of several sizes, rivets, hatches, small lamps."""

    color: Color = field(default=srgb("#8b9298"))
    accent: Color = field(default=srgb("#b5532a"))
    panels: int = field(default=4, minimum=1, maximum=16)
    lamps: float = field(default=0.2, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Two grids, the finer one in half of the panels; rivets along edges; some panels painted."""
        panels = g.add(
            "panels", "pattern.bricks", rows=self.panels * 2, columns=self.panels, shift=0.25, disorder=0.8, gap=0.05, corner=0.08
        )
        inner = g.add("hatches", "pattern.bricks", rows=self.panels * 6, columns=self.panels * 4, shift=0.0, gap=0.1, corner=0.12)
        has_hatch = g.number("has_hatch", "step(0.55, n) * smoothstep(0.1, 0.12, e)", n=panels.number, e=panels.edge)
        rivets = g.number(
            "hull_rivets",
            "smoothstep(0.5, 0.35, length(vec(fract(x * p * 10) - 0.5, (e - 0.09) * 8)) * 2.2) * step(n, 0.55)",
            p=float(self.panels),
            e=panels.edge,
            n=panels.number,
        )
        wear = g.add("wear", "noise.layers", across=6, upwards=6, octaves=7, roughness=0.6)
        scuff = g.add("scuff", "noise.streaks", across=8, upwards=80, layers=3)
        groove = g.number("groove", "1 - smoothstep(0, 0.04, e)", e=panels.edge)
        lid = g.number("lid", "h * smoothstep(0, 0.08, i) * step(0.5, n)", h=has_hatch, i=inner.edge, n=inner.number)
        painted = g.number("painted", "step(0.86, n)", n=panels.number)
        shade = g.add("shade", "color.vary", color=self.color, number=panels.number, hue=0.01, strength=0.2, brightness=0.3)
        base = g.add("base", "color.mix", a=shade, b=self.accent, share=painted)
        scuffed = g.color(
            "scuffed",
            "c * (0.8 + 0.25 * w + 0.1 * (s - 0.5)) * (1 - 0.6 * g) * (1 + 0.12 * l)",
            c=base,
            w=wear,
            s=scuff,
            g=groove,
            l=lid,
        )
        lamp = g.number(
            "lamp",
            "h * step(1 - 0.25 * a, n) * smoothstep(0.2, 0.26, i) * step(0.01, a)",
            h=has_hatch,
            n=inner.number,
            i=inner.edge,
            a=self.lamps,
        )
        height = g.number(
            "plating",
            "0.5 + 0.1 * (n - 0.5) - 0.4 * g + 0.16 * l + 0.14 * r - 0.1 * m",
            n=panels.number,
            g=groove,
            l=lid,
            r=rivets,
            m=lamp,
        )
        rough = g.number(
            "rough", "0.42 + 0.25 * (w - 0.5) + 0.12 * (s - 0.5) + 0.3 * g - 0.2 * m", w=wear, s=scuff, g=groove, m=lamp
        )
        metal = g.number("metal", "0.85 * (1 - p) * (1 - m)", p=painted, m=lamp)
        glow = g.color("glow", "vec(0.5, 1.3, 2.0) * m", m=lamp)
        return Surface(scuffed, height, rough, metal, glow, relief_m=0.03, size_m=4.0)
