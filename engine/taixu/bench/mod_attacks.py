"""What mods that mean harm do to the frames of a world: a sample with its own good mods, and with hostile ones beside them.

For each family the same world is measured without and with; in the end there are as many hostile mods at once as a box holds.
Mods run as they do where somebody plays, sixty frames a second: nobody waits for them. ``frame_ms`` is from one frame to the
next, ``busy_ms`` the processor's time of the engine in it (without drawing, or with: ``--size`` draws), whatever else the machine
does. ``ratio`` says how many times as long a frame takes as without them, where 1.1 is the limit, ``extra`` what more the engine
does as a part of a sixtieth of a second, and ``told`` what the user has read of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter, sleep, thread_time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.hostile_mods import CAPABILITIES, FAMILIES, READS, WRITES
from taixu.bench.measure import Options, result

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu.mods.host import ModHost

__all__ = ["defaults", "measure"]

defaults = Options(n=4, frames=60, size=(0, 0))

_SAMPLE = "samples/mods"
_MOST = 32
_MOST_RATIO = 1.1
_WARM = 60
_STEP_SECS = 1 / 60
_ALL = "all at once"
_MOST_TOLD = 3


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield the world as it is, then one result for each family of `n` mods, then one for all at once."""
    from taixu.assets.paths import find_sample
    from taixu.defaults import App
    from taixu.edit.project import open_project
    from taixu.mods.host import ModHost
    from taixu.mods.playing import ModsPlugin

    plugin = ModsPlugin(wait=False)
    with App.headless(size=options.size if any(options.size) else (320, 180), plugins=(plugin,)) as app:
        sample = find_sample(Path(_SAMPLE))
        app.open(sample, mods=False)
        refused = plugin.load_folder(app.world, open_project(sample)[0].root / "mods")
        host = app.resource(ModHost)
        good = len(host.mods)
        _frames(app, _WARM, options)
        alone, work = _frames(app, options.frames, options)
        yield result(
            "mod-attacks/none", alone, n=good, p99_ms=_high(alone), busy_ms=_mean(work), busy_p99_ms=_high(work),
            cores=os.cpu_count(), badge=plugin.badge, not_loaded=len([name for name in refused if name]),
        )  # fmt: skip
        wanted = options.scenes.split(",") if options.scenes else [*FAMILIES, _ALL]
        for family, sources in FAMILIES.items():
            if family not in wanted:
                continue
            yield _measure_family(app, host, family, list(islice(cycle(sources), options.n)), options)
        if _ALL not in wanted:
            return
        everything = [source for sources in FAMILIES.values() for source in sources]
        yield _measure_family(app, host, _ALL, list(islice(cycle(everything), _MOST - good)), options)


def _measure_family(app: App, host: ModHost, family: str, sources: Sequence[str], options: Options) -> dict[str, Any]:
    """The world without and with a family; where it is slowed down, the last mods that came are the ones to look at."""
    from taixu.mods.grants import Grants

    before = _frames(app, options.frames // 2, options)
    count = host.log.count
    grants = Grants.of(read=READS, write=WRITES, capabilities=CAPABILITIES)
    names = [f"eve.bad{number}" for number in range(len(sources))]
    for name, source in zip(names, sources, strict=True):
        host.load(name, {"main.py": source}, grants=grants)
    start = _frames(app, _WARM, options)
    times, work = _frames(app, options.frames, options)
    statuses = [host.mods[name].status for name in names]
    new = min(host.log.count - count, len(host.log.messages))
    lines = [message.text for message in list(host.log.messages)[len(host.log.messages) - new :]]
    told = list(dict.fromkeys(line for line in lines if "eve.bad" in line))
    good = [mod.status for name, mod in host.mods.items() if name not in names]
    for name in names:
        host.unload(name)
    _frames(app, options.frames // 4, options)
    after = _frames(app, options.frames // 2, options)
    alone, alone_work = (np.concatenate(parts) for parts in zip(before, after, strict=True))
    return result(
        f"mod-attacks/{family}", times, n=len(sources), p99_ms=_high(times), busy_ms=_mean(work), busy_p99_ms=_high(work),
        start_busy_ms=_mean(start[1]), alone_ms=_median(alone), alone_p99_ms=_high(alone), alone_busy_ms=_mean(alone_work),
        extra=round((_mean(work) - _mean(alone_work)) / (1e3 * _STEP_SECS), 3),
        ratio=round(float(np.mean(times) / np.mean(alone)), 3), most_ratio=_MOST_RATIO,
        hostile={status: statuses.count(status) for status in sorted(set(statuses))},
        good={status: good.count(status) for status in sorted(set(good))}, told=[text[:160] for text in told[:_MOST_TOLD]],
    )  # fmt: skip


def _frames(app: App, count: int, options: Options) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Milliseconds from each frame to the next, sixty a second where the engine is fast enough, and those that it works."""
    times, work = np.empty(count), np.empty(count)
    begun = due = perf_counter()
    for number in range(count):
        busy = thread_time()
        app.frame(_STEP_SECS)
        if any(options.size):
            app.drawing.read(app.drawing.frame(app.world, delta_secs=_STEP_SECS))
        work[number] = (thread_time() - busy) * 1e3
        due = max(due + _STEP_SECS, perf_counter() - _STEP_SECS)  # who is late by more than a frame has lost it
        sleep(max(0.0, due - perf_counter()))
        now = perf_counter()
        times[number] = (now - begun) * 1e3
        begun = now
    return times, work


def _mean(times: NDArray[np.float64]) -> float:
    return round(float(times.mean()), 3)


def _median(times: NDArray[np.float64]) -> float:
    return round(float(np.median(times)), 3)


def _high(times: NDArray[np.float64]) -> float:
    return round(float(np.percentile(times, 99)), 3)
