"""Kinds of modifiers: a component for the parameters, and a pure function that makes layers."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.ecs.component import component_type
from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Block, Bounds
from taixu.generate.modifiers.layers import Layers, Places, Thing

__all__ = ["Inputs", "ModifierKind", "ModifierKinds", "Plan"]

Names = tuple[str, ...] | Callable[[Any], tuple[str, ...]]


class Inputs(Protocol):
    """What a modifier may look at: its parameters, and the layers below it that its kind reads, within its reach."""

    parameters: Any
    """The component's instance."""
    frame: NDArray[np.float64]
    """[4, 4]: where the modifier's entity stands in the stack's frame."""
    area: Bounds | None
    """All the ground there is; None where it has no end."""

    @property
    def plan(self) -> Any:
        """What the kind's plan gave, of kinds that have one."""

    def once(self, sort: str, key: bytes, make: Callable[[], list[Thing]]) -> list[Thing]:
        """What was made of this sort under a key before, or is made now: things that stay where others of their cell change.

        The key says all that they hang on.
        """

    def has(self, name: str) -> bool:
        """Whether somebody below has made a grid here."""

    def grid(self, name: str, margin: int = 0) -> NDArray[np.float32]:
        """A grid of the block, with so many points more on each side; 0 where nobody has made it."""

    def height_at(self, x: NDArray[Any], z: NDArray[Any]) -> NDArray[np.float32]:
        """Heights of the drawn triangles at points within reach."""

    def places(self) -> list[Places]:
        """Those of the cells within reach."""

    def things(self) -> list[Thing]:
        """Those of the cells within reach."""


class Plan(Protocol):
    """What a kind decides of all its ground before any block is made; plain values that can be sent to another process."""

    def part(self, box: Bounds) -> bytes | None:
        """A key of what of it matters in a box; None is nothing."""


@dataclass(frozen=True, slots=True)
class ModifierKind:
    """A kind.

    Attributes
    ----------
    component
        The class of its parameters.
    function
        ``module:name`` of ``make(block, inputs, seed) -> Layers``: pure, and asked for blocks in any order, in any process. At the
        border of two blocks both must say the same.
    version
        Goes up when the same parameters make something else.
    reads, writes
        Names of layers, or a function of the parameters that gives them. What is not read never makes this anew.
    reach_m
        How far beyond its block it looks; or a function of the parameters.
    bounds
        ``module:name`` of ``bounds(parameters, frame) -> Bounds | None``, outside of which nothing changes (None is everywhere);
        empty is everywhere.
    part
        ``module:name`` of ``part(parameters, frame) -> function of a box (Bounds) -> plain data | None``: what of the parameters
        matters in a box (the strokes that meet it). Then a block is made again only when its part changes; None is nothing.
        Parameters are looked through once, boxes are many.
    edge_cells
        Cells along the edge of a block; 0 is the whole ground at once (never for endless ground).
    plan
        ``module:name`` of ``plan(block, inputs, seed, before) -> Plan``, asked once for all ground within its bounds, which has an
        end. A block is made again only when its part of the plan changes. `before` is what the same step gave last, or None: it
        may spare work, never change the outcome.
    points
        ``module:name`` of ``points(parameters, frame, seed, x, z) -> heights``, where its heights at a point depend on that point
        alone: they are then known beyond a block without making its neighbours.
    words
        ``module:name`` of ``read(prompt) -> values of fields``, of kinds that words can describe; what it gives beyond the
        component's fields is left out.
    most_level
        It does nothing on coarser levels than this (ground far away).
    """

    component: type
    function: str
    version: int = 1
    reads: Names = ()
    writes: Names = ("heights",)
    reach_m: float | Callable[[Any], float] = 0.0
    bounds: str = ""
    part: str = ""
    plan: str = ""
    points: str = ""
    edge_cells: int = 1
    most_level: int = 30
    words: str = ""

    @property
    def name(self) -> str:
        """The component's."""
        return component_type(self.component).name

    def make(self, block: Block, inputs: Inputs, seed: int) -> Layers:
        """Call the function."""
        result: Layers = _find(self.function)(block, inputs, seed)
        return result

    def bounds_of(self, parameters: Any, frame: NDArray[np.float64]) -> Bounds | None:
        """Where it changes something; None is everywhere."""
        if not self.bounds:
            return None
        result: Bounds | None = _find(self.bounds)(parameters, frame)
        return result

    def part_of(self, parameters: Any, frame: NDArray[np.float64]) -> Callable[[Bounds], Any]:
        """Says what of the parameters matters in a box; None is nothing."""
        found: Callable[[Bounds], Any] = _find(self.part)(parameters, frame)
        return found

    def planned(self, block: Block, inputs: Inputs, seed: int, before: Any) -> Plan:
        """Decide what shall be where."""
        found: Plan = _find(self.plan)(block, inputs, seed, before)
        return found

    def described(self, prompt: str) -> dict[str, Any]:
        """Values of fields that words name.

        Raises
        ------
        TaixuError
            Where words cannot describe it, or name nothing that it can make.
        """
        if not self.words:
            raise TaixuError(f"words cannot describe {self.name.replace('_', ' ')}; its fields can be set")
        own = component_type(self.component).by_name
        return {name: value for name, value in _find(self.words)(prompt).items() if name in own}

    def heights_at(
        self, parameters: Any, frame: NDArray[np.float64], seed: int, x: NDArray[np.float64], z: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """Heights at points, of kinds that have `points`."""
        result: NDArray[np.float32] = _find(self.points)(parameters, frame, seed, x, z)
        return result

    def reads_of(self, parameters: Any) -> tuple[str, ...]:
        """Which layers it looks at."""
        return self.reads(parameters) if callable(self.reads) else self.reads

    def writes_of(self, parameters: Any) -> tuple[str, ...]:
        """Which layers it gives."""
        return self.writes(parameters) if callable(self.writes) else self.writes

    def reach_of(self, parameters: Any) -> float:
        """How far it looks, metres."""
        return float(self.reach_m(parameters) if callable(self.reach_m) else self.reach_m)


@dataclass(slots=True)
class ModifierKinds:
    """The kinds by component (a resource)."""

    by_component: dict[type, ModifierKind] = field(default_factory=dict)

    def add(self, *kinds: ModifierKind) -> None:
        """Make kinds known."""
        for kind in kinds:
            if ":" not in kind.function:
                raise TaixuError(f"modifier {kind.name}: its function is named module:name, not {kind.function[:60]!r}")
            self.by_component[kind.component] = kind

    def fork(self, world: World) -> ModifierKinds:
        return self


def _find(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found
