"""Players pose models that were made by hand, so that every value is known."""

from __future__ import annotations

import logging
from math import cos, pi, sin

import numpy as np
import pytest
from call_count import count_calls

from taixu.animation import AnimationPlayer, AnimationPlugin, Animator, Morph, MorphWeights, Skin, SkinPalettes
from taixu.app import App, GameEvents
from taixu.assets import model as m
from taixu.scene import FromModel, Model, Node, Transform, WorldTransforms
from taixu.scene.models import ModelState, ReadingStore
from taixu.scene.plugin import ScenePlugin

STEP = 1 / 60


def channel(node: int, path: str, keys: dict[float, object], kind: str = "LINEAR", pointer: str = "") -> m.Channel:
    times = np.array(list(keys), np.float32)
    values = np.array([np.atleast_1d(value) for value in keys.values()], np.float32)
    return m.Channel(None if pointer else node, path, times, values, kind, pointer=pointer)  # type: ignore[arg-type]


def make_model() -> m.ModelData:
    """Two bones, a skinned mesh with two morph targets, a lamp, a camera, and three clips."""
    triangle = {"POSITION": np.eye(3, dtype=np.float32), "NORMAL": np.eye(3, dtype=np.float32)}
    targets = [{"POSITION": np.ones((3, 3), np.float32)}] * 2
    binds = np.tile(np.eye(4, dtype=np.float32), (2, 1, 1))
    binds[1, 1, 3] = -1.0
    quarter = (0, 0, sin(pi / 4), cos(pi / 4))
    return m.ModelData(
        nodes=[
            m.Node("root", children=[1]),
            m.Node("bone", parent=0, translation=np.array((0, 1, 0), np.float32)),
            m.Node("mesh", mesh=0, skin=0, translation=np.array((5, 0, 0), np.float32)),
            m.Node("lamp", light=0),
            m.Node("eye", camera=0),
        ],
        meshes=[m.Mesh(primitives=[m.Primitive(triangle, material=0, targets=targets)], weights=np.array([0.5, 0], np.float32))],
        materials=[m.Material(base_color_texture=m.TextureRef(0))],
        skins=[m.Skin(joints=[0, 1], inverse_bind_matrices=binds)],
        lights=[m.Light()],
        cameras=[m.Camera()],
        animations=[
            m.Animation(
                "slide",
                [
                    channel(0, "translation", {0: (0, 0, 0), 1: (10, 0, 0)}),
                    channel(2, "weights", {0: (0, 0), 1: (1, 2)}),
                ],
            ),
            m.Animation("bend", [channel(1, "rotation", {0: (0, 0, 0, 1), 1: quarter})]),
            m.Animation(
                "shine",
                [
                    channel(0, "pointer", {0: 0.0, 1: 100.0}, pointer="/extensions/KHR_lights_punctual/lights/0/intensity"),
                    channel(0, "pointer", {0: 1.0, 1: 2.0}, pointer="/cameras/0/perspective/yfov"),
                    channel(
                        0,
                        "pointer",
                        {0: (1, 1, 1, 1), 1: (0, 0, 0, 1)},
                        pointer="/materials/0/pbrMetallicRoughness/baseColorFactor",
                    ),
                    channel(
                        0,
                        "pointer",
                        {0: (0, 0), 1: (1, 0.5)},
                        pointer="/materials/0/pbrMetallicRoughness/baseColorTexture/extensions/KHR_texture_transform/offset",
                    ),
                    channel(
                        0,
                        "pointer",
                        {0: 1.0, 0.5: 0.0},
                        "STEP",
                        pointer="/nodes/0/extensions/KHR_node_visibility/visible",
                    ),
                    channel(0, "pointer", {0: 0.0, 1: 1.0}, pointer="/nodes/99/extensions/KHR_node_visibility/visible"),
                    channel(0, "pointer", {0: 0.0}, pointer="/extensions/SOMEONE_ELSE/x"),
                ],
            ),
        ],
    )


@pytest.fixture
def app() -> App:
    made = App()
    made.add_plugin(ScenePlugin())
    made.add_plugin(AnimationPlugin())
    shared = make_model()
    made.resource(ModelState).store = ReadingStore(lambda source: shared)
    return made


def spawn(app: App, **player: object) -> int:
    return app.world.spawn(Transform(), Model("x.glb"), AnimationPlayer(**player))  # type: ignore[arg-type]


