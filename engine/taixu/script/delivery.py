"""How events, messages and routines reach the scripts of a host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.app import EventBatch, GameEvents
from taixu.errors import TaixuError
from taixu.script.chat import Chat, ChatLine
from taixu.script.entity import Entity
from taixu.script.event import Event
from taixu.script.events import input_events, unpack_batch
from taixu.script.instance import Instance
from taixu.script.rays import cast_rays
from taixu.script.routines import RayBatch, Routine, Wait, WaitEvent, ticks_of
from taixu.script.widgets import Widgets

if TYPE_CHECKING:
    from taixu.script.host import ScriptHost

__all__ = ["Delivery", "Posted"]

NOTHING_ELSE = "a routine yields game.wait(...), game.wait_event(...), game.raycasts(...) or nothing, not {}"
Posted = tuple[Event, "int | None"]
Asked = tuple[Instance, RayBatch, dict[str, Any]]


class Delivery:
    """The post of one host.

    Attributes
    ----------
    posted : list of (Event, int or None)
        Messages that arrive in the next step, for one entity's script or for all.
    """

    def __init__(self, host: ScriptHost) -> None:
        self._host = host
        self._cursor = 0
        self._heard = 0
        self.posted: list[Posted] = []
        self._rays: list[Asked] = []

    def clear(self) -> None:
        """Forget what was posted, and what plugins published so far."""
        self.skip()

    def skip(self) -> None:
        """A step without scripts: nobody hears what was posted and published."""
        self.posted.clear()
        self._rays.clear()
        self.take_said()
        self._cursor = self._host.world.resource(GameEvents).cursor

    def post(self, event: Event, entity: int | None) -> None:
        """Deliver a message in the next step, to the script of one entity or to all."""
        self.posted.append((event, entity))

    def ask_rays(self, instance: Instance, rays: dict[str, Any]) -> RayBatch:
        """Cast rays at the beginning of the next step."""
        batch = RayBatch()
        self._rays.append((instance, batch, rays))
        return batch

    def take_asked(self) -> list[Asked]:
        """The rays that were asked for until now."""
        asked, self._rays = self._rays, []
        return asked

    def _answer_rays(self, asked: list[Asked]) -> None:
        """Answer what was asked in the last step, in the order of asking."""
        for instance, batch, rays in asked:
            hits = self._host.call(instance, "game.raycasts", cast_rays, self._host.world, rays) or []
            for routine in batch.answer(hits):
                self._advance(instance, routine, hits)

    def deliver(self, instance: Instance, event: Event) -> None:
        """Give an event to one script: to `on_event`, and to the routines that wait for it."""
        if not instance.running:
            return
        function = instance.callbacks.get("on_event")
        if function is not None:
            self._host.call(instance, "on_event", function, event)
        if instance.waiting:
            ready = [routine for wait, routine in instance.waiting if event.matches(wait.kind, wait.name)]
            instance.waiting = [(w, r) for w, r in instance.waiting if not event.matches(w.kind, w.name)]
            for routine in ready:
                self._advance(instance, routine, event)

    def start_routine(self, instance: Instance, routine: Routine) -> None:
        """Run a generator up to its first `yield`, and go on whenever that says."""
        if not hasattr(routine, "send"):
            raise TaixuError(f"game.start takes a generator (a function with yield, called), not {routine!r:.80}")
        self._advance(instance, routine, None)

    def _advance(self, instance: Instance, routine: Routine, value: Any) -> None:
        if instance.error:
            return
        finished: list[bool] = []

        def go_on() -> Any:
            try:
                return routine.send(value)
            except StopIteration:
                finished.append(True)
                return None

        asked = self._host.call(instance, f"routine {getattr(routine, '__name__', '')!r}", go_on)
        if finished or instance.error:
            return
        if isinstance(asked, WaitEvent):
            instance.waiting.append((asked, routine))
            return
        if isinstance(asked, RayBatch) and not asked.ready:
            asked.routines.append(routine)
            return
        if isinstance(asked, RayBatch):  # it came already: on in the next step, as with any other yield
            hits, ticks = asked.hits, self._host.clock.ticks + 1
            self._host.timers.add(ticks, lambda: self._advance(instance, routine, hits), owner=instance)
            return
        if asked is not None and not isinstance(asked, Wait):
            wrong = TaixuError(NOTHING_ELSE.format(repr(asked)[:80]))
            self._host.stop(instance, f"routine {getattr(routine, '__name__', '')!r}", wrong)
            return
        ticks = 1 if asked is None else ticks_of(asked.seconds, self._host.clock.steps_per_sec)
        self._host.timers.add(self._host.clock.ticks + ticks, lambda: self._advance(instance, routine, None), owner=instance)

    def take_said(self) -> list[ChatLine]:
        """What was said in the chat until now."""
        chat = self._host.world.resource(Chat)
        said, self._heard = chat.since(self._heard), chat.count
        return said

    def deliver_due(self, posted: list[Posted], asked: list[Asked], said: list[ChatLine]) -> None:
        """Deliver answers, presses, chat, input, what plugins published since the last step, and messages, in this order."""
        events = self._host.world.resource(GameEvents)
        batches = events.since(self._cursor)
        self._cursor = events.cursor
        inputs = input_events(self._host.world)
        self._answer_rays(asked)
        for owner, kind, name, facts in self._host.world.resource(Widgets).inbox.take(of_mods=False):
            for instance in self._host.instances.values():
                if instance.stable_id == owner:
                    self.deliver(instance, Event(kind, name, facts))
        if not (batches or posted or inputs or said):
            return
        listeners = [item for item in self._host.instances.values() if "on_event" in item.callbacks or item.waiting]
        for line in said:
            for instance in listeners:
                if instance.stable_id != line.owner:
                    self.deliver(instance, Event("chat", line.who, {"text": line.text, "role": line.role}))
        for event in inputs:
            for instance in listeners:
                self.deliver(instance, event)
        for batch in batches:
            self._deliver_batch(batch, listeners)
        for event, receiver in posted:
            for instance in listeners:
                if receiver is None or receiver == instance.entity:
                    self.deliver(instance, event)

    def _deliver_batch(self, batch: EventBatch, listeners: list[Instance]) -> None:
        """Tell those whom a row concerns, and once for each pair those who listen to all of the kind."""
        everywhere = [item for item in listeners if batch.kind in item.listening]
        handles = np.array([item.entity for item in listeners if item not in everywhere], np.uint64)
        rows = np.arange(len(batch.entities)) if everywhere else np.flatnonzero(np.isin(batch.entities, handles))
        concerned = set(handles.tolist())
        told: set[tuple[int, int]] = set()
        for entity, other, facts in unpack_batch(batch, rows):
            facts["entity"] = Entity(self._host.world, entity)
            facts["other"] = Entity(self._host.world, other) if other and self._host.world.alive(other)[0] else None
            event = Event(batch.kind, str(facts.pop("name", "")), facts)
            if entity in concerned:
                self.deliver(self._host.instances[entity], event)
            if everywhere and (other, entity) not in told:
                told.add((entity, other))
                for instance in everywhere:
                    self.deliver(instance, event)
