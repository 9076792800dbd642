"""What scripts and mods put on the screen (texts, buttons, bars, fields, maps), kept by name until it is hidden.

This is the data; whoever shows a world draws it (`Widgets.of_screen`) and reports what people do with it (through
`taixu.script.players`, so that it is recorded). Each script has its own, so that one that stops takes its own away and
nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from taixu.script.inbox import Inbox
from taixu.script.plain_text import plain_line
from taixu.script.wire import GameError

__all__ = ["Widget", "Widgets"]

MOST_WIDGETS = 64
"""Of one script: a screen that is covered is no use to anybody."""
MOST_WRITTEN = 500
"""Characters that people may write into a field."""


@dataclass(frozen=True, slots=True)
class Widget:
    """One text, button, bar, field to write into, or map.

    Attributes
    ----------
    owner : int or str
        Stable id of the script's entity, or the id of a mod.
    name : str
        What the owner knows it by.
    kind : str
        "text", "button", "bar", "input" or "map".
    text : str
        Of a field: what stands in it before anybody writes.
    hint : str
        What an empty field shows.
    corner : str
        Which corner, edge or "center" of the screen it lies at; those at one corner stand below each other as they came.
    offset : (float, float)
        From there, to the right and down, in parts of the screen's height.
    value : float
        How far a bar is filled, 0 to 1.
    size : float
        Times the usual height of text.
    color : (float, float, float)
        Linear.
    dots : tuple of (float, float, float)
        Of a map: how far to the right and down, from 0 to 1, and how wide, in parts of its width.
    colors : tuple of (float, float, float)
        Of the dots, linear: one for each, one for all, or none.
    """

    owner: int | str
    name: str
    kind: str
    text: str = ""
    corner: str = "top_left"
    offset: tuple[float, float] = (0.0, 0.0)
    value: float = 0.0
    size: float = 1.0
    color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    hint: str = ""
    dots: tuple[tuple[float, float, float], ...] = ()
    colors: tuple[tuple[float, float, float], ...] = ()

    @classmethod
    def of_call(cls, owner: int | str, kind: str, facts: Mapping[str, Any]) -> Widget:
        """From the checked arguments of ``game.show_...``."""
        values = dict(facts)
        for name in ("offset", "color"):
            if name in values:
                values[name] = tuple(values[name])
        for name in ("dots", "colors"):
            if name in values:
                values[name] = tuple(map(tuple, values[name]))
        return cls(owner, kind=kind, **values)


class Widgets:
    """The widgets of a world (a resource).

    Attributes
    ----------
    version : int
        Goes up with every change: who draws them looks again.
    inbox : Inbox
        What people did with them, and what else scripts and mods wait for, until their next step.
    """

    def __init__(self) -> None:
        self._shown: dict[int | str, dict[str, Widget]] = {}
        self.inbox = Inbox()
        self.version = 0

    def __len__(self) -> int:
        return sum(map(len, self._shown.values()))

    def of_screen(self) -> Iterator[Widget]:
        """All widgets, by owner as they came."""
        for mine in self._shown.values():
            yield from mine.values()

    def of(self, owner: int | str) -> dict[str, Widget]:
        """The widgets of one owner, by name."""
        return dict(self._shown.get(owner, ()))

    def show(self, widget: Widget) -> None:
        """Show a widget, or change the one of that name.

        Raises
        ------
        GameError
            If its owner shows too many already.
        """
        mine = self._shown.setdefault(widget.owner, {})
        if widget.name not in mine and len(mine) >= MOST_WIDGETS:
            raise GameError(f"{MOST_WIDGETS} texts, buttons and bars are on the screen already; hide some with game.hide(name)")
        if mine.get(widget.name) != widget:
            mine[widget.name] = widget
            self.version += 1

    def hide(self, owner: int | str, name: str = "") -> None:
        """Take one away, or all of an owner."""
        mine = self._shown.get(owner, {})
        if name:
            gone = mine.pop(name, None) is not None
        else:
            gone = bool(self._shown.pop(owner, None))
        self.version += gone

    def press(self, owner: int | str, name: str) -> None:
        """Somebody pressed a button: its owner hears of it in the next step."""
        if self._is(owner, name, "button"):
            self.inbox.add(owner, "button", name)

    def submit(self, owner: int | str, name: str, text: str) -> None:
        """Somebody wrote into a field: its owner hears of it in the next step."""
        if self._is(owner, name, "input"):
            self.inbox.add(owner, "text", name, text=plain_line(text)[:MOST_WRITTEN])

    def _is(self, owner: int | str, name: str, kind: str) -> bool:
        widget = self._shown.get(owner, {}).get(name)
        return widget is not None and widget.kind == kind

    def fork(self, world: object) -> Widgets:
        """A fork is not on the screen."""
        return Widgets()
