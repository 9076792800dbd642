from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.render.denoising import denoise


def halves(truth: NDArray[np.float32], noise: float, *, seed: int = 3) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    random = np.random.default_rng(seed)
    first, second = (truth + random.normal(0, noise, truth.shape).astype(np.float32) for _ in range(2))
    return first, second


def error(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.square(a - b).mean()))


def test_noise_goes_and_an_edge_stays() -> None:
    truth = np.zeros((40, 50, 3), np.float32)
    truth[:, 25:] = 1.0
    first, second = halves(truth, 0.1)
    before, after = error((first + second) / 2, truth), error(denoise(first, second), truth)
    assert after < 0.3 * before
    assert np.abs(denoise(first, second)[:, 24:26].mean(0) - truth[0, 24:26]).max() < 0.1


def test_guides_keep_what_noise_hides() -> None:
    """A pattern fainter than the noise stays where something else is known to differ there."""
    truth = np.full((40, 40, 3), 0.5, np.float32)
    truth[::2] += 0.05
    first, second = halves(truth, 0.2)
    guides = np.zeros((40, 40, 1), np.float32)
    guides[::2] = 5.0
    plain, guided = denoise(first, second), denoise(first, second, guides)
    assert abs(float((guided[::2] - guided[1::2]).mean()) - 0.05) < 0.015
    assert abs(float((plain[::2] - plain[1::2]).mean())) < 0.025
    assert error(guided, truth) < error((first + second) / 2, truth) * 0.5


def test_what_both_halves_agree_on_is_left_alone() -> None:
    random = np.random.default_rng(1)
    picture = random.random((30, 20, 4)).astype(np.float32)
    assert np.allclose(denoise(picture, picture), picture, atol=1e-6)


def test_nothing_and_small_pictures_are_no_trouble() -> None:
    assert (denoise(np.zeros((8, 8, 4), np.float32), np.zeros((8, 8, 4), np.float32)) == 0).all()
    one = np.ones((1, 2, 3), np.float32)
    assert np.allclose(denoise(one * 0.9, one * 1.1), 1.0, atol=1e-3)


def test_brightness_is_kept() -> None:
    truth = np.full((64, 64, 3), -0.5, np.float32)
    found = denoise(*halves(truth, 0.3))
    assert abs(float(found.mean()) + 0.5) < 0.01
