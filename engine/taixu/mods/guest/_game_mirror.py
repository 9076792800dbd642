"""What a mod knows of the world: columns that the engine filled before the step, and what the mod changed in it.

An entity has a slot, the same in every column, for as long as it lives. Vector columns are component-major, so the y of the
entity in slot 7 is number `capacity + 7`. What is written here goes back to the engine after the step, which checks it.
"""

from __future__ import annotations

from array import array
from itertools import compress
from json import loads
from weakref import ref

from _game_vectors import Quat, Vec3
from _game_wire import GameError

__all__ = ["TIMES", "Field", "Mirror", "mirror"]

TIMES = frozenset(("tick", "time", "step", "dt"))
"""What the engine says in every step, and in most steps no more."""
_ALL_LANES = 255
_MOST_UNSETTLED = 64


class Field:
    """One field of a component, as the engine described it."""

    __slots__ = ("choices", "code", "component", "default", "key", "kind", "name", "width", "writable")

    def __init__(self, component, facts):
        self.component = component
        self.name, self.kind, self.code, self.width, self.default, self.choices, self.writable = facts
        self.key = f"{component}.{self.name}"


class _Components(dict):
    """Fields by name by component. What the engine said of one is read when somebody first asks: most mods use a few."""

    __slots__ = ("texts",)

    def __missing__(self, name):
        found = self[name] = {item[0]: Field(name, item) for item in loads(self.texts[name])}
        return found


