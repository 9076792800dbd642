"""The measures' engine: all measures of a world over whole columns, a few times a second, within a budget."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import World
from taixu.ecs.entity import indices_of
from taixu.errors import TaixuError
from taixu.twin.batch import Batch
from taixu.twin.measures.followers import Follower, follower_of
from taixu.twin.measures.formula import aggregate_all
from taixu.twin.measures.lineage import Joined, Lineage
from taixu.twin.measures.measure import Measure
from taixu.twin.memory.measured import MeasuredValues as MeasuredRows
from taixu.twin.rules.expression import Expression
from taixu.twin.rules.ground import Ground
from taixu.twin.rules.scope import MeasuredValues, Senses, TableScope, classes_of

__all__ = ["Measured", "Measures"]

_TOLD = 1000
_LONGEST_NS = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure's values just now.

    Attributes
    ----------
    of
        Stable ids, names of zones, or the empty text for the whole.
    values
        ``float64[n]``; NaN where nothing can be said.
    texts
        What people read beside them; as many, or none.
    """

    measure: Measure
    of: NDArray[np.uint64] | Sequence[str]
    values: NDArray[np.float64]
    texts: Sequence[str] | NDArray[Any] = ()

    def as_dict(self, *, most: int = _TOLD) -> dict[str, Any]:
        """Plain JSON; ids as documents write them."""
        told = [self._value(i) for i in range(min(len(self.of), most))]
        return {"name": self.measure.name, "unit": self.measure.unit, "by": self.measure.by, "values": told}

    def value_of(self, of: int | str) -> dict[str, Any] | None:
        """Of one entity or zone; None where there is none."""
        if isinstance(self.of, np.ndarray):
            found = np.flatnonzero(self.of == np.uint64(of)).tolist() if isinstance(of, int) else []
        else:
            found = [i for i, each in enumerate(self.of) if each == of]
        return self._value(found[0]) if found else None

    def _value(self, i: int) -> dict[str, Any]:
        of, value = self.of[i], float(self.values[i])
        said: dict[str, Any] = {"of": of if isinstance(of, str) else f"{int(of):016x}"}
        said["value"] = float(f"{value:.7g}") if isfinite(value) else None
        if i < len(self.texts) and self.texts[i]:
            said["text"] = self.texts[i]
        return said


