"""Cars stand on the ground: heights between the cells of a grid, and a street that dips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from simulated_worlds import small_city

from taixu.scene import Transform
from taixu.simulation.worlds import Simulated, Simulation, Simulations
from taixu.simulation.worlds.relief import Relief


def test_heights_lie_between_cells_and_end_at_the_edge() -> None:
    relief = Relief(np.array([[0.0, 2.0], [4.0, 6.0]]), x=10.0, z=-20.0, cell=4.0)
    x, z = np.array([12.0, 14.0, 16.0, 14.0, -99.0, 99.0]), np.array([-18.0, -18.0, -14.0, -16.0, -99.0, 99.0])
    assert relief.at(x, z).tolist() == [0.0, 1.0, 6.0, 3.0, 0.0, 6.0]


def test_cars_drive_on_the_ground(tmp_path: Path) -> None:
    np.save(tmp_path / "ground.npy", np.broadcast_to(-np.arange(20.0) / 10, (3, 20)))  # falls by a hundredth from x = 5 on
    with small_city(tmp_path) as app:
        for table in app.world.query(Simulation):
            settings = table.read(Simulation, "settings").copy()
            for row in np.flatnonzero(table.read(Simulation, "kind") == "traffic"):
                grid = {"ground": "ground.npy", "ground_cell": 10.0, "ground_corner": [0.0, -15.0]}
                settings[row] = {**settings[row], **grid}
            table.set(Simulation, "settings", settings)
        for _ in range(80):
            app.frame(0.1)
        tables = [(table, table.read(Simulated, "number") >= 0) for table in app.world.query(Simulated, Transform)]
        read = [np.concatenate([table.read(Transform, name).T[cars] for table, cars in tables]) for name in ("translation", "cell")]
        at = read[0] + 1024.0 * read[1]
        assert len(at) >= 2
        assert np.ptp(at[:, 0]) > 5.0
        assert np.allclose(at[:, 1], 0.5 - (at[:, 0] - 1000.0 - 5.0).clip(0) / 100, atol=2e-3)


def test_ground_that_is_none_is_said(tmp_path: Path) -> None:
    np.save(tmp_path / "ground.npy", np.full((2, 2), np.nan))
    with small_city(tmp_path) as app:
        for table in app.world.query(Simulation):
            settings = table.read(Simulation, "settings").copy()
            for row in np.flatnonzero(table.read(Simulation, "kind") == "traffic"):
                settings[row] = {**settings[row], "ground": "ground.npy", "ground_corner": [0.0, 0.0]}
            table.set(Simulation, "settings", settings)
        app.frame(0.1)
        assert [each for each in app.resource(Simulations).troubles if "not finite" in each]
