"""What somebody asks for, and what becomes of it first: a recipe, with a key that says all that decides the result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from taixu.assets.content_hash import hash_bytes
from taixu.edit.parameters import read_parameters
from taixu.errors import TaixuError, UsageError
from taixu.generate.generator import Generator
from taixu.generate.model_facts import NO_MODEL, ModelFacts
from taixu.generate.prompts import MOST_LETTERS, clean_prompt
from taixu.generate.provenance.content import content_and_body

__all__ = ["Order", "Recipe", "settle"]

_FORMAT = 1
_MOST_PARENTS = 64


@dataclass(frozen=True, slots=True)
class Order:
    """A wish.

    Attributes
    ----------
    generator
        Its name, or what shall be made.
    prompt
        Words.
    seed
        0 to 2^64 - 1.
    settings
        Parameters that the user set; they go before what the words mean.
    model
        Weights: a folder, a file, or a name that the generator knows.
    parents
        Files to make it from.
    """

    generator: str
    prompt: str = ""
    seed: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    model: str = ""
    parents: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """An order with everything filled in.

    Attributes
    ----------
    parameters
        Of the generator's class.
    parent_contents
        The content hash of each parent.
    key
        A hash of all that decides the result.
    """

    order: Order
    prompt: str
    parameters: Any
    model: ModelFacts
    parent_contents: tuple[str, ...]
    key: str


def settle(generator: Generator, order: Order) -> Recipe:
    """Fill in an order: words become parameters, weights and parents become hashes.

    Raises
    ------
    TaixuError
        When words, parameters, model or parents are not to be used, in one sentence.
    """
    prompt = clean_prompt(order.prompt)
    if not 0 <= order.seed < 1 << 64:
        raise UsageError(f"the seed {order.seed} is not a whole number from 0 to 2^64 - 1")
    if len(order.parents) > _MOST_PARENTS:
        raise UsageError(f"{len(order.parents)} files to make it from are more than the {_MOST_PARENTS} that can be named")
    if generator.needs.weights and not order.model:
        raise UsageError(f"the generator {generator.name!r} needs a model; name a folder or a file of weights (--model)")
    if len(order.parents) < generator.needs.parents:
        wanted = "a file" if generator.needs.parents == 1 else f"{generator.needs.parents} files"
        raise UsageError(f"the generator {generator.name!r} works on {wanted}; name what with --from")
    # What the user set is looked at first: a mistake there is told before one in what the words came to mean.
    read_parameters(generator.parameters, order.settings, name=generator.name, whose="generator")
    meant = generator.read_words(prompt) if prompt else {}
    parameters = read_parameters(generator.parameters, {**meant, **order.settings}, name=generator.name, whose="generator")
    _need_text(generator, asdict(parameters))
    model = generator.find_model(order.model) if order.model else NO_MODEL
    parents = [content_and_body(parent) for parent in order.parents]
    decisive = [
        _FORMAT, generator.name, generator.version, prompt, order.seed, asdict(parameters), model.name, model.hash,
        [body for _, body in parents], sorted(order.settings),
    ]  # fmt: skip
    try:
        said = json.dumps(decisive, sort_keys=True, ensure_ascii=False)
    except TypeError as error:
        raise TaixuError(f"the generator {generator.name!r} has parameters that are no JSON: {error}") from error
    return Recipe(order, prompt, parameters, model, tuple(content for content, _ in parents), hash_bytes(said.encode()))


def _need_text(generator: Generator, values: Mapping[str, Any]) -> None:
    """See that texts in parameters can stand in files."""
    for name, value in values.items():
        for text in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(text, str) and (len(text) > MOST_LETTERS or not text.isprintable()):
                where = f"generator {generator.name!r}, parameter {name!r}"
                raise UsageError(f"{where}: give a text of one line, of at most {MOST_LETTERS:,} letters")
