"""Made by people, hard: rubber, plastic, ceramic, glass blocks."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("rubber", nodes="studs rubber_bloom tread crumb")
class Rubber:
    """Rubber: floors with studs or bars, treads of tyres, mats pressed of crumbs."""

    color: Color = field(default=srgb("#2b2c2e"))
    relief: str = field(default="studs", choices=("studs", "bars", "tread", "smooth", "crumb"))
    count: int = field(default=12, minimum=1, maximum=60)
    flecks: Color = field(default=srgb("#6b6f70"), doc="of crumbs in another colour")
    fleck_amount: float = field(default=0.0, minimum=0.0, maximum=1.0)
    bloom: float = field(default=0.3, minimum=0.0, maximum=1.0, doc="pale powder and dust")
    worn: float = field(default=0.3, minimum=0.0, maximum=1.0, doc="crests rubbed smooth")

    def build(self, g: Graph) -> Surface:
        """What stands up has round rims and rubs shiny; dust gathers round it; the skin is pitted; sulphur blooms in clouds."""
        n = float(self.count)
        skin = g.add("skin", "noise.layers", across=160, upwards=160, octaves=3, roughness=0.75)
        slow = g.add("slow", "noise.layers", across=5, upwards=5, octaves=6, roughness=0.58)
        scratch = g.add("scratch", "pattern.strewn", count=13, radius=1.0, spread=0.6, length=6.0)
        crumbs = g.add("crumb", "noise.cells", across=110, upwards=110)
        if self.relief == "tread":
            blocks = g.add(
                "tread", "pattern.bond", bond="running", rows=self.count, columns=max(2, self.count // 2), gap=0.2, corner=0.08,
                uneven=0.0, y=g.number("zigzag", "0.5 / n * abs(fract(x * 3) * 2 - 1)", n=n),
            )  # fmt: skip
            up = g.number(
                "studs",
                "smoothstep(0.0, 0.06, e) * (1 - 0.55 * smoothstep(0.03, 0.02, abs(fract(3 * u + 0.12 * sin(18 * v)) - 0.5)))",
                e=blocks.edge, u=blocks.x, v=blocks.y,
            )  # fmt: skip
            near = g.number("near", "1 - smoothstep(0.0, 0.02, e)", e=blocks.edge)
        elif self.relief == "bars":
            away = g.number(
                "tread",
                "length(vec(max(abs(fract(x * n + 0.5 * step(0.5, fract((x + y) * n))) - 0.5) - 0.26, 0), fract(y * n) - 0.5))",
                n=n,
            )  # fmt: skip
            odd = g.number("odd", "step(0.5, fract(floor(x * n) * 0.5 + floor(y * n) * 0.5))", n=n)
            bar = g.number(
                "bar", "length(vec(max(abs(mix(a + b, a - b, o)) - 0.36, 0), mix(a - b, a + b, o)))",
                a=g.number("fx", "fract(x * n) - 0.5", n=n), b=g.number("fy", "fract(y * n) - 0.5", n=n), o=odd,
            )  # fmt: skip
            up = g.number("studs", "smoothstep(0.15, 0.05, d) + 0 * a", d=bar, a=away)
            near = g.number("near", "smoothstep(0.12, 0.17, d) * smoothstep(0.3, 0.2, d)", d=bar)
        elif self.relief == "studs":
            d = g.number(
                "tread",
                "min(length(vec(fract(x * n) - 0.5, fract(y * n) - 0.5)), length(vec(fract(x * n + 0.5) - 0.5, fract(y * n +"
                " 0.5) - 0.5)))", n=n,
            )  # fmt: skip
            up = g.number("studs", "smoothstep(0.31, 0.25, d) * (1 - 0.1 * smoothstep(0.16, 0.2, d))", d=d)
            near = g.number("near", "smoothstep(0.26, 0.32, d) * smoothstep(0.42, 0.34, d)", d=d)
        else:
            pressed = float(self.relief == "crumb")
            up = g.number(
                "studs", "k * (0.4 + 0.6 * smoothstep(0.0, 0.25, e)) * (0.7 + 0.5 * n) + (1 - k) * 0.6", k=pressed, e=crumbs.edge,
                n=crumbs.number,
            )  # fmt: skip
            near = g.number("near", "k * smoothstep(0.1, 0.0, e)", k=pressed, e=crumbs.edge)
        line = g.number(
            "line", "smoothstep(0.12, 0.02, abs(v)) * step(0.05, h) * step(0.5, n)", v=scratch.y, h=scratch.height,
            n=scratch.number,
        )  # fmt: skip
        bloom = g.number(
            "rubber_bloom", "clamp(a * (0.75 * smoothstep(0.4, 0.75, s + 0.15 * (k - 0.5)) + 0.9 * r * (0.3 + s)))", s=slow, r=near,
            k=skin, a=self.bloom,
        )  # fmt: skip
        rub = g.number("rub", "a * smoothstep(0.6, 1.0, u) * smoothstep(0.25, 0.6, s)", u=up, s=slow, a=self.worn)
        fleck = g.number("fleck", "step(1 - 0.5 * a, n) * step(0.01, a)", n=crumbs.number, a=self.fleck_amount)
        height = g.number("mat", "0.16 + 0.6 * u + 0.07 * (k - 0.5) * (1 - r) - 0.08 * l", u=up, k=skin, r=rub, l=line)
        dyed = g.color(
            "dyed", "mix(c, f, k) * (0.82 + 0.36 * s) * (1 + 0.35 * r)", c=self.color, f=self.flecks, k=fleck, s=skin, r=rub,
        )  # fmt: skip
        color = g.color(
            "color", "mix(c, vec(0.27, 0.255, 0.23) * (0.7 + 0.5 * k), 0.6 * b) + vec(0.02, 0.02, 0.02) * l", c=dyed, b=bloom,
            k=skin, l=line,
        )  # fmt: skip
        rough = g.number("rough", "0.74 + 0.2 * (k - 0.5) + 0.2 * b - 0.3 * r + 0.1 * l", k=skin, b=bloom, r=rub, l=line)
        return Surface(color, height, rough, relief_m=0.006 if self.relief in ("tread", "bars") else 0.004, size_m=0.6)


@family("plastic", nodes="moulding eroded_skin parting yellowing")
class Plastic:
    """Moulded plastic: with an eroded skin as cases have, glossy bricks of toys, ribbed crates, old and yellow, woven of carbon."""

    color: Color = field(default=srgb("#a8483a"))
    texture: float = field(default=0.6, minimum=0.0, maximum=1.0, doc="0 is as smooth as glass")
    scuffs: float = field(default=0.3, minimum=0.0, maximum=1.0)
    studs: int = field(default=0, minimum=0, maximum=24, doc="as toy bricks have")
    ribs: int = field(default=0, minimum=0, maximum=60)
    parts: int = field(default=2, minimum=0, maximum=12, doc="panels, with seams between")
    yellow: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="by years of sun")
    carbon: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="woven fibre under clear resin")

    def build(self, g: Graph) -> Surface:
        """Pits of spark erosion at two scales, flow marks and sinks, seams with a round rim, screws, hair scratches,
        dust in corners.
        """
        skin = g.add("eroded_skin", "noise.cells", across=150, upwards=150)
        coarse = g.add("coarse", "noise.layers", across=80, upwards=80, octaves=4, roughness=0.65)
        flow = g.add("moulding", "noise.swirls", scale=2, octaves=4, bend=0.35)
        marks = g.add("marks", "pattern.strewn", count=11, radius=1.0, spread=0.7, length=6.0)
        hair = g.add("hairline", "pattern.strewn", count=22, radius=1.0, spread=0.7, length=6.0)
        scuff = g.number(
            "scuff",
            "step(0.01, a) * clamp(smoothstep(0.12, 0.02, abs(t)) * step(0.05, h) * step(1 - 0.8 * a, n) + 0.5 *"
            " smoothstep(0.16, 0.02, abs(u)) * step(0.05, i) * step(1 - 0.8 * a, m))", t=marks.y, h=marks.height, n=marks.number,
            u=hair.y, i=hair.height, m=hair.number, a=self.scuffs,
        )  # fmt: skip
        k = float(max(self.parts, 1))
        parts = g.add(
            "parting", "pattern.bond", bond="third", rows=max(self.parts, 1), columns=max(1, self.parts * 2 // 3), disorder=0.5,
            gap=0.014, corner=0.06,
        )  # fmt: skip
        has = float(self.parts > 0)
        seam = g.number("seam", "h * smoothstep(0.014, 0.0, e)", e=parts.edge, h=has)
        bevel = g.number("bevel", "h * smoothstep(0.04, 0.0, e)", e=parts.edge, h=has)
        corner = g.number(
            "corner", "length(vec((min(u, 1 - u)) * w - 0.09, min(v, 1 - v) - 0.09))", u=parts.x, v=parts.y,
            w=1.5 if self.parts > 2 else 1.0,
        )  # fmt: skip
        screw = g.number("screw", "h * smoothstep(0.036, 0.032, c)", c=corner, h=has)
        cross = g.number(
            "cross_slot", "s * step(min(abs(min(u, 1 - u) * w - 0.09), abs(min(v, 1 - v) - 0.09)), 0.006)", s=screw, u=parts.x,
            v=parts.y, w=1.5 if self.parts > 2 else 1.0,
        )  # fmt: skip
        n = float(self.studs)
        stud = g.number(
            "toy_studs", "step(0.5, n) * smoothstep(0.32, 0.28, length(vec(fract(x * n) - 0.5, fract(y * n) - 0.5)))", n=n,
        )  # fmt: skip
        joint = g.number(
            "toy_joint",
            "step(0.5, n) * smoothstep(0.02, 0.0, min(0.5 - abs(fract(x * n * 0.5) - 0.5), 0.5 - abs(fract(y * n * 0.25) -"
            " 0.5)) )", n=n,
        )  # fmt: skip
        rib = g.number("ribs", "step(0.5, r) * pow(0.5 + 0.5 * cos(6.2832 * x * r), 0.6)", r=float(self.ribs))
        weave = g.add("carbon_weave", "pattern.weave", across=40, upwards=40, over=2, under=2, width=1.0)
        tow = g.number(
            "tow", "mix(0.25 + 0.9 * pow(a, 2), 0.25 + 0.9 * pow(1 - b, 2), w) * (0.7 + 0.5 * n)", a=weave.along, b=weave.along,
            w=weave.is_warp, n=weave.number,
        )  # fmt: skip
        height = g.number(
            "case",
            "mix(0.42 + a * (0.16 * smoothstep(0.0, 0.4, e) + 0.14 * (k - 0.5)), 0.45, c) + 0.04 * (f - 0.5) - 0.05 * s -"
            " 0.34 * m - 0.1 * b + 0.1 * w - 0.16 * q + 0.45 * t - 0.3 * j + 0.35 * r", a=self.texture, e=skin.edge, k=coarse,
            c=self.carbon, f=flow, s=scuff, m=seam, b=bevel, w=screw, q=cross, t=stud, j=joint, r=rib,
        )  # fmt: skip
        aged = g.number("yellowing", "a * clamp(0.55 + 0.9 * (f - 0.4) + 0.12 * (k - 0.5))", a=self.yellow, f=flow, k=coarse)
        dust = g.number(
            "corner_dust", "0.45 * a * clamp(b + 0.6 * (1 - smoothstep(0.0, 0.22, e)) * t)", a=self.scuffs, b=bevel, e=skin.edge,
            t=self.texture,
        )  # fmt: skip
        body = g.color(
            "body",
            "mix(c * (0.94 + 0.1 * f) * (0.93 + 0.1 * k), c * vec(1.0, 0.82, 0.5) + vec(0.02, 0.01, 0), y) * (1 - 0.85 * s)"
            " * (1 - 0.8 * j)", c=self.color, f=flow, k=coarse, y=aged, s=seam, j=joint,
        )  # fmt: skip
        fibre = g.color("fibre", "vec(0.022, 0.022, 0.024) + vec(0.09, 0.09, 0.095) * t", t=tow)
        base = g.color(
            "base", "mix(mix(b, f, k), vec(0.5, 0.5, 0.49), w) * (1 - 0.7 * q)", b=body, f=fibre, k=self.carbon, w=screw, q=cross,
        )  # fmt: skip
        color = g.color("color", "mix(b + vec(0.07, 0.07, 0.07) * s, vec(0.3, 0.28, 0.25), 0.5 * d)", b=base, s=scuff, d=dust)
        rough = g.number(
            "rough", "mix(0.1 + 0.42 * t + 0.14 * (k - 0.5) * (0.3 + t), 0.07, c) + 0.3 * s + 0.25 * d + 0.08 * f * u",
            t=self.texture, k=coarse, c=self.carbon, s=scuff, d=dust, f=flow, u=self.scuffs,
        )  # fmt: skip
        metal = g.number("metal", "w * (1 - q)", w=screw, q=cross)
        return Surface(
            color, height, rough, metal, relief_m=0.0025 * (1.6 if self.studs or self.ribs else 1.0), size_m=0.3 + 0.02 * k,
        )  # fmt: skip


@family("ceramic", nodes="tile_grid glaze crazing brushwork")
class Ceramic:
    """Glazed tiles: painted, plain, in fish-scale or brick bond; or a vessel's porcelain."""

    color: Color = field(default=srgb("#dcd8cc"))
    paint: Color = field(default=srgb("#2b4f86"))
    grout: Color = field(default=srgb("#8d8a84"))
    bond: str = field(default="stack", choices=("stack", "running", "herringbone", "basket"))
    tiles: int = field(default=5, minimum=1, maximum=24)
    long: int = field(default=1, minimum=1, maximum=4, doc="how many times longer than high")
    motif: str = field(default="azulejo", choices=("azulejo", "stars", "scrolls", "plain"))
    ornament: float = field(default=0.8, minimum=0.0, maximum=1.0)
    crazing: float = field(default=0.3, minimum=0.0, maximum=1.0)
    variety: float = field(default=0.3, minimum=0.0, maximum=1.0, doc="of the glaze, tile by tile")

    def build(self, g: Graph) -> Surface:
        """Pillowed squares that lean a little; glaze thin and pale on rims, pooled inside.

        Brushwork that fades and bleeds; pinholes.
        """
        grid = g.add(
            "tile_grid", "pattern.bond", bond=self.bond, rows=self.tiles, columns=max(1, self.tiles // self.long), gap=0.035,
            corner=0.03, uneven=0.03,
        )  # fmt: skip
        hand = g.add("hand", "noise.layers", across=18, upwards=18, octaves=4, roughness=0.6)
        pool = g.add("pool", "noise.layers", across=6, upwards=6, octaves=5)
        sand = g.add("grout_sand", "noise.layers", across=120, upwards=120, octaves=3, roughness=0.8)
        u = g.number("u", "abs(a - 0.5) + 0.014 * (h - 0.5)", a=grid.x, h=hand)
        v = g.number("v", "abs(a - 0.5) + 0.014 * (h - 0.5)", a=grid.y, h=hand)
        corner = g.number("corner", "length(vec(0.5 - u, 0.5 - v))", u=u, v=v)
        middle = g.number("middle", "length(vec(u, v))", u=u, v=v)
        turn = g.number("turn", "atan2(v, u + 0.0001)", u=u, v=v)
        if self.motif == "stars":
            drawn = g.number(
                "drawn",
                "max(max(smoothstep(0.018, 0.008, abs(max(max(u, v), (u + v) * 0.7071) - 0.3)), smoothstep(0.018, 0.008,"
                " abs(max(max(u, v), (u + v) * 0.7071) * 1.0 - 0.2 - 0.05 * cos(8 * t)))), max(smoothstep(0.015, 0.008,"
                " abs(abs(u - v) - 0.06)) * step(0.3, max(u, v)), smoothstep(0.16, 0.15, c)))", u=u, v=v, t=turn, c=corner,
            )  # fmt: skip
        elif self.motif == "scrolls":
            drawn = g.number(
                "drawn",
                "clamp(smoothstep(0.02, 0.008, abs(m - 0.15 - 0.11 * abs(sin(2.5 * t + 6 * m)))) + smoothstep(0.022, 0.01,"
                " abs(c - 0.19 - 0.05 * sin(12 * atan2(0.5 - v, 0.5 - u)))) * step(0.1, c) + smoothstep(0.03, 0.015, abs(m -"
                " 0.4 - 0.03 * cos(10 * t))) * 0.8 * step(0.22, c) + smoothstep(0.075, 0.065, m) + 0.5 * step(0.3, fract(5 *"
                " t)) * smoothstep(0.1, 0.095, abs(c - 0.12)) * step(0.03, c))", m=middle, t=turn, c=corner, u=u, v=v,
            )  # fmt: skip
        elif self.motif == "azulejo":
            drawn = g.number(
                "drawn",
                "max(max(max(smoothstep(0.02, 0.01, abs(c - 0.27)), smoothstep(0.016, 0.008, abs(c - 0.33))), smoothstep(0.19,"
                " 0.18, c + 0.02 * cos(12 * atan2(0.5 - v, 0.5 - u))) * 0.85), max(smoothstep(0.012, 0.0, m - 0.05 - 0.13 *"
                " pow(abs(cos(4 * t)), 0.6)) * (0.45 + 0.55 * step(0.0, m - 0.035 - 0.1 * pow(abs(cos(4 * t)), 0.6))),"
                " smoothstep(0.014, 0.006, abs(m - 0.225))))", c=corner, m=middle, t=turn, u=u, v=v,
            )  # fmt: skip
        else:
            drawn = g.number("drawn", "0 * c * t * m", c=corner, t=turn, m=middle)
        paint = g.number(
            "brushwork", "clamp(a * 1.3 * d * (0.5 + 0.75 * h) * (0.75 + 0.35 * p))", d=drawn, h=hand, p=pool, a=self.ornament,
        )  # fmt: skip
        net = g.add("net", "noise.cells", across=48, upwards=48)
        torn = g.add("torn_net", "arrange.bend", value=net.edge, x=hand, y=pool, strength=0.05)
        crazing = g.number(
            "crazing", "a * smoothstep(0.045, 0.0, e) * smoothstep(0.3, 0.6, p + 0.4 * (n - 0.5))", e=torn, p=pool, n=grid.number,
            a=self.crazing,
        )  # fmt: skip
        inside = g.number("inside", "smoothstep(0, 0.012, e)", e=grid.edge)
        rim = g.number("rim", "smoothstep(0.07, 0.0, e) * i", e=grid.edge, i=inside)
        pins = g.add("pins", "pattern.strewn", count=60, radius=0.16, spread=0.95)
        pin = g.number("pin", "smoothstep(0.1, 0.6, h) * step(0.8, n) * i", h=pins.height, n=pins.number, i=inside)
        shade = g.add(
            "shade", "color.vary", color=self.color, number=grid.number, hue=0.012 * self.variety, strength=0.4 * self.variety,
            brightness=0.45 * self.variety,
        )  # fmt: skip
        glaze = g.color(
            "glaze", "mix(c * (0.88 + 0.2 * p) * (1 + 0.14 * r), b * (0.8 + 0.4 * h), d) * (1 - 0.3 * z) * (1 - 0.6 * q)", c=shade,
            p=pool, r=rim, b=self.paint, h=hand, d=paint, z=crazing, q=pin,
        )  # fmt: skip
        color = g.color(
            "color", "mix(k * (0.6 + 0.5 * s) * (0.75 + 0.35 * p), g, i)", k=self.grout, s=sand, p=pool, g=glaze, i=inside,
        )  # fmt: skip
        height = g.number(
            "tile",
            "mix(0.16 + 0.08 * s, 0.62 + 0.14 * smoothstep(0, 0.09, e) + 0.05 * (p - 0.5) + 0.1 * (fract(n * 7) - 0.5) * (a"
            " - 0.5) + 0.1 * (fract(n * 17) - 0.5) * (b - 0.5) + 0.02 * d - 0.03 * z - 0.1 * q, i)", s=sand, e=grid.edge, p=pool,
            n=grid.number, a=grid.x, b=grid.y, d=paint, z=crazing, q=pin, i=inside,
        )  # fmt: skip
        rough = g.number(
            "glazed", "mix(0.92, 0.06 + 0.06 * p + 0.25 * z + 0.3 * q + 0.05 * d, i)", p=pool, z=crazing, q=pin, d=paint, i=inside,
        )  # fmt: skip
        return Surface(color, height, rough, relief_m=0.005, size_m=0.75)


@family("glass blocks", nodes="blocks lens_waves inner_rim daylight")
class GlassBlocks:
    """Hollow bricks of glass in mortar, their faces pressed into waves, ribs or a frosted skin."""

    color: Color = field(default=srgb("#9fbdb6"))
    mortar: Color = field(default=srgb("#a8a49b"))
    blocks: int = field(default=4, minimum=1, maximum=16)
    pressing: str = field(default="waves", choices=("waves", "ribs", "diamonds", "bubbles", "clear"))
    depth: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="of the pressing")
    frost: float = field(default=0.0, minimum=0.0, maximum=1.0)
    colors: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="how differently blocks are dyed")

    def build(self, g: Graph) -> Surface:
        """A round outer rim, the dark edge of the hollow behind it, light gathered by each wave; green edges.

        Seeds of air; sandy joints.
        """
        blocks = g.add("blocks", "pattern.bond", bond="stack", rows=self.blocks, columns=self.blocks, gap=0.07, corner=0.07)
        sand = g.add("sand", "noise.layers", across=120, upwards=120, octaves=4, roughness=0.8)
        slow = g.add("slow", "noise.layers", across=4, upwards=4, octaves=5)
        swim = g.add("swim", "noise.layers", across=9, upwards=9, octaves=3)
        pressed = {
            "waves": "0.5 + 0.28 * sin(6.2832 * (2.2 * a + 0.9 * (s - 0.5) + 0.35 * sin(6.2832 * b)))"
            " + 0.22 * sin(6.2832 * (1.7 * b + 1.3 * (s - 0.5)))",
            "ribs": "pow(abs(sin(3.14159 * 7 * a)), 0.7) + 0 * b * s",
            "diamonds": "0.5 * (abs(fract((a + b) * 4) * 2 - 1) + abs(fract((a - b) * 4) * 2 - 1)) + 0 * s",
            "bubbles": "1 - 2 * min(length(vec(fract(a * 6) - 0.5, fract(b * 6) - 0.5)), 0.5) + 0 * s",
            "clear": "0.5 + 0.35 * (s - 0.5) + 0 * a * b",
        }[self.pressing]
        waves = g.number("lens_waves", pressed, a=blocks.x, b=blocks.y, s=swim)
        air = g.add("air", "pattern.strewn", count=56, radius=0.14, spread=0.9)
        inside = g.number("inside", "smoothstep(0, 0.01, e)", e=blocks.edge)
        face = g.number("glass_face", "smoothstep(0.05, 0.085, e)", e=blocks.edge)
        hollow = g.number(
            "inner_rim", "smoothstep(0.03, 0.0, abs(e - 0.075)) + 0.6 * smoothstep(0.03, 0.0, abs(e - 0.13))", e=blocks.edge,
        )  # fmt: skip
        # What is behind is blurred sky above and ground below: a block is a lens that turns it round.
        light = g.number(
            "daylight", "clamp(0.2 + 0.5 * (1 - b) + 0.75 * (w - 0.45) + 0.3 * (n - 0.5) + 0.3 * (s - 0.5))", b=blocks.y, w=waves,
            n=blocks.number, s=slow,
        )  # fmt: skip
        dyed = g.add(
            "dyed", "color.vary", color=self.color, number=blocks.number, hue=0.5 * self.colors, strength=0.5 * self.colors,
            brightness=0.1 + 0.3 * self.colors,
        )  # fmt: skip
        glass = g.color(
            "glass",
            "c * (0.16 + 0.95 * l * l) * (1 - 0.6 * clamp(r)) + vec(0.05, 0.07, 0.065) * clamp(r) * (0.4 + l) + vec(0.1,"
            " 0.1, 0.1) * step(0.35, a) * f", c=dyed, l=light, r=hollow, a=air.height, f=face,
        )  # fmt: skip
        frosted = g.color(
            "frosted", "mix(g, c * 0.55 + vec(0.25, 0.26, 0.26), a * f * (0.75 + 0.25 * s))", g=glass, c=dyed, a=self.frost, f=face,
            s=sand,
        )  # fmt: skip
        color = g.color(
            "color", "mix(m * (0.55 + 0.6 * s) * (0.75 + 0.4 * k), g, i)", m=self.mortar, s=sand, k=slow, g=frosted, i=inside,
        )  # fmt: skip
        height = g.number(
            "wall",
            "mix(0.12 + 0.14 * s, 0.46 + 0.3 * sqrt(smoothstep(0, 0.09, e)) + 0.22 * d * (w - 0.5) * f - 0.03 * step(0.35,"
            " a), i)", s=sand, e=blocks.edge, d=self.depth, w=waves, f=face, a=air.height, i=inside,
        )  # fmt: skip
        rough = g.number(
            "rough", "mix(0.93, mix(0.04 + 0.03 * k, 0.5 + 0.1 * s, a * f), i)", a=self.frost, f=face, i=inside, s=sand, k=slow,
        )  # fmt: skip
        return Surface(color, height, rough, relief_m=0.014, size_m=0.8)
