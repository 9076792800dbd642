"""Words and sounds on lips."""

from __future__ import annotations

import numpy as np
import pytest

from taixu.animation.motion import Speech
from taixu.animation.motion.letters import english_sounds
from taixu.animation.motion.pinyin import is_pinyin, pinyin_of, pinyin_sounds
from taixu.assets.humanoid import VISEMES

AA, IH, OU, EE, OH = range(len(VISEMES))


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("lake", "l e i k"), ("night", "n a i t"), ("city", "s i t i"), ("phone", "f o u n"), ("moon", "m u n"),
        ("fire", "f a i r"),        ("station", "s t a sh @ n"), ("queen", "k w i n"), ("knee", "n i"), ("giant", "j i a n t"),
        ("make", "m e i k"),
        ("boat", "b o u t"), ("bird", "b @ r d"), ("happy", "h a p i"), ("world", "w @ r l d"), ("played", "p l e i d"),
        ("boxes", "b o k s @ z"),
    ],
)  # fmt: skip
def test_letters_become_sounds(word: str, sounds: str) -> None:
    assert english_sounds(word) == sounds.split()


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("nǐhǎo", "n i h a u"), ("xue2", "sh u e"), ("zhong1guo2", "j o ng g u o"), ("shì", "sh @"), ("lǜ", "l u"),
        ("yuán", "u e n"),
        ("wǒ", "w o"), ("xi'an", "sh i e n"), ("qing", "ch i ng"), ("", ""), ("'!?", ""),
    ],
)  # fmt: skip
def test_pinyin_becomes_sounds(word: str, sounds: str) -> None:
    assert pinyin_sounds(word) == sounds.split()


def test_characters_have_their_commonest_sound() -> None:
    assert [pinyin_of(character) for character in "你好世界吗"][:3] == ["ni", "hao", "shi"]
    assert is_pinyin("hǎo") and is_pinyin("hao3") and not is_pinyin("how") and not is_pinyin("naïve")


def test_mouths_open_on_vowels_and_close_on_lips() -> None:
    speech = Speech.of_text("mama, boo. see")
    assert speech.duration_secs == pytest.approx(2.0, abs=0.7)
    best = {int(row.argmax()) for row in speech.weights if row.max() > 0.5}
    assert {AA, OU, IH} <= best
    assert speech.weights.min() >= 0.0 and speech.weights.max() <= 1.0
    half = speech.weights[: int(0.5 * 30)].sum(axis=1)
    assert half.min() < 0.3 * half.max(), "lips close between the two vowels of mama"
    assert speech.weights[-1].max() < 0.1


def test_faster_is_shorter_and_nothing_is_silence() -> None:
    slow, fast = Speech.of_text("Good evening, people"), Speech.of_text("Good evening, people", tempo=2.0)
    assert fast.duration_secs < 0.6 * slow.duration_secs
    assert Speech.of_text("").weights.max() == 0.0 == Speech.of_text("@#$%").weights.max()


@pytest.mark.parametrize("text", ["\x00\ud800", "龘靐齉", "a" * 100_000, "٣٤٥", "🙂" * 50, "Ångström's façade", "1234567890"])
def test_any_text_is_spoken(text: str) -> None:
    weights = Speech.of_text(text).weights
    assert np.isfinite(weights).all() and weights.shape[1] == 5 and len(weights) < 40_000


def vowel(first: float, second: float, secs: float = 0.6, rate: int = 22_050) -> np.ndarray:
    """A voice of 120 Hz through two formants."""
    times = np.arange(int(secs * rate)) / rate
    sound = np.zeros_like(times)
    for harmonic in range(1, 30):
        hertz = 120.0 * harmonic
        gain = sum(1.0 / (1.0 + ((hertz - formant) / 90.0) ** 2) for formant in (first, second))
        sound += gain * np.sin(2 * np.pi * hertz * times)
    return 0.3 * sound / np.abs(sound).max()


@pytest.mark.parametrize(
    ("formants", "viseme"), [((730, 1250), AA), ((340, 2300), IH), ((350, 900), OU), ((540, 1850), EE), ((520, 950), OH)]
)
def test_sound_says_which_vowel_it_is(formants: tuple[float, float], viseme: int) -> None:
    rate = 22_050
    speech = Speech.of_sound(np.concatenate([np.zeros(rate // 2), vowel(*formants), np.zeros(rate // 2)]), rate)
    middle = speech.weights[20:28].mean(axis=0)
    assert int(middle.argmax()) == viseme and middle.sum() > 0.6
    assert speech.weights[:10].max() < 0.05 and speech.weights[-8:].max() < 0.05, "and it is silent before and after"


def test_silence_and_scraps_of_sound_move_nothing() -> None:
    assert Speech.of_sound(np.zeros(4000), 8000).weights.max() == 0.0
    assert len(Speech.of_sound(np.zeros(0), 44_100).weights) == 1
    assert np.isfinite(Speech.of_sound(np.random.default_rng(1).normal(size=(5000, 2)), 48_000).weights).all()
