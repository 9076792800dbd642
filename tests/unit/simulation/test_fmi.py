"""Units in FMI, against a tank of our own."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from tiny_unit import make_unit

from taixu.errors import TaixuError
from taixu.simulation import Conductor, Link, Simulator
from taixu.simulation.fmi import Unit
from taixu.simulation.weather import Weather

SECOND = 10**9


@pytest.mark.parametrize(("version", "keeps"), [(2, True), (2, False), (3, False)])
def test_a_unit_goes_on_from_its_checkpoint(tmp_path: Path, version: int, keeps: bool) -> None:
    file = make_unit(tmp_path, version=version, keeps=keeps)

    def begin() -> Conductor:
        unit = Unit(file, starts={"leak": 0.5}, name="tank", period_secs=1.0)
        assert isinstance(unit, Simulator)
        assert unit.keeps_state is keeps
        weather = Weather([0.0, 10.0], {"flow": [0.0, 10.0]}, period_secs=1.0)
        return Conductor([unit, weather], [Link("tank.in_flow", ("weather.flow",))])

    straight, parted = begin(), begin()
    straight.advance(8 * SECOND)
    parted.advance(3 * SECOND)
    again = begin()
    again.restore(parted.checkpoint())
    again.advance(8 * SECOND)
    level = 0.0
    for flow in [0.0, *range(1, 8)]:
        level += flow - 0.5 * level
    for each in (straight, again):
        said = each.column("tank.level")
        assert said is not None
        assert float(said) == level
    assert straight.state_hash() == again.state_hash()
    for each in (straight, parted, again):
        each.close()


def test_what_is_no_unit_is_one_sentence(tmp_path: Path) -> None:
    file = make_unit(tmp_path)
    with pytest.raises(TaixuError, match="no variable 'valve'"):
        Unit(file, starts={"valve": 1.0})
    other = tmp_path / "other.fmu"
    other.write_bytes(b"no archive")
    with pytest.raises(TaixuError, match="cannot be opened"):
        Unit(other)
    for entries, sentence in (
        ({"a.txt": "a"}, "no modelDescription.xml"),
        ({"modelDescription.xml": "<x/>"}, "cannot be run here"),
        ({"modelDescription.xml": zipfile.ZipFile(file).read("modelDescription.xml").decode()}, "Cannot find shared library"),
    ):
        with zipfile.ZipFile(other, "w") as archive:
            for name, text in entries.items():
                archive.writestr(name, text)
        with pytest.raises(TaixuError, match=sentence):
            Unit(other)


def test_a_unit_that_fails_is_set_aside(tmp_path: Path) -> None:
    unit = Unit(make_unit(tmp_path), starts={"in.flow": 1e9})
    conductor = Conductor([unit])
    conductor.advance(SECOND)
    assert "fmi2DoStep" in conductor.standings["unit"].reason
    conductor.close()
    with pytest.raises(TaixuError, match="one finite number"):
        Unit(make_unit(tmp_path)).step(0, SECOND, {"in_flow": np.zeros(2)})
