"""Stable ids as documents write them: sixteen hexadecimal digits, for JSON's numbers do not hold 64 bits."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.ecs.entity import mix64
from taixu.errors import TaixuError
from taixu.math.integers import are_distinct

__all__ = ["ID_PATTERN", "child_id", "child_ids", "id_number", "id_numbers", "id_text", "id_texts", "new_id", "new_ids"]

ID_PATTERN = "^[0-9a-f]{16}$"
_ID = re.compile(r"[0-9a-f]{16}\Z")
_LENGTH = 16
_MASK = 0xFFFFFFFFFFFFFFFF


def id_text(number: int) -> str:
    """The text of a stable id."""
    return f"{number:016x}"


def id_texts(numbers: NDArray[np.uint64]) -> list[str]:
    """The texts of many stable ids."""
    digits = numbers.astype(">u8").tobytes().hex()
    return [digits[start : start + _LENGTH] for start in range(0, len(digits), _LENGTH)]


def id_number(text: object) -> int:
    """The stable id of a text.

    Raises
    ------
    TaixuError
        When it is none.
    """
    if not isinstance(text, str) or not _ID.match(text):
        raise TaixuError(f"{text!r:.40} is no entity id: sixteen hexadecimal digits, such as 00c0ffee00c0ffee")
    return int(text, 16)


def id_numbers(texts: Sequence[str]) -> NDArray[np.uint64]:
    """The stable ids of many texts.

    Raises
    ------
    TaixuError
        When one is none.
    """
    joined = "".join(map(str, texts))
    try:
        data = bytes.fromhex(joined)
    except ValueError:
        data = b""
    # Spaces among the digits are left out, and make it too short.
    if len(data) * 2 != len(texts) * _LENGTH or joined != joined.lower() or not set(map(len, texts)) <= {_LENGTH}:
        for text in texts:
            id_number(text)
    return np.frombuffer(data, ">u8").astype(np.uint64)


def new_id(world: World) -> int:
    """A random stable id that nobody in the world has."""
    while True:
        number = secrets.randbits(64)
        if number and world.find(number) is None:
            return number


def new_ids(world: World, count: int) -> NDArray[np.uint64]:
    """So many random stable ids that nobody in the world has, ``uint64[count]``."""
    while True:
        numbers = np.frombuffer(secrets.token_bytes(8 * count), np.uint64).copy()
        if numbers.all() and are_distinct(numbers) and not world.find_all(numbers).any():
            return numbers


def child_id(instance: int, path: Sequence[int]) -> int:
    """The stable id of a prefab's child: a hash of the instance's id and, one after the other, the ids of its path."""
    found = instance
    for child in path:
        found = _mix(_mix(child) ^ _mix(~found & _MASK)) or 1
    return found


def child_ids(instances: NDArray[np.uint64], children: int | NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The stable ids that one child has in many instances, or one each, ``uint64[n]``."""
    # The instance is mixed once more, with another start: the differences of two instances' ids (which are mixed
    # numbers themselves) are then not those of two children's.
    ids = mix64(mix64(np.atleast_1d(np.asarray(children, np.uint64))) ^ mix64(~instances))
    ids[ids == 0] = 1
    return ids


def _mix(number: int) -> int:
    """`mix64` of one number, without arrays: prefabs ask for thousands, one at a time."""
    number = number * 0x9E3779B97F4A7C15 & _MASK
    number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    number = (number ^ number >> 27) * 0x94D049BB133111EB & _MASK
    return number ^ number >> 31
