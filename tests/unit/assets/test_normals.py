"""Normals that meshes lack."""

from __future__ import annotations

import numpy as np
from waiting import ends

from taixu.assets.normals import creased_normals


def sphere(rings: int, sides: int) -> tuple[np.ndarray, np.ndarray]:
    theta = np.linspace(0.05, np.pi - 0.05, rings)[:, None]
    phi = np.linspace(0, 2 * np.pi, sides, endpoint=False)[None]
    points = np.stack([np.sin(theta) * np.cos(phi), np.cos(theta) + 0 * phi, np.sin(theta) * np.sin(phi)], axis=2)
    a = np.arange(rings - 1)[:, None] * sides + np.arange(sides)
    b = np.arange(rings - 1)[:, None] * sides + (np.arange(sides) + 1) % sides
    quads = np.stack([a, b, b + sides, a + sides], axis=2).reshape(-1, 4)
    return points.reshape(-1, 3), np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def test_a_sphere_is_smooth_even_as_a_soup() -> None:
    points, faces = sphere(30, 40)
    for positions, triangles in ((points, faces), (points[faces].reshape(-1, 3), np.arange(faces.size).reshape(-1, 3))):
        sources, made, normals = creased_normals(positions, triangles)
        np.testing.assert_array_equal(positions[sources][made], positions[triangles])
        inner = np.abs(positions[sources][:, 1]) < 0.95
        assert np.einsum("vx,vx->v", positions[sources], normals)[inner].min() > 0.995
    assert len(creased_normals(points, faces)[0]) == len(points)


def test_a_crease_splits_and_a_gentle_edge_does_not() -> None:
    for angle, count in ((30, 4), (80, 6)):
        turn = np.radians(angle)
        points = np.array(((0, 0, 0), (0, 0, 1), (1, 0, 0), (-np.cos(turn), -np.sin(turn), 0)))
        assert len(creased_normals(points, np.array(((0, 1, 2), (1, 0, 3))))[0]) == count


def test_faces_without_area_get_some_normal() -> None:
    points = np.array(((0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 0, 0)), np.float32)
    _, _, normals = creased_normals(points, np.array(((0, 1, 2), (0, 0, 3))))
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-6)
    assert creased_normals(points, np.empty((0, 3), int))[1].shape == (0, 3)


def test_large_meshes_and_hubs_come_to_an_end() -> None:
    points, faces = sphere(300, 400)
    fan = np.stack([np.zeros(100_000, int), np.arange(1, 100_001), np.arange(2, 100_002)], axis=1)
    with ends():
        creased_normals(points, faces)
        creased_normals(np.random.default_rng(0).normal(size=(100_002, 3)), fan)
