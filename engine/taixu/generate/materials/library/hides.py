"""Skins: leather, fur, scales."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("leather", nodes="grain_cells leather_pores folds tufting")
class Leather:
    """Tanned hide: a grain of small cells, pores, folds where it bent; suede, crocodile, stitched or buttoned."""

    color: Color = field(default=srgb("#583828"))
    grain: int = field(default=46, minimum=8, maximum=200)
    relief: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="of the grain; large cells stand high")
    folds: float = field(default=0.4, minimum=0.0, maximum=1.0)
    shine: float = field(default=0.45, minimum=0.0, maximum=1.0)
    worn: float = field(default=0.3, minimum=0.0, maximum=1.0, doc="pale where it rubs, cracked")
    suede: float = field(default=0.0, minimum=0.0, maximum=1.0)
    buttons: int = field(default=0, minimum=0, maximum=8, doc="of upholstery, across")

    def build(self, g: Graph) -> Surface:
        """Bent cells in three sizes whose middles rise; pores in pairs; folds with fine wrinkles beside them.

        Dye worn off on crests.
        """
        sway = g.add("sway", "noise.layers", across=9, upwards=9, octaves=4)
        other = g.add("other", "noise.layers", across=5, upwards=6, octaves=6, roughness=0.58)
        large = g.add("grain_cells", "noise.cells", across=self.grain, upwards=self.grain, jitter=0.9)
        bent = g.add("bent", "arrange.bend", value=large.edge, x=sway, y=other, strength=0.05)
        small = g.add("small", "noise.cells", across=self.grain * 2, upwards=self.grain * 2, jitter=0.95)
        fine = g.add("fine", "noise.layers", across=190, upwards=190, octaves=3, roughness=0.75)
        pores = g.add("leather_pores", "pattern.strewn", count=self.grain * 3 // 2, radius=0.2, spread=0.6)
        ridge = g.add("ridge", "noise.layers", across=4, upwards=3, octaves=5, roughness=0.5, fold="ridged", contrast=1.0)
        turned = g.add("turned", "arrange.bend", value=ridge, x=other, y=sway, strength=0.16)
        folds = g.number(
            "folds", "a * (0.7 * pow(smoothstep(0.7, 1.0, r), 2) + 0.3 * smoothstep(0.88, 1.0, r))", r=turned, a=self.folds,
        )  # fmt: skip
        hump = g.number("hump", "pow(smoothstep(0.0, 0.34, e), 0.7) * 0.72 + 0.28 * smoothstep(0, 0.3, s)", e=bent, s=small.edge)
        pore = g.number("pore", "smoothstep(0.05, 0.5, p)", p=pores.height)
        n = float(self.buttons)
        u = g.number("button_u", "fract((x + y) * n) - 0.5", n=n)
        v = g.number("button_v", "fract((x - y) * n) - 0.5", n=n)
        pillow = g.number(
            "tufting",
            "step(0.5, n) * (1 - pow(max(abs(u), abs(v)) * 2, 3)) * smoothstep(0.0, 0.25, length(vec(abs(u) - 0.5, abs(v) -"
            " 0.5)))", n=n, u=u, v=v,
        )  # fmt: skip
        button = g.number(
            "button", "step(0.5, n) * smoothstep(0.062, 0.05, length(vec(abs(u) - 0.5, abs(v) - 0.5)))", n=n, u=u, v=v,
        )  # fmt: skip
        grained = g.number(
            "grained", "(0.2 + 0.4 * k) * (1 - 0.85 * s) * (h - 0.15 * p)", k=self.relief, s=self.suede, h=hump, p=pore,
        )  # fmt: skip
        height = g.number(
            "hide",
            "mix(0.3 + g - 0.26 * f + 0.14 * (w - 0.5) + (0.04 + 0.14 * s) * (n - 0.5), 0.12 + 0.66 * t + 0.12 * g - 0.05 *"
            " f + 0.25 * b, k)", g=grained, f=folds, w=other, n=fine, s=self.suede, t=pillow, b=button, k=float(self.buttons > 0),
        )  # fmt: skip
        rub = g.number(
            "rub",
            "a * clamp(smoothstep(0.5, 0.85, o + 0.25 * (h - 0.5)) * (0.3 + 0.7 * h) + 0.5 * f * smoothstep(0.3, 0.6, n) +"
            " 0.4 * t * t * h)", a=self.worn, o=other, h=hump, f=folds, n=fine, t=pillow,
        )  # fmt: skip
        nap = g.number("nap", "s * (0.8 * (o - 0.5) + 0.9 * (n - 0.5) + 0.6 * (w - 0.5))", s=self.suede, o=other, n=fine, w=sway)
        color = g.color(
            "tone",
            "mix(c * (0.6 + 0.46 * h) * (0.86 + 0.28 * w) * (1 - 0.4 * f) * (1 - 0.4 * p), c * 1.7 + vec(0.05, 0.035,"
            " 0.022), 0.65 * r) * (1 + n)", c=self.color, h=g.number("shown", "mix(h, 0.85, s)", h=hump, s=self.suede), w=sway,
            f=folds, p=pore, r=rub, n=nap,
        )  # fmt: skip
        rough = g.number(
            "rough", "mix(mix(0.82, 0.3, s) + 0.28 * (1 - h) + 0.14 * (w - 0.5) + 0.25 * r, 0.96, u)", s=self.shine, h=hump,
            w=other, r=rub, u=self.suede,
        )  # fmt: skip
        return Surface(
            color, height, rough, relief_m=0.0014 + 0.002 * self.relief * self.relief + (0.03 if self.buttons else 0.0),
            size_m=0.9 if self.buttons else 0.3,
        )  # fmt: skip


@family("fur", nodes="locks undercoat rosettes stripes")
class Fur:
    """Short or long fur, combed one way, in locks; plain, spotted or striped; a base for hair drawn over it."""

    color: Color = field(default=srgb("#94764f"))
    under: Color = field(default=srgb("#cbb695"), doc="of the undercoat and the tips")
    spot: Color = field(default=srgb("#2c2119"))
    spots: float = field(default=0.0, minimum=0.0, maximum=1.0)
    stripes: float = field(default=0.0, minimum=0.0, maximum=1.0)
    length: float = field(default=0.5, minimum=0.0, maximum=1.0)
    curl: float = field(default=0.15, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Strands bent by a slow noise, three layers; locks that part and overlap, dark between; agouti tips.

        Rosettes with brown hearts.
        """
        sway = g.add("sway", "noise.layers", across=3, upwards=3, octaves=4)
        other = g.add("other", "noise.layers", across=6, upwards=5, octaves=4)
        bend = 0.1 + 0.3 * self.curl
        long = round(22 - 14 * self.length)
        streaks = g.add("streaks", "noise.layers", across=180, upwards=long, octaves=4, roughness=0.7)
        combed = g.add("undercoat", "arrange.bend", value=streaks, x=sway, y=other, strength=bend)
        locks = g.add("locks", "pattern.scales", columns=24, pairs=max(4, round(14 - 8 * self.length)), length=1.9, roundness=1.0)
        lock = g.add("lock", "arrange.bend", value=locks.height, x=other, y=combed, strength=0.16 + 0.1 * self.curl)
        rim = g.add("lock_rim", "arrange.bend", value=locks.edge, x=other, y=combed, strength=0.16 + 0.1 * self.curl)
        curls = g.add("curls", "noise.waves", across=5, upwards=34, bend=g.number("curl_bend", "3 * s + 2.5 * o", s=sway, o=other))
        wavy = g.number("wavy", "c * w", c=self.curl, w=curls)
        cells = g.add("rosettes", "noise.cells", across=7, upwards=6, jitter=0.8)
        ring = g.add("ring", "arrange.bend", value=cells.near, x=combed, y=other, strength=0.06)
        broken = g.add("broken", "noise.layers", across=11, upwards=11, octaves=3)
        is_spot = g.number(
            "is_spot", "step(0.01, a) * smoothstep(0.13, 0.08, abs(r - 0.3 * a) - 0.1 * a * (b - 0.35))", r=ring, b=broken,
            a=self.spots,
        )  # fmt: skip
        inner = g.number("inner", "step(0.01, a) * smoothstep(0.36 * a, 0.26 * a, r)", r=ring, a=self.spots)
        bars = g.add(
            "stripes", "noise.waves", across=0, upwards=6,
            bend=g.number("bar_bend", "1.5 * s + 0.9 * o + 0.08 * c", s=sway, o=other, c=combed),
        )  # fmt: skip
        is_bar = g.number(
            "is_bar", "step(0.01, a) * smoothstep(0.95 - 0.55 * a, 1.05 - 0.55 * a, w + 0.6 * (b - 0.5))", w=bars, b=broken,
            a=self.stripes,
        )  # fmt: skip
        base = g.color("base", "mix(c, c * vec(0.62, 0.48, 0.36), 0.6 * i) * (0.86 + 0.28 * w)", c=self.color, i=inner, w=sway)
        coat = g.color(
            "coat", "mix(mix(b, u, 0.55 * smoothstep(0.55, 0.85, h) + 0.2 * (1 - l)), s, max(p, q))", b=base, u=self.under,
            s=self.spot, h=combed, l=lock, p=is_spot, q=is_bar,
        )  # fmt: skip
        color = g.color(
            "color", "c * (0.3 + 0.95 * h) * (0.5 + 0.55 * l) * (0.6 + 0.45 * smoothstep(0.0, 0.2, e)) * (0.85 + 0.35 * w)", c=coat,
            h=combed, l=lock, e=rim, w=wavy,
        )  # fmt: skip
        height = g.number("hair", "0.12 + 0.36 * h + (0.15 + 0.3 * a) * l + 0.2 * w", h=combed, l=lock, a=self.length, w=wavy)
        rough = g.number("rough", "0.68 + 0.3 * (0.55 - h) + 0.1 * (1 - l)", h=combed, l=lock)
        return Surface(color, height, rough, relief_m=0.006 + 0.012 * self.length, size_m=0.4)


