"""Stone, grown and cast: marble, granite, sandstone, concrete, asphalt, terrazzo, lava."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("marble", nodes="marble_veins marble_ghosts")
class Marble:
    """Polished marble: veins at several scales in a cloudy ground."""

    color: Color = field(default=srgb("#e8e4dc"))
    veins: Color = field(default=srgb("#5b5a5c"))
    amount: float = field(default=0.5, minimum=0.0, maximum=1.0)
    scale: int = field(default=2, minimum=1, maximum=12)
    polish: float = field(default=0.9, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Ridges of bent noise: thin dark ones, wide pale ones, and a net of hairs."""
        cloud = g.add("cloud", "noise.swirls", scale=self.scale, octaves=6, bend=0.3)
        drift = g.add("drift", "noise.swirls", scale=self.scale + 1, octaves=5, bend=0.2)
        ridge = g.add(
            "ridge", "noise.layers", across=self.scale, upwards=self.scale, octaves=5, roughness=0.45, fold="ridged", contrast=1.0
        )
        bent = g.add("bent", "arrange.bend", value=ridge, x=cloud, y=drift, strength=0.4)
        hairs = g.add(
            "hairs", "noise.layers", across=self.scale * 4, upwards=self.scale * 4, octaves=5, fold="ridged", contrast=1.0
        )
        fine = g.add("fine", "arrange.bend", value=hairs, x=drift, y=cloud, strength=0.2)
        veins = g.number(
            "marble_veins",
            "clamp(a * (pow(smoothstep(0.62, 0.98, b), 3) * (0.4 + c) + 0.5 * pow(smoothstep(0.75, 1, f), 2) * "
            "smoothstep(0.4, 0.7, d)))",
            b=bent,
            f=fine,
            c=cloud,
            d=drift,
            a=self.amount * 2,
        )
        ghosts = g.number("marble_ghosts", "0.3 * a * smoothstep(0.35, 0.8, b) * d", b=bent, d=drift, a=self.amount)
        share = g.number("share", "clamp(v + g)", v=veins, g=ghosts)
        ground = g.color("ground", "c * (0.88 + 0.16 * k)", c=self.color, k=cloud)
        color = g.add("color", "color.mix", a=ground, b=self.veins, share=share)
        height = g.number("face", "0.5 - 0.05 * v", v=veins)
        rough = g.number("rough", "mix(0.6, 0.05, p) + 0.05 * v + 0.03 * k", p=self.polish, v=veins, k=cloud)
        return Surface(color, height, rough, relief_m=0.001, size_m=1.5)


