"""Cast and laid: concrete, asphalt, terrazzo."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("concrete", nodes="formwork air_holes tie_holes laitance")
class Concrete:
    """Concrete: out of boards or panels, trowelled, or washed so that its stones show."""

    color: Color = field(default=srgb("#93918b"))
    boards: int = field(default=5, minimum=0, maximum=24, doc="of the form; 0 is cast without")
    imprint: float = field(default=0.4, minimum=0.0, maximum=1.0, doc="of the wood's grain")
    holes: float = field(default=0.5, minimum=0.0, maximum=1.0)
    ties: int = field(default=2, minimum=0, maximum=6, doc="holes of the form's ties along an edge")
    stains: float = field(default=0.4, minimum=0.0, maximum=1.0)
    cracks: float = field(default=0.1, minimum=0.0, maximum=1.0)
    washed: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="stones laid bare")

    def build(self, g: Graph) -> Surface:
        """Clouds of cement at three scales; imprints that differ by the board; bubbles crowded below seams.

        Tie holes with rust; runs.
        """
        cloud = g.add("cloud", "noise.swirls", scale=3, octaves=6, bend=0.12, roughness=0.58)
        blotch = g.add("blotch", "noise.layers", across=9, upwards=9, octaves=5, roughness=0.6)
        fine = g.add("fine", "noise.layers", across=100, upwards=100, octaves=4, roughness=0.75)
        n = max(self.boards, 1)
        boards = g.add(
            "formwork", "pattern.bond", bond="stack", rows=n, columns=1, disorder=0.8, gap=0.012, corner=0.005, uneven=0.02,
        )  # fmt: skip
        wood = g.add("wood", "noise.streaks", across=3, upwards=240, layers=4)
        has = float(self.boards > 0)
        relief = g.number(
            "relief", "h * a * ((w - 0.5) + 0.5 * (fract(n * 9) - 0.5))", w=wood, n=boards.number, a=self.imprint, h=has,
        )  # fmt: skip
        bubbles = g.add("air_holes", "pattern.strewn", count=44, radius=0.34, spread=0.97)
        hole = g.number(
            "hole", "smoothstep(0.05, 0.45, h) * step(1 - 0.9 * a * (0.35 + 1.1 * c), n) * step(0.01, a)", h=bubbles.height,
            n=bubbles.number, c=cloud, a=self.holes,
        )  # fmt: skip
        away = g.number(
            "away", "length(vec(fract(x * k) - 0.5, fract(y * k) - 0.5)) / k + step(k, 0.5)", k=max(float(self.ties), 0.01),
        )  # fmt: skip
        ties = g.number("tie_holes", "smoothstep(0.013, 0.011, a)", a=away)
        cone = g.number("cone", "smoothstep(0.022, 0.014, a)", a=away)
        seam = g.number("seam", "smoothstep(0.016, 0.0, e - 0.012 * b) * h", e=boards.edge, b=blotch, h=has)
        breaks = g.add("breaks", "noise.cells", across=3, upwards=2)
        torn = g.add("torn", "arrange.bend", value=breaks.edge, x=blotch, y=cloud, strength=0.14)
        crack = g.number(
            "crack", "smoothstep(0.007, 0.001, e - 0.004 * f) * smoothstep(0.8 - 0.6 * a, 0.95 - 0.6 * a, c) * step(0.01, a)",
            e=torn, f=fine, c=cloud, a=self.cracks,
        )  # fmt: skip
        runs = g.add("runs", "noise.layers", across=34, upwards=2, octaves=5, roughness=0.62)
        stain = g.number(
            "stain", "a * clamp(smoothstep(0.5, 0.85, r) * (0.3 + k) + 0.5 * smoothstep(0.6, 0.85, b))", r=runs, k=cloud, b=blotch,
            a=self.stains,
        )  # fmt: skip
        pale = g.number("laitance", "smoothstep(0.5, 0.75, k + 0.25 * (b - 0.5)) * (0.5 + 0.5 * f)", k=cloud, b=blotch, f=fine)
        stones = g.add("stones", "pattern.strewn", count=64, radius=0.85, spread=0.55, length=1.25, square=0.3)
        shown = g.number("shown", "step(0.01, a) * smoothstep(0.0, 0.12, h - 0.75 * (1 - a))", h=stones.height, a=self.washed)
        pebble = g.add("pebble", "color.vary", color=srgb("#8b7f72"), number=stones.number, hue=0.03, strength=0.7, brightness=0.6)
        cement = g.color(
            "cement",
            "c * (0.78 + 0.3 * k) * (0.86 + 0.28 * b) * (0.85 + 0.3 * f) * (1 + 0.14 * h * (fract(n * 13) - 0.5)) * (1 +"
            " 0.5 * r) * (1 + 0.16 * p)", c=self.color, k=cloud, b=blotch, f=fine, n=boards.number, r=relief, p=pale, h=has,
        )  # fmt: skip
        marked = g.color(
            "marked",
            "mix(c, c * vec(0.6, 0.56, 0.5), s) * (1 - 0.5 * o) * (1 - 0.35 * m) * (1 - 0.75 * t) * (1 - 0.12 * q) * (1 -"
            " 0.65 * w)", c=cement, s=stain, o=hole, m=seam, t=ties, q=cone, w=crack,
        )  # fmt: skip
        color = g.color("color", "mix(c, p * (0.75 + 0.4 * f), s)", c=marked, p=pebble, s=shown, f=fine)
        height = g.number(
            "face",
            "0.6 + 0.1 * r + 0.08 * (f - 0.5) + 0.06 * (k - 0.5) + 0.04 * (b - 0.5) - 0.3 * o - 0.2 * m - 0.18 * q - 0.4 *"
            " t - 0.3 * w + a * (0.5 * h - 0.3)", r=relief, f=fine, k=cloud, b=blotch, o=hole, m=seam, q=cone, t=ties, w=crack,
            h=stones.height, a=self.washed,
        )  # fmt: skip
        rough = g.number("rough", "0.8 + 0.24 * (f - 0.5) - 0.16 * p + 0.1 * o - 0.25 * s", f=fine, p=pale, o=hole, s=shown)
        return Surface(color, height, rough, relief_m=0.008 + 0.006 * self.washed, size_m=2.0)


@family("asphalt", nodes="aggregate bitumen seals patches")
class Asphalt:
    """Road: stones in bitumen, worn pale by wheels; cracks, some sealed; patches, a painted line."""

    color: Color = field(default=srgb("#393837"))
    wheels: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="how much stones lie bare")
    cracks: float = field(default=0.25, minimum=0.0, maximum=1.0)
    sealed: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="how many cracks are filled with tar")
    crazed: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="broken into small pieces, as old roads are")
    line: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="a painted line, and how much of it is left")

    def build(self, g: Graph) -> Surface:
        """Chips of two sizes with shadows between; oil and dust in clouds; a net of cracks with crumbling edges, tar over some."""
        chips = g.add("aggregate", "pattern.strewn", count=110, radius=0.9, spread=0.6, length=1.2, flat=0.4, square=0.5)
        small = g.add("small", "noise.cells", across=230, upwards=230)
        slow = g.add("slow", "noise.layers", across=3, upwards=3, octaves=6, roughness=0.58)
        sway = g.add("sway", "noise.layers", across=8, upwards=8, octaves=5, roughness=0.6)
        breaks = g.add("breaks", "noise.cells", across=2, upwards=3)
        crack = g.add("crack", "arrange.bend", value=breaks.edge, x=sway, y=slow, strength=0.15)
        mesh = g.add("mesh", "noise.cells", across=13, upwards=13)
        craze = g.add("craze", "arrange.bend", value=mesh.edge, x=slow, y=sway, strength=0.05)
        where = g.number(
            "patches", "smoothstep(1.0 - 0.7 * a, 1.1 - 0.7 * a, s + 0.15 * (w - 0.5)) * step(0.01, a)", s=slow, w=sway,
            a=self.crazed,
        )  # fmt: skip
        line = g.number(
            "line_of_break",
            "clamp(step(0.01, a) * smoothstep(0.016, 0.004, c - 0.008 * n) * smoothstep(0.75 - 0.5 * a, 0.9 - 0.5 * a, s +"
            " 0.1) + z * smoothstep(0.075, 0.02, e - 0.03 * n))", c=crack, n=small.number, s=sway, e=craze, z=where, a=self.cracks,
        )  # fmt: skip
        tar = g.number(
            "seals", "step(0.01, a) * smoothstep(0.05, 0.042, c - 0.01 * w) * smoothstep(1.0 - a, 1.08 - a, w + 0.25)", c=crack,
            w=sway, a=self.sealed,
        )  # fmt: skip
        stone = g.number("stone", "smoothstep(0.1, 0.4, h)", h=chips.height)
        bare = g.number("bare", "s * clamp(a * (0.35 + 1.3 * w) + 0.12)", s=stone, a=self.wheels, w=slow)
        shade = g.add("shade", "color.vary", color=srgb("#6f6b66"), number=chips.number, hue=0.02, strength=0.5, brightness=0.6)
        binder = g.color(
            "bitumen", "c * (0.6 + 0.6 * n) * (0.7 + 0.45 * h) * (0.8 + 0.4 * w)", c=self.color, n=small.number, h=chips.height,
            w=slow,
        )  # fmt: skip
        mixed = g.color("mixed", "mix(b, s * (0.8 + 0.3 * n), r)", b=binder, s=shade, n=small.number, r=bare)
        broken = g.color(
            "broken", "mix(c * (1 + 0.25 * smoothstep(0.06, 0.0, k)), vec(0.024, 0.022, 0.02), q)", c=mixed, q=line, k=crack,
        )  # fmt: skip
        tarred = g.color("tarred", "mix(c, vec(0.022, 0.022, 0.023), t)", c=broken, t=tar)
        paint = g.number(
            "paint",
            "step(0.01, a) * smoothstep(0.056, 0.054, abs(x - 0.5)) * smoothstep(1.0 - a, 1.12 - a, 0.55 * w + 0.3 * h +"
            " 0.3 - 0.5 * q)", a=self.line, w=sway, h=chips.height, q=line,
        )  # fmt: skip
        color = g.color("color", "mix(c, vec(0.6, 0.59, 0.55) * (0.75 + 0.25 * h), p)", c=tarred, p=paint, h=chips.height)
        height = g.number(
            "road", "mix(0.34 + 0.34 * h + 0.1 * (0.5 - d) + 0.12 * (w - 0.5) - 0.34 * q, 0.62 + 0.06 * h, t) + 0.08 * p * (1 - h)",
            h=chips.height, d=small.near, w=slow, q=line, t=tar, p=paint,
        )  # fmt: skip
        rough = g.number(
            "rough", "mix(mix(0.88 - 0.2 * b + 0.16 * (n - 0.5), 0.38 + 0.2 * n, t), 0.6, p)", b=bare, n=small.number, t=tar,
            p=paint,
        )  # fmt: skip
        return Surface(color, height, rough, relief_m=0.009, size_m=1.5)


@family("terrazzo", nodes="marble_chips chip_dust brass_strips")
class Terrazzo:
    """Chips of marble in cement, ground flat and polished, with strips of brass."""

    color: Color = field(default=srgb("#cdc8bd"))
    first: Color = field(default=srgb("#8d8a84"))
    second_color: Color = field(default=srgb("#b7a487"))
    third: Color = field(default=srgb("#5f5b58"))
    count: int = field(default=26, minimum=4, maximum=80)
    amount: float = field(default=0.7, minimum=0.0, maximum=1.0)
    variety: float = field(default=0.4, minimum=0.0, maximum=1.0)
    strips: int = field(default=0, minimum=0, maximum=8)

    def build(self, g: Graph) -> Surface:
        """Chips of three marbles cut at any height, in three sizes, each veined; dust of them and pinholes in the cement."""
        large = g.add(
            "marble_chips", "pattern.strewn", count=self.count, radius=0.72, spread=0.75, length=1.25, flat=0.1, square=0.85,
        )  # fmt: skip
        small = g.add(
            "small_chips", "pattern.strewn", count=self.count * 5 // 2, radius=0.62, spread=0.8, length=1.2, flat=0.2, square=0.8,
        )  # fmt: skip
        dust = g.add("chip_dust", "noise.cells", across=self.count * 9, upwards=self.count * 9)
        cloud = g.add("cloud", "noise.layers", across=6, upwards=6, octaves=5, roughness=0.6)
        vein = g.add("vein", "noise.swirls", scale=11, octaves=5, bend=0.12, roughness=0.6)
        is_large = g.number(
            "is_large", "smoothstep(0.24, 0.27, h + 0.06 * (v - 0.5)) * step(1 - a, fract(n * 3.7))", h=large.height,
            n=large.number, v=vein, a=self.amount,
        )  # fmt: skip
        is_small = g.number(
            "is_small", "smoothstep(0.24, 0.3, h + 0.06 * (v - 0.5)) * step(1 - a, fract(n * 3.7)) * (1 - l)", h=small.height,
            n=small.number, v=vein, a=self.amount, l=is_large,
        )  # fmt: skip
        number = g.number("number", "mix(s, l, w)", s=small.number, l=large.number, w=is_large)
        marble = g.color(
            "marbled", "mix(mix(a, b, step(0.45, n)), c, step(0.78, n))", a=self.first, b=self.second_color, c=self.third, n=number,
        )  # fmt: skip
        shade = g.add(
            "shade", "color.vary", color=marble, number=g.number("own", "fract(n * 23)", n=number), hue=0.012 * self.variety,
            strength=0.5 * self.variety, brightness=0.6 * self.variety,
        )  # fmt: skip
        veined = g.color(
            "veined", "mix(c * (0.82 + 0.34 * v), c * 1.25 + vec(0.05, 0.05, 0.05), smoothstep(0.06, 0.0, abs(v - 0.5)) * 0.5)",
            c=shade, v=vein,
        )  # fmt: skip
        ground = g.color(
            "ground", "c * (0.9 + 0.14 * k) * mix(1.0, 0.75 + 0.4 * fract(n * 7), step(0.7, n))", c=self.color, k=cloud,
            n=dust.number,
        )  # fmt: skip
        first = g.number("is_chip", "max(l, s)", l=is_large, s=is_small)
        set_ = g.add("set", "color.mix", a=ground, b=veined, share=first)
        strip = g.number(
            "brass_strips",
            "smoothstep(0.003 * n, 0.0024 * n, min(abs(fract(x * n + 0.5) - 0.5), abs(fract(y * n + 0.5) - 0.5))) *"
            " step(0.5, n)", n=float(self.strips),
        )  # fmt: skip
        pin = g.number(
            "pin", "step(0.985, n) * smoothstep(0.4, 0.2, d) * (1 - c) * (1 - s)", n=dust.number, d=dust.near, c=first, s=strip,
        )  # fmt: skip
        color = g.color("color", "mix(c * (1 - 0.5 * p), vec(0.91, 0.778, 0.423), s)", c=set_, p=pin, s=strip)
        height = g.number("floor_", "0.5 + 0.06 * c + 0.08 * b - 0.2 * p + 0.02 * (k - 0.5)", c=first, b=strip, p=pin, k=cloud)
        rough = g.number(
            "rough", "mix(0.26 + 0.14 * (k - 0.5), 0.12 + 0.06 * (v - 0.5), c) + 0.3 * p + 0.06 * s", k=cloud, c=first, v=vein,
            p=pin, s=strip,
        )  # fmt: skip
        return Surface(color, height, rough, strip, relief_m=0.0008, size_m=1.0)
