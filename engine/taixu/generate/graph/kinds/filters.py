"""What a pixel's surroundings make of it: blur, slope, hollows and crests, how much of the sky is seen."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from taixu.generate.graph.kernel import Kernel
from taixu.generate.graph.nodes import Socket, field, node
from taixu.generate.graph.values import Kind

__all__: list[str] = []
_PICTURE: dict[str, Socket] = {"value": Socket(is_sampled=True)}
_REACH = 6
_WEIGHTS = np.exp(-0.5 * (np.arange(-_REACH, _REACH + 1) / (_REACH / 2.4)) ** 2)
_AROUND = tuple((float(np.cos(a)), float(np.sin(a))) for a in np.arange(8) * np.pi / 4)


@node("filter.blur")
class Blur:
    """A Gaussian in one direction; two nodes after each other blur in both."""

    inputs: ClassVar[dict[str, Socket]] = _PICTURE
    radius: float = field(default=0.01, minimum=0.0, maximum=0.25, doc="of the square")
    is_upwards: bool = field(default=False)

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        total = k.value(0.0)
        stride = p.radius / float(_REACH)
        for step, weight in zip(range(-_REACH, _REACH + 1), _WEIGHTS / _WEIGHTS.sum(), strict=True):
            away = k.vec(0.0, stride * float(step)) if p.is_upwards else k.vec(stride * float(step), 0.0)
            total = total + i.value.sample(k.at + away) * float(weight)
        return {"value": total}


@node("filter.curvature")
class Curvature:
    """How much a height stands out of its surroundings: 0.5 where it is even, more on crests, less in hollows."""

    inputs: ClassVar[dict[str, Socket]] = {"height": Socket(is_sampled=True)}
    radius: float = field(default=0.01, minimum=0.0005, maximum=0.2, doc="of the square")
    strength: float = field(default=4.0, minimum=0.0, maximum=100.0)

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        around = k.value(0.0)
        for x, y in _AROUND:
            around = around + i.height.sample(k.at + k.vec(p.radius * x, p.radius * y))
        return {"value": k.clamp(0.5 + p.strength * (i.height.sample(k.at) - around / float(len(_AROUND))))}


@node("filter.normal")
class Normal:
    """Unit normals of a height: x to the right, y upwards, z out of the surface, as glTF has them."""

    inputs: ClassVar[dict[str, Socket]] = {"height": Socket(is_sampled=True)}
    outputs: ClassVar[dict[str, Kind]] = {"value": "vec3"}
    shows_directions: ClassVar[bool] = True
    relief: float = field(default=0.02, minimum=0.0, maximum=1.0, doc="how high 1 is, in edges of the square")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        h = i.height
        # Sobel: three differences side by side, the middle one twice.
        dx = (h.beside(1, 1) - h.beside(-1, 1)) + 2.0 * (h.beside(1, 0) - h.beside(-1, 0)) + (h.beside(1, -1) - h.beside(-1, -1))
        dy = (h.beside(1, 1) - h.beside(1, -1)) + 2.0 * (h.beside(0, 1) - h.beside(0, -1)) + (h.beside(-1, 1) - h.beside(-1, -1))
        slope = p.relief * k.size * 0.125
        n = k.vec(-dx * slope, -dy * slope, 1.0)
        return {"value": n / k.length(n)}


@node("filter.openness")
class Openness:
    """How much of the sky a height sees, by its horizon in eight directions: 1 on a plain, less in hollows."""

    inputs: ClassVar[dict[str, Socket]] = {"height": Socket(is_sampled=True)}
    relief: float = field(default=0.02, minimum=0.0, maximum=1.0, doc="how high 1 is, in edges of the square")
    reach: float = field(default=0.05, minimum=0.001, maximum=0.5, doc="of the square")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        here = i.height.beside(0, 0)
        pixel = k.floor(k.at * k.size)
        seen = k.value(0.0)
        for x, y in _AROUND:
            rise = k.value(0.0)
            for share in (0.08, 0.3, 1.0):
                away = p.reach * share
                to_x, to_y = k.floor(pixel.x + x * away * k.size + 0.5), k.floor(pixel.y + y * away * k.size + 0.5)
                there = i.height.pixel(k.int(to_x), k.int(to_y))
                rise = k.max(rise, (there - here) * p.relief / k.max(away, 1.0 / k.size))
            # A horizon at an angle with this tangent hides sin^2 of it of an even sky's light on that side.
            seen = seen + 1.0 / (1.0 + rise * rise)
        return {"value": seen / float(len(_AROUND))}
