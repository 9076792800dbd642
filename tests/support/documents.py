"""What tests of documents share: an app with documents, and a component with a field of every kind."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import strategies as st

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
    component_type,
    field,
)
from taixu.edit import DocumentPlugin, WorldParts, document_of, fill_world, format_document, parse_document
from taixu.scene import SHARED_COMPONENTS, FromModel, Parent, ScenePlugin


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


f32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def values_of(fld: Any) -> st.SearchStrategy[Any]:
    kind = fld.kind
    if kind.name == "data":
        return json_values
    if kind.is_object:
        return st.text(max_size=8)
    if kind.dtype == "?":
        return st.booleans()
    if kind.dtype[0] in "iu":
        limits = np.iinfo(kind.dtype)
        number: st.SearchStrategy[Any] = st.integers(int(limits.min), int(limits.max))
    else:
        number = f32 if kind.dtype == "f4" else st.floats(allow_nan=False, allow_infinity=False)
    return number if kind.width == 1 else st.tuples(*[number] * kind.width)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Worlds with any authored components, any values, references, parents near and far, and the dead."""
    world = make_app().world
    kinds = [cls for cls in (*SHARED_COMPONENTS, Everything) if cls not in (Parent, FromModel)]
    ids = draw(st.lists(st.integers(1, 2**64 - 1), unique=True, max_size=6))
    entities = []
    for number in ids:
        parts = []
        for cls in sorted(draw(st.sets(st.sampled_from(kinds), max_size=4)), key=lambda cls: cls.__name__):
            fields = component_type(cls).fields
            chosen = draw(st.sets(st.sampled_from([fld.name for fld in fields]))) if fields else ()
            given_values = {
                fld.name: draw(values_of(fld)) for fld in fields if fld.name in chosen and fld.kind.name != "entity"
            }
            parts.append(cls(**given_values))
        entities.append(world.spawn(*parts, stable_id=number))
    for entity in entities:
        other = draw(st.sampled_from([0, *entities]))
        if draw(st.booleans()):
            world.insert(entity, Parent(other))
        if world.has(entity, Everything):
            world.set(entity, Everything, target=other)
    if entities and draw(st.booleans()):
        world.despawn(entities[0])
    return world
