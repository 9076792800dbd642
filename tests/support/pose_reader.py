"""Reads what viewers hear of poses, as a page does."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from taixu.serve.quantised import WEIGHT_STEPS

__all__ = ["PoseReader", "unpacked_turns"]


class PoseReader:
    """A viewer that builds poses up from messages: `bodies` as they were told, and what is known of each."""

    def __init__(self) -> None:
        self.bodies: dict[int, list[Any]] = {}
        self.turns: dict[int, dict[int, np.ndarray]] = {}
        self.shifts: dict[int, dict[int, np.ndarray]] = {}
        self.weights: dict[int, dict[int, float]] = {}
        self.bytes = self.messages = 0

    def hear(self, message: str | bytes) -> None:
        """Take a message; those that are not about poses are left alone."""
        if isinstance(message, str):
            said = json.loads(message)
            if "bodies" in said and said["bodies"] is None:
                self.bodies.clear()
            for number, facts in (said.get("bodies") or {}).items():
                for known in (self.bodies, self.turns, self.shifts, self.weights):
                    known.pop(int(number), None)
                if facts is not None:
                    self.bodies[int(number)] = facts
        elif message[:4] == b"TXP1":
            self.bytes += len(message)
            self.messages += 1
            self._read(message)

    def _read(self, message: bytes) -> None:
        _, _, count, masked, *counts = struct.unpack_from("<4s7I", message)
        at = 32

        def column(kind: str, length: int, width: int = 1) -> Any:
            nonlocal at
            values = np.frombuffer(message, kind, length * width, at)
            at += values.nbytes + -values.nbytes % 8
            return values if width == 1 else values.reshape(length, width)

        numbers, nodes, weights, sizes = column("<u4", count), *(column("<u2", count) for _ in range(3))
        masks = column("u1", masked)
        turns, shifts, sized, faces = (
            column("<u4", counts[0]), column("<i2", counts[1], 3), column("<f2", counts[2], 3), column("<i2", counts[3])
        )  # fmt: skip
        assert at == len(message)
        byte = taken = 0
        taken_of = [0, 0, 0, 0]
        for row, number in enumerate(numbers.tolist()):
            assert self.bodies[number][1:3] == [nodes[row], weights[row]]
            bits = np.unpackbits(masks[byte : byte + sizes[row]], bitorder="little")
            byte += int(sizes[row])
            for bit in np.flatnonzero(bits).tolist():
                kind, place = (bit // nodes[row], bit % nodes[row]) if bit < 3 * nodes[row] else (3, bit - 3 * nodes[row])
                value = (turns, shifts, sized, faces)[kind]
                taken = taken_of[kind]
                taken_of[kind] += 1
                if kind == 0:
                    self.turns.setdefault(number, {})[place] = unpacked_turns(value[taken : taken + 1])[:, 0]
                elif kind == 1:
                    self.shifts.setdefault(number, {})[place] = value[taken]
                elif kind == 3:
                    self.weights.setdefault(number, {})[place] = float(value[taken]) / WEIGHT_STEPS
        assert taken_of == counts and byte == masked


def unpacked_turns(packed: np.ndarray) -> np.ndarray:
    """Quaternions ``[4, n]`` of packed ones."""
    largest = packed >> 30
    steps = np.stack([(packed >> shift & 1023).astype(np.int64) - 511 for shift in (20, 10, 0)]) / (511 * np.sqrt(2))
    found = np.zeros((4, len(packed)))
    for place in range(3):
        found[(largest + 1 + place) % 4, np.arange(len(packed))] = steps[place]
    found[largest, np.arange(len(packed))] = np.sqrt(np.maximum(1 - (steps**2).sum(axis=0), 0))
    return found
