"""A drawn graph as a recipe: its maps, its record, and what is wrong with some."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.assets.sidecar import read_sidecar
from taixu.errors import TaixuError
from taixu.generate import Order
from taixu.generate.graph import Graph, evaluate
from taixu.generate.making import make
from taixu.generate.materials import MAPS, material_graph
from taixu.generate.materials.graph_generator import completed
from taixu.generate.placing import Place

GENERATOR = "taixu.generate.materials.graph_generator:GraphGenerator"


def drawn(folder: Path, graph: Graph) -> Path:
    file = folder / "wall.graph.json"
    file.write_text(graph.to_text())
    return file


def bake(file: Path, folder: Path, size: int = 32) -> dict[str, Path]:
    order = Order("graph", settings={"size_px": size}, parents=(file,))
    place = Place(folder, "wall", "ticket")
    made = make(GENERATOR, order, place, folder / "work", (), lambda *_: None)
    for laid, final in made.moves:
        laid.rename(final)
    return {path.stem.removeprefix("wall_"): path for path in made.files}


def test_its_maps_are_those_of_the_graph_and_its_record_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path / "cache"))
    graph = material_graph("bricks", seed=2)[0]
    file = drawn(tmp_path, graph)
    files = bake(file, tmp_path)
    assert sorted(files) == ["base_color", "height", "normal", "orm"]
    with Image.open(files["orm"]) as picture:
        orm = np.asarray(picture)
    assert np.abs(orm[::-1, :, 1] / 255 - evaluate(graph, 32)["roughness"]).max() < 0.01
    provenance = read_sidecar(files["normal"]).provenance
    assert provenance is not None
    assert provenance.generator.startswith("graph")
    assert len(provenance.parents) == 1


def test_what_a_graph_does_not_make_is_plain() -> None:
    graph = Graph()
    graph.put_out(base_color=graph.add("grain", "noise.grain"), roughness=(0.2, 0.2, 0.2), height="@grain", mine=1.0)
    made = evaluate(completed(graph), 16)
    assert set(made) == set(MAPS)
    assert made["base_color"].shape == (16, 16, 3)
    assert made["roughness"].shape == (16, 16)
    assert made["roughness"][0, 0] == pytest.approx(0.2)
    assert made["normal"][..., :2].std() > 0, "they follow from the height"
    assert (made["occlusion"] == 1).all()
    assert list(graph.outputs) == ["base_color", "roughness", "height", "mine"]


@pytest.mark.parametrize("text", ["", "[]", "{" * 100_000, '{"nodes": {}}'])
def test_a_broken_graph_is_one_sentence_and_no_file(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "wall.graph.json"
    file.write_text(text)
    with pytest.raises(TaixuError) as refused:
        bake(file, tmp_path / "out")
    assert "\n" not in str(refused.value)
    assert not list((tmp_path / "out").glob("*.png"))
