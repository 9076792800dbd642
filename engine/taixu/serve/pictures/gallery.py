"""Who sees which pictures: viewers, the shots that are drawn for them, the channels that encode those.

A *shot* is one camera at one size and rate; who looks through the same camera of the world shares it, and so does the stream if he
also takes the same codec at the same level. All of this belongs to the network's thread; the world's thread reads `Gallery.shots`,
a tuple that is replaced as a whole, and of each shot what is marked so.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from taixu.serve.pictures.channel import REFINED_SECS, Channel, Drawn
from taixu.serve.pictures.encoding import Encoded, open_encoder
from taixu.serve.pictures.marks import NO_MARKS, Marks
from taixu.serve.pictures.pace import LEVELS, Pace
from taixu.serve.pictures.wishes import Limits, Pose, Wish, fit

__all__ = ["Gallery", "Shot", "Viewer"]

_HEAD = struct.Struct("<4sIHHBBxxIIQ")
_KEY, _JPEG = 1, 2
_MAX_WAITING = 32
_LONGEST_SECS = 0.2
"""What stands still is drawn so often all the same: nobody can know of all that might change."""
_KEY_SECS = 0.5
"""Key frames of a stream that others see, too, are at least so far apart."""


@dataclass(eq=False)
class Shot:
    """What a camera sees at a size and a rate. The world's thread reads all of it, and writes `due` and what was drawn."""

    key: tuple[Any, ...]
    size: tuple[int, int]
    fps: int
    quality: str
    camera: tuple[Pose | str, int]
    """Where from, and the viewer's number of that camera; replaced as a whole."""
    marks: Marks = NO_MARKS
    channels: tuple[Channel, ...] = ()
    due: float = 0.0
    drawn_marks: Marks = NO_MARKS
    drawn_camera: object = None
    """The camera that was drawn last."""
    was_moving: bool = False
    """Whether that was another than the one before."""
    moved_at: float = 0.0
    drawn_at: float = 0.0
    """When another camera was drawn, and when any was (`time.perf_counter`)."""

    @property
    def is_pressing(self) -> bool:
        """Whether a camera that stood still has just been moved: whoever moves it waits for an answer."""
        return self.camera is not self.drawn_camera and not self.was_moving

    def has_news(self, changed_at: float, now: float) -> bool:
        """Whether a picture would show anything new, as far as is known, of a world that last changed at some time."""
        if self.camera is not self.drawn_camera or self.marks != self.drawn_marks:
            return True
        if any(channel.wants_key for channel in self.channels):
            return True
        return self.drawn_at < max(changed_at, self.moved_at) + REFINED_SECS or now - self.drawn_at > _LONGEST_SECS

    @property
    def is_wanted(self) -> bool:
        """Whether anybody has room for a new picture."""
        return any(channel.is_wanted for channel in self.channels)

    def deliver(self, drawn: Drawn) -> None:
        """Encode a picture for all who want one."""
        for channel in self.channels:
            if channel.is_wanted:
                channel.put(drawn)


@dataclass(eq=False)
class Viewer:
    """Somebody who sees pictures. `send` takes texts and bytes and must not wait; `waiting` says how many of them have not gone."""

    send: Callable[[str | bytes], None]
    waiting: Callable[[], int]
    number: int = 0
    wish: Wish | None = None
    camera: Pose | str = ""
    camera_number: int = 0
    pace: Pace = field(default_factory=lambda: Pace(30, time.monotonic()))
    shot: Shot | None = None
    stream: Stream | None = None
    told: tuple[Any, ...] = ()
    sent: int = 0
    needs_key: bool = True

    @property
    def has_room(self) -> bool:
        """Whether he can take another picture."""
        return self.pace.has_room and self.waiting() < _MAX_WAITING


@dataclass(eq=False)
class Stream:
    """A channel as the network sees it: who takes it, and what it is."""

    number: int
    key: tuple[Any, ...]
    codec: str
    kbps: int
    level: int
    viewers: list[Viewer] = field(default_factory=list)
    channel: Channel = field(init=False)
    codec_name: str = ""
    key_asked: float = 0.0

    def count_room(self) -> None:
        """Tell the world's thread whether anybody can take more."""
        self.channel.has_room = any(viewer.has_room for viewer in self.viewers)

    def ask_key(self, now: float) -> None:
        """Ask for a key frame, now or as soon as it may be."""
        wait_secs = self.key_asked + _KEY_SECS - now
        if wait_secs <= 0:
            self.key_asked = now
            self.channel.ask_key()
        elif self.key_asked <= now:
            self.key_asked += _KEY_SECS
            asyncio.get_running_loop().call_later(wait_secs, self.channel.ask_key)


