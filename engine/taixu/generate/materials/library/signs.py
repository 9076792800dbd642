"""Drawn and printed by people: circuits, holograms, wallpaper, camouflage."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("circuit", nodes="solder_mask copper_traces parts dies")
class Circuit:
    """A board: copper under lacquer, pads of solder, parts with feet and lettering; or the die of a chip."""

    color: Color = field(default=srgb("#16452f"))
    count: int = field(default=26, minimum=6, maximum=90)
    parts: float = field(default=0.45, minimum=0.0, maximum=1.0)
    small_parts: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="resistors and capacitors")
    gold: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="how far pads are gilded rather than tinned")
    glow: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="light that runs in the traces")
    glow_color: Color = field(default=srgb("#36d6ff"))

    def build(self, g: Graph) -> Surface:
        """Fine traces between fields of copper; vias; black bodies with a notch, a dot and lines of text.

        Chips with tinned ends; dust.
        """
        n = self.count
        traces = g.add("copper_traces", "pattern.traces", count=n, straight=0.6, pads=0.16)
        bus = g.add("bus", "pattern.traces", count=max(2, n // 3), straight=0.8, pads=0.05)
        cloud = g.add("cloud", "noise.layers", across=5, upwards=5, octaves=5)
        fine = g.add("fine", "noise.layers", across=160, upwards=160, octaves=2)
        weave = g.add("solder_mask", "pattern.weave", across=110, upwards=110, width=0.95)
        pour = g.add("pour", "noise.cells", across=4, upwards=4, jitter=0.8)
        large = g.add(
            "parts", "pattern.bond", bond="running", rows=max(2, n // 7), columns=max(1, n // 10), disorder=0.9, gap=0.42,
            corner=0.02,
        )  # fmt: skip
        little = g.add(
            "dies", "pattern.bond", bond="running", rows=max(4, n), columns=max(2, n // 2), disorder=0.9, gap=0.5, corner=0.04,
        )  # fmt: skip
        chosen = g.number("chosen", "step(1 - 0.8 * a, n) * step(0.01, a)", n=large.number, a=self.parts)
        body = g.number("body", "c * smoothstep(0, 0.008, e)", c=chosen, e=large.edge)
        feet = g.number(
            "feet",
            "c * (1 - b) * step(0.3, abs(v - 0.5)) * step(abs(v - 0.5), 0.405) * step(0.45, fract(u * 14)) * step(abs(u -"
            " 0.5), 0.36)", c=chosen, b=body, u=large.x, v=large.y,
        )  # fmt: skip
        clear = g.number("clear", "c * step(abs(v - 0.5), 0.44)", c=chosen, v=large.y)
        small = g.number(
            "small", "step(1 - 0.4 * a, n) * step(0.01, a) * smoothstep(0, 0.02, e) * (1 - c) * step(0.2, u) * step(u, 0.8)",
            n=little.number, e=little.edge, c=clear, a=self.small_parts, u=little.x,
        )  # fmt: skip
        ends = g.number("ends", "s * step(0.17, abs(u - 0.5))", s=small, u=little.x)
        copper = g.number(
            "copper",
            "max(max(smoothstep(0.12, 0.09, d), smoothstep(0.035, 0.028, b)), step(0.72, p) * smoothstep(0.06, 0.09, q) *"
            " smoothstep(0.12, 0.17, d))", d=traces.distance, b=bus.distance, p=pour.number, q=pour.edge,
        )  # fmt: skip
        pad = g.number("pad", "smoothstep(0.27, 0.25, d) * (1 - c)", d=traces.pad, c=clear)
        via = g.number("via", "smoothstep(0.1, 0.08, d) * (1 - c)", d=traces.pad, c=clear)
        letter = g.number(
            "letter",
            "b * step(0.5, fract(sin(floor(u * 34) * 12.9 + floor(v * 22) * 4.1 + floor(n * 91)) * 43.7)) * step(0.25,"
            " fract(v * 11)) * step(fract(v * 11), 0.75) * step(abs(v - 0.5), 0.1) * step(abs(u - 0.5), 0.22)", b=body, u=large.x,
            v=large.y, n=large.number,
        )  # fmt: skip
        dot = g.number("dot", "b * smoothstep(0.03, 0.02, length(vec((u - 0.2) * 1.4, v - 0.66)))", b=body, u=large.x, v=large.y)
        lacquer = g.color(
            "lacquer", "c * (0.8 + 0.85 * k) * (0.86 + 0.2 * w + 0.14 * (h - 0.5))", c=self.color, k=copper, w=cloud,
            h=weave.height,
        )  # fmt: skip
        solder = g.color("solder", "mix(vec(0.6, 0.59, 0.57), vec(0.95, 0.72, 0.36), g) * (0.85 + 0.25 * n)", g=self.gold, n=fine)
        tinned = g.color(
            "tinned", "mix(mix(c, s, max(max(p, f), e)), vec(0.024, 0.024, 0.024), v)", c=lacquer, s=solder, p=pad, f=feet, e=ends,
            v=via,
        )  # fmt: skip
        tiny = g.color(
            "tiny",
            "mix(c, mix(mix(vec(0.026, 0.026, 0.028), vec(0.32, 0.24, 0.15), step(0.75, n)), vec(0.1, 0.12, 0.2),"
            " step(0.93, n)), s * (1 - e))", c=tinned, n=g.number("which", "fract(n * 13)", n=little.number), s=small, e=ends,
        )  # fmt: skip
        bodied = g.color("bodied", "mix(c, vec(0.026, 0.026, 0.028) * (0.85 + 0.4 * n), b)", c=tiny, b=body, n=fine)
        color = g.color(
            "color", "mix(c, vec(0.42, 0.42, 0.4), 0.8 * max(l, d)) * (0.88 + 0.16 * w)", c=bodied, l=letter, d=dot, w=cloud,
        )  # fmt: skip
        metal = g.number("metal", "max(max(p * (1 - v), f), e) * (1 - b)", p=pad, v=via, f=feet, e=ends, b=body)
        height = g.number(
            "board",
            "0.1 + 0.05 * k + 0.08 * p - 0.08 * v + 0.22 * f + 0.62 * b - 0.1 * d + 0.26 * s + 0.012 * h + 0.04 * b *"
            " smoothstep(0.0, 0.05, q)", k=copper, p=pad, v=via, f=feet, b=body, d=dot, s=small, h=weave.height, q=large.edge,
        )  # fmt: skip
        rough = g.number(
            "rough", "mix(mix(0.3 + 0.08 * w, 0.24, max(max(p, f), e)) + 0.1 * (n - 0.5), 0.6 + 0.1 * n, max(b, s * (1 - e)))",
            p=pad, f=feet, e=ends, b=body, s=small, n=fine, w=cloud,
        )  # fmt: skip
        pulse = g.number(
            "pulse",
            "a * (1 - b) * (1 - s) * (smoothstep(0.12, 0.02, d) * (0.3 + 0.7 * smoothstep(0.45, 0.7, w)) + smoothstep(0.05,"
            " 0.01, q))", a=self.glow, b=body, s=small, d=traces.distance, q=bus.distance, w=cloud,
        )  # fmt: skip
        glow = g.color("light", "c * 1.6 * p", c=self.glow_color, p=pulse)
        return Surface(color, height, rough, metal, glow, relief_m=0.0022, size_m=0.12)


@family("hologram", nodes="scan_lines glitches glyphs rings_of_light")
class Hologram:
    """Light that stands in the air: a grid of hexagons, signs, dials or a map, in lines, with faults."""

    color: Color = field(default=srgb("#2fc4f0"))
    second_color: Color = field(default=srgb("#ff9a3c"), doc="of what warns")
    figure: str = field(default="hexagons", choices=("hexagons", "code", "dials", "terrain"))
    lines: int = field(default=90, minimum=4, maximum=400)
    faults: float = field(default=0.3, minimum=0.0, maximum=1.0)
    brightness: float = field(default=0.7, minimum=0.0, maximum=4.0)

    def build(self, g: Graph) -> Surface:
        """Figures with a bright edge and a faint body; rows torn aside at faults; columns of signs; scan lines.

        A wave that passes.
        """
        bands = g.add("bands", "noise.layers", across=1, upwards=26, octaves=2)
        haze = g.add("haze", "noise.layers", across=3, upwards=3, octaves=5)
        shift = g.number(
            "glitches", "0.5 + a * (smoothstep(0.66, 0.7, b) - 0.5 * smoothstep(0.34, 0.3, b))", b=bands, a=self.faults,
        )  # fmt: skip
        signs = g.add("signs", "noise.grain", scale=96)
        held = g.add("held", "noise.grain", scale=12)
        share = 0.35 if self.figure == "code" else 0.8
        glyphs = g.number(
            "glyphs",
            "step(0.5, s) * step(k, h) * step(0.25, fract(x * 96)) * step(0.25, fract(y * 96)) * step(0.18, fract(x * 12))"
            " * step(0.22, fract(y * 12))", s=signs, h=held, k=share,
        )  # fmt: skip
        hexes = g.add("hexes", "pattern.hexagons", columns=10, pairs=6, gap=0.0)
        if self.figure == "terrain":
            hills = g.add("hills", "noise.layers", across=3, upwards=3, octaves=5, roughness=0.45)
            frame = g.number(
                "frame",
                "smoothstep(0.08, 0.02, abs(fract(h * 14) - 0.5)) + 0.4 * smoothstep(0.03, 0.0, min(abs(fract(x * 8 + 0.5) -"
                " 0.5), abs(fract(y * 8 + 0.5) - 0.5)))", h=hills,
            )  # fmt: skip
            body = g.number("body", "0.35 * h * h", h=hills)
        elif self.figure == "dials":
            a = g.number("angle", "atan2(fract(y * 2) - 0.5, fract(x * 2) - 0.4999)")
            r = g.number("radius", "length(vec(fract(x * 2) - 0.5, fract(y * 2) - 0.5))")
            which = g.number("which", "floor(x * 2) + 2 * floor(y * 2)")
            frame = g.number(
                "frame",
                "clamp(smoothstep(0.006, 0.002, abs(r - 0.44)) + smoothstep(0.02, 0.015, abs(r - 0.38)) * step(0.35, fract(a *"
                " 9.549)) + smoothstep(0.03, 0.026, abs(r - 0.29)) * step(sin(a + w * 1.9), 0.35) + smoothstep(0.005, 0.002,"
                " abs(r - 0.2)) + smoothstep(0.035, 0.03, abs(r - 0.12)) * step(0.2, sin(a * 3 + w)) + smoothstep(0.03, 0.025,"
                " r))", r=r, a=a, w=which,
            )  # fmt: skip
            body = g.number("body", "0.16 * step(r, 0.44)", r=r)
        elif self.figure == "code":
            frame = g.number("frame", "0.5 * smoothstep(0.04, 0.02, abs(fract(x * 6 + 0.5) - 0.5)) + 0 * e", e=hexes.edge)
            body = g.number("body", "0.1 * step(0.6, h)", h=held)
        else:
            frame = g.number(
                "frame", "smoothstep(0.04, 0.008, e) + 0.6 * smoothstep(0.02, 0.0, abs(e - 0.16)) * step(0.6, n)", e=hexes.edge,
                n=hexes.number,
            )  # fmt: skip
            body = g.number("body", "0.3 * step(0.75, n) + 0.12 * n", n=hexes.number)
        moved = g.add("moved", "arrange.bend", value=frame, x=shift, y=0.5, strength=0.08)
        ghost = g.add("rings_of_light", "arrange.bend", value=frame, x=shift, y=0.5, strength=0.2)
        scan = g.number("scan_lines", "0.62 + 0.38 * cos(6.2832 * y * n)", n=float(self.lines))
        sweep = g.number("sweep", "pow(0.5 + 0.5 * cos(6.2832 * (y - 0.3)), 6.0)")
        light = g.number(
            "light",
            "clamp((0.05 + 0.72 * clamp(m) + 0.22 * clamp(o) * step(0.01, abs(s - 0.5)) + 0.6 * q + b * (0.6 + 0.8 * h) +"
            " 0.12 * w) * k * (0.75 + 0.5 * h))", m=moved, o=ghost, s=shift, q=glyphs, b=body, h=haze, w=sweep, k=scan,
        )  # fmt: skip
        warn = g.number("warn", "step(0.9, n) * step(0.02, l)", n=hexes.number if self.figure == "hexagons" else held, l=light)
        tone = g.color("tone", "mix(c, s, w)", c=self.color, s=self.second_color, w=warn)
        glow = g.color("glow", "c * l * b * 2.2 + vec(1, 1, 1) * 0.3 * b * l * l * l", c=tone, l=light, b=self.brightness)
        color = g.color("color", "c * (0.03 + 0.1 * l)", c=tone, l=light)
        height = g.number("film", "0.5 + 0.1 * l", l=light)
        rough = g.number("rough", "0.22 + 0.12 * (1 - l) + 0.05 * h", l=light, h=haze)
        return Surface(color, height, rough, 0.0, glow, relief_m=0.0004, size_m=1.0)


@family("wallpaper", nodes="damask embossing leaves_of_paper aging")
class Wallpaper:
    """Printed and embossed paper: damask, stripes, leaves or a net of geometry; fresh, or stained and peeling."""

    color: Color = field(default=srgb("#46584f"))
    print: Color = field(default=srgb("#a89a70"))
    figure: str = field(default="damask", choices=("damask", "stripes", "leaves", "geometry"))
    repeats: int = field(default=3, minimum=1, maximum=12)
    gilt: float = field(default=0.2, minimum=0.0, maximum=1.0, doc="how much the print shines")
    emboss: float = field(default=0.5, minimum=0.0, maximum=1.0)
    years: float = field(default=0.15, minimum=0.0, maximum=1.0, doc="stains, yellowing, print rubbed off")

    def build(self, g: Graph) -> Surface:
        """Figures mirrored about stems, shifted by half in each second row, with veins and outlines; paper's grain.

        Seams of lengths; damp.
        """
        n = float(self.repeats)
        rows = float(2 * ((self.repeats + 1) // 2))  # each second one is shifted
        fibre = g.add("fibre", "noise.streaks", across=60, upwards=320, layers=3)
        grain = g.add("grain", "noise.layers", across=140, upwards=140, octaves=3, roughness=0.75)
        old = g.add("aging", "noise.layers", across=4, upwards=4, octaves=7, roughness=0.58)
        u = g.number("u", "abs(fract(x * n + 0.5 * step(0.5, fract(y * m * 0.5))) - 0.5)", n=n, m=rows)
        v = g.number("v", "fract(y * m) - 0.5", m=rows)
        if self.figure == "stripes":
            drawn = g.number(
                "damask",
                "max(step(abs(fract(x * n) - 0.5), 0.2), max(step(abs(abs(fract(x * n) - 0.5) - 0.26), 0.012), 0.8 *"
                " smoothstep(0.05, 0.04, length(vec(fract(x * n + 0.5) - 0.5, (fract(y * m * 1.0) - 0.5) * n / m))))) + 0 * u *"
                " v", n=n, m=rows, u=u, v=v,
            )  # fmt: skip
            veins = g.number("leaves_of_paper", "step(0.8, fract(x * n * 24)) * 0.4", n=n)
        elif self.figure == "leaves":
            big = g.add("leaves_of_paper", "pattern.strewn", count=self.repeats * 3, radius=0.95, spread=0.3, length=2.2, flat=1.0)
            drawn = g.number(
                "damask", "smoothstep(0.1, 0.2, h) * (1 - 0.8 * smoothstep(0.05, 0.02, abs(q))) * (0.55 + 0.45 * n)", h=big.height,
                q=big.y, n=big.number,
            )  # fmt: skip
            veins = g.number(
                "veins", "step(0.1, h) * smoothstep(0.1, 0.05, abs(fract(5 * (p + 0.6 * abs(q))) - 0.5)) + 0 * u * v", h=big.height,
                p=big.x, q=big.y, u=u, v=v,
            )  # fmt: skip
        elif self.figure == "geometry":
            drawn = g.number(
                "damask",
                "max(smoothstep(0.028, 0.02, abs(abs(u - 0.25) + abs(v) * 0.5 - 0.25)), max(smoothstep(0.028, 0.02,"
                " abs(length(vec(u, v)) - 0.36)), smoothstep(0.028, 0.02, abs(length(vec(u - 0.5, abs(v) - 0.5)) - 0.36))))", u=u,
                v=v,
            )  # fmt: skip
            veins = g.number("leaves_of_paper", "0 * u", u=u)
        else:
            r = g.number("r", "length(vec(u, v * 0.62))", u=u, v=v)
            t = g.number("t", "atan2(u, v * 0.62 + 0.0001)", u=u, v=v)
            palm = g.number(
                "palm", "r - 0.03 - 0.17 * pow(abs(cos(3.5 * t)), 0.5) * (0.75 + 0.35 * cos(t)) * (0.92 + 0.08 * cos(21 * t))", r=r,
                t=t,
            )  # fmt: skip
            curl = g.number(
                "curls",
                "abs(length(vec(u - 0.24, abs(v + 0.05) - 0.2)) - 0.085 - 0.02 * sin(3 * atan2(u - 0.24, abs(v + 0.05) - 0.2)))"
                " - 0.016 - 0.012 * sin(14 * u)", u=u, v=v,
            )  # fmt: skip
            stem = g.number(
                "stem", "abs(u - 0.34 - 0.1 * cos(6.2832 * (v + 0.05))) - 0.014 - 0.02 * pow(abs(sin(6.2832 * 3 * v)), 3)", u=u,
                v=v,
            )  # fmt: skip
            crown = g.number(
                "crown", "length(vec(u * 1.2, (v - 0.36) * 1.1)) - 0.035 - 0.05 * abs(cos(2.5 * atan2(u, v - 0.3599)))", u=u, v=v,
            )  # fmt: skip
            drawn = g.number("damask", "smoothstep(0.006, -0.006, min(min(p, c), min(s, k)))", p=palm, c=curl, s=stem, k=crown)
            veins = g.number(
                "leaves_of_paper",
                "max(smoothstep(0.008, 0.0, abs(p + 0.022)), max(smoothstep(0.012, 0.0, abs(sin(3.5 * t + 1.5708) * r * 0.5)) *"
                " step(p, -0.03), smoothstep(0.006, 0.0, abs(k + 0.016))))", p=palm, t=t, r=r, k=crown,
            )  # fmt: skip
        rubbed = g.number("rubbed", "a * smoothstep(0.5, 0.8, o + 0.35 * (g - 0.5))", a=self.years, o=old, g=grain)
        ink = g.number("ink", "clamp(d) * (1 - 0.75 * v) * (1 - 0.85 * r) * (0.86 + 0.2 * g)", d=drawn, v=veins, r=rubbed, g=grain)
        seam = g.number("seam", "smoothstep(0.0016, 0.0006, abs(fract(x * 2 + 0.25) - 0.5) / 2)")
        damp = g.number(
            "damp", "a * clamp(smoothstep(0.55, 0.8, o) + 0.9 * smoothstep(0.03, 0.0, abs(o - 0.6)))", a=self.years, o=old,
        )  # fmt: skip
        ground = g.color(
            "ground", "c * (0.9 + 0.1 * g) * (0.94 + 0.12 * (f - 0.5)) * (1 - 0.5 * s)", c=self.color, g=grain, f=fibre, s=seam,
        )  # fmt: skip
        printed = g.color("printed", "mix(g, p * (0.88 + 0.16 * f), k)", g=ground, p=self.print, k=ink, f=fibre)
        color = g.color("color", "mix(c, c * vec(0.75, 0.62, 0.42) + vec(0.02, 0.014, 0.006), d)", c=printed, d=damp)
        height = g.number(
            "embossing",
            "0.35 + e * (0.3 * clamp(d) - 0.12 * v) + 0.06 * (f - 0.5) + 0.06 * (g - 0.5) - 0.15 * s + 0.12 * a * (o - 0.5)",
            e=self.emboss, d=drawn, v=veins, f=fibre, g=grain, s=seam, a=self.years, o=old,
        )  # fmt: skip
        rough = g.number(
            "rough", "0.84 - 0.5 * k * (0.2 + 0.8 * a) + 0.1 * (f - 0.5) + 0.06 * d", k=ink, a=self.gilt, f=fibre, d=damp,
        )  # fmt: skip
        metal = g.number("metal", "smoothstep(0.75, 1.0, a) * k", a=self.gilt, k=ink)
        return Surface(color, height, rough, metal, relief_m=0.0012, size_m=1.2)


@family("camouflage", nodes="blotches disruptive ripstop creases")
class Camouflage:
    """Four colours in blotches, brush strokes or squares over each other, on ripstop cloth."""

    first: Color = field(default=srgb("#77714f"))
    second_color: Color = field(default=srgb("#465034"))
    third: Color = field(default=srgb("#4d3c2b"))
    fourth: Color = field(default=srgb("#232420"))
    scale: int = field(default=3, minimum=1, maximum=16)
    pixels: int = field(default=0, minimum=0, maximum=128, doc="0 has soft edges, else squares along an edge")
    stripes: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="drawn out into strokes, as a tiger has")
    faded: float = field(default=0.3, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Bent noise cut at levels, each colour from a noise of its own; ink sits in the threads; creases rub it pale.

        Ripstop ribs.
        """
        lengths = max(1, round(self.scale * (1 + 3.0 * self.stripes)))
        a = g.add("blotches", "noise.swirls", scale=self.scale, octaves=3, bend=0.2, roughness=0.42)
        b = g.add("b", "noise.layers", across=self.scale, upwards=lengths, octaves=4, roughness=0.45)
        c = g.add("disruptive", "noise.layers", across=self.scale + 1, upwards=lengths + 1, octaves=4, roughness=0.5)
        bent = g.add("bent", "arrange.bend", value=b, x=a, y=c, strength=0.3)
        torn = g.add("torn", "arrange.bend", value=c, x=b, y=a, strength=0.3)
        # A pixel of the pattern looks at its own middle: where one is as far from it as it is.
        p = float(max(self.pixels, 1))
        off_x = g.number("off_x", "0.5 + step(0.5, k) * ((floor(x * p) + 0.5) / p - x) * 8", k=float(self.pixels), p=p)
        off_y = g.number("off_y", "0.5 + step(0.5, k) * ((floor(y * p) + 0.5) / p - y) * 8", k=float(self.pixels), p=p)
        cut = [g.add(f"cut_{i}", "arrange.bend", value=v, x=off_x, y=off_y, strength=0.125) for i, v in enumerate((a, bent, torn))]
        cloth = g.add("cloth", "pattern.weave", across=180, upwards=180, width=0.97)
        fuzz = g.add("fuzz", "noise.layers", across=150, upwards=150, octaves=3, roughness=0.75)
        edge = g.number("bleed", "0.012 * (f - 0.5) + 0.006 * (h - 0.5)", f=fuzz, h=cloth.height)
        one = g.add(
            "one", "color.mix", a=self.first, b=self.second_color,
            share=g.number("s1", "smoothstep(0.495, 0.507, v + e)", v=cut[0], e=edge),
        )  # fmt: skip
        two = g.add(
            "two", "color.mix", a=one, b=self.third, share=g.number("s2", "smoothstep(0.565, 0.577, v + e)", v=cut[1], e=edge),
        )  # fmt: skip
        three = g.add(
            "three", "color.mix", a=two, b=self.fourth, share=g.number("s3", "smoothstep(0.625, 0.637, v + e)", v=cut[2], e=edge),
        )  # fmt: skip
        grid = g.number("ripstop", "max(smoothstep(0.9, 0.93, fract(x * 36)), smoothstep(0.9, 0.93, fract(y * 36)))")
        slack = g.add("slack", "noise.layers", across=4, upwards=4, octaves=6, roughness=0.55)
        ridge = g.add("ridge", "noise.layers", across=3, upwards=3, octaves=4, roughness=0.5, fold="ridged", contrast=1.0)
        crease = g.number("creases", "pow(smoothstep(0.75, 1.0, r), 2)", r=ridge)
        pale = g.number(
            "pale", "a * clamp(0.25 + 0.7 * smoothstep(0.4, 0.75, s) + 0.9 * c) * (0.4 + 0.7 * h)", a=self.faded, s=slack, c=crease,
            h=cloth.height,
        )  # fmt: skip
        color = g.color(
            "color",
            "mix(c, c * 0.55 + vec(0.17, 0.165, 0.14), 0.65 * p) * (0.55 + 0.5 * h) * (0.8 + 0.36 * f) * (0.9 + 0.2 * n) *"
            " (1 + 0.1 * g)", c=three, p=pale, h=cloth.height, f=fuzz, n=cloth.number, g=grid,
        )  # fmt: skip
        height = g.number(
            "weave", "0.2 + 0.16 * h + 0.08 * g + 0.03 * (f - 0.5) + 0.4 * s * 0.6 + 0.2 * c", h=cloth.height, g=grid, f=fuzz,
            s=slack, c=crease,
        )  # fmt: skip
        rough = g.number("rough", "0.88 + 0.1 * (0.5 - h) + 0.06 * (f - 0.5) - 0.05 * p", h=cloth.height, f=fuzz, p=pale)
        return Surface(color, height, rough, relief_m=0.006, size_m=0.6)
