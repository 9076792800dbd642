"""The sound generator: words and parameters to a WAV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from taixu.assets.audio_clip import AudioClip
from taixu.generate.generator import Generator, Made, Progress
from taixu.generate.request import Request
from taixu.generate.sound.effects import EFFECTS, Tuning
from taixu.generate.sound.voices import RATE_HZ, Samples
from taixu.generate.sound.words import parameters_of_words

__all__ = ["SoundGenerator", "SoundParameters"]

_FADE_SECS = 0.004
_SHOWN = (240, 64)


@dataclass(frozen=True)
class SoundParameters:
    """Parameters of a sound."""

    effect: str = field(default="click", metadata={"doc": "What is heard.", "choices": tuple(EFFECTS)})
    pitch_hz: float = field(
        default=0.0, metadata={"doc": "Main pitch; 0 is the effect's own.", "unit": "Hz", "minimum": 0.0, "maximum": 8000.0}
    )
    duration_secs: float = field(
        default=0.0, metadata={"doc": "Length; 0 is the effect's own.", "unit": "s", "minimum": 0.0, "maximum": 30.0}
    )
    brightness: float = field(default=0.5, metadata={"doc": "Overtones: 0 dark, 1 sharp.", "minimum": 0.0, "maximum": 1.0})
    roughness: float = field(default=0.1, metadata={"doc": "Noise in it: 0 clean, 1 harsh.", "minimum": 0.0, "maximum": 1.0})
    variation: float = field(
        default=0.1, metadata={"doc": "How far the seed may move pitch and length.", "minimum": 0.0, "maximum": 1.0}
    )
    peak_db: float = field(default=-3.0, metadata={"doc": "The loudest sample.", "unit": "dB", "minimum": -60.0, "maximum": 0.0})


class SoundGenerator(Generator):
    """Short effects, and loops of engines and weather."""

    name, makes, suffix = "sound", "sound", ".wav"
    summary = "short effects and loops by synthesis: coin, jump, engine, rain"
    parameters = SoundParameters

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Effect, pitch, length and colour of a prompt."""
        return parameters_of_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One WAV, mono, 44.1 kHz."""
        wanted: SoundParameters = request.parameters
        effect = EFFECTS[wanted.effect]
        random = request.random(wanted.effect)
        moved = 2.0 ** (wanted.variation * random.uniform(-1.0, 1.0, 2))
        secs = (wanted.duration_secs or effect.secs) * (1.0 if wanted.duration_secs else float(moved[1]))
        pitch = min(max((wanted.pitch_hz or effect.pitch_hz) * float(moved[0]), 30.0), 8000.0)
        progress(0.1, wanted.effect)
        samples = effect.make(random, Tuning(pitch, max(secs, 0.02), wanted.brightness, wanted.roughness))
        if not effect.is_loop:
            samples = _faded(samples)
        samples = samples * 10.0 ** (wanted.peak_db / 20.0) / max(float(np.max(np.abs(samples))), 1e-9)
        progress(0.8, wanted.effect, _picture(samples))
        return [request.save_sound(AudioClip(samples[:, None].astype(np.float32), RATE_HZ))]


def _faded(samples: Samples) -> Samples:
    """Without a click at the end."""
    count = min(round(_FADE_SECS * RATE_HZ), len(samples))
    samples[-count:] *= np.linspace(1.0, 0.0, count)
    return samples


def _picture(samples: Samples) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Its waveform, uint8 [h, w, 3], for whoever waits."""
    width, height = _SHOWN
    parts = np.array_split(np.abs(samples) / max(float(np.max(np.abs(samples))), 1e-9), width)
    tops = np.array([part.max() if len(part) else 0.0 for part in parts])
    rows = np.abs(np.linspace(-1.0, 1.0, height))[:, None] <= tops[None, :]
    return np.asarray(np.where(rows[..., None], (230, 200, 120), (24, 26, 32)), np.uint8)
