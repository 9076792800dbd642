"""Impostors as they are drawn: beside the meshes that they stand for, lit from the same sides, within their budgets."""

from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from taixu.assets.model import Primitive
from taixu.render import Renderer, View, ViewCamera
from taixu.render.cards import picture_directions
from taixu.render.counting import count_drawn
from taixu.render.impostors import MOST_BYTES
from taixu.scene import Light, MeshInstance, MeshLibrary, Transform
from taixu.scene.impostors import Impostor, impostor_levels
from taixu.scene.library import LibraryMesh, MaterialLibrary, MeshLevels
from taixu.scene.shapes import shape_mesh

SIZE = (72, 72)
SPHERE = (0.0, 0.0, 0.0, 1.25)
Direction = tuple[float, float, float]
RED, BLUE = (0.9, 0.05, 0.05, 1.0), (0.05, 0.1, 0.9, 1.0)


class Things(SmallWorld):
    """Things that look different from all sides: a red ball on the one and a blue post on the other."""

    def __init__(self) -> None:
        super().__init__()
        self.renderer = Renderer(shared_device())
        self.renderer.lighting.use_sky(np.full((8, 16, 3), 0.6, np.float32))
        self.count = 0

    def kind(self, *, at_px: float, frames: int = 12, frame_px: int = 48) -> MeshLevels:
        self.count += 1
        meshes, materials = self.world.resource(MeshLibrary), self.world.resource(MaterialLibrary)
        parts = []
        for kind, size, offset in (("sphere", (1.2, 1.2, 1.2), (-0.5, -0.3, 0.0)), ("box", (0.5, 2.0, 0.5), (0.6, 0.0, 0.1))):
            arrays = shape_mesh(kind, size)
            points = arrays["POSITION"] + np.array(offset, np.float32)
            parts.append(Primitive({"POSITION": points, "NORMAL": arrays["NORMAL"]}, arrays["indices"]))
        looks = tuple(self.material(base_color=color, roughness=0.8) for color in (RED, BLUE))
        number = meshes.put(("thing", self.count), LibraryMesh(tuple(parts), looks))
        levels = impostor_levels(
            meshes, materials, MeshLevels((number,), (), SPHERE), at_px=at_px, frames=frames, frame_px=frame_px
        )
        meshes.put_levels(levels)
        return levels

    def look(
        self, direction: Direction, *, width_px: float = 48.0, **options: object
    ) -> tuple[View, NDArray[np.uint8]]:
        unit = np.array(direction) / np.linalg.norm(direction)
        per_rad = SIZE[1] / (2 * np.tan(0.05))
        distance = 2.0 * SPHERE[3] * per_rad / width_px + SPHERE[3]
        settings = {"background": (0.0, 0.0, 0.0, 1.0), "exposure_ev": 0.0, **options.pop("settings", {})}  # type: ignore[dict-item]
        camera = ViewCamera.looking(unit * distance, (0, 0, 0), fov_y_rad=0.1, up=(0, 0, -1) if abs(unit[1]) > 0.99 else (0, 1, 0))
        view = View(camera, SIZE, settings=settings, **options)  # type: ignore[arg-type]
        for _ in range(2):
            self.renderer.render(self.world, [view])
        return view, self.renderer.read(view)[..., :3]

    def shown(self, entity: int) -> int:
        return int(self.world.get(entity, MeshInstance).mesh)


Pair = tuple[Things, MeshLevels, int, int]


@pytest.fixture(scope="module")
def pair() -> Pair:
    """A thing that is an impostor wherever it is looked at from here, and the number of its mesh."""
    scene = Things()
    levels = scene.kind(at_px=200.0)
    entity = int(scene.spawn(1, levels.numbers[0])[0])
    scene.world.spawn(Transform(rotation=(-0.27, 0.27, 0.65, 0.65)), Light(intensity=2.0))
    scene.propagate()
    return scene, levels, entity, levels.numbers[0]


def _both(pair: Pair, direction: Direction, **options: object) -> list[NDArray[np.uint8]]:
    """The impostor, then the mesh."""
    scene, levels, entity, mesh = pair
    card = scene.look(direction, **options)[1]
    assert scene.shown(entity) == levels.numbers[-1]
    meshes = scene.world.resource(MeshLibrary)
    kept, meshes.levels = meshes.levels, {}
    meshes.levels_version += 1
    meshes.forms_version += 1
    scene.world.set(entity, MeshInstance, mesh=mesh)
    plain = scene.look(direction, **options)[1]
    meshes.levels = kept
    meshes.levels_version += 1
    meshes.forms_version += 1
    return [card, plain]


