"""A mark in colours that nobody sees: an id in the low frequencies of a picture's luminance.

Improved spread spectrum (Malvar and Florencio 2003) in the discrete Fourier transform of the whole picture. Frequencies are
counted in cycles a picture, so that a resized picture has them where they were, and every wave closes on itself, so that what was
seamless stays so. Each coded bit is the sign of a keyed sum over some fifty coefficients; the picture's own part of the sum is
known to the embedder and cancelled. Coefficients count by what is usual at their frequency, so that the mark lies where the
picture has little, and large ones (lines of bricks) up to a limit, in marking and detecting alike.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.provenance.codes import ID_BYTES, coded_length, decode_id, encode_id

__all__ = ["LEAST_SIDE", "Detection", "default_key", "detect_mark", "embed_mark"]

LEAST_SIDE = 256
"""Smaller pictures have no room for a mark."""

_LOWEST, _HIGHEST = 8, 46
_LIMIT = 2.5
"""A coefficient counts up to so many times the median of its ring."""
_FLOOR = 0.008
"""What is usual at the least, in levels: above what rounding and JPEG leave in flat pictures."""
_ATTEMPTS = ((48.0, 0.0), (46.5, 0.0), (45.0, 0.0), (43.0, 0.0), (42.1, 0.1))
"""How loud a mark may be (the ratio of peak to noise, in dB), and the share of bits that it need not pay for. The quietest that
holds is taken: on smooth pictures, where nothing hides it, that is the first."""
_TRIED_QUALITY, _TRIED_ERRORS = 60, 0.02
_LOUDER_DB = (40.8, 39.5, 38.2, 37.0)
_MASKED_BAND, _MASKED_CELL = 0.25, 0.5
"""What is lost to the eye (masking by contrast): a quarter of what a picture has in the mark's frequencies itself, where even its
quietest eighth varies by twice as much from pixel to pixel."""
_CELL = 8
_ROUNDS = 3
_STEPS = 8
_BISECTIONS = 8
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found in a picture.

    Attributes
    ----------
    id
        Of the mark; empty where none is to be read.
    bit_errors
        The share of coded bits that came out wrong; 0.5 where nothing is known.
    """

    id: bytes
    bit_errors: float


def default_key() -> bytes:
    """The key of marks: the environment's ``TAIXU_MARK_KEY``, or one that everybody knows."""
    return os.environ.get("TAIXU_MARK_KEY", "taixu").encode()


def embed_mark(pixels: NDArray[np.uint8], payload: bytes, *, key: bytes | None = None) -> NDArray[np.uint8]:
    """A picture, uint8 [h, w, 3 or 4], with an id of four bytes in it; alpha is left alone.

    Raises
    ------
    TaixuError
        When it is smaller than `LEAST_SIDE`, or so full of black and white that no mark holds.

    A mark is as quiet as holds through halving and JPEG. What is rough everywhere may get a louder one, which it hides as well.
    """
    if len(payload) != ID_BYTES:
        raise ValueError(f"ids have {ID_BYTES} bytes")
    if min(pixels.shape[:2]) < LEAST_SIDE:
        raise TaixuError(f"a picture of less than {LEAST_SIDE} pixels a side has no room for a mark")
    basis = _basis(default_key() if key is None else key)
    bits = encode_id(payload).astype(np.float64)
    holds: NDArray[np.uint8] | None = None
    unseen_db = _unseen_db(pixels, basis)
    for psnr_db, spared in (*_ATTEMPTS, *((each, 0.0) for each in _LOUDER_DB if each >= unseen_db)):
        marked = _embed(pixels[..., :3], bits, basis, psnr_db=psnr_db, spared=spared)
        if detect_mark(marked, key=key).id == payload:
            holds = marked  # if nothing else does, the loudest that is there to be read
            if all(_is_clear(detect_mark(tried, key=key, expected=payload), payload) for tried in _tried(marked)):
                break
    if holds is None:
        raise TaixuError("no mark holds in this picture")
    return np.concatenate([holds, pixels[..., 3:]], axis=2)


def _unseen_db(pixels: NDArray[np.uint8], basis: _Basis) -> float:
    """How loud a mark may be in a picture that is rough nearly everywhere."""
    grey = _luminance(pixels[..., :3])
    rows, columns = grey.shape[0] // _CELL, grey.shape[1] // _CELL
    cells = grey[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)
    quiet = float(np.quantile(cells.std(axis=(1, 3)), 0.125))
    band = float(np.sqrt(2.0 * np.sum(basis.read(grey) ** 2)))  # by Parseval, as in `_energy`
    return float(20.0 * np.log10(255.0 / max(min(_MASKED_BAND * band, _MASKED_CELL * quiet), 1e-3)))