class Gallery:
    """All viewers of one server's pictures (the network's thread)."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.viewers: list[Viewer] = []
        self.shots: tuple[Shot, ...] = ()
        """What is to be drawn; the world's thread reads it."""
        self.hurry: Callable[[], None] = lambda: None
        """Called when a camera that stood still was moved."""
        self.sent_bytes = self.sent_pictures = 0
        self._streams: dict[tuple[Any, ...], Stream] = {}
        self._by_channel: dict[Channel, Stream] = {}
        self._numbers, self._stream_numbers = itertools.count(1), itertools.count(1)

    @property
    def is_full(self) -> bool:
        """Whether nobody else finds room."""
        return len(self.viewers) >= self.limits.viewers

    def enter(self, viewer: Viewer) -> None:
        """Somebody came. He is sent pictures when he has said what he wants."""
        viewer.number = next(self._numbers)
        self.viewers.append(viewer)

    def leave(self, viewer: Viewer) -> None:
        """Somebody went."""
        if viewer in self.viewers:
            self.viewers.remove(viewer)
        self._unhang(viewer)

    def want(self, viewer: Viewer, wish: Wish) -> None:
        """Somebody wants to be sent this from now on."""
        was, viewer.wish = viewer.wish, wish
        is_own = viewer.shot is not None and isinstance(viewer.camera, Pose)
        if viewer.shot is not None and is_own and was is not None and replace(was, marks=wish.marks) == wish:
            viewer.shot.marks = wish.marks  # and the stream goes on
            return
        viewer.pace = Pace(wish.fps, time.monotonic())
        self._hang(viewer)

    def look(self, viewer: Viewer, camera: Pose | str, number: int) -> None:
        """Somebody looks through another camera from now on; a name means one of the world's."""
        was = viewer.camera
        viewer.camera, viewer.camera_number = camera, number
        if viewer.wish is None:
            return
        if isinstance(camera, Pose) and isinstance(was, Pose) and viewer.shot is not None:
            viewer.shot.camera = (camera, number)
            if viewer.shot.is_pressing:
                self.hurry()
        elif camera != was or viewer.shot is None:
            self._hang(viewer)

    def acknowledge(self, viewer: Viewer, number: int) -> None:
        """Somebody has shown (or dropped) all pictures up to this one."""
        now = time.monotonic()
        viewer.pace.shown(min(number, viewer.sent), now)
        if viewer.pace.review(now):
            self._hang(viewer)
        elif viewer.stream is not None:
            if viewer.needs_key and viewer.has_room:
                viewer.stream.ask_key(now)
            viewer.stream.count_room()

    def begin_anew(self, viewer: Viewer) -> None:
        """Somebody's decoder has lost the thread: he needs a picture that needs none before it."""
        viewer.needs_key = True
        if viewer.stream is not None:
            viewer.stream.ask_key(time.monotonic())

    def refuse(self, shot: Shot, sentence: str) -> None:
        """A shot cannot be drawn: tell who wants it, once."""
        for viewer in [each for each in self.viewers if each.shot is shot]:
            viewer.send(json.dumps({"error": sentence}, ensure_ascii=False))
            self._unhang(viewer)

    def end(self, sentence: str) -> None:
        """Nothing is drawn any more: tell everybody why."""
        for viewer in self.viewers:
            viewer.send(json.dumps({"error": sentence}, ensure_ascii=False))
            self._unhang(viewer)

    def close(self) -> None:
        """End all channels."""
        for viewer in list(self.viewers):
            self.leave(viewer)

    def _hang(self, viewer: Viewer) -> None:
        """Find or make the shot and the stream that a viewer's wish asks for."""
        wish = viewer.wish
        assert wish is not None
        level = LEVELS[viewer.pace.level]
        size = fit((round(wish.size[0] * level.edge), round(wish.size[1] * level.edge)), self.limits.size)
        through = viewer.number if isinstance(viewer.camera, Pose) else viewer.camera
        own = isinstance(viewer.camera, Pose)
        shot_key = (through, size, wish.fps, wish.quality, None if own else wish.marks)
        kbps = max(round(wish.wanted_kbps * level.bits), 100)
        key = (*shot_key, wish.codec, kbps, level.quantiser)
        old = viewer.stream
        if old is not None and old.key == key:
            return
        shot = next((each for each in self.shots if each.key == shot_key), None)
        if shot is None:
            shot = Shot(shot_key, size, wish.fps, wish.quality, (viewer.camera, viewer.camera_number), wish.marks)
            self.shots = (*self.shots, shot)
        shot.marks = wish.marks
        stream = self._streams.get(key)
        if stream is None:
            stream = self._open(key, shot, wish, kbps, viewer.pace.level)
        self._unhang(viewer, keeping=shot)
        viewer.shot, viewer.stream, viewer.needs_key = shot, stream, True
        stream.viewers.append(viewer)
        stream.count_room()
        stream.ask_key(time.monotonic())

    def _open(self, key: tuple[Any, ...], shot: Shot, wish: Wish, kbps: int, level: int) -> Stream:
        stream = self._streams[key] = Stream(next(self._stream_numbers), key, wish.codec, kbps, level)
        loop = asyncio.get_running_loop()

        def deliver(channel: Channel, encoded: Encoded | None, drawn: Drawn) -> None:
            with suppress(RuntimeError):  # the loop has closed
                loop.call_soon_threadsafe(self._show, stream, encoded, drawn)

        stream.channel = Channel(
            lambda: open_encoder(wish.codec, shot.size, fps=wish.fps, kbps=kbps, quantiser=LEVELS[level].quantiser),
            deliver, size=shot.size, fps=shot.fps,
        )  # fmt: skip
        shot.channels = (*shot.channels, stream.channel)
        return stream

    def _unhang(self, viewer: Viewer, *, keeping: Shot | None = None) -> None:
        stream, shot = viewer.stream, viewer.shot
        viewer.stream = viewer.shot = None
        if stream is None or shot is None:
            return
        stream.viewers.remove(viewer)
        if stream.viewers:
            stream.count_room()
            return
        del self._streams[stream.key]
        stream.channel.close()
        shot.channels = tuple(each for each in shot.channels if each is not stream.channel)
        if not shot.channels and shot is not keeping:
            self.shots = tuple(each for each in self.shots if each is not shot)

    def _show(self, stream: Stream, encoded: Encoded | None, drawn: Drawn) -> None:
        """A picture is ready: send it to all who can take it."""
        if encoded is None:
            for viewer in list(stream.viewers):
                viewer.send(json.dumps({"error": "the encoder failed; ask for pictures again, or for JPEG"}))
                self._unhang(viewer)
            return
        now = time.monotonic()
        stream.codec_name = encoded.codec or stream.codec_name
        for viewer in list(stream.viewers):
            if viewer.needs_key and not encoded.is_key:
                if viewer.has_room:
                    stream.ask_key(now)
            elif not viewer.has_room:
                viewer.needs_key = stream.codec != "jpeg"
            else:
                self._send(viewer, stream, encoded, drawn, now)
            if viewer.pace.review(now):
                self._hang(viewer)
        if stream.viewers:
            stream.count_room()

    def _send(self, viewer: Viewer, stream: Stream, encoded: Encoded, drawn: Drawn, now: float) -> None:
        viewer.needs_key = False
        width, height = drawn.frame.size
        told = (stream.number, stream.codec_name)
        if viewer.told != told:
            viewer.told = told
            viewer.send(json.dumps({"stream": {
                "number": stream.number, "codec": stream.codec_name, "size": [width, height], "fps": viewer.pace.fps,
                "kbps": stream.kbps, "level": stream.level,
            }}))  # fmt: skip
        viewer.sent += 1
        flags = (_KEY if encoded.is_key else 0) | (_JPEG if stream.codec == "jpeg" else 0)
        head = _HEAD.pack(
            b"TXP1", viewer.sent & 0xFFFFFFFF, width, height, flags, stream.level, drawn.camera_number & 0xFFFFFFFF,
            stream.number & 0xFFFFFFFF, drawn.time_ns,
        )  # fmt: skip
        viewer.pace.sent(viewer.sent, now)
        viewer.send(head + encoded.data)
        self.sent_pictures += 1
        self.sent_bytes += len(head) + len(encoded.data)
