"""Built of pieces: bricks, roof tiles, cobbles, plaster."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("bricks", nodes="bricks bricks_spalls bricks_mortar")
class Bricks:
    """Fired clay in mortar, each brick of its own shade, some edges broken."""

    color: Color = field(default=srgb("#8f4630"))
    mortar: Color = field(default=srgb("#a69d8f"))
    rows: int = field(default=12, minimum=2, maximum=64)
    columns: int = field(default=4, minimum=1, maximum=32)
    shift: float = field(default=0.5, minimum=0.0, maximum=1.0)
    gap: float = field(default=0.12, minimum=0.0, maximum=0.5)
    variety: float = field(default=0.5, minimum=0.0, maximum=1.0)
    roughness: float = field(default=0.82, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Bricks with faces that bulge, pores, and broken edges; sandy mortar lower than they are."""
        fine = g.add("bricks_pores", "noise.layers", across=48, upwards=48, octaves=5, roughness=0.65)
        broad = g.add("bricks_broad", "noise.layers", across=6, upwards=6, octaves=4)
        bricks = g.add(
            "bricks",
            "pattern.bricks",
            rows=self.rows,
            columns=self.columns,
            shift=self.shift,
            gap=self.gap,
            corner=0.06,
            uneven=0.25,
        )
        edge = g.number("bricks_spalls", e=bricks.edge, n=fine, b=broad, formula="e - 0.09 * n * n - 0.05 * b")
        face = g.number(
            "bricks_face",
            e=edge,
            n=fine,
            number=bricks.number,
            formula="smoothstep(0, 0.09, e) * (0.7 + 0.12 * (number - 0.5) + 0.22 * (n - 0.5))",
        )
        mortar = g.add("bricks_mortar", "noise.layers", across=90, upwards=90, octaves=3, roughness=0.8)
        height = g.number("bricks_height", f=face, m=mortar, formula="max(f, 0.16 + 0.18 * m)")
        is_brick = g.number("bricks_where", f=face, m=mortar, formula="smoothstep(0.0, 0.06, f - 0.16 - 0.18 * m)")
        shade = g.add(
            "bricks_shade",
            "color.vary",
            color=self.color,
            number=bricks.number,
            hue=0.02 * self.variety,
            strength=0.5 * self.variety,
            brightness=0.7 * self.variety,
        )
        burnt = g.color("bricks_burnt", c=shade, b=broad, n=fine, formula="c * (0.72 + 0.5 * b) * (0.75 + 0.5 * n)")
        sand = g.color("bricks_sand", m=mortar, c=self.mortar, formula="c * (0.7 + 0.55 * m)")
        color = g.add("bricks_color", "color.mix", a=sand, b=burnt, share=is_brick)
        rough = g.number("bricks_roughness", w=is_brick, n=fine, r=self.roughness, formula="mix(0.95, r + 0.15 * (n - 0.5), w)")
        return Surface(color, height, rough, relief_m=0.02, size_m=1.0)


