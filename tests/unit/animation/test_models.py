"""Real models: the specification's samples, posed by the engine and by a reference in plain double precision."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from taixu.animation import AnimationPlayer, AnimationPlugin, Animator, Morph, MorphWeights, Skin, SkinPalettes
from taixu.app import App
from taixu.assets.gltf import read_gltf
from taixu.assets.model import Channel, ModelData
from taixu.ecs import indices_of
from taixu.math.affine import matrix_from_trs
from taixu.math.quaternion import slerp
from taixu.scene import FromModel, Model, Transform, WorldTransforms
from taixu.scene.plugin import ScenePlugin

Matrix = NDArray[np.float64]


def value_at(channel: Channel, time: float) -> Matrix:
    """A linear or stepped channel at a time."""
    times, values = channel.times.astype(float), channel.values.astype(float)
    time = float(np.clip(time, times[0], times[-1]))
    k = min(max(int(np.searchsorted(times, time, side="right")) - 1, 0), len(times) - 1)
    if channel.interpolation == "STEP" or k == len(times) - 1:
        return values[k]
    part = (time - times[k]) / (times[k + 1] - times[k])
    if channel.path == "rotation":
        return slerp(values[k], values[k + 1], part)
    return values[k] + (values[k + 1] - values[k]) * part


def reference_matrices(model: ModelData, clip: int, time: float) -> list[Matrix]:
    """World matrices of all nodes with a clip at a time, one node after the other."""
    moved = {
        (node, path): np.asarray(getattr(item, path), float)
        for node, item in enumerate(model.nodes)
        for path in ("translation", "rotation", "scale")
    }
    for channel in model.animations[clip].channels:
        if channel.path in ("translation", "rotation", "scale") and channel.node is not None:
            moved[channel.node, channel.path] = value_at(channel, time)

    @cache
    def world(node: int) -> Matrix:
        local = matrix_from_trs(*(moved[node, path] for path in ("translation", "rotation", "scale")))
        parent = model.nodes[node].parent
        return local if parent is None else world(parent) @ local

    return [world(node) for node in range(len(model.nodes))]


class Stage:
    """One model on an empty stage."""

    def __init__(self, file: Path) -> None:
        if not file.is_file():
            pytest.skip(f"{file} is not there")
        self.app = App()
        self.app.add_plugin(ScenePlugin())
        self.app.add_plugin(AnimationPlugin())
        self.model = read_gltf(file)
        self.owner = self.app.world.spawn(Transform(), Model(str(file)), AnimationPlayer(playing=False))
        self.app.frame(0.0)
        self.entities = np.zeros(len(self.model.nodes), np.uint64)
        for table in self.app.world.query(FromModel):
            self.entities[table.read(FromModel, "node")] = table.entities

    def seek(self, clip: int, time_secs: float) -> None:
        fields = {"clip": str(clip), "time_secs": time_secs}
        self.app.world.set(self.owner, AnimationPlayer, **fields)
        self.app.frame(0.0)

    def matrix(self, node: int) -> Matrix:
        return self.app.resource(WorldTransforms).matrix(int(indices_of(self.entities[node])))


@pytest.mark.parametrize(
    "file",
    [
        "Fox/glTF-Binary/Fox.glb",
        "SimpleSkin/glTF/SimpleSkin.gltf",
        "CesiumMilkTruck/glTF-Binary/CesiumMilkTruck.glb",
        "KayKitKnight/Knight.glb",
    ],
)
def test_nodes_and_joints_stand_where_the_specification_puts_them(content: Path, file: str) -> None:
    stage = Stage(content / "gltf" / file)
    model = stage.model
    for clip in range(min(len(model.animations), 3)):
        for part in (0.31, 1.0):
            time = model.animations[clip].duration_secs * part
            stage.seek(clip, time)
            wanted = reference_matrices(model, clip, time)
            size = max(1.0, *(float(np.abs(matrix[:3]).max()) for matrix in wanted))
            for node in np.flatnonzero(stage.entities).tolist():
                assert np.allclose(stage.matrix(node), wanted[node], atol=2e-5 * size), (clip, part, node)
            _check_skins(stage, wanted)


def _check_skins(stage: Stage, wanted: list[Matrix]) -> None:
    palettes = stage.app.resource(SkinPalettes)
    for node, item in enumerate(stage.model.nodes):
        if item.skin is None or not stage.entities[node]:
            continue
        skin = stage.model.skins[item.skin]
        place = stage.app.world.get(int(stage.entities[node]), Skin)
        rows = palettes.matrices[place.offset : place.offset + place.count].reshape(-1, 3, 4)
        inverse = np.linalg.inv(wanted[node])
        for row, joint, bind in zip(rows, skin.joints, skin.inverse_bind_matrices):
            exact = (inverse @ wanted[joint] @ bind.astype(float))[:3]
            assert np.allclose(row, exact, atol=1e-4 * max(1.0, float(np.abs(exact).max())))


def test_simple_skin_bends_by_a_quarter(content: Path) -> None:
    """At 1 s its upper joint is turned by 90 degrees around z, which the file's key says."""
    stage = Stage(content / "gltf/SimpleSkin/glTF/SimpleSkin.gltf")
    stage.seek(0, 1.0)
    node = next(place for place, item in enumerate(stage.model.nodes) if item.skin is not None)
    place = stage.app.world.get(int(stage.entities[node]), Skin)
    primitive = stage.model.meshes[0].primitives[0].attributes
    palette = stage.app.resource(SkinPalettes).matrices[place.offset : place.offset + place.count].reshape(-1, 3, 4)
    joints, weights = primitive["JOINTS_0"].astype(int), primitive["WEIGHTS_0"]
    corners = np.concatenate([primitive["POSITION"], np.ones((len(joints), 1), np.float32)], axis=1)
    bent = np.einsum("vk,vkij,vj->vi", weights, palette[joints], corners)
    top = primitive["POSITION"][:, 1] == 2
    # The upper half, from height 1 on, lies along -x now: (x, 2) has become (-1, 1 + x) around the joint.
    joint = stage.matrix(2)[:3, 3]
    assert bent[top][:, 0] == pytest.approx(joint[0] - (2.0 - joint[1]), abs=1e-5)
    assert bent[~top & (primitive["POSITION"][:, 1] == 0)] == pytest.approx(
        primitive["POSITION"][primitive["POSITION"][:, 1] == 0], abs=1e-5
    )


