"""People of a world: a few faces that many share, where they stand, where they stroll, and two who talk."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.generate.generator import Made
from taixu.generate.places.props.staging import Stage, turned
from taixu.generate.places.world_text import entity_id
from taixu.generate.worlds.kinds import Kind
from taixu.generate.worlds.layouts import distance_to_line, meet, rectangle
from taixu.generate.worlds.sites import Site

__all__ = ["SAYINGS", "Worn", "settle_people", "write_faces"]

SAYINGS = ("Good evening, have you seen the boats come in today?", "Yes, I have. The wind was kind, and the nets are full.")
_APART_M = 1.35
_LOOKS = 4
"""In how many colours of clothes and hair each face walks about."""
Worn = dict[str, str]
"""What `Model` says of somebody: a file, and a variant of its materials."""


def write_faces(stage: Stage, count: int, clothes: str, seed: int, progress: Any) -> list[Worn]:
    """Make people and write them; gives who there are, the first looks of all before the second ones."""
    from taixu.assets.gltf import write_glb
    from taixu.generate.avatars import crowd, make_avatar
    from taixu.generate.avatars.looks import looks_of

    made = []
    for number, spec in enumerate(crowd(count, seed=seed & 0x7FFFFFFF, style=clothes)):
        progress(number / count)
        file = stage.folder / f"person_{number + 1}.vrm"
        first, *others = looks_of(spec, _LOOKS, np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFFFFFFFFFF, 311, number])))
        model = make_avatar(first, others)
        write_glb(model, file)
        stage.files.append(Made(file, f"person_{number + 1}"))
        made.append([{"source": file.name, **({"variant": name} if name else {})} for name in ("", *model.variants)])
    return [each[look] for look in range(_LOOKS) for each in made]


def walkable_spots(site: Site, taken: list[Any], count: int, random: np.random.Generator) -> list[tuple[float, float, float]]:
    """Places on streets and the square where nothing stands, x, y, z."""
    found: list[tuple[float, float, float]] = []
    streets, (x0, z0, radius) = site.layout.streets, site.layout.square
    for _ in range(count * 40):
        if len(found) >= count:
            break
        if random.uniform() < 0.3:
            angle, away = random.uniform(0, 2 * np.pi), radius * np.sqrt(random.uniform(0.15, 0.95))
            x, z = x0 + away * np.cos(angle), z0 + away * np.sin(angle)
        else:
            street = streets[int(random.integers(len(streets)))]
            k = int(random.integers(len(street.line) - 1))
            ahead = street.line[k + 1] - street.line[k]
            ahead = ahead / max(float(np.hypot(*ahead)), 1e-6)
            spot = street.line[k] + (street.line[k + 1] - street.line[k]) * random.uniform()
            off = random.uniform(-0.5, 0.5) * max(street.wide - 1.6, 0.5)
            x, z = spot + np.array([-ahead[1], ahead[0]]) * off
        plan = rectangle(float(x), float(z), 0.9, 0.9, 0.0)
        if any(meet(plan, other, margin=0.25) for other in taken) or max(abs(x), abs(z)) > site.land.spec.size_m / 2 - 12:
            continue
        if np.hypot(x - site.middle[0], z - site.middle[1]) > 58.0 or any(np.hypot(x - other[0], z - other[2]) < 1.6
            for other in found):
            continue
        if len(site.layout.canal) and float(distance_to_line(np.array([[x, z]]), site.layout.canal)[0]) < 6.0:
            continue
        y = float(site.level_at(x, z)[0])
        if float(site.land.water_at(np.array([x]), np.array([z]))[0]) > y - 0.3:
            continue
        found.append((float(x), y + 0.02, float(z)))
    return found


def settle_people(stage: Stage, site: Site, kind: Kind, faces: list[Worn], count: int, taken: list[Any], seed: int, *,
    talk_at: tuple[float, float] | None = None) -> None:
    """Put people into a world."""
    if count <= 0 or not faces:
        return
    random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFFFFFFFFFF, 307]))
    spots = walkable_spots(site, taken, 2 * count + 24, random)
    if talk_at is not None:  # those who are seen first stand where one looks first
        spots.sort(key=lambda spot: (spot[0] - talk_at[0]) ** 2 + (spot[2] - talk_at[1]) ** 2)
    talking = 2 if count >= 2 and len(spots) > 4 else 0
    if talking:
        x, z = talk_at or (site.layout.square[0], site.layout.square[1])
        first = min(spots, key=lambda spot: (spot[0] - x) ** 2 + (spot[2] - z) ** 2)
        spots.remove(first)
        _talkers(stage, site, faces, first, float(random.uniform(0, 6.28)))
    places = [[round(value, 3) for value in spot] for spot in spots]
    for number in range(count - talking):
        if number >= len(spots):
            break
        start = spots[number]
        picks = [places[int(k)] for k in random.permutation(len(places))[: min(6, len(places))]]
        own = int(random.integers(1, 2**31 - 1))
        stage.add("person", {
            "transform": {"position": list(start), "rotation": turned(float(random.uniform(0, 6.28)))},
            "model": dict(faces[(number + talking) % len(faces)]),
            "motion": {"seed": own, "mood": ("neutral", "happy", "relaxed", "neutral", "proud")[int(random.integers(5))]},
            "face": {},
            "agent": {"speed": round(float(random.uniform(0.9, 1.5)), 2)},
            "behavior": {"tree": "stroll", "blackboard": {"places": picks}, "seed": own},
        })  # fmt: skip


def _talkers(stage: Stage, site: Site, faces: list[Worn], at: tuple[float, float, float], angle: float) -> None:
    for number, (sign, saying) in enumerate(zip((-1, 1), SAYINGS, strict=True)):
        x, z = at[0] + sign * _APART_M / 2 * float(np.sin(angle)), at[2] + sign * _APART_M / 2 * float(np.cos(angle))
        y = float(site.level_at(x, z)[0]) + 0.01
        other = "somebody who answers" if number == 0 else "somebody who talks"
        stage.add("somebody who talks" if number == 0 else "somebody who answers", {
            "transform": {"position": [x, y, z], "rotation": turned(angle + (0 if sign < 0 else np.pi))},
            "model": dict(faces[number % len(faces)]),
            "motion": {"act": "talk", "seed": number + 1},
            "face": {"saying": saying, "expression": "happy", "weight": 0.5},
            "gaze": {"target": entity_id(other)},
        })  # fmt: skip
