"""The model that was used last stays open for a minute, where memory is plenty: variations need not load it each time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from taixu.generate.diffusion.loading import LoadedPipeline, Task, open_pipeline
from taixu.generate.diffusion.machine import MachineChoice, find_machine
from taixu.generate.model_facts import ModelFacts

__all__ = ["kept_pipeline", "let_go"]

_KEEP_SECS = 60.0
_PLENTY = 2
"""How many times what a model needs must be free beside it."""


@dataclass
class _Kept:
    key: tuple[object, ...]
    loaded: LoadedPipeline
    timer: threading.Timer


_lock = threading.RLock()
_kept: list[_Kept] = []


@contextmanager
def kept_pipeline(facts: ModelFacts, task: Task, *, choice: MachineChoice, size: tuple[int, int]) -> Iterator[LoadedPipeline]:
    """A model that is open for a task: the one that is still there, or a new one. It is the caller's alone within.

    Raises
    ------
    TaixuError
        As `open_pipeline`.
    """
    key = (facts.path, facts.hash, choice, size)
    with _lock:
        loaded = _take(key)
        if loaded is None:
            let_go()  # its memory is for the new one
            loaded = open_pipeline(facts, task, choice=choice, size=size)
        try:
            yield loaded.also(task)
        except BaseException:
            loaded.close()
            raise
        _keep(key, loaded)


def let_go() -> None:
    """Close what is kept."""
    with _lock:
        while _kept:
            last = _kept.pop()
            last.timer.cancel()
            last.loaded.close()


def _take(key: tuple[object, ...]) -> LoadedPipeline | None:
    if _kept and _kept[0].key == key:
        last = _kept.pop()
        last.timer.cancel()
        return last.loaded
    return None


def _keep(key: tuple[object, ...], loaded: LoadedPipeline) -> None:
    holding = loaded.holding
    if find_machine().free_bytes[holding.device] < _PLENTY * holding.needed_bytes:
        loaded.close()
        return
    timer = threading.Timer(_KEEP_SECS, let_go)
    timer.daemon = True
    _kept.append(_Kept(key, loaded, timer))
    timer.start()
