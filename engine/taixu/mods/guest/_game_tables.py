"""`Columns`: whole columns of a component, copied out of the mirror and written back into it."""

from __future__ import annotations

from array import array

from _game_columns import Column, Vectors, call_host, has_host
from _game_entity import entity_of
from _game_mirror import mirror
from _game_wire import GameError

__all__ = ["Columns"]


class Columns:
    """Copies of columns of one component, an entry an entity in the order of stable ids.

    Attributes named like the fields hold columns; change them and call `write`.
    """

    __slots__ = ("_columns", "_component", "_ids", "_rows")

    def __init__(self, component, fields, having, without, own):
        known = mirror.fields(component)
        names = fields or tuple(name for name, field in known.items() if field.code)
        mirror.check_names(component, names)
        for name in names:
            if not known[name].code:
                raise GameError(f"field {name!r} of {component!r} holds no numbers; columns are numbers")
        ids, rows = mirror.listed((component, *having), without, _placed, own)
        put = object.__setattr__
        put(self, "_component", component)
        put(self, "_ids", ids)
        put(self, "_rows", rows)
        put(self, "_columns", {name: _gather(known[name], rows, len(ids)) for name in names})

    def __len__(self):
        return len(self._ids)

    @property
    def ids(self):
        return Column(array("Q", self._ids))

    @property
    def entities(self):
        return [entity_of(number) for number in self._ids]

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._columns[name]
        except KeyError:
            raise AttributeError(f"column {name!r} was not asked for; there are {', '.join(self._columns)}") from None

    def __setattr__(self, name, values):
        column = getattr(self, name)
        if column is not values:
            column._take(values)

    def write(self, *fields):
        for name in fields or tuple(self._columns):
            column, field = getattr(self, name), mirror.components[self._component][name]
            if not field.writable:
                if not fields and name not in fields:
                    continue  # all that may be written is what write() without names writes
                raise GameError(f"this mod may not write {field.key!r}; name it in its mod.toml, under [access] write")
            _scatter(field, self._rows, column)


def _placed(numbers):
    """The ids that are mirrored, and their slots: a column, or where a run of neighbours begins."""
    ids = [number for number in numbers if number in mirror.rows]
    slots = array("I", map(mirror.rows.__getitem__, ids))
    if slots and slots == array("I", range(slots[0], slots[0] + len(slots))):
        return ids, slots[0]
    return ids, Column(slots)


def _parts(field):
    """Where each number of a vector begins in the mirror's column."""
    return [place * mirror.capacity for place in range(field.width)]


def _gather(field, rows, count):
    data = mirror.data[field.key]
    made = []
    for begin in _parts(field):
        if isinstance(rows, int):
            made.append(Column(data[begin + rows : begin + rows + count], field.code))
            continue
        out = Column(array(data.typecode, bytes(data.itemsize * count)), field.code)
        if has_host():
            call_host("take", out, Column(data, field.code), rows, count, begin)
        else:
            out._data[:] = array(data.typecode, [data[begin + row] for row in rows._data])
        made.append(out)
    return made[0] if field.width == 1 else Vectors(made)


def _scatter(field, rows, column):
    mirror.mark(field.key)
    data = mirror.data[field.key]
    parts = column._parts if field.width > 1 else [column]
    if field.code in "fd":
        every = parts[0]._data[:]  # one call to the host asks of all
        for part in parts[1:]:
            every.extend(part._data)
        if not Column(every).is_finite():
            raise GameError(f"column {field.name!r} of {field.component!r} holds a number that is not finite")
    for begin, part in zip(_parts(field), parts):
        if isinstance(rows, int):
            data[begin + rows : begin + rows + len(part)] = part._data
        elif has_host():
            call_host("put", Column(data, field.code), part, rows, len(part), begin)
        else:
            for row, value in zip(rows._data, part._data):
                data[begin + row] = value
