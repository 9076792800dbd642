"""What was asked for, as data: acts of things on occasions, and what was not understood."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from taixu.mods.authoring.kinds import Kind

__all__ = ["Act", "Measures", "Occasion", "OccasionKind", "Thing", "Wish"]

Vector = tuple[float, float, float]
OccasionKind = Literal["night", "day", "near", "far", "press", "every", "after", "start", "fall", "collected", "over"]


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing, or several of a kind.

    Attributes
    ----------
    made
        Whether the mod makes its own; else it is looked for in the world.
    count
        How many are made.
    many
        Whether all of its kind are meant.
    name
        What the one in the world is called.
    """

    kind: Kind
    made: bool = False
    count: int = 1
    many: bool = False
    name: str = ""
    color: Vector | None = None

    @property
    def key(self) -> str:
        """Which things are the same."""
        return self.kind.name


@dataclass(frozen=True, slots=True)
class Occasion:
    """When something happens.

    Attributes
    ----------
    who, what
        Of "near" and "far": who comes to what; the act's own subject where None.
    secs
        Of "every" and "after".
    action
        Of "press": an input action.
    reach_m
        Of "near" and "far".
    """

    kind: OccasionKind
    who: Thing | None = None
    what: Thing | None = None
    secs: float = 0.0
    action: str = ""
    reach_m: float = 3.0


@dataclass(frozen=True, slots=True)
class Measures:
    """Numbers, colours and texts beside an act; None where nothing was said."""

    metres: float | None = None
    secs: float | None = None
    speed: float | None = None
    number: float | None = None
    pace: float = 1.0
    color: Vector | None = None
    text: str = ""

    def over(self, other: Measures) -> Measures:
        """These, and what they do not say from others."""
        return Measures(
            other.metres if self.metres is None else self.metres, other.secs if self.secs is None else self.secs,
            other.speed if self.speed is None else self.speed, other.number if self.number is None else self.number,
            self.pace * other.pace, other.color if self.color is None else self.color, self.text or other.text,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """Something that a thing does.

    Attributes
    ----------
    verb
        One of `taixu.mods.authoring.verbs.VERBS`.
    """

    verb: str
    subject: Thing | None = None
    targets: tuple[Thing, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    measures: Measures = Measures()
    words: str = ""

    def with_more(self, *, occasions: tuple[Occasion, ...] = (), measures: Measures | None = None) -> Act:
        """The same with what a later part of the sentence adds."""
        said = self.measures if measures is None else measures.over(self.measures)
        return replace(self, occasions=(*self.occasions, *occasions), measures=said)


@dataclass(frozen=True, slots=True)
class Wish:
    """All of a prompt.

    Attributes
    ----------
    acts
        In the order in which they were said.
    unknown
        What was not understood, as it was said.
    doubts
        What was understood, but has a catch that is worth saying; a sentence each.
    """

    prompt: str
    acts: tuple[Act, ...] = ()
    unknown: tuple[str, ...] = ()
    doubts: tuple[str, ...] = field(default=())