@family("cobbles", nodes="cobbles cobbles_domes cobbles_sand")
class Cobbles:
    """Rounded setts of granite in sand, as old streets have them."""

    color: Color = field(default=srgb("#77736c"))
    sand: Color = field(default=srgb("#6d5c44"))
    count: int = field(default=9, minimum=2, maximum=40)
    roundness: float = field(default=0.6, minimum=0.0, maximum=1.0)
    variety: float = field(default=0.5, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Cells whose middles rise, each tilted its own way; grains of stone; sand between."""
        cobbles = g.add("cobbles", "noise.cells", across=self.count, upwards=self.count, jitter=0.55)
        lumps = g.add("cobbles_lumps", "noise.layers", across=self.count * 2, upwards=self.count * 2, octaves=5)
        grain = g.add("cobbles_grain", "noise.cells", across=150, upwards=150)
        domes = g.number(
            "cobbles_domes",
            e=cobbles.edge,
            d=cobbles.near,
            l=lumps,
            number=cobbles.number,
            r=self.roundness,
            formula="sqrt(smoothstep(0.03, 0.1 + 0.2 * r, e - 0.05 * l) * clamp(1.15 - 0.9 * d * d))"
            " * (0.66 + 0.2 * number) + 0.16 * (l - 0.5)",
        )
        sand = g.add("cobbles_sand", "noise.layers", across=80, upwards=80, octaves=4, roughness=0.75)
        height = g.number("cobbles_height", d=domes, s=sand, formula="max(d, 0.2 + 0.2 * s)")
        is_stone = g.number("cobbles_where", d=domes, s=sand, formula="smoothstep(0, 0.08, d - 0.2 - 0.2 * s)")
        shade = g.add(
            "cobbles_shade",
            "color.vary",
            color=self.color,
            number=cobbles.number,
            hue=0.03,
            strength=0.6 * self.variety,
            brightness=0.6 * self.variety,
        )
        stone = g.color("cobbles_stone", c=shade, n=grain.number, l=lumps, formula="c * (0.55 + 0.6 * n) * (0.8 + 0.4 * l)")
        earth = g.color("cobbles_earth", s=sand, c=self.sand, formula="c * (0.6 + 0.7 * s)")
        color = g.add("cobbles_color", "color.mix", a=earth, b=stone, share=is_stone)
        rough = g.number(
            "cobbles_roughness", w=is_stone, d=domes, n=grain.number, formula="mix(0.95, 0.78 - 0.25 * d + 0.1 * n, w)"
        )
        return Surface(color, height, rough, relief_m=0.05, size_m=1.2)


@family("roof tiles", nodes="tiles tiles_bow tiles_lichen")
class RoofTiles:
    """Rounded clay tiles that lie over each other."""

    color: Color = field(default=srgb("#a3502f"))
    columns: int = field(default=8, minimum=2, maximum=40)
    pairs: int = field(default=5, minimum=1, maximum=30)
    roundness: float = field(default=0.7, minimum=0.0, maximum=1.0)
    variety: float = field(default=0.4, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Tongues that rise to their tips, fired unevenly, with pale spots of lichen."""
        tiles = g.add("tiles", "pattern.scales", columns=self.columns, pairs=self.pairs, length=1.5, roundness=self.roundness)
        pores = g.add("tiles_pores", "noise.layers", across=40, upwards=40, octaves=5, roughness=0.65)
        bow = g.number(
            "tiles_bow",
            h=tiles.height,
            e=tiles.edge,
            number=tiles.number,
            n=pores,
            formula="0.1 + 0.6 * h + 0.16 * smoothstep(0, 0.12, e) + 0.05 * number + 0.06 * (n - 0.5)",
        )
        shade = g.add(
            "tiles_shade",
            "color.vary",
            color=self.color,
            number=tiles.number,
            hue=0.012,
            strength=0.5 * self.variety,
            brightness=0.6 * self.variety,
        )
        smoke = g.add("tiles_smoke", "noise.layers", across=7, upwards=7, octaves=5)
        fired = g.color(
            "tiles_fired",
            c=shade,
            s=smoke,
            n=pores,
            y=tiles.y,
            formula="c * (0.6 + 0.6 * s) * (0.8 + 0.4 * n) * (0.75 + 0.25 * smoothstep(0.0, 0.35, y))",
        )
        lichen = g.add("tiles_lichen", "pattern.strewn", count=26, radius=0.55, spread=0.9, flat=1.0)
        spots = g.number(
            "tiles_spots",
            h=lichen.height,
            n=pores,
            s=smoke,
            formula="smoothstep(0.3, 0.5, h) * smoothstep(0.5, 0.62, n) * smoothstep(0.55, 0.7, s)",
        )
        color = g.add("tiles_color", "color.mix", a=fired, b=srgb("#b9b79a"), share=spots)
        rough = g.number("tiles_roughness", n=pores, s=spots, formula="0.72 + 0.2 * n + 0.1 * s")
        return Surface(color, bow, rough, relief_m=0.04, size_m=1.4)


@family("plaster", nodes="plaster_strokes plaster_hollows plaster_cracks")
class Plaster:
    """Lime plaster laid on by hand: strokes of the trowel, fine sand, hair cracks."""

    color: Color = field(default=srgb("#d8cfbf"))
    strokes: float = field(default=0.5, minimum=0.0, maximum=1.0)
    cracks: float = field(default=0.3, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Broad bent strokes under sand; cracks along the edges of large bent cells."""
        swirl = g.add("plaster_swirl", "noise.swirls", scale=3, octaves=4, bend=0.2)
        strokes = g.add("plaster_strokes", "noise.layers", across=5, upwards=14, octaves=4, fold="ridged", contrast=1.0)
        bent = g.add("plaster_bent", "arrange.bend", value=strokes, x=swirl, y=strokes, strength=0.3)
        sand = g.add("plaster_sand", "noise.layers", across=120, upwards=120, octaves=3, roughness=0.8)
        hollows = g.add("plaster_hollows", "pattern.strewn", count=30, radius=0.18, spread=0.9)
        cells = g.add("plaster_cells", "noise.cells", across=4, upwards=4)
        lines = g.add("plaster_lines", "arrange.bend", value=cells.edge, x=swirl, y=bent, strength=0.12)
        cracks = g.number(
            "plaster_cracks",
            e=lines,
            s=sand,
            w=swirl,
            a=self.cracks,
            formula="smoothstep(0.012, 0.0, e - 0.006 * s) * smoothstep(0.45, 0.6, w) * a",
        )
        height = g.number(
            "plaster_height",
            b=bent,
            s=sand,
            h=hollows.height,
            c=cracks,
            a=self.strokes,
            formula="0.55 + a * 0.35 * (b - 0.5) + 0.1 * (s - 0.5) - 0.15 * h - 0.4 * c",
        )
        color = g.color(
            "plaster_color",
            col=self.color,
            w=swirl,
            s=sand,
            c=cracks,
            b=bent,
            formula="col * (0.88 + 0.14 * w) * (0.94 + 0.1 * s) * (0.95 + 0.1 * b) * (1 - 0.6 * c)",
        )
        rough = g.number("plaster_roughness", s=sand, b=bent, formula="0.86 + 0.14 * (s - 0.5) - 0.08 * b")
        return Surface(color, height, rough, relief_m=0.006, size_m=1.0)
