"""What a document says of simulators, and what entities that they move carry."""

from __future__ import annotations

from taixu.ecs import F32, I32, I64, U64, Bool, Data, EntityRef, Text, component, field

__all__ = ["Ghost", "Simulated", "Simulation"]


@component("simulation")
class Simulation:
    """A simulator of this world; its entity's place is where the simulator's own coordinates begin."""

    kind: Text = field(default="water", doc="water, traffic, people, weather and whatever plugins bring.")
    name: Text = field(default="", doc="What links call it; the kind where it is empty.")
    settings: Data = field(default={}, doc="What its kind takes: files of the project, numbers.")
    told: Data = field(default={}, doc='What it is told, and who says it: {"rain": "weather.rain"}.')
    process: Bool = field(default=False, doc="It runs in a process of its own: what befalls it stops nobody.")


@component("simulated", authored=False, made=True)
class Simulated:
    """Marks entities that a simulator moves: a car, a person, a surface of water. They go with it and are never saved."""

    owner: EntityRef = field(default=0)
    number: I64 = field(default=-1, doc="Which of the simulator's rows it is; -1 is a surface.")
    speed: F32 = field(default=0.0, unit="m/s")
    look: I32 = field(default=0, doc="Which of the looks of its simulator's kind: among cars a bus is 1.")


@component("ghost", authored=False, made=True)
class Ghost:
    """Marks what stands for an entity of a branch."""

    branch: I32 = field(default=0, doc="Its number among those that are shown.")
    of: U64 = field(default=0, doc="The stable id of whom it shows; 0 for a surface of water.")
