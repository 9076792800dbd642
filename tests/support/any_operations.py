"""Parameters for any edit of the registry, drawn from what a world holds now: for tests of whatever people may do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from taixu.ecs import Field, component_type
from taixu.edit import PrefabInstance, Session, WorldSettings, id_text
from taixu.edit.clipboard import copy_component, copy_entities
from taixu.edit.encode import encode_component
from taixu.edit.values import allowed_range
from taixu.generate.modifiers import Modifier, Modifiers
from taixu.scene import Parent, Transform
from taixu_editor.additions import ADDITIONS
from taixu_editor.keyframes import animatable, tracks_of

__all__ = ["PARAMETERS", "Draw"]

_NOBODY, _STRANGER = "0" * 16, "00000000deadbeef"
_NUMBERS = (0.0, 1.0, -1.0, 0.25, 7.125, -300.5, 1e-3)
_TEXTS = ("", "Crate", "箱子", "Box 2", "assets/cart.prefab.json", "scripts/door.py")
_DATA: tuple[Any, ...] = ({}, {"a": 1}, [1, 2.5, "three"], {"deep": {"er": [None, True]}})


@dataclass
class Draw:
    """Chooses by hypothesis, so that what fails becomes as small as it can."""

    session: Session
    data: Any

    def one_of(self, choices: Sequence[Any]) -> Any:
        """One of several; there is at least one."""
        return self.data.draw(st.sampled_from(list(choices)))

    def some_of(self, choices: Sequence[Any], *, most: int = 3) -> list[Any]:
        """A few of several, each once; at least one."""
        return self.data.draw(st.lists(st.sampled_from(list(choices)), min_size=1, max_size=most, unique=True))

    def number(self) -> float:
        """A number that says something."""
        return self.one_of(_NUMBERS)

    def vector(self, width: int = 3) -> list[float]:
        """Numbers."""
        return [self.number() for _ in range(width)]

    def entities(self, *types: type, made: bool = True) -> list[str]:
        """Ids of those that have some components, in their order; also what prefabs made, unless `made` is off."""
        world = self.session.world
        found = [world.stable_ids(table.entities) for table in world.query(*types).tables() if made or not table.made]
        return sorted(id_text(number) for each in found for number in each.tolist())

    def chosen(self, *types: type) -> list[str]:
        """A few entities; now and then none, which stands for those that are selected."""
        known = self.entities(*types)
        return self.some_of(known) if known and self.one_of((True, True, True, False)) else []

    def component_of(self, entity: str) -> str | None:
        """A component that an entity has and documents hold."""
        world = self.session.world
        names = sorted(
            component_type(cls).name for cls in world.types_of(self.session.entity(entity)) if component_type(cls).authored
        )
        return self.one_of(names) if names else None

    def fields(self, component: str, *, most: int = 2) -> dict[str, Any]:
        """Values of a few fields of a component."""
        declared = component_type(self.session.component(component))
        if not declared.fields:
            return {}
        return {name: self.value(declared.by_name[name]) for name in self.some_of(list(declared.by_name), most=most)}

    def value(self, fld: Field) -> Any:
        """A value that a field may have."""
        kind = fld.kind
        if fld.choices:
            return self.one_of(fld.choices)
        if kind.name == "data":
            return self.one_of(_DATA)
        if kind.is_object:
            return self.one_of(_TEXTS)
        if kind.name == "entity":
            return self.one_of([_NOBODY, _STRANGER, *self.entities()])
        if kind.dtype == "?":
            return self.one_of((True, False))
        if kind.name == "quat" or (kind.width == 4 and fld.name == "rotation"):
            return self.one_of(([0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0], [0.5, 0.5, 0.5, 0.5]))
        low, high = allowed_range(fld)
        values = [v for v in _NUMBERS if (low is None or v >= low) and (high is None or v <= high)] or [low or 0.0]
        if kind.dtype[0] in "iu":
            values = sorted({int(v) for v in values if v >= 0 or kind.dtype[0] == "i"})
        return self.one_of(values) if kind.width == 1 else [self.one_of(values) for _ in range(kind.width)]


def _spawn(draw: Draw) -> dict[str, Any]:
    names = ("shape", "material", "light", "camera", "collider", "rigid_body", "tags", "script", "prefab_instance", "modifiers")
    components = {name: draw.fields(name) for name in draw.some_of(names)}
    if "prefab_instance" in components:
        components["prefab_instance"] = {"source": draw.one_of(("assets/cart.prefab.json", "assets/gone.prefab.json"))}
    components["transform"] = {"position": draw.vector()}
    if draw.one_of((True, False)):
        components["parent"] = {"entity": draw.one_of([_STRANGER, *draw.entities()])}
        components["transform"] = {"translation": draw.vector()}
    return {"name": draw.one_of(_TEXTS), "components": components}


def _add_step(draw: Draw) -> dict[str, Any]:
    stacks = draw.entities(Modifiers)
    return {"stack": draw.one_of(stacks or draw.entities()), "kind": draw.one_of(("height_brush", "wood", "nothing"))}


def _move_step(draw: Draw) -> dict[str, Any] | None:
    steps = draw.entities(Modifier, Parent)
    return {"step": draw.one_of(steps), "by": draw.one_of((-1, 1, 5))} if steps else None


def _describe_step(draw: Draw) -> dict[str, Any] | None:
    steps = draw.entities(Modifier, Parent)
    return {"step": draw.one_of(steps), "words": draw.one_of((*_TEXTS, "a small fishing village"))} if steps else None


def _hold_sown(draw: Draw) -> dict[str, Any]:
    stacks = draw.entities(Modifiers)
    what = draw.one_of(({"removed": True}, {"to": (1.0, 0.0, 2.0)}, {"scale": 2.0}, {}))
    return {"stack": draw.one_of(stacks or draw.entities()), "at": (0.0, 0.0, 0.0), "within_m": 64.0, **what}


def _release_things(draw: Draw) -> dict[str, Any]:
    stacks = draw.entities(Modifiers)
    return {"stack": draw.one_of(stacks or draw.entities()), "things": draw.one_of(((), ("000000000000000b.0.0.1",)))}


def _field_values(draw: Draw) -> dict[str, Any] | None:
    entity = draw.one_of(draw.entities())
    component = draw.component_of(entity)
    if component is None:
        return None
    cls = draw.session.component(component)
    return {"component": component, "fields": draw.fields(component), "entities": [entity, *draw.chosen(cls)]}


def _add(draw: Draw) -> dict[str, Any]:
    known = sorted(
        each.name for each in draw.session.components if each.authored and each.name not in ("prefab_instance", "parent")
    )
    component = draw.one_of(known)
    return {"component": component, "fields": draw.fields(component), "entities": draw.chosen()}


def _remove(draw: Draw) -> dict[str, Any] | None:
    entity = draw.one_of(draw.entities())
    component = draw.component_of(entity)
    return None if component is None else {"component": component, "entities": [entity]}


def _set_each(draw: Draw) -> dict[str, Any] | None:
    found = _field_values(draw)
    if found is None:
        return None
    return {
        "component": found["component"],
        "values": {each: draw.fields(found["component"], most=1) for each in found["entities"]},
    }


def _reset(draw: Draw) -> dict[str, Any] | None:
    found = _field_values(draw)
    return None if found is None else {**found, "fields": list(found["fields"])}


def _transforms(draw: Draw) -> dict[str, Any] | None:
    known = draw.entities(Transform)
    if not known:
        return None
    makes: dict[str, Callable[[], Any]] = {
        "position": draw.vector, "translation": draw.vector, "scale": draw.vector,
        "rotation": lambda: draw.one_of(([0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0])),
    }  # fmt: skip
    kinds = draw.some_of(("position", "scale", "rotation"), most=2)
    return {"transforms": {each: {kind: makes[kind]() for kind in kinds} for each in draw.some_of(known)}}


def _places(draw: Draw) -> dict[str, Any] | None:
    chosen = draw.some_of(draw.entities(Transform)) if draw.entities(Transform) else []
    kinds = draw.some_of(("position", "scale"))
    return {"entities": chosen, **{kind: [v for _ in chosen for v in draw.vector()] for kind in kinds}} if chosen else None


def _parent(draw: Draw) -> dict[str, Any]:
    return {
        "parent": draw.one_of(["", *draw.entities()]), "entities": draw.chosen(), "keep_place": draw.one_of((True, False)),
    }  # fmt: skip


def _paste(draw: Draw) -> dict[str, Any]:
    text = copy_entities(draw.session, draw.some_of(draw.entities()))
    return {"text": text, "parent": draw.one_of(["", *draw.entities()])}


def _paste_component(draw: Draw) -> dict[str, Any] | None:
    entity = draw.one_of(draw.entities())
    component = draw.component_of(entity)
    if component is None or component in ("prefab_instance", "parent"):
        return None
    cls = draw.session.component(component)
    fields = encode_component(draw.session.world, draw.session.entity(entity), cls)
    return {"text": copy_component(component, fields), "entities": draw.chosen()}


def _instance(draw: Draw) -> str | None:
    known = draw.entities(PrefabInstance, made=False)
    return draw.one_of(known) if known else None


def _of_instance(draw: Draw) -> dict[str, Any] | None:
    instance = _instance(draw)
    return None if instance is None else {"instance": instance}


def _revert(draw: Draw) -> dict[str, Any] | None:
    instance = _instance(draw)
    if instance is None:
        return None
    entries = draw.session.world.get(draw.session.entity(instance), PrefabInstance).overrides
    parts = [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
    if not parts or draw.one_of((True, False)):
        return {"instance": instance}
    part = draw.one_of(parts)
    return {"instance": instance, **{key: part[key] for key in ("child", "component", "field") if isinstance(part.get(key), str)}}


def _track(draw: Draw) -> tuple[str, str] | None:
    entity = draw.one_of(draw.entities())
    known = animatable(draw.session, entity)
    return (entity, draw.one_of(known)) if known else None


def _key(draw: Draw) -> dict[str, Any] | None:
    found = _track(draw)
    return None if found is None else {"entity": found[0], "track": found[1], "time_secs": abs(draw.number())}


def _animated(draw: Draw) -> dict[str, Any] | None:
    """An entity with tracks, one of them, and a key of it."""
    with_tracks = [text for text in draw.entities() if tracks_of(draw.session, text)]
    if not with_tracks:
        return None
    entity = draw.one_of(with_tracks)
    tracks = tracks_of(draw.session, entity)
    name = draw.one_of(sorted(tracks))
    return {"entity": entity, "track": name, "key": draw.one_of(range(len(tracks[name]["times"])))}


def _with(**more: Callable[[Draw], Any]) -> Callable[[Draw], dict[str, Any] | None]:
    """The parameters of a key, with others."""

    def make(draw: Draw) -> dict[str, Any] | None:
        found = _animated(draw)
        return None if found is None else {**found, **{name: value(draw) for name, value in more.items()}}

    return make


def _keys(draw: Draw) -> dict[str, Any] | None:
    found = _animated(draw)
    return None if found is None else {"entity": found["entity"], "tracks": [found["track"]], "keys": [found["key"]]}


def _without_key(make: Callable[[Draw], dict[str, Any] | None]) -> Callable[[Draw], dict[str, Any] | None]:
    def made(draw: Draw) -> dict[str, Any] | None:
        found = make(draw)
        return None if found is None else {name: value for name, value in found.items() if name != "key"}

    return made


def _move_keys(draw: Draw) -> dict[str, Any] | None:
    found = _keys(draw)
    return None if found is None else {**found, "by_secs": draw.number()}


def _add_keys(draw: Draw) -> dict[str, Any] | None:
    found = _animated(draw)
    if found is None:
        return None
    values = tracks_of(draw.session, found["entity"])[found["track"]]["values"]
    return {
        "entity": found["entity"], "tracks": [found["track"]], "times_secs": [abs(draw.number())], "values": [list(values[0])],
    }  # fmt: skip


def _pose(draw: Draw) -> dict[str, Any] | None:
    found = _animated(draw)
    return None if found is None else {"entity": found["entity"], "time_secs": abs(draw.number())}


def _files(draw: Draw, *endings: str) -> list[str]:
    root = draw.session.project.root
    found = (file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file() and ".taixu" not in file.parts)
    return sorted(path for path in found if path.endswith(endings) and not path.endswith(".world.json"))


def _move_asset(draw: Draw) -> dict[str, Any] | None:
    known = _files(draw, ".prefab.json", ".png", ".py")
    if not known:
        return None
    path = draw.one_of(known)
    stem, dot, ending = path.rpartition("/")[2].partition(".")
    return {"path": path, "to": draw.one_of((f"assets/{stem}_{dot}{ending}", f"assets/deep/{stem}{dot}{ending}"))}


def _delete_assets(draw: Draw) -> dict[str, Any] | None:
    known = _files(draw, ".prefab.json", ".png", ".py")
    return {"paths": draw.some_of(known, most=2)} if known else None


def _place_asset(draw: Draw) -> dict[str, Any] | None:
    known = _files(draw, ".prefab.json", ".png", ".py")
    if not known:
        return None
    return {"path": draw.one_of(known), "position": draw.vector(), "entity": draw.one_of(["", *draw.entities()])}


def _place_avatar(draw: Draw) -> dict[str, Any]:
    return {"path": draw.one_of((*_files(draw, ".vrm", ".glb"), "assets/nobody.vrm")), "position": draw.vector()}


def _replace_avatar(draw: Draw) -> dict[str, Any] | None:
    known, paths = draw.entities(), (*_files(draw, ".vrm", ".glb"), "assets/nobody.vrm")
    return {"path": draw.one_of(paths), "entity": draw.one_of(known)} if known else None


def _batch(draw: Draw) -> dict[str, Any] | None:
    steps = []
    for name in draw.some_of(
        ("entity.spawn", "transform.set", "entity.duplicate", "component.set", "entity.rename", "entity.delete")
    ):
        parameters = PARAMETERS[name](draw)
        if parameters is not None:
            steps.append({"operation": name, "parameters": parameters})
    return {"steps": steps, "label": "Several"} if steps else None


def _of_entities(draw: Draw) -> dict[str, Any]:
    return {"entities": draw.chosen()}


def _select(draw: Draw) -> dict[str, Any]:
    return {"entities": draw.chosen(), "how": draw.one_of(("replace", "add", "toggle", "remove"))}


def _rename(draw: Draw) -> dict[str, Any]:
    return {"name": draw.one_of(_TEXTS), "entity": draw.one_of(draw.entities())}


def _add_kind(draw: Draw) -> dict[str, Any]:
    kinds = [kind for kind, each in ADDITIONS.items() if each is not None]
    return {"kind": draw.one_of(kinds), "position": draw.vector()}


def _nothing(draw: Draw) -> dict[str, Any]:
    return {}


def _prefab(draw: Draw) -> dict[str, Any]:
    return {"entity": draw.one_of(draw.entities(made=False)), "path": f"assets/made_{draw.one_of(range(4))}"}


def _twin(draw: Draw, key: str) -> list[Any] | dict[str, Any]:
    found = draw.session.world.resource(WorldSettings).section("twin").get(key)
    return found if isinstance(found, (list, dict)) else []


def _place_in(draw: Draw, key: str) -> dict[str, Any] | None:
    count = len(_twin(draw, key))
    return {"place": draw.one_of(range(count))} if count else None


def _or_new(draw: Draw, key: str) -> dict[str, Any]:
    return (_place_in(draw, key) if draw.one_of((True, False)) else None) or {"place": -1}


def _source(draw: Draw) -> dict[str, Any]:
    name = draw.one_of(("plant", "yesterday", "厂"))
    settings = draw.one_of(({"kind": "mqtt", "url": "mqtt://127.0.0.1:1"}, {"kind": "table", "path": "gone.csv", "speed": 2.0}))
    known = list(_twin(draw, "sources"))
    return {"name": name, "settings": settings, "former": name if name in known else draw.one_of(["", *known])}


def _remove_source(draw: Draw) -> dict[str, Any] | None:
    known = list(_twin(draw, "sources"))
    return {"name": draw.one_of(known)} if known else None


def _binding(draw: Draw) -> dict[str, Any]:
    binding = draw.one_of((
        {"topic": "agv/{key}/pose", "from": ["x", "y"], "to": "transform.position"},
        {"topic": "lamp/+", "from": "level", "to": "light.intensity"},
    ))  # fmt: skip
    return {"binding": binding, **_or_new(draw, "bindings")}


def _bind(draw: Draw) -> dict[str, Any]:
    return _binding(draw) | {"entity": draw.one_of(["", *draw.entities(made=False)]), "key": draw.one_of(("", "7"))}


def _rule(draw: Draw) -> dict[str, Any]:
    place = _or_new(draw, "rules")
    taken = {each.get("name") for each in _twin(draw, "rules")}
    name = next(text for number in range(1000) if (text := f"rule {number}") not in taken)
    return {"rule": {"name": name, "when": draw.one_of(("x > 1", "light.intensity > 10"))}, **place}


def _frame(draw: Draw) -> dict[str, Any]:
    name, known = draw.one_of(("hall", "yard", "院子")), list(_twin(draw, "frames"))
    frame = draw.one_of(({"origin_m": [1, 0, 2]}, {"origin_m": [0, 0, 0], "heading_deg": 90, "up": "z"}))
    return {"name": name, "frame": frame, "former": name if name in known else draw.one_of(["", *known])}


def _remove_frame(draw: Draw) -> dict[str, Any] | None:
    known = list(_twin(draw, "frames"))
    return {"name": draw.one_of(known)} if known else None


def _place_on_earth(draw: Draw) -> dict[str, Any]:
    return {"georeference": draw.one_of((None, {"latitude_deg": 48.7758, "longitude_deg": 9.1829, "height_m": 247}))}


def _setting(draw: Draw) -> dict[str, Any]:
    key, value = draw.one_of((("frames", {"hall": {"origin_m": [1, 0, 2]}}), ("ahead_secs", 2), ("measures", None)))
    return {"key": key, "value": value}


def _fence(draw: Draw) -> dict[str, Any]:
    x, z = draw.number(), draw.number()
    return {"points": [[x, z], [x + 2, z], [x, z + 3]], "top_m": draw.one_of((0.5, 3.0)), "name": draw.one_of(_TEXTS)}


PARAMETERS: dict[str, Callable[[Draw], dict[str, Any] | None]] = {
    "edit.batch": _batch,
    "entity.spawn": _spawn,
    "entity.add": _add_kind,
    "modifier.add": _add_step,
    "modifier.move": _move_step,
    "modifier.describe": _describe_step,
    "modifier.take_roads": lambda draw: {"step": draw.one_of(draw.entities())},
    "modifier.release": _release_things,
    "modifier.hold": _hold_sown,
    "entity.delete": _of_entities,
    "entity.duplicate": _of_entities,
    "entity.rename": _rename,
    "entity.reparent": _parent,
    "entity.group": lambda draw: {"entities": draw.chosen(), "name": draw.one_of(_TEXTS)},
    "entity.ungroup": _of_entities,
    "entity.hide": lambda draw: {"entities": draw.chosen(), "hidden": draw.one_of((None, True, False))},
    "entity.lock": lambda draw: {"entities": draw.chosen(), "locked": draw.one_of((None, True, False))},
    "entity.paste_text": _paste,
    "entity.drop": _of_entities,
    "entity.snap_to_grid": lambda draw: {"entities": draw.chosen(), "step_m": draw.one_of((0.25, 1.0, 10.0))},
    "transform.place": _places,
    "transform.set": _transforms,
    "selection.set": _select,
    "selection.all": _nothing,
    "selection.none": _nothing,
    "selection.others": _nothing,
    "component.set": _field_values,
    "component.add": _add,
    "component.remove": _remove,
    "component.set_each": _set_each,
    "component.reset": _reset,
    "component.paste": _paste_component,
    "prefab.revert": _revert,
    "prefab.apply": _of_instance,
    "prefab.make": _prefab,
    "prefab.unpack": _of_instance,
    "animation.key": _key,
    "animation.move_key": _with(time_secs=lambda draw: abs(draw.number())),
    "animation.delete_key": _with(),
    "animation.interpolation": _without_key(_with(interpolation=lambda draw: draw.one_of(("linear", "smooth", "step")))),
    "animation.move_keys": _move_keys,
    "animation.delete_keys": _keys,
    "animation.add_keys": _add_keys,
    "animation.delete_track": _without_key(_with()),
    "animation.pose": _pose,
    "asset.move": _move_asset,
    "asset.delete": _delete_assets,
    "asset.place": _place_asset,
    "avatar.place": _place_avatar,
    "avatar.replace": _replace_avatar,
    "generate.apply": _place_asset,
    "generate.write_mod": lambda draw: {
        "folder": draw.one_of(("mods/lamp", "mods/rain", "lamp")), "files": {"main.py": draw.one_of(("", "import game\n"))}
    },
    "mods.enable": lambda draw: {"id": draw.one_of(("anna.fish", "bob.rain", "no id")), "on": draw.one_of((True, False))},
    "twin.set_source": _source,
    "twin.remove_source": _remove_source,
    "twin.set_binding": _binding,
    "twin.bind": _bind,
    "twin.unbind": lambda draw: _place_in(draw, "bindings"),
    "twin.set_rule": _rule,
    "twin.remove_rule": lambda draw: _place_in(draw, "rules"),
    "twin.set_frame": _frame,
    "twin.remove_frame": _remove_frame,
    "twin.place": _place_on_earth,
    "twin.set": _setting,
    "twin.fence": _fence,
}
"""By operation: what draws parameters for it, or gives None where the world has nothing that it could be done to."""
