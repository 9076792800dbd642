"""What comes back from a mod: how a call, a start or a restoration ended, and snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Reply", "Snapshot"]


@dataclass(frozen=True)
class Reply:
    """How something that was asked of a mod ended.

    Attributes
    ----------
    about
        ``"boot"`` (open and reload), ``"call"``, ``"restored"`` (after a trap, or asked for), ``"snapshot"``.
    serial
        For a call: what `send` gave. For a snapshot: its tag.
    status
        ``"ok"``; ``"error"``: a Python exception left the mod, which lives on; ``"trapped"``: its instance was discarded;
        ``"lost"``: the helper died; ``"off"``: the mod is off.
    reason
        Why it is not ok.
    payload
        What the guest answered; empty where the status is not ok. Untrusted.
    fuel, micros, memory_bytes
        What it cost, and the memory of the instance.
    refused
        What the helper denied: log lines over the cap, an answer too long.
    logs
        ``(level, text)``, capped. Untrusted.
    """

    about: Literal["boot", "call", "restored", "snapshot"]
    serial: int
    status: Literal["ok", "error", "trapped", "lost", "off"]
    reason: str = ""
    payload: bytes = b""
    fuel: int = 0
    micros: int = 0
    memory_bytes: int = 0
    refused: int = 0
    logs: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """An instance's state, as only the helper can read it.

    Attributes
    ----------
    tag
        What `BoxedMod.snapshot` was given: a tick, for example.
    data
        The bytes.
    """

    tag: int
    data: bytes
