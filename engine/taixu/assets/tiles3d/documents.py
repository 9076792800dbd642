"""``tileset.json`` and subtrees, read into rows of tiles: a thread may do it, for nothing here changes a tree.

https://github.com/CesiumGS/3d-tiles/tree/main/specification, versions 1.0 and 1.1.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.findings import Finding
from taixu.assets.geodata.features import tidy_attributes
from taixu.assets.geodata.json_file import read_json
from taixu.assets.paths import read_bytes, safe_uri
from taixu.assets.tiles3d.subtrees import Scheme, place_of, read_subtree
from taixu.assets.tiles3d.volumes import Box, boxes_of_regions, check_region, read_box, read_region
from taixu.errors import TaixuError

__all__ = ["MOST_TILES", "Content", "Fresh", "Pending", "is_tileset", "read_pending"]

Array = NDArray[np.float64]

MOST_TILES = 1_000_000
"""Of all files of a tileset together."""
_MOST_DEPTH = 256
_MOST_NESTED = 16
"""How many tilesets may lie in each other."""
_MOST_CONTENTS = 64
_MOST_FINDINGS = 100
_MOST_SUBTREE_BYTES = 64 << 20
_VERSIONS = ("0.0", "1.0", "1.1")


@dataclass(frozen=True, slots=True)
class Content:
    """A file that a tile shows, and what the tileset says of it; of very many it is looked at only when it is read."""

    base: Path
    uri: str
    said: Mapping[str, Any] = field(default_factory=dict)

    def path(self, root: Path) -> Path:
        """Where it lies.

        Raises
        ------
        TaixuError
            Where that is outside of the tileset's folder.
        """
        return safe_uri(root, self.uri, base=self.base)


@dataclass(frozen=True, slots=True)
class Pending:
    """Tiles that another file tells of.

    Attributes
    ----------
    root
        The folder that must not be left.
    path
        The file; of a subtree's tile the tileset that it belongs to.
    nested
        The tilesets that this one lies in, outermost first.
    scheme, level, place
        Of a subtree: which one.
    box, region
        Of the tile that it begins with; a region divides along degrees.
    """

    root: Path
    path: Path
    nested: tuple[Path, ...] = ()
    transform: Array = field(default_factory=lambda: np.eye(4))
    is_added: bool = False
    scheme: Scheme | None = None
    level: int = 0
    place: tuple[int, ...] = ()
    error: float = 0.0
    center: Array | None = None
    axes: Array | None = None
    region: Array | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Fresh:
    """Tiles that were read, parents before children, the children of one in a row.

    Attributes
    ----------
    parents : list of int
        Rows of this; -1 is the tile that asked.
    centers, axes : arrays [n, 3], [n, 3, 3]
        Boxes in the coordinates of the whole tileset.
    own
        What the tile that asked shows itself (a subtree says that); None where nothing is said of it.
    """

    parents: list[int] = field(default_factory=list)
    centers: list[Array] = field(default_factory=list)
    axes: list[Array] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    adds: list[bool] = field(default_factory=list)
    transforms: list[Array] = field(default_factory=list)
    contents: list[tuple[Content, ...]] = field(default_factory=list)
    pending: list[tuple[Pending, ...]] = field(default_factory=list)
    own: tuple[Content, ...] | None = None
    findings: list[Finding] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.parents)

    def doubt(self, where: str, message: str) -> None:
        """Say what is wrong with one tile; the others go on."""
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(Finding("warning", where[:80], message))

    def put(self, parent: int, center: Array, axes: Array, error: float, is_added: bool, transform: Array,
            contents: tuple[Content, ...], pending: tuple[Pending, ...]) -> int:  # fmt: skip
        """Add a tile; gives its row."""
        self.parents.append(parent)
        self.centers.append(center)
        self.axes.append(axes)
        self.errors.append(error)
        self.adds.append(is_added)
        self.transforms.append(transform)
        self.contents.append(contents)
        self.pending.append(pending)
        return len(self.parents) - 1


def is_tileset(found: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a tileset."""
    return isinstance(found.get("root"), Mapping) and isinstance(found.get("asset"), Mapping) and "geometricError" in found


