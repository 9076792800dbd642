"""Of trees: planks, bark, cardboard and paper."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("planks", nodes="planks rings knots fibres")
class Planks:
    """Sawn boards side by side, each cut from another place of a trunk."""

    color: Color = field(default=srgb("#8f6238"))
    late: Color = field(default=srgb("#4c2c14"), doc="of the dark rings")
    boards: int = field(default=7, minimum=1, maximum=40)
    length: int = field(default=2, minimum=1, maximum=12, doc="boards after each other")
    gap: float = field(default=0.03, minimum=0.0, maximum=0.3)
    knots: float = field(default=0.5, minimum=0.0, maximum=1.0)
    varnish: float = field(default=0.2, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Rings of a trunk that run along the boards, bent round knots; fibres, and ends that are a little darker."""
        boards = g.add(
            "planks", "pattern.bricks", rows=self.boards, columns=self.length, shift=0.37, disorder=0.8, gap=self.gap, corner=0.02
        )
        bend = g.add("bend", "noise.layers", across=2, upwards=8, octaves=4, roughness=0.45)
        knot = g.add("knots", "noise.cells", across=3, upwards=self.boards, jitter=0.8)
        pull = g.number("pull", "exp(-14 * d * d) * a * step(0.45, n)", d=knot.near, n=knot.number, a=self.knots)
        # A ring's number: the board's own offset, how far across the board, what bends it, and a knot that draws rings in.
        ring = g.number(
            "ring", "number * 37 + 7 * v + 3.2 * bend + 5 * pull", number=boards.number, v=boards.y, bend=bend, pull=pull
        )
        rings = g.number("rings", "pow(1 - abs(2 * fract(r) - 1), 1.7) * (0.6 + 0.4 * sin(floor(r) * 12.9))", r=ring)
        fibres = g.add("fibres", "noise.streaks", across=3, upwards=420, layers=4)
        pores = g.add("pores", "noise.layers", across=9, upwards=260, octaves=3, roughness=0.7)
        dark = g.number("dark", "clamp(0.75 * r + 0.35 * (0.5 - f) + 0.8 * k)", r=rings, f=fibres, k=pull)
        grain = g.add("grain", "color.mix", a=self.color, b=self.late, share=dark)
        shade = g.add("shade", "color.vary", color=grain, number=boards.number, hue=0.008, strength=0.3, brightness=0.35)
        gap = g.number("gap", "smoothstep(0.015, 0.0, e)", e=boards.edge)
        color = g.color("color", "c * (0.85 + 0.3 * f) * (1 - 0.85 * gap)", c=shade, f=fibres, gap=gap)
        height = g.number(
            "board_height",
            "smoothstep(0, 0.05, e) * (0.82 + 0.08 * (number - 0.5)) - 0.05 * r + 0.08 * (f - 0.5) + 0.03 * p",
            e=boards.edge,
            number=boards.number,
            r=dark,
            f=fibres,
            p=pores,
        )
        rough = g.number(
            "rough", "mix(0.78 + 0.2 * (p - 0.5), 0.22 + 0.1 * (1 - f), v) + 0.3 * gap", p=pores, f=fibres, v=self.varnish, gap=gap
        )
        return Surface(color, height, rough, relief_m=0.008, size_m=1.2)


