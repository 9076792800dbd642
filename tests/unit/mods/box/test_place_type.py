"""The type of C's kind under `Entity`: every row, number and column that does not fit takes the slow way or is refused."""

from __future__ import annotations

import pytest
from boxed_python import Console

START = """
asked = []

class Thing(_box.Place):
    __slots__ = ()

    def _read_lane(self, lane):
        asked.append(("read", lane))
        return 77.0

    def _write_lane(self, lane, value):
        asked.append(("write", lane, value))

def thing(row):
    made = object.__new__(Thing)
    made.id, made.row = 1 << 63, row
    return made

def caught(function):
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"

column = array("f", range(12))
_box.places(column, 4, True)
one = thing(2)
"""


@pytest.fixture
def console() -> Console:
    found = Console()
    found.do(START)
    return found


def taken(console: Console) -> str:
    """What took the slow way so far."""
    found = console.value("asked")
    console.do("asked.clear()")
    return found


def test_numbers_are_read_and_written_where_they_lie(console: Console) -> None:
    assert console.value("(one.x, one.y, one.z, one.id == 1 << 63)") == "(2.0, 6.0, 10.0, True)"
    console.do("one.x, one.y, one.z = 0.5, -3, 512.0")
    assert console.value("(column[2], column[6], column[10])") == "(0.5, -3.0, 512.0)"
    assert taken(console) == "[]"


@pytest.mark.parametrize("row", [4, 5, 1 << 30, (1 << 32) - 1])
def test_a_row_beyond_the_column_takes_the_slow_way(console: Console, row: int) -> None:
    before = console.value("column")
    console.do(f"far = thing({row}); found = far.x; far.z = 1.0")
    assert taken(console) == "[('read', 0), ('write', 2, 1.0)]"
    assert (console.value("found"), console.value("column")) == ("77.0", before)


FAR_OR_NONE = ("float('nan')", "float('inf')", "512.5", "-1e300", "10 ** 400", "-513", "'far'", "None", "[]", "True")
OTHER_COLUMNS = (
    "array('d', range(12)), 4, 1", "array('i', range(12)), 4, 1", "array('f', range(11)), 4, 1", "column, (1 << 32) - 1, 1",
    "b'123456789012' * 4, 4, 1", "None, 0, 1", "column, 'x', 1", "column, 4",
)  # fmt: skip


@pytest.mark.parametrize("value", FAR_OR_NONE)
def test_what_is_no_plain_number_near_by_takes_the_slow_way(console: Console, value: str) -> None:
    before = console.value("column")
    console.do(f"one.y = {value}")
    assert console.value("len(asked), asked[0][:2]") == "(1, ('write', 1))"
    assert console.value("column") == before


def test_what_the_slow_way_raises_comes_out(console: Console) -> None:
    console.do("def fail(self, lane, value=None): raise ValueError('gone')\nThing._read_lane = Thing._write_lane = fail")
    for line in ("thing(9).x", "setattr(one, 'x', 'text')"):
        assert console.value(f"caught(lambda: {line})") == "'ValueError: gone'"


def test_a_column_that_may_not_be_written_is_only_read(console: Console) -> None:
    console.do("_box.places(column, 4, False); one.x = 9.0")
    assert taken(console) == "[('write', 0, 9.0)]"
    assert console.value("(one.x, column[2])") == "(2.0, 2.0)"


@pytest.mark.parametrize("named", OTHER_COLUMNS)
def test_no_other_column_is_taken(console: Console, named: str) -> None:
    assert console.value(f"caught(lambda: _box.places({named}))").strip("'\"").split(":")[0] in ("TypeError", "BufferError")
    console.do("one.x = 5.0")
    held = "[]" if named in ("column, 'x', 1", "column, 4") else "[('write', 0, 5.0)]"  # refused before the old one is let go
    assert taken(console) == held


def test_a_column_is_held_as_long_as_it_is_in_use(console: Console) -> None:
    assert console.value("caught(lambda: column.append(1.0))").startswith("'BufferError")
    console.do("column = array('d', bytes(96)); more = [array('f', bytes(48)) for _ in range(100)]")
    console.do("one.x = 8.0")
    assert console.value("(one.x, any(map(any, more)), any(column))") == "(8.0, False, False)"
    console.do("column = more[0]; _box.places(column, 4, True); column[2] = 3.0; old = thing(2)")
    assert console.value("(old.x, one.x)") == "(3.0, 3.0)"


def test_a_number_is_not_deleted_and_the_type_not_changed(console: Console) -> None:
    assert console.value("caught(lambda: delattr(one, 'x'))").startswith("'TypeError")
    assert console.value("caught(lambda: setattr(_box.Place, 'x', 1))").startswith(("'TypeError", '"TypeError'))
    assert console.value("hasattr(_box, 'keep')") == "False"


def test_what_a_snapshot_holds_reads_the_same(console: Console) -> None:
    kept = console.guest.snapshot()
    console.do("one.x = 100.0; _box.places(array('f', bytes(12)), 1, True)")
    console.guest.restore(kept)
    console.guest.allow(1 << 50)
    assert console.value("(one.x, one.y, one.z)") == "(2.0, 6.0, 10.0)"
