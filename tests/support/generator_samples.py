"""Generators that tests run in worker processes: small ones, and ones that misbehave in every way that is known."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from taixu.errors import TaixuError
from taixu.generate import Generator, Guard, Made, Progress, Request

__all__ = ["Boxes", "Bricks", "Careful", "Misbehaving", "Slow", "Tinted"]


@dataclass(frozen=True)
class BrickParameters:
    rows: int = field(default=8, metadata={"doc": "Rows.", "minimum": 1, "maximum": 64})
    color: tuple[float, float, float] = field(default=(0.6, 0.2, 0.1), metadata={"doc": "Colour.", "minimum": 0.0, "maximum": 1.0})
    bond: str = field(default="running", metadata={"doc": "How they lie.", "choices": ("running", "stack")})
    size: int = field(default=256, metadata={"minimum": 8, "maximum": 1024})


class Bricks(Generator):
    """A material of two maps."""

    name, makes, suffix, summary = "bricks", "material", ".png", "bricks"
    parameters = BrickParameters

    def read_words(self, prompt: str) -> dict[str, object]:
        return ({"rows": 16} if "small" in prompt else {}) | ({"color": [0.1, 0.2, 0.6]} if "blue" in prompt else {})

    def generate(self, request: Request, progress: Progress) -> list[Made]:
        wanted: BrickParameters = request.parameters
        y, x = np.mgrid[: wanted.size, : wanted.size] * wanted.rows / wanted.size
        shift = 0.5 * (np.floor(y) % 2) if wanted.bond == "running" else 0.0
        body = (((0.5 * x + shift) % 1.0) > 0.06) & ((y % 1.0) > 0.12)
        noise = request.random("grain").normal(0.0, 0.04, body.shape)
        albedo = np.where(body[..., None], wanted.color, (0.7, 0.7, 0.68)) + noise[..., None]
        progress(0.5, "colours", (albedo[::4, ::4] * 255).clip(0, 255).astype(np.uint8))
        return [request.save_picture(albedo, "albedo"), request.save_picture(body.astype(float), "height")]


class Tinted(Generator):
    """A picture made from another."""

    name, makes, suffix, summary = "tinted", "texture", ".png", "another picture, tinted"
    parameters = BrickParameters

    def generate(self, request: Request, progress: Progress) -> list[Made]:
        from taixu.assets.image import read_image

        if not request.parents:
            raise TaixuError("it needs a picture to tint")
        pixels = read_image(request.parents[0])[..., :3] / 255.0
        return [request.save_picture(pixels * request.parameters.color)]


@dataclass(frozen=True)
class BoxParameters:
    size: tuple[float, float, float] = field(default=(1.0, 1.0, 1.0), metadata={"unit": "m", "minimum": 0.01, "maximum": 10.0})
    broken: bool = False


class Boxes(Generator):
    """A box that wears a picture."""

    name, makes, suffix, summary = "boxes", "mesh", ".glb", "a box that wears a picture"
    parameters = BoxParameters

    def generate(self, request: Request, progress: Progress) -> list[Made]:
        from taixu.assets.model import Image, Material, Mesh, ModelData, Node, Scene, Texture, TextureRef
        from taixu.assets.solids import box_primitive

        box = box_primitive(request.parameters.size)
        box.material = 0
        box.attributes["TEXCOORD_0"] = np.tile(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32), (6, 1))
        if request.parameters.broken:
            box.attributes["POSITION"][3] = np.nan
        model = ModelData(
            nodes=[Node(mesh=0)],
            meshes=[Mesh(primitives=[box])],
            scenes=[Scene(nodes=[0])],
            scene=0,
            textures=[Texture(image=0)],
            materials=[Material(base_color_texture=TextureRef(texture=0))],
            images=[Image(data=request.parents[0].read_bytes(), mime="image/png")],
        )
        return [request.save_model(model)]


@dataclass(frozen=True)
class SlowParameters:
    steps: int = field(default=40, metadata={"minimum": 1})
    mark: str = ""


class Slow(Generator):
    """Takes its time, and shows what there is."""

    name, makes, suffix, summary = "slow", "texture", ".png", "slow"
    parameters = SlowParameters

    def generate(self, request: Request, progress: Progress) -> list[Made]:
        if request.parameters.mark:
            Path(request.parameters.mark, str(os.getpid())).touch()
        tempfile.NamedTemporaryFile(delete=False).close()
        for step in range(request.parameters.steps):
            (request.folder / f"part{step}.bin").write_bytes(bytes(10_000))
            progress(step / request.parameters.steps, f"step {step}", np.full((4, 4, 3), step, np.uint8))
            time.sleep(0.05)
        return [request.save_picture(np.zeros((8, 8, 3)))]


@dataclass(frozen=True)
class Misdeed:
    how: str = "nothing"


class Misbehaving(Generator):
    """Does what its parameter says."""

    name, makes, suffix, summary = "misbehaving", "texture", ".png", "misbehaves"
    parameters = Misdeed

    def generate(self, request: Request, progress: Progress) -> list[Made]:
        how = request.parameters.how
        good = request.save_picture(np.zeros((8, 8, 3)))
        if how == "nan":
            request.save_picture(np.full((8, 8, 3), np.nan))
        elif how == "nan in a file":
            from taixu.assets.exr import encode_exr

            other = request.folder / "made_sky.exr"
            other.write_bytes(encode_exr(np.full((8, 8, 3), np.inf, np.float32)))
            return [good, Made(other, "sky")]
        elif how == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        elif how == "disk":
            raise OSError(errno.ENOSPC, "No space left on device")
        elif how == "memory":
            np.ones(1 << 33)
        elif how == "raise":
            raise ZeroDivisionError("a slip")
        elif how == "elsewhere":
            return [Made(request.folder.parent.parent / "x.png")]
        elif how == "link":
            (request.folder / "link.png").symlink_to("/etc/passwd")
            return [Made(request.folder / "link.png")]
        elif how == "flood":
            return [Made(request.folder / f"{place}.png") for place in range(1 << 15)]
        elif how == "nothing":
            return []
        elif how == "damaged":
            good.path.write_bytes(good.path.read_bytes()[:40])
        elif how == "text":
            return "made.png"  # type: ignore[return-value]
        elif how == "for ever":
            while True:
                np.sort(np.arange(200_000)[::-1])
        elif how == "forks":
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])  # and nobody waits for it
            if os.fork() == 0:
                time.sleep(600)
            progress(0.5, "forked")
            os.kill(os.getpid(), signal.SIGKILL)
        elif how.startswith("writes "):
            Path(how.removeprefix("writes ")).write_text("mine")
        elif how.startswith("removes "):
            os.remove(how.removeprefix("removes "))
        elif how.startswith("renames "):
            os.rename(good.path, how.removeprefix("renames "))
        return [good]


class Careful(Guard):
    """Refuses clowns, and what is black."""

    def refuse_prompt(self, prompt: str) -> str:
        return "clowns frighten people" if "clown" in prompt else ""

    def refuse_file(self, path: Path, role: str) -> str:
        from taixu.assets.image import read_image

        return "it is black" if path.suffix == ".png" and not read_image(path).any() else ""
