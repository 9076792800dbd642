"""Colours without the light that fell on them: a photograph less its uneven light, its highlights and the shade in hollows."""

from __future__ import annotations

import numpy as np

from taixu.generate.pictures.filters import Values, blur, luminance, resize

__all__ = ["bulge_of", "flattened", "unshaded"]

_DARK = 0.01  # what a logarithm takes for black: below it a photograph has noise alone
_FIT_PX = 64
_KNEE = 2.2  # deviations above its surroundings from which brightness is a highlight


def flattened(colors: Values, amount: float, *, reach: float = 0.3, highlights: float = 0.5, wraps: bool = False) -> Values:
    """Linear colours [h, w, 3] as if they had been lit evenly.

    Brightness is a product of paint and light, and light changes slowly: what changes slowly in its logarithm is taken out
    (homomorphic filtering: Oppenheim, Schafer and Stockham, "Nonlinear Filtering of Multiplied and Convolved Signals", 1968),
    first the slant and bulge of the whole, as lamps and lenses leave them, then what is wider than `reach`.

    Parameters
    ----------
    amount
        How much of it, 0 to 1.
    reach
        How wide light is at least, of the shorter side.
    highlights
        How far what shines is brought down to what is around it, 0 to 1.
    """
    bright = np.log(luminance(colors) + _DARK)
    light = bulge_of(bright)
    if wraps:  # a picture that repeats has no slant, only waves
        light = np.zeros_like(bright)
    sigma = max(1.0, 0.4 * reach * min(bright.shape))
    light = light + blur(bright - light, sigma, wraps=wraps)
    gain = np.exp(-amount * (light - float(light.mean())))
    even = colors * gain[..., None]
    return _without_highlights(even, highlights, wraps=wraps) if highlights > 0 else np.asarray(even, np.float32)


def bulge_of(values: Values) -> Values:
    """The second-order surface nearest to a picture, but for its mean."""
    height, width = values.shape
    small = resize(values, min(height, _FIT_PX), min(width, _FIT_PX)).astype(np.float64)
    found, *_ = np.linalg.lstsq(_powers(*small.shape), small.ravel(), rcond=None)
    found[0] = 0.0
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None, :]
    parts = (np.ones_like(x * y), x, y, x * x, x * y, y * y)
    return np.asarray(sum(weight * part for weight, part in zip(found, parts, strict=True)), np.float32) + np.zeros_like(values)


def _powers(height: int, width: int) -> np.ndarray:
    y, x = (each.ravel() for each in np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij"))
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)


def _without_highlights(colors: Values, amount: float, *, wraps: bool) -> Values:
    """What is far brighter than its surroundings, and paler, is brought down to where highlights begin."""
    bright = np.log(luminance(colors) + _DARK)
    sigma = max(1.0, 0.05 * min(bright.shape))
    seen = bright
    for _ in range(2):  # once more without what shines, which would hide itself in the spread
        around = blur(seen, sigma, wraps=wraps)
        spread = np.sqrt(np.maximum(blur((seen - around) ** 2, sigma, wraps=wraps), 1e-6))
        seen = np.minimum(bright, around + _KNEE * spread)
    over = np.maximum(bright - (around + _KNEE * spread), 0.0)
    # What shines has the lamp's colour: paint that is bright and coloured is let alone.
    highest = colors.max(axis=2)
    pale = 1.0 - (highest - colors.min(axis=2)) / np.maximum(highest, 1e-4)
    return np.asarray(colors * np.exp(-amount * pale * over)[..., None], np.float32)


def unshaded(colors: Values, occlusion: Values, amount: float) -> Values:
    """Colours whose hollows are as light as if the sky reached them."""
    return colors if amount <= 0 else np.asarray(colors * np.maximum(occlusion, 0.2)[..., None] ** np.float32(-amount), np.float32)
