"""What people write: a stack, its modifiers, and what their hands have changed."""

from __future__ import annotations

from taixu.ecs import F32, I64, Bool, Data, EntityRef, Text, Vec2, component, field

__all__ = ["MadeBy", "Modifier", "Modifiers", "Pins"]


@component("modifiers")
class Modifiers:
    """A stack: children of this entity that have a `Modifier` shape the ground here and what stands on it, in their order.

    With a `Terrain` beside it, its heights are what the first modifier finds.
    """

    seed: I64 = field(default=0, doc="Of all chance in the stack.")
    size: Vec2 = field(default=(0.0, 0.0), unit="m", minimum=0.0, doc="Along x and z, around the entity; 0 takes the terrain's.")
    spacing_m: F32 = field(default=1.0, unit="m", minimum=0.25, maximum=64.0, doc="Between two points; a power of two.")
    endless: Bool = field(default=False, doc="Ground without an end, made around whoever looks.")
    reach_m: F32 = field(default=8000.0, unit="m", minimum=256.0, maximum=60000.0, doc="How far endless ground is made.")


@component("modifier")
class Modifier:
    """A step of the parent's stack; what it does is said by another component here, such as `HeightBrush`."""

    order: F32 = field(default=0.0, doc="Lower ones come first; equal ones by their ids.")
    enabled: Bool = field(default=True)
    seed: I64 = field(default=0, doc="Another one changes this step's chance alone.")


@component("pins")
class Pins:
    """What hands have changed of what a stack made; it is laid over what is made anew."""

    made: Data = field(
        default=[],
        doc="A list of {thing, removed} or {thing, position, rotation, scale, fields}; `thing` is a made thing's id.",
    )


@component("made_by", made=True)
class MadeBy:
    """Marks what a stack made."""

    stack: EntityRef = field(default=0)
    thing: Text = field(default="", doc="Its id: modifier, cell and number; empty for what is shown as a whole.")
