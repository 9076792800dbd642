"""Under foot: gravel, sand, mud, grass, snow, ice, moss."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("gravel", nodes="pebbles chips grit")
class Gravel:
    """Pebbles of many sizes over each other."""

    color: Color = field(default=srgb("#8a8076"))
    count: int = field(default=14, minimum=3, maximum=60)
    variety: float = field(default=0.6, minimum=0.0, maximum=1.0)
    sharp: float = field(default=0.2, minimum=0.0, maximum=1.0, doc="0 is from a river, 1 crushed")

    def build(self, g: Graph) -> Surface:
        """Three sizes strewn, each on top of the smaller ones; speckles and veins within a stone."""
        large = g.add("pebbles", "pattern.strewn", count=self.count, radius=0.78, spread=0.5, length=1.35, square=self.sharp)
        small = g.add("chips", "pattern.strewn", count=self.count * 2 + 3, radius=0.85, spread=0.5, length=1.4, square=self.sharp)
        grit = g.add("grit", "pattern.strewn", count=self.count * 5, radius=0.9, spread=0.5)
        speckle = g.add("speckle", "noise.layers", across=70, upwards=70, octaves=4, roughness=0.75)
        stone = g.number("stone", "0.25 + 0.75 * h", h=large.height)
        is_large = g.number("is_large", "step(0.02, h)", h=large.height)
        middle = g.number("middle", "step(0.02, s) * (0.12 + 0.4 * s)", s=small.height)
        height = g.number(
            "pile", "max(max(l * w, m), 0.2 * t) + 0.05 * (n - 0.5)", l=stone, w=is_large, m=middle, t=grit.height, n=speckle
        )
        number = g.number(
            "number",
            "mix(mix(t, s, step(0.2 * g, m)), l, step(m, h * w))",
            t=grit.number,
            s=small.number,
            g=grit.height,
            m=middle,
            l=large.number,
            h=stone,
            w=is_large,
        )
        shade = g.add(
            "shade",
            "color.vary",
            color=self.color,
            number=number,
            hue=0.04 * self.variety,
            strength=0.9 * self.variety,
            brightness=0.75 * self.variety,
        )
        color = g.color("color", "c * (0.65 + 0.65 * n) * (0.55 + 0.5 * smoothstep(0, 0.6, h))", c=shade, n=speckle, h=height)
        rough = g.number("rough", "0.75 + 0.25 * (n - 0.5) + 0.1 * number", n=speckle, number=number)
        return Surface(color, height, rough, relief_m=0.04, size_m=0.9)


@family("sand", nodes="ripples dune_grains")
class Sand:
    """Sand with the ripples of wind or of shallow water."""

    color: Color = field(default=srgb("#c8a876"))
    ripples: int = field(default=11, minimum=0, maximum=60)
    height: float = field(default=0.5, minimum=0.0, maximum=1.0)
    grain: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Bent waves that are steeper on one side; grains of several minerals."""
        drift = g.add("drift", "noise.layers", across=3, upwards=2, octaves=4, roughness=0.45)
        forks = g.add("forks", "noise.layers", across=6, upwards=9, octaves=3)
        bend = g.number("bend", "1.9 * (d - 0.5) + 0.45 * (f - 0.5)", d=drift, f=forks)
        waves = g.add("ripples", "noise.waves", across=0, upwards=self.ripples, bend=bend)
        steep = g.number("steep", "0.6 * pow(w, 1.6) + 0.4 * w * w * w", w=waves)
        grains = g.add("dune_grains", "noise.cells", across=230, upwards=230)
        dust = g.add("dust", "noise.layers", across=90, upwards=90, octaves=3, roughness=0.8)
        height = g.number(
            "bed",
            "0.2 + a * 0.5 * s * (0.7 + 0.5 * f) + 0.14 * d + k * (0.10 * (0.5 - g) + 0.06 * (u - 0.5))",
            s=steep,
            f=forks,
            d=drift,
            g=grains.near,
            u=dust,
            a=self.height,
            k=self.grain,
        )
        shade = g.add("shade", "color.vary", color=self.color, number=grains.number, hue=0.02, strength=0.35, brightness=0.4)
        color = g.color(
            "color",
            "mix(base, c, 0.35 + 0.4 * k) * (0.9 + 0.14 * s) * (0.92 + 0.16 * d)",
            c=shade,
            base=self.color,
            s=steep,
            d=drift,
            k=self.grain,
        )
        rough = g.number("rough", "0.92 + 0.1 * (u - 0.5)", u=dust)
        return Surface(color, height, rough, relief_m=0.03, size_m=1.5)


