"""The part of the animation plugin that moves people."""

from __future__ import annotations

from taixu.animation.motion.components import Face, Gaze, Motion
from taixu.animation.motion.constraints import Followers, follow_nodes
from taixu.animation.motion.first_person import show_as
from taixu.animation.motion.people import People, move_people, watch_people
from taixu.animation.motion.springs import Springs, swing
from taixu.animation.motion.strides import Strides
from taixu.app import App, Stage
from taixu.ecs import World
from taixu.scene import Details
from taixu.scene.instantiate import ModelHooks, Spawned

__all__ = ["add_motion"]


def add_motion(app: App) -> None:
    """Add components, resources and systems; clips of the models themselves are posed before."""
    for cls in (Motion, Face, Gaze):
        app.register_component(cls)
    for resource in (People(), Springs(), Followers(), Strides()):
        app.insert_resource(resource)
    app.resource(ModelHooks).functions.append(_take)
    app.resource(Details).functions.append(watch_people)
    app.add_system(Stage.UPDATE, move_people, after="pose_models")
    app.add_system(Stage.UPDATE, follow_nodes, after="move_people")
    app.add_system(Stage.UPDATE, swing, after="follow_nodes")


def _take(world: World, spawned: Spawned) -> None:
    if spawned.model.avatar is None:
        return
    if "firstPersonOnly" in spawned.model.avatar.first_person.values():
        show_as(world, spawned.model, spawned.entities, first_person=False)
    world.resource(People).add(world, spawned)
    world.resource(Springs).add(spawned)
    world.resource(Followers).add(spawned)
