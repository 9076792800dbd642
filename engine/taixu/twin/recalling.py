"""An app's world as it stood at a recorded moment: with models, joints and places, and without a step of time."""

from __future__ import annotations

from taixu.app import App, Stage
from taixu.scene.models import wait_for_models
from taixu.twin.linkage import Linkages
from taixu.twin.memory import Moment
from taixu.twin.memory.restoring import bring_to, pose_made

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
    notes = bring_to(app.world, moment, app.components)
    app.world.advance()
    app.run_stage(Stage.APPLY)
    wait_for_models(app.world)
    if app.world.has_resource(Linkages):
        app.resource(Linkages).step(app.world)
    pose_made(app.world, moment)
    app.run_stage(Stage.PROPAGATE)
    return notes
