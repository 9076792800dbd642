"""The reference model of layers: energy, reciprocity, and agreement with what it is taken from."""

from __future__ import annotations

import numpy as np
import pytest

from taixu.render.reflectance import (
    LayeredSurface,
    directional_albedo,
    energy_table,
    ggx_distribution,
    schlick_fresnel,
    smith_visibility,
    view_direction,
)
from taixu.render.reflectance.anisotropy import anisotropic_distribution, anisotropic_visibility, turned_into_lobe
from taixu.render.reflectance.iridescence import REC709_FROM_XYZ, f0_from_reflectance, film_reflectance
from taixu.render.reflectance.sheen import charlie_distribution, sheen_albedo, sheen_visibility

WHITE = (1.0, 1.0, 1.0)
LOSSLESS = {
    "plain": LayeredSurface(roughness=0.4),
    "metal": LayeredSurface(metallic=1.0, roughness=0.5),
    "half metal": LayeredSurface(metallic=0.5, roughness=0.3),
    "coat": LayeredSurface(clearcoat=1.0, clearcoat_roughness=0.3, roughness=0.6),
    "rough coat on metal": LayeredSurface(clearcoat=1.0, clearcoat_roughness=0.9, metallic=1.0, roughness=0.6),
    "film on metal": LayeredSurface(iridescence=1.0, metallic=1.0, roughness=0.4, iridescence_thickness_nm=550.0),
    "coat on film": LayeredSurface(clearcoat=0.7, clearcoat_roughness=0.4, iridescence=1.0, metallic=1.0, roughness=0.4),
}
VIEWS = [view_direction(n_dot_v, 0.7) for n_dot_v in (0.07, 0.2, 0.5, 0.95)]


def narrowest(s: LayeredSurface) -> float:
    alphas = [s.roughness**2, *([s.clearcoat_roughness**2] if s.clearcoat else [])]
    return max(0.05, float(min(alphas)))


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_layers_give_back_all_light_from_every_direction(name: str) -> None:
    surface = LOSSLESS[name]
    for v in VIEWS:
        integral = directional_albedo(surface.reflect, v, alpha=narrowest(surface), steps=96)
        assert integral.min() > 0.98, v
        assert integral.max() < 1.01, v


@pytest.mark.parametrize("roughness", [0.07, 0.3, 0.6, 1.0])
def test_cloth_and_brushes_never_gain_and_lose_little(roughness: float) -> None:
    """By single lights the extension's cloth leaves the base less than it could; a brush's energy is a fit."""
    cloth = LayeredSurface(sheen_color=WHITE, sheen_roughness=roughness, roughness=0.5)
    brush = LayeredSurface(metallic=1.0, roughness=max(roughness, 0.25), anisotropy=0.8, anisotropy_rotation_rad=0.4)
    for v in VIEWS:
        for surface, least in ((cloth, 0.85), (brush, 0.92)):
            integral = directional_albedo(surface.reflect, v, alpha=narrowest(surface), steps=96)
            assert least < integral.min() <= integral.max() < 1.015, v


def test_lossless_layers_under_an_even_environment() -> None:
    views = np.array(VIEWS)
    sheen = LayeredSurface(sheen_color=WHITE, sheen_roughness=0.4, roughness=0.5)
    brush = LayeredSurface(metallic=1.0, roughness=0.4, anisotropy=1.0)
    for surface in (*LOSSLESS.values(), sheen, brush):
        assert surface.albedo(views) == pytest.approx(1.0, abs=5e-3)


def test_no_random_mix_gains() -> None:
    random, n = np.random.default_rng(3), 40_000

    def some(*shape: int) -> np.ndarray:
        return np.clip(random.uniform(-0.3, 1.3, (n, *shape)), 0.0, 1.0)  # the ends are what people use

    surface = LayeredSurface(
        base_color=some(3), metallic=some(), roughness=some(), ior=1.0 + 1.5 * some(), specular=some(), specular_color=some(3),
        clearcoat=some(), clearcoat_roughness=some(), sheen_color=some(3), sheen_roughness=some(), iridescence=some(),
        iridescence_ior=1.0 + some(), iridescence_thickness_nm=1000.0 * some(), anisotropy=some(),
        anisotropy_rotation_rad=7.0 * some(),
    )  # fmt: skip
    z, turn = random.uniform(0.01, 1.0, n), random.uniform(0.0, 7.0, n)
    v = np.stack([np.sqrt(1 - z * z) * np.cos(turn), np.sqrt(1 - z * z) * np.sin(turn), z], -1)
    albedo = surface.albedo(v)
    assert np.isfinite(albedo).all()
    assert albedo.min() >= 0.0
    assert albedo.max() <= 1.0 + 1e-6


