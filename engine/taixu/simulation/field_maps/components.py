"""What a document says of fields that are to be seen."""

from __future__ import annotations

from taixu.ecs import F32, Bool, EntityRef, Text, Vec3, component, field

__all__ = ["COLORS", "KINDS", "SHOWS", "FieldMap", "FieldShown"]

KINDS = ("density", "flow", "measured", "noise", "plume", "simulated")
SHOWS = ("heat", "contours", "slice", "streamlines", "volume")
COLORS = ("heat", "water", "alarm", "spectrum")


@component("field_map")
class FieldMap:
    """A quantity that has a value everywhere in a box: its entity stands in the middle of the box's floor."""

    enabled: Bool = field(default=True)
    kind: Text = field(default="density", choices=KINDS, doc="Where its values come from.")
    of: Text = field(
        default="simulated",
        doc="Whose: a component (simulated), a simulator (people), a field of a component (sensor.temperature), or a simulator's "
        "grid (water.depth).",
    )  # fmt: skip
    show: Text = field(default="heat", choices=SHOWS)
    size: Vec3 = field(default=(100.0, 20.0, 100.0), unit="m", minimum=0.1, maximum=20_000.0)
    cell_m: F32 = field(default=2.0, unit="m", minimum=0.05, maximum=1000.0, doc="Side of a cell.")
    reach_m: F32 = field(default=10.0, unit="m", minimum=0.1, maximum=5000.0, doc="How far one thing counts.")
    strength: F32 = field(
        default=1.0, maximum=1e9, minimum=-200.0,
        doc="Of each where the field says none: for noise its sound power in dB, for a plume grams a second.",
    )  # fmt: skip
    wind: F32 = field(default=3.0, unit="m/s", minimum=0.5, maximum=100.0, doc="Of a plume.")
    wind_from_rad: F32 = field(default=0.0, unit="rad", doc="Whence it blows: 0 is north (-Z), a quarter turn east (+X).")
    low: F32 = field(default=0.0, doc="The value of the first colour.")
    high: F32 = field(default=0.0, doc="The value of the last colour; where it is not above low, the greatest there is.")
    levels: F32 = field(default=8.0, minimum=1.0, maximum=64.0, doc="How many contours, layers of a volume, or lines across.")
    colors: Text = field(default="heat", choices=COLORS)
    opacity: F32 = field(default=0.7, minimum=0.0, maximum=1.0)
    every_secs: F32 = field(default=1.0, unit="s", minimum=0.05, maximum=3600.0, doc="How often it is made anew.")


@component("field_shown", authored=False, made=True)
class FieldShown:
    """Marks what shows a field map. It goes with it and is never saved."""

    owner: EntityRef = field(default=0)
