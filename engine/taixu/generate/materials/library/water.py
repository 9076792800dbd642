"""Water, as it runs, freezes and falls: water, ice, snow."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("snow", nodes="drifts crystals snow_crust slush")
class Snow:
    """Snow: fresh and soft, cut by wind, trodden, or old and dirty."""

    color: Color = field(default=srgb("#eef1f5"))
    drifts: float = field(default=0.5, minimum=0.0, maximum=1.0)
    wind: float = field(default=0.25, minimum=0.0, maximum=1.0, doc="ridges that wind cut")
    trodden: float = field(default=0.0, minimum=0.0, maximum=1.0)
    grime: float = field(default=0.0, minimum=0.0, maximum=1.0)
    glints: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Billows, blue in their hollows; terraces of wind; clumps and crumbs; footprints; single smooth crystals.

        Grit where it melts.
        """
        drifts = g.add("drifts", "noise.layers", across=3, upwards=4, octaves=3, roughness=0.4)
        sway = g.add("sway", "noise.layers", across=4, upwards=5, octaves=5, roughness=0.5)
        crumbs = g.add("crumbs", "noise.layers", across=26, upwards=26, octaves=5, roughness=0.62, fold="billowed", contrast=1.0)
        clumps = g.add("clumps", "pattern.strewn", count=34, radius=0.7, spread=0.85)
        level = g.number("level", "(d + 0.3 * s + 0.05 * c) * 6", d=drifts, s=sway, c=crumbs)
        crust = g.number("snow_crust", "(floor(l) + smoothstep(0.0, 0.3, fract(l))) / 7", l=level)
        feet = g.add("treads", "pattern.strewn", count=7, radius=0.85, spread=0.35, length=1.6, flat=0.55)
        print_ = g.number("print", "a * h * step(0.2, n)", h=feet.height, n=feet.number, a=self.trodden)
        crystals = g.add("crystals", "noise.cells", across=280, upwards=280)
        glint = g.number(
            "glint", "step(1 - 0.07 * a, n) * smoothstep(0.5, 0.2, d)", n=crystals.number, d=crystals.near, a=self.glints,
        )  # fmt: skip
        melt = g.number(
            "slush", "a * clamp(smoothstep(0.62, 0.25, d + 0.3 * (c - 0.5)) + 0.5 * p)", d=drifts, c=sway, p=print_, a=self.grime,
        )  # fmt: skip
        height = g.number(
            "cover",
            "0.22 + a * mix(0.5 * d, 0.62 * w, v) + 0.06 * (c - 0.5) * (1 + v) + 0.07 * h * (1 - v) - 0.36 * p + 0.05 *"
            " (0.5 - k) * 0.4 - 0.06 * m + 0.1 * (s - 0.5)", d=drifts, w=crust, v=self.wind, c=crumbs, h=clumps.height, p=print_,
            k=crystals.near, m=melt, s=sway, a=self.drifts,
        )  # fmt: skip
        low = g.number("low", "smoothstep(0.62, 0.3, h)", h=height)
        white = g.color(
            "white",
            "c * mix(vec(1, 1, 1), vec(0.84, 0.91, 0.97), 0.7 * l) * (0.93 + 0.07 * k) * (1 - 0.1 * p) * (1 - 0.03 * v * n)",
            c=self.color, l=low, k=crumbs, p=print_, v=self.wind, n=crystals.number,
        )  # fmt: skip
        grit = g.add("grit", "noise.layers", across=70, upwards=70, octaves=4, roughness=0.75)
        color = g.color(
            "color",
            "mix(c, mix(vec(0.24, 0.22, 0.2), vec(0.05, 0.045, 0.04), smoothstep(0.5, 0.75, g)), clamp(m * (0.3 + 0.9 *"
            " g)))", c=white, m=melt, g=grit,
        )  # fmt: skip
        rough = g.number(
            "rough", "mix(mix(0.74 + 0.22 * (k - 0.5) - 0.16 * v, 0.08, g), 0.35 + 0.2 * t, m)", k=crumbs, g=glint, v=self.wind,
            m=melt, t=grit,
        )  # fmt: skip
        return Surface(color, height, rough, relief_m=0.09, size_m=1.5)


