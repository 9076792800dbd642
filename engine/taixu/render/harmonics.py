"""Pictures of the sky as sums of spherical harmonics, and what a lobe that is round about its axis sees of them.

A lobe K(cos angle) swept over the whole sphere is a convolution, and in harmonics a convolution is a product: every
degree l of the sky is scaled by ``k_l = 2 pi integral K(x) P_l(x) dx`` (Funk and Hecke). That gives the integral
itself, for all directions at once and without samples: no noise, no banding, and a sun of a few texels is as exact as
an even sky. It takes the sky as one point of light a texel, which lobes wider than a few texels do not notice.

Associated Legendre functions are normalised and climb by degree at a fixed order: Holmes and Featherstone, "A unified
approach to the Clenshaw summation", Journal of Geodesy 76, 2002, section 2.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import equirect

__all__ = ["Harmonics", "analyse", "synthesise", "zonal_gains"]

Array = NDArray[np.floating[Any]]
Harmonics = NDArray[np.complex64]
"""[order, degree, 3]; zero where the degree is below the order. Orders below zero are the conjugates."""
_ORDERS_AT_ONCE = 16


def zonal_gains(cosine: Array, measures: Array, degree: int) -> Array:
    """What lobes leave of each degree, where they weigh even light with 1.

    Parameters
    ----------
    cosine, measures
        Nodes in [-1, 1], [n], and each lobe there times the quadrature weight of the node, [lobe, n].
    degree
        The last degree.

    Returns
    -------
    numpy.ndarray
        float64 [lobe, degree + 1]; the first of each is 1.
    """
    gains = np.empty((len(measures), degree + 1))
    before, now = np.zeros_like(cosine), np.ones_like(cosine)
    for n in range(degree + 1):
        gains[:, n] = measures @ now
        before, now = now, ((2 * n + 1) * cosine * now - n * before) / (n + 1)
    result: Array = gains / gains[:, :1]
    return result


def analyse(image: Array, degree: int) -> Harmonics:
    """The harmonics of an equirectangular picture [height, width, 3] up to `degree`, which is below the height."""
    height, width = image.shape[:2]
    half = (height + 1) // 2
    lights = image * equirect.solid_angles(width, height)[:, None, None]
    lights[height // 2 : half] *= 0.5  # the middle row of an odd number is its own partner
    waves = np.fft.rfft(lights, axis=1)[:, : degree + 1]
    waves *= np.exp(-1j * np.arange(waves.shape[1]) * _first_longitude(width))[:, None]
    # Rows in pairs, as far above the equator as below: the functions differ there by the sign of (-1)^(degree - order).
    above, below = waves[:half], waves[height - half :][::-1]
    pairs = np.stack([above + below, above - below]).transpose(0, 2, 1, 3).astype(np.complex64)
    even, odd = (np.ascontiguousarray(p).view(np.float32) for p in pairs)  # [order, row, 6]
    found = np.zeros((degree + 1, degree + 1, 6), np.float32)
    for first, table in _legendre(_cosines(height), degree):
        orders = slice(first, min(first + len(table), len(even)))
        count = orders.stop - orders.start
        if count <= 0:
            break
        found[orders, first::2] = table[:count, ::2] @ even[orders]
        found[orders, first + 1 :: 2] = table[:count, 1::2] @ odd[orders]
        for i in range(1, count, 2):  # orders of the other parity than the block's first
            m = first + i
            found[m, first::2] = table[i, ::2] @ odd[m]
            found[m, first + 1 :: 2] = table[i, 1::2] @ even[m]
    return found.view(np.complex64)


def synthesise(harmonics: Harmonics, gains: Sequence[Array], height: int) -> list[NDArray[np.float32]]:
    """Equirectangular pictures of the sky as lobes about every direction see it.

    Parameters
    ----------
    harmonics
        Of the sky.
    gains
        `zonal_gains` of each lobe, all to one degree, which is at most that of `harmonics` and below `height`.
    height
        Rows of the results; even.

    Returns
    -------
    list of numpy.ndarray
        float32 [height, 2 height, 3] for each lobe; never negative.
    """
    degree, half = len(gains[0]) - 1, height // 2
    scale = np.stack(gains).astype(np.float32)  # [lobe, degree]
    waves = np.zeros((len(gains), height, height + 1, 3), np.complex64)
    for first, table in _legendre(_cosines(height), degree):
        count = len(table)
        used = harmonics[first : first + count, None, first : degree + 1]
        parts = np.ascontiguousarray(used * scale[:, first:, None]).view(np.float32)  # [order, lobe, degree, 6]
        parts = np.moveaxis(parts, 1, 2).reshape(count, degree + 1 - first, -1)
        across = table.transpose(0, 2, 1)
        even, odd = across[..., ::2] @ parts[:, ::2], across[..., 1::2] @ parts[:, 1::2]
        sign = np.where(np.arange(count) % 2, -1.0, 1.0).astype(np.float32)[:, None, None]
        for rows, values in ((slice(0, half), even + odd), (slice(height - 1, half - 1, -1), sign * (even - odd))):
            shaped = values.reshape(count, half, len(gains), 6).transpose(2, 1, 0, 3)
            waves[:, rows, first : first + count] = np.ascontiguousarray(shaped).view(np.complex64)
    waves *= np.exp(1j * np.arange(height + 1) * _first_longitude(2 * height)).astype(np.complex64)[:, None]
    pictures = (np.fft.irfft(w, 2 * height, axis=1) * (2 * height) for w in waves)
    return [np.maximum(p, 0.0).astype(np.float32) for p in pictures]


def _first_longitude(width: int) -> float:
    return (0.5 / width - 0.5) * 2 * np.pi


def _cosines(height: int) -> Array:
    """Of the rows down to the equator, from the pole."""
    result: Array = np.cos((np.arange((height + 1) // 2) + 0.5) / height * np.pi)
    return result


def _legendre(cosine: Array, degree: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Blocks of orders: the first order, and float32 [order, degree from the first order on, cosine]."""
    sine = np.sqrt(1.0 - cosine * cosine)
    top = np.full_like(cosine, np.sqrt(0.25 / np.pi))  # of degree = order
    for first in range(0, degree + 1, _ORDERS_AT_ONCE):
        orders = np.arange(first, min(first + _ORDERS_AT_ONCE, degree + 1))
        table = np.zeros((len(orders), degree + 1 - first, len(cosine)), np.float32)
        before, now = np.zeros((2, len(orders), len(cosine)))
        m2 = (orders * orders).astype(np.float64)[:, None]
        for n in range(first, degree + 1):
            if n > first:
                inside = np.maximum(n * n - m2, 1.0)
                a = np.sqrt((4.0 * n * n - 1.0) / inside)
                b = np.sqrt(np.maximum((n - 1.0) ** 2 - m2, 0.0) / (4.0 * (n - 1.0) ** 2 - 1.0)) if n > 1 else 0.0 * m2
                before, now = now, a * (cosine * now - b * before)
            if n - first < len(orders):
                if n > 0:
                    top = top * (sine * np.sqrt((2 * n + 1) / (2 * n)))
                now[n - first] = top
                now[n - first + 1 :] = 0.0
            table[:, n - first] = now
        yield first, table
