"""Worlds from words: what is understood, that houses stand on the ground and apart, and that the same comes out again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import taixu as tx
from taixu.errors import TaixuError
from taixu.generate.checking import need_good_files
from taixu.generate.request import Request
from taixu.generate.worlds import KINDS, WorldSpec, plan_of_words
from taixu.generate.worlds.generator import WorldGenerator
from taixu.generate.worlds.houses import STYLES, build_house
from taixu.generate.worlds.layouts import distance_to_line, lay_out, meet
from taixu.generate.worlds.sites import Site, make_site

_SMALL = {"size_m": 320.0, "texture_px": 32, "sky_px": 64, "faces": 1}


@pytest.fixture(scope="module")
def village() -> Site:
    """A fishing village's ground."""
    return make_site(WorldSpec("fishing village", houses=8, size_m=320.0, texture_px=32), 4, lambda *_: None)


def test_words_of_every_kind() -> None:
    for name in KINDS:
        assert plan_of_words(f"a {name}").values["kind"] == name
    plan = plan_of_words("a busy fishing village on a rocky coast, stormy evening in autumn")
    assert plan.values == {"kind": "fishing village", "time": "evening", "weather": "stormy", "season": "autumn", "people": 24,
        "rocks": 2.5}
    assert plan_of_words("江南水乡，傍晚，小雨").values["kind"] == "water town"
    assert plan_of_words("雪山下的山村，夜晚").values == {"kind": "alpine village", "season": "winter", "time": "night"}
    assert plan_of_words("a suburb with 30 people and 12 houses").values == {"kind": "suburb", "people": 30, "houses": 12}
    assert plan_of_words("an abandoned mine, underground").values["dungeon"] == "mine"


def test_words_that_mean_nothing_are_told() -> None:
    assert plan_of_words("an alpine village with zeppelins at noon").unknown == ("zeppelins",)
    assert plan_of_words("渔村和飞艇").unknown == ("飞艇",)
    with pytest.raises(TaixuError, match="no word says what world"):
        plan_of_words("quantum marmalade")


@pytest.mark.parametrize("name", [name for name in KINDS if name != "dungeon"])
def test_houses_stand_apart_and_off_the_streets(name: str) -> None:
    kind = KINDS[name]
    for seed in (1, 2):
        plan = lay_out(kind, name, kind.count, (0.6, 0.8), seed, lambda corners: True)
        assert len(plan.lots) >= 0.6 * kind.count
        for number, lot in enumerate(plan.lots):
            assert not any(meet(lot.corners, other.corners) for other in plan.lots[:number])
            assert all(float(distance_to_line(lot.corners, street.line).min()) >= street.wide / 2 for street in plan.streets)


def test_houses_stand_on_dry_ground(village: Site) -> None:
    assert len(village.layout.lots) >= 5
    for lot, level in zip(village.layout.lots, village.levels, strict=True):
        t = np.linspace(0, 1, 9)[:, None]
        edge = np.concatenate([a + (b - a) * t for a, b in zip(lot.corners, np.roll(lot.corners, -1, 0), strict=True)])
        ground = village.land.height_at(edge[:, 0].astype(np.float32), edge[:, 1].astype(np.float32))
        assert float(ground.max()) <= level + 0.35, "ground comes in through the floor"
        assert float(ground.min()) >= level - 1.55, "the foot of a wall hangs in the air"
        assert float((ground - village.land.water_at(edge[:, 0], edge[:, 1])).min()) > 0


@pytest.mark.parametrize("name", sorted(STYLES))
def test_a_house_is_closed_and_the_same_every_time(name: str) -> None:
    first, second = build_house(name, 7, lit=True), build_house(name, 7, lit=True)
    assert first.bench.parts.keys() == second.bench.parts.keys() and first.high > 2
    for surface, solids in first.bench.parts.items():
        for solid, other in zip(solids, second.bench.parts[surface], strict=True):
            assert solid.points.tobytes() == other.points.tobytes()
            corners = solid.points[solid.triangles]
            area = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
            assert np.abs(area.sum(0)).max() < 1e-6 * max(float(np.abs(area).sum()), 1.0), "the areas of a closed body cancel"
            assert float(np.einsum("ij,ij->i", corners[:, 0], area).sum()) > 0


@pytest.mark.parametrize("spec", [WorldSpec("moon base"), WorldSpec(people=999), WorldSpec(size_m=float("nan")),
    WorldSpec(land="cheese")])
def test_bad_specs_are_told(spec: WorldSpec) -> None:
    with pytest.raises(TaixuError):
        WorldGenerator().generate(Request("", 1, spec, Path("nowhere")), lambda *_, **__: None)


def test_a_world_opens_and_is_the_same_again(tmp_path: Path) -> None:
    prompt = "a forest hamlet at night with unicorns"
    spec = WorldSpec(**{**plan_of_words(prompt).values, **_SMALL}, houses=3, people=3)
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        made = WorldGenerator().generate(Request(prompt, 4, spec, folder), lambda *_, **__: None)
        need_good_files(made, folder, suffix=".json")
        assert made[0].said["not_understood"] == ["unicorns"]
    for file in sorted(folders[0].iterdir()):
        assert file.read_bytes() == (folders[1] / file.name).read_bytes(), file.name
    entities = json.loads((folders[0] / "place.world.json").read_text())["entities"]
    names = [entity["name"]["text"] for entity in entities.values()]
    assert {"ground", "sky", "sun", "view", "spawn", "player", "person"} <= set(names)
    assert any("light" in entity for entity in entities.values()) and sum("collider" in entity for entity in entities.values()) > 10
    with tx.App.headless(size=(32, 18)) as app:
        app.open(folders[0])
        app.run(ticks=3)
        assert len(app.world.query(tx.Camera)) >= 1 if hasattr(app.world, "query") else True
