"""Dungeons hang together, their tiles fit, and walls are closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from taixu.errors import TaixuError
from taixu.generate.checking import need_good_files
from taixu.generate.places.dungeons import STYLES, DungeonSpec, lay_out_dungeon, parameters_of_words
from taixu.generate.places.dungeons import layout as layouts
from taixu.generate.places.dungeons.building import level_solids
from taixu.generate.places.dungeons.generator import DungeonGenerator
from taixu.generate.places.dungeons.tiles import DOOR, OPPOSITE, STEPS, WALL, WAY
from taixu.generate.request import Request


@pytest.mark.parametrize("style", sorted(STYLES))
@pytest.mark.parametrize(("cells", "levels"), [(6, 1), (9, 2), (12, 3)])
def test_all_of_it_can_be_reached_from_the_way_in(style: str, cells: int, levels: int) -> None:
    for seed in range(2):
        plan = lay_out_dungeon(DungeonSpec(style, cells, cells, levels), seed)
        away = plan.steps_from(plan.entry)
        assert set(away) == set(plan.cells) and away[plan.exit] >= cells // 2
        assert {cell[1] for cell in plan.cells} == set(range(levels)) and plan.rooms


def test_sides_fit_those_of_neighbours() -> None:
    plan = lay_out_dungeon(DungeonSpec("crypt", 10, 10, 2), 3)
    for cell, tile in plan.cells.items():
        for side, (dx, dy, dz) in enumerate(STEPS):
            other = plan.cells.get((cell[0] + dx, cell[1] + dy, cell[2] + dz))
            mine = tile.sides[side]
            if other is None:
                assert mine == WALL
            else:
                theirs = other.sides[OPPOSITE[side]]
                assert mine == theirs != DOOR or {mine, theirs} == {DOOR, WAY}


def test_a_seed_gives_the_same_plan() -> None:
    spec = DungeonSpec("mine", 8, 8, 2)
    first, second = lay_out_dungeon(spec, 5), lay_out_dungeon(spec, 5)
    assert first.cells == second.cells and first.entry == second.entry and first.exit == second.exit
    assert first.cells != lay_out_dungeon(spec, 6).cells


def test_what_never_fits_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layouts, "collapse", lambda *_: None)
    with pytest.raises(TaixuError, match="60 tries .60 ran into"):
        lay_out_dungeon(DungeonSpec("crypt", 6, 6, 1), 1)


@pytest.mark.parametrize("spec", [DungeonSpec("cheese"), DungeonSpec(width=2), DungeonSpec(levels=9),
    DungeonSpec(openness=float("nan"))])
def test_bad_specs_are_told(spec: DungeonSpec) -> None:
    with pytest.raises(TaixuError):
        lay_out_dungeon(spec, 1)


def test_words() -> None:
    assert parameters_of_words("a flooded crypt") == {"style": "crypt", "flooded": 0.35}
    assert parameters_of_words("巨大的科幻基地")["style"] == "base"
    with pytest.raises(TaixuError, match="no word says what dungeon"):
        parameters_of_words("a sunny meadow")


def test_floors_lie_under_every_cell_that_is_no_stairwell() -> None:
    plan = lay_out_dungeon(DungeonSpec("crypt", 7, 7, 2), 3)
    for level in range(2):
        parts = level_solids(plan, level)
        cells = [tile for cell, tile in plan.cells.items() if cell[1] == level]
        floors = [solid for solid in parts[STYLES["crypt"].floor] if float(solid.points[:, 1].max()) == pytest.approx(level * 3.6)]
        assert len(floors) >= sum(tile.kind != "well" for tile in cells)


def test_the_generator_writes_a_world(tmp_path: Path) -> None:
    spec = DungeonSpec("crypt", 5, 5, 1, flooded=0.3, texture_px=32)
    made = DungeonGenerator().generate(Request("crypt", 2, spec, tmp_path), lambda *_, **__: None)
    need_good_files(made, tmp_path, suffix=".json")
    text = made[0].path.read_text()
    assert all(f'"{name}"' in text for name in ("spawn", "view", "door", "water", "light")) and '"shape": "mesh"' in text
