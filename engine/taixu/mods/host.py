"""`ModHost`: the mods of one world, called in their load order with one step of delay that never changes.

At the end of step N each mod is sent what changed, and the helper works on it beside the rest of the frame; at the
beginning of step N + 1, before scripts run, its answer is checked and carried out. So a mod sees what scripts see in step
N + 1, and does what they do, but for input, of which it hears a step later. Where time is simulated (no window) the
host waits for answers, so runs repeat exactly; where somebody watches it never waits, and an answer that is late counts in
the next step.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock, EventBatch, GameEvents, GameServices
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.mods.box.limits import Limits
from taixu.mods.boxed import Boxed
from taixu.mods.following import WorldFollower
from taixu.mods.grants import Grants
from taixu.mods.inbox import Inbox, length_of
from taixu.mods.keeping import KeptMod, bring_back, keep_mod
from taixu.mods.lanes import choose_lanes
from taixu.mods.loaded import LoadedMod
from taixu.mods.mirror_column import MirrorColumn
from taixu.mods.named import Given, NamedMod
from taixu.mods.owners import Owners
from taixu.mods.stepping import SteppedMod
from taixu.mods.work import post_work, share_out
from taixu.platform import Input, InputMap
from taixu.script import Event, ScriptHost, ScriptLog, ScriptMessage
from taixu.script.chat import Chat
from taixu.script.entity import Entity
from taixu.script.events import input_events, unpack_batch
from taixu.script.fields import find_fields
from taixu.script.storage import Storage
from taixu.script.vectors import Vec3
from taixu.script.widgets import Widgets
from taixu.script.wire import GameError, from_data, to_data

__all__ = ["ModHost", "OpenBox"]

OpenBox = Callable[[str, Mapping[str, str], bytes, Limits], Boxed]
"""Makes a place for a mod to run in: `Box.open`, with limits as the last argument."""

_MOST_EVENTS = 1000
_WAIT_SECS = 300.0
"""A guard against hangs: the helper's own watchdog ends what lasts too long, and its first start compiles the image."""


