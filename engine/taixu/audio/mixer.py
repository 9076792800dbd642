"""`AudioMixer`: keeps the device's voices in step with the world's sources, listener and cues.

Whether a source sounds is state of the world, so it starts and ends in fixed steps by the clip's length, on every
machine alike; the device only follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock
from taixu.audio.clips import AudioClips
from taixu.audio.components import AudioListener, AudioSource
from taixu.audio.hearing import Ears, attenuate, ears_at, hear
from taixu.ecs import World, indices_of
from taixu.platform import AudioDevice, NullAudioDevice
from taixu.scene import Camera, Transform, WorldTransforms, split_position

__all__ = ["AudioMixer", "play_cue", "step_audio", "update_audio"]

Handles = NDArray[np.uint64]

_MAX_SOURCES = 48
"""Sources that have a voice at once: the loudest."""
_MAX_CUES = 16
"""Cues that sound at once; the oldest makes room."""
_FIELDS = ("clip", "volume", "pitch", "loop", "spatial", "min_distance_m", "max_distance_m", "playing")


@dataclass(slots=True)
class _Voice:
    voice: int
    clip: str


@dataclass(slots=True)
class _Cue:
    voice: int
    volume: float
    pitch: float
    cell: NDArray[np.int32] | None
    place: NDArray[np.float64] | None


class AudioMixer:
    """The sound of a world (a resource).

    Parameters
    ----------
    device : AudioDevice, optional
        What plays; by default nothing is heard.
    root : Path, optional
        Folder of the project.

    Attributes
    ----------
    volume : float
        Of everything.
    """

    def __init__(self, device: AudioDevice | None = None, *, root: Path | None = None) -> None:
        self.device: AudioDevice = NullAudioDevice() if device is None else device
        self.clips = AudioClips(self.device, root)
        self.volume = 1.0
        self._voices: dict[int, _Voice] = {}
        self._known: Handles = np.zeros(0, np.uint64)
        self._left_secs: dict[int, float] = {}
        self._cues: list[_Cue] = []
        self._ears: Ears | None = None

    def play(
        self, name: str, *, position: Sequence[float] | None = None, volume: float = 1.0, pitch: float = 1.0
    ) -> None:
        """Play a clip once.

        Parameters
        ----------
        name : str
            Path of the clip in the project, or its bare name in ``assets/``.
        position : 3 floats, optional
            Metres in the world; heard alike everywhere without.
        volume, pitch : float
            Factors.
        """
        clip = self.clips.get(name)
        if not clip:
            return
        cue = _Cue(0, max(0.0, volume), max(0.05, pitch), None, None)
        if position is not None:
            cue.cell, offset = split_position(np.asarray(position, np.float64))
            cue.place = offset.astype(np.float64)
        gain, direction = self._cue_sound(cue)
        cue.voice = self.device.start(clip, gain=gain, pitch=cue.pitch, direction=direction, loop=False)
        self._cues.append(cue)
        if len(self._cues) > _MAX_CUES:
            self.device.stop(self._cues.pop(0).voice)

    def step(self, world: World, step_secs: float) -> None:
        """Start the sources that start by themselves, and end those whose clip is over; once a fixed step."""
        query = world.query(AudioSource)
        if not len(query):
            return
        handles = query.entities
        autoplay, playing, loop, pitch, clip = (
            world.gather(handles, AudioSource, name) for name in ("autoplay", "playing", "loop", "pitch", "clip")
        )
        starting = ~np.isin(handles, self._known) & autoplay & ~playing
        self._known = handles
        if starting.any():
            world.scatter(handles[starting], AudioSource, "playing", True)
        left: dict[int, float] = {}
        over: list[int] = []
        for row in np.flatnonzero(playing | starting).tolist():
            entity, duration = int(handles[row]), self.clips.duration_secs(str(clip[row]))
            if duration <= 0.0:  # a clip that cannot be had is over at once
                over.append(entity)
            elif not loop[row]:
                left[entity] = self._left_secs.get(entity, duration) - step_secs * float(pitch[row])
                if left[entity] <= 0.0:
                    over.append(entity)
                    del left[entity]
        self._left_secs = left
        if over:
            world.scatter(np.array(over, np.uint64), AudioSource, "playing", False)

    def update(self, world: World, dt_secs: float, *, paused: bool = False) -> None:
        """Make voices of what plays, and move them; once a frame, after transforms were propagated."""
        self._ears = self._find_ears(world)
        self.device.advance(dt_secs)
        ended = set(self.device.take_ended())
        if not self._cues and not self._voices and not len(world.query(AudioSource, Transform)):
            return
        self._cues = [cue for cue in self._cues if cue.voice not in ended]
        for cue in self._cues:
            gain, direction = self._cue_sound(cue)
            self.device.update(cue.voice, gain=0.0 if paused else gain, pitch=cue.pitch, direction=direction)
        for voice in self._voices.values():
            if voice.voice in ended:
                voice.voice = 0  # kept, so that it does not start again before the world says that it is over
        self._follow(world, paused=paused)

    def stop_all(self) -> None:
        """Silence everything; sources with `autoplay` start again with the next update."""
        for voice in self._voices.values():
            self.device.stop(voice.voice)
        for cue in self._cues:
            self.device.stop(cue.voice)
        self._voices.clear()
        self._cues.clear()
        self._left_secs.clear()
        self._known = np.zeros(0, np.uint64)

    def _find_ears(self, world: World) -> Ears | None:
        """The listener with the lowest stable id, else the camera with the highest priority."""
        transforms = world.resource(WorldTransforms)
        heard_by, seen_by = world.query(AudioListener, Transform), world.query(Camera, Transform)
        if len(heard_by):
            listeners = heard_by.entities
            chosen = listeners[np.argmin(world.stable_ids(listeners))]
            volume = float(world.gather([int(chosen)], AudioListener, "volume")[0])
            return ears_at(transforms, int(indices_of(chosen)), volume)
        if not len(seen_by):
            return None
        cameras = seen_by.entities
        priorities = world.gather(cameras, Camera, "priority")
        best = np.lexsort((world.stable_ids(cameras), -priorities))[0]
        return ears_at(transforms, int(indices_of(cameras[best])), 1.0)

    def _cue_sound(self, cue: _Cue) -> tuple[float, tuple[float, float, float] | None]:
        ears = self._ears
        loudness = cue.volume * self.volume * (1.0 if ears is None else ears.volume)
        if cue.place is None or cue.cell is None or ears is None:
            return loudness, None
        distances, directions = hear(ears, cue.cell[None], cue.place[None])
        gain = float(attenuate(distances, np.array([1.0]), np.array([100.0]))[0])
        x, y, z = directions[0].tolist()
        return loudness * gain, (x, y, z)

    def _follow(self, world: World, *, paused: bool) -> None:
        handles = world.query(AudioSource, Transform).entities
        if not len(handles) and not self._voices:
            return
        columns = {name: world.gather(handles, AudioSource, name) for name in _FIELDS}
        gains, directions = self._sounds(world, handles, columns)
        rows = _loudest(np.flatnonzero(columns["playing"]), gains)
        heard = handles[rows].tolist()
        for entity in set(self._voices).difference(heard):
            self.device.stop(self._voices.pop(entity).voice)
        spatial = columns["spatial"] if self._ears is not None else np.zeros(len(handles), bool)
        for row, entity in zip(rows.tolist(), heard):
            x, y, z = directions[row].tolist()
            self._play_source(
                entity,
                str(columns["clip"][row]),
                gain=0.0 if paused else float(gains[row]),
                pitch=float(columns["pitch"][row]),
                direction=(x, y, z) if spatial[row] else None,
                loop=bool(columns["loop"][row]),
            )

    def _sounds(
        self, world: World, handles: Handles, columns: dict[str, NDArray[np.float32]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        volume = columns["volume"].astype(np.float64) * self.volume
        ears = self._ears
        if ears is None:
            return volume, np.zeros((len(handles), 3))
        transforms = world.resource(WorldTransforms)
        indices = indices_of(handles)
        places = transforms.matrices[indices][:, 3::4].astype(np.float64)
        distances, directions = hear(ears, transforms.cells[indices], places)
        gains = attenuate(
            distances, columns["min_distance_m"].astype(np.float64), columns["max_distance_m"].astype(np.float64)
        )
        return volume * ears.volume * np.where(columns["spatial"], gains, 1.0), directions

    def _play_source(
        self,
        entity: int,
        clip: str,
        *,
        gain: float,
        pitch: float,
        direction: tuple[float, float, float] | None,
        loop: bool,
    ) -> None:
        voice = self._voices.get(entity)
        if voice is not None and voice.clip != clip:
            self.device.stop(voice.voice)
            voice = None
            del self._voices[entity]
        if voice is not None:
            self.device.update(voice.voice, gain=gain, pitch=pitch, direction=direction)
            return
        handle = self.clips.get(clip) if clip else 0
        if handle:
            started = self.device.start(handle, gain=gain, pitch=pitch, direction=direction, loop=loop)
            self._voices[entity] = _Voice(started, clip)

    def save_state(self) -> tuple[Handles, dict[int, float]]:
        """Which sources have started, and what is left of their clips."""
        return self._known, dict(self._left_secs)

    def load_state(self, state: tuple[Handles, dict[int, float]]) -> None:
        """Go back to a saved state; voices start anew."""
        self.stop_all()
        self._known, self._left_secs = state[0], dict(state[1])

    def fork(self, world: World) -> AudioMixer:
        """A rehearsal is silent."""
        return AudioMixer(NullAudioDevice(), root=self.clips.root)


def _loudest(rows: NDArray[np.intp], gains: NDArray[np.float64]) -> NDArray[np.intp]:
    if len(rows) <= _MAX_SOURCES:
        return rows
    return np.sort(rows[np.argsort(-gains[rows], kind="stable")[:_MAX_SOURCES]])


def play_cue(
    world: World,
    sound: str,
    *,
    position: Sequence[float] | None = None,
    volume: float = 1.0,
    pitch: float = 1.0,
) -> None:
    """Play a sound once (the service "play_sound")."""
    world.resource(AudioMixer).play(sound, position=position, volume=volume, pitch=pitch)


def step_audio(world: World) -> None:
    """Start and end sources (a system of the fixed step)."""
    world.resource(AudioMixer).step(world, world.resource(Clock).step_secs)


def update_audio(world: World) -> None:
    """Bring all voices up to date (a system, after transforms were propagated)."""
    clock = world.resource(Clock)
    world.resource(AudioMixer).update(world, clock.frame_secs, paused=clock.paused)
