"""The picture strip of the guide's section on data sets: `python docs/images/make_datasets.py datasets.jpg`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from taixu.assets.exr import read_exr
from taixu.assets.image import read_image
from taixu.cli import main as taixu_main

SIZE = (480, 270)


def srgb(linear: NDArray[np.float32]) -> NDArray[np.float64]:
    """Linear light as it is shown."""
    value = np.clip(linear.astype(float), 0.0, 1.0)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)


def colored(ids: NDArray[np.uint16]) -> NDArray[np.float64]:
    """A colour an id; black where nothing is."""
    palette = np.random.default_rng(4).uniform(0.15, 1.0, (int(ids.max()) + 1, 3))
    palette[0] = 0.0
    return palette[ids]


def flow(motion: NDArray[np.float32]) -> NDArray[np.float64]:
    """Grey where nothing moves; red to the left and right, green up and down."""
    reach = max(float(np.percentile(np.abs(motion[..., :2]), 99.5)), 1e-6)
    picture = np.full((*motion.shape[:2], 3), 0.5)
    picture[..., :2] += np.clip(motion[..., :2] / reach, -1, 1) / 2
    return picture


def main() -> None:
    """Render the playground with all layers, and put six of them side by side."""
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "shot.png"
        command = ["render", "samples/playground", "--trust", "--time", "1.2", "--size", f"{SIZE[0]}x{SIZE[1]}"]
        if taixu_main([*command, "--out", str(shot), "--outputs", "all"]):
            sys.exit("nothing was drawn")
        layers = {name: read_exr(shot.with_name(f"shot.{name}.exr")) for name in ("depth", "normals", "albedo", "motion")}
        ids = np.asarray(read_image(shot.with_name("shot.ids.png")))[..., 0].astype(np.uint16)
        color = np.asarray(Image.open(shot).convert("RGB")) / 255
    near = layers["depth"][..., 0]
    tiles = [
        color, np.repeat((near[np.isfinite(near)].min() / near)[..., None], 3, -1), layers["normals"] * 0.5 + 0.5,
        colored(ids), srgb(layers["albedo"][..., :3]), flow(layers["motion"]),
    ]  # fmt: skip
    rows = [np.concatenate(tiles[at : at + 3], 1) for at in (0, 3)]
    picture = np.rint(np.concatenate(rows) * 255).astype(np.uint8)
    Image.fromarray(picture).save(sys.argv[1], quality=82, optimize=True)


if __name__ == "__main__":
    main()
