"""Worn and walked on: leather, denim, knit, velvet, carpet, fur, scales."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("leather", nodes="grain_cells leather_pores folds")
class Leather:
    """Tanned hide: a grain of small cells, pores, and folds where it bent."""

    color: Color = field(default=srgb("#5b3620"))
    grain: int = field(default=52, minimum=8, maximum=200)
    folds: float = field(default=0.4, minimum=0.0, maximum=1.0)
    shine: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Bent cells in two sizes whose middles rise; folds as ridges turned over."""
        sway = g.add("sway", "noise.layers", across=9, upwards=9, octaves=4)
        other = g.add("other", "noise.layers", across=8, upwards=10, octaves=4)
        large = g.add("grain_cells", "noise.cells", across=self.grain, upwards=self.grain, jitter=0.85)
        bent = g.add("bent", "arrange.bend", value=large.edge, x=sway, y=other, strength=0.04)
        small = g.add("small", "noise.cells", across=self.grain * 2, upwards=self.grain * 2)
        pores = g.add("leather_pores", "pattern.strewn", count=self.grain * 3 // 2, radius=0.16, spread=0.7)
        ridge = g.add("ridge", "noise.layers", across=4, upwards=4, octaves=4, roughness=0.45, fold="ridged", contrast=1.0)
        turned = g.add("turned", "arrange.bend", value=ridge, x=other, y=sway, strength=0.18)
        folds = g.number("folds", "a * pow(smoothstep(0.72, 1.0, r), 2)", r=turned, a=self.folds)
        hump = g.number("hump", "smoothstep(0.0, 0.3, e) * 0.75 + 0.25 * smoothstep(0, 0.25, s)", e=bent, s=small.edge)
        height = g.number(
            "hide", "0.35 + 0.4 * h - 0.2 * step(0.2, p) * p - 0.35 * f + 0.1 * (w - 0.5)", h=hump, p=pores.height, f=folds, w=other
        )
        tone = g.color("tone", "c * (0.62 + 0.45 * h) * (0.85 + 0.3 * w) * (1 - 0.35 * f)", c=self.color, h=hump, w=sway, f=folds)
        rough = g.number("rough", "mix(0.8, 0.35, s) + 0.25 * (1 - h) + 0.1 * (w - 0.5)", s=self.shine, h=hump, w=other)
        return Surface(tone, height, rough, relief_m=0.0015, size_m=0.3)


@family("denim", nodes="twill slubs washed")
class Denim:
    """Cotton twill: indigo threads one way, white ones the other, washed out on the crests."""

    color: Color = field(default=srgb("#2c4468"))
    threads: int = field(default=72, minimum=12, maximum=300)
    washing: float = field(default=0.4, minimum=0.0, maximum=1.0)
    slub: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="how uneven the yarn is")

    def build(self, g: Graph) -> Surface:
        """Three over, one under; yarns that swell and thin; fuzz."""
        twill = g.add("twill", "pattern.weave", across=self.threads, upwards=self.threads, over=3, under=1, width=0.95)
        slubs = g.add("slubs", "noise.layers", across=self.threads, upwards=3, octaves=3)
        fuzz = g.add("fuzz", "noise.layers", across=170, upwards=170, octaves=3, roughness=0.8)
        wash = g.add("washed", "noise.layers", across=4, upwards=4, octaves=6, roughness=0.6)
        crest = g.number("crest", "h * (0.85 + 0.3 * a * (s - 0.5))", h=twill.height, s=slubs, a=self.slub)
        pale = g.number(
            "pale",
            "clamp(a * (0.35 + 0.9 * smoothstep(0.4, 0.8, w)) * (0.3 + 0.8 * h) + 0.25 * a * s)",
            a=self.washing,
            w=wash,
            h=crest,
            s=slubs,
        )
        indigo = g.color("indigo", "c * (0.6 + 0.5 * n) * (0.75 + 0.5 * f)", c=self.color, n=twill.number, f=fuzz)
        faded = g.color("faded", "mix(c, vec(0.42, 0.5, 0.6), p)", c=indigo, p=pale)
        white = g.color("white", "vec(0.62, 0.62, 0.58) * (0.7 + 0.4 * f)", f=fuzz)
        color = g.color("color", "mix(w, c, i) * (0.45 + 0.6 * h)", w=white, c=faded, i=twill.is_warp, h=crest)
        height = g.number("cloth", "0.15 + 0.65 * h + 0.1 * (f - 0.5)", h=crest, f=fuzz)
        rough = g.number("rough", "0.92 + 0.08 * (f - 0.5)", f=fuzz)
        return Surface(color, height, rough, relief_m=0.0012, size_m=0.12)


