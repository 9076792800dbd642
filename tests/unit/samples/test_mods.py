"""Mods of the sample `mods`, in the real box: what each does in the world, and that runs repeat exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import taixu as tx
from taixu.edit.marks import Tags
from taixu.mods.host import ModHost
from taixu.mods.packages.package import read_package
from taixu.mods.packages.project_mods import Loadable
from taixu.mods.playing import ModsPlugin
from taixu.script.widgets import Widgets

pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")

NAMES = ("flock", "score_board", "weather")


@contextmanager
def playing(repository: Path, *names: str, ticks: int) -> Iterator[tx.App]:
    """The courtyard after some steps with these mods, none of which failed or was refused anything."""
    plugin, sample = ModsPlugin(), repository / "samples" / "mods"
    packages = [read_package(sample / "mods" / name) for name in names]
    with tx.App.headless(trust=False, plugins=(plugin,)) as app:
        app.open(sample)
        assert plugin.load(app.world, tuple(Loadable(each, each.manifest.capabilities, None) for each in packages)) == {}
        app.run(ticks=ticks)
        for mod in app.resource(ModHost).mods.values():
            assert (mod.fault, mod.cost.traps, mod.cost.refused) == ("", 0, 0)
            assert mod.cost.fuel < mod.grants.fuel
        assert not [line.text for line in app.resource(ModHost).log.messages if line.level != "info"]
        yield app


def test_the_sample_has_these_mods(repository: Path) -> None:
    assert sorted(path.parent.name for path in (repository / "samples" / "mods").glob("mods/*/mod.toml")) == list(NAMES)


def test_birds_fly_as_a_flock(repository: Path) -> None:
    with playing(repository, "flock", ticks=300) as app:
        places, tags = [], 0
        for table in app.world.query(tx.Transform, Tags).tables():
            places.append(np.array(table.take(tx.Transform, "translation", slice(0, len(table))), np.float64))
            tags += len(table)
        birds = np.concatenate(places, axis=1)
        assert tags == 300
        assert np.isfinite(birds).all()
        assert (birds.std(axis=1) < 4).all(), "they stay together"
        gaps = np.linalg.norm(birds[:, :, None] - birds[:, None, :], axis=0) + np.eye(300) * 9
        assert np.median(gaps.min(axis=1)) > 0.1, "and do not sit in each other"


def test_weather_turns_and_it_rains(repository: Path) -> None:
    with playing(repository, "weather", ticks=600) as app:
        sky = app.scene.find("sky")
        assert sky is not None
        assert sky[tx.Environment].turbidity > 2.6, "it began at 2.4, and is on its way"


def test_balls_in_the_goal_count(repository: Path) -> None:
    with playing(repository, "score_board", ticks=5) as app:
        ball, goal = app.scene.find("ball"), app.scene.find("goal")
        assert ball is not None
        assert goal is not None
        ball.position = goal.position
        app.run(ticks=10)
        assert "1  Goals" in app.resource(Widgets).of("taixu.score_board")["board"].text


def test_two_runs_are_the_same(repository: Path) -> None:
    hashes = set()
    for _ in range(2):
        with playing(repository, *NAMES, ticks=200) as app:
            hashes.add(app.world.state_hash())
    assert len(hashes) == 1
