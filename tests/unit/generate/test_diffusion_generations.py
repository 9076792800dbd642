"""Models of the user's behind the one interface: workers, records, the cache, cancelling, the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from command_line import taixu, taixu_json

from taixu.app import Jobs
from taixu.assets.image import read_image
from taixu.assets.sidecar import read_sidecar
from taixu.errors import TaixuError, UsageError
from taixu.generate import Generations, Generators, Order, licence_findings, remake

pytest.importorskip("diffusers")

KINDS = ("sd", "sdxl", "flux")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_pipelines import BUILDERS, build_lora, hub_cache

    root = tmp_path_factory.mktemp("models")
    for kind, build in BUILDERS.items():
        build(root / kind)
    build_lora(root / "style.safetensors", root / "sd")
    hub_cache(root / "hub", root / "sd")
    return root


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIXU_CACHE", str(folder / "cache"))
        patch.setenv("TAIXU_CONFIG", str(folder / "config"))
        patch.setenv("HF_HUB_CACHE", str(models / "hub"))
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.delenv("TAIXU_DOWNLOAD", raising=False)
        yield folder / "cache" / "generate"


@pytest.fixture(scope="module")
def generations(cache: Path) -> Iterator[Generations]:
    with Jobs(workers=1) as jobs:
        found = Generations(jobs, generators=Generators(plugins=False), guards=())
        jobs.wait()
        yield found


def leftovers(cache: Path) -> list[Path]:
    return list((cache / "work").iterdir()) if (cache / "work").is_dir() else []


@pytest.mark.parametrize("kind", KINDS)
def test_three_architectures_through_a_worker(
    generations: Generations, models: Path, tmp_path: Path, kind: str, cache: Path
) -> None:
    order = Order("texture", "red bricks", 7, {"steps": 2, "width": 64, "height": 64}, str(models / kind))
    made = generations.submit(order, out=tmp_path / "wall.png")
    previews = []
    while not made.is_over:
        generations.jobs.wait(timeout_secs=0.01)
        if made.preview is not None:
            previews.append(made.preview)
    result = generations.result(made)
    assert read_image(result.files[0]).shape == (64, 64, 3) and previews and previews[-1].shape == (8, 8, 3)
    sidecar = read_sidecar(result.files[0])
    assert sidecar is not None
    about = sidecar.provenance
    assert (about.generator, about.prompt, about.seed, about.model) == ("diffusion", "red bricks", 7, kind)
    assert (about.model_licence, about.source_type) == ("creativeml-openrail-m", "trainedAlgorithmicMedia")
    assert len(about.model_hash) == 32 and sidecar.licence == "creativeml-openrail-m"
    assert str(models) not in result.files[0].read_bytes().decode("latin-1")  # no path of this machine goes out
    assert any("uses that its attachment names" in each.message for each in licence_findings([result.files[0]]))
    again = generations.make(order, out=tmp_path / "again.png")
    assert again.is_cached and again.files[0].read_bytes() == result.files[0].read_bytes()
    assert leftovers(cache) == []


def test_pictures_masks_and_loras_are_parents(generations: Generations, models: Path, tmp_path: Path) -> None:
    settings = {"steps": 2, "width": 64, "height": 64}
    first = generations.make(Order("diffusion", "moss", 1, settings, str(models / "sd")), out=tmp_path / "moss.png").files[0]
    styled = Order("diffusion", "moss", 1, settings | {"lora_weights": [0.8]}, str(models / "sd"), (models / "style.safetensors",))
    second = generations.make(styled, out=tmp_path / "styled.png").files[0]
    assert not np.array_equal(read_image(first), read_image(second))
    changed = Order("diffusion", "snow", 1, {"steps": 4, "strength": 0.5}, str(models / "sd"), (first,))
    third = generations.make(changed, out=tmp_path / "snow.png").files[0]
    sidecar = read_sidecar(third)
    assert sidecar is not None and [Path(each).name for each in sidecar.provenance.parents] == ["moss.png"]


def test_a_name_on_the_hub_comes_from_its_cache_and_is_remade_from_there(
    generations: Generations, models: Path, tmp_path: Path
) -> None:
    (tmp_path / "taixu.toml").write_text("")
    order = Order("diffusion", "gravel", 2, {"steps": 1, "width": 64, "height": 64}, "maker/tiny")
    made = generations.make(order, out=tmp_path / "gravel.png").files[0]
    sidecar = read_sidecar(made)
    assert sidecar is not None and sidecar.provenance.model == "maker/tiny"
    before = read_image(made)
    done = remake(tmp_path, generations, made)
    assert len(done.results) == 1 and np.array_equal(read_image(made), before)
    with pytest.raises(TaixuError, match="the model 'maker/none' is neither a folder here nor in the hub's cache"):
        generations.make(Order("diffusion", "gravel", 2, {}, "maker/none"))


def test_what_lacks_is_told(generations: Generations, models: Path) -> None:
    with pytest.raises(UsageError, match="the generator 'diffusion' needs a model"):
        generations.make(Order("diffusion", "sand"))
    with pytest.raises(TaixuError, match="there is no model '.*nowhere'"):
        generations.make(Order("diffusion", "sand", model=str(models / "nowhere")))
    with pytest.raises(TaixuError, match="diffusion: the prompt has"):
        generations.make(Order("diffusion", "sand " * 300, model=str(models / "flux")))


def test_a_cancel_while_it_runs_leaves_nothing(generations: Generations, models: Path, tmp_path: Path, cache: Path) -> None:
    order = Order("diffusion", "sand", 1, {"steps": 200, "width": 512, "height": 512}, str(models / "sd"))
    going, waiting = (generations.submit(order, out=tmp_path / f"{name}.png") for name in ("sand", "dune"))
    while not going.text.startswith("step") and not going.is_over:
        generations.jobs.wait(timeout_secs=0.05)
    assert not going.is_over
    going.cancel()
    waiting.cancel()
    generations.wait([going, waiting])
    assert (going.state, waiting.state) == ("cancelled", "cancelled")
    assert list(tmp_path.iterdir()) == [] and leftovers(cache) == []


def test_from_the_command_line(models: Path, tmp_path: Path) -> None:
    words = ("generate", "texture", "seamless red bricks", "--model", str(models / "sd"), "--set", "steps=2", "--set", "width=64")
    found = taixu_json(*words, "--seed", "7", "--out", "wall.png", "--no-sign", cwd=tmp_path)
    assert found["generator"] == "diffusion" and found["parameters"]["seamless"] == "both"
    assert read_image(tmp_path / "wall.png").shape == (64, 64, 3)
    told = taixu(*words, "--seed", "7", "--out", "again.png", "--no-sign", cwd=tmp_path)
    assert "says: uses that its attachment names are forbidden" in told.stdout + told.stderr
    shown = taixu("generators", "diffusion", cwd=tmp_path).stdout
    assert "strength" in shown and "(off, x, y, both; default off)" in shown and "--model" in shown
