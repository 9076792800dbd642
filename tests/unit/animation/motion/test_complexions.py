"""Expressions that change colours and textures: each person's own, as much as the expression is shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from stick_figure import stick_figure

import taixu as tx
from taixu.animation.motion import Face
from taixu.animation.motion.complexions import complexion_of
from taixu.assets.humanoid import ColorBind, Expression, TextureBind
from taixu.assets.model import ModelData
from taixu.assets.texture import TextureRef
from taixu.assets.toon import Toon
from taixu.scene import MeshInstance, Transform
from taixu.scene.instantiate import Spawned, spawn_model
from taixu.scene.library import MaterialLibrary, MeshLibrary

RED = (1.0, 0.0, 0.0, 1.0)


def blushing() -> ModelData:
    """A figure whose skin is red when it is happy, and whose texture slides as it looks up."""
    model = stick_figure(hair=False)
    model.materials[0].toon = Toon(shade_color=(0.5, 0.5, 0.5), matcap_texture=TextureRef(0), shade_texture=TextureRef(0))
    model.materials[0].base_color_texture = TextureRef(0, offset=(0.25, 0.0))
    assert model.avatar is not None
    happy, up = model.avatar.expressions["happy"], model.avatar.expressions["lookUp"]
    happy.colors = [ColorBind(0, "color", RED), ColorBind(0, "shadeColor", (0.1, 0.0, 0.0, 1.0)), ColorBind(1, "rimColor", RED)]
    up.textures = [TextureBind(0, (2.0, 1.0), (0.75, 0.5))]
    return model


@pytest.fixture
def stage() -> Iterator[tuple[Any, list[Spawned]]]:
    """Three of one model."""
    with tx.App.headless() as app:
        model = blushing()
        owners = [app.world.spawn(Transform(), Face(blink=False, fade_secs=0.01)) for _ in range(3)]
        yield app, [spawn_model(app.world, owner, model, key="figure") for owner in owners]


def material_of(app: Any, spawned: Spawned, bone: str = "head", primitive: int = 0) -> Any:
    assert spawned.model.avatar is not None
    mesh = app.world.get(int(spawned.entities[spawned.model.avatar.humanoid[bone]]), MeshInstance).mesh
    return app.world.resource(MaterialLibrary)[app.world.resource(MeshLibrary)[mesh].materials[primitive]].material


def show(app: Any, spawned: Spawned, expression: str, weight: float = 1.0) -> None:
    app.world.set(spawned.owner, Face, expression=expression, weight=weight)
    for _ in range(4):
        app.frame(1 / 30)


def test_one_blushes_and_his_twins_do_not(stage: tuple[Any, list[Spawned]]) -> None:
    app, (first, second, third) = stage
    app.frame(1 / 30)
    counts = [len(app.world.resource(cls)) for cls in (MeshLibrary, MaterialLibrary)]
    plain = material_of(app, first)
    show(app, second, "happy", 0.5)
    wanted = np.array(plain.base_color) * 0.5 + np.array(RED) * 0.5
    assert material_of(app, second).base_color == pytest.approx(wanted, abs=1e-5)
    assert material_of(app, second).toon.shade_color == pytest.approx((0.3, 0.25, 0.25), abs=1e-5)
    assert material_of(app, second, "leftUpperArm").base_color == material_of(app, second).base_color, "skin is one material"
    assert material_of(app, first) is plain and material_of(app, third) is plain
    assert material_of(app, second, "hips") is material_of(app, first, "hips"), "what no expression changes is shared"
    made = [len(app.world.resource(cls)) for cls in (MeshLibrary, MaterialLibrary)]
    assert made[0] > counts[0] and made[1] == counts[1] + 1
    show(app, second, "happy", 1.0)
    assert material_of(app, second).base_color == pytest.approx(RED, abs=1e-5)
    show(app, second, "")
    assert material_of(app, second).base_color == pytest.approx(plain.base_color, abs=1e-6), "it goes away again"
    assert [len(app.world.resource(cls)) for cls in (MeshLibrary, MaterialLibrary)] == made, "he keeps what he has"


def test_textures_slide_but_for_what_is_looked_up(stage: tuple[Any, list[Spawned]]) -> None:
    app, (first, *_) = stage
    show(app, first, "lookUp", 0.5)
    found = material_of(app, first)
    assert tuple(found.base_color_texture.offset) == pytest.approx((0.5, 0.25))
    assert tuple(found.base_color_texture.scale) == pytest.approx((1.5, 1.0))
    assert tuple(found.toon.shade_texture.offset) == pytest.approx((0.375, 0.25))
    assert tuple(found.toon.matcap_texture.offset) == (0.0, 0.0)


def test_who_goes_leaves_his_materials_to_whoever_comes(stage: tuple[Any, list[Spawned]]) -> None:
    app, people = stage
    show(app, people[0], "happy")
    made = [len(app.world.resource(cls)) for cls in (MeshLibrary, MaterialLibrary)]
    for turn in range(3):
        app.world.despawn(app.world.living(people[turn].entities))
        app.world.despawn(people[turn].owner)
        owner = app.world.spawn(Transform(), Face(blink=False, fade_secs=0.01))
        people.append(spawn_model(app.world, owner, people[0].model, key="figure"))
        app.frame(1 / 30)
        show(app, people[-1], "happy")
        assert material_of(app, people[-1]).base_color == pytest.approx(RED, abs=1e-5)
        if turn == 0:
            assert [len(app.world.resource(cls)) for cls in (MeshLibrary, MaterialLibrary)] == made


def test_what_cannot_be_is_left_out() -> None:
    model = blushing()
    assert model.avatar is not None
    model.avatar.expressions["happy"].colors = [ColorBind(99, "color", RED), ColorBind(1, "shadeColor", RED)]
    model.avatar.expressions["lookUp"].textures = [TextureBind(99), TextureBind(1)]
    assert complexion_of(model, model.avatar) is None, "no such material, no such layer, no texture"
    model.avatar.expressions["sad"] = Expression(colors=[ColorBind(0, "emissionColor", (-5.0, 1e4, 0.0, 1.0))])
    found = complexion_of(model, model.avatar)
    assert found is not None
    weights = np.zeros((len(model.avatar.expressions), 1), np.float32)
    weights[-1] = 1.0
    assert found.values(weights)[:, 0].tolist() == [0.0, 1e4, 0.0]
