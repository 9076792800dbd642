"""Bones of small people are kept relative to the person: what skins and questions get is the same."""

from __future__ import annotations

import numpy as np
from stick_figure import stick_figure
from street_of_figures import Street

from taixu.animation.skins import SkinPalettes
from taixu.app import Stage
from taixu.assets.model import ModelData, Node, Skin
from taixu.ecs import indices_of
from taixu.scene import Light, Parent, Transform, WorldTransforms


def skinned() -> ModelData:
    """A figure of bare bones, and one mesh that they bend."""
    model = stick_figure(hair=False)
    for node in model.nodes:
        node.mesh = None
    bones = list(model.avatar.humanoid.values())
    model.skins.append(Skin(joints=bones, inverse_bind_matrices=np.tile(np.eye(4, dtype=np.float32), (len(bones), 1, 1))))
    model.scenes[0].nodes.append(len(model.nodes))
    model.nodes.append(Node(name="body", mesh=0, skin=0))
    return model


def held(street: Street) -> np.ndarray:
    """Whose hips are held, by row of the crowd."""
    people, bases = street.people, street.app.world.resource(WorldTransforms).bases
    return np.array([bases.of[int(indices_of(people._rigs[owner].bones[:1])[0])] > 0 for owner in people.crowd.handles.tolist()])


def walk(street: Street, frames: int) -> None:
    world = street.app.world
    for _ in range(frames):
        people = world.living(street.people.crowd.handles)
        if len(people):
            places = world.gather(people, Transform, "translation") + np.array([[0.01], [0.0], [0.0]], np.float32)
            world.scatter(people, Transform, "translation", places)
        street.run(1)


def test_bones_of_small_people_are_held_and_stand_where_they_stood_otherwise() -> None:
    street = Street(thrift=True, model=skinned())
    walk(street, 20)
    np.testing.assert_array_equal(held(street), street.far)
    world = street.app.world
    places, skins = world.resource(WorldTransforms), world.resource(SkinPalettes)
    everybody = np.flatnonzero(world._index.tables[: len(places.matrices)] >= 0)
    rows, cells = places.rows(everybody)
    joints = skins.matrices
    assert len(joints)
    bones = np.flatnonzero(places.bases.of)
    assert len(bones) == 6 * len(street.people._rigs[int(street.people.crowd.handles[0])].bones)
    moved = np.abs(rows[np.searchsorted(everybody, bones)] - places.matrices[bones]).max(1)
    assert (moved > 1.0).all(), "they are sixty metres away, and their matrices are against the person"
    place = places.matrix(int(bones[0]))[:3, 3]
    places.bases.release(world.entities_at(bones))
    np.testing.assert_allclose(places.matrix(int(bones[0]))[:3, 3], place, err_msg="until it is done nothing changes")
    street.app.run_stage(Stage.PROPAGATE)
    assert not places.bases
    np.testing.assert_allclose(places.matrix(int(bones[0]))[:3, 3], place, atol=1e-5)
    np.testing.assert_allclose(places.rows(everybody)[0], rows, atol=2e-5)
    np.testing.assert_array_equal(places.rows(everybody)[1], cells)
    np.testing.assert_allclose(skins.matrices, joints, atol=2e-5)


def test_who_carries_something_and_who_comes_near_is_not_held() -> None:
    street = Street(thrift=True, model=skinned())
    walk(street, 8)
    world, people = street.app.world, street.people
    owner = int(people.crowd.handles[np.flatnonzero(street.far)[0]])
    hand = int(people._rigs[owner].bones[-1])
    hat = world.spawn(Transform(translation=(0.0, 0.1, 0.0)), Parent(hand))
    walk(street, 1)
    places = world.resource(WorldTransforms)
    for _ in range(3):
        walk(street, 1)
        np.testing.assert_array_equal(held(street), street.far & (people.crowd.handles != owner))
        found = places.matrix(int(indices_of(np.array([hat], np.uint64))[0]))[:3, 3]
        np.testing.assert_allclose(found[2], 60.0, atol=1.5)
    world.despawn(hat)
    walk(street, 2)
    np.testing.assert_array_equal(held(street), street.far)
    far = people.crowd.handles[street.far]
    world.scatter(far, Transform, "translation", np.tile(np.array([[0], [0], [3]], np.float32), (1, len(far))))
    walk(street, 3)
    assert not held(street).any()
    assert not places.bases


def test_a_bone_that_gets_a_component_is_in_the_world_at_once() -> None:
    street = Street(thrift=True, model=skinned())
    walk(street, 8)
    world, places = street.app.world, street.app.world.resource(WorldTransforms)
    hand = int(street.people._rigs[int(street.people.crowd.handles[street.far][0])].bones[-1])
    index = hand & 0xFFFFFFFF
    assert places.bases.of[index] > 0
    world.insert(hand, Light(kind="point"))
    street.app.run_stage(Stage.PROPAGATE)
    assert places.bases.of[index] == 0
    np.testing.assert_allclose(places.matrices[index, 11], 60.0, atol=1.5)
    walk(street, 3)
    assert places.bases.of[index] == 0
    assert places.bases


def test_an_index_that_passes_to_somebody_else_is_not_held() -> None:
    street = Street(thrift=True, model=skinned())
    walk(street, 8)
    world, places = street.app.world, street.app.world.resource(WorldTransforms)
    gone = street.people.crowd.handles[street.far]
    bones = np.concatenate([street.people._rigs[owner].entities for owner in gone.tolist()])
    world.despawn(np.concatenate([gone, bones[world.alive(bones)]]))
    others = world.spawn_batch(500, {Transform: {"translation": np.tile(np.array([[5], [6], [7]], np.float32), (1, 500))}})
    walk(street, 1)
    assert not places.bases
    np.testing.assert_allclose(places.matrices[indices_of(others)][:, 3::4], np.tile([5, 6, 7], (500, 1)))