@family("mud", nodes="mud_plates curl silt")
class Mud:
    """Mud that dried and broke into plates whose rims curl."""

    color: Color = field(default=srgb("#8a6e52"))
    plates: int = field(default=7, minimum=2, maximum=40)
    dryness: float = field(default=0.7, minimum=0.0, maximum=1.0, doc="0 is wet and whole")

    def build(self, g: Graph) -> Surface:
        """Cells in two sizes; rims rise; cracks go deep; silt between; what is wet is dark and shines."""
        sway = g.add("sway", "noise.layers", across=5, upwards=5, octaves=5)
        turn = g.add("turn", "noise.layers", across=4, upwards=6, octaves=5)
        cells = g.add("mud_plates", "noise.cells", across=self.plates, upwards=self.plates, jitter=0.85)
        small = g.add("small", "noise.cells", across=self.plates * 3, upwards=self.plates * 3, jitter=0.9)
        wide = g.add("wide", "arrange.bend", value=cells.edge, x=sway, y=turn, strength=0.09)
        fine = g.add("fine", "arrange.bend", value=small.edge, x=turn, y=sway, strength=0.05)
        silt = g.add("silt", "noise.layers", across=60, upwards=60, octaves=4, roughness=0.7)
        crack = g.number(
            "crack",
            "max(smoothstep(0.05 * a, 0.0, w - 0.012 * s), 0.55 * smoothstep(0.05 * a, 0.0, f) * step(0.5, t)) * step(0.02, a)",
            w=wide,
            f=fine,
            s=silt,
            t=turn,
            a=self.dryness,
        )
        curl = g.number("curl", "a * smoothstep(0.3, 0.03, w) * (1 - c)", w=wide, c=crack, a=self.dryness)
        height = g.number(
            "plate", "0.5 + 0.2 * (s - 0.5) + 0.22 * curl + 0.08 * (n - 0.5) - 0.5 * c", s=sway, curl=curl, n=silt, c=crack
        )
        tone = g.color("tone", "col * (0.82 + 0.25 * n) * (0.85 + 0.3 * s)", col=self.color, n=silt, s=sway)
        dry = g.color("dry", "mix(c * 0.45, c * (1 + 0.25 * curl), a)", c=tone, a=self.dryness, curl=curl)
        color = g.color("color", "c * (1 - 0.7 * k)", c=dry, k=crack)
        rough = g.number("rough", "mix(0.25 + 0.3 * n, 0.9, a)", n=silt, a=self.dryness)
        return Surface(color, height, rough, relief_m=0.02, size_m=1.0)


