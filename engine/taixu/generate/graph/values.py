"""Values of kernels: what a node computes with, for all pixels of a picture at once.

A kernel is written once, as a Python function over these values. What an operator does is the backend's business: numpy
computes an array (`arrays`), the other one writes a line of GLSL (`glsl`). So a node works the same with a GPU and without.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from taixu.generate.graph.kernel import Kernel

__all__ = ["WIDTHS", "Backend", "Kind", "Like", "Value"]

Kind = Literal["float", "vec2", "vec3", "vec4", "int", "uint", "bool"]
WIDTHS: dict[str, int] = {"float": 1, "vec2": 2, "vec3": 3, "vec4": 4, "int": 1, "uint": 1, "bool": 1}


class Backend(ABC):
    """Does what values ask for. `data` is an array, or the name of a variable in GLSL."""

    @abstractmethod
    def constant(self, number: float | bool, kind: Kind) -> Any:
        """The same number everywhere."""

    @abstractmethod
    def call(self, name: str, kind: Kind, arguments: tuple[Value, ...]) -> Any:
        """An operation by name, with a result of this kind."""

    @abstractmethod
    def pack(self, kind: Kind, parts: tuple[Value, ...]) -> Any:
        """A vector of numbers."""

    @abstractmethod
    def part(self, value: Value, index: int) -> Any:
        """A number of a vector."""

    @abstractmethod
    def cast(self, value: Value, kind: Kind) -> Any:
        """A number as another kind of number; towards zero where it loses something."""


class Value:
    """Numbers or vectors, one for each pixel; combined by Python's operators and by the kernel's functions."""

    __slots__ = ("data", "kernel", "kind")

    def __init__(self, kernel: Kernel, kind: Kind, data: Any) -> None:
        self.kernel, self.kind, self.data = kernel, kind, data

    def __add__(self, other: Like) -> Value:
        return self.kernel.call("add", self, other)

    def __radd__(self, other: Like) -> Value:
        return self.kernel.call("add", other, self)

    def __sub__(self, other: Like) -> Value:
        return self.kernel.call("subtract", self, other)

    def __rsub__(self, other: Like) -> Value:
        return self.kernel.call("subtract", other, self)

    def __mul__(self, other: Like) -> Value:
        return self.kernel.call("multiply", self, other)

    def __rmul__(self, other: Like) -> Value:
        return self.kernel.call("multiply", other, self)

    def __truediv__(self, other: Like) -> Value:
        return self.kernel.call("divide", self, other)

    def __rtruediv__(self, other: Like) -> Value:
        return self.kernel.call("divide", other, self)

    def __mod__(self, other: Like) -> Value:
        return self.kernel.call("mod", self, other)

    def __neg__(self) -> Value:
        return self.kernel.call("negate", self)

    def __lt__(self, other: Like) -> Value:
        return self.kernel.call("less", self, other)

    def __gt__(self, other: Like) -> Value:
        return self.kernel.call("less", other, self)

    def __le__(self, other: Like) -> Value:
        return ~self.kernel.call("less", other, self)

    def __ge__(self, other: Like) -> Value:
        return ~self.kernel.call("less", self, other)

    def __invert__(self) -> Value:
        return self.kernel.call("not", self)

    def __and__(self, other: Like) -> Value:
        return self.kernel.call("and", self, other)

    def __or__(self, other: Like) -> Value:
        return self.kernel.call("or", self, other)

    def __xor__(self, other: Like) -> Value:
        return self.kernel.call("xor", self, other)

    def __rshift__(self, other: Like) -> Value:
        return self.kernel.call("right", self, other)

    def __getitem__(self, index: int) -> Value:
        return Value(self.kernel, "float", self.kernel.backend.part(self, index))

    @property
    def x(self) -> Value:
        """The first number of a vector."""
        return self[0]

    @property
    def y(self) -> Value:
        """The second number of a vector."""
        return self[1]

    @property
    def z(self) -> Value:
        """The third number of a vector."""
        return self[2]

    @property
    def w(self) -> Value:
        """The fourth number of a vector."""
        return self[3]

    @property
    def width(self) -> int:
        """How many numbers it is a vector of; 1 where it is none."""
        return WIDTHS[self.kind]


Like: TypeAlias = Value | float | int | bool
