"""Under foot: gravel, sand, mud, grass, moss."""

from __future__ import annotations

from taixu.ecs import field
from taixu.generate.graph import Color, Graph
from taixu.generate.materials.family import Surface, family, srgb

__all__: list[str] = []


@family("gravel", nodes="pebbles chips grit stone_bands")
class Gravel:
    """Stones of many sizes over each other, from a river or crushed."""

    color: Color = field(default=srgb("#857d74"))
    count: int = field(default=14, minimum=3, maximum=60)
    variety: float = field(default=0.5, minimum=0.0, maximum=1.0)
    sharp: float = field(default=0.2, minimum=0.0, maximum=1.0, doc="0 is from a river, 1 crushed")
    dust: float = field(default=0.3, minimum=0.0, maximum=1.0, doc="earth and fines between")
    earth: Color = field(default=srgb("#6a5b49"))

    def build(self, g: Graph) -> Surface:
        """Three sizes, each on top of the smaller ones; bands, speckles and facets of a stone's own; fines in the gaps."""
        large = g.add(
            "pebbles", "pattern.strewn", count=self.count, radius=0.8, spread=0.5, length=1.3, square=self.sharp, flat=0.15,
        )  # fmt: skip
        small = g.add(
            "chips", "pattern.strewn", count=self.count * 2 + 3, radius=0.88, spread=0.5, length=1.35, square=self.sharp, flat=0.1,
        )  # fmt: skip
        grit = g.add("grit", "pattern.strewn", count=self.count * 5, radius=0.9, spread=0.5, length=1.2, square=self.sharp)
        facets = g.add(
            "facets", "noise.layers", across=self.count * 2, upwards=self.count * 2, octaves=5, roughness=0.55, fold="ridged",
            contrast=1.0,
        )  # fmt: skip
        speckle = g.add("speckle", "noise.layers", across=110, upwards=110, octaves=3, roughness=0.8)
        slow = g.add("slow", "noise.layers", across=4, upwards=4, octaves=5)
        top = g.number(
            "top", "step(0.02, h) * (0.3 + 0.7 * h) * (1 + a * 0.25 * (f - 0.6))", h=large.height, f=facets, a=self.sharp,
        )  # fmt: skip
        middle = g.number(
            "middle", "step(0.02, s) * (0.14 + 0.42 * s) * (1 + a * 0.25 * (f - 0.6))", s=small.height, f=facets, a=self.sharp,
        )  # fmt: skip
        bed = g.number("bed", "0.04 + 0.22 * t", t=grit.height)
        pile = g.number("pile", "max(max(l, m), b)", l=top, m=middle, b=bed)
        number = g.number(
            "number", "mix(mix(t, s, step(b, m)), l, step(max(m, b), h))", t=grit.number, s=small.number, b=bed, m=middle,
            l=large.number, h=top,
        )  # fmt: skip
        fines = g.number(
            "fines", "smoothstep(0.06 + 0.3 * a, 0.0 + 0.18 * a, p - 0.1 * (w - 0.5)) * step(0.01, a)", p=pile, w=slow, a=self.dust,
        )  # fmt: skip
        shade = g.add(
            "shade", "color.vary", color=self.color, number=number, hue=0.018 * self.variety, strength=0.8 * self.variety,
            brightness=0.7 * self.variety,
        )  # fmt: skip
        band = g.number(
            "stone_bands",
            "step(0.72, fract(n * 31)) * smoothstep(0.75, 1.0, sin((u * cos(n * 90) + v * sin(n * 90)) * 11 + 3 * f))", n=number,
            f=facets, u=large.x, v=large.y,
        )  # fmt: skip
        stone = g.color(
            "stone", "c * (0.68 + 0.62 * n) * (0.86 + 0.25 * f) * (0.34 + 0.72 * smoothstep(0.05, 0.55, h)) * (1 + 0.55 * b)",
            c=shade, n=speckle, f=facets, h=pile, b=band,
        )  # fmt: skip
        earth = g.color("earth_tone", "e * (0.5 + 0.7 * n) * (0.7 + 0.5 * w)", e=self.earth, n=speckle, w=slow)
        color = g.color("color", "mix(s, e, max(f, 0.25 * a * w))", s=stone, e=earth, f=fines, a=self.dust, w=slow)
        height = g.number(
            "pebbled", "mix(p, 0.1 + 0.16 * a + 0.03 * n, f) + 0.03 * (n - 0.5)", p=pile, f=fines, n=speckle, a=self.dust,
        )  # fmt: skip
        rough = g.number(
            "rough", "mix(0.68 + 0.1 * (n - 0.5) + 0.2 * (f2 - 0.4) + 0.2 * fract(k * 13) - 0.12 * (1 - a), 0.96, f)", n=speckle,
            k=number, f=fines, a=self.sharp, f2=facets,
        )  # fmt: skip
        return Surface(color, height, rough, relief_m=0.035, size_m=0.9)


