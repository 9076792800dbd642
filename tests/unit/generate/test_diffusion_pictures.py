"""Pictures by tiny models of three architectures: words, pictures, masks, edges, LoRAs, progress, ends in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from taixu.assets.image import encode_png, read_image
from taixu.errors import TaixuError

pytest.importorskip("diffusers")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

KINDS = ("sd", "sdxl", "flux")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny models, LoRAs for each, and pictures."""
    from tiny_pipelines import BUILDERS, build_lora

    root = tmp_path_factory.mktemp("models")
    for kind, build in BUILDERS.items():
        build(root / kind)
        build_lora(root / f"{kind}-style.safetensors", root / kind)
    y, x = np.mgrid[:64, :128]
    rings = np.sin(np.hypot(x - 64, y - 32) / 4.0) * 0.5 + 0.5
    (root / "rings.png").write_bytes(encode_png(np.rint(np.dstack([rings, 1.0 - rings, rings**2]) * 255).astype(np.uint8)))
    mask = np.zeros((64, 128, 1), np.uint8)
    mask[16:48, 32:64] = 255
    (root / "mask.png").write_bytes(encode_png(mask))
    return root


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    from taixu.generate.diffusion.kept import let_go

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIXU_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("TAIXU_DOWNLOAD", raising=False)
        yield
    let_go()


def paint(
    model: Path, folder: Path, *parents: Path, prompt: str = "red bricks", seed: int = 3, progress: Any = None, **settings: Any
) -> NDArray[Any]:
    """One picture, as the generator makes it in this process, before it is marked."""
    import torch

    from taixu.generate import Request
    from taixu.generate.diffusion import diffusion_facts
    from taixu.generate.diffusion.generator import DiffusionGenerator, DiffusionParameters

    torch.set_num_threads(1)
    wanted = DiffusionParameters(**{"steps": 3, **settings})
    request = Request(prompt, seed, wanted, folder, "made", diffusion_facts(str(model)), parents)
    (made,) = DiffusionGenerator().generate(request, progress or (lambda *said, **more: None))
    return read_image(made.path).astype(np.int16)


@pytest.mark.parametrize("kind", KINDS)
def test_words_make_a_picture_and_the_same_again(models: Path, tmp_path: Path, kind: str) -> None:
    seen: list[tuple[float, str, Any]] = []

    def progress(share: float, text: str = "", preview: Any = None) -> None:
        seen.append((share, text, preview))

    first = paint(models / kind, tmp_path, width=128, height=64, progress=progress)
    assert first.shape == (64, 128, 3) and first.std() > 10.0
    assert np.array_equal(first, paint(models / kind, tmp_path, width=128, height=64))
    assert not np.array_equal(first, paint(models / kind, tmp_path, width=128, height=64, seed=4))
    shares = [share for share, _, _ in seen]
    assert shares == sorted(shares) and 0.0 < shares[0] and shares[-1] <= 1.0
    assert [text for _, text, _ in seen][-1] == "step 3 of 3"
    previews = [preview for _, _, preview in seen if preview is not None]
    assert len(previews) == 3 and {each.shape for each in previews} == {(8, 16, 3)} and previews[0].dtype == np.uint8


