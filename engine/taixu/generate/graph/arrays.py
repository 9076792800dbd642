"""Kernels by numpy: float32 arrays [height, width], vectors [2 to 4, height, width]; rows from the lower edge up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.graph.kernel import Kernel, Source
from taixu.generate.graph.values import Backend, Kind, Value

__all__ = ["ArrayBackend", "array_kernel", "array_source"]

Array = NDArray[Any]
_TYPES: dict[str, Any] = {"int": np.int32, "uint": np.uint32, "bool": np.bool_}
_CALLS: dict[str, Callable[..., Any]] = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "negate": np.negative,
    "mod": lambda a, b: a - b * np.floor(a / b), "min": np.minimum, "max": np.maximum, "power": np.power,
    "floor": np.floor, "ceil": np.ceil, "absolute": np.abs, "sign": np.sign, "sqrt": np.sqrt, "exp": np.exp, "log": np.log,
    "sin": np.sin, "cos": np.cos, "atan2": np.arctan2, "less": np.less, "equal": np.equal, "and": np.logical_and,
    "or": np.logical_or, "not": np.logical_not, "xor": np.bitwise_xor, "right": np.right_shift, "select": np.where,
    "dot": lambda a, b: np.sum(a * b, axis=0, dtype=np.float32),
}  # fmt: skip


class ArrayBackend(Backend):
    """Computes at once."""

    def constant(self, number: float | bool, kind: Kind) -> Array:
        return np.full((1, 1), number, _TYPES.get(kind, np.float32))

    def call(self, name: str, kind: Kind, arguments: tuple[Value, ...]) -> Array:
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            result: Array = _CALLS[name](*(each.data for each in arguments))
        return result

    def pack(self, kind: Kind, parts: tuple[Value, ...]) -> Array:
        return np.stack(np.broadcast_arrays(*(part.data for part in parts)))

    def part(self, value: Value, index: int) -> Array:
        part: Array = value.data[index]
        return part

    def cast(self, value: Value, kind: Kind) -> Array:
        with np.errstate(invalid="ignore"):
            cast: Array = value.data.astype(_TYPES.get(kind, np.float32))
        return cast


def array_kernel(size: int) -> Kernel:
    """A kernel over a picture of `size` by `size` pixels."""
    kernel = Kernel(ArrayBackend())
    line = ((np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)).astype(np.float32)
    kernel.at = Value(kernel, "vec2", np.stack(np.broadcast_arrays(line[None, :], line[:, None])))
    kernel.size = kernel.value(float(size))
    return kernel


def array_source(kernel: Kernel, picture: Array, kind: Kind) -> Source:
    """A picture [height, width] or [channels, height, width] that a kernel reads."""
    height, width = picture.shape[-2:]

    def texel(x: Value, y: Value) -> Value:
        rows, columns = np.broadcast_arrays(y.data % height, x.data % width)
        return Value(kernel, kind, picture[..., rows, columns])

    return Source(texel, kernel.at, kernel.size)