@family("granite", nodes="feldspar quartz mica")
class Granite:
    """Crystals of three minerals side by side."""

    color: Color = field(default=srgb("#b79a8c"), doc="of the feldspar")
    grain: int = field(default=46, minimum=8, maximum=200)
    mica: float = field(default=0.3, minimum=0.0, maximum=1.0)
    polish: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Each mineral from cells of its own size; mica is black and glints; quartz is grey and clear."""
        spar = g.add("feldspar", "noise.cells", across=self.grain, upwards=self.grain)
        quartz = g.add("quartz", "noise.cells", across=self.grain * 5 // 4, upwards=self.grain * 5 // 4)
        mica = g.add("mica", "noise.cells", across=self.grain * 2, upwards=self.grain * 2)
        cloud = g.add("cloud", "noise.layers", across=6, upwards=6, octaves=4)
        dust = g.add("dust", "noise.layers", across=120, upwards=120, octaves=3, roughness=0.75)
        shade = g.add("shade", "color.vary", color=self.color, number=spar.number, hue=0.015, strength=0.5, brightness=0.4)
        is_quartz = g.number("is_quartz", "smoothstep(0.62, 0.64, n + 0.16 * (c - 0.5))", n=quartz.number, c=cloud)
        is_mica = g.number(
            "is_mica",
            "smoothstep(1 - 0.5 * a, 1.02 - 0.5 * a, n + 0.2 * (c - 0.5)) * step(0.01, a)",
            n=mica.number,
            c=cloud,
            a=self.mica,
        )
        grey = g.color("grey", "vec(0.33, 0.33, 0.34) * (0.7 + 0.6 * n)", n=quartz.number)
        first = g.add("first", "color.mix", a=shade, b=grey, share=is_quartz)
        second = g.add("second", "color.mix", a=first, b=srgb("#1d1b1a"), share=is_mica)
        color = g.color("color", "c * (0.9 + 0.2 * d)", c=second, d=dust)
        height = g.number(
            "face",
            "0.5 + (1 - p) * (0.25 * (n - 0.5) + 0.2 * (d - 0.5) - 0.2 * smoothstep(0.06, 0, e))",
            p=self.polish,
            n=spar.number,
            d=dust,
            e=spar.edge,
        )
        rough = g.number(
            "rough", "mix(0.85, 0.12, p) + 0.12 * (q - 0.5) - 0.1 * m * (1 - p)", p=self.polish, q=is_quartz, m=is_mica
        )
        return Surface(color, height, rough, relief_m=0.003, size_m=0.5)


@family("sandstone", nodes="strata cross_beds weathering")
class Sandstone:
    """Beds of sand over each other, weathered where they are soft."""

    color: Color = field(default=srgb("#b98a5c"))
    beds: int = field(default=9, minimum=1, maximum=60)
    contrast: float = field(default=0.5, minimum=0.0, maximum=1.0)
    weathering_depth: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """A ramp bent gently and cut into beds, fine cross-bedding within each, pits along the soft ones."""
        sway = g.add("sway", "noise.layers", across=2, upwards=2, octaves=4, roughness=0.4)
        tilt = g.number("tilt", "2.4 * (s - 0.5)", s=sway)
        beds = g.add("strata", "noise.layers", across=1, upwards=self.beds, octaves=5, roughness=0.6)
        bent = g.add("bent", "arrange.bend", value=beds, x=0.5, y=sway, strength=0.22)
        lines = g.add("cross_beds", "noise.waves", across=3, upwards=self.beds * 6, bend=tilt)
        grain = g.add("grain", "noise.layers", across=150, upwards=150, octaves=3, roughness=0.8)
        pits = g.add("pits", "pattern.strewn", count=26, radius=0.6, spread=0.9, length=1.8)
        soft = g.number("soft", "smoothstep(0.55, 0.35, b)", b=bent)
        weathering = g.number("weathering", "a * s * smoothstep(0.1, 0.7, p)", s=soft, p=pits.height, a=self.weathering_depth)
        ramp = g.number("ramp", "clamp(0.5 + c * (1.6 * (b - 0.5) + 0.12 * (l - 0.5)))", b=bent, l=lines, c=self.contrast)
        warm = g.color(
            "warm", "c * mix(vec(0.62, 0.5, 0.46), vec(1.18, 1.12, 1.0), r) * (0.82 + 0.36 * n)", c=self.color, r=ramp, n=grain
        )
        color = g.color("color", "c * (1 - 0.35 * w)", c=warm, w=weathering)
        height = g.number(
            "face",
            "0.55 + 0.25 * (b - 0.5) + 0.05 * (l - 0.5) + 0.1 * (n - 0.5) - 0.45 * w",
            b=bent,
            l=lines,
            n=grain,
            w=weathering,
        )
        rough = g.number("rough", "0.9 + 0.1 * (n - 0.5)", n=grain)
        return Surface(color, height, rough, relief_m=0.025, size_m=1.5)


@family("concrete", nodes="formwork air_holes tie_holes")
class Concrete:
    """Concrete out of wooden forms: seams, air holes, cloudy cement."""

    color: Color = field(default=srgb("#98968f"))
    boards: int = field(default=5, minimum=0, maximum=24)
    holes: float = field(default=0.5, minimum=0.0, maximum=1.0)
    stains: float = field(default=0.4, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Boards' imprints, bubbles that stayed, the ties of the form, and water's marks from above."""
        cloud = g.add("cloud", "noise.swirls", scale=3, octaves=6, bend=0.1, roughness=0.55)
        fine = g.add("fine", "noise.layers", across=90, upwards=90, octaves=5, roughness=0.7)
        boards = g.add(
            "formwork", "pattern.bricks", rows=max(self.boards, 1), columns=1, shift=0.0, gap=0.012, corner=0.005, uneven=0.02
        )
        print_ = g.add("print", "noise.streaks", across=3, upwards=200, layers=3)
        bubbles = g.add("air_holes", "pattern.strewn", count=34, radius=0.32, spread=0.95)
        hole = g.number("hole", "a * smoothstep(0.05, 0.5, h) * step(0.5, n)", h=bubbles.height, n=bubbles.number, a=self.holes)
        ties = g.number(
            "tie_holes",
            "smoothstep(0.02, 0.016, length(vec(fract(x * 2) * 0.5 - 0.25, fract(y * 2) * 0.5 - 0.25))) * step(0.5, b)",
            b=float(self.boards),
        )
        seam = g.number("seam", "smoothstep(0.012, 0.0, e) * step(0.5, b)", e=boards.edge, b=float(self.boards))
        runs = g.add("runs", "noise.layers", across=26, upwards=2, octaves=5, roughness=0.6)
        stain = g.number("stain", "a * smoothstep(0.45, 0.9, r) * k", r=runs, k=cloud, a=self.stains)
        tone = g.color(
            "tone",
            "c * (0.78 + 0.36 * k) * (0.9 + 0.2 * f) * (1 + 0.1 * (n - 0.5))",
            c=self.color,
            k=cloud,
            f=fine,
            n=boards.number,
        )
        color = g.color(
            "color", "c * (1 - 0.45 * s) * (1 - 0.55 * h) * (1 - 0.3 * m) * (1 - 0.6 * t)", c=tone, s=stain, h=hole, m=seam, t=ties
        )
        height = g.number(
            "face",
            "0.62 + 0.06 * (f - 0.5) + 0.05 * (p - 0.5) + 0.04 * (n - 0.5) - 0.35 * h - 0.22 * m - 0.6 * t",
            f=fine,
            p=print_,
            n=boards.number,
            h=hole,
            m=seam,
            t=ties,
        )
        rough = g.number("rough", "0.82 + 0.2 * (f - 0.5) - 0.1 * k + 0.1 * h", f=fine, k=cloud, h=hole)
        return Surface(color, height, rough, relief_m=0.008, size_m=2.0)


