"""One mod in one world: how it is tried, kept, put back and asked between its steps."""

from __future__ import annotations

import json
from time import monotonic
from typing import Any

from taixu.mods.decoding import decode_answer
from taixu.mods.keeping import KeptWrite
from taixu.mods.stepping import FIRST_FUEL, SteppedMod

__all__ = ["LOAD", "SAVE", "LoadedMod"]

SAVE, LOAD = 2, 3
"""Kinds of calls into the sandbox besides steps."""


class LoadedMod(SteppedMod):
    """A mod that is loaded into a world; made by `ModHost.load`."""

    def try_step(self, tick: int, *, timeout_secs: float) -> str:
        """Run the first step of a mod that is to replace another; its answer counts in step `tick`.

        Gives why it is not to replace it: empty where it stands.
        """
        until = monotonic() + timeout_secs
        self.send({}, tick=tick)
        while self.boxed.busy and not self.fault and monotonic() < until:
            reply = self.boxed.poll(until - monotonic())
            if reply is None:
                break
            self._tell(reply)
            if reply.about == "call" and reply.status == "ok":
                fault = decode_answer(reply.payload, capabilities=self.grants.capabilities).fault
                self._held = reply
                return "" if fault is None else fault.text
            if reply.about == "call":
                return str(reply.reason)
        return self.fault or "it did not answer"

    def hold(self, *, timeout_secs: float = 10.0) -> Any:
        """Wait for the answer that is on its way, and let it count when it is due; gives it, or None where there is none."""
        until = monotonic() + timeout_secs
        while self._held is None and self.boxed.busy and monotonic() < until:
            reply = self.boxed.poll(until - monotonic())
            if reply is None:
                break
            self._tell(reply)
            if reply.about == "call":
                self._held = reply
        return self._held

    def take_later(self, reply: Any, writes: tuple[KeptWrite, ...]) -> None:
        """An answer that was kept, with what it wrote, is to count in the step that it was given for."""
        self._held, self._kept_writes = reply, writes

    def drop_held(self) -> bool:
        """Forget what was answered and did not count yet; whether the sandbox rests now."""
        self.hold()
        self._held = self._kept_writes = None
        self._under_way = False
        return not self.boxed.busy

    def begin_again(self) -> None:
        """It is a fresh instance, which is told everything."""
        self._first, self._known = True, {}

    def memory(self, *, timeout_secs: float = 10.0) -> bytes | None:
        """The memory of its instance as it is now; None where the box cannot give it."""
        if not hasattr(self.boxed, "kept") or not self._wait_for("snapshot", timeout_secs, asks=True):
            return None
        kept = self.boxed.kept
        return None if kept is None or kept.tag != self._ran else bytes(kept.data)

    def put_memory(self, data: bytes, *, timeout_secs: float = 10.0) -> bool:
        """Put its instance back to a memory of its own; whether that went well."""
        self.boxed.restore(data)  # type: ignore[attr-defined]
        return self._wait_for("restored", timeout_secs)

    def _wait_for(self, about: str, timeout_secs: float, *, asks: bool = False) -> bool:
        """Poll for a reply that is no call's; asks for a snapshot until one is begun."""
        until, is_asked = monotonic() + timeout_secs, not asks
        while monotonic() < until:
            if not is_asked:
                is_asked = self.boxed.snapshot(self._ran)
                if not is_asked and not self.boxed.taking:  # type: ignore[attr-defined]
                    return False
            reply = self.boxed.poll(until - monotonic())
            if reply is None:
                return False
            self._tell(reply)
            if reply.about == about and is_asked:
                return bool(reply.status == "ok")
        return False

    def inherit(self, old: LoadedMod) -> None:
        """Take over what outlives a reload: ids that are not used up again, and when it ran."""
        self._ids_made, self._ran = old._ids_made, old._ran
        self.inbox, self.cost.steps = old.inbox, old.cost.steps
        self._backlog = old._backlog

    def ask(self, kind: int, payload: bytes = b"", *, timeout_secs: float) -> bytes | None:
        """Call the sandbox between steps and wait for the answer; None where none came."""
        until = monotonic() + timeout_secs
        while self.boxed.busy:
            self.collect(max(0.01, until - monotonic()))
            if monotonic() > until:
                return None
        sent = self.boxed.send(kind, payload, fuel=FIRST_FUEL)
        while (left := until - monotonic()) > 0:
            reply = self.boxed.poll(left)
            if reply is None:
                return None
            self._tell(reply)
            if reply.about == "call" and reply.serial != sent:
                self._take(reply)  # of a step that was on its way
            elif reply.about == "call":
                return bytes(reply.payload) if reply.status == "ok" else None
        return None

    def save(self, *, timeout_secs: float = 10.0) -> Any:
        """Fields, chance and what `on_save` gives; None where there is nothing to keep."""
        if self.fault or self.boxed.off:
            return None
        payload = self.ask(SAVE, timeout_secs=timeout_secs)
        try:
            return json.loads(payload) if payload else None
        except (ValueError, RecursionError):
            return None

    def load(self, state: Any, *, timeout_secs: float = 10.0) -> None:
        """Start from what was kept."""
        self.ask(LOAD, json.dumps(state).encode(), timeout_secs=timeout_secs)
