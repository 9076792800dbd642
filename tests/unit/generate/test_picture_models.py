"""Maps and larger pictures by the user's models: tiny ones of the real kinds, opened and run as real ones are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("diffusers")

from tiny_marigold import LIGHTING, build_depth, build_intrinsics, build_latent_upscaler, build_normals
from tiny_pipelines import build_sd, build_upscaler

from taixu.app import Jobs
from taixu.assets.image import read_image, write_image
from taixu.assets.sidecar import Sidecar, read_sidecar, write_sidecar
from taixu.errors import TaixuError
from taixu.generate import Generations, Generators, Order
from taixu.generate.model_facts import ModelFacts
from taixu.generate.pictures.marigold import has_intrinsics, marigold_facts, predict_maps
from taixu.generate.pictures.model_material_generator import ModelMaterialGenerator
from taixu.generate.pictures.model_upscaling import upscaled_by_model, upscaler_facts
from taixu.generate.pictures.seamless import seam_ratio
from taixu.generate.pictures.upscaling import Upscaling
from taixu.generate.provenance import provenance_of


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of folders: Marigold's three kinds; beside it others."""
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIXU_CACHE", str(folder / "cache"))
        patch.setenv("TAIXU_CONFIG", str(folder / "config"))
        for name, build in (("appearance", build_intrinsics), ("depth", build_depth), ("normals", build_normals)):
            build(folder / "seers" / name)
        build_intrinsics(folder / "lighting", properties=LIGHTING)
        build_intrinsics(folder / "mute", properties={**LIGHTING, "target_names": ["albedo", "shading", "residual"]})
        build_sd(folder / "painter")
        yield folder


def colors(height: int = 56, width: int = 64) -> np.ndarray:
    """A picture by chance, linear."""
    return np.random.default_rng(3).random((height, width, 3)).astype(np.float32)


class Heard:
    """What progress says."""

    def __init__(self) -> None:
        self.said: list[tuple[float, str]] = []

    def __call__(self, fraction: float, text: str = "", preview: Any = None) -> None:
        self.said.append((fraction, text))


def seen(model: ModelFacts, **more: Any) -> dict[str, np.ndarray]:
    """Maps of the picture."""
    return dict(predict_maps(model, colors(), wraps=False, seed=1, device="cpu", progress=Heard(), **more).maps)


def test_a_folder_of_models_gives_each_map_once(models: Path) -> None:
    facts = marigold_facts(str(models / "seers"))
    assert facts.name == "appearance,depth,normals" and has_intrinsics(facts) and facts.licence == "creativeml-openrail-m"
    heard = Heard()
    found = predict_maps(facts, colors(), wraps=True, seed=1, device="cpu", progress=heard)
    assert dict(found.makers) == {
        "base_color": "appearance", "roughness": "appearance", "metallic": "appearance", "height": "depth", "normal": "normals",
    }  # fmt: skip
    for name, values in found.maps.items():
        assert values.shape[:2] == (56, 64) and np.isfinite(values).all(), name
        assert seam_ratio(values) <= 1.05, name
    np.testing.assert_allclose(np.linalg.norm(found.maps["normal"], axis=2), 1.0, atol=1e-3)
    assert any("normals, step 2 of 2" in text for _, text in heard.said)
    fractions = [fraction for fraction, _ in heard.said]
    assert fractions == sorted(fractions) and fractions[-1] == pytest.approx(1.0)


def test_same_seed_same_maps_and_steps_count(models: Path) -> None:
    facts = marigold_facts(str(models / "seers" / "normals"))
    first, again = seen(facts), seen(facts)
    np.testing.assert_array_equal(first["normal"], again["normal"])
    assert (seen(facts, steps=1)["normal"] != first["normal"]).any()
    large = np.kron(colors(), np.ones((2, 2, 1), np.float32))  # finer than the model sees: with the grain of the picture
    found = predict_maps(facts, large, wraps=True, seed=1, device="cpu", progress=Heard()).maps["normal"]
    assert found.shape == (112, 128, 3)
    np.testing.assert_allclose(np.linalg.norm(found, axis=2), 1.0, atol=1e-3)


def test_paint_up_to_scale_is_as_bright_as_the_picture(models: Path) -> None:
    found = seen(marigold_facts(f"{models / 'lighting'}, {models / 'seers' / 'normals'}"))
    assert list(found) == ["base_color", "normal"], "light is no map of a material"
    weights = np.array((0.2126, 0.7152, 0.0722))
    assert float(np.median(found["base_color"] @ weights)) == pytest.approx(float(np.median(colors() @ weights)), rel=0.15)