def _is_clear(found: Detection, payload: bytes) -> bool:
    return found.id == payload and found.bit_errors <= _TRIED_ERRORS


def _tried(marked: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """A marked picture after what it must survive, with something to spare."""
    from taixu.assets.image import decode_image, encode_jpeg

    yield _halved(marked)
    packed = decode_image(encode_jpeg(marked, quality=_TRIED_QUALITY), name="a trial")
    yield packed.astype(np.uint8, copy=False)


def _halved(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture half as large: what marks suffer most from."""
    height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    even = pixels[:height, :width].astype(np.float32).reshape(height // 2, 2, width // 2, 2, -1)
    return np.rint(even.mean(axis=(1, 3))).astype(np.uint8)


def _embed(
    host: NDArray[np.uint8], bits: NDArray[np.float64], basis: _Basis, *, psnr_db: float, spared: float
) -> NDArray[np.uint8]:
    height, width = host.shape[:2]
    start = basis.read(_luminance(host))
    marked = host
    lost = np.zeros(basis.size)  # what rounding took, and black and white that were cut off
    for _ in range(_ROUNDS):
        extra = _strongest(basis, start + lost, bits, energy=_energy(psnr_db), spared=spared)
        pattern = basis.draw(extra, height, width)
        marked = np.clip(np.rint(host + pattern[..., None]), 0, 255).astype(np.uint8)
        values, planned = basis.read(_luminance(marked)), start + extra
        reached, wanted = (np.quantile(bits * basis.sums(each, basis.limits(each)), spared) for each in (values, planned))
        if reached > 0.6 * wanted:
            break
        lost = values - planned
    return marked


def detect_mark(pixels: NDArray[np.uint8], *, key: bytes | None = None, expected: bytes | None = None) -> Detection:
    """The mark in a picture, uint8 [h, w, 3 or 4].

    Parameters
    ----------
    expected
        Count wrong bits against this id; otherwise against what was decoded.
    """
    if pixels.ndim != 3 or pixels.shape[2] < 3 or min(pixels.shape[:2]) < LEAST_SIDE // 2:
        return Detection(b"", 0.5)
    basis = _basis(default_key() if key is None else key)
    values = basis.read(_luminance(pixels[..., :3]))
    soft = basis.sums(values, basis.limits(values))
    found = decode_id(soft)
    known = expected or found
    errors = 0.5 if known is None else float(np.mean((soft > 0) != (encode_id(known) > 0)))
    return Detection(found or b"", errors)


@lru_cache(maxsize=4)
def _basis(key: bytes) -> _Basis:
    """Trials look for a mark again and again."""
    return _Basis(key)


class _Basis:
    """The coefficients that carry the mark: real and imaginary parts of frequencies in a ring of the upper half-plane."""

    def __init__(self, key: bytes) -> None:
        y, x = np.mgrid[0 : _HIGHEST + 1, -_HIGHEST : _HIGHEST + 1]
        radii = np.hypot(y, x)
        inside = (radii >= _LOWEST) & (radii <= _HIGHEST) & ((y > 0) | (x > 0))
        self.rows, self.columns = y[inside], x[inside]
        self.rings = np.concatenate([(radii[inside] - _LOWEST).astype(np.int64) // 4] * 2)
        self.ring_places = [np.flatnonzero(self.rings == ring) for ring in range(int(self.rings.max()) + 1)]
        self.size = 2 * len(self.rows)
        noise = np.frombuffer(hashlib.shake_256(b"taixu mark 1\0" + key).digest(9 * self.size), np.uint8)
        order = np.argsort(noise[: 8 * self.size].view("<u8"), kind="stable")
        self.bits = np.empty(self.size, np.int64)
        self.bits[order] = np.arange(self.size) % coded_length()
        self.signs = np.where(noise[8 * self.size :] & 1, 1.0, -1.0)

    def read(self, luminance: NDArray[np.float32]) -> NDArray[np.float64]:
        """The coefficients of a picture, in levels of 255."""
        spectrum = _low_spectrum(luminance)
        found = spectrum[self.rows, self.columns]
        return np.concatenate([found.real, found.imag]) / luminance.size

    def limits(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """How much each may count: by the median of its ring."""
        sizes = np.abs(values)
        medians = np.array([_median(sizes[places]) for places in self.ring_places])
        return _LIMIT * np.maximum(medians, _FLOOR)[self.rings]

    def sums(self, values: NDArray[np.float64], limits: NDArray[np.float64]) -> NDArray[np.float64]:
        """The keyed sum of each bit; each coefficient counts -1 to 1."""
        counted = self.signs * np.clip(values / limits, -1.0, 1.0)
        return np.asarray(np.bincount(self.bits, counted, coded_length()), np.float64)

    def spread(self, amounts: NDArray[np.float64], values: NDArray[np.float64], limits: NDArray[np.float64]) -> NDArray[np.float64]:
        """The least that, added to coefficients within their limits, moves each sum by an amount."""
        gains = np.where(np.abs(values) < limits, 1.0 / limits, 0.0)
        totals = np.bincount(self.bits, gains * gains, coded_length())
        return np.asarray(self.signs * gains * (amounts / np.maximum(totals, 1e-9))[self.bits], np.float64)

    def draw(self, values: NDArray[np.float64], height: int, width: int) -> NDArray[np.float32]:
        """The picture of coefficients, [h, w]."""
        half = len(self.rows)
        waves = (values[:half] + 1j * values[half:]).astype(np.complex64)
        # The transform of a real picture has its conjugate on the other side; rows 0 hold both halves themselves.
        spectrum = np.zeros((height, 2 * _HIGHEST + 1), np.complex64)
        spectrum[self.rows, self.columns + _HIGHEST] = waves
        spectrum[-self.rows, _HIGHEST - self.columns] += np.conj(waves)
        down = np.fft.ifft(spectrum, axis=0) * height
        cosines, sines = _drawn_waves(width)
        real, imaginary = down.real.astype(np.float32), down.imag.astype(np.float32)
        return np.asarray(real @ cosines - imaginary @ sines, np.float32)


def _low_spectrum(luminance: NDArray[np.float32]) -> NDArray[np.complex128]:
    """The transform's rows 0 to `_HIGHEST` and its columns of low frequencies, negative ones at the end."""
    height, width = luminance.shape
    both = _read_rows(height) @ luminance
    half = both[: _HIGHEST + 1] + 1j * both[_HIGHEST + 1 :]
    return np.asarray(half @ _read_columns(width), np.complex128)


@lru_cache(maxsize=4)
def _read_rows(height: int) -> NDArray[np.float32]:
    turns = 2.0 * np.pi * np.outer(np.arange(_HIGHEST + 1), np.arange(height)) / height
    return np.concatenate([np.cos(turns), -np.sin(turns)]).astype(np.float32)


@lru_cache(maxsize=4)
def _read_columns(width: int) -> NDArray[np.complex128]:
    columns = np.concatenate([np.arange(_HIGHEST + 1), np.arange(-_HIGHEST, 0)])
    return np.exp(-2j * np.pi * np.outer(np.arange(width), columns) / width)


@lru_cache(maxsize=4)
def _drawn_waves(width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    angles = 2.0 * np.pi * np.outer(np.arange(-_HIGHEST, _HIGHEST + 1), np.arange(width)) / width
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def _median(values: NDArray[np.float64]) -> float:
    """As numpy's, without its looks at what cannot be here: this is asked some hundred times a picture."""
    half = len(values) // 2
    if len(values) % 2:
        return float(np.partition(values, half)[half])
    lower, upper = np.partition(values, (half - 1, half))[half - 1 : half + 1]
    return float((lower + upper) / 2.0)


def _luminance(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.asarray(pixels.astype(np.float32) @ _LUMA, np.float32)


def _energy(psnr_db: float) -> float:
    """The sum of squared coefficients of a mark at a distance (Parseval: each stands for itself and its conjugate)."""
    return float(255.0**2 / 10.0 ** (psnr_db / 10.0) / 2.0)


def _strongest(
    basis: _Basis, start: NDArray[np.float64], bits: NDArray[np.float64], *, energy: float, spared: float
) -> NDArray[np.float64]:
    """What to add so that every sum reaches the same height, the greatest that the energy pays for."""
    most = 0.6 * basis.size / len(bits)
    extra, least = np.zeros(basis.size), -0.5 * most  # below nothing, some bits are left wrong, for the code to mend
    for _ in range(_BISECTIONS):
        strength = 0.5 * (least + most)
        found = _reaching(basis, start, bits, strength, spared)
        if float(np.sum(found * found)) <= energy:
            extra, least = found, strength
        else:
            most = strength
    return extra


def _reaching(
    basis: _Basis, start: NDArray[np.float64], bits: NDArray[np.float64], strength: float, spared: float
) -> NDArray[np.float64]:
    """What to add so that sums reach a height, but for a share of them, the dearest, that the code mends."""
    extra = np.zeros(basis.size)
    paid = np.ones(len(bits), bool)
    for step in range(_STEPS):
        values = start + extra
        limits = basis.limits(values)
        lacks = np.maximum(strength - bits * basis.sums(values, limits), 0.0)
        if step == 0 and spared:
            paid = lacks <= np.quantile(lacks, 1.0 - spared)
        lacks *= paid
        if lacks.max() <= 0.05 * abs(strength):
            break
        extra += 1.2 * basis.spread(bits * lacks, values, limits)
    return extra
