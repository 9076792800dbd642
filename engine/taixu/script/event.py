"""`Event`: what `on_event` gets. A sandbox gets this very file, so it imports nothing of Taixu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Event"]


class Event:
    """One event: `kind`, `name`, and its facts as attributes (`event.other`, `event.impulse`,
    `event.points`).

    The kinds are listed in `taixu.script.api.EVENT_KINDS`.
    """

    __slots__ = ("data", "kind", "name")

    def __init__(self, kind: str, name: str = "", data: Mapping[str, Any] | None = None) -> None:
        self.kind = kind
        self.name = name
        self.data: Mapping[str, Any] = {} if data is None else data

    def __getattr__(self, name: str) -> Any:
        try:
            return self.data[name]
        except KeyError:
            facts = ", ".join(["kind", "name", *self.data])
            raise AttributeError(f"event {self.kind!r} has no {name!r}; it has {facts}") from None

    def __repr__(self) -> str:
        facts = "".join(f", {name}={value!r}" for name, value in self.data.items())
        return f"Event({self.kind!r}, name={self.name!r}{facts})"

    def matches(self, kind: str, name: str) -> bool:
        """Whether it is of a kind and, unless empty, of a name."""
        return self.kind == kind and (not name or self.name == name)
