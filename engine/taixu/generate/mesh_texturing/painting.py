"""The painting of a model view by view: each picture goes on from what the ones before it have painted.

What a `Painter` is given: the view's depth, what is painted already, and where it shall paint. What it gives is laid upon the
texels that the view sees, weighted by how squarely it sees them, so that the borders between views are gradual.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.mesh_texturing.filling import fill_in_space
from taixu.generate.mesh_texturing.projecting import edge_distances, project
from taixu.generate.mesh_texturing.subject import Subject
from taixu.generate.mesh_texturing.texels import Texels, fill_rest, sample_bilinear
from taixu.generate.mesh_texturing.views import Sight, View

__all__ = ["Canvas", "Painter", "Sitting", "feather_px", "paint_views"]

Floats = NDArray[np.float64]
_BETTER = 0.15
"""How much more squarely a view must see what is painted, to paint it over."""
_FEATHER_SHARE = 1 / 24
_LEAST_SHARE = 0.002


@dataclass(frozen=True, slots=True)
class Sitting:
    """What a painter is given for a view.

    Attributes
    ----------
    sight
        What the view sees: depth, normals.
    picture : float64 [h, w, 3]
        sRGB, 0 to 1: what is painted already; near it its colours, and grey behind the model.
    wanted : float64 [h, w]
        Where it shall paint: 1 anew, less to paint over what is there, 0 not at all.
    strength
        How far it may go from the picture where something is painted, 0 to 1.
    number
        Of the picture among all of the model's.
    """

    sight: Sight
    picture: Floats
    wanted: Floats
    strength: float
    number: int


class Painter(Protocol):
    """Who paints views."""

    def __call__(self, sitting: Sitting) -> NDArray[np.floating]:
        """A picture of the view, [h, w, 3], sRGB, 0 to 1."""


@dataclass(slots=True)
class Canvas:
    """The texels' colours while they are painted.

    Attributes
    ----------
    colors : float64 [m, 3]
        sRGB, 0 to 1.
    weights : float64 [m]
        How much was painted there; 0 where nothing was.
    cosines : float64 [m]
        How squarely the best view saw it.
    """

    texels: Texels
    colors: Floats
    weights: Floats
    cosines: Floats

    @classmethod
    def empty(cls, texels: Texels) -> Canvas:
        """Nothing painted yet."""
        count = len(texels.pixels)
        return cls(texels, np.full((count, 3), 0.5), np.zeros(count), np.zeros(count))

    @property
    def coverage(self) -> float:
        """The share of texels that are painted."""
        return float((self.weights > 0).mean())

    def filled(self) -> Floats:
        """Colours of all texels, those that no view saw from painted ones near them."""
        known = (self.weights > 0).astype(np.float64)
        return fill_in_space(self.texels.positions, self.texels.normals, self.colors, known)

    def seen(self, sight: Sight) -> tuple[Floats, Floats, Floats]:
        """As a view sees it: colours [h, w, 3], how much is painted [h, w], and how squarely that was seen [h, w]."""
        size = self.texels.size_px
        known = (self.weights > 0).astype(np.float64)
        atlas = fill_rest(self.texels.picture(np.where(known[:, None] > 0, self.colors, 0.0)), self.texels.picture(known) > 0)
        facts = np.stack([self.texels.picture(known), self.texels.picture(self.cosines)], axis=-1)
        shown = sight.painted.reshape(-1)[sight.pixels]
        places = sight.mixed(np.nan_to_num(sight.subject.texcoords)) * size
        colors = sample_bilinear(atlas, places[:, 0], places[:, 1])
        told = sample_bilinear(facts, places[:, 0], places[:, 1]) * shown[:, None]
        shape = (sight.size_px, sight.size_px)
        whole = [np.full((*shape, 3), 0.5), np.zeros(shape), np.zeros(shape)]
        whole[0].reshape(-1, 3)[sight.pixels[shown]] = colors[shown]
        whole[1].reshape(-1)[sight.pixels] = told[:, 0]
        whole[2].reshape(-1)[sight.pixels] = told[:, 1]
        return whole[0], whole[1], whole[2]

    def lay(self, sight: Sight, picture: NDArray[np.floating], wanted: Floats, *, sharpness: float) -> None:
        """Lay a picture upon the texels that a view sees, as far as it was wanted."""
        seen = project(sight, self.texels)
        weights = seen.weights(sharpness) * np.clip(seen.sample(wanted), 0.0, 1.0)
        used = weights > 1e-6
        rows, weights = seen.texels[used], weights[used]
        colors = seen.sample(picture)[used]
        total = self.weights[rows] + weights
        self.colors[rows] += (colors - self.colors[rows]) * (weights / total)[:, None]
        self.weights[rows] = total
        self.cosines[rows] = np.maximum(self.cosines[rows], seen.cosines[used])


def paint_views(
    subject: Subject, texels: Texels, views: Sequence[View], painter: Painter, *, view_px: int, sharpness: float = 4.0,
    strength: float = 0.6, mending: float = 0.0, start: Floats | None = None,
    go: float = 0.6,
    progress: Callable[[float, str, NDArray[np.uint8]], None] | None = None,
) -> Floats:  # fmt: skip
    """Paint a model from views; gives the texels' colours [m, 3], sRGB.

    Parameters
    ----------
    view_px
        Edge of the pictures.
    sharpness
        Power of the cosine that views are weighted by.
    strength
        How far later views may go from what is painted where they see it better.
    mending
        Where above 0, a last round paints over borders and what no view saw, from each view, going so far.
    start : [m, 3]
        Colours to begin with.
    go
        How far the painter may go from those.

    Raises
    ------
    TaixuError
        When a picture is of another size, or holds numbers that are none.
    """
    canvas = Canvas.empty(texels)
    rounds = 2 if mending > 0 else 1
    for number, view in enumerate(views):
        sight = Sight(subject, view, view_px)
        picture, painted, squarely = canvas.seen(sight)
        if start is not None:
            began = Canvas(texels, start, np.ones(len(start)), np.zeros(len(start)))
            picture = picture * painted[..., None] + began.seen(sight)[0] * (1 - painted[..., None])
        wanted = _wanted(sight, painted, squarely, strength)
        if wanted.max() <= 0 or (wanted > 0).sum() < _LEAST_SHARE * max(int(sight.painted.sum()), 1):
            continue
        whole = _surrounded(picture, painted if start is None else sight.painted.astype(np.float64))
        made = _paint(painter, Sitting(sight, whole, wanted, 1.0 if start is None else go, number), canvas, sharpness)
        if progress is not None:
            progress((number + 1) / (len(views) * rounds), view.name, _bytes(made))
    unseen = canvas.weights <= 0
    canvas.colors = canvas.filled() if start is None else np.where(unseen[:, None], start, canvas.colors)
    if mending > 0:
        _mend(subject, canvas, views, painter, unseen, view_px=view_px, sharpness=sharpness, mending=mending, progress=progress)
    return canvas.colors


def feather_px(size_px: int) -> int:
    """How far over its border a view's paint runs out, in a picture of this size."""
    return max(4, round(size_px * _FEATHER_SHARE))


