"""Equirectangular pictures of the sky: which texel shows which direction, solid angles, and integrals over them.

A direction is found at ``u = atan2(z, x) / 2pi + 1/2`` and ``v = acos(y) / pi`` from the top.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["directions", "irradiance", "lookup", "shrink", "solid_angles"]

Array = NDArray[np.floating[Any]]


def directions(width: int, height: int, *, rows: slice = slice(None)) -> Array:
    """Unit vectors through the texel centres of `rows`: [rows, width, 3]."""
    phi = ((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi
    theta = (np.arange(height)[rows] + 0.5) / height * np.pi
    s = np.sin(theta)[:, None]
    y = np.broadcast_to(np.cos(theta)[:, None], (len(theta), width))
    return np.stack([s * np.cos(phi), y, s * np.sin(phi)], -1)


def solid_angles(width: int, height: int) -> Array:
    """Solid angle of a texel of each row, steradians: [height]; exact, so that all texels add up to 4 pi."""
    edges = np.cos(np.arange(height + 1) / height * np.pi)
    result: Array = (edges[:-1] - edges[1:]) * (2 * np.pi / width)
    return result


def lookup(image: Array, d: Array) -> Array:
    """Bilinear radiance of `image` [h, w, 3] in the directions `d` [..., 3]."""
    height, width = image.shape[:2]
    x = (np.arctan2(d[..., 2], d[..., 0]) / (2 * np.pi) + 0.5) * width - 0.5
    y = np.arccos(np.clip(d[..., 1], -1, 1)) / np.pi * height - 0.5
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    x0, x1 = x0 % width, (x0 + 1) % width
    y0, y1 = np.clip(y0, 0, height - 1), np.clip(y0 + 1, 0, height - 1)
    top = image[y0, x0] * (1 - fx) + image[y0, x1] * fx
    result: Array = top * (1 - fy) + (image[y1, x0] * (1 - fx) + image[y1, x1] * fx) * fy
    return result


def shrink(image: Array, height: int) -> Array:
    """`image` brought down to about `height` rows by a whole factor; by solid angle, so that no light is lost."""
    factor = max(1, image.shape[0] // height)
    if factor == 1:
        return image
    rows, columns = image.shape[0] // factor, image.shape[1] // factor
    weight = solid_angles(image.shape[1], image.shape[0])[: rows * factor]
    cut = image[: rows * factor, : columns * factor] * weight[:, None, None].astype(image.dtype)
    total = cut.reshape(rows, factor, columns, factor, 3).sum((1, 3))
    result: Array = total / (weight.reshape(rows, factor).sum(1) * factor)[:, None, None]
    return result


def irradiance(image: Array, normals: Array, *, height: int = 64) -> Array:
    """Irradiance divided by pi: what a white diffuse surface facing `normals` [n, 3] sends back, [n, 3].

    The sky is summed to blocks of about `height` rows, each standing at the centre of its light, which keeps a small
    bright sun in its place.
    """
    factor = max(1, image.shape[0] // height)
    rows, columns = image.shape[0] // factor, image.shape[1] // factor
    cut = image[: rows * factor, : columns * factor]
    flux = cut * solid_angles(image.shape[1], image.shape[0])[: rows * factor, None, None]
    towards = directions(image.shape[1], image.shape[0])[: rows * factor, : columns * factor]
    moment = towards * (flux.sum(-1, keepdims=True) + 1e-12)

    def blocks(values: Array) -> Array:
        total: Array = values.reshape(rows, factor, columns, factor, 3).sum((1, 3)).reshape(-1, 3)
        return total

    light, centres = blocks(flux), blocks(moment)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    result = np.empty((len(normals), 3))
    towards_light, colors, facing = (
        centres.T.astype(np.float32),
        (light / np.pi).astype(np.float32),
        normals.astype(np.float32),
    )
    for start in range(0, len(normals), 256):
        cosine = facing[start : start + 256] @ towards_light
        result[start : start + 256] = np.maximum(cosine, 0.0, out=cosine) @ colors
    return result
