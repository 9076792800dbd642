"""The effects: each a function of chance and parameters that gives samples, of any loudness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from taixu.generate.sound.voices import RATE_HZ, Samples, band_noise, decay, glide, swell, times, tone

__all__ = ["EFFECTS", "Effect", "Tuning"]


@dataclass(frozen=True, slots=True)
class Tuning:
    """How an effect sounds: its pitch, its length, and how bright (0 dark, 1 sharp) and rough (0 clean, 1 noisy) it is."""

    pitch_hz: float
    secs: float
    brightness: float
    roughness: float


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect, with its usual pitch and length; a loop's end goes over into its beginning."""

    make: Callable[[np.random.Generator, Tuning], Samples]
    pitch_hz: float
    secs: float
    is_loop: bool = False


def _rough(random: np.random.Generator, clean: Samples, tuning: Tuning) -> Samples:
    """Noise around the pitch under the tone's own loudness."""
    if tuning.roughness <= 0.0:
        return clean
    noise = band_noise(random, len(clean), 0.5 * tuning.pitch_hz, min(6.0 * tuning.pitch_hz, 0.4 * RATE_HZ))
    return np.asarray(clean + tuning.roughness * noise * np.abs(clean), np.float64)


def _click(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    body = tone(glide(t.pitch_hz * 1.6, t.pitch_hz, count), brightness=t.brightness) * decay(
        count, 0.5 * t.secs, attack_secs=0.0005
    )
    snap = band_noise(random, count, 2000.0, 4000.0 + 9000.0 * t.brightness) * decay(count, 0.15 * t.secs, attack_secs=0.0003)
    return body + (0.3 + t.roughness) * snap


def _coin(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    first = max(count // 7, 1)
    pitches = np.concatenate([np.full(first, t.pitch_hz), np.full(count - first, t.pitch_hz * 4.0 / 3.0)])
    again = np.concatenate([decay(first, t.secs), decay(count - first, 0.9 * t.secs)])
    return _rough(random, tone(pitches, brightness=t.brightness, odd=True) * again, t)


def _jump(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    return _rough(
        random, tone(glide(t.pitch_hz, 2.6 * t.pitch_hz, count), brightness=t.brightness, odd=True) * decay(count, 1.3 * t.secs), t
    )


def _fall(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    wobble = 1.0 + 0.03 * np.sin(2.0 * np.pi * 9.0 * times(t.secs))
    return _rough(
        random,
        tone(glide(2.4 * t.pitch_hz, 0.6 * t.pitch_hz, count) * wobble, brightness=t.brightness) * decay(count, 1.6 * t.secs),
        t,
    )


def _laser(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    return _rough(
        random,
        tone(glide(5.0 * t.pitch_hz, 0.5 * t.pitch_hz, count), brightness=0.3 + 0.7 * t.brightness) * decay(count, t.secs),
        t,
    )


def _power_up(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    steps = t.pitch_hz * 2.0 ** (np.array([0, 4, 7, 12, 16, 19, 24]) / 12.0)
    pitches = steps[np.minimum(np.arange(count) * len(steps) // count, len(steps) - 1)]
    local = (np.arange(count) * len(steps) / count) % 1.0
    return _rough(random, tone(pitches, brightness=t.brightness, odd=True) * (1.0 - 0.7 * local) * decay(count, 3.0 * t.secs), t)


def _hit(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    body = tone(glide(2.2 * t.pitch_hz, 0.7 * t.pitch_hz, count), brightness=t.brightness) * decay(count, 0.8 * t.secs)
    return body + (0.25 + t.roughness) * band_noise(random, count, 200.0, 1500.0 + 7000.0 * t.brightness) * decay(
        count, 0.3 * t.secs
    )


def _explosion(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    rumble = band_noise(random, count, 25.0, 2.0 * t.pitch_hz) * decay(count, 1.4 * t.secs, attack_secs=0.01)
    crack = band_noise(random, count, 300.0, 2500.0 + 8000.0 * t.brightness) * decay(count, 0.35 * t.secs)
    return 1.6 * rumble + (0.5 + t.roughness) * crack


def _footstep(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    heel = band_noise(random, count, 60.0, 3.0 * t.pitch_hz) * decay(count, 0.5 * t.secs, attack_secs=0.003)
    late = count // 4
    sole = np.zeros(count)
    sole[late:] = band_noise(random, count - late, 500.0, 2500.0 + 6000.0 * t.brightness) * decay(
        count - late, 0.5 * t.secs, attack_secs=0.01
    )
    return heel + (0.15 + 0.8 * t.roughness) * sole


def _splash(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    total = band_noise(random, count, 400.0, 3000.0 + 6000.0 * t.brightness) * decay(count, 0.7 * t.secs, attack_secs=0.02)
    for _ in range(24):  # bubbles ring as small spheres of air do
        at = int(random.uniform(0.05, 0.8) * count)
        length = min(int(random.uniform(0.02, 0.07) * RATE_HZ), count - at)
        pitch = t.pitch_hz * 2.0 ** random.uniform(-0.5, 2.0)
        total[at : at + length] += (
            tone(glide(pitch, 1.3 * pitch, length), brightness=0.0) * decay(length, 0.04) * random.uniform(0.3, 1.0)
        )
    return total


def _beep(random: np.random.Generator, t: Tuning) -> Samples:
    at = times(t.secs)
    gate = np.clip(8.0 * np.sin(2.0 * np.pi * 2.0 * at / t.secs), 0.0, 1.0)
    return _rough(random, tone(np.full(len(at), t.pitch_hz), brightness=t.brightness, odd=True) * gate, t)


def _engine(random: np.random.Generator, t: Tuning) -> Samples:
    """Firings in an even rhythm, each a little other than the last; pitches are whole numbers of waves, so that it loops."""
    count = len(times(t.secs))
    turns = max(round(t.pitch_hz * t.secs), 1)
    pitches = np.full(count, turns * RATE_HZ / count)
    pulses = tone(pitches, brightness=0.45 + 0.5 * t.brightness) + 0.5 * tone(
        0.5 * pitches if turns % 2 == 0 else pitches, brightness=0.3
    )
    flutter = 1.0 + 0.15 * band_noise(random, count, 2.0, 10.0)
    exhaust = band_noise(random, count, 60.0, 500.0 + 2500.0 * t.brightness)
    return np.asarray(pulses * flutter + (0.15 + t.roughness) * exhaust * np.clip(0.6 + 0.5 * pulses, 0.1, 1.5), np.float64)


def _wind(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    gusts = np.exp(0.5 * band_noise(random, count, 1.0 / t.secs, 1.2))
    low = band_noise(random, count, 0.5 * t.pitch_hz, 2.0 * t.pitch_hz)
    whistle = band_noise(random, count, 3.0 * t.pitch_hz, 4.0 * t.pitch_hz) * np.clip(gusts - 0.8, 0.0, None)
    return np.asarray(low * gusts + (0.2 + t.brightness) * whistle, np.float64)


def _rain(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    drops = np.zeros(count)
    places = random.integers(0, count, int(900 * t.secs * (0.3 + t.roughness)))
    np.add.at(drops, places, random.exponential(1.0, len(places)))
    ring = np.zeros(count)
    ring[:400] = decay(400, 0.006, attack_secs=0.0004) * band_noise(random, 400, t.pitch_hz, 4.0 * t.pitch_hz)
    patter = np.fft.irfft(np.fft.rfft(drops) * np.fft.rfft(ring), count)
    return np.asarray(patter + 0.4 * band_noise(random, count, 800.0, 4000.0 + 8000.0 * t.brightness), np.float64)


def _whoosh(random: np.random.Generator, t: Tuning) -> Samples:
    count = len(times(t.secs))
    low, high = (band_noise(random, count, octave * t.pitch_hz, 2.0 * octave * t.pitch_hz) for octave in (1.0, 4.0))
    shape = swell(count) ** 2
    return np.asarray(shape * low + (0.3 + t.brightness) * shape**2 * high, np.float64)


EFFECTS: dict[str, Effect] = {
    "click": Effect(_click, 900.0, 0.08), "coin": Effect(_coin, 988.0, 0.5), "jump": Effect(_jump, 260.0, 0.3),
    "fall": Effect(_fall, 300.0, 0.8), "laser": Effect(_laser, 500.0, 0.35), "power_up": Effect(_power_up, 330.0, 0.8),
    "hit": Effect(_hit, 150.0, 0.25), "explosion": Effect(_explosion, 90.0, 1.8), "footstep": Effect(_footstep, 110.0, 0.22),
    "splash": Effect(_splash, 700.0, 0.9), "beep": Effect(_beep, 880.0, 0.6), "whoosh": Effect(_whoosh, 400.0, 0.45),
    "engine": Effect(_engine, 80.0, 2.0, is_loop=True), "wind": Effect(_wind, 260.0, 6.0, is_loop=True),
    "rain": Effect(_rain, 1800.0, 4.0, is_loop=True),
}  # fmt: skip
"""Effects by name."""
