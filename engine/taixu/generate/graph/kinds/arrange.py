"""Pictures put elsewhere: bent, turned, repeated."""

from __future__ import annotations

from typing import Any, ClassVar

from taixu.generate.graph.kernel import Kernel
from taixu.generate.graph.nodes import Socket, field, node

__all__: list[str] = []


@node("arrange.bend")
class Bend:
    """A picture whose places are shifted by two others."""

    inputs: ClassVar[dict[str, Socket]] = {
        "value": Socket(is_sampled=True), "x": Socket(default=0.5, doc="0.5 does not shift"), "y": Socket(default=0.5),
    }  # fmt: skip
    strength: float = field(default=0.05, minimum=0.0, maximum=1.0, doc="of the square")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        return {"value": i.value.sample(k.at + k.vec(i.x - 0.5, i.y - 0.5) * p.strength)}


@node("arrange.repeat")
class Repeat:
    """A picture several times beside itself, and shifted."""

    inputs: ClassVar[dict[str, Socket]] = {"value": Socket(is_sampled=True)}
    across: int = field(default=2, minimum=1, maximum=64)
    upwards: int = field(default=2, minimum=1, maximum=64)
    shift_x: float = field(default=0.0, minimum=-1.0, maximum=1.0)
    shift_y: float = field(default=0.0, minimum=-1.0, maximum=1.0)
    is_turned: bool = field(default=False, doc="by a quarter")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        at = k.at * k.vec(p.across, p.upwards) + k.vec(p.shift_x, p.shift_y)
        return {"value": i.value.sample(k.vec(at.y, -at.x) if p.is_turned else at)}
