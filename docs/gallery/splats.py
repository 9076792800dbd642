"""A capture among things that are built: ``python docs/gallery/splats.py PICTURE CAPTURE``, where CAPTURE is a file of splats."""

from __future__ import annotations

import sys
from pathlib import Path

import taixu as tx
from taixu.render import ViewCamera
from taixu.scene.splats import Splats


def main(path: str, capture: str, size: tuple[int, int] = (960, 540)) -> None:
    """Stand it on a floor between boxes, one of which is before it."""
    with tx.App.headless(size=size) as app:
        app.scene.spawn("floor", tx.Shape("box", size=(9, 0.2, 9)), tx.Material(base_color=(0.33, 0.34, 0.37, 1), roughness=0.4),
                        position=(0, -0.16, 0))  # fmt: skip
        for x, z, high in ((0.95, 0.9, 0.35), (-1.25, -0.6, 0.9), (1.5, -0.9, 0.6)):
            wood = tx.Material(base_color=(0.5, 0.33, 0.17, 1), roughness=0.6)
            app.scene.spawn("box", tx.Shape("box", size=(0.35, high, 0.35)), wood, position=(x, high / 2 - 0.06, z))
        app.scene.spawn("capture", Splats(source=str(Path(capture).resolve())))
        app.scene.spawn("sky", tx.Environment(sun_direction=(0.5, 0.6, 0.4), turbidity=3.0))
        camera = ViewCamera.looking((1.15, 0.85, 1.95), (0.05, 0.45, 0), fov_y_rad=0.8)
        app.picture(camera=camera, samples=4, settings={"occlusion": False}).save(path)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
