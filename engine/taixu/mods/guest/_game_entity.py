"""`Entity`: an entity of the world as mods see it, over the mirrored columns."""

from __future__ import annotations

from array import array
from itertools import repeat

from _game_fields import checked_field, numbers_of, shown
from _game_mirror import mirror
from _game_place import Place, looking, use_places
from _game_vectors import Quat, Vec3
from _game_wire import GameError, check, to_data

__all__ = ["Entity", "Made", "any_known", "entities_of", "entity_of", "mark_places", "refresh", "show_components"]

CELL_M = 1024.0
_HALF = CELL_M / 2
_NEAR = _HALF * _HALF
_SLOW = 1 << 30
_new = object.__new__
_tuple = tuple.__new__
_known = {}
_NOTHING = array("f")
_t = _NOTHING  # the column of places
_w = memoryview(_NOTHING)  # the same, to write where that is allowed; it takes numbers sooner than the array does
_cap = _cap2 = 0


def refresh(changed):
    """Look up again what the fast paths hold on to: columns may have moved, entities may have come and gone.

    An entity knows its slot while it is alive, has a transform and lies near; else `row` lies beyond every column, and the
    slow path finds out what there is to say.
    """
    global _t, _w, _cap, _cap2
    places = mirror.data.get("transform.translation", _NOTHING)
    if places is _t and _cap == mirror.capacity and changed is not None and not changed:
        return
    _t = places
    _w = memoryview(_t if mirror.can_place else _NOTHING)
    _cap, _cap2 = mirror.capacity, 2 * mirror.capacity
    use_places(_t, min(_cap, len(_t) // 3), mirror.can_place)
    if changed is not None and len(changed) < len(_known) // 4:
        touched = [number for number in changed if number in _known]
    else:
        touched = list(_known)
    for number in touched:
        _known[number].row = _row_of(number)
        if number not in mirror.rows:
            del _known[number]


def any_known():
    """Whether there are entities, each of which may write what it likes."""
    return bool(_known)


def mark_places():
    """Where there are entities, some of them may have been moved: the fast paths do not say so."""
    if _known and mirror.can_place:
        mirror.mark("transform.translation")


def _row_of(number):
    row = mirror.places.get(number, _SLOW)
    return _SLOW if number in mirror.far else row


def entity_of(number):
    """The entity of an id; the same object every time, while it lives."""
    found = _known.get(number)
    if found is None:
        if not _known:
            mirror.settle("transform.translation")  # from now on places may be written without a word
        found = _known[number] = _new(Entity)
        _set_id(found, number)
        _set_row(found, _row_of(number))
    return found


def entities_of(numbers):
    """The entities of ids, each of which stands there once; those that are new are made together."""
    if _known:
        found = list(map(_known.get, numbers))
        if None not in found:
            return found
        new = [number for number, entity in zip(numbers, found) if entity is None]
    else:
        mirror.settle("transform.translation")
        new = numbers
    made = list(map(_new, repeat(Entity, len(new))))
    list(map(_set_id, made, new))
    list(map(_set_row, made, map(mirror.places.get, new, repeat(_SLOW))))
    _known.update(zip(new, made))
    for number in mirror.far.intersection(new):
        _known[number].row = _SLOW
    return made if len(made) == len(numbers) else list(map(_known.get, numbers))


class Made:
    """An entity that was spawned in this step: the engine hears of it when the step is over."""

    __slots__ = ("components", "name", "parent", "position", "rotation", "scale", "what")

    def __init__(self, what, position, rotation, scale, name, parent, components):
        self.what, self.position, self.rotation, self.scale = what, position, rotation, scale
        self.name, self.parent, self.components = name, parent, components

    def matches(self, components, without):
        """Whether a query finds it."""
        return all(name in self.components for name in components) and not any(n in self.components for n in without)

    def order(self, number):
        """What the engine is told."""
        own = ("name", "parent")
        parts = {key: value for key, value in self.components.items() if key not in own and (key != "transform" or value)}
        return {
            "entity": number, "what": self.what, "position": list(self.position),
            "rotation": None if self.rotation is None else list(self.rotation), "scale": list(self.scale),
            "name": self.name, "parent": None if self.parent is None else self.parent.id,
            "components": to_data(parts, "game.spawn: components"),
        }  # fmt: skip


class Entity(Place):
    """An entity of the world. Components are attributes by name."""

    __slots__ = ()
    id, row, x, y, z = Place.id, Place.row, Place.x, Place.y, Place.z

    def __init__(self, *_):
        raise GameError("entities are made by game.spawn, and found by game.find and game.query")

    def __eq__(self, other):
        return isinstance(other, Entity) and self.id == other.id

    def __hash__(self):
        return hash(self.id)

    def __repr__(self):
        return f"<Entity {(self.name if 'name' in mirror.bits else '') or hex(self.id)}>" if self.alive else "<Entity that is gone>"

    @property
    def alive(self):
        return self.id in mirror.rows or self.id in mirror.pending

    @property
    def name(self):
        made = mirror.pending.get(self.id)
        if made is not None:
            return made.name
        self._row()
        return self._read("name", "text") if mirror.has(self.id, "name") else ""

    @name.setter
    def name(self, text):
        made = mirror.pending.get(self.id)
        text = check("text 200", text, "name")
        if made is not None:
            made.name = text
            made.components["name"] = {}
            return
        self._row()
        if mirror.has(self.id, "name"):
            View(self, "name").text = text
        else:
            self.add("name", text=text)

    @property
    def position(self):
        row = self.row
        try:
            return _tuple(Vec3, (_t[row], _t[row + _cap], _t[row + _cap2]))
        except IndexError:
            return self._position()

    @position.setter
    def position(self, metres):
        row = self.row
        try:
            x, y, z = metres
            if x * x + y * y + z * z < _NEAR:  # one question where there could be six; what lies farther takes the slow path
                _w[row], _w[row + _cap], _w[row + _cap2] = x, y, z
                return
        except (IndexError, TypeError, ValueError):
            pass
        self._move(metres)

    @property
    def rotation(self):
        made = mirror.pending.get(self.id)
        if made is not None:
            return Quat() if made.rotation is None else Quat(made.rotation)
        return self._read("transform", "rotation")

    @rotation.setter
    def rotation(self, quaternion):
        turned = Quat(numbers_of(Quat, quaternion, "rotation", "four")).normalized()
        made = mirror.pending.get(self.id)
        if made is not None:
            made.rotation = turned
        else:
            self._write("transform", "rotation", turned)

    @property
    def scale(self):
        made = mirror.pending.get(self.id)
        return Vec3(made.scale) if made is not None else self._read("transform", "scale")

    @scale.setter
    def scale(self, factors):
        sized = numbers_of(Vec3, factors, "scale", "three")
        made = mirror.pending.get(self.id)
        if made is not None:
            made.scale = sized
        else:
            self._write("transform", "scale", sized)

    @property
    def world_position(self):
        place, above, seen = self.position, self.parent, {self.id}
        while above is not None and above.id not in seen and mirror.has(above.id, "transform"):
            seen.add(above.id)
            place = above.rotation.rotate(place * above.scale) + above.position
            above = above.parent
        return place

    @property
    def parent(self):
        made = mirror.pending.get(self.id)
        if made is not None:
            return made.parent
        self._row()
        above = mirror.parents.get(self.id)
        return entity_of(above) if above in mirror.rows else None

    @property
    def children(self):
        self._row()
        below = sorted(child for child, above in mirror.parents.items() if above == self.id and child in mirror.rows)
        return [entity_of(child) for child in below]

    def has(self, component):
        return mirror.has(self.id, component) if self.alive else False

    def add(self, component, /, **fields):
        known = mirror.check_names(component, fields)
        if not mirror.has(self.id, component):
            values = {name: checked_field(known[name], value) for name, value in fields.items()}
            made = mirror.pending.get(self.id)
            if made is not None:
                made.components[component] = values
                return
            self._row()
            mirror.order("add", {"entity": self.id, "component": component, "fields": to_data(values, "add")})
            mirror.edit(self.id, component, True)
            mirror.added[self.id, component] = values
            return
        view = View(self, component)
        for name, value in fields.items():
            setattr(view, name, value)

    def remove(self, component):
        mirror.fields(component)
        made = mirror.pending.get(self.id)
        if made is not None:
            made.components.pop(component, None)
            return
        self._row()
        mirror.order("remove", {"entity": self.id, "component": component})
        mirror.added.pop((self.id, component), None)
        mirror.edit(self.id, component, False)

    def look_at(self, target):
        to = Vec3(numbers_of(Vec3, target, "target", "three")) - self.world_position
        if to.length < 1e-9:
            raise GameError("look_at needs a target away from the node")
        above, turn = self.parent, Quat()
        while above is not None:
            turn = above.rotation * turn
            above = above.parent
        self.rotation = looking(turn.inverse().rotate(to), turn.inverse().rotate((0.0, 1.0, 0.0)))

    # Inside

    def _label(self):
        return (self.name if "name" in mirror.bits else "") or hex(self.id)

    def _row(self):
        row = mirror.rows.get(self.id)
        if row is None and self.id not in mirror.pending:
            raise GameError("an entity that is no longer alive was named")
        return row

    def _position(self):
        made = mirror.pending.get(self.id)
        if made is not None:
            return Vec3(made.position)
        place = self._read("transform", "translation")
        if self.id in mirror.far and self.id not in mirror.parents:
            place += Vec3(self._read("transform", "cell")) * CELL_M
        return place

    def _read_lane(self, lane):
        return self._position()[lane]

    def _write_lane(self, lane, metres):
        if -_HALF <= metres <= _HALF:
            try:
                _w[self.row + lane * _cap] = metres
                return
            except IndexError:
                pass
        place = list(self._position())
        place[lane] = metres
        self._move(place)

    def _move(self, metres):
        place = numbers_of(Vec3, metres, "position", "three")
        made = mirror.pending.get(self.id)
        if made is not None:
            made.position = place
            return
        if self.id not in mirror.parents:
            cells = [float(round(value / CELL_M)) for value in place]
            if any(cells) or self.id in mirror.far:
                place = Vec3([value - cell * CELL_M for value, cell in zip(place, cells)])
                self._write("transform", "cell", [int(cell) for cell in cells])
                mirror.far.add(self.id)
                self.row = _SLOW
        self._write("transform", "translation", place)

    def _read(self, component, name):
        row = self._row()
        if not mirror.has(self.id, component):
            if component == "transform":
                raise GameError("the entity has no transform, so it is nowhere; add one with add('transform')")
            raise AttributeError(f"entity {self._label()!r} has no {component!r}; add it with add({component!r})")
        field = mirror.components[component][name]
        values = mirror.added.get((self.id, component))
        if values is not None:
            return values.get(name, shown(field))
        return mirror.read(field, self.id, row)

    def _write(self, component, name, value):
        self._read(component, name)
        row, field = mirror.rows[self.id], mirror.components[component][name]
        if not field.writable:
            raise GameError(f"this mod may not write {field.key!r}; name it in its mod.toml, under [access] write")
        values = mirror.added.get((self.id, component))
        if values is not None:
            values[name] = value
            mirror.order("set", {"entities": [self.id], "component": component, "fields": to_data({name: value}, name)})
        elif field.code:
            mirror.write(field, row, value)
        else:
            mirror.objects.setdefault(field.key, {})[self.id] = value
            if field.key == "name.text":
                mirror.rename()
            mirror.order("set", {"entities": [self.id], "component": component, "fields": to_data({name: value}, name)})


_set_id, _set_row = Entity.id.__set__, Entity.row.__set__


def show_components():
    """Make every component an attribute of entities: no `__getattr__`, which would slow down all others."""
    for name in mirror.titles:
        if not hasattr(Entity, name):
            setattr(Entity, name, property(_component(name)))


def _component(name):
    def run(entity):
        entity._row()
        if not mirror.has(entity.id, name):
            raise AttributeError(f"entity {entity._label()!r} has no {name!r}; add it with add({name!r})")
        return View(entity, name)

    return run


class View:
    """One component of one entity: reading an attribute reads the mirror, setting one writes it."""

    __slots__ = ("_component", "_entity")

    def __init__(self, entity, component):
        object.__setattr__(self, "_entity", entity)
        object.__setattr__(self, "_component", component)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        field = self._field(name)
        made = mirror.pending.get(self._entity.id)
        if made is not None:
            value = made.components[self._component].get(name, shown(field))
        else:
            value = self._entity._read(self._component, name)
        if field.kind == "entity" and not isinstance(value, Entity):
            return entity_of(value) if value in mirror.rows else None
        return value

    def __setattr__(self, name, value):
        field = self._field(name)
        value = checked_field(field, value)
        made = mirror.pending.get(self._entity.id)
        if made is not None:
            made.components[self._component][name] = value
        else:
            self._entity._write(self._component, name, value)

    def _field(self, name):
        found = mirror.components[self._component].get(name)
        if found is None:
            known = ", ".join(mirror.components[self._component])
            raise AttributeError(f"{self._component!r} has no field {name!r}; it has {known}")
        return found
