"""Of trees: planks, bark, cardboard and paper."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("planks", nodes="planks rings knots fibres nails")
class Planks:
    """Sawn boards side by side, each cut from another place of a trunk."""

    color: Color = field(default=srgb("#8a6644"))
    late: Color = field(default=srgb("#4f341f"), doc="of the dark rings")
    bond: str = field(default="third", choices=("third", "running", "stack", "herringbone", "basket"))
    boards: int = field(default=8, minimum=1, maximum=40)
    length: int = field(default=1, minimum=1, maximum=12, doc="boards after each other")
    gap: float = field(default=0.035, minimum=0.0, maximum=0.3)
    knots: float = field(default=0.5, minimum=0.0, maximum=1.0)
    variety: float = field(default=0.5, minimum=0.0, maximum=1.0)
    varnish: float = field(default=0.2, minimum=0.0, maximum=1.0)
    greying: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="by sun and rain; opens the grain")
    charring: float = field(default=0.0, minimum=0.0, maximum=1.0)
    nails: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="rusty heads at the ends of boards")

    def build(self, g: Graph) -> Surface:
        """Rings that run along each board in arches, drawn in by knots; fibres and pores; checks, nails, burnt scales."""
        crossed = self.bond in ("herringbone", "basket")
        boards = g.add(
            "planks", "pattern.bond", bond=self.bond, rows=self.boards, columns=self.length, disorder=0.0 if crossed else 0.9,
            gap=self.gap, corner=0.015, uneven=0.03,
        )  # fmt: skip
        if crossed:  # grain follows each board: what was made lying is turned for the upright ones
            turn = g.number("turn", "step(0.5, n)", n=boards.number)
            lie = g.add("lie_fibres", "noise.streaks", across=6, upwards=420, layers=4)
            lie_bend = g.add("lie_bend", "noise.layers", across=2, upwards=9, octaves=4, roughness=0.45)
            stand = g.add("stand_fibres", "arrange.repeat", value=lie, across=1, upwards=1, is_turned=True)
            stand_bend = g.add("stand_bend", "arrange.repeat", value=lie_bend, across=1, upwards=1, is_turned=True)
            fibres = g.number("fibres", "mix(a, b, t)", a=lie, b=stand, t=turn)
            bend = g.number("bend", "mix(a, b, t)", a=lie_bend, b=stand_bend, t=turn)
        else:
            fibres = g.add("fibres", "noise.streaks", across=4, upwards=460, layers=4)
            bend = g.add("bend", "noise.layers", across=2, upwards=9, octaves=4, roughness=0.45)
        own = g.number("own", "fract(n * 7.31)", n=boards.number)
        knot = g.add("knots", "noise.cells", across=3, upwards=self.boards, jitter=0.8)
        pull = g.number(
            "pull", "exp(-22 * d * d) * a * step(0.62, n)", d=knot.near, n=knot.number, a=0.0 if crossed else self.knots,
        )  # fmt: skip
        # A ring's number: how far across the board and how far along the arch, what bends it, and a knot that draws rings in.
        ring = g.number(
            "ring",
            "n * 37 + (2.5 + 5 * fract(n * 5)) * abs(v - 0.2 - 0.6 * fract(n * 3)) * (1 + 0.8 * (b - 0.5)) + 3.4 * b + 1.6"
            " * (u - 0.5) * (u - 0.5) + 5 * p", n=own, v=boards.y, u=boards.x, b=bend, p=pull,
        )  # fmt: skip
        rings = g.number(
            "rings", "pow(fract(r), 2.2) * smoothstep(1.0, 0.93, fract(r)) * (0.55 + 0.45 * fract(sin(floor(r) * 12.9) * 43.7))",
            r=ring,
        )  # fmt: skip
        slow = g.add("weather", "noise.layers", across=3, upwards=6, octaves=5)
        heart = g.number("heart", "smoothstep(0.35, 0.9, p)", p=pull)
        dark = g.number("dark", "clamp(0.85 * r + 0.55 * (0.55 - f) + 0.9 * k)", r=rings, f=fibres, k=heart)
        grain = g.add("grain", "color.mix", a=self.color, b=self.late, share=dark)
        shade = g.add("shade", "color.vary", color=grain, number=own, hue=0.007 * self.variety, strength=0.35 * self.variety,
                      brightness=0.55 * self.variety)  # fmt: skip
        check = g.number("check", "a * smoothstep(0.36, 0.24, f) * smoothstep(0.4, 0.65, w)", f=fibres, w=slow, a=self.greying)
        grey = g.color(
            "grey", "mix(c, vec(0.3, 0.285, 0.26) * (0.5 + 0.55 * f + 0.25 * (n - 0.5)) * (1 - 0.35 * d), a * (0.72 + 0.28 * w))",
            c=shade, f=fibres, n=own, d=dark, w=slow, a=self.greying,
        )  # fmt: skip
        blisters = g.add("blisters", "noise.cells", across=44, upwards=self.boards * 7, jitter=0.7)
        burnt = g.number("burnt", "clamp(a * 1.6 - 0.6 * w)", w=slow, a=self.charring)
        black = g.color(
            "black", "mix(c, vec(0.024, 0.023, 0.024) * (0.9 + 1.4 * smoothstep(0.1, 0.4, e)), b)", c=grey, e=blisters.edge,
            b=burnt,
        )  # fmt: skip
        nail = g.number(
            "nails",
            "a * smoothstep(0.075, 0.055, length(vec((min(u, 1 - u) - 0.022) * k, abs(v - 0.5) - 0.28)))",
            u=boards.x, v=boards.y, k=float(self.boards) / self.length, a=0.0 if crossed else min(1.0, 2.0 * self.nails),
        )  # fmt: skip
        bleed = g.number(
            "bleed",
            "a * smoothstep(0.3, 0.0, length(vec((min(u, 1 - u) - 0.022) * k * 0.4, abs(v - 0.5) - 0.28))) * (0.4 + 0.6 *"
            " f)", u=boards.x, v=boards.y, k=float(self.boards) / self.length, a=0.0 if crossed else self.nails, f=fibres,
        )  # fmt: skip
        gap = g.number("gap", "smoothstep(0.02, 0.0, e)", e=boards.edge)
        rim = g.number("rim", "smoothstep(0.07, 0.0, e) * (1 - g)", e=boards.edge, g=gap)
        color = g.color(
            "color",
            "mix(c * (0.84 + 0.32 * f) * (1 - 0.6 * k) * (1 + 0.22 * r), vec(0.1, 0.062, 0.042), max(n, 0.55 * b)) * (1 -"
            " 0.88 * g)", c=black, f=fibres, k=check, r=rim, n=nail, b=bleed, g=gap,
        )  # fmt: skip
        height = g.number(
            "board_height",
            "smoothstep(0, 0.045, e) * (0.74 + 0.14 * (n - 0.5) + 0.1 * a * (v - 0.5) * (v - 0.5) * 4 + (0.04 + 0.1 * a) *"
            " (r + d - 0.5) + (0.05 + 0.12 * a) * (f - 0.5) - 0.3 * k + 0.22 * b * smoothstep(0.0, 0.3, x) + 0.08 * q)",
            e=boards.edge, n=own, v=boards.y, r=rings, d=heart, f=fibres, k=check, a=self.greying, b=burnt, x=blisters.edge, q=nail,
        )  # fmt: skip
        rough = g.number(
            "rough",
            "mix(mix(0.74 + 0.3 * (0.5 - f) - 0.12 * d, 0.2 + 0.14 * (1 - f) + 0.1 * (w - 0.5), v), 0.9, max(g, a)) + 0.25 * g",
            f=fibres, d=dark, w=slow, v=self.varnish, g=gap, a=max(self.greying, self.charring) * 0.8,
        )  # fmt: skip
        return Surface(color, height, rough, relief_m=0.007, size_m=1.2)


@family("bark", nodes="bark_plates bark_furrows bark_fibre lenticels")
class Bark:
    """Bark of a tree: plates that broke apart as the trunk grew, or a smooth skin with the pores of a birch."""

    color: Color = field(default=srgb("#75685b"))
    furrow: Color = field(default=srgb("#33291f"))
    plates: int = field(default=9, minimum=2, maximum=30, doc="side by side")
    upright: float = field(default=0.7, minimum=0.0, maximum=1.0, doc="how long plates are drawn")
    depth: float = field(default=0.7, minimum=0.0, maximum=1.0, doc="of the furrows; 0 is a smooth skin")
    pores: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="lying dark lines, as birches have")
    lichen: float = field(default=0.15, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Ridges that join and part, stacked of thin layers whose rims are pale; skin that peels in rings; lichen on the faces."""
        wander = g.add("wander", "noise.layers", across=7, upwards=3, octaves=5, roughness=0.55)
        other = g.add("other", "noise.layers", across=6, upwards=4, octaves=5)
        tall = max(1, round(self.plates * (1.0 - 0.8 * self.upright)))
        cells = g.add("bark_plates", "noise.cells", across=self.plates, upwards=tall, jitter=0.95)
        minor = g.add("minor", "noise.cells", across=self.plates * 2, upwards=tall * 3, jitter=0.95)
        edges = g.add("edges", "arrange.bend", value=cells.edge, x=wander, y=other, strength=0.16)
        small = g.add("small", "arrange.bend", value=minor.edge, x=other, y=wander, strength=0.1)
        fibre = g.add("bark_fibre", "noise.layers", across=70, upwards=14, octaves=5, roughness=0.65, fold="ridged", contrast=1.0)
        torn = g.add("torn", "arrange.bend", value=fibre, x=other, y=wander, strength=0.1)
        grit = g.add("bark_grit", "noise.layers", across=90, upwards=90, octaves=3, roughness=0.75)
        plate = g.number("bark_furrows", "pow(smoothstep(0.015, 0.3, e + 0.14 * (t - 0.55)), 0.6)", e=edges, t=torn)
        crack = g.number("crack", "smoothstep(0.1, 0.02, s + 0.05 * (t - 0.5)) * a", s=small, t=torn, a=self.depth)
        steps = g.number("steps", "floor((0.6 * w + 0.4 * t + 0.5 * p) * 6) / 6", w=wander, t=torn, p=plate)
        curl = g.add("rings_of_skin", "noise.layers", across=3, upwards=26, octaves=3, roughness=0.5)
        pore = g.add("lenticels", "noise.layers", across=9, upwards=58, octaves=3, roughness=0.5)
        line = g.number(
            "line", "step(0.01, a) * smoothstep(1.02 - 0.34 * a, 1.08 - 0.34 * a, p + 0.3 * (c - 0.35))", p=pore, c=curl,
            a=self.pores,
        )  # fmt: skip
        height = g.number(
            "bark_height",
            "mix(0.55 + 0.2 * (c - 0.5) + 0.06 * (t - 0.5), p * (0.4 + 0.3 * s + 0.14 * (t - 0.5)) * (1 - 0.45 * k) + 0.05,"
            " a) + 0.05 * (g - 0.5) + 0.1 * l", p=plate, s=steps, t=torn, k=crack, g=grit, c=curl, a=self.depth, l=line,
        )  # fmt: skip
        share = g.number(
            "share", "clamp(mix(0.9 - 0.25 * (1 - c), p * (0.4 + 0.8 * s) * (1 - 0.7 * k), a))", p=plate, s=steps, k=crack, c=curl,
            a=self.depth,
        )  # fmt: skip
        tone = g.add("tone", "color.mix", a=self.furrow, b=self.color, share=share)
        worn = g.color(
            "worn", "mix(c * (0.7 + 0.5 * t) * (0.75 + 0.5 * g) * (0.84 + 0.32 * o), f * 0.7, l)", c=tone, t=torn, g=grit, o=other,
            f=self.furrow, l=line,
        )  # fmt: skip
        crust = g.add("crust", "pattern.strewn", count=30, radius=0.8, spread=0.85, flat=0.6)
        spots = g.number(
            "spots",
            "smoothstep(0.1, 0.32, h - 0.5 * (1 - g)) * smoothstep(0.95 - 0.6 * a, 1.1 - 0.6 * a, o + 0.25 * s) * p *"
            " step(0.01, a)", o=other, s=steps, g=grit, h=crust.height, p=share, a=self.lichen,
        )  # fmt: skip
        color = g.color(
            "color", "mix(c, mix(vec(0.3, 0.33, 0.25), vec(0.33, 0.3, 0.1), step(0.75, n)) * (0.5 + 0.7 * g), 0.8 * s)", c=worn,
            s=spots, n=crust.number, g=grit,
        )  # fmt: skip
        rough = g.number(
            "rough", "mix(0.62 + 0.2 * l, 0.92, a) + 0.14 * (g - 0.5) - 0.08 * s", g=grit, l=line, a=self.depth, s=steps,
        )  # fmt: skip
        return Surface(color, height, rough, relief_m=0.006 + 0.034 * self.depth, size_m=0.7)


