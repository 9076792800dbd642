"""A village square's worth of obstacles: its mesh made, ways found, a door shut, and a crowd that walks on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from taixu.bench.measure import Options, result, time_calls
from taixu.navigation import Crowd, MeshSettings, NavigationMesh, Piece
from taixu.navigation.mesh import join_tiles, pieces_near, tiles_of
from taixu.navigation.tiles import Tile, make_tile
from taixu.physics import shapes

__all__ = ["defaults", "measure"]

defaults = Options(n=1000, frames=300)

_EDGE_M = 80.0
_OBSTACLES = 90
_STEP_LIMIT_MS = 10.0


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield results: the mesh, a tile of it made anew, ways, and steps of a crowd of `n`."""
    settings, pieces = MeshSettings(), _place()
    spots = tiles_of(*_bounds(pieces), settings)
    tiles: dict[tuple[int, int], Tile] = {}

    def make_all(index: int) -> None:
        for x, z in spots:
            tiles[x, z] = make_tile(pieces_near(pieces, settings, x, z, 1.0), (), settings, x, z)

    times = time_calls(make_all, 3, warm=1)
    each = round(float(np.median(times)) / len(spots), 2)
    yield result("navigation/tiles", times, n=len(spots), m2=round(_EDGE_M**2), tile_ms=each)
    meshes: list[NavigationMesh] = []
    times = time_calls(lambda index: meshes.append(join_tiles(tiles, settings)), 5, warm=1)
    mesh = meshes[-1]
    yield result("navigation/join", times, n=len(mesh.floors), polygons=mesh.polygon_count, points=len(mesh.graph))

    starts, goals = mesh.random_points(64, seed=1), mesh.random_points(64, seed=2)
    times = time_calls(lambda index: mesh.path(starts[index % 64], goals[index % 64]), 60)
    yield result("navigation/path", times, n=1)

    crowd = Crowd()
    crowd.rearrange(np.full(options.n, -1))
    crowd.places = mesh.random_points(options.n, seed=3)
    crowd.speeds = np.random.default_rng(4).uniform(1.0, 1.8, options.n)
    seeds = iter(range(5, 10**9))

    def send(index: int) -> None:
        """Who has arrived goes somewhere else: everybody has a goal of their own."""
        idle = np.flatnonzero(~crowd.going)
        if len(idle):
            crowd.going[idle] = True
            crowd.set_goals(idle, mesh.random_points(len(idle), seed=next(seeds)))

    step_secs = 1 / 60
    times = time_calls(lambda index: crowd.step(mesh, step_secs), options.frames, warm=240, before=send)
    limit = _STEP_LIMIT_MS * max(options.n, 1) / 1000
    yield result("navigation/step", times, n=options.n, limit_ms=limit, walking=int((crowd.states == 2).sum()))

    common = mesh.random_points(4, seed=9)
    crowd.going[:] = True
    crowd.set_goals(np.arange(options.n), common[np.arange(options.n) % 4])
    times = time_calls(lambda index: crowd.step(mesh, step_secs), options.frames, warm=60)
    yield result("navigation/step-shared", times, n=options.n, limit_ms=limit, goals=4)


def _place() -> list[Piece]:
    chance = np.random.default_rng(3)
    half = _EDGE_M / 2
    pieces = [Piece.of_shape(shapes.box((_EDGE_M, 1.0, _EDGE_M)), (0.0, -0.5, 0.0, 0.0, 0.0, 0.0, 1.0))]
    for _ in range(_OBSTACLES):
        x, z = chance.uniform(-half + 2, half - 2, 2)
        yaw = chance.uniform(0, np.pi)
        box = shapes.box((chance.uniform(1, 8), 3.0, chance.uniform(0.2, 3)))
        pieces.append(Piece.of_shape(box, (x, 1.5, z, 0.0, np.sin(yaw / 2), 0.0, np.cos(yaw / 2))))
    return pieces


def _bounds(pieces: list[Piece]) -> tuple[Any, Any]:
    bounds = np.stack([piece.bounds for piece in pieces])
    return bounds[:, 0].min(axis=0), bounds[:, 1].max(axis=0)
