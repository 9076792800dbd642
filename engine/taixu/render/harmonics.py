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


def analyse(image: Array, degree: int, *, gains: Sequence[Array] = ()) -> tuple[Harmonics, list[NDArray[np.float32]]]:
    """The harmonics of an equirectangular picture, and that picture as lobes about every direction see it.

    Both together, because the functions are what takes the time.

    Parameters
    ----------
    image
        Linear radiance, [height, width, 3].
    degree
        The last degree; below the height, and at most half the width.
    gains
        `zonal_gains` of lobes, to the same degree.

    Returns
    -------
    (Harmonics, list of numpy.ndarray)
        The harmonics, and float32 [height, 2 height, 3] for each lobe; never negative.
    """
    height, width = image.shape[:2]
    half = (height + 1) // 2
    lights = image * (_row_weights(height) * (2 * np.pi / width))[:, None, None]
    lights[height // 2 : half] *= 0.5  # the middle row of an odd number is its own partner
    waves = np.fft.rfft(lights, axis=1)[:, : degree + 1]
    waves *= np.exp(-1j * np.arange(degree + 1) * _first_longitude(width))[:, None]
    # Rows in pairs, as far above the equator as below: the functions differ there by the sign of (-1)^(degree - order).
    above, below = waves[:half], waves[height - half :][::-1]
    pairs = np.stack([above + below, above - below]).transpose(0, 2, 1, 3).astype(np.complex64)
    even, odd = (np.ascontiguousarray(p).view(np.float32) for p in pairs)  # [order, row, 6]
    found = np.zeros((degree + 1, degree + 1, 6), np.float32)
    painter = _Painter(gains, height)
    for first, table in _legendre(_cosines(height), degree):
        orders = slice(first, first + len(table))
        found[orders, first::2] = table[:, ::2] @ even[orders]
        found[orders, first + 1 :: 2] = table[:, 1::2] @ odd[orders]
        for i in range(1, len(table), 2):  # orders of the other parity than the block's first
            m = first + i
            found[m, first::2] = table[i, ::2] @ odd[m]
            found[m, first + 1 :: 2] = table[i, 1::2] @ even[m]
        if gains:
            painter.add(found[orders, first:].view(np.complex64), first, table)
    return found.view(np.complex64), painter.pictures() if gains else []


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
    degree = len(gains[0]) - 1
    painter = _Painter(gains, height)
    for first, table in _legendre(_cosines(height), degree):
        painter.add(harmonics[first : first + len(table), first : degree + 1], first, table)
    return painter.pictures()


class _Painter:
    """Pictures of lobes that grow by blocks of orders."""

    def __init__(self, gains: Sequence[Array], height: int) -> None:
        self._height = height
        self._scale = np.array(gains, np.float32)  # [lobe, degree]
        self._waves = np.zeros((len(gains), height, height + 1, 3), np.complex64)

    def add(self, harmonics: Harmonics, first: int, table: NDArray[np.float32]) -> None:
        """`harmonics` [order, degree, 3] and `table` from the first order, and degree, on."""
        count, half, lobes = len(table), table.shape[2], len(self._scale)
        parts = harmonics[:, :, None] * self._scale[:, first:].T[:, :, None]  # [order, degree, lobe, 3]
        flat = parts.view(np.float32).reshape(count, parts.shape[1], -1)
        across = table.transpose(0, 2, 1)
        even, odd = across[..., ::2] @ flat[:, ::2], across[..., 1::2] @ flat[:, 1::2]
        # Degrees are counted from the block's first: in every other order they are the ones odd about the equator.
        even[1::2], odd[1::2] = odd[1::2].copy(), even[1::2].copy()
        for rows, values in ((slice(0, half), even + odd), (slice(-1, -half - 1, -1), even - odd)):
            shaped = values.view(np.complex64).reshape(count, half, lobes, 3).transpose(2, 1, 0, 3)
            self._waves[:, rows, first : first + count] = shaped

    def pictures(self) -> list[NDArray[np.float32]]:
        """The pictures of all lobes."""
        width = 2 * self._height
        turn = np.exp(1j * np.arange(self._height + 1) * _first_longitude(width)).astype(np.complex64)
        found = []
        for waves in self._waves:
            picture = np.fft.irfft(waves * turn[:, None], width, axis=1) * width
            found.append(np.maximum(picture, 0.0).astype(np.float32))
        return found


def _first_longitude(width: int) -> float:
    return (0.5 / width - 0.5) * 2 * np.pi


def _row_weights(height: int) -> Array:
    """Fejer's first rule: what rows count, so that sums over even light have no degree but the first.

    That is the solid angle of a row in all but the last few before the poles, where it leaves spots.
    """
    j = np.arange(1, height // 2 + 1)
    terms = np.cos(2 * j * ((np.arange(height) + 0.5) * (np.pi / height))[:, None]) / (4.0 * j * j - 1.0)
    result: Array = (2.0 / height) * (1.0 - 2.0 * terms.sum(1))
    return result


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
