"""Things in a settlement: houses on their lots, lamps and props along streets, what belongs to the water, walls, fields."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.props.bench import Bench
from taixu.generate.places.props.catalogue import PROPS, PropSpec, bounds_of, prop_model
from taixu.generate.places.props.solids import box, lathe, prism
from taixu.generate.places.props.staging import Stage, turned
from taixu.generate.places.rocks import RockSpec, rock_hull, rock_model
from taixu.generate.places.water import DRY
from taixu.generate.worlds.houses import build_house
from taixu.generate.worlds.kinds import Kind
from taixu.generate.worlds.layouts import Street, distance_to_line, meet, rectangle
from taixu.generate.worlds.sites import Site
from taixu.generate.worlds.streets import canal_walls, field_model, street_model

__all__ = ["Furnisher"]

Array = NDArray[Any]


class Furnisher:
    """Puts things where there is room.

    Attributes
    ----------
    taken
        Plans of what stands already, float64[4, 2] each.
    """

    def __init__(self, stage: Stage, site: Site, kind: Kind, seed: int, *, lit: bool, texture_px: int, rocks: float = 1.0) -> None:
        self.wanted_rocks = round(kind.rocks * rocks)
        self.stage, self.site, self.kind, self.lit, self.texture_px = stage, site, kind, lit, texture_px
        self.random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFFFFFFFFFF, 211]))
        self.taken: list[Array] = [lot.corners for lot in site.layout.lots]
        self._sizes: dict[str, tuple[float, float]] = {}

    def all(self, name: str) -> None:
        """Everything."""
        self.houses()
        self.streets(name)
        layout = self.kind.layout
        if layout == "quay":
            self.quay(name)
        elif layout == "canal":
            self.canal()
        elif layout == "walled":
            self.wall()
        elif layout == "farm":
            self.fields()
        elif layout == "beach":
            self.beach()
        self.square()
        self.lamps()
        self.beside()
        self.yards()
        self.rocks()

    def ground(self, x: float, z: float) -> float:
        """Height of the ground at a place."""
        return float(self.site.land.height_at(np.array([x], np.float32), np.array([z], np.float32))[0])

    def is_wet(self, x: float, z: float, margin: float = 0.15) -> bool:
        """Whether water stands there."""
        return float(self.site.land.water_at(np.array([x]), np.array([z]))[0]) > self.ground(x, z) - margin

    def put(self, kind: str, x: float, z: float, turn: float, *, lift: float = 0.0, on_street: bool = False, variants: int = 1,
        check: bool = True) -> bool:
        """Stand a prop somewhere, if there is room; whether there was."""
        size = self.site.land.spec.size_m / 2 - 4
        if max(abs(x), abs(z)) > size or (check and self.is_wet(x, z)):
            return False
        wide, deep = self._size(kind)
        plan = rectangle(x, z, wide, deep, turn)
        if check and any(meet(plan, other, margin=0.12) for other in self.taken if abs(other[:, 0].mean() - x) < 26
            and abs(other[:, 1].mean() - z) < 26):
            return False
        if check and not on_street:
            for street in self.site.layout.streets:
                if float(distance_to_line(plan, street.line).min()) < street.wide / 2 - 0.25:
                    return False
        if check and len(self.site.layout.canal) and float(distance_to_line(plan, self.site.layout.canal).min()) < 5.2:
            return False
        spots = np.concatenate([plan, [[x, z]]])
        heights = self.site.land.height_at(spots[:, 0].astype(np.float32), spots[:, 1].astype(np.float32))
        if check and float(heights.max() - heights.min()) > 0.9:
            return False
        # Of what stands on a slope, the lower edge would hang in the air: it stands on the lowest of its corners, a little sunk.
        low = float(heights.min()) if max(wide, deep) > 0.5 else float(heights[-1])
        y = low + 0.25 * float(heights.max() - low) + lift
        self.stage.prop(kind, (x, y, z), turn=turn, variant=int(self.random.integers(variants)))
        self.taken.append(plan)
        return True

    def houses(self) -> None:
        """Houses on their lots: few forms, shared by many."""
        made: dict[tuple[str, int], tuple[str, Any]] = {}
        for lot, level in zip(self.site.layout.lots, self.site.levels, strict=True):
            key = (lot.style, lot.seed)
            if key not in made:
                house = build_house(lot.style, lot.seed, lit=self.lit)
                made[key] = (self.stage.write(f"house_{len(made) + 1}", house.bench.model(lot.style, texture_px=self.texture_px)),
                    house)
            source, house = made[key]
            size, middle = [house.wide, house.high + 1.6, house.deep], [0.0, (house.high - 1.6) / 2, 0.0]
            self.stage.add(lot.style, {
                "transform": {"position": [lot.x, level, lot.z], "rotation": turned(lot.turn)}, "model": {"source": source},
                "collider": {"shape": "box", "size": size, "offset": middle},
            })  # fmt: skip

    def streets(self, name: str) -> None:
        """What is paved."""
        surface = self.kind.street
        if surface in ("", "dirt"):
            return
        model = street_model(self.site.land, self.site.layout, surface, pavement=surface == "asphalt", texture_px=self.texture_px)
        self.stage.add("streets", {
            "transform": {}, "model": {"source": self.stage.write("streets", model), "cast_shadow": False},
            "collider": {"shape": "mesh", "friction": 0.8},
        })  # fmt: skip

    def lamps(self) -> None:
        """Lamps at the edges of streets, from side to side."""
        if not self.kind.lamp:
            return
        for number, street in enumerate(self.site.layout.streets):
            for k, (x, z, ahead) in enumerate(_along(street, self.kind.lamp_m, self.kind.lamp_m * 0.4)):
                sign = 1 if (k + number) % 2 else -1
                out = np.array([-ahead[1], ahead[0]]) * sign
                away = street.wide / 2 + (0.5 if self.kind.street != "asphalt" else 0.4)
                px, pz = x + float(out[0]) * away, z + float(out[1]) * away
                if self._on_a_street(px, pz, but=street):
                    continue
                self.put(self.kind.lamp, px, pz, float(np.arctan2(-out[0], -out[1])))

    def beside(self) -> None:
        """Things along streets."""
        kinds = self.kind.beside
        if not kinds:
            return
        for street in self.site.layout.streets:
            for x, z, ahead in _along(street, 5.5, 3.0):
                if self.random.uniform() < 0.35:
                    continue
                kind = kinds[int(self.random.integers(len(kinds)))]
                sign = 1 if self.random.uniform() < 0.5 else -1
                out = np.array([-ahead[1], ahead[0]]) * sign
                wide, deep = self._size(kind)
                is_car = kind == "car"
                away = street.wide / 2 + (deep / 2 + 0.35 if not is_car else -wide / 2 - 0.1)
                turn = float(np.arctan2(-out[0], -out[1])) + (np.pi / 2 if is_car else float(self.random.normal(0, 0.08)))
                px, pz = x + float(out[0]) * away, z + float(out[1]) * away
                if not self._on_a_street(px, pz, but=street):
                    self.put(kind, px, pz, turn, on_street=is_car, variants=3 if kind in ("car", "container") else 1)

    def square(self) -> None:
        """The middle of the square, then things around it."""
        x, z, radius = self.site.layout.square
        kinds = [kind for kind in self.kind.square if kind in PROPS]
        if not kinds:
            return
        self.put(kinds[0], x, z, float(np.arctan2(self.site.shore[0], self.site.shore[1])), on_street=True)
        for k, kind in enumerate(kinds[1:]):
            for attempt in range(10):
                angle = (k + 0.35) * 2 * np.pi / max(len(kinds) - 1, 1) + attempt * 0.37
                away = radius * (0.72 if attempt < 5 else 0.9)
                px, pz = x + away * float(np.cos(angle)), z + away * float(np.sin(angle))
                if self._on_a_street(px, pz) and attempt < 7:
                    continue
                if self.put(kind, px, pz, float(np.arctan2(x - px, z - pz)), on_street=True, variants=2 if kind == "container"
                    else 1):
                    break

    def yards(self) -> None:
        """Beside and before houses."""
        for lot in self.site.layout.lots:
            for _ in range(int(self.random.integers(1, 4))):
                kind = self.kind.yard[int(self.random.integers(len(self.kind.yard)))]
                wide, deep = self._size(kind)
                side = int(self.random.integers(3))
                if side == 0:
                    u, v, turn = float(self.random.choice([-1, 1])) * lot.wide * 0.32, lot.deep / 2 + deep / 2 + 0.25, 0.0
                else:
                    sign = 1 if side == 1 else -1
                    u, v = sign * (lot.wide / 2 + (wide if kind == "car" else deep) / 2 + 0.4), float(self.random.uniform(-0.3,
                        0.4)) * lot.deep
                    turn = 0.0 if kind == "car" else sign * np.pi / 2
                c, s = np.cos(lot.turn), np.sin(lot.turn)
                self.put(kind, lot.x + u * float(c) + v * float(s), lot.z - u * float(s) + v * float(c),
                    lot.turn + turn + float(self.random.normal(0, 0.06)),
                         variants=3 if kind in ("car", "container") else 1)  # fmt: skip

    def rocks(self) -> None:
        """Large stones outside, most of them at the water's edge where there is some."""
        if not self.wanted_rocks:
            return
        forms = [("boulder", 1.6), ("boulder", 2.6), ("slab", 2.2), ("cliff", 2.4)]
        sources = []
        for k, (form, size) in enumerate(forms):
            spec = RockSpec(form, self.kind.stone, size, texture_px=self.texture_px, moss=0.3 if self.kind.stone == "grey" else 0.0)
            sources.append((self.stage.write(f"rock_{k + 1}", rock_model(spec, 40 + k)), rock_hull(spec, 40 + k), form))
        land, placed = self.site.land, 0
        x0, z0 = self.site.middle
        for _ in range(self.wanted_rocks * 14):
            if placed >= self.wanted_rocks:
                break
            angle, away = float(self.random.uniform(0, 2 * np.pi)), float(self.random.uniform(25, 120))
            x, z = x0 + away * float(np.cos(angle)), z0 + away * float(np.sin(angle))
            pick = int(self.random.integers(len(sources)))
            scale, turn = float(self.random.uniform(0.6, 1.6)), float(self.random.uniform(0, 6.28))
            if max(abs(x), abs(z)) > land.spec.size_m / 2 - 8:
                continue
            above = self.ground(x, z) - float(land.water_at(np.array([x]), np.array([z]))[0])
            at_shore = -1.6 < above < 0.9
            inside = float(self.site.calm[self._cell(z), self._cell(x)]) > 0.35
            if (land.sea_m is not None and not at_shore and self.random.uniform() < 0.85) or (inside and not at_shore):
                continue
            plan = rectangle(x, z, 3.4 * scale, 3.4 * scale, turn)
            if any(meet(plan, other, margin=0.6) for other in self.taken) or self._on_a_street(x, z, margin=3.5):
                continue
            source, hull, form = sources[pick]
            sink = 0.12 * scale * (1 + 2.0 * self._slope(x, z))
            self.stage.add(form, {
                "transform": {"position": [x, self.ground(x, z) - sink, z], "rotation": turned(turn), "scale": [scale] * 3},
                "model": {"source": source}, "collider": {"shape": "hull", "data": {"points": hull}} if form != "cliff"
                else {"shape": "mesh"},
            })  # fmt: skip
            self.taken.append(plan)
            placed += 1

    def quay(self, name: str) -> None:
        """Jetties, boats, buoys."""
        to, land = np.array(self.site.shore), self.site.land
        along = np.array([-to[1], to[0]])
        street = self.site.layout.streets[0]
        level = float(np.max(land.water_at(*(np.array(self.site.middle)[:, None] + to[:, None] * np.arange(0, 80, 2.0)))))
        if level < DRY / 2:
            return
        made = 0
        for k in (0, -1, 1, -2, 2):
            foot = np.array(self.site.middle) + along * (k * 22.0)
            t = np.arange(0, 60, 0.5)
            spots = foot + to * t[:, None]
            wet = land.water_at(spots[:, 0], spots[:, 1]) > land.height_at(spots[:, 0].astype(np.float32),
                spots[:, 1].astype(np.float32)) + 0.1
            if not wet.any() or made >= 3:
                continue
            first = float(t[int(np.argmax(wet))])
            deck, turn = level + 0.85, float(np.arctan2(to[0], to[1]))
            start = max(first - 5.0, street.wide / 2 + 3.2)
            pieces = 3 if name != "harbour" else 4
            for piece in range(pieces):
                middle = foot + to * (start + 3.0 + 6.0 * piece)
                self.stage.prop("jetty", (float(middle[0]), deck, float(middle[1])), turn=turn)
                self.taken.append(rectangle(float(middle[0]), float(middle[1]), 2.2, 6.0, turn))
            for side, kind, reach in ((-1, "sailboat" if made % 2 == 0 else "rowboat", 11.0),
                (1, "rowboat" if made % 2 == 0 else "sailboat", 14.0), (1, "rowboat", 6.5)):
                spot = foot + to * (start + reach) + along * (side * (2.6 if kind == "sailboat" else 2.0))
                if self.is_wet(float(spot[0]), float(spot[1]), -0.5):
                    self.launch(kind, spot, turn + float(self.random.normal(0, 0.06)), level)
            for kind, u in (("bollard", 0.75), ("lobster_pot", -0.6), ("crate", -0.6)):
                spot = foot + to * (start + 8.0 + 2.6 * u) + along * u
                self.stage.prop(kind, (float(spot[0]), deck, float(spot[1])), turn=turn + u)
            if self.kind.lamp:
                spot = foot + to * (start + 6 * pieces - 0.4) + along * 0.75
                self.stage.prop("lantern", (float(spot[0]), deck, float(spot[1])), turn=turn)
            made += 1
        for k in range(5):
            spot = np.array(self.site.middle) + to * float(self.random.uniform(34, 70)) + along * float(self.random.uniform(-60,
                60))
            if self.is_wet(float(spot[0]), float(spot[1]), -1.0):
                self.launch("buoy" if k < 3 else "sailboat", spot, float(self.random.uniform(0, 6)), level)
        if name == "harbour":
            for k in (-1, 1):
                spot = np.array(self.site.middle) + along * (k * 34.0) + to * (street.wide / 2 + 3.2)
                self.put("crane", float(spot[0]), float(spot[1]), float(np.arctan2(to[0], to[1])))

    def launch(self, kind: str, spot: Any, turn: float, level: float) -> None:
        """Let a boat swim."""
        x, z = (float(value) for value in spot)
        wide, deep = self._size(kind)
        plan = rectangle(x, z, wide, deep, turn)
        if any(meet(plan, other, margin=0.2) for other in self.taken) or max(abs(x), abs(z)) > self.site.land.spec.size_m / 2 - 6:
            return
        draught = {"sailboat": 0.55, "buoy": 0.25}.get(kind, 0.2)
        self.stage.prop(kind, (x, level - draught, z), turn=turn)
        self.taken.append(plan)

    def canal(self) -> None:
        """Banks, bridges, boats."""
        land, line = self.site.land, self.site.layout.canal
        self.stage.add("canal banks", {
            "transform": {}, "model": {"source": self.stage.write("canal_banks",
                canal_walls(land, self.site.layout, texture_px=self.texture_px))},
            "collider": {"shape": "mesh"},
        })  # fmt: skip
        bench = Bench(5)
        t = np.linspace(-1, 1, 17)
        top = [(7.6 * float(u), 0.28 + 1.75 * float(np.cos(u * np.pi / 2)) ** 1.0) for u in t]
        arch = [(4.2 * float(u), -1.3 + 2.6 * float(np.sqrt(max(1 - u * u, 0)))) for u in t]
        bench.add("masonry", prism([*top[::-1], (-7.6, -1.4), *arch, (7.6, -1.4)], 3.4))
        for z in (-1.6, 1.6):
            rail = [(x, y + 0.75) for x, y in top]
            bench.add("pale stone", prism([*rail[::-1], *[(x, y - 0.05) for x, y in top]], 0.24).moved(z=z))
            for u in (-1.0, -0.5, 0.0, 0.5, 1.0):
                y = 0.28 + 1.75 * float(np.cos(u * np.pi / 2))
                bench.add("pale stone", lathe([(0.17, y - 0.1), (0.17, y + 0.95), (0.21, y + 1.0), (0.1, y + 1.15)],
                    sides=8).moved(7.5 * u, 0, z))
        source = self.stage.write("bridge", bench.model("bridge", texture_px=self.texture_px))
        n = len(line)
        level = float(land.water_at(line[n // 2 : n // 2 + 1, 0], line[n // 2 : n // 2 + 1, 1])[0])
        for share in (0.34, 0.5, 0.66):
            k = int(share * (n - 1))
            ahead = line[min(k + 1, n - 1)] - line[max(k - 1, 0)]
            across = float(np.arctan2(ahead[0], ahead[1])) + np.pi
            x, z = (float(value) for value in line[k])
            self.stage.add("bridge", {
                "transform": {"position": [x, level + 1.1, z], "rotation": turned(across)}, "model": {"source": source},
                "collider": {"shape": "mesh"},
            })  # fmt: skip
            self.taken.append(rectangle(x, z, 16.0, 4.4, across))
        for share, side in ((0.38, -1.6), (0.45, 1.4), (0.57, -1.2), (0.72, 1.5), (0.28, 1.2)):
            k = int(share * (n - 1))
            ahead = line[min(k + 1, n - 1)] - line[max(k - 1, 0)]
            ahead = ahead / max(float(np.hypot(*ahead)), 1e-6)
            spot = line[k] + np.array([-ahead[1], ahead[0]]) * side
            self.launch("sampan", spot, float(np.arctan2(ahead[0], ahead[1])), level)

    def wall(self) -> None:
        """A wall with towers around the town, a gate where the street leaves, a keep."""
        layout = self.site.layout
        x0, z0 = layout.square[:2]
        radius, count = layout.wall_m, 24
        street = layout.streets[0].line
        gate = float(np.arctan2(street[-1][1] - z0, street[-1][0] - x0))
        wall, tower, house = Bench(1), Bench(2), Bench(3)
        long = 2 * radius * float(np.sin(np.pi / count)) + 0.6
        wall.block("castle wall", long, 8.2, 1.4, (0, -3.0, 0), bevel=0.02)
        for k in range(int(long / 1.6)):
            wall.block("castle wall", 0.85, 0.8, 0.5, (-long / 2 + 0.8 + 1.6 * k, 5.2, 0.45), bevel=0.02)
        tower.add("castle wall", lathe([(2.7, -3.0), (2.5, 0.5), (2.4, 7.4), (2.8, 7.8), (2.8, 8.8), (2.3, 8.8), (2.3, 8.0),
            (0, 8.0)], sides=16))
        tower.add("roof tiles", lathe([(3.2, 8.7), (1.5, 11.0), (0, 13.6)], sides=16))
        for s in (-1, 1):
            house.block("castle wall", 2.6, 11.2, 3.6, (s * 4.2, -2.5, 0), bevel=0.03)
            for k in range(3):
                house.block("castle wall", 0.7, 0.8, 0.7, (s * 4.2 - 0.95 + 0.95 * k, 8.7, 1.4), bevel=0.02)
        house.add("castle wall", prism([(-3.2, 4.6), (-3.2, 8.2), (3.2, 8.2), (3.2, 4.6),
            *[(2.9 * float(np.cos(a)), 4.0 + 1.3 * float(np.sin(a))) for a in np.linspace(0, np.pi, 11)]], 3.0))
        house.block("castle wall", 6.4, 0.5, 3.0, (0, 8.0, 0))
        for k in range(5):
            house.block("iron", 0.1, 1.4, 0.1, (-1.8 + 0.9 * k, 3.9, 0), bevel=0.0)
        sources = {name: self.stage.write(name, bench.model(name, texture_px=self.texture_px)) for name,
            bench in (("wall", wall), ("tower", tower), ("gatehouse", house))}
        for k in range(count):
            angle = gate + (k + 0.5) * 2 * np.pi / count
            for name, at, r in (("wall", angle, radius * float(np.cos(np.pi / count))),
                ("tower", gate + k * 2 * np.pi / count, radius)):
                if name == "tower" and (k % 3 or k == 0):
                    continue
                x, z = x0 + r * float(np.cos(at)), z0 + r * float(np.sin(at))
                if max(abs(x), abs(z)) > self.site.land.spec.size_m / 2 - 3:
                    continue
                if name == "wall" and k in (0, count - 1):
                    continue
                out = float(np.arctan2(np.cos(at), np.sin(at)))
                spots = rectangle(x, z, long if name == "wall" else 5.0, 1.4, out)
                low = float(self.site.land.height_at(spots[:, 0].astype(np.float32), spots[:, 1].astype(np.float32)).min())
                self.stage.add(name, {
                    "transform": {"position": [x, low, z], "rotation": turned(out)}, "model": {"source": sources[name]},
                    "collider": {"shape": "mesh"},
                })  # fmt: skip
                self.taken.append(spots)
        # The two pieces beside the gate are shorter: filled up by the gatehouse's own walls.
        x, z = x0 + radius * float(np.cos(gate)), z0 + radius * float(np.sin(gate))
        out = float(np.arctan2(np.cos(gate), np.sin(gate)))
        low = self.ground(x, z)
        self.stage.add("gatehouse", {
            "transform": {"position": [x, low, z], "rotation": turned(out)}, "model": {"source": sources["gatehouse"]},
            "collider": {"shape": "mesh"},
        })  # fmt: skip
        side = np.array([np.cos(gate), np.sin(gate)])
        across = np.array([-side[1], side[0]])
        short = Bench(4)
        rest = 2 * radius * float(np.sin(np.pi / count)) - 4.6
        short.block("castle wall", rest + 1.2, 8.2, 1.4, (0, -3.0, 0), bevel=0.02)
        source = self.stage.write("wall_short", short.model("wall_short", texture_px=self.texture_px))
        for sign in (-1, 1):
            spot = np.array([x, z]) + across * sign * (5.0 + rest / 2) - side * 0.9
            lean = out + sign * 0.08
            self.stage.add("wall", {
                "transform": {"position": [float(spot[0]), low, float(spot[1])], "rotation": turned(lean)},
                "model": {"source": source},
                "collider": {"shape": "mesh"},
            })  # fmt: skip
        self._keep(x0, z0)

    def _keep(self, x0: float, z0: float) -> None:
        keep = Bench(6)
        keep.block("castle wall", 10.0, 19.0, 10.0, (0, -3.0, 0), bevel=0.05)
        for s in (-1, 1):
            for k in range(6):
                keep.block("castle wall", 0.9, 0.9, 0.6, (-4.2 + 1.68 * k, 16.0, s * 4.7), bevel=0.02)
                keep.block("castle wall", 0.6, 0.9, 0.9, (s * 4.7, 16.0, -4.2 + 1.68 * k), bevel=0.02)
            for t in (-1, 1):
                keep.add("castle wall", lathe([(1.8, -3.0), (1.7, 17.6), (2.0, 18.0), (2.0, 18.8), (0, 18.8)],
                    sides=12).moved(s * 5.0, 0, t * 5.0))
                keep.add("roof tiles", lathe([(2.3, 18.7), (0.0, 23.0)], sides=12).moved(s * 5.0, 0, t * 5.0))
        for y in (4.0, 8.0, 12.0):
            for turn in range(4):
                for x in (-2.0, 2.0):
                    keep.add("window light" if self.lit else "black",
                        box(0.5, 1.5, 0.06, bevel=0).moved(x, y, 5.02).turned(y=turn * np.pi / 2))
        keep.add("dark wood", box(2.0, 3.0, 0.14, bevel=0.02).moved(0, 1.5, 5.05))
        for k in range(40):
            angle, away = 1.1 + 2.39996 * k, 20.0 + 0.9 * k
            x, z = x0 + away * float(np.cos(angle)), z0 + away * float(np.sin(angle))
            plan = rectangle(x, z, 14.5, 14.5, 0.0)
            if self._on_a_street(x, z, margin=8.5) or any(meet(plan, other, margin=0.4) for other in self.taken):
                continue
            low = float(self.site.land.height_at(plan[:, 0].astype(np.float32), plan[:, 1].astype(np.float32)).min())
            self.stage.add("keep", {
                "transform": {"position": [x, low, z], "rotation": turned(0.0)},
                "model": {"source": self.stage.write("keep", keep.model("keep", texture_px=self.texture_px))},
                "collider": {"shape": "box", "size": [12.0, 21.0, 12.0], "offset": [0, 7.5, 0]},
            })  # fmt: skip
            self.taken.append(plan)
            return

    def fields(self) -> None:
        """Fields along the far side of the road, with fences."""
        to = np.array(self.site.shore)
        along = np.array([-to[1], to[0]])
        turn = float(np.arctan2(to[0], to[1]))
        made = 0
        for k, row in ((0, 0), (1, 0), (-1, 0), (2, 0), (-2, 0), (0, 1), (1, 1), (-1, 1)):
            middle = np.array(self.site.middle) + along * (k * 44.0 + 4) + to * (31.0 + 36.0 * row)
            wide, deep = 38.0, 30.0
            plan = rectangle(float(middle[0]), float(middle[1]), wide + 2, deep + 2, turn)
            if float(np.abs(plan).max()) > self.site.land.spec.size_m / 2 - 6 or any(meet(plan, other) for other in self.taken):
                continue
            if float(min(distance_to_line(np.concatenate([plan, middle[None]]), street.line).min()
                for street in self.site.layout.streets)) < 5.5:
                continue
            if any(self.is_wet(float(p[0]), float(p[1])) for p in plan):
                continue
            surface = "crop" if (made + row) % 2 == 0 else "crop green"
            model = field_model(self.site.land, (float(middle[0]), float(middle[1])), turn, (wide, deep), surface,
                texture_px=self.texture_px)
            self.stage.add("field", {"transform": {}, "model": {"source": self.stage.write(f"field_{made + 1}", model),
                "cast_shadow": False}})
            made += 1
            for u in np.arange(-wide / 2, wide / 2, 2.0):
                spot = middle - to * (deep / 2 + 1.4) + along * float(u + 1.0)
                self.put("fence", float(spot[0]), float(spot[1]), turn)
            self.taken.append(plan)
            self.put("scarecrow", float(middle[0]), float(middle[1]), turn + np.pi, check=False)

    def beach(self) -> None:
        """Parasols and loungers along the water."""
        to, land = np.array(self.site.shore), self.site.land
        along = np.array([-to[1], to[0]])
        for k in range(-7, 8):
            foot = np.array(self.site.middle) + along * (k * 5.5)
            t = np.arange(0, 70, 0.5)
            spots = foot + to * t[:, None]
            above = land.height_at(spots[:, 0].astype(np.float32), spots[:, 1].astype(np.float32)) - land.water_at(spots[:, 0],
                spots[:, 1])
            wet = above < 0.25
            if not wet.any():
                continue
            reach = float(t[int(np.argmax(wet))]) - 5.0
            if reach < 4:
                continue
            spot = foot + to * reach
            turn = float(np.arctan2(to[0], to[1])) + float(self.random.normal(0, 0.15))
            self.put("parasol", float(spot[0]), float(spot[1]), turn)
            for side in (-1, 1):
                seat = spot + along * side * 1.1 + to * 1.4
                self.put("sun_lounger", float(seat[0]), float(seat[1]), turn, check=False)

    def _size(self, kind: str) -> tuple[float, float]:
        if kind not in self._sizes:
            low, high = bounds_of(prop_model(PropSpec(kind, texture_px=32), 0)[0])
            self._sizes[kind] = (2 * float(max(-low[0], high[0])), 2 * float(max(-low[2], high[2])))
        return self._sizes[kind]

    def _on_a_street(self, x: float, z: float, *, but: Street | None = None, margin: float = 0.2) -> bool:
        spot = np.array([[x, z]])
        return any(street is not but and float(distance_to_line(spot, street.line)[0]) < street.wide / 2 + margin
            for street in self.site.layout.streets)

    def _cell(self, value: float) -> int:
        n = len(self.site.calm)
        return int(np.clip(round((value / self.site.land.spec.size_m + 0.5) * (n - 1)), 0, n - 1))

    def _slope(self, x: float, z: float) -> float:
        return float(np.hypot(self.ground(x + 0.7, z) - self.ground(x - 0.7, z),
            self.ground(x, z + 0.7) - self.ground(x, z - 0.7))) / 1.4


def _along(street: Street, step: float, first: float) -> list[tuple[float, float, Array]]:
    """Places along a street, with its direction there."""
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(street.line, axis=0).T))])
    found = []
    for at in np.arange(first, float(lengths[-1]) - 1.0, step):
        x, z = (float(np.interp(at, lengths, street.line[:, axis])) for axis in (0, 1))
        ahead = np.array([np.interp(at + 0.8, lengths, street.line[:, axis]) - np.interp(at - 0.8, lengths, street.line[:, axis])
            for axis in (0, 1)])
        found.append((x, z, ahead / max(float(np.hypot(*ahead)), 1e-6)))
    return found