@family("ice", nodes="fractures bubbles frost ice_depth")
class Ice:
    """Ice: of a lake, with white fractures within and bubbles; of a glacier; scratched by skates; rimed."""

    color: Color = field(default=srgb("#5f8a9c"))
    deep: Color = field(default=srgb("#1d3d4c"))
    cracks: float = field(default=0.5, minimum=0.0, maximum=1.0)
    bubbles: float = field(default=0.4, minimum=0.0, maximum=1.0)
    frost: float = field(default=0.2, minimum=0.0, maximum=1.0)
    scallops: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="hollows that melting left")
    skates: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="scratches")

    def build(self, g: Graph) -> Surface:
        """Fractures as lit sheets that fade on one side, hairs beside them; stacks of bubbles; needles of frost.

        Scallops and scratches.
        """
        cloud = g.add("cloud", "noise.swirls", scale=3, octaves=6, bend=0.22, roughness=0.55)
        sway = g.add("sway", "noise.layers", across=4, upwards=4, octaves=6, roughness=0.5)
        large = g.add("large", "noise.cells", across=3, upwards=3)
        small = g.add("small", "noise.cells", across=9, upwards=9)
        first = g.add("first", "arrange.bend", value=large.edge, x=cloud, y=sway, strength=0.12)
        side = g.add("side", "arrange.bend", value=large.number, x=cloud, y=sway, strength=0.12)
        second = g.add("second", "arrange.bend", value=small.edge, x=sway, y=cloud, strength=0.08)
        flakes = g.add("flakes", "noise.layers", across=24, upwards=24, octaves=5, roughness=0.65)
        cracks = g.number(
            "fractures",
            "a * clamp(1.5 * smoothstep(0.012, 0.0, e) + 1.1 * pow(smoothstep(0.16 + 0.14 * s, 0.0, e), 2) * (0.25 + 0.9 *"
            " f) * step(0.4, s) + 0.7 * smoothstep(0.03, 0.0, g) * smoothstep(0.5, 0.68, c))", e=first, s=side, f=flakes, g=second,
            c=cloud, a=self.cracks,
        )  # fmt: skip
        air = g.add("bubbles", "pattern.strewn", count=30, radius=0.34, spread=0.92)
        tiny = g.add("tiny_bubbles", "pattern.strewn", count=90, radius=0.4, spread=0.9)
        bubble = g.number(
            "bubble",
            "a * clamp(step(0.03, h) * (0.35 + 0.6 * smoothstep(0.3, 0.05, h)) * smoothstep(0.4, 0.6, c) + 0.8 *"
            " smoothstep(0.05, 0.4, t) * smoothstep(0.5, 0.7, s))", h=air.height, t=tiny.height, c=sway, s=cloud, a=self.bubbles,
        )  # fmt: skip
        needles = g.add("needles", "pattern.strewn", count=44, radius=1.0, spread=0.5, length=6.0)
        frost = g.number(
            "frost", "step(0.01, a) * smoothstep(1.02 - 0.95 * a, 1.22 - 0.95 * a, s + 0.3 * h + 0.12 * f)", s=sway,
            h=needles.height, f=flakes, a=self.frost,
        )  # fmt: skip
        cups = g.add("cups", "noise.cells", across=9, upwards=6, jitter=0.9)
        scallop = g.number("scallop", "a * d * d", d=cups.near, a=self.scallops)
        blade = g.add("blade", "pattern.strewn", count=5, radius=1.0, spread=0.4, length=6.0)
        other = g.add("other_blade", "pattern.strewn", count=8, radius=1.0, spread=0.4, length=6.0)
        skate = g.number(
            "skate",
            "a * max(smoothstep(0.05, 0.015, abs(u + 0.5 * k * k - 0.2)) * step(0.04, h), 0.7 * smoothstep(0.06, 0.02,"
            " abs(v - 0.3 * m * m)) * step(0.04, i))", u=blade.y, k=blade.x, h=blade.height, v=other.y, m=other.x, i=other.height,
            a=self.skates,
        )  # fmt: skip
        depth = g.number("ice_depth", "smoothstep(0.25, 0.75, 0.65 * c + 0.35 * s)", c=cloud, s=sway)
        body = g.color(
            "body", "mix(d, c, k) * (0.85 + 0.3 * f * k) * (1 + 0.5 * q)", d=self.deep, c=self.color, k=depth, f=flakes, q=scallop,
        )  # fmt: skip
        white = g.number(
            "white", "clamp(0.85 * c + 0.6 * b + 0.85 * f * (0.5 + 0.5 * n) + 0.7 * k)", c=cracks, b=bubble, f=frost,
            n=needles.height, k=skate,
        )  # fmt: skip
        color = g.color("color", "mix(b, vec(0.74, 0.82, 0.86), w)", b=body, w=white)
        height = g.number(
            "sheet", "0.42 + 0.07 * (s - 0.5) - 0.05 * c + 0.18 * f * h - 0.12 * k + 0.5 * q", s=sway, c=cracks, f=frost,
            h=needles.height, k=skate, q=scallop,
        )  # fmt: skip
        rough = g.number("rough", "mix(0.05 + 0.06 * s + 0.12 * c, 0.62, f) + 0.35 * k", s=sway, f=frost, c=cracks, k=skate)
        return Surface(color, height, rough, relief_m=0.01 + 0.03 * self.scallops, size_m=2.0)