@family("knit", nodes="stitches wool_twist")
class Knit:
    """Stockinette in wool: columns of V, twisted yarn, loose hairs."""

    color: Color = field(default=srgb("#a33b3f"))
    second: Color = field(default=srgb("#e6ddcb"))
    stitches: int = field(default=20, minimum=4, maximum=120)
    stripes: int = field(default=0, minimum=0, maximum=20)
    fuzz: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Two slanted legs a stitch: rows bent by how far one is from the stitch's middle."""
        wobble = g.add("wobble", "noise.layers", across=8, upwards=8, octaves=3)
        leg = g.number("leg", "abs(fract(x * n) * 2 - 1)", n=float(self.stitches))
        row = g.number(
            "row", "y * n * 1.25 - 0.55 * l + 0.12 * (w - 0.5)", n=float(round(self.stitches * 1.25) / 1.25), l=leg, w=wobble
        )
        across = g.number("across", "sqrt(max(1 - pow(abs(l - 0.5) * 2, 2), 0))", l=leg)
        along = g.number("along", "sqrt(max(1 - pow(abs(fract(r) - 0.5) * 2, 2), 0))", r=row)
        stitches = g.number("stitches", "pow(a, 0.7) * (0.35 + 0.65 * b)", a=across, b=along)
        twist = g.number("wool_twist", "0.5 + 0.5 * sin(6.2832 * (l * 3.0 * 1.0 + fract(r) * 4))", l=leg, r=row)
        hairs = g.add("hairs", "pattern.strewn", count=40, radius=1.0, spread=0.5, length=6.0)
        fine = g.add("fine", "noise.layers", across=160, upwards=160, octaves=3, roughness=0.8)
        hair = g.number("hair", "a * step(0.3, h) * 0.35", h=hairs.height, a=self.fuzz)
        stripe = g.number(
            "stripe",
            "step(0.5, fract(floor(r) / max(m, 1) * 0.5)) * step(0.5, n)",
            r=row,
            n=float(self.stripes),
            m=float(max(1, round(self.stitches * 1.25 / max(1, self.stripes) / 2))),
        )
        wool = g.add("wool", "color.mix", a=self.color, b=self.second, share=stripe)
        color = g.color(
            "color",
            "c * (0.3 + 0.75 * s) * (0.85 + 0.2 * t) * (0.85 + 0.3 * f) * (1 + h)",
            c=wool,
            s=stitches,
            t=twist,
            f=fine,
            h=hair,
        )
        height = g.number("cloth", "0.1 + 0.7 * s + 0.08 * t * s + 0.06 * f + 0.2 * h", s=stitches, t=twist, f=fine, h=hair)
        rough = g.number("rough", "0.93 + 0.06 * (f - 0.5)", f=fine)
        return Surface(color, height, rough, relief_m=0.004, size_m=0.2)


