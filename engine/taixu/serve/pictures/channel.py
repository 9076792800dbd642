"""A channel: a thread that encodes one stream of pictures, for all who see the same in the same way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from taixu.render.video import VideoFrame
from taixu.serve.pictures.encoding import Encoded, Encoder

__all__ = ["REFINED_SECS", "Channel", "Drawn"]

_log = logging.getLogger(__name__)
REFINED_SECS = 0.25
"""A picture that does not change is sent for so long: each makes it a little finer."""
_COARSE_ROWS = 16


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that was drawn.

    Attributes
    ----------
    camera_number
        The newest camera of the viewer's that it shows.
    time_ns
        When it was drawn, since 1970.
    """

    frame: VideoFrame
    camera_number: int
    time_ns: int


class Channel:
    """Encodes what is put into it, the newest first: what was not begun when the next comes is dropped, not queued.

    Parameters
    ----------
    make
        Opens the encoder, in the channel's thread.
    deliver
        Takes what is encoded, in the channel's thread; None as bytes says that the encoder failed, and the channel is at its end.
    """

    def __init__(
        self, make: Callable[[], Encoder], deliver: Callable[[Channel, Encoded | None, Drawn], None], *, size: tuple[int, int],
        fps: int,
    ) -> None:  # fmt: skip
        self.size, self.fps = size, fps
        self.has_room = True
        """Whether anybody who sees it can take more (the network's thread says so)."""
        self._make, self._deliver = make, deliver
        self._waiting: Drawn | None = None
        self._wants_key = True
        self._is_closed = False
        self._condition = threading.Condition()
        self._last: VideoFrame | None = None
        self._alike = 0
        self._thread = threading.Thread(target=self._run, name="taixu pictures", daemon=True)
        self._thread.start()

    @property
    def wants_key(self) -> bool:
        """Whether somebody waits for a picture that needs none before it (any thread)."""
        return self._wants_key

    @property
    def is_wanted(self) -> bool:
        """Whether a new picture would be of use (any thread)."""
        return self.has_room and self._waiting is None

    def put(self, drawn: Drawn) -> None:
        """Encode a picture, soon (any thread)."""
        with self._condition:
            self._waiting = drawn
            self._condition.notify()

    def ask_key(self) -> None:
        """Let the next picture be one that needs none before it (any thread)."""
        self._wants_key = True

    def close(self) -> None:
        """End the thread; what waits is dropped."""
        with self._condition:
            self._is_closed = True
            self._condition.notify()

    def _run(self) -> None:
        try:
            encoder = self._make()
            while (drawn := self._next()) is not None:
                is_key, self._wants_key = self._wants_key, False
                if self._is_old_news(drawn.frame) and not is_key:
                    continue
                encoded = encoder.encode(drawn.frame, is_key=is_key)
                if encoded is not None:
                    self._deliver(self, encoded, drawn)
        except Exception:
            _log.exception("an encoder of pictures failed")
            if not self._is_closed:
                self._deliver(self, None, Drawn(VideoFrame(np.zeros((0, 0, 4), np.uint8), self.size), 0, 0))

    def _next(self) -> Drawn | None:
        with self._condition:
            while self._waiting is None and not self._is_closed:
                self._condition.wait()
            drawn, self._waiting = self._waiting, None
            return None if self._is_closed else drawn

    def _is_old_news(self, frame: VideoFrame) -> bool:
        """Whether the same picture was sent for long enough."""
        last, self._last = self._last, frame
        same = last is not None and last.pixels.shape == frame.pixels.shape and _are_equal(last, frame)
        self._alike = self._alike + 1 if same else 0
        return self._alike > self.fps * REFINED_SECS


def _are_equal(a: VideoFrame, b: VideoFrame) -> bool:
    """A few rows tell most pictures apart."""
    if not np.array_equal(a.pixels[::_COARSE_ROWS], b.pixels[::_COARSE_ROWS]):
        return False
    return bool(np.array_equal(a.pixels, b.pixels))
