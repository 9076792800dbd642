"""The samples' sounds, synthesised: float32 in -1..1 at 44,100 Hz."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE", "SOUNDS"]

RATE = 44_100
Array = NDArray[np.floating[Any]]


def _struck(partials: list[tuple[float, float, float]], secs: float, *, noise: float = 0.0, seed: int = 1) -> Array:
    """Decaying partials (Hz, loudness, decay in seconds), with a burst of noise at the strike."""
    time = np.arange(int(secs * RATE)) / RATE
    sound = sum(loud * np.sin(2 * np.pi * hertz * time) * np.exp(-time / decay) for hertz, loud, decay in partials)
    burst = np.random.default_rng(seed).normal(size=len(time)) * np.exp(-time / 0.004) * noise
    fade = np.minimum(1, (secs - time) / 0.01)
    mixed = (sound + burst) * fade * np.minimum(1, time / 0.001)
    return (0.8 * mixed / np.abs(mixed).max()).astype(np.float32)


def knock() -> Array:
    """Wood on wood."""
    return _struck([(410, 1.0, 0.035), (870, 0.55, 0.022), (1620, 0.3, 0.012)], 0.18, noise=0.5)


def thud() -> Array:
    """Something heavy."""
    return _struck([(62, 1.0, 0.16), (118, 0.5, 0.09), (240, 0.2, 0.04)], 0.5, noise=0.35, seed=2)


def chime() -> Array:
    """A small bell: a marble arrives."""
    return _struck([(1568, 1.0, 0.5), (3136, 0.4, 0.3), (4180, 0.25, 0.2), (6270, 0.1, 0.1)], 1.2, noise=0.05, seed=3)


def creak() -> Array:
    """A door on dry hinges: a stick-slip saw of rising pitch through a resonance."""
    time = np.arange(int(0.9 * RATE)) / RATE
    pitch = 70 + 60 * time + 18 * np.sin(2 * np.pi * 3.1 * time)
    saw = 2 * (np.cumsum(pitch) / RATE % 1.0) - 1
    ring = np.exp(-np.arange(400) / 60) * np.sin(2 * np.pi * 900 * np.arange(400) / RATE)
    sound = np.convolve(np.diff(saw, prepend=0.0), ring)[: len(time)] * np.sin(np.pi * time / 0.9) ** 0.7
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


def step() -> Array:
    """A footstep of tin."""
    return _struck([(190, 1.0, 0.03), (520, 0.35, 0.02), (1240, 0.2, 0.015)], 0.12, noise=0.6, seed=5)


SOUNDS = {"knock": knock, "thud": thud, "chime": chime, "creak": creak, "step": step}
