"""What mods that mean harm do to the frames of a world: a sample with its own good mods, and with hostile ones beside them.

The same world is opened twice, each with a box of its own, and the two take turns, frame by frame: one with its good mods alone,
one with a family of hostile mods beside them, in the end with as many at once as a box holds. So whatever else the machine does
meets both. For each family both are opened anew: where the one before put everybody does not count for it. Mods run as they do
where somebody plays, sixty frames a second: nobody waits for them.

``alone_ms`` and ``frame_ms`` are the processor's time that the engine's process takes for a frame, all its threads, from one turn
to the next (without drawing, or with: ``--size`` draws). ``extra_ms`` is the mean of the differences, turn by turn, the fiftieth
part at each end of their row pulled in. It is what it would be where the processor is ours alone: a fixed piece of work is timed
at each turn, and ``slowed`` says how many times as long it took as at its best in this run. ``ratio`` says how many times as long
a frame is whose sixtieth of a second was full without them, where 1.1 is the limit. ``good_steps`` is how many steps the good mods
had for each that they have alone, and ``told`` what the user has read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter, process_time, sleep, thread_time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.hostile_mods import CAPABILITIES, FAMILIES, READS, WRITES
from taixu.bench.measure import Options, result

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu.mods.host import ModHost
    from taixu.mods.playing import ModsPlugin

__all__ = ["defaults", "measure"]

defaults = Options(n=4, frames=240, size=(0, 0))

_SAMPLE = "samples/mods"
_MOST = 32
_MOST_RATIO = 1.1
_WARM = 60
_STEP_SECS = 1 / 60
_ALL = "all at once"
_MOST_TOLD = 3
_CUT = 0.02
_YARD = 4000


@dataclass
class _Turns:
    """What was measured: milliseconds of the processor for frames of the two worlds, f8[2, n], and for the yardstick, f8[n]."""

    busy: NDArray[np.float64]
    yard: NDArray[np.float64]

    def extra_ms(self, best_ms: float) -> float:
        """By how much the second of two takes longer than the first, on the average, as if the yardstick took `best_ms`."""
        each = np.sort(self.busy[1] - self.busy[0])
        low, high = np.quantile(each, (_CUT, 1.0 - _CUT))
        return _round(np.clip(each, low, high).mean() / self.slowed(best_ms))

    def slowed(self, best_ms: float) -> float:
        """How many times as long as at its best the yardstick took."""
        return max(1.0, float(np.median(self.yard)) / best_ms)


class _Bench:
    """The two worlds, and the shortest times of the yardstick so far."""

    def __init__(self, apps: tuple[App, App], plugins: tuple[ModsPlugin, ModsPlugin], options: Options) -> None:
        from taixu.assets.paths import find_sample

        self.apps, self.options = apps, options
        self.yards: list[float] = []
        self._plugins, self._sample = plugins, find_sample(Path(_SAMPLE))

    def open(self) -> list[str]:
        """Open both worlds with their good mods, and let them get going; gives which mods of the second are not loaded."""
        from taixu.edit.project import open_project

        refused: dict[str, str] = {}
        for app, plugin in zip(self.apps, self._plugins, strict=True):
            app.open(self._sample, mods=False)
            refused = plugin.load_folder(app.world, open_project(self._sample)[0].root / "mods")
        self.frames(2 * _WARM)
        return [name for name in refused if name]

    @property
    def best_ms(self) -> float:
        """What the yardstick takes at its best."""
        return float(np.quantile(self.yards, 0.01))

    def frames(self, count: int) -> _Turns:
        """Frames of both, each at sixty a second, in turns."""
        busy, yard = np.empty((2, count)), np.empty(count)
        due = perf_counter()
        for turn in range(count):
            yard[turn] = _yard_ms()
            for which in (0, 1) if turn % 2 else (1, 0):  # who comes first finds other things in the caches
                begun = process_time()
                app = self.apps[which]
                app.frame(_STEP_SECS)
                if any(self.options.size):
                    app.drawing.read(app.drawing.frame(app.world, delta_secs=_STEP_SECS))
                due = max(due + _STEP_SECS / 2, perf_counter() - _STEP_SECS)  # who is late by more than a frame has lost it
                sleep(max(0.0, due - perf_counter()))
                busy[which, turn] = (process_time() - begun) * 1e3
        self.yards += yard.tolist()
        return _Turns(busy, yard)

    def result(self, name: str, turns: _Turns, **more: Any) -> dict[str, Any]:
        """One result."""
        alone, busy = turns.busy
        extra = turns.extra_ms(self.best_ms)
        return result(
            f"mod-attacks/{name}", busy, alone_ms=_round(np.median(alone)), p99_ms=_round(np.percentile(busy, 99)),
            alone_p99_ms=_round(np.percentile(alone, 99)), slowed=_round(turns.slowed(self.best_ms)), extra_ms=extra,
            ratio=round(1.0 + extra / (1e3 * _STEP_SECS), 3), most_ratio=_MOST_RATIO, **more,
        )  # fmt: skip

    def measure_family(self, family: str, sources: Sequence[str]) -> dict[str, Any]:
        """A family beside the good mods of one of the worlds, both opened anew."""
        from taixu.mods.grants import Grants
        from taixu.mods.host import ModHost

        self.open()
        host: ModHost = self.apps[1].resource(ModHost)
        count = host.log.count
        grants = Grants.of(read=READS, write=WRITES, capabilities=CAPABILITIES)
        names = [f"eve.bad{number}" for number in range(len(sources))]
        for name, source in zip(names, sources, strict=True):
            host.load(name, {"main.py": source}, grants=grants)
        start = self.frames(_WARM)
        before = [_steps(app.resource(ModHost), names) for app in self.apps]
        turns = self.frames(self.options.frames)
        after = [_steps(app.resource(ModHost), names) for app in self.apps]
        statuses = [host.mods[name].status for name in names]
        new = min(host.log.count - count, len(host.log.messages))
        lines = [message.text for message in list(host.log.messages)[len(host.log.messages) - new :]]
        told = list(dict.fromkeys(line for line in lines if "eve.bad" in line))
        good = [mod.status for name, mod in host.mods.items() if name not in names]
        for name in names:
            host.unload(name)
        return self.result(
            family, turns, n=len(sources), start_extra_ms=start.extra_ms(self.best_ms),
            good_steps=_round((after[1] - before[1]) / max(1, after[0] - before[0])),
            hostile={status: statuses.count(status) for status in sorted(set(statuses))},
            good={status: good.count(status) for status in sorted(set(good))}, told=[text[:160] for text in told[:_MOST_TOLD]],
        )  # fmt: skip


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield the worlds as they are, then one result for each family of `n` mods, then one for all at once."""
    from taixu.defaults import App
    from taixu.mods.host import ModHost
    from taixu.mods.playing import ModsPlugin

    plugins = ModsPlugin(wait=False), ModsPlugin(wait=False)
    size = options.size if any(options.size) else (320, 180)
    with App.headless(size=size, plugins=(plugins[0],)) as calm, App.headless(size=size, plugins=(plugins[1],)) as app:
        bench = _Bench((calm, app), plugins, options)
        not_loaded = bench.open()
        good = len(app.resource(ModHost).mods)
        yield bench.result(
            "none", bench.frames(options.frames), n=good, cores=os.cpu_count(), badge=plugins[1].badge, not_loaded=len(not_loaded)
        )
        wanted = options.scenes.split(",") if options.scenes else [*FAMILIES, _ALL]
        for family, sources in FAMILIES.items():
            if family in wanted:
                yield bench.measure_family(family, list(islice(cycle(sources), options.n)))
        if _ALL in wanted:
            everything = [source for sources in FAMILIES.values() for source in sources]
            yield bench.measure_family(_ALL, list(islice(cycle(everything), _MOST - good)))


def _steps(host: ModHost, without: Sequence[str]) -> int:
    return sum(mod.cost.steps for name, mod in host.mods.items() if name not in without)


def _yard_ms() -> float:
    """What a fixed piece of work takes of the processor, of the kind that the engine does: some of it in Python, some in numpy."""
    values = np.arange(_YARD, dtype=np.float32)
    begun = thread_time()
    total = 0.0
    for each in range(_YARD):
        total += each * 0.5
    for _ in range(40):
        values = values * np.float32(0.5) + np.float32(1.0)
    return (thread_time() - begun) * 1e3


def _round(value: Any) -> float:
    return round(float(value), 3)
