"""Levels of detail of a person: the same skin and clothes with fewer triangles, for those who stand further away.

The first is thinner and has no moving face; the second is one surface in one paint, coloured at its vertices. Both hang on the same
skeleton. Written, the levels are ``MSFT_lod`` of the node above the meshes, with the share of the picture below which the
next one is shown; what comes after the last is an impostor, whose frame stands in the node's extras. Viewers who know nothing of
this show the finest alone: the others are in no scene.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import decode_image
from taixu.generate.avatars.charts import skin_chart
from taixu.generate.avatars.looks import Rgb
from taixu.generate.avatars.paints import Paint, Picture
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.surfaces import Piece, as_lit, distinct_rows, joined

__all__ = ["COVERAGES", "far_pieces"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COVERAGES = (0.10, 0.02, 0.003)
"""Shares of the picture's area at which the finest, the first and the second level end; then comes the impostor."""
_LEFT_OUT = (("tongue", "teeth", "button"), ("tongue", "button", "teeth", "brows", "beard locks", "helper-l-eyelashes-1",
             "helper-r-eyelashes-1", "helper-l-eyelashes-2", "helper-r-eyelashes-2", "lens", "moustache"))  # fmt: skip
_CELLS_M = ({"face": 0.0085, "hair": 0.013, "": 0.0165}, {"face": 0.021, "hair": 0.032, "": 0.036})
_FAR = Paint("far", roughness=0.75, double_sided=True)
_SAMPLED_PX = 64
_PATCHES = 6.0
"""Into how many parts pictures are cut along each side: vertices in different ones stay apart."""
_HAND = ("Hand", "Thumb", "Index", "Middle", "Ring", "Little")


def far_pieces(person: Person, pieces: list[Piece], varied: Collection[Rgb] = ()) -> list[list[Piece]]:
    """Pieces of the levels after the finest, on nodes ``level1`` and ``level2``.

    Parameters
    ----------
    varied
        Colours of paints that stay paints in the last level, for other looks change them.
    """
    found = []
    hands = np.array([any(word in name for word in _HAND) for name in person.pose.bones])
    for level, (cells, gone) in enumerate(zip(_CELLS_M, _LEFT_OUT, strict=True)):
        chosen = [_outside(piece) for piece in pieces if piece.name not in gone and len(piece.triangles)]
        groups: dict[str, list[Piece]] = {}
        for piece in chosen:
            groups.setdefault("skin" if piece.name in ("body", "head") else f"{len(groups)}", []).append(piece)
        made = []
        for group in groups.values():
            first = group[0]
            if first.node == "held":  # thin, and few triangles
                made.append(first)
                continue
            if first.strips is not None:
                made.append(_thinned(first, level))
                continue
            cell = cells.get("face" if first.name in ("eyes", "left eye", "right eye", "brows") else first.node, cells[""])
            made += _clustered(group, _cells_of(group, cell * person.scale, cells["face"] * person.scale, hands))
        found.append([replace(piece, node=f"level{level + 1}", units={}, strips=None) for piece in made if len(piece.triangles)])
    dyed: dict[Rgb | None, list[Piece]] = {}
    for piece in found[1]:
        color = piece.paint.color[:3] if piece.paint.color[:3] in varied else None
        dyed.setdefault(color, []).append(_colored(piece, color))
    return [[_plain(piece) for piece in found[0]], [joined([replace(piece, paint=group[0].paint) for piece in group], "far")
                                                    for group in dyed.values()]]  # fmt: skip


def _outside(piece: Piece) -> Piece:
    """A head without the inside of mouth and sockets."""
    if piece.name != "head":
        return piece
    return piece.kept(np.asarray(~skin_chart("head").inner[piece.triangles].any(1)))


def _plain(piece: Piece) -> Piece:
    """In a paint without what only near eyes see; hair's soft edges are cut."""
    return replace(piece, paint=piece.paint.cut) if piece.paint.alpha == "BLEND" and piece.name != "lens" else piece


def _thinned(piece: Piece, level: int) -> Piece:
    """Fewer and wider strips, in fewer steps."""
    assert piece.strips is not None
    count, steps, across = piece.strips
    index = np.arange(count * steps * across).reshape(count, steps, across)
    each = 2 if level == 0 else 5
    is_tube = across > 3
    rows = np.unique(np.linspace(0, steps - 1, max(3, round(steps / (1.6, 2.6)[level]))).astype(np.int64))
    columns = np.arange(0, across, 1 if not is_tube else 2 + level) if level == 0 or is_tube else np.array((0, across - 1))
    if is_tube and columns[-1] != across - 1:
        columns = np.append(columns, across - 1)
    kept = index[:: (1 if count < 8 else each)][:, rows][:, :, columns]
    middle = piece.positions[index].mean(2)[:: (1 if count < 8 else each)][:, rows][:, :, None]
    wide = 1.0 if count < 8 else (1.0 + 0.35 * (each - 1) if not is_tube else each**0.5)
    positions = middle + (piece.positions[kept] - middle) * wide
    number = np.arange(kept.size).reshape(kept.shape)
    a, b, c, d = number[:, :-1, :-1], number[:, 1:, :-1], number[:, 1:, 1:], number[:, :-1, 1:]
    quads = np.stack([a, d, c, b], -1).reshape(-1, 4)
    flat = kept.ravel()
    return replace(
        piece, positions=positions.reshape(-1, 3), normals=piece.normals[flat], coordinates=piece.coordinates[flat],
        joints=piece.joints[flat], weights=piece.weights[flat], units={},
        triangles=np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    )  # fmt: skip


