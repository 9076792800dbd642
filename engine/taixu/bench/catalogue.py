"""Which benchmarks there are."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Protocol, cast

from taixu.bench.measure import Options
from taixu.errors import MachineError, UsageError

__all__ = ["BENCHES", "Bench", "load_bench"]

BENCHES = {
    "transforms": "a million entities: changed transforms propagated",
    "S1": "10,000 boxes that all move, drawn",
    "S2": "100,000 boxes that stand still, drawn",
    "S3": "a textured model under a sun with shadows, drawn",
    "physics": "1,000 awake bodies: the engine's share of a step",
    "import": "reading models from disk",
    "render-start": "from a cold start to the picture of a small model",
    "environment": "a new sky made into light",
    "materials": "what layers of a material cost, against a plain one",
    "stability": "flicker, shimmer and ghosts with each kind of antialiasing, against means of many frames",
    "lights": "four thousand lamps of which a hundred are in sight, against that hundred alone",
    "generate": "materials made: all maps, the first look, seams; what the engine adds to a call of diffusers",
    "avatars": "a person by the whole command, a crowd by two processes, and how large people are",
    "crowd": "a thousand people who walk in view, against as many statues of the same",
    "editor": "the editor's interface: its time a frame, clicks, openings, memory",
    "twin": "readings into columns, what a recording costs and weighs, seeks",
    "viewers": "200 viewers of 100,000 entities by the state stream, beside a bare WebSocket",
    "latency": "from an input and from a reading to the pixels that show it, read in a browser",
    "million": "a million moving things in one world, drawn off screen, beside numpy's copy",
    "scale": "a million things of a hundred meshes, a camera that walks: Python and driver, and what culling leaves to draw",
    "navigation": "a navigation mesh made, ways on it, steps of a crowd of a thousand",
    "rules": "rules, fences, measures by zone and separation over a million entities, beside numpy",
    "commands": "from an operator's request to the device's acknowledgement over a real broker, beside bare paho",
    "places": "2 km of land with a million plants made and shown, chunks of endless land, a road that moves",
    "city": "water, traffic and crowds beside SUMO, jupedsim and what is known of them; plans, branches, places, sweeps",
    "mods": "mods in their locked process: its start, a call there and back, a frame of 10,000 entities, beside native loops",
    "mod-attacks": "a sample's frames while hostile mods run beside its own, family by family, then as many as a box holds",
    "quality": "a sample's frame by quality tier, and what each option of a tier costs",
    "fidelity": "how near pictures come to a path tracer's, beside other engines'",
}
_INSTALLED = frozenset({"editor"})
"""Those that are found through the entry point group ``taixu.benches``, for what they measure may not be installed."""
_MODULES = {
    "S1": "moving_boxes", "S2": "static_boxes", "S3": "lit_model", "import": "importing", "render-start": "render_start",
    "mod-attacks": "mod_attacks",
}  # fmt: skip


class Bench(Protocol):
    """A module of this package."""

    defaults: Options

    def measure(self, options: Options) -> Iterator[dict[str, Any]]:
        """Yield results, the benchmark's own before those of peers."""


def load_bench(name: str) -> Bench:
    """The module of a benchmark."""
    if name not in BENCHES:
        raise UsageError(f"there is no benchmark {name!r}; there are {', '.join(BENCHES)}")
    if name in _INSTALLED:
        return _load_installed(name)
    return cast(Bench, import_module(f"taixu.bench.{_MODULES.get(name, name)}"))


def _load_installed(name: str) -> Bench:
    point = next(iter(entry_points(group="taixu.benches", name=name)), None)
    try:
        if point is not None:
            return cast(Bench, point.load())
    except ModuleNotFoundError as error:
        raise MachineError(f'the {name} is not installed; pip install "taixu[{name}]" brings it ({error})') from error
    raise MachineError(f'the {name} is not installed; pip install "taixu[{name}]" brings it')
