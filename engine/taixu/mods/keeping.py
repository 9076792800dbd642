"""Mods in a world's snapshots: going back brings each back to where it stood, to the bit.

Between two steps a mod has answered the next one already. So its state, the memory of its instance, belongs to the answer that
is on its way, and that is kept beside it: what it asked for, and the values it wrote, by stable ids. Whoever restores gets both,
and the answer counts in the step that it was given for. Nothing of the world that goes on is touched by keeping.

A mod whose sources were changed since goes back by `on_save` and `on_load`, as in a reload; one that was loaded since begins anew,
and one that was ended since stays so. Where there is no instance to keep, `on_save` and `on_load` do as well.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.mods.mirror_column import Returned
from taixu.mods.writing import differences

if TYPE_CHECKING:
    from taixu.mods.loaded import LoadedMod
    from taixu.mods.stepping import SteppedMod

__all__ = ["KeptMod", "KeptWrite", "bring_back", "keep_mod", "written_again"]

_FACTS = (
    "fault", "listening", "spawned", "inbox", "share", "budget", "_reserved", "_ids_made", "_ran", "_unheard", "_foreign_fuel",
    "_allowance", "_charged", "_first", "_backlog", "answered",
)  # fmt: skip
"""What the engine's side of a mod remembers from step to step, besides what it mirrors and what it counts for people."""


@dataclass(frozen=True, slots=True)
class KeptWrite:
    """What an answer wrote into a column: values of entities by stable id.

    Attributes
    ----------
    ids : uint64[n]
    values : array
        ``[n]`` or ``[width, n]``; None where what came back was no such column.
    lanes
        Which of a vector's numbers it wrote.
    """

    key: str
    ids: NDArray[np.uint64]
    values: NDArray[Any] | None
    lanes: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class KeptMod:
    """A mod as it stood.

    Attributes
    ----------
    memory
        Of its instance; None where there was none to keep.
    state
        What `on_save` gave, with fields and chance; None where it gave nothing.
    answer, writes
        What was on its way; None where nothing was.
    """

    sources: dict[str, str]
    facts: dict[str, Any]
    memory: bytes | None
    state: Any
    answer: Any
    writes: tuple[KeptWrite, ...]


def keep_mod(mod: LoadedMod) -> KeptMod:
    """Copy a mod's state; the answer that is on its way is waited for, and counts later, as it would have."""
    answer = mod.hold()
    writes = tuple(_writes_of(mod)) if answer is not None and answer.status == "ok" else ()
    facts = {name: deepcopy(getattr(mod, name)) for name in _FACTS}
    memory = mod.memory() if mod.running else None
    return KeptMod(dict(mod.sources), facts, memory, mod.save() if mod.running else None, answer, writes)


def bring_back(mod: LoadedMod, kept: KeptMod | None, *, anew: LoadedMod | None) -> LoadedMod:
    """Go back to what was kept; gives what runs from now on.

    Parameters
    ----------
    kept
        None where the mod was not there yet: it begins anew.
    anew
        The same mod in a fresh instance, where it cannot go back in its own.
    """
    if anew is None:
        assert kept is not None
        assert kept.memory is not None
        if mod.drop_held() and mod.put_memory(kept.memory):
            return _with_facts(mod, kept)
        return mod  # its instance went with the helper: the box restores it by itself
    mod.boxed.close()
    if kept is None:
        return anew
    if kept.state is not None:
        anew.load(kept.state)
    return _with_facts(anew, kept, first=True)


def written_again(mod: SteppedMod, writes: tuple[KeptWrite, ...]) -> list[tuple[Any, Returned, Any]]:
    """What an answer wrote, for slots as they are now: column, values that came back, which of them changed."""
    mod.mirror.reset()
    mod.mirror.follow()
    used = mod.mirror.used
    slots_by_id = {number: slot for slot, number in enumerate(mod.mirror.ids[:used].tolist()) if number}
    found: list[tuple[Any, Returned, Any]] = []
    for write in writes:
        column = mod.mirror.columns[write.key]
        if write.values is None:
            found.append((column, Returned(np.empty(0)), None))
            continue
        pairs = [(place, slots_by_id[number]) for place, number in enumerate(write.ids.tolist()) if number in slots_by_id]
        places, slots = np.array(pairs, np.intp).reshape(-1, 2).T
        values, changed = column.values[..., :used].copy(), np.zeros(used, bool)
        values[..., slots] = write.values[..., places]
        changed[slots] = True
        found.append((column, Returned(values, write.lanes), changed))
    return found


def _with_facts(mod: LoadedMod, kept: KeptMod, *, first: bool = False) -> LoadedMod:
    for name, value in deepcopy(kept.facts).items():
        setattr(mod, name, value)
    if first:
        mod.begin_again()
    mod.mirror.reset()  # the world is another, and the sandbox is told all of it with its next step
    if kept.answer is not None:
        mod.take_later(kept.answer, kept.writes)
    return mod


def _writes_of(mod: LoadedMod) -> list[KeptWrite]:
    found = []
    for column, returned in mod.returned():
        changed = differences(mod.mirror, column, returned)
        if changed is None:
            found.append(KeptWrite(column.key, np.empty(0, np.uint64), None))
        elif changed.any():
            returned.fill(column.values)
            ids, values = mod.mirror.ids[: mod.mirror.used][changed], returned.values[..., changed].copy()
            found.append(KeptWrite(column.key, ids, values, returned.lanes))
    return found
