"""Components of animation: what plays, and where a mesh's joints and morph weights lie."""

from __future__ import annotations

from taixu.ecs import F32, F64, U32, Bool, Text, component, field

__all__ = ["AnimationPlayer", "Morph", "Skin"]


@component("animation_player")
class AnimationPlayer:
    """Plays the clips of the model that the entity has."""

    clip: Text = field(default="", doc="Name or number of the clip; empty is the first, * is all where they go together.")
    time_secs: F64 = field(default=0.0, unit="s", doc="Where in the clip it is; goes on past the end where it loops.")
    speed: F32 = field(default=1.0, doc="Negative plays backwards.")
    loop: Bool = field(default=True)
    playing: Bool = field(default=True)
    weight: F32 = field(default=1.0, minimum=0.0, maximum=1.0, doc="Share of the clip; the rest is the pose at rest.")
    second_clip: Text = field(default="", doc="Name or number of a clip that is mixed in, in step with the first; empty is none.")
    mix: F32 = field(default=0.0, minimum=0.0, maximum=1.0, doc="Share of the second clip: 0 is the first alone, 1 the second.")
    fade_secs: F32 = field(default=0.2, unit="s", minimum=0.0, doc="Time in which a new clip takes over from the last one.")


@component("skin", authored=False)
class Skin:
    """Marks a mesh that joints bend: its matrices are rows `offset` to `offset + count` of `SkinPalettes`."""

    offset: U32 = field(default=0)
    count: U32 = field(default=0)


@component("morph", authored=False)
class Morph:
    """Marks a mesh with morph targets: its weights are `offset` to `offset + count` of `MorphWeights`."""

    offset: U32 = field(default=0)
    count: U32 = field(default=0)
