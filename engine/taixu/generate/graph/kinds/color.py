"""Colours: made of numbers, mixed, and varied. All are linear Rec.709."""

from __future__ import annotations

from typing import Any, ClassVar

from taixu.generate.graph.kernel import TURN, Kernel
from taixu.generate.graph.nodes import Color, Socket, field, node
from taixu.generate.graph.values import Kind, Value

__all__: list[str] = []
_COLOR: dict[str, Kind] = {"value": "vec3"}


@node("color.ramp")
class Ramp:
    """A colour for each number from 0 to 1, by four colours and where the middle two stand."""

    inputs: ClassVar[dict[str, Socket]] = {"value": Socket()}
    outputs: ClassVar[dict[str, Kind]] = _COLOR
    first: Color = field(default=(0.02, 0.02, 0.02), minimum=0.0, maximum=1000.0)
    second: Color = field(default=(0.2, 0.2, 0.2), minimum=0.0, maximum=1000.0)
    third: Color = field(default=(0.5, 0.5, 0.5), minimum=0.0, maximum=1000.0)
    fourth: Color = field(default=(0.9, 0.9, 0.9), minimum=0.0, maximum=1000.0)
    second_at: float = field(default=0.33, minimum=0.0, maximum=1.0)
    third_at: float = field(default=0.67, minimum=0.0, maximum=1.0)

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        def share(low: Value, high: Value) -> Value:
            return k.clamp((i.value - low) / k.max(high - low, 1e-4))

        color = k.mix(p.first, p.second, share(k.value(0.0), p.second_at))
        color = k.mix(color, p.third, share(p.second_at, p.third_at))
        return {"value": k.mix(color, p.fourth, share(p.third_at, k.value(1.0)))}


@node("color.mix")
class Mix:
    """From one colour to another, by a share."""

    inputs: ClassVar[dict[str, Socket]] = {
        "a": Socket("vec3", (0.0, 0.0, 0.0)), "b": Socket("vec3", (1.0, 1.0, 1.0)), "share": Socket(default=0.5),
    }  # fmt: skip
    outputs: ClassVar[dict[str, Kind]] = _COLOR

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        return {"value": k.mix(i.a, i.b, k.clamp(i.share))}


@node("color.vary")
class Vary:
    """A colour that differs from thing to thing: by their numbers its hue turns, and its strength and brightness change."""

    inputs: ClassVar[dict[str, Socket]] = {"color": Socket("vec3", (0.5, 0.5, 0.5)), "number": Socket(default=0.5)}
    outputs: ClassVar[dict[str, Kind]] = _COLOR
    hue: float = field(default=0.03, minimum=0.0, maximum=1.0, unit="turns")
    strength: float = field(default=0.2, minimum=0.0, maximum=1.0)
    brightness: float = field(default=0.3, minimum=0.0, maximum=1.0)

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        first = i.number * 2.0 - 1.0
        second = k.fract(i.number * 17.31) * 2.0 - 1.0
        third = k.fract(i.number * 91.7) * 2.0 - 1.0
        grey = k.dot(i.color, k.vec(0.2126, 0.7152, 0.0722))
        # Hue turns about the grey axis: Rodrigues' rotation with the axis (1, 1, 1) / sqrt 3.
        angle = first * p.hue * TURN
        c, s = k.cos(angle), k.sin(angle) * 0.57735
        r, g, b = i.color.x, i.color.y, i.color.z
        mean = (r + g + b) * (1.0 - c) / 3.0
        turned = k.vec(r * c + mean + (b - g) * s, g * c + mean + (r - b) * s, b * c + mean + (g - r) * s)
        strong = k.vec(grey, grey, grey) + (turned - grey) * (1.0 + second * p.strength)
        return {"value": k.max(strong * k.exp(third * p.brightness), 0.0)}
