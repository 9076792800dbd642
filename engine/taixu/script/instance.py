"""One script of one entity: its own namespace, so that its variables are the entity's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from random import Random
from typing import Any

from taixu.errors import TaixuError
from taixu.script.entity import Entity
from taixu.script.fields import FieldDefault
from taixu.script.loader import ScriptFile
from taixu.script.routines import Routine, WaitEvent

__all__ = ["Instance"]

_CALLBACKS = ("on_start", "on_tick", "on_frame", "on_event", "on_save", "on_load")


@dataclass(eq=False, slots=True)
class Instance:
    """A script that runs for an entity.

    Attributes
    ----------
    entity, stable_id : int
        Handle and stable id.
    path : str
        The script, as documents write it.
    script : ScriptFile or None
        What was loaded; None where that failed.
    namespace : dict
        The script's module variables.
    callbacks : dict
        The functions `on_...` that it defines.
    listening : set of str
        Kinds of events that it wants of all entities.
    spawned : set of int
        Stable ids of what it spawned, gone ones among them.
    error : str
        Why it was stopped; empty while it runs.
    """

    entity: int
    stable_id: int
    path: str
    world_seed: int
    enabled: bool = True
    authored: Mapping[str, Any] = field(default_factory=dict)
    script: ScriptFile | None = None
    namespace: dict[str, Any] = field(default_factory=dict)
    callbacks: dict[str, Callable[..., Any]] = field(default_factory=dict)
    random: Random = field(default_factory=Random)
    waiting: list[tuple[WaitEvent, Routine]] = field(default_factory=list)
    listening: set[str] = field(default_factory=set)
    spawned: set[int] = field(default_factory=set)
    error: str = ""
    started: bool = False

    @property
    def running(self) -> bool:
        """Whether its callbacks are to be called."""
        return self.enabled and self.started and not self.error

    def execute(self, script: ScriptFile, builtins: dict[str, Any]) -> None:
        """Run the script's top level in a new namespace; whatever it raises goes through."""
        key = f"{self.world_seed}:{self.stable_id}:{self.path}".encode()
        self.random = Random(int.from_bytes(blake2b(key, digest_size=8).digest()))
        self.script = script
        self.namespace = {"__name__": script.path, "__file__": str(script.file), "__builtins__": builtins}
        exec(script.code, self.namespace)  # noqa: S102  (running the project's own scripts is what this package is for)
        for name, value in self.namespace.items():
            if isinstance(value, FieldDefault):
                self.namespace[name] = value.value
        self.callbacks = {name: self.namespace[name] for name in _CALLBACKS if callable(self.namespace.get(name))}

    def set_fields(self, values: Mapping[str, Any], find_entity: Callable[[str], Entity | None]) -> list[str]:
        """Give fields their values (their defaults where `values` has none); returns what was wrong."""
        complaints = []
        fields = {} if self.script is None else {item.name: item for item in self.script.fields}
        for name in values:
            if name not in fields:
                complaints.append(f"it has no field {name!r}")
        for name, item in fields.items():
            try:
                value = item.convert(values.get(name, item.default))
            except TaixuError as error:
                complaints.append(str(error))
                value = item.convert(item.default)
            self.namespace[name] = find_entity(value) if item.type == "Entity" else value
        return complaints

    def get_fields(self) -> dict[str, Any]:
        """The present values of all fields as JSON-able data."""
        if self.script is None:
            return dict(self.authored)
        found: dict[str, Any] = {}
        for item in self.script.fields:
            value = self.namespace.get(item.name)
            if isinstance(value, Entity):
                value = hex(value.id) if value.alive else ""
            found[item.name] = "" if value is None and item.type == "Entity" else item.to_data(value)
        return found

    def changed_fields(self) -> dict[str, Any]:
        """What the script itself changed since its fields were set: a reload has to carry it over."""
        if self.script is None:
            return {}
        before = {item.name: item.to_data(item.convert(item.default)) for item in self.script.fields}
        before.update(self.authored)
        return {name: value for name, value in self.get_fields().items() if value != before[name]}
