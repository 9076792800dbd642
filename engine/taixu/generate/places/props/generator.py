"""The generator of props."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.generator import Generator, Made, Progress
from taixu.generate.places.props.catalogue import PROPS, PropSpec, prop_model
from taixu.generate.request import Request

__all__ = ["PropGenerator", "parameters_of_words"]

_TOKEN = re.compile(r"[a-z]+(?:-[a-z]+)*")
_SIZES = {"small little tiny 小": 0.7, "big large huge 大": 1.4}


class PropGenerator(Generator):
    """Things that stand about."""

    name, makes, suffix = "prop", "prop", ".glb"
    summary = "barrels, benches, boats, lamps, wells, carts, stalls and sixty things more, watertight"
    parameters = PropSpec

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Which thing a prompt names."""
        return parameters_of_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One GLB."""
        progress(0.1, request.parameters.kind)
        model, _ = prop_model(request.parameters, request.seed)
        return [request.save_model(model)]


def parameters_of_words(prompt: str) -> dict[str, Any]:
    """Parameters of a prompt.

    Raises
    ------
    TaixuError
        When no word names a prop.
    """
    text = prompt.casefold()
    words = _TOKEN.findall(text)
    tokens = set(words) | {word.removesuffix("s") for word in words}
    tokens |= {"-".join(pair) for pair in pairwise(words)}
    tokens |= {token.removesuffix("s") for token in tokens}

    def score(names: str) -> int:
        return max((len(name) * (1 if name.isascii() else 3) for name in names.split()
            if (name in tokens if name.isascii() else name in text)), default=0)

    scores = {name: score(prop.words) for name, prop in PROPS.items()}
    best = max(scores, key=lambda name: scores[name])
    if not scores[best]:
        raise TaixuError(f"no word names a prop that can be made; there are {', '.join(PROPS)}")
    meant: dict[str, Any] = {"kind": best}
    for names, value in _SIZES.items():
        if score(names):
            meant["scale"] = value
    return meant