def node(app: App, owner: int, number: int) -> Node:
    for table in app.world.query(FromModel):
        found = (table.read(FromModel, "owner") == owner) & (table.read(FromModel, "node") == number)
        if found.any():
            return Node(app.world, int(table.entities[found][0]))
    raise AssertionError("no such node")


def seek(app: App, owner: int, time_secs: float, **more: object) -> None:
    app.world.set(owner, AnimationPlayer, time_secs=time_secs, playing=False, **more)
    app.frame(0.0)


def test_a_clip_poses_its_nodes_and_morphs_its_mesh(app: App) -> None:
    owner = spawn(app, playing=False)
    seek(app, owner, 0.25)
    assert node(app, owner, 0).position.tolist() == pytest.approx([2.5, 0, 0])
    mesh = node(app, owner, 2)
    assert app.resource(MorphWeights).of(app.world, mesh.entity).tolist() == pytest.approx([0.25, 0.5])
    assert app.world.get(mesh.entity, Morph).count == 2


def test_time_goes_on_in_fixed_steps_and_is_shown_between_them(app: App) -> None:
    owner = spawn(app)
    app.frame(3 * STEP)
    assert app.world.get(owner, AnimationPlayer).time_secs == pytest.approx(3 * STEP)
    app.frame(STEP / 2)
    assert app.world.get(owner, AnimationPlayer).time_secs == pytest.approx(3 * STEP)
    assert node(app, owner, 0).position[0] == pytest.approx(10 * 2.5 * STEP, abs=1e-5)


def test_loops_go_round_and_others_end_with_an_event(app: App) -> None:
    looping, ending = spawn(app), spawn(app, loop=False)
    events = app.resource(GameEvents)
    cursor = events.cursor
    for _ in range(75):
        app.frame(STEP)
    assert node(app, looping, 0).position[0] == pytest.approx(10 * 15 * STEP, abs=1e-4)
    assert node(app, ending, 0).position[0] == pytest.approx(10)
    player = app.world.get(ending, AnimationPlayer)
    assert not player.playing
    assert player.time_secs == 1.0
    (batch,) = events.since(cursor)
    assert batch.kind == "animation_end"
    assert batch.entities.tolist() == [ending]
    assert list(batch.columns["name"]) == ["slide"]


def test_backwards_ends_at_the_start(app: App) -> None:
    owner = spawn(app, loop=False, speed=-2.0, time_secs=1.0)
    for _ in range(40):
        app.frame(STEP)
    assert app.world.get(owner, AnimationPlayer).time_secs == 0.0
    assert node(app, owner, 0).position[0] == 0.0


def test_a_new_clip_takes_over_step_by_step_and_the_old_one_goes_back_to_rest(app: App) -> None:
    owner = spawn(app, speed=0.0, time_secs=1.0, fade_secs=6 * STEP)
    app.frame(STEP)
    assert node(app, owner, 0).position[0] == pytest.approx(10)
    app.world.set(owner, AnimationPlayer, clip="bend")
    places, weights = [], []
    mesh = node(app, owner, 2).entity
    for _ in range(8):
        app.frame(STEP)
        places.append(float(node(app, owner, 0).position[0]))
        weights.append(app.resource(MorphWeights).of(app.world, mesh).tolist())
    assert places == pytest.approx([10 * 5 / 6, 10 * 4 / 6, 10 * 3 / 6, 10 * 2 / 6, 10 / 6, 0, 0, 0], abs=1e-4)
    assert weights[2] == pytest.approx([0.5 * 1 + 0.5 * 0.5, 0.5 * 2])
    assert weights[-1] == pytest.approx([0.5, 0])


def test_weight_blends_with_the_pose_at_rest(app: App) -> None:
    owner = spawn(app, clip="bend", playing=False, weight=0.5)
    seek(app, owner, 1.0)
    turned = node(app, owner, 1).rotation
    assert turned.tolist() == pytest.approx([0, 0, sin(pi / 8), cos(pi / 8)], abs=1e-6)


def test_nothing_of_a_clip_is_the_pose_at_rest(app: App) -> None:
    owner = spawn(app, clip="bend", playing=False)
    seek(app, owner, 1.0)
    seek(app, owner, 1.0, weight=0.0)
    assert node(app, owner, 1).rotation.tolist() == pytest.approx([0, 0, 0, 1], abs=1e-6)
    assert app.resource(MorphWeights).of(app.world, node(app, owner, 2).entity).tolist() == pytest.approx([0.5, 0])