def test_random_mixes_do_not_gain_from_single_lights() -> None:
    random = np.random.default_rng(8)
    for _ in range(24):
        r = random.uniform(0.0, 1.0, 12)
        surface = LayeredSurface(
            base_color=WHITE, metallic=r[0], roughness=0.25 + 0.75 * r[1], clearcoat=r[2], clearcoat_roughness=0.25 + 0.75 * r[3],
            sheen_color=r[4:7], sheen_roughness=r[7], iridescence=r[8], iridescence_thickness_nm=200 + 600 * r[9], anisotropy=r[10],
        )  # fmt: skip
        v = view_direction(0.08 + 0.9 * r[11], 5.0 * r[0])
        integral = directional_albedo(surface.reflect, v, alpha=narrowest(surface), steps=96)
        assert integral.max() < 1.015, surface


def random_hemisphere(random: np.random.Generator, n: int) -> np.ndarray:
    d = random.normal(size=(n, 3))
    d[:, 2] = np.abs(d[:, 2]) + 0.02
    return d / np.linalg.norm(d, axis=1, keepdims=True)


def test_lobes_are_reciprocal() -> None:
    """Each lobe of one bounce is; what is taken from lower layers depends on the view, as the extensions have it."""
    random = np.random.default_rng(5)
    v, light = random_hemisphere(random, 500), random_hemisphere(random, 500)
    lobes = [
        lambda a, b: smith_visibility(a[:, 2], b[:, 2], 0.2),
        lambda a, b: anisotropic_visibility(a, b, 0.7, 0.1),
        lambda a, b: sheen_visibility(a[:, 2], b[:, 2], 0.3),
    ]
    for lobe in lobes:
        assert lobe(v, light) == pytest.approx(lobe(light, v), rel=1e-9)
    bare = LayeredSurface(base_color=(0.0, 0.0, 0.0), specular=0.0, sheen_color=(0.4, 0.7, 1.0), sheen_roughness=0.6)
    there, back = bare.reflect(v, light) / light[:, 2:], bare.reflect(light, v) / v[:, 2:]
    assert there == pytest.approx(back, rel=1e-9)


def test_distributions_cover_the_surface_once() -> None:
    """The facets' projected area is the surface's: the integral of D n.h is 1."""
    u, phi = (np.arange(4000) + 0.5) / 4000, (np.arange(400) + 0.5) / 400 * 2 * np.pi
    theta = (u**2)[:, None] * np.pi / 2
    solid = np.sin(theta) * np.pi * u[:, None] / 4000 * 2 * np.pi / 400
    h = np.stack(np.broadcast_arrays(np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)), -1)
    for values in (ggx_distribution(h[..., 2], 0.1), charlie_distribution(h[..., 2], 0.3), anisotropic_distribution(h, 0.6, 0.05)):
        assert (values * h[..., 2] * solid).sum() == pytest.approx(1.0, abs=2e-3)


def test_equal_alphas_are_round_and_rotation_turns_the_highlight() -> None:
    random = np.random.default_rng(9)
    v, light = random_hemisphere(random, 100), random_hemisphere(random, 100)
    assert anisotropic_distribution(v, 0.3, 0.3) == pytest.approx(ggx_distribution(v[:, 2], 0.3))
    assert anisotropic_visibility(v, light, 0.3, 0.3) == pytest.approx(smith_visibility(v[:, 2], light[:, 2], 0.3))
    metal = {"metallic": 1.0, "roughness": 0.2, "anisotropy": 1.0}
    up = np.array([[0.0, 0.0, 1.0]])
    along, across = np.array([[0.6, 0.0, 0.8]]), np.array([[0.0, 0.6, 0.8]])
    plain, turned = LayeredSurface(**metal), LayeredSurface(**metal, anisotropy_rotation_rad=np.pi / 2)
    assert plain.reflect(up, along).max() > 10 * plain.reflect(up, across).max()
    assert turned.reflect(up, across) == pytest.approx(plain.reflect(up, along))
    assert turned_into_lobe(np.array([0.0, 1.0, 0.0]), np.pi / 2) == pytest.approx([1.0, 0.0, 0.0])


def test_the_table_of_sheen_is_the_integral() -> None:
    random = np.random.default_rng(2)
    table = energy_table()
    assert table[..., 2].max() > 1.0, "the extension's lobe gains at grazing angles; the model must know"
    for row, column in ((12, 6), (20, 30), (40, 10), (60, 60)):
        n_dot_v, roughness = (column + 0.5) / 64, (row + 0.5) / 64
        light = random.normal(size=(400_000, 3))
        light /= np.linalg.norm(light, axis=1, keepdims=True)
        light[:, 2] = np.abs(light[:, 2])
        v = view_direction(n_dot_v)
        h = v + light
        h /= np.linalg.norm(h, axis=1, keepdims=True)
        lobe = charlie_distribution(h[:, 2], roughness**2) * sheen_visibility(np.full(len(h), n_dot_v), light[:, 2], roughness**2)
        assert table[row, column, 2] == pytest.approx((lobe * light[:, 2]).mean() * 2 * np.pi, abs=4e-3, rel=1e-2)
        assert sheen_albedo(np.array(n_dot_v), np.array(roughness)) == pytest.approx(table[row, column, 2], rel=1e-5)


