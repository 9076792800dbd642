"""Batched maths for columns: quaternions, affine matrices in rows of twelve, projections with reversed depth.

Many values at once are component-major (``[3, n]``), as the world's columns are; single ones are plain vectors.
"""

from __future__ import annotations

from taixu.math import affine, projection, quaternion

__all__ = ["affine", "projection", "quaternion"]
