"""Meshes by models: Shap-E in the small, programs with the names and arguments of the others, cut-out pictures, the gate."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.assets.flattening import flatten_model
from taixu.assets.image import encode_png
from taixu.assets.importers import import_model
from taixu.assets.levels import levels_of
from taixu.errors import MachineError, TaixuError, UsageError
from taixu.generate import Request
from taixu.generate.mesh_models import MeshWishes, ModelMeshGenerator
from taixu.generate.mesh_models.subjects import cut_out, read_subject

pytest.importorskip("diffusers")
pytest.importorskip("fast_simplification")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

QUICK = {"steps": 2, "resolution": 16, "size_px": 64}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two Shap-Es, three programs with weights, and pictures."""
    from mesh_programs import write_hunyuan3d, write_trellis2, write_triposg
    from tiny_pipelines import build_shap_e

    root = tmp_path_factory.mktemp("models")
    build_shap_e(root / "shap-e")
    build_shap_e(root / "shap-e-img2img", of_pictures=True)
    write_triposg(root / "code" / "triposg", root / "triposg")
    write_hunyuan3d(root / "code" / "hunyuan3d", root / "hunyuan3d")
    write_trellis2(root / "code" / "trellis2", root / "trellis2")
    y, x = np.mgrid[:80, :120]
    disc = np.hypot(x - 40, y - 30) < 20
    picture = np.where(disc[..., None], [200, 30, 40], 244).astype(np.uint8)
    picture[28:32, 38:42] = 244  # a hole of the ground's colour, inside
    (root / "disc.png").write_bytes(encode_png(picture))
    return root


