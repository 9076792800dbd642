"""Patterns of things side by side: bricks, hexagons, scales, threads, strewn stones. All repeat at the square's edges.

``edge`` is how far inside a thing a pixel is, in heights of it, and 0 between things; ``number`` is a thing's own, 0 to 1.
"""

from __future__ import annotations

from typing import Any, ClassVar

from taixu.generate.graph.kernel import TURN, Kernel
from taixu.generate.graph.nodes import Fixed, field, node
from taixu.generate.graph.values import Kind, Value

__all__: list[str] = []
_PLACED: dict[str, Kind] = {"edge": "float", "number": "float", "x": "float", "y": "float"}


def _rounded(k: Kernel, x: Value, y: Value, radius: Value) -> Value:
    """How far inside a box with round corners one is; x and y as far inside its straight edges."""
    is_corner = (x < radius) & (y < radius)
    return k.where(is_corner, radius - k.length(k.vec(radius - x, radius - y)), k.min(x, y))


@node("pattern.bricks")
class Bricks:
    """Rows of boxes with gaps, each row shifted against the last: bricks, planks, tiles."""

    outputs: ClassVar[dict[str, Kind]] = _PLACED
    columns: int = field(default=4, minimum=1, maximum=256)
    rows: int = field(default=12, minimum=1, maximum=256)
    shift: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="of each row, in widths of a box")
    disorder: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="by which rows are shifted at random")
    gap: float = field(default=0.08, minimum=0.0, maximum=0.9, doc="in heights of a row")
    corner: float = field(default=0.05, minimum=0.001, maximum=0.5, unit="rows", doc="radius")
    uneven: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="how much edges lean, each its own way")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        row = k.floor(k.at.y * p.rows)
        # A whole number of shifts in all rows together, or the upper edge would not fit the lower one.
        shift = k.floor(p.rows * p.shift + 0.5) / p.rows * row
        seed = k.int(p.seed)
        shift = shift + p.disorder * k.chance(k.int(row), k.int(row) + 77, seed)
        x = k.at.x * p.columns + shift
        column = k.wrap(k.floor(x), p.columns)
        bits = k.hash(k.int(column), k.int(row), seed)
        fx, fy = k.fract(x), k.fract(k.at.y * p.rows)
        lean = (k.unit(k.again(bits)) - 0.5) * p.uneven * 0.3
        wide = p.rows / p.columns
        inside_x = k.min(fx, 1.0 - fx) * wide + lean * (fy - 0.5)
        inside_y = k.min(fy, 1.0 - fy) + lean * (fx - 0.5)
        half = p.gap * 0.5
        edge = k.max(_rounded(k, inside_x - half, inside_y - half, p.corner), 0.0)
        return {"edge": edge, "number": k.unit(bits), "x": fx, "y": fy}


@node("pattern.hexagons")
class Hexagons:
    """Honeycomb."""

    outputs: ClassVar[dict[str, Kind]] = {"edge": "float", "number": "float"}
    columns: int = field(default=6, minimum=1, maximum=128)
    pairs: int = field(default=5, minimum=1, maximum=128, doc="of rows")
    gap: float = field(default=0.06, minimum=0.0, maximum=0.9)

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        # Two grids of points, one in the middles of the other; the nearer point owns the pixel.
        scale = k.vec(p.columns, p.pairs)
        q = k.at * scale
        ratio = 1.7320508 * 0.5
        first = k.floor(q + 0.5)
        second = k.floor(q) + 0.5
        aspect = k.vec(1.0, 2.0 * ratio)
        to_first, to_second = (q - first) * aspect, (q - second) * aspect
        is_first = k.dot(to_first, to_first) < k.dot(to_second, to_second)
        to = k.where(is_first, to_first, to_second)
        cell = k.where(is_first, first, second)
        a = k.vec(k.abs(to.x), k.abs(to.y))
        inside = 0.5 - k.max(a.x, a.x * 0.5 + a.y * ratio)
        wrapped = k.vec(k.wrap(cell.x, p.columns), k.wrap(cell.y, p.pairs)) * 2.0
        return {
            "edge": k.max(inside - p.gap * 0.5, 0.0),
            "number": k.chance(k.int(wrapped.x), k.int(wrapped.y), k.int(p.seed)),
        }