@family("water", nodes="swell capillaries foam caustics")
class Water:
    """A surface of water from above: swell, wind waves, foam; in a pool, the net of light on its floor."""

    color: Color = field(default=srgb("#1c4650"))
    shallow: Color = field(default=srgb("#4d8c88"))
    waves: float = field(default=0.5, minimum=0.0, maximum=1.0)
    ripples: float = field(default=0.5, minimum=0.0, maximum=1.0)
    foam_amount: float = field(default=0.1, minimum=0.0, maximum=1.0)
    light: float = field(default=0.1, minimum=0.0, maximum=1.0, doc="of the sun on the floor")

    def build(self, g: Graph) -> Surface:
        """Waves of six directions, sharpened at crests; cat's paws of wind; lace of foam that stretches and breaks.

        Caustics below.
        """
        sway = g.add("sway", "noise.layers", across=3, upwards=3, octaves=4)
        other = g.add("other", "noise.layers", across=4, upwards=2, octaves=5)
        bend = g.number("bend", "1.6 * (s - 0.5)", s=sway)
        cross = g.number("cross_bend", "1.3 * (o - 0.5)", o=other)
        a = g.add("swell", "noise.waves", across=1, upwards=3, bend=bend)
        b = g.add("swell_across", "noise.waves", across=-3, upwards=4, bend=cross)
        c = g.add("chop", "noise.waves", across=5, upwards=7, bend=g.number("chop_bend", "1.8 * s + 0.8 * o", s=other, o=sway))
        d = g.add(
            "chop_across", "noise.waves", across=-8, upwards=9,
            bend=g.number("chop_bend_across", "2.2 * s - 1.1 * o", s=sway, o=other),
        )  # fmt: skip
        small = g.add("capillaries", "noise.layers", across=16, upwards=22, octaves=4, roughness=0.55, fold="ridged", contrast=1.0)
        ripple = g.add("ripple", "arrange.bend", value=small, x=other, y=sway, strength=0.08)
        paws = g.number("paws", "smoothstep(0.3, 0.65, s * 0.5 + o * 0.5)", s=sway, o=other)
        big = g.number("big", "0.5 * pow(a, 1.5) + 0.24 * pow(b, 1.4) + 0.16 * c + 0.1 * d", a=a, b=b, c=c, d=d)
        net = g.add("net", "noise.cells", across=9, upwards=9)
        wide = g.add("caustics", "arrange.bend", value=net.edge, x=ripple, y=sway, strength=0.1)
        shine = g.number(
            "shine", "a * (pow(smoothstep(0.2, 0.0, c), 3) * 1.3 + 0.25 * smoothstep(0.35, 0.0, c))", c=wide, a=self.light,
        )  # fmt: skip
        bubbles = g.add("bubbles", "noise.cells", across=56, upwards=56)
        lace = g.add("lace", "arrange.bend", value=bubbles.edge, x=sway, y=ripple, strength=0.12)
        fine = g.add("froth", "noise.layers", across=70, upwards=70, octaves=3, roughness=0.7)
        crest = g.number(
            "crest", "step(0.01, f) * smoothstep(0.96 - 0.34 * f, 1.36 - 0.34 * f, b + 0.36 * o + 0.14 * r)", b=big, o=other,
            r=ripple, f=self.foam_amount,
        )  # fmt: skip
        foam = g.number(
            "foam",
            "clamp(smoothstep(0.0, 0.25, crest) * smoothstep(0.02 + 0.3 * crest, 0.3 * crest - 0.03, l) * (0.5 + 0.7 * n) +"
            " smoothstep(0.7, 1.0, crest) * n)", crest=crest, l=lace, n=fine,
        )  # fmt: skip
        deep = g.color(
            "deep_water", "mix(c, s, clamp(0.12 + 0.5 * b * w + l)) * (0.9 + 0.2 * o) + s * 0.9 * k", c=self.color, s=self.shallow,
            b=big, w=self.waves, o=other, k=shine, l=self.light,
        )  # fmt: skip
        color = g.color("color", "mix(d, vec(0.72, 0.77, 0.78), f)", d=deep, f=foam)
        height = g.number(
            "surface", "0.12 + a * 0.7 * b + k * (0.05 + 0.08 * a) * r * (0.35 + 0.65 * p) + 0.03 * f", a=self.waves, b=big,
            r=ripple, k=self.ripples, p=paws, f=foam,
        )  # fmt: skip
        rough = g.number("rough", "mix(0.04 + 0.05 * p, 0.75, f)", f=foam, p=paws)
        return Surface(color, height, rough, relief_m=0.3, size_m=4.0)