@pytest.mark.parametrize("mix", [0.0, 0.25, 0.5, 1.0])
def test_two_clips_are_mixed_by_their_shares(app: App, mix: float) -> None:
    owner = spawn(app, clip="slide", second_clip="bend", playing=False, mix=0.9)
    seek(app, owner, 0.5)
    seek(app, owner, 1.0, mix=mix)
    assert node(app, owner, 0).position[0] == pytest.approx(10 * (1 - mix), abs=1e-5)
    turned = node(app, owner, 1).rotation
    wanted = np.array([0, 0, 0, 1]) * (1 - mix) + np.array([0, 0, sin(pi / 4), cos(pi / 4)]) * mix
    np.testing.assert_allclose(turned, wanted / np.linalg.norm(wanted), atol=1e-6)


def test_a_clip_that_is_mixed_in_no_more_leaves_nothing_behind(app: App) -> None:
    owner = spawn(app, clip="slide", second_clip="bend", playing=False, mix=1.0)
    seek(app, owner, 1.0)
    assert node(app, owner, 1).rotation[2] == pytest.approx(sin(pi / 4))
    seek(app, owner, 1.0, second_clip="")
    assert node(app, owner, 1).rotation.tolist() == pytest.approx([0, 0, 0, 1], abs=1e-6)
    assert node(app, owner, 0).position[0] == pytest.approx(10)


def test_clips_are_found_by_name_number_and_default(app: App, caplog: pytest.LogCaptureFixture) -> None:
    owner = spawn(app, playing=False)
    app.frame(0.0)
    animator = app.resource(Animator)
    assert animator.clip_names(owner) == ["slide", "bend", "shine"]
    assert animator.duration_secs(owner, "1") == 1.0
    app.world.set(owner, AnimationPlayer, clip="1")
    seek(app, owner, 1.0)
    assert node(app, owner, 1).rotation[2] == pytest.approx(sin(pi / 4))
    with caplog.at_level(logging.WARNING):
        seek(app, owner, 0.5, clip="dance")
        seek(app, owner, 0.6, clip="dance")
    assert len(caplog.records) == 1
    assert "'dance'" in caplog.text
    assert "slide, bend, shine" in caplog.text
    assert node(app, owner, 1).rotation[2] == 0.0, "nothing plays: at rest"


def test_a_crowd_takes_as_many_python_calls_as_two(app: App) -> None:
    counts = []
    for count in (2, 60):
        while len(app.world.query(AnimationPlayer)) < count:
            spawn(app)
        for _ in range(3):
            app.frame(STEP)
        counts.append(count_calls(lambda: app.frame(STEP)))
    assert counts[1] <= counts[0] + 20, counts


def test_players_of_one_clip_are_posed_together(app: App) -> None:
    owners = [spawn(app, playing=False, time_secs=number / 100) for number in range(50)]
    app.frame(0.0)
    for number, owner in enumerate(owners):
        assert node(app, owner, 0).position[0] == pytest.approx(number / 10, abs=1e-5)


def test_a_player_that_stands_still_writes_nothing(app: App) -> None:
    spawn(app, playing=False, time_secs=0.5)
    app.frame(0.0)
    tick = app.world.tick
    app.world.advance()
    app.frame(STEP)
    for table in app.world.query(Transform):
        rows = table.changed((Transform,), since=tick)
        assert (rows.stop - rows.start if isinstance(rows, slice) else len(rows)) == 0


def test_pointers_reach_lights_cameras_materials_and_visibility(app: App) -> None:
    from taixu.scene import Camera, Light, MaterialLibrary, Visibility

    owner = spawn(app, clip="shine", playing=False)
    seek(app, owner, 0.5)
    assert app.world.get(node(app, owner, 3).entity, Light).intensity == pytest.approx(50)
    assert app.world.get(node(app, owner, 4).entity, Camera).fov_y_rad == pytest.approx(1.5)
    assert not app.world.get(node(app, owner, 0).entity, Visibility).visible
    materials = app.resource(MaterialLibrary)
    number = next(k for k in range(1, len(materials)) if materials[k].material.base_color[0] < 1)
    assert materials[number].material.base_color == pytest.approx((0.5, 0.5, 0.5, 1))
    texture = materials[number].material.base_color_texture
    assert texture is not None
    assert texture.offset == pytest.approx((0.5, 0.25))
    seen = materials.changes(0)[1]
    for time in np.linspace(0, 1, 20):
        seek(app, owner, float(time))
    assert materials.changes(seen)[0] == [number]


