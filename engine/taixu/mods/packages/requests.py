"""What a mod asks for, in a form that can be shown, recorded, and compared with what was granted before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from taixu.mods.packages.manifest import Manifest, Quota
from taixu.mods.packages.manifest_rules import CAPABILITIES

__all__ = ["Request", "covers", "new_requests", "requests_of"]


@dataclass(frozen=True, slots=True)
class Request:
    """One thing asked for.

    Attributes
    ----------
    name
        A capability, ``read:COLUMN``, ``write:COLUMN`` or ``quota:NAME``.
    amount
        How much of it; 0 where there is nothing to count.
    hosts
        Of ``net``.
    text
        What it means, for people.
    why
        The mod's own words; empty where it need give none.
    """

    name: str
    text: str
    amount: float = 0
    hosts: tuple[str, ...] = ()
    why: str = ""

    @property
    def grant(self) -> dict[str, Any]:
        """What is recorded of it."""
        return {"amount": self.amount, "hosts": list(self.hosts)}

    def __str__(self) -> str:
        return f"{self.text}: {self.why}" if self.why else self.text


def requests_of(manifest: Manifest) -> list[Request]:
    """All that a mod asks for, the most grave first."""
    found = [_capability(manifest, name) for name in reversed(CAPABILITIES) if name in manifest.capabilities]
    found += [Request(f"write:{column}", f"change {column} of all entities") for column in manifest.write]
    found += [Request(f"read:{column}", f"read {column} of all entities") for column in manifest.read]
    usual, quota = Quota(), manifest.quota
    if quota.fuel is not None:
        found.append(Request("quota:fuel", f"use {quota.fuel:,} units of fuel a step", quota.fuel))
    texts = {"ms": "{:g} ms a step", "memory_mb": "{:g} MB of memory", "host_calls": "{:,} calls to the engine a step"}
    for name, text in texts.items():
        value = getattr(quota, name)
        if value > getattr(usual, name):
            found.append(Request(f"quota:{name}", f"use {text.format(value)}", value))
    return found


def covers(granted: Mapping[str, Mapping[str, Any]], request: Request) -> bool:
    """Whether what was granted once is enough for what is asked now."""
    known = granted.get(request.name)
    if known is None and request.name.startswith(("read:", "write:")):  # a component covers its fields
        known = granted.get(request.name.partition(".")[0])
    return known is not None and request.amount <= known.get("amount", 0) and set(request.hosts) <= set(known.get("hosts", ()))


def new_requests(requests: Iterable[Request], granted: Mapping[str, Mapping[str, Any]]) -> list[Request]:
    """What was not granted yet: an update that wants more asks for this."""
    return [request for request in requests if not covers(granted, request)]


def _capability(manifest: Manifest, name: str) -> Request:
    asked = manifest.capabilities[name]
    text = {
        "spawn": f"make up to {asked.maximum:,} entities",
        "input": "see the mouse",
        "input.text": "see what you type",
        "ui": "draw on the screen",
        "audio": "play sounds",
        "storage": f"keep up to {asked.maximum:,} kB on this machine",
        "chat": "write to the chat",
        "net": f"talk to {', '.join(asked.hosts)} through the engine",
    }[name]
    return Request(name, text, asked.maximum, asked.hosts, asked.why)