class ModHost:
    """The mods of a world (a resource).

    Parameters
    ----------
    world : World
    open_in : callable, optional
        Opens a box for a mod; without one, mods are off.
    wait : bool
        Whether a step waits for answers: true where time is simulated.

    Attributes
    ----------
    mods : dict of str to LoadedMod
        By id, in load order.
    protected : set of int
        Stable ids of entities that no mod changes, such as the player's.
    """

    def __init__(self, world: World, *, open_in: OpenBox | None = None, wait: bool = True) -> None:
        self.world = world
        self.mods: dict[str, LoadedMod] = {}
        self.protected: set[int] = set()
        self.wait = wait
        self.open_in = open_in
        self.follower = WorldFollower(world)
        self._cursor = world.resource(GameEvents).cursor
        self._lines = ScriptLog()
        self._for_scripts = Inbox()
        self.owners = Owners(world)
        self._restored = False
        self._told_writers: set[tuple[str, str, str]] = set()
        self._wrote: dict[str, list[tuple[str, NDArray[np.uint64]]]] = {}  # by column, who wrote which entities' in this step
        self._writers: Counter[str] | None = None  # how many mods may write a column
        self._heard = 0
        self._controls: dict[str, Any] | None = None  # of this step, the same for all that may know them
        for made in (Widgets(), Chat(), Storage()):
            if not world.has_resource(type(made)):
                world.insert_resource(made)

    @property
    def log(self) -> ScriptLog:
        """The console: that of the scripts, where there are any."""
        return self.world.resource(ScriptHost).log if self.world.has_resource(ScriptHost) else self._lines

    # Which mods there are

    def load(
        self,
        name: str,
        sources: Mapping[str, str],
        *,
        entry: str = "main.py",
        grants: Grants,
        values: Mapping[str, Any] | None = None,
        entity: int = 0,
        seed_key: str = "",
    ) -> LoadedMod:
        """Load a mod; it starts at the end of the next step, after those that were loaded before it.

        Parameters
        ----------
        name : str
            The mod's id.
        sources : mapping of str to str
            Its Python files by name.
        entry : str
            Which of them has the callbacks.
        grants : Grants
            What it may do.
        values : mapping of str to Any
            Of the entry's fields (`game.field`), where they are not the defaults.
        entity : int
            Handle of the entity it runs for (a script that is run as a mod), 0 for none.
        seed_key : str
            What its random numbers depend on besides the world's seed; its id by default.

        Raises
        ------
        TaixuError
            If mods are off here, one of that id is loaded, or it asks for components that there are not.
        """
        if self.open_in is None:
            raise TaixuError(f"mod {name!r} is not loaded: mods are off here; pip install 'taixu[mods]' brings their box")
        if name in self.mods:
            raise TaixuError(f"mod {name!r} is loaded already; unload it first")
        stable = self.world.stable_id(entity) if entity else 0
        fields = _fields(sources.get(entry, ""), values or {})
        mod = LoadedMod(self, Given(name, dict(sources), entry, grants, fields, stable, seed_key))
        self.mods[name], self._writers = mod, None
        if "chat" in grants.capabilities:
            self.world.resource(Chat).open = True
        return mod

    def unload(self, name: str, *, with_entities: bool = True) -> None:
        """End a mod; what it shows goes, and what it spawned does too unless told otherwise."""
        mod, self._writers = self.mods.pop(name), None
        self._told_writers = {told for told in self._told_writers if name not in told[:2]}
        mod.boxed.close()
        self.hide(mod)
        if with_entities:
            handles = self.world.find_all(np.array(sorted(mod.spawned), np.uint64))
            self.world.despawn(self.world.living(handles[handles != 0]))
        self.owners.begin_anew({other.name: other.spawned for other in self.mods.values()})

    def reload(self, name: str, sources: Mapping[str, str]) -> bool:
        """Replace a mod's sources and keep its state; the old one runs on where the new one does not start.

        Its place in the load order, its entities and what it listens to stay.
        """
        old = self.mods[name]
        early = int(old.boxed.busy)  # saving takes the answer to the next step in before its time
        state = old.save()
        fields = _fields(sources.get(old.entry, ""), {})
        new = LoadedMod(self, replace(old.given, sources=dict(sources), fields=fields))
        if state is not None:
            new.load(state)
        new.listening, new.spawned = old.listening, old.spawned
        new.inherit(old)
        wrong = new.try_step(self.world.resource(Clock).ticks + early, timeout_secs=_WAIT_SECS)
        if wrong:
            new.boxed.close()
            self.say("error", f"mod {name!r} is not reloaded, its last good version runs on: {wrong}", mod=old)
            return False
        self.mods[name], self._writers = new, None
        old.boxed.close()
        self.say("info", f"mod {name!r} is reloaded, its state is kept", mod=new)
        return True

    def clear(self) -> None:
        """End all mods."""
        for name in list(self.mods):
            self.unload(name)

    def open_box(self, mod: SteppedMod) -> Boxed:
        """A place for a mod to run in."""
        assert self.open_in is not None
        limits = Limits(memory_bytes=mod.grants.memory_bytes)
        return self.open_in(mod.name, mod.all_sources(), mod.config(), limits)

    # A step

    def collect(self) -> None:
        """The beginning of a step: carry out what mods answered to the last one, in load order."""
        self.log.begin_frame(self.world.resource(Clock).frames)
        self._wrote.clear()
        for mod in list(self.mods.values()):
            mod.collect(_WAIT_SECS if self.wait else 0.0)
        share_out(self.mods.values(), self.world.resource(Clock).ticks)

    def begin(self) -> None:
        """Before the steps of a frame: call those that were loaded since, so that they start with the first of them."""
        for mod in self.mods.values():
            if mod.is_new and not self.world.resource(Clock).paused:
                mod.send({}, tick=self.world.resource(Clock).ticks)

    def send(self) -> None:
        """The end of a step: tell every mod what it has to know of it."""
        events = self.world.resource(GameEvents)
        batches = events.since(self._cursor)
        self._cursor = events.cursor
        heard = self.world.resource(Widgets).inbox.take(of_mods=True)
        chat = self.world.resource(Chat)
        said, self._heard = chat.since(self._heard), chat.count
        inputs = [(event.kind, event.name, dict(event.data)) for event in input_events(self.world)] if self.mods else []
        self._controls = None
        posted = self._posted_by_scripts()
        self._for_scripts = Inbox()
        choose_lanes(self.mods.values())
        look = self.follower.look() if self.mods else None  # telling mods of it writes nothing into the world
        for mod in self.mods.values():
            facts: dict[str, list[Any]] = {}
            told: list[Any] = [[kind, name, told_of] for owner, kind, name, told_of in heard if owner == mod.name]
            if "chat" in mod.grants.capabilities:
                told += [["chat", line.who, {"text": line.text, "role": line.role}] for line in said if line.owner != mod.name]
            if "input" in mod.grants.capabilities:
                told += inputs
            for batch in batches:
                told += self._rows(mod, batch)
            told += self._messages(mod, posted)
            if len(told) > _MOST_EVENTS:
                mod.tell_once(f"mod {mod.name!r} hears {_MOST_EVENTS} events a step, and misses others")
            if told:
                facts["events"] = told[:_MOST_EVENTS]
            mod.send(facts, tick=self.world.resource(Clock).ticks + 1, look=look)
        seen = [mod.mirror.seen for mod in self.mods.values() if mod.running and mod.mirror.seen >= 0]
        self.follower.forget(min(seen, default=0))

    def _rows(self, mod: LoadedMod, batch: EventBatch) -> list[Any]:
        """What happened as a mod hears it: what concerns its entity, and once for each pair where it listens."""
        everywhere = batch.kind in mod.listening
        own = 0 if not mod.entity else (self.world.find(mod.entity) or 0)
        if not everywhere and not own:
            return []
        rows = np.arange(len(batch.entities)) if everywhere else np.flatnonzero(batch.entities == own)
        found: list[Any] = []
        told: set[tuple[int, int]] = set()
        for entity, other, facts in unpack_batch(batch, rows[: _MOST_EVENTS + 1]):
            if everywhere and (other, entity) in told:
                continue
            told.add((entity, other))
            name = str(facts.pop("name", ""))
            first, second = self.world.stable_ids(np.array([entity, other], np.uint64)).tolist()
            values = {key: _fact(value) for key, value in facts.items()}
            values["entity"] = {"$entity": first} if first else None
            values["other"] = {"$entity": second} if second else None
            found.append([batch.kind, name, values])
        return found

    def _posted_by_scripts(self) -> list[tuple[str, int | None, Any]]:
        """Messages of scripts, which arrive in the next step."""
        if not self.mods or not self.world.has_resource(ScriptHost):
            return []
        found = []
        for event, receiver in self.world.resource(ScriptHost).delivery.posted:
            try:
                data = to_data(dict(event.data), "a message")
            except GameError:
                continue  # what JSON cannot hold stays among scripts
            found.append((event.name, None if receiver is None else self.world.stable_id(receiver), data))
        return found

    def _messages(self, mod: LoadedMod, posted: list[tuple[str, int | None, Any]]) -> list[Any]:
        letters = mod.inbox.take()
        told = [["message", name, data] for name, to, data in posted if to is None or to == mod.entity]
        for letter in letters:
            sender = {"$entity": letter.sender} if letter.sender else None
            told.append(["message", letter.name, {**letter.data, "sender": sender}])
        mod.hear(letters, sum(letter.nbytes for letter in letters))
        missed, mod.inbox.missed = mod.inbox.missed, {}
        for name in missed:
            sender_mod = self.mods.get(name)
            if sender_mod is not None:
                sender_mod.tell_once(f"mod {name!r} sends more messages than others hear in a step")
        return told

    # What mods ask for

    def may_change(self, mod: NamedMod, handles: NDArray[np.uint64]) -> NDArray[np.bool_] | None:
        """Which entities a mod may write to, None for all: none that is protected, or that another mod spawned."""
        if self._restored:
            self._restored = False
            self.owners.begin_anew({other.name: other.spawned for other in self.mods.values()})
        closed = self.owners.are_others(mod.name, handles)
        guarded = self.protected - mod.spawned
        if guarded:
            ids = self.world.stable_ids(handles)
            closed = np.zeros(len(ids), bool) if closed is None else closed
            for number in guarded:
                closed |= ids == np.uint64(number)
        return None if closed is None else ~closed

    def note_writes(self, mod: SteppedMod, column: MirrorColumn, changed: NDArray[np.bool_]) -> None:
        """Tell of two mods that write the same column of the same entity in one step, the first time that they do."""
        if self._writers is None:
            self._writers = Counter(each.key for other in self.mods.values() for each in other.mirror.writable)
        if self._writers[column.key] < 2:
            return
        for name, handles in self._wrote.get(column.key, ()):
            pair = name, mod.name, column.key
            if name == mod.name or pair in self._told_writers:
                continue
            slots = mod.mirror.slots_of(handles)
            if changed[slots[(slots >= 0) & (slots < len(changed))]].any():
                self._told_writers.add(pair)
                mod.tell_once(
                    f"mods {name!r} and {mod.name!r} both write {column.key} of the same entities: {mod.name!r} has the last word"
                )
        if changed.any():
            mine = mod.mirror.handles[: len(changed)][changed]
            self._wrote.setdefault(column.key, []).append((mod.name, mine))

    def states_for(self, mod: SteppedMod) -> dict[str, Any]:
        """What is mirrored besides components: input, and where joints are."""
        found: dict[str, Any] = {}
        if "input" in mod.grants.capabilities:
            if self._controls is None:
                self._controls = self._find_controls()
            found |= self._controls
        ask = self.world.resource(GameServices).find("joint_positions")
        if ask is not None and "articulation" in mod.mirror.bits:
            found["joints"] = self._joints(mod, ask)
        return found

    def _find_controls(self) -> dict[str, Any]:
        if not (self.world.has_resource(Input) and self.world.has_resource(InputMap)):
            return {}
        source, actions = self.world.resource(Input), self.world.resource(InputMap)
        states = {name: actions.state(name, source, edges=source.tick) for name in actions.actions}
        return {
            "actions": {name: [state.value, state.held, state.pressed, state.released] for name, state in states.items()},
            "mouse": [list(source.pointer), list(source.tick.pointer_delta), list(source.tick.wheel)],
        }

    def _joints(self, mod: SteppedMod, ask: Callable[..., Any]) -> dict[str, Any]:
        bit = np.uint64(1 << mod.mirror.bits["articulation"])
        joints: dict[str, Any] = {}
        for slot in np.flatnonzero(mod.mirror.masks & bit).tolist():
            try:
                joints[str(mod.mirror.ids[slot])] = ask(self.world, int(mod.mirror.handles[slot]))
            except TaixuError:
                continue  # it has come in this very step
        return joints

    def post(self, sender: SteppedMod, name: str, to: int | None, data: dict[str, Any]) -> None:
        """Deliver a mod's message, at its sender's cost: to scripts in this step, to mods with the next."""
        nbytes, told = length_of(name, data), 0
        for mod in self.mods.values():
            if to is None or to == mod.entity:
                told += mod.inbox.add(sender.name, name, data, to=to, entity=sender.entity, nbytes=nbytes)
        sender.share.spend(post_work(nbytes, told))
        if not self._for_scripts.add(sender.name, name, data, nbytes=nbytes):
            sender.tell_once(f"mod {sender.name!r} sends more messages than others hear in a step")
        elif self.world.has_resource(ScriptHost):
            make: dict[str, Callable[[Any], Any]] = {"$entity": self._entity, "$vec3": Vec3, "$quat": tuple}
            facts = from_data(data, make)
            facts["sender"] = self._entity(sender.entity) if sender.entity else None
            handle = None if to is None else self.world.find(to)
            if to is None or handle is not None:
                self.world.resource(ScriptHost).delivery.post(Event("message", name, facts), handle)

    def _entity(self, number: Any) -> Entity | None:
        handle = self.world.find(number) if isinstance(number, int) and 0 < number < 1 << 64 else None
        return None if handle is None else Entity(self.world, handle)

    def say(self, level: str, text: str, *, mod: NamedMod, line: int = 0) -> None:
        """Write a line to the console."""
        if self.log.takes(level):
            tick = self.world.resource(Clock).ticks
            text = _shown(text)
            self.log.add(ScriptMessage(level, text, script=f"{mod.name}/{mod.entry}", line=line, entity=mod.entity, tick=tick))

    def hide(self, mod: NamedMod) -> None:
        """Take what a mod shows off the screen."""
        self.world.resource(Widgets).hide(mod.name)

    def save_state(self) -> dict[str, KeptMod]:
        """All mods as they stand, with the answers that are on their way; see `taixu.mods.keeping`."""
        return {name: keep_mod(mod) for name, mod in self.mods.items()}

    def load_state(self, state: Mapping[str, KeptMod]) -> None:
        """Go back to it: mods that were loaded since begin anew, and those that were ended since stay so."""
        self._restored = True
        self._cursor = self.world.resource(GameEvents).cursor
        for name, mod in list(self.mods.items()):
            kept = state.get(name)
            is_same = kept is not None and kept.memory is not None and kept.sources == mod.sources
            anew = None if is_same and not mod.boxed.off else LoadedMod(self, mod.given)
            self.mods[name] = bring_back(mod, kept, anew=anew)

    def fork(self, world: World) -> ModHost:
        """A fork of the world runs no mods."""
        return ModHost(world, wait=self.wait)


def _shown(text: str) -> str:
    """A mod's line without what steers a terminal or turns the direction of writing; where it goes on, it is indented."""
    lines = ["".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in line) if not line.isprintable()
             else line for line in text.replace("\t", "    ").split("\n")]  # fmt: skip
    return "\n    ".join(lines)


def _fact(value: Any) -> Any:
    """A fact of an event as it crosses; None where it cannot."""
    try:
        return to_data(value, "a fact")
    except GameError:
        return None


def _fields(source: str, values: Mapping[str, Any]) -> list[list[Any]]:
    """Name, type and value of a mod's fields, found without running a line of it."""
    try:
        found = find_fields(ast.parse(source), file="the mod")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # the sandbox says what is wrong with it
    return [[item.name, item.type, item.to_data(item.convert(values.get(item.name, item.default)))] for item in found]
