"""`Columns`: whole columns of a component, copied out of the mirror and written back into it."""

from __future__ import annotations

from array import array

from _game_columns import Column, Vectors, are_finite
from _game_entity import any_known, entities_of
from _game_mirror import mirror
from _game_numbers import ask, flush, has_host
from _game_wire import GameError

__all__ = ["Columns"]


class Columns:
    """Copies of columns of one component, an entry an entity in the order of stable ids.

    Attributes named like the fields hold columns; change them and call `write`. What nobody looks at is not copied: only before
    the mirror changes (`settle`) does it become one, and whoever asks a second time finds it as an attribute of its own.
    """

    __slots__ = ("__dict__", "__weakref__", "_columns", "_component", "_ids", "_moment", "_rows", "_seen")

    def __init__(self, component, fields, having, without, own):
        keys, ids, rows = mirror.planned((component, fields, having, without, own), _plan)
        _put_component(self, component)
        _put_ids(self, ids)
        _put_rows(self, rows)
        _put_columns(self, dict.fromkeys(keys))
        _put_seen(self, {})
        _put_moment(self, mirror.moment)
        mirror.follow(self)
        if any_known():
            self.settle("transform.translation")

    def __len__(self):
        return len(self._ids)

    @property
    def ids(self):
        return Column(array("Q", self._ids))

    @property
    def entities(self):
        return entities_of(self._ids)

    def __getattr__(self, name):
        try:
            found = self._columns[name]
        except KeyError:
            if name.startswith("_"):
                raise AttributeError(name) from None
            raise AttributeError(f"column {name!r} was not asked for; there are {', '.join(self._columns)}") from None
        if found is None:
            found = self._columns[name] = _gather(mirror.components[self._component][name], self._rows, len(self._ids))
        self.__dict__[name] = found
        return found

    def __setattr__(self, name, values):
        column = getattr(self, name)
        if column is not values:
            column._take(values)

    def write(self, *fields):
        for name in fields or tuple(self._columns):
            column, field = getattr(self, name), mirror.components[self._component][name]
            if not field.writable:
                if not fields:
                    continue  # all that may be written is what write() without names writes
                raise GameError(f"this mod may not write {field.key!r}; name it in its mod.toml, under [access] write")
            may_skip = not any_known() and mirror.is_as_at(self._seen.get(name, self._moment), field.key)
            _scatter(field, self._rows, column, may_skip, self)
            self._seen[name] = mirror.moment

    def settle(self, key=None):
        """Copy what was not copied yet, of one column of the mirror or of all: it is about to change."""
        for name in self._columns:
            if key is None or mirror.components[self._component][name].key == key:
                column = getattr(self, name)
                if isinstance(column, Vectors):
                    column._parts  # noqa: B018 (copies the rest)


_put_columns, _put_component, _put_ids, _put_moment, _put_rows, _put_seen = (
    getattr(Columns, name).__set__ for name in Columns.__slots__ if not name.startswith("__")
)


def _plan(component, fields, having, without, own):
    """Keys of the fields by name, ids, and slots."""
    known = mirror.fields(component)
    names = fields or tuple(name for name, field in known.items() if field.code)
    mirror.check_names(component, names)
    for name in names:
        if not known[name].code:
            raise GameError(f"field {name!r} of {component!r} holds no numbers; columns are numbers")
    return {name: known[name].key for name in names}, *mirror.listed((component, *having), without, _placed, own)


class _Mirrored(Vectors):
    """Vectors that are copied out of the mirror part by part, when somebody asks for one."""

    __slots__ = ("_begin", "_count", "_field", "_lanes")

    def __init__(self, field, begin, count):
        self._field, self._begin, self._count = field, begin, count
        self._lanes = [None] * field.width

    def __len__(self):
        return len(self._lanes)

    def __getitem__(self, key):
        if type(key) is int:
            found = self._lanes[key]
            return self._copy(key) if found is None else found
        return Vectors.__getitem__(self, key)

    def __setitem__(self, key, value):
        if type(key) is int:
            self[key]._take(value)
        else:
            Vectors.__setitem__(self, key, value)

    def _copy(self, key):
        field = self._field
        begin = key % field.width * mirror.capacity + self._begin
        found = self._lanes[key] = Column(mirror.data[field.key][begin : begin + self._count], field.code)
        return found

    @property
    def _parts(self):
        for place, lane in enumerate(self._lanes):
            if lane is None:
                self._copy(place)
        return self._lanes


def _placed(numbers):
    """The ids that are mirrored, and their slots: a column, or where a run of neighbours begins."""
    ids = [number for number in numbers if number in mirror.rows]
    slots = array("I", map(mirror.rows.__getitem__, ids))
    if slots and slots == array("I", range(slots[0], slots[0] + len(slots))):
        return ids, slots[0]
    return ids, Column(slots)


def _part(data, field, begin):
    """A lane of a mirrored column, where it lies."""
    found = Column(data, field.code)
    found._at += begin * data.itemsize
    return found


def _gather(field, rows, count):
    data = mirror.data[field.key]
    if isinstance(rows, int):
        return _Mirrored(field, rows, count) if field.width > 1 else Column(data[rows : rows + count], field.code)
    made = []
    for place in range(field.width):
        begin = place * mirror.capacity
        out = Column(array(data.typecode, bytes(data.itemsize * count)), field.code)
        if has_host():
            ask("take", out, _part(data, field, begin), rows, count)
        else:
            out._data[:] = array(data.typecode, [data[begin + row] for row in rows._data])
        made.append(out)
    flush()  # what is mirrored may be written next
    return made[0] if field.width == 1 else Vectors(made)


def _scatter(field, rows, column, may_skip, whose):
    """Write a column into the mirror; where nobody else can have written meanwhile, only the parts that were touched."""
    lanes = [column] if field.width == 1 else column._lanes if isinstance(column, _Mirrored) else column._parts
    touched = [(place, lane) for place, lane in enumerate(lanes) if lane is not None and (lane._touched or not may_skip)]
    if not touched:
        return
    if field.code in "fd" and not are_finite([lane for _, lane in touched]):
        raise GameError(f"column {field.name!r} of {field.component!r} holds a number that is not finite")
    bits = 0
    for place, _ in touched:
        bits |= 1 << place
    mirror.mark(field.key, bits, whose)
    data = mirror.data[field.key]
    for place, lane in touched:
        begin = place * mirror.capacity
        lane._touched = False
        if isinstance(rows, int):
            data[begin + rows : begin + rows + len(lane)] = lane._data
        elif has_host():
            ask("put", _part(data, field, begin), lane, rows, len(lane))
        else:
            for row, value in zip(rows._data, lane._data):
                data[begin + row] = value
    flush()