@family("velvet", nodes="nap crushed")
class Velvet:
    """Pile that lies this way and that, darker where one looks into it."""

    color: Color = field(default=srgb("#5b1230"))
    crush: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Fields of direction bent by a slow noise; fine pile."""
        field_ = g.add("field", "noise.swirls", scale=3, octaves=4, bend=0.25)
        crushed = g.add("crushed", "noise.layers", across=5, upwards=5, octaves=4, fold="billowed", contrast=1.0)
        nap = g.add("nap", "noise.layers", across=260, upwards=320, octaves=2, roughness=0.7)
        lies = g.number("lies", "mix(0.5, 0.6 * f + 0.5 * c, a)", f=field_, c=crushed, a=self.crush)
        color = g.color("color", "c * (0.45 + 0.95 * l) * (0.75 + 0.5 * n)", c=self.color, l=lies, n=nap)
        height = g.number("pile", "0.4 + 0.3 * (l - 0.5) + 0.2 * (n - 0.5)", l=lies, n=nap)
        rough = g.number("rough", "0.9 - 0.2 * l + 0.1 * (n - 0.5)", l=lies, n=nap)
        return Surface(color, height, rough, relief_m=0.002, size_m=0.5)


@family("carpet", nodes="tufts medallions")
class Carpet:
    """Loops in rows, with a pattern of diamonds in three colours."""

    color: Color = field(default=srgb("#6d1f26"))
    second: Color = field(default=srgb("#c9a45c"))
    third: Color = field(default=srgb("#1f2d46"))
    tufts: int = field(default=84, minimum=12, maximum=240)
    pattern: int = field(default=3, minimum=0, maximum=16)

    def build(self, g: Graph) -> Surface:
        """Each tuft has the colour that the drawing has at its middle, and leans its own way."""
        tufts = g.add("tufts", "noise.cells", across=self.tufts, upwards=self.tufts, jitter=0.45)
        hair = g.add("hair", "noise.layers", across=200, upwards=200, octaves=3, roughness=0.8)
        wear = g.add("wear", "noise.layers", across=3, upwards=3, octaves=5)
        n, p = float(self.tufts), float(self.pattern)
        gx = g.number("gx", "fract((floor(x * n) + 0.5) / n * p)", n=n, p=p)
        gy = g.number("gy", "fract((floor(y * n) + 0.5) / n * p)", n=n, p=p)
        diamond = g.number("medallions", "abs(a - 0.5) + abs(b - 0.5)", a=gx, b=gy)
        star = g.number("star", "max(abs(a - 0.5), abs(b - 0.5))", a=gx, b=gy)
        first = g.number("first", "step(d, 0.34) * step(0.5, p)", d=diamond, p=p)
        second = g.number("second", "(step(d, 0.2) * step(0.1, d) + step(0.455, s)) * step(0.5, p)", d=diamond, s=star, p=p)
        drawn = g.add("drawn", "color.mix", a=self.color, b=self.third, share=first)
        gilt = g.add("gilt", "color.mix", a=drawn, b=self.second, share=second)
        shade = g.add("shade", "color.vary", color=gilt, number=tufts.number, hue=0.008, strength=0.2, brightness=0.22)
        dome = g.number("dome", "clamp(1.1 - 1.3 * d) * (0.8 + 0.3 * h)", d=tufts.near, h=hair)
        color = g.color("color", "c * (0.4 + 0.75 * d) * (0.9 + 0.15 * w)", c=shade, d=dome, w=wear)
        height = g.number("pile", "0.15 + 0.65 * d + 0.08 * (h - 0.5) - 0.08 * w", d=dome, h=hair, w=wear)
        rough = g.number("rough", "0.95 + 0.05 * (h - 0.5)", h=hair)
        return Surface(color, height, rough, relief_m=0.008, size_m=1.0)


@family("fur", nodes="locks undercoat")
class Fur:
    """Short fur, combed one way, in locks, with spots if wanted; a base for hair drawn over it."""

    color: Color = field(default=srgb("#a5763f"))
    spot: Color = field(default=srgb("#2b1c10"))
    spots: float = field(default=0.4, minimum=0.0, maximum=1.0)
    length: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Streaks bent by a slow noise; locks as cells drawn out; rosettes."""
        sway = g.add("sway", "noise.layers", across=3, upwards=3, octaves=4)
        other = g.add("other", "noise.layers", across=5, upwards=5, octaves=4)
        streaks = g.add("streaks", "noise.layers", across=200, upwards=16, octaves=4, roughness=0.65)
        combed = g.add("undercoat", "arrange.bend", value=streaks, x=sway, y=other, strength=0.16)
        locks = g.add("locks", "noise.cells", across=26, upwards=9)
        lock = g.add("lock", "arrange.bend", value=locks.near, x=sway, y=other, strength=0.1)
        cells = g.add("rosettes", "noise.cells", across=7, upwards=7, jitter=0.7)
        spot = g.add("spotted", "arrange.bend", value=cells.near, x=other, y=combed, strength=0.08)
        is_spot = g.number(
            "is_spot", "smoothstep(0.12 + 0.3 * a, 0.04 + 0.3 * a, abs(s - 0.12 * a)) * step(0.01, a)", s=spot, a=self.spots
        )
        coat = g.add("coat", "color.mix", a=self.color, b=self.spot, share=is_spot)
        color = g.color("color", "c * (0.4 + 0.9 * h) * (1.15 - 0.45 * l) * (0.85 + 0.3 * w)", c=coat, h=combed, l=lock, w=sway)
        height = g.number("hair", "0.2 + 0.4 * h + 0.35 * a * (1 - l)", h=combed, l=lock, a=self.length)
        rough = g.number("rough", "0.72 + 0.2 * (0.5 - h)", h=combed)
        return Surface(color, height, rough, relief_m=0.006, size_m=0.4)


