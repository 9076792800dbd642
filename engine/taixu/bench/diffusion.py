"""What the engine costs beside a bare call of diffusers: the same model, words, steps and seed, in turns, in one process.

The model is built on the spot, with Stable Diffusion's parts and random weights: what is measured is time, and pictures say
nothing. It is small enough for a processor, and large enough that a step takes a tenth of a second or more, as real ones do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np

from taixu.bench.measure import Options, result

__all__ = ["measure_overhead"]

_PAIRS, _STEPS, _EDGE = 4, 16, 256
_LIMIT = 1.03
_WORDS = "a wall of old red bricks with moss"
_NEEDS = ("torch", "diffusers", "transformers", "peft")


def measure_overhead(options: Options) -> Iterator[dict[str, Any]]:
    """Yield one result: a picture through the generator beside one by diffusers alone; or that the extra is not installed.

    `overhead` is the median of the ratios of neighbours, `busy_overhead` that of the processor's own time: on the generator's side
    checks, and progress with previews at each step. Files are written by both afterwards, and `overhead_with_file` has them: ours
    with its mark (`file_ms`; noise such as these weights make is the slowest to mark), the other as Pillow writes it.
    """
    if any(find_spec(name) is None for name in _NEEDS):
        yield {"name": "generate/diffusion", "n": 0, "skipped": 'pip install "taixu[ai]" brings what it needs'}
        return
    import torch

    from taixu.generate import Request
    from taixu.generate.diffusion import diffusion_facts, open_pipeline
    from taixu.generate.diffusion.generator import DiffusionParameters, run_request
    from taixu.generate.diffusion.given import read_given

    shown: list[Any] = []

    def progress(fraction: float, text: str = "", preview: Any = None) -> None:
        shown.append(preview)

    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        loaded = open_pipeline(_build(folder / "model"), size=(_EDGE, _EDGE))
        facts = diffusion_facts(str(folder / "model"))
        wanted = DiffusionParameters(width=_EDGE, height=_EDGE, steps=_STEPS)

        def ours(seed: int) -> Callable[[], object]:
            request = Request(_WORDS, seed, wanted, folder, "ours", facts, is_color=True)
            made = run_request(loaded, request, read_given(()), progress)
            return lambda: request.save_picture(made)

        def bare(seed: int) -> Callable[[], object]:
            chance = torch.Generator("cpu").manual_seed(seed)
            made = loaded.pipeline(_WORDS, width=_EDGE, height=_EDGE, num_inference_steps=_STEPS, generator=chance)
            return lambda: made.images[0].save(folder / "bare.png")

        _time(ours, 0)
        _time(bare, 0)
        # [pairs, ours and bare, (seconds, the processor's seconds, the file's)]; who comes first changes, for machines grow warm.
        pairs = []
        for seed in _seeds(options):
            calls = (ours, bare) if seed % 2 else (bare, ours)
            timed = [_time(call, seed) for call in calls]
            pairs.append(timed if seed % 2 else timed[::-1])
        times = np.array(pairs)
        overhead, busy = np.median(times[:, 0, :2] / times[:, 1, :2], axis=0).tolist()
        whole = float(np.median((times[:, 0, 0] + times[:, 0, 2]) / (times[:, 1, 0] + times[:, 1, 2])))
        yield result(
            "generate/diffusion", times[:, 0, 0] * 1e3, n=1, size=f"{_EDGE}x{_EDGE}", steps=_STEPS, previews=len(shown),
            bare_ms=round(float(np.median(times[:, 1, 0])) * 1e3), overhead=round(overhead, 4), busy_overhead=round(busy, 4),
            limit_overhead=_LIMIT, overhead_with_file=round(whole, 4), file_ms=round(float(np.median(times[:, 0, 2])) * 1e3, 1),
            ratio=round(_LIMIT / overhead, 3), device=loaded.holding.device, precision=loaded.holding.precision,
            weights=f"{loaded.model.value_count / 1e6:.0f} M, random",
        )  # fmt: skip


def _seeds(options: Options) -> range:
    return range(1, 1 + min(options.frames * 2, _PAIRS))


def _time(call: Callable[[int], Callable[[], object]], seed: int) -> tuple[float, float, float]:
    """Seconds of a call, the processor's seconds, and seconds of writing its file."""
    start, busy = perf_counter(), process_time()
    save = call(seed)
    end, busy = perf_counter(), process_time() - busy
    save()
    return end - start, busy, perf_counter() - end


def _build(folder: Path) -> Path:
    """Stable Diffusion's parts, a fifth as wide, with a vocabulary of bytes."""
    import torch
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    diffusers: Any = import_module("diffusers")  # it has no types for what is made here
    torch.manual_seed(0)
    letters = sorted(ByteLevel.alphabet())
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "words").mkdir(parents=True)
    (folder / "words" / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}), "utf-8")
    (folder / "words" / "merges.txt").write_text("#version: 0.2\n", "utf-8")
    tokenizer = CLIPTokenizer.from_pretrained(folder / "words", model_max_length=77)
    text = CLIPTextConfig(
        hidden_size=256, intermediate_size=1024, num_attention_heads=4, num_hidden_layers=6, vocab_size=len(words),
        max_position_embeddings=77, bos_token_id=len(words) - 2, eos_token_id=len(words) - 1, pad_token_id=len(words) - 1,
    )  # fmt: skip
    encoder: Any = CLIPTextModel(text)
    pipeline = diffusers.StableDiffusionPipeline(
        vae=diffusers.AutoencoderKL(
            block_out_channels=(32, 64, 128, 128), in_channels=3, out_channels=3, latent_channels=4, sample_size=_EDGE,
            down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2,
        ),
        text_encoder=encoder,
        tokenizer=tokenizer,
        unet=diffusers.UNet2DConditionModel(
            block_out_channels=(64, 128, 256, 256), layers_per_block=2, sample_size=_EDGE // 8, in_channels=4, out_channels=4,
            cross_attention_dim=256, attention_head_dim=8,
        ),
        scheduler=diffusers.DDIMScheduler(1000, 0.00085, 0.012, "scaled_linear", clip_sample=False, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )  # fmt: skip
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder
