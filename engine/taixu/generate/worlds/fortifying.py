"""A wall with towers around a town, a gate where the street leaves, a keep."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.props.bench import Bench
from taixu.generate.places.props.solids import box, lathe, prism
from taixu.generate.places.props.staging import turned
from taixu.generate.worlds.furnishing import Furnisher
from taixu.generate.worlds.layouts import meet, rectangle

__all__ = ["put_walls"]


def put_walls(on: Furnisher) -> None:
    """A wall with towers around the town, a gate where the street leaves, a keep."""
    layout = on.site.layout
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
    sources = {name: on.stage.write(name, bench.model(name, texture_px=on.texture_px)) for name,
        bench in (("wall", wall), ("tower", tower), ("gatehouse", house))}
    for k in range(count):
        angle = gate + (k + 0.5) * 2 * np.pi / count
        for name, at, r in (("wall", angle, radius * float(np.cos(np.pi / count))),
            ("tower", gate + k * 2 * np.pi / count, radius)):
            if name == "tower" and (k % 3 or k == 0):
                continue
            x, z = x0 + r * float(np.cos(at)), z0 + r * float(np.sin(at))
            if max(abs(x), abs(z)) > on.site.land.spec.size_m / 2 - 3:
                continue
            if name == "wall" and k in (0, count - 1):
                continue
            out = float(np.arctan2(np.cos(at), np.sin(at)))
            spots = rectangle(x, z, long if name == "wall" else 5.0, 1.4, out)
            low = float(on.site.land.height_at(spots[:, 0].astype(np.float32), spots[:, 1].astype(np.float32)).min())
            on.stage.add(name, {
                "transform": {"position": [x, low, z], "rotation": turned(out)}, "model": {"source": sources[name]},
                "collider": {"shape": "mesh"},
            })  # fmt: skip
            on.taken.append(spots)
    # The two pieces beside the gate are shorter: filled up by the gatehouse's own walls.
    x, z = x0 + radius * float(np.cos(gate)), z0 + radius * float(np.sin(gate))
    out = float(np.arctan2(np.cos(gate), np.sin(gate)))
    low = on.ground(x, z)
    on.stage.add("gatehouse", {
        "transform": {"position": [x, low, z], "rotation": turned(out)}, "model": {"source": sources["gatehouse"]},
        "collider": {"shape": "mesh"},
    })  # fmt: skip
    side = np.array([np.cos(gate), np.sin(gate)])
    across = np.array([-side[1], side[0]])
    short = Bench(4)
    rest = 2 * radius * float(np.sin(np.pi / count)) - 4.6
    short.block("castle wall", rest + 1.2, 8.2, 1.4, (0, -3.0, 0), bevel=0.02)
    source = on.stage.write("wall_short", short.model("wall_short", texture_px=on.texture_px))
    for sign in (-1, 1):
        spot = np.array([x, z]) + across * sign * (5.0 + rest / 2) - side * 0.9
        lean = out + sign * 0.08
        on.stage.add("wall", {
            "transform": {"position": [float(spot[0]), low, float(spot[1])], "rotation": turned(lean)},
            "model": {"source": source},
            "collider": {"shape": "mesh"},
        })  # fmt: skip
    _keep(on, x0, z0)


def _keep(on: Furnisher, x0: float, z0: float) -> None:
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
                keep.add("window light" if on.lit else "black",
                    box(0.5, 1.5, 0.06, bevel=0).moved(x, y, 5.02).turned(y=turn * np.pi / 2))
    keep.add("dark wood", box(2.0, 3.0, 0.14, bevel=0.02).moved(0, 1.5, 5.05))
    for k in range(40):
        angle, away = 1.1 + 2.39996 * k, 20.0 + 0.9 * k
        x, z = x0 + away * float(np.cos(angle)), z0 + away * float(np.sin(angle))
        plan = rectangle(x, z, 14.5, 14.5, 0.0)
        if on.on_a_street(x, z, margin=8.5) or any(meet(plan, other, margin=0.4) for other in on.taken):
            continue
        low = float(on.site.land.height_at(plan[:, 0].astype(np.float32), plan[:, 1].astype(np.float32)).min())
        on.stage.add("keep", {
            "transform": {"position": [x, low, z], "rotation": turned(0.0)},
            "model": {"source": on.stage.write("keep", keep.model("keep", texture_px=on.texture_px))},
            "collider": {"shape": "box", "size": [12.0, 21.0, 12.0], "offset": [0, 7.5, 0]},
        })  # fmt: skip
        on.taken.append(plan)
        return