@pytest.mark.parametrize(
    "direction", [(0, 0, 1), (1, 0.2, 0.3), (-0.6, 0.5, -1), (0.3, 1, 0.2), (0.4, -0.15, -1)]
)
@pytest.mark.parametrize("quality", ["full", "fast"])
def test_an_impostor_looks_like_its_mesh_from_all_sides(
    pair: Pair, direction: Direction, quality: str
) -> None:
    card, plain = (picture.astype(float) for picture in _both(pair, direction, quality=quality))
    dark = plain.max(-1) < 40
    covered, wanted = (card.max(-1) >= 40), ~dark
    assert wanted.sum() > 300
    assert (covered & wanted).sum() / (covered | wanted).sum() > 0.85, "the outline"
    inside = covered & wanted
    assert np.abs(card[inside] - plain[inside]).mean() < 16.0, "colour and light"
    red, blue = (np.argwhere((plain[..., 0] > plain[..., 2]) == is_red)[:, 1] for is_red in (True, False))
    assert len(red) and len(blue)


def test_its_lit_side_is_that_of_the_mesh_and_its_edges_are_not_dark(pair: Pair) -> None:
    scene = pair[0]
    lights = scene.world.query(Light).entities
    for turn, brighter in (((0.0, 0.7, 0.0, 0.71), 1), ((0.0, -0.7, 0.0, 0.71), -1)):
        scene.world.set(int(lights[0]), Transform, rotation=turn)
        scene.propagate()
        for picture in _both(pair, (0, 0, 1), width_px=60.0):
            value = picture.astype(float)
            ball = value[..., 0] * (value[..., 0] > value[..., 2] + 10)
            columns = np.flatnonzero(ball.max(0) > 0)
            middle = (columns[0] + columns[-1]) // 2
            left, right = (half[half > 0].mean() for half in (ball[:, :middle], ball[:, middle + 1 :]))
            assert (right - left) * brighter > 5.0
    card, plain = (picture.astype(float).max(-1) for picture in _both(pair, (0, 0, 1), width_px=60.0))
    rim = (card > 0) & (np.minimum.reduce([np.roll(card, step, axis) for axis in (0, 1) for step in (1, -1)]) == 0)
    assert card[rim].mean() > 0.75 * plain[(plain > 0) & rim].mean()