@family("sand", nodes="ripples dune_grains footfalls")
class Sand:
    """Sand with the ripples of wind or of shallow water, trodden, or strewn with shells."""

    color: Color = field(default=srgb("#bda380"))
    ripples: int = field(default=11, minimum=0, maximum=60)
    height: float = field(default=0.5, minimum=0.0, maximum=1.0)
    grain: float = field(default=0.5, minimum=0.0, maximum=1.0)
    trodden: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="pits of feet")
    shells: float = field(default=0.1, minimum=0.0, maximum=1.0, doc="bits of shell and small stones")
    damp: float = field(default=0.0, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Bent waves, steep in the lee, that fork and die out; heavy grains gather in troughs; pits with soft rims; crumbs."""
        drift = g.add("drift", "noise.layers", across=3, upwards=2, octaves=4, roughness=0.45)
        forks = g.add("forks", "noise.layers", across=6, upwards=9, octaves=3)
        bend = g.number("bend", "1.9 * (d - 0.5) + 0.5 * (f - 0.5)", d=drift, f=forks)
        waves = g.add("ripples", "noise.waves", across=0, upwards=self.ripples, bend=bend)
        lee = g.add("lee", "noise.waves", across=0, upwards=self.ripples, bend=g.number("later", "b + 0.11 * w", b=bend, w=waves))
        grains = g.add("dune_grains", "noise.cells", across=300, upwards=300)
        dust = g.add("dust", "noise.layers", across=90, upwards=90, octaves=4, roughness=0.75)
        feet = g.add("footfalls", "pattern.strewn", count=6, radius=0.75, spread=0.45, length=1.5)
        deep = g.number("deep", "a * h * step(0.25, n)", h=feet.height, n=feet.number, a=self.trodden)
        rim = g.number(
            "rim", "a * smoothstep(0.0, 0.14, h) * smoothstep(0.3, 0.14, h) * step(0.25, n)", h=feet.height, n=feet.number,
            a=self.trodden,
        )  # fmt: skip
        live = g.number("live", "smoothstep(0.2, 0.55, f) * (1 - 0.8 * t)", f=forks, t=self.trodden)
        wave = g.number("wave", "a * pow(l, 1.3) * v", l=lee, v=live, a=self.height)
        bits = g.add("bits", "pattern.strewn", count=48, radius=0.4, spread=0.9, length=1.4, flat=0.5)
        bit = g.number(
            "bit", "smoothstep(0.1, 0.25, h) * step(1 - 0.4 * a, n) * step(0.01, a)", h=bits.height, n=bits.number, a=self.shells,
        )  # fmt: skip
        height = g.number(
            "bed",
            "0.34 + 0.36 * w + 0.14 * (d - 0.5) - 0.4 * p + 0.14 * r + k * (0.06 * (0.5 - g) + 0.1 * (u - 0.5)) + 0.1 * t *"
            " (u - 0.5) + 0.06 * b * (0.5 + h)", w=wave, d=drift, g=grains.near, u=dust, p=deep, r=rim, k=self.grain,
            t=self.trodden, b=bit, h=bits.height,
        )  # fmt: skip
        shade = g.add("shade", "color.vary", color=self.color, number=grains.number, hue=0.012, strength=0.4, brightness=0.45)
        heavy = g.number("heavy", "(1 - l) * v * smoothstep(0.4, 0.7, u) * a", l=lee, v=live, u=dust, a=self.height)
        sand = g.color(
            "sand",
            "mix(b, c, 0.3 + 0.5 * k) * (0.92 + 0.12 * w) * (0.88 + 0.24 * u) * (0.93 + 0.14 * d) * (1 - 0.3 * h) * (1 -"
            " 0.2 * p) * (1 - 0.45 * m)", b=self.color, c=shade, k=self.grain, w=wave, u=dust, d=drift, h=heavy, p=deep,
            m=self.damp,
        )  # fmt: skip
        color = g.color(
            "color", "mix(c, mix(vec(0.66, 0.6, 0.54), vec(0.16, 0.14, 0.13), step(0.86, n)) * (0.7 + 0.5 * u), b)", c=sand, b=bit,
            n=bits.number, u=dust,
        )  # fmt: skip
        rough = g.number("rough", "mix(0.92 + 0.12 * (u - 0.5), 0.5 + 0.2 * u, m) - 0.3 * b", u=dust, m=self.damp, b=bit)
        return Surface(color, height, rough, relief_m=0.03, size_m=1.5)


@family("mud", nodes="mud_plates curl silt ruts puddles")
class Mud:
    """Mud: dried and broken into plates whose rims curl, or wet, churned up, with puddles."""

    color: Color = field(default=srgb("#7d6a55"))
    plates: int = field(default=6, minimum=2, maximum=40)
    dryness: float = field(default=0.8, minimum=0.0, maximum=1.0, doc="0 is wet and whole")
    churned: float = field(default=0.1, minimum=0.0, maximum=1.0, doc="clods and ruts")
    litter: float = field(default=0.2, minimum=0.0, maximum=1.0, doc="small stones and straws")

    def build(self, g: Graph) -> Surface:
        """Cracks at two widths with crumbled edges; rims paler and curled; silt and pores; clods.

        Water stands in the deepest places.
        """
        sway = g.add("sway", "noise.layers", across=5, upwards=5, octaves=6, roughness=0.55)
        turn = g.add("turn", "noise.layers", across=4, upwards=6, octaves=5)
        cells = g.add("mud_plates", "noise.cells", across=self.plates, upwards=self.plates, jitter=0.9)
        small = g.add("small", "noise.cells", across=self.plates * 3, upwards=self.plates * 3, jitter=0.95)
        wide = g.add("wide", "arrange.bend", value=cells.edge, x=sway, y=turn, strength=0.1)
        fine = g.add("fine", "arrange.bend", value=small.edge, x=turn, y=sway, strength=0.06)
        silt = g.add("silt", "noise.layers", across=70, upwards=70, octaves=4, roughness=0.75)
        clods = g.add("ruts", "pattern.strewn", count=16, radius=0.95, spread=0.7, length=1.3, square=0.3)
        lump = g.number("lump", "a * (h + 0.5 * (s - 0.5))", h=clods.height, s=sway, a=self.churned)
        crack = g.number(
            "crack",
            "step(0.02, a) * max(smoothstep(0.065 * a, 0.02 * a, w - 0.03 * (s - 0.4)), 0.6 * smoothstep(0.045 * a, 0.01, f"
            " - 0.03 * (s - 0.4)) * smoothstep(0.45, 0.55, t)) * (1 - c)", w=wide, f=fine, s=silt, t=turn, a=self.dryness,
            c=self.churned,
        )  # fmt: skip
        curl = g.number("curl", "a * pow(smoothstep(0.3, 0.05, w), 1.5) * (1 - c)", w=wide, c=crack, a=self.dryness)
        tilt = g.number("tilt", "a * 0.1 * (fract(n * 9) - 0.5)", n=cells.number, a=self.dryness)
        ground = g.number(
            "ground", "0.46 + 0.2 * (s - 0.5) + t + 0.2 * k + 0.1 * (n - 0.5) - 0.44 * c + 0.5 * l - 0.2 * x", s=sway, t=tilt,
            k=curl, n=silt, c=crack, l=lump, x=self.churned,
        )  # fmt: skip
        level = 0.5 - 0.28 * self.dryness - 0.08
        pool = g.number("puddles", "smoothstep(0.02, -0.01, h - l) * step(d, 0.45)", h=ground, l=level, d=self.dryness)
        straw = g.add("straw", "pattern.strewn", count=13, radius=0.6, spread=0.7, length=6.0, flat=0.6)
        stones = g.add("small_stones", "pattern.strewn", count=30, radius=0.34, spread=0.85, length=1.2)
        is_straw = g.number(
            "is_straw", "step(0.1, h) * step(1 - 0.7 * a, n) * step(0.01, a)", h=straw.height, n=straw.number, a=self.litter,
        )  # fmt: skip
        is_stone = g.number(
            "is_stone", "smoothstep(0.05, 0.2, h) * step(1 - 0.5 * a, n) * step(0.01, a)", h=stones.height, n=stones.number,
            a=self.litter,
        )  # fmt: skip
        height = g.number(
            "plate", "mix(h, l, p) + 0.04 * s + 0.12 * k * q", h=ground, l=level, p=pool, s=is_straw, k=is_stone, q=stones.height,
        )  # fmt: skip
        tone = g.color(
            "tone", "col * (0.76 + 0.42 * n) * (0.78 + 0.44 * s) * (1 + 0.3 * k) * (0.94 + 0.12 * fract(i * 5))", col=self.color,
            n=silt, s=sway, k=curl, i=cells.number,
        )  # fmt: skip
        wet = g.color(
            "wet", "mix(c * (0.36 + 0.2 * h), c, a) * (1 - 0.72 * k) * (1 - 0.35 * p)", c=tone, h=ground, a=self.dryness, k=crack,
            p=pool,
        )  # fmt: skip
        stoned = g.color(
            "stoned", "mix(c, vec(0.21, 0.19, 0.17) * (0.5 + n), s * (1 - p))", c=wet, s=is_stone, n=stones.number, p=pool,
        )  # fmt: skip
        color = g.color(
            "color", "mix(c, vec(0.36, 0.28, 0.15) * (0.5 + 0.7 * n), s * (1 - p))", c=stoned, s=is_straw, n=straw.number, p=pool,
        )  # fmt: skip
        rough = g.number(
            "rough",
            "mix(mix(0.34 + 0.4 * smoothstep(0.3, 0.7, h) + 0.2 * (n - 0.5), 0.9 + 0.12 * (n - 0.5) - 0.1 * k, a), 0.05, p)",
            h=ground, n=silt, k=curl, a=self.dryness, p=pool,
        )  # fmt: skip
        return Surface(color, height, rough, relief_m=0.022 + 0.05 * self.churned, size_m=1.0)


@family("grass", nodes="blades undergrowth clover thatch")
class Grass:
    """A lawn or a meadow from above: blades over blades over earth."""

    color: Color = field(default=srgb("#52702f"))
    dry: float = field(default=0.2, minimum=0.0, maximum=1.0)
    blades: int = field(default=34, minimum=6, maximum=90)
    clover: float = field(default=0.2, minimum=0.0, maximum=1.0)
    flowers: float = field(default=0.0, minimum=0.0, maximum=1.0)
    bare: float = field(default=0.1, minimum=0.0, maximum=1.0, doc="places where earth shows")
    stripes: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="of a mower")
    earth: Color = field(default=srgb("#4a3b2a"))

    def build(self, g: Graph) -> Surface:
        """Three layers of bent blades with pale middles, the lower ones dark; clumps; straw among them.

        Leaves of clover, flowers.
        """
        clumps = g.add("clumps", "noise.layers", across=5, upwards=5, octaves=6, roughness=0.6)
        upper = g.add("blades", "pattern.strewn", count=self.blades, radius=1.0, spread=0.4, length=6.0)
        lower = g.add("undergrowth", "pattern.strewn", count=max(4, self.blades * 4 // 5), radius=1.0, spread=0.3, length=5.0)
        third = g.add("third", "pattern.strewn", count=max(5, self.blades * 6 // 5), radius=1.0, spread=0.4, length=6.0)
        leaf = g.add("clover", "pattern.strewn", count=max(6, self.blades * 2 // 3), radius=0.55, spread=0.4, flat=0.5)
        fine = g.add("thatch", "noise.layers", across=130, upwards=130, octaves=3, roughness=0.75)
        thick = g.number(
            "thick", "smoothstep(0.0, 0.12, c - 0.32 - 0.5 * (a - 0.25) + 0.15 * (f - 0.5)) ", c=clumps, f=fine, a=self.bare,
        )  # fmt: skip
        top = g.number("top", "step(0.05, h) * (0.55 + 0.45 * h) * (0.66 + 0.5 * c) * k", h=upper.height, c=clumps, k=thick)
        mid = g.number("mid", "step(0.05, h) * (0.36 + 0.34 * h) * (0.4 + 0.6 * k)", h=third.height, k=thick)
        low = g.number("low", "step(0.05, h) * (0.16 + 0.26 * h) * (0.3 + 0.7 * k)", h=lower.height, k=thick)
        round_ = g.number(
            "round", "step(0.1, h) * step(1 - 0.8 * a, n) * (0.45 + 0.4 * h) * step(0.45, c) * step(0.01, a)", h=leaf.height,
            n=leaf.number, c=clumps, a=self.clover,
        )  # fmt: skip
        sward = g.number("sward", "max(max(max(t, m), l), r)", t=top, m=mid, l=low, r=round_)
        number = g.number(
            "number",
            "mix(mix(mix(l, m, step(hl, hm)), t, step(max(hm, hl), ht)), k, step(max(max(hm, hl), ht), hk) * step(0.01,"
            " hk))", t=upper.number, m=third.number, l=lower.number, hm=mid, hl=low, ht=top, k=leaf.number, hk=round_,
        )  # fmt: skip
        side = g.number("side", "mix(v, w, step(h, m))", v=upper.y, w=third.y, h=top, m=mid)
        shade = g.add("shade", "color.vary", color=self.color, number=number, hue=0.014, strength=0.3, brightness=0.4)
        straw = g.number(
            "straw", "smoothstep(1.05 - 1.1 * a, 1.15 - 1.1 * a, fract(n * 7.3) + 0.5 * (0.5 - c)) * step(0.01, a)", n=number,
            c=clumps, a=self.dry,
        )  # fmt: skip
        lawn = g.number(
            "lawn", "1 + a * 0.5 * (smoothstep(0.48, 0.52, fract(x * 2)) - smoothstep(0.96, 1.0, fract(x * 2)) - 0.4)",
            a=self.stripes,
        )  # fmt: skip
        blade = g.color(
            "blade",
            "mix(c, vec(0.4, 0.33, 0.17), s) * (0.12 + 1.15 * h * h + 0.35 * h) * (0.72 + 0.55 * k) * (1 + 0.25 *"
            " smoothstep(0.25, 0.0, abs(v))) * m", c=shade, s=straw, h=sward, k=clumps, v=side, m=lawn,
        )  # fmt: skip
        soil = g.color(
            "soil", "mix(e * (0.5 + 0.9 * f), vec(0.25, 0.2, 0.11) * (0.5 + f), 0.4 * d * step(0.55, f))", e=self.earth, f=fine,
            d=self.dry,
        )  # fmt: skip
        petals = g.add("petals", "pattern.strewn", count=20, radius=0.34, spread=0.5, flat=0.7)
        flower = g.number(
            "flower", "step(0.01, a) * step(1 - 0.6 * a, n) * step(0.1, h)", h=petals.height, n=petals.number, a=self.flowers,
        )  # fmt: skip
        heart = g.number("heart", "smoothstep(0.45, 0.4, length(vec(u, v)))", u=petals.x, v=petals.y)
        grown = g.color("grown", "mix(e, c, step(0.06, h))", e=soil, c=blade, h=sward)
        color = g.color(
            "color", "mix(c, mix(mix(vec(0.8, 0.8, 0.76), vec(0.62, 0.46, 0.04), step(0.75, n)), vec(0.55, 0.36, 0.03), h), f)",
            c=grown, f=flower, n=petals.number, h=heart,
        )  # fmt: skip
        height = g.number("cover", "max(s, 0.06 * f) + 0.25 * p * (1 - s)", s=sward, f=fine, p=flower)
        rough = g.number("rough", "mix(0.92, 0.62 + 0.2 * fract(n * 3) + 0.2 * s, step(0.06, h))", n=number, s=straw, h=sward)
        return Surface(color, height, rough, relief_m=0.045, size_m=1.0)


@family("moss", nodes="cushions stars sprouts humus")
class Moss:
    """Cushions or a carpet of moss, with the stars of single shoots, on dark earth."""

    color: Color = field(default=srgb("#6a7a34"))
    cushions: int = field(default=5, minimum=1, maximum=30)
    shoots: int = field(default=56, minimum=8, maximum=160)
    sprouts: float = field(default=0.2, minimum=0.0, maximum=1.0)
    cover: float = field(default=0.85, minimum=0.0, maximum=1.0, doc="how much of the earth is covered")
    dry: float = field(default=0.15, minimum=0.0, maximum=1.0)

    def build(self, g: Graph) -> Surface:
        """Domes that swell over each other; shoots with pale tips and dark hearts; brown old parts; stalks.

        Litter and earth between.
        """
        sway = g.add("sway", "noise.layers", across=5, upwards=5, octaves=6, roughness=0.55)
        domes = g.add("cushions", "pattern.strewn", count=self.cushions, radius=1.0, spread=0.45)
        lobes = g.add("lobes", "noise.cells", across=self.cushions * 4, upwards=self.cushions * 4)
        shoots = g.add("stars", "pattern.strewn", count=self.shoots, radius=0.95, spread=0.4)
        leaves = g.add("leaves", "pattern.strewn", count=self.shoots * 3 // 2, radius=1.0, spread=0.4, length=3.5)
        stalks = g.add("sprouts", "pattern.strewn", count=max(4, self.shoots // 2), radius=0.55, spread=0.5, length=6.0)
        fine = g.add("humus", "noise.layers", across=90, upwards=90, octaves=4, roughness=0.75)
        swell = g.number(
            "swell", "h * 0.75 + 0.25 * clamp(1 - 1.1 * d * d) + 0.45 * (s - 0.5)", h=domes.height, d=lobes.near, s=sway,
        )  # fmt: skip
        grown = g.number("grown", "smoothstep(0.0, 0.1, w - 0.75 * (1 - a) + 0.12 * (f - 0.5))", w=swell, f=fine, a=self.cover)
        tip = g.number("tip", "clamp(0.6 * h + 0.5 * l * step(0.1, l))", h=shoots.height, l=leaves.height)
        stalk = g.number(
            "stalk", "step(0.2, h) * step(1 - 0.5 * a, n) * step(0.01, a) * g", h=stalks.height, n=stalks.number, a=self.sprouts,
            g=grown,
        )  # fmt: skip
        height = g.number(
            "cushion", "mix(0.06 + 0.1 * f, 0.14 + 0.5 * w + 0.26 * t + 0.08 * k, g)", w=swell, t=tip, k=stalk, g=grown, f=fine,
        )  # fmt: skip
        shade = g.add(
            "shade", "color.vary", color=self.color,
            number=g.number("who", "fract(d * 3 + 0.35 * s)", d=domes.number, s=shoots.number), hue=0.022, strength=0.3,
            brightness=0.3,
        )  # fmt: skip
        old = g.number("old", "clamp(a * 1.3 * smoothstep(0.45, 0.8, s + 0.3 * (f - 0.5)) + 0.3 * a)", s=sway, f=fine, a=self.dry)
        green = g.color(
            "green",
            "mix(c, vec(0.26, 0.17, 0.06), 0.75 * o) * (0.16 + 1.15 * t * t + 0.3 * t) * (0.55 + 0.7 * smoothstep(0.0, 0.8,"
            " w))", c=shade, o=old, t=tip, w=swell,
        )  # fmt: skip
        earth = g.color("earth", "vec(0.075, 0.052, 0.034) * (0.5 + 1.1 * f)", f=fine)
        covered = g.add("covered", "color.mix", a=earth, b=green, share=grown)
        color = g.color("color", "mix(c, vec(0.27, 0.1, 0.035) * (0.6 + 0.8 * n), s)", c=covered, s=stalk, n=stalks.number)
        rough = g.number("rough", "mix(0.94, 0.88 - 0.16 * t + 0.1 * o, g)", t=tip, o=old, g=grown)
        return Surface(color, height, rough, relief_m=0.035, size_m=0.5)
