"""Built of pieces: bricks, roof tiles, cobbles, plaster."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []
_BONDS = ("running", "third", "stack", "flemish", "english", "herringbone", "basket")


@family("bricks", nodes="bricks bricks_spalls bricks_mortar bricks_bloom")
class Bricks:
    """Fired clay in mortar, each brick of its own shade, some edges broken."""

    color: Color = field(default=srgb("#84503d"))
    mortar: Color = field(default=srgb("#a39c90"))
    bond: str = field(default="running", choices=_BONDS)
    rows: int = field(default=12, minimum=2, maximum=64)
    columns: int = field(default=4, minimum=1, maximum=32)
    gap: float = field(default=0.14, minimum=0.0, maximum=0.5)
    joint: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="how deep mortar lies behind the faces")
    variety: float = field(default=0.5, minimum=0.0, maximum=1.0)
    burnt: float = field(default=0.15, minimum=0.0, maximum=1.0, doc="how many were too near the fire")
    handmade: float = field(default=0.4, minimum=0.0, maximum=1.0, doc="creases, bent and broken edges")
    bloom: float = field(default=0.2, minimum=0.0, maximum=1.0, doc="white salts")
    paint: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="how much of a coat of paint is left")
    paint_color: Color = field(default=srgb("#d9d5cb"))
    roughness: float = field(default=0.84, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Faces that lean, creased and pitted, with broken arrises; sandy mortar; salts near the joints; a coat that comes off."""
        pores = g.add("bricks_pores", "noise.layers", across=56, upwards=56, octaves=4, roughness=0.7)
        broad = g.add("bricks_broad", "noise.layers", across=5, upwards=5, octaves=6, roughness=0.55)
        sway = g.number("bricks_sway", "0.012 * a * (b - 0.5)", a=self.handmade, b=broad)
        bricks = g.add("bricks", "pattern.bond", bond=self.bond, rows=self.rows, columns=self.columns, gap=self.gap, corner=0.07,
                       uneven=0.1 + 0.35 * self.handmade, x=sway, y=sway)  # fmt: skip
        bite = g.add("bricks_bite", "noise.layers", across=22, upwards=22, octaves=4, roughness=0.6)
        edge = g.number("bricks_spalls", "e - (0.03 + 0.13 * a) * smoothstep(0.45, 0.95, b) - 0.03 * n", e=bricks.edge, b=bite,
                        n=pores, a=self.handmade)  # fmt: skip
        drag = g.add("bricks_drag", "noise.layers", across=9, upwards=48, octaves=4, roughness=0.6, fold="ridged", contrast=1.0)
        pits = g.add("bricks_pits", "pattern.strewn", count=58, radius=0.3, spread=0.9)
        pit = g.number("bricks_pit", "smoothstep(0.1, 0.7, h) * step(0.55, n)", h=pits.height, n=pits.number)
        face = g.number(
            "bricks_face",
            "smoothstep(0, 0.1, e) * (0.78 + 0.09 * (fract(n * 7) - 0.5) + 0.1 * (fract(n * 31) - 0.5) * (u - 0.5)"
            " + 0.12 * (fract(n * 53) - 0.5) * (v - 0.5) + 0.1 * (p - 0.5) + 0.1 * a * (d - 0.6) - 0.16 * q)",
            e=edge, n=bricks.number, u=bricks.x, v=bricks.y, p=pores, d=drag, q=pit, a=self.handmade,
        )  # fmt: skip
        sand = g.add("bricks_mortar", "noise.layers", across=110, upwards=110, octaves=3, roughness=0.8)
        bed = g.number("bricks_bed", "0.68 - 0.5 * j + 0.12 * (s - 0.5) + 0.14 * (b - 0.5)", s=sand, b=bite, j=self.joint)
        height = g.number("bricks_height", "max(f, m)", f=face, m=bed)
        is_brick = g.number("bricks_where", "smoothstep(-0.01, 0.05, f - m)", f=face, m=bed)
        shade = g.add("bricks_shade", "color.vary", color=self.color, number=bricks.number, hue=0.012 * self.variety,
                      strength=0.4 * self.variety, brightness=0.55 * self.variety)  # fmt: skip
        fire = g.number("bricks_fire", "smoothstep(1.02 - a, 1.1 - a, fract(n * 13.7) + 0.25 * (b - 0.5)) * step(0.01, a)",
                        n=bricks.number, b=broad, a=self.burnt)  # fmt: skip
        clay = g.color(
            "bricks_clay",
            "mix(c, vec(0.07, 0.055, 0.055), 0.75 * f) * (0.74 + 0.52 * p) * (0.8 + 0.4 * d) * (1 - 0.5 * q)"
            " * mix(1.18, 1.0, smoothstep(0.0, 0.12, e))",
            c=shade, f=fire, p=pores, d=drag, q=pit, e=edge,
        )  # fmt: skip
        lime = g.color("bricks_lime", "c * (0.66 + 0.5 * s) * (0.86 + 0.28 * b)", c=self.mortar, s=sand, b=broad)
        bloom = g.number("bricks_bloom", "a * (0.75 * smoothstep(0.5, 0.85, b + 0.25 * (p - 0.5)) + 0.3 * smoothstep(0.12, 0.0, e))"
                         " * (0.4 + 0.6 * n)", a=self.bloom, b=broad, p=bite, e=edge, n=sand)  # fmt: skip
        walled = g.add("bricks_walled", "color.mix", a=lime, b=clay, share=is_brick)
        salted = g.color("bricks_salted", "mix(c, vec(0.56, 0.54, 0.5), 0.8 * b)", c=walled, b=bloom)
        coat = g.number(
            "bricks_coat", "smoothstep(1.02 - 1.15 * a, 1.06 - 1.15 * a, 0.55 * b + 0.3 * k + 0.25 * (1 - h)) * step(0.01, a)",
            a=self.paint, b=broad, k=bite, h=height,
        )  # fmt: skip
        color = g.color("bricks_color", "mix(c, p * (0.9 + 0.1 * h) * (0.94 + 0.1 * b), k)", c=salted, p=self.paint_color, k=coat,
                        b=broad, h=height)  # fmt: skip
        rough = g.number(
            "bricks_roughness", "mix(mix(0.96, r + 0.22 * (p - 0.5) + 0.1 * q - 0.16 * f, w), 0.55 + 0.15 * b, k)",
            w=is_brick, p=pores, q=pit, f=fire, r=self.roughness, k=coat, b=bite,
        )  # fmt: skip
        return Surface(color, height, rough, relief_m=0.014, size_m=0.9)