class Measures:
    """Measures a world (a resource).

    Parameters
    ----------
    measures
        What is measured.
    per_sec
        How often at most.
    share
        How much of one core it may take: what costs more is measured less often.
    """

    def __init__(self, measures: Sequence[Measure] = (), *, per_sec: float = 5.0, share: float = 0.1) -> None:
        self.measures = list(measures)
        self.problems: dict[str, str] = {}
        """Measures that could not be taken, and why."""
        self.results: dict[str, Measured] = {}
        self.version = 0
        """Goes up with every step that measured."""
        self.cost_ms = 0.0
        """Of the last one."""
        self.per_sec, self.share = per_sec, share
        self.senses = Senses()
        self._followers: dict[str, Follower] = {}
        self._next_ns = 0
        self._seen = -1

    def step(self, world: World, *, now_ns: int, ground: Ground | None = None, at_once: bool = False) -> bool:
        """Measure, if it is time to. Gives whether it did.

        Parameters
        ----------
        ground
            That of this moment, where somebody has looked already.
        at_once
            Measure in any case.
        """
        if not self.measures or (not at_once and 0 < self._next_ns - now_ns <= _LONGEST_NS):
            return False  # a wait that is longer was agreed with a clock that has been set since
        start = time.perf_counter()
        self.senses.ground = ground if ground is not None else self.senses.ground
        if ground is None:
            self.senses.ground.begin(world, now_ns=now_ns)
        self.senses.begin(now_ns=now_ns)
        self.senses.measured = self.values()
        self._forget_gone(world, now_ns)
        for measure in self.measures:
            try:
                self.results[measure.name] = self._measure(world, measure, now_ns)
                self.problems.pop(measure.name, None)
            except TaixuError as error:
                self.problems[measure.name] = str(error)
                self.results.pop(measure.name, None)
        self.version += 1
        took = time.perf_counter() - start
        self.cost_ms = took * 1e3
        self._next_ns = now_ns + min(round(max(1.0 / self.per_sec, took / self.share) * 1e9), _LONGEST_NS)
        return True

    def hear(self, batches: Iterable[Batch]) -> list[Joined]:
        """Look for what was joined with what among readings; gives it, for the recording."""
        listening = [each for each in self._followers.values() if each.listens]
        found: dict[Joined, None] = {}
        for batch in batches if listening else ():
            for follower in listening:
                found.update(dict.fromkeys(follower.hear(batch)))
        return list(found)

    def lineages(self) -> list[tuple[str, Lineage]]:
        """What is remembered of parts' ways, by the measure's name."""
        return [(name, each.lineage) for name, each in self._followers.items() if each.lineage is not None]

    def followed(self) -> list[tuple[Measure, Follower]]:
        """Measures that follow entities from step to step, and what does it."""
        declared = {measure.name: measure for measure in self.measures}
        return [(declared[name], follower) for name, follower in self._followers.items() if name in declared]

    def follow(self, measure: Measure, follower: Follower) -> None:
        """Go on with what another one has followed."""
        self._followers[measure.name] = follower

    def go_on(self, world: World) -> None:
        """Those who are there are whom something is remembered of; only who goes from now on is forgotten."""
        self._seen = world.tick
        world.advance()

    def values(self) -> dict[str, MeasuredValues]:
        """What was measured last, for conditions: by what, of whom, and the numbers."""
        return {name: (each.measure.by, each.of, each.values) for name, each in self.results.items()}

    def of_entity(self, stable_id: int) -> list[dict[str, Any]]:
        """Values of one entity: ``{name, unit, value, text?}``."""
        found = []
        for result in self.results.values():
            value = result.value_of(stable_id) if result.measure.by == "entity" else None
            if value is not None:
                found.append({"name": result.measure.name, "unit": result.measure.unit} | value)
        return found

    def told(self) -> list[MeasuredRows]:
        """All of them for a recording."""
        return [
            MeasuredRows(name, each.measure.unit, each.measure.by, each.of, each.values, each.texts)
            for name, each in self.results.items()
        ]

    def as_list(self) -> list[dict[str, Any]]:
        """All of them as plain JSON."""
        return [result.as_dict() for result in self.results.values()]

    def _measure(self, world: World, measure: Measure, now_ns: int) -> Measured:
        if measure.formula is not None:
            zones = self._zones(measure) if measure.by == "zone" else None
            found = aggregate_all(measure.formula, world, self.senses, where=measure.where, zones=zones)
            return Measured(measure, [""] if zones is None else zones, measure.formula.evaluate(found))
        if measure.each is not None:
            return self._of_each(world, measure, measure.each)
        follower = self._followers.get(measure.name)
        if follower is None:
            follower = self._followers[measure.name] = follower_of(measure, now_ns=now_ns)
        follower.look(world, self.senses, self._zones(measure))
        of, values, texts = follower.told(world, now_ns=now_ns)
        return Measured(measure, of, np.asarray(values, float), texts)

    def _zones(self, measure: Measure) -> list[str]:
        return list(measure.zones or self.senses.ground.fences)

    def _of_each(self, world: World, measure: Measure, each: Expression) -> Measured:
        components = world.resource(Components)
        ids: list[NDArray[np.uint64]] = []
        found: list[NDArray[np.float64]] = []
        where = measure.where
        for table in world.query(*classes_of(each, components, where)):
            rows = None
            if where is not None:
                rows = np.flatnonzero(where.holds(TableScope(self.senses, world, table, where.text)))
            scope = TableScope(self.senses, world, table, each.text, rows=rows)
            values = each.evaluate(scope)
            if values.dtype.kind in "OU":
                raise TaixuError(f"{each.text!r} is a text; a measure is a number")
            ids.append(world.stable_ids(scope.entities))
            found.append(values.astype(float))
        return Measured(measure, np.concatenate([np.empty(0, np.uint64), *ids]), np.concatenate([np.empty(0), *found]))

    def _forget_gone(self, world: World, now_ns: int) -> None:
        structure = world.structure.since(self._seen) if self._seen >= 0 else None
        gone = np.arange(world.index_capacity) if structure is None else indices_of(structure.despawned)
        self._seen = world.tick
        world.advance()
        if len(gone):
            self.senses.forget(gone)
            for follower in self._followers.values():
                follower.forget(gone, now_ns=now_ns)

    def fork(self, world: World) -> Measures:
        """A fork goes on with what is known."""
        other = Measures(self.measures, per_sec=self.per_sec, share=self.share)
        other.senses = self.senses.copy()
        other._followers = {name: follower.copy() for name, follower in self._followers.items()}
        other._seen = world.tick
        return other
