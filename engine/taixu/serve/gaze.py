"""What one viewer looks at: the world as it is, or as it was."""

from __future__ import annotations

import json
from typing import Any

from taixu.errors import TaixuError
from taixu.serve.audience import Audience, Viewer
from taixu.serve.past import Pasts, Wish

__all__ = ["Gaze"]


class Gaze:
    """A viewer, where he looks, and when (the network's thread)."""

    def __init__(self, viewer: Viewer, live: Audience, pasts: Pasts) -> None:
        self.viewer = viewer
        self.audience = live
        """Of the present or of a moment that was."""
        self._live, self._pasts = live, pasts
        self._place: tuple[Any, Any] | None = None

    def look(self, at: Any, reach_m: Any) -> None:
        """Look at a place.

        Raises
        ------
        TaixuError
            When it is no place.
        """
        self.audience.look(self.viewer, at, reach_m)
        self._place = (at, reach_m)

    def shown(self, frames: int) -> None:
        """So many frames were shown by now. Where nothing moves, nobody else would tell him what he missed."""
        self.viewer.acknowledge(frames)
        if self.viewer.is_behind and self.audience is not self._live and self.viewer.sent == self.viewer.seen:
            self.audience.look(self.viewer, *(self._place or ()))

    def go(self, said: dict[str, Any]) -> None:
        """Go to a moment: ``{"at": time_ns}``, played from there with ``"speed"``; ``{"at": null}`` is the present.

        Raises
        ------
        TaixuError
            When it is no moment, or none can be shown.
        """
        at_ns, speed = said["at"], said.get("speed", 0)
        if at_ns is None:
            self.go_live()
            return
        if isinstance(at_ns, bool) or not isinstance(at_ns, int) or isinstance(speed, bool) or not isinstance(speed, (int, float)):
            raise TaixuError('a moment is {"at": nanoseconds since 1970}, with "speed" to play from there')
        if not abs(at_ns) < 1 << 62 or not abs(speed) < 1e9:
            raise TaixuError("no calendar has that moment, or nothing plays so fast")
        self._pasts.look(self, Wish(at_ns, float(speed), said.get("known") is True))

    def leave(self) -> None:
        """Look no more."""
        self._pasts.leave(self)
        self.audience.leave(self.viewer)

    # What the past says

    def enter(self, audience: Audience) -> None:
        """See what an audience sees from now on, all of it told anew."""
        if audience is self.audience:
            return
        self.audience.leave(self.viewer)
        self.audience, self.viewer.told_looks, self.viewer.told_bodies = audience, 0, 0
        self.viewer.send(json.dumps({"bodies": None}))  # slots mean other things there
        if self._place is not None:
            audience.look(self.viewer, *self._place)

    def hear_moment(self, facts: dict[str, Any]) -> None:
        """Say which moment is shown."""
        self.viewer.send(json.dumps({"moment": facts}, ensure_ascii=False))

    def hear_problem(self, sentence: str) -> None:
        """Say why nothing is."""
        self.viewer.send(json.dumps({"error": sentence}, ensure_ascii=False))

    def go_live(self) -> None:
        """See what is."""
        self._pasts.leave(self)
        self.enter(self._live)
        self.hear_moment({"time_ns": None, "live": True, "speed": 1.0, "known": False})
