"""Clips, skins and morph weights of models.

A clip is compiled once into tracks that sample all channels of all its players at once; players, poses and joint
matrices are flat arrays, so a crowd costs a few array operations. What the renderer needs lies packed in two
resources, `SkinPalettes` and `MorphWeights`, at the offsets that the `Skin` and `Morph` components hold.
"""

from __future__ import annotations

from taixu.animation.animator import Animator
from taixu.animation.components import AnimationPlayer, Morph, Skin
from taixu.animation.morphs import MorphWeights
from taixu.animation.plugin import AnimationPlugin
from taixu.animation.properties import PropertyAnimation, PropertyAnimator, PropertyTrack, read_tracks, value_at
from taixu.animation.sampling import Track, make_tracks
from taixu.animation.skins import SkinPalettes

__all__ = [
    "AnimationPlayer",
    "AnimationPlugin",
    "Animator",
    "Morph",
    "MorphWeights",
    "PropertyAnimation",
    "PropertyAnimator",
    "PropertyTrack",
    "Skin",
    "SkinPalettes",
    "Track",
    "make_tracks",
    "read_tracks",
    "value_at",
]
