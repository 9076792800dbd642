"""Texts, buttons and bars that scripts and mods put on the screen, kept by name until they are hidden.

This is the data; whoever shows a world draws it (`Widgets.of_screen`) and reports presses (`Widgets.press`). Each script
has its own, so that one that stops takes its own away and nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from taixu.script.wire import GameError

__all__ = ["Widget", "Widgets"]

MOST_WIDGETS = 64
"""Of one script: a screen that is covered is no use to anybody."""
_MOST_PRESSES = 64


@dataclass(frozen=True, slots=True)
class Widget:
    """One text, button or bar.

    Attributes
    ----------
    owner : int or str
        Stable id of the script's entity, or the id of a mod.
    name : str
        What the owner knows it by.
    kind : str
        "text", "button" or "bar".
    text : str
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


class Widgets:
    """The widgets of a world (a resource).

    Attributes
    ----------
    version : int
        Goes up with every change: who draws them looks again.
    """

    def __init__(self) -> None:
        self._shown: dict[int | str, dict[str, Widget]] = {}
        self._pressed: list[tuple[int | str, str]] = []
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
        widget = self._shown.get(owner, {}).get(name)
        if widget is not None and widget.kind == "button" and len(self._pressed) < _MOST_PRESSES:
            self._pressed.append((owner, name))

    def take_presses(self, *, of_mods: bool) -> list[tuple[int | str, str]]:
        """The buttons of mods, or of scripts, that were pressed since this was last asked."""
        taken = [press for press in self._pressed if isinstance(press[0], str) == of_mods]
        self._pressed = [press for press in self._pressed if isinstance(press[0], str) != of_mods]
        return taken

    def fork(self, world: object) -> Widgets:
        """A fork is not on the screen."""
        return Widgets()
