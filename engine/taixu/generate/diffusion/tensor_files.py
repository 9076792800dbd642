"""Headers of safetensors files, checked before anything else reads them.

Format: eight bytes that say how long the header is (little-endian), the header (JSON: name to dtype, shape and offsets),
then the tensors, one after the other without gaps (https://github.com/huggingface/safetensors#format).
"""

from __future__ import annotations

import json
import os
import struct
from dataclasses import dataclass
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError

__all__ = ["TensorFacts", "TensorFile", "is_tensor_file", "read_tensor_file"]

_LONGEST_HEADER = 32 << 20
_MOST_TENSORS = 200_000
_MOST_AXES = 8
_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "U16": 16, "I16": 16, "F16": 16, "BF16": 16,
    "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """What a header says of a tensor."""

    dtype: str
    shape: tuple[int, ...]
    byte_count: int


@dataclass(frozen=True)
class TensorFile:
    """A safetensors file whose header is true."""

    path: Path
    tensors: dict[str, TensorFacts]
    metadata: dict[str, str]

    @cached_property
    def value_count(self) -> int:
        """Numbers in it."""
        return sum(prod(each.shape) for each in self.tensors.values())

    @cached_property
    def dtype(self) -> str:
        """What most of its bytes are."""
        counts: dict[str, int] = {}
        for each in self.tensors.values():
            counts[each.dtype] = counts.get(each.dtype, 0) + each.byte_count
        return max(counts, key=lambda name: counts[name], default="")


def read_tensor_file(path: Path) -> TensorFile:
    """The header of a safetensors file, held against the file's size.

    Raises
    ------
    TaixuError
        When it is damaged or lies: a header longer than the file, tensors that overlap, leave gaps, or lie outside.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            length = struct.unpack("<Q", start)[0] if len(start) == 8 else -1
            if not 2 <= length <= min(size - 8, _LONGEST_HEADER):
                raise TaixuError(f"{path.name}: is no safetensors file, or a damaged one (it says its header has {length:,} bytes)")
            text = file.read(length)
    except OSError as error:
        raise TaixuError(f"{path.name}: cannot be read ({error.strerror or error})") from error
    try:
        header = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise TaixuError(f"{path.name}: its header is no JSON; the file is damaged") from error
    tensors = _tensors(header, size - 8 - length, path.name)
    said = header.get("__metadata__") or {}
    if not isinstance(said, dict) or not all(isinstance(each, str) for each in said.values()):
        raise TaixuError(f"{path.name}: what its header says of the file is no table of texts; the file is damaged")
    return TensorFile(path, tensors, said)


def _tensors(header: Any, room: int, name: str) -> dict[str, TensorFacts]:
    if not isinstance(header, dict) or len(header) > _MOST_TENSORS:
        raise TaixuError(f"{name}: its header is no table of tensors")
    found: dict[str, TensorFacts] = {}
    spans = []
    for key, about in header.items():
        if key == "__metadata__":
            continue
        begin, facts = _facts(key, about, name)
        found[key] = facts
        spans.append((begin, facts.byte_count))
    end = 0
    for begin, count in sorted(spans):
        if begin != end:
            raise TaixuError(f"{name}: tensors in it overlap or leave gaps; the file is damaged")
        end += count
    if end != room:
        raise TaixuError(f"{name}: its header speaks of {end:,} bytes of tensors and {room:,} are there; it was cut off or changed")
    return found


def _facts(key: str, about: Any, name: str) -> tuple[int, TensorFacts]:
    shown = key[:60]
    try:
        dtype, shape, (begin, end) = about["dtype"], about["shape"], about["data_offsets"]
    except (TypeError, KeyError, ValueError) as error:
        raise TaixuError(f"{name}: its header does not describe the tensor {shown!r}") from error
    whole = isinstance(shape, list) and all(type(each) is int and 0 <= each < 1 << 40 for each in (*shape, begin, end))
    if dtype not in _BITS or not whole or len(shape) > _MOST_AXES:
        raise TaixuError(f"{name}: the tensor {shown!r} has a kind or a shape that Taixu does not know")
    count = prod(shape) * _BITS[dtype] // 8
    if end - begin != count:
        raise TaixuError(f"{name}: the tensor {shown!r} says it has {end - begin:,} bytes, and its shape wants {count:,}")
    return begin, TensorFacts(dtype, tuple(shape), count)


def is_tensor_file(path: Path) -> bool:
    """Whether a name says that it is one."""
    return os.path.splitext(path.name)[1].lower() == ".safetensors"
