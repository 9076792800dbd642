"""Stand-ins for the programs that TripoSG, Hunyuan3D and TRELLIS.2 are: packages with their names, classes and arguments.

Each gives a cone whose size tells what it was called with, so that a test sees what reached it; an argument that the real one does
not have is a TypeError here, too. Written into a folder as a checkout has them.
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import numpy as np

__all__ = ["write_hunyuan3d", "write_trellis2", "write_triposg"]

_CONE = """
import numpy as np

def cone(sides=16, height=1.0):
    turns = np.linspace(0.0, 2.0 * np.pi, sides, endpoint=False)
    ring = np.stack([np.cos(turns), np.zeros(sides), np.sin(turns)], axis=1)
    places = np.concatenate([ring, [[0.0, height, 0.0], [0.0, 0.0, 0.0]]]).astype(np.float32)
    after = (np.arange(sides) + 1) % sides
    sides_ = np.stack([after, np.arange(sides), np.full(sides, sides)], axis=1)
    foot = np.stack([np.arange(sides), after, np.full(sides, sides + 1)], axis=1)
    return places, np.concatenate([sides_, foot])
"""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), "utf-8")


def _weights(path: Path) -> None:
    from safetensors.numpy import save_file

    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({"weight": np.ones((2, 2), np.float32)}, path)


def write_triposg(code: Path, weights: Path) -> None:
    """A checkout of TripoSG, and its weights."""
    _write(code / "triposg" / "__init__.py", "")
    _write(code / "triposg" / "pipelines" / "__init__.py", "")
    _write(
        code / "triposg" / "pipelines" / "pipeline_triposg.py",
        _CONE + textwrap.dedent('''
        class Output:
            def __init__(self, samples):
                self.samples = samples

        class TripoSGPipeline:
            @classmethod
            def from_pretrained(cls, path, local_files_only=False, use_safetensors=None):
                assert local_files_only and use_safetensors
                print("Fetching 9 files")
                return cls()

            def to(self, device, dtype):
                self.device = device
                return self

            def __call__(self, image, num_inference_steps=50, guidance_scale=7.0, generator=None, callback_on_step_end=None,
                         dense_octree_depth=8, hierarchical_octree_depth=9, flash_octree_depth=9, use_flash_decoder=True):
                assert image.mode == "RGB" and image.size == (1024, 1024) and not use_flash_decoder
                assert image.getpixel((2, 2)) == (255, 255, 255) and image.getpixel((512, 512)) != (255, 255, 255)
                for step in range(num_inference_steps):
                    callback_on_step_end(self, step, 0, {"latents": None})
                places, corners = cone(height=1.0 + num_inference_steps)
                return Output([(places, corners)])
        '''),
    )  # fmt: skip
    parts = {"transformer": ["triposg.models.transformers.triposg_transformer", "TripoSGDiTModel"],
             "image_encoder_dinov2": ["transformers", "Dinov2Model"]}  # fmt: skip
    _weights(weights / "transformer" / "diffusion_pytorch_model.safetensors")
    _write(weights / "model_index.json", json.dumps({"_class_name": "TripoSGPipeline", **parts}))


def write_hunyuan3d(code: Path, weights: Path) -> None:
    """A checkout of Hunyuan3D 2.1, and its weights."""
    _write(code / "hy3dshape" / "hy3dshape" / "__init__.py", "")
    _write(
        code / "hy3dshape" / "hy3dshape" / "pipelines.py",
        _CONE + textwrap.dedent('''
        import os

        class Mesh:
            def __init__(self, vertices, faces):
                self.vertices, self.faces = vertices, faces

        class Hunyuan3DDiTFlowMatchingPipeline:
            @classmethod
            def from_pretrained(cls, model_path, device="cuda", dtype=None, use_safetensors=False, variant="fp16",
                                subfolder="hunyuan3d-dit-v2-1"):
                name = f"model.{variant}.safetensors" if variant else "model.safetensors"
                assert use_safetensors and os.path.isfile(os.path.join(model_path, subfolder, name))
                assert os.environ["HF_HUB_OFFLINE"] == "1"
                return cls()

            def __call__(self, image=None, num_inference_steps=50, guidance_scale=5.0, generator=None, octree_resolution=384,
                         output_type="trimesh", enable_pbar=True, **kwargs):
                callback = kwargs.pop("callback")
                assert kwargs.pop("callback_steps") == 1 and not kwargs and not enable_pbar and output_type == "trimesh"
                for step in range(num_inference_steps):
                    callback(step, 0, None)
                views = sorted(image) if isinstance(image, dict) else [image.mode]
                places, corners = cone(sides=8 * len(views), height=float(num_inference_steps))
                return [Mesh(places, corners)]
        '''),
    )  # fmt: skip
    part = weights / "hunyuan3d-dit-v2-1"
    _weights(part / "model.fp16.safetensors")
    _write(part / "config.yaml", """
        model: {target: hy3dshape.models.denoisers.hunyuandit.HunYuanDiTPlain, params: {depth: 21}}
        vae: {target: hy3dshape.models.autoencoders.ShapeVAE}
        scheduler: {target: diffusers.FlowMatchEulerDiscreteScheduler}
    """)


def write_trellis2(code: Path, weights: Path) -> None:
    """A checkout of TRELLIS.2 with o-voxel, and its weights."""
    _write(code / "trellis2" / "__init__.py", "")
    _write(
        code / "trellis2" / "pipelines" / "__init__.py",
        _CONE + textwrap.dedent('''
        class Voxels:
            pass

        class Trellis2ImageTo3DPipeline:
            @staticmethod
            def from_pretrained(path):
                return Trellis2ImageTo3DPipeline()

            def cuda(self):
                self.on_cuda = True

            def run(self, image, num_samples=1, seed=42, sparse_structure_sampler_params={}, shape_slat_sampler_params={},
                    tex_slat_sampler_params={}, preprocess_image=True, return_latent=False, pipeline_type=None):
                assert self.on_cuda and image.mode == "RGBA" and pipeline_type in (None, "512", "1024_cascade", "1536_cascade")
                made = Voxels()
                made.vertices, made.faces = cone(height=2.0)
                made.attrs = made.coords = made.layout = None
                made.voxel_size = 1 / 512
                return [made]
        '''),
    )  # fmt: skip
    _write(code / "o-voxel" / "o_voxel" / "__init__.py", "from . import postprocess\n")
    _write(
        code / "o-voxel" / "o_voxel" / "postprocess.py",
        """
        import trimesh

        def to_glb(vertices, faces, attr_volume, coords, attr_layout, aabb, voxel_size=None, decimation_target=1000000,
                   texture_size=2048, remesh=False, remesh_band=1, remesh_project=0.9, verbose=False):
            assert remesh and texture_size >= 2048 and not verbose
            return trimesh.Trimesh(vertices, faces, process=False)
        """,
    )
    _weights(weights / "ckpts" / "shape_dec.safetensors")
    seeing = {"model_name": "facebook/dinov3-vitl16-pretrain-lvd1689m"}
    helpers = {"image_cond_model": {"name": "DinoV3FeatureExtractor", "args": seeing},
               "rembg_model": {"name": "BiRefNet", "args": {"model_name": "briaai/RMBG-2.0"}}}  # fmt: skip
    _write(weights / "pipeline.json", json.dumps({"name": "Trellis2ImageTo3DPipeline", "args": {"models": {}, **helpers}}))