def read_pending(pending: Pending) -> Fresh:
    """The tiles that a file tells of.

    Raises
    ------
    TaixuError
        When it cannot be read, in one sentence; what is wrong in single tiles is in the findings.
    """
    return _read_document(pending) if pending.scheme is None else _read_implicit(pending, pending.scheme)


def _read_document(pending: Pending) -> Fresh:
    if pending.path in pending.nested:
        raise TaixuError(f"{pending.path.name}: it lies in itself, by way of {pending.nested[-1].name}")
    if len(pending.nested) >= _MOST_NESTED:
        raise TaixuError(f"{pending.path.name}: tilesets lie in each other more than {_MOST_NESTED} deep")
    found = read_json(pending.path)
    asset, name = found.get("asset"), pending.path.name
    if not is_tileset(found) or not isinstance(asset, Mapping):
        raise TaixuError(f"{name}: it is no tileset; it lacks asset, geometricError or root")
    if str(asset.get("version")) not in _VERSIONS:
        raise TaixuError(f"{name}: 3D Tiles {str(asset.get('version'))[:20]!r} is not read, only 1.0 and 1.1")
    fresh = Fresh(said={"geometricError": found.get("geometricError"), "metadata": _said(found.get("metadata"))})
    groups = found.get("groups")
    inside = replace(pending, nested=(*pending.nested, pending.path))
    waiting: deque[tuple[Any, int, Array, bool, int, str]] = deque()
    waiting.append((found["root"], -1, pending.transform, pending.is_added, 0, "/root"))
    while waiting:
        raw, parent, above, is_added, depth, where = waiting.popleft()
        try:
            if isinstance(raw, Pending):  # another tileset, where this tile is
                box = Box(fresh.centers[parent], fresh.axes[parent])
                fresh.put(parent, box.center, box.axes, fresh.errors[parent], is_added, above, (), (raw,))
                continue
            row, transform, added, others = _read_tile(fresh, inside, raw, parent, above, is_added, groups, where)
        except TaixuError as error:
            if parent < 0:
                raise TaixuError(f"{name}: {error}") from None
            fresh.doubt(f"{name}{where}", f"{str(error).removeprefix(where + ': ')}, and it was left out")
            continue
        children = raw.get("children", [])
        if not isinstance(children, list) or (children and depth >= _MOST_DEPTH):
            fresh.doubt(f"{name}{where}", f"its children are no list, or more than {_MOST_DEPTH} deep, and were left out")
            continue
        if len(fresh) + len(waiting) + len(children) > MOST_TILES:
            raise TaixuError(f"{name}: it has more than {MOST_TILES:,} tiles; split it into external tilesets")
        waiting += [(each, row, transform, added, depth + 1, f"{where}/children/{k}") for k, each in enumerate(children)]
        waiting += [(each, row, transform, added, depth + 1, where) for each in others]
    return fresh


