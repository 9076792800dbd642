"""Tiny models of Marigold built on the spot, and an upscaler in latents. Weights are drawn from a seed. Needs the extra `ai`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tiny_pipelines import _clip, _clip_tokenizer, _quiet, _saved, _unet, _vae

__all__ = ["APPEARANCE", "LIGHTING", "build_depth", "build_intrinsics", "build_latent_upscaler", "build_normals"]

APPEARANCE = {
    "target_names": ["albedo", "material"],
    "albedo": {"prediction_space": "srgb", "up_to_scale": False},
    "material": {"prediction_space": "stack", "sub_target_names": ["roughness", "metallicity", None]},
    "roughness": {"prediction_space": "linear", "up_to_scale": False},
    "metallicity": {"prediction_space": "linear", "up_to_scale": False},
}
"""What ``marigold-iid-appearance`` says of its pictures."""
LIGHTING = {
    "target_names": ["albedo", "shading", "residual"],
    "albedo": {"prediction_space": "linear", "up_to_scale": True},
    "shading": {"prediction_space": "linear", "up_to_scale": True},
    "residual": {"prediction_space": "linear", "up_to_scale": True},
}
"""What ``marigold-iid-lighting`` says of its pictures."""


def _parts(folder: Path, seed: int, targets: int) -> dict[str, Any]:
    from diffusers import DDIMScheduler

    _quiet(seed)
    tokenizer = _clip_tokenizer(folder.parent / f"{folder.name}-words")
    unet = _unet(32, cross=32, latent=4 * targets, inputs=4 + 4 * targets)
    scheduler = DDIMScheduler(1000, 0.00085, 0.012, "scaled_linear", prediction_type="v_prediction", timestep_spacing="trailing")
    words = {"text_encoder": _clip(tokenizer, width=32), "tokenizer": tokenizer}
    return {"unet": unet, "vae": _vae(4), "scheduler": scheduler, **words}


def build_normals(folder: Path, *, seed: int = 5) -> Path:
    """MarigoldNormalsPipeline in the small."""
    from diffusers import MarigoldNormalsPipeline

    return _saved(
        MarigoldNormalsPipeline(
            **_parts(folder, seed, 1), prediction_type="normals", use_full_z_range=True, default_denoising_steps=2,
            default_processing_resolution=64,
        ),
        folder,
    )  # fmt: skip


def build_depth(folder: Path, *, seed: int = 6) -> Path:
    """MarigoldDepthPipeline in the small."""
    from diffusers import MarigoldDepthPipeline

    return _saved(
        MarigoldDepthPipeline(
            **_parts(folder, seed, 1), prediction_type="depth", scale_invariant=True, shift_invariant=True,
            default_denoising_steps=2, default_processing_resolution=64,
        ),
        folder,
    )  # fmt: skip


def build_intrinsics(folder: Path, *, seed: int = 7, properties: dict[str, Any] | None = None) -> Path:
    """MarigoldIntrinsicsPipeline in the small: of appearance by default, else of what `properties` says."""
    from diffusers import MarigoldIntrinsicsPipeline

    said = APPEARANCE if properties is None else properties
    return _saved(
        MarigoldIntrinsicsPipeline(
            **_parts(folder, seed, len(said["target_names"])), prediction_type="intrinsics", target_properties=said,
            default_denoising_steps=2, default_processing_resolution=64,
        ),
        folder,
    )  # fmt: skip


def build_latent_upscaler(folder: Path, *, seed: int = 8) -> Path:
    """StableDiffusionLatentUpscalePipeline in the small, twice as large."""
    from diffusers import EulerDiscreteScheduler, StableDiffusionLatentUpscalePipeline, UNet2DConditionModel

    _quiet(seed)
    tokenizer = _clip_tokenizer(folder.parent / f"{folder.name}-words")
    unet = UNet2DConditionModel(
        block_out_channels=(32, 32, 64, 64), layers_per_block=1, sample_size=16, in_channels=8, out_channels=5,
        time_cond_proj_dim=160, down_block_types=("KDownBlock2D", *["KCrossAttnDownBlock2D"] * 3),
        up_block_types=(*["KCrossAttnUpBlock2D"] * 3, "KUpBlock2D"),
        mid_block_type=None, only_cross_attention=False, cross_attention_dim=32, attention_head_dim=8, conv_in_kernel=1,
        conv_out_kernel=1, act_fn="gelu", resnet_time_scale_shift="scale_shift", time_embedding_type="fourier",
        timestep_post_act="gelu", norm_num_groups=None,
    ).eval()  # fmt: skip
    pipeline = StableDiffusionLatentUpscalePipeline(
        vae=_vae(4), text_encoder=_clip(tokenizer, width=32), tokenizer=tokenizer, unet=unet,
        scheduler=EulerDiscreteScheduler(prediction_type="sample"),
    )  # fmt: skip
    return _saved(pipeline, folder)
