"""Generators: plugins that make content from words, numbers and other content.

A `Generator` says what it makes of which parameters; an `Order` asks for something; `Generations` carries orders out in worker
processes, with a cache by content, and records in and beside each file where it came from. Those records are the lineage of a
project: what was made from what, what is out of date, and how to make it again (`Lineage`, `remake`). All of it works without
weights and without a network; generators that use a model of the user's stand behind the same interface.

The package is shaped by who needs what: `generator` and `request` are all that somebody who writes one sees; `order`, `making`,
`cache` and `placing` are an order's way; `provenance` knows files and nothing of generators.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.generate.generations import Generation, Generations
    from taixu.generate.generator import Generator, Made, Needs, Progress
    from taixu.generate.guards import Guard
    from taixu.generate.licences import licence_findings
    from taixu.generate.lineage import Lineage
    from taixu.generate.making import Result
    from taixu.generate.model_facts import ModelFacts
    from taixu.generate.order import Order
    from taixu.generate.registry import Generators
    from taixu.generate.remaking import plan_remake, remake
    from taixu.generate.request import Request

__all__ = [
    "Generation", "Generations", "Generator", "Generators", "Guard", "Lineage", "Made", "ModelFacts", "Needs", "Order", "Progress",
    "Request", "Result", "licence_findings", "plan_remake", "remake",
]  # fmt: skip

_HOMES = {
    "Generation": "generations", "Generations": "generations", "Generator": "generator", "Generators": "registry",
    "Guard": "guards",
    "Lineage": "lineage", "Made": "generator", "ModelFacts": "model_facts", "Needs": "generator", "Order": "order",
    "Progress": "generator", "Request": "request", "Result": "making", "licence_findings": "licences", "plan_remake": "remaking",
    "remake": "remaking",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(f"taixu.generate.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
