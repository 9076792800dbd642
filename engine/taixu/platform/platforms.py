"""Where input comes from: a window on a desktop, or nowhere but a recording."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from taixu.errors import TaixuError
from taixu.platform.backend import pump
from taixu.platform.events import InputEvent, event_from_data, event_to_data
from taixu.platform.gamepads import Gamepads
from taixu.platform.window import Window

__all__ = ["HeadlessPlatform", "InputRecorder", "Platform", "WindowPlatform"]


class Platform(Protocol):
    """What a `PlatformPlugin` drives."""

    @property
    def window(self) -> Window | None:
        """The window, where there is one."""
        ...

    def poll(self, fixed_tick: int) -> Sequence[InputEvent]:
        """Return the events that have come since the last poll; `fixed_tick` counts the fixed steps done.
        Never waits.
        """
        ...

    def present(self) -> None:
        """Show the frame that was drawn."""
        ...

    def close(self) -> None:
        """Let go of everything; idempotent."""
        ...


class WindowPlatform:
    """A window and the gamepads of the desktop.

    Parameters
    ----------
    window : Window
        An open window; this platform closes it.
    """

    def __init__(self, window: Window) -> None:
        self._window = window
        self._gamepads = Gamepads()

    @property
    def window(self) -> Window:
        """The window."""
        return self._window

    def poll(self, fixed_tick: int) -> Sequence[InputEvent]:
        """Return what the user did since the last poll."""
        pump()
        return [*self._window.poll(), *self._gamepads.poll()]

    def present(self) -> None:
        """Swap the window's buffers."""
        if self._window.is_open:
            self._window.swap()

    def close(self) -> None:
        """Close gamepads and window."""
        self._gamepads.close()
        self._window.close()


class HeadlessPlatform:
    """No window: events come from a recording, each at its fixed tick.

    Parameters
    ----------
    recording : iterable of (int, InputEvent), optional
        Fixed tick before which each event arrives.
    """

    def __init__(self, recording: Iterable[tuple[int, InputEvent]] = ()) -> None:
        self._recording = sorted(recording, key=lambda entry: entry[0])
        self._next = 0

    @property
    def window(self) -> None:
        """None."""
        return None

    def poll(self, fixed_tick: int) -> Sequence[InputEvent]:
        """Return the recorded events that are due."""
        start = self._next
        while self._next < len(self._recording) and self._recording[self._next][0] <= fixed_tick:
            self._next += 1
        return [event for _, event in self._recording[start : self._next]]

    def present(self) -> None:
        """Nothing to show."""

    def close(self) -> None:
        """Nothing to close."""


class InputRecorder:
    """World resource: while present, every event that is fed is kept with its fixed tick.

    Replaying `entries` through a `HeadlessPlatform` from the same world gives the same run.
    """

    def __init__(self) -> None:
        self.entries: list[tuple[int, InputEvent]] = []

    def to_data(self) -> list[list[Any]]:
        """Return the recording as JSON-able data."""
        return [[tick, event_to_data(event)] for tick, event in self.entries]

    @staticmethod
    def from_data(data: Sequence[Any]) -> list[tuple[int, InputEvent]]:
        """Return the entries that `to_data` wrote.

        Raises
        ------
        TaixuError
            If an entry is no pair of a tick and an event.
        """
        entries: list[tuple[int, InputEvent]] = []
        for row in data:
            pair = row if isinstance(row, (list, tuple)) and len(row) == 2 else (None, None)
            if type(pair[0]) is not int or not isinstance(pair[1], Mapping):
                raise TaixuError(f"input recording has entry {row!r:.80}; write [tick, event]")
            entries.append((pair[0], event_from_data(pair[1])))
        return entries
