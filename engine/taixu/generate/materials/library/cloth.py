"""Woven, knitted and tufted: denim, knit, velvet, carpet."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Input, Surface, family, srgb

__all__: list[str] = []


@family("denim", nodes="twill slubs washed whiskers")
class Denim:
    """Cotton twill: indigo threads one way, white ones the other, washed out on the crests."""

    color: Color = field(default=srgb("#31435f"))
    weft: Color = field(default=srgb("#b9b7ae"))
    threads: int = field(default=72, minimum=12, maximum=300)
    washing: float = field(default=0.35, minimum=0.0, maximum=1.0)
    slub: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="how uneven the yarn is")
    acid: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="clouds of bleach")
    seams: int = field(default=0, minimum=0, maximum=4, doc="double rows of stitches")

    def build(self, g: Graph) -> Surface:
        """Three over, one under; yarns that swell and thin; rope dye that left their hearts white; crests worn pale; fuzz."""
        slubs = g.add("slubs", "noise.layers", across=self.threads, upwards=5, octaves=3, roughness=0.6)
        cross = g.add("weft_slubs", "noise.layers", across=5, upwards=self.threads, octaves=3, roughness=0.6)
        twill = g.add("twill", "pattern.weave", across=self.threads, upwards=self.threads, over=3, under=1, width=0.98)
        fuzz = g.add("fuzz", "noise.layers", across=190, upwards=190, octaves=3, roughness=0.8)
        wash = g.add("washed", "noise.layers", across=3, upwards=4, octaves=6, roughness=0.6)
        folds = g.add("whiskers", "noise.layers", across=2, upwards=7, octaves=4, roughness=0.5, fold="ridged", contrast=1.0)
        turn = g.number("twist", "0.5 + 0.5 * sin(6.2832 * (3 * a + n * 7))", a=twill.along, n=twill.number)
        crest = g.number(
            "crest", "h * (0.8 + 0.45 * a * (mix(c, s, w) - 0.4))", h=twill.height, s=slubs, c=cross, w=twill.is_warp, a=self.slub,
        )  # fmt: skip
        seam: Input = 0.0
        if self.seams:
            n = float(self.seams)
            seam = g.number("seam", "smoothstep(0.055, 0.045, abs(fract(x * n) - 0.5))", n=n)
            thread = g.number(
                "stitching",
                "smoothstep(0.007, 0.004, abs(abs(fract(x * n) - 0.5) - 0.03)) * smoothstep(0.5, 0.4, abs(fract(y * 26) - 0.5)"
                " * 1.25)", n=n,
            )  # fmt: skip
            pucker = g.number(
                "pucker", "s * (0.5 + 0.5 * cos(6.2832 * 26 * y)) * smoothstep(0.06, 0.02, abs(abs(fract(x * n) - 0.5) - 0.03))",
                s=seam, n=n,
            )  # fmt: skip
        else:
            thread, pucker = g.number("stitching", "0 * f", f=fuzz), g.number("pucker", "0 * f", f=fuzz)
        pale = g.number(
            "pale",
            "clamp(a * (0.15 + 1.1 * smoothstep(0.35, 0.8, 0.65 * w + 0.45 * f)) * (0.15 + 1.0 * h) + 0.22 * a * s + 0.9 *"
            " k * smoothstep(0.42, 0.62, w + 0.12 * (z - 0.5)) + 0.3 * p)", a=self.washing, w=wash, f=folds, h=crest, s=slubs,
            k=self.acid, z=fuzz, p=pucker,
        )  # fmt: skip
        indigo = g.color(
            "indigo", "c * (0.66 + 0.4 * n) * (0.7 + 0.6 * f) * (0.85 + 0.25 * t)", c=self.color, n=twill.number, f=fuzz, t=turn,
        )  # fmt: skip
        faded = g.color("faded", "mix(c, k * 0.2 + vec(0.36, 0.42, 0.48), 0.85 * p)", c=indigo, k=self.color, p=pale)
        white = g.color("white", "w * (0.6 + 0.4 * f) * (0.85 + 0.2 * t)", w=self.weft, f=fuzz, t=turn)
        cloth = g.color("cloth_color", "mix(w, c, i) * (0.42 + 0.64 * h)", w=white, c=faded, i=twill.is_warp, h=crest)
        color = g.color("color", "mix(c, vec(0.42, 0.2, 0.05) * (0.7 + 0.4 * t), s)", c=cloth, s=thread, t=fuzz)
        height = g.number(
            "cloth", "0.12 + 0.5 * h + 0.08 * (f - 0.5) + 0.1 * t * h + 0.14 * m + 0.14 * s + 0.1 * p", h=crest, f=fuzz, t=turn,
            m=seam, s=thread, p=pucker,
        )  # fmt: skip
        rough = g.number("rough", "0.9 + 0.1 * (f - 0.5) - 0.08 * h - 0.15 * s", f=fuzz, h=crest, s=thread)
        return Surface(color, height, rough, relief_m=0.0012, size_m=0.12)


@family("knit", nodes="stitches wool_twist cables halo")
class Knit:
    """Wool: stockinette, ribs or cables; columns of V of twisted yarn, with loose hairs."""

    color: Color = field(default=srgb("#8f4443"))
    second_color: Color = field(default=srgb("#d5cbb8"))
    stitches: int = field(default=20, minimum=4, maximum=120)
    stripes: int = field(default=0, minimum=0, maximum=20)
    ribs: int = field(default=0, minimum=0, maximum=20)
    cables: int = field(default=0, minimum=0, maximum=8)
    motif: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="a pattern of the second colour, stitch by stitch")
    fuzz: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Two slanted legs a stitch, of three plies; ribs and plaits lift and bend them; dyed unevenly; a halo of hair."""
        n = float(self.stitches)
        rows = float(max(round(self.stitches * 1.25 / 2) * 2, 2))
        wobble = g.add("wobble", "noise.layers", across=9, upwards=9, octaves=4, roughness=0.6)
        k = float(self.cables)
        strand = g.number("cables", "step(0.5, k) * sin(6.2832 * (y * 4 + 0.5 * step(0.5, fract(x * k))))", k=k)
        plait = g.number("plait", "step(0.5, k) * smoothstep(0.3, 0.22, abs(fract(x * k) - 0.5))", k=k)
        lift = g.number(
            "lift",
            "p * smoothstep(0.2, 0.02, abs(abs(fract(x * k) - 0.5) - 0.14 * abs(sin(6.2832 * y * 2)))) * (0.75 + 0.25 *"
            " cos(6.2832 * (y * 4 + 0.25)))", p=plait, k=k,
        )  # fmt: skip
        rib = g.number("rib", "step(0.5, r) * (0.5 + 0.5 * cos(6.2832 * x * r))", r=float(self.ribs))
        leg = g.number("leg", "abs(fract(x * n + 0.35 * p * s) * 2 - 1)", n=n, p=plait, s=strand)
        row = g.number("row", "y * m - 0.62 * l + 0.1 * (w - 0.5)", m=rows, l=leg, w=wobble)
        across = g.number("across", "sqrt(max(1 - pow(abs(l - 0.5) * 2, 2), 0))", l=leg)
        along = g.number("along", "sqrt(max(1 - pow(abs(fract(r) - 0.5) * 1.9, 2), 0))", r=row)
        stitches = g.number("stitches", "pow(a, 0.75) * (0.25 + 0.75 * b)", a=across, b=along)
        twist = g.number("wool_twist", "0.5 + 0.5 * sin(6.2832 * (l * 2.2 + fract(r) * 2.4))", l=leg, r=row)
        hairs = g.add("hairs", "pattern.strewn", count=34, radius=1.0, spread=0.5, length=6.0)
        bent = g.add("halo", "arrange.bend", value=hairs.height, x=wobble, y=stitches, strength=0.02)
        fine = g.add("fine", "noise.layers", across=170, upwards=170, octaves=3, roughness=0.8)
        dye = g.add("dye", "noise.layers", across=5, upwards=40, octaves=4, roughness=0.6)
        hair = g.number("hair", "a * smoothstep(0.2, 0.6, h) * (0.4 + f)", h=bent, a=self.fuzz, f=fine)
        stripe = g.number("stripe", "step(0.5, fract(floor(r) / m * k)) * step(0.5, k)", r=row, k=float(self.stripes), m=rows)
        motif = g.number(
            "motif",
            "step(0.01, a) * step(fract(abs(fract((floor(x * n) + 0.5) / n * 2.5 * 2) - 0.5) + abs(fract(floor(r) / m * 2)"
            " - 0.5) + 0.001), 0.5 * a) ", n=n, r=row, m=rows, a=self.motif,
        )  # fmt: skip
        wool = g.color(
            "wool", "mix(a, b, max(s, m)) * (0.86 + 0.3 * d)", a=self.color, b=self.second_color, s=stripe, m=motif, d=dye,
        )  # fmt: skip
        raised = g.number("raised", "0.3 * r + 0.42 * l", r=rib, l=lift)
        color = g.color(
            "color", "c * (0.14 + 0.9 * s) * (0.82 + 0.26 * t) * (0.8 + 0.4 * f) * (0.86 + 0.3 * q) * (1 + 0.3 * h) + c * 0.2 * h",
            c=wool, s=stitches, t=twist, f=fine, h=hair, q=raised,
        )  # fmt: skip
        height = g.number(
            "cloth", "0.06 + 0.46 * s + 0.1 * t * s + 0.05 * f + 0.1 * h + q", s=stitches, t=twist, f=fine, h=hair, q=raised,
        )  # fmt: skip
        rough = g.number("rough", "0.92 + 0.08 * (f - 0.5) - 0.05 * s", f=fine, s=stitches)
        return Surface(color, height, rough, relief_m=0.005 + (0.006 if self.cables or self.ribs else 0.0), size_m=0.2)


