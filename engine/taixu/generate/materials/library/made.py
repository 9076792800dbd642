"""Made by people: rubber, plastic, ceramic, glass blocks, circuits, holograms, wallpaper, camouflage; and water."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("rubber", nodes="studs rubber_bloom")
class Rubber:
    """Floor of rubber: round studs, dull, with a bloom of pale powder."""

    color: Color = field(default=srgb("#26282a"))
    studs: int = field(default=12, minimum=0, maximum=60)
    bloom: float = field(default=0.3, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """A grid of flat discs, each second row shifted; dust round them."""
        n = float(max(self.studs, 1))
        skin = g.add("skin", "noise.layers", across=150, upwards=150, octaves=3, roughness=0.7)
        slow = g.add("slow", "noise.layers", across=5, upwards=5, octaves=6)
        d = g.number(
            "d",
            "min(length(vec(fract(x * n) - 0.5, fract(y * n) - 0.5)), length(vec(fract(x * n + 0.5) - 0.5, "
            "fract(y * n + 0.5) - 0.5)))",
            n=n,
        )
        studs = g.number("studs", "smoothstep(0.3, 0.24, d) * step(0.5, k)", d=d, k=float(self.studs))
        ring = g.number("ring", "smoothstep(0.24, 0.32, d) * smoothstep(0.42, 0.34, d) * step(0.5, k)", d=d, k=float(self.studs))
        bloom = g.number("rubber_bloom", "a * (0.6 * smoothstep(0.4, 0.8, s) + 0.4 * r * s)", s=slow, r=ring, a=self.bloom)
        height = g.number("mat", "0.3 + 0.55 * s + 0.06 * (k - 0.5)", s=studs, k=skin)
        color = g.color("color", "mix(c * (0.85 + 0.3 * k), vec(0.3, 0.3, 0.29), 0.5 * b)", c=self.color, k=skin, b=bloom)
        rough = g.number("rough", "0.78 + 0.12 * (k - 0.5) + 0.15 * b - 0.08 * s", k=skin, b=bloom, s=studs)
        return Surface(color, height, rough, relief_m=0.004, size_m=0.6)


@family("plastic", nodes="moulding eroded_skin")
class Plastic:
    """Moulded plastic with an eroded skin, as cases of machines have."""

    color: Color = field(default=srgb("#d0462e"))
    texture: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="0 is as smooth as glass")
    scuffs: float = field(default=0.2, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Pits without direction, soft flow marks, hair scratches."""
        skin = g.add("eroded_skin", "noise.layers", across=110, upwards=110, octaves=3, roughness=0.55)
        flow = g.add("moulding", "noise.swirls", scale=2, octaves=3, bend=0.3)
        marks = g.add("marks", "pattern.strewn", count=14, radius=1.0, spread=0.7, length=6.0)
        scuff = g.number("scuff", "a * smoothstep(0.1, 0.0, abs(t)) * step(0.05, h)", t=marks.y, h=marks.height, a=self.scuffs)
        height = g.number(
            "case", "0.5 + 0.4 * a * smoothstep(0.35, 0.6, k) + 0.02 * f - 0.1 * s", k=skin, f=flow, s=scuff, a=self.texture
        )
        color = g.color("color", "c * (0.97 + 0.05 * f) + vec(0.06, 0.06, 0.06) * s", c=self.color, f=flow, s=scuff)
        rough = g.number("rough", "0.12 + 0.4 * a + 0.06 * (k - 0.5) + 0.2 * s", k=skin, s=scuff, a=self.texture)
        return Surface(color, height, rough, relief_m=0.0004, size_m=0.3)


