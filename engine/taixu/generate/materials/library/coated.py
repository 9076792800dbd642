"""Metal under something: paint, rust, and the plating of hulls."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb
from taixu.generate.materials.library.metal import METALS

__all__: list[str] = []


@family("painted metal", nodes="orange_peel chips_off primer_rim drips")
class PaintedMetal:
    """Sheet under paint that chips, scratches and peels, and rusts there."""

    color: Color = field(default=srgb("#34586e"))
    metal: str = field(default="steel", choices=tuple(METALS))
    chips: float = field(default=0.35, minimum=0.0, maximum=1.0)
    scratches: float = field(default=0.3, minimum=0.0, maximum=1.0)
    peeling: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="paint in plates that curl off")
    rust: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="of what lies bare")
    gloss: float = field(default=0.55, minimum=0.0, maximum=1.0)
    stripes: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="black bands askew, as a warning")

    def build(self, g: Graph) -> Surface:
        """Orange peel, fading and chalk; flakes with a rim of primer; scratches to the metal.

        Rust that bleeds out and runs down.
        """
        peel = g.add("orange_peel", "noise.layers", across=110, upwards=110, octaves=2, roughness=0.4, contrast=1.0)
        fade = g.add("fade", "noise.layers", across=3, upwards=3, octaves=6, roughness=0.55)
        islands = g.add("islands", "noise.layers", across=6, upwards=6, octaves=8, roughness=0.6)
        plates = g.add("plates", "noise.cells", across=16, upwards=16)
        net = g.add("net", "arrange.bend", value=plates.edge, x=islands, y=fade, strength=0.06)
        marks = g.add("marks", "pattern.strewn", count=8, radius=1.0, spread=0.6, length=6.0)
        torn = g.number(
            "torn", "i + 0.1 * (0.5 - 2 * e) + a * (0.3 * (fract(n * 7) - 0.5) + 0.3 * smoothstep(0.08, 0.0, e))", i=islands, e=net,
            n=plates.number, a=self.peeling,
        )  # fmt: skip
        level = 0.94 - 0.42 * max(self.chips, 0.9 * self.peeling)
        any_off = float(self.chips > 0.01 or self.peeling > 0.01)
        scratch = g.number(
            "scratch", "step(0.01, a) * smoothstep(0.16, 0.08, abs(v + 0.5 * (i - 0.5))) * step(0.08, h) * step(1 - 0.7 * a, n)",
            v=marks.y, i=islands, h=marks.height, n=marks.number, a=self.scratches,
        )  # fmt: skip
        bare = g.number(
            "chips_off", "max(smoothstep(l, l + 0.006, t) * k, s * step(0.5, i))", t=torn, l=level, k=any_off, s=scratch, i=islands,
        )  # fmt: skip
        primer = g.number(
            "primer_rim", "max(smoothstep(l - 0.04, l - 0.034, t) * k, s) * (1 - b)", t=torn, l=level, k=any_off, s=scratch, b=bare,
        )  # fmt: skip
        curl = g.number("curl", "a * smoothstep(l - 0.16, l - 0.04, t) * (1 - b)", t=torn, l=level, a=self.peeling, b=bare)
        down = g.add("down", "filter.blur", value=bare, radius=0.1, is_upwards=True)
        streaks = g.add("drips", "noise.layers", across=90, upwards=3, octaves=4, roughness=0.6)
        halo = g.add("halo", "filter.blur", value=down, radius=0.012)
        run = g.number("run", "clamp(a * h * 3.6 * (0.25 + s) * smoothstep(0.25, 0.65, s))", h=halo, s=streaks, a=self.rust)
        rust = g.number("rusted", "b * smoothstep(0.8 - a, 1.05 - a, 0.6 * f + 0.5 * p)", b=bare, a=self.rust, f=fade, p=peel)
        rust_color = g.add(
            "rust_color", "color.ramp", value=g.number("rust_tone", "clamp(0.6 * i + 0.5 * (p - 0.2))", i=islands, p=peel),
            first=srgb("#2c1712"), second=srgb("#583020"), third=srgb("#7d4526"), fourth=srgb("#a36b3c"),
        )  # fmt: skip
        band = g.number(
            "band",
            "step(0.01, a) * smoothstep(0.5 - 0.006, 0.5, fract((x + y) * 4) ) * smoothstep(1.0, 0.994, fract((x + y) * 4))",
            a=self.stripes,
        )  # fmt: skip
        paint = g.color(
            "paint",
            "mix(c, vec(0.024, 0.024, 0.025), s) * (0.86 + 0.24 * f) * (0.97 + 0.05 * p) + vec(0.02, 0.02, 0.018) * (1 - g)"
            " * f", c=self.color, s=band, f=fade, p=peel, g=self.gloss,
        )  # fmt: skip
        grey = g.color("grey", "mix(p, vec(0.26, 0.24, 0.22) * (0.8 + 0.4 * i), k)", p=paint, k=primer, i=islands)
        stained = g.color("stained", "mix(c, r * 0.9 + c * 0.15, 0.8 * k)", c=grey, r=rust_color, k=run)
        steel = g.color("steel", "mix(m * (0.7 + 0.3 * i), c, r)", m=METALS[self.metal], c=rust_color, r=rust, i=fade)
        color = g.add("color", "color.mix", a=stained, b=steel, share=bare)
        height = g.number(
            "skin", "0.6 + 0.05 * (p - 0.5) - 0.1 * k + 0.3 * c * c - 0.3 * b + 0.2 * r * (0.3 + i) - 0.05 * e", p=peel, k=primer,
            c=curl, b=bare, r=rust, i=islands, e=g.number("plate_cracks", "a * smoothstep(0.04, 0.0, e)", e=net, a=self.peeling),
        )  # fmt: skip
        metal = g.number("metal", "b * (1 - r)", b=bare, r=rust)
        rough = g.number(
            "rough", "mix(mix(0.72 - 0.58 * g + 0.2 * (f - 0.4) + 0.04 * p, 0.82, max(k, 0.75 * run)), mix(0.38, 0.94, r), b)",
            g=self.gloss, f=fade, p=peel, k=primer, run=run, r=rust, b=bare,
        )  # fmt: skip
        return Surface(color, height, rough, metal, relief_m=0.0025, size_m=1.0)


@family("rust", nodes="blisters scale_layers rust_bloom weeping")
class Rust:
    """Iron that has rusted: powder and blisters, layers that come off, the even brown of weathering steel."""

    amount: float = field(default=0.8, minimum=0.0, maximum=1.0, doc="0 is bare iron with spots")
    color: Color = field(default=srgb("#7c4a2c"))
    flaking: float = field(default=0.35, minimum=0.0, maximum=1.0)
    blisters: float = field(default=0.4, minimum=0.0, maximum=1.0)
    runs: float = field(default=0.3, minimum=0.0, maximum=1.0, doc="streaks that water left")

    def build(self, g: Graph) -> Surface:
        """Three oxides in patches at three scales: orange powder, brown crust, blue-black scale in terraces with sharp rims."""
        patch = g.add("patch", "noise.swirls", scale=4, octaves=6, bend=0.14, roughness=0.6)
        slow = g.add("slow", "noise.layers", across=3, upwards=3, octaves=5, roughness=0.5)
        powder = g.add("rust_bloom", "noise.layers", across=80, upwards=80, octaves=4, roughness=0.75)
        domes = g.add("blisters", "pattern.strewn", count=40, radius=0.75, spread=0.85)
        dome = g.number(
            "dome", "a * h * step(0.35, n) * smoothstep(0.35, 0.55, p)", h=domes.height, n=domes.number, p=patch, a=self.blisters,
        )  # fmt: skip
        runs = g.add("weeping", "noise.layers", across=50, upwards=3, octaves=5, roughness=0.62)
        level = g.number("level", "(0.65 * p + 0.35 * s) * 5 + 0.8 * (w - 0.5)", p=patch, s=slow, w=powder)
        scale = g.number("scale_layers", "(floor(l) + smoothstep(0.0, 0.12, fract(l)) - 1) / 5", l=level)
        rim = g.number("rim", "a * smoothstep(0.2, 0.02, fract(l))", l=level, a=self.flaking)
        rust = g.number(
            "rusted", "smoothstep(1.0 - 1.15 * a, 1.08 - 1.15 * a, 0.6 * p + 0.4 * s + 0.25 * (w - 0.3) + 0.3 * h)", p=patch,
            s=slow, w=powder, h=dome, a=self.amount,
        )  # fmt: skip
        tone = g.number(
            "tone",
            "clamp(0.42 + f * 1.1 * (0.52 - c) + 0.6 * (w - 0.5) + (0.3 + 0.6 * f) * (s + p - 1) + 0.2 * h + 0.25 * r +"
            " 0.16 * q * (n - 0.5))", f=self.flaking, c=scale, w=powder, s=slow, h=dome, r=rim, q=self.runs, n=runs, p=patch,
        )  # fmt: skip
        red = g.add(
            "red", "color.ramp", value=tone, first=srgb("#231b1c"), second=srgb("#4e3026"), third=self.color,
            fourth=srgb("#b07a48"), second_at=0.28, third_at=0.62,
        )  # fmt: skip
        bleed = g.color(
            "bleed", "mix(c, vec(0.27, 0.115, 0.04) * (0.7 + 0.6 * w), 0.5 * a * smoothstep(0.55, 0.85, 0.6 * n + 0.4 * p))", c=red,
            w=powder, a=self.runs, n=runs, p=patch,
        )  # fmt: skip
        iron = g.color("iron", "m * (0.5 + 0.3 * w + 0.15 * s)", m=METALS["iron"], w=powder, s=slow)
        color = g.add("color", "color.mix", a=iron, b=bleed, share=rust)
        height = g.number(
            "crust", "0.22 + r * (0.4 * f * s + 0.26 * d + 0.16 * (w - 0.5) + 0.1 * (p - 0.5) + 0.05)", r=rust, f=self.flaking,
            s=scale, d=dome, w=powder, p=patch,
        )  # fmt: skip
        metal = g.number("metal", "1 - r", r=rust)
        rough = g.number("rough", "mix(0.36 + 0.24 * w, 0.84 + 0.24 * (w - 0.5) - 0.12 * s, r)", w=powder, s=scale, r=rust)
        return Surface(color, height, rough, metal, relief_m=0.007, size_m=0.8)


@family("hull panels", nodes="panels hull_rivets hatches greebles")
class HullPanels:
    """Plating of a ship, of the sea or of space: panels of several sizes, rivets, hatches, small lamps."""

    color: Color = field(default=srgb("#8b9094"))
    accent: Color = field(default=srgb("#9a5238"))
    panels: int = field(default=3, minimum=1, maximum=16)
    accents: float = field(default=0.14, minimum=0.0, maximum=1.0, doc="how many panels are painted")
    greebles: float = field(default=0.4, minimum=0.0, maximum=1.0, doc="hatches, vents and boxes")
    rivets: float = field(default=0.6, minimum=0.0, maximum=1.0)
    lamps: float = field(default=0.15, minimum=0.0, maximum=1.0)
    wear: float = field(default=0.4, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Three grids, each finer one in some panels only; rivets along edges.

        Chipped rims, soot in grooves, streaks below hatches.
        """
        n = self.panels
        panels = g.add("panels", "pattern.bond", bond="third", rows=n * 2, columns=n, disorder=0.8, gap=0.035, corner=0.05)
        parts = g.add("parts", "pattern.bond", bond="running", rows=n * 6, columns=n * 4, disorder=0.3, gap=0.07, corner=0.1)
        tiny = g.add(
            "greebles", "pattern.bond", bond="stack", rows=min(n * 18, 256), columns=n * 8, disorder=0.6, gap=0.2, corner=0.05,
        )  # fmt: skip
        has = g.number(
            "hatches", "step(1 - 0.9 * a, fract(p * 3.7)) * smoothstep(0.1, 0.11, e)", p=panels.number, e=panels.edge,
            a=self.greebles,
        )  # fmt: skip
        lid = g.number("lid", "h * smoothstep(0, 0.07, i) * step(0.45, k)", h=has, i=parts.edge, k=parts.number)
        vent = g.number(
            "vent", "h * smoothstep(0.1, 0.12, i) * step(k, 0.3) * (0.5 + 0.5 * cos(6.2832 * 4 * v))", h=has, i=parts.edge,
            k=parts.number, v=parts.y,
        )  # fmt: skip
        box = g.number(
            "box", "h * smoothstep(0.12, 0.14, i) * step(0.8, k) * smoothstep(0, 0.06, t) * step(0.4, b)", h=has, i=parts.edge,
            k=parts.number, t=tiny.edge, b=tiny.number,
        )  # fmt: skip
        rivets = g.number(
            "hull_rivets",
            "step(0.01, a) * smoothstep(0.5, 0.34, length(vec(fract(x * k * 14) - 0.5, (e - 0.055) * 14)) * 2.4) *"
            " step(fract(p * 5.3), a) * (1 - h)", k=float(n), e=panels.edge, p=panels.number, a=self.rivets, h=has,
        )  # fmt: skip
        wear = g.add("wear", "noise.layers", across=6, upwards=6, octaves=8, roughness=0.62)
        scuff = g.add("scuff", "noise.streaks", across=10, upwards=90, layers=3)
        runs = g.add("hull_runs", "noise.layers", across=60, upwards=3, octaves=5, roughness=0.6)
        groove = g.number("groove", "1 - smoothstep(0, 0.025, e)", e=panels.edge)
        rim = g.number(
            "rim", "step(0.01, a) * smoothstep(0.09 * a, 0.0, e - 0.12 * a * (w - 0.55)) * (1 - g)", e=panels.edge, w=wear,
            g=groove, a=self.wear,
        )  # fmt: skip
        chip = g.number(
            "chip", "max(r * step(0.56, w), smoothstep(0.97 - 0.22 * a, 0.98 - 0.22 * a, w)) * step(0.01, a)", r=rim, w=wear,
            a=self.wear,
        )  # fmt: skip
        painted = g.number("painted", "step(1 - a, p) * step(0.01, a)", p=panels.number, a=self.accents)
        shade = g.add("shade", "color.vary", color=self.color, number=panels.number, hue=0.004, strength=0.12, brightness=0.22)
        base = g.color("base", "mix(s, a, p) * (1 - 0.1 * l) * (1 - 0.25 * v)", s=shade, a=self.accent, p=painted, l=lid, v=vent)
        soot = g.number(
            "soot", "clamp(0.25 + 0.9 * a * smoothstep(0.45, 0.8, 0.6 * r + 0.4 * w) + 0.5 * smoothstep(0.1, 0.0, e)) * a", r=runs,
            w=wear, e=panels.edge, a=self.wear,
        )  # fmt: skip
        dirty = g.color(
            "dirty", "mix(c * (0.86 + 0.2 * w + 0.1 * (s - 0.5)), vec(0.05, 0.045, 0.04), 0.55 * d) * (1 - 0.75 * g)", c=base,
            w=wear, s=scuff, d=soot, g=groove,
        )  # fmt: skip
        scuffed = g.color("scuffed", "mix(c, vec(0.55, 0.53, 0.5) * (0.8 + 0.3 * s), k)", c=dirty, k=chip, s=scuff)
        lamp = g.number(
            "lamp", "h * step(1 - 0.4 * a, fract(k * 7.7)) * smoothstep(0.26, 0.29, i) * step(0.01, a)", h=has, k=parts.number,
            i=parts.edge, a=self.lamps,
        )  # fmt: skip
        height = g.number(
            "plating",
            "0.45 + 0.12 * (fract(p * 11) - 0.5) - 0.36 * g + 0.14 * l - 0.14 * v + 0.2 * b + 0.12 * r - 0.08 * m - 0.02 *"
            " c + 0.008 * s", p=panels.number, g=groove, l=lid, v=vent, b=box, r=rivets, m=lamp, c=chip, s=scuff,
        )  # fmt: skip
        rough = g.number(
            "rough", "mix(0.46 + 0.2 * (w - 0.5) + 0.14 * (s - 0.5) + 0.25 * d, 0.3, c) + 0.25 * g - 0.2 * m", w=wear, s=scuff,
            d=soot, c=chip, g=groove, m=lamp,
        )  # fmt: skip
        metal = g.number(
            "metal", "max(0.75 * (1 - p), c) * (1 - m) * (1 - 0.7 * d) * (1 - g)", p=painted, c=chip, m=lamp, d=soot, g=groove,
        )  # fmt: skip
        glow = g.color("glow", "vec(0.5, 1.3, 2.0) * m", m=lamp)
        return Surface(scuffed, height, rough, metal, glow, relief_m=0.035, size_m=4.0)
