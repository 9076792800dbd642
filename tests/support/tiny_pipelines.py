"""Tiny diffusers models built on the spot: SD, SDXL and Flux whose tokenizers know bytes, a ControlNet, LoRAs, a hub cache.

Weights are drawn from a seed, so a picture says nothing; but every part that a real model has is there, and each
folder is what a user would have. Needs the extra `ai`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from marching_cubes import cube_cases

__all__ = [
    "BUILDERS", "build_controlnet", "build_flux", "build_lora", "build_sd", "build_sdxl", "build_shap_e", "build_upscaler",
    "hub_cache", "single_file",
]  # fmt: skip

CARD = "---\nlicense: creativeml-openrail-m\n---\n\n# Tiny\n"
_PAD = 77


def build_sd(folder: Path, *, channels: int = 32, seed: int = 0, latent: int = 4, inputs: int = 4, sample: int = 8) -> Path:
    """Stable Diffusion 1.5 in the small: UNet, AutoencoderKL (8 to 1), CLIP. Its own size is 64 pixels."""
    from diffusers import DDIMScheduler, StableDiffusionPipeline

    _quiet(seed)
    tokenizer = _clip_tokenizer(folder.parent / f"{folder.name}-words")
    pipeline = StableDiffusionPipeline(
        vae=_vae(latent),
        text_encoder=_clip(tokenizer, width=32),
        tokenizer=tokenizer,
        unet=_unet(channels, cross=32, latent=latent, inputs=inputs, sample=sample),
        scheduler=DDIMScheduler(1000, 0.00085, 0.012, "scaled_linear", clip_sample=False, steps_offset=1),
        safety_checker=None,
        feature_extractor=None,
        image_encoder=None,
        requires_safety_checker=False,
    )
    return _saved(pipeline, folder)


def build_sdxl(folder: Path, *, channels: int = 32, seed: int = 0) -> Path:
    """Stable Diffusion XL in the small: two text encoders, sizes as conditions."""
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline

    _quiet(seed)
    tokenizer = _clip_tokenizer(folder.parent / f"{folder.name}-words")
    unet = _unet(
        channels, cross=64, latent=4, addition_embed_type="text_time", addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=6 * 8 + 32, transformer_layers_per_block=(1, 1), use_linear_projection=True,
    )  # fmt: skip
    pipeline = StableDiffusionXLPipeline(
        vae=_vae(4),
        text_encoder=_clip(tokenizer, width=32),
        text_encoder_2=_clip(tokenizer, width=32, projected=True),
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        unet=unet,
        scheduler=EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1),
        add_watermarker=False,
    )
    return _saved(pipeline, folder)


def build_flux(folder: Path, *, seed: int = 0) -> Path:
    """Flux in the small: a transformer on packed latents, CLIP and T5."""
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel
    from transformers import T5Config, T5EncoderModel

    _quiet(seed)
    clip = _clip_tokenizer(folder.parent / f"{folder.name}-words")
    t5 = _t5_tokenizer()
    transformer = FluxTransformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=32, pooled_projection_dim=32, axes_dims_rope=[4, 4, 8], guidance_embeds=True,
    )  # fmt: skip
    encoder = T5EncoderModel(T5Config(vocab_size=len(t5), d_model=32, d_kv=8, d_ff=37, num_layers=2, num_heads=4))
    pipeline = FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=_vae(4, shift_factor=0.0609, scaling_factor=1.5035, use_quant_conv=False, use_post_quant_conv=False),
        text_encoder=_clip(clip, width=32),
        tokenizer=clip,
        text_encoder_2=encoder.eval(),
        tokenizer_2=t5,
        transformer=transformer.eval(),
    )
    return _saved(pipeline, folder)


BUILDERS: dict[str, Callable[[Path], Path]] = {"sd": build_sd, "sdxl": build_sdxl, "flux": build_flux}


def build_controlnet(folder: Path, base: Path, *, seed: int = 1) -> Path:
    """A ControlNet that fits the UNet of a tiny SD or SDXL; its last layers are not zero, so it does something."""
    import torch
    from diffusers import ControlNetModel, UNet2DConditionModel

    _quiet(seed)
    unet = UNet2DConditionModel.from_pretrained(base, subfolder="unet")
    net = ControlNetModel.from_unet(unet, conditioning_channels=3)
    with torch.no_grad():
        for each in (*net.controlnet_down_blocks, net.controlnet_mid_block):
            torch.nn.init.normal_(each.weight, std=0.2)
        torch.nn.init.normal_(net.controlnet_cond_embedding.conv_out.weight, std=0.2)
    net.save_pretrained(folder, safe_serialization=True)
    (folder / "README.md").write_text(CARD, "utf-8")
    return folder


def build_upscaler(folder: Path, *, seed: int = 2) -> Path:
    """StableDiffusionUpscalePipeline in the small, four times as large: latents beside a noised picture."""
    from diffusers import DDIMScheduler, DDPMScheduler, StableDiffusionUpscalePipeline

    _quiet(seed)
    tokenizer = _clip_tokenizer(folder.parent / f"{folder.name}-words")
    pipeline = StableDiffusionUpscalePipeline(
        vae=_vae(4, stages=3, scaling_factor=0.08333),
        text_encoder=_clip(tokenizer, width=32),
        tokenizer=tokenizer,
        unet=_unet(32, cross=32, latent=4, inputs=7, num_class_embeds=1000),
        low_res_scheduler=DDPMScheduler(),
        scheduler=DDIMScheduler(prediction_type="v_prediction"),
        max_noise_level=350,
    )
    return _saved(pipeline, folder)


def build_lora(file: Path, base: Path, *, seed: int = 3, rank: int = 2, scale: float = 1.0, in_kohya: bool = False) -> Path:
    """A LoRA over the attention of a tiny SD, SDXL or Flux: as diffusers writes it, or with the names of kohya's trainer."""
    import torch
    from safetensors.torch import save_file

    part = "transformer" if (base / "transformer").is_dir() else "unet"
    chance = torch.Generator().manual_seed(seed)
    tensors: dict[str, Any] = {}
    for name, (rows, columns) in _attention_shapes(base / part).items():
        down = torch.randn(rank, columns, generator=chance) * scale / columns**0.5
        up = torch.randn(rows, rank, generator=chance) * scale
        if in_kohya:
            stem = f"lora_unet_{name.replace('.', '_')}"
            tensors |= {f"{stem}.lora_down.weight": down, f"{stem}.lora_up.weight": up, f"{stem}.alpha": torch.tensor(float(rank))}
        else:
            tensors |= {f"{part}.{name}.lora_A.weight": down, f"{part}.{name}.lora_B.weight": up}
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: value.contiguous() for key, value in tensors.items()}, file, metadata={"format": "pt"})
    return file