@family("ceramic", nodes="tile_grid glaze crazing")
class Ceramic:
    """Glazed tiles with painted corners and fine crazing."""

    color: Color = field(default=srgb("#e6e1d3"))
    paint: Color = field(default=srgb("#24508c"))
    tiles: int = field(default=4, minimum=1, maximum=24)
    ornament: float = field(default=0.7, minimum=0.0, maximum=1.0)
    crazing: float = field(default=0.3, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Squares with soft edges; rings round corners and a flower in the middle, painted by a shaking hand."""
        grid = g.add("tile_grid", "pattern.bricks", rows=self.tiles, columns=self.tiles, shift=0.0, gap=0.035, corner=0.03)
        hand = g.add("hand", "noise.layers", across=16, upwards=16, octaves=3)
        pool = g.add("pool", "noise.layers", across=6, upwards=6, octaves=4)
        u = g.number("u", "abs(a - 0.5) + 0.012 * (h - 0.5)", a=grid.x, h=hand)
        v = g.number("v", "abs(a - 0.5) + 0.012 * (h - 0.5)", a=grid.y, h=hand)
        corner = g.number("corner", "length(vec(0.5 - u, 0.5 - v))", u=u, v=v)
        middle = g.number("middle", "length(vec(u, v))", u=u, v=v)
        petals = g.number("petals", "m - 0.17 - 0.07 * cos(8 * atan2(v, u + 0.0001))", m=middle, u=u, v=v)
        drawn = g.number(
            "drawn",
            "max(max(smoothstep(0.022, 0.012, abs(c - 0.26)), smoothstep(0.2, 0.19, c) * 0.8), smoothstep(0.02, 0.01, abs(p)))",
            c=corner,
            p=petals,
        )
        paint = g.number("paint", "clamp(a * 1.4 * d * (0.75 + 0.35 * h))", d=drawn, h=pool, a=self.ornament)
        net = g.add("net", "noise.cells", across=44, upwards=44)
        crazing = g.number("crazing", "a * smoothstep(0.035, 0.0, e) * smoothstep(0.4, 0.6, p)", e=net.edge, p=pool, a=self.crazing)
        inside = g.number("inside", "smoothstep(0, 0.02, e)", e=grid.edge)
        glaze = g.color(
            "glaze",
            "mix(c * (0.93 + 0.1 * (n - 0.5)), b, p) * (1 - 0.25 * z)",
            c=self.color,
            b=self.paint,
            p=paint,
            z=crazing,
            n=grid.number,
        )
        color = g.color("color", "mix(vec(0.45, 0.43, 0.4) * (0.8 + 0.3 * h), g, i)", g=glaze, i=inside, h=hand)
        height = g.number(
            "tile",
            "smoothstep(0, 0.05, e) * (0.8 + 0.03 * (p - 0.5) + 0.03 * (n - 0.5)) + 0.02 * d - 0.03 * z",
            e=grid.edge,
            p=pool,
            n=grid.number,
            d=paint,
            z=crazing,
        )
        rough = g.number("glazed", "mix(0.9, 0.07 + 0.05 * p + 0.2 * z, i)", p=pool, z=crazing, i=inside)
        return Surface(color, height, rough, relief_m=0.004, size_m=0.8)


@family("glass blocks", nodes="blocks lens_waves")
class GlassBlocks:
    """Hollow bricks of glass in mortar, their faces pressed into waves."""

    color: Color = field(default=srgb("#a9c9c4"))
    blocks: int = field(default=4, minimum=1, maximum=16)
    waves: int = field(default=6, minimum=0, maximum=24)

    def build(self, g: Graph) -> Surface:
        """Rounded squares with a thick rim; waves across each; seeds of air."""
        blocks = g.add("blocks", "pattern.bricks", rows=self.blocks, columns=self.blocks, shift=0.0, gap=0.09, corner=0.08)
        sand = g.add("sand", "noise.layers", across=110, upwards=110, octaves=4, roughness=0.75)
        swim = g.add("swim", "noise.layers", across=7, upwards=7, octaves=3)
        waves = g.number(
            "lens_waves",
            "0.5 + 0.5 * sin(6.2832 * (a * n + 0.5 * (s - 0.5)) ) * sin(6.2832 * (b * n * 0.5 + 0.5 * (s - 0.5)))",
            a=blocks.x,
            b=blocks.y,
            n=float(self.waves),
            s=swim,
        )
        air = g.add("air", "pattern.strewn", count=40, radius=0.15, spread=0.9)
        inside = g.number("inside", "smoothstep(0, 0.015, e)", e=blocks.edge)
        rim = g.number("rim", "smoothstep(0.09, 0.03, e) * i", e=blocks.edge, i=inside)
        glass = g.color(
            "glass",
            "c * (0.35 + 0.5 * w) * (1 - 0.35 * r) + vec(0.05, 0.06, 0.06) * step(0.3, a)",
            c=self.color,
            w=waves,
            r=rim,
            a=air.height,
        )
        color = g.color("color", "mix(vec(0.5, 0.49, 0.46) * (0.7 + 0.5 * s), g, i)", s=sand, g=glass, i=inside)
        height = g.number(
            "wall",
            "mix(0.25 + 0.12 * s, 0.55 + 0.25 * w * (1 - r) + 0.2 * smoothstep(0, 0.08, e), i)",
            s=sand,
            w=waves,
            r=rim,
            e=blocks.edge,
            i=inside,
        )
        rough = g.number("rough", "mix(0.92, 0.06, i)", i=inside)
        return Surface(color, height, rough, relief_m=0.012, size_m=0.8)


@family("circuit", nodes="solder_mask copper_traces parts")
class Circuit:
    """A board: copper under green lacquer, pads of solder, parts with lettering."""

    color: Color = field(default=srgb("#0d4a2c"))
    count: int = field(default=22, minimum=6, maximum=90)
    parts: float = field(default=0.4, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Traces of two widths; pads where they end; black bodies with silver feet over some of it."""
        traces = g.add("copper_traces", "pattern.traces", count=self.count, straight=0.45, pads=0.22)
        bus = g.add("bus", "pattern.traces", count=max(2, self.count // 3), straight=0.7, pads=0.1)
        cloud = g.add("cloud", "noise.layers", across=5, upwards=5, octaves=4)
        fine = g.add("fine", "noise.layers", across=150, upwards=150, octaves=2)
        weave = g.add("solder_mask", "pattern.weave", across=90, upwards=90, width=0.95)
        chips = g.add(
            "parts",
            "pattern.bricks",
            rows=max(2, self.count // 4),
            columns=max(1, self.count // 8),
            shift=0.3,
            disorder=0.6,
            gap=0.5,
            corner=0.03,
        )
        is_part = g.number(
            "is_part", "step(1 - 0.75 * a, n) * smoothstep(0, 0.01, e) * step(0.01, a)", n=chips.number, e=chips.edge, a=self.parts
        )
        feet = g.number(
            "feet",
            "step(1 - 0.75 * a, n) * (1 - p) * step(0.36, abs(v - 0.5)) * step(abs(v - 0.5), 0.44) * step(0.5, "
            "fract(u * 9)) * step(abs(u - 0.5), 0.42) * step(0.01, a)",
            n=chips.number,
            p=is_part,
            u=chips.x,
            v=chips.y,
            a=self.parts,
        )
        copper = g.number("copper", "max(smoothstep(0.12, 0.09, d), smoothstep(0.06, 0.05, b))", d=traces.distance, b=bus.distance)
        pad = g.number("pad", "smoothstep(0.27, 0.25, d) * smoothstep(0.08, 0.1, d)", d=traces.pad)
        letter = g.number(
            "letter",
            "p * step(0.58, fract(sin(floor(u * 24) * 12.9 + floor(n * 91)) * 43.7)) * step(abs(v - 0.5), 0.06) "
            "* step(abs(u - 0.5), 0.22)",
            p=is_part,
            u=chips.x,
            v=chips.y,
            n=chips.number,
        )
        lacquer = g.color(
            "lacquer", "c * (1 + 0.9 * k) * (0.9 + 0.2 * w + 0.1 * (h - 0.5))", c=self.color, k=copper, w=cloud, h=weave.height
        )
        tinned = g.color("tinned", "mix(c, vec(0.66, 0.65, 0.62), max(p, f))", c=lacquer, p=pad, f=feet)
        color = g.color("color", "mix(mix(c, vec(0.022, 0.022, 0.024), p), vec(0.6, 0.6, 0.58), l)", c=tinned, p=is_part, l=letter)
        metal = g.number("metal", "max(p, f) * (1 - i)", p=pad, f=feet, i=is_part)
        height = g.number(
            "board", "0.12 + 0.06 * k + 0.1 * p + 0.2 * f + 0.7 * i + 0.01 * h", k=copper, p=pad, f=feet, i=is_part, h=weave.height
        )
        rough = g.number("rough", "mix(mix(0.28, 0.22, max(p, f)) + 0.1 * (n - 0.5), 0.62, i)", p=pad, f=feet, i=is_part, n=fine)
        return Surface(color, height, rough, metal, relief_m=0.002, size_m=0.12)


@family("hologram", nodes="scan_lines glitches glyphs")
class Hologram:
    """Light that stands in the air: lines, blocks of signs, faults."""

    color: Color = field(default=srgb("#2fd3ff"))
    lines: int = field(default=90, minimum=4, maximum=400)
    faults: float = field(default=0.3, minimum=0.0, maximum=1.0)
    brightness: float = field(default=0.7, minimum=0.0, maximum=4.0)

    def build(self, g: Graph) -> Surface:
        """Rows shifted where a fault is; a grid, hexagons, signs in cells."""
        bands = g.add("bands", "noise.layers", across=1, upwards=24, octaves=2)
        shift = g.number(
            "glitches", "0.5 + a * (smoothstep(0.62, 0.7, b) - 0.5 * smoothstep(0.38, 0.3, b))", b=bands, a=self.faults
        )
        hexes = g.add("hexes", "pattern.hexagons", columns=8, pairs=5, gap=0.0)
        frame = g.number("frame", "smoothstep(0.05, 0.01, e)", e=hexes.edge)
        moved = g.add("moved", "arrange.bend", value=frame, x=shift, y=0.5, strength=0.1)
        signs = g.add("signs", "noise.grain", scale=64)
        held = g.add("held", "noise.grain", scale=8)
        glyphs = g.number(
            "glyphs", "step(0.5, s) * step(0.7, h) * step(0.2, fract(x * 64)) * step(0.2, fract(y * 64))", s=signs, h=held
        )
        scan = g.number("scan_lines", "0.55 + 0.45 * cos(6.2832 * y * n)", n=float(self.lines))
        sweep = g.number("sweep", "pow(fract(y * 1.0), 2.0) * (1 - smoothstep(0.96, 1.0, y))")
        light = g.number(
            "light",
            "clamp((0.12 + 0.75 * m + 0.6 * q + 0.12 * h + 0.15 * w) * s)",
            m=moved,
            q=glyphs,
            h=hexes.number,
            s=scan,
            w=sweep,
        )
        glow = g.color("glow", "c * l * b * 2 + vec(1, 1, 1) * 0.35 * b * l * l", c=self.color, l=light, b=self.brightness)
        color = g.color("color", "c * 0.12 * (0.3 + l)", c=self.color, l=light)
        height = g.number("film", "0.5 + 0.1 * l", l=light)
        rough = g.number("rough", "0.3 + 0.1 * (1 - l)", l=light)
        return Surface(color, height, rough, 0.0, glow, relief_m=0.0005, size_m=1.0)


@family("wallpaper", nodes="damask embossing")
class Wallpaper:
    """Printed and embossed paper: ornaments mirrored about the middle of each repeat."""

    color: Color = field(default=srgb("#3d5a50"))
    print: Color = field(default=srgb("#c8b27a"))
    repeats: int = field(default=3, minimum=1, maximum=12)
    stripes: float = field(default=0.3, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Leaves round stems, by polar curves in mirrored coordinates, half a repeat shifted in each second row."""
        n = float(self.repeats)
        fibre = g.add("fibre", "noise.streaks", across=40, upwards=300, layers=3)
        age = g.add("age", "noise.layers", across=4, upwards=4, octaves=6)
        rows = float(2 * ((self.repeats + 1) // 2))  # each second one is shifted
        u = g.number("u", "abs(fract(x * n + 0.5 * step(0.5, fract(y * m * 0.5))) - 0.5) * 2", n=n, m=rows)
        v = g.number("v", "fract(y * m) - 0.5", m=rows)
        r = g.number("r", "length(vec(u * 0.55, v))", u=u, v=v)
        t = g.number("t", "atan2(u * 0.55, v + 0.0001)", u=u, v=v)
        leaf = g.number("leaf", "smoothstep(0.015, -0.015, r - 0.34 * abs(cos(2.5 * t)) * (0.75 + 0.25 * cos(9 * t)))", r=r, t=t)
        heart = g.number("heart", "smoothstep(0.012, -0.012, abs(r - 0.13 - 0.03 * cos(6 * t)) - 0.018)", r=r, t=t)
        stem = g.number("stem", "smoothstep(0.02, 0.0, abs(u * 0.55 - 0.16 - 0.07 * sin(6.2832 * v)) - 0.012)", u=u, v=v)
        damask = g.number("damask", "clamp(l + s - 1.6 * h)", l=leaf, s=stem, h=heart)
        stripe = g.number("stripe", "a * step(0.5, fract(x * n * 4))", n=n, a=self.stripes)
        embossing = g.number("embossing", "0.4 + 0.3 * d + 0.08 * (f - 0.5) + 0.05 * s", d=damask, f=fibre, s=stripe)
        ground = g.color("ground", "c * (0.9 + 0.25 * s) * (0.94 + 0.1 * f)", c=self.color, s=stripe, f=fibre)
        printed = g.add("printed", "color.mix", a=ground, b=self.print, share=damask)
        color = g.color("color", "c * (0.9 + 0.16 * k)", c=printed, k=age)
        rough = g.number("rough", "0.82 - 0.4 * d + 0.08 * (f - 0.5)", d=damask, f=fibre)
        return Surface(color, embossing, rough, relief_m=0.0008, size_m=1.2)


@family("camouflage", nodes="blotches disruptive ripstop")
class Camouflage:
    """Four colours in blotches over each other, on ripstop cloth."""

    first: Color = field(default=srgb("#6f6a48"))
    second: Color = field(default=srgb("#3f4a2c"))
    third: Color = field(default=srgb("#4b3826"))
    fourth: Color = field(default=srgb("#1e1e1a"))
    scale: int = field(default=3, minimum=1, maximum=16)
    pixels: int = field(default=0, minimum=0, maximum=128, doc="0 has soft edges, else squares along an edge")

    def build(self, g: Graph) -> Surface:
        """Bent noise cut at levels, each colour from a noise of its own."""
        a = g.add("blotches", "noise.swirls", scale=self.scale, octaves=3, bend=0.2, roughness=0.4)
        b = g.add("b", "noise.swirls", scale=self.scale, octaves=3, bend=0.2, roughness=0.4)
        c = g.add("disruptive", "noise.swirls", scale=self.scale + 1, octaves=4, bend=0.25, roughness=0.45)
        # A pixel of the pattern looks at its own middle: where one is as far from it as it is.
        p = float(max(self.pixels, 1))
        off_x = g.number("off_x", "0.5 + step(0.5, k) * ((floor(x * p) + 0.5) / p - x) * 8", k=float(self.pixels), p=p)
        off_y = g.number("off_y", "0.5 + step(0.5, k) * ((floor(y * p) + 0.5) / p - y) * 8", k=float(self.pixels), p=p)
        cut = [g.add(f"cut_{i}", "arrange.bend", value=v, x=off_x, y=off_y, strength=0.125) for i, v in enumerate((a, b, c))]
        one = g.add("one", "color.mix", a=self.first, b=self.second, share=g.number("s1", "smoothstep(0.5, 0.508, v)", v=cut[0]))
        two = g.add("two", "color.mix", a=one, b=self.third, share=g.number("s2", "smoothstep(0.56, 0.568, v)", v=cut[1]))
        three = g.add("three", "color.mix", a=two, b=self.fourth, share=g.number("s3", "smoothstep(0.62, 0.628, v)", v=cut[2]))
        cloth = g.add("cloth", "pattern.weave", across=160, upwards=160, width=0.95)
        grid = g.number("ripstop", "step(0.93, fract(x * 20)) + step(0.93, fract(y * 20))")
        color = g.color("color", "c * (0.72 + 0.35 * h) * (1 + 0.06 * g)", c=three, h=cloth.height, g=grid)
        height = g.number("weave", "0.3 + 0.4 * h + 0.2 * g", h=cloth.height, g=grid)
        rough = g.number("rough", "0.86 + 0.08 * (0.5 - h)", h=cloth.height)
        return Surface(color, height, rough, relief_m=0.0008, size_m=0.6)


@family("water", nodes="swell capillaries foam")
class Water:
    """A surface of water from above: swell, small waves, foam on the crests."""

    color: Color = field(default=srgb("#1d4f5c"))
    shallow: Color = field(default=srgb("#5fa8a0"))
    waves: float = field(default=0.5, minimum=0.0, maximum=1.0)
    foam_amount: float = field(default=0.15, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Crests by noise turned over, in two directions; a net of light below; bubbles."""
        sway = g.add("sway", "noise.layers", across=3, upwards=3, octaves=4)
        other = g.add("other", "noise.layers", across=4, upwards=2, octaves=4)
        swell = g.add("swell", "noise.layers", across=3, upwards=5, octaves=4, roughness=0.4, fold="ridged", contrast=1.0)
        bent = g.add("bent", "arrange.bend", value=swell, x=sway, y=other, strength=0.2)
        small = g.add("capillaries", "noise.layers", across=14, upwards=20, octaves=4, roughness=0.5, fold="ridged", contrast=1.0)
        ripple = g.add("ripple", "arrange.bend", value=small, x=other, y=sway, strength=0.1)
        net = g.add("net", "noise.cells", across=10, upwards=10)
        caustic = g.add("caustic", "arrange.bend", value=net.edge, x=ripple, y=sway, strength=0.06)
        light = g.number("light", "pow(smoothstep(0.14, 0.0, c), 2) * (0.4 + s)", c=caustic, s=other)
        bubbles = g.add("bubbles", "noise.cells", across=120, upwards=120)
        foam = g.number(
            "foam",
            "smoothstep(1.0 - 0.4 * a, 1.25 - 0.4 * a, b + 0.3 * o) * smoothstep(0.0, 0.12, e) * step(0.01, a)",
            b=bent,
            o=other,
            e=bubbles.edge,
            a=self.foam_amount,
        )
        deep = g.color("deep", "mix(c, s, 0.25 + 0.35 * b) + s * 0.35 * l", c=self.color, s=self.shallow, b=bent, l=light)
        color = g.color("color", "mix(d, vec(0.86, 0.9, 0.9), f)", d=deep, f=foam)
        height = g.number("surface", "0.2 + a * (0.45 * b + 0.16 * r) + 0.06 * f", a=self.waves, b=bent, r=ripple, f=foam)
        rough = g.number("rough", "mix(0.05, 0.7, f)", f=foam)
        return Surface(color, height, rough, relief_m=0.12, size_m=4.0)