def _cells_of(pieces: list[Piece], cell_m: float, fine_m: float, is_hand: NDArray[np.bool_]) -> Floats:
    """How large cells are about each vertex: head and hands of a skin are finer."""
    points = np.concatenate([piece.positions for piece in pieces])
    first = np.concatenate([np.maximum(piece.joints[:, 0], 0) for piece in pieces])
    fine = is_hand[np.minimum(first, len(is_hand) - 1)] & (len(pieces) > 1)
    heads = [piece for piece in pieces if piece.name == "head"]
    if heads:
        fine |= (points[:, 1] > heads[0].positions[:, 1].min() - 1e-4) & (np.abs(points[:, 0]) < 0.2 * points[:, 1].max())
    return np.where(fine, fine_m, cell_m)


def _clustered(pieces: list[Piece], cells_m: Floats) -> list[Piece]:
    """Pieces with fewer triangles: vertices of one cell become one, in its middle; pieces share cells, so that they do not part.

    Parameters
    ----------
    cells_m : [n]
        How large cells are about each vertex of all pieces together.
    """
    points = np.concatenate([piece.positions for piece in pieces])
    sizes, size = np.unique(cells_m, return_inverse=True)
    key = np.floor(points / sizes[size][:, None] + 0.37).astype(np.int64)
    cluster = distinct_rows(np.column_stack([size, key]))[1]
    count = np.bincount(cluster)
    middles = np.stack([np.bincount(cluster, points[:, axis]) for axis in range(3)], 1) / count[:, None]
    found, start = [], 0
    for piece in pieces:
        mine = cluster[start : start + len(piece.positions)]
        start += len(piece.positions)
        patch = np.floor(piece.coordinates * _PATCHES).astype(np.int64) & 1023
        place, sub = distinct_rows(np.stack([mine, patch[:, 0], patch[:, 1]], 1))
        far = np.linalg.norm(piece.positions - middles[mine], axis=1)
        order = np.lexsort((far, sub))
        chosen = order[np.unique(sub[order], return_index=True)[1]]
        total = np.stack([np.bincount(sub, piece.normals[:, axis]) for axis in range(3)], 1)
        length = np.linalg.norm(total, axis=1, keepdims=True)
        normals = np.asarray(np.where(length > 0.2, total / np.maximum(length, 1e-9), piece.normals[chosen]), np.float64)
        triangles = sub[piece.triangles]
        corners = mine[piece.triangles]
        whole = (corners[:, 0] != corners[:, 1]) & (corners[:, 1] != corners[:, 2]) & (corners[:, 2] != corners[:, 0])
        triangles = as_lit(triangles[whole], middles[place[:, 0]], normals)
        triangles = distinct_rows(_turned(triangles))[0]
        small = Piece(piece.name, middles[place[:, 0]], normals, piece.coordinates[chosen], triangles, piece.joints[chosen],
                      piece.weights[chosen], piece.paint, {}, piece.node)  # fmt: skip
        found.append(small.kept(np.ones(len(triangles), bool)))
    return found


def _turned(triangles: Ints) -> Ints:
    """Each with its least corner first, so that equal ones are equal."""
    first = triangles.argmin(1) if len(triangles) else np.zeros(0, np.int64)
    return np.asarray(triangles[np.arange(len(triangles))[:, None], (first[:, None] + np.arange(3)) % 3])


def _colored(piece: Piece, own: Rgb | None) -> Piece:
    """With the paint's colours at its vertices; without the `own` one, which the paint keeps."""
    paint = piece.paint
    color = np.tile(np.array(paint.color if own is None else (1.0, 1.0, 1.0, 1.0)), (len(piece.positions), 1))
    if paint.picture is not None and paint.alpha != "BLEND":
        small = _sampled(paint.picture)
        at = piece.coordinates * np.array(paint.tiling)
        height, width = small.shape[:2]
        color[:, :3] *= small[(at[:, 1] % 1.0 * height).astype(int) % height, (at[:, 0] % 1.0 * width).astype(int) % width]
    elif paint.picture is not None:
        color[:, :3] *= 0.35
    color[:, 3] = 1.0
    return replace(piece, paint=_FAR if own is None else replace(_FAR, color=(*own, 1.0)), colors=color)


def _sampled(picture: Picture) -> Floats:
    """A small copy, linear; of pictures that many share it is made once."""
    return _shared_sample(picture) if picture.pixels is None else _small(picture.pixels)


@cache
def _shared_sample(picture: Picture) -> Floats:
    return _small(decode_image(picture.data))


def _small(pixels: NDArray[Any]) -> Floats:
    """About 64 pixels wide, each the mean of at most 16 of the picture's."""
    step = max(1, min(pixels.shape[:2]) // _SAMPLED_PX)
    skipped = max(1, step // 4)
    pixels = pixels[skipped // 2 :: skipped, skipped // 2 :: skipped, :3]
    step //= skipped
    high, wide = pixels.shape[0] // step * step, pixels.shape[1] // step * step
    blocks = pixels[:high, :wide].reshape(high // step, step, wide // step, step, 3)
    rgb = blocks.sum((1, 3), dtype=np.uint32) * (1.0 / (255.0 * step * step))
    return np.asarray(np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4), np.float64)