@pytest.mark.parametrize(
    "file",
    ["AnimatedMorphCube/glTF-Binary/AnimatedMorphCube.glb", "AnimatedMorphCube/glTF-Quantized/AnimatedMorphCube.gltf"],
)
def test_morph_weights_follow_their_keys(content: Path, file: str) -> None:
    stage = Stage(content / "gltf" / file)
    (channel,) = stage.model.animations[0].channels
    entity = int(stage.entities[channel.node or 0])
    assert stage.app.world.get(entity, Morph).count == 2
    for time in (0.0, 0.7, 1.234, 2.5, 4.0):
        stage.seek(0, time)
        weights = stage.app.resource(MorphWeights).of(stage.app.world, entity)
        assert weights == pytest.approx(value_at(channel, time), abs=1e-5)


def test_the_nine_interpolations_meet_at_their_keys(content: Path) -> None:
    stage = Stage(content / "gltf/InterpolationTest/glTF-Binary/InterpolationTest.glb")
    assert len(stage.model.animations) == 9
    for clip, animation in enumerate(stage.model.animations):
        (channel,) = animation.channels
        for key, time in enumerate(channel.times.tolist()):
            stage.seek(clip, time)
            got = stage.app.world.gather(stage.entities[[channel.node or 0]], Transform, channel.path)[:, 0]
            wanted = channel.values[key] / (np.linalg.norm(channel.values[key]) if channel.path == "rotation" else 1)
            assert np.allclose(got, wanted, atol=1e-5) or np.allclose(-got, wanted, atol=1e-5), animation.name


def test_clips_that_complement_each_other_play_together(content: Path) -> None:
    stage = Stage(content / "gltf/InterpolationTest/glTF-Binary/InterpolationTest.glb")
    stage.app.world.set(stage.owner, AnimationPlayer, clip="*", time_secs=0.4)
    stage.app.frame(0.0)
    together = [stage.matrix(node) for node in range(len(stage.model.nodes))]
    assert "*" not in stage.app.resource(Animator).clip_names(stage.owner)
    for clip, animation in enumerate(stage.model.animations):
        stage.seek(clip, 0.4)
        node = animation.channels[0].node or 0
        assert np.allclose(stage.matrix(node), together[node], atol=1e-5), animation.name


def test_the_file_that_animates_everything_plays(content: Path) -> None:
    stage = Stage(content / "gltf/AnimationPointer/24_animation_pointer.gltf")
    for time in np.linspace(0, 10, 11).tolist():
        stage.seek(0, time)
    assert len(stage.app.resource(Animator).players) == 1