@family("scales", nodes="reptile keels scale_sheen")
class Scales:
    """Hide of a snake or a dragon: scales over each other, keeled, paler at their tips."""

    color: Color = field(default=srgb("#3f6b4a"))
    tip: Color = field(default=srgb("#b7b26a"))
    columns: int = field(default=14, minimum=3, maximum=64)
    keel: float = field(default=0.5, minimum=0.0, maximum=1.0)
    variety: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Tongues, a ridge along each, bands of darker ones."""
        scales = g.add(
            "reptile", "pattern.scales", columns=self.columns, pairs=max(1, self.columns * 5 // 8), length=1.7, roundness=1.0
        )
        bands = g.add("bands", "noise.layers", across=3, upwards=5, octaves=4)
        fine = g.add("fine", "noise.layers", across=90, upwards=90, octaves=4, roughness=0.65)
        keels = g.number("keels", "a * smoothstep(0.32, 0.5, e) * smoothstep(0.05, 0.3, y)", e=scales.edge, y=scales.y, a=self.keel)
        height = g.number(
            "hide",
            "0.1 + 0.5 * h + 0.2 * smoothstep(0, 0.12, e) + 0.18 * k + 0.05 * (f - 0.5)",
            h=scales.height,
            e=scales.edge,
            k=keels,
            f=fine,
        )
        shade = g.add(
            "shade",
            "color.vary",
            color=self.color,
            number=scales.number,
            hue=0.03 * self.variety,
            strength=0.4,
            brightness=0.6 * self.variety,
        )
        sheen = g.number("scale_sheen", "smoothstep(0.45, 0.1, y) * (0.4 + 0.5 * b)", y=scales.y, b=bands)
        pale = g.add("pale", "color.mix", a=shade, b=self.tip, share=sheen)
        color = g.color(
            "color",
            "c * (0.55 + 0.7 * b) * (0.85 + 0.3 * f) * (0.5 + 0.5 * smoothstep(0, 0.08, e))",
            c=pale,
            b=bands,
            f=fine,
            e=scales.edge,
        )
        rough = g.number("rough", "0.38 + 0.2 * f - 0.1 * k", f=fine, k=keels)
        return Surface(color, height, rough, relief_m=0.006, size_m=0.4)
