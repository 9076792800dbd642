"""Worlds from words: what is understood, that houses stand on the ground and apart, and that the same comes out again."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import taixu as tx
from taixu.errors import TaixuError
from taixu.generate.checking import need_good_files
from taixu.generate.request import Request
from taixu.generate.worlds import KINDS, WorldSpec, plan_of_words
from taixu.generate.worlds.generator import WorldGenerator
from taixu.generate.worlds.houses import house_plan, house_size
from taixu.generate.worlds.layouts import distance_to_line, lay_out, meet
from taixu.generate.worlds.sites import Site, make_site
from taixu.generate.worlds.spec import FALLING, MISSING, MISTS, WEATHERS

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
    assert plan_of_words("cabins in birch woods").values == {"kind": "forest hamlet", "trees": "birch"}
    assert plan_of_words("an alpine village in a forest of larch and fir").unknown == ("larch",)
    assert plan_of_words("松林里的小屋").values["trees"] == "pine" and not plan_of_words("松林里的小屋").unknown
    assert plan_of_words("an abandoned mine, underground").values["dungeon"] == "mine"


def test_words_that_mean_nothing_are_told() -> None:
    assert plan_of_words("an alpine village with zeppelins at noon").unknown == ("zeppelins",)
    assert plan_of_words("渔村和飞艇").unknown == ("飞艇",)
    with pytest.raises(TaixuError, match="no word says what world"):
        plan_of_words("quantum marmalade")


def test_weather_and_towns_are_understood_and_what_is_not_made_of_them_is_known() -> None:
    assert plan_of_words("a fishing village in the rain").values["weather"] == "rainy"
    assert plan_of_words("a foggy harbour").values["weather"] == "misty"
    assert plan_of_words("森林小屋，下雪").values == {"kind": "forest hamlet", "weather": "snowy", "season": "winter", "houses": 5}
    assert plan_of_words("a downtown street of skyscrapers").values["character"] == "modern"
    assert {*MISSING, *MISTS, *FALLING} < set(WEATHERS)


@pytest.mark.parametrize("name", [name for name in KINDS if name not in ("dungeon", "city district")])
def test_houses_stand_apart_and_off_the_streets(name: str) -> None:
    kind = KINDS[name]
    for seed in (1, 2):
        plan = lay_out(kind, name, kind.count, (0.6, 0.8), seed, lambda corners: True)
        assert len(plan.lots) >= 0.6 * kind.count
        for number, lot in enumerate(plan.lots):
            assert not any(meet(lot.corners, other.corners) for other in plan.lots[:number])
            assert all(float(distance_to_line(lot.corners, street.line).min()) >= street.wide / 2 for street in plan.streets)


def test_houses_stand_on_dry_level_ground_apart_and_on_no_road(village: Site) -> None:
    import shapely

    assert len(village.houses) >= 5
    shapes = [shapely.Polygon(house.ground_plan * (1.0, -1.0)) for house in village.houses]
    for number, (house, shape) in enumerate(zip(village.houses, shapes, strict=True)):
        ring = np.asarray(shape.exterior.segmentize(1.0).coords) * (1.0, -1.0)
        ground = village.land.height_at(ring[:, 0].astype(np.float32), ring[:, 1].astype(np.float32))
        assert float(ground.max()) <= house.floor_m, "ground comes in through the floor"
        assert float(ground.min()) >= house.floor_m - house.base_m, "the foot of a wall hangs in the air"
        assert float((ground - village.land.water_at(ring[:, 0], ring[:, 1])).min()) > 0
        assert shape.intersection(village.layer.corridor).area < 0.01
        assert all(shape.intersection(other).area < 0.01 for other in shapes[:number])


def test_a_district_has_a_square_and_houses_around_it() -> None:
    import shapely

    site = make_site(WorldSpec("city district", houses=6, size_m=320.0, texture_px=32), 2, lambda *_: None)
    x, z, radius = site.layout.square
    square = shapely.Point(x, -z).buffer(radius)
    shapes = [shapely.Polygon(house.ground_plan * (1.0, -1.0)) for house in site.houses] + [house.footprint for house in site.far]
    assert len(site.houses) >= 4 and len(site.far) >= 4 and radius > 8
    assert all(shape.intersection(square).area == 0 for shape in shapes)
    assert max(float(shape.intersection(site.layer.corridor).area) for shape in shapes) < 0.1


@pytest.mark.parametrize("style", sorted({style for kind in KINDS.values() for style in (*kind.houses, *kind.landmarks)}))
def test_plans_of_houses_lie_in_their_box(style: str) -> None:
    for seed in (1, 2, 3):
        wide, deep = house_size(style, seed)
        low_x, low_y, high_x, high_y = house_plan(style, seed, wide, deep).bounds
        assert (high_x - low_x, high_y - low_y) == pytest.approx((wide, deep))


@pytest.mark.parametrize("spec", [WorldSpec("moon base"), WorldSpec(people=999), WorldSpec(size_m=float("nan")),
    WorldSpec(land="cheese")])
def test_bad_specs_are_told(spec: WorldSpec) -> None:
    with pytest.raises(TaixuError):
        WorldGenerator().generate(Request("", 1, spec, Path("nowhere")), lambda *_, **__: None)


PROMPT = "a forest hamlet at night with unicorns"


@pytest.fixture(scope="module")
def hamlet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Site]:
    """A small world, and the ground that it stands on."""
    folder = tmp_path_factory.mktemp("hamlet")
    spec = hamlet_spec()
    made = WorldGenerator().generate(Request(PROMPT, 4, spec, folder), lambda *_, **__: None)
    need_good_files(made, folder, suffix=".json")
    assert made[0].said["not_understood"] == ["unicorns"]
    return folder, make_site(spec, 4, lambda *_: None)


def hamlet_spec() -> WorldSpec:
    return WorldSpec(**{**plan_of_words(PROMPT).values, **_SMALL}, houses=3, people=3)


_AGAIN = """
import hashlib, sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_worlds import PROMPT, hamlet_spec
from taixu.generate.request import Request
from taixu.generate.worlds.generator import WorldGenerator
with tempfile.TemporaryDirectory() as place:
    WorldGenerator().generate(Request(PROMPT, 4, hamlet_spec(), Path(place)), lambda *_, **__: None)
    for file in sorted(Path(place).iterdir()):
        print(file.name, hashlib.sha256(file.read_bytes()).hexdigest())