@family("scales", nodes="reptile keels scale_sheen scutes")
class Scales:
    """Hide of a snake, a lizard, a crocodile, a fish or a dragon."""

    color: Color = field(default=srgb("#4f6147"))
    tip: Color = field(default=srgb("#a19a69"))
    dark: Color = field(default=srgb("#22281f"), doc="of bands and blotches")
    shape: str = field(default="overlapping", choices=("overlapping", "scutes"))
    columns: int = field(default=16, minimum=3, maximum=64)
    keel: float = field(default=0.5, minimum=0.0, maximum=1.0)
    markings: float = field(default=0.5, minimum=0.0, maximum=1.0)
    gloss: float = field(default=0.5, minimum=0.0, maximum=1.0)
    sheen: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="of silver, as fish have")

    def build(self, g: Graph) -> Surface:
        """Tongues with lines of growth, or plates with creased skin between; a keel along each.

        Markings scale by scale; worn rims.
        """
        bands = g.add("bands", "noise.swirls", scale=3, octaves=4, bend=0.2, roughness=0.5)
        fine = g.add("fine", "noise.layers", across=100, upwards=100, octaves=4, roughness=0.7)
        if self.shape == "scutes":
            sway = g.add("sway", "noise.layers", across=6, upwards=6, octaves=4)
            plates = g.add(
                "scutes", "pattern.bond", bond="stack", rows=self.columns, columns=max(2, self.columns * 3 // 4), disorder=0.12,
                gap=0.1, corner=0.22, uneven=0.9, x=g.number("sx", "0.05 * (s - 0.5)", s=sway),
                y=g.number("sy", "0.05 * (b - 0.5)", b=bands),
            )  # fmt: skip
            skin = g.add("reptile", "noise.cells", across=self.columns * 5, upwards=self.columns * 5)
            face = g.number("face", "pow(smoothstep(0.0, 0.3, e), 0.6)", e=plates.edge)
            edge, number = g.number("edge", "1.0 * e", e=plates.edge), g.number("who", "1.0 * n", n=plates.number)
            keels = g.number(
                "keels", "a * smoothstep(0.16, 0.0, abs(v - 0.5)) * smoothstep(0.0, 0.35, e)", v=plates.y, e=plates.edge,
                a=self.keel,
            )  # fmt: skip
            height = g.number(
                "hide",
                "0.1 + 0.5 * f * (0.8 + 0.3 * (n - 0.5)) + 0.22 * k + 0.1 * (1 - f) * smoothstep(0.0, 0.3, s) + 0.05 * (d -"
                " 0.5) - 0.05 * f * smoothstep(0.1, 0.0, s)", f=face, n=number, k=keels, s=skin.edge, d=fine,
            )  # fmt: skip
            tipward = g.number("tipward", "0.6 * f * k + 0.15 * f", f=face, k=keels)
        else:
            scales = g.add(
                "reptile", "pattern.scales", columns=self.columns, pairs=max(1, self.columns * 5 // 8), length=1.75, roundness=1.0,
            )  # fmt: skip
            edge, number = g.number("edge", "1.0 * e", e=scales.edge), g.number("who", "1.0 * n", n=scales.number)
            keels = g.number(
                "keels", "a * smoothstep(0.3, 0.5, e) * smoothstep(0.02, 0.25, y) * smoothstep(0.75, 0.4, y)", e=scales.edge,
                y=scales.y, a=self.keel,
            )  # fmt: skip
            rings = g.number("scutes", "0.5 + 0.5 * sin(60 * e + 4 * f)", e=scales.edge, f=fine)
            face = g.number("face", "smoothstep(0, 0.1, e)", e=scales.edge)
            height = g.number(
                "hide", "0.08 + 0.52 * h + 0.16 * f + 0.2 * k + 0.04 * (d - 0.5) + 0.012 * r + 0.05 * (n - 0.5)", h=scales.height,
                f=face, k=keels, d=fine, r=rings, n=number,
            )  # fmt: skip
            tipward = g.number("tipward", "smoothstep(0.5, 0.05, y) * (0.35 + 0.5 * f)", y=scales.y, f=fine)
        mark = g.number("marked", "a * smoothstep(0.5, 0.6, b + 0.14 * (n - 0.5)) ", b=bands, n=number, a=self.markings)
        shade = g.add("shade", "color.vary", color=self.color, number=number, hue=0.012, strength=0.3, brightness=0.35)
        sheen = g.number("scale_sheen", "a * f * (0.5 + 0.5 * n)", a=self.sheen, f=face, n=number)
        pale = g.color(
            "pale", "mix(mix(s, t, 0.8 * k), d * (0.8 + 0.4 * k), m)", s=shade, t=self.tip, k=tipward, d=self.dark, m=mark,
        )  # fmt: skip
        color = g.color(
            "color",
            "mix(c * (0.72 + 0.5 * f) * (0.3 + 0.7 * smoothstep(0, 0.09, e)), vec(0.55, 0.58, 0.58) * (0.7 + 0.4 * f), 0.7"
            " * s)", c=pale, f=fine, e=edge, s=sheen,
        )  # fmt: skip
        rough = g.number(
            "rough", "mix(0.72, 0.22, g) + 0.25 * (f - 0.4) + 0.2 * smoothstep(0.1, 0, e) - 0.06 * k", g=self.gloss, f=fine, e=edge,
            k=keels,
        )  # fmt: skip
        metal = g.number("metal", "0.6 * s", s=sheen)
        return Surface(color, height, rough, metal, relief_m=0.007, size_m=0.4)
