"""A mod step by step: what it is told, and what is made of its answer."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from taixu.app import Clock
from taixu.errors import TaixuError
from taixu.mods.boxed import Boxed
from taixu.mods.budget import PAUSED, Budget, ModCost
from taixu.mods.decoding import Answer, Order, decode_answer
from taixu.mods.hands import carry_out
from taixu.mods.inbox import Inbox
from taixu.mods.keeping import KeptWrite, written_again
from taixu.mods.lanes import Pace
from taixu.mods.mirror_column import MirrorColumn, Returned
from taixu.mods.named import Given, NamedMod
from taixu.mods.work import FUEL_PER_UNIT, Share, refused_work, structure_work, take_portion, work_of
from taixu.mods.writing import differences, write_back

if TYPE_CHECKING:
    from taixu.mods.host import ModHost

__all__ = ["FIRST_FUEL", "SteppedMod"]

FIRST_FUEL = 3_000_000_000
"""Of a call that sets a mod up."""
_TICK = 1
_HARD = 10
_SNAPSHOT_TICKS = 600
_MOST_REASONS = 5
_MOST_UNHEARD = 1000
_FUEL_PER_BYTE = 400  # of what others say: reading numbers takes the most
_FUEL_PER_MESSAGE = 40_000
_FUEL_PER_TEXT_BYTE = 100
_FUEL_PER_ENTITY = 10_000  # where the mod learns anew who is there
_MASK = "B:1:@written"
"""The column in which a mod says which others it wrote."""
_LEVELS = {1: "info", 2: "warning", 3: "error"}
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_SHARED_TYPE = {"?": "u1"}  # bytes of a sandbox are no truths until they are compared


class SteppedMod(NamedMod):
    """A mod that is sent steps and answers them.

    Attributes
    ----------
    share
        Its part of the engine's own work.
    pace
        How long its calls take, and so in which lane of the box they are done.
    """

    def __init__(self, host: ModHost, given: Given) -> None:
        super().__init__(host, given)
        self.answered: list[Any] = []
        self.inbox = Inbox()
        self.share = Share()
        self.cost = ModCost()
        self.budget = Budget(self.grants.fuel)
        self.pace = Pace(self.grants.fuel)
        self._backlog: deque[Order] = deque()  # asked for, and not done yet
        self._ran = -1
        self._known: dict[str, Any] = {}
        self._first = True
        self._allowance, self._charged = 0, False
        self._held: Any = None
        self._under_way = self._sent_fresh = False
        self._kept_writes: tuple[KeptWrite, ...] | None = None
        self._unheard: dict[str, list[Any]] = {}
        self._foreign_fuel = 0
        self.boxed: Boxed = self._host.open_box(self)

    @property
    def running(self) -> bool:
        """Whether it is to be called."""
        return not self.fault and not self.boxed.off and self.budget.level < PAUSED

    @property
    def status(self) -> str:
        """One word: running, slowed, paused, stopped or off."""
        if self.fault:
            return "stopped"
        if self.boxed.off:
            return "off"
        return ("running", "running", "slowed", "paused")[self.budget.level]

    @property
    def is_new(self) -> bool:
        """Whether it was never called."""
        return self._ran < 0

    def send(self, facts: dict[str, list[Any]], *, tick: int, look: int | None = None) -> None:
        """Send a step, unless the last one is still under way, or it is not its turn.

        `tick` is the step in which the answer is carried out: what the mod sees is what scripts see when that step begins.
        `look` is the number of the look at the world before it, where there was one.
        """
        if not self.running:
            return
        for key, told in facts.items():  # what it cannot be told now, it hears next time
            self._unheard[key] = [*self._unheard.get(key, ()), *told][-_MOST_UNHEARD:]
        self._breathe()
        if not self.budget.is_due(tick) or self._held is not None:
            return
        if self.share.waits:
            self._wait()
        if self.share.waits or self._backlog:
            return
        if self.boxed.busy or self._under_way:
            self.cost.late += 1
            return
        while self.boxed.has_news and (reply := self.boxed.poll()) is not None:  # of what happened to it between two steps
            self._tell(reply)
        unheard, self._unheard = self._unheard, {}
        try:
            self._send(unheard, tick, look)
        except (TaixuError, ValueError) as error:
            self.stop(f"mod {self.name!r} cannot be told what it would see ({error}); let it read less")

    def _wait(self) -> None:
        """It has asked for more than the engine does for it in a step: it catches up, and that counts as over its budget."""
        self.share.waited += 1
        self.tell_once(f"mod {self.name!r} asks for more than the engine does in a step: it is called less often")
        self._charge(2 * self.budget.fuel)

    def _charge(self, fuel: int) -> None:
        """Count a step of so many instructions."""
        if told := self.budget.note(fuel):
            self.tell("warning", f"mod {self.name!r} {told}")

    def hear(self, events: list[Any], nbytes: int) -> None:
        """Note what others' messages cost it to read: nothing of that is charged to it."""
        self._foreign_fuel = min(
            self._foreign_fuel + _FUEL_PER_BYTE * nbytes + _FUEL_PER_MESSAGE * len(events), _HARD * self.grants.fuel
        )

    def _send(self, facts: dict[str, list[Any]], tick: int, look: int | None) -> None:
        clock = self._host.world.resource(Clock)
        seen, dirty = self.mirror.follow(look)
        steps = 1 if self._ran < 0 else max(1, tick - self._ran)
        self._ran = tick
        message = {**seen, **facts}
        fresh = bool(seen.get("reset"))
        if (self._first or fresh) and self.storage_bytes:
            message["stored"] = self.stored.values
        message.update(self._news(fresh))
        reads = self._copy_out(dirty, with_ids=bool(seen.get("rebuild")))
        times = f'"tick":{tick},"time":{tick / clock.steps_per_sec!r},"step":{clock.step_secs!r},"dt":{clock.step_secs * steps!r}'
        payload = f"{{{times},{_encode(message)[1:]}" if message else f"{{{times}}}"  # most steps say no more than these
        writes = [column.name for column in self.mirror.writable]
        mask = _MASK if writes else ""
        if mask:
            self.boxed.columns(mask, "u1", 1, len(writes))
        self._allowance, self._foreign_fuel = self._foreign_fuel, 0
        if seen.get("rebuild"):
            self._allowance += _FUEL_PER_ENTITY * self.mirror.used
        self._allowance += _FUEL_PER_TEXT_BYTE * self.mirror.text_bytes
        fuel = self.grants.fuel * _HARD + 2 * self._allowance
        if self._first or fresh:
            fuel = max(fuel, FIRST_FUEL)
        self._charged, self._first = not (self._first or fresh), False
        slow = self.pace.slow or not self._charged
        self.boxed.send(_TICK, payload.encode(), reads=reads, writes=writes, mask=mask, fuel=fuel, slow=slow)
        self._under_way, self._sent_fresh = True, fresh

    def _news(self, fresh: bool) -> dict[str, Any]:
        news: dict[str, Any] = {}
        new = self._reserve()
        if fresh:
            new = list(self._reserved)
            news["own"] = sorted(self.spawned)
        if new:
            news["ids"] = new
        if self.answered:
            news["rays"], self.answered = self.answered, []
        for key, value in self._host.states_for(self).items():
            if self._first and key != "joints":
                continue  # no step has passed in which a key went down
            if fresh or self._known.get(key) != value:
                news[key] = self._known[key] = value
        return news

    def _copy_out(self, dirty: list[str], *, with_ids: bool) -> list[str]:
        reads = []
        for key in dirty:
            column = self.mirror.columns[key]
            self._shared(column.name, column.item.kind.dtype, column.item.kind.width)[...] = column.values
            column.dirty = False
            reads.append(column.name)
        if with_ids:
            for name, values in (("Q:1:@id", self.mirror.ids), ("Q:1:@mask", self.mirror.masks)):
                self._shared(name, "u8", 1)[...] = values
                reads.append(name)
        return reads

    def _shared(self, name: str, dtype: str, width: int) -> NDArray[Any]:
        return self.boxed.columns(name, _SHARED_TYPE.get(dtype, dtype), width, self.mirror.capacity)

    def collect(self, wait_secs: float) -> None:
        """Take in the answer to the last step, waiting as long as is said; late ones come in a later step."""
        until = monotonic() + wait_secs
        if self._backlog and not self.share.waits:
            answer = Answer()
            self._work_off(answer)
            self._account(answer)
        if self._held is not None:
            if self._ran <= self._host.world.resource(Clock).ticks:
                held, self._held = self._held, None
                self._take(held)
            return
        while True:
            waited = self.boxed.busy
            if not waited and not self.boxed.has_news:
                return  # nothing was asked, and whoever looks after the box once a frame takes in what comes unasked
            reply = self.boxed.poll(max(0.0, until - monotonic()) if waited and wait_secs else 0.0)
            if reply is None:
                return
            self._tell(reply)
            if reply.about == "call":
                self._take(reply)
                return

    def _tell(self, reply: Any) -> None:
        for level, text in reply.logs[:200]:
            line, tab, words = text.partition("\t")  # as game.log writes them; print has no line
            known = bool(tab) and line.isascii() and line.isdecimal() and len(line) < 8
            self.say(_LEVELS.get(level, "info"), (words if known else text)[:2000], line=int(line) if known else 0)
        self._dropped += reply.refused
        if self._dropped:
            self.cost.refused += self._dropped
            self._dropped = 0
            self.tell_once(f"mod {self.name!r} says more than is kept: some of its lines are dropped")
        if reply.status != "ok" and reply.about == "boot":
            self.stop(f"it does not start: {reply.reason}")
        if reply.about == "restored" and not (self._under_way and self._sent_fresh):
            self.mirror.reset()

    def _take(self, reply: Any) -> None:
        self._under_way = False
        self.cost.steps += 1
        self.cost.fuel, self.cost.micros, self.cost.memory_bytes = reply.fuel, reply.micros, reply.memory_bytes
        self.cost.recent_micros.append(reply.micros)
        spent = max(0, reply.fuel - self._allowance)
        self.pace.note(spent)
        if reply.status != "ok":
            self._fail(reply)
            return
        answer = decode_answer(
            reply.payload, capabilities=self.grants.capabilities, most_calls=self.grants.host_calls
        )  # fmt: skip
        if answer.forged:
            self._account(answer)
            self.stop(f"mod {self.name!r} answered with what no call of game gives ({answer.forged}): it is stopped")
            return
        self._write_back(answer)
        reading, refused = work_of(answer, len(reply.payload)), answer.refused
        self.cost.orders += len(answer.orders)
        self._backlog += answer.orders
        work = reading + self._work_off(answer, at_start=not self._charged)
        self._account(answer)
        later = refused_work(answer.refused - refused)
        if self._charged:
            self.share.spend(reading + later)
        if answer.fault is not None:
            where = f"in {answer.fault.where} of mod {self.name!r}" if answer.fault.where else f"in mod {self.name!r}"
            self.stop(f"{answer.fault.text} ({where}; stopped until it is loaded anew)", line=answer.fault.line)
        elif self._charged:
            self._charge(spent + FUEL_PER_UNIT * (work + later))
        if self.cost.steps % _SNAPSHOT_TICKS == 0:
            self.boxed.snapshot(self._ran)

    def _write_back(self, answer: Answer) -> None:
        world, kept = self._host.world, self._kept_writes
        if kept is None:
            compared = [(column, back, differences(self.mirror, column, back)) for column, back in self.returned()]
            written = [each for each in compared if each[2] is None or each[2].any()]
        else:
            written, self._kept_writes = written_again(self, kept), None
        if not written:
            return
        mine = [column for column, _, _ in written]
        self.mirror.catch_up(mine)
        for column, returned, changed in written:
            refused = write_back(world, self.mirror, column, returned, changed, self.may_change)
            if refused:
                answer.refuse(f"values of {column.key} that it may not write, or that are out of range")
                answer.refused += refused - 1
            if changed is not None:
                self._host.note_writes(self, column, changed)
        self.mirror.pass_by(mine)
        if kept is not None:  # those are the slots of an instance that is gone
            self.mirror.reset()

    def returned(self) -> Iterator[tuple[MirrorColumn, Returned]]:
        """Columns that the last call wrote, as they came back."""
        writable = self.mirror.writable
        touched = self.boxed.columns(_MASK, "u1", 1, len(writable)).tolist() if writable else ()
        for column, lanes in zip(writable, touched):
            if lanes and column.values.size:
                shared = self._shared(column.name, column.item.kind.dtype, column.item.kind.width)
                yield column, column.take_back(shared, self.mirror.used, lanes)

    def post(self, name: str, to: int | None, data: dict[str, Any]) -> None:
        """Send a message to the scripts and mods of the world."""
        self._host.post(self, name, to, data)

    def _work_off(self, answer: Answer, *, at_start: bool = False) -> int:
        """Carry out the next portion of what it asked for; starting costs once what it costs."""
        answer.orders, units = take_portion(self._backlog, inf if at_start else self.share.most_at_once)
        carry_out(self._host.world, self, answer)
        if not at_start:
            self.share.spend(units + structure_work(answer.orders, len(self._host.mods)))
        return units

    def _account(self, answer: Answer) -> None:
        self.cost.refused += answer.refused
        for reason in answer.refusals[:_MOST_REASONS]:
            self.tell_once(f"mod {self.name!r} was refused: {reason}")

    def _fail(self, reply: Any) -> None:
        if reply.status == "error":
            self.stop(f"mod {self.name!r} failed: {reply.reason}")
            return
        self.mirror.reset()
        self.cost.traps += reply.status == "trapped"
        end = "it is off now" if self.boxed.off else "it goes on from its last good state"
        self.tell("error", f"mod {self.name!r} was ended: {reply.reason}; {end}")

    def stop(self, reason: str, *, line: int = 0) -> None:
        """Call it no more, and say why in one line."""
        self.fault = " ".join(reason.split())
        self._backlog.clear()
        self.tell("error", self.fault, line=line)
        self._host.hide(self)
