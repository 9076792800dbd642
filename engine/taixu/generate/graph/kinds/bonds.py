"""How bricks, setts and boards lie beside each other: masons' and parquet layers' bonds, with places that may be bent."""

from __future__ import annotations

from typing import Any, ClassVar

from taixu.generate.graph.kernel import Kernel
from taixu.generate.graph.kinds.patterns import _rounded
from taixu.generate.graph.nodes import Socket, field, node
from taixu.generate.graph.values import Kind, Value

__all__: list[str] = []
_SHIFTS = {"stack": 0.0, "third": 1.0 / 3.0, "running": 0.5}


@node("pattern.bond")
class Bond:
    """Boxes in a bond; `x` and `y` shift a place, so that rows bow.

    In a herringbone or a basket, upright ones have numbers from 0.5 on.

    A herringbone and a basket take `rows` widths of a box along an edge (a multiple of four), and boxes twice as long as wide.
    """

    inputs: ClassVar[dict[str, Socket]] = {"x": Socket(doc="shift, of the square"), "y": Socket()}
    outputs: ClassVar[dict[str, Kind]] = {"edge": "float", "number": "float", "x": "float", "y": "float"}
    bond: str = field(default="running", choices=("running", "third", "stack", "flemish", "english", "herringbone", "basket"))
    columns: int = field(default=4, minimum=1, maximum=256, doc="of whole boxes")
    rows: int = field(default=12, minimum=1, maximum=256)
    disorder: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="by which rows are shifted at random")
    gap: float = field(default=0.1, minimum=0.0, maximum=0.9, doc="in heights of a row")
    corner: float = field(default=0.05, minimum=0.001, maximum=0.5, unit="rows", doc="radius")
    uneven: float = field(default=0.0, minimum=0.0, maximum=1.0, doc="how much edges lean, each its own way")

    @staticmethod
    def kernel(k: Kernel, p: Any, i: Any) -> Any:
        at = k.vec(k.at.x + i.x, k.at.y + i.y)
        row_wide = _crossed(k, p, at) if p.bond in ("herringbone", "basket") else _rows(k, p, at)
        fx, fy, long, bits, upright = row_wide
        lean = (k.unit(k.again(bits)) - 0.5) * p.uneven * 0.3
        half = p.gap * 0.5
        across = k.min(fx, 1.0 - fx) * long + lean * (fy - 0.5) - half
        upwards = k.min(fy, 1.0 - fy) + lean * (fx - 0.5) - half
        number = k.unit(bits) if upright is None else (k.unit(bits) * 0.999 + upright) * 0.5
        return {"edge": k.max(_rounded(k, across, upwards, p.corner), 0.0), "number": number, "x": fx, "y": fy}


def _rows(k: Kernel, p: Any, at: Value) -> tuple[Value, Value, Value, Value, None]:
    """Place within a box, its length in heights, its bits."""
    seed = k.int(p.seed)
    rows = p.rows
    if p.bond in ("flemish", "english"):  # rows take turns
        rows = k.floor((rows + 1.0) * 0.5) * 2.0
    y = at.y * rows
    row = k.wrap(k.floor(y), rows)
    fy = k.fract(y)
    odd = row - 2.0 * k.floor(row * 0.5)
    shift = p.disorder * k.chance(k.int(row), k.int(row) + 77, seed)
    wide = rows / p.columns
    if p.bond == "flemish":  # a stretcher, then a header half as long, whose middle is over the middle of a stretcher
        units = k.max(k.floor(p.columns / 1.5 + 0.5), 1.0)
        x = at.x * units + 0.5 * odd + shift
        f = k.fract(x)
        is_long = f < 2.0 / 3.0
        fx = k.where(is_long, f * 1.5, f * 3.0 - 2.0)
        column = k.wrap(k.floor(x), units) * 2.0 + k.where(is_long, 0.0, 1.0)
        long = rows / units * k.where(is_long, 2.0 / 3.0, 1.0 / 3.0)
    elif p.bond == "english":  # a row of stretchers, a row of headers
        count = p.columns * (1.0 + odd)
        x = at.x * count + 0.5 * odd + shift
        fx, column, long = k.fract(x), k.wrap(k.floor(x), count), wide / (1.0 + odd)
    else:
        # A whole number of shifts in all rows together, or the upper edge would not fit the lower one.
        step = k.floor(rows * _SHIFTS[p.bond] + 0.5) / rows
        x = at.x * p.columns + step * row + shift
        fx, column, long = k.fract(x), k.wrap(k.floor(x), p.columns), wide
    return fx, fy, long, k.hash(k.int(column), k.int(row), seed), None


def _crossed(k: Kernel, p: Any, at: Value) -> tuple[Value, Value, Value, Value, Value]:
    """The same where boxes of two squares lie both ways; whether one is upright."""
    count = k.floor(k.max(p.rows, 4.0) * 0.25 + 0.5) * 4.0
    q = at * count
    cell = k.floor(q)
    f = q - cell
    if p.bond == "herringbone":
        m = k.wrap(cell.x - cell.y, k.value(4.0))
        upright = k.where(m > 1.5, 1.0, 0.0)
        behind = k.where(m > 1.5, 3.0 - m, m)  # squares from the box's start
    else:
        block = k.floor(cell * 0.5)
        upright = k.wrap(block.x + block.y, k.value(2.0))
        behind = k.mix(k.wrap(cell.x, k.value(2.0)), k.wrap(cell.y, k.value(2.0)), upright)
    along = k.mix(f.x, f.y, upright)
    across = k.mix(f.y, f.x, upright)
    start_x = k.wrap(cell.x - behind * (1.0 - upright), count)
    start_y = k.wrap(cell.y - behind * upright, count)
    bits = k.hash(k.int(start_x), k.int(start_y), k.int(p.seed))
    return (along + behind) * 0.5, across, k.value(2.0), bits, upright