def _read_tile(
    fresh: Fresh, pending: Pending, raw: Any, parent: int, above: Array, is_added: bool, groups: Any, where: str
) -> tuple[int, Array, bool, list[Pending]]:
    """Put a tile: its row, transform, whether its children are added, and the tilesets that lie in it."""
    if not isinstance(raw, Mapping):
        raise TaixuError(f"{where}: it is no object")
    transform = above @ _transform_of(raw["transform"]) if "transform" in raw else above
    if not np.isfinite(transform).all() or np.abs(transform).max() > 1e12:
        raise TaixuError(f"{where}: its transform leads nowhere")
    volume = raw.get("boundingVolume")
    box = read_box(volume, where)
    region = read_region(volume) if isinstance(volume, Mapping) else None
    if region is None:
        box = box.moved(transform)
    error = raw.get("geometricError")
    if not isinstance(error, (int, float)) or isinstance(error, bool) or not math.isfinite(error) or error < 0:
        raise TaixuError(f"{where}: its geometricError is no number of 0 or more")
    scale = 1.0 if region is not None else float(np.cbrt(abs(np.linalg.det(transform[:3, :3]))))
    added = {"ADD": True, "REPLACE": False}.get(str(raw.get("refine")).upper(), is_added)
    listed = _contents_of(raw)
    said = _said(raw.get("metadata"))
    implicit = raw.get("implicitTiling") or _extension(raw, "3DTILES_implicit_tiling")
    if isinstance(implicit, Mapping):
        uris = tuple(_uri_of(each) for each in listed)
        scheme = Scheme.read(implicit, uris, where)
        begun = replace(pending, transform=transform, is_added=added, scheme=scheme, level=0, place=(0,) * scheme.axes,
            error=float(error) * scale, center=box.center, axes=box.axes, said=said,
            region=None if region is None else check_region(region))  # fmt: skip
        if region is None and isinstance(volume, Mapping) and "box" not in volume:
            raise TaixuError(f"{where}: implicit tiles lie in a box or a region")
        row = fresh.put(parent, box.center, box.axes, float(error) * scale, added, transform, (), (begun,))
        return row, transform, added, []
    contents, more = [], []
    for number, one in enumerate(listed):
        try:
            uri = _uri_of(one)
            path = safe_uri(pending.root, uri, base=pending.path.parent)
        except TaixuError as error_:
            fresh.doubt(f"{pending.path.name}{where}", f"{error_}, and content {number} was left out")
            continue
        if path.suffix.lower() == ".json":
            more.append(replace(pending, path=path, transform=transform, is_added=added, scheme=None))
        else:
            group = one.get("group")
            of = groups[group] if isinstance(groups, list) and type(group) is int and 0 <= group < len(groups) else None
            contents.append(Content(pending.path.parent, uri, {**said, **_said(of), **_said(one.get("metadata"))}))
    row = fresh.put(parent, box.center, box.axes, float(error) * scale, added, transform, tuple(contents), ())
    return row, transform, added, more


