"""The component that ties a script to an entity."""

from __future__ import annotations

from taixu.ecs import AssetPath, Bool, Data, component, field

__all__ = ["Script"]


_AS_MOD = (
    "Whether it runs in the box of mods: it reaches nothing but `game`, hears of input a step later, and what it changes counts at "
    "the beginning of the next step; `on_frame` is not called."
)


@component("script")
class Script:
    """Behaviour of an entity, written in Python against the `game` interface."""

    path: AssetPath = field(default="", doc='File in the project, such as "scripts/door.py".')
    fields: Data = field(default={}, doc="Values of the script's fields that differ from its defaults.")
    enabled: Bool = field(default=True, doc="Whether it runs.")
    run_as_mod: Bool = field(default=False, doc=_AS_MOD)
