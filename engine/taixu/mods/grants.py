"""What a mod may see and change in a world: what its manifest asked for and the player granted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from taixu.app import Components
from taixu.ecs import ComponentType, World
from taixu.errors import TaixuError

__all__ = ["FORBIDDEN", "Grants", "may_be_changed"]

FORBIDDEN = frozenset({"script"})
"""Components that no mod touches: a script is native code."""
_SPAWNS = 1000
_STORED_KB = 1024


def may_be_changed(declared: ComponentType) -> bool:
    """Whether a mod may ever write a component: none that the engine derives, which holds places in its own tables."""
    return declared.authored and not declared.made and declared.name not in FORBIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """What one mod may do.

    Attributes
    ----------
    read, write
        Components ("light") or fields of them ("light.intensity"); what may be written may be read.
    capabilities
        Names, as in `spawn` or `ui`, each with its maximum (0 where it has none; of `storage` kilobytes).
    hosts
        Servers that it may ask by https, where `net` is among its capabilities.
    fuel
        Instructions in one step; above it the mod is warned, then slowed, then paused.
    memory_bytes
        Of its instance.
    host_calls
        Commands that it may give in one step.
    """

    read: frozenset[str] = frozenset()
    write: frozenset[str] = frozenset()
    capabilities: Mapping[str, int] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    fuel: int = 20_000_000
    memory_bytes: int = 64 << 20
    host_calls: int = 1000

    @classmethod
    def of(cls, *, read: Iterable[str] = (), write: Iterable[str] = (), capabilities: Iterable[str] = (), **more: Any) -> Grants:
        """The same from lists of names."""
        return cls(
            read=frozenset(read), write=frozenset(write), capabilities=dict.fromkeys(capabilities, 0), **more
        )  # fmt: skip

    def readable(self, world: World) -> dict[str, ComponentType]:
        """The components that it may read, by name.

        Raises
        ------
        TaixuError
            If the app has none of that name, or no mod may have it.
        """
        known = world.resource(Components)
        found: dict[str, ComponentType] = {}
        for item in sorted(self.read | self.write):
            name, _, field_name = item.partition(".")
            declared = known.find(name)
            if declared is None or name in FORBIDDEN or (field_name and field_name not in declared.by_name):
                raise TaixuError(f"mods cannot have {item!r}: this app has no such component or field for them")
            if item in self.write and not may_be_changed(declared):
                raise TaixuError(f"mods cannot write {item!r}: the engine works it out itself")
            found[name] = declared
        return found

    def reads(self, component: str, name: str) -> bool:
        """Whether it may read a field."""
        return not {component, f"{component}.{name}"}.isdisjoint(self.read | self.write)

    def writes(self, component: str, name: str) -> bool:
        """Whether it may write a field of entities that are not its own."""
        return not {component, f"{component}.{name}"}.isdisjoint(self.write)

    def changes(self, component: str) -> bool:
        """Whether it may add and remove a component."""
        return component in self.write

    @property
    def most_spawned(self) -> int:
        """How many of its entities may live at once."""
        if "spawn" not in self.capabilities:
            return 0
        return self.capabilities["spawn"] or _SPAWNS

    @property
    def most_stored_kb(self) -> int:
        """How much it may keep between sessions."""
        return (self.capabilities["storage"] or _STORED_KB) if "storage" in self.capabilities else 0