@family("cobbles", nodes="cobbles cobbles_domes cobbles_sand cobbles_polish")
class Cobbles:
    """Rounded setts of granite in sand, as old streets have them."""

    color: Color = field(default=srgb("#75726d"))
    sand: Color = field(default=srgb("#5a4e3f"))
    laid: str = field(default="rows", choices=("rows", "arcs", "wild"))
    count: int = field(default=11, minimum=2, maximum=40, doc="rows of stones")
    roundness: float = field(default=0.6, minimum=0.0, maximum=1.0)
    gap: float = field(default=0.16, minimum=0.02, maximum=0.5)
    variety: float = field(default=0.5, minimum=0.0, maximum=1.0)
    polish: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="by feet and wheels")

    def build(self, g: Graph) -> Surface:
        """Hewn stones in rows or arcs, or river stones; each leans and has its own grain; crowns are polished.

        Sand and dust between.
        """
        lumps = g.add("cobbles_lumps", "noise.layers", across=self.count * 2, upwards=self.count * 2, octaves=4, roughness=0.55)
        slow = g.add("cobbles_slow", "noise.layers", across=4, upwards=4, octaves=5)
        if self.laid == "wild":
            stones = g.add("cobbles", "noise.cells", across=self.count, upwards=self.count, jitter=0.75)
            edge = g.number("cobbles_edge", "(e - 0.32 * g) * 1.5", e=stones.edge, g=self.gap)
            u = g.number("cobbles_u", "0.5 + 0.4 * sin(n * 40) * d", d=stones.near, n=stones.number)
            v = g.number("cobbles_v", "0.5 + 0.4 * cos(n * 40) * d", d=stones.near, n=stones.number)
        else:
            rise = 0.09 if self.laid == "arcs" else 0.0
            bow = g.number("cobbles_bow", "r * abs(sin(6.2832 * x)) + 0.02 * (l - 0.5) + 0.02 * (s - 0.5)", r=rise, l=lumps, s=slow)
            aside = g.number("cobbles_aside", "0.03 * (fract(l * 3.1) - 0.5) * 0.4 + 0.03 * (s - 0.5)", l=slow, s=lumps)
            stones = g.add("cobbles", "pattern.bond", bond="running", rows=self.count, columns=max(2, round(self.count * 0.85)),
                           disorder=0.35, gap=self.gap, corner=0.12 + 0.3 * self.roundness, uneven=0.9, x=aside, y=bow)  # fmt: skip
            edge = g.number("cobbles_edge", "1.0 * e", e=stones.edge)
            u, v = g.number("cobbles_u", "1.0 * a", a=stones.x), g.number("cobbles_v", "1.0 * a", a=stones.y)
        domes = g.number(
            "cobbles_domes",
            "pow(smoothstep(-0.03, 0.06 + 0.26 * r, e + 0.06 * (l - 0.5)), 0.5)"
            " * (0.72 + 0.16 * (fract(n * 7) - 0.5) + 0.22 * (fract(n * 31) - 0.5) * (u - 0.5) + 0.22 * (fract(n * 57) - 0.5)"
            " * (v - 0.5) + 0.2 * (l - 0.5))",
            e=edge, l=lumps, n=stones.number, u=u, v=v, r=self.roundness,
        )  # fmt: skip
        grain = g.add("cobbles_grain", "noise.cells", across=210, upwards=210)
        chisel = g.add("cobbles_chisel", "noise.layers", across=60, upwards=60, octaves=4, roughness=0.7)
        sand = g.add("cobbles_sand", "noise.layers", across=100, upwards=100, octaves=3, roughness=0.8)
        bed = g.number("cobbles_bed", "0.12 + 0.1 * s + 0.18 * w", s=sand, w=slow)
        stone = g.number("cobbles_faces", "d + 0.05 * (c - 0.5) * step(0.02, d)", d=domes, c=chisel)
        height = g.number("cobbles_height", "max(d, b)", d=stone, b=bed)
        is_stone = g.number("cobbles_where", "smoothstep(0, 0.07, d - b)", d=stone, b=bed)
        crown = g.number("cobbles_polish", "a * smoothstep(0.55, 0.85, d) * (0.5 + 0.5 * w)", d=domes, w=slow, a=self.polish)
        shade = g.add("cobbles_shade", "color.vary", color=self.color, number=stones.number, hue=0.012 * self.variety,
                      strength=0.5 * self.variety, brightness=0.5 * self.variety)  # fmt: skip
        rock = g.color(
            "cobbles_rock",
            "c * (0.72 + 0.5 * g) * (0.78 + 0.44 * k) * (0.62 + 0.4 * smoothstep(0.2, 0.7, d)) * (1 + 0.15 * p)"
            " * (1 - 0.45 * step(0.88, g))",
            c=shade, g=grain.number, k=chisel, d=domes, p=crown,
        )  # fmt: skip
        earth = g.color("cobbles_earth", "c * (0.5 + 0.8 * s) * (0.7 + 0.5 * w)", s=sand, c=self.sand, w=slow)
        dusty = g.color("cobbles_dusty", "mix(r, c, 0.4 * smoothstep(0.22, 0.0, f) * w)", r=rock, c=earth, f=edge, w=slow)
        color = g.add("cobbles_color", "color.mix", a=earth, b=dusty, share=is_stone)
        rough = g.number("cobbles_roughness", "mix(0.95, 0.82 - 0.42 * p + 0.14 * (k - 0.5), w)", w=is_stone, p=crown, k=chisel)
        return Surface(color, height, rough, relief_m=0.035, size_m=1.2)


