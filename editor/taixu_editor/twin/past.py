"""A recording that is looked at: where in time one is, and the world as it was then, fetched in a thread of its own."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taixu.app import Components
from taixu.errors import TaixuError
from taixu.twin.backtest import backtest
from taixu.twin.memory import Moment, Recording
from taixu.twin.rules import Alarm, Rule

__all__ = ["Mark", "Past", "Tried"]

_MAX_MARKS = 5000
_SLOWEST, _FASTEST = 0.01, 10_000.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a time: an alarm, a command, what an operator did."""

    at_ns: int
    kind: str
    text: str
    severity: str = "info"
    entity: str = ""


@dataclass(slots=True)
class Tried:
    """Rules that are tried on the recording.

    Attributes
    ----------
    share
        Of the way that is done, 0 to 1.
    alarms
        What they would have raised; None until it is known.
    """

    share: float = 0.0
    alarms: list[Alarm] | None = None
    problem: str = ""


@dataclass(slots=True)
class _Opened:
    recording: Recording
    span_ns: tuple[int, int]
    marks: list[Mark] = field(default_factory=list)


class Past:
    """A recording, a time in it, and the moment that is shown.

    Attributes
    ----------
    at_ns
        Where one is.
    marks
        What happened, in order.
    problem
        Why it cannot be read; empty where it can.
    tried
        Of the rules, or None.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_playing = False
        self.speed = 1.0
        self.at_ns = 0
        self.span_ns = (0, 0)
        self.marks: list[Mark] = []
        self.problem = ""
        self.tried: Tried | None = None
        self.known_ns = 0
        """Of the moment that is shown."""
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="taixu-past")
        self._opening: Future[_Opened] | None = self._worker.submit(_open, folder)
        self._recording: Recording | None = None
        self._fetching: Future[Moment] | None = None
        self._asked_ns = -1

    @property
    def is_open(self) -> bool:
        """Whether it has been read so far that times are known."""
        return self._recording is not None

    @property
    def is_busy(self) -> bool:
        """Whether a moment is on its way, or the recording is being opened."""
        return self._fetching is not None or self._opening is not None

    def seek(self, at_ns: int) -> None:
        """Go to a time; what lies outside is its end."""
        self.at_ns = min(max(at_ns, self.span_ns[0]), self.span_ns[1])

    def toggle(self) -> None:
        """Play or pause; at the end it begins anew."""
        self.is_playing = not self.is_playing
        if self.is_playing and self.at_ns >= self.span_ns[1]:
            self.at_ns = self.span_ns[0]

    def set_speed(self, speed: float) -> None:
        """Seconds of the recording to a second of the clock."""
        self.speed = min(max(speed, _SLOWEST), _FASTEST)

    def frame(self, delta_secs: float) -> Moment | None:
        """Go on in time; gives a moment that has arrived, to be shown. Nothing waits."""
        if self._opening is not None and self._opening.done():
            self._finish_opening(self._opening)
        if self._recording is None:
            return None
        if self.is_playing:
            self.seek(self.at_ns + round(delta_secs * self.speed * 1e9))
            self.is_playing = self.at_ns < self.span_ns[1]
        found = None
        if self._fetching is not None and self._fetching.done():
            try:
                found = self._fetching.result()
                self.known_ns = found.known_ns
            except TaixuError as error:
                self.problem = str(error)
            self._fetching = None
        if self._fetching is None and self.at_ns != self._asked_ns:
            self._asked_ns = self.at_ns
            self._fetching = self._worker.submit(self._recording.moment, self.at_ns)
        return found

    def try_rules(self, rules: Sequence[Rule], components: Components) -> Tried:
        """Find out in the background which alarms rules would have raised."""
        tried = self.tried = Tried()
        folder = self.folder

        def work() -> None:
            recording = Recording(folder)

            def progress(share: float) -> None:
                tried.share = share
                if self.tried is not tried:
                    raise TaixuError("something else is tried now")

            try:
                tried.alarms = backtest(recording, rules, components, progress=progress)
            except TaixuError as error:
                tried.problem = str(error)
            finally:
                recording.close()

        trier = ThreadPoolExecutor(1, thread_name_prefix="taixu-backtest")
        trier.submit(work)
        trier.shutdown(wait=False)
        return tried

    def close(self) -> None:
        """Let go of the files, when the thread has done what it is at."""
        self.tried = None
        recording, opening = self._recording, self._opening

        def end() -> None:
            found = recording
            if found is None and opening is not None and opening.done() and opening.exception() is None:
                found = opening.result().recording
            if found is not None:
                found.close()

        self._worker.submit(end)
        self._worker.shutdown(wait=False)

    def _finish_opening(self, opening: Future[_Opened]) -> None:
        self._opening = None
        try:
            found = opening.result()
        except TaixuError as error:
            self.problem = str(error)
            return
        self._recording, self.span_ns, self.marks = found.recording, found.span_ns, found.marks
        self.at_ns = found.span_ns[0]


def _open(folder: Path) -> _Opened:
    recording = Recording(folder)
    found = _Opened(recording, recording.span_ns)
    for event in recording.events():
        if len(found.marks) >= _MAX_MARKS:
            break
        found.marks.append(_mark_of(event))
    return found


def _mark_of(event: dict[str, Any]) -> Mark:
    text = event.get("text") or event.get("control") or event.get("kind") or ""
    return Mark(
        int(event["known_ns"]), str(event.get("kind", "")), str(text)[:200], str(event.get("severity", "info")),
        str(event.get("entity", "")),
    )  # fmt: skip
