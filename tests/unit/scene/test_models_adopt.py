"""A world that was restored from another goes on with the models that were placed there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.defaults import App
from taixu.scene import FromModel, MaterialLibrary, MeshLibrary, Model
from taixu.scene.models import ModelState, place_models

FACTORY = Path(__file__).parents[3] / "samples" / "factory"


@pytest.mark.parametrize("adopts", [True, False])
def test_what_models_made_is_kept_by_its_handles(adopts: bool) -> None:
    with App.headless() as one, App.headless() as other:
        one.open(FACTORY)
        one.settle()
        made = np.sort(one.world.query(FromModel).entities)
        assert len(made)
        for cls in (MeshLibrary, MaterialLibrary):
            other.insert_resource(one.resource(cls))
        other.insert_resource(one.resource(ModelState).fork(other.world))
        other.world.restore(one.world.snapshot())
        if adopts:
            other.resource(ModelState).adopt(one.resource(ModelState), other.world)
        place_models(other.world)
        kept = np.array_equal(np.sort(other.world.query(FromModel).entities), made)
        assert kept is adopts, "without it all is made anew"
        other.world.advance()
        first = int(other.world.query(Model).entities[0])
        other.world.despawn([first])
        place_models(other.world)
        assert not other.world.resource(ModelState)._placed.get(first)
        assert len(other.world.query(FromModel)) < len(made), "what it had made is gone with it"