@pytest.fixture(scope="module", autouse=True)
def surroundings(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    from taixu.generate.diffusion.kept import let_go

    before = list(sys.path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIXU_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("TAIXU_DOWNLOAD", raising=False)
        for name in ("TRIPOSG", "HUNYUAN3D", "TRELLIS2"):
            patch.setenv(f"TAIXU_{name}", str(models / "code" / name.lower()))
        yield
    let_go()
    sys.path[:] = before


def generator_of(name: str) -> ModelMeshGenerator:
    from taixu.generate.registry import Generators

    found = Generators(plugins=False).find(name)
    assert isinstance(found, ModelMeshGenerator)
    return found


def make(name: str, model: Path, folder: Path, *parents: Path, prompt: str = "", seed: int = 3, **settings: Any) -> list[Any]:
    generator = generator_of(name)
    told: list[float] = []
    request = Request(
        prompt=prompt, seed=seed, parameters=MeshWishes(**{**QUICK, **settings}), folder=folder,
        model=generator.find_model(str(model)), parents=parents,
    )  # fmt: skip
    made = list(generator.generate(request, lambda fraction, *_: told.append(fraction)))
    assert told == sorted(told) and told[-1] <= 1.0, "progress goes one way"
    return made


def test_shap_e_makes_what_words_say_through_the_gate(models: Path, tmp_path: Path) -> None:
    made = make("shap-e", models / "shap-e", tmp_path, prompt="a red ball", triangles=400, collider="hull", levels=1)
    model = import_model(made[0].path)
    points = np.concatenate([each.positions for each in flatten_model(model)])
    assert float(np.ptp(points, axis=0).max()) == pytest.approx(1.0, abs=0.02), "a metre, as wanted"
    assert float(points[:, 1].min()) == pytest.approx(0.0, abs=0.01), "stands on its foot"
    after = made[0].said["after"]
    assert after["triangles"] <= 400 < made[0].said["before"]["triangles"] and model.images, "its look is baked"
    assert [each.role for each in made] == ["", "collider"] and len(levels_of(model)[0].nodes) == 2


def test_shap_e_repeats_itself_and_listens(models: Path, tmp_path: Path) -> None:
    """The same seed gives the same bytes, another seed and other words give others."""
    found = []
    for number, (words, seed) in enumerate([("a red ball", 3), ("a red ball", 3), ("a red ball", 4), ("a chair", 3)]):
        (tmp_path / str(number)).mkdir()
        found.append(make("shap-e", models / "shap-e", tmp_path / str(number), prompt=words, seed=seed)[0].path.read_bytes())
    assert found[0] == found[1] and len(set(found)) == 3


def test_shap_e_makes_a_mesh_of_a_picture(models: Path, tmp_path: Path) -> None:
    made = make("shap-e", models / "shap-e-img2img", tmp_path, models / "disc.png", triangles=0)
    primitive = import_model(made[0].path).meshes[0].primitives[0]
    assert "COLOR_0" in primitive.attributes and made[0].said["after"]["triangles"] > 400


@pytest.mark.parametrize(("name", "steps"), [("triposg", 3), ("hunyuan3d", 3)])
def test_programs_of_the_users_are_called(
    models: Path, tmp_path: Path, name: str, steps: int, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make(name, models / name, tmp_path, models / "disc.png", steps=steps, size_m=0.0, triangles=0)
    points = flatten_model(import_model(made[0].path))[0].positions
    assert float(np.ptp(points[:, 1])) == pytest.approx({"triposg": 4.0, "hunyuan3d": 3.0}[name]), "the steps came through"
    assert made[0].said["after"]["is_closed"] and capsys.readouterr() == ("", ""), "and nothing of its chatter"


def test_hunyuan3d_takes_four_sides_and_triposg_one(models: Path, tmp_path: Path) -> None:
    picture = models / "disc.png"
    made = make("hunyuan3d", models / "hunyuan3d", tmp_path, picture, picture, picture, picture, triangles=0)
    assert made[0].said["after"]["triangles"] == 2 * 8 * 4
    with pytest.raises(UsageError, match="is one too many; 'triposg' takes one picture"):
        make("triposg", models / "triposg", tmp_path, picture, picture)


def test_trellis2_wants_cuda_and_gives_its_own_textures(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu.generate.mesh_models import trellis2

    with pytest.raises(MachineError, match="TRELLIS.2 computes on CUDA alone"):
        make("trellis2", models / "trellis2", tmp_path, models / "disc.png", device="cpu")
    monkeypatch.setattr(trellis2, "chosen_device", lambda _: "cuda")
    made = make("trellis2", models / "trellis2", tmp_path, models / "disc.png", size_m=0.0, triangles=0)
    points = flatten_model(import_model(made[0].path))[0].positions
    assert float(np.ptp(points[:, 1])) == pytest.approx(2.0)


def test_what_is_not_installed_is_told(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu.generate.mesh_models.checkouts import import_checkout

    monkeypatch.delenv("TAIXU_TRIPOSG")
    with pytest.raises(MachineError, match="notthere is not installed; get it from https://example.org and name its folder in"):
        import_checkout("notthere.pipelines", "TAIXU_X", ("",), "https://example.org")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "halfthere.py").write_text("import spconv_that_nobody_has\n", "utf-8")
    monkeypatch.setenv("TAIXU_X", str(broken))
    with pytest.raises(MachineError, match="halfthere needs spconv_that_nobody_has, which is not installed"):
        import_checkout("halfthere", "TAIXU_X", ("",), "https://example.org")
    monkeypatch.setenv("TAIXU_X", str(tmp_path / "nowhere"))
    with pytest.raises(MachineError, match="there is no such folder"):
        import_checkout("halfthere", "TAIXU_X", ("",), "https://example.org")


HOSTILE = {
    "a class of another program": (
        "hunyuan3d", "hunyuan3d-dit-v2-1/config.yaml", "model: {target: subprocess.Popen, params: {args: [touch, evil]}}\n",
        "wants 'subprocess.Popen' to be run",
    ),
    "a class in a list": (
        "hunyuan3d", "hunyuan3d-dit-v2-1/config.yaml", "model: {params: {parts: [{target: os.system}]}}\n",
        "wants 'os.system' to be run",
    ),
    "a tag of yaml": (
        "hunyuan3d", "hunyuan3d-dit-v2-1/config.yaml", "model: !!python/object/apply:os.system [true]\n", "is no YAML",
    ),
    "another library": (
        "triposg", "model_index.json", json.dumps({"transformer": ["evil.models", "Net"]}),
        "comes from 'evil.models', which is not TripoSG",
    ),
    "a helper with code": (
        "trellis2", "pipeline.json", json.dumps({"args": {"rembg_model": {"args": {"model_name": "evil/RMBG"}}}}),
        "wants 'evil/RMBG' as its rembg_model",
    ),
    "a pickle in place of weights": (
        "triposg", "transformer/diffusion_pytorch_model.safetensors", "\x80\x04not tensors", "safetensors",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(HOSTILE))
def test_hostile_models_are_refused_before_they_run(models: Path, tmp_path: Path, case: str) -> None:
    import shutil

    name, file, text, said = HOSTILE[case]
    shutil.copytree(models / name, tmp_path / "model")
    (tmp_path / "model" / file).write_text(text, "utf-8")
    with pytest.raises(TaixuError, match=said):
        make(name, tmp_path / "model", tmp_path, models / "disc.png")
    assert not (Path.cwd() / "evil").exists()


@pytest.mark.parametrize(
    ("name", "model", "parents", "prompt", "said"),
    [
        ("shap-e", "shap-e", 0, "", "no words and no picture"),
        ("shap-e", "shap-e", 1, "", "of words alone"),
        ("shap-e", "shap-e-img2img", 0, "a ball", "of pictures alone"),
        ("triposg", "triposg", 0, "a ball", "give it one"),
        ("hunyuan3d", "triposg", 1, "", "this is no Hunyuan3D"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(
    models: Path, tmp_path: Path, name: str, model: str, parents: int, prompt: str, said: str
) -> None:
    with pytest.raises(TaixuError, match=said):
        make(name, models / model, tmp_path, *[models / "disc.png"] * parents, prompt=prompt)


def test_subjects_are_cut_out_and_keep_their_holes(models: Path) -> None:
    subject = np.asarray(read_subject(models / "disc.png"))
    assert subject.shape == (1024, 1024, 4)
    solid = subject[..., 3] > 127
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    for low, high in ((rows[0], rows[-1]), (columns[0], columns[-1])):
        assert abs(low - 102) < 16 and abs(high - 921) < 16, "in the middle, with a margin of a tenth"
    assert solid[512, 512], "what the ground does not reach is the subject's"
    busy = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    assert cut_out(busy).min() == 255, "a ground that is not plain stays"


def test_the_command_makes_a_mesh_with_a_users_model(models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from taixu.cli import main

    out = tmp_path / "ball.glb"
    settings = [each for key, value in QUICK.items() for each in ("--set", f"{key}={value}")]
    command = ["generate", "mesh", "a red ball", "--model", str(models / "shap-e"), "--seed", "3", "--out", str(out), *settings]
    assert main(command) == 0
    assert import_model(out).meshes
    capsys.readouterr()
    assert main(["info", str(out)]) == 0
    assert "shap-e" in capsys.readouterr().out
