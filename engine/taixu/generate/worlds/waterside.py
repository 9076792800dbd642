"""What belongs to the water: jetties, boats, buoys, the banks and bridges of canals, a beach."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.generate.places.props.bench import Bench
from taixu.generate.places.props.solids import lathe, prism
from taixu.generate.places.props.staging import turned
from taixu.generate.places.water import DRY
from taixu.generate.worlds.earthworks import canal_walls
from taixu.generate.worlds.furnishing import Furnisher
from taixu.generate.worlds.layouts import meet, rectangle

__all__ = ["furnish_beach", "furnish_canal", "furnish_quay"]


def furnish_quay(on: Furnisher, name: str) -> None:
    """Jetties, boats, buoys."""
    to, land = np.array(on.site.shore), on.site.land
    along = np.array([-to[1], to[0]])
    street = on.site.layout.streets[0]
    level = float(np.max(land.water_at(*(np.array(on.site.middle)[:, None] + to[:, None] * np.arange(0, 80, 2.0)))))
    if level < DRY / 2:
        return
    made = 0
    for k in (0, -1, 1, -2, 2):
        foot = np.array(on.site.middle) + along * (k * 22.0)
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
            on.stage.prop("jetty", (float(middle[0]), deck, float(middle[1])), turn=turn)
            on.taken.append(rectangle(float(middle[0]), float(middle[1]), 2.2, 6.0, turn))
        for side, kind, reach in ((-1, "sailboat" if made % 2 == 0 else "rowboat", 11.0),
            (1, "rowboat" if made % 2 == 0 else "sailboat", 14.0), (1, "rowboat", 6.5)):
            spot = foot + to * (start + reach) + along * (side * (2.6 if kind == "sailboat" else 2.0))
            if on.is_wet(float(spot[0]), float(spot[1]), -0.5):
                _launch(on, kind, spot, turn + float(on.random.normal(0, 0.06)), level)
        for kind, u in (("bollard", 0.75), ("lobster_pot", -0.6), ("crate", -0.6)):
            spot = foot + to * (start + 8.0 + 2.6 * u) + along * u
            on.stage.prop(kind, (float(spot[0]), deck, float(spot[1])), turn=turn + u)
        if on.kind.lamp:
            spot = foot + to * (start + 6 * pieces - 0.4) + along * 0.75
            on.stage.prop("lantern", (float(spot[0]), deck, float(spot[1])), turn=turn)
        made += 1
    for k in range(5):
        spot = np.array(on.site.middle) + to * float(on.random.uniform(34, 70)) + along * float(on.random.uniform(-60,
            60))
        if on.is_wet(float(spot[0]), float(spot[1]), -1.0):
            _launch(on, "buoy" if k < 3 else "sailboat", spot, float(on.random.uniform(0, 6)), level)
    if name == "harbour":
        for k in (-1, 1):
            spot = np.array(on.site.middle) + along * (k * 34.0) + to * (street.wide / 2 + 3.2)
            on.put("crane", float(spot[0]), float(spot[1]), float(np.arctan2(to[0], to[1])))


def furnish_canal(on: Furnisher) -> None:
    """Banks, bridges, boats."""
    land, line = on.site.land, on.site.layout.canal
    on.stage.add("canal banks", {
        "transform": {}, "model": {"source": on.stage.write("canal_banks",
            canal_walls(land, on.site.layout, texture_px=on.texture_px))},
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
    source = on.stage.write("bridge", bench.model("bridge", texture_px=on.texture_px))
    n = len(line)
    level = float(land.water_at(line[n // 2 : n // 2 + 1, 0], line[n // 2 : n // 2 + 1, 1])[0])
    for share in (0.34, 0.5, 0.66):
        k = int(share * (n - 1))
        ahead = line[min(k + 1, n - 1)] - line[max(k - 1, 0)]
        across = float(np.arctan2(ahead[0], ahead[1])) + np.pi
        x, z = (float(value) for value in line[k])
        on.stage.add("bridge", {
            "transform": {"position": [x, level + 1.1, z], "rotation": turned(across)}, "model": {"source": source},
            "collider": {"shape": "mesh"},
        })  # fmt: skip
        on.taken.append(rectangle(x, z, 16.0, 4.4, across))
    for share, side in ((0.38, -1.6), (0.45, 1.4), (0.57, -1.2), (0.72, 1.5), (0.28, 1.2)):
        k = int(share * (n - 1))
        ahead = line[min(k + 1, n - 1)] - line[max(k - 1, 0)]
        ahead = ahead / max(float(np.hypot(*ahead)), 1e-6)
        spot = line[k] + np.array([-ahead[1], ahead[0]]) * side
        _launch(on, "sampan", spot, float(np.arctan2(ahead[0], ahead[1])), level)


def furnish_beach(on: Furnisher) -> None:
    """Parasols and loungers along the water."""
    to, land = np.array(on.site.shore), on.site.land
    along = np.array([-to[1], to[0]])
    for k in range(-7, 8):
        foot = np.array(on.site.middle) + along * (k * 5.5)
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
        turn = float(np.arctan2(to[0], to[1])) + float(on.random.normal(0, 0.15))
        on.put("parasol", float(spot[0]), float(spot[1]), turn)
        for side in (-1, 1):
            seat = spot + along * side * 1.1 + to * 1.4
            on.put("sun_lounger", float(seat[0]), float(seat[1]), turn, check=False)


def _launch(on: Furnisher, kind: str, spot: Any, turn: float, level: float) -> None:
    """Let a boat swim."""
    x, z = (float(value) for value in spot)
    wide, deep = on.size(kind)
    plan = rectangle(x, z, wide, deep, turn)
    if any(meet(plan, other, margin=0.2) for other in on.taken) or max(abs(x), abs(z)) > on.site.land.spec.size_m / 2 - 6:
        return
    draught = {"sailboat": 0.55, "buoy": 0.25}.get(kind, 0.2)
    on.stage.prop(kind, (x, level - draught, z), turn=turn)
    on.taken.append(plan)
