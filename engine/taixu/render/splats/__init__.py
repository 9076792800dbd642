"""Drawing of Gaussian splats."""

from .feature import SplatFeature

__all__ = ["SplatFeature"]