@family("velvet", nodes="nap crushed ogee wales")
class Velvet:
    """Pile that lies this way and that: crushed, cut into ornaments, in wales as corduroy."""

    color: Color = field(default=srgb("#5a1c33"))
    ground: Color = field(default=srgb("#8a6a3c"), doc="of the cloth, where no pile stands")
    crush: float = field(default=0.55, minimum=0.0, maximum=1.0)
    ornament: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="pile cut away round figures")
    wales: int = field(default=0, minimum=0, maximum=60, doc="ribs of corduroy")
    folds: float = field(default=0.25, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Fields of lean with sharp borders, dark where one looks into the pile, pale on its side; marks of fingers.

        Tufts; soft folds.
        """
        field_ = g.add("field", "noise.swirls", scale=2, octaves=5, bend=0.35, roughness=0.5)
        ridge = g.add("crushed", "noise.layers", across=3, upwards=4, octaves=5, roughness=0.55, fold="ridged", contrast=1.0)
        bent = g.add("creased", "arrange.bend", value=ridge, x=field_, y=ridge, strength=0.18)
        strokes = g.add("strokes", "pattern.strewn", count=6, radius=0.95, spread=0.4, length=2.4, flat=0.8)
        nap = g.add("nap", "noise.layers", across=230, upwards=300, octaves=2, roughness=0.7)
        tufts = g.add("tufts", "noise.cells", across=260, upwards=260, jitter=0.8)
        lies = g.number(
            "lies",
            "mix(0.5, clamp(0.5 + 0.9 * (f - 0.5) + 0.55 * (smoothstep(0.5, 0.95, b) - 0.35) + 0.25 * (n - 0.5) * step(0.1,"
            " h)), a)", f=field_, b=bent, n=strokes.number, h=strokes.height, a=self.crush,
        )  # fmt: skip
        n = 4.0
        u = g.number("u", "abs(fract(x * n + 0.5 * step(0.5, fract(y * n * 0.5))) - 0.5)", n=n)
        v = g.number("v", "fract(y * n) - 0.5", n=n)
        figure = g.number(
            "ogee",
            "max(smoothstep(0.02, -0.01, length(vec(u, v * 0.8)) - 0.1 - 0.14 * abs(cos(2.5 * atan2(u, v + 0.0001))) ),"
            " smoothstep(0.05, 0.03, abs(u - 0.36 - 0.1 * cos(6.2832 * v))))", u=u, v=v,
        )  # fmt: skip
        pile = g.number("stands", "mix(1, f, a)", f=figure, a=self.ornament)
        wale = g.number("wales", "mix(1, pow(0.5 - 0.5 * cos(6.2832 * x * w), 0.4), step(0.5, w))", w=float(self.wales))
        sheen = g.number("sheen", "clamp(l + 0.25 * (n - 0.5)) * w", l=lies, n=nap, w=wale)
        fur = g.color(
            "fur", "c * (0.4 + 1.3 * s * s) * (0.7 + 0.6 * n) + vec(0.03, 0.03, 0.03) * s * s * s", c=self.color, s=sheen, n=nap,
        )  # fmt: skip
        cloth = g.color("bare", "g * (0.55 + 0.5 * n) * (0.8 + 0.3 * f)", g=self.ground, n=tufts.number, f=field_)
        color = g.add("color", "color.mix", a=cloth, b=fur, share=pile)
        fold = g.add("folds", "noise.layers", across=2, upwards=2, octaves=3, roughness=0.4)
        height = g.number(
            "pile", "0.1 + 0.42 * p * w + 0.1 * (l - 0.5) * p + 0.12 * (0.6 - d) * p + 0.4 * a * (f - 0.3)", p=pile, w=wale, l=lies,
            d=tufts.near, a=self.folds, f=fold,
        )  # fmt: skip
        rough = g.number("rough", "mix(0.78, 0.97 - 0.34 * s + 0.1 * (n - 0.5), p)", s=sheen, n=nap, p=pile)
        return Surface(color, height, rough, relief_m=0.004 + 0.02 * self.folds, size_m=0.5)


@family("carpet", nodes="tufts medallions gul loops")
class Carpet:
    """Knotted, looped or of long pile; plain, or with a field of figures and a border."""

    color: Color = field(default=srgb("#6a2a2a"))
    second_color: Color = field(default=srgb("#b39a6b"))
    third: Color = field(default=srgb("#2b3648"))
    tufts: int = field(default=96, minimum=12, maximum=240)
    pattern: int = field(default=2, minimum=0, maximum=16)
    pile: float = field(default=0.35, minimum=0.0, maximum=1.0, doc="how long")
    loop: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="ribs of loops in place of cut tufts")
    melange: float = field(default=0.25, minimum=0.0, maximum=1.0, doc="how uneven the yarn is dyed")

    def build(self, g: Graph) -> Surface:
        """Each tuft has the colour that the drawing has at its middle, leans its own way and opens; bands of dye.

        Tracks of feet.
        """
        tufts = g.add("tufts", "noise.cells", across=self.tufts, upwards=self.tufts, jitter=0.35 + 0.6 * self.pile)
        hair = g.add("hair", "noise.layers", across=220, upwards=220, octaves=3, roughness=0.8)
        wear = g.add("wear", "noise.layers", across=3, upwards=3, octaves=6, roughness=0.55)
        abrash = g.add("abrash", "noise.layers", across=2, upwards=14, octaves=4, roughness=0.55)
        strands = g.add("strands", "pattern.strewn", count=max(6, self.tufts * 2 // 3), radius=1.0, spread=0.3, length=5.0)
        n, p = float(self.tufts), float(self.pattern)
        gx = g.number("gx", "abs(fract((floor(x * n) + 0.5) / n * p) - 0.5)", n=n, p=max(p, 1.0))
        gy = g.number("gy", "abs(fract((floor(y * n) + 0.5) / n * p) - 0.5)", n=n, p=max(p, 1.0))
        octagon = g.number("gul", "max(max(a, b), (a + b) * 0.72)", a=gx, b=gy)
        diamond = g.number("medallions", "a + b", a=gx, b=gy)
        hooks = g.number(
            "hooks", "step(0.06, abs(fract((a + b) * 6) - 0.5) * step(0.02, abs(a - b))) * step(abs(o - 0.24), 0.05)", a=gx, b=gy,
            o=octagon,
        )  # fmt: skip
        dark = g.number(
            "dark", "(step(o, 0.3) * step(0.17, o) + step(0.44, o) * step(fract((a - b) * 12), 0.5)) * step(0.5, p)", o=octagon,
            a=gx, b=gy, p=p,
        )  # fmt: skip
        pale = g.number(
            "pale",
            "clamp(step(abs(o - 0.31), 0.014) + step(abs(d - 0.13), 0.022) + step(abs(o - 0.43), 0.012) + h * step(0.5,"
            " fract((a + b) * 12)) + step(d, 0.04) + step(abs(max(abs(a - 0.4), abs(b - 0.4)) - 0.045), 0.012)) * step(0.5,"
            " p)", o=octagon, d=diamond, a=gx, b=gy, h=hooks, p=p,
        )  # fmt: skip
        drawn = g.color("drawn", "mix(mix(a, c, d), b, p)", a=self.color, b=self.second_color, c=self.third, d=dark, p=pale)
        shade = g.add(
            "shade", "color.vary", color=drawn, number=tufts.number, hue=0.006, strength=0.15 + 0.3 * self.melange,
            brightness=0.12 + 0.5 * self.melange,
        )  # fmt: skip
        ribs = g.number(
            "loops", "sqrt(abs(sin(3.14159 * y * n))) * (0.7 + 0.3 * abs(sin(3.14159 * (x * n * 0.5 + 0.5 * floor(y * n)))))",
            n=float(self.tufts // 2),
        )  # fmt: skip
        cut = g.number(
            "cut", "mix(clamp(1.15 - 1.25 * d), 0.25 + 0.6 * s + 0.3 * clamp(1 - d), a) * (0.78 + 0.4 * h)", d=tufts.near,
            s=strands.height, h=hair, a=self.pile,
        )  # fmt: skip
        dome = g.number("dome", "mix(c, r * (0.8 + 0.3 * h), l)", c=cut, r=ribs, h=hair, l=self.loop)
        color = g.color(
            "color", "c * (0.22 + 0.95 * d) * (0.86 + 0.2 * w) * (0.82 + 0.34 * a) * (0.9 + 0.2 * h)", c=shade, d=dome, w=wear,
            a=abrash, h=hair,
        )  # fmt: skip
        height = g.number(
            "pile", "0.15 + 0.58 * d + 0.08 * (h - 0.5) - 0.12 * w + 0.1 * (p - q)", d=dome, h=hair, w=wear, p=pale, q=dark,
        )  # fmt: skip
        rough = g.number("rough", "0.96 + 0.06 * (h - 0.5) - 0.06 * d", h=hair, d=dome)
        return Surface(color, height, rough, relief_m=0.005 + 0.018 * self.pile, size_m=1.0)