def hub_cache(root: Path, model: Path, name: str = "maker/tiny") -> Path:
    """Lay a model folder out as the hub's cache does: blobs, and a snapshot of links to them. Gives the cache's folder."""
    import hashlib

    repository = root / f"models--{name.replace('/', '--')}"
    commit = hashlib.sha1(name.encode()).hexdigest()
    (repository / "blobs").mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit, "ascii")
    for file in sorted(each for each in model.rglob("*") if each.is_file()):
        blob = repository / "blobs" / hashlib.sha256(file.read_bytes()).hexdigest()
        if not blob.exists():
            shutil.copyfile(file, blob)
        link = repository / "snapshots" / commit / file.relative_to(model)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to("../" * (len(link.relative_to(repository).parts) - 1) + f"blobs/{blob.name}")
    return root


def single_file(file: Path, model: Path) -> Path:
    """All of a tiny SD in one file, with the names that Stable Diffusion's first trainers gave to tensors."""
    from safetensors import safe_open
    from safetensors.torch import save_file

    renamed = {"unet": _unet_name, "vae": _vae_name, "text_encoder": lambda name: f"cond_stage_model.transformer.text_model.{name}"}
    tensors = {}
    for part, rename in renamed.items():
        for weights in (model / part).glob("*.safetensors"):
            with safe_open(weights, framework="pt") as opened:
                tensors |= {rename(key): opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
    save_file(tensors, file, metadata={"format": "pt"})
    return file


def _unet_name(name: str) -> str:
    """Of a UNet of two blocks with one layer each (two on the way up)."""
    inner = {
        "norm1": "in_layers.0", "conv1": "in_layers.2", "norm2": "out_layers.0", "conv2": "out_layers.3",
        "time_emb_proj": "emb_layers.1", "conv_shortcut": "skip_connection",
    }  # fmt: skip
    heads = {
        "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2", "conv_in": "input_blocks.0.0",
        "conv_norm_out": "out.0", "conv_out": "out.2", "mid_block.resnets.0": "middle_block.0",
        "mid_block.attentions.0": "middle_block.1", "mid_block.resnets.1": "middle_block.2",
    }  # fmt: skip
    for i in range(2):
        heads |= {
            f"down_blocks.{i}.resnets.0": f"input_blocks.{2 * i + 1}.0",
            f"down_blocks.{i}.attentions.0": f"input_blocks.{2 * i + 1}.1",
            f"down_blocks.{i}.downsamplers.0.conv": f"input_blocks.{2 * i + 2}.0.op",
        }  # fmt: skip
        for j in range(2):
            heads[f"up_blocks.{i}.resnets.{j}"] = f"output_blocks.{2 * i + j}.0"
            heads[f"up_blocks.{i}.attentions.{j}"] = f"output_blocks.{2 * i + j}.1"
    heads["up_blocks.0.upsamplers.0.conv"] = "output_blocks.1.2.conv"
    head = next(each for each in heads if name.startswith(f"{each}."))
    rest = name[len(head) + 1 :]
    if "resnets" in head:
        first, _, last = rest.partition(".")
        rest = f"{inner[first]}.{last}"
    return f"model.diffusion_model.{heads[head]}.{rest}"


def _vae_name(name: str) -> str:
    parts = name.split(".")
    attention = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v"}
    if "attentions" in parts:
        rest = parts[parts.index("attentions") + 2 :]
        rest = ["proj_out", *rest[2:]] if rest[0] == "to_out" else [attention[rest[0]], *rest[1:]]
        name = ".".join([parts[0], "mid", "attn_1", *rest])
    elif "mid_block" in parts:
        name = ".".join([parts[0], "mid", f"block_{int(parts[3]) + 1}", *parts[4:]])
    elif parts[1] in ("down_blocks", "up_blocks"):
        at = int(parts[2]) if parts[1] == "down_blocks" else 3 - int(parts[2])
        side, way = ("down", "downsample") if parts[1] == "down_blocks" else ("up", "upsample")
        rest = [way, *parts[5:]] if "samplers" in parts[3] else ["block", *parts[4:]]
        name = ".".join([parts[0], side, str(at), *rest])
    return "first_stage_model." + name.replace("conv_shortcut", "nin_shortcut").replace("conv_norm_out", "norm_out")


def _quiet(seed: int) -> None:
    import torch
    from diffusers.utils import logging

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    logging.set_verbosity_error()
    logging.disable_progress_bar()


def _saved(pipeline: Any, folder: Path) -> Path:
    pipeline.save_pretrained(folder, safe_serialization=True)
    (folder / "README.md").write_text(CARD, "utf-8")
    for each in folder.parent.glob(f"{folder.name}-words"):
        shutil.rmtree(each)
    return folder


def _unet(channels: int, *, cross: int, latent: int = 4, inputs: int = 4, sample: int = 8, **more: Any) -> Any:
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        block_out_channels=(channels, 2 * channels), layers_per_block=1, sample_size=sample, in_channels=inputs,
        out_channels=latent,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=cross, attention_head_dim=8, norm_num_groups=8, **more,
    ).eval()  # fmt: skip