"""


def test_another_process_makes_the_same_bytes(hamlet: tuple[Path, Site]) -> None:
    again = subprocess.run([sys.executable, "-c", _AGAIN, str(Path(__file__).parent)], capture_output=True, text=True, check=True)
    here = [f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in sorted(hamlet[0].iterdir())]
    assert again.stdout.splitlines() == here and len(here) > 30


def test_nothing_grows_on_streets_or_through_houses(hamlet: tuple[Path, Site]) -> None:
    import shapely

    from taixu.scene.scatter import read_places

    folder, site = hamlet
    kept = shapely.union_all([site.layer.corridor, *(shapely.Polygon(house.ground_plan * (1.0, -1.0)) for house in site.houses)])
    shapely.prepare(kept)
    columns = sorted(folder.glob("plant_*_places.npy"))
    assert len(columns) > 2
    for column in columns:
        places = read_places(column)
        assert not shapely.contains_xy(kept, places[:, 0], -places[:, 2]).any(), column.name


def test_doors_are_reached_from_the_beginning_and_a_shut_one_is_a_wall(hamlet: tuple[Path, Site]) -> None:
    from taixu.navigation import Navigator

    entities = json.loads((hamlet[0] / "place.world.json").read_text())["entities"].values()
    spawn = next(each for each in entities if each["name"]["text"] == "spawn")["transform"]["position"]
    doors = [each for each in entities if each.get("script", {}).get("path") == "door.py"]
    with tx.App.headless(size=(32, 18)) as app:
        app.open(hamlet[0], trust=False)
        world = app.world
        app.run(ticks=2)
        mesh = app.resource(Navigator).wait(world)
        found = {}
        for each in doors:
            at, (_, y, _, w) = np.array(each["transform"]["position"]), each["transform"]["rotation"]
            fields, wide = each["script"]["fields"], each["collider"]["size"][0]
            shut = 2 * np.arctan2(y, w) - fields["swing_rad"] * fields["is_open"]
            along, out = (np.array([np.cos(a), 0, -np.sin(a)]) for a in (shut, shut - np.pi / 2))
            before, within = (at + along * wide / 2 + out * far for far in (1.6, -1.0))
            before[1] -= 0.3
            assert mesh.path(spawn, before).complete, f"nobody gets to the door at {at.round(1)}"
            found[each["name"]["text"]] = (within, shut, fields)
        name, (within, shut, fields) = next(iter(found.items()))
        for angle, is_way in ((shut, False), (shut + fields["swing_rad"], True)):
            app.scene.find(name).rotation = (0.0, float(np.sin(angle / 2)), 0.0, float(np.cos(angle / 2)))
            app.run(ticks=40)
            assert app.resource(Navigator).wait(world).path(spawn, within).complete == is_way, (name, is_way)


def test_few_faces_have_many_looks(hamlet: tuple[Path, Site]) -> None:
    entities = json.loads((hamlet[0] / "place.world.json").read_text())["entities"].values()
    seen = [tuple(each["model"].get(name, "") for name in ("source", "variant")) for each in entities
            if each.get("model", {}).get("source", "").startswith("person_")]  # fmt: skip
    assert len(seen) == len(set(seen)) == 4
    assert len({source for source, _ in seen}) == 1


def test_a_world_opens(hamlet: tuple[Path, Site]) -> None:
    entities = json.loads((hamlet[0] / "place.world.json").read_text())["entities"]
    names = [entity["name"]["text"] for entity in entities.values()]
    assert {"ground", "sky", "sun", "view", "spawn", "player", "person", "door", "streets"} <= set(names)
    assert any("light" in entity for entity in entities.values()) and sum("collider" in entity for entity in entities.values()) > 10
