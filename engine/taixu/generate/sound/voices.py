"""What effects are made of: tones whose pitch glides, noise through a band, envelopes. Arrays are float64 [n] at `RATE_HZ`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE_HZ", "band_noise", "decay", "glide", "swell", "times", "tone"]

RATE_HZ = 44100

Samples = NDArray[np.float64]


def times(secs: float) -> Samples:
    """When each sample is, in seconds."""
    return np.arange(max(round(secs * RATE_HZ), 1)) / RATE_HZ


def glide(start_hz: float, end_hz: float, count: int) -> Samples:
    """A pitch that goes from one to another in even steps to the ear."""
    return np.asarray(start_hz * (end_hz / start_hz) ** np.linspace(0.0, 1.0, count), np.float64)


def tone(pitches_hz: Samples, *, brightness: float, odd: bool = False) -> Samples:
    """A tone with overtones that fall off faster the darker it is, up to half the rate; `odd` ones alone sound hollow."""
    phases = 2.0 * np.pi * np.cumsum(pitches_hz) / RATE_HZ
    total = np.zeros(len(phases))
    for number in range(1, 25, 2 if odd else 1):
        strength = number ** -(3.0 - 2.2 * brightness)
        if strength < 1e-3:
            break
        total += strength * np.sin(number * phases) * (number * pitches_hz < 0.45 * RATE_HZ)
    return total


def decay(count: int, secs: float, *, attack_secs: float = 0.002) -> Samples:
    """An envelope that rises at once and falls to a thousandth in so many seconds."""
    at = np.arange(count) / RATE_HZ
    return np.asarray(np.minimum(at / attack_secs, 1.0) * 10.0 ** (-3.0 * at / max(secs, 1e-3)), np.float64)


def swell(count: int) -> Samples:
    """An envelope that rises and falls as half a sine."""
    return np.asarray(np.sin(np.pi * np.arange(count) / count), np.float64)


def band_noise(random: np.random.Generator, count: int, low_hz: float, high_hz: float) -> Samples:
    """Noise between two frequencies, of root mean square 1. It is made of whole waves, so its end goes over into its beginning."""
    noise = random.standard_normal(count)
    spectrum = np.fft.rfft(noise)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(len(noise), 1.0 / RATE_HZ), 1.0))
    inside = np.clip(octaves - np.log2(low_hz) + 1.0, 0.0, 1.0) * np.clip(np.log2(high_hz) - octaves + 1.0, 0.0, 1.0)
    shaped = np.fft.irfft(spectrum * inside, len(noise))
    return np.asarray(shaped / max(float(np.sqrt(np.mean(shaped * shaped))), 1e-9), np.float64)
