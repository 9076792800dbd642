"""Particles: what emitters send out, placed and sorted in compute, drawn over the picture."""

from .feature import ParticleFeature

__all__ = ["ParticleFeature"]
