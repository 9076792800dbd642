"""Generators with pictures, from the order to the file: words to texture to material to larger ones, and what each owes to whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from taixu.app import Jobs
from taixu.assets.image import encode_png, read_image, write_image
from taixu.assets.sidecar import Sidecar, read_sidecar, write_sidecar
from taixu.errors import TaixuError, UsageError
from taixu.generate import Generations, Generators, Lineage, Order, Request, Result, remake
from taixu.generate.inheritance import inherited_licence, inherited_source_type
from taixu.generate.licences import licence_findings
from taixu.generate.materials import material_maps
from taixu.generate.pictures.material_generator import PictureMaterialGenerator, PictureMaterialParameters
from taixu.generate.pictures.reading import encoded
from taixu.generate.pictures.upscale_generator import UpscaleGenerator, UpscaleParameters
from taixu.generate.provenance import provenance_of


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIXU_CACHE", str(folder / "cache"))
        patch.setenv("TAIXU_CONFIG", str(folder / "config"))
        patch.setenv("TAIXU_GENERATE_ON", "processor")
        yield


@pytest.fixture(scope="module")
def generations(cache: None) -> Iterator[Generations]:
    with Jobs(workers=1) as jobs:
        yield Generations(jobs, generators=Generators(plugins=False), guards=())


def quiet(fraction: float, text: str = "", preview: object = None) -> None:
    """Nobody listens."""


def photograph(file: Path, *, licence: str = "", size: int = 80) -> Path:
    """A picture that no generator made, under a licence of its own."""
    colors = material_maps("gravel", 96, seed=3).maps["base_color"][3 : 3 + size, 5 : 5 + size]
    write_image(file, np.rint(encoded(colors) * 255).astype(np.uint8))
    if licence:
        write_sidecar(file, Sidecar(licence=licence, author="somebody"))
    return file


def names(result: Result) -> list[str]:
    """What files there are."""
    return [each.name for each in result.files]


def test_who_makes_what() -> None:
    known = Generators(plugins=False)
    picture, graph = [Path("photo.JPG")], [Path("wall.graph.json")]
    assert known.find("texture").name == "texture"
    assert known.find("texture", model="m").name == "diffusion"
    assert known.find("texture", model="m", parents=picture).name == "diffusion", "a picture is changed"
    assert known.find("texture", parents=picture).name == "upscale"
    assert known.find("material").name == "material"
    assert known.find("material", parents=picture).name == "material-of-picture"
    assert known.find("material", parents=picture, model="m").name == "material-of-picture"
    assert known.find("material", parents=graph).name == "graph"
    assert known.find("material", model="m").name == "material-of-model"
    assert known.find("upscale", model="m").name == "upscale"


def test_words_to_texture_to_material_to_a_larger_one_and_again(generations: Generations, tmp_path: Path) -> None:
    texture = generations.make(
        Order("texture", "mossy old red bricks", 4, {"size_px": 256}), out=tmp_path / "wall.png", dated=False
    )  # fmt: skip
    assert names(texture) == ["wall.png"] and texture.parameters["family"] == "bricks" and texture.parameters["moss"] > 0
    first = provenance_of(tmp_path / "wall.png")
    assert first.kind == "texture" and first.mark and first.source_type == "algorithmicMedia"
    material = generations.make(
        Order("material", "", 1, {"roughness": 0.8}, parents=(tmp_path / "wall.png",)), out=tmp_path / "maps"
    )  # fmt: skip
    assert names(material) == ["maps_base_color.png", "maps_normal.png", "maps_orm.png", "maps_height.png"]
    assert read_image(tmp_path / "maps_height.png").dtype == np.uint16
    large = generations.make(
        Order("upscale", "", 1, parents=(tmp_path / "maps_normal.png",)), out=tmp_path / "large.png"
    )  # fmt: skip
    assert names(large) == ["large_normal.png"], "it stays what it was"
    made = provenance_of(tmp_path / "large_normal.png")
    assert made.role == "normal" and not made.mark, "a mark would bend its light"
    normals = read_image(tmp_path / "large_normal.png") / 127.5 - 1
    np.testing.assert_allclose(np.linalg.norm(normals, axis=2), 1.0, atol=0.02)
    lineage = Lineage.read(tmp_path)
    assert lineage.ancestors("large_normal.png") == ("maps_normal.png", "wall.png")
    # The same order gives the same bytes, in another process and past the cache.
    again = generations.make(
        Order("texture", "mossy old red bricks", 4, {"size_px": 256}), out=tmp_path / "b" / "wall.png", dated=False
    )  # fmt: skip
    assert again.files[0].read_bytes() == (tmp_path / "wall.png").read_bytes()
    # Another picture in its place: all that hangs below is made anew.
    photograph(tmp_path / "wall.png", size=90)
    assert [each.path for each in lineage.read(tmp_path).stale()][-1] == "large_normal.png"
    remake(tmp_path, generations)
    assert not Lineage.read(tmp_path).stale()


def test_textures_come_with_all_maps_where_asked(generations: Generations, tmp_path: Path) -> None:
    made = generations.make(Order("texture", "snow", 4, {"size_px": 64, "maps": True}), out=tmp_path / "snow")
    assert names(made)[:4] == ["snow_base_color.png", "snow_normal.png", "snow_orm.png", "snow_height.png"]
    plain = generations.make(Order("texture", "snow", 4, {"size_px": 64}), out=tmp_path / "plain.png")
    np.testing.assert_array_equal(read_image(plain.files[0]), read_image(made.files[0]))


def test_what_is_made_of_anothers_picture_stays_under_its_terms(generations: Generations, tmp_path: Path) -> None:
    photo = photograph(tmp_path / "photo.png", licence="CC-BY-NC-4.0")
    made = generations.make(Order("material", parents=(photo,)), out=tmp_path / "wall")
    large = generations.make(Order("upscale", parents=(made.files[0],)), out=tmp_path / "large.png")
    for file in (*made.files, *large.files):
        sidecar = read_sidecar(file)
        assert sidecar is not None and sidecar.licence == "CC-BY-NC-4.0"
        assert sidecar.provenance.source_type == "compositeSynthetic"
    assert any("forbids use that earns money" in each.message for each in licence_findings(large.files))
    unknown = generations.make(Order("upscale", parents=(photograph(tmp_path / "mine.png"),)), out=tmp_path / "mine2.png")
    sidecar = read_sidecar(unknown.files[0])
    assert sidecar is not None and sidecar.licence == "", "nobody can say"


def test_inherited_terms_and_kinds(tmp_path: Path) -> None:
    free, bound, choice, silent = (photograph(tmp_path / f"{name}.png", licence=licence, size=32) for name, licence in (
        ("free", "CC0-1.0"), ("bound", "CC-BY-SA-4.0"), ("choice", "MIT OR Apache-2.0"), ("silent", "")))  # fmt: skip
    assert inherited_licence("CC0-1.0", []) == "CC0-1.0"
    assert inherited_licence("CC0-1.0", [free]) == "CC0-1.0"
    assert inherited_licence("CC0-1.0", [free, bound]) == "CC-BY-SA-4.0"
    assert inherited_licence("openrail++", [bound, choice]) == "openrail++ AND CC-BY-SA-4.0 AND (MIT OR Apache-2.0)"
    assert inherited_licence("CC0-1.0", [free, silent]) == ""
    assert inherited_source_type("algorithmicMedia", []) == "algorithmicMedia"
    assert inherited_source_type("algorithmicMedia", [free]) == "compositeSynthetic"
    assert inherited_source_type("trainedAlgorithmicMedia", [free]) == "compositeWithTrainedAlgorithmicMedia"
    assert inherited_source_type("algorithmicMedia", [], has_model=True) == "trainedAlgorithmicMedia"


def made_here(folder: Path, picture: Path, **settings: object) -> dict[str, np.ndarray]:
    """Maps by role, made in this process."""
    folder.mkdir()
    wanted = PictureMaterialParameters(**settings)  # type: ignore[arg-type]
    request = Request("", 7, wanted, folder, parents=(picture,))
    return {each.role: read_image(each.path) for each in PictureMaterialGenerator().generate(request, quiet)}


def test_alpha_comes_along_and_the_size_is_kept_small(tmp_path: Path) -> None:
    y, x = np.mgrid[0:120, 0:200]
    pixels = np.stack([y, x, 200 - x, 255 - y], axis=2).astype(np.uint8)
    (tmp_path / "leaf.png").write_bytes(encode_png(pixels))
    maps = made_here(tmp_path / "made", tmp_path / "leaf.png", size_px=100)
    assert maps["base_color"].shape == (48, 80, 4), "60 x 100, less a fifth that is laid over itself"
    assert maps["orm"].shape == (48, 80, 3)
    whole = made_here(tmp_path / "whole", tmp_path / "leaf.png", tiling="none")
    assert whole["base_color"].shape == (120, 200, 4)


@pytest.mark.parametrize(
    ("words", "means"),
    [
        ("polished brass", {"metallic": 1.0, "roughness": 0.25}), ("抛光的铜", {"metallic": 1.0, "roughness": 0.25}),
        ("steel", {"metallic": 1.0, "roughness": 0.35}), ("rusty iron", {}), ("red painted metal", {}), ("金色的墙纸", {}),
        ("a rough old wall", {"roughness": 0.88}), ("粗糙的墙", {"roughness": 0.88}), ("deep cobbles", {"height_strength": 2.0}),
        ("leaden words about nothing", {}),
    ],
)  # fmt: skip
def test_words_say_what_a_picture_does_not(words: str, means: dict[str, float]) -> None:
    assert PictureMaterialGenerator().read_words(words) == means


def test_wrong_parents_are_refused_in_a_sentence(generations: Generations, tmp_path: Path) -> None:
    photo = photograph(tmp_path / "photo.png")
    (tmp_path / "words.png").write_bytes(b"no picture at all")
    write_image(tmp_path / "lamp.exr", np.full((32, 32, 3), 9.0, np.float32))
    for order, said in (
        (Order("upscale"), "works on a file"),
        (Order("material-of-picture", "a wall"), "works on a file"),
        (Order("upscale", parents=(photo, photo)), "one picture"),
        (Order("upscale", parents=(tmp_path / "gone.png",)), "gone.png"),
        (Order("upscale", parents=(tmp_path / "words.png",)), "no picture"),
        (Order("upscale", parents=(tmp_path / "lamp.exr",)), "light outside of 0 to 1"),
        (Order("upscale", settings={"factor": 3}, parents=(photo,)), "factor"),
        (Order("material-of-picture", parents=(photo,), model=str(tmp_path)), "holds no model"),
    ):
        with pytest.raises(TaixuError, match=said) as refused:
            generations.make(order, out=tmp_path / "out.png")
        assert "\n" not in str(refused.value)
    assert not list(tmp_path.glob("out*"))


def test_what_would_be_too_large_is_refused_before_it_is_made(tmp_path: Path) -> None:
    (tmp_path / "wide.png").write_bytes(encode_png(np.zeros((2100, 2100, 1), np.uint8), level=1))
    request = Request("", 0, UpscaleParameters(factor=4), tmp_path, parents=(tmp_path / "wide.png",))
    with pytest.raises(TaixuError, match="cut it, or take a smaller factor"):
        UpscaleGenerator().generate(request, quiet)
    with pytest.raises(UsageError, match="name one picture"):
        UpscaleGenerator().generate(Request("", 0, UpscaleParameters(), tmp_path), quiet)
