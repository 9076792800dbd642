"""A stack as plain values, apart from any world: what a worker process needs to make a part of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs.component import component_type
from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import CELL_M, Block, Bounds, Cell, cells_of
from taixu.generate.modifiers.kinds import ModifierKind

__all__ = ["MOST_CELLS", "MOST_STEPS", "Ground", "Stack", "Step", "digest"]

MOST_STEPS = 256
MOST_CELLS = 65_536
"""Of ground with an end: 16 km by 16 km."""
_MOST_PARAMETERS = 4 << 20


def digest(*parts: Any) -> str:
    """A key of texts, numbers and bytes: 40 hexadecimal digits."""
    hasher = hashlib.blake2b(digest_size=20)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        hasher.update(len(data).to_bytes(8, "little"))
        hasher.update(data)
    return hasher.hexdigest()


class Part:
    """What of a step's parameters matters where; looked through when it is first asked, in each process anew."""

    def __init__(self, kind: ModifierKind, parameters: Any, frame: NDArray[np.float64]) -> None:
        self._of = (kind, parameters, frame)
        self._found: Callable[[Bounds], Any] | None = None

    def at(self, box: Bounds) -> Any:
        """What matters in a box; None is nothing."""
        if self._found is None:
            kind, parameters, frame = self._of
            self._found = kind.part_of(parameters, frame)
        return self._found(box)

    def __reduce__(self) -> tuple[Any, ...]:
        return Part, self._of


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A modifier of a stack.

    Attributes
    ----------
    id
        The entity's stable id.
    frame
        float64[4, 4], stack from modifier.
    seed
        Of all its chance.
    """

    kind: ModifierKind
    parameters: Any
    id: int
    frame: NDArray[np.float64]
    seed: int
    name: str = ""
    key: str = ""
    rest: str = ""
    """A key of everything but the parameters."""
    bounds: Bounds | None = None
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    reach_m: float = 0.0
    part: Part | None = None

    @classmethod
    def of(
        cls, kind: ModifierKind, parameters: Any, *, id: int, frame: NDArray[np.float64] | None = None, seed: int = 0,
        name: str = "",
    ) -> Step:
        """A step, with what follows from its parameters.

        Raises
        ------
        TaixuError
            Where they are none.
        """
        at = np.eye(4) if frame is None else np.asarray(frame, np.float64)
        if not np.isfinite(at).all():
            raise TaixuError(f"modifier {name or kind.name}: its transform holds numbers that are none")
        values = {item.name: getattr(parameters, item.name) for item in component_type(kind.component).fields}
        lacking = next((key for key, value in values.items() if isinstance(value, float) and not isfinite(value)), "")
        if lacking:
            raise TaixuError(f"modifier {name or kind.name}: {lacking} is {values[lacking]}, which is no number to go by")
        try:
            text = json.dumps(values, sort_keys=True, separators=(",", ":"), allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            what = f"its parameters are not what a document holds ({str(error)[:60]})"
            raise TaixuError(f"modifier {name or kind.name}: {what}") from None
        if len(text) > _MOST_PARAMETERS:
            raise TaixuError(f"modifier {name or kind.name}: its parameters are longer than {_MOST_PARAMETERS >> 20} MiB")
        rest = digest(kind.name, kind.version, seed, np.round(at, 9).tobytes())
        step = cls(kind, parameters, id, at, seed, name, digest(rest, text), rest)
        return replace(
            step, bounds=kind.bounds_of(parameters, at), reads=kind.reads_of(parameters), writes=kind.writes_of(parameters),
            reach_m=max(kind.reach_of(parameters), 0.0), part=Part(kind, parameters, at) if kind.part else None,
        )  # fmt: skip


    def touches(self, box: Bounds) -> bool:
        """Whether some of its parameters matter there."""
        return self.part is None or self.part.at(box) is not None

    def key_of(self, box: Bounds) -> str:
        """Of what matters there."""
        if self.part is None:
            return self.key
        return digest(self.rest, json.dumps(self.part.at(box), sort_keys=True, separators=(",", ":")))


class Ground:
    """Heights that were there before, over a rectangle around the stack's origin.

    Parameters
    ----------
    heights : float32[rows, columns]
    size : (x, z)
        Metres.
    weights : float32[rows, columns, 4], optional
        Shares of the second to fifth material, on a grid of its own over the same rectangle.
    """

    def __init__(
        self, heights: NDArray[np.float32], size: tuple[float, float], weights: NDArray[np.float32] | None = None
    ) -> None:
        self.heights, self.size, self.weights = heights, size, weights
        self._keys: dict[tuple[Cell, float], str] = {}
        self._weights_key = "" if weights is None else digest("weights", weights.tobytes())

    def grid(self, block: Block) -> NDArray[np.float32]:
        """Heights of a block's points: those that were there where they meet, of their triangles elsewhere."""
        from taixu.scene.terrain import height_on_triangles

        x, z = block.lines()
        rows, columns = self.heights.shape
        u = (x / self.size[0] + 0.5) * (columns - 1)
        v = (z / self.size[1] + 0.5) * (rows - 1)
        i, j = np.rint(u), np.rint(v)
        if np.abs(u - i).max() < 1e-6 and np.abs(v - j).max() < 1e-6:
            return self.heights[np.ix_(j.clip(0, rows - 1).astype(np.intp), i.clip(0, columns - 1).astype(np.intp))]
        gx, gz = np.meshgrid(x, z)
        return height_on_triangles(self.heights, self.size, gx, gz)

    def weights_in(self, block: Block) -> NDArray[np.float32]:
        """Weights of a block's points, between those that were there."""
        from taixu.generate.places.grids import sample

        assert self.weights is not None
        x, z = block.grid()
        rows, columns = self.weights.shape[:2]
        found = sample(self.weights, (x / self.size[0] + 0.5) * (columns - 1), (z / self.size[1] + 0.5) * (rows - 1))
        return np.clip(found, 0, 1).astype(np.float32)

    def weights_key(self, block: Block) -> str:
        """Of its weights in a block."""
        return digest(self._weights_key, block.level, block.i, block.j, block.spacing_m)

    def key(self, block: Block) -> str:
        """Of its heights in a block."""
        place = ((block.level, block.i, block.j), block.spacing_m)
        if place not in self._keys:
            self._keys[place] = digest("ground", self.grid(block).tobytes())
        return self._keys[place]


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Steps over ground.

    Attributes
    ----------
    area
        All the ground there is; None where it has no end.
    """

    steps: tuple[Step, ...]
    area: Bounds | None
    spacing_m: float = 1.0
    ground: Ground | None = None

    def check(self) -> Stack:
        """Itself, where it can be made.

        Raises
        ------
        TaixuError
            With what is wrong.
        """
        if len(self.steps) > MOST_STEPS:
            raise TaixuError(f"a stack has at most {MOST_STEPS} modifiers, not {len(self.steps)}; bake some, or divide the ground")
        squares = CELL_M / self.spacing_m
        if not 1 <= squares <= 256 or abs(squares - round(squares)) > 1e-9 or round(squares) & (round(squares) - 1):
            raise TaixuError(f"a stack's points lie 0.25, 0.5, 1, 2, 4 ... 64 m from each other, not {self.spacing_m:g} m")
        if self.area is not None and len(self.cells()) > MOST_CELLS:
            raise TaixuError(
                f"a stack covers at most {MOST_CELLS:,} cells of {CELL_M:g} m, not {len(self.cells()):,}; make it endless"
            )
        return self

    def cells(self) -> list[Cell]:
        """All cells of ground with an end."""
        if self.area is None:
            return []
        edge = CELL_M
        if (self.area.x1 - self.area.x0) * (self.area.z1 - self.area.z0) / edge**2 > 4 * MOST_CELLS:
            raise TaixuError(f"a stack covers at most {MOST_CELLS:,} cells of {CELL_M:g} m; make it endless")
        return cells_of(self.area)

    def block_of(self, cell: Cell) -> Block:
        """A cell as a block."""
        level, i, j = cell
        return Block(level, i, j, 1, 1, self.spacing_m * (1 << level))

    def plan_block(self, step: Step) -> Block:
        """All ground that a step plans: what there is of it within the step's bounds.

        Raises
        ------
        TaixuError
            Where the ground has no end.
        """
        if self.area is None:
            what = "it plans all its ground at once, so it cannot be of endless ground"
            raise TaixuError(f"modifier {step.name or step.kind.name}: {what}")
        box, own = self.area, step.bounds
        if own is not None and own.meets(box):
            box = Bounds(max(box.x0, own.x0), max(box.z0, own.z0), min(box.x1, own.x1), min(box.z1, own.z1))
        (_, i0, j0), (_, i1, j1) = (cells := cells_of(box))[0], cells[-1]
        return Block(0, i0, j0, i1 - i0 + 1, j1 - j0 + 1, self.spacing_m)

    def block_for(self, step: Step, cell: Cell) -> Block:
        """The block in which a step makes a cell."""
        level, i, j = cell
        spacing, edge = self.spacing_m * (1 << level), step.kind.edge_cells
        if edge == 1:
            return Block(level, i, j, 1, 1, spacing)
        if edge == 0:
            if self.area is None:
                what = "it makes all ground at once, so it cannot be of endless ground"
                raise TaixuError(f"modifier {step.name or step.kind.name}: {what}")
            cells = cells_of(self.area, level)
            (_, i0, j0), (_, i1, j1) = cells[0], cells[-1]
            return Block(level, i0, j0, i1 - i0 + 1, j1 - j0 + 1, spacing)
        return Block(level, i // edge * edge, j // edge * edge, edge, edge, spacing)
