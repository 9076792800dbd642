"""How a model is held, by what a machine has: estimated from headers, chosen without torch, told where nothing fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from taixu.errors import MachineError
from taixu.generate.diffusion.machine import Holding, Machine, MachineChoice, plan_holding
from taixu.generate.diffusion.model_folder import DiffusionModel, Part

GB = 1 << 30


def model(*, unet: float = 2.6, text: float = 0.8, network: str = "unet") -> DiffusionModel:
    """SDXL by default: billions of numbers in its parts."""
    heads = {"num_attention_heads": 24, "attention_head_dim": 128}
    config = {"block_out_channels": [320, 640, 1280]} if network == "unet" else heads
    parts = {
        network: Part(network, "diffusers", "X", int(unet * 1e9), 0, "F16", "", config),
        "text_encoder": Part("text_encoder", "transformers", "Y", int(text * 1e9), 0, "F16", "", {}),
        "vae": Part("vae", "diffusers", "AutoencoderKL", int(0.08e9), 0, "F16", "", {"block_out_channels": [128, 256, 512, 512]}),
    }
    return DiffusionModel(Path("painter"), "XPipeline", parts)


def plan(machine: Machine, wanted: MachineChoice | None = None, edge: int = 1024, **about: object) -> Holding:
    return plan_holding(model(**about), machine, wanted or MachineChoice(), size=(edge, edge), name="painter")  # type: ignore[arg-type]


def card(gigabytes: float, main: float = 32.0, **more: bool) -> Machine:
    return Machine(("cuda", "cpu"), {"cuda": int(gigabytes * GB), "cpu": int(main * GB)}, **more)


def test_what_fits_is_held_whole_in_half_precision() -> None:
    found = plan(card(24.0))
    assert (found.device, found.precision, found.offload, found.tiles, found.slices) == ("cuda", "float16", "none", False, False)
    assert 7.0 * GB < found.needed_bytes < 12.0 * GB


@pytest.mark.parametrize(("gigabytes", "offload"), [(24.0, "none"), (7.0, "parts"), (3.0, "layers")])
def test_less_memory_means_that_more_waits_outside(gigabytes: float, offload: str) -> None:
    assert plan(card(gigabytes)).offload == offload


def test_the_less_there_is_the_less_is_needed() -> None:
    needs = [plan(card(gigabytes)).needed_bytes for gigabytes in (24.0, 12.0, 7.0, 4.0, 3.0)]
    assert needs == sorted(needs, reverse=True)
    assert all(need <= gigabytes * GB for need, gigabytes in zip(needs, (24.0, 12.0, 7.0, 4.0, 3.0)))


def test_a_decoder_works_in_tiles_where_its_picture_is_too_large() -> None:
    assert plan(card(24.0), edge=4096).tiles and not plan(card(24.0), edge=512).tiles


def test_transformers_want_bfloat16_and_old_cards_have_none() -> None:
    assert plan(card(80.0), network="transformer").precision == "bfloat16"
    assert plan(card(80.0, has_bfloat16=False), network="transformer").precision == "float16"
    assert plan(Machine(("mps", "cpu"), {"mps": 64 * GB, "cpu": 64 * GB}, False)).device == "mps"


def test_a_processor_takes_whole_numbers_where_memory_allows() -> None:
    assert plan(Machine(("cpu",), {"cpu": 64 * GB})).precision == "float32"
    assert plan(Machine(("cpu",), {"cpu": 12 * GB})).precision == "bfloat16"


def test_what_the_user_chose_counts() -> None:
    found = plan(card(24.0), MachineChoice("cpu", "bfloat16", "auto"))
    assert (found.device, found.precision, found.offload) == ("cpu", "bfloat16", "none")
    assert plan(card(24.0), MachineChoice(offload="layers")).offload == "layers"
    with pytest.raises(MachineError, match="this machine has no mps that torch can use; it has cuda, cpu"):
        plan(card(24.0), MachineChoice(device="mps"))


def test_what_cannot_fit_is_one_sentence() -> None:
    said = r"the model painter needs about \d+\.\d GB for pictures of 1024 by 1024 pixels, and 2\.0 GB are free \(cpu\); end other"
    with pytest.raises(MachineError, match=said):
        plan(Machine(("cpu",), {"cpu": 2 * GB}))
    with pytest.raises(MachineError, match="needs about"):  # it would have to wait somewhere
        plan(card(3.0, main=4.0))
