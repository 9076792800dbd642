"""White balance: which light looks white."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["white_balance"]

_NEUTRAL_K = 6500.0
_TINT = 0.02
"""At full strength, along v of CIE 1960."""

_XYZ_FROM_REC709 = np.array(
    [[0.4123908, 0.3575843, 0.1804808], [0.2126390, 0.7151687, 0.0721923], [0.0193308, 0.1191948, 0.9505322]]
)
_CONES_FROM_XYZ = np.array([[0.401288, 0.650173, -0.051461], [-0.250268, 1.204414, 0.045854], [-0.002079, 0.048952, 0.953127]])
"""CAT16: Li et al., "Comprehensive color solutions: CAM16, CAT16, and CAM16-UCS", 2017."""


def white_balance(temperature_k: float, tint: float) -> NDArray[np.float64]:
    """The matrix [3, 3] for linear Rec.709 that makes light of this temperature white; the identity at 6500 K without tint."""
    if temperature_k == _NEUTRAL_K and tint == 0.0:
        return np.eye(3)
    seen, wanted = (_CONES_FROM_XYZ @ _white(k, t) for k, t in ((temperature_k, tint), (_NEUTRAL_K, 0.0)))
    cones = _CONES_FROM_XYZ @ _XYZ_FROM_REC709
    result: NDArray[np.float64] = np.linalg.inv(cones) @ np.diag(wanted / seen) @ cones
    return result


def _white(temperature_k: float, tint: float) -> NDArray[np.float64]:
    """XYZ of a black body, moved off its curve by tint: positive is greener light, so that the picture turns magenta.

    Kim et al., "Design of advanced color temperature control system for HDTV applications", 2002; 1,667 to 25,000 K.
    """
    t = 1000.0 / temperature_k
    if temperature_k <= 4000:
        x = -0.2661239 * t**3 - 0.2343589 * t**2 + 0.8776956 * t + 0.179910
    else:
        x = -3.0258469 * t**3 + 2.1070379 * t**2 + 0.2226347 * t + 0.240390
    if temperature_k <= 2222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif temperature_k <= 4000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    u, v = 4 * x / (-2 * x + 12 * y + 3), 6 * y / (-2 * x + 12 * y + 3)
    v += _TINT * tint
    x, y = 3 * u / (2 * u - 8 * v + 4), 2 * v / (2 * u - 8 * v + 4)
    return np.array([x / y, 1.0, (1.0 - x - y) / y])
