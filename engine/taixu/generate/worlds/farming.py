"""Fields along a road, with fences."""

from __future__ import annotations

import numpy as np

from taixu.generate.worlds.earthworks import field_model
from taixu.generate.worlds.furnishing import Furnisher
from taixu.generate.worlds.layouts import distance_to_line, meet, rectangle

__all__ = ["put_fields"]


def put_fields(on: Furnisher) -> None:
    """Fields along the far side of the road, with fences."""
    to = np.array(on.site.shore)
    along = np.array([-to[1], to[0]])
    turn = float(np.arctan2(to[0], to[1]))
    made = 0
    for k, row in ((0, 0), (1, 0), (-1, 0), (2, 0), (-2, 0), (0, 1), (1, 1), (-1, 1)):
        middle = np.array(on.site.middle) + along * (k * 44.0 + 4) + to * (31.0 + 36.0 * row)
        wide, deep = 38.0, 30.0
        plan = rectangle(float(middle[0]), float(middle[1]), wide + 2, deep + 2, turn)
        if float(np.abs(plan).max()) > on.site.land.spec.size_m / 2 - 6 or any(meet(plan, other) for other in on.taken):
            continue
        if float(min(distance_to_line(np.concatenate([plan, middle[None]]), street.line).min()
            for street in on.site.layout.streets)) < 5.5:
            continue
        if any(on.is_wet(float(p[0]), float(p[1])) for p in plan):
            continue
        surface = "crop" if (made + row) % 2 == 0 else "crop green"
        model = field_model(on.site.land, (float(middle[0]), float(middle[1])), turn, (wide, deep), surface,
            texture_px=on.texture_px)
        on.stage.add("field", {"transform": {}, "model": {"source": on.stage.write(f"field_{made + 1}", model),
            "cast_shadow": False}})
        made += 1
        for u in np.arange(-wide / 2, wide / 2, 2.0):
            spot = middle - to * (deep / 2 + 1.4) + along * float(u + 1.0)
            on.put("fence", float(spot[0]), float(spot[1]), turn)
        on.taken.append(plan)
        on.put("scarecrow", float(middle[0]), float(middle[1]), turn + np.pi, check=False)
