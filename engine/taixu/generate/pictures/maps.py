"""All maps of a material from one picture of it, by what light and edges tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from taixu.generate.materials.maps import DARKEST, PALEST, MaterialMaps
from taixu.generate.pictures.albedo import flattened, unshaded
from taixu.generate.pictures.filters import Values, blur, resize
from taixu.generate.pictures.reading import encoded, linear_of
from taixu.generate.pictures.relief import edges_of, height_of, height_of_normals, normals_of, occlusion_of, relief_of
from taixu.generate.pictures.seamless import repeats, seamless

__all__ = ["TILINGS", "MapParameters", "maps_of_picture", "prepared", "roughness_of", "surface_maps"]

TILINGS = ("auto", "make", "keep", "none")
_UNIT = {"minimum": 0.0, "maximum": 1.0}


@dataclass(frozen=True)
class MapParameters:
    """How a picture becomes maps."""

    tiling: str = field(
        default="auto",
        metadata={"doc": "auto: made to repeat, unless it does; make: always; keep: it does; none: need not.", "choices": TILINGS},
    )
    overlap: float = field(
        default=0.2, metadata={"doc": "How much of it is laid over its other end.", "minimum": 0.02, "maximum": 0.5}
    )
    exposure: float = field(
        default=0.0, metadata={"doc": "Brighter or darker, in stops.", "unit": "EV", "minimum": -4.0, "maximum": 4.0}
    )
    flatten: float = field(default=0.8, metadata={"doc": "How much of uneven light is taken out.", **_UNIT})
    light_reach: float = field(
        default=0.3, metadata={"doc": "How wide light is at least, of the shorter side.", "minimum": 0.05, "maximum": 1.0}
    )
    highlights: float = field(default=0.5, metadata={"doc": "How far what shines is brought down.", **_UNIT})
    shade: float = field(default=0.3, metadata={"doc": "How much of the shade in hollows is taken out.", **_UNIT})
    height_strength: float = field(
        default=1.0, metadata={"doc": "How high it is beside what its contrast and grain suggest.", "minimum": 0.0, "maximum": 8.0}
    )
    invert: bool = field(default=False, metadata={"doc": "What is taken for low is high."})
    detail: float = field(default=0.7, metadata={"doc": "How much of the finest grain is height.", **_UNIT})
    edges: float = field(
        default=1.0, metadata={"doc": "How much lower edges of things lie than the things.", "minimum": 0.0, "maximum": 3.0}
    )
    roughness: float = field(default=0.7, metadata={"doc": "On the whole.", **_UNIT})
    roughness_range: float = field(default=0.3, metadata={"doc": "Between the smoothest and the roughest.", **_UNIT})
    metallic: float = field(default=0.0, metadata={"doc": "1 for bare metal: no picture tells.", **_UNIT})
    size_m: float = field(
        default=1.0, metadata={"doc": "How wide the picture is.", "unit": "m", "minimum": 0.001, "maximum": 10_000.0}
    )


def prepared(colors: Values, wanted: MapParameters, alpha: Values | None = None) -> tuple[Values, Values | None, bool]:
    """Linear colours [h, w, 3] lit evenly, and coverage [h, w], closed where that is wanted; and whether they repeat."""
    colors = np.minimum(colors * np.float32(2.0**wanted.exposure), 1.0) if wanted.exposure else colors
    wraps = wanted.tiling == "keep" or (wanted.tiling == "auto" and repeats(encoded(colors)))
    even = flattened(colors, wanted.flatten, reach=wanted.light_reach, highlights=wanted.highlights, wraps=wraps)
    if wraps or wanted.tiling == "none":
        return even, alpha, wraps
    if alpha is None:
        return linear_of(seamless(encoded(even), wanted.overlap)), None, True
    closed = seamless(np.concatenate([encoded(even), alpha[..., None]], axis=2), wanted.overlap)
    return linear_of(np.ascontiguousarray(closed[..., :3])), np.ascontiguousarray(closed[..., 3].clip(0.0, 1.0)), True


def maps_of_picture(
    colors: Values, wanted: MapParameters | None = None, *, given: Mapping[str, Values] | None = None
) -> MaterialMaps:
    """The maps of a material from a picture of it.

    Parameters
    ----------
    colors
        Linear, [h, w, 3].
    given
        Maps that somebody knows better, by the names of `MAPS`, of the size that `prepared` gives; others follow from these.
        Where ``base_color`` is given, nothing is taken out of it.

    Returns
    -------
    MaterialMaps
        As high and wide as the picture, less the overlap where it is made to repeat.
    """
    wanted = wanted or MapParameters()
    even, _, wraps = prepared(colors, wanted)
    return surface_maps(even, wanted, wraps=wraps, given=given)


def surface_maps(
    even: Values, wanted: MapParameters, *, wraps: bool, given: Mapping[str, Values] | None = None
) -> MaterialMaps:
    """`maps_of_picture` of what `prepared` gave."""
    known = {name: _fitted(values, even.shape[:2]) for name, values in (given or {}).items()}
    height, normal, relief = known.get("height"), known.get("normal"), 0.0
    if normal is not None:
        normal = _united(normal)
    if height is None and normal is not None:
        height, relief = height_of_normals(normal, wraps=wraps)
    elif height is None:
        height = height_of(even, detail=wanted.detail, edges=wanted.edges, wraps=wraps, flipped=wanted.invert)
    relief = relief or wanted.height_strength * relief_of(even, height, wraps=wraps)
    normal = normals_of(height, relief, wraps=wraps) if normal is None else normal
    occlusion = known.get("occlusion")
    occlusion = occlusion_of(height, relief, wraps=wraps) if occlusion is None else occlusion
    color = known.get("base_color")
    color = unshaded(even, occlusion, wanted.shade) if color is None else color
    rough = known.get("roughness")
    rough = roughness_of(even, height, wanted, wraps=wraps) if rough is None else rough
    metallic = known.get("metallic", np.full(height.shape, wanted.metallic, np.float32))
    metal = metallic[..., None]
    limits = DARKEST * (1 - metal), PALEST + (1 - PALEST) * metal
    maps = {
        "base_color": np.clip(color, *limits), "normal": normal, "roughness": np.clip(rough, 0.03, 1.0), "metallic": metallic,
        "height": height, "occlusion": np.clip(occlusion, 0.0, 1.0), "emission": np.zeros_like(even),
    }  # fmt: skip
    maps = {name: np.ascontiguousarray(values, np.float32) for name, values in maps.items()}
    return MaterialMaps(maps, wanted.size_m, relief * wanted.size_m)


def roughness_of(even: Values, height: Values, wanted: MapParameters, *, wraps: bool) -> Values:
    """Roughness [h, w]: what lies low gathers dust, edges are broken, and what stands out is rubbed smooth."""
    scale = max(1.0, min(height.shape) / 256.0)
    low = 0.5 - 0.5 * (height + blur(height, 3.0 * scale, wraps=wraps))
    broken = edges_of(encoded(even), wraps=wraps)
    said = _unit(low) + 0.5 * _unit(broken)
    return np.asarray(np.clip(wanted.roughness + 0.25 * wanted.roughness_range * said, 0.0, 1.0), np.float32)


def _unit(values: Values) -> Values:
    """Values about 0, most of them from -1.5 to 1.5."""
    spread = float(values.std())
    return np.zeros_like(values) if spread < 1e-6 else np.asarray(np.clip((values - values.mean()) / spread, -2.0, 2.0), np.float32)


def _united(normals: Values) -> Values:
    """Normals of length 1 that point out of the surface."""
    out = normals.copy()
    out[..., 2] = np.maximum(out[..., 2], 0.05)
    return np.asarray(out / np.linalg.norm(out, axis=2, keepdims=True), np.float32)


def _fitted(values: Values, shape: tuple[int, ...]) -> Values:
    return values if values.shape[:2] == shape else resize(values, shape[0], shape[1])