@node("pattern.scales")
class Scales:
    """Rows of round tongues that lie over each other: fish, dragons, roofs."""

    outputs: ClassVar[dict[str, Kind]] = {"height": "float", "number": "float", "edge": "float", "y": "float"}
    columns: int = field(default=10, minimum=1, maximum=128)
    pairs: int = field(default=8, minimum=1, maximum=128, doc="of rows")
    length: float = field(default=1.6, minimum=1.05, maximum=2.0, doc="of a tongue, in rows")
    roundness: float = field(default=1.0, minimum=0.0, maximum=1.0, doc="0 is square, as slates are")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        rows = p.pairs * 2.0
        y = k.at.y * rows
        height, number = k.value(-1.0), k.value(0.0)
        edge, along = k.value(0.0), k.value(0.0)
        for step in (0, 1):  # the tongue of the row above hangs over this one's root
            row = k.floor(y) + float(step)
            wrapped = k.wrap(row, rows)
            x = k.at.x * p.columns + 0.5 * k.fract(wrapped * 0.5) * 2.0
            column = k.wrap(k.floor(x), p.columns)
            u = k.fract(x) * 2.0 - 1.0
            tip = row - (p.length - 1.0) + (1.0 - k.sqrt(1.0 - u * u * 0.999)) * 0.6 * p.roundness
            up = (y - tip) / p.length
            covers = (up >= 0.0) & (up <= 1.0)
            lies = 1.0 - up
            bits = k.hash(k.int(column), k.int(wrapped), k.int(p.seed))
            inside = k.min((1.0 - k.abs(u)) * 0.5, y - tip)
            height = k.where(covers, lies, height)
            number = k.where(covers, k.unit(bits), number)
            edge, along = k.where(covers, inside, edge), k.where(covers, up, along)
        return {"height": k.clamp(height), "number": number, "edge": k.max(edge, 0.0), "y": along}


@node("pattern.weave")
class Weave:
    """Threads over and under each other; `over` and `under` say for how many at a time (1 and 1: plain, 3 and 1: twill)."""

    outputs: ClassVar[dict[str, Kind]] = {"height": "float", "number": "float", "is_warp": "float", "along": "float"}
    across: int = field(default=32, minimum=2, maximum=512, doc="threads from below to above")
    upwards: int = field(default=32, minimum=2, maximum=512, doc="threads from left to right")
    over: Fixed = field(default=1, minimum=1, maximum=8)
    under: Fixed = field(default=1, minimum=1, maximum=8)
    width: float = field(default=0.9, minimum=0.2, maximum=1.0, doc="of a thread, in distances of threads")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        repeat = float(p.over + p.under)
        counts = k.floor(k.vec(p.across, p.upwards) / repeat + 0.5) * repeat  # or the pattern would break at the edge
        counts = k.max(counts, repeat)
        q = k.at * counts
        cell, f = k.floor(q), k.fract(q)
        phase = k.wrap(cell.x + cell.y, k.value(repeat))
        warp_is_over = phase < float(p.over)
        # A thread is highest in the middle of where it lies over the others.
        rise_y = k.cos((k.wrap(cell.x + q.y - k.value(0.0), k.value(repeat)) - 0.5 * p.over) * (TURN / repeat))
        rise_x = k.cos((k.wrap(cell.y + q.x - k.value(0.0), k.value(repeat)) - 0.5 * p.over) * (TURN / repeat))
        half = p.width * 0.5
        round_x = k.sqrt(1.0 - k.min((f.x - 0.5) * (f.x - 0.5) / (half * half), 1.0))
        round_y = k.sqrt(1.0 - k.min((f.y - 0.5) * (f.y - 0.5) / (half * half), 1.0))
        warp = k.where(round_x > 0.0, round_x * (0.65 + 0.35 * rise_y), 0.0)
        weft = k.where(round_y > 0.0, round_y * (0.65 - 0.35 * rise_x), 0.0)
        is_warp = (warp_is_over & (round_x > 0.0)) | (round_y <= 0.0)
        seed = k.int(p.seed)
        zero = k.int(0.0)
        number = k.where(is_warp, k.chance(k.int(cell.x), zero, seed), k.chance(zero, k.int(cell.y), seed))
        return {
            "height": k.where(is_warp, warp, weft),
            "number": number,
            "is_warp": k.where(is_warp, 1.0, 0.0),
            "along": k.where(is_warp, f.y, f.x),
        }


