"""Stone that grew: marble, granite, sandstone, lava."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("marble", nodes="marble_veins marble_ghosts breccia")
class Marble:
    """Polished marble: veins at several scales in a cloudy ground, or broken pieces in a net of white."""

    color: Color = field(default=srgb("#dedbd4"))
    veins: Color = field(default=srgb("#77787c"))
    tint: Color = field(default=srgb("#b59d72"), doc="beside some veins")
    amount: float = field(default=0.45, minimum=0.0, maximum=1.0)
    tinted: float = field(default=0.1, minimum=0.0, maximum=1.0)
    broken: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="0 is veined, 1 in pieces")
    clouds: float = field(default=0.65, minimum=0.0, maximum=1.0, doc="how soft and wide veins are")
    scale: int = field(default=2, minimum=1, maximum=12)
    polish: float = field(default=0.9, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Bent ridges: few wide soft ones with dark hearts, thin ones that leave them, hairs; pieces of their own tone.

        Crystals.
        """
        s = self.scale
        cloud = g.add("cloud", "noise.swirls", scale=s, octaves=6, bend=0.3, roughness=0.55)
        drift = g.add("drift", "noise.layers", across=s + 1, upwards=s, octaves=6, roughness=0.55)
        ridge = g.add("ridge", "noise.layers", across=s, upwards=s, octaves=3, roughness=0.35, fold="ridged", contrast=1.0)
        bent = g.add("bent", "arrange.bend", value=ridge, x=cloud, y=drift, strength=0.34)
        thin = g.add("thin", "noise.layers", across=s * 2, upwards=s * 3, octaves=3, roughness=0.4, fold="ridged", contrast=1.0)
        second = g.add("second", "arrange.bend", value=thin, x=drift, y=cloud, strength=0.3)
        hairs = g.add("hairs", "noise.cells", across=s * 6, upwards=s * 5)
        net = g.add("net", "arrange.bend", value=hairs.edge, x=drift, y=cloud, strength=0.25)
        pieces = g.add("pieces", "noise.cells", across=s * 3, upwards=s * 2)
        shard = g.add("shard", "arrange.bend", value=pieces.edge, x=cloud, y=drift, strength=0.2)
        tone = g.add("tone", "arrange.bend", value=pieces.number, x=cloud, y=drift, strength=0.2)
        crystals = g.add("crystals", "noise.layers", across=120, upwards=120, octaves=3, roughness=0.7)
        veins = g.number(
            "marble_veins",
            "clamp(a * (k * smoothstep(0.8, 0.99, b) * (0.15 + 0.9 * c) + 1.6 * smoothstep(0.95, 0.99, b) * smoothstep(0.1,"
            " 0.45, c) + 1.1 * smoothstep(0.95, 0.99, s) * smoothstep(0.35, 0.6, d) + 0.35 * smoothstep(0.025, 0.0, n) *"
            " smoothstep(0.5, 0.7, c)))", b=bent, s=second, n=net, c=cloud, d=drift, a=self.amount * 1.8, k=self.clouds,
        )  # fmt: skip
        ghosts = g.number(
            "marble_ghosts", "a * (0.42 * smoothstep(0.4, 0.9, b) * d + 0.25 * smoothstep(0.5, 0.85, c))", b=bent, d=drift, c=cloud,
            a=self.amount * self.clouds * 1.5,
        )  # fmt: skip
        breccia = g.number(
            "breccia",
            "k * smoothstep(0.05, 0.0, e - 0.16 * (d - 0.42)) * smoothstep(0.3, 0.55, c) + 0.5 * k * smoothstep(0.035, 0.0,"
            " n) * d", e=shard, d=drift, c=cloud, n=net, k=self.broken,
        )  # fmt: skip
        warm = g.number(
            "warm", "clamp(1.6 * a * (smoothstep(0.82, 0.99, b) * smoothstep(0.4, 0.65, d) + 0.5 * smoothstep(0.92, 0.99, s)))",
            b=bent, s=second, d=drift, a=self.tinted,
        )  # fmt: skip
        ground = g.color(
            "ground", "c * (0.9 + 0.14 * k + 0.05 * (x - 0.5)) * (1 + 0.9 * b * (n - 0.6))", c=self.color, k=cloud, x=crystals,
            n=tone, b=self.broken,
        )  # fmt: skip
        color = g.color(
            "color", "mix(mix(c, c * 0.35 + t * 0.65, w), v, clamp(q + g * 0.75 + b * (0.5 + 0.5 * d)))", c=ground, t=self.tint,
            w=warm, v=self.veins, q=veins, g=ghosts, b=breccia, d=drift,
        )  # fmt: skip
        height = g.number(
            "face", "0.5 - 0.12 * v - 0.08 * b + (1 - p) * 0.3 * (x - 0.5)", v=veins, b=breccia, x=crystals, p=self.polish,
        )  # fmt: skip
        rough = g.number(
            "rough", "mix(0.62, 0.07, p) + 0.1 * v + 0.07 * k + 0.03 * (x - 0.5)", p=self.polish, v=veins, k=drift, x=crystals,
        )  # fmt: skip
        return Surface(color, height, rough, relief_m=0.0012, size_m=1.5)


