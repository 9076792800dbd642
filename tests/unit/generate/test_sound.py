"""The sound generator: every effect sounds, words find them, loops close."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.assets.audio_clip import read_audio
from taixu.edit.parameters import read_parameters
from taixu.errors import TaixuError
from taixu.generate import Request
from taixu.generate.sound import SoundGenerator, SoundParameters
from taixu.generate.sound.effects import EFFECTS
from taixu.generate.sound.words import parameters_of_words


def _samples(folder: Path, seed: int = 1, **settings: object) -> np.ndarray:
    folder.mkdir(exist_ok=True)
    parameters = read_parameters(SoundParameters, settings)
    made = SoundGenerator().generate(Request("", seed, parameters, folder), lambda *_: None)
    return read_audio(made[0].path).as_float()[:, 0]


def _centre_hz(samples: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float(np.sum(np.fft.rfftfreq(len(samples), 1 / 44100) * power) / power.sum())


@pytest.mark.parametrize("effect", EFFECTS)
def test_every_effect_sounds_and_obeys(tmp_path: Path, effect: str) -> None:
    usual = _samples(tmp_path, effect=effect)
    assert abs(20 * np.log10(np.abs(usual).max()) + 3.0) < 0.05 and abs(usual.mean()) < 0.05
    assert len(usual) / 44100 == pytest.approx(EFFECTS[effect].secs, rel=0.08)
    assert (usual == _samples(tmp_path, effect=effect)).all()
    assert not np.array_equal(usual[:500], _samples(tmp_path, 2, effect=effect)[:500])
    dark, bright = (_samples(tmp_path, effect=effect, brightness=level, duration_secs=0.5) for level in (0.0, 1.0))
    assert _centre_hz(bright) > 1.02 * _centre_hz(dark) and len(dark) == 22050
    if EFFECTS[effect].is_loop:  # the step from the end to the beginning is one among others
        steps = np.abs(np.diff(usual))
        assert abs(usual[0] - usual[-1]) <= 1.05 * steps.max()
    else:
        assert abs(usual[-1]) < 1e-3


def test_pitch_is_what_was_asked_for(tmp_path: Path) -> None:
    samples = _samples(tmp_path, effect="beep", pitch_hz=1000, variation=0, roughness=0, brightness=0)
    assert np.abs(np.fft.rfft(samples)).argmax() * 44100 / len(samples) == pytest.approx(1000, abs=4)


@pytest.mark.parametrize(("prompt", "effect"), [
    ("a high bright coin", "coin"), ("金币", "coin"), ("low engine hum", "engine"), ("the sound of a small explosion", "explosion"),
    ("低沉的引擎", "engine"), ("脚步声", "footstep"), ("laser gun", "laser"), ("button click", "click"), ("win!", "power_up"),
    ("下雨", "rain"), ("sword whoosh", "whoosh"), ("alarm", "beep"), ("跳跃", "jump"), ("风声", "wind"),
])  # fmt: skip
def test_words_find_effects(prompt: str, effect: str) -> None:
    assert parameters_of_words(prompt)["effect"] == effect


def test_words_change_how_it_sounds() -> None:
    meant = parameters_of_words("a long low old dark engine")
    assert meant["pitch_hz"] < EFFECTS["engine"].pitch_hz and meant["duration_secs"] == 2 * EFFECTS["engine"].secs
    assert meant["roughness"] > 0.1 and meant["brightness"] < 0.5
    read_parameters(SoundParameters, meant)
    with pytest.raises(TaixuError, match="no word names a sound"):
        parameters_of_words("serenity")
