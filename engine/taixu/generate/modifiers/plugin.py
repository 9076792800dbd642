"""The plugin of modifiers: their components, the kinds that ship with Taixu, and the system that follows stacks."""

from __future__ import annotations

import importlib
from pathlib import Path

from taixu.app import App, Stage
from taixu.edit.made import MadeEdits
from taixu.generate.modifiers.chunks import ChunkState, follow_chunks, show_chunks
from taixu.generate.modifiers.components import MadeBy, Modifier, Modifiers, Pins
from taixu.generate.modifiers.following import ModifierState, follow_modifiers
from taixu.generate.modifiers.ground_kinds import GROUND_KINDS
from taixu.generate.modifiers.hands import is_thing, plan_hands
from taixu.generate.modifiers.kinds import ModifierKind, ModifierKinds
from taixu.generate.modifiers.sown import sower_of
from taixu.scene.details import Details

__all__ = ["ModifiersPlugin"]

_HOMES = ("roads", "settlements", "buildings", "dungeons", "rocks", "props")
"""Of `taixu.generate.places`: those with a module ``modifiers`` bring ``KINDS``."""


class ModifiersPlugin:
    """Stacks of modifiers in a world.

    Parameters
    ----------
    background
        Make what takes long in a worker process.
    on_disk
        Keep what took long in the user's cache folder.
    """

    def __init__(self, *, background: bool = False, on_disk: bool = True) -> None:
        self._background, self._on_disk = background, on_disk

    def build(self, app: App) -> None:
        """Register components and kinds, and follow stacks before terrains are placed."""
        from taixu.assets.paths import cache_folder

        kinds = ModifierKinds()
        kinds.add(*GROUND_KINDS, *_other_kinds())
        for cls in (Modifiers, Modifier, Pins, MadeBy, *kinds.by_component):
            app.register_component(cls)
        app.insert_resource(kinds)
        folder = cache_folder() / "modifiers" if self._on_disk else None
        app.insert_resource(ModifierState(background=self._background, folder=folder))
        app.insert_resource(ChunkState())
        for stage in (Stage.APPLY, Stage.PROPAGATE):
            app.add_system(stage, follow_modifiers, after=("make_shapes",), before=("place_terrains",))
            app.add_system(stage, follow_chunks, after=("follow_modifiers",), before=("place_terrains",))
        app.resource(Details).functions.append(show_chunks)
        if not app.world.has_resource(MadeEdits):
            app.insert_resource(MadeEdits())
        hands = app.resource(MadeEdits)
        hands.plan.append(plan_hands)
        hands.holds.append(is_thing)
        hands.owners.append(sower_of)


def _other_kinds() -> tuple[ModifierKind, ...]:
    found: list[ModifierKind] = []
    places = Path(__file__).parents[1] / "places"
    for home in _HOMES:
        if (places / home / "modifiers.py").is_file():
            found.extend(importlib.import_module(f"taixu.generate.places.{home}.modifiers").KINDS)
    return tuple(found)
