"""The sample that makes a town of somebody else's model, where that is at hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import taixu as tx
from taixu.assets import data_path
from taixu.simulation.worlds import Simulations

pytest.importorskip("shapely", reason='places from data are not installed; pip install "taixu[city]"')


def test_the_town_is_made_and_people_go_home(tmp_path: Path, content: Path) -> None:
    model = content / "cityjson" / "delft.city.json"
    if not model.is_file():
        pytest.skip("no model of Delft")
    words = [sys.executable, str(data_path("samples") / "delft" / "make.py"), str(model), str(tmp_path / "delft")]
    done = subprocess.run([*words, "texture_px=32", "plants=0", "full_m=0"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with tx.App.headless() as app:
        app.open(tmp_path / "delft")
        app.settle()
        app.run(seconds=1)
        runs = app.resource(Simulations)
        assert runs.troubles == [] and runs.conductor is not None
        before = runs.conductor.column("people.place")
        app.run(seconds=6)
        after, counts = runs.conductor.column("people.place"), runs.conductor.column("people.counts")
        assert before is not None and after is not None and counts is not None
        assert counts[:2].sum() == 252
        assert np.isfinite(after).all() and len(before) >= len(after) > 100


def test_who_has_no_model_is_told(tmp_path: Path) -> None:
    words = [sys.executable, str(data_path("samples") / "delft" / "make.py")]
    nothing = {"PATH": "", "TAIXU_CONTENT": "none"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path, env=nothing)
    assert (done.returncode, done.stderr) == (1, "make.py wants a city model: python make.py delft.city.json OUT\n")
