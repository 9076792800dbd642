"""The table of ``engine/taixu/render/lamps/lobes.npy``: ``python tests/fits leaning`` makes it anew.

A cosine that is stretched and leant by a matrix stands for a GGX lobe: Heitz et al., "Real-Time Polygonal-Light Shading with
Linearly Transformed Cosines", 2016. The matrices here are fitted to the lobes of `taixu.render.reflectance.ggx`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from taixu.render.lamps import areas
from taixu.render.reflectance.ggx import ggx_distribution, smith_visibility

__all__ = ["refit"]

_ACROSS = 24  # samples each way


def refit() -> None:
    """Fit all lobes and write the table."""
    table = np.zeros((areas.LOBES, areas.LOBES, 4), np.float32)
    for row, roughness in enumerate(areas.lobe_roughness()):
        plain = start = np.array([roughness**2, roughness**2, 0.0])
        for column, cosine in enumerate(areas.lobe_cosines()):
            start, table[row, column] = _fit(max(float(cosine), 0.02), float(roughness) ** 2, (start, plain))
        print(f"roughness {roughness:.3f}", file=sys.stderr)
    np.save(Path(areas.__file__).with_name("lobes.npy"), table)


def _fit(cosine: float, alpha: float, starts: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray]:
    view = np.array([np.sqrt(1 - cosine**2), 0.0, cosine])
    u = np.stack(np.meshgrid(*[(np.arange(_ACROSS) + 0.5) / _ACROSS] * 2), -1).reshape(-1, 2)
    # Half vectors by D n.h: their lights, weighed, say where the lobe's middle is and how much it holds.
    up = np.sqrt((1 - u[:, 0]) / (1 + (alpha**2 - 1) * u[:, 0]))
    side = np.sqrt(np.maximum(1 - up**2, 0))
    half = np.stack([side * np.cos(2 * np.pi * u[:, 1]), side * np.sin(2 * np.pi * u[:, 1]), up], 1)
    lights = 2 * (half @ view)[:, None] * half - view

    def lobe(towards: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The lobe times n.l, and the density of `lights` above."""
        h = towards + view
        h /= np.maximum(np.linalg.norm(h, axis=1, keepdims=True), 1e-9)
        density, up = ggx_distribution(h[:, 2], alpha), towards[:, 2]
        seen = np.where(up > 0, density * smith_visibility(cosine, np.maximum(up, 1e-6), alpha) * up, 0.0)
        return seen, density * np.abs(h[:, 2]) / np.maximum(4 * np.abs(h @ view), 1e-9)

    seen, density = lobe(lights)
    weight = seen / np.maximum(density, 1e-12)
    total = weight.mean()
    middle = (weight[:, None] * lights).mean(0) * (1, 0, 1)
    z = middle / np.linalg.norm(middle)
    frame = np.stack([[z[2], 0, -z[0]], [0, 1, 0], z], 1)
    round_ = np.stack([np.sqrt(u[:, 0]) * np.cos(2 * np.pi * u[:, 1]), np.sqrt(u[:, 0]) * np.sin(2 * np.pi * u[:, 1]),
                       np.sqrt(1 - u[:, 0])], 1)  # fmt: skip

    def matrix(x: np.ndarray) -> np.ndarray:
        a, b = max(abs(x[0]), 1e-4), max(abs(x[1]), 1e-4)
        return frame @ np.array([[a, 0, x[2]], [0, b, 0], [0, 0, 1.0]])

    def miss(x: np.ndarray) -> float:
        m = matrix(x)
        inverse, det = np.linalg.inv(m), abs(np.linalg.det(m))

        def leaning(towards: np.ndarray) -> np.ndarray:
            back = towards @ inverse.T
            length = np.linalg.norm(back, axis=1)
            return np.maximum(back[:, 2], 0) / length**4 / (np.pi * det)

        own = round_ @ m.T
        own /= np.linalg.norm(own, axis=1, keepdims=True)
        off = 0.0
        for towards in (lights, own):
            wanted, by_half = lobe(towards)
            mine = leaning(towards)
            off += float(np.mean(np.abs(wanted / total - mine) ** 3 / np.maximum(by_half + mine, 1e-9)))
        return off

    found = min((
        minimize(miss, start, method="Nelder-Mead", options={
            "xatol": 1e-4, "fatol": 1e-12, "maxfev": 300,
            "initial_simplex": start + np.vstack([np.zeros(3), np.diag(np.full(3, 0.2 * min(alpha, 0.5)))]),
        })
        for start in starts
    ), key=lambda tried: float(tried.fun))  # fmt: skip
    inverse = np.linalg.inv(matrix(found.x))
    inverse /= inverse[1, 1]
    return found.x, np.array([inverse[0, 0], inverse[0, 2], inverse[2, 0], inverse[2, 2]], np.float32)
