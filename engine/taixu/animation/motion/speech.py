"""`Speech`: what lips do over time, from words or from sound.

Words become sounds (`letters`, `pinyin`), sounds take their time and shape the mouth; neighbours flow into each other. From
sound, loudness opens the mouth, and where its two loudest bands lie says which vowel it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.letters import english_sounds
from taixu.animation.motion.pinyin import is_pinyin, pinyin_of, pinyin_sounds
from taixu.animation.motion.turns import F32
from taixu.assets.humanoid import VISEMES

__all__ = ["MOST_CHARACTERS", "RATE_HZ", "Speech"]

RATE_HZ = 30.0
MOST_CHARACTERS = 5000
_FLOW_SECS = 0.045
#                    aa    ih    ou    ee    oh
_SHAPES: dict[str, tuple[float, ...]] = {
    "a": (1.00, 0.00, 0.00, 0.00, 0.00), "i": (0.00, 0.95, 0.00, 0.10, 0.00), "u": (0.00, 0.00, 0.95, 0.00, 0.10),
    "e": (0.15, 0.10, 0.00, 0.85, 0.00), "o": (0.15, 0.00, 0.10, 0.00, 0.90), "@": (0.40, 0.00, 0.05, 0.20, 0.05),
    "m": (0.00,) * 5, "b": (0.00,) * 5, "p": (0.00,) * 5, "f": (0.00, 0.15, 0.05, 0.00, 0.00), "v": (0.00, 0.15, 0.05, 0.00, 0.00),
    "w": (0.00, 0.00, 0.80, 0.00, 0.00), "r": (0.10, 0.05, 0.35, 0.00, 0.05), "l": (0.25, 0.15, 0.00, 0.05, 0.00),
    "sh": (0.00, 0.10, 0.45, 0.00, 0.00), "zh": (0.00, 0.10, 0.45, 0.00, 0.00), "ch": (0.00, 0.15, 0.40, 0.00, 0.00),
    "j": (0.00, 0.20, 0.30, 0.00, 0.00), "h": (0.25, 0.00, 0.00, 0.15, 0.00), "ng": (0.15, 0.10, 0.00, 0.10, 0.00),
}  # fmt: skip
_TONGUE = (0.05, 0.35, 0.00, 0.05, 0.00)
"""Mouth of the sounds that the tongue makes behind the teeth."""
_VOWELS = "aeiou@"
_PAUSES = {
    ",": 0.22, ";": 0.3, ":": 0.3, ".": 0.42, "!": 0.42, "?": 0.45, "\n": 0.4, "，": 0.25, "、": 0.18, "。": 0.45, "！": 0.45,
    "？": 0.45, "；": 0.3, "：": 0.3, "…": 0.5,
}  # fmt: skip
_FORMANTS = np.array(((730, 1250), (340, 2300), (350, 900), (540, 1850), (520, 950)), np.float64)
"""First and second formant of the five vowels, Hz (Peterson and Barney 1952, between men and women)."""
_BANDS_HZ = np.arange(250.0, 3000.0, 125.0)


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """Weights of `VISEMES` over time.

    Attributes
    ----------
    weights : float32 array [k, 5]
        From 0 to 1, `RATE_HZ` rows a second.
    """

    weights: F32

    @property
    def duration_secs(self) -> float:
        """How long it takes."""
        return len(self.weights) / RATE_HZ

    @classmethod
    def of_text(cls, text: str, *, tempo: float = 1.0) -> Speech:
        """Speak English and Chinese words; numbers are said digit by digit.

        Parameters
        ----------
        tempo : float
            2 is twice as fast.
        """
        shapes: list[tuple[float, ...]] = []
        lengths: list[float] = []
        for sound, secs in _timed(text[:MOST_CHARACTERS]):
            shapes.append(_SHAPES.get(sound, _TONGUE) if sound else (0.0,) * len(VISEMES))
            lengths.append(secs / max(tempo, 0.1))
        return cls(_flowing(np.array(shapes, np.float64).reshape(-1, len(VISEMES)), np.array(lengths)))

    @classmethod
    def of_sound(cls, samples: NDArray[np.floating], sample_rate: int) -> Speech:
        """Follow a voice.

        Parameters
        ----------
        samples : float array [m] or [m, channels]
            From -1 to 1.
        """
        voice = np.asarray(samples, np.float64)
        voice = voice.mean(axis=1) if voice.ndim == 2 else voice
        size, hop = max(int(0.046 * sample_rate), 16), sample_rate / RATE_HZ
        count = max(int(len(voice) / hop), 1)
        starts = (np.arange(count) * hop).astype(np.intp)
        padded = np.concatenate([np.zeros(size // 2), voice, np.zeros(size)])
        frames = padded[starts[:, None] + np.arange(size)] * np.hanning(size)
        power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
        hertz = np.fft.rfftfreq(size, 1.0 / sample_rate)
        loud = np.sqrt((power * ((hertz > 120) & (hertz < 4000))).sum(axis=1))
        loud = loud / max(float(np.quantile(loud, 0.95)), 1e-9)
        open_ = np.clip((loud - 0.08) / 0.6, 0.0, 1.0) * (np.abs(voice).max(initial=0.0) > 1e-4)
        bands = np.exp(-0.5 * ((hertz[:, None] - _BANDS_HZ) / 130.0) ** 2)
        heard = np.sqrt(power @ bands)
        heard /= np.maximum(np.sqrt((heard**2).sum(axis=1, keepdims=True)), 1e-12)
        share = np.exp(60.0 * (heard @ _vowels().T - 1.0))
        weights = share / np.maximum(share.sum(axis=1, keepdims=True), 1e-30) * open_[:, None]
        return cls(_smoothed(weights).astype(np.float32))


def _timed(text: str) -> list[tuple[str, float]]:
    """Sounds and seconds; an empty sound is a pause."""
    found: list[tuple[str, float]] = []
    for word in re.findall(r"[A-Za-zÀ-ɏ'’\u0300-\u036f]+[1-5]?|[0-9]|[\u3400-\u9fff]|[,;:.!?\n，、。！？；：…]", text):
        if word in _PAUSES:
            found.append(("", _PAUSES[word]))
            continue
        if "\u3400" <= word <= "\u9fff":
            sounds = pinyin_sounds(pinyin_of(word))
        elif word.isdigit():
            sounds = english_sounds(_DIGITS[int(word)])
        elif is_pinyin(word.lower()):
            sounds = pinyin_sounds(word)
        else:
            sounds = english_sounds(re.sub(r"[^a-z]", "", word.lower()))
        stressed = True
        for place, sound in enumerate(sounds):
            if sound not in _VOWELS:
                found.append((sound, 0.065))
                continue
            glide = place > 0 and sounds[place - 1] in _VOWELS
            found.append((sound, 0.075 if glide else 0.125 if stressed else 0.095))
            stressed = stressed and glide
        found.append(("", 0.02))
    return found


_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def _flowing(shapes: NDArray[np.float64], secs: NDArray[np.float64]) -> F32:
    """Sample shapes that follow each other, each flowing into the next; lips that close do close."""
    if not len(secs):
        return np.zeros((1, len(VISEMES)), np.float32)
    ends = np.cumsum(secs)
    fine = 8
    times = np.arange(int(np.ceil((ends[-1] + 0.15) * RATE_HZ)) * fine) / (RATE_HZ * fine)
    which = np.minimum(np.searchsorted(ends, times, side="right"), len(shapes) - 1)
    rows = np.where(times[:, None] < ends[-1], shapes[which], 0.0)
    width = np.arange(-3 * fine, 3 * fine + 1) / (RATE_HZ * fine)
    kernel = np.exp(-0.5 * (width / (_FLOW_SECS / 1.8)) ** 2)
    kernel /= kernel.sum()
    flowing = np.stack([np.convolve(column, kernel, mode="same") for column in rows.T], axis=1)
    return flowing[::fine].astype(np.float32)


def _vowels() -> NDArray[np.float64]:
    """What the five vowels sound like in the bands, [5, b], rows of length one: two resonances, the second weaker."""
    near = [1.0 / (1.0 + ((_BANDS_HZ - _FORMANTS[:, place, None]) / 130.0) ** 2) for place in (0, 1)]
    rows = near[0] + 0.7 * near[1]
    return np.asarray(rows / np.sqrt((rows**2).sum(axis=1, keepdims=True)))


def _smoothed(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    padded = np.concatenate([weights[:1], weights, weights[-1:]])
    return 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
