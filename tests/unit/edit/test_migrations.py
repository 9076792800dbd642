"""Documents of former versions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from documents import make_app

from taixu.ecs import F32, component, field
from taixu.edit import Migrations, WorldParts, document_of, fill_world, parse_document
from taixu.errors import TaixuError

A, B = "00000000000000aa", "00000000000000bb"


@component("engine", version=3)
class Engine:
    power_w: F32 = field(default=0.0)
    throttle: F32 = field(default=1.0)


OLD: dict[str, Any] = {
    "format": "taixu.world",
    "version": 0,
    "objects": [
        {"id": A, "engine": {"horsepower": 2}},
        {"id": B, "engine": {"$version": 2, "power_kw": 3, "idle": True}},
    ],
}


def world_from_zero(document: dict[str, Any]) -> dict[str, Any]:
    objects = document.pop("objects")
    entities = {item["id"]: {key: value for key, value in item.items() if key != "id"} for item in objects}
    return {**document, "version": 1, "entities": entities}


def make_migrations() -> Migrations:
    migrations = Migrations()
    migrations.migrate_document("world", from_=0, function=world_from_zero)
    migrations.migrate("engine", from_=1, function=lambda old: {"power_kw": old.pop("horsepower") * 0.7355, **old})
    migrations.migrate("engine", from_=2, function=lambda old: {"power_w": old.pop("power_kw") * 1000, **old})
    return migrations


def test_an_old_document_becomes_a_present_one() -> None:
    app, migrations = make_app(), make_migrations()
    app.register_component(Engine)
    parts = WorldParts(parse_document(json.dumps(OLD), migrations=migrations))
    fill_world(app.world, parts, app.components, migrations=migrations)
    powers = [app.world.get(app.world.find(number) or 0, Engine).power_w for number in (0xAA, 0xBB)]
    assert powers == pytest.approx([1471, 3000])
    again = document_of(app.world).document
    assert again.entities[B] == {"engine": {"$version": 3, "power_w": 3000, "idle": True}}


def test_a_step_that_fails_is_named() -> None:
    app, migrations = make_app(), make_migrations()
    app.register_component(Engine)
    document = {"format": "taixu.world", "version": 1, "entities": {A: {"engine": {"power": 1}}}}
    with pytest.raises(TaixuError, match=r"entities\.0*aa\.engine: migrating engine from version 1 failed: KeyError"):
        fill_world(
            app.world, WorldParts(parse_document(json.dumps(document))), app.components, migrations=migrations
        )
    with pytest.raises(TaixuError, match="version 0 of world documents is not known"):
        parse_document(json.dumps(OLD))
    migrations.migrate_document("world", from_=0, function=lambda old: 5)  # type: ignore[arg-type, return-value]
    with pytest.raises(TaixuError, match="gave no object"):
        parse_document(json.dumps(OLD), migrations=migrations)


def test_a_version_without_a_step_keeps_its_fields() -> None:
    app = make_app()
    app.register_component(Engine)
    document = {"format": "taixu.world", "version": 1, "entities": {A: {"engine": {"throttle": 0.5}}}}
    fill_world(app.world, WorldParts(parse_document(json.dumps(document))), app.components)
    assert app.world.get(app.world.find(0xAA) or 0, Engine).throttle == 0.5