@family("cardboard", nodes="flutes pulp_flecks dog_ears")
class Cardboard:
    """Corrugated board: flutes show faintly through brown liner with flecks of pulp; or laid bare where it was torn off."""

    color: Color = field(default=srgb("#a48660"))
    flutes: int = field(default=40, minimum=2, maximum=200)
    flecks: float = field(default=0.5, minimum=0.0, maximum=1.0)
    torn: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="how much of the liner is off")
    creases: float = field(default=0.3, minimum=0.0, maximum=1.0)
    tape: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="a band of brown tape")

    def build(self, g: Graph) -> Surface:
        """Liner sunk between flutes; fibres, flecks and stains; dents and creases; tears with a pale rim down to the waves."""
        warp = g.add("warp", "noise.layers", across=3, upwards=3, octaves=5, roughness=0.55)
        flutes = g.add("flutes", "noise.waves", across=0, upwards=self.flutes, bend=g.number("sag", "0.1 * (w - 0.5)", w=warp))
        fibre = g.add("fibre", "noise.streaks", across=30, upwards=300, layers=3)
        pulp = g.add("pulp", "noise.layers", across=40, upwards=40, octaves=4, roughness=0.65)
        flecks = g.add("pulp_flecks", "pattern.strewn", count=90, radius=0.42, spread=0.9, length=3.5, flat=1.0)
        fleck = g.number("fleck", "step(0.15, h) * (0.55 - n) * a", h=flecks.height, n=flecks.number, a=self.flecks)
        bends = g.add("bends", "noise.layers", across=3, upwards=3, octaves=3, roughness=0.4, fold="ridged", contrast=1.0)
        crease = g.number("dog_ears", "a * pow(smoothstep(0.86, 1.0, b), 2)", b=bends, a=self.creases)
        ripped = g.number("ripped", "w + 0.14 * (p - 0.5) + 0.07 * (f - 0.5)", w=warp, p=pulp, f=fibre)
        bare = g.number("bare", "smoothstep(0.9 - 0.5 * a, 0.91 - 0.5 * a, r) * step(0.01, a)", r=ripped, a=self.torn)
        rim = g.number(
            "rim", "smoothstep(0.85 - 0.5 * a, 0.89 - 0.5 * a, r) * (1 - b) * step(0.01, a)", r=ripped, b=bare, a=self.torn,
        )  # fmt: skip
        band = g.number(
            "band", "step(0.01, a) * smoothstep(0.25 * a, 0.25 * a - 0.004, abs(y - 0.5 + 0.002 * (f - 0.5)))", a=self.tape,
            f=fibre,
        )  # fmt: skip
        height = g.number(
            "liner",
            "mix(0.66 + 0.07 * (f - 0.5) + 0.06 * (s - 0.5) + 0.1 * (w - 0.5) + 0.04 * (p - 0.5) - 0.22 * c + 0.06 * r, 0.1"
            " + 0.5 * f, b) + 0.05 * t", f=flutes, s=fibre, w=warp, p=pulp, c=crease, r=rim, b=bare, t=band,
        )  # fmt: skip
        board = g.color(
            "board",
            "c * (0.84 + 0.2 * w + 0.12 * (s - 0.5) + 0.16 * (p - 0.5)) * (1 + 0.7 * k) * (0.96 + 0.07 * f) * (1 + 0.28 * e"
            " + 0.25 * r) * mix(1.0, 0.62 + 0.45 * f, b)", c=self.color, w=warp, s=fibre, p=pulp, k=fleck, f=flutes, e=crease,
            r=rim, b=bare,
        )  # fmt: skip
        color = g.color("color", "mix(c, vec(0.25, 0.15, 0.06) * (0.85 + 0.3 * w) + c * 0.12, b)", c=board, b=band, w=warp)
        rough = g.number("rough", "mix(0.85 + 0.14 * (s - 0.5) - 0.08 * c, 0.24 + 0.1 * w, b)", s=fibre, c=crease, b=band, w=warp)
        return Surface(color, height, rough, relief_m=0.003, size_m=0.32)