def test_models_of_no_use_are_refused_in_a_sentence(models: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "normals").symlink_to(models / "seers" / "normals")
    pickled = build_normals(tmp_path / "pickled")
    (pickled / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x04.")
    (pickled / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    for name, said in (
        (str(models / "painter"), "StableDiffusionPipeline"), (str(tmp_path / "empty"), "holds no model"),
        (str(tmp_path / "gone"), "gone"), (str(linked), "link"), (str(pickled), "safetensors|pickle"),
    ):  # fmt: skip
        with pytest.raises(TaixuError, match=said) as refused:
            seen(marigold_facts(name))
        assert "\n" not in str(refused.value)
    with pytest.raises(TaixuError, match="several models"):
        ModelMaterialGenerator().find_model(f"{models / 'painter'},{models / 'painter'}")
    with pytest.raises(TaixuError, match="no model"):
        ModelMaterialGenerator().find_model(str(models / "seers"))


def test_a_cancel_in_the_middle_comes_through(models: Path) -> None:
    class Given(Exception):
        """Up."""

    def stop(fraction: float, text: str = "", preview: Any = None) -> None:
        if "step" in text:
            raise Given

    with pytest.raises(Given):
        predict_maps(marigold_facts(str(models / "seers")), colors(), wraps=False, seed=1, device="cpu", progress=stop)


def test_upscalers_make_tiles_that_fit(models: Path, tmp_path: Path) -> None:
    four, two = upscaler_facts(str(build_upscaler(tmp_path / "four"))), upscaler_facts(str(build_latent_upscaler(tmp_path / "two")))
    small = (colors(20, 44) * 255).astype(np.uint8)
    with_alpha = np.concatenate([small, np.full((20, 44, 1), 90, np.uint8)], axis=2)
    asked = {"prompt": "", "seed": 1, "steps": 1, "noise": 20, "device": "cpu", "progress": Heard()}
    for facts, factor in ((four, 4), (two, 2)):
        made = upscaled_by_model(facts, with_alpha, Upscaling(factor, wraps=True, has_alpha=True), **asked)
        assert made.shape == (20 * factor, 44 * factor, 4) and made.dtype == np.uint8
        assert (made[..., 3] == 90).all()
        assert np.abs(made[..., :3].mean(axis=(0, 1)) - small.mean(axis=(0, 1))).max() < 12, "its colours are those of the picture"
        if factor == 2:
            again = upscaled_by_model(facts, with_alpha, Upscaling(factor, wraps=True, has_alpha=True), **asked)
            np.testing.assert_array_equal(made, again)
            wide = (colors(24, 150) * 255).astype(np.uint8)  # two tiles
            assert upscaled_by_model(facts, wide, Upscaling(2), **asked).shape == (48, 300, 3)
            deep = wide[:, :40, :1].astype(np.uint16) * 257
            assert upscaled_by_model(facts, deep, Upscaling(2), **asked).dtype == np.uint16
    for how, said in ((Upscaling(2), "4 times as large, not 2"), (Upscaling(4, kind="normal"), "colours larger")):
        with pytest.raises(TaixuError, match=said):
            upscaled_by_model(four, small, how, **asked)
    with pytest.raises(TaixuError, match="StableDiffusionPipeline"):
        upscaler_facts(str(models / "painter"))


def test_orders_with_models_say_who_made_what(models: Path, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    write_image(photo, (colors() * 255).astype(np.uint8))
    write_sidecar(photo, Sidecar(licence="CC-BY-NC-4.0"))
    with Jobs(workers=1) as jobs:
        generations = Generations(jobs, generators=Generators(plugins=False), guards=())
        normals = Order("material", "", 3, {"tiling": "none", "device": "cpu"}, str(models / "seers" / "normals"), (photo,))
        made = generations.make(normals, out=tmp_path / "wall")
        about = provenance_of(made.files[1])
        assert made.generator == "material-of-picture" and about.model == "normals" and about.model_hash
        assert about.settings["maps_by"] == {"normal": "normals"}, "the others were made without one"
        assert about.source_type == "compositeWithTrainedAlgorithmicMedia"
        sidecar = read_sidecar(made.files[0])
        assert sidecar is not None and sidecar.licence == "creativeml-openrail-m AND CC-BY-NC-4.0"

        both = f"{models / 'painter'},{models / 'seers' / 'depth'}"
        words = Order("material", "red bricks", 5, {"steps": 2, "width": 64, "height": 64, "device": "cpu"}, both)
        painted = generations.make(words, out=tmp_path / "painted")
        assert painted.generator == "material-of-model"
        assert [each.name for each in painted.files] == [
            f"painted_{role}.png" for role in ("base_color", "normal", "orm", "height", "texture")
        ]  # fmt: skip
        about = provenance_of(painted.files[3])
        assert about.settings["maps_by"] == {"height": "depth"} and about.settings["picture_by"] == "painter"
        assert about.source_type == "trainedAlgorithmicMedia" and about.model == "painter,depth"
        assert read_image(painted.files[0]).shape == (64, 64, 3), "what the model made repeats already"