class Mirror:
    """The columns, who has which slot, and what waits to be sent.

    Attributes
    ----------
    rows : dict of int to int
        Slot by id of all entities that are known.
    places : dict of int to int
        Slot by id of those that have a transform.
    masks : dict of int to int
        Which components an entity has, a bit each.
    data : dict of str to array
        Columns by "component.field".
    objects : dict of str to dict
        Texts and data by "component.field", then by id.
    pending : dict
        Entities that were spawned in this step, by id.
    commands : list
        What the engine is to do.
    owned : set of int
        Ids of what this mod spawned, gone ones among them.
    moment : int
        Goes up with each step and each write.
    """

    def __init__(self):
        self.components, self.titles = _Components(), {}
        self.bits = {}
        self.rows, self.places, self.masks = {}, {}, {}
        self.data, self.objects = {}, {}
        self.parents, self.far = {}, set()
        self.pending, self.added, self.edited = {}, {}, {}
        self.commands = []
        self.owned = set()
        self.capacity = 0
        self.capabilities = {}
        self.ids = []
        self.can_place = False
        self._places, self._wrote = {}, False
        self._order = None
        self._queries, self._lists = {}, {}
        self._names = None
        self._marked, self._began, self.moment = {}, 0, 0
        self._plans = {}
        self._unsettled = []

    def describe(self, config):
        """Take over what the engine says of components and of what this mod may do."""
        said = config["components"]
        self.components.texts = {name: facts["fields"] for name, facts in said.items()}
        self.titles = {name: facts["title"] for name, facts in said.items()}
        self.bits = {name: 1 << facts["bit"] for name, facts in said.items() if facts["bit"] >= 0}
        self.capabilities = config["capabilities"]
        place = self.components["transform"].get("translation") if "transform" in said else None
        self.can_place = place is not None and place.writable and "transform" in self.bits
        self._places = {key: place for place, key in enumerate(config.get("written", ()))}

    def column(self, name, nbytes):
        """Make room for a column; gives the address."""
        code, _, key = name.split(":", 2)
        code = code.replace("?", "B")
        found = self.data.get(key)
        if found is None or len(found) * found.itemsize != nbytes:
            found = self.data[key] = array(code, bytes(nbytes))
        return found.buffer_info()[0]

    # Who is there

    def begin(self, facts):
        """Take over what changed in the world since the last step; gives the ids that may have other slots, None for all."""
        touched = []
        self.moment += 1
        self._began = self.moment
        if self._wrote:
            said = self.data["@written"]
            said[:] = array("B", bytes(len(said)))
            self._wrote = False
        if not (self.edited or self.pending or self.added) and facts.keys() == TIMES:
            return touched
        for entity, mask in self.edited.items():
            if entity in self.masks:
                self.masks[entity] = mask
        changed = bool(self.edited or self.pending)
        self.owned.update(self.pending)
        if "own" in facts:
            self.owned = set(facts["own"])
        self.edited, self.pending, self.added = {}, {}, {}
        self.capacity = facts.get("capacity", self.capacity)
        if facts.get("reset"):
            changed, self.ids = True, []
            self.rows, self.places, self.masks, self.objects, self.parents, self.far = {}, {}, {}, {}, {}, set()
        if facts.get("rebuild"):
            changed = True
            ids = self.data["@id"].tolist()
            self.rows, self.masks = dict(zip(ids, range(len(ids)))), dict(zip(ids, self.data["@mask"]))
            self.rows.pop(0, None)  # slots that nobody has
            self.masks.pop(0, None)
            bit = self.bits.get("transform", 0)
            if all(map(bit.__and__, self.masks.values())):
                self.places = dict(self.rows)
            else:
                self.places = {entity: row for entity, row in self.rows.items() if self.masks[entity] & bit}
            for key, values in self.objects.items():
                self.objects[key] = {entity: value for entity, value in values.items() if entity in self.rows}
        else:
            for entity in facts.get("left", ()):
                changed = True
                touched.append(entity)
                self.rows.pop(entity, None)
                self.places.pop(entity, None)
                self.masks.pop(entity, None)
                for values in self.objects.values():
                    values.pop(entity, None)
            for entity, row, mask in facts.get("joined", ()):
                changed = True
                touched.append(entity)
                self.rows[entity], self.masks[entity] = row, mask
                if mask & self.bits.get("transform", 0):
                    self.places[entity] = row
                else:
                    self.places.pop(entity, None)
        if "parents" in facts:
            self.parents = dict(facts["parents"])
        if "far" in facts:
            far = set(facts["far"])
            touched += far ^ self.far
            self.far = far
        for key, values in facts.get("objects", {}).items():
            self.objects.setdefault(key, {}).update(values)
        self.ids += facts.get("ids", ())
        if changed or "name.text" in facts.get("objects", ()) or "made" in facts:
            self._names = None
        if changed:
            self.forget_order()
        return None if facts.get("rebuild") else touched

    def forget_order(self):
        """Somebody came or went, or has other components."""
        self._order = self._names = None
        self._queries.clear()
        self._plans.clear()

    def named(self, name, made):
        """The entity of a name with the lowest id, a placed one before a model's node (those in `made`); 0 for none."""
        if self._names is None:
            texts, bit = self.objects.get("name.text", {}), self.bits.get("name", 0)
            living = sorted((number for number in texts if self.masks.get(number, 0) & bit), reverse=True)
            self._names = {texts[number]: number for number in living if number in made}
            self._names.update({texts[number]: number for number in living if number not in made})
        return self._names.get(name, 0)

    def rename(self):
        """A name was set: look again."""
        self._names = None

    def matching(self, components, without, own=False):
        """Ids of the entities with these components and without those, in order; of all, or of what this mod spawned."""
        key = (components, without, own)
        found = self._queries.get(key)
        if found is None:
            self._lists.pop(key, None)
            need, none = self._mask(components), self._mask(without)
            if self._order is None:
                self._order = sorted(self.masks)
            masks = self.masks
            if need and not none and not need & (need - 1):  # one component: what takes the least
                found = list(compress(self._order, map(need.__and__, map(masks.__getitem__, self._order))))
            elif need or none:
                found = [entity for entity in self._order if masks[entity] & need == need and not masks[entity] & none]
            else:
                found = list(self._order)
            if own:
                found = [entity for entity in found if entity in self.owned]
            self._queries[key] = found
        if self.pending:
            more = [entity for entity, made in self.pending.items() if made.matches(components, without)]
            if more:
                found = sorted([*found, *more])
        return found

    def listed(self, components, without, make, own=False):
        """What is made of the ids of a query, kept until somebody comes or goes."""
        ids = self.matching(components, without, own)
        if self.pending:
            return make(ids)
        key = (components, without, own)
        found = self._lists.get(key)
        if found is None:
            found = self._lists[key] = {}
        made = found.get(make)
        if made is None:
            made = found[make] = make(ids)
        return made

    def planned(self, key, make):
        """What `make(*key)` gives, kept until somebody comes or goes."""
        if self.pending:
            return make(*key)
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = make(*key)
        return found

    def _mask(self, names):
        mask = 0
        for name in names:
            self.fields(name)
            bit = self.bits.get(name)
            if bit is None:
                raise GameError(f"this mod may not read {name!r}; name it in its mod.toml, under [access] read")
            mask |= bit
        return mask

    def fields(self, component):
        """The fields of a component, by name."""
        if component not in self.titles:
            raise GameError(f"there is no component {component!r}; there are {', '.join(self.titles)}")
        return self.components[component]

    def check_names(self, component, names):
        """Refuse names that are no fields of a component."""
        known = self.fields(component)
        for name in names:
            if name not in known:
                raise GameError(f"{self.titles[component]} has no field {name!r}; it has {', '.join(known)}")
        return known

    def has(self, entity, component):
        """Whether a living entity has a component."""
        made = self.pending.get(entity)
        if made is not None:
            self.fields(component)
            return component in made.components
        mask = self._mask((component,))
        return (entity, component) in self.added or bool(self.masks.get(entity, 0) & mask)

    def edit(self, entity, component, there):
        """Until the next step the mod sees what it did itself."""
        bit = self.bits.get(component, 0)
        mask = self.masks.get(entity, 0)
        self.edited.setdefault(entity, mask)
        self.masks[entity] = mask | bit if there else mask & ~bit
        self.forget_order()

    # Values

    def read(self, field, entity, row):
        """A field of one entity as scripts get it."""
        if not field.code:
            return self.objects.get(field.key, {}).get(entity, field.default)
        data = self.data[field.key]
        if field.width == 1:
            value = data[row]
            if field.code == "?":
                return bool(value)
            return value
        cap = self.capacity
        values = [data[row + place * cap] for place in range(field.width)]
        return as_seen(field, values)

    def write(self, field, row, value):
        """Write one entity's numbers; `value` was checked."""
        self.mark(field.key)
        data = self.data[field.key]
        if field.width == 1:
            data[row] = value
            return
        cap = self.capacity
        for place, item in enumerate(value):
            data[row + place * cap] = item

    def follow(self, columns):
        """Have columns settle before what they speak of is written, or the step ends."""
        if len(self._unsettled) > _MOST_UNSETTLED:
            self._unsettled = [each for each in self._unsettled if each() is not None]
        self._unsettled.append(ref(columns))

    def settle(self, key=None, but=None):
        """What is mirrored under a key, or anything, is about to change."""
        unsettled, self._unsettled = self._unsettled, []
        for each in unsettled:
            columns = each()
            if columns is None:
                continue
            if columns is not but:
                columns.settle(key)
            if key is not None:
                self._unsettled.append(each)

    def mark(self, key, lanes=_ALL_LANES, but=None):
        """Say that a column is written, or which of its lanes: the engine looks at no others."""
        if self._unsettled:
            self.settle(key, but)
        self.moment += 1
        self._marked[key] = self.moment
        if "@written" in self.data:
            self.data["@written"][self._places[key]] |= lanes
            self._wrote = True

    def is_as_at(self, moment, key):
        """Whether a column is as it was at a moment (`moment` counts), but for what the fast paths of entities wrote."""
        return moment >= self._began and self._marked.get(key, 0) <= moment

    def order(self, name, arguments):
        """Ask the engine for something."""
        self.commands.append([name, arguments])

    def may(self, capability, what):
        """Refuse what the mod has not asked for."""
        if capability and capability not in self.capabilities:
            raise GameError(f"{what} needs the capability {capability!r}; ask for it in mod.toml, under [capabilities]")


def as_seen(field, values):
    """Numbers of a vector as scripts get them."""
    if field.kind in ("vec3", "color3"):
        return Vec3(values)
    return Quat(values) if field.kind == "quat" else tuple(values)


mirror = Mirror()
