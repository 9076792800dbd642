"""The generator's land without an end: words ask for it, and the world that it writes is a stack."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from taixu.generate.modifiers.ground_components import EndlessTerrain
from taixu.generate.modifiers.ground_kinds import GROUND_KINDS
from taixu.generate.modifiers.land import endless_heights
from taixu.generate.places.endless_world import look_of, stack_seed
from taixu.generate.places.spec import TerrainSpec
from taixu.generate.places.terrain_generator import TerrainGenerator
from taixu.generate.places.words import parameters_of_words
from taixu.generate.request import Request


def test_words_ask_for_endless_land_and_get_a_stack_with_a_free_first_look(tmp_path: Path) -> None:
    assert parameters_of_words("endless hills")["endless"] is True
    assert parameters_of_words("无尽的草原") == {"style": "plains", "endless": True}
    spec = TerrainSpec(style="hills", endless=True, texture_px=64, plants=0.0)
    worlds = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made = TerrainGenerator().generate(Request("endless hills", 11, spec, tmp_path / name), lambda *_, **__: None)
        worlds.append(made[0].path.read_bytes())
    assert worlds[0] == worlds[1]
    entities = {one["name"]["text"]: one for one in json.loads(worlds[0])["entities"].values()}
    assert entities["ground"]["modifiers"]["endless"] is True
    names = {kind.name for kind in GROUND_KINDS}
    assert all(names & set(entities[step]) for step in ("land", "clearing", "plants"))
    # The eye stands above the ground that the stack will make.
    look = EndlessTerrain(**{name: getattr(look_of(spec), name) for name in look_of(spec).__dataclass_fields__})
    x, y, z = entities["view"]["transform"]["position"]
    ground = endless_heights(look, np.eye(4), stack_seed(11), np.array([x]), np.array([z]))
    assert 1.5 < y - float(ground[0]) < 3.0
