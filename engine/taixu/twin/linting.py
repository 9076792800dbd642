"""A linter for bindings: which hit nothing, which devices nobody feeds, which have fallen silent.

What a device's export changed overnight shows here in the morning, before somebody wonders why a number stands still.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from taixu.assets.findings import Finding
from taixu.ecs import World, component_type
from taixu.twin.bindings import Binding
from taixu.twin.device import Device, Roster
from taixu.twin.feed import Feed

__all__ = ["binding_findings"]

_NAMED = 5
_NEVER = np.iinfo(np.int64).min


def binding_findings(world: World, *, now_ns: int, stale_secs: float = 60.0) -> list[Finding]:
    """What is doubtful about a world's bindings and devices just now.

    Parameters
    ----------
    stale_secs
        A device that was heard of, and not for so long, is silent.
    """
    feed, roster = world.resource(Feed), world.resource(Roster)
    roster.refresh(world)
    found: list[Finding] = []
    for number, binding in enumerate(feed.bindings):
        found += _of_binding(world, feed, roster, binding, f"twin.bindings[{number}]")
    for key in sorted(roster.doubles)[:_NAMED]:
        found.append(Finding("error", f"device {key}", "several entities have this key; only one of them is fed"))
    found += _of_devices(world, feed, now_ns, stale_secs)
    return found


def _of_binding(world: World, feed: Feed, roster: Roster, binding: Binding, where: str) -> Iterator[Finding]:
    name = component_type(binding.target.cls).name
    if not len(world.query(Device, binding.target.cls)):
        yield Finding("error", where, f"no device has {name}: it can hit nothing")
    elif binding.entity and not roster.find([binding.entity]).any():
        yield Finding("error", where, f"there is no device {binding.entity!r}")
    elif feed.counts.readings and not feed.by_binding.get(binding):
        yield Finding("warning", where, f"nothing has come for {binding.text} yet")


def _of_devices(world: World, feed: Feed, now_ns: int, stale_secs: float) -> Iterator[Finding]:
    bound = {binding.target.cls for binding in feed.bindings}
    unbound, unheard, silent = [], [], []
    for table in world.query(Device):
        keys = table.read(Device, "key")
        if not bound & table.types:
            unbound.append(keys[keys != ""])
            continue
        times = feed.times_ns(table.entities)
        never = times == _NEVER
        unheard.append(keys[never])
        silent.append(keys[~never & (times < now_ns - round(stale_secs * 1e9))])
    yield from _told(unbound, "warning", "no binding feeds anything that they have")
    yield from _told(unheard, "info", "nothing has been heard of them yet")
    yield from _told(silent, "warning", f"nothing has been heard of them for {stale_secs:g} s")


def _told(keys: Sequence[NDArray[np.object_]], severity: Literal["warning", "info"], what: str) -> Iterator[Finding]:
    names = sorted(np.concatenate([np.empty(0, object), *keys]).tolist())
    if names:
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        yield Finding(severity, f"devices {', '.join(names[:_NAMED])}{more}", what)
