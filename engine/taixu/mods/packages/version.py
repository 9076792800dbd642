"""Versions and ranges of versions: semantic versioning 2.0 (https://semver.org), ranges as npm and Cargo write them.

The package `semver` knows versions but no ranges, so both are here, in one small and strict reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache, total_ordering
from typing import Any

from taixu.errors import TaixuError

__all__ = ["Range", "Version", "parse_range", "parse_version"]

_MAX_LETTERS = 64
_MAX_ALTERNATIVES = 8
_NUMBER = r"(0|[1-9][0-9]{0,8})"
_TAG = r"(?:0|[1-9][0-9]{0,8}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-({_TAG}(?:\.{_TAG})*))?\Z", re.ASCII)
_PART = re.compile(
    rf"(\^|~|>=|<=|>|<|=)?\s*{_NUMBER}(?:\.(?:{_NUMBER}|[x*]))?(?:\.(?:{_NUMBER}|[x*]))?(?:-({_TAG}(?:\.{_TAG})*))?\Z", re.ASCII
)


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version such as 1.2.0 or 2.0.0-beta.1; ordered as semantic versioning says.

    Build metadata (``+...``) is refused: two different packages would be the same version.
    """

    major: int
    minor: int = 0
    patch: int = 0
    tags: tuple[int | str, ...] = ()
    """Of a version that is not yet finished."""

    def __lt__(self, other: Version) -> bool:
        return self._order() < other._order()

    def __str__(self) -> str:
        text = f"{self.major}.{self.minor}.{self.patch}"
        return f"{text}-{'.'.join(map(str, self.tags))}" if self.tags else text

    @property
    def core(self) -> tuple[int, int, int]:
        """The three numbers."""
        return self.major, self.minor, self.patch

    def _order(self) -> tuple[Any, ...]:
        # A finished version comes after its drafts; numbers come before words.
        return (*self.core, not self.tags, tuple((isinstance(tag, str), tag) for tag in self.tags))


@dataclass(frozen=True, slots=True)
class Range:
    """Which versions do: alternatives, each a list of bounds that must all hold.

    Attributes
    ----------
    text
        As it was written.
    """

    text: str
    alternatives: tuple[tuple[tuple[str, Version], ...], ...]

    def __contains__(self, version: Version) -> bool:
        return any(_fits(version, bounds) for bounds in self.alternatives)

    def __str__(self) -> str:
        return self.text


def parse_version(text: object) -> Version:
    """Read a version.

    Raises
    ------
    TaixuError
        When it is none.
    """
    match = _VERSION.match(text) if isinstance(text, str) and len(text) <= _MAX_LETTERS else None
    if match is None:
        raise TaixuError(f"{text!r:.70} is no version such as 1.2.0 (three numbers, no build metadata)")
    return _version(*match.groups())


def parse_range(text: object) -> Range:
    """Read a range: ``^1.2``, ``~1.2.3``, ``>=1.2 <2``, ``1.x``, ``1.2.3`` (that one alone), ``*``, ``^1 || ^2``.

    Raises
    ------
    TaixuError
        When it is none.
    """
    if not isinstance(text, str) or len(text) > 4 * _MAX_LETTERS:
        raise _no_range(text)
    return _range(text)


@lru_cache(4096)  # an index says ^1 ten thousand times
def _range(text: str) -> Range:
    written = text.split("||")
    if len(written) > _MAX_ALTERNATIVES:
        raise _no_range(text)
    alternatives = []
    for one in written:
        # "> = 1" is no range, but ">= 1" and ">=1, <2" are what people write.
        words = re.sub(r"(\^|~|>=|<=|>|<|=)\s+", r"\1", one.replace(",", " ")).split()
        if not words:
            raise _no_range(text)
        alternatives.append(tuple(bound for word in words for bound in _bounds(word, text)))
    return Range(text, tuple(alternatives))


def _no_range(text: object) -> TaixuError:
    return TaixuError(f"{text!r:.70} is no range of versions such as ^1.2, >=1.2 <2 or *")


def _version(major: str, minor: str | None, patch: str | None, tags: str | None) -> Version:
    parts = tuple(int(tag) if tag.isdigit() else tag for tag in tags.split(".")) if tags else ()
    return Version(int(major), int(minor or 0), int(patch or 0), parts)


def _bounds(word: str, text: str) -> list[tuple[str, Version]]:
    if word in ("*", "x"):
        return [(">=", Version(0))]
    match = _PART.match(word)
    if match is None:
        raise _no_range(text)
    sign, major, minor, patch, tags = match.groups()
    if tags and patch is None:
        raise _no_range(text)
    low = _version(major, minor, patch, tags)
    after_minor = Version(low.major, low.minor + 1)
    part_end = Version(low.major + 1) if minor is None else after_minor if patch is None else None
    if sign == "^":
        return [(">=", low), ("<", _caret_end(low, minor, patch))]
    if sign == "~":
        return [(">=", low), ("<", Version(low.major + 1) if minor is None else after_minor)]
    if sign in (None, "="):
        return [("=", low)] if part_end is None else [(">=", low), ("<", part_end)]
    if sign == ">" and part_end is not None:  # >1.2 means past all of 1.2
        return [(">=", part_end)]
    if sign == "<=" and part_end is not None:
        return [("<", part_end)]
    return [(str(sign), low)]


def _caret_end(low: Version, minor: str | None, patch: str | None) -> Version:
    """What does not change the leftmost number that is not zero is compatible."""
    if low.major or minor is None:
        return Version(low.major + 1)
    if low.minor or patch is None:
        return Version(0, low.minor + 1)
    return Version(0, 0, low.patch + 1)


def _fits(version: Version, bounds: tuple[tuple[str, Version], ...]) -> bool:
    # A draft fits only where a bound names a draft of the same version (npm's rule): nobody gets one by chance.
    if version.tags and not any(bound.tags and bound.core == version.core for _, bound in bounds):
        return False
    for sign, bound in bounds:
        holds = {
            "=": version == bound, ">": version > bound, "<": version < bound, ">=": version >= bound, "<=": version <= bound,
        }[sign]  # fmt: skip
        if not holds:
            return False
    return True