def _wanted(sight: Sight, painted: Floats, squarely: Floats, strength: float) -> Floats:
    """Where a view shall paint: all that is bare, and, less, what it sees much better than who painted it did."""
    bare = sight.painted & (painted < 0.5)
    better = sight.painted & ~bare & (sight.cosines > squarely + _BETTER)
    soft = edge_distances(~(bare | better), 3) / 3  # single pixels are not worth a brush
    again = np.where(better & (soft > 0.4), strength, 0.0)
    return np.maximum(np.where(bare, 1.0, 0.0), again)


def _paint(painter: Painter, sitting: Sitting, canvas: Canvas, sharpness: float) -> Floats:
    """Have a view painted, and lay it on the canvas; gives the picture."""
    sight = sitting.sight
    made = np.asarray(painter(sitting), np.float64)
    if made.shape != sitting.picture.shape:
        raise TaixuError(f"the painter gave a picture of {made.shape[1]} by {made.shape[0]} for one of {sight.size_px} pixels")
    if not np.isfinite(made).all():
        raise TaixuError("the painted picture holds numbers that are none; try another seed, or another precision")
    wide = 1.0 - edge_distances(sitting.wanted > 0, feather_px(sight.size_px)) / feather_px(sight.size_px)
    only = fill_rest(np.clip(made, 0.0, 1.0).astype(np.float32), sight.mask)  # no background on the model's edges
    canvas.lay(sight, only, np.maximum(wide, sitting.wanted > 0), sharpness=sharpness)
    return made


def _mend(
    subject: Subject, canvas: Canvas, views: Sequence[View], painter: Painter, unseen: NDArray[np.bool_], *, view_px: int,
    sharpness: float, mending: float, progress: Callable[[float, str, NDArray[np.uint8]], None] | None,
) -> None:  # fmt: skip
    """A second round over what was only filled in, and over places that nobody saw squarely."""
    poor = np.where(unseen, 1.0, np.clip((0.45 - canvas.cosines) / 0.3, 0.0, 1.0))
    canvas.weights = np.maximum(canvas.weights, 1e-3)
    for number, view in enumerate(views):
        sight = Sight(subject, view, view_px)
        picture, _, _ = canvas.seen(sight)
        told = Canvas(canvas.texels, np.repeat(poor[:, None], 3, 1), np.ones(len(poor)), poor).seen(sight)[0][..., 0]
        wanted = np.where(sight.painted & (told > 0.2) & (sight.cosines > 0.25), mending, 0.0)
        if (wanted > 0).sum() < _LEAST_SHARE * max(int(sight.painted.sum()), 1):
            continue
        whole = _surrounded(picture, sight.painted.astype(np.float64))
        sitting = Sitting(sight, whole, wanted, mending, len(views) + number)
        made = _paint(painter, sitting, canvas, sharpness)
        seen = project(sight, canvas.texels)
        poor[seen.texels[seen.cosines > 0.45]] = 0.0
        if progress is not None:
            progress(0.5 + 0.5 * (number + 1) / len(views), f"{view.name}, mending", _bytes(made))


def _surrounded(picture: Floats, known: Floats) -> Floats:
    """What is bare gets the colours that are painted near it, and grey far from them."""
    if not (known > 0.5).any():
        return np.full_like(picture, 0.5)
    filled = fill_rest(picture.astype(np.float32), known > 0.5).astype(np.float64)
    return picture * known[..., None] + filled * (1 - known[..., None])


def _bytes(picture: Floats) -> NDArray[np.uint8]:
    return np.rint(np.clip(picture, 0.0, 1.0) * 255.0).astype(np.uint8)
