"""The whole way by Taixu's own generators: words, a texture, a material of it, a mesh that wears it, a world that shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from taixu.app import Jobs
from taixu.assets.atomic import write_atomic
from taixu.assets.gltf import read_gltf, write_gltf
from taixu.assets.image import encode_png, read_image
from taixu.assets.model import Mesh, ModelData, Node, Scene
from taixu.assets.sidecar import read_sidecar, write_sidecar
from taixu.assets.solids import box_primitive
from taixu.edit import create_project
from taixu.generate import Generations, Generators, Lineage, Order, remake

BRICK, WALL, HUT, WORLD = "assets/brick.png", "assets/wall_base_color.png", "assets/hut.glb", "worlds/main.world.json"


@pytest.fixture(scope="module")
def generations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generations]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIXU_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("TAIXU_GENERATE_ON", "processor")
        with Jobs(workers=1) as jobs:
            yield Generations(jobs, generators=Generators(plugins=False), guards=())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, generations: Generations) -> Path:
    root = tmp_path_factory.mktemp("project") / "hut"
    create_project(root)
    assets = root / "assets"
    assets.mkdir(exist_ok=True)
    mesh = Mesh(primitives=[box_primitive((2.0, 1.0, 2.0))])
    write_gltf(ModelData(nodes=[Node(mesh=0)], meshes=[mesh], scenes=[Scene(nodes=[0])], scene=0), assets / "box.glb")
    generations.make(Order("texture", "red bricks", 1, {"size_px": 128}), out=root / BRICK)
    generations.make(Order("material-of-picture", "", 1, {"size_px": 128}, parents=(root / BRICK,)), out=assets / "wall.png")
    maps = [assets / f"wall_{role}.png" for role in ("base_color", "normal", "orm")]
    order = Order("mesh-material", "", 1, {"size_px": 128}, parents=(assets / "box.glb", *maps))
    generations.make(order, out=root / HUT)
    hut = {"name": {"text": "Hut"}, "transform": {}, "model": {"source": HUT}}
    (root / WORLD).write_text(json.dumps({"format": "taixu.world", "version": 1, "entities": {"00000000000000b0": hut}}))
    return root


def _stale(root: Path) -> dict[str, str]:
    return {each.path: each.reason for each in Lineage.read(root).stale()}


def _worn(root: Path) -> np.ndarray:
    """The mean colour of what the mesh wears, as the file has it."""
    from taixu.assets.image import decode_image

    model = read_gltf(root / HUT)
    ref = model.materials[0].base_color_texture
    assert ref is not None
    image = model.textures[ref.texture].image
    assert image is not None
    return np.asarray(decode_image(model.images[image].data, name="worn")[..., :3].mean(axis=(0, 1)))


def test_one_graph(project: Path) -> None:
    lineage = Lineage.read(project)
    assert lineage.problems == [] and lineage.stale() == []
    assert set(lineage.ancestors(WORLD)) >= {HUT, WALL, BRICK, "assets/box.glb"}
    below = lineage.descendants(BRICK)
    assert below.index(WALL) < below.index(HUT) < below.index(WORLD)
    assert lineage.find(BRICK).provenance.prompt == "red bricks"


def test_the_world_shows_what_was_made(project: Path) -> None:
    from taixu.defaults import App
    from taixu.scene import MeshInstance

    with App.headless(trust=False) as app:
        app.open(project, trust=False)
        app.settle()
        assert sum(table.count for table in app.world.query(MeshInstance)) >= 1


def test_other_words_reach_the_world_through_all_that_hangs_below(project: Path, generations: Generations) -> None:
    sidecar = read_sidecar(project / WALL)
    assert sidecar is not None
    sidecar.provenance.settings["flatten"] = 0.25  # by hand, in a text editor
    write_sidecar(project / WALL, sidecar)
    red, document = _worn(project), (project / WORLD).read_bytes()
    generations.make(Order("texture", "blue painted metal", 1, {"size_px": 128}), out=project / BRICK)
    stale = _stale(project)
    assert stale[WALL] == "changed" and stale[HUT] == "above" and WORLD not in stale
    done = remake(project, generations)
    names = [result.files[0].name for result in done.results]
    assert done.kept == () and names.index("wall_base_color.png") < names.index("hut.glb")
    assert _stale(project) == {} and (project / WORLD).read_bytes() == document
    blue = _worn(project)
    assert red[0] > red[2] + 10 and blue[2] > blue[0] + 10
    after = read_sidecar(project / WALL)
    assert after is not None and after.provenance.overrides["flatten"] == 0.25


def test_a_picture_that_a_hand_has_painted_stays_and_the_mesh_wears_it(project: Path, generations: Generations) -> None:
    pixels = read_image(project / WALL).copy()
    pixels[...] = (20, 200, 30)
    write_atomic(project / WALL, encode_png(pixels))
    painted = (project / WALL).read_bytes()
    assert _stale(project) == {HUT: "changed"}
    assert [result.files[0].name for result in remake(project, generations).results] == ["hut.glb"]
    green = _worn(project)
    assert green[1] > green[0] + 60 and green[1] > green[2] + 60
    generations.make(Order("texture", "red bricks", 2, {"size_px": 128}), out=project / BRICK)
    done = remake(project, generations)
    assert WALL in done.kept and (project / WALL).read_bytes() == painted
    remake(project, generations, discard_edits=True)
    assert (project / WALL).read_bytes() != painted and _worn(project)[0] > _worn(project)[1] and _stale(project) == {}