@family("bark", nodes="bark_plates bark_furrows bark_fibre")
class Bark:
    """Bark of an old tree: plates that broke apart as the trunk grew, drawn out upwards."""

    color: Color = field(default=srgb("#6b5746"))
    furrow: Color = field(default=srgb("#2a1f18"))
    plates: int = field(default=7, minimum=2, maximum=30, doc="side by side")
    depth: float = field(default=0.6, minimum=0.0, maximum=1.0)
    lichen: float = field(default=0.1, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Long bent cells; their edges are furrows, their faces have layers like slate."""
        wander = g.add("wander", "noise.layers", across=6, upwards=3, octaves=5)
        other = g.add("other", "noise.layers", across=5, upwards=4, octaves=5)
        cells = g.add("bark_plates", "noise.cells", across=self.plates, upwards=max(1, self.plates // 3), jitter=0.95)
        edges = g.add("edges", "arrange.bend", value=cells.edge, x=wander, y=other, strength=0.22)
        fibre = g.add("bark_fibre", "noise.layers", across=60, upwards=9, octaves=5, roughness=0.65, fold="ridged", contrast=1.0)
        torn = g.add("torn", "arrange.bend", value=fibre, x=other, y=wander, strength=0.16)
        furrows = g.number(
            "bark_furrows", "smoothstep(0.02, 0.34, e + 0.16 * (t - 0.5) + 0.08 * (w - 0.5))", e=edges, t=torn, w=wander
        )
        height = g.number(
            "bark_height", "f * (0.55 + 0.2 * w) + 0.3 * a * (t - 0.35) * f + 0.08 * t", f=furrows, w=wander, t=torn, a=self.depth
        )
        tone = g.add("tone", "color.mix", a=self.furrow, b=self.color, share=furrows)
        worn = g.color("worn", "c * (0.55 + 0.75 * t) * (0.85 + 0.3 * o)", c=tone, t=torn, o=other)
        spots = g.number(
            "spots",
            "smoothstep(1.3 - 0.6 * a, 1.38 - 0.6 * a, o + 0.4 * f + 0.3 * t) * step(0.01, a)",
            o=other,
            f=furrows,
            t=torn,
            a=self.lichen,
        )
        color = g.add("color", "color.mix", a=worn, b=srgb("#9aa583"), share=spots)
        rough = g.number("rough", "0.9 + 0.1 * (t - 0.5)", t=torn)
        return Surface(color, height, rough, relief_m=0.03, size_m=0.6)


@family("cardboard", nodes="flutes pulp_flecks")
class Cardboard:
    """Corrugated board: flutes show faintly through brown liner with flecks of pulp."""

    color: Color = field(default=srgb("#a98458"))
    flutes: int = field(default=34, minimum=2, maximum=200)
    flecks: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Waves under paper; flecks of fibre; soft stains."""
        warp = g.add("warp", "noise.layers", across=3, upwards=3, octaves=4)
        sag = g.number("sag", "0.12 * (w - 0.5)", w=warp)
        flutes = g.add("flutes", "noise.waves", across=0, upwards=self.flutes, bend=sag)
        fibre = g.add("fibre", "noise.streaks", across=24, upwards=260, layers=3)
        flecks = g.add("pulp_flecks", "pattern.strewn", count=70, radius=0.3, spread=0.9, length=4.0, flat=1.0)
        fleck = g.number("fleck", "step(0.2, h) * (0.5 - n) * a", h=flecks.height, n=flecks.number, a=self.flecks)
        height = g.number("liner", "0.5 + 0.22 * (f - 0.5) + 0.12 * (s - 0.5) + 0.1 * (w - 0.5)", f=flutes, s=fibre, w=warp)
        color = g.color(
            "color",
            "c * (0.92 + 0.14 * w + 0.1 * (s - 0.5)) * (1 + 0.5 * k) * (0.97 + 0.05 * f)",
            c=self.color,
            w=warp,
            s=fibre,
            k=fleck,
            f=flutes,
        )
        rough = g.number("rough", "0.84 + 0.12 * (s - 0.5)", s=fibre)
        return Surface(color, height, rough, relief_m=0.0012, size_m=0.3)


@family("paper", nodes="felt_side laid_lines")
class Paper:
    """Handmade paper: felted fibres, and the faint lines of the sieve."""

    color: Color = field(default=srgb("#e9e2d0"))
    lines: float = field(default=0.4, minimum=0.0, maximum=1.0)
    fibres: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Clouds of pulp, hairs in all directions, laid and chain lines."""
        clouds = g.add("clouds", "noise.layers", across=9, upwards=9, octaves=6, roughness=0.6)
        felt = g.add("felt_side", "pattern.strewn", count=40, radius=0.95, spread=0.6, length=6.0)
        hair = g.add("hair", "pattern.strewn", count=23, radius=0.9, spread=0.5, length=6.0, flat=0.4)
        laid = g.add("laid_lines", "noise.waves", across=90, upwards=0)
        chain = g.add("chain", "noise.waves", across=0, upwards=6)
        net = g.number("net", "a * (0.6 * l + 0.4 * smoothstep(0.96, 1, c))", l=laid, c=chain, a=self.lines)
        height = g.number(
            "pulp",
            "0.4 + 0.3 * (k - 0.5) + 0.18 * f * a + 0.12 * h * a + 0.12 * n",
            k=clouds,
            f=felt.height,
            h=hair.height,
            n=net,
            a=self.fibres,
        )
        color = g.color(
            "color",
            "c * (0.95 + 0.06 * k) * (1 - 0.05 * a * h) * (1 - 0.03 * n)",
            c=self.color,
            k=clouds,
            h=hair.height,
            n=net,
            a=self.fibres,
        )
        rough = g.number("rough", "0.88 + 0.08 * (k - 0.5)", k=clouds)
        return Surface(color, height, rough, relief_m=0.0004, size_m=0.3)
