"""Texturing of meshes step by step, against what can be said in closed form."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from textured_shapes import SHAPES, cup, laid_out, model_of, paint_pattern, space_pattern, torus

from taixu.assets.mesh import Primitive
from taixu.assets.model import Mesh, ModelData, Node
from taixu.assets.solids import box_primitive, turned_primitive
from taixu.errors import TaixuError
from taixu.generate.mesh_texturing.coordinates import coordinates_fault, lay_coordinates
from taixu.generate.mesh_texturing.filling import fill_in_space
from taixu.generate.mesh_texturing.painting import Sitting, paint_views
from taixu.generate.mesh_texturing.placement import choose_views, sample_surface
from taixu.generate.mesh_texturing.projecting import edge_distances, project
from taixu.generate.mesh_texturing.raster import cover, cover_counts, nearest_triangles, triangle_weights, widest_triangles
from taixu.generate.mesh_texturing.shape import bake_curvature, bake_openness, spread_from_coarse
from taixu.generate.mesh_texturing.subject import Subject, assemble, gather, stand_scales
from taixu.generate.mesh_texturing.texels import Texels, bake_texels, fill_rest, sample_bilinear
from taixu.generate.mesh_texturing.views import Sight, look

pytest.importorskip("xatlas", reason='xatlas is not installed (pip install "taixu[models]")')


def psnr(error: np.ndarray) -> float:
    return float(-10 * np.log10(max(np.square(error).mean(), 1e-12)))


# ---- pixels of triangles


def test_every_pixel_whose_middle_lies_in_a_triangle_is_covered_once() -> None:
    corners = np.random.default_rng(0).uniform(-5, 40, (40, 3, 2))
    found = np.zeros(32 * 32, int)
    for _, pixels in cover(corners, 32, 32):
        np.add.at(found, pixels, 1)
    y, x = np.mgrid[:32, :32] + 0.5
    wanted = np.zeros((32, 32), int)
    for a, b, c in corners:
        sides = np.stack([(q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]) for p, q in ((a, b), (b, c), (c, a))])
        wanted += (sides >= 0).all(0) | (sides <= 0).all(0)
    assert (found.reshape(32, 32) == wanted).all()


def test_a_grid_of_triangles_covers_each_pixel_once_though_edges_go_through_middles() -> None:
    at = np.linspace(0, 64, 9)
    quads = [((x, y), (x + 8, y), (x + 8, y + 8), (x, y + 8)) for x in at[:-1] for y in at[:-1]]
    corners = np.array([[quad[i] for i in part] for quad in quads for part in ((0, 1, 2), (0, 2, 3))])
    assert (cover_counts(corners, 64, 64) == 1).all()


def test_the_nearest_triangle_is_seen_and_its_plane_is_what_is_interpolated() -> None:
    far = np.array(((0, 0), (64, 0), (0, 64)), float)
    near = np.array(((10, 10), (30, 10), (10, 30)), float)
    found = nearest_triangles(np.stack([far, near]), np.array(((0.2,) * 3, (0.5,) * 3)), 64, 64)
    assert found[12, 12] == 1
    assert found[40, 5] == 0
    assert found[60, 60] == -1
    pixels = np.flatnonzero(found.reshape(-1) == 0)
    weights = triangle_weights(np.stack([far, near]), np.zeros(len(pixels), int), pixels, 64)
    places = np.einsum("mk,kc->mc", weights, far)
    assert np.allclose(places, np.stack([pixels % 64 + 0.5, pixels // 64 + 0.5], axis=1))


def test_pixels_in_the_rim_belong_to_the_nearest_triangle() -> None:
    corners = np.array([((8, 8), (24, 8), (8, 24))], float)
    found = widest_triangles(corners, 32, 32, margin=1.0)
    inside = nearest_triangles(corners, np.ones((1, 3)), 32, 32) >= 0
    assert (found[inside] == 0).all()
    assert found[7, 10] == 0
    assert found[5, 10] == -1


def test_what_lies_hundreds_deep_is_refused_and_what_is_no_number_left_out() -> None:
    square = np.array(((0, 0), (64, 0), (0, 64)), float)
    with pytest.raises(TaixuError, match="deep over each other"):
        list(cover(np.tile(square, (4000, 1, 1)), 32, 32))
    assert not list(cover(np.array([[(0, 0), (np.nan, 1), (5, 5)], [(np.inf, 0), (1, 1), (0, 1)]]), 32, 32))


# ---- what is to be textured


def test_nodes_instances_and_mirrors_are_worked_in_and_a_mesh_is_baked_once() -> None:
    mesh = Mesh("m", [box_primitive((1, 1, 1))])
    nodes = [
        Node(mesh=0, translation=np.array((5, 0, 0), np.float32)),
        Node(mesh=0, scale=np.array((-2, 2, 2), np.float32)),
    ]
    model = ModelData(meshes=[mesh], nodes=nodes)
    surfaces, subject, _ = laid_out(model, 128)
    assert len(surfaces) == 1
    assert len(subject.triangles) == 24
    assert subject.own.sum() == 12
    assert subject.painted.all()
    assert subject.area_m2 == pytest.approx(6 + 24)
    corners = subject.positions[subject.triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (np.einsum("tk,tk->t", faces, subject.normals[subject.triangles[:, 0]]) > 0).all()


def test_hidden_parts_are_left_alone_and_lacking_normals_are_made() -> None:
    bare = Primitive({"POSITION": torus().attributes["POSITION"]}, torus().indices)
    meshes = [Mesh(primitives=[bare]), Mesh(primitives=[torus()])]
    model = ModelData(meshes=meshes, nodes=[Node(mesh=0), Node(mesh=1, visible=False)])
    surfaces = gather(model)
    assert [each.mesh for each in surfaces] == [0]
    lengths = np.linalg.norm(surfaces[0].primitive.attributes["NORMAL"], axis=1)
    assert np.allclose(lengths, 1, atol=1e-3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: replace(p, mode=0), "no triangles"),
        (lambda p: replace(p, indices=np.empty(0, np.uint32)), "no triangles"),
        (lambda p: replace(p, attributes={"POSITION": p.attributes["POSITION"] * np.nan}), "no numbers"),
        (lambda p: replace(p, attributes={"POSITION": p.attributes["POSITION"] * 0}), "no area"),
        (lambda p: replace(p, indices=np.tile(p.indices, 170_000)), "more than 2,000,000"),
        (lambda p: replace(p, indices=p.indices + np.uint32(1)), "that it lacks"),
    ],
)
def test_what_cannot_wear_a_texture_is_told_in_a_sentence(change, said: str) -> None:
    model = model_of(change(box_primitive((1, 1, 1))))
    with pytest.raises(TaixuError, match=said):
        assemble(model, gather(model))


# ---- texture coordinates


def flat_square(places: np.ndarray) -> Primitive:
    positions = np.array(((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)), np.float32)
    normals = np.tile(np.array((0, 0, 1), np.float32), (4, 1))
    return Primitive(
        {"POSITION": positions, "NORMAL": normals, "TEXCOORD_0": places.astype(np.float32)}, np.array((0, 1, 2, 0, 2, 3), np.uint32)
    )


UNIT = np.array(((0, 1), (1, 1), (1, 0), (0, 0)), float)


@pytest.mark.parametrize(
    ("places", "fault"),
    [
        (UNIT, ""),
        (UNIT * 0.25 + 0.5, ""),
        (UNIT * 2, "outside of the picture"),
        (UNIT * (1, 0), "without area"),
        (UNIT * np.nan, "no numbers"),
        (np.array(((0, 1), (1, 1), (0, 1), (0, 0))), "without area"),
        (np.array(((0, 1), (1, 1), (1, 0), (0.9, 0.9))), "overlapping"),
    ],
)
def test_coordinates_that_do_not_serve_are_found(places: np.ndarray, fault: str) -> None:
    assert coordinates_fault(gather(model_of(flat_square(places)))) == fault


def test_coordinates_of_two_parts_that_lie_upon_each_other_are_laid_anew() -> None:
    model = model_of(flat_square(UNIT), flat_square(UNIT))
    surfaces = gather(model)
    assert lay_coordinates(surfaces, 128, stand_scales(model, surfaces)) == "overlapping"
    assert coordinates_fault(surfaces) == ""


@pytest.mark.parametrize("shape", SHAPES)
def test_new_coordinates_are_as_dense_everywhere_and_leave_room_between(shape: str) -> None:
    _, subject, texels = laid_out(model_of(SHAPES[shape]()), 256)
    corners = subject.texcoords[subject.triangles] * 256
    flat = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 2
    solid = subject.positions[subject.triangles]
    area = np.linalg.norm(np.cross(solid[:, 1] - solid[:, 0], solid[:, 2] - solid[:, 0]), axis=1) / 2
    density = flat / area
    assert np.quantile(density, 0.95) < 2.6 * np.quantile(density, 0.05)
    assert texels.inside.mean() > 0.85
    assert texels.inside.sum() > 0.4 * 256**2
    counts = cover_counts(corners, 256, 256)
    assert (counts > 1).sum() < 0.002 * (counts > 0).sum()


def test_charts_are_as_large_as_what_they_cover_is_in_the_world() -> None:
    small, large = Mesh("a", [box_primitive((1, 1, 1))]), Mesh("b", [box_primitive((1, 1, 1))])
    nodes = [Node(mesh=0), Node(mesh=1, scale=np.full(3, 3, np.float32), translation=np.array((4, 0, 0), np.float32))]
    surfaces, subject, texels = laid_out(ModelData(meshes=[small, large], nodes=nodes), 256)
    whose = subject.surfaces[texels.triangles[texels.inside]]
    assert len(surfaces) == 2
    assert 7.0 < (whose == 1).sum() / (whose == 0).sum() < 11.0


def test_large_meshes_are_unwrapped_in_pieces() -> None:
    """Over 80,000 triangles in one piece xatlas breaks down, and takes the process with it."""
    fine = torus(rings=300, sides=140)
    surfaces, subject, texels = laid_out(model_of(fine), 256)
    assert len(subject.triangles) == 84_000
    assert coordinates_fault(surfaces) == ""
    assert subject.area_m2 == pytest.approx(4 * np.pi**2 * 0.5 * 0.2, rel=0.01)
    away = np.hypot(np.hypot(texels.positions[:, 0], texels.positions[:, 2]) - 0.5, texels.positions[:, 1])
    assert np.abs(away - 0.2).max() < 0.01
    assert texels.inside.sum() > 0.4 * 256**2


def test_the_same_mesh_is_unwrapped_the_same() -> None:
    a, b = (laid_out(model_of(torus()), 128)[1].texcoords for _ in range(2))
    assert np.array_equal(a, b)


# ---- texels


def test_texels_know_where_they_are() -> None:
    model = model_of(flat_square(UNIT))
    subject = assemble(model, gather(model))
    texels = bake_texels(subject, 32)
    assert len(texels.pixels) == 32 * 32
    x, y = texels.pixels % 32, texels.pixels // 32
    assert np.allclose(texels.positions, np.stack([(x + 0.5) / 32, 1 - (y + 0.5) / 32, 0 * x], axis=1))
    assert np.allclose(texels.normals, (0, 0, 1))


def test_what_no_texel_covers_takes_the_colours_nearby() -> None:
    picture = np.zeros((16, 16, 3), np.float32)
    known = np.zeros((16, 16), bool)
    picture[:8, :8], known[:8, :8] = (1, 0, 0), True
    picture[10:, 10:], known[10:, 10:] = (0, 0, 1), True
    filled = fill_rest(picture, known)
    assert np.array_equal(filled[known], picture[known])
    assert np.allclose(filled[0, 15, 1], 0)
    assert filled[2, 9, 0] > 0.9
    assert np.allclose(filled.sum(-1), 1, atol=1e-5)


def test_pictures_are_read_between_their_pixels() -> None:
    y, x = np.mgrid[:8, :8] + 0.5
    picture = 2 * x + 3 * y
    at = np.random.default_rng(1).uniform(1, 7, (50, 2))
    assert np.allclose(sample_bilinear(picture, at[:, 0], at[:, 1]), 2 * at[:, 0] + 3 * at[:, 1])
    assert sample_bilinear(x, np.array([0.0]), np.array([4.0]), wrap=True)[0] == pytest.approx((0.5 + 7.5) / 2)


# ---- views


def test_a_view_has_just_room_for_the_model_and_sees_its_depth() -> None:
    _, subject, _ = laid_out(model_of(turned_primitive("sphere", radius_m=0.5, sides=48)), 128)
    view = look(subject, (0.3, 0.5, 1.0))
    sight = Sight(subject, view, 128)
    across = np.flatnonzero(sight.mask.any(0))
    assert 110 < across[-1] - across[0] < 124
    distance = np.linalg.norm(view.eye - subject.centre)
    assert sight.distances[64, 64] == pytest.approx(distance - 0.5, abs=0.01)
    depth = sight.depth_picture
    assert depth.max() == pytest.approx(1.0, abs=1e-6)
    assert depth[sight.mask].min() >= 0.1
    assert (depth[~sight.mask] == 0).all()
    assert np.allclose(sight.normal_picture[64, 64], (0.5, 0.5, 1.0), atol=0.06)
    assert sight.cosines[64, 64] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_views_that_are_chosen_see_nearly_all(shape: str) -> None:
    _, subject, texels = laid_out(model_of(SHAPES[shape]()), 128)
    views = choose_views(subject, 10)
    best = np.zeros(len(texels.pixels))
    for view in views:
        seen = project(Sight(subject, view, 128), texels)
        best[seen.texels] = np.maximum(best[seen.texels], seen.cosines)
    assert (best > 0.3).mean() > (0.85 if shape == "cup" else 0.99)
    assert views[0].name == "front view"
    samples = sample_surface(subject, 500, 0)
    assert len(samples.positions) == 500


def test_a_view_does_not_see_through_what_stands_before() -> None:
    front = replace(box_primitive((1, 1, 0.1)))
    behind = box_primitive((1, 1, 0.1))
    behind.attributes["POSITION"] = behind.attributes["POSITION"] + np.array((0, 0, -0.5), np.float32)
    model = model_of(front, behind)
    _, subject, texels = laid_out(model, 128)
    seen = project(Sight(subject, look(subject, (0, 0, 1)), 256), texels)
    hidden = texels.positions[seen.texels][:, 2] < -0.3
    assert hidden.sum() < 0.01 * len(hidden)


def test_edges_are_where_depth_tears() -> None:
    _, subject, _ = laid_out(model_of(torus()), 128)
    tilted = Sight(subject, look(subject, (0, 0.35, 1)), 128)
    flat = Sight(subject, look(subject, (0, 1, 0)), 128)
    assert (tilted.edges & tilted.mask).any()
    inner = edge_distances(~flat.mask, 6) >= 6
    assert not (flat.edges & inner).any()


# ---- painting


@cache
def painted(shape: str) -> tuple[Subject, Texels, np.ndarray]:
    """A shape with the pattern on it."""
    _, subject, texels = laid_out(model_of(SHAPES[shape]()), 256)
    return subject, texels, paint_views(subject, texels, choose_views(subject, 10), paint_pattern, view_px=256)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_pattern_in_space_comes_back_from_the_texture(shape: str) -> None:
    subject, texels, colors = painted(shape)
    error = colors - space_pattern(texels.positions)
    squarely = np.zeros(len(error), bool)
    for view in choose_views(subject, 10):
        seen = project(Sight(subject, view, 256), texels)
        squarely[seen.texels[(seen.cosines > 0.3) & (seen.trust > 0.5)]] = True
    assert (np.abs(error[squarely]).max(1) > 0.1).mean() < 0.002
    assert psnr(error) > (30 if shape == "cup" else 45)
    assert np.quantile(np.abs(error), 0.99) < (0.2 if shape == "cup" else 0.03)


@pytest.mark.parametrize("shape", SHAPES)
def test_seams_are_no_rougher_than_the_inside(shape: str) -> None:
    subject, texels, colors = painted(shape)
    atlas = fill_rest(texels.picture(colors), texels.covered)
    places = np.round(subject.positions * 1e5).astype(int)
    vertices = np.unique(subject.triangles)
    _, group = np.unique(places[vertices], axis=0, return_inverse=True)
    at = subject.texcoords[vertices] * 256
    read = sample_bilinear(atlas, at[:, 0], at[:, 1])
    split = np.flatnonzero(np.bincount(group)[group] > 1)
    gaps = [np.ptp(read[group == each], axis=0).max() for each in np.unique(group[split])]
    wrong = np.abs(read - space_pattern(subject.positions[vertices])).max(1)
    covered = texels.covered
    beside = np.abs(np.diff(atlas, axis=1)).max(-1)[covered[:, 1:] & covered[:, :-1]]
    assert np.mean(gaps) < (1.1 if shape == "cup" else 1.0) * np.mean(beside)
    assert np.mean(wrong) < 0.75 * np.mean(beside)


def test_later_views_are_shown_what_is_painted_and_asked_for_the_rest() -> None:
    _, subject, texels = laid_out(model_of(SHAPES["box"]()), 128)
    sittings: list[Sitting] = []

    def note(sitting: Sitting) -> np.ndarray:
        sittings.append(sitting)
        return paint_pattern(sitting)

    paint_views(subject, texels, choose_views(subject, 6), note, view_px=128, strength=0.5)
    first, *rest = sittings
    assert (first.wanted[first.sight.painted] == 1).mean() > 0.97
    assert np.allclose(first.picture, 0.5)
    assert any((each.wanted[each.sight.painted] == 0).any() for each in rest)
    for each in rest:
        kept = each.sight.painted & (each.wanted == 0) & ~each.sight.edges
        if kept.sum() > 200:
            truth = paint_pattern(each)
            assert np.abs(each.picture - truth)[kept].mean() < 0.05


def test_what_no_view_saw_is_filled_and_mended() -> None:
    _, subject, texels = laid_out(model_of(cup()), 128)
    front = [look(subject, (0, 0, 1))]
    numbers: list[int] = []

    def note(sitting: Sitting) -> np.ndarray:
        numbers.append(sitting.number)
        return paint_pattern(sitting)

    colors = paint_views(subject, texels, front, note, view_px=128)
    assert np.isfinite(colors).all()
    assert 0.05 < colors.min()  # no magenta, no black
    assert numbers == [0]
    both = [look(subject, (0, 0, 1)), look(subject, (0.9, 0.3, 0.5))]
    paint_views(subject, texels, both, note, view_px=128, mending=0.4)
    assert max(numbers) >= 2


def test_colours_that_are_there_are_what_a_painter_begins_with() -> None:
    _, subject, texels = laid_out(model_of(SHAPES["sphere"]()), 128)
    seen: list[Sitting] = []

    def note(sitting: Sitting) -> np.ndarray:
        seen.append(sitting)
        return sitting.picture

    start = space_pattern(texels.positions)
    colors = paint_views(subject, texels, choose_views(subject, 8), note, view_px=128, start=start, go=0.3)
    assert seen[0].strength == 0.3
    assert psnr(colors - start) > 30


@pytest.mark.parametrize(("spoilt", "said"), [(lambda p: p * np.nan, "none"), (lambda p: p[:10], "for one of 64 pixels")])
def test_painters_that_paint_nonsense_are_found_out(spoilt, said: str) -> None:
    _, subject, texels = laid_out(model_of(SHAPES["box"]()), 64)
    with pytest.raises(TaixuError, match=said):
        paint_views(subject, texels, choose_views(subject, 2), lambda sitting: spoilt(sitting.picture), view_px=64)


def test_filling_keeps_the_sides_of_a_board_apart() -> None:
    random = np.random.default_rng(2)
    flat = random.uniform(0, 1, (4000, 2))
    side = np.where(np.arange(4000) % 2 == 0, 1.0, -1.0)
    positions = np.concatenate([flat, side[:, None] * 0.005], axis=1)
    normals = np.stack([0 * side, 0 * side, side], axis=1)
    values = np.where(side > 0, 1.0, 0.0)[:, None]
    known = (flat[:, 0] < 0.7).astype(float)
    filled = fill_in_space(positions, normals, np.where(known[:, None] > 0, values, 0.5), known)
    assert np.abs(filled - values).max() < 0.02
    assert np.array_equal(fill_in_space(positions, normals, values, np.ones(4000)), values)


# ---- what the shape says


def test_openness_is_what_geometry_says() -> None:
    _, subject, texels = laid_out(model_of(SHAPES["sphere"]()), 128)
    assert bake_openness(subject, texels).min() > 0.9
    _, subject, texels = laid_out(model_of(cup()), 128)
    openness = bake_openness(subject, texels)
    outside = np.hypot(texels.positions[:, 0], texels.positions[:, 2]) > 0.43
    floor = (texels.positions[:, 1] > -0.4) & (texels.positions[:, 1] < -0.3) & (np.hypot(*texels.positions[:, ::2].T) < 0.1)
    assert openness[outside].mean() > 0.93
    # From the middle of the floor the opening is a disc of sin^2 of the angle to the rim.
    assert openness[floor].mean() == pytest.approx(np.sin(np.arctan2(0.38, 0.86)) ** 2, abs=0.07)


def test_edges_bulge_and_hollows_do_not() -> None:
    _, subject, texels = laid_out(model_of(SHAPES["box"]()), 128)
    curvature = bake_curvature(subject, texels, 0.08)
    to_edge = np.sort(np.array((0.5, 0.3, 0.4)) - np.abs(texels.positions), axis=1)[:, 1]
    assert curvature[to_edge > 0.1].max() < 0.05
    assert curvature[to_edge < 0.01].mean() > 0.5
    _, subject, texels = laid_out(model_of(cup()), 128)
    curvature = bake_curvature(subject, texels, 0.08)
    corner = (np.abs(np.hypot(*texels.positions[:, ::2].T) - 0.3) < 0.02) & (np.abs(texels.positions[:, 1] + 0.36) < 0.02)
    assert curvature[corner].mean() < -0.3


def test_what_is_found_on_a_coarse_texture_does_not_leak_over_seams() -> None:
    _, subject, texels = laid_out(model_of(SHAPES["box"]()), 1024)

    def sides(each: Texels) -> np.ndarray:
        return each.normals @ np.array((1.0, 2.0, 4.0))

    assert np.abs(spread_from_coarse(subject, texels, sides) - sides(texels)).max() < 1e-6
