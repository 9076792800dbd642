"""Bits that survive: a checksum, a convolutional code of rate 1/2 and constraint length 7, and Viterbi's decoder for soft values.

The code is that of NASA's Voyager (generators 171 and 133 in octal; CCSDS 131.0-B), ended with zeros; the checksum CRC-16/CCITT.
"""

from __future__ import annotations

import binascii

import numpy as np
from numpy.typing import NDArray

__all__ = ["ID_BYTES", "coded_length", "decode_id", "encode_id"]

ID_BYTES = 4
_STATES = 64
_GENERATORS = (0o171, 0o133)
_TAIL = 6


def coded_length() -> int:
    """How many bits an id comes to."""
    return 2 * (8 * (ID_BYTES + 2) + _TAIL)


def encode_id(payload: bytes) -> NDArray[np.int8]:
    """The coded bits of an id of four bytes, as +1 and -1."""
    message = payload + binascii.crc_hqx(payload, 0xFFFF).to_bytes(2, "big")
    bits = np.unpackbits(np.frombuffer(message, np.uint8)).tolist() + [0] * _TAIL
    state, found = 0, []
    for bit in bits:
        window = bit << _TAIL | state
        found += [1 - 2 * ((window & mask).bit_count() & 1) for mask in _GENERATORS]
        state = window >> 1
    return np.array(found, np.int8)


def decode_id(soft: NDArray[np.float64]) -> bytes | None:
    """The id whose bits these values are nearest to (positive for +1); None where its checksum is wrong."""
    steps = len(soft) // 2
    states = np.arange(_STATES)
    # Into state s lead the two windows (b, s') with s = window >> 1: the windows 2s and 2s + 1, whose high bit is the message's.
    windows = np.stack([2 * states, 2 * states + 1])
    signs = np.array([[[1.0 - 2.0 * (int(w & mask).bit_count() & 1) for mask in _GENERATORS] for w in row] for row in windows])
    origins = windows & (_STATES - 1)
    best = np.full(_STATES, -np.inf)
    best[0] = 0.0
    choices = np.empty((steps, _STATES), np.int8)
    for step in range(steps):
        scores = best[origins] + signs @ soft[2 * step : 2 * step + 2]
        choices[step] = scores.argmax(axis=0)
        best = scores.max(axis=0)
    state, bits = 0, []
    for step in range(steps - 1, -1, -1):
        window = 2 * state + int(choices[step, state])
        bits.append(window >> _TAIL)
        state = window & (_STATES - 1)
    message = np.packbits(np.array(bits[: _TAIL - 1 : -1], np.uint8)).tobytes()
    payload = message[:ID_BYTES]
    return payload if binascii.crc_hqx(payload, 0xFFFF).to_bytes(2, "big") == message[ID_BYTES:] else None
