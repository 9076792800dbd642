"""Impostors as a world knows them: when they come, what waits for pictures, and what cards are made of."""

from __future__ import annotations

import numpy as np
import pytest
from render_world import SmallWorld

from taixu.assets.levels import levels_of, link_levels
from taixu.assets.model import Mesh, ModelData, Node, Primitive, Scene
from taixu.scene import Details, Eye, MeshInstance, MeshLibrary
from taixu.scene.impostors import CARD_CORNERS, Impostor, cards, impostor_levels
from taixu.scene.library import MaterialLibrary, MeshLevels
from taixu.scene.scatter.squares import HIDDEN, Squares
from taixu.scene.shapes import shape_mesh

Standing = tuple[SmallWorld, MeshLevels, int]
RADIUS = float(np.sqrt(0.75))


@pytest.fixture
def standing() -> Standing:
    """A box with a coarser form and an impostor, at the origin."""
    scene = SmallWorld()
    meshes, materials = scene.world.resource(MeshLibrary), scene.world.resource(MaterialLibrary)
    fine, coarse = scene.mesh("sphere"), scene.mesh("box")
    plain = MeshLevels((fine, coarse), (200.0,), (0.0, 0.0, 0.0, RADIUS))
    levels = impostor_levels(meshes, materials, plain, at_px=50.0)
    meshes.put_levels(levels)
    entity = int(scene.spawn(1, fine)[0])
    scene.propagate()
    return scene, levels, entity


def _shown(scene: SmallWorld, entity: int, width_px: float) -> int:
    """What is shown to an eye that sees the sphere so wide."""
    distance = 2.0 * RADIUS * 1000.0 / width_px + RADIUS
    scene.world.resource(Details).follow(scene.world, [Eye(np.array([0.0, 0.0, distance]), 1000.0)])
    return int(scene.world.get(entity, MeshInstance).mesh)


def test_an_impostor_waits_for_its_pictures_and_then_comes_after_the_meshes(standing: Standing) -> None:
    scene, levels, entity = standing
    meshes = scene.world.resource(MeshLibrary)
    fine, coarse, both, card = levels.numbers
    assert _shown(scene, entity, 500.0) == fine and not meshes.wanted_impostors, "who is near asks for no pictures"
    assert _shown(scene, entity, 20.0) == coarse and meshes.wanted_impostors == {card}
    meshes.show_impostors([card], drawn=True)
    assert not meshes.wanted_impostors
    assert [_shown(scene, entity, width) for width in (500.0, 100.0, 40.0, 20.0)] == [*levels.dressed, both, card]
    assert all(meshes[number].far_caster is not None for number in levels.dressed), "shadows that fall far away are the card's"
    meshes.show_impostors([card], drawn=False)
    assert _shown(scene, entity, 20.0) == coarse, "given up, it is a mesh again"
    assert meshes.finest(np.array([*levels.numbers, *levels.dressed], np.uint32)).tolist() == [fine] * 6


def test_rays_and_whoever_wants_meshes_meet_no_cards(standing: Standing) -> None:
    scene, levels, entity = standing
    meshes = scene.world.resource(MeshLibrary)
    eye = Eye(np.array([0.0, 0.0, 900.0]), 1000.0, wants_meshes=True)
    scene.world.resource(Details).follow(scene.world, [eye])
    assert not meshes.wanted_impostors
    meshes.show_impostors([levels.impostor], drawn=True)
    for _ in range(2):
        scene.world.resource(Details).follow(scene.world, [eye])
        assert scene.world.get(entity, MeshInstance).mesh == levels.dressed[1]
        assert _shown(scene, entity, 20.0) == levels.impostor


def test_mesh_and_card_are_both_there_while_one_gives_way_and_neither_flickers(standing: Standing) -> None:
    scene, levels, entity = standing
    meshes = scene.world.resource(MeshLibrary)
    meshes.show_impostors([levels.impostor], drawn=True)
    order = [*levels.dressed, *levels.numbers[2:]]
    widths = np.geomspace(60.0, 20.0, 60)
    away = [order.index(_shown(scene, entity, each)) for each in widths]
    back = [order.index(_shown(scene, entity, each)) for each in widths[::-1]][::-1]
    assert away == sorted(away) and back == sorted(back) and set(away) == {1, 2, 3}
    assert away.index(2) > back.index(2) and away.index(3) > back.index(3), "each is left later than it is taken"
    material = scene.world.resource(MaterialLibrary)[meshes.impostors[levels.impostor]]
    assert isinstance(material.surface, Impostor)
    fade = material.surface.fade
    both = [width for seen in (away, back) for width, level in zip(widths, seen, strict=True) if level == 2]
    # Where the one form is exchanged for both, or both for the card, only one of them is seen.
    assert fade.to_px <= min(w for w, level in zip(widths, back, strict=True) if level == 2) * 1.03
    assert fade.from_px >= max(w for w, level in zip(widths, away, strict=True) if level == 2) * 0.97
    assert min(both) < 0.97 * fade.to_px and max(both) > 1.03 * fade.from_px