@node("pattern.strewn")
class Strewn:
    """Things strewn over a grid, each of its own size and turn, the highest on top: pebbles, flakes, leaves."""

    outputs: ClassVar[dict[str, Kind]] = {"height": "float", "number": "float", "x": "float", "y": "float"}
    count: int = field(default=12, minimum=1, maximum=1024, doc="of cells along an edge, with a thing in each")
    radius: float = field(default=0.6, minimum=0.05, maximum=1.0, doc="of the largest, in cells")
    spread: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="by which things are smaller than the largest")
    jitter: float = field(default=1.0, minimum=0.0, maximum=1.0)
    length: float = field(default=1.0, minimum=1.0, maximum=6.0, doc="how many times longer than wide")
    flat: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="0 is a dome, 1 a plate")
    square: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="0 is round, 1 has corners")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        q = k.at * p.count
        base = k.floor(q)
        height, number = k.value(0.0), k.value(0.0)
        own_x, own_y = k.value(0.0), k.value(0.0)
        for y in (-1, 0, 1):
            for x in (-1, 0, 1):
                cell = k.vec(base.x + float(x), base.y + float(y))
                wrapped = k.vec(k.wrap(cell.x, p.count), k.wrap(cell.y, p.count))
                thing = k.shared(_thing, q - cell, wrapped, p.seed, p.radius, p.spread, p.jitter, k.vec(p.length, p.flat, p.square))
                is_higher = thing.x > height
                height, number = k.where(is_higher, thing.x, height), k.where(is_higher, thing.y, number)
                own_x, own_y = k.where(is_higher, thing.z, own_x), k.where(is_higher, thing.w, own_y)
        return {"height": height, "number": number, "x": own_x, "y": own_y}


def _thing(k: Kernel, at: Value, cell: Value, seed: Value, radius: Value, spread: Value, jitter: Value, shape: Value) -> Value:
    """Height, number and own coordinates of a cell's thing at a place counted from the cell's corner."""
    bits = k.hash(k.int(cell.x), k.int(cell.y), k.int(seed))
    b1 = k.again(bits)
    b2 = k.again(b1)
    b3 = k.again(b2)
    middle = k.vec(0.5 + jitter * (k.unit(bits) - 0.5), 0.5 + jitter * (k.unit(b1) - 0.5))
    size = radius * (1.0 - spread * k.unit(b2))
    p = k.rotate(at - middle, k.unit(b3) * TURN) / size
    p = k.vec(p.x, p.y * shape.x)
    ax, ay = k.abs(p.x), k.abs(p.y)
    d = k.mix(k.length(p), k.max(k.max(ax, ay), (ax + ay) * 0.75), shape.z)
    dome = k.sqrt(1.0 - k.min(d * d, 1.0))
    plate = k.smoothstep(1.0, 0.85, d)
    rank = k.unit(k.again(b3))  # which one lies on top of which
    height = k.mix(dome, plate, shape.y) * size / radius * (0.6 + 0.4 * rank)
    return k.vec(k.where(d < 1.0, height, 0.0), k.unit(k.again(k.again(b3))), p.x, p.y)


@node("pattern.traces")
class Traces:
    """Lines that go from cell to cell, straight on or round a corner, as chance has it; some end in a ring."""

    outputs: ClassVar[dict[str, Kind]] = {"distance": "float", "pad": "float", "number": "float"}
    count: int = field(default=16, minimum=2, maximum=128, doc="cells along an edge")
    straight: float = field(default=0.5, minimum=0.0, maximum=1.0, doc="how many go straight on")
    pads: float = field(default=0.15, minimum=0.0, maximum=1.0, doc="how many end")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        q = k.at * p.count
        cell = k.floor(q)
        f = q - cell - 0.5
        bits = k.hash(k.int(cell.x), k.int(cell.y), k.int(p.seed))
        turn, way, end = k.unit(bits), k.unit(k.again(bits)), k.unit(k.again(k.again(bits)))
        # Truchet's tiles: two lines join the middles of the edges, by quarters of a circle or by straight ones.
        f = k.where(turn < 0.5, f, k.vec(-f.x, f.y))
        around_a = k.abs(k.length(f + 0.5) - 0.5)
        around_b = k.abs(k.length(f - 0.5) - 0.5)
        across = k.min(k.abs(f.x), k.abs(f.y))
        line = k.where(way < p.straight, across, k.min(around_a, around_b))
        pad = k.length(f)
        is_end = end < p.pads
        return {"distance": k.where(is_end, k.min(line, k.abs(pad - 0.2)), line), "pad": k.where(is_end, pad, 1.0), "number": turn}
