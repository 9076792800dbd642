"""Models at the gate: what is wrong with one is told when it comes, read beside it, and mended by a click."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from asset_facts import choose, panel, turn_until
from assets import open_copy, show, wait_until
from editor_flows import Hand, flow

from taixu.assets.gltf import write_gltf
from taixu.assets.importers import import_model
from taixu.assets.model import Mesh, ModelData, Node, Primitive, Scene
from taixu.assets.sidecar import read_sidecar

CORNERS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
FACES = np.array([[0, 2, 1], [0, 1, 3], [0, 2, 3], [1, 2, 3], [0, 1, 1]], np.uint32)
"""A pyramid in which one triangle faces inwards, and one has no area."""


def broken_model(folder: Path, *, large: float = 1.0) -> Path:
    """A file as a shop might have it."""
    mesh = Mesh("pyramid", [Primitive({"POSITION": CORNERS * np.float32(large)}, FACES.reshape(-1))])
    model = ModelData(scenes=[Scene(nodes=[0])], scene=0, nodes=[Node(mesh=0)], meshes=[mesh])
    write_gltf(model, folder / "boat.glb")
    return folder / "boat.glb"


@flow()
def a_click_mends_a_model_beside_the_one_that_came(hand: Hand) -> None:
    root = open_copy(hand)
    path = broken_model(root / "assets")
    before = path.read_bytes()
    wait_until(hand, lambda: "assets/boat.glb" in panel(hand).index.by_path)
    view = show(hand, "assets")
    choose(hand, "assets/boat.glb")
    reports = view.details.gate.reports
    wait_until(hand, lambda: any(key[0] == "assets/boat.glb" for key in reports))
    report = next(value for key, value in reports.items() if key[0] == "assets/boat.glb")
    assert {each["code"] for each in report["problems"]} >= {"winding", "slivers"} and report["advised"] == {"winding": True}
    turn_until(hand, lambda: hand.exists("**/###repair"))
    hand.click("**/###repair")
    mended = "assets/boat.repaired.glb"
    wait_until(hand, lambda: mended in view.index.by_path)
    assert path.read_bytes() == before, "the file itself stays"
    record = read_sidecar(root / mended)
    assert record is not None and record.provenance.generator == "repair" and record.provenance.parents
    assert len(import_model(root / mended).meshes[0].primitives[0].triangles()) == 4
    toasts = hand.window.shell.toasts
    wait_until(hand, lambda: toasts.last is not None and "boat.repaired.glb" in toasts.last.text)
    choose(hand, mended)
    wait_until(hand, lambda: any(key[0] == mended for key in reports))
    assert not next(value for key, value in reports.items() if key[0] == mended)["advised"]


@flow()
def what_is_wrong_with_a_model_is_told_when_it_comes(hand: Hand) -> None:
    open_copy(hand)
    source = broken_model(Path(tempfile.mkdtemp(prefix="taixu-shop-")), large=20_000.0)
    hand.window.dropping.bring([str(source)], folder="assets")
    toasts = hand.window.shell.toasts
    wait_until(hand, lambda: any(each.text.startswith("boat.glb: ") for each in toasts.shown))
    said = next(each for each in toasts.shown if each.text.startswith("boat.glb: "))
    assert said.kind == "warning" and said.act is not None and "face the wrong way" in said.text and "+ 1" in said.text
    said.act()
    hand.wait(2)
    assert panel(hand).chosen == ("assets/boat.glb",)
    report = next(iter(panel(hand).details.gate.reports.values()))
    assert report["advised"] == {"winding": True, "size_m": 20.0}, "20,000 units were millimetres"