@family("granite", nodes="feldspar quartz mica biotite")
class Granite:
    """Crystals of three minerals grown into each other."""

    color: Color = field(default=srgb("#a4938a"), doc="of the feldspar")
    quartz: Color = field(default=srgb("#807d7a"))
    grain: int = field(default=52, minimum=8, maximum=200)
    mica: float = field(default=0.35, minimum=0.0, maximum=1.0)
    eyes: float = field(default=0.2, minimum=0.0, maximum=1.0, doc="large crystals, rounded")
    polish: float = field(default=0.6, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Ragged crystals at two sizes, each with lamellae of its own; black mica in clusters, glinting; eyes with a pale rim."""
        frets = g.add("frets", "noise.layers", across=self.grain * 2, upwards=self.grain * 2, octaves=3, roughness=0.6)
        spar = g.add("feldspar", "noise.cells", across=self.grain, upwards=self.grain)
        number = g.add("ragged", "arrange.bend", value=spar.number, x=frets, y=spar.near, strength=0.35 / self.grain)
        quartz = g.add("quartz", "noise.cells", across=self.grain * 5 // 4, upwards=self.grain * 5 // 4)
        ragged = g.add("ragged_quartz", "arrange.bend", value=quartz.number, x=quartz.near, y=frets, strength=0.35 / self.grain)
        mica = g.add("mica", "noise.cells", across=self.grain * 2, upwards=self.grain * 2)
        eyes = g.add(
            "eyes", "pattern.strewn", count=max(2, self.grain // 5), radius=0.62, spread=0.55, length=1.25, flat=0.35, square=0.4,
        )  # fmt: skip
        cloud = g.add("cloud", "noise.layers", across=7, upwards=7, octaves=4, roughness=0.6)
        is_eye = g.number(
            "is_eye", "smoothstep(0.08, 0.2, h - 0.2 * (f - 0.5)) * step(1 - a, n) * step(0.01, a)", h=eyes.height, n=eyes.number,
            f=frets, a=self.eyes,
        )  # fmt: skip
        rim = g.number("rim", "smoothstep(0.5, 0.2, h) * e", h=eyes.height, e=is_eye)
        shade = g.add("shade", "color.vary", color=self.color, number=number, hue=0.008, strength=0.35, brightness=0.3)
        is_quartz = g.number("is_quartz", "smoothstep(0.6, 0.63, n + 0.22 * (c - 0.5)) * (1 - e)", n=ragged, c=cloud, e=is_eye)
        is_mica = g.number(
            "biotite",
            "smoothstep(1.02 - 0.6 * a, 1.06 - 0.6 * a, n + 0.6 * (c - 0.5) + 0.2 * (f - 0.5)) * step(0.01, a) * (1 - 0.9 *"
            " e)", n=mica.number, c=cloud, f=frets, a=self.mica, e=is_eye,
        )  # fmt: skip
        glassy = g.color("glassy", "q * (0.5 + 0.8 * n) * (0.85 + 0.3 * f)", q=self.quartz, n=ragged, f=frets)
        spotted = g.color(
            "spotted", "mix(mix(s, c * (0.92 + 0.3 * r + 0.12 * (f - 0.5)), e), g, q)", s=shade, c=self.color, e=is_eye, r=rim,
            f=frets, g=glassy, q=is_quartz,
        )  # fmt: skip
        color = g.color(
            "color", "mix(c * (0.9 + 0.2 * f), vec(0.024, 0.023, 0.023) * (0.9 + 1.2 * n), m)", c=spotted, m=is_mica, n=mica.near,
            f=frets,
        )  # fmt: skip
        height = g.number(
            "face",
            "0.5 + (1 - p) * (0.22 * (n - 0.5) + 0.22 * (f - 0.5) - 0.2 * m + 0.2 * q - 0.1 * smoothstep(0.08, 0, e)) -"
            " 0.05 * p * m", p=self.polish, n=number, f=frets, m=is_mica, q=is_quartz, e=spar.edge,
        )  # fmt: skip
        rough = g.number(
            "rough", "mix(0.82, 0.1, p) + 0.1 * (f - 0.5) - 0.06 * q + mix(-0.25, 0.12, p) * m", p=self.polish, f=frets,
            q=is_quartz, m=is_mica,
        )  # fmt: skip
        return Surface(color, height, rough, relief_m=0.003, size_m=0.4)


@family("sandstone", nodes="strata cross_beds weathering liesegang")
class Sandstone:
    """Beds of sand over each other, weathered where they are soft."""

    color: Color = field(default=srgb("#ac8a66"))
    iron: Color = field(default=srgb("#87512f"), doc="of the bands that iron stained")
    beds: int = field(default=7, minimum=1, maximum=60)
    contrast: float = field(default=0.5, minimum=0.0, maximum=1.0)
    crossing: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="fine layers that lie askew")
    weathering_depth: float = field(default=0.5, minimum=0.0, maximum=1.0)
    blocks: int = field(default=0, minimum=0, maximum=12, doc="courses, where it was hewn")

    def build(self, g: Graph) -> Surface:
        """Beds cut off by the next; laminae askew within each; bands of iron; ledges, honeycombs along soft beds.

        Joints of blocks.
        """
        sway = g.add("sway", "noise.layers", across=2, upwards=2, octaves=5, roughness=0.45)
        beds = g.add("strata", "noise.layers", across=1, upwards=self.beds, octaves=6, roughness=0.62)
        bent = g.add("bent", "arrange.bend", value=beds, x=0.5, y=sway, strength=0.2)
        lines = g.add(
            "cross_beds", "noise.waves", across=4, upwards=self.beds * 5, bend=g.number("tilt", "2.2 * s + 3 * b", s=sway, b=bent),
        )  # fmt: skip
        grain = g.add("grain", "noise.layers", across=170, upwards=170, octaves=3, roughness=0.8)
        rings = g.number(
            "liesegang", "smoothstep(0.55, 0.95, 0.5 + 0.5 * sin(26 * s + 9 * b)) * smoothstep(0.4, 0.7, b)", s=sway, b=bent,
        )  # fmt: skip
        pits = g.add("pits", "pattern.strewn", count=24, radius=0.75, spread=0.8, length=1.7)
        small = g.add("alveoli", "pattern.strewn", count=70, radius=0.6, spread=0.8)
        soft = g.number("soft", "smoothstep(0.52, 0.36, b)", b=bent)
        worn = g.number(
            "weathering", "a * s * clamp(smoothstep(0.1, 0.6, p) + 0.7 * smoothstep(0.2, 0.7, q))", s=soft, p=pits.height,
            q=small.height, a=self.weathering_depth,
        )  # fmt: skip
        ledge = g.number("ledge", "floor(b * 7) / 7 + 0.14 * smoothstep(0.0, 0.5, fract(b * 7))", b=bent)
        if self.blocks:
            courses = g.add(
                "courses", "pattern.bond", bond="running", rows=self.blocks, columns=max(1, self.blocks // 2), disorder=0.3,
                gap=0.025, corner=0.03, uneven=0.1,
            )  # fmt: skip
            joint = g.number("joint", "smoothstep(0.03, 0.0, e - 0.03 * g)", e=courses.edge, g=grain)
            stone = g.number("stone", "0.3 * (n - 0.5)", n=courses.number)
        else:
            joint, stone = g.number("joint", "0 * g", g=grain), g.number("stone", "0 * g", g=grain)
        ramp = g.number(
            "ramp", "clamp(0.5 + c * (1.8 * (b - 0.5) + 0.5 * k * (l - 0.5)) + t)", b=bent, l=lines, c=self.contrast,
            k=self.crossing, t=stone,
        )  # fmt: skip
        warm = g.color(
            "warm", "mix(c * mix(vec(0.66, 0.57, 0.5), vec(1.2, 1.17, 1.1), r), i, 0.75 * k * q) * (0.76 + 0.48 * n)", c=self.color,
            r=ramp, i=self.iron, k=self.contrast, q=rings, n=grain,
        )  # fmt: skip
        color = g.color(
            "color", "mix(c * (1 - 0.45 * w), vec(0.2, 0.18, 0.15) * (0.6 + 0.6 * n), j)", c=warm, w=worn, j=joint, n=grain,
        )  # fmt: skip
        height = g.number(
            "face", "0.5 + 0.3 * (g - 0.5) * (0.4 + a) + 0.06 * k * (l - 0.5) + 0.1 * (n - 0.5) - 0.42 * w - 0.35 * j + 0.3 * t",
            g=ledge, l=lines, n=grain, w=worn, j=joint, t=stone, k=self.crossing, a=self.weathering_depth,
        )  # fmt: skip
        rough = g.number("rough", "0.9 + 0.14 * (n - 0.5) - 0.1 * q", n=grain, q=rings)
        return Surface(color, height, rough, relief_m=0.03, size_m=1.5)


@family("lava", nodes="lava_crust lava_rifts embers ropes")
class Lava:
    """Crust on a melt that glows in its rifts; or cold, in ropes or in rubble."""

    heat: float = field(default=0.6, minimum=0.0, maximum=1.0, doc="0 is cold rock")
    color: Color = field(default=srgb("#3d3a39"))
    plates: int = field(default=4, minimum=1, maximum=24)
    ropes: float = field(default=0.6, minimum=0.0, maximum=1.0, doc="folds that the flow pushed up")
    rubble: float = field(default=0.15, minimum=0.0, maximum=1.0, doc="broken, full of holes")

    def build(self, g: Graph) -> Surface:
        """Plates pulled apart; folds in arcs; vesicles; the colour of the glow is a black body's, by how thin the crust is."""
        sway = g.add("sway", "noise.swirls", scale=3, octaves=5, bend=0.2, roughness=0.55)
        other = g.add("other", "noise.layers", across=4, upwards=4, octaves=6, roughness=0.55)
        plates = g.add("lava_crust", "noise.cells", across=self.plates, upwards=self.plates)
        rifts = g.add("lava_rifts", "arrange.bend", value=plates.edge, x=sway, y=other, strength=0.2)
        minor = g.add("minor", "noise.cells", across=self.plates * 4, upwards=self.plates * 4)
        cracks = g.add("cracks", "arrange.bend", value=minor.edge, x=other, y=sway, strength=0.12)
        arcs = g.add(
            "arcs", "noise.waves", across=0, upwards=self.plates * 7, bend=g.number("push", "4.5 * s + 1.5 * o", s=sway, o=other),
        )  # fmt: skip
        folded = g.number(
            "ropes", "a * pow(r, 0.7) * smoothstep(0.0, 0.2, e) * smoothstep(0.35, 0.55, o)", r=arcs, e=rifts, o=other,
            a=self.ropes,
        )  # fmt: skip
        holes = g.add("vesicles", "pattern.strewn", count=64, radius=0.6, spread=0.85)
        lumps = g.add("lumps", "pattern.strewn", count=22, radius=0.95, spread=0.5, square=0.7)
        grit = g.add("grit", "noise.layers", across=60, upwards=60, octaves=5, roughness=0.7)
        broken = g.number(
            "broken", "a * smoothstep(0.62 - 0.4 * a, 0.8 - 0.4 * a, o + 0.15 * (g - 0.5))", o=other, g=grit, a=self.rubble,
        )  # fmt: skip
        height = g.number(
            "crust",
            "0.16 + 0.36 * pow(smoothstep(0.0, 0.22, e + 0.04 * (g - 0.5)), 0.6) + 0.16 * f + 0.1 * (o - 0.5) + 0.1 * (g -"
            " 0.5) + 0.34 * b * h - 0.16 * v * (0.3 + b) - 0.1 * smoothstep(0.05, 0.0, c) * smoothstep(0.4, 0.6, s)", e=rifts,
            f=folded, o=other, g=grit, b=broken, h=lumps.height, v=holes.height, c=cracks, s=sway,
        )  # fmt: skip
        hot = g.number(
            "embers",
            "clamp(step(0.01, a) * (0.35 + 0.9 * a) * (smoothstep(0.055 + 0.06 * a, 0.0, e + 0.05 * (g - 0.45)) + 0.62 *"
            " smoothstep(0.03, 0.0, c + 0.03 * (g - 0.5)) * smoothstep(0.6 - 0.2 * a, 0.85 - 0.2 * a, s) + 0.35 * a *"
            " smoothstep(0.15, 0.0, e)))", e=rifts, c=cracks, s=sway, g=grit, a=self.heat,
        )  # fmt: skip
        # Colours of black bodies (CIE 1931, linear Rec.709) of 900, 1,200 and 1,500 kelvins; what is hotter is brighter.
        glow = g.color(
            "glow",
            "mix(mix(vec(1, 0.035, 0), vec(1, 0.16, 0.004), smoothstep(0.2, 0.6, h)), vec(1, 0.27, 0.012), smoothstep(0.6,"
            " 1, h)) * (0.1 * h + 1.9 * h * h * h)", h=hot,
        )  # fmt: skip
        color = g.color(
            "color",
            "c * (0.62 + 0.6 * g) * (0.8 + 0.7 * f) * (1 - 0.5 * v * b) * (1 - 0.6 * h) * mix(vec(1, 1, 1), vec(1.25, 1.05,"
            " 0.9), smoothstep(0.5, 0.8, s) * 0.6)", c=self.color, g=grit, f=folded, v=holes.height, b=broken, h=hot, s=other,
        )  # fmt: skip
        rough = g.number("rough", "mix(0.66 + 0.34 * (g - 0.5) - 0.24 * f + 0.25 * b, 0.85, h)", g=grit, f=folded, b=broken, h=hot)
        return Surface(color, height, rough, 0.0, glow, relief_m=0.1, size_m=2.5)
