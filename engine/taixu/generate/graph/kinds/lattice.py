"""Noise on grids that repeat: what kinds of nodes are made of.

Gradient noise: Perlin, "Improving Noise", 2002, with unit gradients of any direction. Cells: Worley, "A Cellular Texture
Basis Function", 1996; the distance to a cell's edge is that to the line between the two nearest points.
"""

from __future__ import annotations

from taixu.generate.graph.kernel import TURN, Kernel
from taixu.generate.graph.values import Value

__all__ = ["cells", "gradient_noise", "layers", "value_noise"]


def _corner(k: Kernel, cell: Value, away: Value, seed: Value) -> Value:
    angle = k.unit(k.hash(k.int(cell.x), k.int(cell.y), k.int(seed))) * TURN
    return k.cos(angle) * away.x + k.sin(angle) * away.y


def _smooth(f: Value) -> Value:
    return f * f * f * (f * (f * 6.0 - 15.0) + 10.0)


def gradient_noise(k: Kernel, p: Value, period: Value, seed: Value) -> Value:
    """About -1 to 1 at a point of a grid that repeats after `period` cells (vec2 of whole numbers)."""
    cell = k.floor(p)
    f = p - cell
    low = k.vec(k.wrap(cell.x, period.x), k.wrap(cell.y, period.y))
    high = k.vec(k.wrap(cell.x + 1.0, period.x), k.wrap(cell.y + 1.0, period.y))
    s = _smooth(f)
    a = k.shared(_corner, low, f, seed)
    b = k.shared(_corner, k.vec(high.x, low.y), k.vec(f.x - 1.0, f.y), seed)
    c = k.shared(_corner, k.vec(low.x, high.y), k.vec(f.x, f.y - 1.0), seed)
    d = k.shared(_corner, high, f - 1.0, seed)
    return k.mix(k.mix(a, b, s.x), k.mix(c, d, s.x), s.y) * 1.4


def value_noise(k: Kernel, p: Value, period: Value, seed: Value) -> Value:
    """0 to 1: chance at the corners, smooth between."""
    cell = k.floor(p)
    s = _smooth(p - cell)
    x0, y0 = k.int(k.wrap(cell.x, period.x)), k.int(k.wrap(cell.y, period.y))
    x1, y1 = k.int(k.wrap(cell.x + 1.0, period.x)), k.int(k.wrap(cell.y + 1.0, period.y))
    number = k.int(seed)
    low = k.mix(k.chance(x0, y0, number), k.chance(x1, y0, number), s.x)
    high = k.mix(k.chance(x0, y1, number), k.chance(x1, y1, number), s.x)
    return k.mix(low, high, s.y)


def layers(k: Kernel, at: Value, period: Value, seed: Value, *, octaves: int, roughness: Value, fold: str = "plain") -> Value:
    """The sum of ever finer noise, -1 to 1; each is `roughness` times as strong as the one before.

    `fold`: "ridged" has sharp crests where noise is zero, "billowed" sharp valleys.
    """
    total: Value = k.value(0.0)
    most: Value = k.value(0.0)
    strength: Value = k.value(1.0)
    for i in range(octaves):
        cells_here = period * float(1 << i)
        # Lattices that lay on each other would all be steepest at the square's edges, which would show there.
        shifted = at * cells_here + k.vec(0.37 * i, 0.71 * i)
        n = k.shared(gradient_noise, shifted, cells_here, seed + float(101 * i))
        if fold == "ridged":
            n = 1.0 - 2.0 * k.abs(n)
        elif fold == "billowed":
            n = 2.0 * k.abs(n) - 1.0
        total = total + n * strength
        most = most + strength
        strength = strength * roughness
    return total / most


def _cell_point(k: Kernel, cell: Value, seed: Value, jitter: Value) -> Value:
    """Where the point of a cell is within it, and a number of its own: x, y, chance."""
    bits = k.hash(k.int(cell.x), k.int(cell.y), k.int(seed))
    other = k.again(bits)
    return k.vec(0.5 + jitter * (k.unit(bits) - 0.5), 0.5 + jitter * (k.unit(other) - 0.5), k.unit(k.again(other)))


def cells(k: Kernel, p: Value, period: Value, seed: Value, jitter: Value) -> tuple[Value, Value, Value]:
    """Distance to the nearest point, to the edge of its cell, and the cell's number from 0 to 1; in cells."""
    base = k.floor(p)
    f = p - base
    near: Value = k.value(9.0)
    near2: Value = k.value(9.0)
    to_near = k.vec(0.0, 0.0)
    to_near2 = k.vec(0.0, 0.0)
    number: Value = k.value(0.0)
    for y in (-1, 0, 1):
        for x in (-1, 0, 1):
            cell = k.vec(k.wrap(base.x + float(x), period.x), k.wrap(base.y + float(y), period.y))
            point = k.shared(_cell_point, cell, seed, jitter)
            to = k.vec(point.x + float(x) - f.x, point.y + float(y) - f.y)
            d = k.dot(to, to)
            nearest, second = d < near, d < near2
            near2 = k.where(nearest, near, k.where(second, d, near2))
            to_near2 = k.where(nearest, to_near, k.where(second, to, to_near2))
            near, to_near = k.where(nearest, d, near), k.where(nearest, to, to_near)
            number = k.where(nearest, point.z, number)
    between = to_near2 - to_near
    edge = k.dot(to_near + to_near2, between) * 0.5 / k.max(k.length(between), 1e-4)
    return k.sqrt(near), k.max(edge, 0.0), number
