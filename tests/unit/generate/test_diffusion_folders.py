"""Strangers' models: whatever is evil, damaged or missing is one sentence, before torch reads anything."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taixu.errors import TaixuError

pytest.importorskip("diffusers")

UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tiny_pipelines import build_sd

    return build_sd(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def model(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "tiny"))


def edit(path: Path, change: Callable[[Any], Any]) -> None:
    values = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(change(values) or values), "utf-8")


def put(path: Path, **values: Any) -> None:
    edit(path, lambda known: known | values)


class Bomb:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch pickled",)


def pickled(model: Path) -> None:
    (model / UNET).unlink()
    (model / "unet" / "diffusion_pytorch_model.bin").write_bytes(pickle.dumps(Bomb()))


def rewrite_header(file: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    data = file.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    file.write_bytes(struct.pack("<Q", len(text)) + text + data[8 + length :])


def first_tensor(header: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(about for key, about in header.items() if key != "__metadata__")
    return found


def outside(model: Path) -> None:
    secret = model.parent / "secret.safetensors"
    shutil.move(model / UNET, secret)
    (model / UNET).symlink_to(secret)


def linked_folder(model: Path) -> None:
    shutil.move(model / "vae", model.parent / "elsewhere")
    (model / "vae").symlink_to(model.parent / "elsewhere")


def listing(model: Path, name: str) -> None:
    index = {"metadata": {}, "weight_map": {"conv_in.weight": name}}
    (model / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))


HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a pickle": (pickled, r"tiny/unet: has its weights as diffusion_pytorch_model\.bin, which can run code"),
    "code in the folder": (lambda m: (m / "pipeline.py").write_text("1/0"), r"tiny/pipeline\.py: is code"),
    "code in a part": (lambda m: (m / "unet" / "net.py").write_text("1/0"), r"tiny/unet/net\.py: is code"),
    "remote code": (
        lambda m: put(m / "text_encoder" / "config.json", auto_map={"AutoModel": "evil/repo--net.Net"}),
        r"text_encoder/config\.json: wants code of its own to be run \(auto_map\)",
    ),
    "remote code of a tokenizer": (
        lambda m: put(m / "tokenizer" / "tokenizer_config.json", auto_map={"AutoTokenizer": ["evil.T", None]}),
        "wants code of its own",
    ),
    "a pipeline of its own": (lambda m: put(m / "model_index.json", _class_name=["pipeline", "Evil"]), "is none of diffusers' own"),
    "a pipeline that is none": (
        lambda m: put(m / "model_index.json", _class_name="EvilPipeline"), "wants the pipeline 'EvilPipeline'",
    ),
    "a library": (lambda m: put(m / "model_index.json", unet=["os", "system"]), "comes from 'os', and only diffusers"),
    "a path for a class": (
        lambda m: put(m / "model_index.json", unet=["diffusers", "utils.import_utils.x"]), "which is no class",
    ),
    "a class of the wrong kind": (
        lambda m: put(m / "model_index.json", unet=["diffusers", "DiffusionPipeline"]), "is none of diffusers's models",
    ),
    "a tool for a part": (
        lambda m: put(m / "model_index.json", text_encoder=["transformers", "Trainer"]), "is none of transformers's models",
    ),
    "a part that nobody knows": (lambda m: put(m / "model_index.json", evil=["diffusers", "UNet2DModel"]), "tiny/evil: is missing"),
    "a part above": (
        lambda m: put(m / "model_index.json", **{"../x": ["diffusers", "UNet2DModel"]}), "in a way that diffusers does not",
    ),
    "a file from outside": (outside, r"tiny/unet/diffusion_pytorch_model\.safetensors: is a link that leads out"),
    "a folder from outside": (linked_folder, r"tiny/vae: is a link that leads out"),
    "a device": (lambda m: (m / "vae" / "x.bin").symlink_to("/dev/zero"), r"tiny/vae/x\.bin: is a link that leads out"),
    "a pipe": (lambda m: os.mkfifo(m / "vae" / "x.json"), r"tiny/vae/x\.json: is no plain file"),
    "a link to nothing": (lambda m: (m / "vae" / "x.json").symlink_to("gone.json"), r"tiny/vae/x\.json: is no plain file"),
    "a list that leads out": (
        lambda m: listing(m, "../../secret.safetensors"), "names '../../secret.safetensors' as a file of weights",
    ),
    "a list with a hole": (
        lambda m: listing(m, "diffusion_pytorch_model-00002-of-00002.safetensors"), "is missing, and .* names it",
    ),
    "a header longer than the file": (
        lambda m: (m / UNET).write_bytes(struct.pack("<Q", 1 << 62) + b"{}"), r"its header has 4,611,686,018,427,387,904 bytes",
    ),
    "a header that is no JSON": (lambda m: (m / UNET).write_bytes(struct.pack("<Q", 4) + b"{{{{"), "its header is no JSON"),
    "a header that is deep": (
        lambda m: (m / UNET).write_bytes(struct.pack("<Q", 200_000) + b"[" * 200_000), "its header is no JSON",
    ),
    "a size that lies": (
        lambda m: rewrite_header(m / UNET, lambda h: first_tensor(h).update(shape=[1 << 20, 1 << 12])), "and its shape wants",
    ),
    "tensors beyond the file": (
        lambda m: rewrite_header(
            m / UNET, lambda h: h.update(x={"dtype": "F32", "shape": [1 << 34], "data_offsets": [0, 1 << 36]})
        ),
        "overlap or leave gaps|speaks of",
    ),
    "a negative offset": (
        lambda m: rewrite_header(m / UNET, lambda h: first_tensor(h).update(data_offsets=[-4, 0])), "has a kind or a shape",
    ),
    "a cut file": (lambda m: (m / UNET).write_bytes((m / UNET).read_bytes()[:-1000]), "it was cut off or changed"),
    "no weights": (lambda m: (m / UNET).unlink(), r"tiny/unet: has no weights"),
    "no part": (lambda m: shutil.rmtree(m / "vae"), r"tiny/vae: is missing, and the model's index names it"),
    "no tokenizer named": (
        lambda m: edit(m / "model_index.json", lambda v: {k: x for k, x in v.items() if k != "tokenizer"}), "lacks tokenizer",
    ),
    "no index": (lambda m: (m / "model_index.json").unlink(), r"tiny/model_index\.json: is missing"),
    "an index that is no JSON": (lambda m: (m / "model_index.json").write_text("{"), r"model_index\.json: is no JSON"),
    "a huge configuration": (
        lambda m: (m / "unet" / "config.json").write_text(" " * (3 << 20) + "{}"), "far more than a model needs there",
    ),
    "a billion layers": (lambda m: put(m / "unet" / "config.json", layers_per_block=10**9), "'layers_per_block' is 1e\\+09"),
    "a wide layer": (lambda m: put(m / "text_encoder" / "config.json", hidden_size=1 << 40), "'hidden_size' is 1.1e\\+12"),
    "a long schedule": (
        lambda m: put(m / "scheduler" / "scheduler_config.json", num_train_timesteps=10**12), "'num_train_timesteps' is 1e\\+12",
    ),
    "an adapter": (lambda m: (m / "unet" / "adapter_config.json").write_text("{}"), "brings an adapter"),
    "numbers that do not fit": (
        lambda m: put(m / "unet" / "config.json", cross_attention_dim=48), "the model tiny cannot be opened",
    ),
    "a scheduler that is none": (
        lambda m: put(m / "model_index.json", scheduler=["diffusers", "StableDiffusionScheduler"]), "is none of diffusers's models",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_folder_is_one_sentence(model: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu.generate.diffusion import open_pipeline

    monkeypatch.chdir(model.parent)
    spoil, said = HOSTILE[how]
    spoil(model)
    with pytest.raises(TaixuError, match=said) as caught:
        open_pipeline(model)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400
    assert str(model.parent) not in str(caught.value)
    assert not Path("pickled").exists()


def test_a_good_folder_is_known_part_by_part(model: Path) -> None:
    from taixu.generate.diffusion import inspect_model, open_pipeline

    (model / "unet" / "diffusion_pytorch_model.bin").write_bytes(pickle.dumps(Bomb()))  # lies beside, and is never read
    found = inspect_model(model)
    assert found.kind == "StableDiffusionPipeline" and not found.is_transformer and found.variant is None
    unet = open_pipeline(model).pipeline.unet
    assert found.parts["unet"].value_count == sum(each.numel() for each in unet.parameters())
    assert found.parts["unet"].dtype == "F32"
    assert found.parts["tokenizer"].value_count == 0


@pytest.mark.parametrize("kind", ["sd", "sdxl", "flux", "one file"])
def test_the_network_is_never_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    import socket

    from tiny_pipelines import BUILDERS, single_file

    from taixu.generate.diffusion import open_pipeline

    path = BUILDERS.get(kind, BUILDERS["sd"])(tmp_path / "model")
    if kind == "one file":
        path = single_file(tmp_path / "model.safetensors", path)
        for weights in (tmp_path / "model").rglob("*.safetensors"):
            weights.unlink()

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("the network was asked")

    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert open_pipeline(path).also("image").pipeline is not None


def test_weights_in_half_are_found(model: Path) -> None:
    from taixu.generate.diffusion import inspect_model, open_pipeline

    for part, stem in (("unet", "diffusion_pytorch_model"), ("vae", "diffusion_pytorch_model"), ("text_encoder", "model")):
        (model / part / f"{stem}.safetensors").rename(model / part / f"{stem}.fp16.safetensors")
    assert inspect_model(model).variant == "fp16"
    assert open_pipeline(model).pipeline is not None


def test_the_hubs_own_links_are_no_harm_and_others_are(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tiny_pipelines import hub_cache

    from taixu.generate.diffusion import diffusion_facts, open_pipeline

    monkeypatch.setenv("HF_HUB_CACHE", str(hub_cache(tmp_path / "hub", original)))
    monkeypatch.delenv("TAIXU_DOWNLOAD", raising=False)
    facts = diffusion_facts("maker/tiny")
    assert (facts.name, facts.licence) == ("maker/tiny", "creativeml-openrail-m")
    assert open_pipeline("maker/tiny").pipeline is not None
    assert facts.path is not None
    link = facts.path / "vae" / "config.json"
    link.unlink()
    (tmp_path / "config.json").write_text("{}")
    link.symlink_to(tmp_path / "config.json")
    with pytest.raises(TaixuError, match="is a link that leads out"):
        open_pipeline("maker/tiny")


@pytest.mark.parametrize("name", ["maker/none", "maker/tiny@v2", "maker/tiny@" + "0" * 40])
def test_nothing_is_downloaded_unasked(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    import huggingface_hub
    from tiny_pipelines import hub_cache

    from taixu.generate.diffusion import open_pipeline

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuse)
    monkeypatch.setattr(huggingface_hub, "model_info", refuse)
    monkeypatch.setenv("HF_HUB_CACHE", str(hub_cache(tmp_path / "hub", original)))
    monkeypatch.delenv("TAIXU_DOWNLOAD", raising=False)
    with pytest.raises(TaixuError, match=f"the model '{name}' is neither a folder here nor in the hub's cache; TAIXU_DOWNLOAD=1"):
        open_pipeline(name)


def test_a_download_tells_its_licence_and_takes_no_code(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from types import SimpleNamespace

    import huggingface_hub
    from tiny_pipelines import hub_cache

    from taixu.generate.diffusion import open_pipeline

    asked: dict[str, Any] = {}
    files = [
        ("unet/diffusion_pytorch_model.safetensors", 3 << 30), ("unet/diffusion_pytorch_model.fp16.safetensors", 1 << 30),
        ("all.safetensors", 9 << 30), ("x.bin", 9 << 30), ("p.py", 9),
    ]  # fmt: skip
    about = SimpleNamespace(
        siblings=[SimpleNamespace(rfilename=name, size=size) for name, size in files],
        card_data=SimpleNamespace(to_dict=lambda: {"license": "other", "license_name": "flux-1-dev-non-commercial-license"}),
    )

    def fetch(name: str, **options: Any) -> str:
        asked.update(options)
        hub_cache(tmp_path / "hub", original, name)
        return str(next((tmp_path / "hub" / "models--maker--new" / "snapshots").iterdir()))

    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("TAIXU_DOWNLOAD", "1")
    monkeypatch.setattr(huggingface_hub, "model_info", lambda *args, **kwargs: about)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetch)
    assert open_pipeline("maker/new").facts.name == "maker/new"
    assert "maker/new: downloading 3.0 GB, under flux-1-dev-non-commercial-license" in capsys.readouterr().err
    assert files[0][0] in asked["allow_patterns"] and not {name for name, _ in files[1:]} & set(asked["allow_patterns"])
    assert "*.py" in asked["ignore_patterns"] and "*.bin" not in asked["allow_patterns"]


def test_one_file_opens_with_the_configuration_beside_it(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np
    from tiny_pipelines import single_file

    from taixu.generate.diffusion import open_pipeline
    from taixu.generate.diffusion.running import run_pipeline

    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("TAIXU_DOWNLOAD", raising=False)
    file = single_file(tmp_path / "painter.safetensors", original)
    with pytest.raises(TaixuError, match="holds Stable Diffusion 1 without its configuration; .* a folder 'painter' beside it"):
        open_pipeline(file)
    shutil.copytree(original, tmp_path / "painter", ignore=shutil.ignore_patterns("*.safetensors"))
    pictures = []
    for path in (original, file):
        loaded = open_pipeline(path)
        arguments = {"prompt": "red", "width": 64, "height": 64, "generator": loaded.chance(1)}
        pictures.append(run_pipeline(loaded, lambda *said: None, steps=1, size=(64, 64), **arguments))
    assert np.array_equal(*pictures)


def test_what_is_no_model_in_one_file_is_told(original: Path, tmp_path: Path) -> None:
    from tiny_pipelines import build_lora

    from taixu.generate.diffusion import open_pipeline

    (tmp_path / "x.ckpt").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(TaixuError, match=r"x\.ckpt: is no safetensors file, and others can run code"):
        open_pipeline(tmp_path / "x.ckpt")
    with pytest.raises(TaixuError, match=r"style\.safetensors: is a LoRA"):
        open_pipeline(build_lora(tmp_path / "style.safetensors", original))
    with pytest.raises(TaixuError, match="holds no model that Taixu knows"):
        open_pipeline(original / "vae" / "diffusion_pytorch_model.safetensors")
    with pytest.raises(TaixuError, match="there is no model 'nowhere'"):
        open_pipeline("nowhere")


def test_a_model_for_another_task_is_told(original: Path, tmp_path: Path) -> None:
    from tiny_pipelines import build_controlnet, build_upscaler

    from taixu.generate.diffusion import open_pipeline

    upscaler = build_upscaler(tmp_path / "up")
    with pytest.raises(TaixuError, match=r"the model up \(StableDiffusionUpscalePipeline\) cannot make pictures of words alone"):
        open_pipeline(upscaler, "text")
    assert type(open_pipeline(upscaler, "own").pipeline).__name__ == "StableDiffusionUpscalePipeline"
    control = build_controlnet(tmp_path / "depth", original)
    steered = open_pipeline(original, "image", controlnet=control)
    assert type(steered.pipeline).__name__ == "StableDiffusionControlNetImg2ImgPipeline"
    assert type(steered.also("inpaint").pipeline).__name__ == "StableDiffusionControlNetInpaintPipeline"
    with pytest.raises(TaixuError, match="config.json: is 'UNet2DConditionModel', and one of ControlNetModel"):
        open_pipeline(original, controlnet=original / "unet")


def test_a_model_that_only_fills_in_says_so(tmp_path: Path) -> None:
    from tiny_pipelines import build_sd

    from taixu.generate.diffusion import open_pipeline

    filler = build_sd(tmp_path / "filler", inputs=9)
    with pytest.raises(TaixuError, match="the model filler is made to fill in parts of pictures; give it a picture and a mask"):
        open_pipeline(filler, "text")
    assert type(open_pipeline(filler, "inpaint").pipeline).__name__ == "StableDiffusionInpaintPipeline"


def test_models_that_call_others_are_not_followed(model: Path) -> None:
    from taixu.generate.diffusion.loading import _class_for
    from taixu.generate.diffusion.model_folder import DiffusionModel

    with pytest.raises(TaixuError, match="wants other models that its card names"):
        _class_for(DiffusionModel(model, "KandinskyV22Pipeline", {}), "text", "tiny", False)


def test_too_little_memory_is_told(original: Path) -> None:
    from taixu.errors import MachineError
    from taixu.generate.diffusion import MachineChoice, open_pipeline
    from taixu.generate.diffusion.machine import Machine

    small = Machine(("cpu",), {"cpu": 300 << 20})
    with pytest.raises(MachineError, match=r"tiny needs about \d\.\d GB for pictures of 2048 by 2048 pixels, and 0\.3 GB"):
        open_pipeline(original, machine=small, size=(2048, 2048))
    with pytest.raises(MachineError, match="this machine has no cuda that torch can use; it has cpu"):
        open_pipeline(original, machine=small, choice=MachineChoice(device="cuda"))
