from __future__ import annotations

import numpy as np
import pytest

from taixu.render.mip_chains import cut_out_chain, normal_chain, opacity_chain, shrink_colors, shrink_numbers


def bumps(side: int, tilt: float, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Random normals whose slopes have a standard deviation, and their texels."""
    slopes = np.random.default_rng(seed).normal(0, tilt, (side, side, 2))
    normals = np.concatenate([-slopes, np.ones((side, side, 1))], 2)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    return normals, np.rint((normals * 0.5 + 0.5) * 65535).astype(np.uint16)


@pytest.mark.parametrize("tilt", [0.03, 0.1, 0.25])
def test_averaged_normals_say_how_they_scatter(tilt: float) -> None:
    _, texels = bumps(128, tilt)
    chain = normal_chain(texels)
    assert [level.shape[0] for level in chain] == [128, 64, 32, 16, 8, 4, 2, 1]
    assert (chain[0][..., 3] == 0).all(), "near, every normal is drawn as it is"
    spread = chain[-1][0, 0, 3] / 65535
    assert spread**2 / 2 == pytest.approx(tilt**2, rel=0.2), "half of alpha^2 is the variance of slopes along an axis"
    assert chain[-1][0, 0, :3] / 32767.5 - 1 == pytest.approx([0, 0, 1], abs=0.02)
    spreads = [float((level[..., 3] / 65535.0).mean()) for level in chain]
    assert spreads == sorted(spreads)


def test_a_plane_stays_a_mirror() -> None:
    for texel in ((128, 128, 255), (180, 128, 245), (0, 128, 128)):
        chain = normal_chain(np.broadcast_to(np.array(texel, np.uint8), (16, 16, 3)))
        assert all((level[..., 3] == 0).all() for level in chain)
    wrong = normal_chain(np.zeros((4, 4, 3), np.uint8))
    assert np.isfinite(wrong[-1]).all()


def test_opposite_slopes_are_as_rough_as_can_be() -> None:
    texels = np.zeros((2, 2, 3), np.uint8)
    texels[0], texels[1] = (255, 128, 128), (0, 128, 128)
    assert normal_chain(texels)[1][0, 0, 3] == 255


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (5, 3), (6, 9), (33, 64), (600, 1111)])
def test_means_count_every_texel_alike(size: tuple[int, int]) -> None:
    """Also where a side is odd: the mean of a level is that of the one before."""
    numbers = np.random.default_rng(3).integers(0, 65535, (*size, 4)).astype(np.uint16)
    half = shrink_numbers(numbers)
    assert half.shape[:2] == tuple(max(1, side // 2) for side in size)
    np.testing.assert_allclose(half.mean((0, 1), np.float64), numbers.mean((0, 1), np.float64), rtol=2e-5)
    grey = np.full((*size, 4), 77, np.uint8)
    grey[..., 3] = 255
    assert (shrink_colors(grey)[..., :3] == 77).all()
    grey[..., 3] = 0
    assert (shrink_colors(grey)[..., :3] == 77).all(), "alpha may hold something else"


def test_what_cannot_be_seen_leaves_no_fringe() -> None:
    """A red disk on transparent black stays red in every level, and so does what lies around it."""
    y, x = np.mgrid[:32, :32] - 15.5
    leaf = np.zeros((32, 32, 4), np.uint8)
    leaf[x * x + y * y < 81] = (200, 10, 10, 255)
    chain = opacity_chain(leaf)
    for level in chain:
        assert (np.abs(level[..., :3].astype(int) - (200, 10, 10)) <= 1).all()
    assert (chain[0][..., 3] == leaf[..., 3]).all()
    share = (leaf[..., 3] / 255).mean()
    assert chain[-1][0, 0, 3] / 255 == pytest.approx(share, abs=0.01), "opacity itself is averaged"
    nothing = opacity_chain(np.zeros((4, 4, 4), np.uint8))
    assert all((level == 0).all() for level in nothing)


def fence(side: int, bars: int, width: float) -> np.ndarray:
    """Vertical bars with soft edges."""
    at = (np.arange(side) + 0.5) * bars / side % 1.0
    alpha = np.clip((width / 2 - np.abs(at - 0.5)) * side / bars + 0.5, 0, 1)
    texels = np.full((side, side, 4), 255, np.uint8)
    texels[..., 3] = np.rint(alpha * 255)[None]
    return texels


def leaves(side: int, *, seed: int = 1) -> np.ndarray:
    """Thin blades in all directions."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] / side
    alpha = np.zeros((side, side))
    for cx, cy, turn in rng.uniform(0, 1, (26, 3)) * (1, 1, np.pi):
        dx, dy = (x - cx + 0.5) % 1 - 0.5, (y - cy + 0.5) % 1 - 0.5
        along, across = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
        alpha = np.maximum(alpha, np.clip((0.006 - np.abs(across)) * side + 0.5, 0, 1) * (np.abs(along) < 0.2))
    texels = np.full((side, side, 4), 255, np.uint8)
    texels[..., 3] = np.rint(alpha * 255)
    return texels


def covered(level: np.ndarray, cutoff: float) -> float:
    """Share of a level that stands, as a filtering sampler sees it."""
    alpha, side = level[..., 3] / 255.0, 16
    v, u = np.meshgrid((np.arange(side) + 0.5) / side, (np.arange(side) + 0.5) / side, indexing="ij")
    v, u = v[..., None, None], u[..., None, None]
    right, below = np.roll(alpha, -1, 1), np.roll(alpha, -1, 0)
    mixed = (alpha * (1 - u) + right * u) * (1 - v) + (below * (1 - u) + np.roll(below, -1, 1) * u) * v
    return float((mixed >= cutoff).mean())


@pytest.mark.parametrize("cutoff", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("texels", [fence(128, 4, 0.2), fence(128, 8, 0.6), leaves(128)], ids=["bars", "boards", "blades"])
def test_coverage_does_not_shrink(texels: np.ndarray, cutoff: float) -> None:
    chain = cut_out_chain(texels, cutoff)
    assert [len(level) for level in chain] == [128, 64, 32, 16, 8, 4]
    wanted = covered(texels, cutoff)
    plain = opacity_chain(texels)
    assert max(abs(covered(level, cutoff) - wanted) for level in plain[:6]) > 0.04, "what would have been"
    for level in chain:
        assert covered(level, cutoff) == pytest.approx(wanted, abs=0.06), f"{len(level)} texels a side"
    assert (chain[0][..., 3] == texels[..., 3]).all(), "near, the picture is the file's"


def test_solid_and_empty_ones_stay_so() -> None:
    for alpha in (0, 255):
        texels = np.full((16, 16, 4), alpha, np.uint8)
        assert all((level[..., 3] == alpha).all() for level in cut_out_chain(texels, 0.5))
    assert len(cut_out_chain(np.zeros((2, 9, 4), np.uint8), 0.5)) == 1