@family("asphalt", nodes="aggregate bitumen seals")
class Asphalt:
    """Road: stones in bitumen, worn pale by wheels; cracks that were sealed."""

    color: Color = field(default=srgb("#3d3c3b"))
    wheels: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="how much stones lie bare")
    cracks: float = field(default=0.3, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Two sizes of chips in a dark binder."""
        chips = g.add("aggregate", "noise.cells", across=74, upwards=74)
        small = g.add("small", "noise.cells", across=150, upwards=150)
        slow = g.add("slow", "noise.layers", across=4, upwards=4, octaves=6)
        sway = g.add("sway", "noise.layers", across=7, upwards=7, octaves=5)
        breaks = g.add("breaks", "noise.cells", across=3, upwards=3)
        crack = g.add("crack", "arrange.bend", value=breaks.edge, x=sway, y=slow, strength=0.16)
        sealed = g.number("seals", "a * smoothstep(0.02, 0.012, c) * smoothstep(0.4, 0.5, s)", c=crack, s=slow, a=self.cracks)
        stone = g.number("stone", "smoothstep(0.02, 0.16, e) * step(0.25, n)", e=chips.edge, n=chips.number)
        bitumen = g.number("bitumen", "clamp(1 - s * (0.35 + 0.65 * a * w))", s=stone, a=self.wheels, w=slow)
        shade = g.add("shade", "color.vary", color=srgb("#7d7872"), number=chips.number, hue=0.03, strength=0.5, brightness=0.5)
        binder = g.color("binder", "c * (0.7 + 0.5 * n)", c=self.color, n=small.number)
        mixed = g.add("mixed", "color.mix", a=shade, b=binder, share=bitumen)
        color = g.color("color", "mix(c, vec(0.02, 0.02, 0.022), k) * (0.85 + 0.3 * s)", c=mixed, k=sealed, s=slow)
        height = g.number(
            "road",
            "0.25 + 0.42 * s * (0.6 + 0.4 * n) + 0.14 * (0.6 - d) + 0.1 * (w - 0.5)",
            s=stone,
            n=chips.number,
            d=small.near,
            w=slow,
        )
        flat = g.number("flat", "mix(h, 0.55, k)", h=height, k=sealed)
        rough = g.number("rough", "mix(0.75 + 0.2 * b, 0.45, k)", b=bitumen, k=sealed)
        return Surface(color, flat, rough, relief_m=0.008, size_m=1.0)


@family("terrazzo", nodes="marble_chips chip_dust brass_strips")
class Terrazzo:
    """Chips of marble in cement, ground flat and polished, with strips of brass."""

    color: Color = field(default=srgb("#d9d2c5"))
    chips: Color = field(default=srgb("#a4543c"))
    count: int = field(default=20, minimum=4, maximum=80)
    variety: float = field(default=0.8, minimum=0.0, maximum=1.0)
    strips: int = field(default=0, minimum=0, maximum=8)

    def build(self, g: Graph) -> Surface:
        """Chips with corners in two sizes, dust of them in the cement."""
        large = g.add("marble_chips", "pattern.strewn", count=self.count, radius=0.55, spread=0.7, length=1.3, flat=1.0, square=0.9)
        small = g.add("chip_dust", "pattern.strewn", count=self.count * 3, radius=0.5, spread=0.8, flat=1.0, square=0.8)
        cloud = g.add("cloud", "noise.layers", across=6, upwards=6, octaves=5)
        vein = g.add("vein", "noise.swirls", scale=8, octaves=4, bend=0.1)
        is_large = g.number("is_large", "smoothstep(0.28, 0.34, h)", h=large.height)
        is_small = g.number("is_small", "smoothstep(0.3, 0.4, h) * step(n, 0.8)", h=small.height, n=small.number)
        shade = g.add(
            "shade",
            "color.vary",
            color=self.chips,
            number=large.number,
            hue=0.045 * self.variety,
            strength=0.8 * self.variety,
            brightness=0.9 * self.variety,
        )
        dust = g.add(
            "dust",
            "color.vary",
            color=self.chips,
            number=small.number,
            hue=0.045 * self.variety,
            strength=0.6,
            brightness=0.9 * self.variety,
        )
        veined = g.color("veined", "c * (0.8 + 0.4 * v)", c=shade, v=vein)
        ground = g.color("ground", "c * (0.9 + 0.14 * k)", c=self.color, k=cloud)
        first = g.add("first", "color.mix", a=ground, b=dust, share=is_small)
        second = g.add("second", "color.mix", a=first, b=veined, share=is_large)
        strip = g.number(
            "brass_strips",
            "smoothstep(0.0035 * n, 0.003 * n, min(abs(fract(x * n + 0.5) - 0.5), abs(fract(y * n + 0.5) - 0.5))) * step(0.5, n)",
            n=float(self.strips),
        )
        color = g.add("color", "color.mix", a=second, b=(0.91, 0.778, 0.423), share=strip)
        height = g.number("floor_", "0.5 + 0.04 * l + 0.03 * s + 0.05 * b", l=is_large, s=is_small, b=strip)
        rough = g.number("rough", "0.16 + 0.1 * (k - 0.5) - 0.05 * l", k=cloud, l=is_large)
        return Surface(color, height, rough, strip, relief_m=0.0008, size_m=1.0)


@family("lava", nodes="lava_crust lava_rifts embers")
class Lava:
    """Crust on a melt that glows in its rifts."""

    heat: float = field(default=0.6, minimum=0.0, maximum=1.0)
    color: Color = field(default=srgb("#463b37"))
    plates: int = field(default=5, minimum=1, maximum=24)

    def build(self, g: Graph) -> Surface:
        """Bent plates with ropes; rifts glow as a black body would, from dark red to yellow."""
        sway = g.add("sway", "noise.swirls", scale=4, octaves=5, bend=0.15)
        other = g.add("other", "noise.layers", across=5, upwards=5, octaves=6)
        plates = g.add("lava_crust", "noise.cells", across=self.plates, upwards=self.plates)
        rifts = g.add("lava_rifts", "arrange.bend", value=plates.edge, x=sway, y=other, strength=0.22)
        ropes = g.add("ropes", "noise.layers", across=9, upwards=22, octaves=5, fold="billowed", contrast=1.0)
        folded = g.add("folded", "arrange.bend", value=ropes, x=other, y=sway, strength=0.3)
        hot = g.number(
            "embers",
            "clamp(a * 1.5 * pow(smoothstep(0.16, 0.0, e + 0.05 * (f - 0.3)), 1.5) + 0.35 * a * smoothstep(0.6, 0.9, s) * (1 - f))",
            e=rifts,
            f=folded,
            s=other,
            a=self.heat,
        )
        # Colours of a black body from 900 to 1,500 kelvins, brighter with the fourth power.
        glow = g.color("glow", "vec(4.5, 1.0 * h, 0.1 * h * h) * h * h * h", h=hot)
        color = g.color("color", "c * (0.6 + 0.9 * f) * (1 - 0.5 * h)", c=self.color, f=folded, h=hot)
        height = g.number(
            "crust", "0.15 + 0.45 * smoothstep(0.0, 0.25, e) + 0.28 * f + 0.15 * (o - 0.5)", e=rifts, f=folded, o=other
        )
        rough = g.number("rough", "mix(0.78 + 0.2 * (f - 0.5), 0.5, h)", f=folded, h=hot)
        return Surface(color, height, rough, 0.0, glow, relief_m=0.08, size_m=3.0)
