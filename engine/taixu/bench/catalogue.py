"""Which benchmarks there are."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, Protocol, cast

from taixu.bench.measure import Options
from taixu.errors import UsageError

__all__ = ["BENCHES", "Bench", "load_bench"]

BENCHES = {
    "transforms": "a million entities: changed transforms propagated",
    "S1": "10,000 boxes that all move, drawn",
    "S2": "100,000 boxes that stand still, drawn",
    "physics": "1,000 awake bodies: the engine's share of a step",
    "import": "reading models from disk",
    "render-start": "from a cold start to the picture of a small model",
    "environment": "a new sky made into light",
    "materials": "what layers of a material cost, against a plain one",
    "fidelity": "how near pictures come to a path tracer's, beside other engines'",
}
_MODULES = {"S1": "moving_boxes", "S2": "static_boxes", "import": "importing", "render-start": "render_start"}


class Bench(Protocol):
    """A module of this package."""

    defaults: Options

    def measure(self, options: Options) -> Iterator[dict[str, Any]]:
        """Yield results, the benchmark's own before those of peers."""


def load_bench(name: str) -> Bench:
    """The module of a benchmark."""
    if name not in BENCHES:
        raise UsageError(f"there is no benchmark {name!r}; there are {', '.join(BENCHES)}")
    return cast(Bench, import_module(f"taixu.bench.{_MODULES.get(name, name)}"))
