"""Areas that shine: the table of leaning lobes by which surfaces mirror them, and what they look like to a floor.

``shaders/common/lamps/areas.glsl`` does the work; the table is fitted by ``python tests/fits leaning``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Buffer, Device
from taixu.render.bindings import UniformSlot
from taixu.render.lights import KINDS, Lights

__all__ = ["LOBES", "areas_glsl", "has_areas", "lobe_cosines", "lobe_roughness", "make_lobes"]

LOBES = 16
"""Rows (roughness) and columns (angle of the view) of the table."""


def lobe_roughness() -> NDArray[np.float64]:
    """Perceptual roughness of each row."""
    return np.maximum(np.arange(LOBES) / (LOBES - 1), 0.045)


def lobe_cosines() -> NDArray[np.float64]:
    """Cosine of the view in each column: fine where surfaces are seen askew."""
    return 1.0 - np.square(np.arange(LOBES) / (LOBES - 1))


def has_areas(lights: Lights) -> bool:
    """Whether any light is an area."""
    return bool((lights.kinds == KINDS["area"]).any())


def areas_glsl() -> str:
    """The table's block in GLSL."""
    return (
        f"#define AREA_LOBES {LOBES}\n"
        f"layout(std140, binding = {UniformSlot.AREA_LOBES}) uniform AreaLobes {{ vec4 area_lobes[{LOBES * LOBES}]; }};\n"
    )


def make_lobes(device: Device) -> Buffer:
    """The table on the GPU: of each lobe's inverse matrix the corners (0 0), (0 2), (2 0), (2 2), where (1 1) is one."""
    table = np.load(Path(__file__).with_name("lobes.npy")).astype(np.float32)
    return device.buffer(table.reshape(-1, 4), label="lobes of areas")
