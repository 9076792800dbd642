"""`Input`: what is held, and what went down or up, for each reader at its own pace.

A frame may hold no fixed step or several. A press must reach exactly one of each reader's steps, so edges are
kept twice: `input.frame` is renewed each frame, `input.tick` after each fixed step. Both see the same held
state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from taixu.platform.events import (
    CloseEvent,
    FileDropEvent,
    FocusEvent,
    InputEvent,
    KeyEvent,
    MouseButtonEvent,
    MouseMoveEvent,
    PadAxisEvent,
    PadButtonEvent,
    TextEvent,
    WheelEvent,
)

__all__ = ["Edges", "Input", "Sieve"]

Sieve = Callable[[InputEvent], Iterable[InputEvent]]


@dataclass(slots=True)
class Edges:
    """What happened during one step of one reader; names are those of `Input.held`."""

    pressed: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)
    text: str = ""
    wheel: tuple[float, float] = (0.0, 0.0)
    pointer_delta: tuple[float, float] = (0.0, 0.0)
    dropped_paths: list[str] = field(default_factory=list)
    events: list[InputEvent] = field(default_factory=list)

    def clear(self) -> None:
        """Forget everything: a new step begins."""
        self.pressed.clear()
        self.released.clear()
        self.dropped_paths.clear()
        self.events.clear()
        self.text = ""
        self.wheel = self.pointer_delta = (0.0, 0.0)


class Input:
    """World resource: the state of keyboard, mouse and gamepads.

    Controls have prefixed names, as in the bindings of an `InputMap`: "key:space", "mouse:left", "pad:a" (any
    pad), "pad1:a" (the second pad). Axes are "pad_axis:left_x" and so on.

    Attributes
    ----------
    frame, tick : Edges
        What happened since the last frame, and since the last fixed step.
    held : set of str
        Names of the controls that are down.
    axes : dict of str to float
        Analogue values that were heard of, by name.
    pointer : (float, float)
        Position of the mouse in window units from the top left corner.
    focused, close_requested : bool
        State of the window; `close_requested` stays until somebody clears it.
    sieves : list
        What stands between the player and the game, such as buttons over the picture: each is given an event and gives what
        is to arrive in its place.
    """

    def __init__(self) -> None:
        self.frame = Edges()
        self.tick = Edges()
        self.held: set[str] = set()
        self.axes: dict[str, float] = {}
        self.pointer: tuple[float, float] = (0.0, 0.0)
        self.focused = True
        self.close_requested = False
        self.sieves: list[Sieve] = []
        self._injected: list[InputEvent] = []

    def inject(self, events: InputEvent | Iterable[InputEvent]) -> None:
        """Queue events that arrive with the next poll, as if the platform had sent them (tests, replays,
        remote control).
        """
        self._injected.extend([events] if isinstance(events, InputEvent) else events)

    def take_injected(self) -> list[InputEvent]:
        """Return and forget the queued events; the platform plugin feeds them."""
        events, self._injected = self._injected, []
        return events

    def sift(self, events: Iterable[InputEvent]) -> list[InputEvent]:
        """What is left of events, and what came in their place."""
        found = list(events)
        for sieve in self.sieves:
            found = [kept for event in found for kept in sieve(event)]
        return found

    def feed(self, event: InputEvent) -> None:
        """Take one event into the state and into the edges of both readers."""
        for edges in (self.frame, self.tick):
            edges.events.append(event)
        match event:
            case KeyEvent(key, down):
                self._set_held(f"key:{key}", down)
            case MouseButtonEvent(button, down):
                self._set_held(f"mouse:{button}", down)
            case PadButtonEvent(pad, button, down):
                self._set_held(f"pad{pad}:{button}", down)
                self._set_held(f"pad:{button}", down)
            case PadAxisEvent(pad, axis, value):
                for name in (f"pad{pad}_axis:{axis}", f"pad_axis:{axis}"):
                    self.axes[name] = min(1.0, max(-1.0, value))
                    # An axis is also a button, pressed past the middle and let go below it with some slack.
                    self._set_held(name, abs(value) > (0.4 if name in self.held else 0.5))
            case MouseMoveEvent(x, y, dx, dy):
                self.pointer = (x, y)
                for edges in (self.frame, self.tick):
                    edges.pointer_delta = (edges.pointer_delta[0] + dx, edges.pointer_delta[1] + dy)
            case WheelEvent(dx, dy):
                for edges in (self.frame, self.tick):
                    edges.wheel = (edges.wheel[0] + dx, edges.wheel[1] + dy)
            case TextEvent(text):
                for edges in (self.frame, self.tick):
                    edges.text += text
            case FileDropEvent(paths=paths):
                for edges in (self.frame, self.tick):
                    edges.dropped_paths.extend(paths)
            case FocusEvent(focused):
                self.focused = focused
                if not focused:  # key releases go to the other window: nothing may stay down for ever
                    self.release_all()
            case CloseEvent():
                self.close_requested = True
            case _:
                pass

    def fork(self, world: object) -> Input:
        """A rehearsal starts with nothing held: nobody plays in it."""
        return Input()

    def release_all(self) -> None:
        """Let go of every control and centre every axis."""
        for name in sorted(self.held):
            self._set_held(name, False)
        self.axes.clear()

    def _set_held(self, name: str, down: bool) -> None:
        if down == (name in self.held):
            return  # key repeat, or a release of what was never pressed here
        if down:
            self.held.add(name)
        else:
            self.held.discard(name)
        for edges in (self.frame, self.tick):
            (edges.pressed if down else edges.released).add(name)