@family("roof tiles", nodes="tiles tiles_bow tiles_lichen tiles_runs")
class RoofTiles:
    """Tiles that lie over each other: plain clay, slates, shingles, or barrel tiles in rows of hollows and crests."""

    color: Color = field(default=srgb("#94583f"))
    shape: str = field(default="tongues", choices=("tongues", "barrels"))
    columns: int = field(default=9, minimum=2, maximum=40)
    pairs: int = field(default=5, minimum=1, maximum=30)
    roundness: float = field(default=0.7, minimum=0.0, maximum=1.0)
    variety: float = field(default=0.5, minimum=0.0, maximum=1.0)
    layered: float = field(default=0.1, minimum=0.0, maximum=1.0, doc="split faces, as slate and wood have")
    lichen: float = field(default=0.35, minimum=0.0, maximum=1.0)
    glaze: float = field(default=0.0, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Each tile leans and is fired its own way; shadows of dirt under the laps, runs below; crusts of lichen on the faces."""
        pores = g.add("tiles_pores", "noise.layers", across=64, upwards=64, octaves=4, roughness=0.7)
        smoke = g.add("tiles_smoke", "noise.layers", across=7, upwards=7, octaves=5, roughness=0.6)
        split = g.add("tiles_split", "noise.layers", across=34, upwards=5, octaves=5, roughness=0.6, fold="ridged", contrast=1.0)
        if self.shape == "barrels":
            tiles = g.add("tiles", "pattern.bond", bond="stack", rows=self.pairs * 2, columns=self.columns, gap=0.0, corner=0.02)
            bow = g.number(
                "tiles_bow",
                "0.08 + 0.56 * mix(sqrt(max(1 - pow((u - 0.5) * 3.2, 2), 0)), 0.34 - 0.34 * sqrt(max(1 - pow((fract(u + 0.5) - 0.5)"
                " * 4, 2), 0)), step(0.29, abs(u - 0.5))) + 0.26 * (1 - v) + 0.04 * (fract(n * 17) - 0.5) + 0.04 * (p - 0.5)",
                u=tiles.x, v=tiles.y, n=tiles.number, p=pores,
            )  # fmt: skip
            lap = g.number("tiles_lap", "smoothstep(0.8, 1.0, v)", v=tiles.y)
            rim = g.number("tiles_rim", "smoothstep(0.06, 0.0, v)", v=tiles.y)
        else:
            tiles = g.add("tiles", "pattern.scales", columns=self.columns, pairs=self.pairs, length=1.55, roundness=self.roundness)
            bow = g.number(
                "tiles_bow",
                "0.08 + 0.62 * h + 0.1 * smoothstep(0, 0.09, e) + 0.1 * (fract(n * 17) - 0.5) + 0.14 * (fract(n * 41) - 0.5) * v"
                " + 0.05 * (p - 0.5) + 0.1 * l * floor(s * 4) * 0.3",
                h=tiles.height, e=tiles.edge, n=tiles.number, v=tiles.y, p=pores, s=split, l=self.layered,
            )  # fmt: skip
            lap = g.number("tiles_lap", "smoothstep(0.42, 0.66, v)", v=tiles.y)
            rim = g.number("tiles_rim", "smoothstep(0.07, 0.0, e)", e=tiles.edge)
        shade = g.add("tiles_shade", "color.vary", color=self.color, number=tiles.number, hue=0.006 * self.variety,
                      strength=0.25 * self.variety, brightness=0.6 * self.variety)  # fmt: skip
        runs = g.add("tiles_runs", "noise.layers", across=60, upwards=4, octaves=4, roughness=0.6)
        fired = g.color(
            "tiles_fired",
            "c * (0.72 + 0.42 * s) * (0.74 + 0.52 * p) * mix(1.0, 0.7 + 0.6 * k, l) * (1 - 0.55 * d) * (1 + 0.3 * r)"
            " * (0.82 + 0.32 * w)",
            c=shade, s=smoke, p=pores, k=split, l=self.layered, d=lap, r=rim, w=runs,
        )  # fmt: skip
        crust = g.add("tiles_lichen", "pattern.strewn", count=38, radius=0.7, spread=0.9, flat=0.7)
        spots = g.number(
            "tiles_spots",
            "smoothstep(0.1, 0.3, h - 0.4 * (1 - p)) * smoothstep(1.0 - 0.65 * a, 1.12 - 0.65 * a, s + 0.35 * fract(n * 3))"
            " * (1 - d) * step(0.01, a)", h=crust.height, n=crust.number, p=pores, s=smoke, d=lap, a=self.lichen,
        )  # fmt: skip
        color = g.color(
            "tiles_color", "mix(c, mix(vec(0.42, 0.42, 0.33), vec(0.45, 0.33, 0.1), step(0.8, n)) * (0.6 + 0.6 * p), 0.85 * s)",
            c=fired, s=spots, n=crust.number, p=pores,
        )  # fmt: skip
        height = g.number("tiles_height", "b + 0.03 * s * h", b=bow, s=spots, h=crust.height)
        rough = g.number("tiles_roughness", "mix(0.8 + 0.24 * (p - 0.5), 0.1 + 0.1 * k + 0.25 * d, g) + 0.12 * s", p=pores, s=spots,
                         g=self.glaze, k=smoke, d=lap)  # fmt: skip
        return Surface(color, height, rough, relief_m=0.1 if self.shape == "barrels" else 0.045, size_m=1.4)


@family("plaster", nodes="plaster_strokes plaster_hollows plaster_cracks plaster_loss")
class Plaster:
    """Plaster laid on by hand: strokes of the trowel, sand, hair cracks, places where it fell off."""

    color: Color = field(default=srgb("#cfc5b2"))
    under: Color = field(default=srgb("#8f7f6a"), doc="of the coat below")
    strokes: float = field(default=0.5, minimum=0.0, maximum=1.0)
    grain: float = field(default=0.4, minimum=0.0, maximum=1.0, doc="how coarse the sand is")
    cracks: float = field(default=0.3, minimum=0.0, maximum=1.0)
    loss: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="how much has fallen off")
    stains: float = field(default=0.3, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Overlapping sweeps with ridges at their ends, under sand; cracks along bent cells.

        Islands lost down to the coat below.
        """
        swirl = g.add("plaster_swirl", "noise.swirls", scale=3, octaves=5, bend=0.2)
        slow = g.add("plaster_slow", "noise.layers", across=3, upwards=4, octaves=6, roughness=0.58)
        sweeps = g.add("plaster_strokes", "pattern.strewn", count=7, radius=1.0, spread=0.35, length=1.7, flat=0.65)
        lines = g.add("plaster_trowel", "noise.layers", across=5, upwards=40, octaves=3, roughness=0.55)
        turned = g.add("plaster_turned", "arrange.bend", value=lines, x=sweeps.number, y=swirl, strength=0.9)
        sand = g.add("plaster_sand", "noise.layers", across=130, upwards=130, octaves=3, roughness=0.8)
        coarse = g.add("plaster_hollows", "pattern.strewn", count=120, radius=0.75, spread=0.7)
        cells = g.add("plaster_cells", "noise.cells", across=4, upwards=4)
        net = g.add("plaster_net", "arrange.bend", value=cells.edge, x=swirl, y=slow, strength=0.16)
        cracks = g.number("plaster_cracks", "smoothstep(0.016, 0.002, e - 0.008 * s) * smoothstep(0.35, 0.6, w) * step(0.01, a)"
                          " * clamp(a * 2)", e=net, s=sand, w=swirl, a=self.cracks)  # fmt: skip
        gone = g.number(
            "plaster_loss",
            "smoothstep(1.0 - 0.62 * a, 1.012 - 0.62 * a, w + 0.2 * (s - 0.5) + 0.3 * smoothstep(0.1, 0.0, e)) * step(0.01,"
            " a)", w=slow, s=coarse.height, e=net, a=self.loss,
        )  # fmt: skip
        near = g.number(
            "plaster_rim",
            "smoothstep(0.9 - 0.62 * a, 1.0 - 0.62 * a, w + 0.2 * (s - 0.5) + 0.3 * smoothstep(0.1, 0.0, e)) * (1 - g) *"
            " step(0.01, a)", w=slow, s=coarse.height, e=net, g=gone, a=self.loss,
        )  # fmt: skip
        face = g.number(
            "plaster_face",
            "0.6 + k * (0.3 * (f - 0.45) + 0.16 * (t - 0.5)) + 0.1 * (w - 0.5) + (0.04 + 0.46 * r * r) * (0.4 * s + 0.8 * h"
            " - 0.5)", k=self.strokes, f=sweeps.height, t=turned, w=slow, s=sand, h=coarse.height, r=self.grain,
        )  # fmt: skip
        height = g.number(
            "plaster_height", "mix(f - 0.3 * c, 0.16 + 0.16 * h + 0.1 * s, g)", f=face, c=cracks, g=gone, h=coarse.height, s=sand,
        )  # fmt: skip
        runs = g.add("plaster_runs", "noise.layers", across=30, upwards=2, octaves=5, roughness=0.62)
        stain = g.number("plaster_stain", "a * smoothstep(0.5, 0.85, r * 0.6 + w * 0.55)", r=runs, w=slow, a=self.stains)
        coat = g.color(
            "plaster_coat",
            "c * (0.86 + 0.2 * w) * (0.9 + 0.16 * t * k) * (0.88 + 0.2 * s) * (1 - 0.5 * q) * (1 + 0.1 * n) * mix(vec(1, 1, 1),"
            " vec(0.74, 0.68, 0.6), d)",
            c=self.color, w=swirl, t=turned, k=self.strokes, s=sand, q=cracks, n=near, d=stain,
        )  # fmt: skip
        below = g.color(
            "plaster_below", "c * (0.55 + 0.5 * s + 0.3 * h) * (0.8 + 0.3 * w)", c=self.under, s=sand, h=coarse.height, w=swirl,
        )  # fmt: skip
        color = g.add("plaster_color", "color.mix", a=coat, b=below, share=gone)
        rough = g.number("plaster_roughness", "mix(0.86 + 0.16 * (s - 0.5) - 0.16 * k * f, 0.96, g)", s=sand, f=sweeps.height,
                         k=self.strokes, g=gone)  # fmt: skip
        return Surface(color, height, rough, relief_m=0.01, size_m=1.5)
