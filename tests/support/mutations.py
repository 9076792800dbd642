"""Damage to bytes and texts, the same for the same seed; for tests that feed readers what nobody wrote.

``TAIXU_FUZZ_SECS`` says how long each such test goes on (half a minute is much; hours are for a night), ``TAIXU_FUZZ_SEED`` where
it begins.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence

__all__ = ["damaged", "damaged_text", "rounds"]

_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 1 << 31, 0xFFFFFFFF, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
_WORDS = (
    "null", "true", "-1", "1e999", "NaN", "Infinity", "1" + "0" * 400, "[]", "{}", '""', "[[[[", "]}", '"\\ud800"', "\x00", "-0",
    '{"at":', "18446744073709551616", "0.0000001", '"id"', "[1,2,3]", "\U0001f600", "\\u0000",
)  # fmt: skip


def rounds(*, secs: float = 3.0, most: int = 4000) -> Iterator[random.Random]:
    """Random numbers for each round, until time is up or there were enough."""
    given, seed = float(os.environ.get("TAIXU_FUZZ_SECS", 0)), int(os.environ.get("TAIXU_FUZZ_SEED", 0))
    end = time.monotonic() + (given or secs)
    number = 0
    while time.monotonic() < end and (given or number < most):
        yield random.Random(seed * 1_000_003 + number)
        number += 1
    assert number > 10, "too few rounds say nothing"


def damaged(data: bytes, draw: random.Random, *, others: Sequence[bytes] = ()) -> bytes:
    """Bytes with a few things wrong."""
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
        at = draw.randrange(len(changed) + 1)
        kind = draw.randrange(7)
        if kind == 0 and changed:
            changed[at % len(changed)] ^= 1 << draw.randrange(8)
        elif kind == 1 and changed:
            changed[at % len(changed)] = draw.randrange(256)
        elif kind == 2:
            del changed[at : at + draw.choice((1, 2, 4, 8, 64, 1000))]
        elif kind == 3:
            changed[at:at] = draw.randbytes(draw.choice((1, 2, 4, 8, 64)))
        elif kind == 4:
            size = draw.choice((1, 2, 4, 8))
            changed[at : at + size] = (draw.choice(_NUMBERS) & ((1 << 8 * size) - 1)).to_bytes(size, "little")
        elif kind == 5:
            start = draw.randrange(len(changed) + 1)
            changed[at:at] = changed[start : start + draw.randrange(200)]
        elif others:
            other = draw.choice(others)
            start = draw.randrange(len(other) + 1)
            changed[at:] = other[start:]
    return bytes(changed)


def damaged_text(text: str, draw: random.Random, *, others: Sequence[str] = ()) -> str:
    """A text of JSON with a few things wrong, or things in it that nobody expects."""
    changers: list[Callable[[str], str]] = [
        lambda text: _spliced(text, draw, draw.choice(_WORDS), cut=draw.randrange(12)),
        lambda text: _value_replaced(text, draw),
        lambda text: _value_replaced(text, draw),
        lambda text: _spliced(text, draw, chr(draw.randrange(0x20, 0x7F)), cut=1),
        lambda text: text[: draw.randrange(len(text) + 1)],
        lambda text: _spliced(text, draw, draw.choice(others) if others else text, cut=0),
    ]
    for _ in range(draw.choice((1, 1, 2, 4))):
        text = draw.choice(changers)(text)
    return text[:100_000]


def _spliced(text: str, draw: random.Random, word: str, *, cut: int) -> str:
    at = draw.randrange(len(text) + 1)
    return text[:at] + word + text[at + cut :]


def _value_replaced(text: str, draw: random.Random) -> str:
    """What stands between two signs of JSON becomes something else, so that the whole is often JSON still."""
    signs = [at for at, letter in enumerate(text) if letter in ":,[]{}"]
    if len(signs) < 2:
        return text
    first = draw.randrange(len(signs) - 1)
    return text[: signs[first] + 1] + draw.choice(_WORDS) + text[signs[first + 1] :]
