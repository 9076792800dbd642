"""What tests of documents share: an app with documents, and a component with a field of every kind."""

from __future__ import annotations

import json
from typing import Any

from taixu.app import App
from taixu.ecs import (
    F32,
    F64,
    I32,
    I64,
    U8,
    U32,
    U64,
    AssetPath,
    Bool,
    Color3,
    Data,
    EntityRef,
    I32x3,
    Quat,
    Text,
    Vec2,
    Vec3,
    Vec4,
    World,
    component,
    field,
)
from taixu.edit import DocumentPlugin, WorldParts, document_of, fill_world, format_document, parse_document
from taixu.scene import ScenePlugin


@component("everything", version=3)
class Everything:
    """A field of every kind."""

    f32: F32 = field(default=0.5, minimum=-1e30, maximum=1e30)
    f64: F64 = field(default=0.0)
    u8: U8 = field(default=0)
    i32: I32 = field(default=-1)
    i64: I64 = field(default=0)
    u32: U32 = field(default=0xFFFFFFFF)
    u64: U64 = field(default=0)
    flag: Bool = field(default=True)
    vec2: Vec2 = field(default=(0.0, 0.0))
    vec3: Vec3 = field(default=(0.0, 0.0, 0.0))
    vec4: Vec4 = field(default=(0.0, 0.0, 0.0, 1.0))
    quat: Quat = field(default=(0.0, 0.0, 0.0, 1.0))
    color: Color3 = field(default=(1.0, 1.0, 1.0))
    cells: I32x3 = field(default=(0, 0, 0))
    target: EntityRef = field(default=0)
    text: Text = field(default="")
    asset: AssetPath = field(default="")
    data: Data = field(default={})


def make_app(files: dict[str, bytes] | None = None) -> App:
    """An app with scene and documents; `files` holds its prefabs."""
    app = App().add_plugin(ScenePlugin()).add_plugin(DocumentPlugin((files or {}).__getitem__))
    app.register_component(Everything)
    return app


def save(world: World, **options: Any) -> str:
    """A world as text."""
    return format_document(document_of(world, **options).document)


def load(text: str, app: App | None = None, **options: Any) -> App:
    """A world from text."""
    app = app or make_app()
    fill_world(app.world, WorldParts(parse_document(text)), app.components, **options)
    return app


def document(entities: dict[str, Any], **more: Any) -> str:
    """The text of a world document."""
    return json.dumps({"format": "taixu.world", "version": 1, "entities": entities, **more})


def prefab(root: str, entities: dict[str, Any]) -> bytes:
    """The bytes of a prefab document."""
    return json.dumps({"format": "taixu.prefab", "version": 1, "root": root, "entities": entities}).encode()
