"""Models that others made, as ground to walk on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from walking_worlds import block, off_the_mesh

from taixu.assets import import_model
from taixu.navigation import MeshSettings, NavigationMesh, Piece, make_mesh
from taixu.physics.collider_shapes import model_surface


def piece(file: Path, *, scale: float = 1.0, at: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Piece:
    points, triangles = model_surface(import_model(file))
    return Piece.of_triangles(points.astype(np.float64) * scale + np.array(at), triangles)


@pytest.fixture(scope="module")
def landscape(content: Path) -> NavigationMesh:
    return make_mesh([piece(content / "gltf" / "LowPolyLandscape" / "low-poly.gltf", scale=12.0)], MeshSettings(cell_m=0.25))


def test_ways_over_a_landscape_stay_on_it(landscape: NavigationMesh) -> None:
    assert landscape.area_m2 > 500.0
    places = landscape.random_points(30, seed=2)
    for start, goal in zip(places[::2], places[1::2]):
        way = landscape.path(start, goal)
        assert way.complete and off_the_mesh(landscape, way.points) == []
        assert np.abs(landscape.heights(way.points) - way.points[:, 1]).max() < 0.6


@pytest.mark.parametrize("name", ["stairs", "stairs_wide", "stairs_wood"])
def test_the_stairs_of_a_kit_lead_up(content: Path, name: str) -> None:
    stairs = piece(content / "kits" / "kaykit-dungeon" / f"{name}.glb", scale=0.5)
    low_z, high_z = stairs.bounds[:, 2]
    top = 2.0
    floor = block((12.0, 0.2, 24.0), (0.0, -0.1, 0.0))
    behind = block((12.0, top, 6.0), (0.0, top / 2, low_z - 3.0)), block((12.0, top, 6.0), (0.0, top / 2, high_z + 3.0))
    climbed = []
    for upper in behind:
        mesh = make_mesh([floor, stairs, upper])
        other = high_z + 2.0 if upper is behind[0] else low_z - 2.0
        way = mesh.path((0.0, 0.0, other), (0.0, top, float(upper.bounds.mean(axis=0)[2])))
        climbed.append(way.complete)
        if way.complete:
            assert off_the_mesh(mesh, way.points) == []
    assert any(climbed)  # the kit's stairs go up in one of the two directions


def test_a_bridge_is_one_floor_over_another(content: Path) -> None:
    garden = make_mesh([piece(content / "gltf" / "JapaneseBridgeGarden" / "scene.glb", scale=5.0)], MeshSettings(cell_m=0.2))
    column = garden.floors.row.astype(np.int64) * 10**6 + garden.floors.column
    layers = np.bincount(np.unique(column, return_inverse=True)[1])
    assert garden.area_m2 > 700.0 and int((layers > 1).sum()) > 100
