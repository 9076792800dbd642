"""One mod as the engine holds it: what it was asked, what it answered, its columns, its snapshot, its traps.

A mod is in one of five states. `booting`: it has never stood yet. `ready`. `restoring`: its instance went by a trap or with
the helper, and a new one is made from the last snapshot, or from its sources where there is none. `off`: after too many
traps, or because it does not start. `closed`. A call that is sent while it is not ready waits until it is.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import DTypeLike, NDArray

from taixu.mods.box.columns import Columns
from taixu.mods.box.limits import EPOCH_SECS, SLOW, Limits
from taixu.mods.box.reply import Reply, Snapshot
from taixu.mods.box.wire import MOST_COLUMNS, Ask, Column, Done, Malformed, Op, Status, pack_columns, unpack_logs

if TYPE_CHECKING:
    from taixu.mods.box.client import Box

__all__ = ["BoxedMod"]

_SNAPSHOT_SLACK_BYTES = 1 << 20
_SLOW_PATIENCE = 3
"""How many times as long the watchdog lets a call in the slow lane take, which has less of the processor."""


_STATUS: dict[Status, Literal["ok", "error", "trapped"]] = {
    Status.OK: "ok",
    Status.ERROR: "error",
    Status.TRAPPED: "trapped",
}


class BoxedMod:
    """A mod in a box; made by `Box.open`.

    Attributes
    ----------
    name
        For messages.
    limits
        What it may use.
    state
        See the module.
    off_reason
        Why it is off, in one line.
    traps
        How often its instance went by its own doing.
    kept
        The last snapshot that has come.
    """

    def __init__(
        self, box: Box, slot: int, name: str, sources: bytes | Mapping[str, str], config: bytes, *, limits: Limits
    ) -> None:
        self.name = name
        self.limits = limits
        self.state: Literal["booting", "ready", "restoring", "off", "closed"] = "booting"
        self.off_reason = ""
        self.traps = 0
        self.kept: Snapshot | None = None
        self._box = box
        self._slot = slot
        self._areas = box.layout.slot(slot)
        self._columns = Columns(box.memory, self._areas.columns, box.layout.columns_bytes)
        self._replies: deque[Reply] = deque()
        self._standing: tuple[bytes, bytes] | None = None  # configuration and sources of the instance that lives
        self._wanted: tuple[bytes, bytes] | None = self._pack(config, sources)
        self._booting: tuple[bytes, bytes] | None = None
        self._main: Ask | None = None  # in flight: boot, call or restore
        self._bulk: Ask | None = None  # in flight: a piece of a snapshot
        self._call: tuple[int, Ask, bytes] | None = None  # asked for, not sent yet, or in flight
        self._fetching: tuple[int, bytearray, int] | None = None  # tag, bytes, how many have come
        self._taking: int | None = None  # the tag of a snapshot that is being taken
        self._putting: tuple[bytes, int] | None = None  # what is restored from, how many bytes have gone
        self._sent = False
        self._lane = 0  # of the last call, and so of its snapshots: who is called quickly does not wait for those that are not
        self._described: tuple[Any, tuple[Column, ...], bytes] | None = None
        self._call_epochs = _epochs(limits.call_secs)

    @property
    def busy(self) -> bool:
        """True while a call has not been answered."""
        return self._call is not None

    @property
    def off(self) -> bool:
        """True where it takes no calls until `revive`."""
        return self.state == "off"

    @property
    def has_news(self) -> bool:
        """True where a reply lies ready, as far as the box was tended."""
        return bool(self._replies)

    @property
    def taking(self) -> bool:
        """True while a snapshot is under way."""
        return self._taking is not None or self._fetching is not None

    def columns(self, name: str, dtype: DTypeLike, width: int, count: int) -> NDArray[Any]:
        """Give a column in shared memory; ask again each tick, for it moves when it grows.

        Between `send` and its answer the helper may read and write it. What a call wrote is untrusted.

        Parameters
        ----------
        name
            At most 200 bytes of UTF-8.
        dtype
            Of its numbers.
        width, count
            The array's shape is ``[count]`` for width 1, else ``[width, count]``.

        Raises
        ------
        TaixuError
            Where the mod's area is too small.
        """
        return self._columns.get(name, dtype, width, count, movable=self._main is None)

    def send(
        self,
        kind: int,
        payload: bytes,
        *,
        reads: Sequence[str] = (),
        writes: Sequence[str] = (),
        mask: str = "",
        fuel: int | None = None,
        slow: bool = False,
    ) -> int:
        """Ask the mod to do something and return at once.

        Parameters
        ----------
        kind
            What; the guest knows the numbers.
        payload
            With what; at most `Layout.asked_bytes`.
        reads
            Columns that are copied into the guest before the call.
        writes
            Columns that are copied out of it afterwards.
        mask
            A column of bytes in which the mod says which of `writes` it touched, in their order, a bit for each lane; what it did
            not touch is not copied. Without one, all are.
        fuel
            Budget of this call; the limits' by default.
        slow
            Whether it may take long, so that no other mod should wait for it.

        Returns
        -------
        int
            The serial number of the answer.

        Raises
        ------
        RuntimeError
            Where the last call has not been answered, or the mod is closed.
        """
        if self._call is not None or self.state == "closed":
            raise RuntimeError(f"mod {self.name!r} is {'closed' if self.state == 'closed' else 'busy'}")
        if len(payload) > self._box.layout.asked_bytes:
            raise ValueError(f"a payload of {len(payload)} bytes is longer than {self._box.layout.asked_bytes}")
        serial = self._box.next_serial()
        if self.state == "off":
            self._replies.append(Reply("call", serial, "off", self.off_reason))
            return serial
        columns, packed = self._describe(tuple(reads), tuple(writes), mask)
        ask = Ask(
            Op.CALL,
            self._slot,
            epochs=self._call_epochs * (_SLOW_PATIENCE if slow else 1),
            fuel=self.limits.fuel if fuel is None else fuel,
            first=len(payload),
            kind=kind,
            columns=columns,
            packed=packed,
            lane=SLOW if slow else 0,
        )
        self._lane = ask.lane
        self._call = serial, ask, payload
        self._sent = False
        self.advance()
        return serial

    def _describe(self, reads: tuple[str, ...], writes: tuple[str, ...], mask: str) -> tuple[tuple[Column, ...], bytes]:
        """The columns of a call and their bytes, as before where nothing moved since."""
        asked = reads, writes, mask, self._columns.version
        if self._described is None or self._described[0] != asked:
            into, out = set(reads), set(writes)
            names = [*writes, *(name for name in reads if name not in out)]  # a mask counts what is written in this order
            if len(names) >= MOST_COLUMNS:
                raise ValueError(f"{len(names)} columns in one call are more than {MOST_COLUMNS}")
            columns = [self._columns.describe(name, read=name in into, write=name in out) for name in names]
            if mask:
                columns.append(self._columns.describe(mask, read=False, write=False, is_mask=True))
            self._described = asked, tuple(columns), pack_columns(columns)
        return self._described[1:]

    def poll(self, timeout_secs: float = 0.0) -> Reply | None:
        """Give the next reply, or None; waits for one as long as is said."""
        if not self._replies:
            self._box.tend()
        if not self._replies and timeout_secs > 0.0:
            until = monotonic() + timeout_secs
            while not self._replies and (left := until - monotonic()) > 0.0 and self.state != "closed":
                self._box.wait(left)
        return self._replies.popleft() if self._replies else None

    def snapshot(self, tag: int = 0) -> bool:
        """Ask for a snapshot after what was sent so far; False where one is under way or there is nothing to keep."""
        if self.state != "ready" or self._taking is not None or self._fetching is not None or not self._box.standing:
            return False
        self._taking = tag
        self._box.ask(self, Ask(Op.SNAPSHOT, self._slot, memory_bytes=self._most_snapshot_bytes, lane=self._lane))
        return True

    def restore(self, data: bytes) -> None:
        """Put the mod back to a snapshot's state, for which a reply about ``"restored"`` tells how it went."""
        if self.state not in ("ready", "restoring") or len(data) > self._most_snapshot_bytes:
            raise RuntimeError(f"mod {self.name!r} is {self.state}, or {len(data)} bytes are too many")
        self.state = "restoring"
        self._putting = data, 0
        self._fetching = None
        self.advance()

    def reload(self, sources: bytes | Mapping[str, str], config: bytes) -> None:
        """Start the mod anew from other sources; the old instance stays until the new one stands."""
        if self.state == "closed":
            raise RuntimeError(f"mod {self.name!r} is closed")
        self._wanted = self._pack(config, sources)
        if self.state == "off":
            self.revive()
        self.advance()

    def revive(self) -> None:
        """Forget its traps and start it once more, where it is off."""
        if self.state != "off":
            return
        self.traps, self.off_reason = 0, ""
        if self._wanted is None:
            self._wanted, self._standing = self._standing or self._booting, None
        self.state = "booting"
        self.advance()

    def close(self) -> None:
        """End the mod and give its place back."""
        if self.state != "closed":
            self.state = "closed"
            self._box.part(self)

    # What follows is called by the box.

    def advance(self) -> None:
        """Send what comes next, as far as the helper has answered."""
        if self.state in ("off", "closed") or not self._box.standing:
            return
        if self._main is None:
            if self._wanted is not None:
                self._booting, self._wanted = self._wanted, None
                self._boot(self._booting)
            elif self.state == "restoring":
                self._restore()
            elif self.state == "ready" and self._call is not None and not self._sent:
                serial, ask, payload = self._call
                self._write(self._areas.asked, payload)
                self._sent = True
                self._main = ask
                self._box.ask(self, ask, serial)
        if self._bulk is None and self._fetching is not None:
            _, data, come = self._fetching
            count = min(self._box.layout.bulk_bytes, len(data) - come)
            self._bulk = Ask(Op.FETCH, self._slot, first=come, second=count, lane=self._lane)
            self._box.ask(self, self._bulk)

    def take(self, ask: Ask, done: Done, serial: int) -> None:
        """Take an answer in, its numbers checked against what was asked; raises `Malformed`."""
        payload, logs = self._copy(done)
        if ask.op is Op.BOOT:
            self._main = None
            self._end_boot(done, payload, logs)
        elif ask.op is Op.CALL:
            self._main = self._call = None
            self._reply("call", serial, done, payload, logs)
            if done.status is Status.TRAPPED:
                self._trap(done.reason)
        elif ask.op is Op.RESTORE:
            self._main = None
            self._end_restore(done, payload, logs)
        elif ask.op is Op.SNAPSHOT:
            self._begin_fetch(done)
        elif ask.op in (Op.FETCH, Op.PUT):
            self._bulk = None
            self._end_piece(ask, done)
        self.advance()

    def lose(self, *, blamed: bool, reason: str) -> None:
        """The helper is gone, and with it the instance and all that was asked."""
        if self._taking is not None or self._fetching is not None:
            tag = self._taking if self._fetching is None else self._fetching[0]
            self._replies.append(Reply("snapshot", tag or 0, "lost", reason))
        if self._call is not None and self._sent:
            self._replies.append(Reply("call", self._call[0], "lost", reason))
            self._call = None
        self._main = self._bulk = self._fetching = self._taking = None
        if self.state in ("off", "closed"):
            return
        if self._standing is None:
            self._wanted = self._wanted or self._booting
        elif self._booting is not None:
            self._replies.append(Reply("boot", 0, "lost", reason))
            self._booting = None
        if blamed:
            self._trap(reason)
        elif self._standing is not None:
            self._begin_restore()

    def turn_off(self, reason: str) -> None:
        """Take no calls any more, and say why."""
        self.state, self.off_reason = "off", reason
        if self._call is not None:
            self._replies.append(Reply("call", self._call[0], "off", reason))
            self._call = None
        self._putting = None
        if self._box.standing:
            self._box.ask(self, Ask(Op.CLOSE, self._slot, lane=SLOW))

    @property
    def slot(self) -> int:
        """Its place in shared memory."""
        return self._slot

    @property
    def _most_snapshot_bytes(self) -> int:
        return self.limits.memory_bytes + _SNAPSHOT_SLACK_BYTES

    def _pack(self, config: bytes, sources: bytes | Mapping[str, str]) -> tuple[bytes, bytes]:
        packed = sources if isinstance(sources, bytes) else json.dumps(self._box.without_known(sources)).encode()
        if len(config) + len(packed) > self._box.layout.asked_bytes:
            raise ValueError(f"{len(config) + len(packed)} bytes of sources are more than {self._box.layout.asked_bytes}")
        return config, packed

    def _write(self, start: int, data: bytes) -> None:
        self._box.memory[start : start + len(data)] = data

    def _copy(self, done: Done) -> tuple[bytes, list[tuple[int, str]]]:
        """Copy the answer out of shared memory first, and look at it afterwards."""
        if done.payload_bytes + done.logs_bytes > self._box.layout.answered_bytes or done.memory_bytes > 1 << 33:
            raise Malformed(f"an answer of {done.payload_bytes} and {done.logs_bytes} bytes, with {done.memory_bytes} of memory")
        start = self._areas.answered
        payload = self._box.memory[start : start + done.payload_bytes]
        start += done.payload_bytes
        return payload, unpack_logs(self._box.memory[start : start + done.logs_bytes])

    def _reply(
        self,
        about: Literal["boot", "call", "restored"],
        serial: int,
        done: Done,
        payload: bytes,
        logs: list[tuple[int, str]],
    ) -> None:
        good = done.status is Status.OK
        self._replies.append(
            Reply(
                about, serial, _STATUS[done.status], "" if good else done.reason, payload if good else b"",
                done.fuel, done.micros, done.memory_bytes, done.refused, tuple(logs),
            )
        )  # fmt: skip

    def _boot(self, what: tuple[bytes, bytes]) -> None:
        config, sources = what
        self._write(self._areas.asked, config + sources)
        self._main = Ask(
            Op.BOOT,
            self._slot,
            epochs=_epochs(self.limits.boot_secs),
            fuel=self.limits.boot_fuel,
            memory_bytes=self.limits.memory_bytes,
            first=len(config),
            second=len(sources),
            lane=SLOW,
        )
        self._box.ask(self, self._main)

    def _end_boot(self, done: Done, payload: bytes, logs: list[tuple[int, str]]) -> None:
        if self._booting is None:  # made anew from its own sources, for there was no snapshot
            self._end_restore(done, payload, logs)
            return
        booted, self._booting = self._booting, None
        self._reply("boot", 0, done, payload, logs)
        if done.status is Status.OK:
            self._standing, self.kept, self._putting, self.state = booted, None, None, "ready"
        elif self._standing is None:
            self._booting = booted  # what `revive` starts
            self.turn_off(f"it does not start: {done.reason}")

    def _begin_restore(self) -> None:
        self.state = "restoring"
        self._fetching = None
        data = self._putting[0] if self._putting is not None else self.kept.data if self.kept is not None else None
        self._putting = None if data is None else (data, 0)

    def _restore(self) -> None:
        if self._putting is None:
            assert self._standing is not None
            self._boot(self._standing)
            return
        if self._bulk is not None:
            return
        data, gone = self._putting
        if gone < len(data):
            piece = data[gone : gone + self._box.layout.bulk_bytes]
            self._write(self._areas.bulk, piece)
            self._bulk = Ask(Op.PUT, self._slot, first=gone, second=len(piece), memory_bytes=len(data), lane=SLOW)
            self._box.ask(self, self._bulk)
            return
        self._main = Ask(
            Op.RESTORE,
            self._slot,
            epochs=_epochs(self.limits.boot_secs),
            fuel=self.limits.boot_fuel,
            memory_bytes=self.limits.memory_bytes,
            lane=SLOW,
        )
        self._box.ask(self, self._main)

    def _end_restore(self, done: Done, payload: bytes, logs: list[tuple[int, str]]) -> None:
        self._reply("restored", 0, done, payload, logs)
        if done.status is Status.OK:
            self.state, self._putting = "ready", None
            return
        self.kept = self._putting = None  # whatever it holds, no instance comes from it
        self._trap(done.reason)

    def _begin_fetch(self, done: Done) -> None:
        tag, self._taking = self._taking, None
        if tag is None or self.state != "ready":
            return
        if done.status is not Status.OK or not 0 < done.snapshot_bytes <= self._most_snapshot_bytes:
            self._replies.append(Reply("snapshot", tag, "error", done.reason or f"{done.snapshot_bytes} bytes"))
        elif not self._box.may_keep(self, done.snapshot_bytes):
            self._replies.append(Reply("snapshot", tag, "error", "the snapshots of all mods together are too large"))
        else:
            self._fetching = tag, bytearray(done.snapshot_bytes), 0

    def _end_piece(self, ask: Ask, done: Done) -> None:
        if ask.op is Op.PUT and self._putting is not None:
            self._putting = self._putting[0], ask.first + ask.second
        elif ask.op is Op.FETCH and self._fetching is not None:
            tag, data, come = self._fetching
            start = self._areas.bulk
            data[come : come + ask.second] = self._box.memory[start : start + ask.second]
            self._fetching = tag, data, come + ask.second
            if come + ask.second >= len(data):
                self.kept, self._fetching = Snapshot(tag, bytes(data)), None
                self._box.forget(start)
                self._replies.append(Reply("snapshot", tag, "ok"))

    def _trap(self, reason: str) -> None:
        self.traps += 1
        if self.traps >= self.limits.most_traps:
            self.turn_off(f"after {self.traps} traps, the last of them {reason}")
        elif self._standing is not None:
            self._begin_restore()


def _epochs(secs: float) -> int:
    return max(2, round(secs / EPOCH_SECS))
