"""Large stones around a settlement, most of them at the water's edge where there is some."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.props.staging import turned
from taixu.generate.places.rocks import RockSpec, rock_hull, rock_model
from taixu.generate.worlds.furnishing import Furnisher
from taixu.generate.worlds.layouts import meet, rectangle

__all__ = ["put_stones"]


def put_stones(on: Furnisher) -> None:
    """Large stones outside, most of them at the water's edge where there is some."""
    if not on.wanted_rocks:
        return
    forms = [("boulder", 1.6), ("boulder", 2.6), ("slab", 2.2), ("cliff", 2.4)]
    sources = []
    for k, (form, size) in enumerate(forms):
        spec = RockSpec(form, on.kind.stone, size, texture_px=on.texture_px, moss=0.3 if on.kind.stone == "grey" else 0.0)
        sources.append((on.stage.write(f"rock_{k + 1}", rock_model(spec, 40 + k)), rock_hull(spec, 40 + k), form))
    land, placed = on.site.land, 0
    x0, z0 = on.site.middle
    for _ in range(on.wanted_rocks * 14):
        if placed >= on.wanted_rocks:
            break
        angle, away = float(on.random.uniform(0, 2 * np.pi)), float(on.random.uniform(25, 120))
        x, z = x0 + away * float(np.cos(angle)), z0 + away * float(np.sin(angle))
        pick = int(on.random.integers(len(sources)))
        scale, turn = float(on.random.uniform(0.6, 1.6)), float(on.random.uniform(0, 6.28))
        if max(abs(x), abs(z)) > land.spec.size_m / 2 - 8:
            continue
        above = on.ground(x, z) - float(land.water_at(np.array([x]), np.array([z]))[0])
        at_shore = -1.6 < above < 0.9
        inside = on.is_inside(x, z)
        if (land.sea_m is not None and not at_shore and on.random.uniform() < 0.85) or (inside and not at_shore):
            continue
        plan = rectangle(x, z, 3.4 * scale, 3.4 * scale, turn)
        if any(meet(plan, other, margin=0.6) for other in on.taken) or on.on_a_street(x, z, margin=3.5):
            continue
        source, hull, form = sources[pick]
        sink = 0.12 * scale * (1 + 2.0 * on.slope(x, z))
        on.stage.add(form, {
            "transform": {"position": [x, on.ground(x, z) - sink, z], "rotation": turned(turn), "scale": [scale] * 3},
            "model": {"source": source}, "collider": {"shape": "hull", "data": {"points": hull}} if form != "cliff"
            else {"shape": "mesh"},
        })  # fmt: skip
        on.taken.append(plan)
        placed += 1