def _contents_of(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = [raw["content"]] if "content" in raw else raw.get("contents")
    if listed is None:
        more = _extension(raw, "3DTILES_multiple_contents")
        listed = more.get("contents", more.get("content")) if isinstance(more, Mapping) else []
    if not isinstance(listed, list):
        return []
    return [each for each in listed[:_MOST_CONTENTS] if isinstance(each, Mapping)]


def _uri_of(raw: Mapping[str, Any]) -> str:
    uri = raw.get("uri", raw.get("url"))
    if not isinstance(uri, str) or not uri:
        raise TaixuError("a content has no uri")
    return uri


def _extension(raw: Mapping[str, Any], name: str) -> Any:
    found = raw.get("extensions")
    return found.get(name) if isinstance(found, Mapping) else None


def _said(raw: object) -> dict[str, Any]:
    """Attributes that a tileset, a tile, a group or a content has; lists as texts."""
    values = raw.get("properties") if isinstance(raw, Mapping) else None
    if not isinstance(values, Mapping):
        return {}
    return tidy_attributes({name: ", ".join(map(str, each[:16])) if isinstance(each, list) else each
                            for name, each in values.items()})  # fmt: skip


def _transform_of(raw: object) -> Array:
    good = isinstance(raw, list) and len(raw) == 16 and all(
        isinstance(each, (int, float)) and not isinstance(each, bool) and abs(each) < 1e9 for each in raw)  # fmt: skip
    if not good:
        raise TaixuError("its transform takes 16 numbers")
    return np.array(raw, np.float64).reshape(4, 4).T


def _read_implicit(pending: Pending, scheme: Scheme) -> Fresh:
    """The tiles of one subtree; the first is the tile that asked."""
    where = f"{pending.path.name}, subtree {pending.level}/{'/'.join(map(str, pending.place))}"
    path = safe_uri(pending.root, _filled(scheme.subtree_uri, pending.level, pending.place), base=pending.path.parent)

    def fetch(uri: str, most: int) -> bytes:
        return read_bytes(safe_uri(pending.root, uri, base=path.parent), max_bytes=most)

    tree = read_subtree(read_bytes(path, max_bytes=_MOST_SUBTREE_BYTES), scheme, fetch=fetch, where=where)
    if not tree.tiles[0]:
        raise TaixuError(f"{where}: it says that its own first tile is not there")
    fresh = Fresh()
    fresh.own = _implicit_contents(pending, scheme, tree.contents, 0, pending.level, pending.place)
    rows = {0: -1}
    """Rows of `fresh` by number in the subtree."""
    for level in range(1, scheme.subtree_levels + 1):
        is_last = level == scheme.subtree_levels
        if pending.level + level >= scheme.levels:
            break
        there = tree.children if is_last else tree.tiles[scheme.first(level) : scheme.first(level + 1)]
        mortons = np.flatnonzero(there)
        if len(fresh) + len(mortons) > MOST_TILES:
            raise TaixuError(f"{where}: there are more than {MOST_TILES:,} tiles")
        above = scheme.first(level - 1) + (mortons >> scheme.axes)
        places = place_of(mortons, scheme.axes, level) + (np.array(pending.place, np.int64) << level)
        centers, axes, regions = _divided(pending, scheme, places - (np.array(pending.place, np.int64) << level), level)
        error = pending.error / 2.0**level
        for k, (morton, upper) in enumerate(zip(mortons.tolist(), above.tolist(), strict=True)):
            if upper not in rows:
                continue  # a tile whose parent is not there
            place = tuple(places[k].tolist())
            contents: tuple[Content, ...] = ()
            more: tuple[Pending, ...] = ()
            if is_last:
                more = (replace(pending, level=pending.level + level, place=place, error=error, center=centers[k], axes=axes[k],
                    region=None if regions is None else regions[k]),)  # fmt: skip
            else:
                contents = _implicit_contents(pending, scheme, tree.contents, scheme.first(level) + morton,
                    pending.level + level, place)  # fmt: skip
            row = fresh.put(rows[upper], centers[k], axes[k], error, pending.is_added, pending.transform, contents, more)
            if not is_last:
                rows[scheme.first(level) + morton] = row
    return fresh


def _implicit_contents(
    pending: Pending, scheme: Scheme, contents: tuple[Any, ...], number: int, level: int, place: tuple[int, ...]
) -> tuple[Content, ...]:
    return tuple(Content(pending.path.parent, _filled(uri, level, place), pending.said)
                 for uri, there in zip(scheme.content_uris, contents, strict=False) if there[number])  # fmt: skip


def _divided(pending: Pending, scheme: Scheme, places: NDArray[np.int64], level: int) -> tuple[Array, Array, Array | None]:
    """Boxes of tiles at places within the subtree's first tile, and their regions where that has one."""
    count, parts = len(places), float(1 << level)
    if scheme.axes == 2:
        places = np.concatenate([places, np.zeros((count, 1), np.int64)], 1)
    share = np.array([1 / parts, 1 / parts, 1 / parts if scheme.axes == 3 else 1.0])
    if pending.region is not None:
        low, wide = pending.region[[0, 1, 4]], pending.region[[2, 3, 5]] - pending.region[[0, 1, 4]]
        least = low + places * share * wide
        most = least + share * wide
        regions = np.stack([least[:, 0], least[:, 1], most[:, 0], most[:, 1], least[:, 2], most[:, 2]], 1)
        return *boxes_of_regions(regions), regions
    assert pending.center is not None
    assert pending.axes is not None
    along = (2 * places + 1) * share - 1.0
    return pending.center + along @ pending.axes, np.broadcast_to(share[:, None] * pending.axes, (count, 3, 3)), None


def _filled(uri: str, level: int, place: tuple[int, ...]) -> str:
    for name, value in zip(("level", "x", "y", "z"), (level, *place), strict=False):
        uri = uri.replace("{" + name + "}", str(value))
    return uri
