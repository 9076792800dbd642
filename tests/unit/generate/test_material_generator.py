"""Materials through the generator: sliders as text, two families in one square, pictures, a graph that makes them again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device
from PIL import Image

from taixu.errors import TaixuError
from taixu.generate.graph import Graph, evaluate
from taixu.generate.materials import family_named, material_maps
from taixu.generate.materials.family import hex_of, srgb
from taixu.generate.materials.generator import MaterialGenerator, MaterialParameters, sliders_of, sliders_text
from taixu.generate.materials.pictures import map_pictures, material_model
from taixu.generate.request import Request


def quiet(fraction: float, text: str = "", preview: object = None) -> None:
    """Nobody listens."""


def made(folder: Path, **parameters: object) -> dict[str, Path]:
    """Files of a small material by role."""
    wanted = MaterialParameters(size_px=64, **parameters)  # type: ignore[arg-type]
    request = Request("", 7, wanted, folder)
    return {each.role: each.path for each in MaterialGenerator().generate(request, quiet)}


def test_files_are_maps_and_the_graph_that_makes_them_again(tmp_path: Path) -> None:
    files = made(tmp_path, family="painted metal", wear=0.5)
    assert list(files) == ["base_color", "normal", "orm", "height", "graph"]
    color = np.asarray(Image.open(files["base_color"]))
    assert color.shape == (64, 64, 3)
    assert Image.open(files["height"]).mode.startswith("I")
    graph = Graph.from_text(files["graph"].read_text())
    again = evaluate(graph, 64, device=shared_device())["base_color"][::-1]
    encoded = np.where(again <= 0.0031308, again * 12.92, 1.055 * np.power(np.maximum(again, 1e-6), 1 / 2.4) - 0.055)
    assert np.abs(encoded * 255 - color).max() <= 1


def test_what_glows_has_a_map_of_it(tmp_path: Path) -> None:
    files = made(tmp_path, family="lava")
    assert "emission" in files
    assert np.asarray(Image.open(files["emission"])).max() == 255
    model = material_model(material_maps("lava", 64, device=shared_device()), "lava")
    assert model.materials[0].emissive_strength > 1
    assert model.materials[0].emissive_texture is not None


def test_sliders_are_text_and_back() -> None:
    text = "rows=8, color=#336699, variety=0.25"
    sliders = sliders_of("bricks", text)
    assert sliders == {"rows": 8, "color": srgb("#336699"), "variety": 0.25}
    assert sliders_text(sliders) == text
    assert hex_of(srgb("#8f4630")) == "#8f4630"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rows=many", "must be like"), ("storeys=3", "no slider"), ("color=red", "#rrggbb"), ("rows", "must be like"),
        ("rows=900", "from 2"),
    ],
)  # fmt: skip
def test_wrong_sliders_are_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TaixuError, match=said) as refused:
        made(tmp_path, sliders=text)
    assert "\n" not in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_two_families_share_a_square() -> None:
    device = shared_device()
    mud, gravel = (material_maps(name, 96, seed=3, device=device).maps for name in ("mud", "gravel"))
    half = material_maps("mud", 96, seed=3, device=device, second=("gravel", 0.5)).maps
    to_mud = np.abs(half["base_color"] - mud["base_color"]).mean(axis=-1) < 0.02
    assert 0.2 < to_mud.mean() < 0.9
    assert np.abs(half["base_color"] - gravel["base_color"]).mean() < np.abs(mud["base_color"] - gravel["base_color"]).mean() * 3
    none = material_maps("mud", 96, seed=3, device=device, second=("gravel", 0.0)).maps
    np.testing.assert_allclose(none["base_color"], mud["base_color"], atol=2e-2)
    whole = material_maps("mud", 96, seed=3, device=device, second=("mud", 1.0))
    assert np.isfinite(whole.maps["height"]).all()


def test_pictures_have_the_right_encodings() -> None:
    maps = material_maps("gold", 64, device=shared_device())
    pictures = map_pictures(maps)
    assert {name: picture.dtype for name, picture in pictures.items()} == {
        "base_color": np.uint8, "normal": np.uint8, "orm": np.uint8, "height": np.uint16,
    }  # fmt: skip
    np.testing.assert_allclose(pictures["orm"][..., 1] / 255, maps.maps["roughness"], atol=1 / 255)
    np.testing.assert_allclose(pictures["normal"] / 127.5 - 1, maps.maps["normal"], atol=1.5 / 255)
    assert family_named("gold").doc.startswith("Gold: leaf")


def test_a_sheet_shows_families_on_balls_and_planes(tmp_path: Path) -> None:
    from taixu.generate.materials.sheet import write_sheet

    shared_device()  # skips where nothing can be drawn
    file = tmp_path / "sheet.png"
    assert write_sheet(file, names=("lava", "marble"), size=64, maps_px=64) == 2
    sheet = np.asarray(Image.open(file)).astype(float)
    first, second = sheet[6:70, 6:134], sheet[6:70, 140:268]
    assert first[..., 0].mean() > first[..., 2].mean() * 1.05, "lava is red"
    assert abs(second[..., 0].mean() - second[..., 2].mean()) < 20, "marble is not"
    assert second[:, 64:].mean() > 120, "it fills the plane"
