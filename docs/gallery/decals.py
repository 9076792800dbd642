"""A street of decals: signs, cracks, puddles and two thousand leaves: ``python docs/gallery/decals.py PICTURE``."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

import taixu as tx
from taixu.math import quaternion
from taixu.render import ViewCamera
from taixu.scene import Decal

SIDE = 512
DOWN = np.array((0.0, -1.0, 0.0))
BACK = (0.0, 0.0, -1.0)
White = (255, 255, 255, 255)


def drawn(folder: Path, name: str, draw: ImageDraw.ImageDraw, image: Image.Image, *, blur: float = 0.8) -> str:
    """Save a picture that was drawn; worn a little."""
    rng = np.random.default_rng(len(name))
    wear = Image.fromarray((rng.random((64, 64)) * 255).astype(np.uint8)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(blur))).copy()
    pixels[..., 3] = pixels[..., 3] * np.clip(1.35 - np.asarray(wear) / 255 * 0.9, 0, 1)
    Image.fromarray(pixels).save(folder / f"{name}.png")
    return str(folder / f"{name}.png")


def pictures(folder: Path) -> dict[str, str]:
    """Draw what is thrown."""
    found = {}
    for name in ("stripes", "arrow", "ring", "poster", "crack", "puddle", "leaf"):
        image = Image.new("RGBA", (SIDE, SIDE), (255, 255, 255, 0))
        draw = ImageDraw.Draw(image)
        if name == "stripes":
            for k in range(4):
                draw.rectangle((k * 136, 0, k * 136 + 76, SIDE), fill=White)
        elif name == "arrow":
            draw.polygon([(256, 10), (400, 200), (300, 200), (300, 500), (212, 500), (212, 200), (112, 200)], fill=White)
        elif name == "ring":
            draw.ellipse((4, 4, 508, 508), fill=(70, 66, 62, 255))
            for k in range(-5, 6):
                draw.line((256 + 42 * k, 40, 256 + 42 * k, 472), fill=(40, 38, 36, 255), width=12)
            draw.ellipse((10, 10, 502, 502), outline=(105, 98, 92, 255), width=20)
        elif name == "poster":
            draw.rectangle((60, 0, 452, 512), fill=(238, 226, 200, 255))
            draw.ellipse((130, 60, 382, 312), fill=(205, 62, 40, 255))
            draw.rectangle((60, 330, 452, 344), fill=(40, 50, 70, 255))
            draw.text((256, 430), "TAIXU", fill=(40, 50, 70, 255), font=ImageFont.load_default(110), anchor="mm")
        elif name == "crack":
            rng = np.random.default_rng(4)
            for start in range(5):
                x, y = 256.0, 256.0
                turn = start * 1.257
                for _ in range(26):
                    turn += rng.normal(0, 0.45)
                    x2, y2 = x + 11 * np.cos(turn), y + 11 * np.sin(turn)
                    draw.line((x, y, x2, y2), fill=(14, 13, 12, 235), width=4)
                    x, y = x2, y2
        elif name == "puddle":
            rng = np.random.default_rng(8)
            for _ in range(26):
                x, y = rng.normal(256, 70, 2)
                r = rng.uniform(40, 95)
                draw.ellipse((x - r, y - 0.7 * r, x + r, y + 0.7 * r), fill=White)
        else:
            draw.polygon([(256, 0), (420, 180), (400, 340), (256, 470), (112, 340), (92, 180)], fill=White)
            draw.line((256, 60, 256, 512), fill=(120, 110, 90, 255), width=16)
        if name == "puddle":
            image.filter(ImageFilter.GaussianBlur(14)).save(folder / "puddle.png")
            found[name] = str(folder / "puddle.png")
        else:
            found[name] = drawn(folder, name, draw, image)
    return found


def main(path: str, size: tuple[int, int] = (960, 540), samples: int = 4) -> None:
    """Build a street and throw pictures at it."""
    rng = np.random.default_rng(11)
    with TemporaryDirectory() as folder, tx.App.headless(size=size) as app:
        images = pictures(Path(folder))

        def box(extent: tuple[float, ...], at: tuple[float, ...], color: tuple[float, ...], rough: float = 0.9) -> None:
            app.scene.spawn("box", tx.Shape("box", size=extent), tx.Material(base_color=color, roughness=rough), position=at)

        def floor(at: tuple[float, float], decal: Decal, *, turn: float = 0.0, height: float = 0.0) -> None:
            up = (float(np.sin(turn)), 0.0, -float(np.cos(turn)))
            turned = quaternion.look_rotation(DOWN, up=up).tolist()
            app.scene.spawn("decal", decal, position=(at[0], height, at[1]), rotation=turned)

        box((60, 0.2, 60), (0, -0.1, 0), (0.085, 0.085, 0.09, 1.0))
        box((4.0, 0.32, 60), (-6.0, 0, 0), (0.36, 0.35, 0.33, 1.0))
        box((0.6, 6.0, 22), (-7.6, 3.0, -5), (0.42, 0.2, 0.13, 1.0))
        box((14, 6.0, 0.6), (0.4, 3.0, -11), (0.5, 0.46, 0.38, 1.0))
        box((0.9, 1.0, 0.9), (-4.9, 0.66, -4.4), (0.2, 0.28, 0.2, 1.0), 0.6)
        smooth = tx.Material(base_color=(0.5, 0.5, 0.48, 1), roughness=0.5)
        app.scene.spawn("ball", tx.Shape("sphere", size=(1.1, 1.1, 1.1)), smooth, position=(-4.6, 0.7, -1.6))
        paint = {"color": (0.75, 0.74, 0.7), "roughness": 0.6}
        floor((0.5, -6.3), Decal(size=(9.0, 2.4, 0.5), texture=images["stripes"], **paint))
        for z in (-1.0, 4.5):
            floor((2.0, z), Decal(size=(1.2, 3.0, 0.5), texture=images["arrow"], **paint))
        floor((-1.2, 0.6), Decal(size=(1.2, 1.2, 0.3), texture=images["ring"], roughness=0.45, metallic=0.6))
        for x, z, wide, turn in ((0.3, 2.0, 3.4, 0.3), (-3.0, -1.6, 2.2, 1.9), (3.2, -3.4, 3.0, 2.6), (-1.9, 4.2, 1.8, 0.9)):
            wet = {"color": (0.02, 0.021, 0.022), "color_share": 0.75, "roughness": 0.03, "order": 2}
            floor((x, z), Decal(size=(wide, wide, 0.2), texture=images["puddle"], **wet), turn=turn)
        for x, z, wide in ((1.6, 0.4, 2.4), (-2.6, 2.6, 1.9), (0.2, -3.6, 2.6)):
            floor((x, z), Decal(size=(wide, wide, 0.3), texture=images["crack"], surface_share=0.0), turn=wide * 2)
        leaf_colors = np.array(((0.5, 0.2, 0.03), (0.62, 0.36, 0.06), (0.35, 0.1, 0.03), (0.3, 0.26, 0.08)))
        for _ in range(2000):
            x = -4.1 + abs(rng.normal(0, 1.6)) - 2.6 * (rng.random() < 0.3)
            wide = float(rng.uniform(0.07, 0.15))
            color = tuple((leaf_colors[rng.integers(4)] * rng.uniform(0.7, 1.2)).tolist())
            leaf = Decal(size=(wide, wide, 0.9), texture=images["leaf"], color=color, order=4)
            floor((float(x), float(rng.uniform(-10, 6))), leaf, turn=float(rng.uniform(0, 6.28)), height=0.35)
        towards_wall = quaternion.look_rotation((-1.0, 0.0, 0.0)).tolist()
        for z, y in ((-2.2, 2.0), (-4.1, 2.05), (-7.6, 1.9)):
            app.scene.spawn("poster", Decal(size=(1.5, 1.9, 0.5), texture=images["poster"], roughness=0.7),
                            position=(-7.3, y, z), rotation=towards_wall)  # fmt: skip
        app.scene.spawn("poster", Decal(size=(2.6, 3.2, 0.5), texture=images["poster"], opacity=0.85), position=(1.6, 3.0, -10.7),
                        rotation=quaternion.look_rotation(BACK).tolist())  # fmt: skip
        slanted = quaternion.look_rotation((-0.55, -0.6, -0.58)).tolist()
        label = Decal(size=(1.0, 1.0, 1.6), texture=images["poster"])
        app.scene.spawn("on a ball", label, position=(-4.5, 0.9, -1.5), rotation=slanted)
        app.scene.spawn("sky", tx.Environment(sun_direction=(0.75, 0.5, 0.35), turbidity=3.0, exposure_ev=0.7))
        camera = ViewCamera.looking((2.9, 2.3, 7.2), (-1.7, 0.75, -2.6), fov_y_rad=0.85)
        # Openness that is found on the screen bands where mirrors are seen at a shallow angle.
        app.picture(camera=camera, samples=samples, settings={"occlusion": False}).save(path)


if __name__ == "__main__":
    main(sys.argv[1])
