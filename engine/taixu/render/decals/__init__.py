"""Decals: boxes that throw pictures onto surfaces, sorted into clusters and looked up by the colour passes."""

from .feature import DecalFeature, decal_defines

__all__ = ["DecalFeature", "decal_defines"]