@family("paper", nodes="felt_side laid_lines crumples foxing")
class Paper:
    """Paper: felted fibres, the lines of the sieve, folds and crumples, brown spots of age."""

    color: Color = field(default=srgb("#d9d2c0"))
    lines: float = field(default=0.35, minimum=0.0, maximum=1.0)
    fibres: float = field(default=0.4, minimum=0.0, maximum=1.0)
    crumples: float = field(default=0.12, minimum=0.0, maximum=1.0)
    foxing: float = field(default=0.1, minimum=0.0, maximum=1.0, doc="spots and brown clouds of age")

    def build(self, g: Graph) -> Surface:
        """Facets with sharp folds, at two scales; clouds of pulp; coloured hairs; laid and chain lines.

        Folds rubbed pale, spots brown.
        """
        clouds = g.add("clouds", "noise.layers", across=7, upwards=7, octaves=6, roughness=0.6)
        sway = g.add("sway", "noise.layers", across=4, upwards=4, octaves=3)
        felt = g.add("felt_side", "pattern.strewn", count=46, radius=1.0, spread=0.6, length=6.0)
        bent = g.add("bent_felt", "arrange.bend", value=felt.height, x=clouds, y=sway, strength=0.06)
        hair = g.add("hair", "pattern.strewn", count=17, radius=0.9, spread=0.5, length=6.0, flat=0.4)
        tooth = g.add("tooth", "noise.layers", across=150, upwards=150, octaves=3, roughness=0.75)
        large = g.add("large_folds", "noise.cells", across=3, upwards=3)
        small = g.add("small_folds", "noise.cells", across=8, upwards=8)
        first = g.add("first_folds", "arrange.bend", value=large.near, x=sway, y=clouds, strength=0.1)
        crumples = g.number("crumples", "0.62 * f + 0.28 * s * (0.5 + 0.7 * fract(n * 9))", f=first, s=small.near, n=large.number)
        edge = g.number("folded", "max(smoothstep(0.05, 0.0, a), 0.7 * smoothstep(0.07, 0.0, b))", a=large.edge, b=small.edge)
        laid = g.add("laid_lines", "noise.waves", across=96, upwards=0)
        chain = g.add("chain", "noise.waves", across=0, upwards=8)
        net = g.number("net", "a * (0.55 * l + 0.45 * smoothstep(0.93, 1, c))", l=laid, c=chain, a=self.lines)
        specks = g.add("specks", "pattern.strewn", count=34, radius=0.45, spread=0.95, flat=0.2)
        fox = g.number(
            "foxing", "a * clamp(0.9 * h * step(0.72, n) + 0.75 * smoothstep(0.45, 0.95, c + 0.2 * t))", h=specks.height,
            n=specks.number, c=clouds, t=sway, a=self.foxing,
        )  # fmt: skip
        height = g.number(
            "pulp", "0.12 + 0.05 * (k - 0.5) + 0.1 * f * a + 0.05 * n + 0.06 * (t - 0.5) + 0.07 * h * a + 0.8 * c * w",
            k=clouds, f=bent, h=hair.height, n=net, t=tooth, c=crumples, w=self.crumples, a=self.fibres,
        )  # fmt: skip
        color = g.color(
            "color",
            "mix(c * (0.93 + 0.1 * k) * (1 - 0.12 * a * step(0.25, h) * (0.3 + q)) * (1 - 0.06 * n) * (0.96 + 0.07 * t)"
            " * (1 - 0.16 * w * e), c * vec(0.62, 0.46, 0.27), 0.8 * f)",
            c=self.color, k=clouds, h=hair.height, q=hair.number, n=net, t=tooth, w=self.crumples, e=edge, f=fox, a=self.fibres,
        )  # fmt: skip
        rough = g.number(
            "rough", "0.84 + 0.1 * (k - 0.5) + 0.1 * (t - 0.5) + 0.08 * w * e", k=clouds, t=tooth, w=self.crumples, e=edge,
        )  # fmt: skip
        return Surface(color, height, rough, relief_m=0.0012 + 0.022 * self.crumples, size_m=0.3)
