"""What kernels are written with: functions over values, and noise that repeats.

``k.at`` is the middle of the pixel in the unit square, x to the right and y upwards; whatever kernels make of it has to
be the same on both sides of the square's edges, so periods are whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taixu.generate.graph.values import WIDTHS, Backend, Kind, Like, Value

__all__ = ["Kernel", "Source"]

_KEEPS = frozenset({"add", "subtract", "multiply", "divide", "mod", "min", "max", "power"})
_SAME = frozenset({"negate", "floor", "ceil", "absolute", "sign", "sqrt", "exp", "log", "sin", "cos"})
_LOGIC = frozenset({"less", "equal", "and", "or", "not"})
_VECTORS: tuple[Kind, ...] = ("float", "vec2", "vec3", "vec4")
TURN = 6.283185307179586


class Source:
    """A picture that a node reads: its value at this pixel, or elsewhere."""

    def __init__(self, texel: Callable[[Value, Value], Value], at: Value, size: Value) -> None:
        self._texel, self._at, self._size = texel, at, size

    def pixel(self, x: Value, y: Value) -> Value:
        """At a pixel (of any whole number: the picture repeats)."""
        return self._texel(x, y)

    def beside(self, x: int, y: int) -> Value:
        """So many pixels to the right and upwards of this one."""
        k = self._at.kernel
        here = k.floor(self._at * self._size)
        return self._texel(k.int(here.x) + x, k.int(here.y) + y)

    def sample(self, at: Value) -> Value:
        """Anywhere in the unit square and beyond it, between the pixels."""
        k = at.kernel
        p = at * self._size - 0.5
        base = k.floor(p)
        f = p - base
        x, y = k.int(base.x), k.int(base.y)
        low = k.mix(self._texel(x, y), self._texel(x + 1, y), f.x)
        high = k.mix(self._texel(x, y + 1), self._texel(x + 1, y + 1), f.x)
        return k.mix(low, high, f.y)


class Kernel:
    """The functions; `backend` does what they ask for."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.at: Value
        self.size: Value
        """Pixels along an edge, a float."""

    # Making values

    def value(self, like: Like, kind: Kind = "float") -> Value:
        """A number as a value."""
        return like if isinstance(like, Value) else Value(self, kind, self.backend.constant(like, kind))

    def vec(self, *parts: Like) -> Value:
        """A vector of two to four numbers."""
        kind = _VECTORS[len(parts) - 1]
        return Value(self, kind, self.backend.pack(kind, tuple(self.value(part) for part in parts)))

    def int(self, value: Like) -> Value:
        """A whole number; what is behind the point is left out."""
        value = self.value(value)
        return value if value.kind == "int" else Value(self, "int", self.backend.cast(value, "int"))

    def uint(self, value: Like) -> Value:
        """The bits of a whole number."""
        value = self.value(value)
        return value if value.kind == "uint" else Value(self, "uint", self.backend.cast(self.int(value), "uint"))

    def float(self, value: Like) -> Value:
        """A number of single precision."""
        value = self.value(value)
        return value if value.kind == "float" else Value(self, "float", self.backend.cast(value, "float"))

    def call(self, name: str, *arguments: Like) -> Value:
        """An operation by name; plain numbers become what stands beside them."""
        first = next((each for each in arguments if isinstance(each, Value)), None)
        kind: Kind = first.kind if first is not None and WIDTHS[first.kind] == 1 else "float"
        values = tuple(self.value(each, kind) for each in arguments)
        widest = max(values, key=lambda value: value.width)
        if name in _LOGIC:
            result: Kind = "bool"
        elif name == "select":
            result = max(values[1:], key=lambda value: value.width).kind
        elif name in {"dot", "length"}:
            result = "float"
        else:
            result = widest.kind
        return Value(self, result, self.backend.call(name, result, values))

    # Functions of numbers, as GLSL has them

    def floor(self, a: Like) -> Value:
        """The next whole number below."""
        return self.call("floor", a)

    def ceil(self, a: Like) -> Value:
        """The next whole number above."""
        return self.call("ceil", a)

    def fract(self, a: Value) -> Value:
        """What is above the next whole number below."""
        return a - self.floor(a)

    def abs(self, a: Like) -> Value:
        """Without its sign."""
        return self.call("absolute", a)

    def sign(self, a: Like) -> Value:
        """-1, 0 or 1."""
        return self.call("sign", a)

    def sqrt(self, a: Like) -> Value:
        """The square root; of 0 where it is below."""
        return self.call("sqrt", self.max(a, 0.0))

    def exp(self, a: Like) -> Value:
        """e to the power."""
        return self.call("exp", a)

    def log(self, a: Like) -> Value:
        """The natural logarithm; of a tiny number where it is not above 0."""
        return self.call("log", self.max(a, 1e-30))

    def sin(self, a: Like) -> Value:
        """The sine of radians."""
        return self.call("sin", a)

    def cos(self, a: Like) -> Value:
        """The cosine of radians."""
        return self.call("cos", a)

    def atan2(self, y: Like, x: Like) -> Value:
        """The angle of a direction, radians."""
        return self.call("atan2", y, x)

    def pow(self, a: Like, b: Like) -> Value:
        """A number that is not below 0 to a power."""
        return self.call("power", self.max(a, 0.0), b)

    def min(self, a: Like, b: Like) -> Value:
        """The smaller one."""
        return self.call("min", a, b)

    def max(self, a: Like, b: Like) -> Value:
        """The larger one."""
        return self.call("max", a, b)

    def clamp(self, a: Like, low: Like = 0.0, high: Like = 1.0) -> Value:
        """Within bounds."""
        return self.min(self.max(a, low), high)

    def mix(self, a: Like, b: Like, share: Like) -> Value:
        """From one to the other."""
        a, b = self.value(a), self.value(b)
        return a + (b - a) * share

    def step(self, edge: Like, a: Like) -> Value:
        """0 below the edge, 1 from there on."""
        return self.where(self.call("less", a, edge), 0.0, 1.0)

    def smoothstep(self, low: Like, high: Like, a: Like) -> Value:
        """From 0 to 1 without corners; falling where `high` is below `low`."""
        a, low, high = self.value(a), self.value(low), self.value(high)
        span = high - low
        t = self.clamp((a - low) / self.where(self.abs(span) < 1e-9, 1e-9, span))
        return t * t * (3.0 - 2.0 * t)

    def where(self, condition: Value, yes: Like, no: Like) -> Value:
        """One where a condition holds, the other where not."""
        return self.call("select", condition, self.value(yes), self.value(no))

    def dot(self, a: Value, b: Value) -> Value:
        """The sum of products."""
        return self.call("dot", a, b)

    def length(self, a: Value) -> Value:
        """How long a vector is."""
        return self.sqrt(self.dot(a, a))

    def equal(self, a: Like, b: Like) -> Value:
        """Whether two whole numbers are the same."""
        return self.call("equal", a, b)

    def rotate(self, p: Value, angle_rad: Like) -> Value:
        """A point turned about zero."""
        c, s = self.cos(angle_rad), self.sin(angle_rad)
        return self.vec(c * p.x - s * p.y, s * p.x + c * p.y)

    # Chance

    def hash(self, x: Value, y: Value, seed: Value) -> Value:
        """Bits by two whole numbers and a seed: every one of them turns half of the bits."""
        h = self.uint(x) * self.value(0x9E3779B1, "uint") + self.uint(y) * self.value(0x85EBCA77, "uint")
        h = h + self.uint(seed) * self.value(0xC2B2AE3D, "uint")
        for shift, factor in ((15, 0x2C1B3C6D), (12, 0x297A2D39), (15, 0x9E3779B1)):
            h = (h ^ (h >> self.value(shift, "uint"))) * self.value(factor, "uint")
        return h ^ (h >> self.value(16, "uint"))

    def chance(self, x: Value, y: Value, seed: Value) -> Value:
        """A number from 0 to 1 by two whole numbers."""
        return self.unit(self.hash(x, y, seed))

    def unit(self, bits: Value) -> Value:
        """Bits as a number from 0 to 1."""
        return self.float(bits >> self.value(8, "uint")) * (1.0 / 16777216.0)

    def again(self, bits: Value) -> Value:
        """Other bits made of bits."""
        h = bits * self.value(0x2C1B3C6D, "uint") + self.value(0x9E3779B1, "uint")
        return h ^ (h >> self.value(15, "uint"))

    def wrap(self, cell: Value, period: Value) -> Value:
        """A whole number as a float, within a period."""
        return cell - period * self.floor(cell / period)

    def shared(self, function: Callable[..., Any], *arguments: Value, **constants: Any) -> Any:
        """Call a function of a kernel and values; GLSL has it written once, however often it is called.

        `constants` are plain numbers that it is specialised for. It returns one value.
        """
        share = getattr(self.backend, "share", None)
        return function(self, *arguments, **constants) if share is None else share(self, function, arguments, constants)
