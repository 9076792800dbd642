"""Things with holes cover as much from afar as they do close by, in the picture and in shadows."""

from __future__ import annotations

import numpy as np
import pytest
from textured_card import TexturedCard, card

from golden import assert_golden
from taixu.assets.model import Material, TextureRef
from taixu.render.views import View, ViewCamera
from taixu.scene import Light


def fence(side: int, bars: int, width: float) -> np.ndarray:
    """Vertical brown bars with soft edges, on what is black and cannot be seen."""
    at = (np.arange(side) + 0.5) * bars / side % 1.0
    alpha = np.clip((width / 2 - np.abs(at - 0.5)) * side / bars + 0.5, 0, 1)
    texels = np.zeros((side, side, 4), np.uint8)
    texels[:, alpha > 0] = (150, 90, 40, 0)
    texels[..., 3] = np.rint(alpha * 255)[None]
    return texels


def blades(side: int) -> np.ndarray:
    """Thin green blades in all directions."""
    y, x = np.mgrid[:side, :side] / side
    alpha = np.zeros((side, side))
    for cx, cy, turn in np.random.default_rng(1).uniform(0, 1, (26, 3)) * (1, 1, np.pi):
        dx, dy = (x - cx + 0.5) % 1 - 0.5, (y - cy + 0.5) % 1 - 0.5
        along, across = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
        alpha = np.maximum(alpha, np.clip((0.009 - np.abs(across)) * side + 0.5, 0, 1) * (np.abs(along) < 0.2))
    texels = np.zeros((side, side, 4), np.uint8)
    texels[alpha > 0] = (40, 120, 20, 0)
    texels[..., 3] = np.rint(alpha * 255)
    return texels


def masked(texels: np.ndarray, *, repeat: float = 1.0, unlit: bool = True) -> TexturedCard:
    holes = Material(unlit=unlit, alpha_mode="MASK", double_sided=True, base_color_texture=TextureRef(0))
    return TexturedCard([texels], holes, repeat=repeat)


@pytest.mark.parametrize("texels", [fence(256, 8, 0.3), fence(256, 4, 0.7), blades(256)], ids=["bars", "boards", "blades"])
@pytest.mark.parametrize("repeat", [1.0, 4.0])
def test_as_much_is_covered_from_afar(texels: np.ndarray, repeat: float) -> None:
    card = masked(texels, repeat=repeat)
    near = float(card.draw(512, metres=1 / repeat, samples=2)[..., 3].mean())
    assert near == pytest.approx((texels[..., 3] > 127).mean(), abs=0.02)
    for pixels in (250, 90, 40, 18):
        far = card.draw(pixels, samples=16)
        assert far[..., 3].mean() == pytest.approx(near, abs=0.03 + 0.15 * near), f"{pixels} pixels"
        colors = far[..., :3].sum((0, 1)) / far[..., 3].sum()
        nearby = card.draw(512, metres=1 / repeat)
        assert colors == pytest.approx(nearby[..., :3].sum((0, 1)) / nearby[..., 3].sum(), rel=0.05), "no dark fringes"


def test_edges_are_smooth_where_pixels_have_samples() -> None:
    card = masked(blades(256))
    card.scene.propagate()
    shares = {}
    for samples in (1, 4):
        view = View(
            ViewCamera.looking((0, 0, 5), (0, 0, 0), height_m=1.0), (130, 130), samples=samples,
            settings={"background": "transparent", "encoding": "linear", "shadows": False, "occlusion": False},
        )  # fmt: skip
        card.renderer.render(card.scene.world, [view])
        alpha = card.renderer.read(view)[..., 3]
        view.release()
        shares[samples] = float(alpha.mean())
        between = ((alpha > 0.01) & (alpha < 0.99)).mean()
        assert (between > 0.05) == (samples == 4)
    assert shares[4] == pytest.approx(shares[1], rel=0.12)


def test_holes_are_laid_as_the_colour_is() -> None:
    """`KHR_texture_transform` and the second set of coordinates, in the passes that know no more than holes."""
    texels = fence(64, 1, 0.5)  # a bar in the middle
    moved = Material(unlit=True, alpha_mode="MASK", base_color_texture=TextureRef(0, offset=(0.5, 0.0), scale=(2.0, 1.0)))
    alpha = TexturedCard([texels], moved).draw(64)[32, :, 3]
    # u = 2 x + 0.5: the bar, from a quarter to three quarters of u, is drawn thrice, the outer ones by half.
    expected = ((2 * (np.arange(64) + 0.5) / 64 + 0.5) % 1.0 > 0.25) & ((2 * (np.arange(64) + 0.5) / 64 + 0.5) % 1.0 < 0.75)
    assert (alpha == expected).mean() > 0.95
    second = Material(unlit=True, alpha_mode="MASK", base_color_texture=TextureRef(0, texcoord=1))
    shape = card()
    shape.attributes["TEXCOORD_1"] = shape.attributes["TEXCOORD_0"] + np.float32((0.5, 0.0))
    alpha = TexturedCard([texels], second, primitive=shape).draw(64)[32, :, 3]
    assert alpha[[2, 60]].tolist() == [1, 1]
    assert alpha[32] == 0


def test_shadows_have_the_same_holes() -> None:
    """The sun slants through a fence onto a wall behind it: the wall loses as much light as the fence covers."""
    card = masked(fence(256, 8, 0.4), unlit=False)
    scene = card.scene
    scene.spawn(1, scene.mesh("box", (6, 6, 0.2), material=scene.material(roughness=1.0, metallic=0.0)), translation=(0, 0, -1.1))
    card.light_from((1, 0, 1))
    pictures = []
    for shadows in (True, False):
        scene.world.set(card.sun, Light, shadows=shadows)
        picture = card.draw(200, metres=4.0, shadows=True, samples=2)
        pictures.append(picture[78:122, 28:72, 0].mean())  # a square of 0.9 m about (-1, 0)
    assert 1 - pictures[0] / pictures[1] == pytest.approx(0.4, abs=0.06)


def test_blended_edges_have_no_fringes() -> None:
    """White leaves on what is black and cannot be seen, before white: nothing is darker, near or far."""
    texels = blades(128)
    texels[..., :3] = np.where(texels[..., 3:] > 0, 255, 0)
    card = TexturedCard([texels], Material(unlit=True, alpha_mode="BLEND", base_color_texture=TextureRef(0)))
    for pixels, metres in ((256, 0.2), (128, 1.0), (50, 1.0), (20, 1.0)):
        picture = card.draw(pixels, metres=metres)
        seen = picture[..., 3] > 0.02
        assert seen.mean() > 0.1
        assert (picture[seen][:, :3] / picture[seen][:, 3:]).min() > 0.97, f"{pixels} pixels"


def test_a_fence_near_and_far() -> None:
    card = masked(fence(128, 8, 0.35), repeat=2.0, unlit=False)
    card.light_from((0.3, 0.4, 1))
    strips = [card.draw(120, metres=m, samples=4, encoding="display", background=(0.2, 0.3, 0.5, 1)) for m in (0.5, 2.0, 8.0)]
    picture = np.concatenate(strips, 1)[..., :3]
    assert_golden(np.rint(np.clip(picture, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8), "textures/fence")