@family("grass", nodes="blades undergrowth clover")
class Grass:
    """A meadow from above: blades over blades over earth."""

    color: Color = field(default=srgb("#4f7426"))
    dry: float = field(default=0.2, minimum=0.0, maximum=1.0)
    blades: int = field(default=34, minimum=6, maximum=90)
    earth: Color = field(default=srgb("#3a2c1d"))

    def build(self, g: Graph) -> Surface:
        """Three layers of long thin things, the upper ones paler; clumps; earth where none lies."""
        upper = g.add("blades", "pattern.strewn", count=self.blades, radius=1.0, spread=0.45, length=6.0)
        lower = g.add("undergrowth", "pattern.strewn", count=max(4, self.blades * 4 // 5), radius=1.0, spread=0.3, length=6.0)
        third = g.add("third", "pattern.strewn", count=max(5, self.blades * 6 // 5), radius=1.0, spread=0.4, length=5.0)
        clumps = g.add("clumps", "noise.layers", across=5, upwards=5, octaves=5, roughness=0.6)
        clover = g.add("clover", "pattern.strewn", count=max(6, self.blades * 2 // 3), radius=0.5, spread=0.4, flat=0.4)
        top = g.number("top", "step(0.05, h) * (0.5 + 0.5 * h) * (0.7 + 0.6 * c)", h=upper.height, c=clumps)
        mid = g.number("mid", "step(0.05, h) * (0.34 + 0.3 * h)", h=third.height)
        low = g.number("low", "max(step(0.05, h) * (0.2 + 0.25 * h), step(0.1, k) * 0.3 * k)", h=lower.height, k=clover.height)
        height = g.number("sward", "max(max(t * 0.8, m), l)", t=top, m=mid, l=low)
        number = g.number(
            "number",
            "mix(mix(l, m, step(hl, hm)), t, step(max(hm, hl), 0.8 * ht))",
            t=upper.number,
            m=third.number,
            l=lower.number,
            hm=mid,
            hl=low,
            ht=top,
        )
        shade = g.add("shade", "color.vary", color=self.color, number=number, hue=0.02, strength=0.3, brightness=0.35)
        straw = g.number(
            "straw",
            "smoothstep(1.05 - 1.1 * a, 1.15 - 1.1 * a, fract(n * 7.3) + 0.35 * (c - 0.5)) * step(0.01, a)",
            n=number,
            c=clumps,
            a=self.dry,
        )
        blade = g.color(
            "blade", "mix(c, vec(0.42, 0.34, 0.13), s) * (0.35 + 0.85 * h) * (0.8 + 0.4 * k)", c=shade, s=straw, h=height, k=clumps
        )
        color = g.color("color", "mix(e, c, step(0.06, h))", e=self.earth, c=blade, h=height)
        rough = g.number("rough", "0.72 + 0.2 * (n - 0.5)", n=number)
        return Surface(color, height, rough, relief_m=0.05, size_m=1.0)


@family("snow", nodes="drifts crystals")
class Snow:
    """Fresh snow: soft drifts, with crystals that glint."""

    color: Color = field(default=srgb("#f2f5fa"))
    drifts: float = field(default=0.5, minimum=0.0, maximum=1.0)
    glints: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Billows cut by wind, fine crumbs, and single smooth crystals."""
        drifts = g.add("drifts", "noise.layers", across=3, upwards=4, octaves=3, roughness=0.35, fold="billowed", contrast=1.0)
        soft = g.add("soft", "filter.blur", value=drifts, radius=0.03)
        softer = g.add("softer", "filter.blur", value=soft, radius=0.03, is_upwards=True)
        crumbs = g.add("crumbs", "noise.layers", across=36, upwards=36, octaves=5, roughness=0.6)
        crystals = g.add("crystals", "noise.cells", across=260, upwards=260)
        glint = g.number(
            "glint", "step(1 - 0.06 * a, n) * smoothstep(0.5, 0.2, d)", n=crystals.number, d=crystals.near, a=self.glints
        )
        height = g.number(
            "cover", "0.2 + 0.6 * a * d + 0.16 * c + 0.04 * (0.5 - k)", d=softer, c=crumbs, k=crystals.near, a=self.drifts
        )
        color = g.color("color", "c * (0.93 + 0.05 * k) * mix(0.96, 1, d)", c=self.color, k=crumbs, d=softer)
        rough = g.number("rough", "mix(0.72 + 0.2 * (k - 0.5), 0.08, g)", k=crumbs, g=glint)
        return Surface(color, height, rough, relief_m=0.05, size_m=1.5)


@family("ice", nodes="fractures bubbles frost")
class Ice:
    """Ice of a lake: white fractures within, bubbles, frost on top."""

    color: Color = field(default=srgb("#6f9fb3"))
    cracks: float = field(default=0.6, minimum=0.0, maximum=1.0)
    frost: float = field(default=0.3, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Planes that broke at two scales, pale where they catch light; a smooth face with dull patches."""
        cloud = g.add("cloud", "noise.swirls", scale=3, octaves=5, bend=0.18)
        sway = g.add("sway", "noise.layers", across=4, upwards=4, octaves=5)
        large = g.add("large", "noise.cells", across=3, upwards=3)
        small = g.add("small", "noise.cells", across=8, upwards=8)
        first = g.add("first", "arrange.bend", value=large.edge, x=cloud, y=sway, strength=0.14)
        second = g.add("second", "arrange.bend", value=small.edge, x=sway, y=cloud, strength=0.08)
        cracks = g.number(
            "fractures",
            "a * clamp(smoothstep(0.05, 0, e) * (0.4 + 0.8 * c) + 0.6 * smoothstep(0.05, 0, f) * smoothstep(0.5, 0.7, c)"
            " + 0.25 * smoothstep(0.25, 0, e))",
            e=first,
            f=second,
            c=cloud,
            a=self.cracks,
        )
        bubbles = g.add("bubbles", "pattern.strewn", count=36, radius=0.2, spread=0.9)
        bubble = g.number("bubble", "smoothstep(0.05, 0.5, h) * smoothstep(0.45, 0.65, c)", h=bubbles.height, c=sway)
        needles = g.add("needles", "pattern.strewn", count=48, radius=1.0, spread=0.6, length=6.0)
        frost = g.number("frost", "smoothstep(1 - a, 1.25 - a, s + 0.35 * h)", s=sway, h=needles.height, a=self.frost)
        deep = g.color("deep", "c * (0.35 + 0.7 * k)", c=self.color, k=cloud)
        white = g.number("white", "clamp(c + 0.5 * b + 0.7 * f)", c=cracks, b=bubble, f=frost)
        color = g.add("color", "color.mix", a=deep, b=srgb("#e8f1f5"), share=white)
        height = g.number("sheet", "0.5 + 0.06 * (s - 0.5) - 0.12 * c + 0.2 * f * h", s=sway, c=cracks, f=frost, h=needles.height)
        rough = g.number("rough", "mix(0.06 + 0.05 * s, 0.6, f) + 0.15 * c", s=sway, f=frost, c=cracks)
        return Surface(color, height, rough, relief_m=0.01, size_m=2.0)


@family("moss", nodes="cushions stars sprouts")
class Moss:
    """Cushions of moss, with the stars of single shoots."""

    color: Color = field(default=srgb("#5f7a24"))
    cushions: int = field(default=6, minimum=1, maximum=30)
    shoots: int = field(default=64, minimum=8, maximum=160)
    sprouts: float = field(default=0.3, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Domes of cells, shoots on them, pale tips, and here and there a red stalk."""
        sway = g.add("sway", "noise.layers", across=5, upwards=5, octaves=5)
        domes = g.add("cushions", "noise.cells", across=self.cushions, upwards=self.cushions)
        shoots = g.add("stars", "noise.cells", across=self.shoots, upwards=self.shoots)
        leaves = g.add("leaves", "pattern.strewn", count=self.shoots, radius=1.0, spread=0.4, length=3.0)
        stalks = g.add("sprouts", "pattern.strewn", count=max(4, self.shoots // 2), radius=0.5, spread=0.5, length=6.0)
        dome = g.number("dome", "clamp(1 - 0.75 * d * d + 0.4 * (s - 0.5))", d=domes.near, s=sway)
        tip = g.number("tip", "clamp(1 - d) * (0.6 + 0.4 * l)", d=shoots.near, l=leaves.height)
        stalk = g.number("stalk", "step(0.2, h) * step(1 - 0.5 * a, n)", h=stalks.height, n=stalks.number, a=self.sprouts)
        height = g.number("cushion", "0.15 + 0.5 * d + 0.28 * t + 0.1 * k", d=dome, t=tip, k=stalk)
        shade = g.add("shade", "color.vary", color=self.color, number=shoots.number, hue=0.012, strength=0.25, brightness=0.25)
        green = g.color("green", "c * (0.35 + 1.0 * t) * (0.6 + 0.6 * d) * (0.8 + 0.4 * s)", c=shade, t=tip, d=dome, s=sway)
        color = g.add("color", "color.mix", a=green, b=srgb("#8a4a22"), share=stalk)
        rough = g.number("rough", "0.93 - 0.1 * t", t=tip)
        return Surface(color, height, rough, relief_m=0.03, size_m=0.5)
