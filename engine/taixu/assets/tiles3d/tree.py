"""A tileset's tiles as columns, that grow as its files are read, and the choice of those that eyes need.

Screen-space error as https://github.com/CesiumGS/3d-tiles/tree/main/specification#geometric-error has it: a tile's geometric
error, seen from its distance, in pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.findings import Finding
from taixu.assets.geodata.frames import LocalFrame
from taixu.assets.tiles3d.documents import MOST_TILES, Content, Fresh, Pending, read_pending
from taixu.assets.tiles3d.placing import EarthPlacement, FlatPlacement, Placement, frame_around, is_geocentric
from taixu.assets.tiles3d.volumes import Box
from taixu.errors import TaixuError

__all__ = ["Choice", "Seen", "TileTree"]

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

NOTHING, WANTED, THERE, FAILED = range(4)
"""Whether what a tile shows is loaded."""
_MOST_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """An eye among tiles: how many pixels a metre covers at distances ``[n]``."""

    position: Array
    pixels_per_m: Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Choice:
    """What eyes need: rows that are shown; those whose contents, and those whose children's file, should be read, best first."""

    shown: Rows
    contents: Rows
    expansions: Rows


@dataclass
class TileTree:
    """Tiles of a tileset, row 0 its root.

    Attributes
    ----------
    placement
        Where they lie in the world.
    state : uint8[n]
        Whether a tile's contents are loaded.
    empty, through, covered : bool[n]
        What shows nothing itself; what only leads to another tileset; what stands for nothing that is missing.
    transforms, contents, pending
        By row.
    """

    root: Path
    placement: Placement
    centers: Array = field(default_factory=lambda: np.zeros((0, 3)))
    units: Array = field(default_factory=lambda: np.zeros((0, 3, 3)))
    halves: Array = field(default_factory=lambda: np.zeros((0, 3)))
    errors: Array = field(default_factory=lambda: np.zeros(0))
    adds: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    parents: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    first: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    count: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    state: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    empty: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    is_pending: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    through: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    covered: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    transforms: list[Array] = field(default_factory=list)
    contents: list[tuple[Content, ...]] = field(default_factory=list)
    pending: list[tuple[Pending, ...]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, path: Path, frame: LocalFrame | None = None) -> TileTree:
        """Read a tileset's first file.

        Parameters
        ----------
        frame
            Where the world lies, for a tileset on the earth; by default around the tileset.

        Raises
        ------
        TaixuError
            When it cannot be read.
        """
        file = path.resolve()
        fresh = read_pending(Pending(file.parent, file))
        return cls.of(file.parent, fresh, frame)

    @classmethod
    def of(cls, root: Path, fresh: Fresh, frame: LocalFrame | None = None) -> TileTree:
        """A tree of the first file's tiles."""
        box = Box(fresh.centers[0], fresh.axes[0])
        placement: Placement = EarthPlacement(frame or frame_around(box)) if is_geocentric(box) else FlatPlacement()
        tree = cls(root, placement, said=fresh.said)
        tree.graft(-1, fresh)
        return tree

    def __len__(self) -> int:
        return len(self.contents)

    def graft(self, row: int, fresh: Fresh) -> None:
        """Put what was read below the tile that asked for it; that one waits for it no longer.

        Raises
        ------
        TaixuError
            When there would be too many tiles.
        """
        if len(self) + len(fresh) > MOST_TILES:
            raise TaixuError(f"the tileset has more than {MOST_TILES:,} tiles; what is beyond is left out")
        start, n = len(self), len(fresh)
        self.findings += fresh.findings[: _MOST_FINDINGS - len(self.findings)]
        if fresh.own is not None:
            self.contents[row] = fresh.own
            self.empty[row] = not fresh.own
            self.state[row] = THERE if not fresh.own else NOTHING
        if n:
            parents = np.array(fresh.parents, np.int64)
            parents = np.where(parents < 0, row, parents + start)
            centers, axes = np.array(fresh.centers), np.array(fresh.axes) @ self.placement.axes.T
            lengths = np.linalg.norm(axes, axis=2)
            units = axes / np.maximum(lengths, 1e-12)[:, :, None]
            none = np.array([not each for each in fresh.contents])
            grown = {
                "centers": self.placement.positions(centers), "units": units, "halves": lengths, "errors": np.array(fresh.errors),
                "adds": np.array(fresh.adds), "parents": parents, "first": np.zeros(n, np.int64), "count": np.zeros(n, np.int64),
                "state": np.where(none, THERE, NOTHING).astype(np.uint8), "empty": none,
                "is_pending": np.array([bool(each) for each in fresh.pending]), "covered": np.zeros(n, bool),
                "through": np.array([bool(each) and each[0].scheme is None for each in fresh.pending]),
            }  # fmt: skip
            for name, values in grown.items():
                setattr(self, name, np.concatenate([getattr(self, name), values]))
            self.transforms += fresh.transforms
            self.contents += fresh.contents
            self.pending += fresh.pending
            below = parents[parents >= 0]
            firsts, at, counts = np.unique(below, return_index=True, return_counts=True)
            begin = start + int((parents < 0).sum())
            fresh_rows = self.count[firsts] == 0
            self.first[firsts[fresh_rows]] = begin + at[fresh_rows]
            self.count[firsts] += counts
        if row >= 0:
            self.pending[row] = self.pending[row][1:]
            self.is_pending[row] = bool(self.pending[row])
        self._cover(start)
        self._cover_up(row)

    def fail(self, row: int, error: TaixuError, *, expanding: bool) -> None:
        """Note that a tile's file cannot be read; the others go on without it."""
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(Finding("warning", "", str(error)))
        if expanding:
            self.pending[row] = self.pending[row][1:]
            self.is_pending[row] = bool(self.pending[row])
        else:
            self.state[row] = FAILED
        self._cover_up(row)

    def set_state(self, row: int, state: int) -> None:
        """Say whether a tile's contents are loaded."""
        self.state[row] = state
        self._cover_up(row)

    def _cover(self, start: int) -> None:
        """Find out which rows from `start` on stand for nothing that is missing."""
        rows = np.arange(start, len(self))
        hollow = rows[self.empty[rows] & ~self.is_pending[rows]]
        self.covered[hollow[self.count[hollow] == 0]] = True
        hollow = hollow[self.count[hollow] > 0]
        while len(hollow):
            full = self._all_covered(hollow)
            if not full.any():
                return
            self.covered[hollow[full]] = True
            hollow = hollow[~full]

    def _all_covered(self, rows: Rows) -> NDArray[np.bool_]:
        """Whether all children of rows that have some are covered."""
        starts = np.cumsum(self.count[rows]) - self.count[rows]
        found: NDArray[np.bool_] = np.logical_and.reduceat(self.covered[self._children(rows)], starts)
        return found

    def _is_covered(self, row: int) -> bool:
        """Whether what a tile stands for can be shown, be it by those below it."""
        if not self.empty[row]:
            return bool(self.state[row] >= THERE)
        first, count = self.first[row], self.count[row]
        return not self.is_pending[row] and bool(self.covered[first : first + count].all())

    def _cover_up(self, row: int) -> None:
        while row >= 0:
            now = self._is_covered(row)
            if now == self.covered[row]:
                return
            self.covered[row] = now
            row = int(self.parents[row])

    def expand(self, row: int) -> None:
        """Read the file that tells of a tile's children, here and now.

        Raises
        ------
        TaixuError
            When it cannot be read; the tile goes on without.
        """
        try:
            self.graft(row, read_pending(self.pending[row][0]))
        except TaixuError as error:
            self.fail(row, error, expanding=True)
            raise

    def expand_all(self, *, most: int = MOST_TILES) -> None:
        """Read all files that tell of tiles, until there are so many; what cannot be read is among the findings."""
        row = 0
        while row < len(self) and len(self) < most:
            while self.is_pending[row]:
                try:
                    self.expand(row)
                except TaixuError:
                    continue
            row += 1

    def finest(self) -> Iterator[int]:
        """Rows of which the finest form of everything is made: leaves, and what they are added to."""
        for row in range(len(self)):
            if self.contents[row] and (self.adds[row] or not self.count[row]):
                yield row

    def sizes_px(self, rows: Rows, eyes: list[Seen]) -> Array:
        """How many pixels the errors of tiles cover for the eye that sees them largest, ``[n]``."""
        found = np.zeros(len(rows))
        for eye in eyes:
            away = np.abs(np.einsum("nij,nj->ni", self.units[rows], eye.position - self.centers[rows])) - self.halves[rows]
            distances = np.linalg.norm(np.maximum(away, 0.0), axis=1)
            found = np.maximum(found, self.errors[rows] * eye.pixels_per_m(distances))
        return found

    def choose(self, eyes: list[Seen], error_px: float) -> Choice:
        """What these eyes need: a level of the tree at a time, no tile by itself.

        A tile stands for its children until all of them can be shown; children that are there stand for a tile that is not.
        """
        shown, contents, expansions = [], [], []
        rows, live = np.zeros(min(len(self), 1), np.int64), np.ones(min(len(self), 1), bool)
        while len(rows):
            px = self.sizes_px(rows, eyes)
            fine, hollow, added, there = px > error_px, self.empty[rows], self.adds[rows], self.state[rows] >= THERE
            inner = self.count[rows] > 0
            asks = self.is_pending[rows]
            expansions.append(np.stack([-px[asks], rows[asks]], 1))
            ready = np.ones(len(rows), bool)
            if inner.any():
                ready[inner] = self._all_covered(rows[inner])
            goes_on = inner & (self.through[rows] | (fine & (hollow | added)) | (ready & ~added & (fine | ~there)))
            stays = (added | ~goes_on) & ~hollow
            shown.append(rows[stays & live & (self.state[rows] == THERE)])
            # A tile that is missing where nothing else stands for it comes before missing children of one that is shown.
            wants = ~there & ~hollow & (stays | ~fine)
            contents.append(np.stack([-px[wants] - np.where(live[wants], 1e6, 0.0), rows[wants]], 1))
            waits = inner & fine & ~goes_on
            below = [self._children(rows[goes_on]), self._children(rows[waits])]
            lives = np.repeat(live[goes_on], self.count[rows[goes_on]])
            rows, live = np.concatenate(below), np.concatenate([lives, np.zeros(len(below[1]), bool)])
        return Choice(np.concatenate([np.zeros(0, np.int64), *shown]), _ordered(contents), _ordered(expansions))

    def _children(self, rows: Rows) -> Rows:
        counts = self.count[rows]
        total = int(counts.sum())
        starts = np.repeat(self.first[rows] - np.cumsum(counts) + counts, counts)
        found: Rows = starts + np.arange(total)
        return found


def _ordered(parts: list[Array]) -> Rows:
    if not parts:
        return np.zeros(0, np.int64)
    whole = np.concatenate(parts)
    rows = whole[np.lexsort((whole[:, 1], whole[:, 0])), 1].astype(np.int64)
    _, at = np.unique(rows, return_index=True)
    return rows[np.sort(at)]