def test_joint_matrices_are_those_of_the_specification(app: App) -> None:
    owner = spawn(app, clip="bend", playing=False)
    Node(app.world, owner).position = (2000.0, 3.0, -5000.0)
    seek(app, owner, 1.0)
    mesh = node(app, owner, 2)
    palettes, place = app.resource(SkinPalettes), app.world.get(mesh.entity, Skin)
    assert place.count == 2
    got = palettes.matrices[place.offset : place.offset + 2].reshape(-1, 3, 4)
    for row, joint in enumerate((0, 1)):
        bind = np.eye(4)
        bind[1, 3] = -float(joint)
        wanted = np.linalg.inv(mesh.world_matrix) @ node(app, owner, joint).world_matrix @ bind
        assert np.allclose(got[row], wanted[:3], atol=1e-5)
    assert np.allclose(got[1] @ (0, 2, 0, 1), (-5 - 1, 1, 0), atol=1e-5), "bent by a quarter around the bone"


def test_skins_that_moved_are_known(app: App) -> None:
    still, moving = spawn(app, clip="bend", playing=False), spawn(app, clip="bend", speed=1.0)
    for _ in range(3):
        app.frame(STEP)
    skins, places = app.resource(SkinPalettes), app.resource(WorldTransforms)
    tick = app.world.tick
    app.world.advance()
    app.frame(STEP)
    moved = skins.moved(places.changed(tick), len(places.matrices))
    start = app.world.get(node(app, moving, 2).entity, Skin).offset
    assert np.flatnonzero(moved).tolist() == [start + 1], "the joint that bends"
    assert not skins.moved(slice(0, 0), len(places.matrices)).any()
    assert still != moving


def test_models_that_go_leave_no_holes_behind(app: App) -> None:
    owners = [spawn(app, playing=False, time_secs=number / 10) for number in range(8)]
    app.frame(0.0)
    assert len(app.resource(SkinPalettes).matrices) == 16
    app.world.despawn(owners[:6])
    app.frame(STEP)
    app.frame(STEP)
    assert len(app.resource(SkinPalettes).matrices) == 4
    assert len(app.resource(MorphWeights).values) == 4
    assert len(app.resource(Animator).players) == 2
    for owner, number in zip(owners[6:], (6, 7)):
        mesh = node(app, owner, 2).entity
        assert app.resource(MorphWeights).of(app.world, mesh).tolist() == pytest.approx([number / 10, number / 5])


def test_a_restored_world_animates_on(app: App) -> None:
    owner = spawn(app)
    for _ in range(10):
        app.frame(STEP)
    snapshot = app.world.snapshot()
    for _ in range(10):
        app.frame(STEP)
    app.world.restore(snapshot)
    app.frame(STEP)
    app.frame(STEP)
    assert app.world.get(owner, AnimationPlayer).time_secs == pytest.approx(12 * STEP)
    assert node(app, owner, 0).position[0] == pytest.approx(10 * 12 * STEP, abs=1e-4)


def test_a_model_that_is_saved_again_plays_on_with_its_new_clips(app: App) -> None:
    class Edited:
        version = 0

        def model(self, source: str) -> tuple[m.ModelData, int]:
            made = make_model()
            made.animations[0].channels[0].values *= 1 + self.version
            return made, self.version

        def wait(self) -> None:
            pass

    store = Edited()
    app.resource(ModelState).store = store
    owner = spawn(app, playing=False, time_secs=0.5)
    app.frame(STEP)
    assert node(app, owner, 0).position[0] == pytest.approx(5)
    store.version = 1
    app.frame(STEP)
    app.frame(STEP)
    assert node(app, owner, 0).position[0] == pytest.approx(10)


def test_models_that_are_nowhere_any_more_are_let_go(app: App) -> None:
    other = spawn(app, playing=False, time_secs=0.5)
    app.frame(0.0)
    for _ in range(5):
        model = make_model()
        app.resource(ModelState).store = ReadingStore(lambda source, model=model: model)
        owner = app.world.spawn(Transform(), Model("y.glb"), AnimationPlayer())
        app.frame(STEP)
        app.world.despawn(owner)
        app.frame(STEP)
        app.resource(ModelState).store = ReadingStore(lambda source: make_model())
    animator = app.resource(Animator)
    assert sum(len(one.clips) > 0 for one in animator._sets) == 1
    assert node(app, other, 0).position[0] == pytest.approx(5.0)
