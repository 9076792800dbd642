"""In which order mods run, and who writes what another writes too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from taixu.errors import TaixuError
from taixu.mods.packages.manifest import Manifest

__all__ = ["SharedColumn", "load_order", "shared_columns"]


@dataclass(frozen=True, slots=True)
class SharedColumn:
    """A column that more than one mod writes; `ids` in load order, so the last one has the last word."""

    column: str
    ids: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.column} is written by {', '.join(self.ids)}: the last has the last word"


def load_order(manifests: Iterable[Manifest]) -> list[str]:
    """Ids so that what is needed runs before who needs it, then by the length of that chain, then by id.

    Raises
    ------
    TaixuError
        When mods want to run before each other.
    """
    mods = {manifest.id: manifest for manifest in manifests}
    before: dict[str, set[str]] = {
        id: (set(mod.depends) | set(mod.optional) | set(mod.after)) & mods.keys() - {id} for id, mod in mods.items()
    }
    for id, mod in mods.items():
        for later in set(mod.before) & mods.keys() - {id}:
            before[later].add(id)
    depths: dict[str, int] = {}
    left = set(mods)
    while left:
        ready = {id for id in left if not before[id] & left}
        if not ready:
            circle = " runs after ".join(_circle(before, left))
            raise TaixuError(f"{circle}: these mods cannot go together; remove one of them")
        for id in ready:
            depths[id] = 1 + max((depths[other] for other in before[id]), default=0)
        left -= ready
    return sorted(mods, key=lambda id: (depths[id], id))


def shared_columns(manifests: Iterable[Manifest]) -> list[SharedColumn]:
    """Columns with two writers or more, of mods in load order. A component stands for all of its fields."""
    mods = list(manifests)
    found = []
    for column in sorted({column for mod in mods for column in mod.write}):
        writers = [mod.id for mod in mods if any(_meets(column, other) for other in mod.write)]
        if len(writers) > 1:
            found.append(SharedColumn(column, tuple(writers)))
    return found


def _meets(left: str, right: str) -> bool:
    return left == right or left.startswith(f"{right}.") or right.startswith(f"{left}.")


def _circle(before: Mapping[str, set[str]], left: set[str]) -> list[str]:
    """One way round, beginning with the smallest id on it."""
    way = [min(left)]
    while len(way) == len(set(way)):
        way.append(min(before[way[-1]] & left))
    way = way[way.index(way[-1]) :]
    start = way.index(min(way))
    return [*way[start:-1], *way[: start + 1]]
