"""The schedule: systems (functions of a world) in stages, ordered by before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from time import perf_counter
from typing import TYPE_CHECKING

from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.ecs.world import World

__all__ = ["Schedule", "System"]

System = Callable[["World"], None]


@dataclass(slots=True)
class _Entry:
    name: str
    system: System
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(slots=True)
class _Stage:
    entries: list[_Entry] = field(default_factory=list)
    order: list[_Entry] | None = None


class Schedule:
    """Which systems run in which stage. Within a stage they run as added, but for what `before` and `after` say.

    Deferred commands are applied, and the tick advances, after each stage.
    """

    def __init__(self, stages: Iterable[str]) -> None:
        self._stages = {str(stage): _Stage() for stage in stages}

    def add(
        self, stage: str, system: System, *, name: str = "", before: Iterable[str] = (), after: Iterable[str] = (),
    ) -> None:
        """Add a system to a stage under a name (the function's by default) that others can refer to."""
        if str(stage) not in self._stages:
            raise TaixuError(f"there is no stage {stage!r}; the stages are {', '.join(self._stages)}")
        found = self._stages[str(stage)]
        entry = _Entry(name or getattr(system, "__name__", repr(system)), system, _names(before), _names(after))
        found.entries.append(entry)
        found.order = None

    def remove(self, system: System) -> None:
        """Take a system out of all stages."""
        for found in self._stages.values():
            found.entries = [entry for entry in found.entries if entry.system != system]
            found.order = None

    def names(self, stage: str) -> list[str]:
        """The systems of a stage in the order in which they run."""
        return [entry.name for entry in self._ordered(str(stage))]

    def run(self, stage: str, world: World, *, timings: dict[str, float] | None = None) -> None:
        """Run a stage; `timings` collects seconds by system name."""
        for entry in self._ordered(str(stage)):
            if timings is None:
                entry.system(world)
            else:
                start = perf_counter()
                entry.system(world)
                timings[entry.name] = timings.get(entry.name, 0.0) + perf_counter() - start
        world.flush()
        world.advance()

    def _ordered(self, stage: str) -> list[_Entry]:
        found = self._stages[stage]
        if found.order is None:
            found.order = _sort(stage, found.entries)
        return found.order


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _sort(stage: str, entries: list[_Entry]) -> list[_Entry]:
    """Topological order that keeps the order of adding wherever nothing else is said."""
    places: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        places.setdefault(entry.name, []).append(place)
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(range(len(entries)), ()))
    for place, entry in enumerate(entries):
        for name in entry.after:
            sorter.add(place, *places.get(name, ()))
        for name in entry.before:
            for other in places.get(name, ()):
                sorter.add(other, place)
    order: list[_Entry] = []
    try:
        sorter.prepare()
    except CycleError as error:
        names = [entries[place].name for place in error.args[1]]
        raise TaixuError(f"systems of stage {stage!r} wait for each other: {' -> '.join(names)}") from None
    ready: list[int] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()])
        place = ready.pop(0)
        order.append(entries[place])
        sorter.done(place)
    return order