@pytest.mark.parametrize("prompt", ["生锈的蓝色铁板", "Ξ̃ ʘ ꙮ 🜂 ⟁ \u202e תיבה", "word"])
@pytest.mark.parametrize("kind", KINDS)
def test_any_language_is_a_prompt(models: Path, tmp_path: Path, kind: str, prompt: str) -> None:
    assert paint(models / kind, tmp_path, prompt=prompt, steps=1, width=64, height=64).shape == (64, 64, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_changed_as_much_as_asked(models: Path, tmp_path: Path, kind: str) -> None:
    given = read_image(models / "rings.png").astype(np.int16)
    apart = [
        float(np.abs(paint(models / kind, tmp_path, models / "rings.png", strength=strength, steps=10) - given).mean())
        for strength in (0.0, 0.2, 0.9)
    ]
    assert apart[0] == 0.0 and 0.0 < apart[1]
    changed = [paint(models / kind, tmp_path, models / "rings.png", strength=strength, steps=10) for strength in (0.2, 0.9)]
    assert np.abs(changed[0] - changed[1]).mean() > 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_mask_leaves_is_left(models: Path, tmp_path: Path, kind: str) -> None:
    given, mask = read_image(models / "rings.png").astype(np.int16), read_image(models / "mask.png")[..., 0] > 0
    made = paint(models / kind, tmp_path, models / "rings.png", models / "mask.png", strength=0.9)
    assert np.array_equal(made[~mask], given[~mask])
    assert np.abs(made - given)[mask].mean() > 10.0


@pytest.mark.parametrize("kind", ["sd", "sdxl"])
@pytest.mark.parametrize("axes", ["x", "y", "both"])
def test_rolled_noise_makes_the_rolled_picture(models: Path, kind: str, axes: str) -> None:
    """What seamless means, exactly; and without it, not."""
    import torch

    from taixu.generate.diffusion import open_pipeline
    from taixu.generate.diffusion.running import run_pipeline
    from taixu.generate.diffusion.seamless import circular_padding

    loaded = open_pipeline(models / kind)
    noise = torch.randn(1, 4, 8, 16, generator=torch.Generator().manual_seed(0))
    shift = (2 if axes in ("y", "both") else 0, 6 if axes in ("x", "both") else 0)

    def run(latents: Any) -> NDArray[np.float32]:
        arguments = {"prompt": "moss", "width": 128, "height": 64, "latents": latents.clone()}
        return run_pipeline(loaded, lambda *said: None, steps=2, size=(128, 64), **arguments)[0]

    plain = run(noise)
    with circular_padding(loaded.pipeline, axes):
        first = run(noise)
        rolled = run(torch.roll(noise, shift, (2, 3)))
    expected = np.roll(first, (8 * shift[0], 8 * shift[1]), (0, 1))
    assert np.abs(rolled - expected).max() < 1e-4
    assert np.abs(run(torch.roll(noise, shift, (2, 3))) - np.roll(plain, (8 * shift[0], 8 * shift[1]), (0, 1))).max() > 1e-2
    assert np.array_equal(run(noise), plain)  # nothing is left of it


def test_a_tiled_decoder_closes_edges_too(models: Path) -> None:
    import torch

    from taixu.generate.diffusion import open_pipeline
    from taixu.generate.diffusion.seamless import circular_padding

    vae = open_pipeline(models / "sd").pipeline.vae
    latents = torch.randn(1, 4, 8, 24, generator=torch.Generator().manual_seed(0))
    vae.enable_tiling()
    with torch.inference_mode(), circular_padding(type("P", (), {"vae": vae})(), "x"):
        made = vae.decode(latents).sample
        rolled = vae.decode(torch.roll(latents, 12, 3), return_dict=False)[0]
    assert made.shape == (1, 3, 64, 192)
    step = lambda picture: float((picture[..., 0] - picture[..., -1]).abs().mean())  # noqa: E731
    inside = float((made[..., 1:] - made[..., :-1]).abs().mean())
    assert step(made) < 3.0 * inside and step(rolled) < 3.0 * inside
    assert "decode" not in vars(vae)


def test_a_transformer_is_rolled_and_comes_back(models: Path, tmp_path: Path) -> None:
    import torch

    from taixu.generate.diffusion.seamless import Roller

    packed = torch.arange(8 * 4 * 5.0).reshape(1, 32, 5)
    roller = Roller("both", size=(128, 64), ratio=8)
    now = packed
    for step in range(4):
        now = roller.roll(now, is_last=step == 3)
        assert torch.equal(now, packed) == (step == 3)
    plain = paint(models / "flux", tmp_path, width=128, height=128, steps=4)
    closed = paint(models / "flux", tmp_path, width=128, height=128, steps=4, seamless="both")
    assert not np.array_equal(plain, closed)
    told = paint(models / "flux", tmp_path, prompt="seamless moss", width=128, height=128, steps=4, seamless="both")
    assert told.shape == (128, 128, 3)


def test_where_nothing_else_closes_edges_their_cross_is_made_anew(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from taixu.generate.diffusion import generator

    monkeypatch.setattr(generator, "can_roll", lambda pipeline: False)
    seen: list[str] = []

    def progress(share: float, text: str = "", preview: Any = None) -> None:
        seen.append(text)

    made = paint(models / "flux", tmp_path, width=128, height=128, seamless="x", progress=progress)
    assert made.shape == (128, 128, 3) and any(text.startswith("mending edges, step") for text in seen)


def test_words_for_tiles_mean_seamless() -> None:
    from taixu.generate.diffusion.generator import DiffusionGenerator

    read = DiffusionGenerator().read_words
    assert read("a seamless wall of bricks") == read("无缝的红砖") == {"seamless": "both"}
    assert read("a wall of bricks") == {}


@pytest.mark.parametrize("kind", KINDS)
def test_loras_change_the_picture_by_their_weight_and_leave_the_model(models: Path, tmp_path: Path, kind: str) -> None:
    style = models / f"{kind}-style.safetensors"
    plain = paint(models / kind, tmp_path, width=64, height=64)
    changes = [
        float(np.abs(paint(models / kind, tmp_path, style, width=64, height=64, lora_weights=(weight,)) - plain).mean())
        for weight in (0.0, 0.3, 1.0)
    ]
    assert changes[0] == 0.0 < changes[1] < changes[2]


def test_several_loras_of_two_trainers(models: Path, tmp_path: Path) -> None:
    from tiny_pipelines import build_lora

    kohya = build_lora(tmp_path / "kohya.safetensors", models / "sd", seed=8, in_kohya=True)
    style = models / "sd-style.safetensors"
    one, two, both = (paint(models / "sd", tmp_path, *files, width=64, height=64) for files in ([style], [kohya], [style, kohya]))
    assert np.abs(one - two).mean() > 0.5 and np.abs(both - one).mean() > 0.5 and np.abs(both - two).mean() > 0.5


def test_loras_that_are_none_or_for_another_model_are_told(models: Path, tmp_path: Path) -> None:
    import json

    from safetensors.torch import save_file

    from taixu.generate.diffusion.loras import inspect_lora

    with pytest.raises(TaixuError, match="sdxl-style.safetensors: does not fit the model sd; it was made for another"):
        paint(models / "sd", tmp_path, models / "sdxl-style.safetensors", width=64, height=64)
    with pytest.raises(TaixuError, match="flux-style.safetensors: changes nothing in the model sd; it was made for another"):
        paint(models / "sd", tmp_path, models / "flux-style.safetensors", width=64, height=64)
    with pytest.raises(TaixuError, match="is no LoRA; a model's own weights"):
        inspect_lora(models / "sd" / "vae" / "diffusion_pytorch_model.safetensors")
    (tmp_path / "cut.safetensors").write_bytes((models / "sd-style.safetensors").read_bytes()[:-9])
    with pytest.raises(TaixuError, match="cut.safetensors: its header speaks of"):
        inspect_lora(tmp_path / "cut.safetensors")
    import torch

    hostile = [
        {"unet.target_modules": "(a+)+$"}, {"unet.megatron_config": {"a": 1}}, {"unet.megatron_core": "evil"},
        {"unet.rank_pattern": {"(a+)+$": 4}}, {"unet.exclude_modules": "(a+)+$"}, {"unet.init_lora_weights": "pissa"},
    ]  # fmt: skip
    for said in hostile:
        tensors = {"unet.down_blocks.1.attentions.0.proj_in.lora_A.weight": torch.zeros(1)}
        save_file(tensors, tmp_path / "said.safetensors", metadata={"format": "pt", "lora_adapter_metadata": json.dumps(said)})
        with pytest.raises(TaixuError, match=r"said\.safetensors: says .* of itself"):
            inspect_lora(tmp_path / "said.safetensors")


def test_long_prompts_are_read_to_their_end_or_refused(models: Path, tmp_path: Path) -> None:
    long = "a wall of bricks, " * 12
    ends = [paint(models / "sdxl", tmp_path, prompt=long + end, width=64, height=64) for end in ("red", "blue")]
    assert not np.array_equal(*ends)  # what stands behind the first 75 counts
    with pytest.raises(TaixuError, match=r"prompt has 1,\d\d\d words and parts of words, and the model flux reads 512; .* from '"):
        paint(models / "flux", tmp_path, prompt="brick " * 200, width=64, height=64)


def test_prompts_are_split_at_spaces(models: Path) -> None:
    from taixu.generate.diffusion import open_pipeline
    from taixu.generate.diffusion.words import split_prompt

    tokenizer = open_pipeline(models / "sd").pipeline.tokenizer
    text = "mossy old bricks, " * 20 + "无缝" * 30
    pieces = split_prompt([tokenizer], text.strip())
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "") and len(pieces) > 4
    assert all(len(tokenizer(each).input_ids) <= 77 for each in pieces)
    assert pieces[0].endswith((",", "mossy", "old", "bricks")) and split_prompt([tokenizer], "") == [""]


def test_what_is_not_wanted_steers(models: Path, tmp_path: Path) -> None:
    for kind in KINDS:
        plain, steered = (paint(models / kind, tmp_path, negative=negative, width=64, height=64) for negative in ("", "moss"))
        assert not np.array_equal(plain, steered), kind


@pytest.mark.parametrize("scheduler", ["ddim", "euler", "euler-ancestral", "dpm++", "dpm++-karras", "unipc", "lcm"])
def test_every_scheduler_runs(models: Path, tmp_path: Path, scheduler: str) -> None:
    assert paint(models / "sd", tmp_path, scheduler=scheduler, width=64, height=64).std() > 5.0


def test_mistakes_of_a_user_are_sentences(models: Path, tmp_path: Path) -> None:
    rings = models / "rings.png"
    wrong: list[tuple[str, tuple[Path, ...], dict[str, Any], str]] = [
        ("sd", (), {"width": 100}, "width is 100, and this model makes multiples of 16; give 96 or 112"),
        ("sd", (), {"prompt": ""}, "there are no words"),
        ("flux", (), {"scheduler": "ddim"}, "is made by a flow, which knows no other scheduler; leave out 'ddim'"),
        ("sd", (rings, rings, rings), {}, r"rings\.png: is a third picture"),
        ("sd", (), {"device": "cuda"}, "this machine has no cuda that torch can use"),
    ]
    for kind, parents, settings, said in wrong:
        if "cuda" in said and __import__("torch").cuda.is_available():
            continue
        with pytest.raises(TaixuError, match=said):
            paint(models / kind, tmp_path, *parents, **settings)
    (tmp_path / "black.png").write_bytes(encode_png(np.zeros((8, 8, 3), np.uint8)))
    with pytest.raises(TaixuError, match=r"black\.png: is black all over"):
        paint(models / "sd", tmp_path, rings, tmp_path / "black.png")


@pytest.mark.parametrize("kind", KINDS)
def test_an_end_at_any_step_leaves_the_model_as_it_was(models: Path, kind: str) -> None:
    from taixu.generate.diffusion import open_pipeline
    from taixu.generate.diffusion.running import run_pipeline

    class Enough(Exception):
        pass

    loaded = open_pipeline(models / kind)

    def run(stop: int) -> NDArray[np.float32]:
        count = [0]

        def progress(share: float, text: str = "", preview: Any = None) -> None:
            count[0] += 1
            if count[0] == stop:
                raise Enough

        arguments = {"prompt": "moss", "width": 64, "height": 64, "generator": loaded.chance(1)}
        return run_pipeline(loaded, progress, steps=3, size=(64, 64), **arguments)

    before = run(0)
    for stop in (1, 2, 3):
        with pytest.raises(Enough):
            run(stop)
    assert np.array_equal(run(0), before)


def test_a_pipeline_that_tells_nothing_is_heard_by_its_scheduler(models: Path) -> None:
    from taixu.generate.diffusion import open_pipeline
    from taixu.generate.diffusion.running import run_pipeline

    loaded = open_pipeline(models / "sd")
    plain = loaded.pipeline

    class Silent:
        scheduler, vae, vae_scale_factor = plain.scheduler, plain.vae, plain.vae_scale_factor

        def __call__(self, prompt: str, num_inference_steps: int, output_type: str, generator: Any) -> Any:
            return plain(
                prompt, width=64, height=64, num_inference_steps=num_inference_steps, output_type=output_type, generator=generator
            )

    loaded.pipeline = Silent()
    said: list[tuple[str, Any]] = []

    def progress(share: float, text: str = "", preview: Any = None) -> None:
        said.append((text, preview))

    run_pipeline(loaded, progress, steps=2, size=(64, 64), prompt="moss", generator=loaded.chance(1))
    assert [text for text, _ in said] == ["step 1 of 2", "step 2 of 2"] and said[0][1].shape == (8, 8, 3)
    assert "step" not in vars(plain.scheduler)
    with pytest.raises(ZeroDivisionError):
        run_pipeline(
            loaded, lambda *said: 1 // 0, steps=2, size=(64, 64), prompt="moss", generator=loaded.chance(1)
        )
    with pytest.raises(TaixuError, match=r"the model sd \(Silent\) has no use for strength; leave it out"):
        run_pipeline(loaded, progress, steps=2, size=(64, 64), prompt="moss", strength=0.5, generator=loaded.chance(1))


def test_numbers_that_are_none_are_decoded_again_or_told(models: Path) -> None:
    import torch

    from taixu.generate.diffusion import MachineChoice, open_pipeline
    from taixu.generate.diffusion.running import run_pipeline

    def run(loaded: Any) -> NDArray[np.float32]:
        arguments = {"prompt": "moss", "width": 64, "height": 64, "generator": loaded.chance(1)}
        return run_pipeline(loaded, lambda *said: None, steps=1, size=(64, 64), **arguments)

    half = open_pipeline(models / "sd", choice=MachineChoice(precision="bfloat16"))
    good = run(half)
    seen: list[Any] = []

    def fail_in_half(module: Any, inputs: Any, output: Any) -> Any:
        seen.append(output.dtype)
        return output if output.dtype == torch.float32 else torch.full_like(output, torch.nan)

    hook = half.pipeline.vae.decoder.register_forward_hook(fail_in_half)
    assert np.abs(run(half) - good).max() < 0.1
    assert seen[-1] == torch.float32 and half.pipeline.vae.dtype == torch.bfloat16
    hook.remove()
    whole = open_pipeline(models / "sd")
    with torch.no_grad():
        whole.pipeline.unet.conv_out.bias.fill_(torch.nan)
    with pytest.raises(TaixuError, match="the model sd made numbers that are none; try another seed or other words"):
        run(whole)


def test_a_picture_of_another_size_comes_back_in_its_own(models: Path, tmp_path: Path) -> None:
    odd = read_image(models / "rings.png")[:61, :101]
    (tmp_path / "odd.png").write_bytes(encode_png(np.ascontiguousarray(odd)))
    (tmp_path / "part.png").write_bytes(encode_png(np.repeat(np.eye(61, 101, dtype=np.uint8)[..., None] * 255, 3, 2)))
    made = paint(models / "sd", tmp_path, tmp_path / "odd.png", tmp_path / "part.png")
    away = np.eye(61, 101) == 0
    assert made.shape == (61, 101, 3) and np.array_equal(made[away], odd.astype(np.int16)[away])
    assert paint(models / "sd", tmp_path, tmp_path / "odd.png").shape == (64, 96, 3)


def test_a_model_for_inpainting_alone_inpaints(models: Path, tmp_path: Path) -> None:
    from tiny_pipelines import build_sd

    filler = build_sd(tmp_path / "filler", inputs=9)
    made = paint(filler, tmp_path, models / "rings.png", models / "mask.png", strength=1.0)
    mask = read_image(models / "mask.png")[..., 0] > 0
    assert np.array_equal(made[~mask], read_image(models / "rings.png").astype(np.int16)[~mask]) and made[mask].std() > 5.0


def test_the_last_model_stays_open_while_there_is_room(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from taixu.generate.diffusion import MachineChoice, diffusion_facts, kept
    from taixu.generate.diffusion.machine import Machine

    def held(kind: str, task: Any = "text") -> Any:
        facts = diffusion_facts(str(models / kind))
        with kept.kept_pipeline(facts, task, choice=MachineChoice(), size=(64, 64)) as loaded:
            return loaded

    first = held("sd")
    assert held("sd") is first and held("sd", "image").pipeline.unet is first.pipeline.unet
    other = held("sdxl")
    assert first.pipeline is None and other.pipeline is not None  # one at a time
    with pytest.raises(ZeroDivisionError), kept.kept_pipeline(other.facts, "text", choice=MachineChoice(), size=(64, 64)):
        raise ZeroDivisionError
    assert other.pipeline is None  # nobody knows what state it was in
    monkeypatch.setattr(kept, "_KEEP_SECS", 0.05)
    short = held("sd")
    for _ in range(200):
        if short.pipeline is None:
            break
        time.sleep(0.05)
    assert short.pipeline is None
    monkeypatch.setattr(kept, "find_machine", lambda: Machine(("cpu",), {"cpu": 1}))
    assert held("sd").pipeline is None


def test_one_model_at_a_time_on_a_machine() -> None:
    from taixu.generate.diffusion.turns import taken_turn

    events: list[str] = []
    entered, leave = threading.Event(), threading.Event()

    def first() -> None:
        with taken_turn(lambda *said, **more: None):
            entered.set()
            leave.wait(10.0)
            events.append("first is done")

    def waiting(fraction: float, text: str = "", preview: Any = None) -> None:
        events.append(text)
        leave.set()

    thread = threading.Thread(target=first)
    thread.start()
    assert entered.wait(10.0)
    with taken_turn(waiting):
        events.append("second")
    thread.join()
    assert events[0] == "waiting for another picture" and events[-2:] == ["first is done", "second"]


def test_previews_show_what_will_be_decoded() -> None:
    """With a decoder that is a matrix, its own picture, small; from latents as they are and as Flux packs them."""
    import torch
    from diffusers import FluxPipeline

    from taixu.generate.diffusion.previews import PreviewMaker

    mix = torch.randn(3, 4, generator=torch.Generator().manual_seed(5)) * 0.3

    class Straight(torch.nn.Module):
        config: ClassVar[dict[str, float]] = {"scaling_factor": 0.5, "shift_factor": 0.25}

        def __init__(self) -> None:
            super().__init__()
            self.mix = torch.nn.Parameter(mix)

        def decode(self, latents: Any, return_dict: bool = True) -> Any:
            return (torch.nn.functional.interpolate(torch.einsum("rc,bchw->brhw", self.mix, latents), scale_factor=8),)

    pipeline = type("Pipeline", (), {"vae": Straight(), "vae_scale_factor": 8})()
    latents = torch.randn(1, 4, 8, 12, generator=torch.Generator().manual_seed(6))
    shown = PreviewMaker(pipeline, (96, 64)).show(latents)
    assert shown is not None
    expected = torch.einsum("rc,bchw->brhw", mix, latents / 0.5 + 0.25)[0].permute(1, 2, 0).numpy() * 127.5 + 127.5
    apart = np.abs(shown.astype(float) - expected.clip(0.0, 255.0))
    assert apart.mean() < 6.0 and apart.mean() < 0.1 * np.abs(expected - 127.5).mean()
    packed = FluxPipeline._pack_latents(latents, 1, 4, 8, 12)
    assert np.array_equal(PreviewMaker(pipeline, (96, 64)).show(packed), shown)
    assert PreviewMaker(pipeline, (64, 64)).show(packed) is None  # what is packed in another way shows nothing
