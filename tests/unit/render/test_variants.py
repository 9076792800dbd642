"""Material variants are chosen by name: for each thing, while it runs, in documents, and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import taixu_json
from gpu_device import shared_device
from PIL import Image
from textured_card import card

import taixu as tx
from taixu.assets.gltf import write_glb
from taixu.assets.model import Material, Mesh, ModelData, Node, Scene
from taixu.cli import main
from taixu.cli.staging import open_thing
from taixu.render import ViewCamera

RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def painted() -> ModelData:
    """A card that is red, or green "in spring" and blue "in winter"."""
    primitive = card()
    primitive.material, primitive.variants = 0, {0: 1, 1: 2}
    materials = [Material(base_color=(*color, 1.0), unlit=True) for color in (RED, GREEN, BLUE)]
    return ModelData(
        nodes=[Node(mesh=0)], meshes=[Mesh(primitives=[primitive])], materials=materials, scenes=[Scene(nodes=[0])], scene=0,
        variants=["in spring", "in winter"],
    )  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the card as a file."""
    write_glb(painted(), tmp_path / "card.glb")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def colors(app: tx.App, *places: int) -> list[tuple[float, ...]]:
    """What is seen at metres along x."""
    app.settle()
    app.run(ticks=1)
    camera = ViewCamera.looking((0, 0, 5), (0, 0, 0), height_m=4.0)
    pixels = app.picture(camera=camera, samples=1, linear=True, settings={"exposure_ev": 0.0}).pixels
    return [tuple(np.round(pixels[16, 16 + 8 * x, :3], 2).tolist()) for x in places]


def test_each_thing_shows_its_own_and_may_change(project: Path) -> None:
    with tx.App.headless(size=(32, 32)) as app:
        app.drawing.attach(shared_device())
        app.scene.spawn("a", tx.Model("card.glb"), position=(-1.1, 0, 0))
        b = app.scene.spawn("b", tx.Model("card.glb", variant="in spring"))
        app.scene.spawn("c", tx.Model("card.glb", variant="in winter"), position=(1.1, 0, 0))
        assert colors(app, -1, 0, 1) == [RED, GREEN, BLUE]
        app.world.set(b.entity, tx.Model, variant="in winter")
        assert colors(app, -1, 0, 1) == [RED, BLUE, BLUE]
        app.world.set(b.entity, tx.Model, variant="")
        assert colors(app, -1, 0, 1) == [RED, RED, BLUE]


def test_documents_keep_it(project: Path) -> None:
    with tx.App.headless() as app:
        app.scene.spawn("b", tx.Model("card.glb", variant="in spring"))
        file = app.save(project / "a.world.json")
    assert '"variant": "in spring"' in file.read_text()
    with tx.App.headless(size=(32, 32)) as app:
        app.drawing.attach(shared_device())
        app.open(file)
        assert colors(app, 0) == [GREEN]


def test_an_unknown_name_is_said_and_shows_the_default(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    with tx.App.headless(size=(32, 32)) as app:
        app.drawing.attach(shared_device())
        app.scene.spawn("b", tx.Model("card.glb", variant="in autumn"))
        assert colors(app, 0) == [RED]
    said = [record.getMessage() for record in caplog.records if "in autumn" in record.getMessage()]
    assert len(said) == 1
    assert "it has in spring, in winter" in said[0]


def test_the_command_line_chooses_one(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["render", "card.glb", "--out", "a.png", "--size", "32x32", "--samples", "1", "--variant", "in winter"]
    taixu_json(*words)
    pixels = np.asarray(Image.open(project / "a.png").convert("RGB"))
    assert pixels[16, 16].argmax() == 2
    assert main([*words[:-1], "in autumn", "--json"]) == 2
    told = capsys.readouterr()
    assert "in spring, in winter" in told.out + told.err


def test_a_chair_changes_its_velvet(content: Path) -> None:
    file = content / "gltf" / "SheenChair" / "glTF" / "SheenChair.gltf"
    mango, peacock = (
        variant["name"] for variant in json.loads(file.read_text())["extensions"]["KHR_materials_variants"]["variants"]
    )
    means = {}
    for name in (mango, peacock):
        with tx.App.headless(size=(48, 48)) as app:
            app.drawing.attach(shared_device())
            open_thing(app, file, variant=name)
            pixels = app.picture(samples=1, settings={"background": "transparent"}).pixels.astype(float)
            means[name] = pixels[pixels[..., 3] > 200][:, :3].mean(0)
    assert means[mango][0] > means[mango][2] + 30, "mango is orange"
    assert means[peacock][2] > means[peacock][0], "peacock is blue"
