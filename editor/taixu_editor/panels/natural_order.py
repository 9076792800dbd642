"""Names in the order in which people look for them, of very many at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["natural_key", "natural_keys", "order_of"]

_DIGITS = re.compile(r"[0-9]+")
_WIDTH = 12
"""To how many digits numbers are filled up, so that texts compare as they do."""
_LAST = "\U0010ffff"


def natural_key(name: str) -> str:
    """Sorts names as people do: ``Crate 2`` before ``Crate 10``, capitals with small letters, the nameless last."""
    folded = name.casefold()
    return _DIGITS.sub(_long, folded) if folded else _LAST


def _long(found: re.Match[str]) -> str:
    return found.group().lstrip("0").rjust(_WIDTH, "0")


def natural_keys(names: Sequence[str]) -> list[str]:
    """The keys of many names: all of them as one text, whose numbers are filled up as bytes."""
    if not len(names):
        return []
    joined = "\n".join(names)
    if joined.count("\n") != len(names) - 1:
        return list(map(natural_key, names))
    text = np.frombuffer(joined.casefold().encode(errors="surrogatepass"), np.uint8)
    edges = np.diff(((text >= ord("0")) & (text <= ord("9"))).astype(np.int8), prepend=np.int8(0), append=np.int8(0))
    starts, ends = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0)
    lacking = _WIDTH - (ends - starts)
    if len(lacking) and lacking.min() < 0:
        return list(map(natural_key, names))
    shift = np.zeros(len(text), np.intp)
    shift[starts] = lacking
    filled = np.full(len(text) + int(lacking.sum()), ord("0"), np.uint8)
    filled[np.arange(len(text)) + np.cumsum(shift)] = text
    return [key or _LAST for key in filled.tobytes().decode(errors="surrogatepass").split("\n")]


def order_of(keys: NDArray[Any], ids: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Places in the order of the keys (texts), those of one key by id; soon done where they are nearly in order."""
    texts = keys.tolist()
    order = np.array(sorted(range(len(texts)), key=texts.__getitem__), np.intp)
    if len(order) < 2:
        return order
    sorted_keys = keys[order]
    ranks = np.concatenate([[0], np.cumsum(sorted_keys[1:] != sorted_keys[:-1])])
    if ranks[-1] == len(order) - 1:
        return order
    return order[np.lexsort((ids[order], ranks))]
