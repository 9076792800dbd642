"""Components of people: how they move, what their faces do, what they look at."""

from __future__ import annotations

from taixu.ecs import F32, U32, AssetPath, Bool, EntityRef, Text, Vec3, component, field

__all__ = ["Face", "Gaze", "Motion"]


@component("motion")
class Motion:
    """Moves the avatar that the entity has as its `Model`: it stands, walks and runs as the entity moves, and acts."""

    act: Text = field(
        default="", doc="What it does besides going: sit, wave, point, hold, cheer, talk, or what its graph knows; empty: nothing."
    )
    measured: Bool = field(default=True, doc="It steps as the entity moves; otherwise as the two fields below say.")
    speed: F32 = field(default=0.0, unit="m/s", doc="Forward, where it is not measured.")
    turn_speed: F32 = field(default=0.0, unit="rad/s", doc="To the left, where it is not measured.")
    mood: Text = field(default="neutral", doc="neutral, happy, sad, angry, tired, proud, scared, relaxed: posture and tempo.")
    seed: U32 = field(default=0, doc="Small differences between people; 0 takes one of its own.")
    seat_m: F32 = field(default=0.0, unit="m", minimum=0.0, doc="Height of what it sits on; 0 is as high as its knees.")
    ground: Bool = field(default=True, doc="Feet stand on what is below them, where there are colliders.")
    clip: AssetPath = field(default="", doc="A motion that is played instead (BVH, VRMA, glTF of a person); of any body.")
    first_person: Bool = field(default=False, doc="Somebody looks out of its eyes: the head and what belongs to it are hidden.")
    graph: AssetPath = field(default="", doc="A state graph (JSON) in place of the usual one.")


@component("face")
class Face:
    """What the avatar's face shows."""

    expression: Text = field(default="", doc="happy, angry, sad, relaxed, surprised, or one of the avatar's own; empty is none.")
    weight: F32 = field(default=1.0, minimum=0.0, maximum=1.0)
    blink: Bool = field(default=True, doc="It blinks now and then.")
    saying: Text = field(default="", doc="Words that lips form, English or Chinese, from when they are set.")
    voice: AssetPath = field(default="", doc="A sound that lips follow, in place of words.")
    fade_secs: F32 = field(default=0.25, unit="s", minimum=0.0, doc="Time in which an expression takes over.")


@component("gaze")
class Gaze:
    """What the avatar looks at, with eyes, head and neck as far as they turn."""

    target: EntityRef = field(default=0, doc="An entity; nobody takes the point.")
    point: Vec3 = field(default=(0.0, 0.0, 0.0), unit="m", doc="A place in the world, where there is no entity.")
    weight: F32 = field(default=1.0, minimum=0.0, maximum=1.0, doc="0 looks ahead.")
    head: F32 = field(default=0.7, minimum=0.0, maximum=1.0, doc="Share that neck and head take on; the rest is the eyes'.")
