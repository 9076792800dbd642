"""Noise: layers, crests, cells, grain and streaks. All repeat at the square's edges."""

from __future__ import annotations

from typing import Any, ClassVar

from taixu.generate.graph.kernel import TURN, Kernel
from taixu.generate.graph.kinds.lattice import cells, gradient_noise, layers
from taixu.generate.graph.nodes import Fixed, Socket, field, node
from taixu.generate.graph.values import Kind

__all__: list[str] = []


@node("noise.layers")
class Layers:
    """Layers of noise, each finer and fainter than the one before."""

    across: int = field(default=4, minimum=1, maximum=1024, doc="cells of the coarsest layer, from left to right")
    upwards: int = field(default=4, minimum=1, maximum=1024, doc="the same from below to above")
    octaves: Fixed = field(default=6, minimum=1, maximum=10)
    roughness: float = field(default=0.5, minimum=0.0, maximum=1.0)
    contrast: float = field(default=1.5, minimum=0.1, maximum=8.0)
    fold: str = field(default="plain", choices=("plain", "ridged", "billowed"))

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        period = k.vec(p.across, p.upwards)
        n = layers(k, k.at, period, p.seed, octaves=p.octaves, roughness=p.roughness, fold=p.fold)
        return {"value": k.clamp(0.5 + 0.5 * p.contrast * n)}


@node("noise.swirls")
class Swirls:
    """Layers of noise, bent by themselves: veins, smoke, marble."""

    scale: int = field(default=3, minimum=1, maximum=64)
    octaves: Fixed = field(default=5, minimum=1, maximum=8)
    roughness: float = field(default=0.5, minimum=0.0, maximum=1.0)
    bend: float = field(default=0.15, minimum=0.0, maximum=1.0, doc="of the square")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        period = k.vec(p.scale, p.scale)
        octaves = min(p.octaves, 4)
        x = layers(k, k.at, period, p.seed + 7.0, octaves=octaves, roughness=p.roughness)
        y = layers(k, k.at, period, p.seed + 13.0, octaves=octaves, roughness=p.roughness)
        bent = k.at + k.vec(x, y) * p.bend
        n = layers(k, bent, period, p.seed, octaves=p.octaves, roughness=p.roughness)
        return {"value": k.clamp(0.5 + 0.75 * n)}


@node("noise.cells")
class Cells:
    """Cells round scattered points: how near the point and the cell's edge are, and a number for each cell."""

    outputs: ClassVar[dict[str, Kind]] = {"near": "float", "edge": "float", "number": "float"}
    across: int = field(default=8, minimum=1, maximum=1024)
    upwards: int = field(default=8, minimum=1, maximum=1024)
    jitter: float = field(default=1.0, minimum=0.0, maximum=1.0)

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        period = k.vec(p.across, p.upwards)
        near, edge, number = cells(k, k.at * period, period, p.seed, p.jitter)
        return {"near": near, "edge": edge, "number": number}


@node("noise.grain")
class Grain:
    """Chance in each cell of a fine grid, without any likeness of neighbours."""

    scale: int = field(default=512, minimum=1, maximum=4096)

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        cell = k.floor(k.at * p.scale)
        return {"value": k.chance(k.int(cell.x), k.int(cell.y), k.int(p.seed))}


@node("noise.streaks")
class Streaks:
    """Long thin marks from left to right: brushed metal, fibres."""

    across: int = field(default=2, minimum=1, maximum=64, doc="how many follow each other")
    upwards: int = field(default=256, minimum=1, maximum=2048, doc="how many lie over each other")
    layers: Fixed = field(default=3, minimum=1, maximum=5)

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        total = k.value(0.0)
        for each in range(p.layers):
            period = k.vec(p.across * float(1 << each), p.upwards / float(1 << (each // 2)))
            period = k.floor(k.max(period, 1.0))
            total = total + k.shared(gradient_noise, k.at * period, period, p.seed + float(31 * each))
        return {"value": k.clamp(0.5 + total * (0.9 / float(p.layers)))}


@node("noise.waves")
class Waves:
    """Stripes of a sine, bent by what is connected; their direction is one in which they repeat."""

    inputs: ClassVar[dict[str, Socket]] = {"bend": Socket(doc="turns by which the stripes are shifted")}
    across: int = field(default=8, minimum=-2048, maximum=2048)
    upwards: int = field(default=0, minimum=-2048, maximum=2048)

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        turns = k.at.x * p.across + k.at.y * p.upwards + i.bend
        return {"value": 0.5 + 0.5 * k.sin(turns * TURN)}
