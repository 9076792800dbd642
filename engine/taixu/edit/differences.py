"""What is different between two states of a world's entities, as data that people and agents read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from taixu.edit.document import Block

__all__ = ["Difference", "difference"]


@dataclass(slots=True)
class Difference:
    """From one state to another.

    Attributes
    ----------
    added, removed
        Blocks of entities by id.
    changed
        By entity, component and field: what it was, and what it is. A component that came or went is told as the field
        ``""``, a field that stands at its default as None.
    """

    added: dict[str, Block] = field(default_factory=dict)
    removed: dict[str, Block] = field(default_factory=dict)
    changed: dict[str, dict[str, dict[str, tuple[Any, Any]]]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def to_data(self) -> dict[str, Any]:
        """As JSON-able data."""
        changed = {e: {c: {f: list(pair) for f, pair in fs.items()} for c, fs in cs.items()} for e, cs in self.changed.items()}
        return {"added": self.added, "removed": self.removed, "changed": changed}


def difference(before: Mapping[str, Block], after: Mapping[str, Block]) -> Difference:
    """Compare the entities of two documents."""
    found = Difference(
        added={entity: block for entity, block in after.items() if entity not in before},
        removed={entity: block for entity, block in before.items() if entity not in after},
    )
    for entity, block in after.items():
        former = before.get(entity)
        if former is None or former == block:
            continue
        components: dict[str, dict[str, tuple[Any, Any]]] = {}
        for name in {**former, **block}:
            old, new = former.get(name), block.get(name)
            if old == new:
                continue
            if isinstance(old, dict) and isinstance(new, dict):
                components[name] = {key: (old.get(key), new.get(key)) for key in {**old, **new} if old.get(key) != new.get(key)}
            else:
                components[name] = {"": (old, new)}
        found.changed[entity] = components
    return found