def test_no_film_is_the_bare_surface_and_grazing_light_is_all_sent_back() -> None:
    f0 = np.array([0.04, 0.5, 0.9])
    bare = film_reflectance(f0, np.array(1.0), film_ior=1.4, thickness_nm=0.0)
    assert bare == pytest.approx(f0, abs=1e-6)
    assert film_reflectance(f0, np.array(0.0), film_ior=1.4, thickness_nm=400.0) == pytest.approx(1.0, abs=1e-3)
    values = np.array([[0.2, 0.5, 0.9]])
    for angle in (0.3, 0.7, 1.0):
        f0 = f0_from_reflectance(values, np.array([angle]))
        assert schlick_fresnel(f0, 1.0, np.array([[angle]])) == pytest.approx(values, abs=1e-9) or (f0 == 0.0).any()


@pytest.mark.parametrize(("n_dot_v", "tolerance"), [(0.12, 0.2), (0.3, 0.17), (0.7, 0.09)])
def test_films_under_an_environment_are_near_the_integral(n_dot_v: float, tolerance: float) -> None:
    """The environment's share of a film is taken at one angle; single lights see each facet's own."""
    films = [(1.0, 0.3, 1.5, 350.0), (1.0, 0.6, 1.5, 350.0), (1.0, 0.6, 1.8, 500.0), (0.0, 0.3, 1.8, 400.0), (0.0, 0.6, 1.3, 400.0)]
    v = view_direction(n_dot_v)
    for metallic, roughness, ior, thickness_nm in films:
        color = (0.6, 0.6, 0.62) if metallic else (0.0, 0.0, 0.0)
        film = LayeredSurface(
            color, metallic, roughness, iridescence=1.0, iridescence_ior=ior, iridescence_thickness_nm=thickness_nm
        )
        integral = directional_albedo(film.reflect, v, alpha=roughness**2, steps=64)
        assert film.albedo(v[None])[0] == pytest.approx(integral, abs=tolerance)


@pytest.mark.parametrize(
    ("film_ior", "base_ior", "thickness_nm", "cosine"),
    [(1.3, 1.5, 300.0, 1.0), (1.8, 1.5, 250.0, 1.0), (1.33, 2.5, 350.0, 0.9), (1.5, 3.5, 200.0, 0.8), (1.3, 1.5, 800.0, 1.0)],
)
def test_films_have_the_colours_of_interference(film_ior: float, base_ior: float, thickness_nm: float, cosine: float) -> None:
    """Against Airy's sum, both polarisations, integrated over the spectrum."""
    found = film_reflectance(
        np.full(3, ((base_ior - 1) / (base_ior + 1)) ** 2), np.array(cosine), film_ior=film_ior, thickness_nm=thickness_nm
    )
    assert found == pytest.approx(spectral_reflectance(film_ior, base_ior, thickness_nm, cosine), abs=0.03)


def spectral_reflectance(film_ior: float, base_ior: float, thickness_nm: float, cosine: float) -> np.ndarray:
    wavelengths = np.arange(380.0, 781.0)
    sine = np.sqrt(1 - cosine**2)
    c1, c2 = np.sqrt(1 - (sine / film_ior) ** 2), np.sqrt(1 - (sine / base_ior) ** 2)
    turn = np.exp(1j * 4 * np.pi * film_ior * thickness_nm * c1 / wavelengths)
    reflectance = np.zeros(len(wavelengths))
    for is_p in (False, True):
        pairs = ((1.0, cosine, film_ior, c1), (film_ior, c1, base_ior, c2))
        first, second = (
            (b * ca - a * cb) / (b * ca + a * cb) if is_p else (a * ca - b * cb) / (a * ca + b * cb) for a, ca, b, cb in pairs
        )
        reflectance += 0.5 * np.abs((first + second * turn) / (1 + first * second * turn)) ** 2
    observer = observer_curves(wavelengths)
    return (REC709_FROM_XYZ @ observer @ reflectance) / (REC709_FROM_XYZ @ observer.sum(1))


def observer_curves(wavelengths: np.ndarray) -> np.ndarray:
    """CIE 1931, [3, n]; Wyman, Sloan and Shirley, "Simple Analytic Approximations to the CIE XYZ Functions", 2013."""

    def bump(peak: float, below: float, above: float) -> np.ndarray:
        return np.exp(-0.5 * np.square((wavelengths - peak) * np.where(wavelengths < peak, below, above)))

    x = 1.056 * bump(599.8, 0.0264, 0.0323) + 0.362 * bump(442.0, 0.0624, 0.0374) - 0.065 * bump(501.1, 0.0490, 0.0382)
    y = 0.821 * bump(568.8, 0.0213, 0.0247) + 0.286 * bump(530.9, 0.0613, 0.0322)
    z = 1.217 * bump(437.0, 0.0845, 0.0278) + 0.681 * bump(459.0, 0.0385, 0.0725)
    return np.stack([x, y, z])