def _vae(latent: int, *, stages: int = 4, **more: Any) -> Any:
    """Eight pixels to one latent, as real ones, where it has four stages."""
    from diffusers import AutoencoderKL

    widths = (8, 8, 16, 16)[-stages:]
    return AutoencoderKL(
        block_out_channels=widths, in_channels=3, out_channels=3, latent_channels=latent, norm_num_groups=4, sample_size=64,
        down_block_types=("DownEncoderBlock2D",) * stages, up_block_types=("UpDecoderBlock2D",) * stages, **more,
    ).eval()  # fmt: skip


def _clip(tokenizer: Any, *, width: int, projected: bool = False) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
        hidden_size=width, projection_dim=width, intermediate_size=37, num_attention_heads=4, num_hidden_layers=2,
        vocab_size=len(tokenizer), max_position_embeddings=_PAD,
    )  # fmt: skip
    return (CLIPTextModelWithProjection if projected else CLIPTextModel)(config).eval()


def _clip_tokenizer(folder: Path) -> Any:
    """CLIP's own tokenizer with bytes alone for a vocabulary, so that every text in every language can be said."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizer

    letters = sorted(ByteLevel.alphabet())
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}), "utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", "utf-8")
    return CLIPTokenizer.from_pretrained(folder, model_max_length=_PAD)


def _t5_tokenizer() -> Any:
    from transformers import T5Tokenizer

    letters = [chr(code) for code in range(33, 127)]
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -3.0) for letter in letters)]
    return T5Tokenizer(vocab=vocabulary, extra_ids=0, model_max_length=512)


def _attention_shapes(folder: Path) -> dict[str, tuple[int, int]]:
    from safetensors import safe_open

    found = {}
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, framework="pt") as opened:
            for key in opened.keys():  # noqa: SIM118
                if key.endswith((".to_q.weight", ".to_k.weight", ".to_v.weight")) and "attn" in key:
                    rows, columns = opened.get_slice(key).get_shape()
                    found[key.removesuffix(".weight")] = (rows, columns)
    return found


def build_shap_e(folder: Path, *, of_pictures: bool = False, seed: int = 4) -> Path:
    """Shap-E in the small: a prior over 32 embeddings, and a renderer whose field crosses zero in its box."""
    import torch
    from diffusers import HeunDiscreteScheduler, PriorTransformer, ShapEImg2ImgPipeline, ShapEPipeline
    from diffusers.pipelines.shap_e import ShapERenderer

    _quiet(seed)
    width = 16
    prior = PriorTransformer(
        num_attention_heads=2, attention_head_dim=8, embedding_dim=width, num_embeddings=32, embedding_proj_dim=32,
        time_embed_dim=64, num_layers=1, clip_embed_dim=2 * width, additional_embeddings=0, time_embed_act_fn="gelu",
        norm_in_type="layer", embedding_proj_norm_type="layer" if of_pictures else None, encoder_hid_proj_type=None,
        added_emb_type=None,
    )  # fmt: skip
    renderer = ShapERenderer(
        param_shapes=((8, 93), (8, 8), (8, 8), (8, 8)), d_latent=width, d_hidden=8, n_output=12, background=(0.1, 0.1, 0.1)
    )
    scheduler = HeunDiscreteScheduler(
        beta_schedule="exp", num_train_timesteps=1024, prediction_type="sample", use_karras_sigmas=True, clip_sample=True,
        clip_sample_range=1.0,
    )  # fmt: skip
    with torch.no_grad():
        for each in (prior, renderer):
            for parameter in each.parameters():
                if parameter.ndim > 1:
                    torch.nn.init.normal_(parameter, std=0.5)
        cases, masks = cube_cases()  # a part of its weights
        renderer.mesh_decoder.cases.copy_(torch.from_numpy(cases))
        renderer.mesh_decoder.masks.copy_(torch.from_numpy(masks))
        renderer.mlp.mlp[-1].weight[0] *= 0.02  # of the distance: positive inside, with a surface that the latents bend
        renderer.mlp.mlp[-1].bias[0] = 0.5
    shared = {"prior": prior.eval(), "scheduler": scheduler, "shap_e_renderer": renderer.eval()}
    if of_pictures:
        from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel

        encoder = CLIPVisionModel(CLIPVisionConfig(
            hidden_size=32, image_size=32, projection_dim=32, intermediate_size=37, num_attention_heads=4, num_hidden_layers=2,
            patch_size=8,
        ))  # fmt: skip
        processor = CLIPImageProcessor(crop_size=32, size=32)
        return _saved(ShapEImg2ImgPipeline(image_encoder=encoder.eval(), image_processor=processor, **shared), folder)
    tokenizer = _clip_tokenizer(folder.parent / f"{folder.name}-words")
    encoder = _clip(tokenizer, width=32, projected=True)
    return _saved(ShapEPipeline(text_encoder=encoder, tokenizer=tokenizer, **shared), folder)
