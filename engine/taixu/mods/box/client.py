"""The box as the engine holds it: one helper process with many mods, and what to do when it dies.

There is no thread here and nothing waits unless told to. `tend`, called once a frame, sends what waits, takes answers in
and looks at the watchdog. The helper is believed nothing: it answers in the order in which it was asked, with numbers that
can be, or it is ended. A helper that died, or was ended, is replaced, and its mods are restored; the mod whose turn it was
is charged with a trap, the others go on from where their last snapshot stands.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import mmap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Self

from taixu.errors import MachineError, TaixuError
from taixu.mods.box.arena import Arena
from taixu.mods.box.boxed import BoxedMod
from taixu.mods.box.flight import Asked, Flight, Patience
from taixu.mods.box.image import compiled, inside
from taixu.mods.box.launch import HELPER, MOST_RECEIVED_BYTES, HelperProcess
from taixu.mods.box.limits import SLOW, Layout, Limits
from taixu.mods.box.lockdown import Layer, describe_gaps
from taixu.mods.box.wire import Ask, Inbox, Malformed, Message, Op, decode_done, encode_ask

__all__ = ["Box"]

_MOST_FAILED_STARTS = 3
_YOUNG_SECS = 5.0  # a helper that dies younger than this, and nobody to blame, has not started
_START_SECS = 120.0
_LISTEN_SECS = 0.05  # between two looks at the helper's standard error
_MEMORY_SLACK_BYTES = 1 << 30
_LIMITS = Limits()


class Box:
    """A place for other people's code.

    Parameters
    ----------
    image
        The compiled image; by default what `taixu.mods.box.image` has in the user's cache.
    layout
        How many mods, and how much shared memory each.
    stuck_secs
        How long the helper may take beyond a call's own watchdog before it is ended.
    kept_bytes
        Of all snapshots together.
    program
        What Python is told to run; tests give another helper.

    Attributes
    ----------
    layers
        What the operating system does, as the helper reported it; empty until it stands.
    restarts
        How many helpers were replaced.
    last_loss
        Why the last one was.
    failed
        Why no helper starts any more; empty where there is no such reason.
    """

    def __init__(
        self,
        *,
        image: Path | None = None,
        layout: Layout = Layout(),  # noqa: B008 (frozen)
        stuck_secs: float = 20.0,
        kept_bytes: int = 512 << 20,
        program: Sequence[str] = HELPER,
    ) -> None:
        self.layout = layout
        self.layers: list[Layer] = []
        self.restarts = 0
        self.last_loss = ""
        self.failed = ""
        self._image = image
        self._is_shipped = image is None
        self._stuck_secs = stuck_secs
        self._kept_bytes = kept_bytes
        self._program = tuple(program)
        self._arena: Arena | None = None
        self._helper: HelperProcess | None = None
        self._inbox = Inbox()
        self._flight = Flight()
        self._mods: dict[int, BoxedMod] = {}
        self._free = list(range(layout.slots))
        self._serial = 0
        self._ready = False
        self._has_lanes = True
        self._failed_starts = 0
        self._launched = 0.0
        self._patience = Patience()
        self._listened = 0.0

    @property
    def badge(self) -> str:
        """One sentence on what the operating system's wall lacks; empty where it is whole or not known yet."""
        return describe_gaps(self.layers) if self._ready else ""

    @property
    def ready(self) -> bool:
        """True when the helper has locked itself up and takes calls."""
        return self._ready

    @property
    def standing(self) -> bool:
        """True while there is a helper, or one is starting."""
        return self._helper is not None

    @property
    def memory(self) -> mmap.mmap:
        """All shared memory."""
        assert self._arena is not None
        return self._arena.memory

    @property
    def pid(self) -> int:
        """The helper's process, 0 where there is none."""
        return self._helper.pid if self._helper is not None else 0

    @property
    def mods(self) -> list[BoxedMod]:
        """The mods that are open, in the order of their slots."""
        return [self._mods[slot] for slot in sorted(self._mods)]

    @property
    def complaints(self) -> str:
        """The end of what the helper wrote to its standard error."""
        return self._helper.complaints if self._helper is not None else ""

    def start(self, timeout_secs: float = 0.0) -> None:
        """Start the helper; with a timeout, wait until it is ready.

        Raises
        ------
        MachineError
            Where wasmtime is not installed, or the helper does not start.
        """
        if self._helper is not None:
            return
        if importlib.util.find_spec("wasmtime") is None:
            raise MachineError("mods run in WebAssembly, and wasmtime is not installed: pip install 'taixu[mods]'")
        if self._image is None:
            self._image = compiled()
        if self._arena is None:
            self._arena = Arena(self.layout.total_bytes)
        self.failed, self._failed_starts = "", 0
        try:
            self._launch()
        except OSError as error:
            raise MachineError(f"the process in which mods run did not start: {error}") from error
        for mod in self.mods:
            mod.advance()
        until = monotonic() + timeout_secs
        while timeout_secs and not self._ready:
            self.wait(max(until - monotonic(), 0.0))
            if self.failed or (not self._ready and monotonic() > until):
                raise MachineError(f"the process in which mods run did not start: {self.failed or 'it is not ready yet'}")

    def stop(self) -> None:
        """End the helper; all mods are closed."""
        for mod in self.mods:
            mod.state = "closed"
        self._mods.clear()
        self._flight.clear()
        self._free = list(range(self.layout.slots))
        if self._helper is not None:
            self._helper.end()
            self._helper = None
        self._ready = False
        if self._arena is not None:
            self._arena.close()
            self._arena = None

    def __enter__(self) -> Self:
        """Start; the end of the block stops it."""
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def open(self, name: str, sources: bytes | Mapping[str, str], config: bytes = b"{}", *, limits: Limits = _LIMITS) -> BoxedMod:
        """Start a mod; a reply about ``"boot"`` tells how that went.

        Parameters
        ----------
        name
            For messages.
        sources
            Python source by file, or what the guest takes as bytes.
        config
            What the guest's own start is given.
        limits
            What it may use.

        Raises
        ------
        TaixuError
            Where the box is full or not started.
        """
        if self._arena is None:
            raise TaixuError("the box is not started: call start() before mods are opened")
        if not self._free:
            raise TaixuError(f"a box holds {self.layout.slots} mods: turn one off before {name!r} is turned on")
        mod = BoxedMod(self, self._free[0], name, sources, config, limits=limits)
        self._mods[self._free.pop(0)] = mod
        if self.failed:
            mod.turn_off(self.failed)
        mod.advance()
        return mod

    def tend(self) -> None:
        """Send what waits, take answers in, look after the helper; call it once a frame."""
        if self._helper is None:
            return
        try:
            self._helper.flush()
            while data := self._helper.receive():
                for message in self._inbox.feed(data):
                    self._take(message)
                if len(data) < MOST_RECEIVED_BYTES:
                    break  # there is no more, and asking costs as much as it does to be told
            now = monotonic()
            if now - self._listened > _LISTEN_SECS:
                self._listened = now
                self._helper.hear_complaints()
            self._watch(now)
        except EOFError as error:
            self._lose(f"the helper died ({error})", dying=True)
        except Malformed as error:
            self._lose(f"the helper was ended, for it sent {error}")

    def wait(self, timeout_secs: float) -> None:
        """Wait until the helper says something, at most so long, and tend."""
        if self._helper is not None:
            memory, sign = self.memory, self.layout.sign
            self._helper.wait_readable(min(timeout_secs, 0.1), is_at_work=lambda: bool(memory[sign] or memory[sign + SLOW]))
        self.tend()

    # What follows is called by the mods.

    def next_serial(self) -> int:
        """Give a number that no message of this box had lately."""
        self._serial = self._serial % 0x7FFFFFFF + 1
        return self._serial

    def ask(self, mod: BoxedMod, ask: Ask, serial: int | None = None) -> None:
        """Put something to the helper, which answers in order within a lane: that of `ask`, or where the mod is being served."""
        assert self._helper is not None
        lane = self._flight.lane_for(mod.slot, ask.lane if self._has_lanes else 0)
        if lane != ask.lane:
            ask = replace(ask, lane=lane)
        asked = Asked(mod, ask, self.next_serial() if serial is None else serial)
        self._flight.put(asked, monotonic())
        try:
            self._helper.send(encode_ask(ask, asked.serial))
        except EOFError:  # `tend` meets the same end, at a moment when mods may be lost
            asked.reached = False

    def without_known(self, sources: Mapping[str, str]) -> dict[str, str]:
        """Sources without those that the image holds, where it holds all that it could as they are."""
        known = inside() if self._is_shipped else {}
        theirs = {name: text for name, text in sources.items() if name in known}
        same = all(hashlib.sha256(text.encode()).hexdigest() == known[name] for name, text in theirs.items())
        return {name: text for name, text in sources.items() if not same or name not in theirs}

    def part(self, mod: BoxedMod) -> None:
        """Close a mod; its place is free when the helper has said that it lets go."""
        if self._helper is not None:
            self.ask(mod, Ask(Op.CLOSE, mod.slot, lane=SLOW))
        else:
            self._leave(mod)

    def may_keep(self, mod: BoxedMod, nbytes: int) -> bool:
        """Whether a snapshot of so many bytes fits beside those of the other mods."""
        others = sum(len(other.kept.data) for other in self._mods.values() if other.kept is not None and other is not mod)
        return others + nbytes <= self._kept_bytes

    def forget(self, start: int) -> None:
        """Give the pages of an area for bulk back."""
        if self._arena is not None:
            self._arena.forget(start, self.layout.bulk_bytes)

    def _launch(self) -> None:
        assert self._arena is not None
        memory_bytes = self.layout.slots * _LIMITS.memory_bytes + _MEMORY_SLACK_BYTES
        self._inbox = Inbox()
        self._flight.clear()
        self._ready = False
        self._launched = monotonic()
        self._patience.begin(self._launched)
        self._helper = HelperProcess(self._arena, self.layout, str(self._image), memory_bytes=memory_bytes, program=self._program)

    def _take(self, message: Message) -> None:
        if message.op is Op.READY:
            self._take_ready(message)
            return
        done = decode_done(message)
        if not self._ready:
            raise Malformed("an answer to nothing")
        asked = self._flight.match(done, message.serial)
        if done.fuel > asked.ask.fuel:
            done = replace(done, fuel=asked.ask.fuel)
        self._flight.come(asked)
        if asked.mod.state != "closed":
            asked.mod.take(asked.ask, done, message.serial)
        elif done.op is Op.CLOSE:
            self._leave(asked.mod)
        self._flight.end(asked, monotonic())

    def _take_ready(self, message: Message) -> None:
        if self._ready:
            raise Malformed("that it is ready twice")
        try:
            told = json.loads(message.body)
            reported = [Layer(str(name)[:40], stands is True, str(detail)[:300]) for name, stands, detail in told]
        except (ValueError, TypeError, RecursionError) as error:
            raise Malformed(f"a report of its layers that cannot be read ({error})") from None
        assert self._helper is not None
        self.layers = [*self._helper.layers, *reported]
        self._ready = True

    def _watch(self, now: float) -> None:
        """End a helper that does not get done."""
        if not self._ready:
            if self._patience.look(now) > _START_SECS + self._stuck_secs:
                self._lose("the helper was not ready in time")
        elif (stuck := self._flight.find_stuck(now, self._stuck_secs)) is not None:
            self._lose(f"the helper was ended, for it was stuck in {stuck.mod.name!r}", by=stuck.mod)

    def _lose(self, reason: str, *, dying: bool = False, by: BoxedMod | None = None) -> None:
        """End the helper, start another, and let every mod find its way back.

        Where two were being served, nobody can tell who did it: from then on there is one lane, so that it is known the next time.
        """
        assert self._helper is not None
        suspects = [asked.mod for asked in self._flight.heads if asked.reached] if self._ready else []
        blamed = by or (suspects[0] if len(suspects) == 1 else None)
        self._has_lanes = self._has_lanes and (blamed is not None or not suspects)
        lived = self._ready and (bool(suspects) or monotonic() - self._launched > _YOUNG_SECS)
        reason = f"{reason}; {self._helper.end(dying=dying)}"
        for asked in self._flight:
            if asked.mod.state == "closed":
                self._leave(asked.mod)
        self._flight.clear()
        self._helper = None
        self._ready = False
        self.restarts += 1
        self.last_loss = reason
        self._failed_starts = 0 if lived else self._failed_starts + 1
        for mod in self.mods:
            mod.lose(blamed=mod is blamed, reason=reason)
        if self._failed_starts < _MOST_FAILED_STARTS:
            try:
                self._launch()
            except OSError as error:
                reason = str(error)
        if self._helper is None:
            self.failed = f"the process in which mods run does not start: {reason}"
        for mod in self.mods:
            if self.failed:
                mod.turn_off(self.failed)
            else:
                mod.advance()

    def _leave(self, mod: BoxedMod) -> None:
        if self._mods.get(mod.slot) is mod:
            del self._mods[mod.slot]
            self._free.append(mod.slot)
