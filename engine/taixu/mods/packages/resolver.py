"""Which versions go together: resolvelib (pip's own) over what packages and indexes say of each other.

Two kinds of wishes: ``depends`` brings a mod in; ``optional`` and ``conflicts`` only say which versions do *where it is in*. For
the latter an id has one more candidate, to be absent, which is taken unless somebody depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from taixu.errors import MachineError, TaixuError
from taixu.mods.packages.version import Range, Version

__all__ = ["Candidate", "Wish", "resolve"]

_MOST_ROUNDS = 5000
_MOST_LOOKS = 500_000
"""Versions looked at, all told: an index that somebody has tangled on purpose costs seconds, not minutes."""


class _Tangled(Exception):
    """The search for versions has gone on for too long."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that could be taken; `version` None means that the mod is left out."""

    id: str
    version: Version | None
    depends: tuple[tuple[str, Range], ...] = ()
    optional: tuple[tuple[str, Range], ...] = ()
    conflicts: tuple[tuple[str, Range], ...] = ()

    def __str__(self) -> str:
        return f"{self.id} {self.version}"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of an id.

    Attributes
    ----------
    brings
        Whether the mod has to be there.
    excludes
        Whether `range` names what must not be, in place of what may.
    whose
        For messages.
    """

    id: str
    range: Range
    whose: str
    brings: bool = True
    excludes: bool = False

    def allows(self, candidate: Candidate) -> bool:
        """Whether a candidate does."""
        if candidate.version is None:
            return not self.brings
        return (candidate.version in self.range) != self.excludes

    def __str__(self) -> str:
        verb = "does not go with" if self.excludes else "wants" if self.brings else "goes only with"
        return f"{self.whose} {verb} {self.id} {self.range}"


def resolve(
    wishes: Iterable[Wish], candidates: Callable[[str], Sequence[Candidate]], *, preferred: Mapping[str, Version] | None = None
) -> dict[str, Candidate]:
    """One version of each mod that is needed, the newest that go together; the same for the same question.

    Parameters
    ----------
    candidates
        All versions of an id, in any order; it may raise a `TaixuError` for an id that is not known.
    preferred
        Versions that are kept where they do: those of the lock file.

    Raises
    ------
    TaixuError
        When nothing goes together, naming who wants what.
    """
    if find_spec("resolvelib") is None:
        raise MachineError('choosing versions needs the package resolvelib; pip install "taixu[mods]" brings it')
    from resolvelib import BaseReporter, ResolutionImpossible, ResolutionTooDeep, Resolver

    provider = _provider(candidates, preferred or {})
    ordered = sorted(wishes, key=lambda wish: (wish.id, wish.whose, wish.range.text))
    try:
        result = Resolver(provider, BaseReporter()).resolve(ordered, max_rounds=_MOST_ROUNDS)
    except ResolutionImpossible as error:
        whose = sorted({str(cause.requirement) for cause in error.causes})
        known = sorted({cause.requirement.id for cause in error.causes})
        said = "; ".join(f"{id} is there as {_versions(candidates, id)}" for id in known[:3])
        raise TaixuError(f"{', and '.join(whose[:4])}: nothing satisfies all ({said})") from None
    except (ResolutionTooDeep, _Tangled):
        raise TaixuError("the mods depend on each other in too many ways; name versions more narrowly") from None
    return _needed(ordered, result.mapping)


def _needed(wishes: Iterable[Wish], chosen: Mapping[str, Candidate]) -> dict[str, Candidate]:
    """Without what only a version needed that was given up on the way."""
    found: dict[str, Candidate] = {}
    left = [wish.id for wish in wishes if wish.brings]
    while left:
        id = left.pop()
        if id not in found:
            found[id] = chosen[id]
            left += [other for other, _ in chosen[id].depends]
    return dict(sorted(found.items()))


def _versions(candidates: Callable[[str], Sequence[Candidate]], id: str) -> str:
    try:
        found = sorted((each.version for each in candidates(id) if each.version is not None), reverse=True)
    except TaixuError:
        return "nothing"
    return ", ".join(map(str, found[:5])) or "nothing"


def _provider(candidates: Callable[[str], Sequence[Candidate]], preferred: Mapping[str, Version]) -> Any:
    from resolvelib import AbstractProvider

    class Provider(AbstractProvider):  # type: ignore[type-arg]
        looks = 0

        def identify(self, requirement_or_candidate: Wish | Candidate) -> str:
            return requirement_or_candidate.id

        def get_preference(  # by id: the same question is asked in the same order
            self, identifier: str, resolutions: Any, candidates: Any, information: Any, backtrack_causes: Any
        ) -> Any:
            return identifier

        def find_matches(
            self, identifier: str, requirements: Mapping[str, Iterator[Wish]], incompatibilities: Mapping[str, Iterator[Candidate]]
        ) -> list[Candidate]:
            wishes = list(requirements[identifier])
            refused = {candidate.version for candidate in incompatibilities[identifier]}
            offered = list(candidates(identifier)) if any(wish.brings for wish in wishes) else []
            # The kept one, then finished ones, then drafts; among these the newest first (sorting is stable).
            offered.sort(key=lambda each: each.version or Version(0), reverse=True)
            self.looks += 1 + len(offered) * len(wishes)
            if self.looks > _MOST_LOOKS:
                raise _Tangled
            kept = preferred.get(identifier)
            offered.sort(key=lambda each: (each.version != kept, each.version is None or bool(each.version.tags)))
            offered.append(Candidate(identifier, None))
            return [each for each in offered if each.version not in refused and all(wish.allows(each) for wish in wishes)]

        def is_satisfied_by(self, requirement: Wish, candidate: Candidate) -> bool:
            return requirement.allows(candidate)

        def get_dependencies(self, candidate: Candidate) -> list[Wish]:
            whose = str(candidate)
            return [
                *(Wish(id, range, whose) for id, range in candidate.depends),
                *(Wish(id, range, whose, brings=False) for id, range in candidate.optional),
                *(Wish(id, range, whose, brings=False, excludes=True) for id, range in candidate.conflicts),
            ]

    return Provider()