def test_cards_stand_about_their_middles_within_the_things_bounds() -> None:
    rows = np.array([[1.0, 2.0, 3.0, 0.5, 1.0], [-4.0, 0.0, 9.0, 2.0, 3.0]], np.float32)
    attributes, indices = cards(rows, radius=0.5)
    assert len(indices) == 12 and indices.max() == 7
    scales = np.repeat(rows[:, 4], 4)[:, None]
    middles = attributes["POSITION"] - np.tile(CARD_CORNERS, (2, 1)) * 0.5 * scales
    assert np.allclose(middles, np.repeat(rows[:, :3], 4, axis=0), atol=1e-5)
    for number, row in enumerate(rows):
        mine = attributes["POSITION"][4 * number : 4 * number + 4]
        assert np.allclose(mine.min(0), row[:3] - 0.5 * row[4], atol=1e-5)
        assert np.allclose(mine.max(0), row[:3] + 0.5 * row[4], atol=1e-5)
        assert attributes["TEXCOORD_1"][4 * number].tolist() == row[3:].tolist()


@pytest.mark.parametrize(
    "said",
    [None, [], {"height_m": 1.8}, {"height_m": 1.8, "radius_m": 0.5, "middle": [0, 1]},
     {"height_m": -1.8, "radius_m": 0.5, "middle": [0, 1, 0]}, {"height_m": float("nan"), "radius_m": 0.5, "middle": [0, 1, 0]},
     {"height_m": 1e30, "radius_m": 0.5, "middle": [0, 1, 0]}, {"height_m": True, "radius_m": 0.5, "middle": [0, 1, 0]},
     {"height_m": 1.8, "radius_m": 0.5, "middle": "here!"}, {"height_m": 1.8, "radius_m": "0.5", "middle": [0, 1, None]}],
)  # fmt: skip
def test_what_a_file_says_wrongly_of_an_impostor_makes_none(said: object) -> None:
    arrays = shape_mesh("box", (1.0, 1.0, 1.0))
    mesh = Mesh("box", [Primitive({name: arrays[name] for name in ("POSITION", "NORMAL")}, arrays["indices"])])
    model = ModelData(scenes=[Scene(nodes=[0, 1])], scene=0, meshes=[mesh], nodes=[Node(mesh=0), Node(mesh=0)])
    link_levels(model, 0, [1])
    good = {"height_m": 1.8, "radius_m": 0.5, "middle": [0, 0.9, 0]}
    model.nodes[0].extras = {"impostor": good}
    found = levels_of(model)[0].impostor
    assert found is not None and found[1] == (0.5, 0.9) and found[0][:3] == (0.0, 0.9, 0.0)
    model.nodes[0].extras = {"impostor": said}
    assert levels_of(model)[0].impostor is None


def test_far_squares_are_shown_by_blocks() -> None:
    random = np.random.default_rng(2)
    x, z = random.uniform(-200, 200, (2, 4000))
    rows = np.stack([x, 0 * x, z, 0 * x, 1 + 0 * x], 1).astype(np.float32)
    squares = Squares.sort(rows, 10.0)
    levels = squares.levels([Eye(np.array([-200.0, 0.0, -200.0]), 900.0)], (120.0, 1e4))
    units = squares.gathered(levels, 1)
    assert len(units) == squares.count
    shown = [squares.rows(unit) for unit in np.flatnonzero(units != HIDDEN).tolist()]
    assert sum(map(len, shown)) == 4000 and len({tuple(row) for some in shown for row in some.tolist()}) == 4000
    assert (units != HIDDEN).sum() < 0.35 * len(squares.lows), "most of it is few"
    blocks = np.flatnonzero(units[len(squares.lows) :] == 1) + len(squares.lows)
    for block, middle in zip(blocks.tolist(), squares.middles(blocks), strict=True):
        assert np.ptp(squares.rows(block)[:, 0]) <= 40.0 and (abs(squares.rows(block)[:, [0, 2]] - middle[[0, 2]]) < 20.1).all()
    near = np.flatnonzero(units[: len(squares.lows)] == 0)
    assert len(near) and (squares.lows[near][:, 0] < -50).all()