def test_it_is_picked_and_gives_normals_and_velocity(pair: Pair) -> None:
    scene, _, entity, _ = pair
    view, picture = scene.look((0, 0, 1), width_px=60.0, outputs=frozenset({"color", "id", "depth", "normal", "velocity"}))
    y, x = np.argwhere(picture[..., 0] > 60)[len(np.argwhere(picture[..., 0] > 60)) // 2]
    assert scene.renderer.pick(view, int(x), int(y)) == entity
    normal = scene.renderer.read(view, "normal")[y, x]
    assert normal[2] > 0.3 and abs(np.linalg.norm(normal[:3]) - 1) < 0.1
    assert np.abs(scene.renderer.read(view, "velocity")).max() < 1e-4
    scene.world.set(entity, Transform, translation=(0.1, 0.0, 0.0))
    scene.propagate()
    scene.renderer.render(scene.world, [view])
    moved = scene.renderer.read(view, "velocity")
    assert moved[..., 0].min() < -0.005 and abs(moved[..., 1]).max() < 1e-3
    scene.world.set(entity, Transform, translation=(0.0, 0.0, 0.0))
    scene.propagate()


def test_from_near_to_far_nothing_pops() -> None:
    scene = Things()
    levels = scene.kind(at_px=48.0)
    entity = int(scene.spawn(1, levels.numbers[0])[0])
    scene.propagate()
    seen, before, worst = [], None, 0.0
    for width in np.geomspace(54.0, 24.0, 28):
        picture = scene.look((0.5, 0.3, 1.0), width_px=float(width), settings={"antialias": "fxaa"})[1].astype(float)
        seen.append(scene.shown(entity))
        if before is not None:
            worst = max(worst, float(np.abs(picture - before).mean()) / float(max(picture.mean(), 1.0)))
        before = picture
    assert list(dict.fromkeys(seen)) == list(levels.numbers)
    assert worst < 0.22, "a step of three per cent in size changes about as much"


def test_pictures_are_taken_within_a_budget_and_given_up_where_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Things()
    scene.renderer.lighting.skies.waits = False
    kinds = [scene.kind(at_px=200.0, frames=4, frame_px=16) for _ in range(3)]
    meshes = scene.world.resource(MeshLibrary)
    first = int(scene.spawn(1, kinds[0].numbers[0])[0])
    scene.propagate()
    triangles = sum(len(part.triangles()) for part in meshes[kinds[0].numbers[0]].primitives)
    monkeypatch.setattr("taixu.render.impostors.TRIANGLES_A_FRAME", 5 * triangles)
    atlas_bytes = (4 * 16) ** 2 * 8 * 4 // 3
    scene.renderer.impostors.most_bytes = 2 * atlas_bytes
    view, _ = scene.look((0, 0, 1))
    assert scene.renderer.impostors.taken == 0 and scene.shown(first) == kinds[0].numbers[0], "ten of sixteen pictures"
    for _ in range(3):
        scene.renderer.render(scene.world, [view])
    assert scene.renderer.impostors.taken == 1 and scene.shown(first) == kinds[0].numbers[-1]
    others = [int(scene.spawn(1, each.numbers[0])[0]) for each in kinds[1:]]
    scene.propagate()
    for _ in range(12):
        scene.renderer.render(scene.world, [view])
    assert len(meshes.drawn_impostors) == 2, "all that are drawn are shown: the third stays a mesh"
    late = next(each for each, kind in zip(others, kinds[1:], strict=True) if kind.impostor not in meshes.drawn_impostors)
    scene.world.despawn(first)
    scene.propagate()
    for _ in range(8):
        scene.renderer.render(scene.world, [view])
    assert kinds[0].impostor not in meshes.drawn_impostors and len(meshes.drawn_impostors) == 2
    assert scene.shown(late) in [kind.numbers[-1] for kind in kinds[1:]]
    scene.renderer.release([view])
    assert not meshes.drawn_impostors


def test_pictures_are_taken_from_the_upper_half_and_all_around() -> None:
    directions = picture_directions(12)
    assert np.allclose(np.linalg.norm(directions, axis=-1), 1.0) and (directions[..., 1] >= 0).all()
    rim = np.concatenate([directions[0], directions[-1], directions[:, 0], directions[:, -1]])
    assert np.allclose(rim[:, 1], 0.0, atol=1e-7), "the edge of the atlas looks along the ground"
    angles = np.sort(np.arctan2(rim[:, 0], rim[:, 2]))
    assert np.diff(angles).max() < np.radians(14.0)


def test_impostor_is_plain_data() -> None:
    scene = Things()
    levels = scene.kind(at_px=64.0)
    entry = scene.world.resource(MaterialLibrary)[scene.world.resource(MeshLibrary).impostors[levels.impostor]]
    assert isinstance(entry.surface, Impostor) and entry.surface.source == levels.numbers[0]
    assert entry.surface.reach[0] < entry.surface.fade.sphere[3] and entry.surface.reach[1] == pytest.approx(1.02)
    assert entry.material.roughness == pytest.approx(0.8)


def test_what_is_drawn_can_be_counted(pair: Pair) -> None:
    scene, levels, _, _ = pair
    view, _ = scene.look((0, 0, 1))
    drawn = count_drawn(view)
    assert drawn.cards == drawn.triangles == 2 and drawn.instances == 1
    scene.world.resource(MeshLibrary).show_impostors([levels.impostor], drawn=False)
    scene.renderer.lighting.skies.waits, scene.renderer.impostors.most_bytes = False, 0
    again = count_drawn(scene.look((0, 0, 1), name="again")[0])
    scene.renderer.lighting.skies.waits, scene.renderer.impostors.most_bytes = True, MOST_BYTES
    entry = scene.world.resource(MeshLibrary)[levels.numbers[0]]
    assert again.cards == 0 and again.triangles == sum(len(part.triangles()) for part in entry.primitives)
    assert count_drawn(View(view.camera, SIZE)).commands == 0, "nothing was drawn of it"
