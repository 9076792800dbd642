"""The plugin that animates models."""

from __future__ import annotations

import numpy as np

from taixu.animation.animator import Animator, advance_animations, pose_models
from taixu.animation.components import AnimationPlayer, Morph, Skin
from taixu.animation.morphs import MorphWeights
from taixu.animation.motion.plugin import add_motion
from taixu.animation.properties import PropertyAnimation, PropertyAnimator, advance_properties, pose_properties
from taixu.animation.skins import SkinPalettes, update_skins
from taixu.app import App, Stage
from taixu.ecs import World
from taixu.scene.instantiate import ModelHooks, Spawned

__all__ = ["AnimationPlugin"]


class AnimationPlugin:
    """Adds clips, skins, morph weights and the motion of people to models; the scene's plugin comes before it."""

    def build(self, app: App) -> None:
        """Add components, resources and systems."""
        for cls in (AnimationPlayer, PropertyAnimation, Skin, Morph):
            app.register_component(cls)
        for resource in (Animator(), PropertyAnimator(app.components), SkinPalettes(), MorphWeights()):
            app.insert_resource(resource)
        app.resource(ModelHooks).functions.append(_bind)
        app.add_system(Stage.FIXED_LAST, advance_animations)
        app.add_system(Stage.FIXED_LAST, advance_properties)
        app.add_system(Stage.UPDATE, pose_models)
        app.add_system(Stage.UPDATE, pose_properties, after="pose_models")
        app.add_system(Stage.PROPAGATE, update_skins, after="propagate_transforms")
        add_motion(app)


def _bind(world: World, spawned: Spawned) -> None:
    """Bind skins, morph weights and clips of a model that was placed."""
    model = spawned.model
    for place, node in enumerate(model.nodes):
        entity = int(spawned.entities[place])
        if node.mesh is None or not entity or node.instances is not None:
            continue
        mesh = model.meshes[node.mesh]
        targets = max((len(primitive.targets) for primitive in mesh.primitives), default=0)
        if targets:
            weights = np.zeros(targets, np.float32)
            given = node.weights if node.weights is not None else mesh.weights
            if given is not None:
                weights[: len(given)] = given[:targets]
            world.resource(MorphWeights).add(world, entity, weights)
        if node.skin is not None:
            skin = model.skins[node.skin]
            joints = spawned.entities[np.array(skin.joints, np.intp)]
            binds = skin.inverse_bind_matrices
            if len(binds) < len(joints):  # the file leaves them out: glTF says identity
                binds = np.tile(np.eye(4, dtype=np.float32), (len(joints), 1, 1))
            world.resource(SkinPalettes).add(world, entity, joints, binds[: len(joints)])
    world.resource(Animator).add(world, spawned)
