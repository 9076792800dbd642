"""An app's world as it stood at a recorded moment: with models, joints and places, and without a step of time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.people import stand_people
from taixu.app import App, Stage
from taixu.ecs import World
from taixu.edit.instancing import instantiate
from taixu.edit.prefab import FromPrefab
from taixu.scene.models import wait_for_models
from taixu.simulation.worlds.placing import dress_simulated
from taixu.twin.linkage import Linkages
from taixu.twin.memory import Moment
from taixu.twin.memory.restoring import bring_to, pose_made, write_children

__all__ = ["recall_moment"]


def recall_moment(app: App, moment: Moment) -> list[str]:
    """Bring an app to a moment; who was there already stays, and only what differs is written.

    Returns
    -------
    list
        What could not be brought back: components that this app does not know.

    Raises
    ------
    TaixuError
        When the recording speaks of a component as another version knew it.
    """
    world = app.world
    notes = bring_to(world, moment, app.components)
    _forget_children(world, moment)
    dress_simulated(world)
    world.advance()
    app.run_stage(Stage.APPLY)
    wait_for_models(world)
    if write_children(world, moment, app.components):
        world.advance()
        app.run_stage(Stage.APPLY)
        wait_for_models(world)
    if world.has_resource(Linkages):
        world.resource(Linkages).step(world)
    app.run_stage(Stage.PROPAGATE)
    stand_people(world)  # how they moved within themselves is not recorded
    pose_made(world, moment)
    app.run_stage(Stage.PROPAGATE)
    return notes


class _Written:
    """Which fields of which prefabs' children the last moment wrote (a resource): by component and field, stable ids."""

    def __init__(self) -> None:
        self.ids: dict[tuple[str, str], NDArray[np.uint64]] = {}

    def fork(self, world: World) -> _Written:
        """A fork goes on with the same children."""
        other = _Written()
        other.ids = dict(self.ids)
        return other


def _forget_children(world: World, moment: Moment) -> None:
    """Children of whom the last moment told something that this one does not are made anew, as their prefab says."""
    if not world.has_resource(_Written):
        world.insert_resource(_Written())
    written, tracks = world.resource(_Written), moment.child_tracks
    told: dict[tuple[str, str], NDArray[np.uint64]] = {}
    for key, column in moment.columns.items():
        known = tracks[column.is_known(tracks)]
        if len(known):
            told[key] = moment.stable_ids[known]
    stale = [np.setdiff1d(ids, told.get(key, np.empty(0, np.uint64))) for key, ids in written.ids.items()]
    written.ids = told
    handles = world.find_all(np.unique(np.concatenate([np.empty(0, np.uint64), *stale])))
    handles = handles[handles != 0]
    if len(handles):
        owners = np.unique(world.gather(handles, FromPrefab, "instance"))
        instantiate(world, owners[world.alive(owners)])
