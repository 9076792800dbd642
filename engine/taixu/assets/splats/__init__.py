"""Gaussian splats: clouds of soft ellipsoids that a scene was captured as (Kerbl et al., "3D Gaussian Splatting", 2023)."""

from __future__ import annotations

from taixu.assets.splats.cloud import SplatCloud
from taixu.assets.splats.reading import SPLAT_SUFFIXES, read_splats

__all__ = ["SPLAT_SUFFIXES", "SplatCloud", "read_splats"]
