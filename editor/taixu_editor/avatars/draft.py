"""Somebody in the making: every choice of a person and of a cartoon, what is locked, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from taixu_editor.avatars.choices import KINDS, MANY, TABS, fields_of_tab, tab_of_slider

__all__ = ["Draft"]

_MOST_STEPS = 200


@dataclass(slots=True)
class _Somebody:
    values: dict[str, Any] = field(default_factory=dict)
    words: str = ""
    preset: str = ""
    seed: int = 1


@dataclass(slots=True)
class _State:
    kind: str = "human"
    people: dict[str, _Somebody] = field(default_factory=lambda: {kind: _Somebody() for kind in KINDS})

    @property
    def shown(self) -> _Somebody:
        """Who is chosen."""
        return self.people[self.kind]


class Draft:
    """What the studio's user has chosen.

    Attributes
    ----------
    locks
        Tabs that stay as they are when somebody else is drawn.
    version
        Goes up whenever what is seen changes.
    """

    def __init__(self) -> None:
        self._now = _State()
        self._done: list[_State] = []
        self._undone: list[_State] = []
        self._merge: object = None
        self.locks: set[str] = set()
        self.version = 0

    # -- what it is --------------------------------------------------------------------------------------------------
    @property
    def kind(self) -> str:
        """ "human" or "cartoon"."""
        return self._now.kind

    @property
    def values(self) -> Mapping[str, Any]:
        """The whole specification of the kind; empty before somebody was drawn."""
        return self._now.shown.values

    @property
    def words(self) -> str:
        """What they were drawn of."""
        return self._now.shown.words

    @property
    def preset(self) -> str:
        """Who they began as."""
        return self._now.shown.preset

    @property
    def seed(self) -> int:
        """Of the latest chance."""
        return self._now.shown.seed

    def settings(self) -> dict[str, Any]:
        """For the avatar generator: all choices, so that nothing is left to chance."""
        return {"kind": self.kind, **deepcopy(dict(self.values))}

    def kept(self, kind: str) -> dict[str, Any]:
        """Choices of a kind that locked tabs hold."""
        values = self._now.people[kind].values
        found = {name: values[name] for tab in self.locks for name in fields_of_tab(kind, tab) if name in values}
        sliders = {name: amount for name, amount in values.get("sliders", {}).items() if tab_of_slider(name) in self.locks}
        return {**found, "sliders": sliders} if sliders else found

    # -- changes -----------------------------------------------------------------------------------------------------
    def set(self, name: str, value: Any, *, merge: object = None) -> None:
        """Choose a field's value."""
        if self.values.get(name) != value:
            self._remember(merge)
            self._now.shown.values[name] = value

    def set_slider(self, name: str, amount: float, *, merge: object = None) -> None:
        """Move one of the sliders of face and body; they go from -1 to 1."""
        sliders = self.values.get("sliders", {})
        if sliders.get(name, 0.0) != amount:
            self._remember(merge)
            self._now.shown.values["sliders"] = {**sliders, name: min(max(float(amount), -1.0), 1.0)}

    def turn_part(self, name: str) -> None:
        """Put an accessory on, or take it off."""
        worn = list(self.values.get(MANY, ()))
        self.set(MANY, [each for each in worn if each != name] if name in worn else [*worn, name])

    def take(self, kind: str, values: Mapping[str, Any], *, words: str = "", preset: str = "", seed: int = 1) -> None:
        """Be somebody else."""
        self._remember(None)
        self._now.kind = kind
        self._now.people[kind] = _Somebody(deepcopy(dict(values)), words, preset, seed)

    def use_kind(self, kind: str) -> bool:
        """Show the person, or the cartoon; False where nobody of that kind was drawn yet."""
        is_there = bool(self._now.people[kind].values)
        if is_there and kind != self.kind:
            self._remember(None)
            self._now.kind = kind
        return is_there

    def turn_lock(self, tab: str) -> None:
        """Keep a tab, or let it change."""
        self.locks ^= {tab} & set(TABS)

    # -- the way back ------------------------------------------------------------------------------------------------
    @property
    def can_undo(self) -> bool:
        """Whether there is a step back."""
        return bool(self._done) and bool(self._done[-1].shown.values)

    @property
    def can_redo(self) -> bool:
        """Whether one was gone."""
        return bool(self._undone)

    def undo(self) -> None:
        """One step back."""
        if self.can_undo:
            self._undone.append(self._now)
            self._go(self._done.pop())

    def redo(self) -> None:
        """And forth."""
        if self._undone:
            self._done.append(self._now)
            self._go(self._undone.pop())

    def _go(self, state: _State) -> None:
        self._now, self._merge = state, None
        self.version += 1

    def _remember(self, merge: object) -> None:
        if merge is None or merge != self._merge:
            self._done = [*self._done[-_MOST_STEPS + 1 :], deepcopy(self._now)]
        self._merge = merge
        self._undone.clear()
        self.version += 1
