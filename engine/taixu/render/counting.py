"""How much a picture was made of: for benchmarks and tests, for it waits for the device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from taixu.render.cards import CARD

if TYPE_CHECKING:
    from taixu.render.views import View

__all__ = ["Drawn", "count_drawn"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was in a view's frustum when it was drawn last, blended things apart.

    Attributes
    ----------
    triangles, instances
        Of meshes and of cards; an instance is a primitive of an entity.
    cards
        Triangles of impostors among them.
    commands
        Kinds of instances that were asked for, seen or not.
    """

    triangles: int
    instances: int
    cards: int
    commands: int


def count_drawn(view: View) -> Drawn:
    """Count what the latest frame drew of a view."""
    mirror, seen = view.shown, view.visible
    if mirror is None or seen is None or seen.commands is None:
        return Drawn(0, 0, 0, 0)
    lists = mirror.lists
    commands = seen.commands.read(np.uint32, count=lists.template.size).reshape(-1, 5).astype(np.int64)
    triangles = commands[:, 0] * commands[:, 1] // 3
    solid = [item for item in lists.bins if item.mode == "triangles"]
    total = sum(int(triangles[item.first : item.first + item.count].sum()) for item in solid)
    cards = sum(int(triangles[item.first : item.first + item.count].sum()) for item in solid if item.key.shader == CARD.name)
    return Drawn(total, int(commands[:, 1].sum()), cards, len(commands))
