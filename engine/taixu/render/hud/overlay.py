"""The screen over a picture that is finished: pictures averaged of many frames get it once, at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from taixu.ecs import World
from taixu.render.hud.feature import screen_of
from taixu.render.hud.painter import HudPainter
from taixu.render.pictures import Picture

if TYPE_CHECKING:
    from taixu.gpu import Device

__all__ = ["draw_over"]


def draw_over(device: Device, world: World, picture: Picture) -> Picture:
    """A picture (uint8, straight alpha) with what its world shows; the same one where it shows nothing."""
    screen = screen_of(world)
    rows = screen.lay_out(world, picture.size)
    if not len(rows):
        return picture
    texture = device.texture(picture.size, "rgba8", data=np.zeros((*picture.size[::-1], 4), np.uint8), label="screen")
    targets, painter = device.targets([texture], label="screen"), HudPainter()
    try:
        with device.frame():
            painter.paint(device, targets, rows, screen.atlas, picture.size)
        over = device.read_pixels(targets, 0, (0, 0, *picture.size))[::-1].astype(np.float32) / 255
    finally:
        painter.release()
        targets.release()
        texture.release()
    under = picture.pixels.astype(np.float32) / 255
    alpha = under[..., 3:] if under.shape[-1] == 4 else np.ones_like(under[..., :1])
    left = 1.0 - over[..., 3:]
    whole = over[..., 3:] + alpha * left
    color = (over[..., :3] + under[..., :3] * alpha * left) / np.maximum(whole, 1e-6)
    return Picture(np.rint(np.clip(np.concatenate([color, whole], -1), 0, 1) * 255).astype(np.uint8))
